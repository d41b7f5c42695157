//! The scores: of the nodes that a pod can run on, which suits best.
//!
//! Each score is between 0 and 100 and has upstream's weight. The plugins are upstream's; `PodTopologySpread` counts
//! the pods of the same controller on the node, which is what upstream's default constraints amount to within one zone.

use super::cache::NodeInfo;
use super::filters::tolerates;
use super::resources::Resources;
use crate::api::affinity;
use crate::api::meta;
use crate::json::Json;
use std::sync::Arc;

/// A node's score.
#[derive(Clone, Debug)]
pub struct Score {
    /// The weighted sum.
    pub total: i64,
    /// Each plugin's name and share.
    pub parts: Vec<(&'static str, i64)>,
}

const MOST: i64 = 100;

/// Scores the nodes, in their order.
pub fn score(pod: &Json, requests: &Resources, nodes: &[&Arc<NodeInfo>]) -> Vec<Score> {
    let asked = requests.or_unsaid();
    let preferences: Vec<i64> = nodes.iter().map(|n| affinity::preference(pod, &n.node)).collect();
    let intolerable: Vec<i64> = nodes.iter().map(|n| untolerated_preferences(pod, &n.node)).collect();
    let fellows: Vec<i64> = nodes.iter().map(|n| fellows_on(pod, n)).collect();
    let prefer = highest_is_best(&preferences);
    let taints = lowest_is_best(&intolerable);
    let spread = lowest_is_best(&fellows);
    let each = |(i, node): (usize, &&Arc<NodeInfo>)| {
        let mut parts = vec![
            ("TaintToleration", 3 * taints[i]),
            ("PodTopologySpread", 2 * spread[i]),
            ("NodeResourcesFit", least_allocated(&asked, node)),
            ("NodeResourcesBalancedAllocation", balanced(requests, node)),
        ];
        if preferences.iter().any(|p| *p != 0) {
            parts.push(("NodeAffinity", 2 * prefer[i]));
        }
        Score { total: parts.iter().map(|(_, share)| share).sum(), parts }
    };
    nodes.iter().enumerate().map(each).collect()
}

/// The more of a node stays free, the better.
fn least_allocated(asked: &Resources, node: &NodeInfo) -> i64 {
    let free = |name: &str| {
        let offered = node.allocatable.get(name);
        let used = node.requested_or_unsaid.get(name) + asked.get(name);
        if offered <= 0 || used > offered {
            0
        } else {
            i128::from(offered - used) * i128::from(MOST) / i128::from(offered)
        }
    };
    ((free("cpu") + free("memory")) / 2) as i64
}

/// The closer the used shares of cpu and memory, the better: in thousandths, so that no float decides.
fn balanced(asked: &Resources, node: &NodeInfo) -> i64 {
    if asked.get("cpu") == 0 && asked.get("memory") == 0 {
        return 0;
    }
    let share = |name: &str| {
        let offered = i128::from(node.allocatable.get(name)).max(1);
        (i128::from(node.requested.get(name) + asked.get(name)) * 1000 / offered).min(1000)
    };
    let deviation = (share("cpu") - share("memory")).abs() / 2;
    ((1000 - deviation) * i128::from(MOST) / 1000) as i64
}

fn fellows_on(pod: &Json, node: &NodeInfo) -> i64 {
    let Some(owner) = meta::controller_of(pod) else { return 0 };
    node.pods.values().filter(|other| meta::is_controlled_by(&other.pod, owner.uid())).count() as i64
}

fn untolerated_preferences(pod: &Json, node: &Json) -> i64 {
    let taints = node["spec"]["taints"].items().iter();
    taints.filter(|t| t["effect"].str() == "PreferNoSchedule" && !tolerates(pod, t)).count() as i64
}

fn highest_is_best(values: &[i64]) -> Vec<i64> {
    let most = values.iter().copied().max().unwrap_or(0);
    values.iter().map(|v| if most == 0 { 0 } else { v * MOST / most }).collect()
}

fn lowest_is_best(values: &[i64]) -> Vec<i64> {
    let most = values.iter().copied().max().unwrap_or(0);
    values.iter().map(|v| if most == 0 { MOST } else { MOST - v * MOST / most }).collect()
}
