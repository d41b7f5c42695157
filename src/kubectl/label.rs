//! `kubectl label` and `kubectl annotate`.

use super::apply::DryRun;
use super::cli::Cli;
use super::failure::Failure;
use super::flags::{self, Flag, Takes};
use super::names::{self, Target};
use super::printers::{Format, typed_name};
use super::{Flow, files};
use crate::api::{PatchType, Request};
use crate::json::Json;

pub(super) const FLAGS: &[Flag] = &[
    ("overwrite", ' ', Takes::Nothing),
    ("list", ' ', Takes::Nothing),
    ("all", ' ', Takes::Nothing),
    ("selector", 'l', Takes::Value),
    ("field-selector", ' ', Takes::Value),
    ("filename", 'f', Takes::Value),
    ("recursive", 'R', Takes::Nothing),
    ("output", 'o', Takes::Value),
    ("template", ' ', Takes::Value),
    ("allow-missing-template-keys", ' ', Takes::Nothing),
    ("show-managed-fields", ' ', Takes::Nothing),
    ("dry-run", ' ', Takes::Optional("unchanged")),
    ("resource-version", ' ', Takes::Value),
    ("field-manager", ' ', Takes::Value),
];

/// Which map is written.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum What {
    /// `label`
    Labels,
    /// `annotate`
    Annotations,
}

pub(super) fn run(cli: &mut Cli, args: &[String], what: What) -> Result<Flow, Failure> {
    let (command, field, one) = match what {
        What::Labels => ("label", "labels", "label"),
        What::Annotations => ("annotate", "annotations", "annotation"),
    };
    let args = flags::parse(command, args, FLAGS)?;
    let dry_run = DryRun::of(&args)?;
    let format = Format::of_write(&args)?;
    let is_change = |w: &String| w.contains('=') || (w.ends_with('-') && w.len() > 1);
    let (changes, words): (Vec<String>, Vec<String>) = args.words.iter().cloned().partition(is_change);
    if changes.is_empty() && !args.is("list") {
        return Err(Failure::error(format!("at least one {one} update is required")));
    }
    let mut targets = names::targets(&words)?;
    for info in files::read(cli, &args)? {
        targets.push(Target { name: info.name().into(), resource: info.resource });
    }
    if targets.is_empty() {
        return Err(Failure::error(
            "one or more resources must be specified as <resource> <name> or <resource>/<name>",
        ));
    }
    let mut failures = Vec::new();
    for target in targets {
        let resource = &target.resource;
        let namespace = if resource.namespaced { args.namespace() } else { "" };
        let objects = if target.name.is_empty() {
            cli.list(resource, namespace, args.get("selector"), args.get("field-selector"))?
        } else {
            match cli.get(resource, namespace, &target.name) {
                Ok(object) => vec![object],
                Err(status) => {
                    failures.push(status.into());
                    continue;
                }
            }
        };
        for object in objects {
            let name = object["metadata"]["name"].str().to_string();
            let current = &object["metadata"][field];
            if args.is("list") {
                current.entries().iter().for_each(|(k, v)| cli.line(format!("{k}={}", v.str())));
                continue;
            }
            let mut patch = Json::object();
            let (mut removed, mut set) = (false, false);
            for change in &changes {
                if let Some((key, value)) = change.split_once('=') {
                    let old = current.get(key).map(Json::str);
                    if let Some(old) = old.filter(|old| *old != value && !args.is("overwrite")) {
                        failures.push(Failure::error(format!(
                            "'{key}' already has a value ({old}), and --overwrite is false"
                        )));
                        return Failure::many(failures).map(|()| Flow::Exit(0));
                    }
                    set |= old != Some(value);
                    patch.set(key, value);
                } else {
                    let key = change.trim_end_matches('-');
                    if current.get(key).is_none() && what == What::Labels {
                        cli.line(format!("label {key:?} not found."));
                    } else {
                        removed = true;
                    }
                    patch.set(key, Json::Null);
                }
            }
            let mut body = Json::object();
            body.set_at(&["metadata", field], patch);
            let changed = set || removed;
            let mut after = object.clone();
            if dry_run != DryRun::Client && changed {
                let request =
                    Request::patch(PatchType::Merge, resource.clone(), namespace, name.as_str(), body).with(
                        |o| {
                            o.dry_run = dry_run == DryRun::Server;
                            let labels = what == What::Labels;
                            o.field_manager =
                                args.manager(if labels { "kubectl-label" } else { "kubectl-annotate" });
                        },
                    );
                match cli.call(request) {
                    Ok(response) => after = super::cli::with_kind(resource, response.body),
                    Err(status) => {
                        failures.push(status.into());
                        continue;
                    }
                }
            }
            let verb = match (what, changed, set) {
                (What::Annotations, ..) => "annotated",
                (What::Labels, false, _) => "not labeled",
                (What::Labels, true, false) => "unlabeled",
                (What::Labels, true, true) => "labeled",
            };
            match &format {
                Some(format) => {
                    let text = format.print(resource, &after)?;
                    cli.print(text);
                }
                None => cli.line(format!("{} {verb}{}", typed_name(resource, &name), dry_run.suffix())),
            }
        }
    }
    Failure::many(failures)?;
    Ok(Flow::Exit(0))
}
