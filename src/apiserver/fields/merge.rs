//! An applied configuration: whether it is one of its type, and what an object becomes under it.

use super::set::shown;
use super::walk::{Form, Kind};
use crate::api::patch::strategic::go_map;
use crate::api::schema::Shape;
use crate::json::{Json, Str};

/// The object with the configuration laid over it: maps and keyed lists merge, everything else is replaced.
pub fn merge(kind: Kind, live: &Json, config: &Json) -> Json {
    match kind.form() {
        Form::Fields if matches!(config, Json::Object(_)) => {
            let mut out = if matches!(live, Json::Object(_)) { live.clone() } else { Json::object() };
            for (key, value) in config.entries() {
                let child = kind.child(key).unwrap_or(Kind::Leaf);
                let text = matches!(kind, Kind::Map(Shape::Str | Shape::Bytes));
                let part = match value {
                    Json::Null if text => "".into(),
                    value => merge(child, &live[key.as_str()], value),
                };
                out.set(key.clone(), part);
            }
            out
        }
        Form::Elements if !live.items().is_empty() => list(kind, live.items(), config.items()),
        _ => config.clone(),
    }
}

/// Elements of both keep the order of the configuration; those of the object alone stay between the neighbours that they had.
fn list(kind: Kind, live: &[Json], config: &[Json]) -> Json {
    let keyed = |items: &[Json]| items.iter().map(|i| kind.key_of(i)).collect::<Vec<Str>>();
    let (left, right) = (keyed(live), keyed(config));
    let both = |l: &Json, r: &Json| merge(kind.element(), l, r);
    let find = |keys: &[Str], key: &Str| keys.iter().position(|k| k == key);
    let mut shared = right.iter().filter(|k| left.contains(k));
    let mut next = shared.next();
    let mut done: Vec<&Str> = Vec::new();
    let mut out = Vec::new();
    let (mut l, mut r) = (0, 0);
    while l < left.len() || r < right.len() {
        if l < left.len() && r < right.len() {
            let key = &left[l];
            if *key == right[r] {
                done.push(key);
                out.push(both(&live[l], &config[r]));
                (l, r, next) = (l + 1, r + 1, shared.next());
                continue;
            }
            if right.contains(key) && next.is_some_and(|n| n != key) {
                l += 1;
                continue;
            }
        }
        if l < left.len() {
            if !right.contains(&left[l]) {
                out.push(live[l].clone());
                l += 1;
                continue;
            } else if done.contains(&&left[l]) {
                l += 1;
            }
        }
        if r < right.len() {
            let key = &right[r];
            done.push(key);
            out.push(match find(&left, key) {
                Some(i) => both(&live[i], &config[r]),
                None => config[r].clone(),
            });
            r += 1;
            if next == Some(key) {
                next = shared.next();
            }
        }
    }
    out.into()
}

/// What keeps a configuration from being one of its type.
pub fn faults(kind: Kind, value: &Json, path: &str, out: &mut Vec<String>) {
    match kind.form() {
        Form::Fields => match value {
            Json::Object(_) => {
                for (key, value) in value.entries() {
                    let path = format!("{path}.{key}");
                    match kind.child(key) {
                        None => out.push(format!("{path}: field not declared in schema")),
                        Some(Kind::Leaf) if matches!(kind, Kind::Map(Shape::Str | Shape::Bytes)) => {
                            if !matches!(value, Json::Null | Json::Str(_)) {
                                let value = format!("&value.valueUnstructured{{Value:{value}}}");
                                out.push(format!("{path}: expected string, got {value}"));
                            }
                        }
                        Some(child) => faults(child, value, &path, out),
                    }
                }
            }
            Json::Null => {}
            _ if matches!(kind, Kind::Deduced) => {}
            other => out.push(format!("{path}: expected map, got &{{{}}}", go_map(other))),
        },
        Form::Elements => match value {
            Json::Array(items) => {
                let mut seen: Vec<Str> = Vec::new();
                for item in items.iter() {
                    let key = kind.key_of(item);
                    if seen.contains(&key) {
                        out.push(format!("{path}: duplicate entries for key {}", shown(&key)));
                    }
                    faults(kind.element(), item, &format!("{path}{}", shown(&key)), out);
                    seen.push(key);
                }
            }
            Json::Null => {}
            other => out.push(format!("{path}: expected list, got &{{{}}}", go_map(other))),
        },
        Form::Leaf => scalar(kind, value, path, out),
    }
}

/// A value of a custom object that its schema's type does not fit.
fn scalar(kind: Kind, value: &Json, path: &str, out: &mut Vec<String>) {
    let Kind::Schema(schema) = kind else { return };
    let wanted = match (schema["type"].str(), value) {
        (_, Json::Null) | ("string", Json::Str(_)) | ("boolean", Json::Bool(_)) => return,
        ("integer" | "number", Json::Int(_) | Json::Float(_)) => return,
        ("string", _) => "string",
        ("boolean", _) => "boolean (true or false)",
        ("integer" | "number", _) => "numeric (int or float)",
        _ => return,
    };
    out.push(format!("{path}: expected {wanted}, got &value.valueUnstructured{{Value:{value}}}"));
}
