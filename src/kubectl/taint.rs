//! `kubectl taint`: what keeps pods off a node, put on and taken off.

use super::apply::DryRun;
use super::cli::Cli;
use super::failure::Failure;
use super::flags::{self, Flag, Takes};
use super::printers::{Format, typed_name};
use super::{Flow, apply, label, merge, names};
use crate::api::{PatchType, Request, Resource, kinds};
use crate::json;
use crate::json::Json;

const FLAGS: &[Flag] = &[
    ("all", ' ', Takes::Nothing),
    ("selector", 'l', Takes::Value),
    ("overwrite", ' ', Takes::Nothing),
    ("output", 'o', Takes::Value),
    ("template", ' ', Takes::Value),
    ("allow-missing-template-keys", ' ', Takes::Nothing),
    ("show-managed-fields", ' ', Takes::Nothing),
    ("dry-run", ' ', Takes::Optional("unchanged")),
    ("validate", ' ', Takes::Optional("strict")),
    ("field-manager", ' ', Takes::Value),
];

/// A taint, or what is taken off; an effect that is not named is `""`.
#[derive(Clone, Debug, PartialEq)]
struct Taint {
    key: String,
    value: String,
    effect: String,
}

impl Taint {
    /// `key=value:effect`, `key:effect` or `key`.
    fn parse(text: &str) -> Result<Taint, String> {
        let wrong = |why: &str| format!("invalid taint spec: {text}{why}");
        let (place, effect) = text.split_once(':').unwrap_or((text, ""));
        if effect.contains(':') {
            return Err(wrong(""));
        }
        let has_effect = text.contains(':');
        if has_effect && !["NoSchedule", "PreferNoSchedule", "NoExecute"].contains(&effect) {
            return Err(format!("invalid taint effect: {effect}, unsupported taint effect"));
        }
        let (key, value) = match place.split_once('=') {
            Some(parts) if has_effect => parts,
            _ => (place, ""),
        };
        if value.contains('=') {
            return Err(wrong(""));
        }
        for problems in [label::value_problems(value), label::key_problems(key)] {
            if !problems.is_empty() {
                return Err(wrong(&format!(", {}", problems.join("; "))));
            }
        }
        Ok(Taint { key: key.into(), value: value.into(), effect: effect.into() })
    }

    fn of(json: &Json) -> Taint {
        let [key, value, effect] = ["key", "value", "effect"].map(|field| json[field].str().to_string());
        Taint { key, value, effect }
    }

    /// Whether it is the same taint, perhaps with another value.
    fn is(&self, other: &Taint) -> bool {
        self.key == other.key && self.effect == other.effect
    }

    fn text(&self) -> String {
        let value = if self.value.is_empty() { String::new() } else { format!("={}", self.value) };
        let effect = if self.effect.is_empty() { String::new() } else { format!(":{}", self.effect) };
        format!("{}{value}{effect}", self.key)
    }
}

/// What the words after the nodes say.
fn parse(words: &[&String]) -> Result<(Vec<Taint>, Vec<Taint>), String> {
    let (mut added, mut removed): (Vec<Taint>, Vec<Taint>) = Default::default();
    for word in words {
        if let Some(word) = word.strip_suffix('-') {
            removed.push(Taint { value: String::new(), ..Taint::parse(word)? });
            continue;
        }
        let taint = Taint::parse(word)?;
        if taint.effect.is_empty() {
            return Err(format!("invalid taint spec: {word}"));
        }
        if added.iter().any(|known| known.is(&taint)) {
            let Taint { key, value, effect } = &taint;
            return Err(format!(
                "duplicated taints with the same key and effect: {{{key} {value} {effect} <nil>}}"
            ));
        }
        added.push(taint);
    }
    Ok((added, removed))
}

pub(super) fn run(cli: &mut Cli, args: &[String]) -> Result<Flow, Failure> {
    let args = flags::parse("taint", args, FLAGS)?;
    let dry_run = DryRun::of(&args)?;
    apply::validation(&args)?;
    let is_taint = |word: &&String| word.contains(['=', ':']) || word.ends_with('-');
    let named: Vec<&String> = args.words.iter().take_while(|word| !is_taint(word)).collect();
    let changes: Vec<&String> = args.words[named.len()..].iter().collect();
    if let Some(stray) = changes.iter().find(|word| !is_taint(word)) {
        let why = format!("all resources must be specified before taint changes: {stray}");
        return Err(Failure::error(why));
    }
    let Some((kind, nodes)) = named.split_first() else {
        return Err(Failure::error("one or more resources must be specified as <resource> <name>"));
    };
    if changes.is_empty() {
        return Err(Failure::error("at least one taint update is required"));
    }
    let (added, removed) = parse(&changes).map_err(|why| Failure::usage("taint", why))?;
    let format = Format::of_write(&args)?;
    let resource = names::found(cli, kind).ok_or_else(|| names::unknown(kind))?;
    if resource.kind != "Node" {
        let why = format!("invalid resource type {}, only node types are supported", kind.to_lowercase());
        return Err(Failure::error(why));
    }
    let of_key = |gone: &&Taint| {
        added.iter().any(|new| new.key == gone.key && (gone.effect.is_empty() || new.effect == gone.effect))
    };
    let both: Vec<String> =
        removed.iter().filter(of_key).map(|gone| format!("{}={}", gone.key, gone.effect)).collect();
    if !both.is_empty() {
        let both = both.join(", ");
        let why = "can not both modify and remove the following taint(s) in the same command";
        return Err(Failure::error(format!("{why}: {both}")));
    }
    if args.is("all") && args.has("selector") {
        return Err(Failure::error("setting 'all' parameter with a non empty selector is prohibited"));
    }
    let selects = args.is("all") || args.has("selector");
    if !selects && nodes.is_empty() {
        let why = "at least one resource name must be specified since 'all' parameter is not set";
        return Err(Failure::error(why));
    }
    let resource: Resource = kinds::NODES.into();
    let mut failures = Vec::new();
    let mut found = Vec::new();
    if selects {
        found = cli.list(&resource, "", args.get("selector"), "")?;
    } else {
        for name in nodes {
            match cli.get(&resource, "", name) {
                Ok(node) => found.push(node),
                Err(status) => failures.push(status.into()),
            }
        }
    }
    for node in found {
        let (operation, new) = match change(&node, args.is("overwrite"), &added, &removed) {
            Ok(changed) => changed,
            Err(why) => {
                failures.push(Failure::error(why));
                continue;
            }
        };
        let after = if dry_run == DryRun::Client {
            new
        } else {
            let patch = merge::three_way(resource.ty, &node, &new, &node);
            let name = node["metadata"]["name"].str();
            let request = Request::patch(PatchType::Strategic, kinds::NODES, "", name, patch).with(|o| {
                apply::write_options(o, &args, dry_run);
                o.field_manager = args.manager("kubectl-taint");
            });
            match cli.call(request) {
                Ok(response) => super::cli::with_kind(&resource, response.body),
                Err(status) => {
                    failures.push(status.into());
                    continue;
                }
            }
        };
        match &format {
            Some(format) => cli.print(format.print(&resource, &after)?),
            None => {
                cli.line(format!("{} {operation}", typed_name(&resource, after["metadata"]["name"].str())))
            }
        }
    }
    Failure::many(failures)?;
    Ok(Flow::Exit(0))
}

/// What was done, and the node as it then is.
fn change(
    node: &Json,
    overwrite: bool,
    added: &[Taint],
    removed: &[Taint],
) -> Result<(&'static str, Json), String> {
    let old: Vec<Taint> = node["spec"]["taints"].items().iter().map(Taint::of).collect();
    let known: Vec<&str> =
        added.iter().filter(|new| old.iter().any(|o| o.is(new))).map(|new| new.key.as_str()).collect();
    if !overwrite && !known.is_empty() {
        return Err(format!(
            "node {} already has {} taint(s) with same effect(s) and --overwrite is false",
            node["metadata"]["name"].str(),
            known.join(",")
        ));
    }
    let mut taints: Vec<Taint> = added.to_vec();
    taints.extend(old.iter().filter(|o| !added.iter().any(|new| new.is(o))).cloned());
    let grown = taints.len() != old.len();
    let (mut shrunk, mut missing) = (false, Vec::new());
    for gone in removed {
        let before = taints.len();
        taints.retain(|t| t.key != gone.key || !gone.effect.is_empty() && t.effect != gone.effect);
        shrunk = taints.len() != before;
        if !shrunk {
            missing.push(format!("taint {:?} not found", gone.text()));
        }
    }
    match missing.as_slice() {
        [] => {}
        [one] => return Err(one.clone()),
        all => return Err(format!("[{}]", all.join(", "))),
    }
    let operation = match (grown, shrunk) {
        _ if overwrite || grown && shrunk => "modified",
        (true, _) => "tainted",
        _ => "untainted",
    };
    let mut new = node.clone();
    let kept = node["spec"]["taints"].items();
    let taint = |taint: &Taint| {
        // When one was put on is kept with it.
        if let Some(old) = kept.iter().find(|old| Taint::of(old) == *taint) {
            return old.clone();
        }
        let mut json = json!({ "effect": taint.effect.as_str(), "key": taint.key.as_str() });
        if !taint.value.is_empty() {
            json.set("value", taint.value.as_str());
        }
        json
    };
    let list: Json = taints.iter().map(taint).collect();
    if list.is_empty() {
        let mut spec = new["spec"].clone();
        spec.remove("taints");
        new.set("spec", spec);
    } else {
        new.set_at(&["spec", "taints"], list);
    }
    Ok((operation, new))
}
