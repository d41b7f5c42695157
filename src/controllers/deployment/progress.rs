//! How a rollout goes: the condition `Progressing` and its deadline.

use super::conditions::{self, PROGRESSING};
use super::util::is_complete;
use super::{DeploymentController, sync, update_status};
use crate::api::views::apps_v1::{Deployment, DeploymentCondition, DeploymentStatus, ReplicaSet};
use crate::api::{ObjectKey, Status, View};
use crate::client::Context;
use crate::json::Json;
use crate::sim::Time;
use std::time::Duration;

/// How long a rollout may stand still; `None`: for ever.
pub fn deadline(d: &Deployment) -> Option<Duration> {
    let seconds = d.spec().progress_deadline_seconds().filter(|seconds| *seconds != i32::MAX)?;
    Some(Duration::from_secs(seconds.max(0).unsigned_abs().into()))
}

impl DeploymentController {
    /// Writes the status of a Deployment that is rolled out, or will be looked at again when its deadline is over.
    pub(super) fn sync_rollout_status(
        &mut self,
        cx: &mut Context,
        d: &Deployment,
        new: Option<&ReplicaSet>,
        old: &[ReplicaSet],
    ) -> Result<(), Status> {
        let mut status = sync::calculate_status(d, new, old, cx.now);
        if deadline(d).is_none() {
            conditions::remove(&mut status, PROGRESSING);
        }
        let current = conditions::find(&d.status(), PROGRESSING);
        // A rollout that is over is not judged again, whatever becomes of its pods.
        let over = status.replicas() == status.updated_replicas()
            && current.as_ref().is_some_and(|c| c.reason() == conditions::NEW_AVAILABLE);
        if deadline(d).is_some() && !over {
            judge(d, new, &mut status, current.as_ref(), cx.now);
        }
        match replica_failure(new, old) {
            Some(failure) => conditions::set(&mut status, failure),
            None => conditions::remove(&mut status, conditions::REPLICA_FAILURE),
        }
        if let Some(condition) = conditions::find(&status, PROGRESSING) {
            cx.note("progress", [("reason", condition.reason().into())]);
        }
        if status == d.status() {
            self.requeue_stuck_deployment(cx, d, &status);
            return Ok(());
        }
        cx.note("status", [("changed", Json::Bool(true))]);
        let mut d = d.clone();
        d.set_status(status);
        update_status(cx, &d)
    }

    /// A rollout that stands still makes no events: somebody must look when its deadline is over.
    ///
    /// Two things are left out that upstream does. In the last second it asks again every 5 ms; here the key waits. And it
    /// asks for ever where a rollout was over and pods failed later, although [`judge`] will not judge it again.
    fn requeue_stuck_deployment(&mut self, cx: &mut Context, d: &Deployment, status: &DeploymentStatus) {
        let (Some(deadline), Some(current)) = (deadline(d), conditions::find(&d.status(), PROGRESSING))
        else {
            return;
        };
        let judged = [conditions::TIMED_OUT, conditions::NEW_AVAILABLE].contains(&current.reason());
        if judged || is_complete(d, status) {
            return;
        }
        let since = Time::parse(current.last_update_time()).unwrap_or(cx.now);
        let wait = (since + deadline).since(cx.now) + Duration::from_secs(1);
        cx.note("deadline", [("seconds", Json::Float(wait.as_secs_f64()))]);
        self.queue_mut().add_after(ObjectKey::of(d.json()), cx.now, wait);
    }
}

/// Complete, progressing, or too late.
fn judge(
    d: &Deployment,
    new: Option<&ReplicaSet>,
    status: &mut DeploymentStatus,
    current: Option<&DeploymentCondition>,
    now: Time,
) {
    let subject = match new {
        Some(set) => format!("ReplicaSet {:?}", set.metadata().name()),
        None => format!("Deployment {:?}", d.metadata().name()),
    };
    let condition = |status, reason, what| {
        conditions::new(PROGRESSING, status, reason, &format!("{subject} {what}."), now)
    };
    if is_complete(d, status) {
        let done = condition("True", conditions::NEW_AVAILABLE, "has successfully progressed");
        conditions::set(status, done);
    } else if has_progressed(&d.status(), status) {
        let mut progressing = condition("True", conditions::UPDATED, "is progressing");
        if let Some(current) = current {
            if current.status() == "True" {
                progressing.set_last_transition_time(current.last_transition_time());
            }
            // Also for the same reason as before: the deadline counts from the last progress.
            conditions::remove(status, PROGRESSING);
        }
        conditions::set(status, progressing);
    } else if has_timed_out(d, current, now) {
        let late = condition("False", conditions::TIMED_OUT, "has timed out progressing");
        conditions::set(status, late);
    }
}

/// More new pods, fewer old ones, or more that are ready or available (`DeploymentProgressing`).
fn has_progressed(before: &DeploymentStatus, status: &DeploymentStatus) -> bool {
    let more =
        |count: fn(&DeploymentStatus) -> Option<i32>| count(status).unwrap_or(0) > count(before).unwrap_or(0);
    let old = |s: &DeploymentStatus| s.replicas().unwrap_or(0) - s.updated_replicas().unwrap_or(0);
    more(DeploymentStatus::updated_replicas)
        || old(status) < old(before)
        || more(DeploymentStatus::ready_replicas)
        || more(DeploymentStatus::available_replicas)
}

fn has_timed_out(d: &Deployment, current: Option<&DeploymentCondition>, now: Time) -> bool {
    let (Some(deadline), Some(current)) = (deadline(d), current) else { return false };
    match current.reason() {
        conditions::NEW_AVAILABLE => false,
        conditions::TIMED_OUT => true,
        _ => Time::parse(current.last_update_time()).is_some_and(|since| since + deadline < now),
    }
}

/// That pods cannot be made is a ReplicaSet's condition first; the new one's counts more.
fn replica_failure(new: Option<&ReplicaSet>, old: &[ReplicaSet]) -> Option<DeploymentCondition> {
    new.into_iter().chain(old).find_map(|set| {
        let failure = set.status().conditions().iter().find(|c| c.r#type() == conditions::REPLICA_FAILURE)?;
        let mut condition = DeploymentCondition::from(failure.into_json());
        condition.set_last_update_time(condition.last_transition_time().to_string());
        Some(condition)
    })
}
