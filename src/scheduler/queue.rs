//! [`Queue`]: the pods that wait for a node.
//!
//! As upstream's `PriorityQueue`, it has three parts: *active* pods are tried next, by priority and then by arrival;
//! *unschedulable* pods fitted nowhere and wait for something that could help them; a pod that something helped is in
//! *back-off* first (1 s, doubled with each attempt, at most 10 s). Back-off keeps the queue's head free for others: when
//! no pod is active, one that backs off is tried early (upstream's `SchedulerPopFromBackoffQ`), unless an error sent it there.

use super::filters::Plugin;
use crate::api::ObjectKey;
use crate::collections::{Map, Set};
use crate::json::{Json, Str};
use crate::sim::Time;
use std::cmp::Reverse;
use std::time::Duration;

/// Where a pod waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// To be tried next.
    Active,
    /// For its back-off to end.
    Backoff(Time),
    /// Until something happens that could help it.
    Unschedulable,
    /// Until its scheduling gates are gone.
    Gated,
}

/// A waiting pod.
#[derive(Clone, Debug)]
pub struct QueuedPod {
    /// The object.
    pub pod: Json,
    /// Where it waits.
    pub place: Place,
    /// How often it was tried.
    pub attempts: u32,
    /// Which plugins found no node for it the last time; empty after an error.
    pub rejected_by: Vec<Plugin>,
    /// Since when it waits there.
    pub since: Time,
    order: Order,
}

/// Higher priority first, then first come, first served.
type Order = (Reverse<i64>, u64);

/// All waiting pods.
#[derive(Clone, Debug, Default)]
pub struct Queue {
    pods: Map<ObjectKey, QueuedPod>,
    active: Set<(Order, ObjectKey)>,
    backoff: Set<(Time, ObjectKey)>,
    /// Since when.
    unschedulable: Set<(Time, ObjectKey)>,
    arrivals: u64,
}

const LONGEST_UNSCHEDULABLE: Duration = Duration::from_secs(300);

impl Queue {
    /// The waiting pods, by key.
    pub fn pods(&self) -> impl Iterator<Item = (&ObjectKey, &QueuedPod)> {
        self.pods.iter()
    }

    /// The pods to be tried next, in their order.
    pub fn active(&self) -> impl Iterator<Item = &ObjectKey> {
        self.active.iter().map(|(_, key)| key)
    }

    /// The pods that back off, and until when.
    pub fn backoff(&self) -> impl Iterator<Item = (Time, &ObjectKey)> {
        self.backoff.iter().map(|(until, key)| (*until, key))
    }

    /// The pods that fitted nowhere, or are gated.
    pub fn unschedulable(&self) -> impl Iterator<Item = &ObjectKey> {
        let waits = |q: &QueuedPod| matches!(q.place, Place::Unschedulable | Place::Gated);
        self.pods.iter().filter(move |(_, q)| waits(q)).map(|(key, _)| key)
    }

    /// How many pods wait.
    pub fn len(&self) -> usize {
        self.pods.len()
    }

    /// Whether none waits.
    pub fn is_empty(&self) -> bool {
        self.pods.is_empty()
    }

    /// A pod without a node came, or changed. A change that could help it makes it active again.
    pub fn put(&mut self, pod: &Json, now: Time) {
        let key = ObjectKey::of(pod);
        let gated = !pod["spec"]["schedulingGates"].is_empty();
        if let Some(known) = self.pods.get_mut(&key)
            && known.pod["metadata"]["uid"] == pod["metadata"]["uid"]
        {
            let helped = ["spec"].iter().any(|k| known.pod[*k] != pod[*k])
                || known.pod["metadata"]["labels"] != pod["metadata"]["labels"];
            known.pod = pod.clone();
            if helped || (known.place == Place::Gated) != gated {
                let place = if gated { Place::Gated } else { Place::Active };
                self.place(&key, place, now);
            }
            return;
        }
        self.remove(&key);
        self.arrivals += 1;
        let priority = pod["spec"]["priority"].as_i64().unwrap_or(0);
        let order = (Reverse(priority), self.arrivals);
        let (place, rejected_by) = (Place::Unschedulable, Vec::new());
        let queued = QueuedPod { pod: pod.clone(), place, attempts: 0, rejected_by, since: now, order };
        self.pods.insert(key.clone(), queued);
        self.place(&key, if gated { Place::Gated } else { Place::Active }, now);
    }

    /// A pod is gone, or has a node.
    pub fn remove(&mut self, key: &ObjectKey) -> Option<QueuedPod> {
        let queued = self.pods.remove(key)?;
        self.unplace(key, &queued);
        Some(queued)
    }

    /// The pod to try next.
    pub fn first(&self, now: Time) -> Option<&ObjectKey> {
        let over = self.backoff.range(..=(now, last_key())).map(|(_, key)| key);
        let over = over.filter_map(|key| Some((self.pods.get(key)?.order, key))).min();
        let active = self.active.first().map(|(order, key)| (*order, key));
        let first = over.into_iter().chain(active).min();
        // Nothing else to do: try one early, unless it backs off from an error.
        let early = || {
            let mut waiting = self.backoff.iter().map(|(_, key)| key);
            waiting.find(|key| self.pods.get(*key).is_some_and(|q| !q.rejected_by.is_empty()))
        };
        // Or one that has waited for help so long that it is tried without.
        let overdue = || {
            let (since, key) = self.unschedulable.first()?;
            (*since + LONGEST_UNSCHEDULABLE <= now).then_some(key)
        };
        first.map(|(_, key)| key).or_else(early).or_else(overdue)
    }

    /// Takes the pod to try next.
    pub fn pop(&mut self, now: Time) -> Option<QueuedPod> {
        let key = self.first(now)?.clone();
        let mut queued = self.remove(&key)?;
        queued.attempts += 1;
        Some(queued)
    }

    /// Puts a pod back that found no node; without rejecting plugins it was an error, and back-off is the only wait.
    pub fn put_back(&mut self, mut queued: QueuedPod, rejected_by: Vec<Plugin>, now: Time) {
        let key = ObjectKey::of(&queued.pod);
        let place = match rejected_by.is_empty() {
            true => Place::Backoff(now + backoff(queued.attempts)),
            false => Place::Unschedulable,
        };
        queued.rejected_by = rejected_by;
        queued.place = Place::Unschedulable;
        self.pods.insert(key.clone(), queued);
        self.place(&key, place, now);
    }

    /// Something happened that helps pods which one of these plugins rejected. Gives the pods that it moved.
    pub fn move_if(&mut self, now: Time, helped: impl Fn(Plugin) -> bool) -> Vec<Str> {
        let waits =
            |key: &&ObjectKey| self.pods.get(*key).is_some_and(|q| q.rejected_by.iter().any(|p| helped(*p)));
        let keys: Vec<ObjectKey> =
            self.unschedulable.iter().map(|(_, key)| key).filter(waits).cloned().collect();
        for key in &keys {
            let Some(queued) = self.pods.get(key) else { continue };
            let until = queued.since + backoff(queued.attempts);
            self.place(key, if until <= now { Place::Active } else { Place::Backoff(until) }, now);
        }
        keys.iter().map(|k| k.to_string().into()).collect()
    }

    /// Whether any pod waits for something to help it.
    pub fn has_unschedulable(&self) -> bool {
        !self.unschedulable.is_empty()
    }

    /// When the first back-off ends.
    pub fn next_backoff(&self) -> Option<Time> {
        self.backoff.first().map(|(at, _)| *at)
    }

    /// When a pod has been unschedulable for so long that it is tried again without a reason.
    pub fn next_flush(&self) -> Option<Time> {
        self.unschedulable.first().map(|(since, _)| *since + LONGEST_UNSCHEDULABLE)
    }

    /// Makes the pods active that have been unschedulable for too long.
    pub fn flush(&mut self, now: Time) {
        let long = |(since, _): &&(Time, ObjectKey)| *since + LONGEST_UNSCHEDULABLE <= now;
        let keys: Vec<ObjectKey> =
            self.unschedulable.iter().take_while(long).map(|(_, key)| key.clone()).collect();
        for key in keys {
            self.place(&key, Place::Active, now);
        }
    }

    fn place(&mut self, key: &ObjectKey, place: Place, now: Time) {
        let Some(queued) = self.pods.get(key).cloned() else { return };
        self.unplace(key, &queued);
        match &place {
            Place::Active => drop(self.active.insert((queued.order, key.clone()))),
            Place::Backoff(until) => drop(self.backoff.insert((*until, key.clone()))),
            Place::Unschedulable => drop(self.unschedulable.insert((now, key.clone()))),
            Place::Gated => {}
        }
        self.pods.insert(key.clone(), QueuedPod { place, since: now, ..queued });
    }

    fn unplace(&mut self, key: &ObjectKey, queued: &QueuedPod) {
        match queued.place {
            Place::Active => drop(self.active.remove(&(queued.order, key.clone()))),
            Place::Backoff(until) => drop(self.backoff.remove(&(until, key.clone()))),
            Place::Unschedulable => drop(self.unschedulable.remove(&(queued.since, key.clone()))),
            Place::Gated => {}
        }
    }
}

fn backoff(attempts: u32) -> Duration {
    Duration::from_secs(1u64 << attempts.saturating_sub(1).min(4)).min(Duration::from_secs(10))
}

/// After every key that can exist: names have no such character.
fn last_key() -> ObjectKey {
    ObjectKey::new("\u{10ffff}", "")
}
