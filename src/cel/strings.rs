//! The functions of texts (`cel-go/ext/strings.go`, `library/regex.go`). Places in a text count characters.

use super::eval::Evaluated;
use super::value::Value;
use crate::json::{Json, print};
use crate::regex::Regex;
use std::sync::Arc;

/// The type of a named format, whose value is the name.
pub const FORMAT: &str = "kubernetes.NamedFormat";
/// The formats that have a function, and how long the expression behind each is taken to be (`library/format.go`).
pub const FORMATS: [(&str, u64); 13] = [
    ("dns1123Label", 30),
    ("dns1123Subdomain", 60),
    ("dns1035Label", 30),
    ("qualifiedName", 60),
    ("dns1123LabelPrefix", 30),
    ("dns1123SubdomainPrefix", 60),
    ("dns1035LabelPrefix", 30),
    ("labelValue", 40),
    ("uri", 1103),
    ("uuid", 94),
    ("byte", 84),
    ("date", 212),
    ("datetime", 212),
];

fn text(text: impl AsRef<str>) -> Evaluated {
    Ok(Value::Str(text.as_ref().into()))
}

/// Calls a function of texts; none where there is no such function for these values.
pub fn call(name: &str, args: &[Value]) -> Option<Evaluated> {
    if let Some(format) = name.strip_prefix("format.") {
        let named = |name: &str| FORMATS.iter().any(|(known, _)| *known == name);
        return match args {
            [] if named(format) => Some(Ok(Value::Opaque(FORMAT, Json::from(format)))),
            [Value::Str(name)] if format == "named" => {
                let found = named(name).then(|| Arc::new(Value::Opaque(FORMAT, Json::Str(name.clone()))));
                Some(Ok(Value::Optional(found)))
            }
            _ => None,
        };
    }
    let (first, rest) = args.split_first()?;
    if let (Value::List(items), "join") = (first, name) {
        let separator = rest.first().and_then(Value::as_str).unwrap_or("");
        if let Some(other) = items.iter().find(|item| item.as_str().is_none()) {
            return Some(Err(format!("join: invalid input: {}", other.shown())));
        }
        let words: Vec<&str> = items.iter().filter_map(Value::as_str).collect();
        return Some(text(words.join(separator)));
    }
    let s = first.as_str()?;
    let count = || s.chars().count();
    Some(match (name, rest) {
        ("size", []) => Ok(Value::Int(count() as i64)),
        ("contains", [Value::Str(part)]) => Ok(Value::Bool(s.contains(part.as_str()))),
        ("startsWith", [Value::Str(part)]) => Ok(Value::Bool(s.starts_with(part.as_str()))),
        ("endsWith", [Value::Str(part)]) => Ok(Value::Bool(s.ends_with(part.as_str()))),
        ("matches", [Value::Str(pattern)]) => Regex::new(pattern).map(|r| Value::Bool(r.is_match(s))),
        ("find" | "findAll", [Value::Str(pattern), ..]) if Regex::new(pattern).is_err() => {
            Err(format!("Illegal regex: {}", Regex::new(pattern).err().unwrap_or_default()))
        }
        ("find", [Value::Str(pattern)]) => {
            Regex::new(pattern).and_then(|r| text(r.find(s, 0).map_or("", |(from, to)| &s[from..to])))
        }
        ("findAll", [Value::Str(pattern), most @ ..]) => {
            let most = match most {
                [Value::Int(n)] => usize::try_from(*n).unwrap_or(usize::MAX),
                _ => usize::MAX,
            };
            Regex::new(pattern).map(|r| {
                let mut out = Vec::new();
                let mut at = 0;
                while let Some((from, to)) = r.find(s, at).filter(|_| out.len() < most) {
                    out.push(Value::Str(s[from..to].into()));
                    at = if to > from { to } else { to + s[to..].chars().next().map_or(1, char::len_utf8) };
                    if at > s.len() {
                        break;
                    }
                }
                Value::List(Arc::new(out))
            })
        }
        ("charAt", [Value::Int(i)]) => match usize::try_from(*i) {
            Ok(i) if i <= count() => text(s.chars().nth(i).map(String::from).unwrap_or_default()),
            _ => Err(format!("index out of range: {i}")),
        },
        ("indexOf" | "lastIndexOf", [Value::Str(part), from @ ..]) => {
            let start = match from {
                [Value::Int(i)] => usize::try_from(*i).ok().filter(|i| *i <= count()),
                _ if name == "indexOf" => Some(0),
                _ => Some(count()),
            };
            let Some(start) = start else {
                return Some(Err(format!(
                    "index out of range: {}",
                    from.first().map(Value::shown).unwrap_or_default()
                )));
            };
            let chars: Vec<char> = s.chars().collect();
            let wanted: Vec<char> = part.chars().collect();
            let hit = |i: &usize| chars[*i..].starts_with(&wanted);
            let found = match name {
                "indexOf" => (start..=chars.len()).find(hit),
                _ => (0..=start.min(chars.len())).rev().find(hit),
            };
            Ok(Value::Int(found.map_or(-1, |i| i as i64)))
        }
        ("lowerAscii", []) => text(s.to_ascii_lowercase()),
        ("upperAscii", []) => text(s.to_ascii_uppercase()),
        ("trim", []) => text(s.trim()),
        ("jsonpatch.escapeKey", []) => text(s.replace('~', "~0").replace('/', "~1")),
        ("replace", [Value::Str(old), Value::Str(new)]) => text(s.replace(old.as_str(), new)),
        ("replace", [Value::Str(old), Value::Str(new), Value::Int(n)]) => match usize::try_from(*n) {
            Ok(n) => text(s.replacen(old.as_str(), new, n)),
            Err(_) => text(s.replace(old.as_str(), new)),
        },
        ("split", [Value::Str(by), most @ ..]) => {
            let parts: Vec<&str> = match (by.is_empty(), most) {
                (_, [Value::Int(0)]) => Vec::new(),
                (true, _) => s.split("").filter(|part| !part.is_empty()).collect(),
                (_, [Value::Int(n)]) if *n > 0 => s.splitn(*n as usize, by.as_str()).collect(),
                _ => s.split(by.as_str()).collect(),
            };
            Ok(Value::List(Arc::new(parts.into_iter().map(|part| Value::Str(part.into())).collect())))
        }
        ("substring", [Value::Int(from), to @ ..]) => {
            let to = match to {
                [Value::Int(to)] => *to,
                _ => count() as i64,
            };
            if *from > to && !matches!(rest, [_]) {
                return Some(Err(format!("invalid substring range. start: {from}, end: {to}")));
            }
            let most = count() as i64;
            if let Some(wrong) = [*from, to].into_iter().find(|i| *i < 0 || *i > most) {
                return Some(Err(format!("index out of range: {wrong}")));
            }
            text(s.chars().skip(*from as usize).take((to - from) as usize).collect::<String>())
        }
        ("strings.quote", []) => {
            let mut out = String::new();
            let _ = print::quoted(s, &mut out);
            text(out)
        }
        ("format", [Value::List(values)]) => format(s, values),
        _ => return None,
    })
}

/// `%s`, `%d`, `%f`, `%x` and their like (`ext/formatting.go`).
fn format(pattern: &str, values: &[Value]) -> Evaluated {
    let mut out = String::new();
    let mut next = 0;
    let mut chars = pattern.chars();
    while let Some(c) = chars.next() {
        if c != '%' {
            out.push(c);
            continue;
        }
        let mut precision: Option<usize> = None;
        let verb = loop {
            match chars.next() {
                Some('.') => precision = Some(0),
                Some(digit @ '0'..='9') => {
                    let so_far = precision.unwrap_or(0).min(1000);
                    precision = Some(so_far * 10 + digit.to_digit(10).unwrap_or(0) as usize);
                }
                other => break other,
            }
        };
        let Some(verb) = verb else {
            return Err("could not parse formatting clause: unexpected end of string".into());
        };
        if verb == '%' {
            out.push('%');
            continue;
        }
        let Some(value) = values.get(next) else { return Err(format!("index {next} out of range")) };
        next += 1;
        let digits = precision.unwrap_or(6).min(1000);
        let shown = match (verb, value) {
            ('s', value) => Some(clause(value)),
            ('d', Value::Int(_) | Value::Uint(_)) => Some(value.shown()),
            ('f', value) => value.number().map(|n| format!("{n:.digits$}")),
            ('e', value) => value.number().map(|n| scientific(n, digits)),
            ('b', Value::Int(n)) => Some(signed(*n, |n| format!("{n:b}"))),
            ('b', Value::Uint(n)) => Some(format!("{n:b}")),
            ('b', Value::Bool(b)) => Some(u8::from(*b).to_string()),
            ('o', Value::Int(n)) => Some(signed(*n, |n| format!("{n:o}"))),
            ('o', Value::Uint(n)) => Some(format!("{n:o}")),
            ('x' | 'X', value) => hexadecimal(value).map(|x| if verb == 'X' { x.to_uppercase() } else { x }),
            ('d', _) => None,
            (other, _) => {
                return Err(format!(
                    "could not parse formatting clause: unrecognized formatting clause \"{other}\""
                ));
            }
        };
        match shown {
            Some(shown) => out.push_str(&shown),
            None => {
                let ty = value.type_name();
                let takes = match verb {
                    'd' => "decimal clause can only be used on integers",
                    'f' => "fixed-point clause can only be used on doubles",
                    'e' => "scientific clause can only be used on doubles",
                    'b' => "only integers and bools can be formatted as binary",
                    'o' => "octal clause can only be used on integers",
                    _ => "only integers, byte buffers, and strings can be formatted as hex",
                };
                return Err(format!("error during formatting: {takes}, was given {ty}"));
            }
        }
    }
    text(out)
}

fn signed(n: i64, digits: impl Fn(u64) -> String) -> String {
    format!("{}{}", if n < 0 { "-" } else { "" }, digits(n.unsigned_abs()))
}

fn scientific(n: f64, digits: usize) -> String {
    let text = format!("{n:.digits$e}");
    let (number, power) = text.split_once('e').unwrap_or((&text, "0"));
    let (sign, power) = power.strip_prefix('-').map_or(('+', power), |power| ('-', power));
    format!("{number}e{sign}{power:0>2}")
}

fn hexadecimal(value: &Value) -> Option<String> {
    let bytes = |bytes: &[u8]| bytes.iter().map(|b| format!("{b:02x}")).collect();
    Some(match value {
        Value::Int(n) => signed(*n, |n| format!("{n:x}")),
        Value::Uint(n) => format!("{n:x}"),
        Value::Str(text) => bytes(text.as_bytes()),
        Value::Bytes(all) => bytes(all),
        _ => return None,
    })
}

/// A value as `%s` shows it: what is in a list or a map, in quotes where it is a text.
fn clause(value: &Value) -> String {
    match value {
        Value::List(items) => format!("[{}]", items.iter().map(clause).collect::<Vec<_>>().join(", ")),
        Value::Map(_) | Value::Object(..) => {
            let mut entries: Vec<String> = Vec::new();
            for key in value.elements().unwrap_or_default() {
                let shown = value.entry(&key).map(|v| clause(&v)).unwrap_or_default();
                entries.push(format!("{}: {shown}", clause(&key)));
            }
            crate::collections::sort_by(&mut entries, |a, b| a.cmp(b));
            format!("{{{}}}", entries.join(", "))
        }
        other => other.shown(),
    }
}
