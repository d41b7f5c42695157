//! `kubectl api-resources`, `version`, `help`, and what is said of a command that does not exist.

use super::cli::Cli;
use super::failure::Failure;
use super::flags::{self, Flag, Takes};
use super::printers::table::Columns;
use super::{COMMANDS, Flow, names};
use crate::collections::{sort_by, sort_by_key};

pub(super) const HELP: &str = "kubectl controls the Kubernetes cluster manager.

Basic Commands (Beginner):
  create          Create a resource from a file or from stdin
  expose          Take a replication controller, service, deployment or pod and expose it as a new Kubernetes service
  run             Run a particular image on the cluster

Basic Commands (Intermediate):
  get             Display one or many resources
  delete          Delete resources by file names, stdin, resources and names, or by resources and label selector

Deploy Commands:
  rollout         Manage the rollout of a resource
  scale           Set a new size for a deployment, replica set, or replication controller

Troubleshooting and Debugging Commands:
  describe        Show details of a specific resource or group of resources
  logs            Print the logs for a container in a pod
  auth            Inspect authorization
  events          List events

Advanced Commands:
  apply           Apply a configuration to a resource by file name or stdin
  patch           Update fields of a resource
  replace         Replace a resource by file name or stdin
  set             Set specific features on objects
  wait            Wait for a specific condition on one or many resources

Settings Commands:
  label           Update the labels on a resource
  annotate        Update the annotations on a resource

Other Commands:
  api-resources   Print the supported API resources on the server
  version         Print the client and server version information

Usage:
  kubectl [flags] [options]
";

const API_RESOURCES: &[Flag] = &[
    ("namespaced", ' ', Takes::Nothing),
    ("api-group", ' ', Takes::Value),
    ("output", 'o', Takes::Value),
    ("no-headers", ' ', Takes::Nothing),
    ("verbs", ' ', Takes::Value),
    ("sort-by", ' ', Takes::Value),
    ("categories", ' ', Takes::Value),
];

pub(super) fn api_resources(cli: &mut Cli, args: &[String]) -> Result<Flow, Failure> {
    let args = flags::parse("api-resources", args, API_RESOURCES)?;
    let mut all: Vec<_> = names::all().collect();
    all.retain(|r| {
        (!args.has("api-group") || r.group == args.get("api-group"))
            && (!args.has("namespaced") || r.namespaced == args.is("namespaced"))
            && args.list("verbs").iter().all(|v| r.verbs.contains(&v.as_str()))
            && args.list("categories").iter().all(|c| r.categories.contains(&c.as_str()))
    });
    sort_by_key(&mut all, |r| (r.group, r.plural));
    if args.get("output") == "name" {
        all.iter().for_each(|r| cli.line(r.qualified()));
        return Ok(Flow::Exit(0));
    }
    let wide = args.get("output") == "wide";
    let mut out = Columns::default();
    if !args.is("no-headers") {
        let mut head = vec!["NAME", "SHORTNAMES", "APIVERSION", "NAMESPACED", "KIND"];
        head.extend(wide.then_some(["VERBS", "CATEGORIES"]).into_iter().flatten());
        out.line(head);
    }
    for r in all {
        let mut line = vec![
            r.plural.to_string(),
            r.short_names.join(","),
            r.api_version(),
            r.namespaced.to_string(),
            r.kind.to_string(),
        ];
        if wide {
            line.extend([r.verbs.join(","), r.categories.join(",")]);
        }
        out.line(line);
    }
    cli.print(out.print());
    Ok(Flow::Exit(0))
}

pub(super) fn version(cli: &mut Cli) -> Result<Flow, Failure> {
    cli.print("Client Version: v1.36.2\nKustomize Version: v5.8.1\nServer Version: v1.36.2\n");
    Ok(Flow::Exit(0))
}

/// Cobra suggests what is at most two edits away, or begins alike.
pub(super) fn unknown_command(word: &str) -> Failure {
    let near = |c: &&&str| distance(word, c) <= 2 || c.starts_with(word);
    let mut similar: Vec<&str> = COMMANDS.iter().filter(near).copied().collect();
    sort_by(&mut similar, Ord::cmp);
    let mut text = format!("error: unknown command {word:?} for \"kubectl\"\n");
    if !similar.is_empty() {
        text.push_str("\nDid you mean this?\n");
        similar.iter().for_each(|c| text.push_str(&format!("\t{c}\n")));
    }
    Failure::text(text)
}

/// Levenshtein's distance.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let above = row[j + 1];
            row[j + 1] = (diagonal + usize::from(x != *y)).min(above + 1).min(row[j] + 1);
            diagonal = above;
        }
    }
    row[b.len()]
}
