//! CustomResourceDefinitions (`registry/customresourcedefinition/strategy.go`, `apis/apiextensions/v1/defaults.go`).
//!
//! - `validation`: names, versions, columns, subresources. `schema`: what a schema may say; `structural`: its form.

mod schema;
mod structural;
mod validation;

use super::{PLAIN, Strategy};
use crate::apiserver::custom;
use crate::json;
use crate::json::{Json, Str};

pub static CUSTOM_RESOURCE_DEFINITION: Strategy = Strategy {
    generation: true,
    defaults,
    prepare_create,
    prepare_update,
    validate: validation::create,
    validate_update: validation::update,
    validate_status: |new, _, errors| validation::status(new, errors),
    warnings,
    ..PLAIN
};

fn defaults(crd: &mut Json) {
    let names = &crd["spec"]["names"];
    let kind = names["kind"].str().to_string();
    let (singular, list_kind) = (names["singular"].is_empty(), names["listKind"].is_empty());
    if singular && !kind.is_empty() {
        crd.set_at(&["spec", "names", "singular"], kind.to_lowercase());
    }
    if list_kind && !kind.is_empty() {
        crd.set_at(&["spec", "names", "listKind"], format!("{kind}List"));
    }
    if crd["spec"]["conversion"].is_null() {
        crd.set_at(&["spec", "conversion"], json!({ "strategy": "None" }));
    }
    if !crd.at(&["spec", "conversion", "webhook", "clientConfig", "service"]).is_null() {
        let service = &["spec", "conversion", "webhook", "clientConfig", "service", "port"];
        if crd.at(service).is_null() {
            crd.set_at(service, 443);
        }
    }
    // Written in the definition's first days, and false ever since.
    if crd["spec"]["preserveUnknownFields"].as_bool() == Some(false) {
        let spec = crd.get_mut("spec").and_then(|spec| spec.remove("preserveUnknownFields"));
        debug_assert!(spec.is_some());
    }
}

fn storage_version(crd: &Json) -> Option<Json> {
    let mut versions = crd["spec"]["versions"].items().iter();
    versions.find(|v| v["storage"].as_bool() == Some(true)).map(|v| v["name"].clone())
}

fn prepare_create(crd: &mut Json) {
    let stored: Json = storage_version(crd).into_iter().collect();
    crd.set(
        "status",
        json!({ "acceptedNames": { "kind": "", "plural": "" }, "conditions": null, "storedVersions": stored }),
    );
}

/// Objects may be stored in every version that was the one for it, until somebody says that none is.
fn prepare_update(new: &mut Json, _: &Json) {
    let Some(storage) = storage_version(new) else { return };
    let mut stored = new["status"]["storedVersions"].items().to_vec();
    if !stored.contains(&storage) {
        stored.push(storage);
        new.set_at(&["status", "storedVersions"], stored);
    }
}

/// Formats that mean nothing; of a change, only the new ones.
fn warnings(crd: &Json, old: Option<&Json>) -> Vec<Str> {
    let known = old.map(unrecognized).unwrap_or_default();
    let new = unrecognized(crd).into_iter().filter(|format| !known.contains(format));
    new.map(|format| Str::from(format!("unrecognized format {format:?}"))).collect()
}

fn unrecognized(crd: &Json) -> Vec<String> {
    let mut found = Vec::new();
    let mut seen: Vec<&Json> = Vec::new();
    for version in crd["spec"]["versions"].items() {
        let schema = version.at(&["schema", "openAPIV3Schema"]);
        if seen.contains(&schema) {
            continue;
        }
        seen.push(schema);
        custom::structural::each(schema, &mut |schema| {
            let format = schema["format"].str();
            let types: Vec<&str> = schema["type"].as_str().into_iter().collect();
            if !format.is_empty() && !custom::is_recognized_format(&types, format) {
                found.push(format.to_string());
            }
        });
    }
    found
}
