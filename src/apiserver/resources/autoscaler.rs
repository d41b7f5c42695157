//! HorizontalPodAutoscalers (`pkg/apis/autoscaling/validation`, `pkg/apis/autoscaling/v2/defaults.go`).

use super::{PLAIN, Strategy};
use crate::api::field::Error;
use crate::api::quantity::Quantity;
use crate::apiserver::pod_spec::fill;
use crate::apiserver::validation::at::At;
use crate::apiserver::validation::names;
use crate::json;
use crate::json::{Json, Str};

/// The strategy of HorizontalPodAutoscalers, as v2 speaks of them.
pub static AUTOSCALER: Strategy = Strategy {
    defaults: |autoscaler| {
        if let Some(spec) = autoscaler.get_mut("spec") {
            defaults(spec);
        }
    },
    prepare_create: |autoscaler| {
        autoscaler.set("status", json!({ "currentMetrics": null, "desiredReplicas": 0 }));
    },
    validate,
    validate_update: |new, _, errors| validate(new, errors),
    validate_status: |new, _, errors| {
        At::top(new, "status").get("currentReplicas").not_negative(errors);
        At::top(new, "status").get("desiredReplicas").not_negative(errors);
    },
    ..PLAIN
};

fn defaults(spec: &mut Json) {
    fill(spec, "minReplicas", 1);
    if spec["metrics"].is_empty() {
        let target = json!({ "type": "Utilization", "averageUtilization": 80 });
        let metric = json!({ "type": "Resource", "resource": { "name": "cpu", "target": target } });
        spec.set("metrics", vec![metric]);
    }
    if spec["behavior"].is_null() {
        return;
    }
    let policy = |kind: &str, value: i64| json!({ "type": kind, "value": value, "periodSeconds": 15 });
    let up = vec![policy("Pods", 4), policy("Percent", 100)];
    let down = vec![policy("Percent", 100)];
    for (field, policies) in [("scaleUp", up), ("scaleDown", down)] {
        let rules = &spec["behavior"][field];
        let mut rules = if rules.is_null() { json!({}) } else { rules.clone() };
        if field == "scaleUp" {
            fill(&mut rules, "stabilizationWindowSeconds", 0);
        }
        fill(&mut rules, "selectPolicy", "Max");
        if rules["policies"].is_empty() {
            rules.set("policies", policies);
        }
        if let Some(behavior) = spec.get_mut("behavior") {
            behavior.set(Str::fixed(field), rules);
        }
    }
}

fn validate(autoscaler: &Json, errors: &mut Vec<Error>) {
    let spec = At::top(autoscaler, "spec");
    let (least, most) = (spec.get("minReplicas"), spec.get("maxReplicas"));
    if least.int().is_some_and(|n| n < 1) {
        least.invalid("must be greater than or equal to 1", errors);
    }
    match most.int().unwrap_or(0) {
        0 => most.missing("must be set and greater than 0", errors),
        ..0 => most.invalid("must be greater than 0", errors),
        n if least.int().is_some_and(|least| n < least) => {
            most.invalid("must be greater than or equal to `minReplicas`", errors);
        }
        _ => {}
    }
    let target = spec.get("scaleTargetRef");
    reference(&target, errors);
    let version = target.get("apiVersion");
    if !version.str().contains('/') {
        let detail = match version.str() {
            "v1" if target.get("kind").str() == "ReplicationController" => "",
            _ => "apiVersion must specify API group",
        };
        if !detail.is_empty() {
            errors.push(Error::invalid(&version.path, version.str(), detail));
        }
    }
    let metrics = spec.get("metrics");
    metrics.each().iter().for_each(|one| metric(one, errors));
    let elsewhere = |metric: &Json| matches!(metric["type"].str(), "Object" | "External");
    if least.int() == Some(0) && !metrics.json.items().iter().any(elsewhere) {
        let detail =
            "must specify at least one Object or External metric to support scaling to zero replicas";
        metrics.forbidden(detail, errors);
    }
    for field in ["scaleUp", "scaleDown"] {
        let rules = spec.get("behavior").get(field);
        if rules.set() {
            scaling(&rules, errors);
        }
    }
}

fn reference(reference: &At, errors: &mut Vec<Error>) {
    reference.get("kind").name(names::path_segment, errors);
    reference.get("name").name(names::path_segment, errors);
}

/// Where a metric comes from, in the order in which upstream looks.
const SOURCES: [(&str, &str); 5] = [
    ("Object", "object"),
    ("External", "external"),
    ("Pods", "pods"),
    ("Resource", "resource"),
    ("ContainerResource", "containerResource"),
];
const TYPES: [&str; 5] = ["ContainerResource", "External", "Object", "Pods", "Resource"];

fn metric(metric: &At, errors: &mut Vec<Error>) {
    let kind = metric.get("type");
    if kind.empty() {
        kind.missing("must specify a metric source type", errors);
    }
    let wanted = SOURCES.iter().find(|(name, _)| *name == kind.str()).map(|(_, field)| *field);
    if wanted.is_none() {
        kind.unsupported(&TYPES, errors);
    }
    let set: Vec<&str> = SOURCES.iter().map(|(_, field)| *field).filter(|f| metric.get(f).set()).collect();
    if let Some(first) = set.first() {
        source(first, &metric.get(first), errors);
    }
    match wanted {
        Some(field) if !metric.get(field).set() => {
            metric.get(field).missing("must populate information for the given metric source", errors);
        }
        None => kind.unsupported(&TYPES, errors),
        Some(_) => {}
    }
    if set.len() != 1 {
        for other in set.iter().filter(|field| Some(**field) != wanted) {
            metric.get(other).forbidden("must populate the given metric source only", errors);
        }
    }
}

fn source(kind: &str, source: &At, errors: &mut Vec<Error>) {
    let identifier = |errors: &mut Vec<Error>| {
        let name = source.get("metric").get("name");
        if name.empty() {
            name.missing("must specify a metric name", errors);
        }
        name.rule(names::path_segment, errors);
    };
    let target = source.get("target");
    let (value, average, utilization) =
        (target.get("value"), target.get("averageValue"), target.get("averageUtilization"));
    match kind {
        "object" => {
            reference(&source.get("describedObject"), errors);
            identifier(errors);
            measure(&target, errors);
            if !value.set() && !average.set() {
                average.missing("must set either a target value or averageValue", errors);
            }
        }
        "external" => {
            identifier(errors);
            measure(&target, errors);
            if !value.set() && !average.set() {
                average.missing("must set either a target value for metric or a per-pod target", errors);
            }
            if value.set() && average.set() {
                value.forbidden("may not set both a target value for metric and a per-pod target", errors);
            }
        }
        "pods" => {
            identifier(errors);
            measure(&target, errors);
            if !average.set() {
                average.missing("must specify a positive target averageValue", errors);
            }
        }
        _ => {
            if kind == "containerResource" && source.get("container").empty() {
                source.get("container").missing("must specify a container", errors);
            }
            if source.get("name").empty() {
                source.get("name").missing("must specify a resource name", errors);
            }
            measure(&target, errors);
            if !utilization.set() && !average.set() {
                utilization.missing("must set either a target raw value or a target utilization", errors);
            }
            if utilization.set() && average.set() {
                average.forbidden("may not set both a target raw value and a target utilization", errors);
            }
        }
    }
}

fn measure(target: &At, errors: &mut Vec<Error>) {
    let kind = target.get("type");
    if kind.empty() {
        kind.missing("must specify a metric target type", errors);
    }
    if !matches!(kind.str(), "Utilization" | "Value" | "AverageValue") {
        let detail = "must be either Utilization, Value, or AverageValue";
        errors.push(Error::invalid(&kind.path, kind.str(), detail));
    }
    for field in ["value", "averageValue"] {
        let amount = target.get(field);
        if amount.quantity().is_some_and(|amount| amount <= Quantity::from_int(0)) {
            amount.invalid("must be positive", errors);
        }
    }
    let utilization = target.get("averageUtilization");
    if utilization.int().is_some_and(|n| n < 1) {
        utilization.invalid("must be greater than 0", errors);
    }
}

fn scaling(rules: &At, errors: &mut Vec<Error>) {
    let window = rules.get("stabilizationWindowSeconds");
    match window.int() {
        Some(..0) => window.invalid("must be greater than or equal to zero", errors),
        Some(3601..) => window.invalid("must be less than or equal to 3600", errors),
        _ => {}
    }
    rules.get("selectPolicy").one_of(&["Disabled", "Max", "Min"], errors);
    let policies = rules.get("policies");
    if policies.empty() {
        policies.missing("must specify at least one Policy", errors);
    }
    for policy in policies.each() {
        let period = policy.get("periodSeconds");
        if !matches!(policy.get("type").str(), "Pods" | "Percent") {
            policy.get("type").unsupported(&["Percent", "Pods"], errors);
        }
        for field in [policy.get("value"), period.clone()] {
            if field.int().unwrap_or(0) <= 0 {
                errors.push(Error::invalid(
                    &field.path,
                    field.int().unwrap_or(0),
                    "must be greater than zero",
                ));
            }
        }
        if period.int().is_some_and(|n| n > 1800) {
            period.invalid("must be less than or equal to 1800", errors);
        }
    }
    let tolerance = rules.get("tolerance");
    tolerance.amount(errors);
}
