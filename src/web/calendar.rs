//! The calendars of CronJobs: which runs there were, and which are to come.

use super::model::{CalendarView, Calendars, RunView};
use super::names;
use crate::api::cron::Schedule;
use crate::api::views::batch_v1::{CronJob, Job};
use crate::api::zone::Zone;
use crate::api::{ObjectKey, View as _, kinds, meta};
use crate::cluster::World;
use crate::collections::sort_by_key;
use crate::controllers::cronjob;
use crate::json::Json;
use crate::playground::Playground;
use crate::sim::Time;
use std::time::Duration;

/// At most so many CronJobs are shown.
const MOST_CRON_JOBS: usize = 4;
/// At most so many moments are shown on either side of now.
const MOST_RUNS: usize = 6;
/// Further apart than so many moments, Jobs stand beside each other: what lies between is not gone through.
const MOST_MOMENTS: usize = 64;

/// Nanoseconds of a millisecond.
const NANOS: i64 = 1_000_000;

/// Every CronJob's calendar at the current position.
pub fn calendars(playground: &Playground) -> Calendars {
    let world = playground.desk().world();
    let start = playground.config().start;
    let all = world.server().list(&kinds::CRONJOBS.into());
    let views = all.into_iter().map(|cron| calendar(world, start, &CronJob::from(cron)));
    Calendars { cron_jobs: names::listed(views, MOST_CRON_JOBS) }
}

/// Moments as the page shows them: since the start, and by a zone's clocks.
struct Clock {
    start: Time,
    zone: Zone,
}

impl Clock {
    fn run(&self, at: Time, state: &str) -> RunView {
        RunView {
            at_ms: (at.0 - self.start.0).div_euclid(NANOS),
            at: self.zone.rfc3339(at),
            state: state.into(),
            ..RunView::default()
        }
    }
}

fn calendar(world: &World, start: Time, cron: &CronJob) -> CalendarView {
    let (now, spec) = (world.now(), cron.spec());
    let suspended = spec.suspend() == Some(true);
    let schedule = cronjob::schedule::of(cron);
    let zone = match &schedule {
        Ok(Schedule::Fields(fields)) => fields.zone(),
        _ => Zone::load(spec.time_zone()).unwrap_or(Zone::UTC),
    };
    let clock = Clock { start, zone };
    let mut past = jobs(world, cron, &clock);
    let mut coming = Vec::new();
    if let Ok(schedule) = &schedule {
        let taken: Vec<i64> = past.iter().filter(|run| !run.manual).map(|run| run.at_ms).collect();
        let created = Time::parse(cron.metadata().creation_timestamp()).unwrap_or(now);
        let last = Time::parse(cron.status().last_schedule_time()).unwrap_or(created);
        let first = taken.first().map_or(last, |ms| Time(start.0 + ms * NANOS).min(last));
        let missed =
            moments(schedule, first, now).or_else(|| moments(schedule, last, now)).unwrap_or_default();
        for at in &missed {
            let mut run = clock.run(*at, "none");
            if taken.contains(&run.at_ms) {
                continue;
            }
            let late = spec.starting_deadline_seconds().is_some_and(|s| now.since(*at).as_secs() as i64 > s);
            if missed.last() == Some(at) && *at > last && !suspended && !late {
                run.state = "due".into();
            }
            past.push(run);
        }
        let from = missed.last().copied().unwrap_or(last).max(last);
        // `@every` counts from the run before; a schedule of fields knows no run.
        let mut at = if matches!(schedule, Schedule::Every(_)) { from } else { now };
        while let Some(next) = schedule.next(at).filter(|_| !suspended && coming.len() < MOST_RUNS) {
            at = next;
            if next > now {
                coming.push(clock.run(next, "next"));
            }
        }
    }
    sort_by_key(&mut past, |run| run.at_ms);
    let total = past.len();
    CalendarView {
        object: names::object(&kinds::CRONJOBS.into(), &ObjectKey::of(cron.json())),
        schedule: spec.schedule().into(),
        time_zone: spec.time_zone().into(),
        error: schedule.err().unwrap_or_default(),
        policy: spec.concurrency_policy().into(),
        suspended,
        now: zone.rfc3339(now),
        past: names::listed(past.into_iter().skip(total.saturating_sub(MOST_RUNS)), MOST_RUNS),
        coming,
    }
}

/// The moments after `first` until `now`; `None` where they are too many.
fn moments(schedule: &Schedule, first: Time, now: Time) -> Option<Vec<Time>> {
    let mut found = Vec::new();
    let mut at = first;
    while let Some(next) = schedule.next(at).filter(|next| *next <= now) {
        if found.len() == MOST_MOMENTS {
            return None;
        }
        found.push(next);
        at = next;
    }
    Some(found)
}

/// The runs whose Jobs are there, oldest first.
fn jobs(world: &World, cron: &CronJob, clock: &Clock) -> Vec<RunView> {
    let uid = meta::uid(cron.json());
    let jobs = world.server().list(&kinds::JOBS.into());
    let mut runs: Vec<RunView> = jobs
        .into_iter()
        .filter(|job| meta::is_controlled_by(job, uid))
        .map(|job| run(&Job::from(job), clock, world.now()))
        .collect();
    sort_by_key(&mut runs, |run| run.at_ms);
    runs
}

fn run(job: &Job, clock: &Clock, now: Time) -> RunView {
    let (meta, status) = (job.metadata(), job.status());
    let annotations: &Json = &meta.json()["annotations"];
    let scheduled = Time::parse(annotations[cronjob::SCHEDULED].str());
    let created = Time::parse(meta.creation_timestamp()).unwrap_or(now);
    let state = cronjob::outcome(job).map_or("active".into(), |condition| condition.to_lowercase());
    let ended = Time::parse(status.completion_time()).or_else(|| {
        let failed = status.json()["conditions"].items().iter().find(|c| c["type"].str() == "Failed");
        failed.and_then(|condition| Time::parse(condition["lastTransitionTime"].str()))
    });
    let took =
        Time::parse(status.start_time()).map_or(Duration::ZERO, |began| ended.unwrap_or(now).since(began));
    RunView {
        job: Some(names::object(&kinds::JOBS.into(), &ObjectKey::of(job.json()))),
        took_ms: took.as_millis() as u64,
        manual: scheduled.is_none(),
        ..clock.run(scheduled.unwrap_or(created), &state)
    }
}

#[cfg(test)]
mod tests {
    use super::calendars;
    use crate::cluster::Config;
    use crate::playground::{Files, Playground, Until};
    use std::time::Duration;

    /// `09:01 complete, … | 09:05 next, …` of a CronJob after some minutes, its Jobs of 150 seconds each; the cluster
    /// starts at nine.
    fn strip(schedule: &str, spec: &str, minutes: u64) -> String {
        let manifest = format!(
            "apiVersion: batch/v1\nkind: CronJob\nmetadata: {{name: slow}}\nspec:\n  schedule: '{schedule}'\n{spec}  jobTemplate:\n    \
             spec:\n      template:\n        spec:\n          restartPolicy: Never\n          containers:\n          \
             - {{name: main, image: busybox, command: [sleep, '150']}}\n"
        );
        let files: Files = [("slow.yaml".into(), manifest.into())].into_iter().collect();
        let mut playground = Playground::new(Config::new(1, 3), files);
        playground.command("kubectl apply -f slow.yaml");
        let until = playground.config().start + Duration::from_secs(minutes * 60 + 30);
        playground.run(&Until::Time(until), |_| true);
        let calendars = calendars(&playground).cron_jobs;
        let calendar = &calendars.items[0];
        let runs = |runs: &[super::RunView]| {
            let runs: Vec<String> =
                runs.iter().map(|run| format!("{} {}", &run.at[11..16], run.state)).collect();
            runs.join(", ")
        };
        format!(
            "{} | {}{}",
            runs(&calendar.past.items),
            runs(&calendar.coming[..calendar.coming.len().min(2)]),
            calendar.error
        )
    }

    #[test]
    fn every_moment_says_what_became_of_it() {
        let forbid = "  concurrencyPolicy: Forbid\n";
        let berlin = "  timeZone: Europe/Berlin\n";
        let cases = [
            ("* * * * *", "", 2, "09:01 active, 09:02 active | 09:03 next, 09:04 next"),
            ("* * * * *", forbid, 3, "09:01 active, 09:02 none, 09:03 due | 09:04 next, 09:05 next"),
            (
                "* * * * *",
                forbid,
                4,
                "09:01 complete, 09:02 none, 09:03 active, 09:04 due | 09:05 next, 09:06 next",
            ),
            ("0 8 * * *", berlin, 0, " | 08:00 next, 08:00 next"),
            ("@every 90s", "", 2, "09:01 active | 09:03 next, 09:04 next"),
            ("* * * * *", "  suspend: true\n", 2, "09:01 none, 09:02 none | "),
        ];
        for (schedule, spec, minutes, expected) in cases {
            assert_eq!(strip(schedule, spec, minutes), expected, "{schedule} {spec} {minutes}");
        }
    }
}
