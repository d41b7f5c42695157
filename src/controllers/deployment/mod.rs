//! The Deployment controller (upstream's `pkg/controller/deployment/deployment_controller.go`).
//!
//! A Deployment asks for pods as its template says now. Each template gets a ReplicaSet of its own; the controller makes the
//! newest one grow and the older ones shrink, never by more than the strategy allows, and keeps the old ones, empty, so that
//! one can go back. It never touches a pod.
//!
//! Read in this order: [`handlers`] (what enqueues a Deployment), `sync_deployment` here (what is to be done), [`sync`]
//! (the ReplicaSets and their revisions; scaling), [`rolling`] and [`recreate`] (the strategies), [`progress`] (how
//! it goes); [`rollback`], [`conditions`], [`hash`] and [`util`] on the way.
//!
//! What a sync writes to the Deployment makes its own copy out of date: a second write in the same sync is refused as
//! a conflict, and the sync is tried again a few milliseconds later. The real controller does that too.

mod conditions;
mod handlers;
mod progress;
mod recreate;
mod rollback;
mod rolling;
mod sync;
mod util;

use super::claim::Claim;
use super::pod_control::namespace_terminating;
use super::{Caches, Controller, Queue};
use crate::api::selector::Labels;
use crate::api::views::apps_v1::{Deployment, ReplicaSet};
use crate::api::{ObjectKey, Request, Resource, ResourceInfo, Status, View, kinds, meta};
use crate::client::{BY_CONTROLLER, Context, Delta, EventKind, Recorder, WorkQueue, orphans};
use crate::json::{Json, Str};
use crate::sim::Time;

/// Who it is to the API server.
const AGENT: &str = "deployment-controller";
/// A Deployment that failed so often in a row is left alone until something changes.
const MAX_RETRIES: u32 = 15;

/// The Deployment controller's memory.
#[derive(Clone, Debug)]
pub struct DeploymentController {
    queues: [Queue; 1],
    recorder: Recorder,
}

impl Default for DeploymentController {
    fn default() -> Self {
        DeploymentController {
            queues: [Queue::new(AGENT, kinds::DEPLOYMENTS, 5)],
            recorder: Recorder::new(AGENT, ""),
        }
    }
}

impl DeploymentController {
    fn queue_mut(&mut self) -> &mut WorkQueue {
        &mut self.queues[0].keys
    }

    fn tell(&mut self, d: &Deployment, kind: EventKind, reason: &'static str, message: String) {
        self.recorder.event(d.json(), kinds::DEPLOYMENTS, kind, Str::fixed(reason), message);
    }

    /// One reconcile.
    fn sync_deployment(&mut self, cx: &mut Context, caches: &Caches, key: &ObjectKey) -> Result<(), Status> {
        let d = caches.lister::<Deployment>(kinds::DEPLOYMENTS).get(key);
        cx.note("read-cache", [("found", Json::Bool(d.is_some()))]);
        let Some(mut d) = d else { return Ok(()) };
        let d = &mut d;
        let sets = self.replica_sets_of(cx, caches, d)?;
        if meta::is_being_deleted(d.json()) {
            return self.sync_status_only(cx, caches, d, sets);
        }
        // Else a rollout that was paused for long would count as one without progress when it is resumed.
        self.check_paused_conditions(cx, d)?;
        let spec = d.spec();
        if spec.paused() == Some(true) {
            cx.note("paused", []);
            return self.sync_scale(cx, caches, d, sets);
        }
        if rollback::revision(d).is_some() {
            return self.rollback(cx, caches, d, sets);
        }
        if self.is_scaling_event(cx, caches, d, &sets)? {
            cx.note("scaling", [("want", util::desired(d).into())]);
            return self.sync_scale(cx, caches, d, sets);
        }
        match spec.strategy().r#type() {
            "Recreate" => self.rollout_recreate(cx, caches, d, sets),
            _ => self.rollout_rolling(cx, caches, d, sets),
        }
    }

    /// The Deployment's ReplicaSets, after adoption and release.
    fn replica_sets_of(
        &self,
        cx: &mut Context,
        caches: &Caches,
        d: &Deployment,
    ) -> Result<Vec<ReplicaSet>, Status> {
        let lister = caches.lister::<ReplicaSet>(kinds::REPLICASETS);
        let uid = Str::from(d.metadata().uid());
        let nobody = orphans(d.metadata().namespace());
        let claim = Claim {
            owner: d.json(),
            resource: kinds::DEPLOYMENTS.into(),
            dependents: kinds::REPLICASETS.into(),
            selector: Labels::from_object(d.spec().selector().json()).unwrap_or_default(),
            finalizer: None,
            agent: AGENT,
        };
        let own = lister.by_index(BY_CONTROLLER, &uid);
        let sets = claim.claim(cx, own.chain(lister.by_index(BY_CONTROLLER, &nobody)))?;
        cx.note("replica-sets", [("count", sets.len().into())]);
        Ok(sets)
    }
}

/// Writes the status, and the annotations with it. The copy at hand stays as old as it was.
fn update_status(cx: &mut Context, d: &Deployment) -> Result<(), Status> {
    cx.api.call(Request::update_status(kinds::DEPLOYMENTS, d.clone()).by(AGENT)).map(|_| ())
}

impl Controller for DeploymentController {
    fn name(&self) -> &'static str {
        AGENT
    }

    fn watches(&self) -> Vec<&'static ResourceInfo> {
        vec![kinds::DEPLOYMENTS, kinds::REPLICASETS, kinds::PODS]
    }

    fn handle(&mut self, caches: &Caches, resource: &Resource, delta: &Delta, _: Time) {
        if *resource == Resource::from(kinds::DEPLOYMENTS) {
            self.queue_mut().add(ObjectKey::of(delta.object()));
        } else if *resource == Resource::from(kinds::REPLICASETS) {
            self.handle_replica_set(caches, delta);
        } else {
            self.handle_pod(caches, delta);
        }
    }

    fn queues(&self) -> &[Queue] {
        &self.queues
    }

    fn queues_mut(&mut self) -> &mut [Queue] {
        &mut self.queues
    }

    fn sync(&mut self, cx: &mut Context, caches: &Caches, _: usize, key: &ObjectKey) -> Result<(), Status> {
        let outcome = self.sync_deployment(cx, caches, key);
        match outcome {
            Err(error) if namespace_terminating(&error) => Ok(()),
            Err(_) if self.queues[0].keys.num_requeues(key) >= MAX_RETRIES => Ok(()),
            outcome => outcome,
        }
    }

    fn recorder(&mut self) -> Option<&mut Recorder> {
        Some(&mut self.recorder)
    }
}
