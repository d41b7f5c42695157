//! `kubectl patch`: strategic, merge and JSON patches.

use super::apply::DryRun;
use super::cli::{Cli, with_kind};
use super::failure::Failure;
use super::flags::{self, Arguments, Flag, Takes};
use super::names::{self, Target};
use super::printers::{Format, typed_name};
use super::{Flow, files};
use crate::api::patch::{json_patch, merge, strategic};
use crate::api::{FieldValidation, PatchType, Reason, Request, Resource, kinds};
use crate::json::{Json, parse};
use crate::manifest;

pub(super) const FLAGS: &[Flag] = &[
    ("patch", 'p', Takes::Value),
    ("patch-file", ' ', Takes::Value),
    ("type", ' ', Takes::Value),
    ("filename", 'f', Takes::Value),
    ("kustomize", 'k', Takes::Value),
    ("recursive", 'R', Takes::Nothing),
    ("output", 'o', Takes::Value),
    ("template", ' ', Takes::Value),
    ("allow-missing-template-keys", ' ', Takes::Nothing),
    ("show-managed-fields", ' ', Takes::Nothing),
    ("dry-run", ' ', Takes::Optional("unchanged")),
    ("subresource", ' ', Takes::Value),
    ("local", ' ', Takes::Nothing),
    ("field-manager", ' ', Takes::Value),
];

pub(super) fn run(cli: &mut Cli, args: &[String]) -> Result<Flow, Failure> {
    let args = flags::parse("patch", args, FLAGS)?;
    let dry_run = DryRun::of(&args)?;
    let format = Format::of_write(&args)?;
    let text = match (!args.get("patch").is_empty(), !args.get("patch-file").is_empty()) {
        (true, true) => return Err(Failure::error("cannot specify --patch and --patch-file together")),
        (false, false) => {
            return Err(Failure::error(
                "must specify --patch or --patch-file containing the contents of the patch",
            ));
        }
        (true, false) => args.get("patch").to_string(),
        (false, true) => {
            let path = args.get("patch-file");
            let file = cli.text(path).map(|text| text.to_string());
            file.ok_or_else(|| {
                Failure::error(format!("unable to read patch file: open {path}: no such file or directory"))
            })?
        }
    };
    let kind = match args.get("type").to_lowercase().as_str() {
        "" | "strategic" => PatchType::Strategic,
        "merge" => PatchType::Merge,
        "json" => PatchType::Json,
        _ => {
            let wrong = args.get("type");
            return Err(Failure::error(format!(
                "--type must be one of [json merge strategic], not {wrong:?}"
            )));
        }
    };
    // What looks like JSON goes to the server as it is: there is where it fails.
    let mut broken = None;
    let body = match parse(&text) {
        Ok(body) => body,
        Err(e) if text.trim_start().starts_with('{') => {
            broken = Some(e.message);
            Json::Null
        }
        Err(_) => match manifest::document(&text) {
            Ok(document) => document.value,
            Err(e) => {
                let why = e.message.trim_start_matches("error converting YAML to JSON: ");
                return Err(Failure::error(format!("unable to parse {text:?}: {why}")));
            }
        },
    };
    let local = args.is("local");
    let mut targets = names::targets(cli, &args.words)?;
    let infos = files::read(cli, &args)?;
    if local {
        for info in &infos {
            here(cli, &args, format.as_ref(), kind, &info.resource, &info.object, &body)?;
        }
        return Ok(Flow::Exit(0));
    }
    for info in infos {
        targets.push(Target { name: info.name().into(), resource: info.resource });
    }
    if targets.is_empty() {
        return Err(Failure::error("You must provide one or more resources by argument or filename."));
    }
    if targets.iter().any(|t| t.name.is_empty()) {
        return Err(Failure::error("resource(s) were provided, but no name was specified"));
    }
    let mut failures = Vec::new();
    for target in targets {
        let namespace = if target.resource.namespaced { args.namespace() } else { "" };
        let found = match args.get("subresource") {
            _ if target.name.is_empty() => Err(crate::api::Status::not_found(&target.resource, &target.name)),
            "" => cli.get(&target.resource, namespace, &target.name),
            subresource => {
                let look = Request::get(target.resource.clone(), namespace, target.name.as_str());
                cli.call(look.with_subresource(subresource)).map(|answer| answer.body)
            }
        };
        let before = match found {
            Ok(object) => object,
            Err(status) => {
                failures.push(status.into());
                continue;
            }
        };
        if let Some(why) = &broken {
            let word = if kind == PatchType::Strategic { "" } else { "error decoding patch: " };
            failures.push(crate::api::Status::bad_request(format!("{word}{why}")).into());
            continue;
        }
        if dry_run == DryRun::Client {
            here(cli, &args, format.as_ref(), kind, &target.resource, &before, &body)?;
            continue;
        }
        let request =
            Request::patch(kind, target.resource.clone(), namespace, target.name.as_str(), body.clone())
                .with_subresource(args.get("subresource"))
                .with(|o| {
                    o.dry_run = dry_run == DryRun::Server;
                    o.field_validation = FieldValidation::Warn;
                    o.field_manager = args.manager("kubectl-patch");
                });
        match cli.call(request) {
            Err(status) if status.reason == Some(Reason::UnsupportedMediaType) => {
                let media = match kind {
                    PatchType::Json => "application/json-patch+json",
                    PatchType::Merge => "application/merge-patch+json",
                    _ => "application/strategic-merge-patch+json",
                };
                let (version, of) = (target.resource.api_version(), &target.resource.kind);
                let why = &status.message;
                let message = format!("{media} is not supported by {version}, Kind={of}: {why}");
                failures.push(Failure::error(message));
            }
            Err(status) => failures.push(status.into()),
            Ok(response) => {
                let after = with_kind(&target.resource, response.body);
                let resource: Resource = if after["kind"].str() == "Scale" {
                    kinds::SCALES.into()
                } else {
                    target.resource.clone()
                };
                match &format {
                    Some(format) => {
                        let text = format.print(&resource, &after)?;
                        cli.print(text);
                    }
                    None => {
                        let same = before["metadata"]["resourceVersion"]
                            == after["metadata"]["resourceVersion"]
                            && before == after;
                        let note = if same { " (no change)" } else { "" };
                        cli.line(format!("{} patched{note}", typed_name(&resource, &target.name)));
                    }
                }
            }
        }
    }
    Failure::many(failures)?;
    Ok(Flow::Exit(0))
}

/// Patches an object without the server, and prints it.
fn here(
    cli: &mut Cli,
    args: &Arguments,
    format: Option<&Format>,
    kind: PatchType,
    resource: &Resource,
    object: &Json,
    body: &Json,
) -> Result<(), Failure> {
    let patched = match (kind, resource.ty) {
        (PatchType::Json, _) => json_patch::apply(object, body).map_err(Failure::error)?,
        (PatchType::Strategic, Some(ty)) => strategic::apply(ty, object, body).map_err(Failure::error)?,
        _ => merge::apply(object, body),
    };
    match format {
        Some(format) => {
            let text = format.print(resource, &patched)?;
            cli.print(text);
        }
        None => {
            let same = if patched == *object { " (no change)" } else { "" };
            let run = if args.is("local") { "" } else { " (dry run)" };
            cli.line(format!(
                "{} patched{same}{run}",
                typed_name(resource, object["metadata"]["name"].str())
            ));
        }
    }
    Ok(())
}
