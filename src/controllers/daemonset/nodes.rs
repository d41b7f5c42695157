//! On which nodes a pod of a DaemonSet should run (`NodeShouldRunDaemonPod`), and what makes a pod one for that node.

use crate::api::views::apps_v1::DaemonSet;
use crate::api::{View, affinity, taint};
use crate::json;
use crate::json::{Json, Str};

/// What a node may be short of without losing its daemons; the first two would else evict them.
const TOLERATED: [(&str, &str); 6] = [
    ("node.kubernetes.io/not-ready", "NoExecute"),
    ("node.kubernetes.io/unreachable", "NoExecute"),
    ("node.kubernetes.io/disk-pressure", "NoSchedule"),
    ("node.kubernetes.io/memory-pressure", "NoSchedule"),
    ("node.kubernetes.io/pid-pressure", "NoSchedule"),
    ("node.kubernetes.io/unschedulable", "NoSchedule"),
];

/// Adds the tolerations that all pods of DaemonSets have (`AddOrUpdateDaemonPodTolerations`).
pub fn with_tolerations(spec: &Json) -> Json {
    let mut all: Vec<Json> = spec["tolerations"].items().to_vec();
    let host = spec["hostNetwork"].as_bool() == Some(true);
    let network = host.then_some(("node.kubernetes.io/network-unavailable", "NoSchedule"));
    for (key, effect) in TOLERATED.into_iter().chain(network) {
        let toleration = json!({ "key": key, "operator": "Exists", "effect": effect });
        match all.iter_mut().find(|t| t["key"].str() == key && t["effect"].str() == effect) {
            Some(there) => *there = toleration,
            None => all.push(toleration),
        }
    }
    let mut spec = spec.clone();
    spec.set("tolerations", all);
    spec
}

/// Lets a pod run on this node only (`ReplaceDaemonSetPodNodeNameNodeAffinity`).
pub fn bind_to(spec: &Json, node: &str) -> Json {
    let mut spec = spec.clone();
    let field = json!({ "key": "metadata.name", "operator": "In", "values": [node] });
    let required = json!({ "nodeSelectorTerms": [{ "matchFields": [field] }] });
    const PATH: [&str; 3] = ["affinity", "nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution"];
    spec.set_at(&PATH, required);
    spec
}

/// Whether a pod should be started on the node, and whether one that is there should go on. A taint `NoSchedule` lets those go
/// on that are there.
pub fn should_run(node: &Json, set: &DaemonSet) -> (bool, bool) {
    let spec = with_tolerations(&set.json()["spec"]["template"]["spec"]);
    let named = Str::from(spec["nodeName"].str());
    let pod = json!({ "spec": spec });
    let elsewhere = !named.is_empty() && node["metadata"]["name"].str() != &*named;
    if elsewhere || !affinity::matches_node(&pod, node) {
        return (false, false);
    }
    let untolerated = |effects: &[&str]| {
        node["spec"]["taints"].items().iter().any(|t| {
            effects.contains(&t["effect"].str())
                && !pod["spec"]["tolerations"].items().iter().any(|one| taint::tolerates(one, t))
        })
    };
    (!untolerated(&["NoExecute", "NoSchedule"]), !untolerated(&["NoExecute"]))
}
