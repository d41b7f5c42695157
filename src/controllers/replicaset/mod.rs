//! The ReplicaSet controller (upstream's `pkg/controller/replicaset/replica_set.go`).
//!
//! A ReplicaSet asks for a number of pods that run for ever. The controller counts those that its selector matches and
//! creates or deletes the difference; nothing else. A pod that exits is not its business (the kubelet starts the container
//! again); one that is deleted, or that failed for good, no longer counts and is replaced.
//!
//! Read in this order: [`handlers`] (what enqueues a ReplicaSet), [`sync`] (one reconcile), [`manage`] (create and delete
//! pods), [`ranking`] (which pods go first), [`status`].

mod handlers;
mod manage;
mod ranking;
mod status;
mod sync;

use super::{Caches, Controller, Queue};
use crate::api::{ObjectKey, Resource, ResourceInfo, Status, kinds};
use crate::client::{Context, Delta, Expectations, Recorder, UidExpectations, WorkQueue};
use crate::sim::Time;

/// Who it is to the API server.
const AGENT: &str = "replicaset-controller";

/// The ReplicaSet controller's memory.
#[derive(Clone, Debug)]
pub struct ReplicaSetController {
    queues: [Queue; 1],
    expectations: Expectations,
    /// Which pods are expected to go. A pod's end is heard of twice (its deletion is asked for, then it is gone) and counts
    /// once (upstream's `UIDTrackingControllerExpectations`).
    deletions: UidExpectations,
    recorder: Recorder,
}

impl Default for ReplicaSetController {
    fn default() -> Self {
        ReplicaSetController {
            queues: [Queue::new(AGENT, kinds::REPLICASETS, 5)],
            expectations: Expectations::default(),
            deletions: UidExpectations::default(),
            recorder: Recorder::new(AGENT, ""),
        }
    }
}

impl ReplicaSetController {
    fn queue_mut(&mut self) -> &mut WorkQueue {
        &mut self.queues[0].keys
    }

    /// The deletion of a pod was seen, or will not happen after all.
    fn deletion_observed(&mut self, key: &ObjectKey, pod: &ObjectKey) {
        if self.deletions.observed(key, &pod.to_string()) {
            self.expectations.deletion_observed(key);
        }
    }

    fn forget_expectations(&mut self, key: &ObjectKey) {
        self.expectations.delete(key);
        self.deletions.delete(key);
    }
}

impl Controller for ReplicaSetController {
    fn name(&self) -> &'static str {
        AGENT
    }

    fn watches(&self) -> Vec<&'static ResourceInfo> {
        vec![kinds::REPLICASETS, kinds::PODS]
    }

    fn handle(&mut self, caches: &Caches, resource: &Resource, delta: &Delta, now: Time) {
        if *resource == Resource::from(kinds::REPLICASETS) {
            self.handle_replica_set(delta);
        } else {
            self.handle_pod(caches, delta, now);
        }
    }

    fn queues(&self) -> &[Queue] {
        &self.queues
    }

    fn queues_mut(&mut self) -> &mut [Queue] {
        &mut self.queues
    }

    fn sync(&mut self, cx: &mut Context, caches: &Caches, _: usize, key: &ObjectKey) -> Result<(), Status> {
        self.sync_replica_set(cx, caches, key)
    }

    fn expectations(&self) -> Option<&Expectations> {
        Some(&self.expectations)
    }

    fn expectations_mut(&mut self) -> Option<&mut Expectations> {
        Some(&mut self.expectations)
    }

    fn recorder(&mut self) -> Option<&mut Recorder> {
        Some(&mut self.recorder)
    }
}
