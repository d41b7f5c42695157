//! Running until something happens, in slices.

use super::{Desk, Playground, Record};
use crate::api::{ObjectKey, Resource, kinds};
use crate::cluster::Call;
use crate::json::Str;
use crate::sim::Time;

/// How far to run.
#[derive(Clone, Debug, PartialEq)]
pub enum Until {
    /// Until nothing is left to do but housekeeping.
    Idle,
    /// Until an object is written: this one, or any that is no Lease, Event or Node status.
    ObjectChange(Option<(Resource, ObjectKey)>),
    /// Until an Event with this reason is recorded; `""`: any.
    Event(Str),
    /// Until an object's condition has this status.
    Condition {
        /// Whose.
        object: (Resource, ObjectKey),
        /// `Complete`, …
        kind: Str,
        /// `True`, …
        status: Str,
    },
    /// Up to this position of the branch.
    Position(usize),
    /// Up to this moment.
    Time(Time),
}

/// Why a slice ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RunEnd {
    /// The caller's budget is spent.
    Budget,
    /// What was run for has come.
    Reached,
    /// Nothing is left to do, so it will not come by itself.
    Idle,
}

/// What a slice did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Why it ended.
    pub end: RunEnd,
    /// How many steps it took.
    pub steps: u32,
}

impl Playground {
    /// Runs along the branch (what is already there is replayed, then the default happens) until something comes or
    /// `go_on` says no; it is asked before each step.
    pub fn run(&mut self, until: &Until, mut go_on: impl FnMut(u32) -> bool) -> Progress {
        let mut steps = 0;
        loop {
            if let Some(end) = self.ended(until) {
                return Progress { end, steps };
            }
            if !go_on(steps) {
                return Progress { end: RunEnd::Budget, steps };
            }
            let ahead = self.timeline.position() < self.timeline.len();
            let record = if ahead { self.timeline.redo() } else { self.step(0) };
            steps += 1;
            match record {
                None => return Progress { end: RunEnd::Idle, steps },
                Some(record) if reached(until, &record, self.desk()) => {
                    return Progress { end: RunEnd::Reached, steps };
                }
                Some(_) => {}
            }
        }
    }

    /// Whether there is no need, or no way, to go on.
    fn ended(&self, until: &Until) -> Option<RunEnd> {
        let desk = self.desk();
        let at_end = self.timeline.position() >= self.timeline.len();
        match until {
            Until::Position(position) if self.timeline.position() >= *position => Some(RunEnd::Reached),
            Until::Time(time) if desk.world().now() >= *time => Some(RunEnd::Reached),
            Until::Time(time) if at_end && desk.next_jump().is_some_and(|to| to > *time) => {
                Some(RunEnd::Idle)
            }
            Until::Time(_) | Until::Position(_) => None,
            Until::Idle if at_end && desk.is_idle() => Some(RunEnd::Reached),
            _ if at_end && desk.is_idle() => Some(RunEnd::Idle),
            _ => None,
        }
    }
}

fn reached(until: &Until, record: &Record, desk: &Desk) -> bool {
    match until {
        Until::ObjectChange(None) => record.step.writes().any(concerns_people),
        Until::ObjectChange(Some((resource, key))) => {
            record.step.writes().any(|c| c.resource == *resource && c.key == *key)
        }
        Until::Event(reason) => record.step.writes().any(|c| {
            c.resource == kinds::EVENTS.into()
                && (reason.is_empty() || c.after["reason"].str() == reason.as_str())
        }),
        Until::Condition { object: (resource, key), kind, status } => {
            let object = desk.world().server().peek(resource, key);
            let conditions = object.at(&["status", "conditions"]).items();
            conditions
                .iter()
                .any(|c| c["type"].str() == kind.as_str() && c["status"].str() == status.as_str())
        }
        Until::Idle | Until::Position(_) | Until::Time(_) => false,
    }
}

/// Leases and Events are written all the time; nobody waits for them.
fn concerns_people(call: &Call) -> bool {
    !["leases", "events", "nodes"].contains(&call.resource.plural)
}
