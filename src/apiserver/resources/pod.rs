//! Pods.

use super::{PLAIN, Strategy};
use crate::apiserver::validation::{self, names};
use crate::apiserver::{pod_spec, pod_warnings};
use crate::json;
use crate::json::{Json, Str};

/// The strategy of Pods.
pub static POD: Strategy = Strategy {
    selectable: &[
        "spec.nodeName",
        "spec.restartPolicy",
        "spec.schedulerName",
        "spec.serviceAccountName",
        "spec.hostNetwork",
        "status.phase",
        "status.podIP",
        "status.podIPs",
        "status.nominatedNodeName",
    ],
    defaults: |pod| {
        if let Some(spec) = pod.get_mut("spec") {
            pod_spec::defaults(spec, true);
        }
    },
    prepare_create: |pod| {
        let qos = pod_spec::qos_class(&pod["spec"]);
        pod.set("status", json!({ "phase": "Pending", "qosClass": qos }));
        pod.set_at(&["metadata", "generation"], 1);
        if !pod["spec"]["schedulingGates"].is_empty() {
            let condition = json!({
                "type": "PodScheduled", "status": "False", "reason": "SchedulingGated", "lastProbeTime": null,
                "lastTransitionTime": null, "message": "Scheduling is blocked due to non-empty scheduling gates",
            });
            pod.set_at(&["status", "conditions"], vec![condition]);
        }
    },
    prepare_update: |new, old| new.set("status", &old["status"]),
    validate: validation::pod::create,
    validate_update: validation::pod_update::update,
    warnings,
    generation: true,
    grace: |pod, asked| {
        let finished = matches!(pod["status"]["phase"].str(), "Failed" | "Succeeded");
        let unscheduled = pod["spec"]["nodeName"].is_empty();
        let period = asked.or(pod["spec"]["terminationGracePeriodSeconds"].as_i64()).unwrap_or(0);
        Some(if finished || unscheduled {
            0
        } else if period < 0 {
            1
        } else {
            period
        })
    },
    returns_deleted: true,
    ..PLAIN
};

fn warnings(pod: &Json, old: Option<&Json>) -> Vec<Str> {
    let mut all = Vec::new();
    if let Some(old) = old {
        if old["spec"].same(&pod["spec"]) {
            return all;
        }
    } else {
        let problems = names::label(pod["metadata"]["name"].str());
        if !problems.is_empty() {
            all.push(
                format!(
                    "metadata.name: this is used in the Pod's hostname, which can result in surprising behavior; a DNS label is recommended: [{}]",
                    problems.join(" ")
                )
                .into(),
            );
        }
    }
    all.extend(pod_warnings::of(pod, ""));
    all
}
