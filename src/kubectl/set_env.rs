//! `kubectl set env`: the variables of a pod template, listed or changed, by hand or from a ConfigMap's or Secret's keys.

use super::Flow;
use super::apply::DryRun;
use super::cli::{Cli, with_kind};
use super::data::env_name;
use super::failure::Failure;
use super::flags::{self, Arguments, Flag, Takes};
use super::merge;
use super::names::{self, Target};
use super::printers::{Format, typed_name};
use super::set::pod_spec;
use crate::api::quantity::Quantity;
use crate::api::{PatchType, Request, Resource, base64, kinds};
use crate::collections::sort_by;
use crate::json;
use crate::json::Json;

const FLAGS: &[Flag] = &[
    ("all", ' ', Takes::Nothing),
    ("selector", 'l', Takes::Value),
    ("containers", 'c', Takes::Value),
    ("env", 'e', Takes::Value),
    ("from", ' ', Takes::Value),
    ("prefix", ' ', Takes::Value),
    ("keys", ' ', Takes::Value),
    ("list", ' ', Takes::Nothing),
    ("resolve", ' ', Takes::Nothing),
    ("output", 'o', Takes::Value),
    ("template", ' ', Takes::Value),
    ("allow-missing-template-keys", ' ', Takes::Nothing),
    ("show-managed-fields", ' ', Takes::Nothing),
    ("dry-run", ' ', Takes::Optional("unchanged")),
    ("field-manager", ' ', Takes::Value),
    ("local", ' ', Takes::Nothing),
    ("overwrite", ' ', Takes::Nothing),
];

/// What shall be changed.
#[derive(Default)]
struct Changes {
    set: Vec<Json>,
    remove: Vec<String>,
}

pub(super) fn run(cli: &mut Cli, args: &[String]) -> Result<Flow, Failure> {
    let args = flags::parse("set env", args, FLAGS)?;
    if args.is("all") && args.has("selector") {
        return Err(Failure::error("cannot set --all and --selector at the same time"));
    }
    let is_change = |w: &String| w.contains('=') || w.ends_with('-');
    let first = args.words.iter().position(is_change).unwrap_or(args.words.len());
    let (words, changes) = args.words.split_at(first);
    if !changes.iter().all(is_change) {
        let all = args.words.join(" ");
        return Err(Failure::error(format!(
            "all resources must be specified before environment changes: {all}"
        )));
    }
    if words.is_empty() {
        return Err(Failure::error(
            "one or more resources must be specified as <resource> <name> or <resource>/<name>",
        ));
    }
    if args.is("list") && args.has("output") {
        return Err(Failure::error("--list and --output may not be specified together"));
    }
    if args.has("keys") && !args.has("from") {
        return Err(Failure::error(
            "when specifying --keys, a configmap or secret must be provided with --from",
        ));
    }
    let mut wanted = read(changes.iter().chain(args.all("env")))?;
    if args.has("from") {
        wanted.set.extend(from(cli, &args)?);
    }
    for variable in &mut wanted.set {
        let name = format!("{}{}", args.get("prefix"), variable["name"].str());
        variable.set("name", name);
    }
    let targets = objects(cli, &args, words)?;
    let mut failures = Vec::new();
    for target in targets {
        if let Err(failure) = one(cli, &args, &wanted, &target) {
            failures.push(failure);
        }
    }
    Failure::many(failures)?;
    Ok(Flow::Exit(0))
}

/// The objects that the words name, or that `--all` or a selector finds.
fn objects(cli: &mut Cli, args: &Arguments, words: &[String]) -> Result<Vec<Target>, Failure> {
    let mut out = Vec::new();
    for target in names::targets(cli, words)? {
        if !target.name.is_empty() {
            out.push(target);
        } else if args.is("all") || args.has("selector") {
            let found = cli.list(&target.resource, args.namespace(), args.get("selector"), "")?;
            let named = |o: &Json| Target { name: o["metadata"]["name"].str().into(), ..target.clone() };
            out.extend(found.iter().map(named));
        } else {
            return Err(Failure::error("resource(s) were provided, but no name was specified"));
        }
    }
    Ok(out)
}

/// `NAME=value` sets, `NAME-` removes.
fn read<'a>(words: impl Iterator<Item = &'a String>) -> Result<Changes, Failure> {
    let mut out = Changes::default();
    for word in words {
        match word.split_once('=') {
            Some((name, _)) if !env_name(name).is_empty() => {
                let problems = env_name(name).join(";");
                return Err(Failure::error(format!("{name:?} is not a valid key name: {problems}")));
            }
            Some((name, value)) => out.set.push(json!({ "name": name, "value": value })),
            None if word.ends_with('-') => out.remove.push(word[..word.len() - 1].into()),
            None => return Err(Failure::error(format!("unknown environment variable: {word}"))),
        }
    }
    if out.set.iter().any(|v| out.remove.iter().any(|name| name == v["name"].str())) {
        return Err(Failure::error(
            "can not both modify and remove the same environment variable in the same command",
        ));
    }
    Ok(out)
}

/// A variable for each key of the ConfigMap or Secret that `--from` names.
fn from(cli: &mut Cli, args: &Arguments) -> Result<Vec<Json>, Failure> {
    let keys = if args.has("keys") { args.list("keys") } else { Vec::new() };
    let mut out = Vec::new();
    for target in names::targets(cli, &[args.get("from").to_string()])? {
        let source = cli.get(&target.resource, args.namespace(), &target.name)?;
        let reference = match source["kind"].str() {
            "ConfigMap" => "configMapKeyRef",
            "Secret" => "secretKeyRef",
            _ => return Err(Failure::error("unsupported resource specified in --from")),
        };
        for (key, _) in source["data"].entries() {
            if !keys.is_empty() && !keys.iter().any(|k| k == key.as_str()) {
                continue;
            }
            let name = key.to_uppercase().replace(['-', '.'], "_");
            if name != key.as_str() {
                cli.error_line(format!("Warning: key {key} transferred to {name}"));
            }
            let mut value_from = Json::object();
            value_from.set(reference, json!({ "name": target.name.as_str(), "key": key }));
            out.push(json!({ "name": name, "valueFrom": value_from }));
        }
    }
    Ok(out)
}

/// Whether `--containers` means this one; `*` stands for any text.
pub(super) fn is_meant(args: &Arguments, name: &str) -> bool {
    match args.get("containers") {
        "" | "*" => true,
        pattern => match pattern.split_once('*') {
            None => pattern == name,
            Some((start, end)) => {
                name.len() >= start.len() + end.len() && name.starts_with(start) && name.ends_with(end)
            }
        },
    }
}

fn one(cli: &mut Cli, args: &Arguments, changes: &Changes, target: &Target) -> Result<(), Failure> {
    let resource = &target.resource;
    let before = cli.get(resource, args.namespace(), &target.name)?;
    if before.at(pod_spec(&resource.kind))["containers"].is_null() {
        if args.is("list") {
            return Ok(());
        }
        let (plural, name, version, kind) =
            (&resource.plural, &target.name, &resource.version, &resource.kind);
        return Err(Failure::error(format!(
            "{plural}/{name} the object is not a pod or does not have a pod template: *{version}.{kind}"
        )));
    }
    let mut after = before.clone();
    let mut found = false;
    for list in ["containers", "initContainers"] {
        let path = [pod_spec(&resource.kind), &[list]].concat();
        let mut changed = Vec::new();
        for container in before.at(&path).items() {
            let mut container = container.clone();
            if is_meant(args, container["name"].str()) {
                found = true;
                if args.get("overwrite") == "false" {
                    keep(&container["env"], changes).map_err(|why| {
                        Failure::error(format!("{}/{} {why}", resource.plural, target.name))
                    })?;
                }
                let env = changed_env(container["env"].items(), changes);
                match env.is_empty() {
                    true => drop(container.remove("env")),
                    false => container.set("env", env),
                }
                if args.is("list") {
                    let name = container["name"].str();
                    cli.line(format!("# {} {}, container {name}", resource.kind, target.name));
                    list_variables(cli, args, &before, &container);
                }
            }
            changed.push(container);
        }
        if !changed.is_empty() {
            after.set_at(&path, changed);
        }
    }
    if !found {
        let wanted = if args.has("containers") { args.get("containers") } else { "*" };
        let (kind, name) = (&resource.kind, &target.name);
        cli.error_line(format!("Warning: {kind}/{name} does not have any containers matching {wanted:?}"));
    }
    if args.is("list") {
        return Ok(());
    }
    let patch = merge::three_way(resource.ty, &before, &after, &before);
    // A change that changes nothing is not sent, and says nothing.
    if patch.is_empty() {
        return Ok(());
    }
    let dry_run = DryRun::of(args)?;
    if dry_run != DryRun::Client {
        let (namespace, name) = (args.namespace(), target.name.as_str());
        let request =
            Request::patch(PatchType::Strategic, resource.clone(), namespace, name, patch).with(|o| {
                o.dry_run = dry_run == DryRun::Server;
                o.field_manager = args.manager("kubectl-set");
            });
        let failed = |message: &str| format!("failed to patch env update to pod template: {message}");
        let response = cli.call(request).map_err(|s| Failure::error(failed(&s.message)))?;
        after = with_kind(resource, response.body);
    }
    match Format::of_write(args)? {
        Some(format) => {
            let text = format.print(resource, &after)?;
            cli.print(text);
        }
        None => cli.line(format!("{} env updated{}", typed_name(resource, &target.name), dry_run.suffix())),
    }
    Ok(())
}

/// With `--overwrite=false` no variable may be there already with another value.
fn keep(env: &Json, changes: &Changes) -> Result<(), String> {
    for variable in &changes.set {
        let known = env.items().iter().find(|known| known["name"] == variable["name"]);
        if let Some(known) = known.filter(|known| known["value"].str() != variable["value"].str()) {
            let (name, value) = (known["name"].str(), known["value"].str());
            return Err(format!("'{name}' already has a value ({value}), and --overwrite is false"));
        }
    }
    Ok(())
}

/// Known variables keep their place, new ones follow; of two of one name, the first counts.
fn changed_env(env: &[Json], changes: &Changes) -> Vec<Json> {
    let mut covered: Vec<&str> = changes.remove.iter().map(String::as_str).collect();
    let mut out = Vec::new();
    for known in env.iter().filter(|known| !changes.remove.iter().any(|name| name == known["name"].str())) {
        let name = known["name"].str();
        match changes.set.iter().find(|new| new["name"].str() == name) {
            Some(_) if covered.contains(&name) => {}
            Some(new) => {
                covered.push(name);
                out.push(new.clone());
            }
            None => out.push(known.clone()),
        }
    }
    for new in &changes.set {
        if !covered.contains(&new["name"].str()) {
            covered.push(new["name"].str());
            out.push(new.clone());
        }
    }
    out
}

fn list_variables(cli: &mut Cli, args: &Arguments, object: &Json, container: &Json) {
    let mut failed: Vec<(String, Vec<&str>)> = Vec::new();
    for variable in container["env"].items() {
        let (name, from) = (variable["name"].str(), &variable["valueFrom"]);
        if from.is_null() {
            cli.line(format!("{name}={}", variable["value"].str()));
            continue;
        }
        if args.is("resolve") {
            match value_of(cli, args, object, container, from) {
                Ok(value) => {
                    cli.line(format!("{name}={value}"));
                    continue;
                }
                Err(why) => match failed.iter_mut().find(|(known, _)| *known == why) {
                    Some((_, names)) => names.push(name),
                    None => failed.push((why, vec![name])),
                },
            }
        }
        cli.line(format!("# {name} from {}", reference(from)));
    }
    let line = |(why, names): &(String, Vec<&str>)| {
        let mut names = names.clone();
        sort_by(&mut names, |a, b| a.cmp(b));
        format!("error retrieving reference for {}: {why}", names.join(", "))
    };
    let mut lines: Vec<String> = failed.iter().map(line).collect();
    sort_by(&mut lines, |a, b| a.cmp(b));
    lines.iter().for_each(|line| cli.error_line(line));
}

/// Where a variable's value comes from, in words.
fn reference(from: &Json) -> String {
    let of = |what: &str, r: &Json| format!("{what} {}, key {}", r["name"].str(), r["key"].str());
    match from.entries().first().map_or("", |(kind, _)| kind.as_str()) {
        kind @ "configMapKeyRef" => of("configmap", &from[kind]),
        kind @ "secretKeyRef" => of("secret", &from[kind]),
        kind @ "fieldRef" => format!("field path {}", from[kind]["fieldPath"].str()),
        kind @ "resourceFieldRef" => {
            let container = from[kind]["containerName"].str();
            let slash = if container.is_empty() { "" } else { "/" };
            format!("resource field {container}{slash}{}", from[kind]["resource"].str())
        }
        _ => "invalid valueFrom".into(),
    }
}

/// The value itself, as far as it can be had without the pod's node.
fn value_of(
    cli: &mut Cli,
    args: &Arguments,
    object: &Json,
    container: &Json,
    from: &Json,
) -> Result<String, String> {
    let Some((kind, r)) = from.entries().first() else { return Err("invalid valueFrom".into()) };
    let (name, key) = (r["name"].str(), r["key"].str());
    let mut get =
        |resource: Resource| cli.get(&resource, args.namespace(), name).map_err(|s| s.message.to_string());
    match kind.as_str() {
        "configMapKeyRef" => {
            let found = get(kinds::CONFIGMAPS.into())?;
            let value = found["data"].get(key).map(|v| v.str().to_string());
            value.ok_or_else(|| format!("key {key} not found in config map {name}"))
        }
        "secretKeyRef" => {
            let found = get(kinds::SECRETS.into())?;
            let value = found["data"].get(key).and_then(|v| base64::decode(v.str()).ok());
            let text = value.map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
            text.ok_or_else(|| format!("key {key} not found in secret {name}"))
        }
        "fieldRef" => field(&object["metadata"], r["fieldPath"].str()),
        _ => {
            let path: Vec<&str> = r["resource"].str().split('.').collect();
            Ok(Quantity::in_units_of(container["resources"].at(&path), &r["divisor"]))
        }
    }
}

/// A field of the metadata; the others belong to a pod that runs.
fn field(meta: &Json, path: &str) -> Result<String, String> {
    let map = |map: &Json| {
        let lines = map.entries().iter().map(|(k, v)| format!("{k}={:?}", v.str()));
        lines.collect::<Vec<_>>().join("\n")
    };
    let subscript = path.strip_suffix("']").and_then(|rest| rest.split_once("['"));
    match (path, subscript) {
        (_, Some(("metadata.annotations", key))) => Ok(meta["annotations"][key].str().into()),
        (_, Some(("metadata.labels", key))) => Ok(meta["labels"][key].str().into()),
        (_, Some(_)) => Err(format!("fieldPath {path:?} does not support subscript")),
        ("metadata.annotations", _) => Ok(map(&meta["annotations"])),
        ("metadata.labels", _) => Ok(map(&meta["labels"])),
        ("metadata.name", _) => Ok(meta["name"].str().into()),
        ("metadata.namespace", _) => Ok(meta["namespace"].str().into()),
        ("metadata.uid", _) => Ok(meta["uid"].str().into()),
        _ => Err(format!("unsupported fieldPath: {path}")),
    }
}
