//! Deployments (`pkg/registry/apps/deployment`, `pkg/apis/apps/validation`, `pkg/apis/apps/v1/defaults.go`).

use super::{PLAIN, Strategy};
use crate::api::field::{Error, Path};
use crate::apiserver::pod_spec::{self, fill};
use crate::apiserver::pod_warnings;
use crate::apiserver::validation::at::At;
use crate::apiserver::validation::{fields, selector};
use crate::json;
use crate::json::Json;

const PERCENT: &str = "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')";

/// The strategy of Deployments.
pub static DEPLOYMENT: Strategy = Strategy {
    defaults: |deployment| {
        if let Some(spec) = deployment.get_mut("spec") {
            defaults(spec);
        }
    },
    prepare_create: |deployment| deployment.set("status", json!({})),
    prepare_update: |new, old| {
        // Its annotations are copied to its ReplicaSets, so a change of them counts as one of the spec.
        let same = |part: &str, field: &str| new[part][field] == old[part][field];
        if !same("metadata", "annotations") && new["spec"] == old["spec"] {
            let generation = old["metadata"]["generation"].as_i64().unwrap_or(0) + 1;
            new.set_at(&["metadata", "generation"], generation);
        }
    },
    validate,
    validate_update: |new, old, errors| {
        validate(new, errors);
        selector::immutable(new, old, errors);
    },
    validate_status,
    warnings: |deployment, old| {
        let template = deployment.at(&["spec", "template"]);
        pod_warnings::of_owner(deployment, old, template, "spec.template.")
    },
    generation: true,
    ..PLAIN
};

fn defaults(spec: &mut Json) {
    fill(spec, "replicas", 1);
    fill(spec, "revisionHistoryLimit", 10);
    fill(spec, "progressDeadlineSeconds", 600);
    let mut strategy = if spec["strategy"].is_null() { json!({}) } else { spec["strategy"].clone() };
    fill(&mut strategy, "type", "RollingUpdate");
    if strategy["type"].str() == "RollingUpdate" {
        let rolling = &strategy["rollingUpdate"];
        let mut rolling = if rolling.is_null() { json!({}) } else { rolling.clone() };
        fill(&mut rolling, "maxUnavailable", "25%");
        fill(&mut rolling, "maxSurge", "25%");
        strategy.set("rollingUpdate", rolling);
    }
    spec.set("strategy", strategy);
    if let Some(pod) = spec.get_mut("template").and_then(|t| t.get_mut("spec")) {
        pod_spec::defaults(pod, false);
    }
}

fn validate(deployment: &Json, errors: &mut Vec<Error>) {
    let (spec, path) = (&deployment["spec"], Path::new("spec"));
    fields::not_negative(spec, &path, "replicas", errors);
    selector::with_template(spec, &path, &selector::DEPLOYMENT, errors);
    strategy(&spec["strategy"], &path.child("strategy"), errors);
    for field in ["minReadySeconds", "revisionHistoryLimit", "progressDeadlineSeconds"] {
        fields::not_negative(spec, &path, field, errors);
    }
    let deadline = &spec["progressDeadlineSeconds"];
    if deadline.as_i64().is_some_and(|seconds| seconds <= spec["minReadySeconds"].as_i64().unwrap_or(0)) {
        let detail = "must be greater than minReadySeconds";
        errors.push(Error::invalid(&path.child("progressDeadlineSeconds"), deadline, detail));
    }
}

fn strategy(strategy: &Json, path: &Path, errors: &mut Vec<Error>) {
    let rolling = &strategy["rollingUpdate"];
    let rolling_path = path.child("rollingUpdate");
    match strategy["type"].str() {
        "Recreate" if rolling.is_null() => {}
        "Recreate" => {
            let detail = "may not be specified when strategy `type` is 'Recreate'";
            errors.push(Error::forbidden(&rolling_path, detail));
        }
        "RollingUpdate" => rolling_update(rolling, &rolling_path, errors),
        other => {
            // Upstream shows the whole strategy here, as its internal type.
            let rolling = match rolling {
                Json::Null => "null".into(),
                r => format!(
                    "{{\"MaxUnavailable\":{},\"MaxSurge\":{}}}",
                    shown(r, "maxUnavailable"),
                    shown(r, "maxSurge")
                ),
            };
            let mut error = Error::not_supported(path, "", &["Recreate", "RollingUpdate"]);
            error.value = Some(format!("{{\"Type\":{other:?},\"RollingUpdate\":{rolling}}}").into());
            errors.push(error);
        }
    }
}

/// A number or a percentage of an internal struct, which is never absent there.
fn shown(rolling: &Json, field: &str) -> String {
    if rolling[field].is_null() { "0".into() } else { rolling[field].to_string() }
}

fn rolling_update(rolling: &Json, path: &Path, errors: &mut Vec<Error>) {
    let rolling = At::new(rolling, path);
    let (unavailable, surge) = (rolling.get("maxUnavailable"), rolling.get("maxSurge"));
    positive_int_or_percent(&unavailable, errors);
    positive_int_or_percent(&surge, errors);
    if is_zero(unavailable.json) && is_zero(surge.json) {
        unavailable.invalid("may not be 0 when `maxSurge` is 0", errors);
    }
    not_more_than_all(&unavailable, errors);
}

/// The number before a percent sign.
fn percent(text: &str) -> Option<i64> {
    let digits = text.strip_suffix('%')?;
    let number = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    number.then(|| digits.parse().unwrap_or(i64::MAX))
}

/// A number or a percentage that is not negative (`ValidatePositiveIntOrPercent`).
pub fn positive_int_or_percent(at: &At, errors: &mut Vec<Error>) {
    match at.json {
        Json::Str(text) if percent(text).is_none() => at.invalid(PERCENT, errors),
        _ => at.not_negative(errors),
    }
}

/// A percentage that is at most everything (`IsNotMoreThan100Percent`).
pub fn not_more_than_all(at: &At, errors: &mut Vec<Error>) {
    if at.json.as_str().and_then(percent).is_some_and(|n| n > 100) {
        at.invalid("must not be greater than 100%", errors);
    }
}

/// Whether a number or a percentage is nothing, as a text that is neither is (`getIntOrPercentValue`).
pub fn is_zero(value: &Json) -> bool {
    match value {
        Json::Str(text) => percent(text).or_else(|| text.parse().ok()).unwrap_or(0) == 0,
        number => number.as_i64() == Some(0),
    }
}

fn validate_status(new: &Json, old: &Json, errors: &mut Vec<Error>) {
    let status = &new["status"];
    let counts = [
        "observedGeneration",
        "replicas",
        "updatedReplicas",
        "readyReplicas",
        "availableReplicas",
        "unavailableReplicas",
        "terminatingReplicas",
        "collisionCount",
    ];
    let limits = [
        ["updatedReplicas", "replicas", "status.replicas"],
        ["readyReplicas", "replicas", "status.replicas"],
        ["availableReplicas", "replicas", "status.replicas"],
        ["availableReplicas", "readyReplicas", "readyReplicas"],
    ];
    selector::counts(status, &counts, &limits, errors);
    selector::collisions(new, old, errors);
}
