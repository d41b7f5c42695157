//! The taint eviction controller: deletes the pods of a node whose `NoExecute` taints they do not tolerate, at once or when
//! their `tolerationSeconds` are over.
//!
//! Upstream: `pkg/controller/tainteviction`.

use super::{Caches, Controller, Queue};
use crate::api::{ObjectKey, PatchType, Request, Resource, ResourceInfo, Status, kinds, taint};
use crate::client::{Context, Delta, EventKind, Recorder};
use crate::collections::Map;
use crate::json;
use crate::json::{Json, Str};
use crate::sim::Time;
use std::time::Duration;

const AGENT: &str = "taint-eviction-controller";

const EVICTIONS: usize = 0;
const NODES: usize = 1;
const PODS: usize = 2;

/// The taint eviction controller's memory.
#[derive(Clone, Debug)]
pub struct TaintEvictionController {
    queues: [Queue; 3],
    recorder: Recorder,
    /// The `NoExecute` taints of the nodes that have some.
    tainted: Map<Str, Vec<Json>>,
    /// The pods that are to be evicted, and since when.
    planned: Map<ObjectKey, Time>,
}

impl Default for TaintEvictionController {
    fn default() -> Self {
        TaintEvictionController {
            queues: [
                Queue::new(AGENT, kinds::PODS, 8),
                Queue::new("taint-eviction-controller/nodes", kinds::NODES, 8),
                Queue::new("taint-eviction-controller/pods", kinds::PODS, 8),
            ],
            recorder: Recorder::new(AGENT, ""),
            tainted: Map::new(),
            planned: Map::new(),
        }
    }
}

fn no_execute(node: &Json) -> Vec<Json> {
    let taints = node["spec"]["taints"].items();
    taints.iter().filter(|t| t["effect"].str() == "NoExecute").cloned().collect()
}

/// How long a pod may stay under taints. `None`: for ever.
fn toleration_time(pod: &Json, taints: &[Json]) -> Option<Duration> {
    let mut shortest: Option<i64> = None;
    for taint in taints {
        let mut all = pod["spec"]["tolerations"].items().iter();
        let Some(toleration) = all.find(|t| taint::tolerates(t, taint)) else { return Some(Duration::ZERO) };
        if let Some(seconds) = toleration["tolerationSeconds"].as_i64() {
            shortest = Some(shortest.map_or(seconds, |s| s.min(seconds)));
        }
    }
    shortest.map(|s| Duration::from_secs(s.max(0).unsigned_abs()))
}

impl TaintEvictionController {
    fn tell(&mut self, pod: &ObjectKey, message: String) {
        let about =
            json!({ "apiVersion": "v1", "kind": "Pod", "name": &pod.name, "namespace": &pod.namespace });
        self.recorder.event_about(about, EventKind::Normal, "TaintManagerEviction", message);
    }

    /// The pod may stay after all, or is gone.
    fn cancel(&mut self, cx: &mut Context, pod: &ObjectKey) {
        if self.planned.remove(pod).is_some() {
            self.queues[EVICTIONS].keys.cancel(pod);
            cx.note("cancel-eviction", [("pod", pod.to_string().into())]);
            self.tell(pod, format!("Cancelling deletion of Pod {pod}"));
        }
    }

    /// `processPodOnNode`
    fn process(&mut self, cx: &mut Context, pod: &Json, taints: &[Json]) {
        let key = ObjectKey::of(pod);
        let Some(time) = toleration_time(pod, taints) else { return self.cancel(cx, &key) };
        let mut since = cx.now;
        if !time.is_zero()
            && let Some(before) = self.planned.get(&key).copied()
        {
            since = before;
            if since + time < cx.now + time {
                return;
            }
        }
        self.cancel(cx, &key);
        let at = since + time;
        cx.note(
            "plan-eviction",
            [("pod", key.to_string().into()), ("seconds", (time.as_secs() as i64).into())],
        );
        self.planned.insert(key.clone(), since);
        self.queues[EVICTIONS].keys.add_after(key, cx.now, at.since(cx.now));
    }

    /// `addConditionAndDeletePod`
    fn evict(&mut self, cx: &mut Context, key: &ObjectKey) -> Result<(), Status> {
        if self.planned.remove(key).is_none() {
            return Ok(());
        }
        cx.note("evict", [("pod", key.to_string().into())]);
        self.tell(key, format!("Marking for deletion Pod {key}"));
        let get = Request::get(kinds::PODS, key.namespace.clone(), key.name.clone()).by(AGENT);
        let pod = match cx.api.call(get) {
            Err(status) if status.is_not_found() => return Ok(()),
            found => found?.body,
        };
        let message = "Taint manager: deleting due to NoExecute taint";
        mark_disrupted(cx, AGENT, &pod, "DeletionByTaintManager", message, &json!({}))?;
        cx.api
            .call(Request::delete(kinds::PODS, key.namespace.clone(), key.name.clone()).by(AGENT))
            .map(|_| ())
    }
}

/// Adds the condition `DisruptionTarget` to a pod's status, together with another change of it.
pub(super) fn mark_disrupted(
    cx: &mut Context,
    agent: &'static str,
    pod: &Json,
    reason: &'static str,
    message: &'static str,
    change: &Json,
) -> Result<(), Status> {
    let mut status = change.clone();
    let mut condition = json!({
        "type": "DisruptionTarget", "status": "True", "reason": reason, "message": message,
        "lastProbeTime": null, "lastTransitionTime": cx.now.rfc3339(),
    });
    let mut known = pod.at(&["status", "conditions"]).items().iter();
    let same = known
        .any(|c| ["type", "status", "reason", "message"].into_iter().all(|key| c[key] == condition[key]));
    if !pod.at(&["status", "observedGeneration"]).is_null() {
        condition.set("observedGeneration", &pod["metadata"]["generation"]);
    }
    if !same && !reason.is_empty() {
        status.set("conditions", vec![condition]);
    }
    if status.is_empty() {
        return Ok(());
    }
    let key = ObjectKey::of(pod);
    let patch = json!({ "metadata": { "uid": &pod["metadata"]["uid"] }, "status": status });
    let request = Request::patch(PatchType::Strategic, kinds::PODS, key.namespace, key.name, patch);
    cx.api.call(request.with_subresource("status").by(agent)).map(|_| ())
}

impl Controller for TaintEvictionController {
    fn name(&self) -> &'static str {
        AGENT
    }

    fn watches(&self) -> Vec<&'static ResourceInfo> {
        vec![kinds::NODES, kinds::PODS]
    }

    fn handle(&mut self, _: &Caches, resource: &Resource, delta: &Delta, _: Time) {
        let object = delta.object();
        let gone = matches!(delta, Delta::Deleted(_));
        if *resource == Resource::from(kinds::NODES) {
            let before = match delta {
                Delta::Added(_) => Vec::new(),
                Delta::Updated(old, _) | Delta::Deleted(old) => no_execute(old),
            };
            let now = if gone { Vec::new() } else { no_execute(object) };
            if before != now {
                self.queues[NODES].keys.add(ObjectKey::of(object));
            }
            return;
        }
        let same = |old: &Json| {
            ["tolerations", "nodeName"].into_iter().all(|key| old["spec"][key] == object["spec"][key])
        };
        if matches!(delta, Delta::Updated(old, _) if same(old)) {
            return;
        }
        // A pod that neither is on a tainted node nor is to be evicted is nobody's concern.
        let key = ObjectKey::of(object);
        if self.tainted.contains_key(object["spec"]["nodeName"].str()) || self.planned.contains_key(&key) {
            self.queues[PODS].keys.add(key);
        }
    }

    fn queues(&self) -> &[Queue] {
        &self.queues
    }

    fn queues_mut(&mut self) -> &mut [Queue] {
        &mut self.queues
    }

    fn sync(
        &mut self,
        cx: &mut Context,
        caches: &Caches,
        queue: usize,
        key: &ObjectKey,
    ) -> Result<(), Status> {
        match queue {
            EVICTIONS => return self.evict(cx, key),
            NODES => {
                let taints = caches.of(kinds::NODES).get(key).map(no_execute).unwrap_or_default();
                cx.note("node-taints", [("node", (&key.name).into()), ("taints", taints.len().into())]);
                match taints.is_empty() {
                    true => self.tainted.remove(&key.name),
                    false => self.tainted.insert(key.name.clone(), taints.clone()),
                };
                if caches.of(kinds::NODES).get(key).is_none() {
                    return Ok(());
                }
                for pod in caches.of(kinds::PODS).in_namespace("") {
                    if pod["spec"]["nodeName"].str() == key.name.as_str() {
                        self.process(cx, pod, &taints);
                    }
                }
            }
            _ => match caches.of(kinds::PODS).get(key) {
                None => self.cancel(cx, key),
                Some(pod) => {
                    if let Some(taints) = self.tainted.get(pod["spec"]["nodeName"].str()).cloned() {
                        self.process(cx, pod, &taints);
                    }
                }
            },
        }
        Ok(())
    }

    fn recorder(&mut self) -> Option<&mut Recorder> {
        Some(&mut self.recorder)
    }
}
