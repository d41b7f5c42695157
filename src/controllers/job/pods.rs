//! What the Job controller reads from a pod.

use crate::api::views::batch_v1::Job;
use crate::api::views::core_v1::Pod;
use crate::api::{View, meta};
use crate::controllers::pods::ready_since;
pub use crate::controllers::pods::{is_active, is_ready, is_terminal, is_terminating};
use crate::json::{Json, Str};
use crate::sim::Time;
use std::cmp::{Ordering, Reverse};
use std::time::Duration;

/// The finalizer that keeps a pod until the Job has counted it.
pub const TRACKING_FINALIZER: &str = "batch.kubernetes.io/job-tracking";

/// The pod's uid.
pub fn uid(pod: &Pod) -> Str {
    match &pod.json()["metadata"]["uid"] {
        Json::Str(uid) => uid.clone(),
        _ => Str::default(),
    }
}

/// Whether the Job has not counted the pod yet.
pub fn has_tracking_finalizer(pod: &Json) -> bool {
    pod["metadata"]["finalizers"].items().iter().any(|f| f.str() == TRACKING_FINALIZER)
}

/// Whether the Job takes the pod for failed. Unless it replaces only failed pods, one that is being deleted counts: it may
/// never get as far as the phase `Failed`.
pub fn is_failed(pod: &Json, job: &Job) -> bool {
    match pod["status"]["phase"].str() {
        "Failed" => true,
        "Succeeded" => false,
        _ => meta::is_being_deleted(pod) && !only_replace_failed(job),
    }
}

/// Whether a replacement waits until the pod it replaces has ended (`podReplacementPolicy: Failed`).
pub fn only_replace_failed(job: &Job) -> bool {
    let spec = job.spec();
    spec.pod_replacement_policy() == "Failed" || spec.pod_failure_policy().exists()
}

/// When the pod ended, as well as its status tells: its containers, its `Ready` condition, its deletion, its creation.
pub fn finished_time(pod: &Pod) -> Time {
    let status = &pod.json()["status"];
    let meta = pod.metadata();
    let by_containers = || {
        let sidecar = |name: &str| {
            let inits = pod.json()["spec"]["initContainers"].items();
            inits.iter().any(|c| c["name"].str() == name && c["restartPolicy"].str() == "Always")
        };
        let inits = status["initContainerStatuses"].items().iter().filter(|s| sidecar(s["name"].str()));
        let all = status["containerStatuses"].items().iter().chain(inits);
        let ends: Option<Vec<Time>> =
            all.map(|s| Time::parse(s.at(&["state", "terminated", "finishedAt"]).str())).collect();
        ends?.into_iter().max()
    };
    let by_condition = || {
        let ready = status["conditions"].items().iter().find(|c| c["type"].str() == "Ready")?;
        if ready["status"].str() != "False" {
            return None;
        }
        Time::parse(ready["lastTransitionTime"].str())
    };
    let by_deletion = || {
        let grace = meta.deletion_grace_period_seconds().unwrap_or(0).max(0);
        Some(Time::parse(meta.deletion_timestamp())? - Duration::from_secs(grace.unsigned_abs()))
    };
    by_containers()
        .or_else(by_condition)
        .or_else(by_deletion)
        .or_else(|| Time::parse(meta.creation_timestamp()))
        .unwrap_or_default()
}

/// How often the pod's containers were restarted.
pub fn restarts(pod: &Json) -> i64 {
    let lists = ["initContainerStatuses", "containerStatuses"];
    let statuses = lists.into_iter().flat_map(|list| pod["status"][list].items());
    statuses.filter_map(|s| s["restartCount"].as_i64()).sum()
}

/// Which of two active pods is deleted first (`controller.ActivePods`): unscheduled, pending, not ready, ready for
/// less time, restarted more often, newer.
pub fn deletion_order(a: &Pod, b: &Pod) -> Ordering {
    let rank = |pod: &Pod| {
        let json = pod.json();
        let phase = match json["status"]["phase"].str() {
            "Pending" => 0,
            "Unknown" => 1,
            _ => 2,
        };
        let since = ready_since(json);
        let created = Time::parse(pod.metadata().creation_timestamp());
        (
            !json["spec"]["nodeName"].is_empty(),
            phase,
            since.is_some(),
            Reverse(since),
            Reverse(restarts(json)),
            Reverse(created),
        )
    };
    rank(a).cmp(&rank(b))
}
