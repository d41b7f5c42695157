//! The conditions of a Job. An interim one comes first (`SuccessCriteriaMet`, `FailureTarget`), the terminal one
//! (`Complete`, `Failed`) when all pods have ended and are counted.

use crate::api::View;
use crate::api::views::batch_v1::{Job, JobCondition, JobStatus};
use crate::json;
use crate::sim::Time;

/// A condition that becomes true, or false, now.
pub fn new(kind: &str, status: &str, reason: &str, message: &str, now: Time) -> JobCondition {
    let now = now.rfc3339();
    JobCondition::from(json!({
        "type": kind, "status": status, "reason": reason, "message": message,
        "lastProbeTime": now.as_str(), "lastTransitionTime": now.as_str(),
    }))
}

/// The interim condition of a Job that fails.
pub fn failing(reason: &str, message: &str, now: Time) -> JobCondition {
    new("FailureTarget", "True", reason, message, now)
}

/// The interim condition of a Job that succeeds.
pub fn succeeding(reason: &str, message: &str, now: Time) -> JobCondition {
    new("SuccessCriteriaMet", "True", reason, message, now)
}

/// The terminal condition that follows an interim one.
pub fn terminal(interim: &JobCondition, now: Time) -> JobCondition {
    let kind = if interim.r#type() == "SuccessCriteriaMet" { "Complete" } else { "Failed" };
    new(kind, "True", interim.reason(), interim.message(), now)
}

/// The condition of a type, where it is true.
pub fn find_true(status: &JobStatus, kind: &str) -> Option<JobCondition> {
    status.conditions().iter().find(|c| c.r#type() == kind && c.status() == "True")
}

/// Whether the Job is complete or failed.
pub fn is_finished(job: &Job) -> bool {
    let status = job.status();
    find_true(&status, "Complete").is_some() || find_true(&status, "Failed").is_some()
}

/// Appends a condition.
pub fn append(status: &mut JobStatus, condition: JobCondition) {
    status.json_mut().object_mut().slot(json::Str::fixed("conditions")).push(condition);
}

/// Puts a condition in the place of the one of its type, or appends it, unless it would only say that something is not
/// so that never was. Whether anything changed.
pub fn ensure(status: &mut JobStatus, condition: JobCondition) -> bool {
    let found = status.conditions().iter().position(|c| c.r#type() == condition.r#type());
    let Some(i) = found else {
        let worth_saying = condition.status() != "False";
        if worth_saying {
            append(status, condition);
        }
        return worth_saying;
    };
    let old = status.conditions().get(i).unwrap_or_default();
    let said = |c: &JobCondition| [c.status(), c.reason(), c.message()].map(str::to_string);
    if said(&old) == said(&condition) {
        return false;
    }
    if let Some(list) = status.json_mut().get_mut("conditions") {
        list.array_mut()[i] = condition.into_json();
    }
    true
}
