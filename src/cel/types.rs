//! [`Type`]: what an expression may evaluate to.

use crate::api::schema::{Shape, Special, TypeId};
use crate::json;
use crate::json::{Json, Str};
use std::fmt;
use std::sync::Arc;

/// A type.
#[derive(Clone, Debug, PartialEq)]
pub enum Type {
    /// Anything: known only when it is there.
    Dyn,
    /// Nothing.
    Null,
    /// A boolean.
    Bool,
    /// A signed integer.
    Int,
    /// An unsigned integer.
    Uint,
    /// A float.
    Double,
    /// A text.
    Str,
    /// Bytes.
    Bytes,
    /// A moment.
    Timestamp,
    /// A length of time.
    Duration,
    /// A list.
    List(Box<Type>),
    /// A map.
    Map(Box<Type>, Box<Type>),
    /// Something or nothing.
    Optional(Box<Type>),
    /// An object with the fields of a structural schema.
    Object(Json),
    /// A whole resource, with the fields that all have and those of a structural schema.
    Resource(Json),
    /// An object of a built-in type.
    Native(TypeId),
    /// The variables that a policy composes.
    Variables(Arc<Vec<(Str, Type)>>),
    /// What an expression constructs by that name: `Object.spec`, `JSONPatch`.
    Message(Str),
    /// A type of one of the libraries: `kubernetes.Quantity`, `net.IP`, …
    Opaque(&'static str),
    /// A type itself.
    Type(Box<Type>),
}

impl Type {
    /// What a structural schema describes; none where no expression can look into it.
    pub fn of_schema(schema: &Json) -> Option<Type> {
        let is = |switch: &str| schema[switch].as_bool() == Some(true);
        if is("x-kubernetes-int-or-string") {
            return Some(Type::Dyn);
        }
        Some(match schema["type"].str() {
            "array" => Type::List(Box::new(Type::of_schema(&schema["items"])?)),
            "object" => match &schema["additionalProperties"] {
                Json::Object(_) if schema["properties"].is_empty() => {
                    let values = Type::of_schema(&schema["additionalProperties"])?;
                    Type::Map(Box::new(Type::Str), Box::new(values))
                }
                _ if is("x-kubernetes-embedded-resource") => Type::Resource(schema.clone()),
                _ => Type::Object(schema.clone()),
            },
            "string" => match schema["format"].str() {
                "byte" => Type::Bytes,
                "duration" => Type::Duration,
                "date" | "date-time" => Type::Timestamp,
                _ => Type::Str,
            },
            "boolean" => Type::Bool,
            "number" => Type::Double,
            "integer" => Type::Int,
            _ => return None,
        })
    }

    /// What a field of a built-in type holds.
    fn of_shape(shape: &Shape) -> Type {
        match shape {
            Shape::Str => Type::Str,
            Shape::Bytes => Type::Bytes,
            Shape::Bool => Type::Bool,
            Shape::Int32 | Shape::Int64 => Type::Int,
            Shape::Float => Type::Double,
            Shape::List(inner) => Type::List(Box::new(Type::of_shape(inner))),
            Shape::Map(inner) => Type::Map(Box::new(Type::Str), Box::new(Type::of_shape(inner))),
            Shape::Ref(id) => match id.get().special {
                Some(Special::Time | Special::MicroTime) => Type::Timestamp,
                Some(_) => Type::Dyn,
                None => Type::Native(*id),
            },
        }
    }

    /// The type of a field; `None`: there is no such field.
    pub fn field(&self, name: &str) -> Option<Type> {
        match self {
            Type::Dyn => Some(Type::Dyn),
            Type::Map(_, value) => Some((**value).clone()),
            // The types of admission have the names that they have.
            Type::Object(schema) if !schema["x-name"].is_null() => {
                Type::of_schema(schema["properties"].get(name)?)
            }
            Type::Object(schema) => Type::of_schema(schema["properties"].get(&declared(name)?)?),
            Type::Resource(schema) => match name {
                "apiVersion" | "kind" => Some(Type::Str),
                "metadata" => Some(Type::Object(metadata())),
                _ => Type::of_schema(schema["properties"].get(&declared(name)?)?),
            },
            Type::Native(id) => Some(Type::of_shape(&id.get().field(&declared(name)?)?.shape)),
            Type::Variables(all) => all.iter().find(|(known, _)| known == name).map(|(_, ty)| ty.clone()),
            Type::Message(of) if of == "JSONPatch" => match name {
                "op" | "path" | "from" => Some(Type::Str),
                _ => Some(Type::Dyn),
            },
            Type::Message(_) => Some(Type::Dyn),
            Type::Optional(inner) => inner.field(name).map(|ty| match ty {
                Type::Optional(_) => ty,
                ty => Type::Optional(Box::new(ty)),
            }),
            _ => None,
        }
    }

    /// Whether a value of one type can stand where the other is wanted.
    pub fn fits(&self, wanted: &Type) -> bool {
        match (self, wanted) {
            (Type::Dyn, _) | (_, Type::Dyn) => true,
            (
                Type::Null,
                Type::Object(_) | Type::Resource(_) | Type::Native(_) | Type::Message(_) | Type::Opaque(_),
            ) => true,
            (Type::Null, Type::Timestamp | Type::Duration | Type::Variables(_)) => true,
            (Type::List(a), Type::List(b)) | (Type::Optional(a), Type::Optional(b)) => a.fits(b),
            (Type::Map(a, x), Type::Map(b, y)) => a.fits(b) && x.fits(y),
            (Type::Object(_) | Type::Resource(_), Type::Object(_) | Type::Resource(_)) => true,
            (Type::Type(_), Type::Type(_)) => true,
            _ => self == wanted,
        }
    }

    /// Whether it is a number of any kind.
    pub fn is_number(&self) -> bool {
        matches!(self, Type::Int | Type::Uint | Type::Double)
    }

    /// As Go names it where a result has the wrong one.
    pub fn declared(&self) -> String {
        match self {
            Type::Null => "null_type".into(),
            Type::Timestamp => "google.protobuf.Timestamp".into(),
            Type::Duration => "google.protobuf.Duration".into(),
            other => other.to_string(),
        }
    }

    /// Whether only evaluation tells.
    pub fn is_dyn(&self) -> bool {
        matches!(self, Type::Dyn)
    }
}

/// What rules may ask of the metadata of every object.
fn metadata() -> Json {
    json!({
        "type": "object",
        "properties": { "name": { "type": "string" }, "generateName": { "type": "string" } },
    })
}

/// Words that no expression can use as a name (`celReservedSymbols`).
pub const RESERVED: [&str; 21] = [
    "true",
    "false",
    "null",
    "in",
    "as",
    "break",
    "const",
    "continue",
    "else",
    "for",
    "function",
    "if",
    "import",
    "let",
    "loop",
    "package",
    "namespace",
    "return",
    "var",
    "void",
    "while",
];

/// What the four kinds of characters become that no name can have.
const ESCAPES: [(&str, &str); 4] =
    [("__", "__underscores__"), (".", "__dot__"), ("-", "__dash__"), ("/", "__slash__")];

/// A field's name as its author wrote it, from the name that an expression must use for it.
pub fn unescape(name: &str) -> String {
    if !name.contains("__") {
        return name.to_string();
    }
    let inner = name.strip_prefix("__").and_then(|rest| rest.strip_suffix("__"));
    if let Some(word) = inner.filter(|word| RESERVED.contains(word)) {
        return word.to_string();
    }
    let mut out = String::new();
    let mut rest = name;
    while let Some(c) = rest.chars().next() {
        let found = ESCAPES.iter().find_map(|(plain, escaped)| Some((plain, rest.strip_prefix(escaped)?)));
        match found {
            Some((plain, after)) => {
                out.push_str(plain);
                rest = after;
            }
            None => {
                out.push(c);
                rest = &rest[c.len_utf8()..];
            }
        }
    }
    out
}

/// The name that an expression must use for a field; none where it cannot name it at all (`cel.Escape`).
pub fn escape(name: &str) -> Option<String> {
    let starts = name.bytes().next().is_some_and(|b| !b.is_ascii_digit());
    if !starts || !name.bytes().all(|b| b.is_ascii_alphanumeric() || b"_.-/".contains(&b)) {
        return None;
    }
    if RESERVED.contains(&name) {
        return Some(format!("__{name}__"));
    }
    // Underscores first: what the others become has some.
    Some(ESCAPES.iter().fold(name.to_string(), |text, (plain, escaped)| text.replace(plain, escaped)))
}

/// The field that an expression means by a name; none where that is not the name to use for it.
fn declared(name: &str) -> Option<String> {
    let own = unescape(name);
    (escape(&own).as_deref() == Some(name)).then_some(own)
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Type::Dyn => f.write_str("dyn"),
            Type::Null => f.write_str("null"),
            Type::Bool => f.write_str("bool"),
            Type::Int => f.write_str("int"),
            Type::Uint => f.write_str("uint"),
            Type::Double => f.write_str("double"),
            Type::Str => f.write_str("string"),
            Type::Bytes => f.write_str("bytes"),
            Type::Timestamp => f.write_str("timestamp"),
            Type::Duration => f.write_str("duration"),
            Type::List(inner) => write!(f, "list({inner})"),
            Type::Map(key, value) => write!(f, "map({key}, {value})"),
            Type::Optional(inner) => write!(f, "optional_type({inner})"),
            Type::Object(schema) if !schema["x-name"].is_null() => f.write_str(schema["x-name"].str()),
            Type::Object(_) | Type::Resource(_) | Type::Native(_) => f.write_str("object"),
            Type::Variables(_) => f.write_str("kubernetes.variables"),
            Type::Message(name) => f.write_str(name),
            Type::Opaque(name) => f.write_str(name),
            Type::Type(inner) => write!(f, "type({inner})"),
        }
    }
}
