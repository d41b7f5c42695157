//! Custom resources: kinds that CustomResourceDefinitions add while the server runs (`apiextensions-apiserver`).
//!
//! - [`served`]: definitions → the resources that they make, each with what it needs of its definition.
//! - `structural`: how a structural schema is read. It stays the JSON that the author wrote.
//! - `decode`: any JSON → an object of the kind: pruned, defaulted. `validate`: what is wrong with it; `formats`: of texts.
//! - `rules`: the CEL rules of a schema.
//! - `columns`: the table that `kubectl get` prints. `scale`: the subresource.
//!
//! All writes and reads of custom objects take the path of the built-in ones.

pub mod columns;
pub mod decode;
mod formats;
mod rules;
pub mod scale;
pub mod structural;
pub mod validate;
pub mod values;

pub use formats::{is_recognized as is_recognized_format, is_valid as is_valid_format};
pub use rules::compile as compile_rules;

use super::ApiServer;
use super::policy::webhook;
use crate::api::kinds::{ResourceInfo, Words};
use crate::api::{ObjectKey, Reason, Request, Resource, Status, Verb};
use crate::collections::sort_by;
use crate::json;
use crate::json::{Json, Str};
use std::borrow::Cow;
use std::cmp::Ordering;
use std::sync::Arc;

const VERBS: &[&str] = &["delete", "deletecollection", "get", "list", "patch", "create", "update", "watch"];
const PARTS: &[&str] = &["get", "patch", "update"];

/// What definitions have come to serve: each version of each, the preferred one of several last.
pub fn served<'a>(definitions: impl Iterator<Item = &'a Json>) -> Vec<Resource> {
    let mut all: Vec<Resource> = Vec::new();
    for crd in definitions.filter(|crd| condition(crd, "Established")) {
        let versions = crd["spec"]["versions"].items().iter();
        all.extend(versions.filter(|v| v["served"].as_bool() == Some(true)).map(|v| resource(crd, v)));
    }
    sort_by(&mut all, |a, b| {
        let names = |r: &Resource| (r.group.clone(), r.plural.clone());
        names(a).cmp(&names(b)).then_with(|| compare_versions(&a.version, &b.version))
    });
    all
}

fn condition(crd: &Json, kind: &str) -> bool {
    crd["status"]["conditions"].items().iter().any(|c| c["type"].str() == kind && c["status"].str() == "True")
}

fn resource(crd: &Json, version: &Json) -> Resource {
    let (spec, names) = (&crd["spec"], &crd["status"]["acceptedNames"]);
    let text = |value: &Json| Str::from(value.str());
    let words = |value: &Json| -> Words { Cow::Owned(value.items().iter().map(text).collect()) };
    let parts = &version["subresources"];
    let has = |part: &str| !parts[part].is_null();
    let storage = spec["versions"].items().iter().find(|v| v["storage"].as_bool() == Some(true));
    let mut definition = json!({
        "schema": version.at(&["schema", "openAPIV3Schema"]), "listKind": &names["listKind"],
        "columns": &version["additionalPrinterColumns"], "selectable": &version["selectableFields"],
        "scale": &parts["scale"], "storage": storage.map(|v| v["name"].clone()),
        "terminating": condition(crd, "Terminating"),
    });
    if spec["conversion"]["strategy"].str() == "Webhook" {
        definition.set("webhook", &spec["conversion"]["webhook"]["clientConfig"]);
    }
    if version["deprecated"].as_bool() == Some(true) {
        let own = version["deprecationWarning"].as_str().map(str::to_string);
        definition.set("warning", own.unwrap_or_else(|| deprecation(spec, version["name"].str())));
    }
    Resource::Custom(Arc::new(ResourceInfo {
        group: text(&spec["group"]),
        version: text(&version["name"]),
        plural: text(&names["plural"]),
        singular: text(&names["singular"]),
        kind: text(&names["kind"]),
        namespaced: spec["scope"].str() == "Namespaced",
        short_names: words(&names["shortNames"]),
        categories: words(&names["categories"]),
        verbs: VERBS,
        subresources: match (has("status"), has("scale")) {
            (true, true) => &[("status", PARTS), ("scale", PARTS)],
            (true, false) => &[("status", PARTS)],
            (false, true) => &[("scale", PARTS)],
            (false, false) => &[],
        },
        ty: None,
        definition,
    }))
}

/// What is said of a deprecated version whose author says nothing.
fn deprecation(spec: &Json, version: &str) -> String {
    let (group, kind) = (spec["group"].str(), spec["names"]["kind"].str());
    let mut better: Vec<&str> = Vec::new();
    for other in spec["versions"].items() {
        let name = other["name"].str();
        let served = other["served"].as_bool() == Some(true) && other["deprecated"].as_bool() != Some(true);
        if served && compare_versions(version, name).is_lt() {
            better.push(name);
        }
    }
    sort_by(&mut better, |a, b| compare_versions(b, a));
    let instead = better.first().map(|best| format!("; use {group}/{best} {kind}")).unwrap_or_default();
    format!("{group}/{version} {kind} is deprecated{instead}")
}

/// `v1alpha1` < `v1beta1` < `v1` < `v2`; what is no such name comes first, by the alphabet backwards
/// (`version.CompareKubeAwareVersionStrings`).
pub fn compare_versions(a: &str, b: &str) -> Ordering {
    fn read(version: &str) -> Option<(u8, u64, u64)> {
        let rest = version.strip_prefix('v')?;
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let major = rest[..digits].parse().ok()?;
        let (stage, minor) = match &rest[digits..] {
            "" => (2, "0"),
            rest => match (rest.strip_prefix("beta"), rest.strip_prefix("alpha")) {
                (Some(minor), _) => (1, minor),
                (_, Some(minor)) => (0, minor),
                _ => return None,
            },
        };
        Some((stage, major, minor.parse().ok()?))
    }
    match (read(a), read(b)) {
        (Some(x), Some(y)) => x.cmp(&y),
        (None, None) => b.cmp(a),
        (x, y) => x.is_some().cmp(&y.is_some()),
    }
}

/// The request, with the resource as it is served now; an error where it is not.
pub fn resolved(served: &[Resource], request: &Request) -> Result<Request, Status> {
    let asked = &request.resource;
    let found = served.iter().find(|r| *r == asked && r.version == asked.version);
    match found {
        Some(resource) => Ok(Request { resource: resource.clone(), ..request.clone() }),
        None => Err(not_served(request)),
    }
}

/// Refuses what only a webhook could answer: a request that needs an object in another version than it is stored in, or stores one
/// in another than it is given in (`pkg/apiserver/conversion/webhook_converter.go`).
pub fn convertible(server: &ApiServer, request: &Request) -> Result<(), Status> {
    let resource = &request.resource;
    let config = &resource.definition["webhook"];
    if config.is_null() || request.options.ownership {
        return Ok(());
    }
    let version = resource.api_version();
    let stored = match request.name.is_empty() {
        false => {
            let key = ObjectKey::new(request.namespace.clone(), request.name.clone());
            server.store.get(resource, &key).into_iter().collect()
        }
        true if request.verb == Verb::Create => Vec::new(),
        true => server.store.list(resource, &request.namespace).map(|(_, object)| object).collect::<Vec<_>>(),
    };
    let writes = matches!(request.verb, Verb::Create | Verb::Update | Verb::Patch(_));
    let given = json!({ "apiVersion": version.as_str(), "kind": &resource.kind });
    let other = stored.into_iter().find(|object| object["apiVersion"].str() != version);
    let away = writes && resource.definition["storage"].str() != &*resource.version;
    match other.or(away.then_some(&given)) {
        Some(object) => Err(webhook::conversion(server, config, object)),
        None => Ok(()),
    }
}

/// What a client makes of the page that is not there.
pub fn not_served(request: &Request) -> Status {
    let method = match request.verb {
        Verb::Get | Verb::List | Verb::Watch => "get",
        Verb::Create => "post",
        Verb::Update => "put",
        Verb::Patch(_) => "patch",
        Verb::Delete | Verb::DeleteCollection => "delete",
    };
    let name = if request.name.is_empty() { String::new() } else { format!(" {}", request.name) };
    let what = request.resource.qualified();
    let message = format!("the server could not find the requested resource ({method} {what}{name})");
    Status::new(Reason::NotFound, message)
}

/// A stored object as its version of the kind shows it: converted (only `apiVersion` differs), pruned and defaulted by the
/// schema as it is now.
pub fn read(resource: &Resource, object: &Json) -> Json {
    let Resource::Custom(info) = resource else { return object.clone() };
    let schema = &info.definition["schema"];
    let mut shown = decode::coerced(schema, object, &mut Vec::new());
    let version = info.api_version();
    if shown["apiVersion"].str() != version {
        shown.set("apiVersion", version);
    }
    shown
}

/// The object as it is stored: in the version that is for that.
pub fn stored(resource: &Resource, mut object: Json) -> Json {
    if let Resource::Custom(info) = resource {
        object.set("apiVersion", format!("{}/{}", info.group, info.definition["storage"].str()));
    }
    object
}
