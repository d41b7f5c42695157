//! Jobs.

mod policies;
mod status;
pub mod validation;

use super::{PLAIN, Strategy};
use crate::apiserver::pod_spec::{self, fill};
use crate::apiserver::pod_warnings;
use crate::json;
use crate::json::{Json, Str};

/// The strategy of Jobs.
pub static JOB: Strategy = Strategy {
    selectable: &["status.successful"],
    defaults,
    prepare_create: |job| {
        job.set("status", json!({}));
        job.set_at(&["metadata", "generation"], 1);
        select_own_pods(job);
    },
    read_back: label_as_template,
    prepare_update: |new, old| new.set("status", &old["status"]),
    validate: validation::create,
    validate_update: validation::update,
    validate_status: status::validate,
    warnings: |job, old| warnings(job, old, &["spec"]),
    generation: true,
    orphans: true,
    ..PLAIN
};

/// Fills in what the author left out (`pkg/apis/batch/v1/defaults.go`).
fn defaults(job: &mut Json) {
    if let Some(spec) = job.get_mut("spec") {
        default_spec(spec);
    }
}

/// Fills in a Job's spec.
fn default_spec(spec: &mut Json) {
    // A Job that says neither runs one pod to completion.
    if spec["completions"].is_null() && spec["parallelism"].is_null() {
        spec.set("completions", 1);
    }
    fill(spec, "parallelism", 1);
    let per_index = !spec["backoffLimitPerIndex"].is_null();
    fill(spec, "backoffLimit", if per_index { i64::from(i32::MAX) } else { 6 });
    fill(spec, "suspend", false);
    fill(spec, "manualSelector", false);
    let policy = if spec["podFailurePolicy"].is_null() { "TerminatingOrFailed" } else { "Failed" };
    // Pointers, of which an empty text is a value.
    for (field, value) in [("completionMode", "NonIndexed"), ("podReplacementPolicy", policy)] {
        if spec[field].is_null() {
            spec.set(field, value);
        }
    }
    default_template(spec);
}

/// Fills in what below a Job's spec has defaults of its own: its pods, and the patterns of its pod failure policy. All
/// that a CronJob's template gets.
pub fn default_template(spec: &mut Json) {
    if let Some(pod_spec) = spec.get_mut("template").and_then(|t| t.get_mut("spec")) {
        pod_spec::defaults(pod_spec, false);
    }
    let rules = spec["podFailurePolicy"]["rules"].items().iter().map(|rule| {
        let mut rule = rule.clone();
        let patterns = rule["onPodConditions"].items().iter().map(|p| {
            let mut pattern = p.clone();
            fill(&mut pattern, "status", "True");
            pattern
        });
        let patterns: Json = patterns.collect();
        if !patterns.is_empty() {
            rule.set("onPodConditions", patterns);
        }
        rule
    });
    let rules: Json = rules.collect();
    if !rules.is_empty() {
        spec.set_at(&["podFailurePolicy", "rules"], rules);
    }
}

/// What the author of a Job should know, or of a CronJob whose Job's spec stands at `at` (`WarningsForJobSpec`).
pub fn warnings(object: &Json, old: Option<&Json>, at: &[&str]) -> Vec<Str> {
    if old.is_some_and(|old| old["spec"] == object["spec"]) {
        return Vec::new();
    }
    let (spec, path) = (object.at(at), at.join("."));
    let mut all = pod_warnings::of_owner(object, old, &spec["template"], &format!("{path}.template."));
    let above = |field: &str, most: i64| spec[field].as_i64().is_some_and(|n| n > most);
    if spec["completionMode"].str() == "Indexed"
        && above("completions", 100_000)
        && above("parallelism", 10_000)
    {
        let named =
            usize::from(old.is_none() && all.first().is_some_and(|w| w.starts_with("metadata.name:")));
        let advice = "In Indexed Jobs with a number of completions higher than 10^5 and a parallelism higher than 10^4, Kubernetes might not be able to track completedIndexes when a big number of indexes fail";
        all.insert(named, format!("{path}: {advice}").into());
    }
    all
}

/// Makes the selector and the template's labels, so that a Job finds its own pods and nobody else's.
fn select_own_pods(job: &mut Json) {
    if job["spec"]["manualSelector"].as_bool() == Some(true) {
        return;
    }
    let (name, uid) = (job["metadata"]["name"].clone(), job["metadata"]["uid"].clone());
    let labels: [(&'static str, &Json); 4] = [
        ("batch.kubernetes.io/controller-uid", &uid),
        ("batch.kubernetes.io/job-name", &name),
        ("controller-uid", &uid),
        ("job-name", &name),
    ];
    for (key, value) in labels {
        if job.at(&["spec", "template", "metadata", "labels"]).get(key).is_none() {
            job.set_at(&["spec", "template", "metadata", "labels", key], value);
        }
    }
    let key = labels[0].0;
    if job.at(&["spec", "selector", "matchLabels"]).get(key).is_none() {
        job.set_at(&["spec", "selector", "matchLabels", key], Str::from(uid.str()));
    }
}

/// A Job without labels of its own shows its template's (`SetDefaults_Job`, which runs again when the object is read back).
fn label_as_template(job: &mut Json) {
    let labels = job.at(&["spec", "template", "metadata", "labels"]).clone();
    if job["metadata"]["labels"].is_empty() && !labels.is_empty() {
        job.set_at(&["metadata", "labels"], labels);
    }
}
