//! [`Value`]: what an expression evaluates to, and how values compare.

use super::types::unescape;
use crate::api::base64;
use crate::api::parse_duration;
use crate::api::quantity::Quantity;
use crate::json::{Json, Str, print};
use crate::sim::Time;
use std::cmp::Ordering;
use std::sync::Arc;

/// A value.
#[derive(Clone, Debug)]
pub enum Value {
    /// Nothing.
    Null,
    /// A boolean.
    Bool(bool),
    /// A signed integer.
    Int(i64),
    /// An unsigned integer.
    Uint(u64),
    /// A float.
    Double(f64),
    /// A text.
    Str(Str),
    /// Bytes.
    Bytes(Arc<[u8]>),
    /// A moment.
    Timestamp(Time),
    /// Nanoseconds.
    Duration(i64),
    /// A list.
    List(Arc<Vec<Value>>),
    /// A map, in the order in which it was written.
    Map(Arc<Vec<(Value, Value)>>),
    /// An object or a map of a tree, with its schema where one is known.
    Object(Json, Json),
    /// Something or nothing.
    Optional(Option<Arc<Value>>),
    /// An amount such as `500m`.
    Quantity(Quantity),
    /// A type's name.
    Type(Str),
}

impl Value {
    /// A tree as a value; the schema tells numbers and texts apart that look alike.
    pub fn of(json: &Json, schema: Option<&Json>) -> Value {
        let known = |key: &str| schema.map_or("", |schema| schema[key].str());
        match json {
            Json::Null => Value::Null,
            Json::Bool(b) => Value::Bool(*b),
            Json::Int(n) if known("type") == "number" => Value::Double(*n as f64),
            Json::Int(n) => Value::Int(*n),
            Json::Float(n) if known("type") == "integer" => Value::Int(*n as i64),
            Json::Float(n) => Value::Double(*n),
            Json::Str(s) => match known("format") {
                "date-time" | "date" => {
                    let whole = if s.len() == 10 { format!("{s}T00:00:00Z") } else { s.to_string() };
                    Time::parse(&whole).map_or(Value::Str(s.clone()), Value::Timestamp)
                }
                "duration" => duration(s).map_or(Value::Str(s.clone()), Value::Duration),
                "byte" => base64::decode(s).map_or(Value::Str(s.clone()), |b| Value::Bytes(b.into())),
                _ => Value::Str(s.clone()),
            },
            Json::Array(items) => {
                let inner = schema.map(|schema| &schema["items"]);
                Value::List(Arc::new(items.iter().map(|item| Value::of(item, inner)).collect()))
            }
            Json::Object(_) => Value::Object(json.clone(), schema.cloned().unwrap_or_default()),
        }
    }

    /// The field of an object, or the entry of a map.
    pub fn get(&self, name: &str) -> Option<Value> {
        match self {
            Value::Object(json, schema) => {
                let fields = &schema["properties"];
                let is_map = fields.is_empty();
                let key = if schema.is_null() || is_map { name.to_string() } else { unescape(name) };
                let inner = match is_map {
                    true => schema.get("additionalProperties"),
                    false => fields.get(&key),
                };
                json.get(&key).map(|value| Value::of(value, inner))
            }
            Value::Map(_) => self.entry(&Value::Str(name.into())),
            _ => None,
        }
    }

    /// The entry of a map.
    pub fn entry(&self, key: &Value) -> Option<Value> {
        match (self, key) {
            (Value::Map(entries), key) => {
                entries.iter().find(|(k, _)| k.equals(key)).map(|(_, value)| value.clone())
            }
            (Value::Object(..), Value::Str(key)) => self.get(key),
            _ => None,
        }
    }

    /// The elements of a list, the keys of a map.
    pub fn elements(&self) -> Option<Vec<Value>> {
        Some(match self {
            Value::List(items) => items.to_vec(),
            Value::Map(entries) => entries.iter().map(|(key, _)| key.clone()).collect(),
            Value::Object(json, _) => json.entries().iter().map(|(key, _)| Value::Str(key.clone())).collect(),
            _ => return None,
        })
    }

    /// The number, whatever its kind.
    pub fn number(&self) -> Option<f64> {
        match self {
            Value::Int(n) => Some(*n as f64),
            Value::Uint(n) => Some(*n as f64),
            Value::Double(n) => Some(*n),
            _ => None,
        }
    }

    /// Whether both are the same value.
    pub fn equals(&self, other: &Value) -> bool {
        match (self, other) {
            (Value::Null, Value::Null) => true,
            (Value::Bool(a), Value::Bool(b)) => a == b,
            (Value::Str(a), Value::Str(b)) | (Value::Type(a), Value::Type(b)) => a == b,
            (Value::Bytes(a), Value::Bytes(b)) => a == b,
            (Value::List(a), Value::List(b)) => {
                a.len() == b.len() && a.iter().zip(b.iter()).all(|(x, y)| x.equals(y))
            }
            (Value::Optional(a), Value::Optional(b)) => match (a, b) {
                (Some(a), Some(b)) => a.equals(b),
                (a, b) => a.is_none() && b.is_none(),
            },
            (Value::Map(_) | Value::Object(..), Value::Map(_) | Value::Object(..)) => {
                let (keys, others) =
                    (self.elements().unwrap_or_default(), other.elements().unwrap_or_default());
                let same = |key: &Value| match (self.entry(key), other.entry(key)) {
                    (Some(a), Some(b)) => a.equals(&b),
                    _ => false,
                };
                keys.len() == others.len() && keys.iter().all(same)
            }
            _ => self.compare(other).is_some_and(Ordering::is_eq),
        }
    }

    /// The order of two values that have one.
    pub fn compare(&self, other: &Value) -> Option<Ordering> {
        match (self, other) {
            (Value::Int(a), Value::Int(b)) => Some(a.cmp(b)),
            (Value::Uint(a), Value::Uint(b)) => Some(a.cmp(b)),
            (Value::Bool(a), Value::Bool(b)) => Some(a.cmp(b)),
            (Value::Str(a), Value::Str(b)) => Some(a.as_str().cmp(b.as_str())),
            (Value::Bytes(a), Value::Bytes(b)) => Some(a.cmp(b)),
            (Value::Timestamp(a), Value::Timestamp(b)) => Some(a.cmp(b)),
            (Value::Duration(a), Value::Duration(b)) => Some(a.cmp(b)),
            (Value::Quantity(a), Value::Quantity(b)) => Some(a.nano().cmp(&b.nano())),
            _ => self.number()?.partial_cmp(&other.number()?),
        }
    }

    /// The name of its type.
    pub fn type_name(&self) -> &'static str {
        match self {
            Value::Null => "null_type",
            Value::Bool(_) => "bool",
            Value::Int(_) => "int",
            Value::Uint(_) => "uint",
            Value::Double(_) => "double",
            Value::Str(_) => "string",
            Value::Bytes(_) => "bytes",
            Value::Timestamp(_) => "google.protobuf.Timestamp",
            Value::Duration(_) => "google.protobuf.Duration",
            Value::List(_) => "list",
            Value::Map(_) | Value::Object(..) => "map",
            Value::Optional(_) => "optional_type",
            Value::Quantity(_) => "kubernetes.Quantity",
            Value::Type(_) => "type",
        }
    }

    /// As error messages and `string()` show it.
    pub fn shown(&self) -> String {
        match self {
            Value::Null => "null".into(),
            Value::Bool(b) => b.to_string(),
            Value::Int(n) => n.to_string(),
            Value::Uint(n) => n.to_string(),
            Value::Double(n) => print::float(*n),
            Value::Str(s) => s.to_string(),
            Value::Bytes(b) => String::from_utf8_lossy(b).into_owned(),
            Value::Timestamp(t) => t.rfc3339(),
            Value::Duration(n) => seconds(*n),
            Value::Quantity(q) => q.to_string(),
            Value::Type(name) => name.to_string(),
            Value::List(items) => {
                format!("[{}]", items.iter().map(Value::shown).collect::<Vec<_>>().join(", "))
            }
            Value::Map(_) | Value::Object(..) => {
                let keys = self.elements().unwrap_or_default();
                let entry = |key: &Value| {
                    format!("{}: {}", key.shown(), self.entry(key).map(|v| v.shown()).unwrap_or_default())
                };
                format!("{{{}}}", keys.iter().map(entry).collect::<Vec<_>>().join(", "))
            }
            Value::Optional(None) => "optional.none()".into(),
            Value::Optional(Some(value)) => format!("optional({})", value.shown()),
        }
    }

    /// The boolean, where it is one.
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Value::Bool(b) => Some(*b),
            _ => None,
        }
    }

    /// The text, where it is one.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Value::Str(s) => Some(s),
            _ => None,
        }
    }
}

/// Go's durations: `1h30m`, `-2s`.
pub fn duration(text: &str) -> Option<i64> {
    let (negative, duration) = parse_duration(text).ok()?;
    let nanos = i64::try_from(duration.as_nanos()).ok()?;
    Some(if negative { -nanos } else { nanos })
}

fn seconds(nanos: i64) -> String {
    format!("{}s", print::float(nanos as f64 / 1e9).trim_end_matches(".0"))
}

impl PartialEq for Value {
    fn eq(&self, other: &Value) -> bool {
        self.equals(other)
    }
}
