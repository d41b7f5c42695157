//! The DaemonSet controller (upstream's `pkg/controller/daemon`).
//!
//! A DaemonSet asks for one pod on each node that its template fits. The controller decides on which nodes, and makes for
//! each a pod that can run on that node only; that pod is scheduled as all others are.
//!
//! Read in this order: [`handlers`] (what enqueues a DaemonSet), `sync_daemon_set` here, [`nodes`] (on which nodes a pod
//! should run), [`manage`] (what is missing and what is too much, node by node), [`rolling`] (replacing pods of an older
//! template), [`status`]. The templates that it has had are kept as [`history`](super::history) tells.

mod handlers;
mod manage;
mod nodes;
mod rolling;
mod status;

use super::claim::Claim;
use super::history::{self, History};
use super::{Caches, Controller, Queue};
use crate::api::selector::Labels;
use crate::api::views::apps_v1::{ControllerRevision, DaemonSet};
use crate::api::views::core_v1::Pod;
use crate::api::{ObjectKey, Resource, ResourceInfo, Status, View, affinity, kinds, meta, revision as rev};
use crate::client::{
    BY_CONTROLLER, Backoff, Context, Delta, EventKind, Expectations, Recorder, WorkQueue, orphans,
};
use crate::collections::Map;
use crate::json::{Json, Str};
use crate::sim::Time;
use std::time::Duration;

/// Who it is to the API server.
const AGENT: &str = "daemonset-controller";
/// How long a pod that failed stays before it is replaced, each time on the same node (`failedPodsBackoff`).
const FAILED_PODS: Backoff = Backoff::new(Duration::from_secs(1), Duration::from_secs(15 * 60));

/// The DaemonSet controller's memory.
#[derive(Clone, Debug)]
pub struct DaemonSetController {
    queues: [Queue; 1],
    expectations: Expectations,
    recorder: Recorder,
    /// For each set, generation and node: how often a pod has failed there, and until when the next one stays.
    failed: Map<Str, (u32, Time)>,
}

impl Default for DaemonSetController {
    fn default() -> Self {
        DaemonSetController {
            queues: [Queue::new(AGENT, kinds::DAEMONSETS, 2)],
            expectations: Expectations::default(),
            recorder: Recorder::new(AGENT, ""),
            failed: Map::new(),
        }
    }
}

/// A node, and the set's pods that are on it or are to come to it.
struct Place<'a> {
    node: &'a Json,
    should_run: bool,
    should_continue: bool,
    pods: Vec<Json>,
}

/// All that one reconcile knows.
struct Sync<'a> {
    key: &'a ObjectKey,
    set: DaemonSet,
    /// The hash of the present template.
    hash: Str,
    places: Vec<Place<'a>>,
    /// Pods for nodes that there are not.
    stray: Vec<Json>,
}

impl DaemonSetController {
    fn queue_mut(&mut self) -> &mut WorkQueue {
        &mut self.queues[0].keys
    }

    fn tell(&mut self, set: &DaemonSet, kind: EventKind, reason: &'static str, message: impl Into<Str>) {
        self.recorder.event(set.json(), kinds::DAEMONSETS, kind, Str::fixed(reason), message);
    }

    /// One reconcile.
    fn sync_daemon_set(&mut self, cx: &mut Context, caches: &Caches, key: &ObjectKey) -> Result<(), Status> {
        let set = caches.lister::<DaemonSet>(kinds::DAEMONSETS).get(key);
        cx.note("read-cache", [("found", Json::Bool(set.is_some()))]);
        let Some(set) = set else {
            self.expectations.delete(key);
            return Ok(());
        };
        if set.spec().selector().exists() && set.spec().selector().json().is_empty() {
            let message = "This daemon set is selecting all pods. A non-empty selector is required.";
            self.tell(&set, EventKind::Warning, "SelectingAll", message);
            return Ok(());
        }
        if meta::is_being_deleted(set.json()) {
            // Its pods and its revisions may be gone already: nothing can be told of it.
            return Ok(());
        }
        let history = History {
            owner: set.json(),
            resource: kinds::DAEMONSETS.into(),
            label: rev::CONTROLLER_REVISION,
            agent: AGENT,
        };
        let mut collisions = set.status().collision_count().unwrap_or(0);
        let (present, old) = construct_history(cx, caches, &history, &mut collisions)?;
        let hash = Str::from(present.json()["metadata"]["labels"][rev::CONTROLLER_REVISION].str());
        let name = history::name(&present);
        cx.note("revisions", [("current", Json::from(&name)), ("update", Json::from(&name))]);
        let satisfied = self.expectations.satisfied(key, cx.now);
        let expected = self.expectations.get(key);
        cx.note(
            "expectations",
            [
                ("satisfied", satisfied.into()),
                ("adds", expected.map_or(0, |e| e.adds).into()),
                ("dels", expected.map_or(0, |e| e.dels).into()),
            ],
        );
        let mut sync = Sync { key, set: set.clone(), hash, places: Vec::new(), stray: Vec::new() };
        place_pods(cx, caches, &mut sync)?;
        let mut outcome = Ok(());
        if satisfied {
            outcome = self.manage(cx, &sync);
            if outcome.is_ok() && self.expectations.satisfied(key, cx.now) {
                outcome = self.rolling_update(cx, &sync);
            }
            if outcome.is_ok() {
                let live = |r: &ControllerRevision| {
                    let hash = &r.json()["metadata"]["labels"][rev::CONTROLLER_REVISION];
                    sync.places
                        .iter()
                        .flat_map(|place| &place.pods)
                        .any(|pod| pod["metadata"]["labels"].get(rev::CONTROLLER_REVISION) == Some(hash))
                };
                let limit = set.spec().revision_history_limit().unwrap_or(10);
                let kept = old.iter().filter(|r| live(r)).count() as i32;
                let unneeded: Vec<ControllerRevision> = old.into_iter().filter(|r| !live(r)).collect();
                outcome = history.truncate(cx, &unneeded, (limit - kept).max(0));
            }
        }
        let wrote = status::update(cx, &sync, collisions, satisfied);
        if let Ok(true) = wrote {
            let seconds = set.spec().min_ready_seconds().unwrap_or(0);
            let wait = Duration::from_secs(seconds.unsigned_abs().into());
            self.queue_mut().add_after(key.clone(), cx.now, wait);
        }
        outcome.and(wrote.map(|_| ()))
    }
}

/// The revision of the present template, made if there is none, and the others, the oldest first (`constructHistory`).
fn construct_history(
    cx: &mut Context,
    caches: &Caches,
    history: &History,
    collisions: &mut i32,
) -> Result<(ControllerRevision, Vec<ControllerRevision>), Status> {
    let all = history.list(cx, caches)?;
    let (mut present, old): (Vec<_>, Vec<_>) = all.into_iter().partition(|r| history.is_present(r));
    let number = old.iter().map(history::number).max().unwrap_or(0) + 1;
    let present = match present.pop() {
        None => history.create(cx, number, collisions)?,
        Some(there) if history::number(&there) < number => history.renumber(cx, there, number)?,
        Some(there) => there,
    };
    Ok((present, old))
}

/// Which of the set's pods is for which node (`getNodesToDaemonPods`). A pod that ended and is being deleted is in nobody's
/// way.
fn place_pods<'a>(cx: &mut Context, caches: &'a Caches, sync: &mut Sync<'a>) -> Result<(), Status> {
    let lister = caches.lister::<Pod>(kinds::PODS);
    let uid = Str::from(sync.set.metadata().uid());
    let nobody = orphans(sync.set.metadata().namespace());
    let claim = Claim {
        owner: sync.set.json(),
        resource: kinds::DAEMONSETS.into(),
        dependents: kinds::PODS.into(),
        selector: Labels::from_object(sync.set.spec().selector().json()).unwrap_or_default(),
        finalizer: None,
        agent: AGENT,
    };
    let candidates = lister.by_index(BY_CONTROLLER, &uid).chain(lister.by_index(BY_CONTROLLER, &nobody));
    let pods = claim.claim(cx, candidates)?;
    for (_, node) in caches.of(kinds::NODES).iter() {
        let (should_run, should_continue) = nodes::should_run(node, &sync.set);
        sync.places.push(Place { node, should_run, should_continue, pods: Vec::new() });
    }
    for pod in pods.into_iter().map(View::into_json) {
        if super::pods::is_terminal(&pod) && meta::is_being_deleted(&pod) {
            continue;
        }
        let scheduled = pod["spec"]["nodeName"].str();
        let target = if scheduled.is_empty() { affinity::named_node(&pod).unwrap_or("") } else { scheduled };
        match sync.places.iter_mut().find(|place| place.node["metadata"]["name"].str() == target) {
            Some(place) => place.pods.push(pod),
            None => sync.stray.push(pod),
        }
    }
    Ok(())
}

impl Controller for DaemonSetController {
    fn name(&self) -> &'static str {
        AGENT
    }

    fn watches(&self) -> Vec<&'static ResourceInfo> {
        vec![kinds::DAEMONSETS, kinds::PODS, kinds::CONTROLLERREVISIONS, kinds::NODES]
    }

    fn handle(&mut self, caches: &Caches, resource: &Resource, delta: &Delta, now: Time) {
        if *resource == Resource::from(kinds::DAEMONSETS) {
            if let Delta::Deleted(set) = delta {
                self.expectations.delete(&ObjectKey::of(set));
            }
            self.queue_mut().add(ObjectKey::of(delta.object()));
        } else if *resource == Resource::from(kinds::NODES) {
            self.handle_node(caches, delta);
        } else if *resource == Resource::from(kinds::PODS) {
            self.handle_pod(caches, delta, now);
        } else {
            self.handle_revision(caches, delta);
        }
    }

    fn queues(&self) -> &[Queue] {
        &self.queues
    }

    fn queues_mut(&mut self) -> &mut [Queue] {
        &mut self.queues
    }

    fn sync(&mut self, cx: &mut Context, caches: &Caches, _: usize, key: &ObjectKey) -> Result<(), Status> {
        self.sync_daemon_set(cx, caches, key)
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
