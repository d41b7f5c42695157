//! `kubectl version`, `help`, and what is said of a command that does not exist.

use super::cli::Cli;
use super::failure::Failure;
use super::{COMMANDS, Flow};
use crate::collections::sort_by;

pub(super) const HELP: &str = "kubectl controls the Kubernetes cluster manager.

Basic Commands (Beginner):
  create          Create a resource from a file or from stdin
  expose          Take a replication controller, service, deployment or pod and expose it as a new Kubernetes service
  run             Run a particular image on the cluster

Basic Commands (Intermediate):
  explain         Get documentation for a resource
  get             Display one or many resources
  delete          Delete resources by file names, stdin, resources and names, or by resources and label selector

Deploy Commands:
  rollout         Manage the rollout of a resource
  scale           Set a new size for a deployment, replica set, or replication controller

Troubleshooting and Debugging Commands:
  describe        Show details of a specific resource or group of resources
  logs            Print the logs for a container in a pod
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
  api-versions    Print the supported API versions on the server, in the form of \"group/version\"
  version         Print the client and server version information

Usage:
  kubectl [flags] [options]
";

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
