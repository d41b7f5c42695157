//! `kubectl version`, `cluster-info`, and what is said of a command that does not exist.

use super::cli::Cli;
use super::failure::Failure;
use super::flags::{self, Takes};
use super::{COMMANDS, Flow};
use crate::api::kinds;
use crate::json;
use crate::json::yaml;

const CLIENT: &str = "v1.36.2";
const KUSTOMIZE: &str = "v5.8.1";

pub(super) fn version(cli: &mut Cli, args: &[String]) -> Result<Flow, Failure> {
    let args =
        flags::parse("version", args, &[("client", ' ', Takes::Nothing), ("output", 'o', Takes::Value)])?;
    if !args.words.is_empty() {
        return Err(Failure::error(format!("extra arguments: [{}]", args.words.join(" "))));
    }
    let output = args.get("output");
    if !matches!(output, "" | "json" | "yaml") {
        return Err(Failure::error("--output must be 'yaml' or 'json'"));
    }
    let server = !args.is("client");
    if output.is_empty() {
        let server = if server { format!("Server Version: {CLIENT}\n") } else { String::new() };
        cli.print(format!("Client Version: {CLIENT}\nKustomize Version: {KUSTOMIZE}\n{server}"));
        return Ok(Flow::Exit(0));
    }
    let about = json!({ "gitVersion": CLIENT, "major": "1", "minor": "36" });
    let mut all = json!({ "clientVersion": about.clone(), "kustomizeVersion": KUSTOMIZE });
    if server {
        all.set("serverVersion", about);
    }
    let text = if output == "json" { format!("{all:#}\n") } else { yaml::to_yaml(&all) };
    cli.print(format!("{text}\n").trim_end_matches('\n').to_string() + "\n");
    Ok(Flow::Exit(0))
}

/// Where the control plane says that it is.
pub(super) const SERVER: &str = "https://127.0.0.1:6443";

pub(super) fn cluster_info(cli: &mut Cli, args: &[String]) -> Result<Flow, Failure> {
    if args.first().is_some_and(|word| word == "dump") {
        return Err(Failure::error(
            "a dump writes to a disk, and there is none; `kubectl get all -A -o yaml` shows the same",
        ));
    }
    let args = flags::parse("cluster-info", args, &[])?;
    let label = "kubernetes.io/cluster-service=true";
    let services = cli.list(&kinds::SERVICES.into(), args.namespace(), label, "")?;
    cli.line(format!("Kubernetes control plane is running at {SERVER}"));
    for service in services {
        let (meta, port) =
            (&service["metadata"], &service["spec"]["ports"].items().first().cloned().unwrap_or_default());
        let name = meta["name"].str();
        let shown = meta["labels"]["kubernetes.io/name"].as_str().unwrap_or(name);
        let secure = port["name"].str() == "https" || port["port"].as_i64() == Some(443);
        let scheme = if secure { "https:" } else { "" };
        let (mut path, port) = (format!("{scheme}{name}"), port["name"].str());
        if !port.is_empty() || secure {
            path = format!("{path}:{port}");
        }
        let namespace = meta["namespace"].str();
        cli.line(format!(
            "{shown} is running at {SERVER}/api/v1/namespaces/{namespace}/services/{path}/proxy"
        ));
    }
    cli.line("\nTo further debug and diagnose cluster problems, use 'kubectl cluster-info dump'.");
    Ok(Flow::Exit(0))
}

/// Cobra suggests what is at most two edits away, or begins alike.
pub(super) fn unknown_command(word: &str) -> Failure {
    let lower = word.to_lowercase();
    let near = |c: &&&str| distance(&lower, c) <= 2 || c.starts_with(&lower);
    let similar: Vec<&str> = COMMANDS.iter().filter(near).copied().collect();
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
