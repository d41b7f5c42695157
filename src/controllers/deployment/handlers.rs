//! What the Deployment controller does when its informers tell of a ReplicaSet or a pod. (Of a Deployment, any change
//! enqueues it.)

use super::DeploymentController;
use crate::api::{ObjectKey, kinds, meta};
use crate::client::{BY_CONTROLLER, Delta};
use crate::controllers::Caches;
use crate::controllers::claim::{adopters, resolve};
use crate::json::Json;

impl DeploymentController {
    /// `addReplicaSet`, `updateReplicaSet`, `deleteReplicaSet`.
    pub(super) fn handle_replica_set(&mut self, caches: &Caches, delta: &Delta) {
        match delta {
            Delta::Deleted(set) => self.wake_owner(caches, set),
            Delta::Added(set) if meta::is_being_deleted(set) => self.wake_owner(caches, set),
            Delta::Added(set) if meta::controller_of(set).is_some() => self.wake_owner(caches, set),
            Delta::Added(set) => self.wake_adopters(caches, set),
            Delta::Updated(old, set) => {
                if old["metadata"]["resourceVersion"] == set["metadata"]["resourceVersion"] {
                    return;
                }
                let owner_changed = meta::controller_of(old) != meta::controller_of(set);
                if owner_changed {
                    self.wake_owner(caches, old);
                }
                if meta::controller_of(set).is_some() {
                    self.wake_owner(caches, set);
                } else if owner_changed || old["metadata"]["labels"] != set["metadata"]["labels"] {
                    self.wake_adopters(caches, set);
                }
            }
        }
    }

    /// `deletePod`: `Recreate` waits for the last old pod to be gone, which no ReplicaSet's status tells.
    pub(super) fn handle_pod(&mut self, caches: &Caches, delta: &Delta) {
        let Delta::Deleted(pod) = delta else { return };
        let Some(set) = resolve(caches, kinds::REPLICASETS, pod) else { return };
        let Some(deployment) = resolve(caches, kinds::DEPLOYMENTS, set) else { return };
        if deployment.at(&["spec", "strategy", "type"]).str() == "Recreate" {
            let mut sets = caches.of(kinds::REPLICASETS).by_index(BY_CONTROLLER, meta::uid(deployment));
            let pods = caches.of(kinds::PODS);
            if sets.all(|set| pods.by_index(BY_CONTROLLER, meta::uid(set)).next().is_none()) {
                self.queue_mut().add(ObjectKey::of(deployment));
            }
        }
    }

    fn wake_owner(&mut self, caches: &Caches, set: &Json) {
        if let Some(deployment) = resolve(caches, kinds::DEPLOYMENTS, set) {
            self.queue_mut().add(ObjectKey::of(deployment));
        }
    }

    fn wake_adopters(&mut self, caches: &Caches, set: &Json) {
        for key in adopters(caches, kinds::DEPLOYMENTS, set) {
            self.queue_mut().add(key);
        }
    }
}
