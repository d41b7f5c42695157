//! `kubectl apply --prune`: what an earlier apply made and this one does not name is deleted.
//!
//! Upstream: `prune.go` in `kubectl/pkg/cmd/apply`. Of apply sets (KEP-3659) there is only the refusal.

use super::apply::{DryRun, LAST_APPLIED};
use super::cli::Cli;
use super::discovery::Discovery;
use super::failure::Failure;
use super::files::Info;
use super::flags::Arguments;
use super::names;
use super::printers::{Format, typed_name};
use crate::api::{Propagation, Request, Resource};
use crate::json::Json;

/// The kinds that are looked through where no allow-list is given, by group and kind; the namespaced ones first.
const KINDS: &[(&str, &str)] = &[
    ("", "ConfigMap"),
    ("", "Endpoints"),
    ("", "PersistentVolumeClaim"),
    ("", "Pod"),
    ("", "ReplicationController"),
    ("", "Secret"),
    ("", "Service"),
    ("batch", "Job"),
    ("batch", "CronJob"),
    ("networking.k8s.io", "Ingress"),
    ("apps", "DaemonSet"),
    ("apps", "Deployment"),
    ("apps", "ReplicaSet"),
    ("apps", "StatefulSet"),
    ("", "Namespace"),
    ("", "PersistentVolume"),
];

/// Flags that do not go together.
pub(super) fn check(args: &Arguments) -> Result<(), Failure> {
    if args.is("all") && args.has("selector") {
        return Err(Failure::error("cannot set --all and --selector at the same time"));
    }
    if args.is("prune") && !args.is("all") && !args.has("selector") {
        return Err(Failure::error(
            "all resources selected for prune without explicitly passing --all. To prune all resources, pass the --all flag. If you did not mean to prune \
             all resources, specify a label selector",
        ));
    }
    for allowed in args.all("prune-allowlist") {
        if allowed.split('/').count() != 3 {
            let why =
                format!("invalid GroupVersionKind format: {allowed}, please follow <group/version/kind>");
            return Err(Failure::error(why));
        }
    }
    Ok(())
}

fn kinds(args: &Arguments) -> Result<Vec<Resource>, Failure> {
    let all = names::preferred(Discovery::default().all());
    let of = |group: &str, kind: &str| all.iter().find(|r| r.group == group && r.kind == kind).cloned();
    if !args.has("prune-allowlist") {
        return Ok(KINDS.iter().filter_map(|(group, kind)| of(group, kind)).collect());
    }
    let mut out = Vec::new();
    for allowed in args.all("prune-allowlist") {
        let parts: Vec<&str> = allowed.split('/').collect();
        let group = if parts[0] == "core" { "" } else { parts[0] };
        let unknown = || {
            let version = if group.is_empty() { parts[1].into() } else { format!("{group}/{}", parts[1]) };
            Failure::error(format!("no matches for kind {:?} in version {version:?}", parts[2]))
        };
        out.push(of(group, parts[2]).filter(|r| r.version == parts[1]).ok_or_else(unknown)?);
    }
    Ok(out)
}

/// Deletes, in the namespaces that were applied to, what was applied and not now.
pub(super) fn run(
    cli: &mut Cli,
    args: &Arguments,
    dry_run: DryRun,
    format: Option<&Format>,
    applied: &[(Info, Json)],
) -> Result<(), Failure> {
    let mut namespaces: Vec<&str> = Vec::new();
    for (info, _) in applied {
        if info.resource.namespaced && !namespaces.contains(&info.namespace()) {
            namespaces.push(info.namespace());
        }
    }
    let kept = |object: &Json| {
        applied.iter().any(|(info, now)| {
            let meta = &now["metadata"];
            let same = info.resource.kind == object["kind"].str();
            same && ["name", "namespace"].iter().all(|key| meta[*key] == object["metadata"][*key])
        })
    };
    // With a namespace of one's own, cluster-wide kinds are let alone.
    let own = args.has("namespace");
    for resource in kinds(args)?.into_iter().filter(|r| r.namespaced || !own) {
        let places = if resource.namespaced { namespaces.clone() } else { vec![""] };
        for namespace in places {
            for object in cli.list(&resource, namespace, args.get("selector"), "")? {
                let meta = &object["metadata"];
                if meta["annotations"].get(LAST_APPLIED).is_none() || kept(&object) {
                    continue;
                }
                let name = meta["name"].str();
                if dry_run != DryRun::Client {
                    let cascade = match args.get("cascade") {
                        "foreground" => Propagation::Foreground,
                        "orphan" => Propagation::Orphan,
                        _ => Propagation::Background,
                    };
                    let request = Request::delete(resource.clone(), namespace, name).with(|o| {
                        o.propagation = Some(cascade);
                        o.dry_run = dry_run == DryRun::Server;
                        o.grace_period = args.number("grace-period").filter(|seconds| *seconds >= 0);
                    });
                    match cli.call(request) {
                        Err(status) if !status.is_not_found() => return Err(status.into()),
                        _ => {}
                    }
                }
                match format {
                    Some(format) => {
                        let text = format.print(&resource, &object)?;
                        cli.print(text);
                    }
                    None => cli.line(format!("{} pruned{}", typed_name(&resource, name), dry_run.suffix())),
                }
            }
        }
    }
    Ok(())
}
