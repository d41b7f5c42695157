//! `kubectl set`: changes of a pod template; here `image`, in `set_env` the environment.

use super::Flow;
use super::apply::DryRun;
use super::cli::{Cli, with_kind};
use super::failure::Failure;
use super::flags::{self, Flag, Takes};
use super::names;
use super::printers::{Format, typed_name};
use super::set_env;
use crate::api::{PatchType, Request};
use crate::json;
use crate::json::Json;

const FLAGS: &[Flag] = &[
    ("all", ' ', Takes::Nothing),
    ("selector", 'l', Takes::Value),
    ("output", 'o', Takes::Value),
    ("template", ' ', Takes::Value),
    ("allow-missing-template-keys", ' ', Takes::Nothing),
    ("show-managed-fields", ' ', Takes::Nothing),
    ("dry-run", ' ', Takes::Optional("unchanged")),
    ("local", ' ', Takes::Nothing),
    ("overwrite", ' ', Takes::Nothing),
];

pub(super) fn run(cli: &mut Cli, args: &[String]) -> Result<Flow, Failure> {
    match args.first().map(String::as_str) {
        Some("image") => image(cli, &args[1..]),
        Some("env") => set_env::run(cli, &args[1..]),
        _ => {
            cli.error_line("Available Commands:\n  env      Update environment variables on a pod template\n  image    Update the image of a pod template");
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

fn image(cli: &mut Cli, args: &[String]) -> Result<Flow, Failure> {
    let args = flags::parse("set image", args, FLAGS)?;
    let dry_run = DryRun::of(&args)?;
    let format = Format::of_write(&args)?;
    let (changes, words): (Vec<String>, Vec<String>) =
        args.words.iter().cloned().partition(|w: &String| w.contains('='));
    let targets = names::targets(&words)?;
    if targets.is_empty() {
        return Err(Failure::error(
            "one or more resources must be specified as <resource> <name> or <resource>/<name>",
        ));
    }
    if changes.is_empty() {
        return Err(Failure::error("at least one image update is required"));
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
        let patches = images(containers, &changes);
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
                    let message = format!("failed to patch image update to pod template: {}", status.message);
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
                cli.line(format!("{} image updated{}", typed_name(resource, &target.name), dry_run.suffix()))
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
