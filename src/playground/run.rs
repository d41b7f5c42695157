//! Running until something happens, in slices.

use super::{Desk, Playground, Record};
use crate::api::{ObjectKey, Resource, kinds};
use crate::cluster::{Action, Call, StepRecord};
use crate::json::Str;
use crate::sim::Time;
use std::time::Duration;

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
    /// A component has passed a place that is marked.
    Breakpoint,
    /// For long nothing was new, but pods, a command or failing syncs go on: a program that loops, something that is tried
    /// again and again.
    Loop,
}

/// A place in a component's work where a run is to stop.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Breakpoint {
    /// Whose work: a controller's or a work queue's name; `""`: anybody's.
    pub controller: Str,
    /// A phase of its sync (`manage-pods`), or one of its event handlers (`addPod`).
    pub place: Str,
}

impl Breakpoint {
    /// Whether a step passed the place.
    fn is_passed(&self, step: &StepRecord) -> bool {
        let queue = match &step.action {
            Some(Action::Sync { controller, .. }) => controller.as_str(),
            _ => "",
        };
        step.notes.iter().any(|note| {
            let value = |name: &str| note.values.iter().find(|(n, _)| n == name).map_or("", |(_, v)| v.str());
            let (whose, place) = match note.phase.as_str() {
                "handler" => (value("controller"), value("handler")),
                phase => (queue, phase),
            };
            // A controller's queues beside its main one are named after it: `job-controller/orphan-pods`.
            let controller = whose.split('/').next().unwrap_or(whose);
            self.place == place && ["", whose, controller].contains(&self.controller.as_str())
        })
    }
}

/// After this much virtual time without news ([`tells_something`]), a run asks whether anything is still to come.
pub const PATIENCE: Duration = Duration::from_secs(600);
/// What was done this often without news is done in a loop; a pod that was not so busy may just be sleeping for long.
const WAKES: u32 = 5;

/// Since when a run has brought no news.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Quiet {
    /// Where the run's last slice ended.
    position: usize,
    since: Time,
    /// How often a pod or a command did something since, or a sync failed.
    wakes: u32,
    /// Where that is a loop: how long to go on all the same. Controllers had set themselves times by then, to which
    /// something new may happen.
    until: Option<Time>,
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
        if self.quiet.position != self.timeline.position() {
            self.quiet = Quiet { since: self.desk().world().now(), ..Quiet::default() };
        }
        let end = loop {
            if let Some(end) = self.ended(until) {
                break end;
            }
            if !go_on(steps) {
                break RunEnd::Budget;
            }
            let ahead = self.timeline.position() < self.timeline.len();
            let record = if ahead { self.timeline.redo() } else { self.step(0) };
            steps += 1;
            let Some(record) = record else { break RunEnd::Idle };
            if reached(until, &record, self.desk()) {
                break RunEnd::Reached;
            }
            if self.breakpoints.iter().any(|b| b.is_passed(&record.step)) {
                break RunEnd::Breakpoint;
            }
            self.listen(&record);
        };
        // A run that ended has to be quiet anew before it ends again.
        let position = if end == RunEnd::Budget { self.timeline.position() } else { usize::MAX };
        self.quiet.position = position;
        Progress { end, steps }
    }

    /// Counts the time without news.
    fn listen(&mut self, record: &Record) {
        let step = &record.step;
        let about_pod = step.object.as_ref().is_some_and(|(resource, _)| *resource == kinds::PODS.into());
        let pod_acted = about_pod && matches!(step.action, Some(Action::Kubelet { .. }));
        let failed = step.notes.iter().any(|note| note.phase == "retry");
        if record.line.is_some() || step.writes().any(tells_something) {
            self.quiet = Quiet { since: step.time, ..Quiet::default() };
        } else if pod_acted || failed || record.resumed {
            self.quiet.wakes += 1;
        }
        let Quiet { since, wakes, until, .. } = self.quiet;
        if until.is_none() && wakes >= WAKES && step.time >= since + PATIENCE {
            self.quiet.until = Some(self.desk().world().last_deadline().unwrap_or(step.time));
        }
    }

    fn loops(&self) -> bool {
        let world = self.desk().world();
        self.quiet.until.is_some_and(|until| world.now() >= until) && world.first_due(world.now()).is_none()
    }

    /// Whether there is no need, or no way, to go on.
    fn ended(&self, until: &Until) -> Option<RunEnd> {
        let desk = self.desk();
        let at_end = self.timeline.position() >= self.timeline.len();
        match until {
            Until::Position(position) if self.timeline.position() >= *position => Some(RunEnd::Reached),
            Until::Time(time) if desk.world().now() >= *time => Some(RunEnd::Reached),
            // Nothing happens before that moment, so this is how the world will be then.
            Until::Time(time) if at_end && desk.rests() && desk.next_jump().is_none_or(|to| to > *time) => {
                Some(RunEnd::Reached)
            }
            Until::Time(_) | Until::Position(_) => None,
            Until::Idle if at_end && desk.is_idle() => Some(RunEnd::Reached),
            _ if at_end && desk.is_idle() => Some(RunEnd::Idle),
            _ if at_end && self.loops() => Some(RunEnd::Loop),
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

/// Whether a write changes what one would tell of: an object comes or goes, is given another spec, or counts otherwise.
/// A container that is started again and again changes its pod's status, but not this.
fn tells_something(call: &Call) -> bool {
    let differs = |part: &str, key: &str| call.before[part][key] != call.after[part][key];
    concerns_people(call)
        && (call.before.is_null()
            || call.after.is_null()
            || ["generation", "deletionTimestamp"].iter().any(|key| differs("metadata", key))
            || ["phase", "active", "succeeded", "failed", "replicas"]
                .iter()
                .any(|key| differs("status", key)))
}

/// Leases and Events are written all the time; nobody waits for them.
fn concerns_people(call: &Call) -> bool {
    !["leases", "events", "nodes"].contains(&&*call.resource.plural)
}
