//! TaintNodesByCondition: a new node takes no pods before the node lifecycle controller has seen that it is ready
//! (`plugin/pkg/admission/nodetaint`).

use super::Attributes;
use crate::api::Status;
use crate::apiserver::ApiServer;
use crate::json;

const NOT_READY: &str = "node.kubernetes.io/not-ready";
const EFFECT: &str = "NoSchedule";

/// Admits a new node.
pub fn admit(_: &mut ApiServer, attributes: &mut Attributes) -> Result<(), Status> {
    if !attributes.creates("", "nodes") {
        return Ok(());
    }
    let mut taints = attributes.object["spec"]["taints"].items().to_vec();
    if !taints.iter().any(|taint| taint["key"].str() == NOT_READY && taint["effect"].str() == EFFECT) {
        taints.push(json!({ "key": NOT_READY, "effect": EFFECT }));
        attributes.object.set_at(&["spec", "taints"], taints);
    }
    Ok(())
}
