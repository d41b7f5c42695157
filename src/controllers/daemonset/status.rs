//! The status of a DaemonSet (`updateDaemonSetStatus`).

use super::{AGENT, Sync, rolling};
use crate::api::views::apps_v1::DaemonSet;
use crate::api::{Request, Status, kinds};
use crate::client::Context;
use crate::collections::sort_by_key;
use crate::controllers::nonzero;
use crate::controllers::pods::{is_ready, until_available};
use crate::json::Json;

/// Writes the status where it changed; once more, on what the server has now, where that fails. `acted`: this generation of
/// the set was acted on, not only looked at. Whether pods are ready that are not available yet.
pub fn update(cx: &mut Context, sync: &Sync, collisions: i32, acted: bool) -> Result<bool, Status> {
    let set = &sync.set;
    let seconds = set.spec().min_ready_seconds().unwrap_or(0);
    let [mut desired, mut current, mut misplaced, mut ready, mut updated, mut available] = [0; 6];
    for place in &sync.places {
        let mut pods: Vec<&Json> = place.pods.iter().collect();
        sort_by_key(&mut pods, |pod| {
            (pod["spec"]["nodeName"].is_empty(), pod["metadata"]["creationTimestamp"].str().to_owned())
        });
        let first = pods.first();
        if !place.should_run {
            misplaced += i32::from(first.is_some());
            continue;
        }
        desired += 1;
        let Some(pod) = first else { continue };
        current += 1;
        ready += i32::from(is_ready(pod));
        available += i32::from(until_available(pod, seconds, cx.now).is_some_and(|wait| wait.is_zero()));
        updated += i32::from(rolling::is_updated(sync, pod));
    }
    let mut status = set.status();
    status.set_desired_number_scheduled(desired);
    status.set_current_number_scheduled(current);
    status.set_number_misscheduled(misplaced);
    status.set_number_ready(ready);
    status.set_updated_number_scheduled(nonzero(updated));
    status.set_number_available(nonzero(available));
    status.set_number_unavailable(nonzero(desired - available));
    if collisions > 0 {
        status.set_collision_count(collisions);
    }
    let generation = set.metadata().generation();
    let behind = set.status().observed_generation() != generation;
    if acted && behind {
        status.set_observed_generation(generation);
    }
    let changed = status != set.status() || behind;
    let values = [("changed", changed.into()), ("ready", ready.into()), ("updated", updated.into())];
    cx.note("status", values);
    let waits = seconds > 0 && ready != available;
    if !changed {
        return Ok(waits);
    }
    let put = |cx: &mut Context, set: &DaemonSet| {
        let mut set = set.clone();
        set.set_status(status.clone());
        cx.api.call(Request::update_status(kinds::DAEMONSETS, set).by(AGENT)).map(|_| waits)
    };
    put(cx, set).or_else(|refused| {
        let about = set.metadata();
        let get = Request::get(kinds::DAEMONSETS, about.namespace(), about.name()).by(AGENT);
        let fresh = DaemonSet::from(cx.api.call(get)?.body);
        put(cx, &fresh).map_err(|_| refused)
    })
}
