//! `kubectl rollout`: how the rollout of a Deployment, a StatefulSet or a DaemonSet goes, and going on, stopping or going
//! back.

mod history;
mod status;

pub(super) use status::Following;

use super::apply::DryRun;
use super::cli::Cli;
use super::failure::Failure;
use super::flags::{self, Arguments, Flag, Takes};
use super::names::{self, Target};
use super::printers::typed_name;
use super::{Flow, files};
use crate::api::{PatchType, Request, Resource, kinds, meta, revision, selector};
use crate::collections::sort_by_key;
use crate::json;
use crate::json::{Json, Str};

const COMMON: &[Flag] = &[
    ("filename", 'f', Takes::Value),
    ("kustomize", 'k', Takes::Value),
    ("recursive", 'R', Takes::Nothing),
    ("selector", 'l', Takes::Value),
    ("output", 'o', Takes::Value),
    ("dry-run", ' ', Takes::Optional("unchanged")),
    ("field-manager", ' ', Takes::Value),
    ("revision", ' ', Takes::Value),
    ("to-revision", ' ', Takes::Value),
    ("watch", 'w', Takes::Nothing),
    ("timeout", ' ', Takes::Value),
];

const HELP: &str = "Manage the rollout of one or many resources.

Available Commands:
  history       View rollout history
  pause         Mark the provided resource as paused
  restart       Restart a resource
  resume        Resume a paused resource
  status        Show the status of the rollout
  undo          Undo a previous rollout

Usage:
  kubectl rollout SUBCOMMAND [options]
";

pub(super) fn run(cli: &mut Cli, args: &[String]) -> Result<Flow, Failure> {
    let Some((command, rest)) = args.split_first() else {
        cli.print(HELP);
        return Ok(Flow::Exit(0));
    };
    if !["history", "pause", "restart", "resume", "status", "undo"].contains(&command.as_str()) {
        return Err(Failure::usage("rollout", format!("unknown command {:?}", args.join(" "))));
    }
    let args = flags::parse(&format!("rollout {command}"), rest, COMMON)?;
    if command == "status" {
        return status::run(cli, &args);
    }
    let dry_run = DryRun::of(&args)?;
    let (objects, mut failures) = objects(cli, &args)?;
    for (resource, object) in objects {
        let done = match command.as_str() {
            "history" => history::view(cli, &args, &resource, &object),
            "undo" => history::undo(cli, &args, dry_run, &resource, &object),
            command => change(cli, &args, command, dry_run, &resource, &object).map(String::from),
        };
        let name = typed_name(&resource, object["metadata"]["name"].str());
        match done {
            Ok(said) => cli.line(format!("{name} {}{}", said.trim_end(), dry_run.suffix())),
            Err(failure) => failures.push(failure),
        }
    }
    Failure::many(failures)?;
    Ok(Flow::Exit(0))
}

/// Objects, and why others could not be had.
type Found = (Vec<(Resource, Json)>, Vec<Failure>);

/// What the command is about, as the server has it.
fn objects(cli: &mut Cli, args: &Arguments) -> Result<Found, Failure> {
    let mut targets = names::targets(cli, &args.words)?;
    for info in files::read(cli, args)? {
        targets.push(Target { name: info.name().into(), resource: info.resource });
    }
    if targets.is_empty() {
        return Err(Failure::error("required resource not specified"));
    }
    let (mut objects, mut failures) = (Vec::new(), Vec::new());
    for Target { resource, name } in targets {
        if name.is_empty() {
            let all = cli.list(&resource, args.namespace(), args.get("selector"), "")?;
            objects.extend(all.into_iter().map(|object| (resource.clone(), object)));
            continue;
        }
        match cli.get(&resource, args.namespace(), &name) {
            Ok(object) => objects.push((resource, object)),
            Err(status) => failures.push(status.into()),
        }
    }
    Ok((objects, failures))
}

/// `pause`, `resume`, `restart`. What became of the object.
fn change(
    cli: &mut Cli,
    args: &Arguments,
    command: &str,
    dry_run: DryRun,
    resource: &Resource,
    object: &Json,
) -> Result<&'static str, Failure> {
    let name = object["metadata"]["name"].str();
    let refuse = |why: &str| Err(Failure::error(format!("{} {name:?} {why}", resource.qualified())));
    let is_deployment = *resource == kinds::DEPLOYMENTS.into();
    let paused = object["spec"]["paused"].as_bool() == Some(true);
    let (patch, said) = match command {
        "pause" if !is_deployment => return refuse("pausing is not supported"),
        "pause" if paused => return refuse("is already paused"),
        "pause" => (json!({ "spec": { "paused": true } }), "paused"),
        "resume" if !is_deployment => return refuse("resuming is not supported"),
        "resume" if !paused => return refuse("is not paused"),
        "resume" => (json!({ "spec": { "paused": null } }), "resumed"),
        _ if !is_deployment && !["DaemonSet", "StatefulSet"].contains(&&*resource.kind) => {
            return refuse("restarting is not supported");
        }
        _ if paused => return refuse("can't restart paused deployment (run rollout resume first)"),
        _ => {
            // A template that differs only in this annotation is a new one all the same.
            let key = "kubectl.kubernetes.io/restartedAt";
            let now = cli.now().rfc3339();
            let template = &object["spec"]["template"];
            if template["metadata"]["annotations"][key].str() == now {
                return Err(Failure::error(format!(
                    "failed to create patch for {name}: if restart has already been triggered within the past second, please wait before attempting to trigger another"
                )));
            }
            let mut patch = json!({});
            patch.set_at(&["spec", "template", "metadata", "annotations", key], now);
            (patch, "restarted")
        }
    };
    if dry_run != DryRun::Client {
        let manager = args.manager("kubectl-rollout");
        write(cli, PatchType::Strategic, dry_run, manager, resource, object, patch)?;
    }
    Ok(said)
}

fn write(
    cli: &mut Cli,
    kind: PatchType,
    dry_run: DryRun,
    manager: Str,
    resource: &Resource,
    object: &Json,
    patch: Json,
) -> Result<(), Failure> {
    let meta = &object["metadata"];
    let (namespace, name) = (meta["namespace"].str(), meta["name"].str());
    let request = Request::patch(kind, resource.clone(), namespace, name, patch).with(|o| {
        o.dry_run = dry_run == DryRun::Server;
        o.field_manager = manager;
    });
    cli.call(request)?;
    Ok(())
}

/// The ReplicaSets of a Deployment, or the ControllerRevisions of another, with their revisions, oldest first.
fn revisions(cli: &mut Cli, resource: &Resource, object: &Json) -> Result<Vec<(i64, Json)>, Failure> {
    let meta = &object["metadata"];
    let labels = selector::text(&object["spec"]["selector"]);
    let deployment = *resource == kinds::DEPLOYMENTS.into();
    let kept = if deployment { kinds::REPLICASETS } else { kinds::CONTROLLERREVISIONS };
    let all = cli.list(&kept.into(), meta["namespace"].str(), &labels, "")?;
    let own = all.into_iter().filter(|set| meta::is_controlled_by(set, meta["uid"].str()));
    let number = if deployment { revision::of } else { revision::number };
    let numbered = own.map(|set| (number(&set), set));
    let mut sets: Vec<(i64, Json)> = numbered.collect();
    sort_by_key(&mut sets, |(revision, _)| *revision);
    Ok(sets)
}
