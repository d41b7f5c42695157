//! `kubectl set image`, `set env` and `set resources`: changes of a pod template.

use super::Flow;
use super::apply::DryRun;
use super::cli::{Cli, with_kind};
use super::failure::Failure;
use super::flags::{self, Flag, Takes};
use super::names;
use super::printers::{Format, typed_name};
use super::record;
use crate::api::quantity::Quantity;
use crate::api::revision::CHANGE_CAUSE;
use crate::api::{PatchType, Request};
use crate::json;
use crate::json::Json;

const FLAGS: &[Flag] = &[
    ("all", ' ', Takes::Nothing),
    ("selector", 'l', Takes::Value),
    ("containers", 'c', Takes::Value),
    ("env", 'e', Takes::Value),
    ("list", ' ', Takes::Nothing),
    ("limits", ' ', Takes::Value),
    ("requests", ' ', Takes::Value),
    ("output", 'o', Takes::Value),
    ("dry-run", ' ', Takes::Optional("unchanged")),
    ("local", ' ', Takes::Nothing),
    ("overwrite", ' ', Takes::Nothing),
    record::FLAG,
];

pub(super) fn run(cli: &mut Cli, args: &[String]) -> Result<Flow, Failure> {
    match args.first().map(String::as_str) {
        Some("image") => change(cli, "image", &args[1..]),
        Some("env") => change(cli, "env", &args[1..]),
        Some("resources") => change(cli, "resources", &args[1..]),
        _ => {
            cli.error_line("Available Commands:\n  env         Update environment variables on a pod template\n  image       Update the image of a pod template\n  resources   Update resource requests/limits on objects with pod templates");
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
    let raw = args;
    let args = flags::parse(&format!("set {what}"), args, FLAGS)?;
    let cause = record::cause(cli, &format!("set {what}"), raw, &args);
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
    let mut resources = json!({});
    for kind in ["limits", "requests"] {
        if args.has(kind) {
            resources.set(kind, quantities(args.get(kind))?);
        }
    }
    let message = match what {
        "image" => "at least one image update is required",
        "env" => "at least one environment variable must be provided",
        _ => "you must specify an update to requests or limits (in the form of --requests/--limits)",
    };
    if !args.is("list") && changes.is_empty() && resources.is_empty() {
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
        if args.is("list") {
            list_env(cli, resource.kind, &target.name, containers);
            continue;
        }
        let only = args.get("containers");
        let patches = match what {
            "image" => images(containers, &changes),
            "env" => env(containers, &changes, only),
            _ => {
                let chosen = containers.iter().filter(|c| is_chosen(c, only));
                Ok(chosen.map(|c| json!({ "name": &c["name"], "resources": &resources })).collect())
            }
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
        if let Some(cause) = &cause {
            body.set_at(&["metadata", "annotations", CHANGE_CAUSE], cause.as_str());
        }
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
                let what = if what == "resources" { "resource requirements" } else { what };
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
    for container in containers.iter().filter(|c| is_chosen(c, only)) {
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

/// Whether `-c` means a container.
fn is_chosen(container: &Json, only: &str) -> bool {
    matches!(only, "" | "*") || container["name"].str() == only
}

/// `cpu=200m,memory=256Mi`
fn quantities(text: &str) -> Result<Json, Failure> {
    let mut all = json!({});
    for part in text.split(',').filter(|part| !part.is_empty()) {
        let Some((name, quantity)) = part.split_once('=') else {
            return Err(Failure::error(format!(
                "Invalid argument syntax {part}, expected <resource>=<value>"
            )));
        };
        if Quantity::parse(quantity).is_none() {
            let pattern = "^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$";
            return Err(Failure::error(format!("quantities must match the regular expression '{pattern}'")));
        }
        all.set(name, quantity);
    }
    Ok(all)
}

/// `--list`: the variables, and where their values come from.
fn list_env(cli: &mut Cli, kind: &str, name: &str, containers: &[Json]) {
    for container in containers {
        cli.line(format!("# {kind} {name}, container {}", container["name"].str()));
        for variable in container["env"].items() {
            let name = variable["name"].str();
            let from = &variable["valueFrom"];
            let (field, map, secret) = (&from["fieldRef"], &from["configMapKeyRef"], &from["secretKeyRef"]);
            let key = |what: &str, of: &Json| {
                format!("# {name} from {what} {}, key {}", of["name"].str(), of["key"].str())
            };
            cli.line(if !field.is_null() {
                format!("# {name} from field path {}", field["fieldPath"].str())
            } else if !map.is_null() {
                key("configmap", map)
            } else if !secret.is_null() {
                key("secret", secret)
            } else if !from.is_null() {
                format!("# {name} from resource field {}", from["resourceFieldRef"]["resource"].str())
            } else {
                format!("{name}={}", variable["value"].str())
            });
        }
    }
}
