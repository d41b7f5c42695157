//! What is served, as `/api`, `/apis` and `/version` tell it (`apiserver/pkg/endpoints/discovery`).

use crate::api::Served;
use crate::api::kinds::ResourceInfo;
use crate::json;
use crate::json::Json;

/// Subresources of another kind than the object's: name, group, version, kind.
const KINDS: &[(&str, &str, &str, &str)] = &[
    ("attach", "", "", "PodAttachOptions"),
    ("binding", "", "", "Binding"),
    ("eviction", "policy", "v1", "Eviction"),
    ("exec", "", "", "PodExecOptions"),
    ("portforward", "", "", "PodPortForwardOptions"),
    ("proxy", "", "", "PodProxyOptions"),
    ("scale", "autoscaling", "v1", "Scale"),
    ("token", "authentication.k8s.io", "v1", "TokenRequest"),
];

/// `/version`
pub fn version() -> Json {
    json!({
        "major": "1", "minor": "36", "gitVersion": "v1.36.2", "gitTreeState": "clean", "compiler": "gc",
        "goVersion": "", "gitCommit": "", "buildDate": "1970-01-01T00:00:00Z", "platform": "linux/amd64",
    })
}

/// `/api`
pub fn core_versions() -> Json {
    json!({ "kind": "APIVersions", "versions": ["v1"], "serverAddressByClientCIDRs": [] })
}

/// `/apis`
pub fn groups(served: &Served) -> Json {
    let mut names: Vec<&str> = Vec::new();
    for resource in served.all() {
        if !resource.group.is_empty() && !names.contains(&&*resource.group) {
            names.push(&resource.group);
        }
    }
    let groups: Json = names.into_iter().filter_map(|name| api_group(served, name)).collect();
    json!({ "kind": "APIGroupList", "apiVersion": "v1", "groups": groups })
}

/// `/apis/batch`
pub fn group(served: &Served, name: &str) -> Option<Json> {
    let mut group = api_group(served, name)?;
    group.set("kind", "APIGroup");
    group.set("apiVersion", "v1");
    Some(group)
}

fn api_group(served: &Served, name: &str) -> Option<Json> {
    let mut versions: Vec<&str> = Vec::new();
    for resource in served.all().filter(|r| r.group == name && !name.is_empty()) {
        if !versions.contains(&&*resource.version) {
            versions.push(&resource.version);
        }
    }
    // Where there are several, the last is preferred: `v2` before `v1`.
    versions.reverse();
    let version = |v: &str| json!({ "groupVersion": format!("{name}/{v}"), "version": v });
    let preferred = version(versions.first()?);
    let versions: Json = versions.into_iter().map(version).collect();
    Some(json!({ "name": name, "versions": versions, "preferredVersion": preferred }))
}

/// `/api/v1`, `/apis/batch/v1`
pub fn resources(served: &Served, group: &str, version: &str) -> Option<Json> {
    let mut all: Vec<Json> = Vec::new();
    for resource in served.all().filter(|r| r.group == group && r.version == version) {
        all.push(entry(resource));
        let subresources = resource.subresources.iter();
        all.extend(subresources.map(|(name, verbs)| subresource(resource, name, verbs)));
    }
    let first = served.all().find(|r| r.group == group && r.version == version)?;
    Some(json!({
        "kind": "APIResourceList", "apiVersion": "v1", "groupVersion": first.api_version(),
        "resources": all.into_iter().collect::<Json>(),
    }))
}

fn words(words: &[&str]) -> Json {
    words.iter().map(|word| Json::from(*word)).collect()
}

fn entry(resource: &ResourceInfo) -> Json {
    let mut entry = json!({
        "name": &resource.plural, "singularName": &resource.singular, "namespaced": resource.namespaced,
        "kind": &resource.kind, "verbs": words(resource.verbs),
    });
    for (key, list) in [("shortNames", &resource.short_names), ("categories", &resource.categories)] {
        if !list.is_empty() {
            entry.set(key, list.iter().collect::<Json>());
        }
    }
    entry
}

fn subresource(resource: &ResourceInfo, name: &str, verbs: &[&str]) -> Json {
    let mut entry = json!({
        "name": format!("{}/{name}", resource.plural), "singularName": "", "namespaced": resource.namespaced,
        "kind": &resource.kind, "verbs": words(verbs),
    });
    if let Some((_, group, version, kind)) = KINDS.iter().find(|(n, ..)| *n == name) {
        entry.set("kind", *kind);
        if !group.is_empty() {
            entry.set("group", *group);
            entry.set("version", *version);
        }
    }
    entry
}

/// The fields of what the server writes from structs of its own, in their order; all others write theirs by the alphabet.
const ORDER: &[&str] = &[
    "kind",
    "apiVersion",
    "groupVersion",
    "metadata",
    "name",
    "singularName",
    "namespaced",
    "versions",
    "group",
    "version",
    "preferredVersion",
    "groups",
    "resources",
    "status",
    "message",
    "reason",
    "ofMessage",
    "details",
    "ofKind",
    "uid",
    "causes",
    "verbs",
    "shortNames",
    "categories",
    "serverAddressByClientCIDRs",
    "code",
];
const ORDERED: [&str; 5] = ["APIGroup", "APIGroupList", "APIResourceList", "APIVersions", "Status"];

/// A document as JSON text.
pub fn text(document: &Json) -> String {
    match ORDERED.contains(&document["kind"].str()) {
        true => ordered(document, true),
        false => document.to_string(),
    }
}

fn ordered(value: &Json, whole: bool) -> String {
    match value {
        Json::Object(_) => {
            // What a part is called stands before what it is, and a cause's reason before its message.
            let rank = |key: &str| {
                let key = match key {
                    "kind" if !whole => "ofKind",
                    "message" if !whole => "ofMessage",
                    _ => key,
                };
                ORDER.iter().position(|known| *known == key).unwrap_or(ORDER.len())
            };
            let mut fields: Vec<_> = value.entries().iter().collect();
            crate::collections::sort_by_key(&mut fields, |(key, _)| rank(key));
            let shown =
                fields.iter().map(|(key, part)| format!("{:?}:{}", key.as_str(), ordered(part, false)));
            format!("{{{}}}", shown.collect::<Vec<_>>().join(","))
        }
        Json::Array(items) => {
            format!("[{}]", items.iter().map(|item| ordered(item, false)).collect::<Vec<_>>().join(","))
        }
        other => other.to_string(),
    }
}
