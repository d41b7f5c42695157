//! The JSON Schema of lesson.yaml, made of the tables by which it is decoded. Editors complete and explain with it.

use super::tables::{CHECKS, LESSON, Table, Type};
use crate::json;
use crate::json::Json;

/// The schema as JSON, by lines.
pub fn text() -> String {
    let mut definitions = Json::object();
    let root = table(&LESSON, &mut definitions);
    let mut schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema", "title": "A lesson or an exercise for Kubestep",
    });
    root.entries().iter().for_each(|(key, value)| schema.set(key, value));
    schema.set("$defs", definitions);
    let mut out = String::new();
    print(&schema, 0, &mut out);
    out.push('\n');
    out
}

fn of(ty: &Type, definitions: &mut Json) -> Json {
    match ty {
        Type::Any => Json::object(),
        Type::Scalar => json!({ "type": ["string", "number", "boolean"] }),
        Type::Text => json!({ "type": "string", "minLength": 1 }),
        Type::Bool => json!({ "type": "boolean" }),
        Type::Number(least, most) => json!({ "type": "integer", "minimum": *least, "maximum": *most }),
        Type::Word(words) => json!({ "enum": words.to_vec() }),
        Type::List(item) => json!({ "type": "array", "minItems": 1, "items": of(item, definitions) }),
        Type::OneOf(types) => {
            let types: Vec<Json> = types.iter().map(|ty| of(ty, definitions)).collect();
            json!({ "anyOf": types })
        }
        Type::Check => of(&Type::Table(&CHECKS), definitions),
        Type::Table(inner) => {
            if definitions.get(inner.name).is_none() {
                // Checks are made of checks.
                definitions.set(inner.name, Json::Null);
                let made = table(inner, definitions);
                definitions.set(inner.name, made);
            }
            json!({ "$ref": format!("#/$defs/{}", inner.name) })
        }
    }
}

fn table(table: &Table, definitions: &mut Json) -> Json {
    let mut properties = Json::object();
    for field in table.fields {
        let mut property = of(&field.ty, definitions);
        property.set("description", field.about);
        properties.set(field.name, property);
    }
    let required: Vec<&str> = table.fields.iter().filter(|f| f.required).map(|f| f.name).collect();
    let mut json = json!({ "type": "object", "additionalProperties": false, "properties": properties });
    if !required.is_empty() {
        json.set("required", required);
    }
    if !table.one_of.is_empty() {
        let heads = table.one_of.iter().map(|head| json!({ "required": [*head] }));
        json.set("oneOf", heads.collect::<Vec<Json>>());
    }
    json
}

/// JSON by lines, two blanks a level.
fn print(json: &Json, depth: usize, out: &mut String) {
    let pad = "  ".repeat(depth + 1);
    let close = "  ".repeat(depth);
    match json {
        Json::Object(fields) if !fields.is_empty() => {
            out.push_str("{\n");
            for (i, (key, value)) in fields.entries().iter().enumerate() {
                out.push_str(&format!("{}{pad}{}: ", if i > 0 { ",\n" } else { "" }, Json::from(key)));
                print(value, depth + 1, out);
            }
            out.push_str(&format!("\n{close}}}"));
        }
        Json::Array(items) if items.iter().any(|item| matches!(item, Json::Object(_))) => {
            out.push_str("[\n");
            for (i, item) in items.iter().enumerate() {
                out.push_str(&format!("{}{pad}", if i > 0 { ",\n" } else { "" }));
                print(item, depth + 1, out);
            }
            out.push_str(&format!("\n{close}]"));
        }
        other => out.push_str(&other.to_string()),
    }
}
