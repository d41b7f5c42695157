//! StatefulSets (`pkg/registry/apps/statefulset`, `pkg/apis/apps/validation`, `pkg/apis/apps/v1/defaults.go`).

use super::deployment::{is_zero, not_more_than_all, positive_int_or_percent};
use super::{PLAIN, Strategy};
use crate::api::field::{Error, Path};
use crate::apiserver::pod_spec::{self, fill};
use crate::apiserver::validation::at::At;
use crate::apiserver::validation::{names, selector};
use crate::apiserver::{internal_kinds, pod_warnings};
use crate::json;
use crate::json::{Json, Str};

/// The strategy of StatefulSets; the name of one begins its pods' host names.
pub static STATEFUL_SET: Strategy = Strategy {
    name: names::label,
    defaults: |set| {
        if let Some(spec) = set.get_mut("spec") {
            defaults(spec);
        }
    },
    prepare_create: |set| set.set("status", json!({ "replicas": 0, "availableReplicas": 0 })),
    validate,
    validate_update,
    validate_status: |new, old, errors| {
        let counts = [
            "replicas",
            "readyReplicas",
            "currentReplicas",
            "updatedReplicas",
            "observedGeneration",
            "collisionCount",
        ];
        let limits = [
            ["readyReplicas", "replicas", "status.replicas"],
            ["currentReplicas", "replicas", "status.replicas"],
            ["updatedReplicas", "replicas", "status.replicas"],
            ["availableReplicas", "replicas", "status.replicas"],
            ["availableReplicas", "readyReplicas", "status.readyReplicas"],
        ];
        selector::counts(&new["status"], &counts, &limits, errors);
        selector::collisions(new, old, errors);
    },
    warnings,
    generation: true,
    ..PLAIN
};

fn defaults(spec: &mut Json) {
    fill(spec, "podManagementPolicy", "OrderedReady");
    let mut strategy =
        if spec["updateStrategy"].is_null() { json!({}) } else { spec["updateStrategy"].clone() };
    fill(&mut strategy, "type", "RollingUpdate");
    if strategy["type"].str() == "RollingUpdate" {
        let rolling = &strategy["rollingUpdate"];
        let mut rolling = if rolling.is_null() { json!({}) } else { rolling.clone() };
        fill(&mut rolling, "partition", 0);
        strategy.set("rollingUpdate", rolling);
    }
    spec.set("updateStrategy", strategy);
    let retention = &spec["persistentVolumeClaimRetentionPolicy"];
    let mut retention = if retention.is_null() { json!({}) } else { retention.clone() };
    fill(&mut retention, "whenDeleted", "Retain");
    fill(&mut retention, "whenScaled", "Retain");
    spec.set("persistentVolumeClaimRetentionPolicy", retention);
    fill(spec, "replicas", 1);
    fill(spec, "revisionHistoryLimit", 10);
    let claims: Json = spec["volumeClaimTemplates"].items().iter().map(default_claim).collect();
    if !claims.is_empty() {
        spec.set("volumeClaimTemplates", claims);
    }
    if let Some(pod) = spec.get_mut("template").and_then(|t| t.get_mut("spec")) {
        pod_spec::defaults(pod, false);
    }
}

fn default_claim(claim: &Json) -> Json {
    let mut claim = claim.clone();
    fill(&mut claim, "apiVersion", "v1");
    fill(&mut claim, "kind", "PersistentVolumeClaim");
    if let Some(spec) = claim.get_mut("spec") {
        fill(spec, "volumeMode", "Filesystem");
    }
    if claim["status"]["phase"].is_empty() {
        claim.set_at(&["status", "phase"], "Pending");
    }
    claim
}

fn validate(set: &Json, errors: &mut Vec<Error>) {
    let spec = At::top(set, "spec");
    let policy = spec.get("podManagementPolicy");
    if !matches!(policy.str(), "OrderedReady" | "Parallel") {
        policy.invalid("must be 'OrderedReady' or 'Parallel'", errors);
    }
    strategy(&spec.get("updateStrategy"), errors);
    let retention = spec.get("persistentVolumeClaimRetentionPolicy");
    for field in ["whenDeleted", "whenScaled"] {
        retention.get(field).one_of(&["Retain", "Delete"], errors);
    }
    spec.get("replicas").not_negative(errors);
    spec.get("minReadySeconds").not_negative(errors);
    At::new(&spec.json["ordinals"]["start"], &spec.path.child("ordinals.start")).not_negative(errors);
    spec.get("serviceName").rule(names::subdomain, errors);
    let with_claims = with_claim_volumes(spec.json);
    selector::with_template(&with_claims, &spec.path, &selector::STATEFUL_SET, errors);
}

/// The spec, whose template may mount the volumes that are made of the claims.
fn with_claim_volumes(spec: &Json) -> Json {
    let claims = spec["volumeClaimTemplates"].items();
    if claims.is_empty() {
        return spec.clone();
    }
    let named = |volume: &&Json| !claims.iter().any(|claim| claim["metadata"]["name"] == volume["name"]);
    let own = spec.at(&["template", "spec", "volumes"]).items().iter().filter(named).cloned();
    let made = claims.iter().map(|claim| {
        let name = &claim["metadata"]["name"];
        json!({ "name": name, "persistentVolumeClaim": { "claimName": name } })
    });
    let volumes: Json = own.chain(made).collect();
    let mut spec = spec.clone();
    spec.set_at(&["template", "spec", "volumes"], volumes);
    spec
}

fn strategy(strategy: &At, errors: &mut Vec<Error>) {
    let rolling = strategy.get("rollingUpdate");
    match strategy.get("type").str() {
        "OnDelete" => {
            if rolling.set() {
                let shown = internal_kinds::partition(rolling.json);
                let detail = "only allowed for updateStrategy 'RollingUpdate'";
                errors.push(Error::invalid_shown(&rolling.path, Some(&shown), detail));
            }
        }
        "RollingUpdate" => {
            rolling.get("partition").not_negative(errors);
            let most = rolling.get("maxUnavailable");
            if most.set() {
                positive_int_or_percent(&most, errors);
                if is_zero(most.json) {
                    most.invalid("cannot be 0", errors);
                }
                not_more_than_all(&most, errors);
            }
        }
        _ => {
            let shown = internal_kinds::stateful_strategy(strategy.json);
            let detail = "must be 'RollingUpdate' or 'OnDelete'";
            errors.push(Error::invalid_shown(&strategy.path, Some(&shown), detail));
        }
    }
}

fn validate_update(new: &Json, old: &Json, errors: &mut Vec<Error>) {
    validate(new, errors);
    let mutable = [
        "replicas",
        "ordinals",
        "template",
        "updateStrategy",
        "revisionHistoryLimit",
        "persistentVolumeClaimRetentionPolicy",
        "minReadySeconds",
    ];
    let fixed = |object: &Json| {
        let mut spec = object["spec"].clone();
        mutable.iter().for_each(|field| drop(spec.remove(field)));
        spec
    };
    if fixed(new) != fixed(old) {
        let detail = "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden";
        errors.push(Error::forbidden(&Path::new("spec"), detail));
    }
}

fn warnings(set: &Json, old: Option<&Json>) -> Vec<Str> {
    let template = set.at(&["spec", "template"]);
    let mut all = Vec::new();
    if old.is_none_or(|old| old["metadata"]["generation"] != set["metadata"]["generation"]) {
        all.extend(pod_warnings::of(template, "spec.template."));
        for (i, claim) in set["spec"]["volumeClaimTemplates"].items().iter().enumerate() {
            let at = format!("spec.volumeClaimTemplates[{i}]");
            all.extend(super::claim::spec_warnings(&claim["spec"], &format!("{at}.spec")));
        }
    }
    if set["spec"]["revisionHistoryLimit"].as_i64().is_some_and(|n| n < 0) {
        all.push("spec.revisionHistoryLimit: a negative value retains all historical revisions; a value >= 0 is recommended".into());
    }
    all
}
