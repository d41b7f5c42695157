//! What a Job must fulfil, and what of it may change (`pkg/apis/batch/validation`).

use super::policies;
use crate::api::field::{Error, Path};
use crate::api::selector::Labels;
use crate::apiserver::internal;
use crate::apiserver::validation::{fields, names, pod, selector};
use crate::json;
use crate::json::Json;

/// More indexes than this cannot be listed in a status one by one.
const MANY: i64 = 100_000;
const INDEXED: &str = "requires indexed completion mode";
const IMMUTABLE: &str = "field is immutable";

/// Checks a new Job.
pub fn create(job: &Json, errors: &mut Vec<Error>) {
    generated_selector(job, errors);
    let path = Path::new("spec");
    let spec = &job["spec"];
    template_spec(spec, &path, errors);
    let labels = &spec["template"]["metadata"]["labels"];
    let valid = selector::required(&spec["selector"], &path.child("selector"), errors);
    if valid && !Labels::from_object(&spec["selector"]).is_some_and(|s| s.matches(labels)) {
        let path = path.child("template").child("metadata").child("labels");
        errors.push(Error::invalid(&path, labels, "`selector` does not match template `labels`"));
    }
    if let Some(completions) = spec["completions"].as_i64().filter(|n| *n > 0)
        && spec["completionMode"].str() == "Indexed"
    {
        let name = job["metadata"]["name"].str();
        let last = format!("{name}-{}", completions - 1);
        if !names::label(&last).is_empty() {
            let detail = format!("will not able to create pod with invalid DNS label: {last}");
            errors.push(Error::invalid(&Path::new("metadata").child("name"), name, detail));
        }
    }
}

/// A selector that the server made must be the one it makes.
fn generated_selector(job: &Json, errors: &mut Vec<Error>) {
    let spec = &job["spec"];
    if spec["manualSelector"].as_bool() == Some(true) || spec["selector"].is_null() {
        return;
    }
    let (name, uid) = (&job["metadata"]["name"], &job["metadata"]["uid"]);
    let labels = &spec["template"]["metadata"]["labels"];
    let path = Path::new("spec").child("template").child("metadata").child("labels");
    let expected = json!({
        "controller-uid": uid, "job-name": name,
        "batch.kubernetes.io/controller-uid": uid, "batch.kubernetes.io/job-name": name,
    });
    let order =
        ["controller-uid", "job-name", "batch.kubernetes.io/controller-uid", "batch.kubernetes.io/job-name"];
    for key in order {
        let detail = format!("must be '{}'", expected[key].str());
        match labels.get(key) {
            None => errors.push(Error::required(&path.key(key), detail)),
            Some(found) if *found != expected[key] => {
                errors.push(Error::invalid(&path.key(key), labels, detail));
            }
            Some(_) => {}
        }
    }
    let path = Path::new("spec").child("selector");
    let valid = selector::required(&spec["selector"], &path, &mut Vec::new());
    if valid && !Labels::from_object(&spec["selector"]).is_some_and(|s| s.matches(&expected)) {
        let shown = selector::shown(&spec["selector"]);
        errors.push(Error::invalid_shown(&path, Some(&shown), "`selector` not auto-generated"));
    }
}

/// Checks a Job's spec, its selector apart; a CronJob's template must fulfil the same.
pub fn template_spec(spec: &Json, path: &Path, errors: &mut Vec<Error>) {
    for field in [
        "parallelism",
        "completions",
        "activeDeadlineSeconds",
        "backoffLimit",
        "ttlSecondsAfterFinished",
        "backoffLimitPerIndex",
    ] {
        fields::not_negative(spec, path, field, errors);
    }
    let failed_indexes = spec["maxFailedIndexes"].as_i64();
    if failed_indexes.is_some() {
        fields::not_negative(spec, path, "maxFailedIndexes", errors);
        if spec["backoffLimitPerIndex"].is_null() {
            let detail = "when maxFailedIndexes is specified";
            errors.push(Error::required(&path.child("backoffLimitPerIndex"), detail));
        }
    }
    if let Some(manager) = spec["managedBy"].as_str() {
        let path = path.child("managedBy");
        names::domain_prefixed_path(manager, &path, errors);
        if manager.len() > 63 {
            errors.push(Error::too_long(&path, 63));
        }
    }
    let indexed = spec["completionMode"].str() == "Indexed";
    completion_mode(spec, path, errors);
    policies::failure(spec, path, errors);
    if !spec["successPolicy"].is_null() {
        if indexed {
            policies::success(spec, path, errors);
        } else {
            let shown = internal::success_policy(&spec["successPolicy"]);
            errors.push(Error::invalid_shown(&path.child("successPolicy"), Some(&shown), INDEXED));
        }
    }
    policies::replacement(spec, path, errors);
    let template = path.child("template");
    pod::template(&spec["template"], &template, errors);
    let policy = spec.at(&["template", "spec", "restartPolicy"]);
    let policy_path = template.child("spec").child("restartPolicy");
    match policy.str() {
        "" | "Always" => {
            errors.push(Error::required(&policy_path, "valid values: \"OnFailure\", \"Never\""));
        }
        "Never" => {}
        "OnFailure" if spec["podFailurePolicy"].is_null() => {}
        "OnFailure" => {
            let detail = "only \"Never\" is supported when podFailurePolicy is specified";
            errors.push(Error::invalid(&policy_path, policy, detail));
        }
        _ => errors.push(Error::not_supported(&policy_path, policy, &["OnFailure", "Never"])),
    }
}

fn completion_mode(spec: &Json, path: &Path, errors: &mut Vec<Error>) {
    match spec["completionMode"].as_str() {
        Some("Indexed") => {
            if spec["completions"].is_null() {
                let detail = "when completion mode is Indexed";
                errors.push(Error::required(&path.child("completions"), detail));
            }
            let completions = spec["completions"].as_i64();
            let at_most = |field: &str, most: Option<i64>, what: &str, errors: &mut Vec<Error>| {
                if let (Some(n), Some(most)) = (spec[field].as_i64(), most)
                    && n > most
                {
                    let detail = format!("must be less than or equal to {what}");
                    errors.push(Error::invalid(&path.child(field), n, detail));
                }
            };
            at_most("parallelism", Some(MANY), "100000 when completion mode is Indexed", errors);
            at_most("maxFailedIndexes", completions, "completions", errors);
            at_most("maxFailedIndexes", Some(MANY), "100000", errors);
            if completions.is_some_and(|n| n > MANY) && !spec["backoffLimitPerIndex"].is_null() {
                let most = Some(MANY / 10);
                let what = "10000 when completions are above 100000 and used with backoff limit per index";
                if spec["maxFailedIndexes"].is_null() {
                    let detail = "must be specified when completions is above 100000";
                    errors.push(Error::required(&path.child("maxFailedIndexes"), detail));
                }
                at_most("parallelism", most, what, errors);
                at_most("maxFailedIndexes", most, what, errors);
            }
        }
        Some("NonIndexed") | None => {
            for field in ["backoffLimitPerIndex", "maxFailedIndexes"] {
                if !spec[field].is_null() {
                    errors.push(Error::invalid(&path.child(field), &spec[field], INDEXED));
                }
            }
        }
        _ => errors.push(Error::not_supported(
            &path.child("completionMode"),
            &spec["completionMode"],
            &["NonIndexed", "Indexed"],
        )),
    }
}

/// Checks a change of a Job.
pub fn update(new: &Json, old: &Json, errors: &mut Vec<Error>) {
    create(new, errors);
    let path = Path::new("spec");
    let (spec, before) = (&new["spec"], &old["spec"]);
    completions(spec, before, &path, errors);
    selector::immutable(new, old, errors);
    template(new, old, &path.child("template"), errors);
    let immutable = |field: &'static str, shown: Option<String>, errors: &mut Vec<Error>| {
        if spec[field] != before[field] {
            let error = match shown {
                Some(shown) => Error::invalid_shown(&path.child(field), Some(&shown), IMMUTABLE),
                None => Error::invalid(&path.child(field), &spec[field], IMMUTABLE),
            };
            errors.push(error);
        }
    };
    immutable("completionMode", None, errors);
    immutable("podFailurePolicy", Some(internal::failure_policy(&spec["podFailurePolicy"])), errors);
    immutable("backoffLimitPerIndex", None, errors);
    immutable("managedBy", None, errors);
    immutable("successPolicy", Some(internal::success_policy(&spec["successPolicy"])), errors);
}

/// The template stays as it is, but that of a suspended Job without pods may change where they run and what they get; what
/// else is changed there is told of the pod's spec alone.
fn template(new: &Json, old: &Json, path: &Path, errors: &mut Vec<Error>) {
    let (after, before) = (&new["spec"]["template"], &old["spec"]["template"]);
    let mut expected = before.clone();
    if old["spec"]["suspend"].as_bool() == Some(true) && old["status"]["active"].as_i64().unwrap_or(0) == 0 {
        take_mutable(&mut expected, after);
        if after["spec"] != expected["spec"] {
            let shown = internal::pod_spec(&after["spec"]);
            return errors.push(Error::invalid_shown(&path.child("spec"), Some(&shown), IMMUTABLE));
        }
    }
    if *after != expected {
        let shown = internal::pod_template(after);
        errors.push(Error::invalid_shown(path, Some(&shown), IMMUTABLE));
    }
}

/// An Indexed Job may be stretched, when completions and parallelism are stretched together.
fn completions(spec: &Json, before: &Json, path: &Path, errors: &mut Vec<Error>) {
    if spec["completions"] == before["completions"] || spec["completions"].is_null() {
        return;
    }
    let path = path.child("completions");
    if spec["completionMode"].str() != "Indexed" {
        errors.push(Error::invalid(&path, &spec["completions"], IMMUTABLE));
    } else if spec["completions"] != spec["parallelism"] {
        let detail = "can only be modified in tandem with spec.parallelism";
        errors.push(Error::invalid(&path, &spec["completions"], detail));
    }
}

/// What of the template may change while the Job is suspended and has no pods: where they run and what they get.
fn take_mutable(template: &mut Json, new: &Json) {
    fn take(to: &mut Json, from: &Json, field: &'static str) {
        match from.get(field) {
            Some(value) => to.set(field, value),
            None => drop(to.remove(field)),
        }
    }
    let mut meta = template["metadata"].clone();
    take(&mut meta, &new["metadata"], "labels");
    take(&mut meta, &new["metadata"], "annotations");
    template.set("metadata", meta);
    let mut spec = template["spec"].clone();
    for field in ["nodeSelector", "tolerations", "schedulingGates"] {
        take(&mut spec, &new["spec"], field);
    }
    let other = &new["spec"]["affinity"];
    let mut affinity = if spec["affinity"].is_null() { json!({}) } else { spec["affinity"].clone() };
    take(&mut affinity, other, "nodeAffinity");
    if other.is_null() && affinity.is_empty() {
        drop(spec.remove("affinity"));
    } else {
        spec.set("affinity", affinity);
    }
    for list in ["containers", "initContainers"] {
        let others = new["spec"][list].items();
        if spec[list].is_null() || others.len() != spec[list].items().len() {
            continue;
        }
        let containers = spec[list].items().iter().zip(others).map(|(mine, other)| {
            let mut container = mine.clone();
            take(&mut container, other, "resources");
            container
        });
        let containers: Json = containers.collect();
        spec.set(list, containers);
    }
    template.set("spec", spec);
}
