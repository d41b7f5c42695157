//! kube-scheduler: finds a node for each pod that has none.
//!
//! ```text
//! watch ──▶ Queue (active, back-off, unschedulable) ──▶ schedule_one:
//!   pod ──filter──▶ the nodes it can run on ──score──▶ the best of them ──assume──▶ Cache ──bind──▶ API server
//!            └── none: back to the queue, condition PodScheduled=False, event FailedScheduling
//! ```
//!
//! One attempt is one step. Upstream: `pkg/scheduler/schedule_one.go`. Absent: preemption, device claims, extenders; a pod that could only run if others were evicted waits.

mod cache;
mod events;
mod filters;
mod queue;
mod resources;
mod scores;
mod topology;
mod volumes;

pub use cache::{Cache, NodeInfo, PodInfo};
pub use filters::{Plugin, Refusal};
pub use queue::{Place, Queue, QueuedPod};
pub use resources::Resources;

use crate::api::{ObjectKey, PatchType, Request, Resource, Status, kinds, meta};
use crate::client::{Context, Delta, Informer, Reflector, Timer};
use crate::collections::{Map, sort_by};
use crate::json;
use crate::json::{Json, Str};
use crate::sim::Time;
use events::Events;
use filters::Candidate;
use std::sync::Arc;
use volumes::{Claims, Storage};

/// The name under which pods ask for this scheduler, and under which it asks the API server.
pub const AGENT: &str = "default-scheduler";

/// The scheduler with its caches and its queue.
#[derive(Clone)]
pub struct Scheduler {
    pods: Informer,
    nodes: Informer,
    storage: Storage,
    cache: Cache,
    queue: Queue,
    events: Events,
}

impl Default for Scheduler {
    fn default() -> Scheduler {
        Scheduler::new()
    }
}

impl Scheduler {
    /// A scheduler that has not listed anything yet. Finished pods need no node, so it does not even watch them.
    pub fn new() -> Scheduler {
        let pods = Reflector::new(kinds::PODS, AGENT)
            .with_field_selector("status.phase!=Failed,status.phase!=Succeeded");
        Scheduler {
            pods: Informer::of(pods, &[]),
            nodes: Informer::new(kinds::NODES, AGENT, &[]),
            storage: Storage::new(AGENT),
            cache: Cache::default(),
            queue: Queue::default(),
            events: Events::default(),
        }
    }

    /// What keeps it up to date.
    pub fn reflectors(&self) -> impl Iterator<Item = &Reflector> {
        [self.nodes.reflector(), self.pods.reflector()].into_iter().chain(self.storage.reflectors())
    }

    /// Its caches of the API server.
    pub fn informers(&self) -> impl Iterator<Item = &Informer> {
        [&self.nodes, &self.pods].into_iter().chain(self.storage.informers())
    }

    /// The pods to be tried next, in their order.
    pub fn active(&self) -> impl Iterator<Item = &ObjectKey> {
        self.queue.active()
    }

    /// The pods that back off, and until when.
    pub fn backoff(&self) -> impl Iterator<Item = (Time, &ObjectKey)> {
        self.queue.backoff()
    }

    /// The pods that fitted nowhere, or are gated.
    pub fn unschedulable(&self) -> impl Iterator<Item = &ObjectKey> {
        self.queue.unschedulable()
    }

    /// The pods that wait.
    pub fn queue(&self) -> &Queue {
        &self.queue
    }

    /// What it believes of the nodes.
    pub fn cache(&self) -> &Cache {
        &self.cache
    }

    /// A reflector moves: takes what it brings into the cache and the queue.
    pub fn deliver(&mut self, cx: &mut Context, resource: &Resource) {
        if let Some(deltas) = self.storage.deliver(cx, resource) {
            if !deltas.is_empty() {
                self.move_pods(cx, "StorageChanged", Plugin::minds_storage);
            }
        } else if *resource == Resource::from(kinds::NODES) {
            for delta in self.nodes.deliver(cx) {
                self.node_event(cx, &delta);
            }
        } else {
            for delta in self.pods.deliver(cx) {
                self.pod_event(cx, &delta);
            }
        }
    }

    fn node_event(&mut self, cx: &mut Context, delta: &Delta) {
        let node = delta.object();
        match delta {
            Delta::Deleted(_) => return self.cache.remove_node(node["metadata"]["name"].str()),
            Delta::Added(_) | Delta::Updated(..) => self.cache.set_node(node),
        }
        let matters: [&[&str]; 3] = [&["spec"], &["metadata", "labels"], &["status", "allocatable"]];
        let helps = match delta {
            Delta::Updated(old, _) => matters.iter().any(|path| !same(old.at(path), node.at(path))),
            _ => true,
        };
        if helps {
            self.move_pods(cx, "NodeChanged", Plugin::minds_nodes);
        }
    }

    fn pod_event(&mut self, cx: &mut Context, delta: &Delta) {
        let pod = delta.object();
        let key = ObjectKey::of(pod);
        let node = pod["spec"]["nodeName"].str();
        if let Delta::Deleted(_) = delta {
            self.events.forget(pod);
            self.queue.remove(&key);
            if self.cache.node_of(&key).is_some() {
                self.cache.remove_pod(&key);
                self.move_pods(cx, "AssignedPodDelete", Plugin::minds_leaving_pods);
            }
        } else if !node.is_empty() {
            self.queue.remove(&key);
            self.events.forget(pod);
            let known = matches!(delta, Delta::Updated(old, _)
                if self.cache.node_of(&key) == Some(node)
                    && same(&old["metadata"]["labels"], &pod["metadata"]["labels"])
                    && same(&old["spec"], &pod["spec"]));
            if !known {
                self.cache.set_pod(pod, node);
                self.move_pods(cx, "AssignedPodAdd", Plugin::minds_coming_pods);
            }
        } else if pod["spec"]["schedulerName"].str() == AGENT && !meta::is_being_deleted(pod) {
            self.queue.put(pod, cx.now);
        } else {
            self.queue.remove(&key);
        }
    }

    fn move_pods(&mut self, cx: &mut Context, event: &'static str, helped: impl Fn(Plugin) -> bool) {
        if self.queue.has_unschedulable() {
            let moved = self.queue.move_if(cx.now, helped);
            if !moved.is_empty() {
                cx.note("requeue", [("event", event.into()), ("pods", moved.into())]);
            }
        }
    }

    /// The pod that it would try now.
    pub fn ready(&self, now: Time) -> Option<ObjectKey> {
        if !self.nodes.has_synced() || !self.pods.has_synced() {
            return None;
        }
        self.queue.first(now).cloned()
    }

    /// When it will have something to do without news.
    pub fn next_timer(&self) -> Option<Timer> {
        let backoff = self.queue.next_backoff().map(|at| Timer { at, background: false });
        let flush = self.queue.next_flush().map(|at| Timer { at, background: true });
        backoff.into_iter().chain(flush).min()
    }

    /// Takes the first pod of the queue and finds a node for it, or says why there is none.
    pub fn schedule_one(&mut self, cx: &mut Context) {
        self.queue.flush(cx.now);
        let Some(queued) = self.queue.pop(cx.now) else { return };
        let pod = queued.pod.clone();
        let waiting = self.queue.len();
        cx.note("queue", [("attempt", i64::from(queued.attempts).into()), ("waiting", waiting.into())]);
        let nodes: Vec<Arc<NodeInfo>> = self.cache.nodes().cloned().collect();
        let claims = self.storage.claims(&pod);
        let found = match &claims {
            Ok(claims) => find_node(cx, &pod, &nodes, &self.storage, claims),
            Err(why) => {
                let message = format!("0/{} nodes are available: {why}. not found", nodes.len());
                Err(Unfit { message, plugins: vec![Plugin::VolumeBinding] })
            }
        };
        match found {
            Ok(node) => {
                let place = nodes.iter().find(|info| info.name() == node);
                if let (Ok(claims), Some(place)) = (&claims, place)
                    && self.storage.bind(cx, claims, &place.node, AGENT)
                {
                    // Once its claims are bound, it is tried again.
                    return self.queue.put_back(queued, vec![Plugin::VolumeBinding], cx.now);
                }
                self.cache.set_pod(&pod, &node);
                cx.note("assume", [("node", node.as_str().into())]);
                match bind(cx, &pod, &node) {
                    Ok(()) => {
                        let key = ObjectKey::of(&pod);
                        let message = format!("Successfully assigned {key} to {node}");
                        self.events.event(cx, &pod, false, "Scheduled", "Binding", &message);
                    }
                    Err(status) => {
                        self.cache.remove_pod(&ObjectKey::of(&pod));
                        cx.note("bind-failed", [("message", (&status.message).into())]);
                        // Gone or taken meanwhile: the watch will tell. Anything else is tried again.
                        if !status.is_not_found() && !status.is_conflict() {
                            self.queue.put_back(queued, Vec::new(), cx.now);
                        }
                    }
                }
            }
            Err(unfit) => {
                cx.note("unschedulable", [("message", unfit.message.as_str().into())]);
                self.queue.put_back(queued, unfit.plugins, cx.now);
                self.events.event(cx, &pod, true, "FailedScheduling", "Scheduling", &unfit.message);
                tell_unschedulable(cx, &pod, &unfit.message);
            }
        }
    }
}

/// Two revisions of an object share what did not change, so looking at the memory is mostly enough.
fn same(a: &Json, b: &Json) -> bool {
    a.same(b) || a == b
}

/// Why no node will do (upstream's `FitError`).
struct Unfit {
    message: String,
    plugins: Vec<Plugin>,
}

fn find_node(
    cx: &mut Context,
    pod: &Json,
    nodes: &[Arc<NodeInfo>],
    storage: &Storage,
    claims: &Claims,
) -> Result<String, Unfit> {
    let candidate = Candidate::new(pod, nodes);
    let mut feasible: Vec<&Arc<NodeInfo>> = Vec::new();
    let mut refused: Vec<Refusal> = Vec::new();
    for node in nodes {
        let fits = candidate.filter(node).and_then(|()| {
            storage.filter(claims, &node.node).map_err(|reason| Refusal {
                plugin: Plugin::VolumeBinding,
                reasons: vec![reason.to_owned()],
                unresolvable: true,
            })
        });
        match fits {
            Ok(()) => {
                cx.note("filter", [("node", node.name().into()), ("fits", true.into())]);
                feasible.push(node);
            }
            Err(refusal) => {
                let reasons: Json = refusal.reasons.iter().map(String::as_str).collect();
                cx.note(
                    "filter",
                    [
                        ("node", node.name().into()),
                        ("fits", false.into()),
                        ("plugin", refusal.plugin.name().into()),
                        ("reasons", reasons),
                    ],
                );
                refused.push(refusal);
            }
        }
    }
    if feasible.is_empty() {
        let mut plugins: Vec<Plugin> = refused.iter().map(|r| r.plugin).collect();
        sort_by(&mut plugins, Ord::cmp);
        plugins.dedup();
        if plugins.is_empty() {
            // No node at all: a node that comes helps whatever the plugin.
            plugins.push(Plugin::NodeName);
        }
        return Err(Unfit { message: fit_error(nodes.len(), &refused), plugins });
    }
    let scores = scores::score(pod, candidate.requests(), &feasible);
    for (node, score) in feasible.iter().zip(&scores) {
        let mut parts = Json::object();
        for (plugin, share) in &score.parts {
            parts.set(Str::fixed(plugin), *share);
        }
        cx.note("score", [("node", node.name().into()), ("total", score.total.into()), ("plugins", parts)]);
    }
    let best = scores.iter().map(|s| s.total).max().unwrap_or(0);
    let tied: Vec<&str> =
        feasible.iter().zip(&scores).filter(|(_, s)| s.total == best).map(|(n, _)| n.name()).collect();
    let node = match tied.as_slice() {
        [only] => only,
        _ => tied[cx.rng.below(tied.len() as u64) as usize],
    };
    cx.note("select", [("node", node.into()), ("score", best.into()), ("tied", tied.len().into())]);
    Ok(node.to_owned())
}

/// The sentence of the event and the condition.
fn fit_error(nodes: usize, refused: &[Refusal]) -> String {
    if nodes == 0 {
        return "no nodes available to schedule pods".to_owned();
    }
    let reasons = refused.iter().flat_map(|r| r.reasons.iter().map(String::as_str));
    let hopes = refused.iter().map(|r| match r.unresolvable {
        true => "Preemption is not helpful for scheduling",
        false => "No preemption victims found for incoming pod",
    });
    format!(
        "0/{nodes} nodes are available: {}. no new claims to deallocate, preemption: 0/{nodes} nodes are available: {}.",
        histogram(reasons),
        histogram(hopes)
    )
}

/// `1 Insufficient memory, 2 Insufficient cpu`: counted, then sorted as text.
fn histogram<'a>(reasons: impl Iterator<Item = &'a str>) -> String {
    let mut counts: Map<Str, usize> = Map::new();
    for reason in reasons {
        *counts.slot(reason.into()) += 1;
    }
    let mut texts: Vec<String> =
        counts.into_iter().map(|(reason, count)| format!("{count} {reason}")).collect();
    sort_by(&mut texts, Ord::cmp);
    texts.join(", ")
}

fn bind(cx: &mut Context, pod: &Json, node: &str) -> Result<(), Status> {
    let meta = &pod["metadata"];
    let binding = json!({
        "apiVersion": "v1", "kind": "Binding",
        "metadata": { "namespace": &meta["namespace"], "name": &meta["name"], "uid": &meta["uid"] },
        "target": { "kind": "Node", "name": node },
    });
    let mut request = Request::create(kinds::PODS, binding).with_subresource("binding").by(AGENT);
    request.name = Str::from(meta["name"].str());
    cx.note("bind", [("node", node.into())]);
    cx.api.call(request).map(drop)
}

fn tell_unschedulable(cx: &mut Context, pod: &Json, message: &str) {
    let conditions = pod.at(&["status", "conditions"]).items();
    let known = conditions.iter().find(|c| c["type"].str() == "PodScheduled");
    let same = |c: &Json| c["status"].str() == "False" && c["message"].str() == message;
    if known.is_some_and(same) {
        return;
    }
    let since = known.filter(|c| c["status"].str() == "False").map(|c| c["lastTransitionTime"].clone());
    let mut condition = json!({
        "type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": message,
        "lastProbeTime": null, "lastTransitionTime": since.unwrap_or_else(|| cx.now.rfc3339().into()),
    });
    if let Some(generation) = pod["metadata"]["generation"].as_i64() {
        condition.set("observedGeneration", generation);
    }
    let patch = json!({
        "metadata": { "uid": &pod["metadata"]["uid"] },
        "status": { "conditions": [condition] },
    });
    let key = ObjectKey::of(pod);
    let request = Request::patch(PatchType::Strategic, kinds::PODS, key.namespace, key.name, patch);
    // Where the pod is gone meanwhile, there is nobody to tell.
    let _ = cx.api.call(request.with_subresource("status").by(AGENT));
}
