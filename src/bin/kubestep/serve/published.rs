//! What the documents of the schema say of custom kinds: their structural schemas, made into what clients of each document can read
//! (`apiextensions-apiserver/pkg/controller/openapi/builder`, `…/openapi/v2/conversion.go`).

use kubestep::api::Resource;
use kubestep::json;
use kubestep::json::Json;

const META: &str = "io.k8s.apimachinery.pkg.apis.meta.v1.";
const CONVENTIONS: &str =
    "https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md";
const API_VERSION: &str = "APIVersion defines the versioned schema of this representation of an object. Servers should convert recognized schemas to the latest internal value, and may reject unrecognized values.";
const KIND: &str = "Kind is a string value representing the REST resource this object represents. Servers may infer this from the endpoint the client submits requests to. Cannot be updated. In CamelCase.";

/// The name of a custom kind's schema: `com.example.stable.v1.CronTab`.
pub fn name(resource: &Resource, kind: &str) -> String {
    let group: Vec<&str> = resource.group.split('.').rev().collect();
    format!("{}.{}.{kind}", group.join("."), resource.version)
}

/// The group, version and kind that a schema is of.
pub fn gvk(resource: &Resource, kind: &str) -> Json {
    json!({ "group": &resource.group, "kind": kind, "version": &resource.version })
}

/// The schemas of a custom kind and of its list, by their names. `references`: what stands before the name of another schema; `v2`:
/// for the older document, which can say less.
pub fn schemas(resource: &Resource, references: &str, v2: bool) -> [(String, Json); 2] {
    let kind = resource.kind.as_str();
    let own = &resource.definition["schema"];
    let mut schema = match own {
        // Nothing is said of other fields, so that a client does not refuse them.
        Json::Null => json!({ "type": "object" }),
        own if v2 && preserves(own) => json!({ "type": "object" }),
        own => {
            let mut schema = shown(own, references, v2);
            schema.set_at(&["properties", "apiVersion"], text(API_VERSION, "resources"));
            schema.set_at(&["properties", "kind"], text(KIND, "types-kinds"));
            schema.set_at(&["properties", "metadata"], metadata(references, "ObjectMeta", "object"));
            schema
        }
    };
    schema.set("x-kubernetes-group-version-kind", json!([gvk(resource, kind)]));
    if !resource.definition["selectable"].is_empty() && !v2 {
        let path = |field: &Json| json!({ "fieldPath": field["jsonPath"].str().trim_start_matches('.') });
        let fields: Json = resource.definition["selectable"].items().iter().map(path).collect();
        schema.set("x-kubernetes-selectable-fields", fields);
    }
    let of_list = resource.definition["listKind"].str();
    let more = format!("List of {}. More info: {CONVENTIONS}", resource.plural);
    let list = json!({
        "description": format!("{of_list} is a list of {kind}"), "type": "object", "required": ["items"],
        "properties": {
            "apiVersion": text(API_VERSION, "resources"), "kind": text(KIND, "types-kinds"),
            "metadata": metadata(references, "ListMeta", "list"),
            "items": {
                "description": more, "type": "array",
                "items": { "$ref": format!("{references}{}", name(resource, kind)) },
            },
        },
        "x-kubernetes-group-version-kind": [gvk(resource, of_list)],
    });
    [(name(resource, kind), schema), (name(resource, of_list), list)]
}

fn text(says: &str, section: &str) -> Json {
    json!({ "description": format!("{says} More info: {CONVENTIONS}#{section}"), "type": "string" })
}

fn metadata(references: &str, of: &str, what: &str) -> Json {
    let says = format!(
        "Standard {what}'s metadata. More info: {CONVENTIONS}#{}",
        match what {
            "list" => "types-kinds",
            _ => "metadata",
        }
    );
    json!({ "description": says, "$ref": format!("{references}{META}{of}") })
}

fn is(schema: &Json, switch: &str) -> bool {
    schema[switch].as_bool() == Some(true)
}

fn preserves(schema: &Json) -> bool {
    is(schema, "x-kubernetes-preserve-unknown-fields")
}

/// A schema as a document shows it, and all schemas in it.
fn shown(schema: &Json, references: &str, v2: bool) -> Json {
    let mut out = schema.clone();
    if v2 {
        for part in ["allOf", "anyOf", "oneOf", "not"] {
            out.remove(part);
        }
        if is(schema, "nullable") {
            ["type", "nullable", "items", "properties"].into_iter().for_each(|part| drop(out.remove(part)));
        }
        if preserves(schema) {
            // Whoever reads this takes fields that are not named for wrong.
            ["items", "properties"].into_iter().for_each(|part| drop(out.remove(part)));
        }
        if out["type"].str() == "array" && out["items"].is_null()
            || preserves(schema) && out["type"].str() == "object"
        {
            out.remove("type");
        }
        let nullable = |name: &Json| is(&schema["properties"][name.str()], "nullable");
        if is(&schema["additionalProperties"], "nullable") {
            out.remove("required");
        } else if schema["required"].items().iter().any(nullable) {
            let required = schema["required"].items().iter().filter(|name| !nullable(name)).cloned();
            out.set("required", required.collect::<Json>());
        }
    } else if is(schema, "x-kubernetes-int-or-string") && !has_either(schema) {
        out.set("anyOf", either());
    }
    for part in ["items", "additionalProperties"] {
        if matches!(out[part], Json::Object(_)) {
            let inner = shown(&out[part], references, v2);
            out.set(part, inner);
        }
    }
    if let Some(properties) = out.get("properties").cloned() {
        let mut inner = Json::object();
        for (name, property) in properties.entries() {
            inner.set(name, shown(property, references, v2));
        }
        out.set("properties", inner);
    }
    if is(schema, "x-kubernetes-embedded-resource") && !(v2 && preserves(schema)) {
        embed(&mut out, references);
    }
    out
}

/// An integer or a text.
fn either() -> Json {
    json!([{ "type": "integer" }, { "type": "string" }])
}

fn has_either(schema: &Json) -> bool {
    let all = schema["allOf"].items();
    schema["anyOf"] == either() || all.first().is_some_and(|first| first["anyOf"] == either())
}

/// Adds what each whole object has, and needs.
fn embed(schema: &mut Json, references: &str) {
    let says = "apiVersion defines the versioned schema of this representation of an object.";
    schema.set_at(&["properties", "apiVersion"], text(says, "resources"));
    let says = "kind is a string value representing the type of this object. In CamelCase.";
    schema.set_at(&["properties", "kind"], text(says, "types-kinds"));
    schema.set_at(&["properties", "metadata"], metadata(references, "ObjectMeta", "object"));
    let mut required = schema["required"].items().to_vec();
    for field in ["kind", "apiVersion"] {
        if !required.iter().any(|name| name.str() == field) {
            required.push(field.into());
        }
    }
    schema.set("required", required);
}
