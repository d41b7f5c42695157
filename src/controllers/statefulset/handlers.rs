//! What the StatefulSet controller does when its informers tell of a pod. (Of a StatefulSet, any change enqueues it.)

use super::StatefulSetController;
use crate::api::{ObjectKey, kinds, meta};
use crate::client::Delta;
use crate::controllers::Caches;
use crate::controllers::claim::{adopters, resolve};
use crate::controllers::pods::is_ready;
use crate::json::Json;
use crate::sim::Time;
use std::time::Duration;

impl StatefulSetController {
    /// `addPod`, `updatePod`, `deletePod`.
    pub(super) fn handle_pod(&mut self, caches: &Caches, delta: &Delta, now: Time) {
        match delta {
            Delta::Updated(old, pod) => self.pod_updated(caches, old, pod, now),
            Delta::Added(pod) if meta::controller_of(pod).is_none() && !meta::is_being_deleted(pod) => {
                self.wake_adopters(caches, pod);
            }
            Delta::Added(pod) | Delta::Deleted(pod) => drop(self.wake_owner(caches, pod)),
        }
    }

    fn pod_updated(&mut self, caches: &Caches, old: &Json, pod: &Json, now: Time) {
        if old["metadata"]["resourceVersion"] == pod["metadata"]["resourceVersion"] {
            return;
        }
        let owner_changed = meta::controller_of(old) != meta::controller_of(pod);
        if owner_changed {
            self.wake_owner(caches, old);
        }
        if meta::controller_of(pod).is_some() {
            let seconds = self.wake_owner(caches, pod).unwrap_or(0);
            if seconds > 0
                && is_ready(pod)
                && !is_ready(old)
                && let Some(set) = resolve(caches, kinds::STATEFULSETS, pod)
            {
                // No event will tell when it becomes available. A second more, against clocks that differ.
                let wait = Duration::from_secs(seconds.unsigned_abs() + 1);
                self.queue_mut().add_after(ObjectKey::of(set), now, wait);
            }
        } else if owner_changed || old["metadata"]["labels"] != pod["metadata"]["labels"] {
            self.wake_adopters(caches, pod);
        }
    }

    /// Enqueues the pod's set; gives for how long its pods must be ready.
    fn wake_owner(&mut self, caches: &Caches, pod: &Json) -> Option<i64> {
        let set = resolve(caches, kinds::STATEFULSETS, pod)?;
        self.queue_mut().add(ObjectKey::of(set));
        set["spec"]["minReadySeconds"].as_i64()
    }

    fn wake_adopters(&mut self, caches: &Caches, pod: &Json) {
        for key in adopters(caches, kinds::STATEFULSETS, pod) {
            self.queue_mut().add(key);
        }
    }
}
