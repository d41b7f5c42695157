//! Whether a schema is structural: every value has a type, and junctors only say more of what is declared outside of them
//! (`schema/validation.go`, `schema/complete.go`).

use crate::api::field::{Error, Path};
use crate::apiserver::custom::structural::{is, is_embedded, is_int_or_string, preserves};
use crate::collections::sort_by;
use crate::json;
use crate::json::Json;
use crate::regex::Regex;

#[derive(Clone, Copy, PartialEq)]
enum Level {
    Root,
    Item,
    Field,
}

/// What keeps the schema from being structural.
pub fn validate(schema: &Json, path: &Path, errors: &mut Vec<Error>) {
    let mut found = Vec::new();
    invariants(schema, Level::Root, path, &mut found);
    complete(schema, schema, path, path, &mut found);
    sort_by(&mut found, |a, b| a.to_string().cmp(&b.to_string()));
    errors.append(&mut found);
}

fn invariants(schema: &Json, level: Level, path: &Path, errors: &mut Vec<Error>) {
    let (kind, items) = (schema["type"].str(), &schema["items"]);
    if kind == "array" && items.is_null() {
        errors.push(Error::required(&path.child("items"), "must be specified"));
    }
    if !items.is_null() {
        invariants(items, Level::Item, &path.child("items"), errors);
    }
    for (key, inner) in schema["properties"].entries() {
        invariants(inner, Level::Field, &path.child("properties").key(key), errors);
    }
    if let Some(additional) = schema.get("additionalProperties") {
        let at = path.child("additionalProperties");
        if level == Level::Root {
            errors.push(Error::forbidden(&at, "must not be used at the root"));
        }
        if let Json::Object(_) = additional {
            invariants(additional, Level::Field, &at, errors);
        }
    }
    let loose = is_int_or_string(schema);
    for (extension, set) in [
        ("x-kubernetes-preserve-unknown-fields", preserves(schema)),
        ("x-kubernetes-embedded-resource", is_embedded(schema)),
    ] {
        if loose && set {
            let detail = "must be false if x-kubernetes-int-or-string is true";
            errors.push(Error::invalid(&path.child(extension), true, detail));
        }
    }
    junctors(schema, level, path, errors);
    let at = path.child("type");
    if is_embedded(schema) && kind != "object" {
        let detail = "must be object if x-kubernetes-embedded-resource is true";
        errors.push(if kind.is_empty() {
            Error::required(&at, detail)
        } else {
            Error::invalid(&at, kind, detail)
        });
    } else if kind.is_empty() && !loose && !preserves(schema) {
        let detail = match level {
            Level::Root => "must not be empty at the root",
            Level::Item => "must not be empty for specified array items",
            Level::Field => "must not be empty for specified object fields",
        };
        errors.push(Error::required(&at, detail));
    }
    if is_embedded(schema) && schema.get("additionalProperties").is_some() {
        let detail = "must not be used if x-kubernetes-embedded-resource is set";
        errors.push(Error::forbidden(&path.child("additionalProperties"), detail));
    }
    if level == Level::Root && !kind.is_empty() && kind != "object" {
        errors.push(Error::invalid(&at, kind, "must be object at the root"));
    }
    meta(schema, level, path, errors);
}

/// The fields that every object has.
fn meta(schema: &Json, level: Level, path: &Path, errors: &mut Vec<Error>) {
    let whole = level == Level::Root || is_embedded(schema);
    let properties = &schema["properties"];
    for key in ["kind", "apiVersion"] {
        if let Some(field) = properties.get(key).filter(|f| whole && f["type"].str() != "string") {
            let at = path.child("properties").key(key).child("type");
            errors.push(Error::invalid(&at, field["type"].str(), "must be string"));
        }
    }
    if let Some(metadata) = properties.get("metadata") {
        let at = path.child("properties").key("metadata");
        if whole && metadata["type"].str() != "object" {
            errors.push(Error::invalid(&at.child("type"), metadata["type"].str(), "must be object"));
        }
        let mut rest = metadata.clone();
        rest.remove("type");
        let named = metadata["properties"].entries();
        if named.iter().all(|(key, _)| matches!(&**key, "name" | "generateName")) {
            rest.remove("properties");
        }
        if level == Level::Root && !rest.is_empty() {
            let detail = "must not specify anything other than name and generateName, but metadata is implicitly specified";
            errors.push(Error::forbidden(&at, detail));
        }
    }
    if is_embedded(schema) && !preserves(schema) && properties.is_empty() {
        let detail = "must not be empty if x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields";
        errors.push(Error::required(&path.child("properties"), detail));
    }
}

/// The two ways to say that a value is an integer or a text.
fn is_int_or_string_pattern(any_of: &Json) -> bool {
    *any_of == json!([{ "type": "integer" }, { "type": "string" }])
}

fn junctors(schema: &Json, level: Level, path: &Path, errors: &mut Vec<Error>) {
    if !is_int_or_string_pattern(&schema["anyOf"]) {
        each(schema, "anyOf", false, level, path, errors);
    }
    let skips = is_int_or_string_pattern(&schema["allOf"][0]["anyOf"]);
    each(schema, "allOf", skips, level, path, errors);
    each(schema, "oneOf", false, level, path, errors);
    if let Some(not) = schema.get("not") {
        nested(not, false, level, &path.child("not"), errors);
    }
    let pattern = schema["pattern"].str();
    if let Err(why) = Regex::new(pattern) {
        let detail = format!("must be a valid regular expression, but isn't: {why}");
        errors.push(Error::invalid(&path.child("pattern"), pattern, detail));
    }
}

fn each(schema: &Json, key: &str, skips: bool, level: Level, path: &Path, errors: &mut Vec<Error>) {
    for (i, inner) in schema[key].items().iter().enumerate() {
        nested(inner, skips && i == 0, level, &path.child(key).index(i), errors);
    }
}

/// A schema under a junctor only validates.
fn nested(schema: &Json, skips_any_of: bool, level: Level, path: &Path, errors: &mut Vec<Error>) {
    if !skips_any_of {
        junctors(schema, level, path, errors);
    }
    if let Json::Object(_) = schema["items"] {
        nested(&schema["items"], false, level, &path.child("items"), errors);
    }
    for (key, inner) in schema["properties"].entries() {
        nested(inner, false, Level::Field, &path.child("properties").key(key), errors);
    }
    let mut forbid = |key: &str, detail: &str| errors.push(Error::forbidden(&path.child(key), detail));
    if !schema["type"].is_empty() {
        forbid("type", "must be empty to be structural");
    }
    if !matches!(schema["additionalProperties"], Json::Null | Json::Bool(false)) {
        forbid("additionalProperties", "must be undefined to be structural");
    }
    if !schema["default"].is_null() {
        forbid("default", "must be undefined to be structural");
    }
    for key in ["title", "description"] {
        if !schema[key].is_empty() {
            forbid(key, "must be empty to be structural");
        }
    }
    for key in [
        "nullable",
        "x-kubernetes-preserve-unknown-fields",
        "x-kubernetes-embedded-resource",
        "x-kubernetes-int-or-string",
    ] {
        if is(schema, key) {
            forbid(key, "must be false to be structural");
        }
    }
    for (key, word) in [
        ("x-kubernetes-list-map-keys", "empty"),
        ("x-kubernetes-list-type", "undefined"),
        ("x-kubernetes-map-type", "undefined"),
        ("x-kubernetes-validations", "empty"),
    ] {
        if !schema[key].is_empty() {
            forbid(key, &format!("must be {word} to be structural"));
        }
    }
    if schema["properties"].get("metadata").is_some() {
        let at = path.child("properties").key("metadata");
        errors.push(Error::forbidden(&at, "must not be specified in a nested context"));
    }
}

/// What junctors speak of is declared outside of them.
fn complete(said: &Json, declared: &Json, at: &Path, by: &Path, errors: &mut Vec<Error>) {
    if let Some(not) = said.get("not") {
        completed(not, declared, at, &by.child("not"), errors);
    }
    for key in ["allOf", "anyOf", "oneOf"] {
        for (i, inner) in said[key].items().iter().enumerate() {
            completed(inner, declared, at, &by.child(key).index(i), errors);
        }
    }
    if std::ptr::eq(said, declared) {
        for (key, inner) in declared["properties"].entries() {
            let at = at.child("properties").key(key);
            complete(inner, inner, &at, &at, errors);
        }
        for key in ["items", "additionalProperties"] {
            if let Json::Object(_) = declared[key] {
                let at = at.child(key);
                complete(&declared[key], &declared[key], &at, &at, errors);
            }
        }
    }
}

fn completed(said: &Json, declared: &Json, at: &Path, by: &Path, errors: &mut Vec<Error>) {
    if declared.is_null() {
        return errors.push(Error::required(at, format!("because it is defined in {by}")));
    }
    complete(said, declared, at, by, errors);
    if let Json::Object(_) = said["items"] {
        completed(&said["items"], &declared["items"], &at.child("items"), &by.child("items"), errors);
    }
    for (key, inner) in said["properties"].entries() {
        let (at, by) = (at.child("properties").key(key), by.child("properties").key(key));
        completed(inner, &declared["properties"][key.as_str()], &at, &by, errors);
    }
}
