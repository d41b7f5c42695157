//! DaemonSets (`pkg/registry/apps/daemonset`, `pkg/apis/apps/validation`, `pkg/apis/apps/v1/defaults.go`).

use super::deployment::{is_zero, not_more_than_all, positive_int_or_percent};
use super::{PLAIN, Strategy};
use crate::api::field::Error;
use crate::apiserver::internal_kinds;
use crate::apiserver::pod_spec::{self, fill};
use crate::apiserver::pod_warnings;
use crate::apiserver::validation::at::At;
use crate::apiserver::validation::selector;
use crate::json;
use crate::json::Json;

/// The annotation in which a version without the field keeps it: how often the template was changed.
const TEMPLATE_GENERATION: &str = "deprecated.daemonset.template.generation";

/// The strategy of DaemonSets.
pub static DAEMON_SET: Strategy = Strategy {
    defaults: |set| {
        if let Some(spec) = set.get_mut("spec") {
            defaults(spec);
        }
    },
    prepare_create: |set| {
        set.set_at(&["metadata", "annotations", TEMPLATE_GENERATION], "1");
        set.set(
            "status",
            json!({
                "currentNumberScheduled": 0, "desiredNumberScheduled": 0, "numberMisscheduled": 0, "numberReady": 0,
            }),
        );
    },
    prepare_update: |new, old| {
        let generation = old["metadata"]["annotations"][TEMPLATE_GENERATION].str().parse().unwrap_or(0);
        let changed = new["spec"]["template"] != old["spec"]["template"];
        let generation: i64 = generation + i64::from(changed);
        new.set_at(&["metadata", "annotations", TEMPLATE_GENERATION], generation.to_string());
    },
    validate,
    validate_update: |new, old, errors| {
        validate(new, errors);
        selector::immutable(new, old, errors);
    },
    validate_status: |new, old, errors| {
        let counts = [
            "currentNumberScheduled",
            "numberMisscheduled",
            "desiredNumberScheduled",
            "numberReady",
            "observedGeneration",
            "updatedNumberScheduled",
            "numberAvailable",
            "numberUnavailable",
            "collisionCount",
        ];
        selector::counts(&new["status"], &counts, &[], errors);
        selector::collisions(new, old, errors);
    },
    warnings: |set, old| {
        let template = set.at(&["spec", "template"]);
        let same = old.is_some_and(|old| old["spec"]["template"] == set["spec"]["template"]);
        if same { Vec::new() } else { pod_warnings::of(template, "spec.template.") }
    },
    generation: true,
    ..PLAIN
};

fn defaults(spec: &mut Json) {
    let mut strategy =
        if spec["updateStrategy"].is_null() { json!({}) } else { spec["updateStrategy"].clone() };
    fill(&mut strategy, "type", "RollingUpdate");
    if strategy["type"].str() == "RollingUpdate" {
        let rolling = &strategy["rollingUpdate"];
        let mut rolling = if rolling.is_null() { json!({}) } else { rolling.clone() };
        fill(&mut rolling, "maxUnavailable", 1);
        fill(&mut rolling, "maxSurge", 0);
        strategy.set("rollingUpdate", rolling);
    }
    spec.set("updateStrategy", strategy);
    fill(spec, "revisionHistoryLimit", 10);
    if let Some(pod) = spec.get_mut("template").and_then(|t| t.get_mut("spec")) {
        pod_spec::defaults(pod, false);
    }
}

fn validate(set: &Json, errors: &mut Vec<Error>) {
    let spec = At::top(set, "spec");
    selector::with_template(spec.json, &spec.path, &selector::DAEMON_SET, errors);
    spec.get("minReadySeconds").not_negative(errors);
    let strategy = spec.get("updateStrategy");
    match strategy.get("type").str() {
        "OnDelete" => {}
        "RollingUpdate" => rolling_update(&strategy.get("rollingUpdate"), errors),
        _ => {
            let mut error = Error::not_supported(&strategy.path, "", &["RollingUpdate", "OnDelete"]);
            error.value = Some(internal_kinds::daemon_strategy(strategy.json).into());
            errors.push(error);
        }
    }
    spec.get("revisionHistoryLimit").not_negative(errors);
}

/// Either pods are taken away first, or they are made first.
fn rolling_update(rolling: &At, errors: &mut Vec<Error>) {
    let (unavailable, surge) = (rolling.get("maxUnavailable"), rolling.get("maxSurge"));
    let both = [&unavailable, &surge];
    both.iter().for_each(|at| positive_int_or_percent(at, errors));
    both.iter().for_each(|at| not_more_than_all(at, errors));
    match (is_zero(unavailable.json), is_zero(surge.json)) {
        (false, false) => surge.invalid("may not be set when maxUnavailable is non-zero", errors),
        (true, true) => unavailable.missing("cannot be 0 when maxSurge is 0", errors),
        _ => {}
    }
}
