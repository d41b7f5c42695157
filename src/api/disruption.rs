//! PodDisruptionBudgets, as the controller that keeps their status and the API server's evictions see them
//! (`component-helpers/apps/poddisruptionbudget`).

use super::selector::Labels;
use crate::json;
use crate::json::Json;
use crate::sim::Time;

/// The one condition of a budget.
const ALLOWED: &str = "DisruptionAllowed";

/// Whether a budget is for a pod of its namespace. One without a selector is for none.
pub fn covers(budget: &Json, pod: &Json) -> bool {
    let selector = Labels::from_object(&budget["spec"]["selector"]);
    selector.is_some_and(|selector| selector.matches(&pod["metadata"]["labels"]))
}

/// Says in a budget's status whether any disruption is allowed.
pub fn set_allowed_condition(status: &mut Json, now: Time) {
    if status["disruptionsAllowed"].as_i64().unwrap_or(0) > 0 {
        set_condition(status, true, "SufficientPods", "", now);
    } else {
        set_condition(status, false, "InsufficientPods", "", now);
    }
}

/// Sets the condition; it keeps the time of its last transition where its status stays.
pub fn set_condition(status: &mut Json, holds: bool, reason: &str, message: &str, now: Time) {
    let holds = if holds { "True" } else { "False" };
    let old = status["conditions"].items().iter().find(|c| c["type"].str() == ALLOWED);
    let since = old.filter(|c| c["status"].str() == holds).map(|c| c["lastTransitionTime"].clone());
    let mut condition = json!({
        "type": ALLOWED, "status": holds, "reason": reason, "message": message,
        "lastTransitionTime": since.unwrap_or_else(|| now.rfc3339().into()),
    });
    if status["observedGeneration"].as_i64().unwrap_or(0) > 0 {
        condition.set("observedGeneration", &status["observedGeneration"]);
    }
    let others = status["conditions"].items().iter().filter(|c| c["type"].str() != ALLOWED).cloned();
    let all: Json = others.chain([condition]).collect();
    status.set("conditions", all);
}
