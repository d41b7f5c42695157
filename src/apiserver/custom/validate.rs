//! What is wrong with an object of a custom kind, by its schema (`registry/customresource/{strategy,validator}.go`).

use super::structural::{self, META, field, is_embedded, list_type};
use super::{rules, values};
use crate::api::Resource;
use crate::api::field::{Error, ErrorType, Path};
use crate::apiserver::validation::{meta, names};
use crate::json;
use crate::json::Json;

/// Checks a new object, its own metadata apart.
pub fn create(resource: &Resource, object: &Json, errors: &mut Vec<Error>, warnings: &mut Vec<json::Str>) {
    let definition = &resource.definition;
    let schema = &definition["schema"];
    values::check(schema, object, None, &Path::default(), errors);
    scale_paths(definition, object, true, errors);
    embedded(schema, object, &Path::default(), true, errors);
    lists(schema, object, &Path::default(), errors);
    rules::check(schema, object, None, errors, warnings);
}

/// Checks an object that takes the place of another. What an older schema allowed may stay as long as nobody touches it.
pub fn update(
    resource: &Resource,
    new: &Json,
    old: &Json,
    errors: &mut Vec<Error>,
    warnings: &mut Vec<json::Str>,
) {
    let definition = &resource.definition;
    let schema = &definition["schema"];
    values::check(schema, new, Some(old), &Path::default(), errors);
    scale_paths(definition, new, true, errors);
    embedded(schema, new, &Path::default(), true, errors);
    ratcheted_lists(schema, new, old, errors);
    rules::check(schema, new, Some(old), errors, warnings);
}

/// Checks an object whose status takes the place of another.
pub fn status(
    resource: &Resource,
    new: &Json,
    old: &Json,
    errors: &mut Vec<Error>,
    warnings: &mut Vec<json::Str>,
) {
    let definition = &resource.definition;
    let schema = &definition["schema"];
    if let (Some(status), Some(schema)) = (new.get("status"), schema["properties"].get("status")) {
        values::check(schema, status, old.get("status"), &Path::new("status"), errors);
    }
    scale_paths(definition, new, false, errors);
    ratcheted_lists(schema, new, old, errors);
    rules::check(schema, new, Some(old), errors, warnings);
}

/// Finalizers that others may use too (`generateWarningsFromObj`).
pub fn warnings(object: &Json, old: Option<&Json>) -> Vec<json::Str> {
    let finalizers = |object: &Json| object["metadata"]["finalizers"].items().to_vec();
    let known = old.map(finalizers).unwrap_or_default();
    let mut new: Vec<Json> = finalizers(object).into_iter().filter(|f| !known.contains(f)).collect();
    crate::collections::sort_by(&mut new, |a, b| a.str().cmp(b.str()));
    let mut out = Vec::new();
    for finalizer in &new {
        let name = finalizer.str();
        let say = |why: &str| json::Str::from(format!("metadata.finalizers: {name:?}: {why}"));
        out.extend(names::qualified(name).iter().map(|problem| say(problem)));
        if !name.contains('/') && !matches!(name, "orphan" | "foregroundDeletion" | "kubernetes") {
            let path = if name.contains('.') { " including a path (/)" } else { "" };
            out.push(say(&format!(
                "prefer a domain-qualified finalizer name{path} to avoid accidental conflicts with other finalizer writers"
            )));
        }
    }
    out
}

/// Whether rules are not worth asking any more (`hasBlockingErr`).
pub fn is_blocking(error: &Error) -> bool {
    use ErrorType::*;
    matches!(error.kind, NotSupported | Required | TooLong | TooMany | TypeInvalid)
}

/// The numbers that the subresource `scale` stands for.
fn scale_paths(definition: &Json, object: &Json, spec: bool, errors: &mut Vec<Error>) {
    let scale = &definition["scale"];
    for (key, wanted) in [("specReplicasPath", spec), ("statusReplicasPath", true)] {
        let path = scale[key].str();
        if !wanted || path.is_empty() {
            continue;
        }
        let value = super::scale::at(object, path);
        let at = Path::new(path);
        match value.as_i64() {
            Some(n) if n < 0 => errors.push(Error::invalid(&at, n, "should be a non-negative integer")),
            Some(n) if n > i64::from(i32::MAX) => {
                let detail = format!("should be less than or equal to {}", i32::MAX);
                errors.push(Error::invalid(&at, n, detail));
            }
            None if !value.is_null() => {
                let detail = format!(
                    "{path} accessor error: {} is of the type {}, expected int64",
                    crate::api::patch::strategic::go_map(value),
                    go_type(value)
                );
                errors.push(Error::invalid(&at, 0, detail));
            }
            _ => {}
        }
    }
}

fn go_type(value: &Json) -> &'static str {
    match value {
        Json::Bool(_) => "bool",
        Json::Float(_) => "float64",
        Json::Str(_) => "string",
        Json::Array(_) => "[]interface {}",
        Json::Object(_) => "map[string]interface {}",
        _ => "int64",
    }
}

/// Objects inside the object say what they are, and have sound metadata (`schema/objectmeta/validation.go`).
fn embedded(schema: &Json, value: &Json, path: &Path, root: bool, errors: &mut Vec<Error>) {
    if is_embedded(schema) && !root {
        for key in ["apiVersion", "kind"] {
            let at = path.child(key);
            match value[key].as_str() {
                None | Some("") => errors.push(Error::required(&at, "must not be empty")),
                _ => {}
            }
        }
        if let Some(metadata) = value.get("metadata") {
            let mut found = Vec::new();
            meta::labels(&metadata["labels"], &path.child("metadata").child("labels"), &mut found);
            meta::annotations(
                &metadata["annotations"],
                &path.child("metadata").child("annotations"),
                &mut found,
            );
            errors.append(&mut found);
        }
    }
    for (key, part) in value.entries() {
        if (root || is_embedded(schema)) && META.contains(&key.as_str()) {
            continue;
        }
        if let Some(inner) = field(schema, key) {
            let declared = schema["properties"].get(key).is_some();
            let at = if declared { path.child(key) } else { path.key(key) };
            embedded(inner, part, &at, false, errors);
        }
    }
    for (i, item) in value.items().iter().enumerate() {
        embedded(&schema["items"], item, &path.index(i), false, errors);
    }
}

/// A list that was wrong before may stay so.
fn ratcheted_lists(schema: &Json, new: &Json, old: &Json, errors: &mut Vec<Error>) {
    let mut before = Vec::new();
    lists(schema, old, &Path::default(), &mut before);
    if before.is_empty() {
        lists(schema, new, &Path::default(), errors);
    }
}

/// Sets hold no value twice, maps no key (`schema/listtype/validation.go`).
fn lists(schema: &Json, value: &Json, path: &Path, errors: &mut Vec<Error>) {
    for (key, part) in value.entries() {
        if let Some(inner) = field(schema, key) {
            let declared = schema["properties"].get(key).is_some();
            let at = if declared { path.child(key) } else { path.key(key) };
            lists(inner, part, &at, errors);
        }
    }
    let items = value.items();
    let keys: Vec<Json> = match list_type(schema) {
        "set" => items.to_vec(),
        "map" => {
            let wrong = items.iter().position(|item| !matches!(item, Json::Object(_) | Json::Null));
            if let Some(i) = wrong {
                let detail = "must be an object for an array of list-type map";
                return errors.push(Error::invalid(&path.index(i), &items[i], detail));
            }
            items.iter().map(|item| key_of(schema, item)).collect()
        }
        _ => Vec::new(),
    };
    for (i, key) in keys.iter().enumerate() {
        if keys[..i].iter().filter(|earlier| *earlier == key).count() == 1 {
            errors.push(Error::duplicate(&path.index(i), key));
        }
    }
    for (i, item) in items.iter().enumerate() {
        lists(&schema["items"], item, &path.index(i), errors);
    }
}

/// The fields by which an element of a list is told from others.
pub fn key_of(schema: &Json, item: &Json) -> Json {
    let mut key = Json::object();
    for name in schema["x-kubernetes-list-map-keys"].items() {
        if let Some(value) = item.get(name.str()) {
            key.set(name.str(), value);
        }
    }
    key
}

/// The old value's part that a part of the new one comes from (`common.CorrelatedObject`).
pub fn old_element<'o>(schema: &Json, item: &Json, old: &'o Json) -> Option<&'o Json> {
    if structural::list_type(schema) != "map" {
        return None;
    }
    let key = key_of(schema, item);
    old.items().iter().find(|before| key_of(schema, before) == key)
}
