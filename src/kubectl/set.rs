//! `kubectl set`: changes of a pod template; here `image` and `resources`, in `set_env` the environment.

use super::Flow;
use super::apply::DryRun;
use super::cli::{Cli, with_kind};
use super::failure::Failure;
use super::flags::{self, Flag, Takes};
use super::names;
use super::printers::{Format, typed_name};
use super::{record, set_env};
use crate::api::quantity::Quantity;
use crate::api::revision::CHANGE_CAUSE;
use crate::api::{PatchType, Request};
use crate::json;
use crate::json::Json;

const FLAGS: &[Flag] = &[
    ("all", ' ', Takes::Nothing),
    ("selector", 'l', Takes::Value),
    ("containers", 'c', Takes::Value),
    ("limits", ' ', Takes::Value),
    ("requests", ' ', Takes::Value),
    ("output", 'o', Takes::Value),
    ("template", ' ', Takes::Value),
    ("allow-missing-template-keys", ' ', Takes::Nothing),
    ("show-managed-fields", ' ', Takes::Nothing),
    ("dry-run", ' ', Takes::Optional("unchanged")),
    ("local", ' ', Takes::Nothing),
    ("field-manager", ' ', Takes::Value),
    record::FLAG,
];

pub(super) fn run(cli: &mut Cli, args: &[String]) -> Result<Flow, Failure> {
    match args.first().map(String::as_str) {
        Some("image") => change(cli, "image", &args[1..]),
        Some("env") => set_env::run(cli, &args[1..]),
        Some("resources") => change(cli, "resources", &args[1..]),
        _ => {
            cli.error_line("Available Commands:\n  env         Update environment variables on a pod template\n  image       Update the image of a pod template\n  resources   Update resource requests/limits on objects with pod templates");
            Ok(Flow::Exit(1))
        }
    }
}

/// Where a kind keeps its pod's spec.
pub(super) fn pod_spec(kind: &str) -> &'static [&'static str] {
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
    let format = Format::of_write(&args)?;
    let (changes, words): (Vec<String>, Vec<String>) =
        args.words.iter().cloned().partition(|w: &String| w.contains('='));
    let targets = names::targets(cli, &words)?;
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
        _ => "you must specify an update to requests or limits (in the form of --requests/--limits)",
    };
    if changes.is_empty() && resources.is_empty() {
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
        let path = pod_spec(&resource.kind);
        let spec = object.at(path);
        let containers = spec["containers"].items();
        let patches = match what {
            "image" => images(containers, &changes),
            _ => {
                let chosen = containers.iter().filter(|c| set_env::is_meant(&args, c["name"].str()));
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
            o.field_manager = args.manager("kubectl-set");
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
