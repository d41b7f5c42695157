//! `kubectl describe horizontalpodautoscaler`.

use super::{Columns, Describer, head, or, time_text};
use crate::json::Json;

pub(super) fn describe(d: &mut Describer<'_>, autoscaler: &Json, out: &mut Columns) {
    let (meta, spec, status) = (&autoscaler["metadata"], &autoscaler["spec"], &autoscaler["status"]);
    head(autoscaler, out);
    out.add(&format!("CreationTimestamp:\t{}\n", time_text(meta["creationTimestamp"].str())));
    let target = &spec["scaleTargetRef"];
    out.add(&format!("Reference:\t{}/{}\n", target["kind"].str(), target["name"].str()));
    out.add("Metrics:\t( current / target )\n");
    for (i, metric) in spec["metrics"].items().iter().enumerate() {
        let current = status["currentMetrics"].items().get(i).unwrap_or(&Json::Null);
        out.add(&format!("  {}\n", line(metric, current)));
    }
    out.add(&format!("Min replicas:\t{}\n", or(&spec["minReplicas"], "<unset>")));
    out.add(&format!("Max replicas:\t{}\n", or(&spec["maxReplicas"], "0")));
    if !spec["behavior"].is_null() {
        out.add("Behavior:\n");
        for (title, field) in [("Scale Up", "scaleUp"), ("Scale Down", "scaleDown")] {
            behavior(title, &spec["behavior"][field], out);
        }
    }
    let (current, desired) = (or(&status["currentReplicas"], "0"), or(&status["desiredReplicas"], "0"));
    out.add(&format!("{} pods:\t{current} current / {desired} desired\n", target["kind"].str()));
    if !status["conditions"].is_empty() {
        out.add("Conditions:\n  Type\tStatus\tReason\tMessage\n  ----\t------\t------\t-------\n");
        for c in status["conditions"].items() {
            let (kind, holds) = (c["type"].str(), c["status"].str());
            out.add(&format!("  {kind}\t{holds}\t{}\t{}\n", c["reason"].str(), c["message"].str()));
        }
    }
    d.events(autoscaler, out);
}

/// One metric, as it is and as it should be.
fn line(metric: &Json, current: &Json) -> String {
    let is = |source: &str, field: &str| or(&current[source]["current"][field], "<unknown>");
    let (kind, source) = match metric["type"].str() {
        "External" => ("External", "external"),
        "Pods" => ("Pods", "pods"),
        "Object" => ("Object", "object"),
        "Resource" => ("Resource", "resource"),
        "ContainerResource" => ("ContainerResource", "containerResource"),
        other => return format!("<unknown metric type {other:?}>"),
    };
    let (of, target) = (&metric[source], &metric[source]["target"]);
    let name = of["metric"]["name"].str();
    let average = !target["averageValue"].is_null();
    let field = if average { "averageValue" } else { "value" };
    let values = format!("{} / {}", is(source, field), or(&target[field], "0"));
    let target_of = if average { "target average value" } else { "target value" };
    match kind {
        "External" => format!("{name:?} ({target_of}):\t{values}"),
        "Pods" => format!("{name:?} on pods:\t{values}"),
        "Object" => {
            let object = &of["describedObject"];
            let (kind, described) = (object["kind"].str(), object["name"].str());
            format!("{name:?} on {kind}/{described} ({target_of}):\t{values}")
        }
        _ => {
            let container = of["container"].str();
            let within =
                if container.is_empty() { String::new() } else { format!(" of container {container:?}") };
            let what = format!("resource {}{within} on pods", of["name"].str());
            if average {
                return format!("{what}:\t{values}");
            }
            let wanted = match target["averageUtilization"].as_i64() {
                Some(percent) => format!("{percent}%"),
                None => "<auto>".into(),
            };
            let now = &current[source]["current"];
            let now = match now["averageUtilization"].as_i64() {
                Some(percent) => format!("{percent}% ({})", now["averageValue"].str()),
                None => "<unknown>".into(),
            };
            format!("{what}  (as a percentage of request):\t{now} / {wanted}")
        }
    }
}

fn behavior(title: &str, rules: &Json, out: &mut Columns) {
    if rules.is_null() {
        return;
    }
    out.add(&format!("  {title}:\n"));
    if let Some(seconds) = rules["stabilizationWindowSeconds"].as_i64() {
        out.add(&format!("    Stabilization Window: {seconds} seconds\n"));
    }
    if rules["policies"].is_empty() {
        return;
    }
    out.add(&format!("    Select Policy: {}\n    Policies:\n", or(&rules["selectPolicy"], "Max")));
    for policy in rules["policies"].items() {
        let (kind, value, seconds) =
            (policy["type"].str(), or(&policy["value"], "0"), or(&policy["periodSeconds"], "0"));
        out.add(&format!("      - Type: {kind}\tValue: {value}\tPeriod: {seconds} seconds\n"));
    }
}
