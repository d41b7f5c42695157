//! Counting and comparing ReplicaSets (upstream's `util/deployment_util.go`).

use crate::api::views::apps_v1::{Deployment, ReplicaSet};
use crate::api::{View, revision};
use crate::collections::sort_by;
use crate::json::{Json, Str};
use std::cmp::Ordering;

/// An annotation; `""` where it is absent.
pub fn annotation<'a, V: View>(object: &'a V, key: &str) -> &'a str {
    object.json()["metadata"]["annotations"][key].str()
}

/// Sets an annotation. Whether that changed anything.
pub fn annotate<V: View>(object: &mut V, key: &str, value: &str) -> bool {
    if annotation(object, key) == value && object.json()["metadata"]["annotations"].get(key).is_some() {
        return false;
    }
    let metadata = object.json_mut().object_mut().slot(Str::fixed("metadata")).object_mut();
    metadata.slot(Str::fixed("annotations")).set(Str::from(key), value);
    true
}

/// How many replicas the Deployment asks for.
pub fn desired(d: &Deployment) -> i32 {
    d.spec().replicas().unwrap_or(1)
}

/// How many replicas a ReplicaSet asks for.
pub fn size(set: &ReplicaSet) -> i32 {
    set.spec().replicas().unwrap_or(0)
}

/// The sum of a count over ReplicaSets.
pub fn sum<'a>(sets: impl IntoIterator<Item = &'a ReplicaSet>, count: fn(&ReplicaSet) -> i32) -> i32 {
    sets.into_iter().map(count).sum()
}

/// How many of a ReplicaSet's pods are available.
pub fn available(set: &ReplicaSet) -> i32 {
    set.status().available_replicas().unwrap_or(0)
}

/// How many pods a ReplicaSet has.
pub fn actual(set: &ReplicaSet) -> i32 {
    set.status().replicas().unwrap_or(0)
}

/// Those that ask for pods.
pub fn active(sets: &[ReplicaSet]) -> Vec<ReplicaSet> {
    sets.iter().filter(|set| size(set) > 0).cloned().collect()
}

/// Whether the strategy is to replace a few pods at a time.
pub fn is_rolling_update(d: &Deployment) -> bool {
    d.spec().strategy().r#type() == "RollingUpdate"
}

/// How many pods there may be beyond those asked for.
pub fn max_surge(d: &Deployment) -> i32 {
    if is_rolling_update(d) { fenceposts(d).0 } else { 0 }
}

/// How many of the pods asked for may be missing.
pub fn max_unavailable(d: &Deployment) -> i32 {
    if !is_rolling_update(d) || desired(d) == 0 { 0 } else { fenceposts(d).1.min(desired(d)) }
}

/// `ResolveFenceposts`: percentages of the replicas, the surge rounded up and what may be unavailable rounded down. Both
/// must not be zero, or nothing could ever move.
fn fenceposts(d: &Deployment) -> (i32, i32) {
    let rolling = d.spec().strategy().rolling_update();
    let replicas = i64::from(desired(d));
    let scaled = |value: &Json, up: i64| match value.as_str() {
        Some(text) => {
            let percent: i64 = text.trim_end_matches('%').parse().unwrap_or(0);
            (replicas.saturating_mul(percent).saturating_add(up)) / 100
        }
        None => value.as_i64().unwrap_or(0),
    };
    let narrow = |count: i64| i32::try_from(count).unwrap_or(i32::MAX);
    let surge = narrow(scaled(rolling.max_surge(), 99));
    let unavailable = narrow(scaled(rolling.max_unavailable(), 0));
    (surge, if surge == 0 && unavailable == 0 { 1 } else { unavailable })
}

/// How many replicas the new ReplicaSet may have now (`NewRSNewReplicas`).
pub fn new_size(d: &Deployment, all: &[ReplicaSet], new: &ReplicaSet) -> i32 {
    if !is_rolling_update(d) {
        return desired(d);
    }
    let room = desired(d).saturating_add(max_surge(d)) - sum(all, size);
    size(new) + room.min(desired(d) - size(new)).max(0)
}

/// Whether the rollout is over: all pods are new, and available (`DeploymentComplete`).
pub fn is_complete(d: &Deployment, status: &crate::api::views::apps_v1::DeploymentStatus) -> bool {
    let all = |count: Option<i32>| count.unwrap_or(0) == desired(d);
    all(status.updated_replicas())
        && all(status.replicas())
        && all(status.available_replicas())
        && status.observed_generation() >= d.metadata().generation()
}

/// Whether a ReplicaSet is that of the Deployment's present template.
pub fn same_template(d: &Deployment, set: &ReplicaSet) -> bool {
    revision::same_template(d.spec().template().json(), set.spec().template().json())
}

/// The ReplicaSet of the present template, the oldest where there are several (`FindNewReplicaSet`).
pub fn find_new(d: &Deployment, sets: &[ReplicaSet]) -> Option<ReplicaSet> {
    sorted(sets.to_vec(), &by_age).into_iter().find(|set| same_template(d, set))
}

/// ReplicaSets in an order.
pub fn sorted(
    mut sets: Vec<ReplicaSet>,
    order: &dyn Fn(&ReplicaSet, &ReplicaSet) -> Ordering,
) -> Vec<ReplicaSet> {
    sort_by(&mut sets, order);
    sets
}

/// Older first.
pub fn by_age(a: &ReplicaSet, b: &ReplicaSet) -> Ordering {
    let (a, b) = (a.metadata(), b.metadata());
    let time = a.creation_timestamp().cmp(b.creation_timestamp());
    time.then_with(|| a.name().cmp(b.name()))
}

/// Larger first.
pub fn by_size(a: &ReplicaSet, b: &ReplicaSet) -> Ordering {
    size(b).cmp(&size(a))
}

/// Older revisions first.
pub fn by_revision(a: &ReplicaSet, b: &ReplicaSet) -> Ordering {
    revision::of(a.json()).cmp(&revision::of(b.json())).then_with(|| by_age(a, b))
}
