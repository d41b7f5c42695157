//! The policies of a Job: pod failure, success, pod replacement.

use crate::api::field::{Error, Path};
use crate::apiserver::validation::{fields, names};
use crate::json::Json;

const ACTIONS: [&str; 4] = ["Count", "FailIndex", "FailJob", "Ignore"];

/// Checks `podFailurePolicy`.
pub fn failure(spec: &Json, path: &Path, errors: &mut Vec<Error>) {
    let rules_path = path.child("podFailurePolicy").child("rules");
    let rules = spec["podFailurePolicy"]["rules"].items();
    if rules.len() > 20 {
        errors.push(Error::too_many(&rules_path, rules.len(), 20));
    }
    for (i, rule) in rules.iter().enumerate() {
        failure_rule(spec, rule, &rules_path.index(i), errors);
    }
}

fn failure_rule(spec: &Json, rule: &Json, path: &Path, errors: &mut Vec<Error>) {
    let action = &rule["action"];
    let action_path = path.child("action");
    match action.str() {
        "" => {
            let detail = "valid values: [\"Count\" \"FailIndex\" \"FailJob\" \"Ignore\"]";
            errors.push(Error::required(&action_path, detail));
        }
        "FailIndex" if spec["backoffLimitPerIndex"].is_null() => {
            let detail = "requires the backoffLimitPerIndex to be set";
            errors.push(Error::invalid(&action_path, action, detail));
        }
        known if ACTIONS.contains(&known) => {}
        _ => errors.push(Error::not_supported(&action_path, action, &ACTIONS)),
    }
    let (codes, conditions) = (&rule["onExitCodes"], rule["onPodConditions"].items());
    if !codes.is_null() {
        exit_codes(spec, codes, &path.child("onExitCodes"), errors);
    }
    if conditions.len() > 20 {
        errors.push(Error::too_many(&path.child("onPodConditions"), conditions.len(), 20));
    }
    for (i, condition) in conditions.iter().enumerate() {
        pod_condition(condition, &path.child("onPodConditions").index(i), errors);
    }
    if !codes.is_null() && !conditions.is_empty() {
        let detail = "specifying both OnExitCodes and OnPodConditions is not supported";
        errors.push(Error::invalid_shown(path, None, detail));
    }
    if codes.is_null() && conditions.is_empty() {
        let detail = "specifying one of OnExitCodes and OnPodConditions is required";
        errors.push(Error::invalid_shown(path, None, detail));
    }
}

fn exit_codes(spec: &Json, codes: &Json, path: &Path, errors: &mut Vec<Error>) {
    let operator = &codes["operator"];
    match operator.str() {
        "" => errors.push(Error::required(&path.child("operator"), "valid values: [\"In\" \"NotIn\"]")),
        "In" | "NotIn" => {}
        _ => errors.push(Error::not_supported(&path.child("operator"), operator, &["In", "NotIn"])),
    }
    if let Some(name) = codes["containerName"].as_str() {
        let pod = spec.at(&["template", "spec"]);
        let containers = ["containers", "initContainers"].iter().flat_map(|list| pod[*list].items());
        if !containers.into_iter().any(|c| c["name"].str() == name) {
            let detail = "must be one of the container or initContainer names in the pod template";
            errors.push(Error::invalid(&path.child("containerName"), name, detail));
        }
    }
    let values_path = path.child("values");
    let values = codes["values"].items();
    if values.is_empty() {
        let shown = if codes["values"].is_null() { "null" } else { "[]" };
        errors.push(Error::invalid_shown(&values_path, Some(shown), "at least one value is required"));
    } else if values.len() > 255 {
        errors.push(Error::too_many(&values_path, values.len(), 255));
    }
    let mut ordered = true;
    for (i, value) in values.iter().enumerate() {
        if operator.str() == "In" && value.as_i64() == Some(0) {
            let detail = "must not be 0 for the In operator";
            errors.push(Error::invalid(&values_path.index(i), value, detail));
        }
        if values[..i].contains(value) {
            errors.push(Error::duplicate(&values_path.index(i), value));
        }
        ordered &= i == 0 || values[i - 1].as_i64() <= value.as_i64();
    }
    if !ordered {
        errors.push(Error::invalid(&values_path, &codes["values"], "must be ordered"));
    }
}

fn pod_condition(condition: &Json, path: &Path, errors: &mut Vec<Error>) {
    let kind = condition["type"].str();
    for problem in names::qualified(kind) {
        errors.push(Error::invalid(&path.child("type"), kind, problem));
    }
    let status = &condition["status"];
    match status.str() {
        "" => {
            let detail = "valid values: [\"False\" \"True\" \"Unknown\"]";
            errors.push(Error::required(&path.child("status"), detail));
        }
        "True" | "False" | "Unknown" => {}
        _ => errors.push(Error::not_supported(&path.child("status"), status, &["False", "True", "Unknown"])),
    }
}

/// Checks `successPolicy` of an Indexed Job.
pub fn success(spec: &Json, path: &Path, errors: &mut Vec<Error>) {
    let rules_path = path.child("successPolicy").child("rules");
    let rules = spec["successPolicy"]["rules"].items();
    if rules.is_empty() {
        let detail = "at least one rules must be specified when the successPolicy is specified";
        errors.push(Error::required(&rules_path, detail));
    }
    if rules.len() > 20 {
        errors.push(Error::too_many(&rules_path, rules.len(), 20));
    }
    let completions = spec["completions"].as_i64().unwrap_or(0);
    for (i, rule) in rules.iter().enumerate() {
        success_rule(completions, rule, &rules_path.index(i), errors);
    }
}

fn success_rule(completions: i64, rule: &Json, path: &Path, errors: &mut Vec<Error>) {
    let (count, indexes) = (&rule["succeededCount"], &rule["succeededIndexes"]);
    if count.is_null() && indexes.is_null() {
        let detail = "at least one of succeededCount or succeededIndexes must be specified";
        errors.push(Error::required(path, detail));
        return;
    }
    let mut total = 0;
    if let Some(text) = indexes.as_str() {
        let path = path.child("succeededIndexes");
        if text.len() > 64 * 1024 {
            errors.push(Error::too_long(&path, 64 * 1024));
        }
        match count_indexes(text, completions) {
            Ok(n) => total = n,
            Err(why) => {
                let detail = format!("error parsing succeededIndexes: {why}");
                errors.push(Error::invalid(&path, text, detail));
            }
        }
    }
    let Some(n) = count.as_i64() else { return };
    fields::not_negative(rule, path, "succeededCount", errors);
    let count_path = path.child("succeededCount");
    if n > completions {
        let detail =
            format!("must be less than or equal to {completions} (the number of specified completions)");
        errors.push(Error::invalid(&count_path, count, detail));
    }
    if !indexes.is_null() && n > total {
        let detail = format!(
            "must be less than or equal to {total} (the number of indexes in the specified succeededIndexes field)"
        );
        errors.push(Error::invalid(&count_path, count, detail));
    }
}

/// How many indexes a list such as `0,2-5` names.
pub fn count_indexes(text: &str, completions: i64) -> Result<i64, String> {
    let (mut total, mut last) = (0, None);
    if text.is_empty() {
        return Ok(0);
    }
    for interval in text.split(',') {
        let (first, end) = index_interval(interval, completions)?;
        increasing(last, first)?;
        total += end - first + 1;
        last = Some(end);
    }
    Ok(total)
}

/// The bounds of `2-5`; those of `7` are both 7.
pub fn index_interval(text: &str, completions: i64) -> Result<(i64, i64), String> {
    let parts: Vec<&str> = text.split('-').collect();
    if parts.len() > 2 {
        return Err(format!(
            "the fragment {text:?} violates the requirement that an index interval can have at most two parts separated by '-'"
        ));
    }
    let read = |part: &str| {
        let index: i64 =
            part.parse().map_err(|_| format!("cannot convert string to integer for index: {part:?}"))?;
        if index >= completions { Err(format!("too large index: {part:?}")) } else { Ok(index) }
    };
    let first = read(parts[0])?;
    let Some(end) = parts.get(1) else { return Ok((first, first)) };
    let end = read(end)?;
    increasing(Some(first), end)?;
    Ok((first, end))
}

fn increasing(previous: Option<i64>, current: i64) -> Result<(), String> {
    match previous.filter(|previous| *previous >= current) {
        Some(previous) => Err(format!("non-increasing order, previous: {previous}, current: {current}")),
        None => Ok(()),
    }
}

/// Checks `podReplacementPolicy`: with a pod failure policy, only failed pods may be replaced.
pub fn replacement(spec: &Json, path: &Path, errors: &mut Vec<Error>) {
    let policy = &spec["podReplacementPolicy"];
    if policy.is_null() {
        return;
    }
    let allowed: &[&str] =
        if spec["podFailurePolicy"].is_null() { &["Failed", "TerminatingOrFailed"] } else { &["Failed"] };
    if !allowed.contains(&policy.str()) {
        errors.push(Error::not_supported(&path.child("podReplacementPolicy"), policy, allowed));
    }
}
