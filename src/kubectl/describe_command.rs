//! The command `kubectl describe`: which objects are described.

use super::cli::Cli;
use super::describe::Describer;
use super::failure::Failure;
use super::flags::{self, Flag, Takes};
use super::names::{self, Target};
use super::{Flow, files};
use crate::api::Resource;
use crate::json::Json;

const FLAGS: &[Flag] = &[
    ("show-events", ' ', Takes::Nothing),
    ("selector", 'l', Takes::Value),
    ("all-namespaces", 'A', Takes::Nothing),
    ("filename", 'f', Takes::Value),
    ("kustomize", 'k', Takes::Value),
    ("recursive", 'R', Takes::Nothing),
    ("chunk-size", ' ', Takes::Value),
];

pub(super) fn run(cli: &mut Cli, args: &[String]) -> Result<Flow, Failure> {
    let args = flags::parse("describe", args, FLAGS)?;
    files::either(&args)?;
    let mut targets = names::targets(cli, &args.words)?;
    for info in files::read(cli, &args)? {
        targets.push(Target { name: info.name().into(), resource: info.resource });
    }
    if targets.is_empty() {
        return Err(Failure::text(
            "error: You must specify the type of resource to describe. Use \"kubectl api-resources\" for a complete list of supported resources.",
        ));
    }
    if args.has("selector") && targets.iter().any(|target| !target.name.is_empty()) {
        return Err(Failure::error("name cannot be provided when a selector is specified"));
    }
    let mut objects: Vec<(Resource, Json)> = Vec::new();
    let mut failures = Vec::new();
    for target in &targets {
        let resource = &target.resource;
        let namespace = if args.is("all-namespaces") || !resource.namespaced { "" } else { args.namespace() };
        if target.name.is_empty() {
            match cli.list(resource, namespace, args.get("selector"), "") {
                Ok(all) => objects.extend(all.into_iter().map(|o| (resource.clone(), o))),
                Err(failure) => failures.push(failure),
            }
            continue;
        }
        match cli.get(resource, namespace, &target.name) {
            Ok(object) => objects.push((resource.clone(), object)),
            Err(status) if status.is_not_found() && args.words.len() == 2 => {
                if target.name != args.words[1] {
                    return Err(status.into());
                }
                // A name that is none may begin some.
                let all = cli.list(resource, namespace, "", "")?;
                let like = |o: &&Json| o["metadata"]["name"].str().starts_with(&target.name);
                let like: Vec<&Json> = all.iter().filter(like).collect();
                if like.is_empty() {
                    failures.push(status.into());
                    continue;
                }
                for one in like {
                    let text = object(cli, resource, one, args.is("show-events"));
                    cli.line(text);
                }
                return Ok(Flow::Exit(0));
            }
            Err(status) => failures.push(status.into()),
        }
    }
    if objects.is_empty() && failures.is_empty() {
        let place = format!("No resources found in {} namespace.", args.namespace());
        cli.error_line(if targets.iter().all(|t| !t.resource.namespaced) {
            "No resources found".into()
        } else {
            place
        });
    }
    // Events are shown by default for a single object only.
    let events = if args.has("show-events") { args.is("show-events") } else { objects.len() == 1 };
    for (i, (resource, one)) in objects.iter().enumerate() {
        if i > 0 {
            cli.print("\n\n");
        }
        let text = object(cli, resource, one, events);
        cli.print(text);
    }
    Failure::many(failures)?;
    Ok(Flow::Exit(0))
}

/// One object in words.
pub(super) fn object(cli: &mut Cli, resource: &Resource, object: &Json, show_events: bool) -> String {
    Describer { api: &mut *cli.env.api, show_events }.describe(resource, object)
}
