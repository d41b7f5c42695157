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
    /// About how many they are.
    pub count: i64,
}

impl Missed {
    /// Whether they are so many that people are warned.
    pub fn too_many(self) -> bool {
        self.count > TOO_MANY
    }
}

/// The schedule of a CronJob, in its time zone.
pub fn of(job: &CronJob) -> Result<Schedule, String> {
    let (schedule, zone) = (job.spec().schedule().to_string(), job.spec().time_zone().to_string());
    if zone.is_empty() || schedule.contains("TZ") {
        return Schedule::parse(&schedule);
    }
    Schedule::parse(&format!("TZ={zone} {schedule}"))
}

/// What was missed; with `deadline`, only what can still be started.
pub fn missed(job: &CronJob, schedule: &Schedule, now: Time, deadline: bool) -> Result<Missed, String> {
    let created = Time::parse(job.metadata().creation_timestamp()).unwrap_or(now);
    let mut since = Time::parse(job.status().last_schedule_time()).unwrap_or(created);
    if let Some(seconds) = job.spec().starting_deadline_seconds().filter(|_| deadline) {
        since = since.max(now - Duration::from_secs(seconds.max(0).unsigned_abs()));
    }
    // Upstream's moments that never come are all the same one.
    let never = || String::from("time difference between two schedules is less than 1 second");
    let first = schedule.next(since).ok_or_else(never)?;
    if now < first {
        return Ok(Missed { since, last: None, count: 0 });
    }
    let second = schedule.next(first).ok_or_else(never)?;
    if now < second {
        return Ok(Missed { since, last: Some(first), count: 0 });
    }
    let interval = second.since(first).as_secs().max(1) as i64;
    let count = now.since(first).as_secs() as i64 / interval + 1;
    // Start near the end; `@every` counts in whole intervals. Where the intervals differ, this may be past the end.
    let near = first + Duration::from_secs((interval * (count - 2)).unsigned_abs());
    let mut last = None;
    while let Some(next) = schedule.next(last.unwrap_or(near)).filter(|t| *t <= now) {
        last = Some(next);
    }
    Ok(Missed { since, last, count })
}

/// How long until the next moment.
pub fn until_next(job: &CronJob, schedule: &Schedule, now: Time) -> Duration {
    let from = match missed(job, schedule, now, false) {
        Ok(Missed { last: Some(last), .. }) => last,
        Ok(Missed { since, count: 0, .. }) => since,
        _ => now,
    };
    schedule.next(from).map_or(Duration::ZERO, |next| (next + DELTA).since(now)).max(DELTA)
}
