//! Decoding: from any JSON to an object of its schema, as Go's strict decoder leaves it.
//!
//! Unknown fields are found, wrong types refused in Go's words, zero values that Go would not write are dropped,
//! schema defaults filled in, quantities and times rewritten canonically. Parts that are the very same memory as the
//! stored object (`known`) were decoded before and are taken as they are, so that writing a status costs what changed.

use crate::api::base64;
use crate::api::quantity::{self, Quantity};
use crate::api::schema::{self, Field, Form, Shape, Special, Type, TypeId};
use crate::collections::sort_by;
use crate::json::{Json, Object, Str, parse};
use crate::sim::Time;

/// What decoding found besides the object.
#[derive(Debug, Default)]
pub struct Findings {
    /// The paths of unknown fields.
    pub unknown: Vec<String>,
}

/// Why a tree is not an object of its type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// What Go's JSON decoder says, of an object that came whole.
    pub message: String,
    /// What the converter says that the server uses on the result of a strategic merge.
    pub conversion: String,
}

impl From<String> for Mistake {
    fn from(message: String) -> Mistake {
        Mistake { conversion: message.clone(), message }
    }
}

/// Decodes an object of a type.
pub fn decode(ty: TypeId, json: &Json, known: &Json) -> Result<(Json, Findings), Mistake> {
    decode_with(ty, json, known, false)
}

/// Decodes what a strategic merge made: by the converter, which cuts numbers to the size of their field.
pub fn convert(ty: TypeId, json: &Json, known: &Json) -> Result<(Json, Findings), Mistake> {
    decode_with(ty, json, known, true)
}

fn decode_with(ty: TypeId, json: &Json, known: &Json, cuts: bool) -> Result<(Json, Findings), Mistake> {
    let mut decoder = Decoder { findings: Findings::default(), path: Vec::new(), cuts };
    let object = decoder.structure(ty.get(), json, known)?;
    sort_by(&mut decoder.findings.unknown, Ord::cmp);
    Ok((object, decoder.findings))
}

struct Decoder {
    findings: Findings,
    path: Vec<Part>,
    /// Whether numbers are cut to the size of their field.
    cuts: bool,
}

enum Part {
    Field(&'static str),
    Index(usize),
    Key(Str),
}

/// Where a value stands: the struct that a type error names.
#[derive(Clone, Copy)]
struct Place {
    owner: &'static str,
}

impl Decoder {
    fn structure(&mut self, ty: &'static Type, json: &Json, known: &Json) -> Result<Json, Mistake> {
        let mut out: Vec<(Str, Json)> = Vec::with_capacity(json.entries().len());
        for (key, value) in json.entries() {
            let Some(field) = ty.field(key) else {
                self.unknown(key);
                continue;
            };
            let before = &known[field.name];
            if !before.is_null() && value.same(before) && is_shared(value) {
                out.push((Str::fixed(field.name), value.clone()));
                continue;
            }
            if value.is_null() {
                continue;
            }
            self.path.push(Part::Field(field.name));
            // Schema or something else: only the first has fields.
            let inner = ty.name == "JSONSchemaProps" && SCHEMAS.contains(&field.name);
            let decoded = if inner && matches!(value, Json::Object(_)) {
                self.structure(ty, value, before)?
            } else {
                self.value(&field.shape, value, before, Place { owner: ty.name })?
            };
            self.path.pop();
            if !omitted(field, &decoded) {
                out.push((Str::fixed(field.name), decoded));
            }
        }
        Ok(with_defaults(ty, out.into_iter().collect()))
    }

    fn value(
        &mut self,
        shape: &'static Shape,
        json: &Json,
        known: &Json,
        place: Place,
    ) -> Result<Json, Mistake> {
        let wrong = |decoder: &Decoder| Err(decoder.wrong_type(shape, json, place));
        match (shape, json) {
            (Shape::Str | Shape::Bytes, Json::Str(s)) => {
                if matches!(shape, Shape::Bytes)
                    && let Some(at) = base64::invalid(s)
                {
                    return Err(format!("illegal base64 data at input byte {at}").into());
                }
                // Line breaks in base64 mean nothing, and are not kept.
                if matches!(shape, Shape::Bytes) && s.contains(['\n', '\r']) {
                    return Ok(s.replace(['\n', '\r'], "").into());
                }
                Ok(json.clone())
            }
            (Shape::Bool, Json::Bool(_)) | (Shape::Int64, Json::Int(_)) => Ok(json.clone()),
            (Shape::Int32, Json::Int(i)) if i32::try_from(*i).is_ok() => Ok(json.clone()),
            (Shape::Float, Json::Int(_) | Json::Float(_)) => Ok(json.clone()),
            (Shape::Int32, Json::Int(i)) if self.cuts => Ok(i64::from(*i as i32).into()),
            (Shape::Int32, Json::Float(f)) if self.cuts && f.trunc() == *f => {
                Ok(i64::from(*f as i64 as i32).into())
            }
            (Shape::Int64, Json::Float(f)) if self.cuts && f.trunc() == *f => Ok((*f as i64).into()),
            (Shape::List(item), Json::Array(items)) => {
                let mut out = Vec::with_capacity(items.len());
                for (i, element) in items.iter().enumerate() {
                    let before = &known[i];
                    if is_shared(element) && element.same(before) {
                        out.push(element.clone());
                        continue;
                    }
                    self.path.push(Part::Index(i));
                    out.push(match element {
                        Json::Null => zero(item),
                        _ => self.value(item, element, before, place)?,
                    });
                    self.path.pop();
                }
                Ok(out.into())
            }
            (Shape::Map(item), Json::Object(entries)) => {
                let mut out = Vec::with_capacity(entries.len());
                for (key, element) in entries.entries() {
                    if element.is_null() && matches!(item, Shape::Str) {
                        continue;
                    }
                    self.path.push(Part::Key(key.clone()));
                    let mut decoded = match element {
                        Json::Null => zero(item),
                        _ => self.value(item, element, &known[key.as_str()], place)?,
                    };
                    if matches!(item, Shape::Ref(id) if id.get().special == Some(Special::Quantity)) {
                        decoded = in_milli(decoded);
                    }
                    out.push((key.clone(), decoded));
                    self.path.pop();
                }
                Ok(Json::Object(out.into_iter().collect()))
            }
            (Shape::Ref(id), _) => {
                let ty = id.get();
                match (ty.special, json) {
                    (None, Json::Object(_)) => self.structure(ty, json, known),
                    (None, _) => wrong(self),
                    (Some(special), _) => self.special(special, shape, json, place),
                }
            }
            _ => wrong(self),
        }
    }

    fn special(
        &self,
        special: Special,
        shape: &'static Shape,
        json: &Json,
        place: Place,
    ) -> Result<Json, Mistake> {
        match (special, json) {
            (Special::Any, _) => Ok(json.clone()),
            (Special::Quantity, Json::Str(_) | Json::Int(_) | Json::Float(_)) => {
                let text = match json {
                    Json::Str(s) => s.to_string(),
                    other => other.to_string(),
                };
                match Quantity::parse(&text) {
                    Some(quantity) => {
                        let canonical = quantity.to_string();
                        Ok(if json.str() == canonical { json.clone() } else { canonical.into() })
                    }
                    None => Err(quantity::RULE.to_string().into()),
                }
            }
            (Special::Quantity, _) => Err(quantity::RULE.to_string().into()),
            (Special::Time | Special::MicroTime, Json::Str(s)) => match Time::parse(s) {
                // The clock ends in 2262; later years stay as they are written.
                Some(Time(i64::MAX | i64::MIN)) => Ok(json.clone()),
                Some(time) => {
                    let text = if special == Special::Time { time.rfc3339() } else { time.rfc3339_micro() };
                    Ok(if **s == *text { json.clone() } else { text.into() })
                }
                None => Err(format!(
                    "parsing time {:?} as {:?}: cannot parse {:?} as {:?}",
                    s.as_str(),
                    "2006-01-02T15:04:05Z07:00",
                    s.as_str(),
                    "2006"
                )
                .into()),
            },
            (Special::IntOrString, Json::Str(_)) => Ok(json.clone()),
            (Special::IntOrString, Json::Int(i)) if i32::try_from(*i).is_ok() => Ok(json.clone()),
            // Go decodes these by themselves, so the place is unknown to it.
            (Special::IntOrString, Json::Array(_) | Json::Object(_)) => {
                let found = json.go_kind();
                Err(format!("json: cannot unmarshal {found} into Go value of type int32").into())
            }
            _ => Err(self.wrong_type(shape, json, place)),
        }
    }

    fn unknown(&mut self, key: &str) {
        let mut path = String::new();
        for part in &self.path {
            match part {
                Part::Index(i) => path.push_str(&format!("[{i}]")),
                Part::Field(name) => join(&mut path, name),
                Part::Key(name) => join(&mut path, name),
            }
        }
        join(&mut path, key);
        self.findings.unknown.push(path);
    }

    /// Go names the last struct, and the path without indexes and map keys.
    fn wrong_type(&self, shape: &Shape, json: &Json, place: Place) -> Mistake {
        let found = match json {
            Json::Null => "null",
            Json::Bool(_) => "bool",
            Json::Int(_) | Json::Float(_) => "number",
            Json::Str(_) => "string",
            Json::Array(_) => "array",
            Json::Object(_) => "object",
        };
        let number_detail = match (shape, json) {
            (Shape::Int32 | Shape::Int64 | Shape::Ref(_), Json::Int(_) | Json::Float(_)) if !matches!(shape, Shape::Ref(id) if id.get().special != Some(Special::IntOrString)) =>
            {
                format!("{found} {json}")
            }
            _ => found.to_string(),
        };
        let mut path = String::new();
        for part in &self.path {
            if let Part::Field(name) = part {
                join(&mut path, name);
            }
        }
        let named = match self.path.last() {
            Some(Part::Field(field)) => schema::go_type(place.owner, field).map(named_type),
            // In a list, of each element: `[]v1.PolicyType`.
            _ => schema::go_type(place.owner, self.last_field())
                .and_then(|name| name.strip_prefix("[]"))
                .map(named_type),
        };
        let listed = |name: &str| {
            if matches!(shape, Shape::List(_)) && !name.starts_with("[]") {
                format!("[]{name}")
            } else {
                name.into()
            }
        };
        let wanted = named.map_or_else(|| go_type(shape), |name| listed(&name));
        let message = format!(
            "json: cannot unmarshal {number_detail} into Go struct field {}.{path} of type {wanted}",
            place.owner
        );
        let conversion = conversion(shape, json, &wanted);
        Mistake { message, conversion }
    }

    fn last_field(&self) -> &'static str {
        let mut names = self.path.iter().rev().filter_map(|p| match p {
            Part::Field(name) => Some(*name),
            _ => None,
        });
        names.next().unwrap_or("")
    }
}

/// What the converter says of a value that its field cannot hold (`runtime/converter.go`): the kinds are those of Go's
/// reflection, and types with a reader of their own say what that says.
fn conversion(shape: &Shape, json: &Json, wanted: &str) -> String {
    let found = match json {
        Json::Null => "invalid",
        Json::Bool(_) => "bool",
        Json::Int(_) => "int64",
        Json::Float(_) => "float64",
        Json::Str(_) => "string",
        Json::Array(_) => "slice",
        Json::Object(_) => "map",
    };
    let kind = match shape {
        Shape::List(_) | Shape::Bytes => return format!("cannot restore slice from {found}"),
        Shape::Map(_) => return format!("cannot restore map from {found}"),
        Shape::Ref(id) => match id.get().special {
            None | Some(Special::Any) => return format!("cannot restore struct from: {found}"),
            Some(_) => {
                return format!("json: cannot unmarshal {} into Go value of type {wanted}", json.go_kind());
            }
        },
        Shape::Str => "string",
        Shape::Bool => "bool",
        Shape::Int32 => "int32",
        Shape::Int64 => "int64",
        Shape::Float => "float64",
    };
    match (shape, json) {
        (Shape::Str, Json::Int(_)) | (Shape::Int32 | Shape::Int64, Json::Float(_)) => {
            format!("cannot convert {found} to {wanted}")
        }
        _ => format!("unrecognized type: {kind}"),
    }
}

fn join(path: &mut String, name: &str) {
    if !path.is_empty() {
        path.push('.');
    }
    path.push_str(name);
}

fn is_shared(json: &Json) -> bool {
    matches!(json, Json::Array(_) | Json::Object(_))
}

/// Amounts in a list of resources are rounded up to thousandths (`SetDefaults_ResourceList`).
fn in_milli(amount: Json) -> Json {
    match Quantity::parse(amount.str()) {
        Some(exact) if exact.nano() % 1_000_000 != 0 => {
            Quantity::from_milli(exact.milli()).to_string().into()
        }
        _ => amount,
    }
}

fn zero(shape: &Shape) -> Json {
    match shape {
        Shape::Str | Shape::Bytes => "".into(),
        Shape::Bool => false.into(),
        Shape::Int32 | Shape::Int64 | Shape::Float => 0.into(),
        Shape::Ref(id) if id.get().special == Some(Special::Quantity) => "0".into(),
        Shape::Ref(_) | Shape::Map(_) => Json::object(),
        Shape::List(_) => Json::Array(Default::default()),
    }
}

/// A named type with its package.
fn named_type(name: &str) -> String {
    if name.contains('.') { name.into() } else { format!("v1.{name}") }
}

fn go_type(shape: &Shape) -> String {
    match shape {
        Shape::Str => "string".into(),
        Shape::Bytes => "[]uint8".into(),
        Shape::Bool => "bool".into(),
        Shape::Int32 => "int32".into(),
        Shape::Int64 => "int64".into(),
        Shape::Float => "float64".into(),
        Shape::Ref(id) => match id.get().special {
            Some(Special::IntOrString) => "int32".into(),
            Some(Special::Quantity) => "resource.Quantity".into(),
            Some(Special::Time | Special::MicroTime) => "string".into(),
            _ => {
                let package = if schema::V2.contains(&id.0) { "v2" } else { "v1" };
                format!("{package}.{}", id.get().name)
            }
        },
        Shape::List(item) => format!("[]{}", go_type(item)),
        Shape::Map(Shape::Ref(id)) if id.get().special == Some(Special::Quantity) => "v1.ResourceList".into(),
        Shape::Map(item) => format!("map[string]{}", go_type(item)),
    }
}

/// Whether Go's encoder would leave the value out.
fn omitted(field: &Field, value: &Json) -> bool {
    if matches!(field.shape, Shape::Ref(id) if id.get().special == Some(Special::Any)) {
        return false;
    }
    match value {
        Json::Str(s) => {
            s.is_empty() && !field.required && field.more.default.is_none() && field.form != Form::Pointer
        }
        Json::Array(_) => value.is_empty() && !field.required && field.form != Form::Null,
        Json::Object(_) => {
            value.is_empty()
                && matches!(field.shape, Shape::Map(_))
                && !field.required
                && field.form != Form::Null
        }
        Json::Int(0) | Json::Bool(false) => {
            let said = field.more.default.is_some_and(|default| !is_zero(default));
            !field.required && !said && field.form == Form::ZeroOmitted
        }
        _ => false,
    }
}

/// The fields of a schema that hold a schema, or a boolean or a list.
const SCHEMAS: [&str; 3] = ["additionalItems", "additionalProperties", "items"];

/// Whether a default says no more than Go does without it.
fn is_zero(default: &str) -> bool {
    matches!(default, "0" | "false")
}

fn default_of(field: &Field, text: &'static str) -> Option<Json> {
    if is_zero(text) && !field.required && field.form == Form::ZeroOmitted {
        return None;
    }
    Some(match text {
        "{}" => match &field.shape {
            Shape::Ref(id) => with_defaults(id.get(), Object::new()),
            _ => Json::object(),
        },
        "0" => 0.into(),
        "false" => false.into(),
        "\"\"" => {
            if !field.required && !field.name.starts_with("reporting") {
                return None;
            }
            "".into()
        }
        other => parse(other).unwrap_or_default(),
    })
}

/// What a field of a type holds where nothing was said: the defaults of the struct that it is.
pub fn defaults_of(ty: Option<TypeId>, field: &str) -> Json {
    let found = ty.and_then(|ty| ty.get().field(field));
    found.and_then(|f| default_of(f, f.more.default?)).unwrap_or_else(Json::object)
}

/// A struct with what its fields hold where nothing was said.
fn with_defaults(ty: &'static Type, mut object: Object) -> Json {
    for field in ty.fields {
        if object.get(field.name).is_some() {
            continue;
        }
        let default = field.more.default.and_then(|default| default_of(field, default));
        if let Some(value) = default.or((field.form == Form::Null).then_some(Json::Null)) {
            object.insert(Str::fixed(field.name), value);
        }
    }
    Json::Object(object)
}
