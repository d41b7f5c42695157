//! Whether an applied configuration is one of its type (`structured-merge-diff/typed/validate.go`), in that library's words.

use super::set::shown;
use super::walk::{Form, Kind};
use crate::api::patch::strategic::go_map;
use crate::api::schema::{Shape, Special, Type};
use crate::collections::Map;
use crate::json::{Json, Str};

/// Whether a configuration is one of its type, or all that keeps it from that, as one text (`ValidationErrors`).
pub fn check(kind: Kind, config: &Json) -> Result<(), String> {
    let mut found = Vec::new();
    faults(kind, config, "", &mut found);
    match found.as_slice() {
        [] => Ok(()),
        [one] => Err(one.clone()),
        all => Err(format!("errors:{}", all.iter().map(|fault| format!("\n  {fault}")).collect::<String>())),
    }
}

/// What keeps a configuration from being one of its type.
fn faults(kind: Kind, value: &Json, path: &str, out: &mut Vec<String>) {
    match kind.form() {
        Form::Fields => match value {
            Json::Object(_) => {
                for (key, value) in value.entries() {
                    let path = format!("{path}.{key}");
                    match (kind, kind.child(key)) {
                        (_, None) => out.push(format!("{path}: field not declared in schema")),
                        (Kind::Struct(ty), Some(Kind::Leaf)) => {
                            if let Some(field) = ty.field(key) {
                                whole(&field.shape, value, &path, out);
                            }
                        }
                        (Kind::Map(shape), Some(Kind::Leaf)) => whole(shape, value, &path, out),
                        (_, Some(child)) => faults(child, value, &path, out),
                    }
                }
            }
            Json::Null => {}
            _ if matches!(kind, Kind::Deduced) => {}
            other => out.push(not_a("map", other, path)),
        },
        Form::Elements => match value {
            Json::Array(items) => elements(kind, items, path, out),
            Json::Null => {}
            other => out.push(not_a("list", other, path)),
        },
        Form::Leaf => {
            let Kind::Schema(schema) = kind else { return };
            match schema["type"].str() {
                "string" => scalar(&Shape::Str, value, path, out),
                "boolean" => scalar(&Shape::Bool, value, path, out),
                "integer" | "number" => scalar(&Shape::Float, value, path, out),
                _ => {}
            }
        }
    }
}

/// The elements of a list that are told apart. The first that cannot be ends it.
fn elements(kind: Kind, items: &[Json], path: &str, out: &mut Vec<String>) {
    let keys = kind.keys();
    let mut seen: Map<Str, ()> = Map::new();
    for (i, item) in items.iter().enumerate() {
        let key = kind.key_of(item);
        let why = match (&keys, item) {
            (Some(_), Json::Null) => "associative list with keys may not have a null element",
            (Some(_), Json::Object(_)) if key == "k:{}" => {
                let all: Vec<String> = keys.iter().flatten().map(|key| format!("{key:?}")).collect();
                out.push(format!(
                    "{path}: element {i}: associative list with keys has an element that omits all key fields [{}] (and doesn't have default values for any key fields)",
                    all.join(" ")
                ));
                return;
            }
            (Some(_), Json::Object(_)) => "",
            (Some(_), _) => "associative list with keys may not have non-map elements",
            (None, Json::Object(_)) => "associative list without keys has an element that's a map type",
            (None, Json::Array(_)) => "not supported: associative list with lists as elements",
            (None, Json::Null) => "associative list without keys has an element that's an explicit null",
            (None, _) => "",
        };
        if !why.is_empty() {
            out.push(format!("{path}: element {i}: {why}"));
            return;
        }
        if seen.contains_key(&key) {
            out.push(format!("{path}: duplicate entries for key {}", shown(&key)));
        }
        let below = format!("{path}{}", shown(&key));
        match kind {
            Kind::Set => whole(&Shape::Str, item, &below, out),
            _ => faults(kind.element(), item, &below, out),
        }
        seen.insert(key, ());
    }
}

/// What is owned as a whole must be of its type all the same.
fn whole(shape: &Shape, value: &Json, path: &str, out: &mut Vec<String>) {
    match shape {
        Shape::Ref(id) => match id.get().special {
            None if id.get().fields.is_empty() => {}
            None => structure(id.get(), value, path, out),
            Some(Special::Time | Special::MicroTime) => scalar(&Shape::Str, value, path, out),
            Some(_) => {}
        },
        Shape::List(inner) => match value {
            Json::Null => {}
            Json::Array(items) => {
                for (i, item) in items.iter().enumerate() {
                    whole(inner, item, &format!("{path}[{i}]"), out);
                }
            }
            other => out.push(not_a("list", other, path)),
        },
        Shape::Map(inner) => match value {
            Json::Null => {}
            Json::Object(fields) => {
                for (key, value) in fields.entries() {
                    whole(inner, value, &format!("{path}.{key}"), out);
                }
            }
            other => out.push(not_a("map", other, path)),
        },
        _ => scalar(shape, value, path, out),
    }
}

fn structure(ty: &Type, value: &Json, path: &str, out: &mut Vec<String>) {
    match value {
        Json::Null => {}
        Json::Object(fields) => {
            for (key, value) in fields.entries() {
                let path = format!("{path}.{key}");
                match ty.field(key) {
                    None => out.push(format!("{path}: field not declared in schema")),
                    Some(field) => whole(&field.shape, value, &path, out),
                }
            }
        }
        other => out.push(not_a("map", other, path)),
    }
}

fn scalar(shape: &Shape, value: &Json, path: &str, out: &mut Vec<String>) {
    let why = match (shape, value) {
        (_, Json::Null) => return,
        (Shape::Str | Shape::Bytes, Json::Str(_)) | (Shape::Bool, Json::Bool(_)) => return,
        (Shape::Int32 | Shape::Int64 | Shape::Float, Json::Int(_) | Json::Float(_)) => return,
        (Shape::Str | Shape::Bytes, _) => {
            format!("expected string, got &value.valueUnstructured{{Value:{}}}", go_syntax(value))
        }
        (Shape::Bool, _) => format!("expected boolean, got &{{{}}}", go_map(value)),
        _ => {
            let found = match value {
                Json::Str(_) => "string",
                Json::Bool(_) => "bool",
                Json::Array(_) => "[]interface {}",
                _ => "map[string]interface {}",
            };
            format!("expected numeric (int or float), got {found}")
        }
    };
    out.push(format!("{path}: {why}"));
}

fn not_a(wanted: &str, found: &Json, path: &str) -> String {
    format!("{path}: expected {wanted}, got &{{{}}}", go_map(found))
}

/// A value as Go's `%#v` prints it.
fn go_syntax(value: &Json) -> String {
    match value {
        Json::Null => "interface {}(nil)".into(),
        Json::Array(items) => {
            format!("[]interface {{}}{{{}}}", items.iter().map(go_syntax).collect::<Vec<_>>().join(", "))
        }
        Json::Object(fields) => {
            let all = fields
                .entries()
                .iter()
                .map(|(key, value)| format!("{:?}:{}", key.as_str(), go_syntax(value)));
            format!("map[string]interface {{}}{{{}}}", all.collect::<Vec<_>>().join(", "))
        }
        other => other.to_string(),
    }
}
