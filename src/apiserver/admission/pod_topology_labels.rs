//! PodTopologyLabels: a pod that comes to a node is told the node's zone and region as labels of its own, so that it can read
//! them by the downward API (`plugin/pkg/admission/podtopologylabels`, KEP 4742). What the pod says already stays.

use super::Attributes;
use crate::api::{ObjectKey, Status, kinds};
use crate::apiserver::ApiServer;
use crate::json::Json;

const COPIED: [&str; 2] = ["topology.kubernetes.io/zone", "topology.kubernetes.io/region"];

/// Admits a new pod that names its node itself.
pub fn admit(server: &mut ApiServer, attributes: &mut Attributes) -> Result<(), Status> {
    if attributes.creates_pod() {
        let node = attributes.object["spec"]["nodeName"].clone();
        label(server, attributes.object, node.str());
    }
    Ok(())
}

/// Gives a pod that is being bound to a node the node's labels.
pub fn label(server: &ApiServer, pod: &mut Json, node: &str) {
    let Some(node) = server.store.get(&kinds::NODES.into(), &ObjectKey::new("", node)) else { return };
    for key in COPIED {
        let value = &node["metadata"]["labels"][key];
        if !value.is_null() && pod["metadata"]["labels"].get(key).is_none() {
            pod.set_at(&["metadata", "labels", key], value);
        }
    }
}
