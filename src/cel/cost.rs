//! What an expression costs (`cel-go/checker/cost.go`, `interpreter/runtimecost.go`, `apiserver/pkg/cel/library/cost.go`): one table
//! for the estimate before a rule is accepted, where sizes are ranges, and for the account while it runs, where they are known.
//!
//! One unit is about 50 ns of a real server.

use super::types::{Type, escape};
use super::value::Value;
use crate::json::Json;

/// The least and the most of a size or a cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range {
    pub min: u64,
    pub max: u64,
}

/// Nothing is known.
pub const UNKNOWN: Range = Range { min: 0, max: u64::MAX };
/// What a name or a field costs, and the least of everything else.
pub const ONE: Range = Range::of(1);
pub const NOTHING: Range = Range::of(0);
pub const NEW_LIST: Range = Range::of(10);
pub const NEW_MAP: Range = Range::of(30);
pub const NEW_STRUCT: Range = Range::of(40);
/// For one character that is looked at.
const CHARACTER: f64 = 0.1;
/// For one character of a regular expression.
const PATTERN: f64 = 0.25;
/// An expression may ask the authorizer twice.
const CHECK: u64 = 350_000;

impl Range {
    pub const fn of(exactly: u64) -> Range {
        Range { min: exactly, max: exactly }
    }

    pub const fn up_to(max: u64) -> Range {
        Range { min: 0, max }
    }

    pub fn plus(self, other: Range) -> Range {
        Range { min: self.min.saturating_add(other.min), max: self.max.saturating_add(other.max) }
    }

    pub fn times(self, other: Range) -> Range {
        Range { min: self.min.saturating_mul(other.min), max: self.max.saturating_mul(other.max) }
    }

    /// Rounded up.
    pub fn scaled(self, factor: f64) -> Range {
        let scale = |n: u64| (n as f64 * factor).ceil() as u64;
        Range { min: scale(self.min), max: scale(self.max) }
    }

    /// Either.
    pub fn or(self, other: Range) -> Range {
        Range { min: self.min.min(other.min), max: self.max.max(other.max) }
    }
}

/// What an argument is, as far as that makes a difference.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Text,
    List,
    Map,
    /// Of the libraries' own types.
    Opaque,
    Dyn,
    Other,
}

impl Kind {
    pub fn of(ty: &Type) -> Kind {
        match ty {
            Type::Str | Type::Bytes => Kind::Text,
            Type::List(_) => Kind::List,
            Type::Map(..) => Kind::Map,
            Type::Opaque(_) => Kind::Opaque,
            Type::Dyn => Kind::Dyn,
            _ => Kind::Other,
        }
    }

    pub fn of_value(value: &Value) -> Kind {
        match value {
            Value::Str(_) | Value::Bytes(_) => Kind::Text,
            Value::List(_) => Kind::List,
            Value::Map(_) | Value::Object(..) => Kind::Map,
            Value::Quantity(_) | Value::Opaque(..) => Kind::Opaque,
            _ => Kind::Other,
        }
    }
}

/// An argument of a call.
#[derive(Clone, Copy)]
pub struct Arg {
    pub kind: Kind,
    pub size: Range,
    /// Of a list, what comparing with one element costs.
    pub element: Range,
}

impl Arg {
    /// A value that is there.
    pub fn of_value(value: &Value) -> Arg {
        let element = match value {
            Value::List(items) => match items.first() {
                Some(Value::Str(text)) => Range::of(text.len() as u64).scaled(CHARACTER),
                _ => ONE,
            },
            _ => ONE,
        };
        Arg { kind: Kind::of_value(value), size: Range::of(value.size()), element }
    }
}

/// What comparing with a text of a size costs.
pub fn comparison(element: &Type, size: Range) -> Range {
    if Kind::of(element) == Kind::Text { ONE.plus(size.scaled(CHARACTER)) } else { ONE }
}

/// What a call costs by itself, and how large its result is where that can be told. `running`: not an estimate.
pub fn call(name: &str, args: &[Arg], running: bool) -> (Range, Option<Range>) {
    let none = Arg { kind: Kind::Other, size: UNKNOWN, element: ONE };
    let arg = |i: usize| args.get(i).copied().unwrap_or(none);
    let (a, b) = (arg(0), arg(1));
    let text = |arg: Arg| matches!(arg.kind, Kind::Text | Kind::Dyn);
    let matching = || a.size.plus(ONE).scaled(CHARACTER).times(b.size.scaled(PATTERN));
    let (cost, size) = match name {
        "check" => (Range::of(CHECK), None),
        "fieldSelector" | "labelSelector" => {
            let requirements = b.size.scaled(0.5).times(Range::of(50));
            (NEW_LIST.plus(b.size.scaled(CHARACTER)).plus(requirements), None)
        }
        "isSorted" | "sum" | "max" | "min" | "indexOf" | "lastIndexOf" | "includes" => match a.kind {
            Kind::List => (a.size.times(a.element), None),
            _ => (a.size.scaled(CHARACTER), None),
        },
        "url" | "lowerAscii" | "upperAscii" | "substring" | "trim" | "jsonpatch.escapeKey" => {
            (a.size.scaled(CHARACTER), Some(a.size))
        }
        "cidr" | "isIP" | "isCIDR" | "quantity" | "isQuantity" | "semver" | "isSemver" => {
            (a.size.scaled(CHARACTER), None)
        }
        "ip" if text(a) => (a.size.scaled(CHARACTER), None),
        "ip.isCanonical" => (a.size.scaled(2.0 * CHARACTER), None),
        "replace" => (a.size.scaled(2.0 * CHARACTER), Some(replaced(a.size, b.size, arg(2).size))),
        "split" => (a.size.scaled(2.0 * CHARACTER), Some(Range::up_to(a.size.max))),
        "join" => {
            let between = Range { min: a.size.min.saturating_sub(1), max: a.size.max.saturating_sub(1) };
            let separators = if args.len() > 1 { b.size.times(between) } else { NOTHING };
            let whole = a.size.times(a.element).plus(separators);
            (whole.scaled(if running { 2.0 * CHARACTER } else { CHARACTER }), Some(whole))
        }
        "find" | "findAll" => (matching(), Some(Range::up_to(a.size.max))),
        "matches" => (matching(), None),
        "contains" => (a.size.scaled(CHARACTER).times(b.size.scaled(CHARACTER)), None),
        "startsWith" | "endsWith" => (if running { a.size } else { b.size }.scaled(CHARACTER), None),
        "containsIP" | "containsCIDR" => {
            let network = Range { min: 4, max: 16 };
            let masked = network.scaled(CHARACTER).plus(ONE);
            let more = if name == "containsCIDR" { masked } else { NOTHING };
            let parsed = if text(b) { b.size.scaled(CHARACTER) } else { NOTHING };
            (network.plus(network).scaled(CHARACTER).plus(more).plus(parsed), None)
        }
        "validate" => (b.size.scaled(CHARACTER).scaled(32.0), None),
        "format" => (a.size.scaled(CHARACTER), None),
        "bytes" if text(a) => {
            (a.size.scaled(CHARACTER), Some(Range { max: a.size.max.saturating_mul(4), ..a.size }))
        }
        "strings.quote" => {
            let most = a.size.max.saturating_mul(2).saturating_add(2);
            (a.size.scaled(CHARACTER), Some(Range { min: a.size.min.saturating_add(2), max: most }))
        }
        "@in" if matches!(b.kind, Kind::List | Kind::Dyn) => (b.size, None),
        "_+_" => {
            let whole = a.size.plus(b.size);
            let either = |kind: Kind| a.kind == kind || b.kind == kind;
            if either(Kind::Text) {
                (whole.scaled(CHARACTER), Some(whole))
            } else if either(Kind::Dyn) {
                (whole.scaled(CHARACTER).or(ONE), Some(whole))
            } else {
                (ONE, either(Kind::List).then_some(whole))
            }
        }
        "_==_" | "_!=_" if a.kind == Kind::Opaque => (ONE, None),
        "_==_" | "_!=_" => (compared(a.size, b.size, running), None),
        "_<_" | "_<=_" | "_>_" | "_>=_" if text(a) || text(b) => (compared(a.size, b.size, running), None),
        _ => (ONE, None),
    };
    (cost, size)
}

/// The shorter one is looked through.
fn compared(a: Range, b: Range, running: bool) -> Range {
    let most = a.max.min(b.max);
    let least = if running { a.min.min(b.min) } else { u64::from(most > 0) };
    Range { min: least, max: most }.scaled(CHARACTER)
}

/// How long a text is after a replacement.
fn replaced(text: Range, old: Range, new: Range) -> Range {
    let count = |n: u64, by: u64| (n as f64 / by as f64).ceil() as u64;
    let (most, kept) = match old.min {
        0 => (text.max.saturating_add(1), text.max),
        least if new.max <= least => (0, text.max),
        least => (count(text.max, least), 0),
    };
    let (fewest, left) = match old.max {
        0 => (text.min.saturating_add(1), text.min),
        longest if longest <= new.min => (0, text.min),
        longest => (count(text.min, longest), 0),
    };
    let times = Range { min: fewest, max: most };
    times.times(new).plus(Range { min: left, max: kept })
}

/// The largest request that a server takes.
pub const LARGEST_REQUEST: u64 = 3 * 1024 * 1024;

/// How many elements or characters a value of a structural schema can have (`DeclType.MaxElements`).
pub fn most_elements(schema: &Json) -> u64 {
    let said = |key: &str| schema[key].as_i64().map(|n| u64::try_from(n).unwrap_or(0));
    let text = || said("maxLength").map(|most| most.saturating_mul(4));
    if schema["x-kubernetes-int-or-string"].as_bool() == Some(true) {
        return text().unwrap_or(LARGEST_REQUEST - 2);
    }
    match schema["type"].str() {
        "array" => {
            said("maxItems").unwrap_or_else(|| (LARGEST_REQUEST - 2) / (least_bytes(&schema["items"]) + 1))
        }
        "object" if matches!(schema["additionalProperties"], Json::Object(_)) => said("maxProperties")
            .unwrap_or_else(|| (LARGEST_REQUEST - 2) / (least_bytes(&schema["additionalProperties"]) + 6)),
        "string" => match schema["format"].str() {
            "byte" => said("maxLength").unwrap_or(LARGEST_REQUEST - 2),
            "duration" | "date-time" => 32,
            "date" => 12,
            _ => text().unwrap_or_else(|| match schema["enum"].items() {
                [] => LARGEST_REQUEST - 2,
                words => words.iter().map(|word| word.str().len() as u64).max().unwrap_or(0),
            }),
        },
        _ => 0,
    }
}

/// How many bytes the shortest value of a schema has as JSON (`DeclType.MinSerializedSize`).
pub fn least_bytes(schema: &Json) -> u64 {
    if schema["x-kubernetes-int-or-string"].as_bool() == Some(true) {
        return 1;
    }
    match schema["type"].str() {
        "object" if matches!(schema["additionalProperties"], Json::Object(_)) => 2,
        "object" => {
            let required = schema["required"].items().iter().filter_map(|name| {
                let field = schema["properties"].get(name.str()).filter(|f| f["default"].is_null())?;
                Type::of_schema(field)?;
                Some(name.str().len() as u64 + least_bytes(field) + 4)
            });
            2 + required.sum::<u64>()
        }
        "string" => match schema["format"].str() {
            "duration" => 3,
            "date" => 12,
            "date-time" => 21,
            _ => 2,
        },
        "boolean" => 4,
        "array" => 2,
        _ => 1,
    }
}

/// Where a value comes from, by which its size can be told (`AstNode.Path`).
#[derive(Clone, Debug)]
pub enum Place {
    /// From no variable.
    Nowhere,
    /// From where a schema describes it.
    At(Json),
    /// From where none does.
    Lost,
}

impl Place {
    /// The place of a part: a field, or `@items`, `@values`, `@keys`. What comes from nowhere counts from the root.
    pub fn part(&self, name: &str, root: &Json) -> Place {
        let schema = match self {
            Place::Nowhere => return Place::At(root.clone()),
            Place::Lost => return Place::Lost,
            Place::At(schema) => schema,
        };
        let found = match name {
            "@items" => schema.get("items"),
            "@values" => schema.get("additionalProperties").filter(|a| matches!(a, Json::Object(_))),
            "@keys" if matches!(schema["additionalProperties"], Json::Object(_)) => {
                return Place::At(Json::object());
            }
            _ => {
                let own = super::types::unescape(name);
                let known = escape(&own).as_deref() == Some(name);
                schema["properties"].get(&own).filter(|_| known)
            }
        };
        let text = || crate::json!({ "type": "string" });
        match found {
            Some(found) => Place::At(found.clone()),
            // Every whole object has these.
            None if name == "metadata" => Place::At(crate::json!({ "type": "object" })),
            None if matches!(name, "apiVersion" | "kind" | "name" | "generateName") => Place::At(text()),
            None => Place::Lost,
        }
    }

    /// How large what comes from there can be.
    pub fn size(&self) -> Option<Range> {
        match self {
            Place::At(schema) => Some(Range::up_to(most_elements(schema))),
            Place::Nowhere | Place::Lost => None,
        }
    }
}
