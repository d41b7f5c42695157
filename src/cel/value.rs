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
    /// A value of one of the libraries' types, as data.
    Opaque(&'static str, Json),
    /// What an expression constructs, with the name of its type: `Object.spec`, `JSONPatch`.
    Message(Str, Arc<Vec<(Str, Value)>>),
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
            Value::Message(_, fields) => {
                fields.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone())
            }
            _ => None,
        }
    }

    /// How many characters, bytes or elements; 1 of what has none.
    pub fn size(&self) -> u64 {
        let count = match self {
            Value::Str(text) => text.chars().count(),
            Value::Bytes(bytes) => bytes.len(),
            Value::List(items) => items.len(),
            Value::Map(entries) => entries.len(),
            Value::Object(json, _) => json.entries().len(),
            Value::Optional(Some(inner)) => return inner.size(),
            _ => 1,
        };
        count as u64
    }

    /// Whether it is what an empty field of its type has.
    pub fn is_zero(&self) -> bool {
        match self {
            Value::Null => true,
            Value::Bool(b) => !b,
            Value::Str(_) | Value::Bytes(_) | Value::List(_) | Value::Map(_) | Value::Object(..) => {
                self.size() == 0
            }
            Value::Message(_, fields) => fields.is_empty(),
            Value::Duration(n) => *n == 0,
            Value::Optional(inner) => inner.is_none(),
            other => other.number() == Some(0.0),
        }
    }

    /// The value as JSON; an error where it has no such form.
    pub fn to_json(&self) -> Result<Json, String> {
        Ok(match self {
            Value::Null => Json::Null,
            Value::Bool(b) => Json::Bool(*b),
            Value::Int(n) => Json::Int(*n),
            Value::Uint(n) => i64::try_from(*n).map_or(Json::Float(*n as f64), Json::Int),
            Value::Double(n) => Json::Float(*n),
            Value::Str(text) => Json::Str(text.clone()),
            Value::Bytes(bytes) => base64::encode(bytes).into(),
            Value::Timestamp(_) | Value::Duration(_) | Value::Quantity(_) => self.shown().into(),
            Value::List(items) => {
                let items: Result<Vec<Json>, String> = items.iter().map(Value::to_json).collect();
                items?.into()
            }
            Value::Object(json, _) => json.clone(),
            Value::Map(entries) => {
                let mut out = Json::object();
                for (key, value) in entries.iter() {
                    let Value::Str(key) = key else {
                        let (shown, ty) = (key.shown(), key.type_name());
                        return Err(format!("map key {shown:?} is of type {ty}, not string"));
                    };
                    out.set(key.clone(), value.to_json()?);
                }
                out
            }
            Value::Message(_, fields) => {
                let mut out = Json::object();
                for (key, value) in fields.iter() {
                    out.set(key.clone(), value.to_json()?);
                }
                out
            }
            Value::Optional(_) | Value::Opaque(..) | Value::Type(_) => {
                return Err(format!("unsupported type: {}", self.type_name()));
            }
        })
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
            (Value::Opaque("kubernetes.Semver", a), Value::Opaque("kubernetes.Semver", b)) => {
                super::semver::compare(a, b).is_eq()
            }
            (Value::Opaque(kind, a), Value::Opaque(other, b)) => kind == other && a == b,
            (Value::Message(name, a), Value::Message(other, b)) => {
                let same = |(key, value): &(Str, Value)| b.iter().any(|(k, v)| k == key && value.equals(v));
                name == other && a.len() == b.len() && a.iter().all(same)
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
    pub fn type_name(&self) -> Str {
        Str::fixed(match self {
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
            Value::Opaque(name, _) => name,
            Value::Message(name, _) => return name.clone(),
            Value::Type(_) => "type",
        })
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
            Value::Opaque(_, Json::Str(text)) => text.to_string(),
            Value::Opaque(_, inner) => inner.to_string(),
            Value::Message(name, fields) => {
                let field = |(key, value): &(Str, Value)| format!("{key}: {}", value.shown());
                format!("{name}{{{}}}", fields.iter().map(field).collect::<Vec<_>>().join(", "))
            }
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
