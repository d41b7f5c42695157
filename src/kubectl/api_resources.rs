//! `kubectl api-resources` and `api-versions`: what the server has.

use super::cli::Cli;
use super::failure::Failure;
use super::flags::{self, Flag, Takes};
use super::printers::table::Columns;
use super::{Flow, names};
use crate::api::Resource;
use crate::collections::{sort_by, sort_by_key};
use crate::json;
use crate::json::{Json, yaml};

const FLAGS: &[Flag] = &[
    ("namespaced", ' ', Takes::Nothing),
    ("api-group", ' ', Takes::Value),
    ("output", 'o', Takes::Value),
    ("no-headers", ' ', Takes::Nothing),
    ("verbs", ' ', Takes::Value),
    ("sort-by", ' ', Takes::Value),
    ("categories", ' ', Takes::Value),
    ("cached", ' ', Takes::Nothing),
    ("show-managed-fields", ' ', Takes::Nothing),
];

pub(super) fn run(cli: &mut Cli, args: &[String]) -> Result<Flow, Failure> {
    let args = flags::parse("api-resources", args, FLAGS)?;
    if !args.words.is_empty() {
        let message = format!("unexpected arguments: [{}]", args.words.join(" "));
        return Err(Failure::usage("api-resources", message));
    }
    let output = args.get("output");
    if !matches!(output, "" | "wide" | "name" | "json" | "yaml" | "kyaml") {
        return Err(Failure::error(format!(
            "unable to match a printer suitable for the output format {output:?}, allowed formats are: json,kyaml,name,wide,yaml"
        )));
    }
    let sort = args.get("sort-by");
    if !matches!(sort, "" | "name" | "kind") {
        return Err(Failure::error("--sort-by accepts only name or kind"));
    }
    cli.env.discovery.refresh(cli.env.api);
    let mut all = names::preferred(cli.env.discovery.all());
    all.retain(|r| {
        (!args.has("api-group") || r.group == args.get("api-group"))
            && (!args.has("namespaced") || r.namespaced == args.is("namespaced"))
            && args.list("verbs").iter().all(|v| r.verbs.contains(&v.as_str()))
            && args.list("categories").iter().all(|c| r.categories.iter().any(|own| own == c.as_str()))
    });
    sort_by_key(&mut all, |r| {
        let first = match sort {
            "name" => &r.plural,
            "kind" => &r.kind,
            _ => &r.group,
        };
        (first.clone(), r.plural.clone())
    });
    match output {
        "name" => all.iter().for_each(|r| cli.line(r.qualified())),
        "json" => cli.print(format!("{:#}\n", list(&all))),
        "yaml" | "kyaml" => cli.print(yaml::to_yaml(&list(&all))),
        _ => cli.print(table(&all, output == "wide", !args.is("no-headers"))),
    }
    Ok(Flow::Exit(0))
}

fn table(all: &[Resource], wide: bool, headers: bool) -> String {
    let mut out = Columns::default();
    if headers {
        let mut head = vec!["NAME", "SHORTNAMES", "APIVERSION", "NAMESPACED", "KIND"];
        head.extend(wide.then_some(["VERBS", "CATEGORIES"]).into_iter().flatten());
        out.line(head);
    }
    for r in all {
        let mut line = vec![
            r.plural.to_string(),
            r.short_names.join(","),
            r.api_version(),
            r.namespaced.to_string(),
            r.kind.to_string(),
        ];
        if wide {
            line.extend([r.verbs.join(","), r.categories.join(",")]);
        }
        out.line(line);
    }
    out.print()
}

fn list(all: &[Resource]) -> Json {
    let entry = |r: &Resource| {
        let mut entry = json!({
            "kind": &r.kind, "name": &r.plural, "namespaced": r.namespaced, "singularName": &r.singular,
            "verbs": r.verbs.iter().map(|verb| Json::from(*verb)).collect::<Json>(), "version": &r.version,
        });
        if !r.group.is_empty() {
            entry.set("group", &r.group);
        }
        for (key, words) in [("categories", &r.categories), ("shortNames", &r.short_names)] {
            if !words.is_empty() {
                entry.set(key, words.iter().collect::<Json>());
            }
        }
        entry
    };
    json!({
        "apiVersion": "v1", "kind": "APIResourceList", "groupVersion": "",
        "resources": all.iter().map(entry).collect::<Json>(),
    })
}

/// `kubectl api-versions`
pub(super) fn versions(cli: &mut Cli, args: &[String]) -> Result<Flow, Failure> {
    let args = flags::parse("api-versions", args, &[])?;
    if !args.words.is_empty() {
        let message = format!("unexpected arguments: [{}]", args.words.join(" "));
        return Err(Failure::usage("api-versions", message));
    }
    cli.env.discovery.refresh(cli.env.api);
    let mut all: Vec<String> = cli.env.discovery.all().iter().map(|r| r.api_version()).collect();
    sort_by(&mut all, Ord::cmp);
    all.dedup();
    all.into_iter().for_each(|version| cli.line(version));
    Ok(Flow::Exit(0))
}
