//! [`StepRecord`]: what one step was, why it could happen, and what it changed.

use super::{Action, Actor};
use crate::api::{ObjectKey, Resource, Status, Verb};
use crate::client::Note;
use crate::json::{Json, Str};
use crate::sim::Time;

/// One API call of a step.
#[derive(Clone, Debug)]
pub struct Call {
    /// What was asked.
    pub verb: Verb,
    /// Of which resource.
    pub resource: Resource,
    /// `status`, `binding`, …; `""`: the object itself.
    pub subresource: Str,
    /// The object; its name is empty for collections and for creations that failed.
    pub key: ObjectKey,
    /// Who asked.
    pub agent: Str,
    /// 200, 201, or the error.
    pub result: Result<u16, Status>,
    /// The store's revision before the call.
    pub revision_before: u64,
    /// The store's revision after the call.
    pub revision_after: u64,
    /// The object as it was sent to be created; `Null` with every other request, and where none came of it.
    pub sent: Json,
    /// The object before a write; `Null`: it did not exist.
    pub before: Json,
    /// The object after a write; `Null`: it is gone.
    pub after: Json,
    /// How many notes had been made when the call was made.
    pub notes_before: usize,
}

/// One step.
#[derive(Clone, Debug)]
pub struct StepRecord {
    /// Its number, from 1; numbers go on across user inputs.
    pub step: u64,
    /// The virtual time at which it happened.
    pub time: Time,
    /// Who acted.
    pub actor: Actor,
    /// What happened; `None` for what a person did.
    pub action: Option<Action>,
    /// The object it is about, where there is one.
    pub object: Option<(Resource, ObjectKey)>,
    /// For a delivery: the event's type (`ADDED`, …), or `LIST`; for a stage of the controllers' start: which.
    pub event: Str,
    /// The steps without which this one would not have happened.
    pub causes: Vec<u64>,
    /// The reasons that the component gave, in order.
    pub notes: Vec<Note>,
    /// The API calls that it made, in order.
    pub calls: Vec<Call>,
}

impl StepRecord {
    /// Whether it changed anything: the store, or a container.
    pub fn changes(&self) -> bool {
        let runs = |c: &Call| c.verb.writes() && c.subresource == "exec";
        self.writes().next().is_some() || self.calls.iter().any(runs)
    }

    /// The calls that changed the store.
    pub fn writes(&self) -> impl Iterator<Item = &Call> {
        self.calls.iter().filter(|c| c.revision_after > c.revision_before)
    }
}
