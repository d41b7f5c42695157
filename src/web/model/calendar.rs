//! What a calendar strip shows of the CronJobs.

use super::{Listed, ObjectRef};
use serde::Serialize;

outward! {
    /// A CronJob with its runs, as far as its Jobs still tell of them, and what is to come.
    pub struct CalendarView {
        /// The CronJob.
        pub object: ObjectRef,
        /// `30 8 * * *`
        pub schedule: String,
        /// `Europe/Berlin`; empty: UTC.
        pub time_zone: String,
        /// Why there is nothing to come, in the words of the schedule's reader; empty where the schedule can be read.
        pub error: String,
        /// `Allow`, `Forbid` or `Replace`.
        pub policy: String,
        /// Nothing is started.
        pub suspended: bool,
        /// Now, by the CronJob's clocks: RFC 3339.
        pub now: String,
        /// The latest runs, oldest first: what there is to the left of now.
        pub past: Listed<RunView>,
        /// The next moments of the schedule.
        pub coming: Vec<RunView>,
    }
}

outward! {
    /// A moment of a schedule, and what became of it.
    pub struct RunView {
        /// When, since the start of the run; negative where it was before that.
        pub at_ms: i64,
        /// When, by the CronJob's clocks: RFC 3339.
        pub at: String,
        /// `active`, `complete` or `failed`, as its Job is; `none`: no Job is there; `due`: none is there yet; `next`: to come.
        pub state: String,
        /// Its Job.
        pub job: Option<ObjectRef>,
        /// How long the Job took, or has taken until now.
        pub took_ms: u64,
        /// A person started it: it has no moment in the schedule.
        pub manual: bool,
    }
}

outward! {
    /// Every CronJob's calendar.
    pub struct Calendars {
        /// In the order of their names.
        pub cron_jobs: Listed<CalendarView>,
    }
}
