//! Discovery in one document (`apidiscovery.k8s.io/v2`): what `/api` and `/apis` say to clients that ask for it, made of the
//! documents that the others read one by one.

use super::{Answer, Body, discovery};
use crate::api::Served;
use crate::json;
use crate::json::{Json, Str};

/// What the answer calls itself.
const MEDIA: &str = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";

/// The core group, or all others.
pub fn answer(served: &Served, core: bool) -> Answer {
    let items: Json = if core {
        [json!({ "metadata": {}, "versions": [version(served, "", "v1")] })].into_iter().collect()
    } else {
        discovery::groups(served)["groups"].items().iter().map(|of| group(served, of)).collect()
    };
    let list = json!({
        "kind": "APIGroupDiscoveryList", "apiVersion": "apidiscovery.k8s.io/v2", "metadata": {}, "items": items,
    });
    let headers = vec![("content-type".into(), MEDIA.into()), ("vary".into(), "Accept".into())];
    Answer { code: 200, headers, body: Body::Text(format!("{list}\n")) }
}

fn group(served: &Served, group: &Json) -> Json {
    let name = group["name"].str();
    let versions = group["versions"].items().iter().map(|v| version(served, name, v["version"].str()));
    json!({ "metadata": { "name": name }, "versions": versions.collect::<Json>() })
}

fn version(served: &Served, group: &str, version: &str) -> Json {
    let document = discovery::resources(served, group, version).unwrap_or_default();
    let all = document["resources"].items();
    let of_kind = |entry: &Json| {
        let part = |key: &str, fallback: &str| match entry[key].str() {
            "" => Str::from(fallback),
            own => Str::from(own),
        };
        json!({ "group": part("group", group), "version": part("version", version), "kind": &entry["kind"] })
    };
    let resources = all.iter().filter(|entry| !entry["name"].str().contains('/')).map(|entry| {
        let name = entry["name"].str();
        let scope = if entry["namespaced"].as_bool() == Some(true) { "Namespaced" } else { "Cluster" };
        let mut resource = json!({
            "resource": name, "responseKind": of_kind(entry), "scope": scope,
            "singularResource": &entry["singularName"], "verbs": &entry["verbs"],
        });
        for key in ["shortNames", "categories"] {
            if !entry[key].is_null() {
                resource.set(key, &entry[key]);
            }
        }
        let below = |entry: &Json| {
            let (of, subresource) = entry["name"].str().split_once('/')?;
            let form = || json!({ "subresource": subresource, "responseKind": of_kind(entry), "verbs": &entry["verbs"] });
            (of == name).then(form)
        };
        let subresources: Vec<Json> = all.iter().filter_map(below).collect();
        if !subresources.is_empty() {
            resource.set("subresources", subresources);
        }
        resource
    });
    json!({ "version": version, "freshness": "Current", "resources": resources.collect::<Json>() })
}
