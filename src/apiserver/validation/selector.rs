//! Label selectors, and the pod templates they must select.

use super::{fields, meta, names, pod};
use crate::api::field::{Error, Path};
use crate::api::selector::Labels;
use crate::json::Json;
use std::fmt::Write;

/// Checks a workload's selector, and that its template is one for pods that run for ever and carry the selector's labels
/// (`ValidatePodTemplateSpecForReplicaSet`).
pub fn with_template(spec: &Json, path: &Path, errors: &mut Vec<Error>) {
    let selector = &spec["selector"];
    let selector_path = path.child("selector");
    let before = errors.len();
    if selector.is_null() {
        errors.push(Error::required(&selector_path, ""));
    } else {
        label_selector(selector, &selector_path, errors);
        if errors.len() > before {
            let error =
                Error::invalid_shown(&selector_path, Some(&shown(selector)), "invalid label selector");
            return errors.push(error);
        }
        if selector["matchLabels"].is_empty() && selector["matchExpressions"].is_empty() {
            let detail = "empty selector is invalid for deployment";
            errors.push(Error::invalid_shown(&selector_path, Some(&shown(selector)), detail));
        }
    }
    let template = &spec["template"];
    let path = path.child("template");
    let labels = &template["metadata"]["labels"];
    if !Labels::from_object(selector).is_some_and(|s| s.matches(labels)) {
        let detail = "`selector` does not match template `labels`";
        errors.push(Error::invalid(&path.child("metadata").child("labels"), labels, detail));
    }
    pod::template(template, &path, errors);
    let spec_path = path.child("spec");
    let policy = &template["spec"]["restartPolicy"];
    if policy.str() != "Always" {
        errors.push(Error::not_supported(&spec_path.child("restartPolicy"), policy, &["Always"]));
    }
    if !template["spec"]["activeDeadlineSeconds"].is_null() {
        let detail = "activeDeadlineSeconds in ReplicaSet is not Supported";
        errors.push(Error::forbidden(&spec_path.child("activeDeadlineSeconds"), detail));
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
