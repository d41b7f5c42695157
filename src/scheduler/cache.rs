//! [`Cache`]: what the scheduler believes of the nodes and of the pods on them, including the pods that it has just
//! placed and whose binding the watch has not told of yet (*assumed* pods).

use super::resources::Resources;
use crate::api::ObjectKey;
use crate::collections::Map;
use crate::json::{Json, Str};
use std::sync::Arc;

/// A pod on a node.
#[derive(Clone, Debug)]
pub struct PodInfo {
    /// The object.
    pub pod: Json,
    /// What it asks for.
    pub requests: Resources,
}

/// A node and what is on it.
#[derive(Clone, Debug, Default)]
pub struct NodeInfo {
    /// The object; `Null` while only its pods are known.
    pub node: Json,
    /// What the node offers.
    pub allocatable: Resources,
    /// What its pods ask for.
    pub requested: Resources,
    /// The same with defaults for what they leave unsaid: what scores look at.
    pub requested_or_unsaid: Resources,
    /// Its pods.
    pub pods: Map<ObjectKey, Arc<PodInfo>>,
    /// Those of them that must not have certain others beside them (`PodsWithRequiredAntiAffinity`).
    pub keeping_away: Map<ObjectKey, Arc<PodInfo>>,
}

/// The terms of a pod's required anti-affinity.
pub fn anti_affinity(pod: &Json) -> &[Json] {
    const TERMS: [&str; 4] =
        ["spec", "affinity", "podAntiAffinity", "requiredDuringSchedulingIgnoredDuringExecution"];
    pod.at(&TERMS).items()
}

impl NodeInfo {
    /// The node's name.
    pub fn name(&self) -> &str {
        self.node["metadata"]["name"].str()
    }

    /// The node's labels.
    pub fn labels(&self) -> &Json {
        &self.node["metadata"]["labels"]
    }

    fn add(&mut self, key: ObjectKey, info: Arc<PodInfo>) {
        self.requested.add(&info.requests);
        self.requested_or_unsaid.add(&info.requests.or_unsaid());
        if !anti_affinity(&info.pod).is_empty() {
            self.keeping_away.insert(key.clone(), info.clone());
        }
        self.pods.insert(key, info);
    }

    fn remove(&mut self, key: &ObjectKey) {
        if let Some(info) = self.pods.remove(key) {
            self.requested.subtract(&info.requests);
            self.requested_or_unsaid.subtract(&info.requests.or_unsaid());
            self.keeping_away.remove(key);
        }
    }
}

/// All nodes, by name.
#[derive(Clone, Debug, Default)]
pub struct Cache {
    nodes: Map<Str, Arc<NodeInfo>>,
    placed: Map<ObjectKey, Str>,
}

impl Cache {
    /// The nodes that exist, in name order.
    pub fn nodes(&self) -> impl Iterator<Item = &Arc<NodeInfo>> {
        self.nodes.values().filter(|n| !n.node.is_null())
    }

    /// A node came or changed.
    pub fn set_node(&mut self, node: &Json) {
        let info = self.node_mut(node["metadata"]["name"].str());
        info.allocatable = Resources::of_list(node.at(&["status", "allocatable"]));
        info.node = node.clone();
    }

    /// A node is gone; its pods may still be known.
    pub fn remove_node(&mut self, name: &str) {
        let info = self.node_mut(name);
        info.node = Json::Null;
        if info.pods.is_empty() {
            self.nodes.remove(name);
        }
    }

    /// A pod is on a node, or is assumed to be soon.
    pub fn set_pod(&mut self, pod: &Json, node: &str) {
        let key = ObjectKey::of(pod);
        self.remove_pod(&key);
        let info = Arc::new(PodInfo { pod: pod.clone(), requests: Resources::of_pod(pod) });
        self.node_mut(node).add(key.clone(), info);
        self.placed.insert(key, node.into());
    }

    /// A pod is gone or finished, or its assumption did not come true.
    pub fn remove_pod(&mut self, key: &ObjectKey) {
        if let Some(node) = self.placed.remove(key) {
            self.node_mut(&node).remove(key);
        }
    }

    /// Where a pod is.
    pub fn node_of(&self, key: &ObjectKey) -> Option<&str> {
        self.placed.get(key).map(Str::as_str)
    }

    /// How many pods are known to be on nodes.
    pub fn pods(&self) -> usize {
        self.placed.len()
    }

    fn node_mut(&mut self, name: &str) -> &mut NodeInfo {
        Arc::make_mut(self.nodes.slot(name.into()))
    }
}
