//! The functions: their signatures, by which expressions are checked, and what they do.

use super::calendar;
use super::eval::Evaluated;
use super::strings;
use super::types::Type;
use super::value::{Value, duration};
use crate::api::quantity::Quantity;
use crate::regex::Regex;
use crate::sim::Time;
use std::cmp::Ordering;
use std::sync::Arc;

/// What a function takes and gives. Of a member, the first letter is what it is called on.
///
/// Letters: `b`ool, `i`nt, `u`int, `d`ouble, `s`tring, b`y`tes, `t`imestamp, duration `D`, `L`ist, list of strings `S`, `M`ap,
/// `O`ptional, `Q`uantity, `T`ype, `?` anything, `e` the element of the first list, `*` the same as the first.
pub struct Signature {
    pub name: &'static str,
    member: bool,
    takes: &'static str,
    gives: char,
}

const fn member(name: &'static str, takes: &'static str, gives: char) -> Signature {
    Signature { name, member: true, takes, gives }
}

const fn global(name: &'static str, takes: &'static str, gives: char) -> Signature {
    Signature { name, member: false, takes, gives }
}

#[rustfmt::skip]
pub static SIGNATURES: &[Signature] = &[
    global("size", "s", 'i'), global("size", "y", 'i'), global("size", "L", 'i'), global("size", "M", 'i'),
    member("size", "s", 'i'), member("size", "y", 'i'), member("size", "L", 'i'), member("size", "M", 'i'),
    member("contains", "ss", 'b'), member("startsWith", "ss", 'b'), member("endsWith", "ss", 'b'),
    member("matches", "ss", 'b'), global("matches", "ss", 'b'),
    member("charAt", "si", 's'), member("indexOf", "ss", 'i'), member("indexOf", "ssi", 'i'),
    member("lastIndexOf", "ss", 'i'), member("lastIndexOf", "ssi", 'i'), member("lowerAscii", "s", 's'),
    member("upperAscii", "s", 's'), member("trim", "s", 's'), member("reverse", "s", 's'),
    member("replace", "sss", 's'), member("replace", "sssi", 's'), member("split", "ss", 'S'),
    member("split", "ssi", 'S'), member("substring", "si", 's'), member("substring", "sii", 's'),
    member("join", "S", 's'), member("join", "Ss", 's'), member("format", "sL", 's'),
    member("find", "ss", 's'), member("findAll", "ss", 'S'), member("findAll", "ssi", 'S'),
    global("strings.quote", "s", 's'),
    global("int", "i", 'i'), global("int", "u", 'i'), global("int", "d", 'i'), global("int", "s", 'i'), global("int", "t", 'i'),
    global("uint", "u", 'u'), global("uint", "i", 'u'), global("uint", "d", 'u'), global("uint", "s", 'u'),
    global("double", "d", 'd'), global("double", "i", 'd'), global("double", "u", 'd'), global("double", "s", 'd'),
    global("string", "s", 's'), global("string", "i", 's'), global("string", "u", 's'), global("string", "d", 's'),
    global("string", "b", 's'), global("string", "y", 's'), global("string", "t", 's'), global("string", "D", 's'),
    global("bool", "b", 'b'), global("bool", "s", 'b'), global("bytes", "y", 'y'), global("bytes", "s", 'y'),
    global("dyn", "?", '?'), global("type", "?", 'T'),
    global("duration", "s", 'D'), global("duration", "D", 'D'),
    global("timestamp", "s", 't'), global("timestamp", "t", 't'), global("timestamp", "i", 't'),
    member("getFullYear", "t", 'i'), member("getMonth", "t", 'i'), member("getDate", "t", 'i'),
    member("getDayOfMonth", "t", 'i'), member("getDayOfWeek", "t", 'i'), member("getDayOfYear", "t", 'i'),
    member("getHours", "t", 'i'), member("getMinutes", "t", 'i'), member("getSeconds", "t", 'i'),
    member("getMilliseconds", "t", 'i'), member("getHours", "D", 'i'), member("getMinutes", "D", 'i'),
    member("getSeconds", "D", 'i'), member("getMilliseconds", "D", 'i'),
    member("isSorted", "L", 'b'), member("sum", "L", 'e'), member("min", "L", 'e'), member("max", "L", 'e'),
    member("indexOf", "L?", 'i'), member("lastIndexOf", "L?", 'i'), member("slice", "Lii", '*'),
    member("distinct", "L", '*'), member("reverse", "L", '*'), member("sort", "L", '*'), member("flatten", "L", 'L'),
    global("lists.range", "i", 'L'),
    global("sets.contains", "LL", 'b'), global("sets.equivalent", "LL", 'b'), global("sets.intersects", "LL", 'b'),
    global("math.abs", "i", 'i'), global("math.abs", "d", 'd'),
    global("math.greatest", "??", '*'), global("math.greatest", "L", 'e'), global("math.greatest", "???", '*'),
    global("math.least", "??", '*'), global("math.least", "L", 'e'), global("math.least", "???", '*'),
    global("quantity", "s", 'Q'), global("isQuantity", "s", 'b'),
    member("isGreaterThan", "QQ", 'b'), member("isLessThan", "QQ", 'b'), member("compareTo", "QQ", 'i'),
    member("add", "QQ", 'Q'), member("add", "Qi", 'Q'), member("sub", "QQ", 'Q'), member("sub", "Qi", 'Q'),
    member("sign", "Q", 'i'), member("isInteger", "Q", 'b'), member("asInteger", "Q", 'i'),
    member("asApproximateFloat", "Q", 'd'),
    global("optional.of", "?", 'O'), global("optional.none", "", 'O'), global("optional.ofNonZeroValue", "?", 'O'),
    member("hasValue", "O", 'b'), member("value", "O", 'e'), member("orValue", "O?", 'e'), member("or", "OO", '*'),
    global("isIP", "s", 'b'), global("isCIDR", "s", 'b'), global("isURL", "s", 'b'),
];

/// The names of functions that stand behind a name and a dot.
pub const NAMESPACES: [&str; 5] = ["sets", "math", "optional", "strings", "lists"];

/// Whether a name is that of a type.
pub fn is_type(name: &str) -> bool {
    matches!(
        name,
        "bool" | "int" | "uint" | "double" | "string" | "bytes" | "list" | "map" | "null_type" | "type"
    )
}

fn of_letter(letter: char) -> Type {
    match letter {
        'b' => Type::Bool,
        'i' => Type::Int,
        'u' => Type::Uint,
        'd' => Type::Double,
        's' => Type::Str,
        'y' => Type::Bytes,
        't' => Type::Timestamp,
        'D' => Type::Duration,
        'L' => Type::List(Box::new(Type::Dyn)),
        'S' => Type::List(Box::new(Type::Str)),
        'M' => Type::Map(Box::new(Type::Dyn), Box::new(Type::Dyn)),
        'O' => Type::Optional(Box::new(Type::Dyn)),
        'Q' => Type::Opaque("kubernetes.Quantity"),
        'T' => Type::Type,
        _ => Type::Dyn,
    }
}

/// What a function gives for arguments of these types; none where it takes no such.
pub fn result(name: &str, on: Option<&Type>, args: &[Type]) -> Option<Type> {
    let all: Vec<&Type> = on.into_iter().chain(args).collect();
    let fits = |signature: &&Signature| {
        signature.name == name
            && signature.member == on.is_some()
            && signature.takes.chars().count() == all.len()
            && signature.takes.chars().zip(&all).all(|(letter, ty)| {
                // Objects are maps to those who only count or look for keys.
                let as_map = letter == 'M' && matches!(ty, Type::Object(_) | Type::Resource(_));
                !as_map && ty.fits(&of_letter(letter))
            })
    };
    let found: Vec<&Signature> = SIGNATURES.iter().filter(fits).collect();
    let first = found.first()?;
    // Of anything, what it gives is known only if all agree.
    if found.iter().any(|other| other.gives != first.gives) {
        return Some(Type::Dyn);
    }
    Some(match (first.gives, all.first()) {
        ('e', Some(Type::List(inner) | Type::Optional(inner))) => (**inner).clone(),
        ('e', _) => Type::Dyn,
        ('*', Some(ty)) => (*ty).clone(),
        ('O', Some(ty)) if on.is_none() => Type::Optional(Box::new((*ty).clone())),
        (letter, _) => of_letter(letter),
    })
}

/// Calls a function.
pub fn call(name: &str, on: Option<&Value>, args: &[Value]) -> Evaluated {
    let all: Vec<Value> = on.into_iter().chain(args).cloned().collect();
    if let Some(value) = strings::call(name, &all) {
        return value;
    }
    let refused = || Err("no such overload".to_string());
    match (name, all.as_slice()) {
        ("size", [Value::Bytes(b)]) => Ok(Value::Int(b.len() as i64)),
        ("size", [value]) => match value.elements() {
            Some(elements) => Ok(Value::Int(elements.len() as i64)),
            None => refused(),
        },
        ("int" | "uint" | "double" | "string" | "bool" | "bytes", [value]) => convert(name, value),
        ("dyn", [value]) => Ok(value.clone()),
        ("type", [value]) => Ok(Value::Type(value.type_name().into())),
        ("duration", [Value::Str(text)]) => {
            let bad = || format!("time: invalid duration {:?}", text.as_str());
            duration(text).map(Value::Duration).ok_or_else(bad)
        }
        ("timestamp", [Value::Str(text)]) => {
            let bad = || format!("parsing time {:?} as \"2006-01-02T15:04:05Z07:00\"", text.as_str());
            Time::parse(text).map(Value::Timestamp).ok_or_else(bad)
        }
        ("timestamp", [Value::Int(seconds)]) => Ok(Value::Timestamp(Time::from_secs(*seconds))),
        ("duration" | "timestamp", [value]) => Ok(value.clone()),
        (name, [Value::Timestamp(_) | Value::Duration(_)]) => {
            calendar::part(name, &all[0]).map_or_else(refused, Ok)
        }
        ("quantity", [Value::Str(text)]) => {
            let bad = || "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";
            Quantity::parse(text).map(Value::Quantity).ok_or_else(|| bad().to_string())
        }
        ("isQuantity", [Value::Str(text)]) => Ok(Value::Bool(Quantity::parse(text).is_some())),
        ("isIP", [Value::Str(text)]) => Ok(Value::Bool(text.parse::<std::net::IpAddr>().is_ok())),
        ("isCIDR", [Value::Str(text)]) => {
            let parts = text
                .split_once('/')
                .and_then(|(ip, n)| Some((ip.parse::<std::net::IpAddr>().ok()?, n.parse::<u8>().ok()?)));
            Ok(Value::Bool(parts.is_some_and(|(ip, n)| n <= if ip.is_ipv4() { 32 } else { 128 })))
        }
        ("isURL", [Value::Str(text)]) => {
            let url = Regex::new(r"^([A-Za-z][A-Za-z0-9+.-]*://[^\s]+|/[^\s]*)$");
            Ok(Value::Bool(url.is_ok_and(|url| url.is_match(text))))
        }
        (_, [Value::Quantity(a), rest @ ..]) => quantity(name, *a, rest).map_or_else(refused, Ok),
        (_, [Value::List(items), rest @ ..]) => list(name, items, rest),
        ("optional.of", [value]) => Ok(Value::Optional(Some(Arc::new(value.clone())))),
        ("optional.none", []) => Ok(Value::Optional(None)),
        ("optional.ofNonZeroValue", [value]) => {
            let zero = match value {
                Value::Null => true,
                Value::Bool(b) => !b,
                Value::Str(s) => s.is_empty(),
                other => other.number() == Some(0.0) || other.elements().is_some_and(|e| e.is_empty()),
            };
            Ok(Value::Optional((!zero).then(|| Arc::new(value.clone()))))
        }
        ("hasValue", [Value::Optional(inner)]) => Ok(Value::Bool(inner.is_some())),
        ("value", [Value::Optional(inner)]) => match inner {
            Some(inner) => Ok((**inner).clone()),
            None => Err("optional.none() dereference".into()),
        },
        ("orValue", [Value::Optional(inner), other]) => {
            Ok(inner.as_ref().map_or_else(|| other.clone(), |inner| (**inner).clone()))
        }
        ("or", [Value::Optional(inner), other]) => {
            Ok(if inner.is_some() { all[0].clone() } else { other.clone() })
        }
        ("math.abs", [Value::Int(n)]) => Ok(Value::Int(n.abs())),
        ("math.abs", [Value::Double(n)]) => Ok(Value::Double(n.abs())),
        ("math.greatest", values) => extreme(values, Ordering::Greater).map_or_else(refused, Ok),
        ("math.least", values) => extreme(values, Ordering::Less).map_or_else(refused, Ok),
        ("lists.range", [Value::Int(n)]) => {
            Ok(Value::List(Arc::new((0..*n.min(&100_000)).map(Value::Int).collect())))
        }
        _ => refused(),
    }
}

fn extreme(values: &[Value], wanted: Ordering) -> Option<Value> {
    let better =
        |best: Value, next: &Value| if next.compare(&best) == Some(wanted) { next.clone() } else { best };
    let (first, rest) = values.split_first()?;
    Some(rest.iter().fold(first.clone(), better))
}

fn convert(to: &str, value: &Value) -> Evaluated {
    let refused = || Err("no such overload".to_string());
    let range = || "integer overflow".to_string();
    let syntax = |function: &str, text: &str| format!("strconv.{function}: parsing {text:?}: invalid syntax");
    match (to, value) {
        ("int", Value::Int(_)) | ("uint", Value::Uint(_)) | ("double", Value::Double(_)) => Ok(value.clone()),
        ("bool", Value::Bool(_)) | ("bytes", Value::Bytes(_)) => Ok(value.clone()),
        ("int", Value::Uint(n)) => i64::try_from(*n).map(Value::Int).map_err(|_| range()),
        ("int", Value::Double(n)) if n.abs() < 9.2e18 => Ok(Value::Int(*n as i64)),
        ("int" | "uint", Value::Double(_)) if to == "int" => Err(range()),
        ("int", Value::Str(s)) => s.parse().map(Value::Int).map_err(|_| syntax("ParseInt", s)),
        ("int", Value::Timestamp(t)) => Ok(Value::Int(t.secs())),
        ("int", Value::Duration(n)) => Ok(Value::Int(*n)),
        ("uint", Value::Int(n)) => u64::try_from(*n).map(Value::Uint).map_err(|_| range()),
        ("uint", Value::Double(n)) if *n >= 0.0 => Ok(Value::Uint(*n as u64)),
        ("uint", Value::Str(s)) => s.parse().map(Value::Uint).map_err(|_| syntax("ParseUint", s)),
        ("double", Value::Str(s)) => s.parse().map(Value::Double).map_err(|_| syntax("ParseFloat", s)),
        ("double", value) => value.number().map_or_else(refused, |n| Ok(Value::Double(n))),
        ("bool", Value::Str(s)) => match s.as_str() {
            "true" | "True" | "TRUE" | "t" | "1" => Ok(Value::Bool(true)),
            "false" | "False" | "FALSE" | "f" | "0" => Ok(Value::Bool(false)),
            _ => Err(syntax("ParseBool", s)),
        },
        ("bytes", Value::Str(s)) => Ok(Value::Bytes(s.as_bytes().into())),
        ("string", Value::List(_) | Value::Map(_) | Value::Object(..) | Value::Null) => refused(),
        ("string", value) => Ok(Value::Str(value.shown().into())),
        _ => refused(),
    }
}

fn quantity(name: &str, a: Quantity, rest: &[Value]) -> Option<Value> {
    let other = match rest {
        [Value::Quantity(b)] => Some(*b),
        [Value::Int(n)] => Some(Quantity::from_int(*n)),
        _ => None,
    };
    let order = |b: Quantity| a.nano().cmp(&b.nano());
    Some(match name {
        "isGreaterThan" => Value::Bool(order(other?).is_gt()),
        "isLessThan" => Value::Bool(order(other?).is_lt()),
        "compareTo" => Value::Int(order(other?) as i64),
        "add" => Value::Quantity(a.plus(other?)),
        "sub" => Value::Quantity(a.minus(other?)),
        "sign" => Value::Int(a.nano().signum() as i64),
        "isInteger" => Value::Bool(a.nano() % 1_000_000_000 == 0),
        "asInteger" => Value::Int(i64::try_from(a.nano() / 1_000_000_000).ok()?),
        "asApproximateFloat" => Value::Double(a.nano() as f64 / 1e9),
        _ => return None,
    })
}

fn list(name: &str, items: &Arc<Vec<Value>>, rest: &[Value]) -> Evaluated {
    let refused = || Err("no such overload".to_string());
    let place = |i: Option<usize>| Ok(Value::Int(i.map_or(-1, |i| i as i64)));
    let whole = |items: Vec<Value>| Ok(Value::List(Arc::new(items)));
    let has = |all: &[Value], wanted: &Value| all.iter().any(|item| item.equals(wanted));
    match (name, rest) {
        ("isSorted", []) => {
            let sorted = items.windows(2).all(|pair| pair[0].compare(&pair[1]).is_some_and(Ordering::is_le));
            Ok(Value::Bool(sorted))
        }
        ("sum", []) => {
            let zero = match items.first() {
                Some(Value::Double(_)) => Value::Double(0.0),
                Some(Value::Uint(_)) => Value::Uint(0),
                Some(Value::Duration(_)) => Value::Duration(0),
                _ => Value::Int(0),
            };
            items.iter().try_fold(zero, |sum, item| match (&sum, item) {
                (Value::Int(a), Value::Int(b)) => {
                    a.checked_add(*b).map(Value::Int).ok_or("integer overflow".into())
                }
                (Value::Double(a), Value::Double(b)) => Ok(Value::Double(a + b)),
                (Value::Uint(a), Value::Uint(b)) => Ok(Value::Uint(a.saturating_add(*b))),
                (Value::Duration(a), Value::Duration(b)) => Ok(Value::Duration(a.saturating_add(*b))),
                _ => refused(),
            })
        }
        ("min" | "max" | "math.least" | "math.greatest", []) => {
            let least = matches!(name, "min" | "math.least");
            let wanted = if least { Ordering::Less } else { Ordering::Greater };
            extreme(items, wanted).ok_or_else(|| format!("{name} called on empty list"))
        }
        ("indexOf", [wanted]) => place(items.iter().position(|item| item.equals(wanted))),
        ("lastIndexOf", [wanted]) => place(items.iter().rposition(|item| item.equals(wanted))),
        ("slice", [Value::Int(from), Value::Int(to)]) => {
            let (from, to) = (*from as usize, *to as usize);
            items
                .get(from..to)
                .map_or_else(|| Err("cannot slice: index out of bounds".into()), |s| whole(s.to_vec()))
        }
        ("distinct", []) => {
            let mut out: Vec<Value> = Vec::new();
            for item in items.iter() {
                if !has(&out, item) {
                    out.push(item.clone());
                }
            }
            whole(out)
        }
        ("reverse", []) => whole(items.iter().rev().cloned().collect()),
        ("sort", []) => {
            let mut out = items.to_vec();
            crate::collections::sort_by(&mut out, |a, b| a.compare(b).unwrap_or(Ordering::Equal));
            whole(out)
        }
        ("flatten", []) => {
            let inner = items.iter().flat_map(|item| match item {
                Value::List(inner) => inner.to_vec(),
                other => vec![other.clone()],
            });
            whole(inner.collect())
        }
        ("sets.contains", [Value::List(other)]) => Ok(Value::Bool(other.iter().all(|item| has(items, item)))),
        ("sets.intersects", [Value::List(other)]) => {
            Ok(Value::Bool(other.iter().any(|item| has(items, item))))
        }
        ("sets.equivalent", [Value::List(other)]) => {
            let both = other.iter().all(|item| has(items, item)) && items.iter().all(|item| has(other, item));
            Ok(Value::Bool(both))
        }
        _ => refused(),
    }
}
