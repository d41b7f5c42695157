//! `kubectl create TYPE NAME …`: objects from flags.

use super::Flow;
use super::apply::{self, DryRun};
use super::cli::Cli;
use super::create::{report, send};
use super::failure::Failure;
use super::flags::{self, Arguments, Flag, Takes};
use super::names;
use super::printers::Format;
use crate::api::{Resource, kinds};
use crate::json;
use crate::json::Json;

const COMMON: &[Flag] = &[
    ("output", 'o', Takes::Value),
    ("dry-run", ' ', Takes::Optional("unchanged")),
    ("validate", ' ', Takes::Optional("strict")),
    ("save-config", ' ', Takes::Nothing),
    ("field-manager", ' ', Takes::Value),
    ("show-managed-fields", ' ', Takes::Nothing),
];
const JOB: &[Flag] = &[("image", ' ', Takes::Value), ("from", ' ', Takes::Value)];
const DEPLOYMENT: &[Flag] =
    &[("image", ' ', Takes::Value), ("replicas", 'r', Takes::Value), ("port", ' ', Takes::Value)];
const CRON_JOB: &[Flag] =
    &[("image", ' ', Takes::Value), ("schedule", ' ', Takes::Value), ("restart", ' ', Takes::Value)];
const DATA: &[Flag] = &[
    ("from-literal", ' ', Takes::Value),
    ("from-file", ' ', Takes::Value),
    ("from-env-file", ' ', Takes::Value),
    ("append-hash", ' ', Takes::Nothing),
    ("type", ' ', Takes::Value),
];

/// A generator: its name, its resource, its own flags.
struct Generator {
    command: &'static str,
    resource: Resource,
    flags: &'static [Flag],
}

/// Runs a generator, where the first word names one.
pub(super) fn run(cli: &mut Cli, args: &[String]) -> Option<Result<Flow, Failure>> {
    let word = args.first()?.as_str();
    let (generator, args) = match word {
        "job" => (Generator { command: "job", resource: kinds::JOBS.into(), flags: JOB }, &args[1..]),
        "deployment" | "deploy" => {
            let resource = kinds::DEPLOYMENTS.into();
            (Generator { command: "deployment", resource, flags: DEPLOYMENT }, &args[1..])
        }
        "cronjob" | "cj" => {
            (Generator { command: "cronjob", resource: kinds::CRONJOBS.into(), flags: CRON_JOB }, &args[1..])
        }
        "namespace" | "ns" => {
            (Generator { command: "namespace", resource: kinds::NAMESPACES.into(), flags: &[] }, &args[1..])
        }
        "serviceaccount" | "sa" => {
            let resource = kinds::SERVICEACCOUNTS.into();
            (Generator { command: "serviceaccount", resource, flags: &[] }, &args[1..])
        }
        "configmap" | "cm" => {
            (Generator { command: "configmap", resource: kinds::CONFIGMAPS.into(), flags: DATA }, &args[1..])
        }
        "secret" if args.get(1).is_some_and(|a| a == "generic") => {
            let resource = kinds::SECRETS.into();
            (Generator { command: "secret generic", resource, flags: DATA }, &args[2..])
        }
        _ => return None,
    };
    Some(generate(cli, &generator, args))
}

fn generate(cli: &mut Cli, generator: &Generator, args: &[String]) -> Result<Flow, Failure> {
    let command = format!("create {}", generator.command);
    let flags: Vec<Flag> = COMMON.iter().chain(generator.flags).copied().collect();
    let args = flags::parse(&command, args, &flags)?;
    let required: &[&str] = match generator.command {
        "cronjob" => &["image", "schedule"],
        "deployment" => &["image"],
        _ => &[],
    };
    if !required.is_empty() {
        let missing: Vec<String> =
            required.iter().filter(|f| !args.has(f)).map(|f| format!("{f:?}")).collect();
        if !missing.is_empty() {
            return Err(Failure::error(format!("required flag(s) {} not set", missing.join(", "))));
        }
    }
    let mut args = args;
    // The first word is the name; others without `--` are the command's.
    let takes_command = matches!(generator.command, "job" | "cronjob" | "deployment");
    let [name] = args.words.as_slice() else {
        return Err(Failure::usage(
            &command,
            format!("exactly one NAME is required, got {}", args.words.len()),
        ));
    };
    let name = name.clone();
    if !takes_command && let Some(rest) = args.rest.take() {
        let got = 1 + rest.len();
        return Err(Failure::usage(&command, format!("exactly one NAME is required, got {got}")));
    }
    let dry_run = DryRun::of(&args)?;
    let format = Format::of_write(args.get("output"))?;
    let mut object = match generator.command {
        "job" => job(cli, &args, &name)?,
        "deployment" => deployment(&args, &name)?,
        "cronjob" => cron_job(&args, &name),
        "configmap" => super::data::config_map(cli, &args, &name)?,
        "secret generic" => super::data::secret(cli, &args, &name)?,
        _ => json!({ "metadata": { "name": name } }),
    };
    let resource = &generator.resource;
    object.set("apiVersion", resource.api_version());
    object.set("kind", resource.kind);
    // A dry run of the client shows a namespace only where one was given.
    if resource.namespaced && (dry_run != DryRun::Client || args.has("namespace")) {
        object.set_at(&["metadata", "namespace"], args.namespace());
    }
    if args.is("save-config") {
        object = apply::with_last_applied(&object);
    }
    let created = send(cli, &args, dry_run, resource, object).map_err(|status| match generator.command {
        "namespace" => Failure::from(status),
        "secret generic" => Failure::error(format!("failed to create secret {}", status.message)),
        other => Failure::error(format!("failed to create {other}: {}", status.message)),
    })?;
    if dry_run == DryRun::Client && matches!(format, Some(Format::Json)) {
        cli.print(super::typed::to_json(&created));
    } else {
        report(cli, format.as_ref(), dry_run, resource, created)?;
    }
    Ok(Flow::Exit(0))
}

fn template(args: &Arguments, name: &str, restart: &str) -> Json {
    let mut container = json!({ "name": name, "image": args.get("image"), "resources": {} });
    if let Some(command) = args.rest.as_ref().filter(|c| !c.is_empty()) {
        container.set("command", command.clone());
    }
    json!({ "metadata": {}, "spec": { "containers": [container], "restartPolicy": restart } })
}

fn job(cli: &mut Cli, args: &Arguments, name: &str) -> Result<Json, Failure> {
    let (image, from) = (args.has("image"), args.has("from"));
    if image == from {
        return Err(Failure::error("either --image or --from must be specified"));
    }
    if !from {
        let template = template(args, name, "Never");
        return Ok(json!({ "metadata": { "name": name }, "spec": { "template": template }, "status": {} }));
    }
    if args.rest.as_ref().is_some_and(|c| !c.is_empty()) {
        return Err(Failure::error("cannot specify --from and command"));
    }
    let targets = names::targets(&[args.get("from").to_string()])?;
    let Some(target) = targets.first() else {
        return Err(names::unknown(args.get("from")));
    };
    let source = cli.get(&target.resource, args.namespace(), &target.name)?;
    if target.resource.kind != "CronJob" {
        let what = format!("unknown object type *{}.{}", target.resource.version, target.resource.kind);
        return Err(Failure::error(format!("from must be an existing cronjob: {what}")));
    }
    let template = &source["spec"]["jobTemplate"];
    let mut annotations = template["metadata"]["annotations"].clone();
    annotations.set("cronjob.kubernetes.io/instantiate", "manual");
    let meta = &source["metadata"];
    let mut metadata = json!({
        "name": name,
        "annotations": annotations,
        "ownerReferences": [{
            "apiVersion": "batch/v1", "kind": "CronJob", "name": &meta["name"], "uid": &meta["uid"], "controller": true,
        }],
    });
    if !template["metadata"]["labels"].is_empty() {
        metadata.set("labels", &template["metadata"]["labels"]);
    }
    Ok(json!({ "metadata": metadata, "spec": &template["spec"], "status": {} }))
}

fn cron_job(args: &Arguments, name: &str) -> Json {
    let restart = if args.has("restart") { args.get("restart") } else { "OnFailure" };
    let template = template(args, name, restart);
    json!({
        "metadata": { "name": name },
        "spec": {
            "schedule": args.get("schedule"),
            "jobTemplate": { "metadata": { "name": name }, "spec": { "template": template } },
        },
        "status": {},
    })
}

fn deployment(args: &Arguments, name: &str) -> Result<Json, Failure> {
    let images: Vec<String> = args.list("image").into_iter().filter(|image| !image.is_empty()).collect();
    let command = args.rest.as_ref().filter(|c| !c.is_empty());
    if images.len() > 1 && command.is_some() {
        return Err(Failure::error("cannot specify multiple --image options and command"));
    }
    let mut containers: Vec<Json> = images
        .iter()
        .map(|image| {
            let short = image.rsplit('/').next().unwrap_or(image);
            let short = short.split([':', '@']).next().unwrap_or(short).replace(['_', '.'], "-");
            json!({ "name": short, "image": image.as_str(), "resources": {} })
        })
        .collect();
    if let Some(first) = containers.first_mut() {
        if let Some(command) = command {
            first.set("command", command.clone());
        }
        if let Some(port) = args.number("port").filter(|port| *port >= 0) {
            first.set("ports", json!([{ "containerPort": port }]));
        }
    }
    let labels = json!({ "app": name });
    Ok(json!({
        "metadata": { "name": name, "labels": labels.clone() },
        "spec": {
            "replicas": args.number("replicas").unwrap_or(1),
            "selector": { "matchLabels": labels.clone() },
            "strategy": {},
            "template": { "metadata": { "labels": labels }, "spec": { "containers": containers } },
        },
        "status": {},
    }))
}
