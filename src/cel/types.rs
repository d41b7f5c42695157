//! [`Type`]: what an expression may evaluate to.

use crate::json::Json;
use std::fmt;

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
    /// A type of one of the libraries: `kubernetes.Quantity`, `net.IP`, …
    Opaque(&'static str),
    /// A type itself.
    Type,
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

    /// The type of a field; `None`: there is no such field.
    pub fn field(&self, name: &str) -> Option<Type> {
        match self {
            Type::Dyn => Some(Type::Dyn),
            Type::Map(_, value) => Some((**value).clone()),
            Type::Object(schema) => Type::of_schema(schema["properties"].get(&unescape(name))?),
            Type::Resource(schema) => match name {
                "apiVersion" | "kind" => Some(Type::Str),
                "metadata" => Some(Type::Object(crate::json!({
                    "type": "object",
                    "properties": { "name": { "type": "string" }, "generateName": { "type": "string" } },
                }))),
                _ => Type::of_schema(schema["properties"].get(&unescape(name))?),
            },
            Type::Optional(inner) => inner.field(name).map(|ty| Type::Optional(Box::new(ty))),
            _ => None,
        }
    }

    /// Whether a value of one type can stand where the other is wanted.
    pub fn fits(&self, wanted: &Type) -> bool {
        match (self, wanted) {
            (Type::Dyn, _) | (_, Type::Dyn) => true,
            (Type::Null, Type::Object(_) | Type::Resource(_) | Type::Timestamp | Type::Duration) => true,
            (Type::List(a), Type::List(b)) | (Type::Optional(a), Type::Optional(b)) => a.fits(b),
            (Type::Map(a, x), Type::Map(b, y)) => a.fits(b) && x.fits(y),
            (Type::Object(_) | Type::Resource(_), Type::Object(_) | Type::Resource(_)) => true,
            _ => self == wanted,
        }
    }

    /// Whether it is a number of any kind.
    pub fn is_number(&self) -> bool {
        matches!(self, Type::Int | Type::Uint | Type::Double)
    }

    /// Whether only evaluation tells.
    pub fn is_dyn(&self) -> bool {
        matches!(self, Type::Dyn)
    }
}

/// A field's name as its author wrote it, from the name that an expression must use for it.
pub fn unescape(name: &str) -> String {
    if !name.contains("__") {
        return name.to_string();
    }
    let inner = name.strip_prefix("__").and_then(|rest| rest.strip_suffix("__"));
    const WORDS: [&str; 20] = [
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
    ];
    if let Some(word) = inner.filter(|word| WORDS.contains(word) || *word == "while") {
        return word.to_string();
    }
    let dots = name.replace("__dot__", ".").replace("__dash__", "-").replace("__slash__", "/");
    dots.replace("__underscores__", "__")
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
            Type::Object(_) | Type::Resource(_) => f.write_str("object"),
            Type::Opaque(name) => f.write_str(name),
            Type::Type => f.write_str("type"),
        }
    }
}
