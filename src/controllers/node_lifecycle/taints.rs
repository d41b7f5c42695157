//! The taints by which the node lifecycle controller keeps pods away from a node that is not well.
//!
//! Upstream: `pkg/controller/util/node/controller_utils.go`, `AddOrUpdateTaintOnNode` and `RemoveTaintOffNode` in
//! `pkg/controller/controller_utils.go`.

use super::AGENT;
use crate::api::{PatchType, Request, Status, kinds};
use crate::client::Context;
use crate::json;
use crate::json::{Json, Str};

/// `node.kubernetes.io/not-ready`
pub const NOT_READY: &str = "node.kubernetes.io/not-ready";
/// `node.kubernetes.io/unreachable`
pub const UNREACHABLE: &str = "node.kubernetes.io/unreachable";
const UNSCHEDULABLE: &str = "node.kubernetes.io/unschedulable";

/// A key and an effect.
pub type Taint = (&'static str, &'static str);

/// Condition, status, and the taint that they call for.
const BY_CONDITION: [(&str, &str, &str); 6] = [
    ("Ready", "False", NOT_READY),
    ("Ready", "Unknown", UNREACHABLE),
    ("MemoryPressure", "True", "node.kubernetes.io/memory-pressure"),
    ("DiskPressure", "True", "node.kubernetes.io/disk-pressure"),
    ("NetworkUnavailable", "True", "node.kubernetes.io/network-unavailable"),
    ("PIDPressure", "True", "node.kubernetes.io/pid-pressure"),
];

/// Whether a node has a taint.
pub fn has(node: &Json, (key, effect): Taint) -> bool {
    let mut taints = node["spec"]["taints"].items().iter();
    taints.any(|t| t["key"].str() == key && t["effect"].str() == effect)
}

/// The `NoSchedule` taints that a node lacks, and those that it has no reason to have.
pub fn no_schedule(node: &Json) -> (Vec<Taint>, Vec<Taint>) {
    let conditions = node.at(&["status", "conditions"]).items();
    let wanted = |key: &str| match key {
        UNSCHEDULABLE => node["spec"]["unschedulable"].as_bool() == Some(true),
        key => BY_CONDITION.iter().filter(|(_, _, taint)| *taint == key).any(|(kind, status, _)| {
            conditions.iter().any(|c| c["type"].str() == *kind && c["status"].str() == *status)
        }),
    };
    let (mut missing, mut idle) = (Vec::new(), Vec::new());
    for key in BY_CONDITION.iter().map(|(_, _, taint)| *taint).chain([UNSCHEDULABLE]) {
        let taint = (key, "NoSchedule");
        match (wanted(key), has(node, taint)) {
            (true, false) => missing.push(taint),
            (false, true) => idle.push(taint),
            _ => {}
        }
    }
    (missing, idle)
}

/// Adds taints and removes others: each half reads the node and patches it.
pub fn swap(cx: &mut Context, node: &Json, add: &[Taint], remove: &[Taint]) -> Result<(), Status> {
    let name = node["metadata"]["name"].str();
    if !add.is_empty() {
        let now = Str::from(cx.now.rfc3339());
        change(cx, name, |taints| {
            for (key, effect) in add {
                let taint = json!({ "key": *key, "effect": *effect, "timeAdded": &now });
                match taints.iter_mut().find(|t| t["key"].str() == *key && t["effect"].str() == *effect) {
                    Some(known) => *known = taint,
                    None => taints.push(taint),
                }
            }
        })?;
    }
    // What the cache knows not to be there need not be removed.
    if remove.iter().any(|taint| has(node, *taint)) {
        change(cx, name, |taints| {
            taints.retain(|t| !remove.iter().any(|(k, e)| t["key"].str() == *k && t["effect"].str() == *e));
        })?;
    }
    Ok(())
}

fn change(cx: &mut Context, name: &str, change: impl FnOnce(&mut Vec<Json>)) -> Result<(), Status> {
    let live = cx.api.call(Request::get(kinds::NODES, "", name).by(AGENT))?.body;
    let before = live["spec"]["taints"].items().to_vec();
    let mut taints = before.clone();
    change(&mut taints);
    if taints == before {
        return Ok(());
    }
    let keys: Vec<String> =
        taints.iter().map(|t| format!("{}:{}", t["key"].str(), t["effect"].str())).collect();
    cx.note("taint-node", [("node", name.into()), ("taints", keys.join(", ").into())]);
    let taints = if taints.is_empty() { Json::Null } else { taints.into() };
    let body = json!({ "spec": { "taints": taints } });
    cx.api.call(Request::patch(PatchType::Strategic, kinds::NODES, "", name, body).by(AGENT)).map(|_| ())
}
