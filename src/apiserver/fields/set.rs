//! Sets of fields as `fieldsV1` writes them: `{"f:data": {".": {}, "f:a": {}}}`.
//!
//! A node is `{}` where the field is in the set and nothing below it, has `"."` where it is and more is below, and only its children
//! where it is not itself. `Null` is no node. Unchanged parts stay the same memory.

use crate::json::{Json, Str};

/// Marks a node that has children and is in the set itself.
const SELF: &str = ".";

/// Whether the node's own field is in the set.
pub fn is_member(node: &Json) -> bool {
    matches!(node, Json::Object(o) if o.is_empty() || o.get(SELF).is_some())
}

/// The fields below a node.
pub fn children(node: &Json) -> impl Iterator<Item = (&Str, &Json)> {
    node.entries().iter().filter(|(key, _)| key.as_str() != SELF).map(|(key, child)| (key, child))
}

/// A node from its parts; children that are `Null` are left out.
pub fn node(member: bool, children: Vec<(Str, Json)>) -> Json {
    let own = (member && !children.is_empty()).then(|| (Str::fixed(SELF), Json::object()));
    let all: Vec<(Str, Json)> = own.into_iter().chain(children).collect();
    if all.is_empty() && !member { Json::Null } else { Json::Object(all.into_iter().collect()) }
}

/// All fields of both.
pub fn union(a: &Json, b: &Json) -> Json {
    if a.is_null() || a.same(b) {
        return b.clone();
    }
    let mut out = a.clone();
    if is_member(b) && !is_member(a) {
        out.set(SELF, Json::object());
    }
    for (key, child) in children(b) {
        let before = &a[key.as_str()];
        let both = union(before, child);
        if !both.same(before) {
            if out.is_empty() {
                out.set(SELF, Json::object());
            }
            out.set(key.clone(), both);
        }
    }
    out
}

/// The fields of `a` that are not in `b`.
pub fn difference(a: &Json, b: &Json) -> Json {
    if b.is_null() || a.is_null() {
        return a.clone();
    }
    let mut same = !(is_member(a) && is_member(b));
    let mut left = Vec::new();
    for (key, child) in children(a) {
        let rest = difference(child, &b[key.as_str()]);
        same &= rest.same(child);
        if !rest.is_null() {
            left.push((key.clone(), rest));
        }
    }
    if same { a.clone() } else { node(is_member(a) && !is_member(b), left) }
}

/// The fields that are in both.
pub fn intersection(a: &Json, b: &Json) -> Json {
    if a.is_null() || b.is_null() {
        return Json::Null;
    }
    let both = children(a).map(|(key, child)| (key.clone(), intersection(child, &b[key.as_str()])));
    node(is_member(a) && is_member(b), both.filter(|(_, child)| !child.is_null()).collect())
}

/// The paths of a set's fields, in the order of messages: those of a level, then those below.
pub fn paths(set: &Json) -> Vec<String> {
    let mut out = Vec::new();
    collect(set, "", &mut out);
    out
}

fn collect(set: &Json, prefix: &str, out: &mut Vec<String>) {
    let members = children(set).filter(|(_, child)| is_member(child));
    out.extend(members.map(|(key, _)| format!("{prefix}{}", shown(key))));
    for (key, child) in children(set) {
        collect(child, &format!("{prefix}{}", shown(key)), out);
    }
}

/// `f:name` as `.name`, `k:{"name":"web"}` as `[name="web"]`, `v:"x"` as `[="x"]`.
pub fn shown(key: &str) -> String {
    match key.split_at_checked(2) {
        Some(("f:", name)) => format!(".{name}"),
        Some(("v:", value)) => format!("[={value}]"),
        Some(("k:", keys)) => {
            let keys = crate::json::parse(keys).unwrap_or_default();
            let all: Vec<String> = keys.entries().iter().map(|(k, v)| format!("{k}={v}")).collect();
            format!("[{}]", all.join(","))
        }
        _ => key.into(),
    }
}
