//! Which run of a CronJob is due, and when to look again (upstream's `cronjob/utils.go`).

use crate::api::cron::Schedule;
use crate::api::views::batch_v1::CronJob;
use crate::sim::Time;
use std::time::Duration;

/// Added to the next moment, so that clocks that differ a little do not wake the controller too early.
const DELTA: Duration = Duration::from_millis(100);
/// From so many missed runs on people are warned.
const TOO_MANY: i64 = 100;

/// The runs that a CronJob has missed until now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Missed {
    /// Where counting began: the last run, the creation, or the deadline.
    pub since: Time,
    /// The last moment at which it should have run.
    pub last: Option<Time>,
    /// Whether they are very many.
    pub too_many: bool,
}

/// What was missed; with `deadline`, only what can still be started.
pub fn missed(job: &CronJob, schedule: &Schedule, now: Time, deadline: bool) -> Result<Missed, String> {
    let created = Time::parse(job.metadata().creation_timestamp()).unwrap_or(now);
    let mut since = Time::parse(job.status().last_schedule_time()).unwrap_or(created);
    if let Some(seconds) = job.spec().starting_deadline_seconds().filter(|_| deadline) {
        since = since.max(now - Duration::from_secs(seconds.max(0).unsigned_abs()));
    }
    let never = || {
        format!(
            "time difference between two schedules is less than 1 second: \
             {} has no moment in the next five years",
            job.spec().schedule()
        )
    };
    let first = schedule.next(since).ok_or_else(never)?;
    if now < first {
        return Ok(Missed { since, last: None, too_many: false });
    }
    let second = schedule.next(first).ok_or_else(never)?;
    if now < second {
        return Ok(Missed { since, last: Some(first), too_many: false });
    }
    let interval = second.since(first).as_secs().max(1) as i64;
    let count = now.since(first).as_secs() as i64 / interval + 1;
    // Start near the end; `@every` counts in whole intervals.
    let near = first + Duration::from_secs((interval * (count - 2).max(0)).unsigned_abs());
    let mut last = if count > 2 { schedule.next(near) } else { Some(second) };
    while let Some(next) = last.and_then(|t| schedule.next(t)).filter(|t| *t <= now) {
        last = Some(next);
    }
    Ok(Missed { since, last: last.filter(|t| *t <= now).or(Some(first)), too_many: count > TOO_MANY })
}

/// How long until the next moment.
pub fn until_next(job: &CronJob, schedule: &Schedule, now: Time) -> Duration {
    let from = match missed(job, schedule, now, false) {
        Ok(missed) => missed.last.unwrap_or(missed.since),
        Err(_) => now,
    };
    schedule.next(from).map_or(Duration::ZERO, |next| (next + DELTA).since(now)).max(DELTA)
}
