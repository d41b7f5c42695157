//! Which pod is to come, to go or to be replaced (`updateStatefulSet` in upstream's `stateful_set_control.go`).
//!
//! With `OrderedReady` one thing happens at a time: the first pod that is missing is created, the first that is not ready is
//! waited for. Only when all that are asked for are available, those that are too many go, the highest ordinal first; and
//! only then those of an older revision, down to the partition.

use super::identity::{
    is_available, is_created, is_running_and_ready, is_unavailable, new_pod, ordinal, ordinals, revision,
};
use super::{Revisions, StatefulSetController, claims, status};
use crate::api::views::apps_v1::{StatefulSet, StatefulSetStatus};
use crate::api::{Status, View, meta};
use crate::client::Context;
use crate::collections::sort_by_key;
use crate::controllers::pod_control::slow_start_batch;
use crate::controllers::pods::is_terminal;
use crate::controllers::{Caches, history};
use crate::json::Json;
use crate::sim::Time;

/// Whether the rest of a reconcile has to wait.
type Waits = Result<bool, Status>;

impl StatefulSetController {
    /// Does what is to be done now; gives the status that results, and what failed.
    pub(super) fn update_stateful_set(
        &mut self,
        cx: &mut Context,
        caches: &Caches,
        set: &StatefulSet,
        revisions: &Revisions,
        pods: &[Json],
    ) -> (StatefulSetStatus, Result<(), Status>) {
        let wanted = ordinals(set);
        let mut condemned: Vec<Json> = Vec::new();
        let mut replicas: Vec<Json> = Vec::new();
        for ordinal_of in wanted.clone() {
            let there = pods.iter().find(|pod| ordinal(pod) == Some(ordinal_of));
            replicas.push(there.cloned().unwrap_or_else(|| planned(set, revisions, ordinal_of)));
        }
        condemned
            .extend(pods.iter().filter(|pod| ordinal(pod).is_none_or(|o| !wanted.contains(&o))).cloned());
        sort_by_key(&mut condemned, |pod| -ordinal(pod).unwrap_or(0));
        let monotonic = set.spec().pod_management_policy() != "Parallel";
        cx.note(
            "ordinals",
            [
                ("want", replicas.len().into()),
                ("have", replicas.iter().filter(|pod| is_created(pod)).count().into()),
                ("condemned", condemned.len().into()),
                ("ordered", monotonic.into()),
            ],
        );
        if meta::is_being_deleted(set.json()) {
            return (status::of(set, revisions, pods, cx.now), Ok(()));
        }
        let outcome = self.replicas_and_condemned(cx, caches, set, &replicas, &condemned, monotonic);
        let mut status = status::of(set, revisions, replicas.iter().chain(&condemned), cx.now);
        let on_delete = set.spec().update_strategy().r#type() == "OnDelete";
        let outcome = match outcome {
            Ok(false) if !on_delete => self.replace_old(cx, set, revisions, &replicas, &mut status),
            outcome => outcome.map(|_| ()),
        };
        (status, outcome)
    }

    fn replicas_and_condemned(
        &mut self,
        cx: &mut Context,
        caches: &Caches,
        set: &StatefulSet,
        replicas: &[Json],
        condemned: &[Json],
        monotonic: bool,
    ) -> Waits {
        // The first pod that does no work; the last of those that are too many may go although it does none.
        let idle = replicas.iter().chain(condemned.iter().rev()).find(|pod| is_unavailable(set, pod, cx.now));
        let idle = idle.map(|pod| pod["metadata"]["name"].clone());
        if run_for_all(replicas.len(), monotonic, &mut |i| {
            self.process_replica(cx, caches, set, monotonic, &replicas[i])
        })? {
            return Ok(true);
        }
        for pod in condemned.iter().filter(|pod| !claims::owners_match(caches, set, pod)) {
            self.update_claim_owners(cx, caches, set, pod)?;
        }
        run_for_all(condemned.len(), monotonic, &mut |i| {
            self.process_condemned(cx, set, monotonic, &condemned[i], idle.as_ref())
        })
    }

    /// One pod that is asked for: creates it, or waits for it, or mends it.
    fn process_replica(
        &mut self,
        cx: &mut Context,
        caches: &Caches,
        set: &StatefulSet,
        monotonic: bool,
        pod: &Json,
    ) -> Waits {
        if is_terminal(pod) {
            // However it ended: a pod of a set runs for ever. It is created anew when it is gone.
            if !meta::is_being_deleted(pod) {
                self.delete_pod(cx, set, pod, "ended")?;
            }
            return Ok(true);
        }
        if !is_created(pod) {
            if claims::is_stale(caches, set, pod) {
                cx.note("wait-for-claim", [("name", pod["metadata"]["name"].clone())]);
                return Ok(true);
            }
            // It counts once the cache has it.
            return self.create_pod(cx, caches, set, pod).map(|()| monotonic);
        }
        if pod["status"]["phase"].str() == "Pending" {
            self.create_claims(cx, caches, set, pod)?;
            self.update_claim_owners(cx, caches, set, pod)?;
        }
        if monotonic && let Some(why) = unready(set, pod, cx.now) {
            cx.note("wait-for-pod", [("name", pod["metadata"]["name"].clone()), ("why", why.into())]);
            return Ok(true);
        }
        self.mend_pod(cx, caches, set, pod).map(|()| false)
    }

    /// One pod that is too many: deletes it, unless another has to come first.
    fn process_condemned(
        &mut self,
        cx: &mut Context,
        set: &StatefulSet,
        monotonic: bool,
        pod: &Json,
        idle: Option<&Json>,
    ) -> Waits {
        let name = pod["metadata"]["name"].clone();
        let waits = |cx: &mut Context, name: Json, why: &'static str| {
            cx.note("wait-for-pod", [("name", name), ("why", why.into())]);
            Ok(true)
        };
        if meta::is_being_deleted(pod) {
            return if monotonic { waits(cx, name, "terminating") } else { Ok(false) };
        }
        if monotonic
            && Some(&name) != idle
            && let Some(why) = unready(set, pod, cx.now)
        {
            return waits(cx, idle.cloned().unwrap_or(name), why);
        }
        self.delete_pod(cx, set, pod, "scale-down").map(|()| true)
    }

    /// Deletes pods of an older revision, the highest ordinal first, as many as may be missing
    /// (`updateStatefulSetAfterInvariantEstablished`, KEP 961).
    fn replace_old(
        &mut self,
        cx: &mut Context,
        set: &StatefulSet,
        revisions: &Revisions,
        replicas: &[Json],
        status: &mut StatefulSetStatus,
    ) -> Result<(), Status> {
        let rolling = set.spec().update_strategy().rolling_update();
        let partition = usize::try_from(rolling.partition().unwrap_or(0)).unwrap_or(0);
        let most = max_unavailable(rolling.max_unavailable(), replicas.len());
        let missing = replicas.iter().filter(|pod| is_unavailable(set, pod, cx.now)).count();
        let update = history::name(&revisions.update);
        let old = |pod: &&Json| revision(pod) != &*update && !meta::is_being_deleted(pod);
        let outdated: Vec<&Json> = replicas.iter().skip(partition).filter(old).collect();
        cx.note(
            "replace-old",
            [
                ("old", outdated.len().into()),
                ("unavailable", missing.into()),
                ("most", most.into()),
                ("partition", partition.into()),
            ],
        );
        for pod in outdated.into_iter().rev().take(most.saturating_sub(missing)) {
            match self.delete_pod(cx, set, pod, "update") {
                Err(error) if !error.is_not_found() => return Err(error),
                _ => {
                    status.set_current_replicas(status.current_replicas().map(|n| n - 1).filter(|n| *n != 0))
                }
            }
        }
        Ok(())
    }
}

/// The pod that an ordinal without one shall get: below the partition it is of the current revision, else of the new one
/// (`newVersionedStatefulSetPod`).
fn planned(set: &StatefulSet, revisions: &Revisions, ordinal: i64) -> Json {
    let strategy = set.spec().update_strategy();
    let rolling = strategy.rolling_update();
    let first_new = if rolling.exists() {
        rolling.partition()
    } else {
        set.status().current_replicas().filter(|_| strategy.r#type() == "RollingUpdate")
    };
    let old = ordinal < ordinals(set).start + i64::from(first_new.unwrap_or(0));
    new_pod(set, ordinal, if old { &revisions.current } else { &revisions.update })
}

/// What a pod lacks so that the next one could have its turn.
fn unready(set: &StatefulSet, pod: &Json, now: Time) -> Option<&'static str> {
    if meta::is_being_deleted(pod) {
        Some("terminating")
    } else if !is_running_and_ready(pod) {
        Some("not-ready")
    } else {
        (!is_available(set, pod, now)).then_some("not-available")
    }
}

/// Works on one pod after another until one is waited for; where no order is kept, on all, in batches that grow.
fn run_for_all(count: usize, monotonic: bool, work: &mut dyn FnMut(usize) -> Waits) -> Waits {
    if monotonic {
        for i in 0..count {
            if work(i)? {
                return Ok(true);
            }
        }
        return Ok(false);
    }
    slow_start_batch(count, &mut |i| work(i).map(|_| ())).1.map(|()| false)
}

/// At least one, whatever a small percentage comes to.
fn max_unavailable(value: &Json, replicas: usize) -> usize {
    let most = match value.as_str() {
        Some(text) => text.trim_end_matches('%').parse().unwrap_or(0) * replicas / 100,
        None => value.as_i64().and_then(|n| usize::try_from(n).ok()).unwrap_or(1),
    };
    most.max(1)
}
