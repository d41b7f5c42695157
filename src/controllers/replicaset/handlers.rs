//! What the ReplicaSet controller does when its informers tell of a ReplicaSet or a pod: it lowers expectations and
//! enqueues ReplicaSets. It never waits to gather events, as the Job controller does.

use super::ReplicaSetController;
use crate::api::{ObjectKey, meta};
use crate::client::Delta;
use crate::controllers::Caches;
use crate::controllers::claim::{adopters, resolve};
use crate::controllers::pods::is_ready;
use crate::json::Json;
use crate::sim::Time;
use std::time::Duration;

impl ReplicaSetController {
    /// `addRS`, `updateRS`, `deleteRS`: any change is looked at, those of the status too.
    pub(super) fn handle_replica_set(&mut self, delta: &Delta) {
        let key = ObjectKey::of(delta.object());
        let replaced = matches!(delta, Delta::Updated(old, new) if meta::uid(old) != meta::uid(new));
        if replaced || matches!(delta, Delta::Deleted(_)) {
            // One of the same name starts clean.
            self.forget_expectations(&key);
        }
        self.queue_mut().add(key);
    }

    pub(super) fn handle_pod(&mut self, caches: &Caches, delta: &Delta, now: Time) {
        match delta {
            Delta::Added(pod) if meta::is_being_deleted(pod) => self.pod_deleted(caches, pod),
            Delta::Added(pod) => self.pod_added(caches, pod),
            Delta::Updated(old, pod) => self.pod_updated(caches, old, pod, now),
            Delta::Deleted(pod) => self.pod_deleted(caches, pod),
        }
    }

    fn pod_added(&mut self, caches: &Caches, pod: &Json) {
        if meta::controller_of(pod).is_none() {
            // Nobody expects an orphan; somebody may want it.
            return self.wake_adopters(caches, pod);
        }
        if let Some(set) = resolve(caches, self.flavor.resource, pod) {
            let key = ObjectKey::of(set);
            self.expectations.creation_observed(&key);
            self.queue_mut().add(key);
        }
    }

    fn pod_updated(&mut self, caches: &Caches, old: &Json, pod: &Json, now: Time) {
        if old["metadata"]["resourceVersion"] == pod["metadata"]["resourceVersion"] {
            return;
        }
        let relabelled = old["metadata"]["labels"] != pod["metadata"]["labels"];
        if meta::is_being_deleted(pod) {
            // Its place is free as soon as its deletion is asked for, not when the kubelet is done with it.
            self.pod_deleted(caches, pod);
            if relabelled {
                self.pod_deleted(caches, old);
            }
            return;
        }
        let owner_changed = meta::controller_of(old) != meta::controller_of(pod);
        if owner_changed && let Some(set) = resolve(caches, self.flavor.resource, old) {
            self.queue_mut().add(ObjectKey::of(set));
        }
        if meta::controller_of(pod).is_some() {
            let Some(set) = resolve(caches, self.flavor.resource, pod) else { return };
            let key = ObjectKey::of(set);
            self.queue_mut().add(key.clone());
            let seconds = set["spec"]["minReadySeconds"].as_i64().unwrap_or(0);
            if seconds > 0 && is_ready(pod) && !is_ready(old) {
                // No event will tell when it becomes available.
                self.queue_mut().add_after(key, now, Duration::from_secs(seconds.unsigned_abs()));
            }
        } else if relabelled || owner_changed {
            self.wake_adopters(caches, pod);
        }
    }

    fn pod_deleted(&mut self, caches: &Caches, pod: &Json) {
        if let Some(set) = resolve(caches, self.flavor.resource, pod) {
            let key = ObjectKey::of(set);
            self.deletion_observed(&key, &ObjectKey::of(pod));
            self.queue_mut().add(key);
        }
    }

    fn wake_adopters(&mut self, caches: &Caches, pod: &Json) {
        for key in adopters(caches, self.flavor.resource, pod) {
            self.queue_mut().add(key);
        }
    }
}
