//! The conditions of a Deployment: `Available`, `Progressing`, `ReplicaFailure`.

use crate::api::View;
use crate::api::views::apps_v1::{DeploymentCondition, DeploymentStatus};
use crate::json;
use crate::json::Json;
use crate::sim::Time;

pub const AVAILABLE: &str = "Available";
pub const PROGRESSING: &str = "Progressing";
pub const REPLICA_FAILURE: &str = "ReplicaFailure";

/// The reasons of `Progressing`.
pub const PAUSED: &str = "DeploymentPaused";
pub const RESUMED: &str = "DeploymentResumed";
pub const NEW_CREATED: &str = "NewReplicaSetCreated";
pub const NEW_FOUND: &str = "FoundNewReplicaSet";
pub const NEW_AVAILABLE: &str = "NewReplicaSetAvailable";
pub const CREATE_FAILED: &str = "ReplicaSetCreateError";
pub const UPDATED: &str = "ReplicaSetUpdated";
pub const TIMED_OUT: &str = "ProgressDeadlineExceeded";

/// A condition as of now.
pub fn new(kind: &str, status: &str, reason: &str, message: &str, now: Time) -> DeploymentCondition {
    let now = now.rfc3339();
    DeploymentCondition::from(json!({
        "type": kind, "status": status, "reason": reason, "message": message,
        "lastUpdateTime": now.as_str(), "lastTransitionTime": now.as_str(),
    }))
}

/// The condition of a type.
pub fn find(status: &DeploymentStatus, kind: &str) -> Option<DeploymentCondition> {
    status.conditions().iter().find(|c| c.r#type() == kind)
}

/// Sets a condition, at the end of the list, unless it would say the same for the same reason.
pub fn set(status: &mut DeploymentStatus, mut condition: DeploymentCondition) {
    if let Some(current) = find(status, condition.r#type())
        && current.status() == condition.status()
    {
        if current.reason() == condition.reason() {
            return;
        }
        condition.set_last_transition_time(current.last_transition_time());
    }
    remove(status, condition.r#type());
    let mut conditions: Vec<Json> = status.json()["conditions"].items().to_vec();
    conditions.push(condition.into_json());
    status.set_conditions(conditions);
}

/// Removes the condition of a type.
pub fn remove(status: &mut DeploymentStatus, kind: &str) {
    let left = status.json()["conditions"].items().iter().filter(|c| c["type"].str() != kind);
    let left: Json = left.cloned().collect();
    status.set_conditions(if left.is_empty() { Json::Null } else { left });
}
