//! The pod garbage collector: removes pods that nobody else will.
//!
//! - *terminated*: the oldest of those that ended, where there are more than 12,500;
//! - *orphaned*: those of a node that has been gone for 40 s; no kubelet will ever report them;
//! - *unscheduled*: those being deleted that no node ever had;
//! - *out of service*: those being deleted on a node that is not ready and that a person has tainted
//!   `node.kubernetes.io/out-of-service`.
//!
//! A pass that can find nothing, as most of upstream's three a minute, is left out.
//!
//! Upstream: `pkg/controller/podgc`.

use super::taint_eviction::mark_disrupted;
use super::{Caches, Controller, Queue};
use crate::api::{ObjectKey, Request, Resource, ResourceInfo, Status, kinds, meta};
use crate::client::{Context, Delta};
use crate::collections::{Map, sort_by};
use crate::json;
use crate::json::{Json, Str};
use crate::sim::Time;
use std::time::Duration;

const AGENT: &str = "pod-garbage-collector";
/// `gcCheckPeriod`
const PERIOD: Duration = Duration::from_secs(20);
/// How long a node must be gone (`quarantineTime`).
const QUARANTINE: Duration = Duration::from_secs(40);
/// `--terminated-pod-gc-threshold`
const THRESHOLD: usize = 12_500;
const OUT_OF_SERVICE: &str = "node.kubernetes.io/out-of-service";

/// The pod garbage collector's memory.
#[derive(Clone, Debug)]
pub struct PodGarbageCollector {
    queues: [Queue; 1],
    first_pass: Option<Time>,
    /// How many pods of the cache have ended.
    terminated: usize,
    /// Nodes that are missing, and since when that is known.
    quarantine: Map<Str, Time>,
}

impl Default for PodGarbageCollector {
    fn default() -> Self {
        PodGarbageCollector {
            queues: [Queue::of_all(AGENT, 1)],
            first_pass: None,
            terminated: 0,
            quarantine: Map::new(),
        }
    }
}

fn has_ended(pod: &Json) -> bool {
    matches!(pod["status"]["phase"].str(), "Succeeded" | "Failed")
}

fn is_out_of_service(node: &Json) -> bool {
    let mut conditions = node.at(&["status", "conditions"]).items().iter();
    let ready = conditions.any(|c| c["type"].str() == "Ready" && c["status"].str() == "True");
    !ready && node["spec"]["taints"].items().iter().any(|t| t["key"].str() == OUT_OF_SERVICE)
}

impl PodGarbageCollector {
    /// There is something to find: in the next pass, or in one after a while.
    fn pass_after(&mut self, now: Time, wait: Duration) {
        let first = *self.first_pass.get_or_insert(now);
        let passed = (now + wait).since(first).as_nanos() / PERIOD.as_nanos() + 1;
        let at = first + PERIOD * u32::try_from(passed).unwrap_or(u32::MAX);
        self.queues[0].keys.add_after(ObjectKey::new("", "all-pods"), now, at.since(now));
    }

    /// `markFailedAndDeletePod`
    fn remove(&self, cx: &mut Context, pod: &Json, why: &'static str, orphaned: bool) -> Result<(), Status> {
        let key = ObjectKey::of(pod);
        cx.note("collect-pod", [("pod", key.to_string().into()), ("why", why.into())]);
        if !has_ended(pod) {
            let (reason, message) =
                if orphaned { ("DeletionByPodGC", "PodGC: node no longer exists") } else { ("", "") };
            let failed = json!({ "phase": "Failed" });
            match mark_disrupted(cx, AGENT, pod, reason, message, &failed) {
                Err(status) if status.is_not_found() => return Ok(()),
                result => result?,
            }
        }
        let delete = Request::delete(kinds::PODS, key.namespace, key.name).by(AGENT);
        match cx.api.call(delete.with(|options| options.grace_period = Some(0))) {
            Err(status) if !status.is_not_found() => Err(status),
            _ => Ok(()),
        }
    }

    /// The nodes that have been missing for long enough, and are missing indeed.
    fn deleted_nodes(&mut self, cx: &mut Context, caches: &Caches) -> Vec<Str> {
        let nodes = caches.of(kinds::NODES);
        let is_missing = |name: &str| !name.is_empty() && nodes.get(&ObjectKey::new("", name)).is_none();
        let names = caches.of(kinds::PODS).in_namespace("").map(|pod| pod["spec"]["nodeName"].str());
        for name in names.filter(|name| is_missing(name)) {
            if !self.quarantine.contains_key(name) {
                cx.note("quarantine", [("node", name.into())]);
                self.quarantine.insert(name.into(), cx.now);
                self.pass_after(cx.now, QUARANTINE - Duration::from_nanos(1));
            }
        }
        let now = cx.now;
        let over: Vec<Str> = self
            .quarantine
            .iter()
            .filter(|(_, since)| now >= **since + QUARANTINE)
            .map(|(n, _)| n.clone())
            .collect();
        let mut deleted = Vec::new();
        for name in over {
            self.quarantine.remove(&name);
            if is_missing(&name) {
                match cx.api.call(Request::get(kinds::NODES, "", name.clone()).by(AGENT)) {
                    Err(status) if status.is_not_found() => deleted.push(name),
                    _ => {}
                }
            }
        }
        deleted
    }

    fn pass(&mut self, cx: &mut Context, caches: &Caches) -> Result<(), Status> {
        let deleted = self.deleted_nodes(cx, caches);
        let nodes = caches.of(kinds::NODES);
        let mut result = Ok(());
        let mut ended: Vec<&Json> = Vec::new();
        for pod in caches.of(kinds::PODS).in_namespace("") {
            let node = pod["spec"]["nodeName"].str();
            let terminating = meta::is_being_deleted(pod);
            let done = match () {
                () if deleted.iter().any(|name| name.as_str() == node) => {
                    self.remove(cx, pod, "orphaned", true)
                }
                () if terminating && node.is_empty() => self.remove(cx, pod, "unscheduled", false),
                () if terminating && nodes.get(&ObjectKey::new("", node)).is_some_and(is_out_of_service) => {
                    self.remove(cx, pod, "out-of-service", false)
                }
                () if has_ended(pod) => {
                    ended.push(pod);
                    Ok(())
                }
                () => Ok(()),
            };
            result = result.and(done);
        }
        if let Some(excess) = ended.len().checked_sub(THRESHOLD).filter(|n| *n > 0) {
            let evicted = |pod: &Json| pod["status"]["reason"].str() == "Evicted";
            let created = |pod: &Json| Str::from(pod["metadata"]["creationTimestamp"].str());
            let rank = |pod: &Json| (!evicted(pod), created(pod), Str::from(pod["metadata"]["name"].str()));
            sort_by(&mut ended, |a, b| rank(a).cmp(&rank(b)));
            for pod in ended.into_iter().take(excess) {
                result = result.and(self.remove(cx, pod, "terminated", false));
            }
        }
        result
    }
}

impl Controller for PodGarbageCollector {
    fn name(&self) -> &'static str {
        AGENT
    }

    fn watches(&self) -> Vec<&'static ResourceInfo> {
        vec![kinds::NODES, kinds::PODS]
    }

    fn handle(&mut self, caches: &Caches, resource: &Resource, delta: &Delta, now: Time) {
        self.first_pass.get_or_insert(now);
        let object = delta.object();
        let gone = matches!(delta, Delta::Deleted(_));
        let node_of = |name: &str| caches.of(kinds::NODES).get(&ObjectKey::new("", name));
        let found = if *resource == Resource::from(kinds::NODES) {
            gone || is_out_of_service(object)
        } else {
            let ended = |pod: &Json| usize::from(has_ended(pod));
            match delta {
                Delta::Added(new) => self.terminated += ended(new),
                Delta::Updated(old, new) => {
                    self.terminated = (self.terminated + ended(new)).saturating_sub(ended(old))
                }
                Delta::Deleted(old) => self.terminated = self.terminated.saturating_sub(ended(old)),
            }
            let node = object["spec"]["nodeName"].str();
            let terminating = meta::is_being_deleted(object);
            !gone
                && (self.terminated > THRESHOLD
                    || (node.is_empty() && terminating)
                    || (!node.is_empty()
                        && node_of(node).is_none_or(|n| terminating && is_out_of_service(n))))
        };
        if found {
            self.pass_after(now, Duration::ZERO);
        }
    }

    fn queues(&self) -> &[Queue] {
        &self.queues
    }

    fn queues_mut(&mut self) -> &mut [Queue] {
        &mut self.queues
    }

    fn sync(&mut self, cx: &mut Context, caches: &Caches, _: usize, _: &ObjectKey) -> Result<(), Status> {
        self.pass(cx, caches)
    }
}
