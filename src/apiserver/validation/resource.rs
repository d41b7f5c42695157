//! Amounts of resources: their names, what is asked for and what is allowed (`ValidateContainerResourceRequirements`).

use super::at::{At, Errors};
use super::names;
use crate::api::field::Error;
use crate::api::quantity::Quantity;
use crate::json::Json;

/// Names without a prefix that mean something anywhere (`IsStandardResourceName`).
const STANDARD: [&str; 20] = [
    "cpu",
    "memory",
    "ephemeral-storage",
    "requests.cpu",
    "requests.memory",
    "requests.ephemeral-storage",
    "limits.cpu",
    "limits.memory",
    "limits.ephemeral-storage",
    "pods",
    "resourcequotas",
    "services",
    "replicationcontrollers",
    "secrets",
    "configmaps",
    "persistentvolumeclaims",
    "storage",
    "requests.storage",
    "services.nodeports",
    "services.loadbalancers",
];

/// Counted in whole objects (`IsIntegerResourceName`), beside extended resources.
const WHOLE: [&str; 10] = [
    "pods",
    "resourcequotas",
    "services",
    "replicationcontrollers",
    "secrets",
    "configmaps",
    "persistentvolumeclaims",
    "services.nodeports",
    "services.loadbalancers",
    "resourceclaims",
];

/// Whether a name is one of large pages.
pub fn is_huge(name: &str) -> bool {
    name.starts_with("hugepages-")
}

/// Whether a name is Kubernetes' own.
fn is_native(name: &str) -> bool {
    !name.contains('/') || name.split('/').next().is_some_and(|prefix| prefix.contains("kubernetes.io"))
}

/// Whether a name is a device's: a domain's own, and no quota's (`IsExtendedResourceName`).
fn is_extended(name: &str) -> bool {
    !is_native(name)
        && !name.starts_with("requests.")
        && names::qualified(&format!("requests.{name}")).is_empty()
}

/// A name of a resource at all.
pub fn any_name(name: &str, at: &At, errors: Errors) -> bool {
    let problems = names::qualified(name);
    let mut fine = problems.is_empty();
    errors.extend(problems.into_iter().map(|problem| Error::invalid(&at.path, name, problem)));
    if fine && !name.contains('/') && !STANDARD.contains(&name) && !is_huge(name) {
        let huge_quota = name.starts_with("requests.hugepages-");
        if !huge_quota {
            let detail = "must be a standard resource type or fully qualified";
            errors.push(Error::invalid(&at.path, name, detail));
            fine = false;
        }
    }
    fine
}

/// A name of a resource of a container.
pub fn container_name(name: &str, at: &At, errors: Errors) {
    any_name(name, at, errors);
    if !name.contains('/') {
        if !matches!(name, "cpu" | "memory" | "ephemeral-storage") && !is_huge(name) {
            let detail = "must be a standard resource for containers";
            errors.push(Error::invalid(&at.path, name, detail));
        }
    } else if !is_native(name) && !is_extended(name) {
        errors.push(Error::invalid(&at.path, name, "doesn't follow extended resource name standard"));
    }
}

/// A name of a resource of a whole pod.
pub fn pod_name(name: &str, at: &At, errors: Errors) {
    if any_name(name, at, errors) && !matches!(name, "cpu" | "memory") && !is_huge(name) {
        errors.push(Error::not_supported(&at.path, name, &["cpu", "hugepages-", "memory"]));
    }
}

/// An amount of a resource: not negative, and whole where halves mean nothing (`ValidateResourceQuantityValue`).
pub fn amount(name: &str, at: &At, errors: Errors) {
    at.amount(errors);
    let whole = WHOLE.contains(&name) || is_extended(name) || name.starts_with("count/");
    if whole && at.quantity().is_some_and(|amount| amount.nano() % 1_000_000_000 != 0) {
        at.invalid("must be an integer", errors);
    }
}

/// Whether more may be promised than there is (`IsOvercommitAllowed`).
pub fn is_elastic(name: &str) -> bool {
    is_native(name) && !is_huge(name)
}

/// Large pages come whole.
fn huge_amount(name: &str, at: &At, errors: Errors) {
    let Some(size) = name.strip_prefix("hugepages-").and_then(Quantity::parse) else { return };
    let Some(amount) = at.quantity() else { return };
    if size.nano() <= 0 || amount.nano() % size.nano() != 0 {
        at.invalid(format!("{amount} is not positive integer multiple of {name}"), errors);
    }
}

/// `resources` of a container or a pod; `claims`: the pod's claims.
pub fn requirements(resources: &At, name_rule: fn(&str, &At, Errors), claims: &Json, errors: Errors) {
    let (limits, requests) = (resources.get("limits"), resources.get("requests"));
    let (mut compute, mut huge) = (false, false);
    for list in [&limits, &requests] {
        for (name, at) in list.entries() {
            name_rule(name, &at, errors);
            amount(name, &at, errors);
            let (asked, limit) = (at.quantity(), Quantity::of_json(&limits.json[name.as_str()]));
            if list.path == requests.path {
                match (asked, limit) {
                    (Some(asked), Some(limit)) if asked != limit && !is_elastic(name) => {
                        let detail = format!("must be equal to {name} limit of {limit}");
                        errors.push(Error::invalid(&requests.path, asked.to_string(), detail));
                    }
                    (Some(asked), Some(limit)) if asked > limit => {
                        let detail = format!("must be less than or equal to {name} limit of {limit}");
                        errors.push(Error::invalid(&requests.path, asked.to_string(), detail));
                    }
                    (_, None) if !is_elastic(name) => {
                        limits.missing("Limit must be set for non overcommitable resources", errors);
                    }
                    _ => {}
                }
            }
            huge_amount(name, &at, errors);
            huge |= is_huge(name);
            compute |= matches!(name.as_str(), "cpu" | "memory");
        }
    }
    if huge && !compute {
        resources.forbidden("HugePages require cpu or memory", errors);
    }
    claim_names(&resources.get("claims"), claims, errors);
}

fn claim_names(list: &At, claims: &Json, errors: Errors) {
    let mut taken: Vec<&str> = Vec::new();
    for claim in list.each() {
        let name = claim.get("name").str();
        if name.is_empty() {
            claim.missing("", errors);
            continue;
        }
        if taken.contains(&name) {
            errors.push(Error::duplicate(&claim.path, name));
        }
        taken.push(name);
        claim.get("request").rule(names::label, errors);
        let known: Vec<&str> = claims.items().iter().map(|claim| claim["name"].str()).collect();
        if !known.contains(&name) {
            let mut error = Error::not_found(&claim.path, name);
            let rest =
                if known.is_empty() { " which is empty".into() } else { format!(": {}", known.join(", ")) };
            error.detail = format!("must be one of the names in pod.spec.resourceClaims{rest}").into();
            errors.push(error);
        }
    }
}

/// What a whole pod asks for covers what its containers do (`validatePodResources`).
pub fn pod(spec: &At, errors: Errors) {
    let resources = spec.get("resources");
    if !resources.set() {
        return;
    }
    if spec.json["os"]["name"].str() == "windows" {
        return resources.forbidden("may not be set for a windows pod", errors);
    }
    if resources.get("claims").set() {
        resources.get("claims").forbidden("claims may not be set for Resources at pod-level", errors);
    }
    requirements(&resources, pod_name, &spec.json["resourceClaims"], errors);
    for kind in ["requests", "limits"] {
        for (name, at) in resources.get(kind).entries() {
            let sum = aggregate(spec.json, kind, name);
            let Some(own) = at.quantity().filter(|own| sum > *own) else { continue };
            if kind == "requests" || is_huge(name) {
                let detail = format!("must be greater than or equal to aggregate container {kind} of {sum}");
                errors.push(Error::invalid(&at.path, own.to_string(), detail));
            }
        }
    }
    for (i, container) in spec.get("containers").each().iter().enumerate() {
        for (name, at) in container.get("resources").get("limits").entries() {
            let Some(most) = Quantity::of_json(&resources.json["limits"][name.as_str()]) else { continue };
            if at.quantity().is_some_and(|limit| limit > most) {
                let path = resources.path.child("containers").index(i).key(name).child("limits");
                let detail = format!("must be less than or equal to pod limits of {most}");
                errors.push(Error::invalid(&path, at.json, detail));
            }
        }
    }
}

/// What all containers need at once, or an init container before them beside the sidecars that run by then
/// (`AggregateContainerRequests`).
fn aggregate(spec: &Json, kind: &str, name: &str) -> Quantity {
    let zero = Quantity::from_int(0);
    let amount = |container: &Json| Quantity::of_json(&container["resources"][kind][name]).unwrap_or(zero);
    let sum = |sum: Quantity, container: &Json| sum.plus(amount(container));
    let (mut sidecars, mut most) = (zero, zero);
    for container in spec["initContainers"].items() {
        let own = amount(container).plus(sidecars);
        if container["restartPolicy"].str() == "Always" {
            sidecars = own;
        }
        most = most.max(own);
    }
    spec["containers"].items().iter().fold(sidecars, sum).max(most)
}
