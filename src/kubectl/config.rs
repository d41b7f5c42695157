//! `kubectl config`: the kubeconfig, which says whose API server is asked, as whom, and in which namespace.
//!
//! Until one is written, there is one that nobody wrote: a context for this page's cluster.

use super::cli::Cli;
use super::failure::Failure;
use super::flags::{self, Arguments, Flag, Takes};
use super::printers::Format;
use super::printers::table::Columns;
use super::{Flow, Stream, help, misc};
use crate::api::kinds;
use crate::json;
use crate::json::Json;
use crate::json::yaml;
use crate::manifest;

/// Where it is: `kubectl`'s place for it in a home directory.
pub const FILE: &str = "/root/.kube/config";
const HERE: &str = "kubestep";

/// The kubeconfig.
pub(super) fn read(cli: &Cli) -> Json {
    let written = cli.text(FILE).and_then(|text| Some(manifest::document(&text).ok()?.value));
    written.filter(|config| matches!(config, Json::Object(_))).unwrap_or_else(|| {
        json!({
            "apiVersion": "v1",
            "clusters": [{ "cluster": { "server": misc::SERVER }, "name": HERE }],
            "contexts": [{ "context": { "cluster": HERE, "user": HERE }, "name": HERE }],
            "current-context": HERE,
            "kind": "Config",
            "users": [{ "name": HERE, "user": {} }],
        })
    })
}

fn write(cli: &mut Cli, config: &Json) {
    cli.write(Stream::Config, &yaml::to_yaml(config));
}

fn entry<'c>(config: &'c Json, list: &str, name: &str) -> Option<&'c Json> {
    config[list].items().iter().find(|entry| entry["name"].str() == name)
}

/// Adds the namespace of the context to a command's words, where it has one; a context that was asked for must be there.
pub(super) fn add_namespace(cli: &Cli, words: &mut Vec<String>) -> Result<(), Failure> {
    let end = words.iter().position(|word| word == "--").unwrap_or(words.len());
    let asked =
        words[..end].iter().enumerate().rev().find_map(|(at, word)| match word.strip_prefix("--context") {
            Some("") => words[..end].get(at + 1).map(String::as_str),
            Some(rest) => rest.strip_prefix('='),
            None => None,
        });
    if asked.is_none() && cli.text(FILE).is_none() || words.is_empty() {
        return Ok(());
    }
    let config = read(cli);
    let name = asked.unwrap_or(config["current-context"].str());
    let Some(found) = entry(&config, "contexts", name) else {
        if asked.is_none() {
            return Ok(());
        }
        let why = "Error in configuration: context was not found for specified context";
        return Err(Failure::text(format!("{why}: {name}")));
    };
    let namespace = found["context"]["namespace"].str();
    if !namespace.is_empty() {
        words.insert(end, format!("--{}={namespace}", flags::OF_CONTEXT));
    }
    Ok(())
}

pub(super) fn run(cli: &mut Cli, args: &[String]) -> Result<Flow, Failure> {
    let command = args.first().map_or("", String::as_str);
    let rest = args.get(1..).unwrap_or_default();
    let parse = |flags: &[Flag]| flags::parse(&format!("config {command}"), rest, flags);
    match command {
        "view" => view(cli, &parse(VIEW)?)?,
        "current-context" => {
            let (_, config) = (parse(&[])?, read(cli));
            if config["current-context"].is_empty() {
                return Err(Failure::error("current-context is not set"));
            }
            cli.line(config["current-context"].str());
        }
        "get-contexts" => {
            contexts(cli, &parse(&[("output", 'o', Takes::Value), ("no-headers", ' ', Takes::Nothing)])?)?
        }
        "get-clusters" | "get-users" => {
            let (_, config) = (parse(&[])?, read(cli));
            cli.line("NAME");
            for entry in config[if command == "get-users" { "users" } else { "clusters" }].items() {
                cli.line(entry["name"].str());
            }
        }
        "set-context" => set_context(cli, &parse(&[("current", ' ', Takes::Nothing)])?)?,
        "use-context" | "use" => use_context(cli, &parse(&[])?)?,
        "delete-context" | "rename-context" => change_contexts(cli, command, &parse(&[])?)?,
        "set" | "unset" | "set-cluster" | "set-credentials" | "delete-cluster" | "delete-user" => {
            return Err(Failure::error(format!(
                "this page has one cluster and no credentials to set; edit {FILE} for anything else"
            )));
        }
        _ => return help::group(cli, "config", args),
    }
    Ok(Flow::Exit(0))
}

const VIEW: &[Flag] = &[
    ("flatten", ' ', Takes::Nothing),
    ("merge", ' ', Takes::Nothing),
    ("minify", ' ', Takes::Nothing),
    ("raw", ' ', Takes::Nothing),
    ("output", 'o', Takes::Value),
    ("template", ' ', Takes::Value),
    ("allow-missing-template-keys", ' ', Takes::Nothing),
    ("show-managed-fields", ' ', Takes::Nothing),
];

fn view(cli: &mut Cli, args: &Arguments) -> Result<(), Failure> {
    if !args.words.is_empty() {
        let why = format!("unexpected arguments: [{}]", args.words.join(" "));
        return Err(Failure::usage("config view", why));
    }
    let mut config = read(cli);
    if args.is("minify") {
        let name = config["current-context"].str().to_string();
        let kept = entry(&config, "contexts", &name).cloned().unwrap_or_default();
        let of = |list: &str, field: &str| -> Json {
            entry(&config, list, kept["context"][field].str()).into_iter().cloned().collect()
        };
        let (clusters, users) = (of("clusters", "cluster"), of("users", "user"));
        config.set("clusters", clusters);
        config.set("users", users);
        config.set("contexts", [kept].into_iter().collect::<Json>());
    }
    let format = Format::of_write(args)?.unwrap_or(Format::Yaml { managed: true });
    // It is no object of the API; its kind is written in it.
    cli.print(format.print(kinds::CONFIGMAPS, &config)?);
    Ok(())
}

fn contexts(cli: &mut Cli, args: &Arguments) -> Result<(), Failure> {
    let output = args.get("output");
    if !matches!(output, "" | "name") {
        let why = "is not available in kubectl config get-contexts; resetting to default output format";
        return Err(Failure::error(format!("--output {output} {why}")));
    }
    let config = read(cli);
    let mut found: Vec<&Json> = config["contexts"].items().iter().collect();
    crate::collections::sort_by_key(&mut found, |context| context["name"].str().to_string());
    let mut failures = Vec::new();
    for name in &args.words {
        if entry(&config, "contexts", name).is_none() {
            failures.push(Failure::text(format!("error: context {name} not found")));
        }
    }
    found.retain(|context| {
        args.words.is_empty() || args.words.iter().any(|name| name == context["name"].str())
    });
    if output == "name" {
        found.iter().for_each(|context| cli.line(context["name"].str()));
        return Failure::many(failures);
    }
    let mut out = Columns::default();
    if !args.is("no-headers") {
        out.line(["CURRENT", "NAME", "CLUSTER", "AUTHINFO", "NAMESPACE"]);
    }
    for context in found {
        let (name, of) = (context["name"].str(), &context["context"]);
        let mark = if name == config["current-context"].str() { "*" } else { "" };
        out.line([mark, name, of["cluster"].str(), of["user"].str(), of["namespace"].str()]);
    }
    cli.print(out.print());
    Failure::many(failures)
}

fn set_context(cli: &mut Cli, args: &Arguments) -> Result<(), Failure> {
    let mut config = read(cli);
    let name = match (args.words.as_slice(), args.is("current")) {
        ([], false) => return Err(Failure::error("you must specify a non-empty context name or --current")),
        ([_], true) => return Err(Failure::error("you cannot specify both a context name and --current")),
        ([], true) if config["current-context"].is_empty() => {
            return Err(Failure::error("no current context is set"));
        }
        ([], true) => config["current-context"].str().to_string(),
        ([name], false) => name.clone(),
        (words, _) => return Err(Failure::error(format!("Unexpected args: [{}]", words.join(" ")))),
    };
    let mut all = config["contexts"].items().to_vec();
    let known = all.iter().position(|context| context["name"].str() == name);
    let at = known.unwrap_or_else(|| {
        all.push(json!({ "context": {}, "name": name.as_str() }));
        all.len() - 1
    });
    let mut context = all[at]["context"].clone();
    for field in ["cluster", "namespace", "user"].into_iter().filter(|field| args.has(field)) {
        context.set(field, args.get(field));
    }
    all[at].set("context", context);
    config.set("contexts", all);
    write(cli, &config);
    cli.line(format!("Context {name:?} {}.", if known.is_some() { "modified" } else { "created" }));
    Ok(())
}

fn use_context(cli: &mut Cli, args: &Arguments) -> Result<(), Failure> {
    let [name] = args.words.as_slice() else {
        return Err(Failure::error(format!("Unexpected args: [{}]", args.words.join(" "))));
    };
    let mut config = read(cli);
    if name.is_empty() {
        return Err(Failure::error("empty context names are not allowed"));
    }
    if entry(&config, "contexts", name).is_none() {
        return Err(Failure::error(format!("no context exists with the name: {name:?}")));
    }
    config.set("current-context", name.as_str());
    write(cli, &config);
    cli.line(format!("Switched to context {name:?}."));
    Ok(())
}

fn change_contexts(cli: &mut Cli, command: &str, args: &Arguments) -> Result<(), Failure> {
    let mut config = read(cli);
    let mut all = config["contexts"].items().to_vec();
    let find = |name: &str| all.iter().position(|context| context["name"].str() == name);
    let current = config["current-context"].str().to_string();
    let said = match (command, args.words.as_slice()) {
        ("delete-context", [name]) => {
            let Some(at) = find(name) else {
                return Err(Failure::error(format!("cannot delete context {name}, not in {FILE}")));
            };
            if *name == current {
                cli.error_line("warning: this removed your active context, use \"kubectl config use-context\" to select a different one");
            }
            all.remove(at);
            format!("deleted context {name} from {FILE}")
        }
        ("rename-context", [old, new]) => {
            if new.is_empty() {
                return Err(Failure::error("You must specify a new non-empty context name"));
            }
            let Some(at) = find(old) else {
                return Err(Failure::error(format!("cannot rename the context {old:?}, it's not in {FILE}")));
            };
            if find(new).is_some() {
                return Err(Failure::error(format!(
                    "cannot rename the context {old:?}, the context {new:?} already exists in {FILE}"
                )));
            }
            all[at].set("name", new.as_str());
            if *old == current {
                config.set("current-context", new.as_str());
            }
            format!("Context {old:?} renamed to {new:?}.")
        }
        (_, words) => return Err(Failure::error(format!("Unexpected args: [{}]", words.join(" ")))),
    };
    config.set("contexts", all);
    write(cli, &config);
    cli.line(said);
    Ok(())
}
