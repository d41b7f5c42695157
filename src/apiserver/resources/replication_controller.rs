//! ReplicationControllers (`pkg/registry/core/replicationcontroller`, `pkg/apis/core/validation`).

use super::{PLAIN, Strategy};
use crate::api::field::Error;
use crate::apiserver::pod_spec::{self, fill};
use crate::apiserver::pod_warnings;
use crate::apiserver::validation::at::At;
use crate::apiserver::validation::{pod, selector};
use crate::json;
use crate::json::Json;

/// The strategy of ReplicationControllers.
pub static REPLICATION_CONTROLLER: Strategy = Strategy {
    selectable: &["status.replicas"],
    defaults,
    prepare_create: |controller| controller.set("status", json!({ "replicas": 0 })),
    validate,
    validate_update: |new, _, errors| validate(new, errors),
    validate_status: |new, _, errors| {
        let counts =
            ["replicas", "fullyLabeledReplicas", "readyReplicas", "availableReplicas", "observedGeneration"];
        let limits = [
            ["fullyLabeledReplicas", "replicas", "status.replicas"],
            ["readyReplicas", "replicas", "status.replicas"],
            ["availableReplicas", "replicas", "status.replicas"],
            ["availableReplicas", "readyReplicas", "readyReplicas"],
        ];
        selector::counts(&new["status"], &counts, &limits, errors);
    },
    warnings: |controller, old| {
        pod_warnings::of_owner(controller, old, controller.at(&["spec", "template"]), "spec.template.")
    },
    generation: true,
    orphans: true,
    ..PLAIN
};

fn defaults(controller: &mut Json) {
    let labels = controller.at(&["spec", "template", "metadata", "labels"]).clone();
    let own = &controller["metadata"]["labels"];
    if !labels.is_empty() && own.is_empty() {
        controller.set_at(&["metadata", "labels"], &labels);
    }
    let Some(spec) = controller.get_mut("spec") else { return };
    if !labels.is_empty() && spec["selector"].is_empty() {
        spec.set("selector", labels);
    }
    fill(spec, "replicas", 1);
    if let Some(pod) = spec.get_mut("template").and_then(|t| t.get_mut("spec")) {
        pod_spec::defaults(pod, false);
    }
}

fn validate(controller: &Json, errors: &mut Vec<Error>) {
    let spec = At::top(controller, "spec");
    spec.get("minReadySeconds").not_negative(errors);
    let labels = spec.get("selector");
    labels.required(errors);
    spec.get("replicas").not_negative(errors);
    let template = spec.get("template");
    if !template.set() {
        return template.missing("", errors);
    }
    let own = template.get("metadata").get("labels");
    if labels.json.entries().iter().any(|(key, value)| own.json.get(key) != Some(value)) {
        own.invalid("`selector` does not match template `labels`", errors);
    }
    pod::template(template.json, &template.path, errors);
    let policy = template.get("spec").get("restartPolicy");
    if policy.str() != "Always" {
        policy.unsupported(&["Always"], errors);
    }
    let deadline = template.get("spec").get("activeDeadlineSeconds");
    if deadline.set() {
        deadline.forbidden("activeDeadlineSeconds in ReplicationController is not Supported", errors);
    }
}
