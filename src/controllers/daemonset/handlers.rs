//! What the DaemonSet controller does when its informers tell of a pod, a node or a revision. (Of a DaemonSet, any change
//! enqueues it.)

use super::{DaemonSetController, nodes};
use crate::api::views::apps_v1::DaemonSet;
use crate::api::{ObjectKey, kinds, meta};
use crate::client::Delta;
use crate::controllers::Caches;
use crate::controllers::claim::{adopters, resolve};
use crate::controllers::pods::is_ready;
use crate::json::Json;
use crate::sim::Time;
use std::time::Duration;

impl DaemonSetController {
    pub(super) fn handle_pod(&mut self, caches: &Caches, delta: &Delta, now: Time) {
        match delta {
            Delta::Added(pod) if meta::is_being_deleted(pod) => self.pod_deleted(caches, pod),
            Delta::Added(pod) if meta::controller_of(pod).is_none() => self.wake_adopters(caches, pod),
            Delta::Added(pod) => {
                if let Some(set) = resolve(caches, kinds::DAEMONSETS, pod) {
                    self.expectations.creation_observed(&ObjectKey::of(set));
                    self.queue_mut().add(ObjectKey::of(set));
                }
            }
            Delta::Updated(old, pod) => self.pod_updated(caches, old, pod, now),
            Delta::Deleted(pod) => self.pod_deleted(caches, pod),
        }
    }

    fn pod_updated(&mut self, caches: &Caches, old: &Json, pod: &Json, now: Time) {
        if old["metadata"]["resourceVersion"] == pod["metadata"]["resourceVersion"] {
            return;
        }
        if meta::is_being_deleted(pod) {
            return self.pod_deleted(caches, pod);
        }
        let owner_changed = meta::controller_of(old) != meta::controller_of(pod);
        if owner_changed {
            self.wake_owner(caches, old);
        }
        if meta::controller_of(pod).is_some() {
            let Some(set) = self.wake_owner(caches, pod) else { return };
            let seconds = set["spec"]["minReadySeconds"].as_i64().unwrap_or(0);
            if seconds > 0 && is_ready(pod) && !is_ready(old) {
                // No event will tell when it becomes available. A second more, against clocks that differ.
                let wait = Duration::from_secs(seconds.unsigned_abs() + 1);
                self.queue_mut().add_after(ObjectKey::of(set), now, wait);
            }
        } else if owner_changed || old["metadata"]["labels"] != pod["metadata"]["labels"] {
            self.wake_adopters(caches, pod);
        }
    }

    fn pod_deleted(&mut self, caches: &Caches, pod: &Json) {
        if let Some(set) = self.wake_owner(caches, pod) {
            self.expectations.deletion_observed(&ObjectKey::of(set));
        }
    }

    /// `addNode`, `updateNode`: enqueues the sets for which the node now counts as it did not before.
    pub(super) fn handle_node(&mut self, caches: &Caches, delta: &Delta) {
        let (old, node) = match delta {
            Delta::Added(node) => (None, node),
            Delta::Updated(old, node) => (Some(old), node),
            // The pods go with the node; that is heard of by itself.
            Delta::Deleted(_) => return,
        };
        if old.is_some_and(|old| old["spec"] == node["spec"] && same_labels(old, node)) {
            return;
        }
        for (key, set) in caches.of(kinds::DAEMONSETS).iter() {
            let set = DaemonSet::from(set.clone());
            let now = nodes::should_run(node, &set);
            let before = old.map_or((false, now.1), |old| nodes::should_run(old, &set));
            if now != before {
                self.queue_mut().add(key.clone());
            }
        }
    }

    /// `addHistory`, `updateHistory`, `deleteHistory`.
    pub(super) fn handle_revision(&mut self, caches: &Caches, delta: &Delta) {
        let revision = delta.object();
        if meta::controller_of(revision).is_some() {
            self.wake_owner(caches, revision);
        } else if !matches!(delta, Delta::Deleted(_)) {
            self.wake_adopters(caches, revision);
        }
    }

    fn wake_owner<'a>(&mut self, caches: &'a Caches, dependent: &Json) -> Option<&'a Json> {
        let set = resolve(caches, kinds::DAEMONSETS, dependent)?;
        self.queue_mut().add(ObjectKey::of(set));
        Some(set)
    }

    fn wake_adopters(&mut self, caches: &Caches, dependent: &Json) {
        for key in adopters(caches, kinds::DAEMONSETS, dependent) {
            self.queue_mut().add(key);
        }
    }
}

/// Nothing else of a node decides than its labels, its name and its taints.
fn same_labels(a: &Json, b: &Json) -> bool {
    a["metadata"]["labels"] == b["metadata"]["labels"]
}
