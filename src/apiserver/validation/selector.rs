//! Label selectors, and the pod templates they must select.

use super::at::At;
use super::{fields, meta, names, pod};
use crate::api::field::{Error, Path};
use crate::api::selector::Labels;
use crate::json::Json;
use std::fmt::Write;

/// How the kinds of workloads speak of their selectors.
pub struct Words {
    /// Of an empty one.
    empty: &'static str,
    /// Of one that is none.
    bad: Option<&'static str>,
    /// Of a template whose pods may run for some time only.
    deadline: &'static str,
}

/// Deployments, and ReplicaSets, which copied from them.
pub const DEPLOYMENT: Words = Words {
    empty: "empty selector is invalid for deployment",
    bad: Some("invalid label selector"),
    deadline: "activeDeadlineSeconds in ReplicaSet is not Supported",
};
/// StatefulSets.
pub const STATEFUL_SET: Words = Words {
    empty: "empty selector is invalid for statefulset",
    bad: Some(""),
    deadline: "activeDeadlineSeconds in StatefulSet is not Supported",
};
/// DaemonSets.
pub const DAEMON_SET: Words = Words {
    empty: "empty selector is invalid for daemonset",
    bad: None,
    deadline: "activeDeadlineSeconds in DaemonSet is not Supported",
};

/// Checks a workload's selector, and that its template is one for pods that run for ever and carry the selector's labels
/// (`ValidatePodTemplateSpecForReplicaSet` and its like).
pub fn with_template(spec: &Json, path: &Path, words: &Words, errors: &mut Vec<Error>) {
    let selector = At::new(&spec["selector"], &path.child("selector"));
    let before = errors.len();
    let refuse = |detail: &'static str, errors: &mut Vec<Error>| {
        errors.push(Error::invalid_shown(&selector.path, Some(&shown(selector.json)), detail));
    };
    if selector.set() {
        label_selector(selector.json, &selector.path, errors);
        if let Some(bad) = words.bad.filter(|_| errors.len() > before) {
            return refuse(bad, errors);
        }
    } else if words.bad.is_some() {
        selector.missing("", errors);
    }
    let empty = selector.json["matchLabels"].is_empty() && selector.json["matchExpressions"].is_empty();
    let nothing = selector.set() && empty;
    if nothing && words.bad.is_some() {
        refuse(words.empty, errors);
    }
    let template = At::new(&spec["template"], &path.child("template"));
    let labels = template.get("metadata").get("labels");
    let valid = errors.len() == before || words.bad.is_some();
    if valid && !Labels::from_object(selector.json).is_some_and(|s| s.matches(labels.json)) {
        labels.invalid("`selector` does not match template `labels`", errors);
    }
    // DaemonSets are asked in another order.
    if nothing && words.bad.is_none() {
        refuse(words.empty, errors);
    }
    pod::template(template.json, &template.path, errors);
    let policy = template.get("spec").get("restartPolicy");
    if policy.str() != "Always" {
        policy.unsupported(&["Always"], errors);
    }
    let deadline = template.get("spec").get("activeDeadlineSeconds");
    if deadline.set() {
        deadline.forbidden(words.deadline, errors);
    }
}

/// How often two names were the same is never forgotten.
pub fn collisions(new: &Json, old: &Json, errors: &mut Vec<Error>) {
    let count = At::top(new, "status").get("collisionCount");
    if old["status"]["collisionCount"].as_i64().is_some_and(|n| count.int().unwrap_or(0) < n) {
        errors.push(Error::invalid(&count.path, count.int().unwrap_or(0), "cannot be decremented"));
    }
}

/// A selector never changes: whose pods would the old ones be?
pub fn immutable(new: &Json, old: &Json, errors: &mut Vec<Error>) {
    let (new, old) = (&new["spec"]["selector"], &old["spec"]["selector"]);
    if new != old {
        let path = Path::new("spec").child("selector");
        errors.push(Error::invalid_shown(&path, Some(&shown(new)), "field is immutable"));
    }
}

/// Checks the numbers of a status: none is negative, and each count is at most another (`[a, b, how b is called]`).
pub fn counts(status: &Json, fields: &[&str], limits: &[[&str; 3]], errors: &mut Vec<Error>) {
    let path = Path::new("status");
    for field in fields {
        fields::not_negative(status, &path, field, errors);
    }
    let count = |field: &str| status[field].as_i64().unwrap_or(0);
    for [field, limit, name] in limits {
        if count(field) > count(limit) {
            let detail = format!("cannot be greater than {name}");
            errors.push(Error::invalid(&path.child(field), count(field), detail));
        }
    }
}

/// Checks a selector that must be there; whether it is one that can select.
pub fn required(selector: &Json, path: &Path, errors: &mut Vec<Error>) -> bool {
    let before = errors.len();
    if selector.is_null() {
        errors.push(Error::required(path, ""));
        return true;
    }
    label_selector(selector, path, errors);
    errors.len() == before
}

/// A label selector, where it is set (`ValidateLabelSelector`).
pub fn label_selector(selector: &Json, path: &Path, errors: &mut Vec<Error>) {
    meta::labels(&selector["matchLabels"], &path.child("matchLabels"), errors);
    for (i, expression) in selector["matchExpressions"].items().iter().enumerate() {
        let path = path.child("matchExpressions").index(i);
        let values = &expression["values"];
        operator(expression, &path, errors);
        let key = expression["key"].str();
        for problem in names::qualified(key) {
            errors.push(Error::invalid(&path.child("key"), key, problem));
        }
        for (i, value) in values.items().iter().enumerate() {
            for problem in names::label_value(value.str()) {
                errors.push(Error::invalid(&path.child("values").index(i), value, problem));
            }
        }
    }
}

/// Checks the operator of an expression, and whether there are values where it needs some.
pub fn operator(expression: &Json, path: &Path, errors: &mut Vec<Error>) {
    let (operator, values) = (&expression["operator"], &expression["values"]);
    match operator.str() {
        "In" | "NotIn" if values.is_empty() => {
            let detail = "must be specified when `operator` is 'In' or 'NotIn'";
            errors.push(Error::required(&path.child("values"), detail));
        }
        "Exists" | "DoesNotExist" if !values.is_empty() => {
            let detail = "may not be specified when `operator` is 'Exists' or 'DoesNotExist'";
            errors.push(Error::forbidden(&path.child("values"), detail));
        }
        "In" | "NotIn" | "Exists" | "DoesNotExist" => {}
        _ => errors.push(Error::invalid(&path.child("operator"), operator, "not a valid selector operator")),
    }
}

/// A selector as JSON in the order of its Go struct.
pub fn shown(selector: &Json) -> String {
    let mut text = String::new();
    for field in ["matchLabels", "matchExpressions"] {
        if let Some(value) = selector.get(field) {
            let _ = write!(text, "{}\"{field}\":{value}", if text.is_empty() { "" } else { "," });
        }
    }
    if selector.is_null() { "null".into() } else { format!("{{{text}}}") }
}
