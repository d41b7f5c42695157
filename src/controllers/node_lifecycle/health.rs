//! What a node's silence means for its status, and for the pods on it.
//!
//! Upstream: `tryUpdateNodeHealth` in `node_lifecycle_controller.go`, `MarkPodsNotReady` in `controller_utils.go`.

use super::AGENT;
use crate::api::{Request, Status, kinds};
use crate::client::{Context, EventKind, Recorder};
use crate::controllers::Caches;
use crate::json;
use crate::json::{Json, Str};

/// The conditions that only the kubelet knows about.
const KUBELETS: [&str; 4] = ["Ready", "MemoryPressure", "DiskPressure", "PIDPressure"];

/// The condition that says whether pods can run there.
pub fn ready_condition(node: &Json) -> Option<&Json> {
    node.at(&["status", "conditions"]).items().iter().find(|c| c["type"].str() == "Ready")
}

/// `True`, `False`, `Unknown`, or `""` where the kubelet has not said.
pub fn ready_status(node: &Json) -> &str {
    ready_condition(node).map_or("", |c| c["status"].str())
}

/// Nobody knows how the node is.
pub fn set_unknown(cx: &mut Context, node: &mut Json) -> Result<(), Status> {
    let now = Str::from(cx.now.rfc3339());
    let mut conditions = node.at(&["status", "conditions"]).items().to_vec();
    let mut changed = false;
    for kind in KUBELETS {
        match conditions.iter_mut().find(|c| c["type"].str() == kind) {
            None => {
                changed |= kind == "Ready";
                conditions.push(json!({
                    "type": kind, "status": "Unknown", "reason": "NodeStatusNeverUpdated",
                    "message": "Kubelet never posted node status.",
                    "lastHeartbeatTime": &node["metadata"]["creationTimestamp"], "lastTransitionTime": &now,
                }));
            }
            Some(condition) if condition["status"].str() != "Unknown" => {
                changed |= kind == "Ready";
                condition.set("status", "Unknown");
                condition.set("reason", "NodeStatusUnknown");
                condition.set("message", "Kubelet stopped posting node status.");
                condition.set("lastTransitionTime", &now);
            }
            Some(_) => {}
        }
    }
    if !changed {
        return Ok(());
    }
    cx.note("node-silent", [("node", (&node["metadata"]["name"]).into())]);
    node.set_at(&["status", "conditions"], conditions);
    *node = cx.api.call(Request::update_status(kinds::NODES, node.clone()).by(AGENT))?.body;
    Ok(())
}

/// The pods of a node that is not ready are not ready either, whatever they said last.
pub fn mark_pods_not_ready(
    cx: &mut Context,
    recorder: &mut Recorder,
    caches: &Caches,
    node: &str,
) -> Result<(), Status> {
    let on_node = |pod: &&Json| pod["spec"]["nodeName"].str() == node;
    let pods: Vec<Json> = caches.of(kinds::PODS).in_namespace("").filter(on_node).cloned().collect();
    let mut result = Ok(());
    for mut pod in pods {
        let mut conditions = pod.at(&["status", "conditions"]).items().to_vec();
        let ready =
            conditions.iter_mut().find(|c| c["type"].str() == "Ready" && c["status"].str() != "False");
        let Some(ready) = ready else { continue };
        ready.set("status", "False");
        ready.set("lastTransitionTime", cx.now.rfc3339());
        pod.set_at(&["status", "conditions"], conditions);
        cx.note("pod-not-ready", [("pod", (&pod["metadata"]["name"]).into())]);
        match cx.api.call(Request::update_status(kinds::PODS, pod.clone()).by(AGENT)) {
            Err(status) if status.is_not_found() => continue,
            Err(status) => result = Err(status),
            Ok(_) => {}
        }
        recorder.event(&pod, kinds::PODS, EventKind::Warning, "NodeNotReady", "Node is not ready");
    }
    result
}
