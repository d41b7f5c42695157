//! `kubectl auth can-i`: whether an action is allowed, or all that is.

use crate::api::{Request, Resource, kinds, rbac};
use crate::json;
use crate::json::Json;
use crate::kubectl::Flow;
use crate::kubectl::cli::Cli;
use crate::kubectl::failure::Failure;
use crate::kubectl::flags::{self, Arguments, Flag, Takes};
use crate::kubectl::names;
use crate::kubectl::printers::table::Columns;

const FLAGS: &[Flag] = &[
    ("all-namespaces", 'A', Takes::Nothing),
    ("quiet", 'q', Takes::Nothing),
    ("subresource", ' ', Takes::Value),
    ("list", ' ', Takes::Nothing),
    ("no-headers", ' ', Takes::Nothing),
];
const VERBS: &[&str] = &[
    "get",
    "list",
    "watch",
    "create",
    "update",
    "patch",
    "delete",
    "deletecollection",
    "use",
    "bind",
    "impersonate",
    "*",
    "approve",
    "sign",
    "escalate",
    "attest",
];
const PATH_VERBS: &[&str] = &["get", "put", "post", "head", "options", "delete", "patch", "*"];
/// What can be named in rules and is no resource of any API.
const UNDISCOVERED: [&str; 2] = ["users", "groups"];

pub fn run(cli: &mut Cli, args: &[String]) -> Result<Flow, Failure> {
    let args = flags::parse("auth can-i", args, FLAGS)?;
    if args.is("list") {
        return list(cli, &args);
    }
    let [verb, what] = args.words.as_slice() else {
        return Err(Failure::text(
            "error: you must specify two arguments: verb resource or verb resource/resourceName.\nSee 'kubectl auth can-i -h' for help and examples.",
        ));
    };
    let spec = if what.starts_with('/') {
        if !args.get("subresource").is_empty() {
            return Err(Failure::error("--subresource can not be used with NonResourceURL"));
        }
        known(cli, verb, PATH_VERBS);
        json!({ "nonResourceAttributes": { "verb": verb.as_str(), "path": what.as_str() } })
    } else {
        json!({ "resourceAttributes": about(cli, &args, verb, what) })
    };
    if args.is("no-headers") {
        return Err(Failure::error("--no-headers cannot be set without --list specified"));
    }
    let status = review(cli, kinds::SELFSUBJECTACCESSREVIEWS, spec)?;
    let allowed = status["allowed"].as_bool() == Some(true);
    if !args.is("quiet") {
        let said = ["reason", "evaluationError"].into_iter().map(|field| status[field].str());
        let why: String =
            said.filter(|why| !allowed && !why.is_empty()).map(|why| format!(" - {why}")).collect();
        cli.line(format!("{}{why}", if allowed { "yes" } else { "no" }));
    }
    Ok(Flow::Exit(i32::from(!allowed)))
}

/// The question about a resource, with warnings of what looks like a mistake.
fn about(cli: &mut Cli, args: &Arguments, verb: &str, what: &str) -> Json {
    let (word, name) = what.split_once('/').unwrap_or((what, ""));
    let found = resource(cli, word);
    let all = args.is("all-namespaces");
    if let Some(resource) = found.as_ref().filter(|resource| !all && !resource.namespaced) {
        let (plural, group) = (&resource.plural, &resource.group);
        let of = if group.is_empty() { String::new() } else { format!(" in group '{group}'") };
        cli.error_line(format!("Warning: resource '{plural}' is not namespace scoped{of}\n"));
    }
    if !all {
        known(cli, verb, VERBS);
    }
    let (group, plural) = match &found {
        Some(resource) => (&*resource.group, &*resource.plural),
        None => ("", word),
    };
    let mut about = json!({ "verb": verb, "resource": plural });
    let namespace = if all { "" } else { args.namespace() };
    for (field, value) in
        [("namespace", namespace), ("group", group), ("subresource", args.get("subresource")), ("name", name)]
    {
        if !value.is_empty() {
            about.set(field, value);
        }
    }
    about
}

fn resource(cli: &mut Cli, word: &str) -> Option<Resource> {
    if word == "*" {
        return None;
    }
    let lower = word.to_ascii_lowercase();
    let found = names::found(cli, word);
    if found.is_none() && !UNDISCOVERED.contains(&lower.as_str()) {
        let (plural, group) = lower.split_once('.').unwrap_or((&lower, ""));
        let of = if group.is_empty() { String::new() } else { format!(" in group '{group}'") };
        cli.error_line(format!("Warning: the server doesn't have a resource type '{plural}'{of}\n"));
    }
    found
}

fn known(cli: &mut Cli, verb: &str, verbs: &[&str]) {
    if !verbs.contains(&verb) {
        cli.error_line(format!("Warning: verb '{verb}' is not a known verb\n"));
    }
}

/// Asks, and gives what was answered.
fn review(cli: &mut Cli, kind: &'static crate::api::ResourceInfo, spec: Json) -> Result<Json, Failure> {
    let body = json!({ "apiVersion": kind.api_version(), "kind": &kind.kind, "metadata": {}, "spec": spec });
    Ok(cli.call(Request::create(kind, body))?.body["status"].clone())
}

fn list(cli: &mut Cli, args: &Arguments) -> Result<Flow, Failure> {
    if !args.words.is_empty() {
        return Err(Failure::error("list option must be specified with no arguments"));
    }
    if args.is("quiet") || args.is("all-namespaces") || !args.get("subresource").is_empty() {
        let why = "list option can't be specified with neither quiet, all-namespaces nor subresource options";
        return Err(Failure::error(why));
    }
    let spec = json!({ "namespace": args.namespace() });
    let status = review(cli, kinds::SELFSUBJECTRULESREVIEWS, spec)?;
    if status["incomplete"].as_bool() == Some(true) {
        let why = status["evaluationError"].str();
        cli.error_line(format!("Warning: the list may be incomplete: {why}"));
    }
    let rules = ["resourceRules", "nonResourceRules"].into_iter().flat_map(|field| status[field].items());
    let rules: Vec<Json> = rules.cloned().collect();
    let mut out = Columns::default();
    if !args.is("no-headers") {
        out.line(["Resources", "Non-Resource URLs", "Resource Names", "Verbs"]);
    }
    for rule in rbac::shown(&rules) {
        out.line(rbac::line(&rule).trim_end_matches('\n').split('\t'));
    }
    cli.print(out.print());
    Ok(Flow::Exit(0))
}
