//! What a pod spec must fulfil, in a Pod or in a template (`pkg/apis/core/validation`).

use super::{container, fields, meta, names, selector, volume};
use crate::api::field::{Error, Path};
use crate::json::Json;

/// Checks a pod template.
pub fn template(template: &Json, path: &Path, errors: &mut Vec<Error>) {
    meta::labels(&template["metadata"]["labels"], &path.child("labels"), errors);
    meta::annotations(&template["metadata"]["annotations"], &path.child("annotations"), errors);
    spec(&template["spec"], &path.child("spec"), errors);
}

/// Checks a pod spec.
pub fn spec(spec: &Json, path: &Path, errors: &mut Vec<Error>) {
    let volumes = volume::volumes(&spec["volumes"], &path.child("volumes"), errors);
    let host_network = spec["hostNetwork"].as_bool() == Some(true);
    let scope = container::Scope { volumes: &volumes, host_network };
    let containers = &path.child("containers");
    if spec["containers"].is_empty() {
        errors.push(Error::required(containers, ""));
    }
    let mut taken = Vec::new();
    container::containers(&spec["containers"], containers, &scope, &mut taken, errors);
    container::containers(&spec["initContainers"], &path.child("initContainers"), &scope, &mut taken, errors);
    fields::one_of(spec, path, "restartPolicy", &["Always", "OnFailure", "Never"], errors);
    fields::one_of(
        spec,
        path,
        "dnsPolicy",
        &["ClusterFirst", "ClusterFirstWithHostNet", "Default", "None"],
        errors,
    );
    meta::labels(&spec["nodeSelector"], &path.child("nodeSelector"), errors);
    security(spec, path, errors);
    for (field, rule) in [
        ("serviceAccountName", names::subdomain as fn(&str) -> names::Problems),
        ("nodeName", names::subdomain),
        ("hostname", names::label),
        ("subdomain", names::label),
        ("priorityClassName", names::subdomain),
        ("runtimeClassName", names::subdomain),
    ] {
        let value = spec[field].str();
        if !value.is_empty() {
            for problem in rule(value) {
                errors.push(Error::invalid(&path.child(field), value, problem));
            }
        }
    }
    if let Some(deadline) = spec["activeDeadlineSeconds"].as_i64()
        && !(1..=i64::from(i32::MAX)).contains(&deadline)
    {
        let detail = "must be between 1 and 2147483647, inclusive";
        errors.push(Error::invalid(&path.child("activeDeadlineSeconds"), deadline, detail));
    }
    tolerations(&spec["tolerations"], &path.child("tolerations"), errors);
    node_affinity(&spec["affinity"]["nodeAffinity"], &path.child("affinity").child("nodeAffinity"), errors);
}

fn node_affinity(affinity: &Json, path: &Path, errors: &mut Vec<Error>) {
    let field = "requiredDuringSchedulingIgnoredDuringExecution";
    let required = &affinity[field];
    let terms_path = path.child(field).child("nodeSelectorTerms");
    if !required.is_null() && required["nodeSelectorTerms"].is_empty() {
        errors.push(Error::required(&terms_path, "must have at least one node selector term"));
    }
    for (i, term) in required["nodeSelectorTerms"].items().iter().enumerate() {
        node_selector_term(term, &terms_path.index(i), errors);
    }
    let field = "preferredDuringSchedulingIgnoredDuringExecution";
    for (i, preferred) in affinity[field].items().iter().enumerate() {
        let path = path.child(field).index(i);
        if !preferred["weight"].as_i64().is_some_and(|weight| (1..=100).contains(&weight)) {
            let detail = "must be in the range 1-100";
            errors.push(Error::invalid(&path.child("weight"), &preferred["weight"], detail));
        }
        node_selector_term(&preferred["preference"], &path.child("preference"), errors);
    }
}

fn node_selector_term(term: &Json, path: &Path, errors: &mut Vec<Error>) {
    for (i, expression) in term["matchExpressions"].items().iter().enumerate() {
        let path = path.child("matchExpressions").index(i);
        let (operator, values) = (expression["operator"].str(), expression["values"].items().len());
        if matches!(operator, "Gt" | "Lt") {
            if values != 1 {
                let detail = "must be specified single value when `operator` is 'Lt' or 'Gt'";
                errors.push(Error::required(&path.child("values"), detail));
            }
        } else {
            selector::operator(expression, &path, errors);
        }
        let key = expression["key"].str();
        for problem in names::qualified(key) {
            errors.push(Error::invalid(&path.child("key"), key, problem));
        }
    }
}

fn security(spec: &Json, path: &Path, errors: &mut Vec<Error>) {
    let context = &spec["securityContext"];
    let path = path.child("securityContext");
    for field in ["fsGroup", "runAsUser", "runAsGroup"] {
        container::user_id(context, &path, field, errors);
    }
    for (i, group) in context["supplementalGroups"].items().iter().enumerate() {
        if group.as_i64().is_some_and(|id| !(0..=i64::from(i32::MAX)).contains(&id)) {
            let detail = "must be between 0 and 2147483647, inclusive";
            errors.push(Error::invalid(&path.child("supplementalGroups").index(i), group, detail));
        }
    }
    if spec["shareProcessNamespace"].as_bool() == Some(true) && spec["hostPID"].as_bool() == Some(true) {
        let detail = "ShareProcessNamespace and HostPID cannot both be enabled";
        errors.push(Error::invalid(&path.child("shareProcessNamespace"), true, detail));
    }
    fields::one_of(context, &path, "fsGroupChangePolicy", &["Always", "OnRootMismatch"], errors);
    let seccomp = path.child("seccompProfile");
    let types = ["Localhost", "RuntimeDefault", "Unconfined"];
    fields::one_of(&context["seccompProfile"], &seccomp, "type", &types, errors);
}

fn tolerations(tolerations: &Json, path: &Path, errors: &mut Vec<Error>) {
    for (i, toleration) in tolerations.items().iter().enumerate() {
        let path = path.index(i);
        let (key, operator, effect) =
            (toleration["key"].str(), toleration["operator"].str(), toleration["effect"].str());
        if !key.is_empty() {
            for problem in names::qualified(key) {
                errors.push(Error::invalid(&path.child("key"), key, problem));
            }
        } else if operator != "Exists" {
            let detail =
                "operator must be Exists when `key` is empty, which means \"match all values and all keys\"";
            errors.push(Error::invalid(&path.child("operator"), operator, detail));
        }
        if !toleration["tolerationSeconds"].is_null() && effect != "NoExecute" {
            let detail = "effect must be 'NoExecute' when `tolerationSeconds` is set";
            errors.push(Error::invalid(&path.child("effect"), effect, detail));
        }
        match operator {
            "Exists" if !toleration["value"].is_empty() => {
                let detail = "value must be empty when `operator` is 'Exists'";
                errors.push(Error::invalid(&path.child("operator"), toleration, detail));
            }
            "" | "Equal" | "Exists" => {}
            _ => errors.push(Error::not_supported(&path.child("operator"), operator, &["Equal", "Exists"])),
        }
        fields::one_of(toleration, &path, "effect", &["NoExecute", "NoSchedule", "PreferNoSchedule"], errors);
    }
}

const UPDATE: &str = "pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)\n";

/// Checks a change of a Pod: hardly anything of a spec may change once it exists.
pub fn update(new: &Json, old: &Json, errors: &mut Vec<Error>) {
    let path = Path::new("spec");
    let (spec, before) = (&new["spec"], &old["spec"]);
    if spec.same(before) || spec == before {
        return;
    }
    self::spec(spec, &path, errors);
    if !errors.is_empty() {
        return;
    }
    let added = spec["tolerations"].items();
    if before["tolerations"].items().iter().any(|t| !added.contains(t)) {
        let detail = "existing toleration can not be modified except its tolerationSeconds";
        errors.push(Error::forbidden(&path.child("tolerations"), detail));
        return;
    }
    let mut allowed = spec.clone();
    for list in ["containers", "initContainers"] {
        let others = before[list].items();
        if allowed[list].is_null() || allowed[list].items().len() != others.len() {
            continue;
        }
        let containers = allowed[list].items().iter().zip(others).map(|(container, other)| {
            let mut container = container.clone();
            container.set("image", &other["image"]);
            container
        });
        let containers: Json = containers.collect();
        allowed.set(list, containers);
    }
    for field in ["activeDeadlineSeconds", "tolerations"] {
        match before.get(field) {
            Some(value) => allowed.set(field, value),
            None => drop(allowed.remove(field)),
        }
    }
    if before["terminationGracePeriodSeconds"].as_i64().is_some_and(|n| n < 0)
        && spec["terminationGracePeriodSeconds"].as_i64() == Some(1)
    {
        allowed.set("terminationGracePeriodSeconds", &before["terminationGracePeriodSeconds"]);
    }
    if !before["schedulingGates"].is_null() {
        allowed.set("schedulingGates", &before["schedulingGates"]);
        allowed.set("nodeSelector", &before["nodeSelector"]);
        if before["nodeSelector"].is_null() {
            allowed.remove("nodeSelector");
        }
    }
    if allowed != *before {
        let diff = crate::apiserver::internal_diff::pod_spec_diff(before, &allowed);
        errors.push(Error::forbidden(&path, format!("{UPDATE}{diff}")));
    }
}
