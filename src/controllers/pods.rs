//! What several controllers read from a pod (upstream's `controller_utils.go`).

use crate::api::meta;
use crate::api::views::core_v1::Pod;
use crate::json::Json;
use crate::sim::Time;
use std::time::Duration;

/// Whether the pod ran to its end.
pub fn is_terminal(pod: &Json) -> bool {
    matches!(pod["status"]["phase"].str(), "Succeeded" | "Failed")
}

/// Neither ended nor being deleted.
pub fn is_active(pod: &Json) -> bool {
    !is_terminal(pod) && !meta::is_being_deleted(pod)
}

/// Being deleted, but not ended.
pub fn is_terminating(pod: &Json) -> bool {
    !is_terminal(pod) && meta::is_being_deleted(pod)
}

/// Whether its `Ready` condition is true.
pub fn is_ready(pod: &Json) -> bool {
    meta::condition_is_true(&Pod::from(pod.clone()).status(), "Ready")
}

/// Since when the pod is ready; `None` where it is not.
pub fn ready_since(pod: &Json) -> Option<Time> {
    let ready = pod["status"]["conditions"].items().iter().find(|c| c["type"].str() == "Ready");
    let since = ready.filter(|c| c["status"].str() == "True")?;
    Time::parse(since["lastTransitionTime"].str())
}

/// How long until the pod has been ready for `min_ready_seconds`; zero: it is *available*. `None`: it is not even ready.
pub fn until_available(pod: &Json, min_ready_seconds: i32, now: Time) -> Option<Duration> {
    if !is_ready(pod) {
        return None;
    }
    let needed = Duration::from_secs(min_ready_seconds.max(0).unsigned_abs().into());
    if needed.is_zero() {
        return Some(needed);
    }
    let available = ready_since(pod)? + needed;
    Some(if available > now { available.since(now) } else { Duration::ZERO })
}
