//! Events of `events.k8s.io/v1`: those of the core group with other names.

use crate::api::field::Error;
use crate::apiserver::validation::at::At;
use crate::json::Json;

/// Names in `events.k8s.io/v1`, and in the core group.
const NAMES: [(&str, &str); 7] = [
    ("note", "message"),
    ("regarding", "involvedObject"),
    ("reportingController", "reportingComponent"),
    ("deprecatedCount", "count"),
    ("deprecatedFirstTimestamp", "firstTimestamp"),
    ("deprecatedLastTimestamp", "lastTimestamp"),
    ("deprecatedSource", "source"),
];

/// As the core group has it.
pub fn to_core(event: &mut Json) {
    for (own, core) in NAMES {
        if let Some(value) = event.remove(own) {
            event.set(core, value);
        }
    }
}

/// As `events.k8s.io/v1` has it.
pub fn from_core(event: &mut Json) {
    for (own, core) in NAMES {
        if let Some(value) = event.remove(core) {
            event.set(own, value);
        }
    }
}

/// What is demanded of new events of that version (`pkg/apis/core/validation/events.go`).
pub fn validate(event: &Json, errors: &mut Vec<Error>) {
    let field = |name: &'static str| At::top(event, name);
    let series = field("series");
    if series.set() {
        if series.get("count").int().is_none_or(|n| n < 2) {
            series.get("count").invalid("should be at least 2", errors);
        }
        series.get("lastObservedTime").required(errors);
    }
    field("eventTime").required(errors);
    let unset = |name: &'static str, errors: &mut Vec<Error>| {
        let value = field(name);
        if !value.empty() && value.int() != Some(0) {
            errors.push(Error::invalid(&value.path, "", "needs to be unset"));
        }
    };
    if !matches!(event["type"].str(), "Normal" | "Warning") {
        let detail = format!("has invalid value: {}", event["type"].str());
        errors.push(Error::invalid(&field("type").path, "", detail));
    }
    for name in ["firstTimestamp", "lastTimestamp", "count", "source"] {
        unset(name, errors);
    }
}
