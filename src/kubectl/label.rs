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
    ("local", ' ', Takes::Nothing),
    ("all", ' ', Takes::Nothing),
    ("selector", 'l', Takes::Value),
    ("field-selector", ' ', Takes::Value),
    ("all-namespaces", 'A', Takes::Nothing),
    ("filename", 'f', Takes::Value),
    ("kustomize", 'k', Takes::Value),
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
    let is_change = |w: &String| w.contains('=') && !w.starts_with('=') || (w.ends_with('-') && w.len() > 1);
    let (changes, words): (Vec<String>, Vec<String>) = args.words.iter().cloned().partition(is_change);
    check(&changes, what)?;
    for flag in ["selector", "field-selector"] {
        if args.is("all") && args.has(flag) {
            return Err(Failure::error(format!("cannot set --all and --{flag} at the same time")));
        }
    }
    if args.is("list") && args.has("output") {
        return Err(Failure::error("--list and --output may not be specified together"));
    }
    let local = args.is("local");
    if local && !words.is_empty() {
        return Err(Failure::error(
            "can only use local files by -f pod.yaml or --filename=pod.json when --local=true is set",
        ));
    }
    if local && dry_run == DryRun::Server {
        let mistake = "cannot specify --local and --dry-run=server - did you mean --dry-run=client?";
        return Err(Failure::error(mistake));
    }
    let from_files = args.has("filename") || args.has("kustomize");
    if words.is_empty() && !from_files {
        let why = "one or more resources must be specified as <resource> <name> or <resource>/<name>";
        return Err(Failure::error(why));
    }
    if !words.is_empty() && from_files {
        return Err(files::both());
    }
    if changes.is_empty() && !args.is("list") {
        return Err(Failure::error(format!("at least one {one} update is required")));
    }
    let mut targets: Vec<(Target, Option<Json>)> =
        names::targets(cli, &words)?.into_iter().map(|target| (target, None)).collect();
    for info in files::read(cli, &args)? {
        let object = local.then(|| info.object.clone());
        targets.push((Target { name: info.name().into(), resource: info.resource }, object));
    }
    let several = targets.len() > 1 || targets.iter().any(|(target, _)| target.name.is_empty());
    if args.has("resource-version") && several {
        return Err(Failure::error("--resource-version may only be used with a single resource"));
    }
    let selects = args.has("selector") || args.has("field-selector");
    if selects && targets.iter().any(|(target, _)| !target.name.is_empty()) {
        return Err(Failure::error("name cannot be provided when a selector is specified"));
    }
    let mut failures = Vec::new();
    for (target, object) in targets {
        let resource = &target.resource;
        let namespace = if resource.namespaced { args.namespace() } else { "" };
        let selects = args.is("all") || args.has("selector") || args.has("field-selector");
        let objects = if let Some(object) = object {
            vec![object]
        } else if target.name.is_empty() {
            if !selects && !args.is("list") {
                return Err(Failure::error("resource(s) were provided, but no name was specified"));
            }
            let namespace = if args.is("all-namespaces") { "" } else { namespace };
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
            let namespace = object["metadata"]["namespace"].str().to_string();
            let current = &object["metadata"][field];
            let mut patch = Json::object();
            let (mut removed, mut set) = (false, false);
            if !args.is("overwrite")
                && let Some(why) = overwritten(current, &changes, what)
            {
                failures.push(Failure::error(why));
                return Failure::many(failures).map(|()| Flow::Exit(0));
            }
            for change in &changes {
                if let Some((key, value)) = change.split_once('=') {
                    let old = current.get(key).map(Json::str);
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
            let changed = set || removed;
            let mut after = object.clone();
            if dry_run == DryRun::Client || local || args.is("list") {
                let mut map = current.clone();
                for (key, value) in patch.entries() {
                    match value {
                        Json::Null => drop(map.object_mut().remove(key)),
                        value => map.set(key.clone(), value.clone()),
                    }
                }
                after.set_at(&["metadata", field], map);
            }
            if args.is("list") {
                if several {
                    let of = format!("{}.{}/{name}", resource.kind, resource.group);
                    cli.line(format!("Listing {field} for {of}:"));
                }
                let indent = if several { " " } else { "" };
                let entries = after["metadata"][field].entries();
                entries.iter().for_each(|(k, v)| cli.line(format!("{indent}{k}={}", v.str())));
                continue;
            }
            let mut body = Json::object();
            body.set_at(&["metadata", field], patch);
            if args.has("resource-version") {
                body.set_at(&["metadata", "resourceVersion"], args.get("resource-version"));
            }
            if dry_run != DryRun::Client && !local && changed {
                let request = Request::patch(
                    PatchType::Merge,
                    resource.clone(),
                    namespace.as_str(),
                    name.as_str(),
                    body,
                )
                .with(|o| {
                    o.dry_run = dry_run == DryRun::Server;
                    let labels = what == What::Labels;
                    o.field_manager = args.manager(if labels { "kubectl-label" } else { "kubectl-annotate" });
                });
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

/// Labels are looked at before they are sent; annotations may be anything.
fn check(changes: &[String], what: What) -> Result<(), Failure> {
    let (mut set, mut removed) = (Vec::new(), Vec::new());
    for change in changes {
        let Some((key, value)) = change.split_once('=') else {
            removed.push(&change[..change.len() - 1]);
            continue;
        };
        set.push(key);
        if what == What::Annotations {
            continue;
        }
        if value.contains('=') {
            return Err(Failure::error(format!("invalid label spec: {change}")));
        }
        let problems = value_problems(value);
        if !problems.is_empty() {
            return Err(Failure::error(format!("invalid label value: {change:?}: {}", problems.join(";"))));
        }
    }
    let both: Vec<&str> = removed.into_iter().filter(|key| set.contains(key)).collect();
    match what {
        _ if both.is_empty() => Ok(()),
        What::Labels => Err(Failure::error("can not both modify and remove a label in the same command")),
        What::Annotations => Err(Failure::error(format!(
            "can not both modify and remove the following annotation(s) in the same command: {}",
            both.join(", ")
        ))),
    }
}

/// What is wrong with a label's key (`IsQualifiedName`).
pub(super) fn key_problems(key: &str) -> Vec<&'static str> {
    const RULE: &str = "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
    const DOMAIN: &str = "prefix part a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
    let (prefix, name) = match key.split_once('/') {
        Some((prefix, name)) => (Some(prefix), name),
        None => (None, key),
    };
    let mut problems = Vec::new();
    let part = |part: &str| {
        let edge = |b: Option<&u8>| b.is_some_and(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
        let all = part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        all && edge(part.as_bytes().first()) && edge(part.as_bytes().last())
    };
    match prefix {
        Some("") => problems.push("prefix part must be non-empty"),
        Some(prefix) if !prefix.split('.').all(part) => problems.push(DOMAIN),
        _ => {}
    }
    if name.is_empty() {
        problems.push("name part must be non-empty");
    } else if name.len() > 63 {
        problems.push("name part must be no more than 63 bytes");
    }
    if name.is_empty() || !value_problems(name).iter().all(|why| why.starts_with("must be no more")) {
        problems.push(RULE);
    }
    problems
}

/// What is wrong with a label's value (`IsValidLabelValue`).
pub(super) fn value_problems(value: &str) -> Vec<&'static str> {
    const RULE: &str = "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";
    let edge = |b: Option<&u8>| b.is_none_or(u8::is_ascii_alphanumeric);
    let bytes = value.as_bytes();
    let fits = bytes.iter().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(b))
        && edge(bytes.first())
        && edge(bytes.last());
    let long = (value.len() > 63).then_some("must be no more than 63 bytes");
    long.into_iter().chain((!fits).then_some(RULE)).collect()
}

/// The complaint about keys that have another value already.
fn overwritten(current: &Json, changes: &[String], what: What) -> Option<String> {
    let taken = |change: &String| {
        let (key, value) = change.split_once('=')?;
        let old = current.get(key).map(Json::str).filter(|old| *old != value)?;
        Some(format!("'{key}' already has a value ({old})"))
    };
    let mut all: Vec<String> = changes.iter().filter_map(taken).collect();
    all.dedup();
    match (what, all.as_slice()) {
        (_, []) => None,
        (What::Annotations, all) => Some(format!(
            "--overwrite is false but found the following declared annotation(s): {}",
            all.join("; ")
        )),
        (What::Labels, [one]) => Some(format!("{one}, and --overwrite is false")),
        (What::Labels, all) => {
            let all: Vec<String> = all.iter().map(|one| format!("{one}, and --overwrite is false")).collect();
            Some(format!("[{}]", all.join(", ")))
        }
    }
}
