//! `syncReplicaSet`: one reconcile of one ReplicaSet.
//!
//! Read it and its pods from the cache, create or delete the difference unless the cache is known to be behind, write
//! the status.

use super::{Flavor, ReplicaSetController, status};
use crate::api::selector::Labels;
use crate::api::views::apps_v1::ReplicaSet;
use crate::api::views::core_v1::Pod;
use crate::api::{ObjectKey, Status, View, kinds, meta};
use crate::client::{BY_CONTROLLER, Context, orphans};
use crate::controllers::Caches;
use crate::controllers::claim::{Claim, selector_of};
use crate::controllers::pods::{is_active, is_terminating, until_available};
use crate::json::{Json, Str};
use std::time::Duration;

impl ReplicaSetController {
    pub(super) fn sync_replica_set(
        &mut self,
        cx: &mut Context,
        caches: &Caches,
        key: &ObjectKey,
    ) -> Result<(), Status> {
        let set = caches.lister::<ReplicaSet>(self.flavor.resource).get(key);
        cx.note("read-cache", [("found", Json::Bool(set.is_some()))]);
        let Some(set) = set else {
            self.forget_expectations(key);
            return Ok(());
        };
        let satisfied = self.expectations.satisfied(key, cx.now);
        let expected = self.expectations.get(key);
        cx.note(
            "expectations",
            [
                ("satisfied", Json::Bool(satisfied)),
                ("adds", Json::Int(expected.map_or(0, |e| e.adds))),
                ("dels", Json::Int(expected.map_or(0, |e| e.dels))),
            ],
        );
        let Some(selector) = selector_of(set.json()) else { return Ok(()) };
        let (active, terminating) = pods_of(cx, caches, self.flavor, &set, selector)?;
        let mut outcome = Ok(());
        if satisfied && !meta::is_being_deleted(set.json()) {
            outcome = self.manage_replicas(cx, caches, key, &set, &active);
        }

        let status =
            status::calculate(self.flavor, &set, &active, terminating.len(), outcome.as_ref().err(), cx.now);
        cx.note(
            "replicas",
            [
                ("replicas", active.len().into()),
                ("ready", status.ready_replicas().unwrap_or(0).into()),
                ("available", status.available_replicas().unwrap_or(0).into()),
                ("terminating", terminating.len().into()),
            ],
        );
        let set = status::update(cx, self.flavor, &set, status)?;
        let status = set.status();
        let seconds = set.spec().min_ready_seconds().unwrap_or(0);
        if seconds > 0 && status.ready_replicas() != status.available_replicas() {
            let waits = active.iter().filter_map(|pod| until_available(pod.json(), seconds, cx.now));
            let all = Duration::from_secs(seconds.unsigned_abs().into());
            let next = waits.filter(|wait| !wait.is_zero()).min().unwrap_or(all);
            self.queue_mut().add_after(key.clone(), cx.now, next);
        }
        outcome
    }
}

/// The ReplicaSet's pods after adoption and release: those that are active, and those of its own that are going.
fn pods_of(
    cx: &mut Context,
    caches: &Caches,
    flavor: &Flavor,
    set: &ReplicaSet,
    selector: Labels,
) -> Result<(Vec<Pod>, Vec<Pod>), Status> {
    let lister = caches.lister::<Pod>(kinds::PODS);
    let uid = Str::from(set.metadata().uid());
    let nobody = orphans(set.metadata().namespace());
    let own = || lister.by_index(BY_CONTROLLER, &uid);
    let terminating = own()
        .filter(|pod| is_terminating(pod.json()) && selector.matches(&pod.json()["metadata"]["labels"]))
        .collect();
    let candidates = own().chain(lister.by_index(BY_CONTROLLER, &nobody));
    let claim = Claim {
        owner: set.json(),
        resource: flavor.resource.into(),
        dependents: kinds::PODS.into(),
        selector,
        finalizer: None,
        agent: flavor.agent,
    };
    let active = claim.claim(cx, candidates.filter(|pod| is_active(pod.json())))?;
    Ok((active, terminating))
}
