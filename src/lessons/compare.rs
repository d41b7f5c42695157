//! Paths into a value, and the operators that compare what stands there.

use crate::api::quantity::Quantity;
use crate::json::Json;
use std::cmp::Ordering;

/// How two values are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Op {
    /// They are equal.
    Eq,
    /// They are not.
    Ne,
    /// Less than.
    Lt,
    /// At most.
    Le,
    /// More than.
    Gt,
    /// At least.
    Ge,
    /// One of a list.
    In,
    /// A text, or a list, has it in it.
    Contains,
    /// A text fits a pattern with `*` and `?`.
    Matches,
    /// Something is there.
    Exists,
    /// Nothing is there.
    Absent,
}

const NAMES: [(&str, Op); 11] = [
    ("eq", Op::Eq),
    ("ne", Op::Ne),
    ("lt", Op::Lt),
    ("le", Op::Le),
    ("gt", Op::Gt),
    ("ge", Op::Ge),
    ("in", Op::In),
    ("contains", Op::Contains),
    ("matches", Op::Matches),
    ("exists", Op::Exists),
    ("absent", Op::Absent),
];

impl Op {
    /// The operator of a word.
    pub fn parse(word: &str) -> Option<Op> {
        NAMES.iter().find(|(name, _)| *name == word).map(|(_, op)| *op)
    }

    /// Its word.
    pub fn name(self) -> &'static str {
        NAMES.iter().find(|(_, op)| *op == self).map_or("", |(name, _)| name)
    }

    /// Whether it compares with a value.
    pub fn needs_value(self) -> bool {
        !matches!(self, Op::Exists | Op::Absent)
    }

    /// Whether `is` stands so to `wanted`.
    pub fn holds(self, is: &Json, wanted: &Json) -> bool {
        match self {
            Op::Eq => same(is, wanted),
            Op::Ne => !same(is, wanted),
            Op::Lt => order(is, wanted).is_some_and(Ordering::is_lt),
            Op::Le => order(is, wanted).is_some_and(Ordering::is_le),
            Op::Gt => order(is, wanted).is_some_and(Ordering::is_gt),
            Op::Ge => order(is, wanted).is_some_and(Ordering::is_ge),
            Op::In => wanted.items().iter().any(|item| same(is, item)),
            Op::Contains => match is {
                Json::Array(items) => items.iter().any(|item| same(item, wanted)),
                Json::Object(_) => is.get(&plain(wanted)).is_some(),
                _ => is.as_str().is_some_and(|text| text.contains(&plain(wanted))),
            },
            Op::Matches => matches(plain(wanted).as_bytes(), plain(is).as_bytes()),
            Op::Exists => !is.is_empty(),
            Op::Absent => is.is_empty(),
        }
    }
}

/// A scalar without quotes; anything else as JSON.
pub fn plain(value: &Json) -> String {
    match value {
        Json::Str(text) => text.to_string(),
        other => other.to_string(),
    }
}

/// YAML's `6` and `"6"` are the same to a teacher.
fn same(a: &Json, b: &Json) -> bool {
    let scalar = |v: &Json| !matches!(v, Json::Array(_) | Json::Object(_) | Json::Null);
    a == b || (scalar(a) && scalar(b) && plain(a) == plain(b))
}

/// Numbers and quantities by what they are worth (`500m` < `1`), other texts by their letters. A field that is not there
/// counts as 0, as Go has it.
fn order(a: &Json, b: &Json) -> Option<Ordering> {
    let worth = |v: &Json| match v {
        Json::Null => Some(0),
        Json::Array(items) => Some(items.len() as i128 * 1_000_000_000),
        _ => Quantity::parse(&plain(v)).map(Quantity::nano),
    };
    match (worth(a), worth(b)) {
        (Some(a), Some(b)) => Some(a.cmp(&b)),
        _ => Some(crate::json::order(a.as_str()?, b.as_str()?)),
    }
}

/// A shell's pattern over the whole text.
fn matches(pattern: &[u8], text: &[u8]) -> bool {
    let (mut p, mut t) = (0, 0);
    let mut star = None;
    while t < text.len() {
        match pattern.get(p) {
            Some(b'*') => {
                star = Some((p, t));
                p += 1;
            }
            Some(c) if *c == b'?' || *c == text[t] => {
                p += 1;
                t += 1;
            }
            _ => {
                let Some((at, from)) = star else { return false };
                star = Some((at, from + 1));
                (p, t) = (at + 1, from + 1);
            }
        }
    }
    pattern[p..].iter().all(|c| *c == b'*')
}

/// Why a path cannot be read, if so.
pub fn fault_of(path: &str) -> Option<&'static str> {
    let mut rest = path;
    while let Some(at) = rest.find(['[', ']']) {
        if rest.as_bytes()[at] == b']' {
            return Some("a ] without its [");
        }
        let Some(end) = rest[at..].find(']') else { return Some("a [ without its ]") };
        if end == 1 {
            return Some("nothing stands between [ and ]");
        }
        rest = &rest[at + end + 1..];
    }
    (path.starts_with('.') || path.contains("..") || path.ends_with('.'))
        .then_some("a name is missing beside a dot")
}

/// What stands at a path: `status.succeeded`, `containers[0].image`, `containers[name=main].image`,
/// `labels[app.kubernetes.io/name]`. `Null` where it is not there.
pub fn at<'a>(value: &'a Json, path: &str) -> &'a Json {
    const NOTHING: &Json = &Json::Null;
    let (mut value, mut rest) = (value, path);
    while !rest.is_empty() {
        if let Some((inner, after)) = rest.strip_prefix('[').and_then(|inner| inner.split_once(']')) {
            value = match (inner.parse::<usize>(), inner.split_once('=')) {
                (Ok(i), _) if value.as_object().is_none() => &value[i],
                (_, Some((key, wanted))) => {
                    let mut items = value.items().iter();
                    items.find(|item| plain(&item[key]) == wanted).unwrap_or(NOTHING)
                }
                _ => &value[inner],
            };
            rest = after.strip_prefix('.').unwrap_or(after);
        } else {
            let end = rest.find(['.', '[']).unwrap_or(rest.len());
            value = &value[&rest[..end]];
            rest = rest[end..].strip_prefix('.').unwrap_or(&rest[end..]);
        }
    }
    value
}

/// The last name of a path: what a sentence calls it.
pub fn last_name(path: &str) -> &str {
    let path = path.trim_end_matches(']');
    path.rsplit(['.', '[']).next().unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json;

    #[test]
    fn a_path_finds_what_stands_there() {
        let pod = json!({
            "metadata": { "labels": { "app.kubernetes.io/name": "web" } },
            "spec": { "containers": [{ "name": "a", "image": "x" }, { "name": "b", "image": "y" }] }
        });
        for (path, found) in [
            ("metadata.labels[app.kubernetes.io/name]", "\"web\""),
            ("spec.containers[1].image", "\"y\""),
            ("spec.containers[name=a].image", "\"x\""),
            ("spec.containers[name=c].image", "null"),
            ("spec.nothing.here", "null"),
            ("spec.containers[9]", "null"),
        ] {
            assert_eq!((fault_of(path), at(&pod, path).to_string().as_str()), (None, found), "{path}");
        }
        for path in ["a[", "a]", "a[]", "a..b", ".a", "a."] {
            assert!(fault_of(path).is_some(), "{path}");
        }
    }

    #[test]
    fn operators_compare_as_a_teacher_means_it() {
        let list = json!(["Running", "Pending"]);
        for (is, op, wanted, holds) in [
            (json!(6), "eq", json!("6"), true),
            (json!(null), "eq", json!(0), false),
            (json!(null), "lt", json!(1), true),
            (json!("500m"), "lt", json!(1), true),
            (json!("1Gi"), "gt", json!("1000Mi"), true),
            (json!(10), "gt", json!(9), true),
            (json!("b"), "ge", json!("a"), true),
            (json!("Running"), "in", list.clone(), true),
            (list.clone(), "contains", json!("Pending"), true),
            (json!("hello world"), "contains", json!("lo w"), true),
            (json!("pi-x7k2p"), "matches", json!("pi-?????"), true),
            (json!("pi-x7k2p"), "matches", json!("*k2"), false),
            (json!([]), "exists", json!(null), false),
            (json!(""), "absent", json!(null), true),
            (json!(0), "exists", json!(null), true),
        ] {
            let op = Op::parse(op).expect("an operator");
            assert_eq!(op.holds(&is, &wanted), holds, "{is} {} {wanted}", op.name());
        }
    }
}
