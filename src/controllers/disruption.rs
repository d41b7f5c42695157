//! The disruption controller (`pkg/controller/disruption`): says in the status of each PodDisruptionBudget how many of its pods
//! may be evicted now.
//!
//! It never stops anybody. Who wants to evict a pod asks the API server for it (the subresource `eviction`), and that reads
//! the status and lowers the number; what is deleted without asking is not protected.

use super::claim::resolve;
use super::pods::is_ready;
use super::{Caches, Controller, Queue};
use crate::api::{ObjectKey, Reason, Request, Resource, ResourceInfo, Status, disruption, kinds, meta};
use crate::client::{Context, Delta, EventKind, Recorder, WorkQueue};
use crate::json;
use crate::json::{Json, Str};
use crate::sim::Time;
use std::time::Duration;

/// Its queue's name.
const AGENT: &str = "disruption-controller";
/// So long a pod that is to be evicted may take to be deleted (`DeletionTimeout`).
const DELETION_TIMEOUT: Duration = Duration::from_secs(2 * 60);

/// Keeps the status of budgets.
#[derive(Clone, Debug)]
pub struct DisruptionController {
    queues: [Queue; 1],
    recorder: Recorder,
}

impl Default for DisruptionController {
    fn default() -> Self {
        DisruptionController {
            queues: [Queue::new(AGENT, kinds::PODDISRUPTIONBUDGETS, 1)],
            recorder: Recorder::new("controllermanager", ""),
        }
    }
}

/// How many pods there should be, and how many of them healthy.
struct Expected {
    pods: i64,
    healthy: i64,
}

impl DisruptionController {
    fn queue_mut(&mut self) -> &mut WorkQueue {
        &mut self.queues[0].keys
    }

    fn tell(&mut self, budget: &Json, kind: EventKind, reason: &'static str, message: String) {
        self.recorder.event(budget, kinds::PODDISRUPTIONBUDGETS, kind, Str::fixed(reason), message);
    }

    /// Enqueues the budget of a pod; one of several, and tells so.
    fn wake_budget(&mut self, caches: &Caches, pod: &Json) {
        let namespace = pod["metadata"]["namespace"].str();
        let budgets = caches.of(kinds::PODDISRUPTIONBUDGETS).in_namespace(namespace);
        let mut covering = budgets.filter(|budget| disruption::covers(budget, pod));
        let Some(budget) = covering.next() else { return };
        let several = covering.next().is_some();
        self.queue_mut().add(ObjectKey::of(budget));
        if several {
            let (pod_name, name) = (pod["metadata"]["name"].str(), budget["metadata"]["name"].str());
            let message = format!(
                "Pod {namespace:?}/{pod_name:?} matches multiple PodDisruptionBudgets.  Chose {name:?} arbitrarily."
            );
            let reason = Str::fixed("MultiplePodDisruptionBudgets");
            self.recorder.event(pod, kinds::PODS, EventKind::Warning, reason, message);
        }
    }

    /// One reconcile (`trySync`).
    fn sync_budget(&mut self, cx: &mut Context, caches: &Caches, budget: &Json) -> Result<(), Status> {
        let namespace = budget["metadata"]["namespace"].str();
        let all = caches.of(kinds::PODS).in_namespace(namespace);
        let pods: Vec<&Json> = all.filter(|pod| disruption::covers(budget, pod)).collect();
        if pods.is_empty() {
            self.tell(budget, EventKind::Normal, "NoPods", "No matching pods found".into());
        }
        let expected = self.expected(caches, budget, &pods).inspect_err(|error| {
            let message = format!("Failed to calculate the number of expected pods: {}", error.message);
            self.tell(budget, EventKind::Warning, "CalculateExpectedPodCountFailed", message);
        })?;
        let (evicted, recheck) = self.evicted(budget, &pods, cx.now);
        let healthy = |pod: &&&Json| {
            !meta::is_being_deleted(pod)
                && evicted.get(pod["metadata"]["name"].str()).is_none()
                && is_ready(pod)
        };
        let healthy = pods.iter().filter(healthy).count() as i64;
        let room = if expected.pods > 0 { (healthy - expected.healthy).max(0) } else { 0 };
        cx.note(
            "budget",
            [
                ("expected", expected.pods.into()),
                ("healthy", healthy.into()),
                ("desired", expected.healthy.into()),
                ("allowed", room.into()),
            ],
        );
        let generation = &budget["metadata"]["generation"];
        let mut status = json!({
            "currentHealthy": healthy, "desiredHealthy": expected.healthy, "expectedPods": expected.pods,
            "disruptionsAllowed": room, "observedGeneration": generation,
        });
        if !evicted.is_empty() {
            status.set("disruptedPods", evicted);
        }
        status.set("conditions", &budget["status"]["conditions"]);
        disruption::set_allowed_condition(&mut status, cx.now);
        if let Some(at) = recheck {
            self.queue_mut().add_after(ObjectKey::of(budget), cx.now, at.since(cx.now));
        }
        write(cx, budget, status)
    }

    /// `getExpectedPodCount`: a number that must be available is measured against the pods there are; what may be unavailable,
    /// and any percentage, against what the pods' controllers ask for.
    fn expected(&mut self, caches: &Caches, budget: &Json, pods: &[&Json]) -> Result<Expected, Status> {
        let (least, most) = (&budget["spec"]["minAvailable"], &budget["spec"]["maxUnavailable"]);
        if most.is_null()
            && let Some(healthy) = least.as_i64()
        {
            return Ok(Expected { pods: pods.len() as i64, healthy });
        }
        if most.is_null() && least.is_null() {
            return Ok(Expected { pods: 0, healthy: 0 });
        }
        let (mut counted, mut scale, mut unmanaged): (Vec<Str>, i64, bool) = (Vec::new(), 0, false);
        for pod in pods {
            if meta::controller_of(pod).is_none() {
                unmanaged = true;
                continue;
            }
            let Some((uid, replicas)) = controller_scale(caches, pod)? else {
                let message = format!("found no controllers for pod {:?}", pod["metadata"]["name"].str());
                return Err(Status::new(Reason::InternalError, message));
            };
            if !counted.contains(&uid) {
                counted.push(uid);
                scale += replicas;
            }
        }
        if unmanaged {
            let selector = go_selector(&budget["spec"]["selector"]);
            let message = format!(
                "Pods selected by this PodDisruptionBudget (selector: {selector}) were found to be unmanaged. As a result, the status of the PDB cannot be calculated correctly, which may result in undefined behavior. To account for these pods please set \".spec.minAvailable\" field of the PDB to an integer value."
            );
            self.tell(budget, EventKind::Warning, "UnmanagedPods", message);
        }
        let healthy =
            if most.is_null() { scaled(least, scale) } else { (scale - scaled(most, scale)).max(0) };
        Ok(Expected { pods: scale, healthy })
    }

    /// The pods that the API server has let be evicted and that are still there, with the moment at which the first of them
    /// should be gone (`buildDisruptedPodMap`).
    fn evicted(&mut self, budget: &Json, pods: &[&Json], now: Time) -> (Json, Option<Time>) {
        let (mut evicted, mut first) = (Json::object(), None);
        for pod in pods.iter().filter(|pod| !meta::is_being_deleted(pod)) {
            let name = Str::from(pod["metadata"]["name"].str());
            let Some(since) = Time::parse(budget["status"]["disruptedPods"][&*name].str()) else { continue };
            let deadline = since + DELETION_TIMEOUT;
            if deadline < now {
                let of = budget["metadata"]["namespace"].str();
                let message = format!("Pod was expected by PDB {of}/{of} to be deleted but it wasn't");
                let reason = Str::fixed("NotDeleted");
                self.recorder.event(pod, kinds::PODS, EventKind::Warning, reason, message);
                continue;
            }
            first = Some(first.map_or(deadline, |first: Time| first.min(deadline)));
            evicted.set(name, since.rfc3339());
        }
        (evicted, first)
    }
}

/// The uid of what the pod's number is written in, and the number: its controller, or that of its ReplicaSet.
fn controller_scale(caches: &Caches, pod: &Json) -> Result<Option<(Str, i64)>, Status> {
    let found = |object: &Json| {
        let replicas = object["spec"]["replicas"].as_i64().unwrap_or(1);
        Some((Str::from(meta::uid(object)), replicas))
    };
    for kind in [kinds::REPLICATIONCONTROLLERS, kinds::STATEFULSETS] {
        if let Some(owner) = resolve(caches, kind, pod) {
            return Ok(found(owner));
        }
    }
    if let Some(set) = resolve(caches, kinds::REPLICASETS, pod) {
        return Ok(found(resolve(caches, kinds::DEPLOYMENTS, set).unwrap_or(set)));
    }
    let owner = meta::controller_of(pod);
    let kind = owner.and_then(|owner| kinds::by_kind(owner.api_version(), owner.kind()));
    match kind.filter(|kind| kind.subresources.iter().all(|(name, _)| *name != "scale")) {
        Some(kind) => {
            let message = format!("{} does not implement the scale subresource", kind.qualified());
            Err(Status::new(Reason::InternalError, message))
        }
        None => Ok(None),
    }
}

/// A number, or a percentage, rounded up.
fn scaled(value: &Json, whole: i64) -> i64 {
    match value.as_str() {
        Some(text) => (text.trim_end_matches('%').parse::<i64>().unwrap_or(0) * whole + 99) / 100,
        None => value.as_i64().unwrap_or(0),
    }
}

/// A selector as Go prints it in an event.
fn go_selector(selector: &Json) -> String {
    let labels = selector["matchLabels"].entries().iter().map(|(k, v)| format!("{k}: {},", v.str()));
    let labels: String = labels.collect();
    let expressions: String = selector["matchExpressions"]
        .items()
        .iter()
        .map(|e| {
            let values: Vec<&str> = e["values"].items().iter().map(Json::str).collect();
            let (key, operator, values) = (e["key"].str(), e["operator"].str(), values.join(" "));
            format!("LabelSelectorRequirement{{Key:{key},Operator:{operator},Values:[{values}],}},")
        })
        .collect();
    format!(
        "&LabelSelector{{MatchLabels:map[string]string{{{labels}}},MatchExpressions:[]LabelSelectorRequirement{{{expressions}}},}}"
    )
}

/// Writes the status where it changed.
fn write(cx: &mut Context, budget: &Json, status: Json) -> Result<(), Status> {
    let changed = status != budget["status"];
    cx.note("status", [("changed", changed.into())]);
    if !changed {
        return Ok(());
    }
    let mut budget = budget.clone();
    budget.set("status", status);
    cx.api.call(Request::update_status(kinds::PODDISRUPTIONBUDGETS, budget).by(AGENT)).map(|_| ())
}

impl Controller for DisruptionController {
    fn name(&self) -> &'static str {
        AGENT
    }

    fn watches(&self) -> Vec<&'static ResourceInfo> {
        vec![
            kinds::PODDISRUPTIONBUDGETS,
            kinds::PODS,
            kinds::REPLICATIONCONTROLLERS,
            kinds::REPLICASETS,
            kinds::DEPLOYMENTS,
            kinds::STATEFULSETS,
        ]
    }

    fn handle(&mut self, caches: &Caches, resource: &Resource, delta: &Delta, _: Time) {
        if *resource == Resource::from(kinds::PODDISRUPTIONBUDGETS) {
            self.queue_mut().add(ObjectKey::of(delta.object()));
        } else if *resource == Resource::from(kinds::PODS) {
            self.wake_budget(caches, delta.object());
        }
    }

    fn queues(&self) -> &[Queue] {
        &self.queues
    }

    fn queues_mut(&mut self) -> &mut [Queue] {
        &mut self.queues
    }

    fn sync(&mut self, cx: &mut Context, caches: &Caches, _: usize, key: &ObjectKey) -> Result<(), Status> {
        let cached = caches.of(kinds::PODDISRUPTIONBUDGETS).get(key);
        cx.note("read-cache", [("found", Json::Bool(cached.is_some()))]);
        let Some(budget) = cached else { return Ok(()) };
        let Err(error) = self.sync_budget(cx, caches, budget) else { return Ok(()) };
        if error.is_conflict() {
            return Err(error);
        }
        // What cannot be reckoned must not be disrupted (`failSafe`).
        cx.note("budget-failed", [("error", Json::from(&error.message))]);
        let mut status = budget["status"].clone();
        status.set("disruptionsAllowed", 0);
        disruption::set_condition(&mut status, false, "SyncFailed", &error.message, cx.now);
        write(cx, budget, status)
    }

    fn recorder(&mut self) -> Option<&mut Recorder> {
        Some(&mut self.recorder)
    }
}
