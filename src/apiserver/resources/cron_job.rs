//! CronJobs.

use super::job::validation::template_spec;
use super::job::{default_template, warnings};
use super::{PLAIN, Strategy};
use crate::api::cron::Schedule;
use crate::api::field::{Error, Path};
use crate::api::zone::Zone;
use crate::apiserver::pod_spec::fill;
use crate::apiserver::validation::{fields, selector};
use crate::json;
use crate::json::Json;

/// The names of a CronJob's Jobs are its own and eleven characters more.
const NAME_LIMIT: usize = 52;

/// The strategy of CronJobs.
pub static CRON_JOB: Strategy = Strategy {
    defaults: |cron_job| {
        if let Some(spec) = cron_job.get_mut("spec") {
            fill(spec, "concurrencyPolicy", "Allow");
            fill(spec, "suspend", false);
            fill(spec, "successfulJobsHistoryLimit", 3);
            fill(spec, "failedJobsHistoryLimit", 1);
            if let Some(job) = spec.get_mut("jobTemplate").and_then(|t| t.get_mut("spec")) {
                default_template(job);
            }
        }
    },
    prepare_create: |cron_job| cron_job.set("status", json!({})),
    validate: |new, errors| {
        validate(new, &Json::Null, errors);
        let name = new["metadata"]["name"].str();
        if name.len() > NAME_LIMIT {
            let detail = format!("must be no more than {NAME_LIMIT} characters");
            errors.push(Error::invalid(&Path::new("metadata").child("name"), name, detail));
        }
    },
    validate_update: validate,
    warnings: |cron_job, old| warnings(cron_job, old, &["spec", "jobTemplate", "spec"]),
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
        // An old schedule may go on with its own zone.
        let detail = if !old["spec"]["schedule"].str().contains("TZ") {
            "cannot use TZ or CRON_TZ in schedule, use timeZone field instead"
        } else {
            "cannot use both timeZone field and TZ or CRON_TZ in schedule"
        };
        let allowed = detail.starts_with("cannot use both") && spec["timeZone"].is_null();
        if schedule.contains("TZ") && !allowed {
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
        let shown = selector::shown(&job["selector"]);
        let detail = "`selector` will be auto-generated";
        errors.push(Error::invalid_shown(&template.child("selector"), Some(&shown), detail));
    }
    if job["manualSelector"].as_bool() == Some(true) {
        errors.push(Error::not_supported(&template.child("manualSelector"), true, &["nil", "false"]));
    }
    fields::not_negative(spec, &path, "successfulJobsHistoryLimit", errors);
    fields::not_negative(spec, &path, "failedJobsHistoryLimit", errors);
}

fn time_zone(value: &Json, path: &Path, errors: &mut Vec<Error>) {
    let Some(name) = value.as_str() else { return };
    let unknown = || Error::invalid(path, value, format!("unknown time zone {name}"));
    if name.is_empty() {
        return errors.push(Error::invalid(path, value, "timeZone must be nil or non-empty string"));
    }
    let part = |part: &str| {
        let known = |b: u8| b.is_ascii_alphanumeric() || b".-_+".contains(&b);
        (1..=14).contains(&part.len())
            && part.bytes().all(known)
            && !part.starts_with('-')
            && !matches!(part, "." | "..")
    };
    if !name.split('/').all(part) {
        return errors.push(unknown());
    }
    if name.eq_ignore_ascii_case("Local") {
        let detail = "timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones";
        errors.push(Error::invalid(path, value, detail));
    }
    // Go takes exactly `Local` for a zone.
    if name != "Local" && Zone::load(name).is_none() {
        errors.push(unknown());
    }
}
