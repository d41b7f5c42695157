//! HorizontalPodAutoscalers of `autoscaling/v1`: one share of the processors in the spec, the rest in annotations
//! (`pkg/apis/autoscaling/v1/conversion.go`).

use crate::json;
use crate::json::{Json, Str, parse};

const METRICS: &str = "autoscaling.alpha.kubernetes.io/metrics";
const CURRENT: &str = "autoscaling.alpha.kubernetes.io/current-metrics";
const CONDITIONS: &str = "autoscaling.alpha.kubernetes.io/conditions";
const BEHAVIOR: &str = "autoscaling.alpha.kubernetes.io/behavior";
/// The types of metrics, and the fields that hold them.
const SOURCES: [(&str, &str); 5] = [
    ("ContainerResource", "containerResource"),
    ("External", "external"),
    ("Object", "object"),
    ("Pods", "pods"),
    ("Resource", "resource"),
];

/// As v2 has it.
pub fn to_v2(autoscaler: &mut Json) {
    let mut taken = |name: &str| {
        let annotations = autoscaler.get_mut("metadata")?.get_mut("annotations")?;
        let text = annotations.remove(name)?;
        parse(text.str()).ok()
    };
    let (metrics, current, conditions, behavior) =
        (taken(METRICS), taken(CURRENT), taken(CONDITIONS), taken(BEHAVIOR));
    if autoscaler["metadata"]["annotations"].as_object().is_some_and(json::Object::is_empty)
        && let Some(meta) = autoscaler.get_mut("metadata")
    {
        meta.remove("annotations");
    }
    if let Some(spec) = autoscaler.get_mut("spec") {
        let mut all: Vec<Json> =
            metrics.iter().flat_map(|m| m.items()).map(|m| nested(m, "target")).collect();
        if let Some(percent) = spec.remove("targetCPUUtilizationPercentage") {
            all.insert(0, cpu("target", json!({ "type": "Utilization", "averageUtilization": percent })));
        }
        if !all.is_empty() {
            spec.set("metrics", all);
        }
        if let Some(behavior) = behavior {
            spec.set("behavior", behavior);
        }
    }
    if let Some(status) = autoscaler.get_mut("status") {
        let percent = status.remove("currentCPUUtilizationPercentage");
        let mut all: Vec<Json> =
            current.iter().flat_map(|m| m.items()).map(|m| nested(m, "current")).collect();
        if let Some(percent) = percent.filter(|_| all.is_empty()) {
            all.push(cpu("current", json!({ "averageUtilization": percent })));
        }
        status.set("currentMetrics", if all.is_empty() { Json::Null } else { Json::from(all) });
        if let Some(conditions) = conditions {
            status.set("conditions", conditions);
        }
    }
}

/// As v1 has it.
pub fn to_v1(autoscaler: &mut Json) {
    let mut notes: Vec<(&'static str, Json)> = Vec::new();
    if let Some(spec) = autoscaler.get_mut("spec") {
        let metrics = spec.remove("metrics").unwrap_or_default();
        let (cpu, others): (Vec<&Json>, Vec<&Json>) =
            metrics.items().iter().partition(|m| !of_cpu(m, "target").is_null());
        if let Some(metric) = cpu.first() {
            spec.set("targetCPUUtilizationPercentage", of_cpu(metric, "target").clone());
        }
        notes.push((METRICS, others.into_iter().map(|m| flat(m, "target")).collect()));
        notes.push((BEHAVIOR, spec.remove("behavior").unwrap_or_default()));
    }
    if let Some(status) = autoscaler.get_mut("status") {
        let metrics = status.remove("currentMetrics").unwrap_or_default();
        if let Some(percent) = metrics.items().iter().map(|m| of_cpu(m, "current")).find(|p| !p.is_null()) {
            status.set("currentCPUUtilizationPercentage", percent.clone());
        }
        notes.push((CURRENT, metrics.items().iter().map(|m| flat(m, "current")).collect()));
        notes.push((CONDITIONS, status.remove("conditions").unwrap_or_default()));
    }
    for (name, value) in notes.into_iter().filter(|(_, value)| !value.is_empty()) {
        let annotations = &autoscaler["metadata"]["annotations"];
        let mut annotations = if annotations.is_null() { Json::object() } else { annotations.clone() };
        annotations.set(name, in_order(&value));
        autoscaler.set_at(&["metadata", "annotations"], annotations);
    }
}

/// The fields of what stands in annotations, in their order in the Go structs that are written there.
const ORDER: &[&str] = &[
    "type",
    "status",
    "lastTransitionTime",
    "reason",
    "message",
    "object",
    "pods",
    "resource",
    "containerResource",
    "external",
    "scaleUp",
    "scaleDown",
    "stabilizationWindowSeconds",
    "selectPolicy",
    "policies",
    "tolerance",
    "kind",
    "name",
    "apiVersion",
    "target",
    "metricName",
    "metricSelector",
    "targetValue",
    "targetAverageUtilization",
    "targetAverageValue",
    "currentValue",
    "currentAverageUtilization",
    "currentAverageValue",
    "selector",
    "averageValue",
    "container",
    "value",
    "periodSeconds",
    "matchLabels",
    "matchExpressions",
    "key",
    "operator",
    "values",
];

/// A value as JSON, its fields in [`ORDER`]; what is not named there (labels) by the alphabet behind it.
fn in_order(value: &Json) -> String {
    match value {
        Json::Object(fields) => {
            let known = ORDER.iter().filter_map(|name| Some((*name, fields.get(name)?)));
            let others = fields.entries().iter().filter(|(key, _)| !ORDER.contains(&key.as_str()));
            let others = others.map(|(key, value)| (key.as_str(), value));
            let texts: Vec<String> =
                known.chain(others).map(|(key, value)| format!("{key:?}:{}", in_order(value))).collect();
            format!("{{{}}}", texts.join(","))
        }
        Json::Array(items) => format!("[{}]", items.iter().map(in_order).collect::<Vec<_>>().join(",")),
        other => other.to_string(),
    }
}

/// The processors' metric with its target, or its current state.
fn cpu(field: &'static str, value: Json) -> Json {
    let mut resource = json!({ "name": "cpu" });
    resource.set(field, value);
    json!({ "type": "Resource", "resource": resource })
}

fn of_cpu<'a>(metric: &'a Json, field: &str) -> &'a Json {
    static NULL: Json = Json::Null;
    let resource = &metric["resource"];
    if metric["type"].str() == "Resource" && resource["name"].str() == "cpu" {
        &resource[field]["averageUtilization"]
    } else {
        &NULL
    }
}

/// `targetAverageValue`, but `averageValue` for objects.
fn flat_name(source: &str, prefix: &str, name: &str) -> String {
    let mut upper = name.to_owned();
    upper[..1].make_ascii_uppercase();
    if source == "object" && name == "averageValue" { name.to_owned() } else { format!("{prefix}{upper}") }
}

const AMOUNTS: [&str; 3] = ["averageUtilization", "averageValue", "value"];

/// A metric as v1 writes it: the target's amounts stand in the source, under longer names.
fn flat(metric: &Json, field: &str) -> Json {
    let mut out = json!({ "type": metric["type"].clone() });
    for (_, source) in SOURCES.iter().filter(|(kind, _)| metric["type"].str() == *kind) {
        let of = &metric[*source];
        let mut flat = Json::object();
        for name in ["name", "container"] {
            if !of[name].is_null() {
                flat.set(Str::fixed(name), of[name].clone());
            }
        }
        if !of["describedObject"].is_null() {
            flat.set("target", of["describedObject"].clone());
        }
        if !of["metric"].is_null() {
            flat.set("metricName", of["metric"]["name"].clone());
        }
        if !of["metric"]["selector"].is_null() {
            let name = if *source == "external" { "metricSelector" } else { "selector" };
            flat.set(name, of["metric"]["selector"].clone());
        }
        for name in AMOUNTS.iter().filter(|name| !of[field][**name].is_null()) {
            flat.set(flat_name(source, field, name), of[field][*name].clone());
        }
        out.set(*source, flat);
    }
    out
}

/// And back.
fn nested(metric: &Json, field: &'static str) -> Json {
    let mut out = json!({ "type": metric["type"].clone() });
    for (_, source) in SOURCES.iter().filter(|(kind, _)| metric["type"].str() == *kind) {
        let of = &metric[*source];
        let mut nested = Json::object();
        for name in ["name", "container"] {
            if !of[name].is_null() {
                nested.set(Str::fixed(name), of[name].clone());
            }
        }
        if !of["target"].is_null() {
            nested.set("describedObject", of["target"].clone());
        }
        if !of["metricName"].is_null() {
            let mut named = json!({ "name": of["metricName"].clone() });
            for selector in ["metricSelector", "selector"] {
                if !of[selector].is_null() {
                    named.set("selector", of[selector].clone());
                }
            }
            nested.set("metric", named);
        }
        let mut amounts = Json::object();
        for (name, kind) in AMOUNTS.iter().zip(["Utilization", "AverageValue", "Value"]) {
            let value = &of[flat_name(source, field, name).as_str()];
            if !value.is_null() {
                if field == "target" {
                    amounts.set("type", kind);
                }
                amounts.set(*name, value.clone());
            }
        }
        nested.set(field, amounts);
        out.set(*source, nested);
    }
    out
}
