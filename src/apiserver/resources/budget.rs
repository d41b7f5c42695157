//! PodDisruptionBudgets (`pkg/registry/policy/poddisruptionbudget`, `pkg/apis/policy/validation`).

use super::deployment::{not_more_than_all, positive_int_or_percent};
use super::{PLAIN, Strategy};
use crate::api::field::Error;
use crate::apiserver::internal_kinds;
use crate::apiserver::validation::at::At;
use crate::apiserver::validation::selector;
use crate::json;
use crate::json::Json;

/// The strategy of PodDisruptionBudgets.
pub static BUDGET: Strategy = Strategy {
    prepare_create: |budget| {
        budget.set(
            "status",
            json!({ "currentHealthy": 0, "desiredHealthy": 0, "disruptionsAllowed": 0, "expectedPods": 0 }),
        );
    },
    validate,
    validate_update: |new, _, errors| validate(new, errors),
    validate_status: |new, _, errors| {
        let status = At::top(new, "status");
        for field in ["disruptionsAllowed", "currentHealthy", "desiredHealthy", "expectedPods"] {
            status.get(field).not_negative(errors);
        }
    },
    generation: true,
    ..PLAIN
};

fn validate(budget: &Json, errors: &mut Vec<Error>) {
    let spec = At::top(budget, "spec");
    let (least, most) = (spec.get("minAvailable"), spec.get("maxUnavailable"));
    if least.set() && most.set() {
        let shown = internal_kinds::budget(spec.json);
        let detail = "minAvailable and maxUnavailable cannot be both set";
        errors.push(Error::invalid_shown(&spec.path, Some(&shown), detail));
    }
    for at in [&least, &most].into_iter().filter(|at| at.set()) {
        positive_int_or_percent(at, errors);
        not_more_than_all(at, errors);
    }
    let pods = spec.get("selector");
    selector::label_selector(pods.json, &pods.path, errors);
    spec.get("unhealthyPodEvictionPolicy").one_of(&["AlwaysAllow", "IfHealthyBudget"], errors);
}
