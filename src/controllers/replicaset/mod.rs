//! The ReplicaSet controller (upstream's `pkg/controller/replicaset/replica_set.go`).
//!
//! A ReplicaSet asks for a number of pods that run for ever. The controller counts those that its selector matches and
//! creates or deletes the difference; nothing else. A pod that exits is not its business (the kubelet starts the container
//! again); one that is deleted, or that failed for good, no longer counts and is replaced.
//!
//! A ReplicationController is an older name for the same thing, and the controller of those is this one under another
//! name, as upstream ([`Flavor`]).
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

/// For which of the two kinds a controller is.
#[derive(Debug)]
pub struct Flavor {
    /// The kind.
    resource: &'static ResourceInfo,
    /// Who the controller is to the API server.
    agent: &'static str,
    /// Whether the status counts pods that are going.
    counts_terminating: bool,
}

/// Of ReplicaSets.
pub static REPLICA_SET: Flavor =
    Flavor { resource: kinds::REPLICASETS, agent: "replicaset-controller", counts_terminating: true };
/// Of ReplicationControllers (upstream's `pkg/controller/replication`).
pub static REPLICATION_CONTROLLER: Flavor = Flavor {
    resource: kinds::REPLICATIONCONTROLLERS,
    agent: "replication-controller",
    counts_terminating: false,
};

/// The ReplicaSet controller's memory.
#[derive(Clone, Debug)]
pub struct ReplicaSetController {
    flavor: &'static Flavor,
    queues: [Queue; 1],
    expectations: Expectations,
    /// Which pods are expected to go. A pod's end is heard of twice (its deletion is asked for, then it is gone) and counts
    /// once (upstream's `UIDTrackingControllerExpectations`).
    deletions: UidExpectations,
    recorder: Recorder,
}

impl ReplicaSetController {
    /// One without any memory.
    pub fn new(flavor: &'static Flavor) -> ReplicaSetController {
        ReplicaSetController {
            flavor,
            queues: [Queue::new(flavor.agent, flavor.resource, 5)],
            expectations: Expectations::default(),
            deletions: UidExpectations::default(),
            recorder: Recorder::new(flavor.agent, ""),
        }
    }

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
        self.flavor.agent
    }

    fn watches(&self) -> Vec<&'static ResourceInfo> {
        vec![self.flavor.resource, kinds::PODS]
    }

    fn handle(&mut self, caches: &Caches, resource: &Resource, delta: &Delta, now: Time) {
        if *resource == Resource::from(self.flavor.resource) {
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
