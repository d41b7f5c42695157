//! The functions of texts (`cel-go/ext/strings.go`, `library/regex.go`). Places in a text count characters.

use super::eval::Evaluated;
use super::value::Value;
use crate::json::print;
use crate::regex::Regex;
use std::sync::Arc;

fn text(text: impl AsRef<str>) -> Evaluated {
    Ok(Value::Str(text.as_ref().into()))
}

/// Calls a function of texts; none where there is no such function for these values.
pub fn call(name: &str, args: &[Value]) -> Option<Evaluated> {
    let (first, rest) = args.split_first()?;
    if let (Value::List(items), "join") = (first, name) {
        let separator = rest.first().and_then(Value::as_str).unwrap_or("");
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
            let Some(start) = start else { return Some(Err("index out of range".into())) };
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
        ("reverse", []) => text(s.chars().rev().collect::<String>()),
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
            if *from < 0 || to > count() as i64 || *from > to {
                return Some(Err(format!("index out of range: {from}")));
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

/// `%s`, `%d`, `%f`, `%x` and their like.
fn format(pattern: &str, values: &[Value]) -> Evaluated {
    let mut out = String::new();
    let mut values = values.iter();
    let mut chars = pattern.chars();
    while let Some(c) = chars.next() {
        if c != '%' {
            out.push(c);
            continue;
        }
        let mut precision = None;
        let verb = loop {
            match chars.next() {
                Some('.') => precision = Some(0),
                Some(digit @ '0'..='9') => {
                    precision = Some(precision.unwrap_or(0) * 10 + digit.to_digit(10).unwrap_or(0) as usize);
                }
                other => break other,
            }
        };
        if verb == Some('%') {
            out.push('%');
            continue;
        }
        let Some(value) = values.next() else { return Err("index 0 out of range".into()) };
        match (verb, value) {
            (Some('f'), value) if value.number().is_some() => {
                out.push_str(&format!("{:.*}", precision.unwrap_or(6), value.number().unwrap_or(0.0)));
            }
            (Some('b'), Value::Int(n)) => out.push_str(&format!("{n:b}")),
            (Some('o'), Value::Int(n)) => out.push_str(&format!("{n:o}")),
            (Some('x'), Value::Int(n)) => out.push_str(&format!("{n:x}")),
            (Some('X'), Value::Int(n)) => out.push_str(&format!("{n:X}")),
            (Some('s' | 'd' | 'e' | 'b'), value) => out.push_str(&value.shown()),
            _ => return Err("could not parse formatting clause".into()),
        }
    }
    text(out)
}
