//! Field errors: what is wrong with which field (`apimachinery/pkg/util/validation/field`).

use super::Cause;
use crate::json::{Json, Str};
use std::fmt;

/// The path to a field: `spec.template.spec.containers[0].image`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Path(String);

impl Path {
    /// A path of one field.
    pub fn new(field: &str) -> Path {
        Path(field.into())
    }
    /// A field below.
    #[must_use]
    pub fn child(&self, field: &str) -> Path {
        if self.0.is_empty() { Path(field.into()) } else { Path(format!("{}.{field}", self.0)) }
    }
    /// An element of the list.
    #[must_use]
    pub fn index(&self, i: usize) -> Path {
        Path(format!("{}[{i}]", self.0))
    }
    /// An entry of the map.
    #[must_use]
    pub fn key(&self, key: &str) -> Path {
        Path(format!("{}[{key}]", self.0))
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What is wrong (`field.ErrorType`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorType {
    /// `Not found`
    NotFound,
    /// `Required value`
    Required,
    /// `Duplicate value`
    Duplicate,
    /// `Invalid value`
    Invalid,
    /// `Unsupported value`
    NotSupported,
    /// `Forbidden`
    Forbidden,
    /// `Too long`
    TooLong,
    /// `Too many`
    TooMany,
    /// `Internal error`
    Internal,
    /// `Invalid value` for a value of a wrong type
    TypeInvalid,
}

/// One field's error.
#[derive(Clone, Debug, PartialEq)]
pub struct Error {
    /// What.
    pub kind: ErrorType,
    /// Where.
    pub path: Path,
    /// The value as the message shows it (JSON for structs, quoted for strings); `None` where it shows none.
    pub value: Option<Str>,
    /// The rest of the sentence.
    pub detail: Str,
}

impl Error {
    fn new(kind: ErrorType, path: &Path, value: Option<Str>, detail: impl Into<Str>) -> Error {
        Error { kind, path: path.clone(), value, detail: detail.into() }
    }
    /// `path: Required value: detail`
    pub fn required(path: &Path, detail: impl Into<Str>) -> Error {
        Error::new(ErrorType::Required, path, None, detail)
    }
    /// `path: Invalid value: value: detail`
    pub fn invalid(path: &Path, value: impl Into<Json>, detail: impl Into<Str>) -> Error {
        Error::new(ErrorType::Invalid, path, Some(shown(&value.into())), detail)
    }
    /// `path: Invalid value: detail`, for the few that show no value (or one that is not the field's JSON).
    pub fn invalid_shown(path: &Path, value: Option<&str>, detail: impl Into<Str>) -> Error {
        Error::new(ErrorType::Invalid, path, value.map(Str::from), detail)
    }
    /// `path: Invalid value: value: detail`, for a value of a wrong type
    pub fn type_invalid(path: &Path, value: impl Into<Json>, detail: impl Into<Str>) -> Error {
        Error::new(ErrorType::TypeInvalid, path, Some(shown(&value.into())), detail)
    }
    /// `path: Forbidden: detail`
    pub fn forbidden(path: &Path, detail: impl Into<Str>) -> Error {
        Error::new(ErrorType::Forbidden, path, None, detail)
    }
    /// `path: Duplicate value: value`
    pub fn duplicate(path: &Path, value: impl Into<Json>) -> Error {
        Error::new(ErrorType::Duplicate, path, Some(shown(&value.into())), "")
    }
    /// `path: Not found: value`
    pub fn not_found(path: &Path, value: impl Into<Json>) -> Error {
        Error::new(ErrorType::NotFound, path, Some(shown(&value.into())), "")
    }
    /// `path: Unsupported value: value: supported values: "A", "B"`; the values are shown in the given order.
    pub fn not_supported(path: &Path, value: impl Into<Json>, supported: &[&str]) -> Error {
        let list: Vec<String> = supported.iter().map(|s| format!("{s:?}")).collect();
        let detail = format!("supported values: {}", list.join(", "));
        Error::new(ErrorType::NotSupported, path, Some(shown(&value.into())), detail)
    }
    /// `path: Too long: detail`
    pub fn too_long(path: &Path, max: usize) -> Error {
        Error::new(ErrorType::TooLong, path, None, format!("may not be more than {max} bytes"))
    }
    /// `path: Too many: n: must have at most max items`
    pub fn too_many(path: &Path, actual: usize, max: usize) -> Error {
        let detail = format!("must have at most {max} items");
        Error::new(ErrorType::TooMany, path, Some(actual.to_string().into()), detail)
    }

    /// The part after the path.
    pub fn body(&self) -> String {
        let word = match self.kind {
            ErrorType::NotFound => "Not found",
            ErrorType::Required => "Required value",
            ErrorType::Duplicate => "Duplicate value",
            ErrorType::Invalid | ErrorType::TypeInvalid => "Invalid value",
            ErrorType::NotSupported => "Unsupported value",
            ErrorType::Forbidden => "Forbidden",
            ErrorType::TooLong => "Too long",
            ErrorType::TooMany => "Too many",
            ErrorType::Internal => "Internal error",
        };
        let mut text = String::from(word);
        if let Some(value) = &self.value {
            text.push_str(": ");
            text.push_str(value);
        }
        if !self.detail.is_empty() {
            text.push_str(": ");
            text.push_str(&self.detail);
        }
        text
    }

    /// The cause that a `Status` carries for it.
    pub fn cause(&self) -> Cause {
        let reason = match self.kind {
            ErrorType::NotFound => "FieldValueNotFound",
            ErrorType::Required => "FieldValueRequired",
            ErrorType::Duplicate => "FieldValueDuplicate",
            ErrorType::Invalid => "FieldValueInvalid",
            ErrorType::NotSupported => "FieldValueNotSupported",
            ErrorType::Forbidden => "FieldValueForbidden",
            ErrorType::TooLong => "FieldValueTooLong",
            ErrorType::TooMany => "FieldValueTooMany",
            ErrorType::Internal => "InternalError",
            ErrorType::TypeInvalid => "FieldValueTypeInvalid",
        };
        Cause { reason: Str::fixed(reason), message: self.body().into(), field: self.path.to_string().into() }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path, self.body())
    }
}

/// A value as Go's `%#v`-like formatting of the field package shows it.
fn shown(value: &Json) -> Str {
    match value {
        Json::Str(s) => format!("{:?}", s.as_str()).into(),
        other => other.to_string().into(),
    }
}
