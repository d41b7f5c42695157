//! The status of a ReplicaSet (upstream's `replica_set_utils.go`).

use super::Flavor;
use crate::api::selector::Labels;
use crate::api::views::apps_v1::{ReplicaSet, ReplicaSetStatus};
use crate::api::views::core_v1::Pod;
use crate::api::{Request, Status, View};
use crate::client::Context;
use crate::controllers::nonzero;
use crate::controllers::pods::{is_ready, until_available};
use crate::json;
use crate::json::Json;
use crate::sim::Time;

const FAILURE: &str = "ReplicaFailure";

/// The status as it shall be, after what this sync created and deleted failed or not.
pub fn calculate(
    flavor: &Flavor,
    set: &ReplicaSet,
    active: &[Pod],
    terminating: usize,
    failure: Option<&Status>,
    now: Time,
) -> ReplicaSetStatus {
    let spec = set.spec();
    let labels = json!({ "matchLabels": &spec.template().json()["metadata"]["labels"] });
    let template = Labels::from_object(&labels).unwrap_or_default();
    let (mut labelled, mut ready, mut available) = (0, 0, 0);
    for pod in active {
        labelled += i32::from(template.matches(&pod.json()["metadata"]["labels"]));
        ready += i32::from(is_ready(pod.json()));
        let wait = until_available(pod.json(), spec.min_ready_seconds().unwrap_or(0), now);
        available += i32::from(wait.is_some_and(|wait| wait.is_zero()));
    }
    let mut status = set.status();
    status.set_replicas(active.len() as i32);
    status.set_fully_labeled_replicas(nonzero(labelled));
    status.set_ready_replicas(nonzero(ready));
    status.set_available_replicas(nonzero(available));
    status.set_terminating_replicas(flavor.counts_terminating.then_some(terminating as i32));

    let known = status.conditions().iter().any(|c| c.r#type() == FAILURE);
    match failure {
        Some(error) if !known => {
            let missing = (active.len() as i32) < spec.replicas().unwrap_or(1);
            status.set_conditions(vec![json!({
                "type": FAILURE, "status": "True", "lastTransitionTime": now.rfc3339(),
                "reason": if missing { "FailedCreate" } else { "FailedDelete" }, "message": &error.message,
            })]);
        }
        // It is the only condition that there is.
        None if known => status.set_conditions(Json::Null),
        _ => {}
    }
    status
}

/// Writes the status where it changed; once more, on what the server has now, where that fails.
pub fn update(
    cx: &mut Context,
    flavor: &Flavor,
    set: &ReplicaSet,
    mut status: ReplicaSetStatus,
) -> Result<ReplicaSet, Status> {
    let generation = set.metadata().generation();
    let unchanged = status == set.status() && set.status().observed_generation() == generation;
    cx.note("status", [("changed", Json::Bool(!unchanged))]);
    if unchanged {
        return Ok(set.clone());
    }
    status.set_observed_generation(generation);
    let write = |cx: &mut Context, set: &ReplicaSet| {
        let mut set = set.clone();
        set.set_status(status.clone());
        let request = Request::update_status(flavor.resource, set);
        cx.api.call(request.by(flavor.agent)).map(|response| ReplicaSet::from(response.body))
    };
    write(cx, set).or_else(|refused| {
        let meta = set.metadata();
        let get = Request::get(flavor.resource, meta.namespace(), meta.name()).by(flavor.agent);
        let fresh = cx.api.call(get)?.body;
        write(cx, &ReplicaSet::from(fresh)).map_err(|_| refused)
    })
}
