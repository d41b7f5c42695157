//! How a structural schema is read (`apiserver/schema/structural.go`).

use crate::json::Json;

/// The fields of every object that no schema has to declare.
pub const META: [&str; 3] = ["apiVersion", "kind", "metadata"];

/// Whether an extension or another switch is on.
pub fn is(schema: &Json, switch: &str) -> bool {
    schema[switch].as_bool() == Some(true)
}

/// Whether fields that the schema does not declare stay.
pub fn preserves(schema: &Json) -> bool {
    is(schema, "x-kubernetes-preserve-unknown-fields")
}

/// Whether the value is an object with metadata of its own.
pub fn is_embedded(schema: &Json) -> bool {
    is(schema, "x-kubernetes-embedded-resource")
}

/// Whether the value is an integer or a text.
pub fn is_int_or_string(schema: &Json) -> bool {
    is(schema, "x-kubernetes-int-or-string")
}

/// The schema of a field: its own, or the one that all others share. `Null` says nothing about it; `None`: there is no such field.
pub fn field<'s>(schema: &'s Json, key: &str) -> Option<&'s Json> {
    schema["properties"].get(key).or_else(|| match schema.get("additionalProperties") {
        Some(Json::Bool(_)) => Some(&Json::Null),
        other => other,
    })
}

/// `x-kubernetes-list-type`.
pub fn list_type(schema: &Json) -> &str {
    schema["x-kubernetes-list-type"].str()
}

/// The types that a value may have.
pub fn types(schema: &Json) -> Vec<&str> {
    if is_int_or_string(schema) {
        return vec!["integer", "string"];
    }
    schema["type"].as_str().filter(|t| !t.is_empty()).into_iter().collect()
}

/// Calls for the schema and all schemas in it, at any depth.
pub fn each<'s>(schema: &'s Json, call: &mut dyn FnMut(&'s Json)) {
    if !matches!(schema, Json::Object(_)) {
        return;
    }
    call(schema);
    for key in ["items", "not", "additionalProperties"] {
        each(&schema[key], call);
    }
    for key in ["allOf", "anyOf", "oneOf"] {
        schema[key].items().iter().for_each(|inner| each(inner, call));
    }
    schema["properties"].entries().iter().for_each(|(_, inner)| each(inner, call));
}
