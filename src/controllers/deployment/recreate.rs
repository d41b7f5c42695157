//! The strategy `Recreate`: all old pods go, and only when they are gone the new ones come.

use super::DeploymentController;
use super::util::{active, actual, desired, is_complete, sum};
use crate::api::views::apps_v1::{Deployment, ReplicaSet};
use crate::api::{Status, View, kinds, meta};
use crate::client::{BY_CONTROLLER, Context};
use crate::controllers::Caches;
use crate::controllers::pods::is_terminal;
use crate::json::Json;

impl DeploymentController {
    pub(super) fn rollout_recreate(
        &mut self,
        cx: &mut Context,
        caches: &Caches,
        d: &mut Deployment,
        sets: Vec<ReplicaSet>,
    ) -> Result<(), Status> {
        // The new one is not made before the old ones are down.
        let (mut new, mut old) = self.all_replica_sets(cx, caches, d, &sets, false)?;
        let mut scaled = false;
        for set in active(&old) {
            scaled |= self.scale_and_record_event(cx, d, &set, 0)?.0;
        }
        if scaled {
            return self.sync_rollout_status(cx, d, new.as_ref(), &old);
        }
        let running = old_pods_running(caches, new.as_ref(), &old, &sets);
        cx.note("old-pods", [("running", Json::Bool(running))]);
        if running {
            return self.sync_rollout_status(cx, d, new.as_ref(), &old);
        }
        if new.is_none() {
            (new, old) = self.all_replica_sets(cx, caches, d, &sets, true)?;
        }
        if let Some(set) = &new {
            self.scale_and_record_event(cx, d, set, desired(d))?;
        }
        if is_complete(d, &d.status()) {
            self.clean_up(cx, d, &old)?;
        }
        self.sync_rollout_status(cx, d, new.as_ref(), &old)
    }
}

/// Whether pods of older templates still run, those that are being deleted included.
fn old_pods_running(
    caches: &Caches,
    new: Option<&ReplicaSet>,
    old: &[ReplicaSet],
    sets: &[ReplicaSet],
) -> bool {
    if sum(old, actual) > 0 {
        return true;
    }
    let new = new.map_or("", |set| meta::uid(set.json()));
    let others = sets.iter().map(|set| meta::uid(set.json())).filter(|uid| *uid != new);
    let pods = caches.of(kinds::PODS);
    others.into_iter().any(|uid| pods.by_index(BY_CONTROLLER, uid).any(|pod| !is_terminal(pod)))
}
