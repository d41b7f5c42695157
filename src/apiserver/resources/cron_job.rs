//! CronJobs.

use super::job::validation::template_spec;
use super::{PLAIN, Strategy};
use crate::api::cron::Schedule;
use crate::api::field::{Error, Path};
use crate::api::zone::Zone;
use crate::apiserver::pod_spec::{self, fill};
use crate::apiserver::validation::{fields, names};
use crate::json;
use crate::json::Json;

/// The names of a CronJob's Jobs are its own and eleven characters more.
const NAME_LIMIT: usize = 52;

/// The strategy of CronJobs.
pub static CRON_JOB: Strategy = Strategy {
    name: |name| {
        let mut problems = names::subdomain(name);
        if name.len() > NAME_LIMIT {
            problems.push(format!("must be no more than {NAME_LIMIT} characters"));
        }
        problems
    },
    defaults: |cron_job| {
        if let Some(spec) = cron_job.get_mut("spec") {
            fill(spec, "concurrencyPolicy", "Allow");
            fill(spec, "suspend", false);
            fill(spec, "successfulJobsHistoryLimit", 3);
            fill(spec, "failedJobsHistoryLimit", 1);
            let pod = spec.get_mut("jobTemplate").and_then(|t| t.get_mut("spec"));
            if let Some(pod) = pod.and_then(|s| s.get_mut("template")).and_then(|t| t.get_mut("spec")) {
                pod_spec::defaults(pod, false);
            }
        }
    },
    prepare_create: |cron_job| cron_job.set("status", json!({})),
    validate: |new, errors| validate(new, &Json::Null, errors),
    validate_update: validate,
    warnings: |cron_job, old| {
        let template = cron_job.at(&["spec", "jobTemplate", "spec", "template"]);
        pod_spec::owner_warnings(cron_job, old, template, "spec.jobTemplate.spec.template.")
    },
    generation: true,
    ..PLAIN
};

/// Checks a new CronJob, or with `old` a change (`validateCronJobSpec`).
fn validate(cron_job: &Json, old: &Json, errors: &mut Vec<Error>) {
    let (spec, path) = (&cron_job["spec"], Path::new("spec"));
    let schedule = spec["schedule"].str();
    let schedule_path = path.child("schedule");
    if schedule.is_empty() {
        errors.push(Error::required(&schedule_path, ""));
    } else {
        if let Err(why) = Schedule::parse(schedule) {
            errors.push(Error::invalid(&schedule_path, schedule, why));
        }
        if schedule.contains("TZ") {
            let detail = "cannot use TZ or CRON_TZ in schedule, use timeZone field instead";
            errors.push(Error::invalid(&schedule_path, schedule, detail));
        }
    }
    fields::not_negative(spec, &path, "startingDeadlineSeconds", errors);
    if spec["timeZone"] != old["spec"]["timeZone"] {
        time_zone(&spec["timeZone"], &path.child("timeZone"), errors);
    }
    let policy = &spec["concurrencyPolicy"];
    if !matches!(policy.str(), "Allow" | "Forbid" | "Replace") {
        let allowed = ["Allow", "Forbid", "Replace"];
        errors.push(Error::not_supported(&path.child("concurrencyPolicy"), policy, &allowed));
    }
    let template = path.child("jobTemplate").child("spec");
    let job = &spec["jobTemplate"]["spec"];
    template_spec(job, &template, errors);
    if !job["selector"].is_null() {
        let detail = "`selector` will be auto-generated";
        errors.push(Error::invalid(&template.child("selector"), &job["selector"], detail));
    }
    if job["manualSelector"].as_bool() == Some(true) {
        errors.push(Error::not_supported(&template.child("manualSelector"), true, &["nil", "false"]));
    }
    fields::not_negative(spec, &path, "successfulJobsHistoryLimit", errors);
    fields::not_negative(spec, &path, "failedJobsHistoryLimit", errors);
}

fn time_zone(value: &Json, path: &Path, errors: &mut Vec<Error>) {
    let Some(name) = value.as_str() else { return };
    if name.is_empty() {
        errors.push(Error::invalid(path, value, "timeZone must be nil or non-empty string"));
    } else if name.eq_ignore_ascii_case("Local") {
        let detail = "timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones";
        errors.push(Error::invalid(path, value, detail));
    }
    // Go takes exactly `Local` for a zone.
    if !matches!(name, "" | "Local") && Zone::load(name).is_none() {
        errors.push(Error::invalid(path, value, format!("unknown time zone {name}")));
    }
}
