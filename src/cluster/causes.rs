//! [`Causes`]: which earlier steps led to a step.
//!
//! Three facts suffice, and none needs a component's help: which step wrote each revision (so a delivery is caused by
//! the write that it delivers), which steps touched an object's key at a component since the component last worked on
//! it (so a reconcile is caused by those deliveries), and which step a component's own work on a key was (so a timer's
//! work is caused by the work that set the timer).

use super::Actor;
use crate::api::{ObjectKey, meta};
use crate::collections::{List, Map};
use crate::json::{Json, Str};

/// More causes than this are not kept for one key: the oldest and the newest tell the story.
const MOST: usize = 8;

/// The steps behind each revision and each key.
#[derive(Clone, Debug, Default)]
pub(super) struct Causes {
    /// The step that wrote revision `first + i`, and for whom.
    writers: List<(u32, Str)>,
    first: u64,
    /// Steps that touched a key at a component, not yet answered by work.
    touched: Map<(Actor, ObjectKey), Vec<u64>>,
    /// The last step in which a worker (a controller, a kubelet, the scheduler) worked on a key.
    worked: Map<(Actor, Str, ObjectKey), u64>,
}

impl Causes {
    /// All revisions since the last call up to `revision` were written in `step`, for `agent`.
    pub(super) fn wrote(&mut self, step: u64, revision: u64, agent: &Str) {
        self.first = self.first.max(1);
        while self.first + (self.writers.len() as u64) <= revision {
            self.writers.push_back((u32::try_from(step).unwrap_or(u32::MAX), agent.clone()));
        }
    }

    /// The step that wrote a revision, and for whom; step 0 is the time before the first step.
    pub(super) fn writer(&self, revision: u64) -> Option<(u64, &Str)> {
        let i = usize::try_from(revision.checked_sub(self.first)?).ok()?;
        self.writers.get(i).map(|(step, agent)| (u64::from(*step), agent))
    }

    /// A delivery brought news of an object: its own key is touched, and its controller owner's.
    pub(super) fn delivered(&mut self, step: u64, to: Actor, object: &Json, gone: bool) {
        let key = ObjectKey::of(object);
        if let Some(owner) = meta::controller_of(object) {
            self.touch(step, to, ObjectKey::new(&key.namespace, owner.name()));
        }
        if gone && matches!(to, Actor::Scheduler) {
            self.touched.remove(&(to, key));
        } else {
            self.touch(step, to, key);
        }
    }

    /// Something that concerns a key happened at a component.
    pub(super) fn touch(&mut self, step: u64, at: Actor, key: ObjectKey) {
        let steps = self.touched.slot((at, key));
        if steps.len() >= MOST {
            steps.remove(MOST / 2);
        }
        steps.push(step);
    }

    /// A worker works on a key: gives what led to it since its last work on the key.
    pub(super) fn work(&mut self, step: u64, at: Actor, worker: &Str, key: &ObjectKey) -> Vec<u64> {
        let last = self.worked.insert((at, worker.clone(), key.clone()), step).unwrap_or(0);
        let touched = self.touched.get(&(at, key.clone()));
        let mut causes: Vec<u64> = touched.into_iter().flatten().copied().filter(|s| *s > last).collect();
        if causes.is_empty() && last > 0 {
            causes.push(last);
        }
        causes
    }
}
