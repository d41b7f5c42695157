//! The status of a StatefulSet (upstream's `stateful_set_control.go`, `stateful_set_status_updater.go`).

use super::identity::{is_available, is_created, is_running_and_ready, ordinals, revision};
use super::{AGENT, Revisions};
use crate::api::views::apps_v1::{StatefulSet, StatefulSetStatus};
use crate::api::{Request, Status, kinds, meta};
use crate::client::Context;
use crate::controllers::{history, nonzero};
use crate::json::Json;
use crate::sim::Time;

/// The counts of a set's pods.
pub fn of<'p>(
    set: &StatefulSet,
    revisions: &Revisions,
    pods: impl IntoIterator<Item = &'p Json>,
    now: Time,
) -> StatefulSetStatus {
    let (current, update) = (history::name(&revisions.current), history::name(&revisions.update));
    let [mut all, mut ready, mut available, mut old, mut new] = [0; 5];
    for pod in pods {
        all += i32::from(is_created(pod));
        ready += i32::from(is_running_and_ready(pod));
        available += i32::from(is_available(set, pod, now));
        let counts = is_created(pod) && !meta::is_being_deleted(pod);
        old += i32::from(counts && revision(pod) == &*current);
        new += i32::from(counts && revision(pod) == &*update);
    }
    let mut status = set.status();
    status.set_observed_generation(set.metadata().generation());
    status.set_replicas(all);
    status.set_ready_replicas(nonzero(ready));
    status.set_available_replicas(available);
    status.set_current_replicas(nonzero(old));
    status.set_updated_replicas(nonzero(new));
    status.set_current_revision(current);
    status.set_update_revision(update);
    status.set_collision_count(revisions.collisions);
    status
}

/// Writes the status where it changed; once more, on what the server has now, where that fails. When all pods are of the
/// new revision, that is the current one from now on (`completeRollingUpdate`).
pub fn write(cx: &mut Context, set: &StatefulSet, status: &mut StatefulSetStatus) -> Result<(), Status> {
    let wanted = (ordinals(set).end - ordinals(set).start) as i32;
    let all = [status.updated_replicas(), status.ready_replicas(), status.replicas()];
    if set.spec().update_strategy().r#type() != "OnDelete" && all.iter().all(|n| n.unwrap_or(0) == wanted) {
        status.set_current_replicas(status.updated_replicas());
        let update = status.update_revision().to_owned();
        status.set_current_revision(update);
    }
    let changed = *status != set.status();
    let count = |n: Option<i32>| Json::from(n.unwrap_or(0));
    cx.note(
        "status",
        [
            ("changed", changed.into()),
            ("ready", count(status.ready_replicas())),
            ("updated", count(status.updated_replicas())),
        ],
    );
    if !changed {
        return Ok(());
    }
    let put = |cx: &mut Context, set: &StatefulSet| {
        let mut set = set.clone();
        set.set_status(status.clone());
        cx.api.call(Request::update_status(kinds::STATEFULSETS, set).by(AGENT)).map(|_| ())
    };
    put(cx, set).or_else(|refused| {
        let about = set.metadata();
        let get = Request::get(kinds::STATEFULSETS, about.namespace(), about.name()).by(AGENT);
        let fresh = StatefulSet::from(cx.api.call(get)?.body);
        put(cx, &fresh).map_err(|_| refused)
    })
}
