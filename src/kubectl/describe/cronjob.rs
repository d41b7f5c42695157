//! `kubectl describe cronjob`.

use super::{Columns, Describer, containers, head, or, time_text, yes};
use crate::json::Json;

pub(super) fn describe(d: &mut Describer<'_>, cron: &Json, out: &mut Columns) {
    let (spec, status) = (&cron["spec"], &cron["status"]);
    head(cron, out);
    out.add(&format!("Schedule:\t{}\n", spec["schedule"].str()));
    out.add(&format!("Concurrency Policy:\t{}\n", spec["concurrencyPolicy"].str()));
    out.add(&format!("Suspend:\t{}\n", yes(&spec["suspend"])));
    out.add(&format!("Time Zone:\t{}\n", or(&spec["timeZone"], "<unset>")));
    out.add(&format!(
        "Successful Job History Limit:\t{}\n",
        or(&spec["successfulJobsHistoryLimit"], "<unset>")
    ));
    out.add(&format!("Failed Job History Limit:\t{}\n", or(&spec["failedJobsHistoryLimit"], "<unset>")));
    let deadline = spec["startingDeadlineSeconds"].as_i64().map_or("<unset>".into(), |s| format!("{s}s"));
    out.add(&format!("Starting Deadline Seconds:\t{deadline}\n"));
    let template = spec.at(&["jobTemplate", "spec"]);
    out.add("Selector:\t<unset>\n");
    out.add(&format!("Parallelism:\t{}\n", or(&template["parallelism"], "<unset>")));
    out.add(&format!("Completions:\t{}\n", or(&template["completions"], "<unset>")));
    if let Some(seconds) = template["activeDeadlineSeconds"].as_i64() {
        out.add(&format!("Active Deadline Seconds:\t{seconds}s\n"));
    }
    containers::template(&template["template"], out);
    let last = status["lastScheduleTime"].str();
    out.add(&format!(
        "Last Schedule Time:\t{}\n",
        if last.is_empty() { "<unset>".into() } else { time_text(last) }
    ));
    let active: Vec<&str> = status["active"].items().iter().map(|j| j["name"].str()).collect();
    out.add(&format!(
        "Active Jobs:\t{}\n",
        if active.is_empty() { "<none>".into() } else { active.join(", ") }
    ));
    d.events(cron, out);
}
