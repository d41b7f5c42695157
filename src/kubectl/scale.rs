//! `kubectl scale`: writes the `scale` subresource.

use super::apply::DryRun;
use super::cli::Cli;
use super::failure::Failure;
use super::flags::{self, Flag, Takes};
use super::names::{self, Target};
use super::printers::{Format, typed_name};
use super::{Flow, files, record};
use crate::api::revision::CHANGE_CAUSE;
use crate::api::{PatchType, Reason, Request, Status};
use crate::json;

pub(super) const FLAGS: &[Flag] = &[
    ("replicas", ' ', Takes::Value),
    ("current-replicas", ' ', Takes::Value),
    ("filename", 'f', Takes::Value),
    ("kustomize", 'k', Takes::Value),
    ("recursive", 'R', Takes::Nothing),
    ("selector", 'l', Takes::Value),
    ("all", ' ', Takes::Nothing),
    ("timeout", ' ', Takes::Value),
    ("output", 'o', Takes::Value),
    ("template", ' ', Takes::Value),
    ("allow-missing-template-keys", ' ', Takes::Nothing),
    ("show-managed-fields", ' ', Takes::Nothing),
    ("resource-version", ' ', Takes::Value),
    ("dry-run", ' ', Takes::Optional("unchanged")),
    record::FLAG,
];

pub(super) fn run(cli: &mut Cli, args: &[String]) -> Result<Flow, Failure> {
    let raw = args;
    let args = flags::parse("scale", args, FLAGS)?;
    let cause = record::cause(cli, "scale", raw, &args);
    let dry_run = DryRun::of(&args)?;
    let format = Format::of_write(&args)?;
    let Some(replicas) = args.number("replicas") else {
        return Err(Failure::error("required flag(s) \"replicas\" not set"));
    };
    if replicas < 0 {
        return Err(Failure::error(
            "The --replicas=COUNT flag is required, and COUNT must be greater than or equal to 0",
        ));
    }
    let mut targets = names::targets(cli, &args.words)?;
    for info in files::read(cli, &args)? {
        targets.push(Target { name: info.name().into(), resource: info.resource });
    }
    if targets.is_empty() {
        return Err(names::required());
    }
    let mut failures = Vec::new();
    for target in targets {
        let resource = &target.resource;
        let namespace = if resource.namespaced { args.namespace() } else { "" };
        let names: Vec<String> = if target.name.is_empty() {
            let all = cli.list(resource, namespace, args.get("selector"), "")?;
            all.iter().map(|o| o["metadata"]["name"].str().into()).collect()
        } else {
            vec![target.name.clone()]
        };
        for name in names {
            let object = match cli.get(resource, namespace, &name) {
                Ok(object) => object,
                Err(status) => {
                    failures.push(status.into());
                    continue;
                }
            };
            if !resource.subresources.iter().any(|(s, _)| *s == "scale") {
                let words = "the server could not find the requested resource";
                return Err(Status::new(Reason::NotFound, words).into());
            }
            let version = object["metadata"]["resourceVersion"].str();
            if args.has("resource-version") && args.get("resource-version") != version {
                let expected = args.get("resource-version");
                let why = format!("Expected resource version to be {expected}, was {version}");
                return Err(Failure::error(why));
            }
            if let Some(expected) = args.number("current-replicas")
                && object["spec"]["replicas"].as_i64() != Some(expected)
            {
                failures.push(Failure::error(format!(
                    "Expected replicas to be {expected}, was {}",
                    object["spec"]["replicas"].as_i64().unwrap_or(0)
                )));
                continue;
            }
            let body = json!({ "spec": { "replicas": replicas } });
            let request = Request::patch(PatchType::Merge, resource.clone(), namespace, name.as_str(), body)
                .with_subresource("scale")
                .with(|o| o.dry_run = dry_run == DryRun::Server);
            let done = if dry_run == DryRun::Client { Ok(()) } else { cli.call(request).map(|_| ()) };
            if let (Some(cause), Ok(()), DryRun::No) = (&cause, &done, dry_run) {
                let mut body = json!({});
                body.set_at(&["metadata", "annotations", CHANGE_CAUSE], cause.as_str());
                let kind = PatchType::Merge;
                cli.call(Request::patch(kind, resource.clone(), namespace, name.as_str(), body))?;
            }
            match done {
                Ok(()) if format.is_some() => {
                    let shown = cli.get(resource, namespace, &name)?;
                    let text = format.as_ref().map_or(Ok(String::new()), |f| f.print(resource, &shown))?;
                    cli.print(text);
                }
                Ok(()) => cli.line(format!("{} scaled{}", typed_name(resource, &name), dry_run.suffix())),
                Err(status) => failures.push(status.into()),
            }
        }
    }
    Failure::many(failures)?;
    Ok(Flow::Exit(0))
}
