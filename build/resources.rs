//! Prints `kinds.rs`: one static entry a resource of the discovery documents, and a constant for each.

use super::facts::Facts;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt::Write;

pub fn generate(facts: &Facts, discovery: &Value) -> String {
    let mut out = String::new();
    let mut all = String::new();
    for (path, list) in discovery.as_object().expect("discovery") {
        let (group, version) = match path.split('/').collect::<Vec<_>>()[..] {
            ["", "api", version] => ("", version),
            ["", "apis", group, version] => (group, version),
            _ => panic!("no group version: {path}"),
        };
        let resources = list["resources"].as_array().expect("resources");
        let mut subresources: BTreeMap<&str, Vec<(&str, String)>> = BTreeMap::new();
        for r in resources {
            if let Some((parent, sub)) = r["name"].as_str().unwrap_or("").split_once('/') {
                subresources.entry(parent).or_default().push((sub, texts(&r["verbs"])));
            }
        }
        for r in resources {
            let name = r["name"].as_str().expect("name");
            if name.contains('/') {
                continue;
            }
            let kind = r["kind"].as_str().expect("kind");
            let constant = match group {
                "" => name.to_uppercase(),
                "events.k8s.io" => format!("EVENTS_{}", name.to_uppercase()),
                "autoscaling" => format!("{}_{}", name.to_uppercase(), version.to_uppercase()),
                _ => name.to_uppercase(),
            };
            let subs: Vec<String> =
                subresources.get(name).into_iter().flatten().map(|(s, v)| format!("({s:?}, &{v})")).collect();
            let ty =
                facts.id_of(group, version, kind).map_or("None".into(), |id| format!("Some(TypeId({id}))"));
            writeln!(
                out,
                "/// `{name}` of `{path}`.\npub static {constant}: &ResourceInfo = &ResourceInfo {{ group: Str::fixed({group:?}), \
                 version: Str::fixed({version:?}), plural: Str::fixed({name:?}), singular: Str::fixed({:?}), \
                 kind: Str::fixed({kind:?}), namespaced: {}, short_names: {}, categories: {}, verbs: &{}, \
                 subresources: &[{}], ty: {ty}, definition: Json::Null }};",
                r["singularName"].as_str().unwrap_or(""),
                r["namespaced"],
                words(&r["shortNames"]),
                words(&r["categories"]),
                texts(&r["verbs"]),
                subs.join(", "),
            )
            .unwrap();
            write!(all, "{constant}, ").unwrap();
        }
    }
    let scale = facts.id_of("autoscaling", "v1", "Scale").expect("the type of Scale");
    writeln!(
        out,
        "/// What the `scale` subresources speak; no resource of its own.\npub static SCALES: &ResourceInfo = &ResourceInfo {{ \
         group: Str::fixed(\"autoscaling\"), version: Str::fixed(\"v1\"), plural: Str::fixed(\"scales\"), \
         singular: Str::fixed(\"scale\"), kind: Str::fixed(\"Scale\"), namespaced: true, short_names: words(&[]), \
         categories: words(&[]), verbs: &[], subresources: &[], ty: Some(TypeId({scale})), definition: Json::Null }};"
    )
    .unwrap();
    writeln!(
        out,
        "/// All built-in resources, in the order of discovery.\npub static ALL: &[&ResourceInfo] = &[{all}];"
    )
    .unwrap();
    out
}

fn words(v: &Value) -> String {
    let items = v.as_array().into_iter().flatten().filter_map(Value::as_str);
    let items: Vec<String> = items.map(|word| format!("Str::fixed({word:?})")).collect();
    if items.is_empty() {
        return "words(&[])".into();
    }
    format!("words({{ const WORDS: &[Str] = &[{}]; WORDS }})", items.join(", "))
}

fn texts(v: &Value) -> String {
    let items: Vec<&str> = v.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    format!("{items:?}")
}
