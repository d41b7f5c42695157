//! The strategy `RollingUpdate`: a few new pods, then a few old ones less, and again.
//!
//! Each sync makes one move: up if there is room below `maxSurge`, else down as far as `maxUnavailable` allows. The
//! ReplicaSets' statuses tell when the next move is possible.

use super::DeploymentController;
use super::util::{self, active, available, by_age, desired, max_surge, max_unavailable, size, sorted, sum};
use crate::api::Status;
use crate::api::views::apps_v1::{Deployment, ReplicaSet};
use crate::client::Context;
use crate::controllers::Caches;

impl DeploymentController {
    pub(super) fn rollout_rolling(
        &mut self,
        cx: &mut Context,
        caches: &Caches,
        d: &mut Deployment,
        sets: Vec<ReplicaSet>,
    ) -> Result<(), Status> {
        let (new, old) = self.all_replica_sets(cx, caches, d, &sets, true)?;
        let Some(new) = new else { return Ok(()) };
        cx.note(
            "rolling",
            [
                ("new", size(&new).into()),
                ("old", sum(&old, size).into()),
                ("available", sum(old.iter().chain([&new]), available).into()),
                ("most", (desired(d) + max_surge(d)).into()),
                ("least", (desired(d) - max_unavailable(d)).into()),
            ],
        );
        // What is reported is how things stood before the move; its effect comes with the ReplicaSets' next status.
        if self.reconcile_new_replica_set(cx, d, &new, &old)? {
            return self.sync_rollout_status(cx, d, Some(&new), &old);
        }
        if self.reconcile_old_replica_sets(cx, d, &new, &old)? {
            return self.sync_rollout_status(cx, d, Some(&new), &old);
        }
        if util::is_complete(d, &d.status()) {
            self.clean_up(cx, d, &old)?;
        }
        self.sync_rollout_status(cx, d, Some(&new), &old)
    }

    /// Scales the new one up as far as there is room, or down where it is too large. Whether it did.
    fn reconcile_new_replica_set(
        &mut self,
        cx: &mut Context,
        d: &Deployment,
        new: &ReplicaSet,
        old: &[ReplicaSet],
    ) -> Result<bool, Status> {
        let to = if size(new) >= desired(d) {
            desired(d)
        } else {
            let all: Vec<ReplicaSet> = old.iter().chain([new]).cloned().collect();
            util::new_size(d, &all, new)
        };
        Ok(self.scale_and_record_event(cx, d, new, to)?.0)
    }

    /// Scales old ones down: first their pods that are not available anyway, then as many as may be missing. Whether it did.
    fn reconcile_old_replica_sets(
        &mut self,
        cx: &mut Context,
        d: &Deployment,
        new: &ReplicaSet,
        old: &[ReplicaSet],
    ) -> Result<bool, Status> {
        let old = active(old);
        if old.is_empty() {
            return Ok(false);
        }
        let least = desired(d) - max_unavailable(d);
        // Pods of the new one that are not available yet must not cost more old ones.
        let new_unavailable = size(new) - available(new);
        let most = sum(old.iter().chain([new]), size) - least - new_unavailable;
        if most <= 0 {
            return Ok(false);
        }
        // A failed write here is as good as no move: the ReplicaSet that refused it has news.
        let Ok((old, cleaned)) = self.clean_up_unhealthy_replicas(cx, d, old, most) else { return Ok(false) };
        let spare = sum(old.iter().chain([new]), available) - least;
        let Ok(scaled) = self.scale_down_old(cx, d, old, spare) else { return Ok(false) };
        Ok(cleaned + scaled > 0)
    }

    /// Takes pods that are not available from old ReplicaSets, oldest first, `most` in all: else they would block
    /// the rollout. (The ReplicaSet controller deletes such pods first.) The sets as they are then, and how many went.
    fn clean_up_unhealthy_replicas(
        &mut self,
        cx: &mut Context,
        d: &Deployment,
        old: Vec<ReplicaSet>,
        most: i32,
    ) -> Result<(Vec<ReplicaSet>, i32), Status> {
        let mut gone = 0;
        let mut old = sorted(old, &by_age);
        for set in &mut old {
            let unhealthy = (size(set) - available(set)).min(most - gone);
            if unhealthy > 0 {
                *set = self.scale_and_record_event(cx, d, set, size(set) - unhealthy)?.1;
                gone += unhealthy;
            }
        }
        Ok((old, gone))
    }

    /// Takes up to `spare` pods from old ReplicaSets, oldest first. How many.
    fn scale_down_old(
        &mut self,
        cx: &mut Context,
        d: &Deployment,
        old: Vec<ReplicaSet>,
        spare: i32,
    ) -> Result<i32, Status> {
        let mut gone = 0;
        for set in &sorted(old, &by_age) {
            let count = size(set).min(spare - gone);
            if count > 0 {
                self.scale_and_record_event(cx, d, set, size(set) - count)?;
                gone += count;
            }
        }
        Ok(gone)
    }
}
