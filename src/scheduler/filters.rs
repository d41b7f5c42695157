//! The filters: which nodes a pod can run on at all, and in upstream's words why not on the others.
//!
//! Each filter is a [`Plugin`] under upstream's name. They are asked in upstream's order, and the first that refuses a
//! node has the say about it.

use super::cache::NodeInfo;
use super::resources::Resources;
use super::topology::{Fellows, Unfit};
use crate::api::affinity;
use crate::api::taint;
use crate::json::Json;

/// A scheduler plugin that can refuse a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Plugin {
    /// The node is cordoned.
    NodeUnschedulable,
    /// The pod names another node.
    NodeName,
    /// The node has taints that the pod does not tolerate.
    TaintToleration,
    /// `nodeSelector` and node affinity.
    NodeAffinity,
    /// Host ports that are taken.
    NodePorts,
    /// Cpu, memory, the number of pods and other resources.
    NodeResourcesFit,
    /// Claims for storage and their volumes.
    VolumeBinding,
    /// Topology spread constraints.
    PodTopologySpread,
    /// Pod affinity and anti-affinity.
    InterPodAffinity,
}

impl Plugin {
    /// Upstream's name.
    pub fn name(self) -> &'static str {
        match self {
            Plugin::NodeUnschedulable => "NodeUnschedulable",
            Plugin::NodeName => "NodeName",
            Plugin::TaintToleration => "TaintToleration",
            Plugin::NodeAffinity => "NodeAffinity",
            Plugin::NodePorts => "NodePorts",
            Plugin::NodeResourcesFit => "NodeResourcesFit",
            Plugin::VolumeBinding => "VolumeBinding",
            Plugin::PodTopologySpread => "PodTopologySpread",
            Plugin::InterPodAffinity => "InterPodAffinity",
        }
    }

    /// Whether a change of a node can help a pod that this plugin rejected.
    pub fn minds_nodes(self) -> bool {
        true
    }

    /// Whether a change of a claim, a volume or a class can help.
    pub fn minds_storage(self) -> bool {
        self == Plugin::VolumeBinding
    }

    /// Whether a pod that leaves a node can help.
    pub fn minds_leaving_pods(self) -> bool {
        use Plugin::{InterPodAffinity, NodePorts, NodeResourcesFit, PodTopologySpread};
        matches!(self, NodePorts | NodeResourcesFit | PodTopologySpread | InterPodAffinity)
    }

    /// Whether a pod that comes to a node can help.
    pub fn minds_coming_pods(self) -> bool {
        matches!(self, Plugin::PodTopologySpread | Plugin::InterPodAffinity)
    }
}

/// Why a node was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// By which plugin.
    pub plugin: Plugin,
    /// In upstream's words; several only where several resources are short.
    pub reasons: Vec<String>,
    /// Whether evicting other pods from the node could not help (`UnschedulableAndUnresolvable`).
    pub unresolvable: bool,
}

/// What all filters of one attempt know of the pod.
pub struct Candidate<'a> {
    pod: &'a Json,
    requests: Resources,
    fellows: Fellows<'a>,
}

impl<'a> Candidate<'a> {
    /// Computes what does not depend on the node (upstream's `PreFilter`).
    pub fn new(pod: &'a Json, nodes: &'a [std::sync::Arc<NodeInfo>]) -> Candidate<'a> {
        Candidate { pod, requests: Resources::of_pod(pod), fellows: Fellows::of(pod, nodes) }
    }

    /// What the pod asks for.
    pub fn requests(&self) -> &Resources {
        &self.requests
    }

    /// Whether the pod can run on the node.
    pub fn filter(&self, node: &NodeInfo) -> Result<(), Refusal> {
        let refuse = |plugin, reason: &str, unresolvable| {
            Err(Refusal { plugin, reasons: vec![reason.to_owned()], unresolvable })
        };
        if let Some(name) = affinity::named_node(self.pod)
            && name != node.name()
        {
            return refuse(Plugin::NodeAffinity, "node(s) didn't satisfy plugin(s) [NodeAffinity]", true);
        }
        let cordon = crate::json!({ "key": "node.kubernetes.io/unschedulable", "effect": "NoSchedule" });
        if node.node["spec"]["unschedulable"].as_bool() == Some(true) && !tolerates(self.pod, &cordon) {
            return refuse(Plugin::NodeUnschedulable, "node(s) were unschedulable", true);
        }
        let named = self.pod["spec"]["nodeName"].str();
        if !named.is_empty() && named != node.name() {
            return refuse(Plugin::NodeName, "node(s) didn't match the requested node name", true);
        }
        if !tolerates_all(self.pod, &node.node) {
            return refuse(Plugin::TaintToleration, "node(s) had untolerated taint(s)", true);
        }
        if !affinity::matches_node(self.pod, &node.node) {
            return refuse(Plugin::NodeAffinity, "node(s) didn't match Pod's node affinity/selector", true);
        }
        if ports_conflict(self.pod, node) {
            let reason = "node(s) didn't have free ports for the requested pod ports";
            return refuse(Plugin::NodePorts, reason, false);
        }
        self.fits(node)?;
        match self.fellows.check(&node.node) {
            Ok(()) => Ok(()),
            Err(Unfit::SpreadLabel) => refuse(
                Plugin::PodTopologySpread,
                "node(s) didn't match pod topology spread constraints (missing required label)",
                true,
            ),
            Err(Unfit::Spread) => refuse(
                Plugin::PodTopologySpread,
                "node(s) didn't match pod topology spread constraints",
                false,
            ),
            Err(Unfit::Affinity) => {
                refuse(Plugin::InterPodAffinity, "node(s) didn't match pod affinity rules", true)
            }
            Err(Unfit::AntiAffinity) => {
                refuse(Plugin::InterPodAffinity, "node(s) didn't match pod anti-affinity rules", false)
            }
            Err(Unfit::ExistingAntiAffinity) => refuse(
                Plugin::InterPodAffinity,
                "node(s) didn't satisfy existing pods anti-affinity rules",
                false,
            ),
        }
    }

    fn fits(&self, node: &NodeInfo) -> Result<(), Refusal> {
        let mut reasons = Vec::new();
        let mut unresolvable = false;
        if node.pods.len() as i64 + 1 > node.allocatable.get("pods") {
            reasons.push("Too many pods".to_owned());
        }
        for (name, asked) in self.requests.iter() {
            let offered = node.allocatable.get(name);
            if asked > offered - node.requested.get(name) {
                reasons.push(format!("Insufficient {name}"));
                unresolvable |= asked > offered;
            }
        }
        match reasons.is_empty() {
            true => Ok(()),
            false => Err(Refusal { plugin: Plugin::NodeResourcesFit, reasons, unresolvable }),
        }
    }
}

/// Whether the pod tolerates all of the node's taints that keep pods away.
pub fn tolerates_all(pod: &Json, node: &Json) -> bool {
    let taints = node["spec"]["taints"].items();
    taints.iter().filter(|t| t["effect"].str() != "PreferNoSchedule").all(|taint| tolerates(pod, taint))
}

/// Whether one of the pod's tolerations is for the taint.
pub fn tolerates(pod: &Json, taint: &Json) -> bool {
    pod["spec"]["tolerations"].items().iter().any(|toleration| taint::tolerates(toleration, taint))
}

fn ports_conflict(pod: &Json, node: &NodeInfo) -> bool {
    let wanted: Vec<_> = host_ports(pod).collect();
    !wanted.is_empty()
        && node.pods.values().flat_map(|other| host_ports(&other.pod)).any(|taken| {
            let clash = |w: &(&str, &str, i64)| {
                w.1 == taken.1 && w.2 == taken.2 && (w.0 == taken.0 || w.0 == ANY_HOST || taken.0 == ANY_HOST)
            };
            wanted.iter().any(clash)
        })
}

const ANY_HOST: &str = "0.0.0.0";

fn host_ports(pod: &Json) -> impl Iterator<Item = (&str, &str, i64)> {
    let spec = &pod["spec"];
    let sidecars = spec["initContainers"].items().iter().filter(|c| c["restartPolicy"].str() == "Always");
    let ports = spec["containers"].items().iter().chain(sidecars).flat_map(|c| c["ports"].items());
    ports.filter_map(|port| {
        let number = port["hostPort"].as_i64().filter(|p| *p > 0)?;
        let host = port["hostIP"].as_str().filter(|h| !h.is_empty()).unwrap_or(ANY_HOST);
        Some((host, port["protocol"].as_str().unwrap_or("TCP"), number))
    })
}
