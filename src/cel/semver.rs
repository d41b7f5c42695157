//! Semantic versions (`library/semverlib.go`, `blang/semver`).

use super::eval::Evaluated;
use super::value::Value;
use crate::json;
use crate::json::Json;
use std::cmp::Ordering;

pub const SEMVER: &str = "kubernetes.Semver";

/// Calls a function; none where it is none of these.
pub fn call(name: &str, args: &[Value]) -> Option<Evaluated> {
    let parsed = |text: &str, loose: bool| {
        if loose { normal(text).and_then(|text| parse(&text)) } else { parse(text) }
    };
    Some(match (name, args) {
        ("semver", [Value::Str(text)]) => parsed(text, false).map(|v| Value::Opaque(SEMVER, v)),
        ("semver", [Value::Str(text), Value::Bool(loose)]) => {
            parsed(text, *loose).map(|v| Value::Opaque(SEMVER, v))
        }
        ("isSemver", [Value::Str(text)]) => Ok(Value::Bool(parsed(text, false).is_ok())),
        ("isSemver", [Value::Str(text), Value::Bool(loose)]) => Ok(Value::Bool(parsed(text, *loose).is_ok())),
        ("major" | "minor" | "patch", [Value::Opaque(SEMVER, v)]) => Ok(Value::Int(v[name].as_i64()?)),
        ("isGreaterThan", [Value::Opaque(SEMVER, a), Value::Opaque(SEMVER, b)]) => {
            Ok(Value::Bool(compare(a, b).is_gt()))
        }
        ("isLessThan", [Value::Opaque(SEMVER, a), Value::Opaque(SEMVER, b)]) => {
            Ok(Value::Bool(compare(a, b).is_lt()))
        }
        ("compareTo", [Value::Opaque(SEMVER, a), Value::Opaque(SEMVER, b)]) => {
            Ok(Value::Int(compare(a, b) as i64))
        }
        _ => return None,
    })
}

/// The order of versions: a pre-release comes before its release; what a build adds does not count.
pub fn compare(a: &Json, b: &Json) -> Ordering {
    let numbers = |v: &Json| ["major", "minor", "patch"].map(|part| v[part].as_i64());
    let (before, after) = (a["pre"].items(), b["pre"].items());
    numbers(a).cmp(&numbers(b)).then_with(|| match (before.is_empty(), after.is_empty()) {
        (true, true) => Ordering::Equal,
        (true, false) => Ordering::Greater,
        (false, true) => Ordering::Less,
        _ => {
            let different =
                before.iter().zip(after).map(|(x, y)| identifier(x, y)).find(|order| order.is_ne());
            different.unwrap_or(before.len().cmp(&after.len()))
        }
    })
}

/// Numbers come before words.
fn identifier(a: &Json, b: &Json) -> Ordering {
    match (a.as_i64(), b.as_i64()) {
        (Some(x), Some(y)) => x.cmp(&y),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        _ => a.str().cmp(b.str()),
    }
}

fn parse(text: &str) -> Result<Json, String> {
    if text.is_empty() {
        return Err("Version string empty".into());
    }
    let parts: Vec<&str> = text.splitn(3, '.').collect();
    let [major, minor, rest] = parts.as_slice() else {
        return Err("No Major.Minor.Patch elements found".into());
    };
    let (rest, build) = rest.split_once('+').map_or((*rest, None), |(rest, build)| (rest, Some(build)));
    let (patch, pre) = rest.split_once('-').map_or((rest, None), |(patch, pre)| (patch, Some(pre)));
    let mut numbers = [0; 3];
    for (slot, (name, digits)) in
        numbers.iter_mut().zip([("Major", major), ("Minor", minor), ("Patch", &patch)])
    {
        *slot = number(name, digits)?;
    }
    let mut all = Vec::new();
    for word in pre.map(|pre| pre.split('.')).into_iter().flatten() {
        all.push(match word.bytes().all(|b| b.is_ascii_digit()) && !word.is_empty() {
            true if word.len() > 1 && word.starts_with('0') => {
                return Err(format!("Numeric PreRelease version must not contain leading zeroes {word:?}"));
            }
            true => Json::Int(word.parse().unwrap_or(i64::MAX)),
            false => Json::from(named("PreRelease", word)?),
        });
    }
    for word in build.map(|build| build.split('.')).into_iter().flatten() {
        named("Build meta data", word)?;
    }
    let [major, minor, patch] = numbers;
    Ok(json!({ "major": major, "minor": minor, "patch": patch, "pre": all }))
}

fn number(name: &str, digits: &str) -> Result<i64, String> {
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Err(format!("Invalid character(s) found in {} number {digits:?}", name.to_lowercase()));
    }
    if digits.len() > 1 && digits.starts_with('0') {
        return Err(format!("{name} number must not contain leading zeroes {digits:?}"));
    }
    digits.parse().map_err(|_| format!("strconv.ParseUint: parsing {digits:?}: value out of range"))
}

fn named<'w>(what: &str, word: &'w str) -> Result<&'w str, String> {
    if word.is_empty() {
        return Err(format!("{} is empty", if what == "PreRelease" { "Prerelease" } else { what }));
    }
    match word.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') {
        true => Ok(word),
        false => Err(format!("Invalid character(s) found in {} {word:?}", what.to_lowercase())),
    }
}

/// `v1.02` as `1.2.0`.
fn normal(text: &str) -> Result<String, String> {
    let text = text.strip_prefix('v').unwrap_or(text);
    let mut parts: Vec<String> = text.splitn(3, '.').map(str::to_string).collect();
    for part in parts.iter_mut().filter(|part| part.len() > 1) {
        let stripped = part.trim_start_matches('0');
        let digit = stripped.bytes().next().is_some_and(|b| b.is_ascii_digit());
        *part = if digit { stripped.to_string() } else { format!("0{stripped}") };
    }
    let short = parts.len() < 3;
    if short && parts.last().is_some_and(|last| last.contains(['+', '-'])) {
        return Err("short version cannot contain PreRelease/Build meta data".into());
    }
    while parts.len() < 3 {
        parts.push("0".into());
    }
    Ok(parts.join("."))
}
