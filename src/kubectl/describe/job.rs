//! `kubectl describe job`.

use super::{
    Columns, Describer, annotations, containers, controlled_by, human_duration, labels, names, or, time_text,
};
use crate::api::selector::text;
use crate::json::Json;
use crate::sim::Time;

/// Longer lists of indexes are cut at the first comma after so many characters.
const MOST_INDEXES: usize = 50;

pub(super) fn describe(d: &mut Describer<'_>, job: &Json, out: &mut Columns) {
    let (spec, status) = (&job["spec"], &job["status"]);
    names(job, out);
    out.add(&format!("Selector:\t{}\n", text(&spec["selector"])));
    labels("Labels", job.at(&["metadata", "labels"]), out);
    annotations("Annotations", job.at(&["metadata", "annotations"]), out);
    controlled_by(job, out);
    out.add(&format!("Parallelism:\t{}\n", or(&spec["parallelism"], "<unset>")));
    out.add(&format!("Completions:\t{}\n", or(&spec["completions"], "<unset>")));
    let optional = [
        ("Completion Mode", &spec["completionMode"]),
        ("Suspend", &spec["suspend"]),
        ("Backoff Limit", &spec["backoffLimit"]),
        ("TTL Seconds After Finished", &spec["ttlSecondsAfterFinished"]),
    ];
    for (title, value) in optional.into_iter().filter(|(_, value)| !value.is_null()) {
        out.add(&format!("{title}:\t{}\n", or(value, "")));
    }
    let (start, end) = (status["startTime"].str(), status["completionTime"].str());
    if !start.is_empty() {
        out.add(&format!("Start Time:\t{}\n", time_text(start)));
    }
    if !end.is_empty() {
        out.add(&format!("Completed At:\t{}\n", time_text(end)));
    }
    if let (Some(start), Some(end)) = (Time::parse(start), Time::parse(end)) {
        out.add(&format!("Duration:\t{}\n", human_duration(end.since(start))));
    }
    if let Some(seconds) = spec["activeDeadlineSeconds"].as_i64() {
        out.add(&format!("Active Deadline Seconds:\t{seconds}s\n"));
    }
    let count = |key: &str| status[key].as_i64().unwrap_or(0);
    let ready = status["ready"].as_i64().map_or(String::new(), |n| format!(" ({n} Ready)"));
    let (active, succeeded, failed) = (count("active"), count("succeeded"), count("failed"));
    out.add(&format!("Pods Statuses:\t{active} Active{ready} / {succeeded} Succeeded / {failed} Failed\n"));
    if spec["completionMode"].str() == "Indexed" {
        out.add(&format!("Completed Indexes:\t{}\n", indexes(status["completedIndexes"].str())));
    }
    containers::template(&spec["template"], out);
    d.events(job, out);
}

fn indexes(list: &str) -> String {
    if list.is_empty() {
        return "<none>".into();
    }
    match list.get(MOST_INDEXES..).and_then(|rest| rest.find(',')) {
        Some(i) => format!("{}...", &list[..=MOST_INDEXES + i]),
        None => list.into(),
    }
}
