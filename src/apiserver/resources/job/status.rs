//! What the status of a Job must fulfil (`validateJobStatus`). Since another controller may write it (`managedBy`), the
//! server refuses what would confuse those who wait for a Job; most rules are asked only where what they read changes.

use super::policies::{count_indexes, index_interval};
use crate::api::field::{Error, Path};
use crate::apiserver::validation::fields;
use crate::json::Json;

/// Checks a change of a Job's status.
pub fn validate(new: &Json, old: &Json, errors: &mut Vec<Error>) {
    let path = Path::new("status");
    let (status, before) = (&new["status"], &old["status"]);
    for field in ["active", "succeeded", "failed", "ready", "terminating"] {
        fields::not_negative(status, &path, field, errors);
    }
    uncounted(&status["uncountedTerminatedPods"], &path.child("uncountedTerminatedPods"), errors);
    let changed = |field: &str| status[field] != before[field];
    let [complete, failed, target, criteria] = ["Complete", "Failed", "FailureTarget", "SuccessCriteriaMet"]
        .map(|kind| Change::of(kind, status, before));
    let finished = Change { now: complete.now || failed.now, before: complete.before || failed.before };
    let count = |field: &str| status[field].as_i64().unwrap_or(0);
    let (start, end) = (&status["startTime"], &status["completionTime"]);
    let times = changed("startTime") || changed("completionTime");

    let mut rule = |broken: bool, field: &str, detail: &str| {
        if !broken {
            return;
        }
        let path = path.child(field);
        errors.push(match field {
            "conditions" => Error::invalid_shown(&path, None, detail),
            _ if detail.contains("required") || detail.contains("removed") => Error::required(&path, detail),
            "succeeded" | "failed" => Error::invalid(&path, count(field), detail),
            _ => Error::invalid(&path, &status[field], detail),
        });
    };
    let both = |one: Change, other: Change| (one.flips() || other.flips()) && one.now && other.now;
    rule(both(complete, failed), "conditions", "cannot set Complete=True and Failed=true conditions");
    rule(both(complete, target), "conditions", "cannot set Complete=True and FailureTarget=true conditions");
    let ended = complete.flips() || changed("completionTime");
    let detail = "cannot set completionTime when there is no Complete=True condition";
    rule(ended && !end.is_null() && !complete.now, "completionTime", detail);
    let detail = "completionTime is required for Complete jobs";
    rule(ended && end.is_null() && complete.now, "completionTime", detail);
    let early = !start.is_null() && !end.is_null() && end.str() < start.str();
    rule(times && early, "completionTime", "completionTime cannot be set before startTime");
    let detail = "cannot set Failed=True condition without the FailureTarget=true condition";
    rule(failed.flips() && failed.now && !target.now, "conditions", detail);
    let detail = "cannot set Complete=True condition without the SuccessCriteriaMet=true condition";
    rule(complete.flips() && complete.now && !criteria.now, "conditions", detail);
    let asked = |field: &str| finished.now && (finished.flips() || changed(field));
    rule(asked("active") && count("active") > 0, "active", "active>0 is invalid for finished job");
    rule(asked("startTime") && start.is_null(), "startTime", "startTime is required for finished job");
    let left = &status["uncountedTerminatedPods"];
    let left = !left["succeeded"].is_empty() || !left["failed"].is_empty();
    let detail = "uncountedTerminatedPods needs to be empty for finished job";
    rule(asked("uncountedTerminatedPods") && left, "uncountedTerminatedPods", detail);
    indexes(new, before, &mut rule);
    let detail = "terminating>0 is invalid for finished job";
    rule(asked("terminating") && count("terminating") > 0, "terminating", detail);
    let more = (changed("ready") || changed("active")) && count("ready") > count("active");
    rule(more, "ready", "cannot set more ready pods than active");
    let detail = "cannot set SuccessCriteriaMet=True and Failed=true conditions";
    rule(criteria.now && failed.now, "conditions", detail);
    let detail = "cannot set SuccessCriteriaMet=True and FailureTarget=true conditions";
    rule(criteria.now && target.now, "conditions", detail);
    let detail = "cannot set Complete=True for Job with SuccessPolicy unless SuccessCriteriaMet=True";
    let policy = !new["spec"]["successPolicy"].is_null();
    rule(policy && complete.now && !criteria.now, "conditions", detail);

    for (kind, change) in [("Failed", failed), ("Complete", complete), ("FailureTarget", target)] {
        let detail = format!("cannot disable the terminal {kind}=True condition");
        rule(change.before && !change.now, "conditions", &detail);
    }
    let less = |field: &str| count(field) < before[field].as_i64().unwrap_or(0);
    rule(less("failed"), "failed", "cannot decrease the failed counter");
    // An Indexed Job that can be stretched can also shrink.
    let spec = &new["spec"];
    let elastic = spec["completionMode"].str() == "Indexed" && spec["completions"] == spec["parallelism"];
    rule(!elastic && less("succeeded"), "succeeded", "cannot decrease the succeeded counter");
    let moved = !end.is_null() && !before["completionTime"].is_null() && changed("completionTime");
    rule(moved, "completionTime", "completionTime cannot be mutated");
    let restarted = !before["startTime"].is_null() && changed("startTime");
    let running = spec["suspend"].as_bool() != Some(true);
    rule(restarted && running, "startTime", "startTime cannot be removed for unsuspended job");
    let detail = "cannot disable the SuccessCriteriaMet=True condition";
    rule(criteria.before && !criteria.now, "conditions", detail);
    let detail = "cannot set SuccessCriteriaMet=True for Job already has Complete=true conditions";
    rule(complete.before && !criteria.before && criteria.now, "conditions", detail);
}

/// Whether a condition is true, and was.
#[derive(Clone, Copy)]
struct Change {
    now: bool,
    before: bool,
}

impl Change {
    fn of(kind: &str, status: &Json, before: &Json) -> Change {
        let is_true = |status: &Json| {
            let conditions = status["conditions"].items();
            conditions.iter().any(|c| c["type"].str() == kind && c["status"].str() == "True")
        };
        Change { now: is_true(status), before: is_true(before) }
    }

    fn flips(self) -> bool {
        self.now != self.before
    }
}

/// Each pod is there at most once, in one of the two lists.
fn uncounted(pods: &Json, path: &Path, errors: &mut Vec<Error>) {
    let mut seen: Vec<&Json> = Vec::new();
    for list in ["succeeded", "failed"] {
        for (i, uid) in pods[list].items().iter().enumerate() {
            let path = path.child(list).index(i);
            if uid.str().is_empty() {
                errors.push(Error::invalid(&path, uid, "must not be empty"));
            } else if seen.contains(&uid) {
                errors.push(Error::duplicate(&path, uid));
            } else {
                seen.push(uid);
            }
        }
    }
}

/// The lists of indexes that are done and that failed.
fn indexes(job: &Json, before: &Json, rule: &mut dyn FnMut(bool, &str, &str)) {
    let (spec, status) = (&job["spec"], &job["status"]);
    let completions = spec["completions"].as_i64();
    let per_index = !spec["backoffLimitPerIndex"].is_null();
    let [(completed, completed_changed), (failed, failed_changed)] =
        ["completedIndexes", "failedIndexes"].map(|f| (&status[f], status[f] != before[f]));
    if let Some(completions) = completions {
        if let Err(why) = count_indexes(completed.str(), completions) {
            rule(completed_changed, "completedIndexes", &format!("error parsing completedIndexes: {why}"));
        }
        if let Err(why) = count_indexes(failed.str(), completions) {
            let asked = failed_changed && per_index;
            rule(asked, "failedIndexes", &format!("error parsing failedIndexes: {why}"));
        }
    }
    let detail = "cannot set non-empty completedIndexes when non-indexed completion mode";
    let indexed = spec["completionMode"].str() == "Indexed";
    rule(completed_changed && !completed.str().is_empty() && !indexed, "completedIndexes", detail);
    let detail = "cannot set non-null failedIndexes when backoffLimitPerIndex is null";
    rule(failed_changed && !failed.is_null() && !per_index, "failedIndexes", detail);
    let Some(completions) = completions else { return };
    let intervals = |list: &Json| -> Vec<(i64, i64)> {
        list.str().split(',').filter_map(|text| index_interval(text, completions).ok()).collect()
    };
    let failed = intervals(failed);
    let overlap = intervals(completed)
        .into_iter()
        .find_map(|(first, end)| failed.iter().find(|f| first <= f.1 && f.0 <= end).map(|f| first.max(f.0)));
    if let Some(at) = overlap {
        let detail = format!("failedIndexes and completedIndexes overlap at index: {at}");
        rule(completed_changed || failed_changed, "failedIndexes", &detail);
    }
}
