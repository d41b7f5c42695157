//! What a schema of a definition may say (`ValidateCustomResourceDefinitionOpenAPISchema`, `schema/defaulting/validation.go`).

use super::structural;
use crate::api::field::{Error, Path};
use crate::apiserver::custom::structural::{META, is, is_embedded, list_type};
use crate::apiserver::custom::{self, decode, values};
use crate::json::Json;

const TYPES: [&str; 6] = ["array", "boolean", "integer", "number", "object", "string"];

/// Checks `schema.openAPIV3Schema`; `status`: the subresource is on.
pub fn validate(validation: &Json, status: bool, path: &Path, errors: &mut Vec<Error>) {
    let schema = &validation["openAPIV3Schema"];
    if schema.is_null() {
        return;
    }
    let before = errors.len();
    let path = path.child("openAPIV3Schema");
    if status && schema["type"].str() != "object" {
        let detail = "only \"object\" is allowed as the type at the root of the schema if the status subresource is enabled";
        errors.push(Error::invalid(&path.child("type"), schema["type"].str(), detail));
    }
    if is(schema, "nullable") {
        errors.push(Error::forbidden(&path.child("nullable"), "nullable cannot be true at the root"));
    }
    let mut form = Vec::new();
    structural::validate(schema, &path, &mut form);
    if form.is_empty() {
        defaults(schema, true, &path, &mut form);
    }
    let sound = form.is_empty();
    errors.append(&mut form);
    walk(schema, true, Place::default(), &path, errors);
    if sound && errors.len() == before {
        custom::compile_rules(schema, &path, errors);
    }
}

/// Defaults are sound values of their schema, without fields that would be dropped.
fn defaults(schema: &Json, root: bool, path: &Path, errors: &mut Vec<Error>) {
    let default = &schema["default"];
    if !default.is_null() {
        let at = path.child("default");
        let mut unknown = Vec::new();
        let _ = decode::coerced(schema, default, &mut unknown);
        if !unknown.is_empty() {
            errors.push(Error::invalid(&at, default, "must not have unknown fields"));
        }
        values::check(schema, default, None, &at, errors);
    }
    if !schema["items"].is_null() {
        defaults(&schema["items"], false, &path.child("items"), errors);
    }
    for (key, inner) in schema["properties"].entries() {
        if !(root && META.contains(&key.as_str())) {
            defaults(inner, false, &path.child("properties").key(key), errors);
        }
    }
}

/// What the place of a schema forbids it.
#[derive(Clone, Copy, Default)]
struct Place {
    /// Why no default can be there.
    no_defaults: Option<&'static str>,
    in_meta: bool,
}

fn walk(schema: &Json, root: bool, place: Place, path: &Path, errors: &mut Vec<Error>) {
    if schema.is_null() {
        return;
    }
    standard(schema, place, path, errors);
    if is(schema, "uniqueItems") {
        let detail = "uniqueItems cannot be set to true since the runtime complexity becomes quadratic";
        errors.push(Error::forbidden(&path.child("uniqueItems"), detail));
    }
    if let Some(additional) = schema.get("additionalProperties") {
        if !schema["properties"].is_empty() && additional.as_bool() != Some(true) {
            let detail = "additionalProperties and properties are mutual exclusive";
            errors.push(Error::forbidden(&path.child("additionalProperties"), detail));
        }
        let mut place = place;
        if place.in_meta {
            place.no_defaults = Some("inside additionalProperties applying to object metadata");
        }
        if let Json::Object(_) = additional {
            walk(additional, false, place, &path.child("additionalProperties"), errors);
        }
    }
    for (key, inner) in schema["properties"].entries() {
        let mut place = place;
        if (root || is_embedded(schema)) && META.contains(&key.as_str()) {
            place.in_meta = true;
            if root {
                place.no_defaults = Some(match key.as_str() {
                    "metadata" => "in top-level metadata",
                    "kind" => "in top-level kind",
                    _ => "in top-level apiVersion",
                });
            }
        }
        walk(inner, false, place, &path.child("properties").key(key), errors);
    }
    walk(&schema["not"], false, place, &path.child("not"), errors);
    for key in ["allOf", "oneOf", "anyOf"] {
        for (i, inner) in schema[key].items().iter().enumerate() {
            walk(inner, false, place, &path.child(key).index(i), errors);
        }
    }
    if let Json::Object(_) = schema["items"] {
        walk(&schema["items"], false, place, &path.child("items"), errors);
    }
    if schema["x-kubernetes-preserve-unknown-fields"].as_bool() == Some(false) {
        let at = path.child("x-kubernetes-preserve-unknown-fields");
        errors.push(Error::invalid(&at, false, "must be true or undefined"));
    }
    lists_and_maps(schema, path, errors);
    rules(schema, path, errors);
}

/// What no schema may say at all (`specStandardValidatorV3`).
fn standard(schema: &Json, place: Place, path: &Path, errors: &mut Vec<Error>) {
    let kind = schema["type"].str();
    if !kind.is_empty() && !TYPES.contains(&kind) {
        errors.push(Error::not_supported(&path.child("type"), kind, &TYPES));
    }
    if let (Some(why), false) = (place.no_defaults, schema["default"].is_null()) {
        errors.push(Error::forbidden(&path.child("default"), format!("must not be set {why}")));
    }
    for key in ["id", "additionalItems", "patternProperties", "definitions", "dependencies", "$ref"] {
        if !schema[key].is_empty() {
            errors.push(Error::forbidden(&path.child(key), format!("{key} is not supported")));
        }
    }
    if kind == "null" {
        let detail = "type cannot be set to null, use nullable as an alternative";
        errors.push(Error::forbidden(&path.child("type"), detail));
    }
    if !schema["items"].items().is_empty() {
        let detail = "items must be a schema object and not an array";
        errors.push(Error::forbidden(&path.child("items"), detail));
    }
    if place.in_meta && is_embedded(schema) {
        let at = path.child("x-kubernetes-embedded-resource");
        errors.push(Error::forbidden(&at, "must not be used inside of resource meta"));
    }
}

fn lists_and_maps(schema: &Json, path: &Path, errors: &mut Vec<Error>) {
    let (kind, list, map) = (schema["type"].str(), list_type(schema), schema["x-kubernetes-map-type"].str());
    let (items, keys) = (&schema["items"], &schema["x-kubernetes-list-map-keys"]);
    let must_be = |wanted: &str, extension: &str, errors: &mut Vec<Error>| {
        let (at, detail) = (path.child("type"), format!("must be {wanted} if {extension} is specified"));
        errors.push(match kind {
            "" => Error::required(&at, detail),
            kind => Error::invalid(&at, kind, detail),
        });
    };
    if !map.is_empty() && kind != "object" {
        must_be("object", "x-kubernetes-map-type", errors);
    }
    if !matches!(map, "" | "atomic" | "granular") {
        let at = path.child("x-kubernetes-map-type");
        errors.push(Error::not_supported(&at, map, &["atomic", "granular"]));
    }
    if !list.is_empty() && kind != "array" {
        must_be("array", "x-kubernetes-list-type", errors);
    } else if list == "set" && !items.is_null() {
        let detail = "must be atomic as item of a list with x-kubernetes-list-type=set";
        let (inner, atomic) = match items["type"].str() {
            "array" => ("x-kubernetes-list-type", matches!(list_type(items), "" | "atomic")),
            "object" => ("x-kubernetes-map-type", items["x-kubernetes-map-type"].str() == "atomic"),
            _ => ("", true),
        };
        if !atomic {
            let value = &items["x-kubernetes-list-type"];
            errors.push(Error::invalid(&path.child("items").child(inner), value, detail));
        }
    }
    if !matches!(list, "" | "atomic" | "set" | "map") {
        let at = path.child("x-kubernetes-list-type");
        errors.push(Error::not_supported(&at, list, &["atomic", "set", "map"]));
    }
    let at = path.child("x-kubernetes-list-type");
    let detail = "must be map if x-kubernetes-list-map-keys is non-empty";
    if !keys.is_empty() && list.is_empty() {
        errors.push(Error::required(&at, detail));
    } else if !keys.is_empty() && list != "map" {
        errors.push(Error::invalid(&at, list, detail));
    }
    if list == "map" {
        map_list(items, keys, path, errors);
    }
    if matches!(list, "set" | "map") && is(items, "nullable") {
        let detail = format!("cannot be nullable when x-kubernetes-list-type is {list}");
        errors.push(Error::forbidden(&path.child("items").child("nullable"), detail));
    }
    if list == "map" {
        for key in keys.items() {
            let Some(field) = items["properties"].get(key.str()) else { continue };
            let at = path.child("items").child("properties").key(key.str());
            if !items["required"].items().contains(key) && field["default"].is_null() {
                let detail = "this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property";
                errors.push(Error::required(&at.child("default"), detail));
            }
            if is(field, "nullable") {
                let detail = "this property is in x-kubernetes-list-map-keys, so it cannot be nullable";
                errors.push(Error::forbidden(&at.child("nullable"), detail));
            }
        }
    }
}

fn map_list(items: &Json, keys: &Json, path: &Path, errors: &mut Vec<Error>) {
    let at = path.child("x-kubernetes-list-map-keys");
    if keys.is_empty() {
        errors.push(Error::required(&at, "must not be empty if x-kubernetes-list-type is map"));
    }
    if items.is_null() {
        let detail = "must have a schema if x-kubernetes-list-type is map";
        errors.push(Error::required(&path.child("items"), detail));
    } else if items["type"].str() != "object" {
        let detail = "must be object if parent array's x-kubernetes-list-type is map";
        errors.push(Error::invalid(&path.child("items").child("type"), items["type"].str(), detail));
    } else {
        for (i, key) in keys.items().iter().enumerate() {
            match items["properties"].get(key.str()) {
                Some(field) if matches!(field["type"].str(), "array" | "object") => {
                    let at = path.child("items").child("properties").key(key.str()).child("type");
                    let detail = "must be a scalar type if parent array's x-kubernetes-list-type is map";
                    errors.push(Error::invalid(&at, items["type"].str(), detail));
                }
                Some(_) => {}
                None => {
                    errors.push(Error::invalid(&at, keys, "entries must all be names of item properties"))
                }
            }
            if keys.items()[..i].contains(key) {
                errors.push(Error::invalid(&at, keys, "must not contain duplicate entries"));
            }
        }
    }
}

/// The form of rules; what they say is checked when all else is sound.
fn rules(schema: &Json, path: &Path, errors: &mut Vec<Error>) {
    let lines = |text: &str| text.contains(['\n', '\r']);
    for (i, rule) in schema["x-kubernetes-validations"].items().iter().enumerate() {
        let at = path.child("x-kubernetes-validations").index(i);
        let text = |key: &str| rule[key].str();
        let blank = |key: &str| !text(key).is_empty() && text(key).trim().is_empty();
        if text("rule").trim().is_empty() {
            errors.push(Error::required(&at.child("rule"), "rule is not specified"));
        } else if blank("message") {
            let detail = "must be non-empty if specified";
            errors.push(Error::invalid(&at.child("message"), text("message"), detail));
        } else if lines(text("message").trim()) {
            errors.push(Error::invalid(
                &at.child("message"),
                text("message"),
                "must not contain line breaks",
            ));
        } else if lines(text("rule").trim()) && text("message").trim().is_empty() {
            let detail = "message must be specified if rule contains line breaks";
            errors.push(Error::required(&at.child("message"), detail));
        }
        if blank("messageExpression") {
            let detail = "messageExpression must be non-empty if specified";
            errors.push(Error::required(&at.child("messageExpression"), detail));
        }
        let reasons =
            ["FieldValueDuplicate", "FieldValueForbidden", "FieldValueInvalid", "FieldValueRequired"];
        if !text("reason").is_empty() && !reasons.contains(&text("reason")) {
            errors.push(Error::not_supported(&at.child("reason"), text("reason"), &reasons));
        }
        let field = text("fieldPath");
        if blank("fieldPath") {
            let detail = "must be non-empty if specified";
            errors.push(Error::invalid(&at.child("fieldPath"), field, detail));
        }
        if lines(field) {
            errors.push(Error::invalid(&at.child("fieldPath"), field, "must not contain line breaks"));
        }
        if !field.is_empty() && at_path(schema, field).is_err() {
            errors.push(Error::invalid(&at.child("fieldPath"), field, "must be a valid path"));
        }
    }
}

/// The schema of what a path such as `.spec.colour` points to (`cel.ValidFieldPath`).
pub fn at_path<'s>(schema: &'s Json, path: &str) -> Result<&'s Json, String> {
    let Some(fields) = path.strip_prefix('.') else {
        return Err(format!("expected [ or . but got: {}", path.split('.').next().unwrap_or_default()));
    };
    let mut current = schema;
    for name in fields.split('.') {
        let known = current["properties"].get(name);
        let found =
            known.or_else(|| current.get("additionalProperties").filter(|a| matches!(a, Json::Object(_))));
        current = match found {
            Some(found) => found,
            None if META.contains(&name) && std::ptr::eq(current, schema) => schema,
            None => return Err(format!("does not refer to a valid field: {name}")),
        };
    }
    Ok(current)
}
