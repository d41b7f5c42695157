//! ReplicaSets (`pkg/registry/apps/replicaset`, `pkg/apis/apps/validation`).

use super::{PLAIN, Strategy};
use crate::api::field::{Error, Path};
use crate::apiserver::pod_spec::{self, fill};
use crate::apiserver::pod_warnings;
use crate::apiserver::validation::{fields, selector};
use crate::json;
use crate::json::Json;

/// The strategy of ReplicaSets. Their status cannot be selected by, although `status.replicas` is documented as a field:
/// its name was never registered (kubernetes issue 135136).
pub static REPLICA_SET: Strategy = Strategy {
    defaults: |set| {
        if let Some(spec) = set.get_mut("spec") {
            fill(spec, "replicas", 1);
            if let Some(pod) = spec.get_mut("template").and_then(|t| t.get_mut("spec")) {
                pod_spec::defaults(pod, false);
            }
        }
    },
    prepare_create: |set| set.set("status", json!({ "replicas": 0 })),
    validate,
    validate_update: |new, old, errors| {
        validate(new, errors);
        selector::immutable(new, old, errors);
    },
    validate_status: |new, _, errors| {
        let counts = [
            "replicas",
            "fullyLabeledReplicas",
            "readyReplicas",
            "availableReplicas",
            "terminatingReplicas",
            "observedGeneration",
        ];
        let limits = [
            ["fullyLabeledReplicas", "replicas", "status.replicas"],
            ["readyReplicas", "replicas", "status.replicas"],
            ["availableReplicas", "replicas", "status.replicas"],
            ["availableReplicas", "readyReplicas", "readyReplicas"],
        ];
        selector::counts(&new["status"], &counts, &limits, errors);
    },
    warnings: |set, old| pod_warnings::of_owner(set, old, set.at(&["spec", "template"]), "spec.template."),
    generation: true,
    ..PLAIN
};

fn validate(set: &Json, errors: &mut Vec<Error>) {
    let (spec, path) = (&set["spec"], Path::new("spec"));
    fields::not_negative(spec, &path, "replicas", errors);
    fields::not_negative(spec, &path, "minReadySeconds", errors);
    selector::with_template(spec, &path, &selector::DEPLOYMENT, errors);
}
