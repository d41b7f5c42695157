//! The functions: their signatures, by which expressions are checked, and which file does what they do. They are those that v1.36
//! switches on (`apiserver/pkg/cel/environment/base.go`): no mathematics, no `cel.bind`.

use super::eval::Evaluated;
use super::lists;
use super::net;
use super::strings;
use super::types::Type;
use super::value::{Value, duration};
use super::{authorizer, calendar, semver};
use crate::api::quantity::Quantity;
use crate::sim::Time;
use std::sync::Arc;

/// What a function takes and gives. Of a member, the first letter is what it is called on.
///
/// Letters: `b`ool, `i`nt, `u`int, `d`ouble, `s`tring, b`y`tes, `t`imestamp, duration `D`, `L`ist, list of strings `S`, list of
/// lists `N`, `M`ap, map of lists of strings `q`, `O`ptional, optional list of strings `m`, `Q`uantity, `U`rl, address `P`,
/// network `C`, semantic `V`ersion, `F`ormat, optional format `f`, `A`uthorizer, path check `p`, group check `g`, resource check
/// `r`, decision `c`, `T`ype, `?` anything, `e` the element of the first, `E` the same as an argument, `o` an optional of it,
/// `*` the same as the first.
struct Signature {
    name: &'static str,
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
static SIGNATURES: &[Signature] = &[
    global("size", "s", 'i'), global("size", "y", 'i'), global("size", "L", 'i'), global("size", "M", 'i'),
    member("size", "s", 'i'), member("size", "y", 'i'), member("size", "L", 'i'), member("size", "M", 'i'),
    member("contains", "ss", 'b'), member("startsWith", "ss", 'b'), member("endsWith", "ss", 'b'),
    member("matches", "ss", 'b'), global("matches", "ss", 'b'),
    member("charAt", "si", 's'), member("indexOf", "ss", 'i'), member("indexOf", "ssi", 'i'),
    member("lastIndexOf", "ss", 'i'), member("lastIndexOf", "ssi", 'i'), member("lowerAscii", "s", 's'),
    member("upperAscii", "s", 's'), member("trim", "s", 's'),
    member("replace", "sss", 's'), member("replace", "sssi", 's'), member("split", "ss", 'S'),
    member("split", "ssi", 'S'), member("substring", "si", 's'), member("substring", "sii", 's'),
    member("join", "S", 's'), member("join", "Ss", 's'), member("format", "sL", 's'),
    member("find", "ss", 's'), member("findAll", "ss", 'S'), member("findAll", "ssi", 'S'),
    global("strings.quote", "s", 's'),
    global("int", "i", 'i'), global("int", "u", 'i'), global("int", "d", 'i'), global("int", "s", 'i'), global("int", "t", 'i'), global("int", "D", 'i'),
    global("uint", "u", 'u'), global("uint", "i", 'u'), global("uint", "d", 'u'), global("uint", "s", 'u'),
    global("double", "d", 'd'), global("double", "i", 'd'), global("double", "u", 'd'), global("double", "s", 'd'),
    global("string", "s", 's'), global("string", "i", 's'), global("string", "u", 's'), global("string", "d", 's'),
    global("string", "b", 's'), global("string", "y", 's'), global("string", "t", 's'), global("string", "D", 's'),
    global("string", "P", 's'), global("string", "C", 's'),
    global("bool", "b", 'b'), global("bool", "s", 'b'), global("bytes", "y", 'y'), global("bytes", "s", 'y'),
    global("dyn", "?", '?'), global("type", "?", 'T'),
    global("duration", "s", 'D'), global("duration", "D", 'D'), global("duration", "i", 'D'),
    global("timestamp", "s", 't'), global("timestamp", "t", 't'), global("timestamp", "i", 't'),
    member("getFullYear", "t", 'i'), member("getMonth", "t", 'i'), member("getDate", "t", 'i'),
    member("getDayOfMonth", "t", 'i'), member("getDayOfWeek", "t", 'i'), member("getDayOfYear", "t", 'i'),
    member("getHours", "t", 'i'), member("getMinutes", "t", 'i'), member("getSeconds", "t", 'i'), member("getMilliseconds", "t", 'i'),
    member("getFullYear", "ts", 'i'), member("getMonth", "ts", 'i'), member("getDate", "ts", 'i'),
    member("getDayOfMonth", "ts", 'i'), member("getDayOfWeek", "ts", 'i'), member("getDayOfYear", "ts", 'i'),
    member("getHours", "ts", 'i'), member("getMinutes", "ts", 'i'), member("getSeconds", "ts", 'i'), member("getMilliseconds", "ts", 'i'),
    member("getHours", "D", 'i'), member("getMinutes", "D", 'i'), member("getSeconds", "D", 'i'), member("getMilliseconds", "D", 'i'),
    member("isSorted", "L", 'b'), member("sum", "L", 'e'), member("min", "L", 'e'), member("max", "L", 'e'),
    member("indexOf", "LE", 'i'), member("lastIndexOf", "LE", 'i'), member("slice", "Lii", '*'),
    member("distinct", "L", '*'), member("reverse", "L", '*'), member("sort", "L", '*'),
    member("flatten", "N", 'e'), member("flatten", "Li", 'L'), member("first", "L", 'o'), member("last", "L", 'o'),
    global("lists.range", "i", 'n'),
    global("sets.contains", "LL", 'b'), global("sets.equivalent", "LL", 'b'), global("sets.intersects", "LL", 'b'),
    global("quantity", "s", 'Q'), global("isQuantity", "s", 'b'), global("sign", "Q", 'i'),
    member("isGreaterThan", "QQ", 'b'), member("isLessThan", "QQ", 'b'), member("compareTo", "QQ", 'i'),
    member("add", "QQ", 'Q'), member("add", "Qi", 'Q'), member("sub", "QQ", 'Q'), member("sub", "Qi", 'Q'),
    member("isInteger", "Q", 'b'), member("asInteger", "Q", 'i'), member("asApproximateFloat", "Q", 'd'),
    global("semver", "s", 'V'), global("semver", "sb", 'V'), global("isSemver", "s", 'b'), global("isSemver", "sb", 'b'),
    member("isGreaterThan", "VV", 'b'), member("isLessThan", "VV", 'b'), member("compareTo", "VV", 'i'),
    member("major", "V", 'i'), member("minor", "V", 'i'), member("patch", "V", 'i'),
    global("optional.of", "?", 'O'), global("optional.none", "", 'O'), global("optional.ofNonZeroValue", "?", 'O'),
    member("hasValue", "O", 'b'), member("value", "O", 'e'), member("orValue", "OE", 'e'), member("or", "OO", '*'),
    global("optional.unwrap", "L", 'L'), member("unwrapOpt", "L", 'L'),
    global("url", "s", 'U'), global("isURL", "s", 'b'), member("getScheme", "U", 's'), member("getHost", "U", 's'),
    member("getHostname", "U", 's'), member("getPort", "U", 's'), member("getEscapedPath", "U", 's'), member("getQuery", "U", 'q'),
    global("ip", "s", 'P'), global("isIP", "s", 'b'), global("ip.isCanonical", "s", 'b'), member("family", "P", 'i'),
    member("isUnspecified", "P", 'b'), member("isLoopback", "P", 'b'), member("isLinkLocalMulticast", "P", 'b'),
    member("isLinkLocalUnicast", "P", 'b'), member("isGlobalUnicast", "P", 'b'),
    global("cidr", "s", 'C'), global("isCIDR", "s", 'b'), member("containsIP", "Cs", 'b'), member("containsIP", "CP", 'b'),
    member("containsCIDR", "Cs", 'b'), member("containsCIDR", "CC", 'b'), member("ip", "C", 'P'),
    member("prefixLength", "C", 'i'), member("masked", "C", 'C'),
    global("format.named", "s", 'f'), member("validate", "Fs", 'm'),
    global("format.dns1123Label", "", 'F'), global("format.dns1123Subdomain", "", 'F'), global("format.dns1035Label", "", 'F'),
    global("format.qualifiedName", "", 'F'), global("format.dns1123LabelPrefix", "", 'F'), global("format.dns1123SubdomainPrefix", "", 'F'),
    global("format.dns1035LabelPrefix", "", 'F'), global("format.labelValue", "", 'F'), global("format.uri", "", 'F'),
    global("format.uuid", "", 'F'), global("format.byte", "", 'F'), global("format.date", "", 'F'), global("format.datetime", "", 'F'),
    member("path", "As", 'p'), member("group", "As", 'g'), member("serviceAccount", "Ass", 'A'), member("resource", "gs", 'r'),
    member("subresource", "rs", 'r'), member("namespace", "rs", 'r'), member("name", "rs", 'r'), member("fieldSelector", "rs", 'r'),
    member("labelSelector", "rs", 'r'), member("check", "ps", 'c'), member("check", "rs", 'c'), member("allowed", "c", 'b'),
    member("reason", "c", 's'), member("errored", "c", 'b'), member("error", "c", 's'),
    global("jsonpatch.escapeKey", "s", 's'),
];

/// Whether a function of that name is known.
pub fn is_function(name: &str) -> bool {
    SIGNATURES.iter().any(|s| s.name == name)
}

/// The type of that name, where it is one.
pub fn type_named(name: &str) -> Option<Type> {
    let any = || Box::new(Type::Dyn);
    Some(match name {
        "bool" => Type::Bool,
        "int" => Type::Int,
        "uint" => Type::Uint,
        "double" => Type::Double,
        "string" => Type::Str,
        "bytes" => Type::Bytes,
        "list" => Type::List(any()),
        "map" => Type::Map(any(), any()),
        "null_type" => Type::Null,
        "type" => Type::Type(any()),
        "optional_type" => Type::Optional(any()),
        "google.protobuf.Timestamp" => Type::Timestamp,
        "google.protobuf.Duration" => Type::Duration,
        "net.IP" => Type::Opaque("net.IP"),
        "net.CIDR" => Type::Opaque("net.CIDR"),
        _ => return None,
    })
}

fn of_letter(letter: char) -> Type {
    let list = |ty| Type::List(Box::new(ty));
    match letter {
        'b' => Type::Bool,
        'i' => Type::Int,
        'u' => Type::Uint,
        'd' => Type::Double,
        's' => Type::Str,
        'y' => Type::Bytes,
        't' => Type::Timestamp,
        'D' => Type::Duration,
        'L' => list(Type::Dyn),
        'N' => list(list(Type::Dyn)),
        'S' => list(Type::Str),
        'n' => list(Type::Int),
        'M' => Type::Map(Box::new(Type::Dyn), Box::new(Type::Dyn)),
        'q' => Type::Map(Box::new(Type::Str), Box::new(list(Type::Str))),
        'O' => Type::Optional(Box::new(Type::Dyn)),
        'm' => Type::Optional(Box::new(list(Type::Str))),
        'f' => Type::Optional(Box::new(of_letter('F'))),
        'Q' => Type::Opaque("kubernetes.Quantity"),
        'U' => Type::Opaque(net::URL),
        'P' => Type::Opaque(net::IP),
        'C' => Type::Opaque(net::CIDR),
        'V' => Type::Opaque(semver::SEMVER),
        'F' => Type::Opaque(strings::FORMAT),
        'A' => Type::Opaque(authorizer::AUTHORIZER),
        'p' => Type::Opaque(authorizer::PATH),
        'g' => Type::Opaque(authorizer::GROUP),
        'r' => Type::Opaque(authorizer::RESOURCE),
        'c' => Type::Opaque(authorizer::DECISION),
        'T' => Type::Type(Box::new(Type::Dyn)),
        _ => Type::Dyn,
    }
}

/// The element of a list or an optional.
fn element(ty: Option<&&Type>) -> Type {
    match ty {
        Some(Type::List(inner) | Type::Optional(inner)) => (**inner).clone(),
        _ => Type::Dyn,
    }
}

/// What a function gives for arguments of these types; none where it takes no such.
pub fn result(name: &str, on: Option<&Type>, args: &[Type]) -> Option<Type> {
    let all: Vec<&Type> = on.into_iter().chain(args).collect();
    let fits = |signature: &&Signature| {
        signature.name == name
            && signature.member == on.is_some()
            && signature.takes.len() == all.len()
            && signature.takes.chars().zip(&all).all(|(letter, ty)| match letter {
                'E' => ty.fits(&element(all.first())),
                letter => ty.fits(&of_letter(letter)),
            })
    };
    let found: Vec<&Signature> = SIGNATURES.iter().filter(fits).collect();
    let first = found.first()?;
    // Of anything, what it gives is known only if all agree.
    if found.iter().any(|other| other.gives != first.gives) {
        return Some(Type::Dyn);
    }
    Some(match (first.gives, all.first()) {
        ('e', ty) => element(ty),
        ('o', ty) => Type::Optional(Box::new(element(ty))),
        ('*', Some(ty)) => (*ty).clone(),
        ('O', Some(ty)) if on.is_none() => Type::Optional(Box::new((*ty).clone())),
        ('T', Some(ty)) => Type::Type(Box::new((*ty).clone())),
        (letter, _) => of_letter(letter),
    })
}

/// That there is no such function for these values.
pub fn no_overload() -> String {
    "no such overload".into()
}

/// Calls a function.
pub fn call(name: &str, on: Option<&Value>, args: &[Value]) -> Evaluated {
    let all: Vec<Value> = on.into_iter().chain(args).cloned().collect();
    if let Some(value) = strings::call(name, &all)
        .or_else(|| net::call(name, &all))
        .or_else(|| semver::call(name, &all))
        .or_else(|| authorizer::call(name, &all))
    {
        return value;
    }
    let known = |value: Option<Value>| value.ok_or_else(no_overload);
    match (name, all.as_slice()) {
        ("size", [value @ (Value::Bytes(_) | Value::List(_) | Value::Map(_) | Value::Object(..))]) => {
            Ok(Value::Int(value.size() as i64))
        }
        ("int" | "uint" | "double" | "string" | "bool" | "bytes", [value]) => convert(name, value),
        ("dyn", [value]) => Ok(value.clone()),
        ("type", [value]) => Ok(Value::Type(value.type_name())),
        ("duration", [Value::Str(text)]) => {
            duration(text).map(Value::Duration).ok_or_else(|| bad("string", "google.protobuf.Duration"))
        }
        ("duration", [Value::Int(n)]) => Ok(Value::Duration(*n)),
        ("timestamp", [Value::Str(text)]) => {
            Time::parse(text).map(Value::Timestamp).ok_or_else(|| bad("string", "google.protobuf.Timestamp"))
        }
        ("timestamp", [Value::Int(seconds)]) => Ok(Value::Timestamp(Time::from_secs(*seconds))),
        ("duration" | "timestamp", [value]) => Ok(value.clone()),
        (name, [value @ (Value::Timestamp(_) | Value::Duration(_))]) => known(calendar::part(name, value)),
        (name, [Value::Timestamp(time), Value::Str(zone)]) => {
            let moved = calendar::in_zone(*time, zone)?;
            known(calendar::part(name, &Value::Timestamp(moved)))
        }
        ("quantity", [Value::Str(text)]) => {
            let bad =
                "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";
            Quantity::parse(text).map(Value::Quantity).ok_or_else(|| bad.to_string())
        }
        ("isQuantity", [Value::Str(text)]) => Ok(Value::Bool(Quantity::parse(text).is_some())),
        (_, [Value::Quantity(a), rest @ ..]) => quantity(name, *a, rest),
        (_, [Value::List(items), rest @ ..]) => lists::call(name, items, rest),
        ("lists.range", [Value::Int(n)]) => {
            Ok(Value::List(Arc::new((0..*n.min(&100_000)).map(Value::Int).collect())))
        }
        ("optional.of", [value]) => Ok(Value::Optional(Some(Arc::new(value.clone())))),
        ("optional.none", []) => Ok(Value::Optional(None)),
        ("optional.ofNonZeroValue", [value]) => {
            Ok(Value::Optional((!value.is_zero()).then(|| Arc::new(value.clone()))))
        }
        ("hasValue", [Value::Optional(inner)]) => Ok(Value::Bool(inner.is_some())),
        ("value", [Value::Optional(inner)]) => match inner {
            Some(inner) => Ok((**inner).clone()),
            None => Err("optional.none() dereference".into()),
        },
        _ => Err(no_overload()),
    }
}

fn bad(from: &str, to: &str) -> String {
    format!("type conversion error from '{from}' to '{to}'")
}

fn convert(to: &str, value: &Value) -> Evaluated {
    let range = || match to {
        "uint" => "unsigned integer overflow".to_string(),
        _ => "integer overflow".to_string(),
    };
    let syntax = || bad("string", to);
    match (to, value) {
        ("int", Value::Int(_)) | ("uint", Value::Uint(_)) | ("double", Value::Double(_)) => Ok(value.clone()),
        ("bool", Value::Bool(_)) | ("bytes", Value::Bytes(_)) => Ok(value.clone()),
        ("int", Value::Uint(n)) => i64::try_from(*n).map(Value::Int).map_err(|_| range()),
        ("int", Value::Double(n)) if n.abs() < 9.2e18 => Ok(Value::Int(*n as i64)),
        ("uint", Value::Double(n)) if (0.0..1.8e19).contains(n) => Ok(Value::Uint(*n as u64)),
        ("int" | "uint", Value::Double(_)) => Err(range()),
        ("int", Value::Str(s)) => s.parse().map(Value::Int).map_err(|_| syntax()),
        ("int", Value::Timestamp(t)) => Ok(Value::Int(t.secs())),
        ("int", Value::Duration(n)) => Ok(Value::Int(*n)),
        ("uint", Value::Int(n)) => u64::try_from(*n).map(Value::Uint).map_err(|_| range()),
        ("uint", Value::Str(s)) => s.parse().map(Value::Uint).map_err(|_| syntax()),
        ("double", Value::Str(s)) => s.parse().map(Value::Double).map_err(|_| syntax()),
        ("double", value) => value.number().map(Value::Double).ok_or_else(no_overload),
        ("bool", Value::Str(s)) => match s.as_str() {
            "true" | "True" | "TRUE" | "t" | "T" | "1" => Ok(Value::Bool(true)),
            "false" | "False" | "FALSE" | "f" | "F" | "0" => Ok(Value::Bool(false)),
            _ => Err(syntax()),
        },
        ("bytes", Value::Str(s)) => Ok(Value::Bytes(s.as_bytes().into())),
        ("string", Value::Bytes(bytes)) => match std::str::from_utf8(bytes) {
            Ok(text) => Ok(Value::Str(text.into())),
            Err(_) => Err("invalid UTF-8 in bytes, cannot convert to string".into()),
        },
        (
            "string",
            Value::List(_)
            | Value::Map(_)
            | Value::Object(..)
            | Value::Null
            | Value::Message(..)
            | Value::Optional(_),
        ) => Err(no_overload()),
        ("string", value) => Ok(Value::Str(value.shown().into())),
        _ => Err(no_overload()),
    }
}

fn quantity(name: &str, a: Quantity, rest: &[Value]) -> Evaluated {
    let other = match rest {
        [Value::Quantity(b)] => Ok(*b),
        [Value::Int(n)] => Ok(Quantity::from_int(*n)),
        _ => Err(no_overload()),
    };
    let order = |b: Quantity| a.nano().cmp(&b.nano());
    let whole =
        (a.nano() % 1_000_000_000 == 0).then(|| i64::try_from(a.nano() / 1_000_000_000).ok()).flatten();
    Ok(match name {
        "isGreaterThan" => Value::Bool(order(other?).is_gt()),
        "isLessThan" => Value::Bool(order(other?).is_lt()),
        "compareTo" => Value::Int(order(other?) as i64),
        "add" => Value::Quantity(a.plus(other?)),
        "sub" => Value::Quantity(a.minus(other?)),
        "sign" => Value::Int(a.nano().signum() as i64),
        "isInteger" => Value::Bool(whole.is_some()),
        "asInteger" => Value::Int(whole.ok_or("cannot convert value to integer")?),
        "asApproximateFloat" => Value::Double(a.nano() as f64 / 1e9),
        _ => return Err(no_overload()),
    })
}
