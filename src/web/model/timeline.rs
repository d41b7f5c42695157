//! Where the person is in the run, the branches, and how far to run.

use super::{Actor, ObjectRef};
use serde::{Deserialize, Serialize};

outward! {
    /// The current branch, from its beginning to its end, in at most as many marks as were asked for.
    pub struct TimelineView {
        /// The current step.
        pub position: u32,
        /// Steps on this branch.
        pub length: u32,
        /// Steps a mark stands for: 1 when all fit, else 2, 4, …
        pub bucket: u32,
        /// The marks in order; the last one may stand for fewer steps.
        pub marks: Vec<Mark>,
        /// All branches, the oldest first.
        pub branches: Vec<BranchView>,
    }
}

outward! {
    /// One mark on the timeline: the most salient step of its bucket.
    pub struct Mark {
        /// That step.
        pub step: u32,
        /// Who acted.
        pub actor: Actor,
        /// 0 routine (an event delivered, time passed), 1 a component worked, 2 the store was written, 3 a person acted or a pod or
        /// workload changed its phase or a condition.
        pub salience: u8,
    }
}

outward! {
    /// One history that can be returned to.
    pub struct BranchView {
        /// Names it for `switchBranch` for as long as the playground lives.
        pub id: u32,
        /// What the person calls it: `main`, `main-2`, …
        pub name: String,
        /// The branch that it left.
        pub parent: Option<u32>,
        /// The last step that it shares with its parent.
        pub forked_at: u32,
        /// Steps on it.
        pub length: u32,
        /// The one shown.
        pub current: bool,
    }
}

/// How far to run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(tag = "type", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum RunUntil {
    /// Until nothing is left to do but housekeeping (heartbeats, leases).
    Idle,
    /// Until an object is written: any of people's kinds (never a Lease, a heartbeat, an Event), or one.
    ObjectChange {
        /// Which; none for any.
        object: Option<ObjectRef>,
    },
    /// Until an Event with this reason is recorded.
    Event {
        /// `SuccessfulCreate`, …; empty for any.
        reason: String,
    },
    /// Until an object's condition has this status.
    Condition {
        /// Which object.
        object: ObjectRef,
        /// `Complete`, `Ready`, …
        condition: String,
        /// `True`, …
        status: String,
    },
    /// Up to a number of steps from the start of the run.
    Step {
        /// That number.
        step: u32,
    },
    /// Up to a point of virtual time.
    Time {
        /// That point.
        ms: u64,
    },
}

/// Why a slice of a run ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub enum RunEnd {
    /// The time budget was spent: call again.
    #[default]
    Budget,
    /// What was run for has come.
    Reached,
    /// Nothing is left to do, so it will not come by itself.
    Idle,
    /// A component has passed a place that is marked.
    Breakpoint,
    /// For ten minutes of virtual time nothing was new, and only pods go on: a program that loops, or one that is tried
    /// again and again.
    Loop,
}

outward! {
    /// What a slice of a run did.
    pub struct RunProgress {
        /// Why it ended.
        pub end: RunEnd,
        /// Steps taken in this slice.
        pub steps: u32,
        /// The position now.
        pub position: u32,
    }
}
