//! [`diff`]: what changed between two revisions of an object.

use super::{Json, Str};
use std::fmt;

/// One step of a path into a tree.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// A field of an object.
    Field(Str),
    /// An element of an array.
    Index(usize),
}

/// One place where two trees differ: the smallest subtrees that do.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// Where.
    pub path: Vec<Step>,
    /// What was there; `None`: nothing.
    pub old: Option<Json>,
    /// What is there now; `None`: nothing.
    pub new: Option<Json>,
}

impl Change {
    /// The path as people write it: `.spec.containers[0].image`; keys that are no identifiers are quoted.
    pub fn path_text(&self) -> String {
        self.path.iter().map(|step| step.to_string()).collect()
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Step::Field(k) if k.bytes().all(|b| b.is_ascii_alphanumeric()) => write!(f, ".{k}"),
            Step::Field(k) => write!(f, "[{:?}]", k.as_str()),
            Step::Index(i) => write!(f, "[{i}]"),
        }
    }
}

/// All places where `old` and `new` differ, in path order. What both share is skipped without a look.
pub fn diff(old: &Json, new: &Json) -> Vec<Change> {
    let mut changes = Vec::new();
    walk(old, new, &mut Vec::new(), &mut changes);
    changes
}

fn walk(old: &Json, new: &Json, path: &mut Vec<Step>, out: &mut Vec<Change>) {
    if old.same(new) {
        return;
    }
    match (old, new) {
        (Json::Object(a), Json::Object(b)) => {
            let (mut a, mut b) = (a.entries().iter().peekable(), b.entries().iter().peekable());
            loop {
                let order = match (a.peek(), b.peek()) {
                    (None, None) => return,
                    (Some(_), None) => std::cmp::Ordering::Less,
                    (None, Some(_)) => std::cmp::Ordering::Greater,
                    (Some(x), Some(y)) => x.0.cmp(&y.0),
                };
                let left = if order.is_le() { a.next() } else { None };
                let right = if order.is_ge() { b.next() } else { None };
                let key = left.or(right).map(|(k, _)| k.clone()).unwrap_or_default();
                child(Step::Field(key), left.map(|e| &e.1), right.map(|e| &e.1), path, out);
            }
        }
        (Json::Array(a), Json::Array(b)) => {
            for i in 0..a.len().max(b.len()) {
                child(Step::Index(i), a.get(i), b.get(i), path, out);
            }
        }
        _ if old == new => {}
        _ => out.push(Change { path: path.clone(), old: Some(old.clone()), new: Some(new.clone()) }),
    }
}

fn child(step: Step, old: Option<&Json>, new: Option<&Json>, path: &mut Vec<Step>, out: &mut Vec<Change>) {
    path.push(step);
    match (old, new) {
        (Some(a), Some(b)) => walk(a, b, path, out),
        _ => out.push(Change { path: path.clone(), old: old.cloned(), new: new.cloned() }),
    }
    path.pop();
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json;

    #[test]
    fn names_only_what_differs() {
        let cases = [
            (json!({"a": 1, "b": {"c": [1, 2]}}), json!({"a": 1, "b": {"c": [1, 3]}}), ".b.c[1] 2 → 3"),
            (json!({"a": 1}), json!({"b": 2}), ".a 1 → ∅; .b ∅ → 2"),
            (json!({"x": {"y.z/w": true}}), json!({"x": {}}), ".x[\"y.z/w\"] true → ∅"),
            (json!([1]), json!([1]), ""),
            (json!({"a": []}), json!({"a": {}}), ".a [] → {}"),
        ];
        for (old, new, expected) in cases {
            let show = |j: &Option<Json>| j.as_ref().map_or("∅".into(), |j| j.to_string());
            let text: Vec<String> = diff(&old, &new)
                .iter()
                .map(|c| format!("{} {} → {}", c.path_text(), show(&c.old), show(&c.new)))
                .collect();
            assert_eq!(text.join("; "), expected);
        }
    }
}
