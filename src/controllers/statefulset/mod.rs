//! The StatefulSet controller (upstream's `pkg/controller/statefulset`).
//!
//! A StatefulSet asks for pods that are not alike: each has a number, its *ordinal*, and with it a name, a host name and
//! claims for storage that outlive it. One that goes comes back under the same name. With the policy `OrderedReady` the
//! pods come one after another, each when the one before it is ready, and go in the opposite order.
//!
//! Read in this order: [`handlers`] (what enqueues a StatefulSet), `sync_stateful_set` here, [`update`] (which pod is to
//! come, to go or to be replaced), [`identity`] (what a pod of an ordinal is), [`pods`] and [`claims`] (making and
//! deleting), [`status`]. The templates that it has had are kept as [`history`](super::history) tells.

mod claims;
mod handlers;
mod identity;
mod pods;
mod status;
mod update;

use super::claim::Claim;
use super::history::{self, History};
use super::{Caches, Controller, Queue};
use crate::api::selector::Labels;
use crate::api::views::apps_v1::{ControllerRevision, StatefulSet};
use crate::api::views::core_v1::Pod;
use crate::api::{ObjectKey, Resource, ResourceInfo, Status, View, kinds};
use crate::client::{BY_CONTROLLER, Context, Delta, EventKind, Recorder, WorkQueue, orphans};
use crate::json::{Json, Str};
use crate::sim::Time;
use std::time::Duration;

/// Who it is to the API server.
const AGENT: &str = "statefulset-controller";

/// The StatefulSet controller's memory: it expects nothing of its cache, for a pod whose name is taken cannot be created
/// twice.
#[derive(Clone, Debug)]
pub struct StatefulSetController {
    queues: [Queue; 1],
    recorder: Recorder,
}

impl Default for StatefulSetController {
    fn default() -> Self {
        StatefulSetController {
            queues: [Queue::new(AGENT, kinds::STATEFULSETS, 5)],
            recorder: Recorder::new(AGENT, ""),
        }
    }
}

/// The revision that the pods had before an update, and the one that they are to have.
pub(super) struct Revisions {
    current: ControllerRevision,
    update: ControllerRevision,
    collisions: i32,
}

impl StatefulSetController {
    fn queue_mut(&mut self) -> &mut WorkQueue {
        &mut self.queues[0].keys
    }

    fn tell(&mut self, set: &StatefulSet, kind: EventKind, reason: &str, message: String) {
        self.recorder.event(set.json(), kinds::STATEFULSETS, kind, Str::from(reason), message);
    }

    /// One reconcile.
    fn sync_stateful_set(
        &mut self,
        cx: &mut Context,
        caches: &Caches,
        key: &ObjectKey,
    ) -> Result<(), Status> {
        let set = caches.lister::<StatefulSet>(kinds::STATEFULSETS).get(key);
        cx.note("read-cache", [("found", Json::Bool(set.is_some()))]);
        let Some(set) = set else { return Ok(()) };
        let history = History {
            owner: set.json(),
            resource: kinds::STATEFULSETS.into(),
            label: "controller.kubernetes.io/hash",
            agent: AGENT,
        };
        let kept = history.list(cx, caches)?;
        let pods = pods_of(cx, caches, &set)?;
        let revisions = revisions(cx, &history, &set, &kept)?;
        cx.note(
            "revisions",
            [
                ("current", history::name(&revisions.current).into()),
                ("update", history::name(&revisions.update).into()),
            ],
        );
        let (mut status, outcome) = self.update_stateful_set(cx, caches, &set, &revisions, &pods);
        let wrote = status::write(cx, &set, &mut status);
        let outcome = outcome.and(wrote);
        let needed = |revision: &ControllerRevision| {
            let name = history::name(revision);
            name == history::name(&revisions.current)
                || name == history::name(&revisions.update)
                || pods.iter().any(|pod| identity::revision(pod) == &*name)
        };
        let unneeded: Vec<ControllerRevision> = kept.into_iter().filter(|r| !needed(r)).collect();
        let limit = set.spec().revision_history_limit().unwrap_or(10);
        let outcome = outcome.and(history.truncate(cx, &unneeded, limit));
        let seconds = set.spec().min_ready_seconds().unwrap_or(0);
        if outcome.is_ok() && seconds > 0 && status.available_replicas() != set.spec().replicas() {
            let wait = Duration::from_secs(seconds.unsigned_abs().into());
            self.queue_mut().add_after(key.clone(), cx.now, wait);
        }
        outcome
    }
}

/// The set's pods after adoption and release. Of what its selector matches only pods that are named as its own are.
fn pods_of(cx: &mut Context, caches: &Caches, set: &StatefulSet) -> Result<Vec<Json>, Status> {
    let lister = caches.lister::<Pod>(kinds::PODS);
    let nobody = orphans(set.metadata().namespace());
    let uid = Str::from(set.metadata().uid());
    let candidates = lister.by_index(BY_CONTROLLER, &uid).chain(lister.by_index(BY_CONTROLLER, &nobody));
    let claim = Claim {
        owner: set.json(),
        resource: kinds::STATEFULSETS.into(),
        dependents: kinds::PODS.into(),
        selector: Labels::from_object(set.spec().selector().json()).unwrap_or_default(),
        finalizer: None,
        agent: AGENT,
    };
    let members = candidates.filter(|pod| identity::is_member(set, pod.json()));
    let pods = claim.claim(cx, members)?;
    Ok(pods.into_iter().map(View::into_json).collect())
}

/// The current and the update revision (`getStatefulSetRevisions`): keeps a new template as a revision, or gives the one
/// that is gone back to the next number.
fn revisions(
    cx: &mut Context,
    history: &History,
    set: &StatefulSet,
    kept: &[ControllerRevision],
) -> Result<Revisions, Status> {
    let status = set.status();
    let mut collisions = status.collision_count().unwrap_or(0);
    let next = kept.last().map_or(0, history::number) + 1;
    let update = match kept.iter().rposition(|revision| history.is_present(revision)) {
        Some(i) if i + 1 == kept.len() => kept[i].clone(),
        Some(i) => history.renumber(cx, kept[i].clone(), next)?,
        None => history.create(cx, next, &mut collisions)?,
    };
    let current = kept.iter().find(|revision| revision.metadata().name() == status.current_revision());
    let current = current.unwrap_or(&update).clone();
    Ok(Revisions { current, update, collisions })
}

impl Controller for StatefulSetController {
    fn name(&self) -> &'static str {
        AGENT
    }

    fn watches(&self) -> Vec<&'static ResourceInfo> {
        vec![kinds::STATEFULSETS, kinds::PODS, kinds::CONTROLLERREVISIONS, kinds::PERSISTENTVOLUMECLAIMS]
    }

    fn handle(&mut self, caches: &Caches, resource: &Resource, delta: &Delta, now: Time) {
        if *resource == Resource::from(kinds::STATEFULSETS) {
            self.queue_mut().add(ObjectKey::of(delta.object()));
        } else if *resource == Resource::from(kinds::PODS) {
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
        self.sync_stateful_set(cx, caches, key)
    }

    fn recorder(&mut self) -> Option<&mut Recorder> {
        Some(&mut self.recorder)
    }
}
