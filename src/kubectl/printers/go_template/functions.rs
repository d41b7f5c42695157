//! The functions of a template: Go's own, and `exists` and `base64decode` of kubectl.

use super::eval::{shown, truth};
use crate::api::base64;
use crate::json::Json;
use std::cmp::Ordering;

const NAMES: &[&str] = &[
    "and",
    "base64decode",
    "eq",
    "exists",
    "ge",
    "gt",
    "html",
    "index",
    "js",
    "le",
    "len",
    "lt",
    "ne",
    "not",
    "or",
    "print",
    "printf",
    "println",
    "slice",
    "urlquery",
];

/// Whether there is such a function.
pub(super) fn exists(name: &str) -> bool {
    NAMES.contains(&name)
}

/// Calls one.
pub(super) fn call(name: &str, values: &[Json]) -> Result<Json, String> {
    let failed = |why: String| format!("error calling {name}: {why}");
    let least = match name {
        "print" | "println" => 0,
        "lt" | "le" | "gt" | "ge" | "ne" => 2,
        _ => 1,
    };
    if values.len() < least {
        return Err(format!("wrong number of args for {name}: want at least {least} got {}", values.len()));
    }
    let result = match name {
        "and" | "or" => Ok(last_word(name == "or", values)),
        "not" => Ok((!truth(&values[0])).into()),
        "len" => length(&values[0]).map(Json::from),
        "index" => index(values),
        "slice" => slice(values),
        "exists" => Ok(index(values).is_ok_and(|v| !v.is_null()).into()),
        "base64decode" => match base64::decode(values[0].str()) {
            Ok(bytes) => Ok(String::from_utf8_lossy(&bytes).into_owned().into()),
            Err(at) => Err(format!("base64 decode failed: illegal base64 data at input byte {at}")),
        },
        "print" => Ok(print(values).into()),
        "println" => Ok((values.iter().map(shown).collect::<Vec<_>>().join(" ") + "\n").into()),
        "printf" => Ok(super::printf::printf(values[0].str(), &values[1..]).into()),
        "html" => {
            let escapes = [('&', "&amp;"), ('<', "&lt;"), ('>', "&gt;"), ('"', "&#34;"), ('\'', "&#39;")];
            let text = print(values);
            Ok(escapes.iter().fold(text, |text, (c, escape)| text.replace(*c, escape)).into())
        }
        "js" => {
            let escapes = [
                ('\\', "\\\\"),
                ('\'', "\\'"),
                ('"', "\\\""),
                ('<', "\\u003C"),
                ('>', "\\u003E"),
                ('&', "\\u0026"),
                ('=', "\\u003D"),
                ('\n', "\\u000A"),
                ('\t', "\\u0009"),
            ];
            let text = print(values);
            Ok(escapes.iter().fold(text, |text, (c, escape)| text.replace(*c, escape)).into())
        }
        "urlquery" => Ok(url_query(&print(values)).into()),
        "eq" => values[1..]
            .iter()
            .try_fold(false, |found, v| Ok(found || order(&values[0], v)? == Ordering::Equal))
            .map(Json::from),
        "ne" => order(&values[0], &values[1]).map(|o| (o != Ordering::Equal).into()),
        "lt" => order(&values[0], &values[1]).map(|o| o.is_lt().into()),
        "le" => order(&values[0], &values[1]).map(|o| o.is_le().into()),
        "gt" => order(&values[0], &values[1]).map(|o| o.is_gt().into()),
        _ => order(&values[0], &values[1]).map(|o| o.is_ge().into()),
    };
    result.map_err(failed)
}

fn last_word(or: bool, values: &[Json]) -> Json {
    let decisive = values.iter().find(|v| truth(v) == or);
    decisive.or(values.last()).cloned().unwrap_or_default()
}

fn length(value: &Json) -> Result<usize, String> {
    match value {
        Json::Str(s) => Ok(s.len()),
        Json::Array(items) => Ok(items.len()),
        Json::Object(o) => Ok(o.len()),
        Json::Null => Err("len of nil pointer".into()),
        Json::Bool(_) => Err("len of type bool".into()),
        Json::Int(_) => Err("len of type int".into()),
        Json::Float(_) => Err("len of type float64".into()),
    }
}

fn position(value: &Json, len: usize) -> Result<usize, String> {
    let Json::Int(i) = value else {
        let kind = match value {
            Json::Null => return Err("cannot index slice/array with nil".into()),
            Json::Str(_) => "string",
            Json::Bool(_) => "bool",
            Json::Float(_) => "float64",
            Json::Array(_) => "[]interface {}",
            _ => "map[string]interface {}",
        };
        return Err(format!("cannot index slice/array with type {kind}"));
    };
    usize::try_from(*i).ok().filter(|i| *i < len).ok_or_else(|| format!("index out of range: {i}"))
}

fn index(values: &[Json]) -> Result<Json, String> {
    let mut value = values[0].clone();
    for key in &values[1..] {
        value = match (&value, key) {
            (Json::Object(o), Json::Str(key)) => o.get(key).cloned().unwrap_or_default(),
            (Json::Object(_), _) => return Err("value has type int; should be string".into()),
            (Json::Array(items), _) => items[position(key, items.len())?].clone(),
            (Json::Str(s), _) => Json::Int(i64::from(s.as_bytes()[position(key, s.len())?])),
            (Json::Null, _) => return Err("index of untyped nil".into()),
            _ => return Err("can't index item of type int64".into()),
        };
    }
    Ok(value)
}

fn slice(values: &[Json]) -> Result<Json, String> {
    let len = match &values[0] {
        Json::Str(s) => s.len(),
        Json::Array(items) => items.len(),
        _ => return Err("can't slice item of type map[string]interface {}".into()),
    };
    let bound = |i: usize, default: usize| match values.get(i) {
        None => Ok(default),
        Some(value) => position(value, len + 1),
    };
    let (from, to) = (bound(1, 0)?, bound(2, len)?);
    if from > to {
        return Err(format!("invalid slice index: {from} > {to}"));
    }
    match &values[0] {
        Json::Str(s) => s.get(from..to).map(Json::from).ok_or_else(|| "slice inside a character".into()),
        other => Ok(other.items()[from..to].iter().cloned().collect()),
    }
}

/// What is said of two values that cannot be compared; their types are to follow.
pub(super) const INCOMPATIBLE: &str = "incompatible types for comparison";

/// Numbers of the same kind, texts and truths can be compared.
fn order(a: &Json, b: &Json) -> Result<Ordering, String> {
    match (a, b) {
        (Json::Str(a), Json::Str(b)) => Ok(a.as_str().cmp(b.as_str())),
        (Json::Int(a), Json::Int(b)) => Ok(a.cmp(b)),
        (Json::Float(a), Json::Float(b)) => Ok(a.total_cmp(b)),
        (Json::Bool(a), Json::Bool(b)) => Ok(a.cmp(b)),
        (Json::Null, Json::Null) => Ok(Ordering::Equal),
        (Json::Null, _) | (_, Json::Null) => Ok(Ordering::Less),
        (Json::Object(_) | Json::Array(_), _) | (_, Json::Object(_) | Json::Array(_)) => {
            Err("invalid type for comparison".into())
        }
        _ => Err(INCOMPATIBLE.into()),
    }
}

/// The Go type of a value of an object.
pub(super) fn go_type(value: &Json) -> &'static str {
    match value {
        Json::Str(_) => "string",
        Json::Int(_) => "int64",
        Json::Float(_) => "float64",
        _ => "bool",
    }
}

/// `fmt.Sprint`: a blank between two that are no texts.
fn print(values: &[Json]) -> String {
    let mut out = String::new();
    for (i, value) in values.iter().enumerate() {
        let text = |v: &Json| matches!(v, Json::Str(_));
        if i > 0 && !text(value) && !text(&values[i - 1]) {
            out.push(' ');
        }
        out.push_str(&shown(value));
    }
    out
}

fn url_query(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        match byte {
            b' ' => out.push('+'),
            b if b.is_ascii_alphanumeric() || b"-_.~".contains(&b) => out.push(b as char),
            b => out.push_str(&format!("%{b:02X}")),
        }
    }
    out
}
