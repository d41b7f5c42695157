//! Which pods go first when a ReplicaSet shrinks (`controller.ActivePodsWithRanks`): those whose loss hurts least.

use crate::api::View;
use crate::api::views::core_v1::Pod;
use crate::collections::sort_by;
use crate::controllers::pods::{is_ready, ready_since};
use crate::json::{Json, Str};
use crate::sim::Time;
use std::cmp::Ordering;

/// What an author can say of a pod's worth (KEP 2255); the cheapest goes first, and 0 is meant where nothing is said.
const COST: &str = "controller.kubernetes.io/pod-deletion-cost";

/// The pods, the first to go first. `related`: the active pods of the same Deployment, wherever they run.
pub fn sorted(mut all: Vec<Pod>, related: &[Pod], now: Time) -> Vec<Pod> {
    let mut on_nodes: Vec<(Str, usize)> = Vec::new();
    for pod in related {
        let node = pod.json()["spec"]["nodeName"].str();
        match on_nodes.iter_mut().find(|(name, _)| *name == *node) {
            Some((_, count)) => *count += 1,
            None => on_nodes.push((node.into(), 1)),
        }
    }
    let crowd = |pod: &Json| {
        let node = pod["spec"]["nodeName"].str();
        on_nodes.iter().find(|(name, _)| *name == *node).map_or(0, |(_, count)| *count)
    };
    sort_by(&mut all, |a, b| {
        let (a, b) = (a.json(), b.json());
        by_worth(a, b).then_with(|| crowd(b).cmp(&crowd(a))).then_with(|| by_history(a, b, now))
    });
    all
}

/// Unscheduled, pending, not ready, cheap: those first.
fn by_worth(a: &Json, b: &Json) -> Ordering {
    let rank = |pod: &Json| {
        let phase = match pod["status"]["phase"].str() {
            "Pending" => 0,
            "Unknown" => 1,
            _ => 2,
        };
        (!pod["spec"]["nodeName"].is_empty(), phase, is_ready(pod), cost(pod))
    };
    rank(a).cmp(&rank(b))
}

fn cost(pod: &Json) -> i32 {
    pod["metadata"]["annotations"][COST].str().parse().unwrap_or(0)
}

/// Ready for less time, restarted more often, newer: those first.
fn by_history(a: &Json, b: &Json, now: Time) -> Ordering {
    let created = |pod: &Json| Time::parse(pod["metadata"]["creationTimestamp"].str());
    younger_first(ready_since(a), ready_since(b), a, b, now)
        .then_with(|| restarts(b).cmp(&restarts(a)))
        .then_with(|| younger_first(created(a), created(b), a, b, now))
}

/// Times are compared by the order of magnitude of how long ago they are, and by chance (the uid) within one: else it would
/// always be the same nodes that lose their pods (KEP 2185, `LogarithmicScaleDown`).
fn younger_first(x: Option<Time>, y: Option<Time>, a: &Json, b: &Json, now: Time) -> Ordering {
    if x == y {
        return Ordering::Equal;
    }
    let (Some(x), Some(y)) = (x, y) else { return x.is_some().cmp(&y.is_some()) };
    let magnitude = |time: Time| now.since(time).as_nanos().checked_ilog2();
    let uid = |pod: &Json| pod["metadata"]["uid"].clone();
    magnitude(x).cmp(&magnitude(y)).then_with(|| uid(a).str().cmp(uid(b).str()))
}

/// The most restarts of a container, and then of a sidecar.
fn restarts(pod: &Json) -> (i64, i64) {
    let most = |list: &str| {
        let counts = pod["status"][list].items().iter().filter_map(|s| s["restartCount"].as_i64());
        counts.max().unwrap_or(0)
    };
    (most("containerStatuses"), most("initContainerStatuses"))
}
