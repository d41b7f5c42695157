//! The tree every object is made of: an immutable, shared JSON value.
//!
//! A [`Json`] is cheap to clone (a reference count) and is changed by *path copying*: changing one field copies
//! the maps and arrays on the way to it and shares everything else. So the store can keep every revision of every
//! object, a snapshot of the world costs next to nothing, and [`diff`] skips whatever two revisions share.
//!
//! - [`Str`]: a shared or static string; object keys that the schema knows are static.
//! - [`Object`]: keys in byte order, as Go's encoder and `kubectl -o yaml` print them.
//! - [`parse`], [`print`](mod@print), [`yaml`]: JSON text in, JSON and YAML text out.
//!
//! Nothing here knows Kubernetes.

mod build;
pub mod diff;
mod object;
pub mod parse;
pub mod print;
mod string;
pub mod yaml;

#[doc(hidden)]
pub use build::field;
pub use diff::{Change, Step, diff};
pub use object::Object;
pub use parse::{parse, parse_strictly};
pub use string::{Str, order};

use std::ops::Index;
use std::sync::Arc;

/// A JSON value. Integers and floats are told apart, as Kubernetes' own decoder does.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Json {
    /// `null`, and also what reading an absent field gives.
    #[default]
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number without fraction or exponent that fits 64 bits.
    Int(i64),
    /// Any other number.
    Float(f64),
    /// A string.
    Str(Str),
    /// An array, shared.
    Array(Arc<Vec<Json>>),
    /// An object, shared.
    Object(Object),
}

static NULL: Json = Json::Null;
static EMPTY: &[Json] = &[];

impl Json {
    /// An empty object.
    pub fn object() -> Json {
        Json::Object(Object::new())
    }

    /// The field `key`, or `None` where this is not an object or has no such field.
    #[inline]
    pub fn get(&self, key: &str) -> Option<&Json> {
        match self {
            Json::Object(o) => o.get(key),
            _ => None,
        }
    }

    /// The value at a path of fields; `Null` where any part is absent.
    pub fn at(&self, path: &[&str]) -> &Json {
        path.iter().fold(self, |json, key| &json[*key])
    }

    /// What Go's decoder calls it where it finds it in a wrong place.
    pub fn go_kind(&self) -> &'static str {
        match self {
            Json::Null => "null",
            Json::Bool(_) => "bool",
            Json::Int(_) | Json::Float(_) => "number",
            Json::Str(_) => "string",
            Json::Array(_) => "array",
            Json::Object(_) => "object",
        }
    }

    /// Whether this is `Null` (which reading an absent field gives too).
    #[inline]
    pub fn is_null(&self) -> bool {
        matches!(self, Json::Null)
    }

    /// The string, where this is one.
    #[inline]
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Json::Str(s) => Some(s),
            _ => None,
        }
    }

    /// The string, or `""` where this is none: Go's zero value for an absent field.
    #[inline]
    pub fn str(&self) -> &str {
        self.as_str().unwrap_or("")
    }

    /// The integer, where this is one.
    #[inline]
    pub fn as_i64(&self) -> Option<i64> {
        match self {
            Json::Int(i) => Some(*i),
            _ => None,
        }
    }

    /// The number as a float, where this is one.
    pub fn as_f64(&self) -> Option<f64> {
        match self {
            Json::Int(i) => Some(*i as f64),
            Json::Float(f) => Some(*f),
            _ => None,
        }
    }

    /// The boolean, where this is one.
    #[inline]
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Json::Bool(b) => Some(*b),
            _ => None,
        }
    }

    /// The object, where this is one.
    #[inline]
    pub fn as_object(&self) -> Option<&Object> {
        match self {
            Json::Object(o) => Some(o),
            _ => None,
        }
    }

    /// The array's elements; empty where this is no array.
    #[inline]
    pub fn items(&self) -> &[Json] {
        match self {
            Json::Array(a) => a,
            _ => EMPTY,
        }
    }

    /// The object's fields in key order; empty where this is no object.
    #[inline]
    pub fn entries(&self) -> &[(Str, Json)] {
        match self {
            Json::Object(o) => o.entries(),
            _ => &[],
        }
    }

    /// Whether nothing is in it: `null`, `""`, `[]` or `{}`. Go's `omitempty` for the types that can be absent.
    pub fn is_empty(&self) -> bool {
        match self {
            Json::Null => true,
            Json::Str(s) => s.is_empty(),
            Json::Array(a) => a.is_empty(),
            Json::Object(o) => o.is_empty(),
            _ => false,
        }
    }

    /// Sets a field; anything that is not an object becomes one first.
    pub fn set(&mut self, key: impl Into<Str>, value: impl Into<Json>) {
        self.object_mut().insert(key.into(), value.into());
    }

    /// Sets the field at a path, creating the objects on the way.
    pub fn set_at(&mut self, path: &[&'static str], value: impl Into<Json>) {
        match path {
            [] => *self = value.into(),
            [key, rest @ ..] => self.object_mut().slot(Str::fixed(key)).set_at(rest, value),
        }
    }

    /// Removes a field and gives what was there.
    pub fn remove(&mut self, key: &str) -> Option<Json> {
        match self {
            Json::Object(o) if o.get(key).is_some() => o.remove(key),
            _ => None,
        }
    }

    /// The field for changing, where it exists.
    pub fn get_mut(&mut self, key: &str) -> Option<&mut Json> {
        match self {
            Json::Object(o) => o.get_mut(key),
            _ => None,
        }
    }

    /// The object for changing; anything else becomes an empty object first.
    pub fn object_mut(&mut self) -> &mut Object {
        if !matches!(self, Json::Object(_)) {
            *self = Json::object();
        }
        match self {
            Json::Object(o) => o,
            _ => unreachable!("made an object above"),
        }
    }

    /// The array for changing; anything else becomes an empty array first.
    pub fn array_mut(&mut self) -> &mut Vec<Json> {
        if !matches!(self, Json::Array(_)) {
            *self = Json::Array(Arc::default());
        }
        match self {
            Json::Array(a) => Arc::make_mut(a),
            _ => unreachable!("made an array above"),
        }
    }

    /// Appends to the array.
    pub fn push(&mut self, value: impl Into<Json>) {
        self.array_mut().push(value.into());
    }

    /// Whether both are the same piece of memory (so surely equal); scalars compare by value.
    pub fn same(&self, other: &Json) -> bool {
        match (self, other) {
            (Json::Array(a), Json::Array(b)) => Arc::ptr_eq(a, b),
            (Json::Object(a), Json::Object(b)) => a.same(b),
            (Json::Array(_) | Json::Object(_), _) | (_, Json::Array(_) | Json::Object(_)) => false,
            _ => self == other,
        }
    }
}

/// `json["key"]`: the field, or `Null`.
impl Index<&str> for Json {
    type Output = Json;
    #[inline]
    fn index(&self, key: &str) -> &Json {
        self.get(key).unwrap_or(&NULL)
    }
}

/// `json[0]`: the element, or `Null`.
impl Index<usize> for Json {
    type Output = Json;
    fn index(&self, i: usize) -> &Json {
        self.items().get(i).unwrap_or(&NULL)
    }
}

impl From<bool> for Json {
    fn from(v: bool) -> Json {
        Json::Bool(v)
    }
}
impl From<i64> for Json {
    fn from(v: i64) -> Json {
        Json::Int(v)
    }
}
impl From<i32> for Json {
    fn from(v: i32) -> Json {
        Json::Int(v.into())
    }
}
impl From<usize> for Json {
    fn from(v: usize) -> Json {
        Json::Int(v as i64)
    }
}
impl From<f64> for Json {
    fn from(v: f64) -> Json {
        Json::Float(v)
    }
}
impl From<&str> for Json {
    fn from(v: &str) -> Json {
        Json::Str(v.into())
    }
}
impl From<String> for Json {
    fn from(v: String) -> Json {
        Json::Str(v.into())
    }
}
impl From<Str> for Json {
    fn from(v: Str) -> Json {
        Json::Str(v)
    }
}
impl From<&Str> for Json {
    fn from(v: &Str) -> Json {
        Json::Str(v.clone())
    }
}
impl From<Object> for Json {
    fn from(v: Object) -> Json {
        Json::Object(v)
    }
}
impl From<&Json> for Json {
    fn from(v: &Json) -> Json {
        v.clone()
    }
}
impl<T: Into<Json>> From<Vec<T>> for Json {
    fn from(v: Vec<T>) -> Json {
        Json::Array(Arc::new(v.into_iter().map(Into::into).collect()))
    }
}
impl<T: Into<Json>> From<Option<T>> for Json {
    fn from(v: Option<T>) -> Json {
        v.map_or(Json::Null, Into::into)
    }
}
impl<T: Into<Json>> FromIterator<T> for Json {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Json {
        items.into_iter().collect::<Vec<T>>().into()
    }
}
