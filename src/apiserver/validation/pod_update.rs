//! What may change in a Pod: hardly anything of a spec, once it exists (`ValidatePodUpdate`), and what its subresources may
//! (`ValidatePodEphemeralContainersUpdate`, `ValidatePodResize`).

use super::at::{At, Errors};
use super::pod;
use crate::api::field::{Error, Path};
use crate::api::quantity::Quantity;
use crate::apiserver::{internal, internal_diff, pod_spec};
use crate::json::{Json, Str};

const UPDATE: &str = "pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)\n";

const APPARMOR: &str = "container.apparmor.security.beta.kubernetes.io/";
const MIRROR: &str = "kubernetes.io/config.mirror";

/// Checks a change of a Pod.
pub fn update(new: &Json, old: &Json, errors: Errors) {
    let (spec, before) = (At::top(new, "spec"), &old["spec"]);
    let same = spec.json.same(before) || spec.json == before;
    let annotations = (&new["metadata"]["annotations"], &old["metadata"]["annotations"]);
    if same && annotations.0 == annotations.1 {
        return;
    }
    pod::pod(new, errors);
    fixed_annotations(annotations.0, annotations.1, errors);
    for list in ["containers", "initContainers"] {
        let list = spec.get(list);
        let others = &before[list.path.to_string().trim_start_matches("spec.")];
        if list.json.items().len() != others.items().len() {
            return list.forbidden("pod updates may not add or remove containers", errors);
        }
    }
    let (deadline, was) = (spec.get("activeDeadlineSeconds"), &before["activeDeadlineSeconds"]);
    match (deadline.int(), was.as_i64()) {
        (Some(now), Some(was)) if was < now => {
            return deadline.invalid("must be less than or equal to previous value", errors);
        }
        (None, Some(_)) => deadline.invalid("must not update from a positive integer to nil value", errors),
        _ => {}
    }
    if !only_added(spec.json, before) {
        let detail = "existing toleration can not be modified except its tolerationSeconds";
        spec.get("tolerations").forbidden(detail, errors);
    }
    for gate in spec.get("schedulingGates").each() {
        if !before["schedulingGates"].items().contains(gate.json) {
            let name = gate.get("name");
            let detail = format!("only deletion is allowed, but found new scheduling gate '{}'", name.str());
            name.forbidden(detail, errors);
        }
    }
    if same {
        return;
    }
    let allowed = as_before(&spec, before, errors);
    if allowed != *before {
        let diff = internal_diff::pod_spec_diff(before, &allowed);
        spec.forbidden(format!("{UPDATE}{diff}"), errors);
    }
}

fn fixed_annotations(new: &Json, old: &Json, errors: Errors) {
    let path = Path::new("metadata").child("annotations");
    for (key, value) in old.entries() {
        let what = if key.starts_with(APPARMOR) { "AppArmor annotations" } else { "mirror pod annotation" };
        if (key.starts_with(APPARMOR) || key == MIRROR) && new.get(key) != Some(value) {
            errors.push(Error::forbidden(&path.key(key), format!("may not remove or update {what}")));
        }
    }
    for (key, _) in new.entries().iter().filter(|(key, _)| old.get(key).is_none()) {
        let what = if key.starts_with(APPARMOR) { "AppArmor annotations" } else { "mirror pod annotation" };
        if key.starts_with(APPARMOR) || key == MIRROR {
            errors.push(Error::forbidden(&path.key(key), format!("may not add {what}")));
        }
    }
}

/// Whether each old toleration is still there; how long it lasts may change.
fn only_added(spec: &Json, before: &Json) -> bool {
    let plain = |toleration: &Json| {
        let mut plain = toleration.clone();
        plain.remove("tolerationSeconds");
        plain
    };
    let now: Vec<Json> = spec["tolerations"].items().iter().map(plain).collect();
    before["tolerations"].items().iter().all(|toleration| now.contains(&plain(toleration)))
}

/// The new spec with everything that may change as it was.
fn as_before(spec: &At, before: &Json, errors: Errors) -> Json {
    let mut allowed = spec.json.clone();
    let restore = |object: &mut Json, field: &'static str, before: &Json| match before.get(field) {
        Some(value) => object.set(field, value),
        None => drop(object.remove(field)),
    };
    for list in ["containers", "initContainers"] {
        if allowed[list].is_empty() {
            continue;
        }
        let containers = allowed[list].items().iter().zip(before[list].items()).map(|(container, other)| {
            let mut container = container.clone();
            container.set("image", &other["image"]);
            container
        });
        let containers: Json = containers.collect();
        allowed.set(list, containers);
    }
    for field in ["activeDeadlineSeconds", "tolerations", "schedulingGates"] {
        restore(&mut allowed, field, before);
    }
    let grace = "terminationGracePeriodSeconds";
    if before[grace].as_i64().is_some_and(|n| n < 0) && spec.get(grace).int() == Some(1) {
        allowed.set(grace, &before[grace]);
    }
    if !before["schedulingGates"].is_empty() {
        let nodes = spec.get("nodeSelector");
        if before["nodeSelector"].entries().iter().any(|(key, value)| nodes.json.get(key) != Some(value)) {
            let detail = "only additions to spec.nodeSelector are allowed (no mutations or deletions)";
            nodes.invalid(detail, errors);
        }
        restore(&mut allowed, "nodeSelector", before);
        gated_affinity(
            &spec.get("affinity").get("nodeAffinity"),
            &before["affinity"]["nodeAffinity"],
            errors,
        );
        let mut affinity = allowed["affinity"].clone();
        restore(&mut affinity, "nodeAffinity", &before["affinity"]);
        if affinity.is_empty() && before["affinity"].is_null() {
            allowed.remove("affinity");
        } else {
            allowed.set("affinity", affinity);
        }
    }
    allowed
}

/// While a pod is held back, it may be given narrower terms, never other ones.
fn gated_affinity(new: &At, old: &Json, errors: Errors) {
    let required = "requiredDuringSchedulingIgnoredDuringExecution";
    let terms = new.get(required).get("nodeSelectorTerms");
    let before = old[required]["nodeSelectorTerms"].items();
    if before.is_empty() {
        return;
    }
    let now = terms.each();
    if now.len() != before.len() {
        let detail = "no additions/deletions to non-empty NodeSelectorTerms list are allowed";
        return terms.invalid(detail, errors);
    }
    for (term, old) in now.iter().zip(before) {
        let kept = |list: &str| {
            let (now, old) = (term.json[list].items(), old[list].items());
            now.len() >= old.len() && now[..old.len()] == *old
        };
        let empty = old["matchExpressions"].is_empty() && old["matchFields"].is_empty();
        let grown = !term.json["matchExpressions"].is_empty() || !term.json["matchFields"].is_empty();
        if !kept("matchExpressions") || !kept("matchFields") || empty && grown {
            term.invalid("only additions are allowed (no mutations or deletions)", errors);
        }
    }
}

/// The Pod that a request to a subresource asks for: the old one with what the subresource stands for.
pub fn by_subresource(new: &Json, old: &Json, subresource: &str) -> Json {
    let mut object = old.clone();
    let mut spec = old["spec"].clone();
    if subresource == "ephemeralcontainers" {
        spec.set("ephemeralContainers", &new["spec"]["ephemeralContainers"]);
    } else {
        for list in ["containers", "initContainers"] {
            let changed = spec[list].items().iter().map(|container| {
                let asked = new["spec"][list].items().iter().find(|c| c["name"] == container["name"]);
                let Some(asked) = asked else { return container.clone() };
                let mut container = container.clone();
                for field in ["resources", "resizePolicy"] {
                    match asked.get(field) {
                        Some(value) => container.set(Str::fixed(field), value),
                        None => drop(container.remove(field)),
                    }
                }
                container
            });
            let changed: Json = changed.collect();
            if !changed.is_empty() {
                spec.set(list, changed);
            }
        }
    }
    object.set("spec", spec);
    object.set("metadata", &new["metadata"]);
    object
}

/// Checks a change through a subresource.
pub fn through(new: &Json, old: &Json, subresource: &str, errors: Errors) {
    pod::pod(new, errors);
    let path = Path::new("spec");
    if !old["metadata"]["annotations"][MIRROR].is_null() {
        let what =
            if subresource == "resize" { "cannot be resized" } else { "do not support ephemeral containers" };
        *errors = vec![Error::forbidden(&Path::default(), format!("static pods {what}"))];
        return;
    }
    if subresource == "ephemeralcontainers" {
        let path = path.child("ephemeralContainers");
        let now = new["spec"]["ephemeralContainers"].items();
        for container in old["spec"]["ephemeralContainers"].items() {
            let name = container["name"].str();
            match now.iter().find(|c| c["name"].str() == name) {
                None => {
                    let detail = format!("existing ephemeral containers {name:?} may not be removed\n");
                    errors.push(Error::forbidden(&path, detail));
                }
                Some(now) if now != container => {
                    let [was, is] = [container, now].map(internal::ephemeral_container);
                    let diff = internal_diff::diff(&was, &is);
                    let detail = format!("existing ephemeral containers {name:?} may not be changed\n{diff}");
                    errors.push(Error::forbidden(&path, detail));
                }
                Some(_) => {}
            }
        }
        return;
    }
    if new["spec"]["os"]["name"].str() == "windows" {
        *errors = vec![Error::forbidden(&Path::default(), "windows pods cannot be resized")];
        return;
    }
    if pod_spec::qos_class(&new["spec"]) != pod_spec::qos_class(&old["spec"]) {
        let detail = "Pod QOS Class may not change as a result of resizing";
        errors.push(Error::invalid(&path, &old["status"]["qosClass"], detail));
    }
    let spec = At::new(&new["spec"], &path);
    for (now, before) in spec.get("containers").each().iter().zip(old["spec"]["containers"].items()) {
        resized(now, before, "only cpu and memory resources are mutable", errors);
    }
    for (now, before) in spec.get("initContainers").each().iter().zip(old["spec"]["initContainers"].items()) {
        if now.get("restartPolicy").str() == "Always" {
            resized(now, before, "only cpu and memory resources for sidecar containers are mutable", errors);
        } else if now.json != before {
            let detail = "resources for non-sidecar init containers are immutable";
            errors.push(Error::forbidden(&path, detail));
        }
    }
}

/// What a running container is given may change, never whether it is given it.
fn resized(container: &At, before: &Json, only: &str, errors: Errors) {
    let resources = container.get("resources");
    for kind in ["requests", "limits"] {
        let (now, was) = (resources.get(kind), &before["resources"][kind]);
        if was.entries().iter().any(|(name, _)| now.json.get(name).is_none()) {
            now.forbidden(format!("resource {kind} cannot be removed"), errors);
        }
        let names = now.json.entries().iter().chain(was.entries()).map(|(name, _)| name);
        let changed = |name: &Str| {
            Quantity::of_json(&now.json[name.as_str()]) != Quantity::of_json(&was[name.as_str()])
        };
        if names.filter(|name| !matches!(name.as_str(), "cpu" | "memory")).any(changed) {
            errors.push(Error::forbidden(&Path::new("spec"), only));
        }
    }
}
