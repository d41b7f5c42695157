//! `kubectl set image` and `kubectl set env`: changes of a pod template.

use super::Flow;
use super::apply::DryRun;
use super::cli::{Cli, with_kind};
use super::failure::Failure;
use super::flags::{self, Flag, Takes};
use super::names;
use super::printers::{Format, typed_name};
use crate::api::{PatchType, Request};
use crate::json;
use crate::json::Json;

const FLAGS: &[Flag] = &[
    ("all", ' ', Takes::Nothing),
    ("selector", 'l', Takes::Value),
    ("containers", 'c', Takes::Value),
    ("env", 'e', Takes::Value),
    ("list", ' ', Takes::Nothing),
    ("output", 'o', Takes::Value),
    ("dry-run", ' ', Takes::Optional("unchanged")),
    ("local", ' ', Takes::Nothing),
    ("overwrite", ' ', Takes::Nothing),
];

pub(super) fn run(cli: &mut Cli, args: &[String]) -> Result<Flow, Failure> {
    match args.first().map(String::as_str) {
        Some("image") => change(cli, "image", &args[1..]),
        Some("env") => change(cli, "env", &args[1..]),
        _ => {
            cli.error_line("Available Commands:\n  env      Update environment variables on a pod template\n  image    Update the image of a pod template");
            Ok(Flow::Exit(1))
        }
    }
}

/// Where a kind keeps its pod's spec.
fn pod_spec(kind: &str) -> &'static [&'static str] {
    match kind {
        "Pod" => &["spec"],
        "CronJob" => &["spec", "jobTemplate", "spec", "template", "spec"],
        _ => &["spec", "template", "spec"],
    }
}

fn change(cli: &mut Cli, what: &str, args: &[String]) -> Result<Flow, Failure> {
    let args = flags::parse(&format!("set {what}"), args, FLAGS)?;
    let dry_run = DryRun::of(&args)?;
    let format = Format::of_write(args.get("output"))?;
    let is_change = |w: &String| w.contains('=') || (what == "env" && w.ends_with('-') && w.len() > 1);
    let (mut changes, words): (Vec<String>, Vec<String>) = args.words.iter().cloned().partition(is_change);
    changes.extend(args.all("env").iter().cloned());
    let targets = names::targets(&words)?;
    if targets.is_empty() {
        return Err(Failure::error(
            "one or more resources must be specified as <resource> <name> or <resource>/<name>",
        ));
    }
    if changes.is_empty() {
        let message = if what == "image" {
            "at least one image update is required"
        } else {
            "at least one environment variable must be provided"
        };
        return Err(Failure::error(message));
    }
    let mut failures = Vec::new();
    for target in targets {
        let resource = &target.resource;
        let object = match cli.get(resource, args.namespace(), &target.name) {
            Ok(object) => object,
            Err(status) => {
                failures.push(status.into());
                continue;
            }
        };
        let path = pod_spec(resource.kind);
        let spec = object.at(path);
        let containers = spec["containers"].items();
        let patches = if what == "image" {
            images(containers, &changes)
        } else {
            env(containers, &changes, args.get("containers"))
        };
        let patches = match patches {
            Ok(patches) => patches,
            Err(failure) => {
                failures.push(failure);
                continue;
            }
        };
        // A change that changes nothing is not sent, and says nothing.
        if patches.is_empty() {
            continue;
        }
        let mut body = Json::object();
        let inner = json!({ "containers": patches });
        body.set_at(path, inner);
        let request = Request::patch(
            PatchType::Strategic,
            resource.clone(),
            args.namespace(),
            target.name.as_str(),
            body,
        )
        .with(|o| {
            o.dry_run = dry_run == DryRun::Server;
            o.field_manager = "kubectl-set".into();
        });
        let after = if dry_run == DryRun::Client {
            object.clone()
        } else {
            match cli.call(request) {
                Ok(response) => with_kind(resource, response.body),
                Err(status) => {
                    let message =
                        format!("failed to patch {what} update to pod template: {}", status.message);
                    failures.push(Failure::error(message));
                    continue;
                }
            }
        };
        match &format {
            Some(format) => {
                let text = format.print(resource, &after)?;
                cli.print(text);
            }
            None => {
                cli.line(format!("{} {what} updated{}", typed_name(resource, &target.name), dry_run.suffix()))
            }
        }
    }
    Failure::many(failures)?;
    Ok(Flow::Exit(0))
}

fn images(containers: &[Json], changes: &[String]) -> Result<Vec<Json>, Failure> {
    let mut out = Vec::new();
    for change in changes {
        let (name, image) = change.split_once('=').unwrap_or((change, ""));
        let found: Vec<&Json> =
            containers.iter().filter(|c| name == "*" || c["name"].str() == name).collect();
        if found.is_empty() {
            return Err(Failure::error(format!("unable to find container named {name:?}")));
        }
        let changed = found.into_iter().filter(|c| c["image"].str() != image);
        out.extend(changed.map(|c| json!({ "name": &c["name"], "image": image })));
    }
    Ok(out)
}

fn env(containers: &[Json], changes: &[String], only: &str) -> Result<Vec<Json>, Failure> {
    let mut out = Vec::new();
    for container in containers.iter().filter(|c| only.is_empty() || only == "*" || c["name"].str() == only) {
        let mut variables = Vec::new();
        for change in changes {
            variables.push(match change.split_once('=') {
                Some((name, value)) => json!({ "name": name, "value": value }),
                None => json!({ "name": change.trim_end_matches('-'), "$patch": "delete" }),
            });
        }
        out.push(json!({ "name": &container["name"], "env": variables }));
    }
    Ok(out)
}
