//! ResourceQuotas.

use std::collections::BTreeSet;

use super::{PLAIN, Strategy};
use crate::api::field::{Error, Path};
use crate::apiserver::internal_kinds;
use crate::apiserver::validation::at::At;
use crate::apiserver::validation::resource;
use crate::json;
use crate::json::{Json, Str};

/// The strategy of ResourceQuotas.
pub static RESOURCE_QUOTA: Strategy = Strategy {
    prepare_create: |quota| quota.set("status", json!({})),
    validate,
    validate_update: |new, old, errors| {
        validate(new, errors);
        let sorted = |quota: &Json| -> BTreeSet<String> {
            quota["spec"]["scopes"].items().iter().map(|s| s.str().to_owned()).collect()
        };
        if sorted(new) != sorted(old) {
            let path = Path::new("spec").child("scopes");
            errors.push(Error::invalid(&path, &new["spec"]["scopes"], "field is immutable"));
        }
    },
    ..PLAIN
};

/// What is counted in whole objects.
const OBJECTS: [&str; 9] = [
    "configmaps",
    "persistentvolumeclaims",
    "pods",
    "replicationcontrollers",
    "resourcequotas",
    "secrets",
    "services",
    "services.loadbalancers",
    "services.nodeports",
];
/// What pods ask for.
const COMPUTE: [&str; 9] = [
    "cpu",
    "ephemeral-storage",
    "limits.cpu",
    "limits.ephemeral-storage",
    "limits.memory",
    "memory",
    "requests.cpu",
    "requests.ephemeral-storage",
    "requests.memory",
];
/// What pods ask for that scopes choose from.
const SCOPED: [&str; 6] = ["cpu", "memory", "limits.cpu", "limits.memory", "requests.cpu", "requests.memory"];
/// The scopes that are chosen by values.
const NAMED: [&str; 2] = ["PriorityClass", "VolumeAttributesClass"];
const ONLY_EXISTS: &str = "must be 'Exists' when scope is any of ResourceQuotaScopeTerminating, \
    ResourceQuotaScopeNotTerminating, ResourceQuotaScopeBestEffort, ResourceQuotaScopeNotBestEffort \
    or ResourceQuotaScopeCrossNamespacePodAffinity";
const SCOPES: [&str; 7] = [
    "Terminating",
    "NotTerminating",
    "BestEffort",
    "NotBestEffort",
    "PriorityClass",
    "CrossNamespacePodAffinity",
    "VolumeAttributesClass",
];

fn is_standard(name: &str) -> bool {
    OBJECTS.contains(&name)
        || COMPUTE.contains(&name)
        || name == "requests.storage"
        || name.starts_with("hugepages-")
        || name.starts_with("requests.hugepages-")
}

fn validate(quota: &Json, errors: &mut Vec<Error>) {
    let spec = &quota["spec"];
    let path = Path::new("spec");
    for (name, value) in spec["hard"].entries() {
        let path = path.child("hard").key(name);
        let at = At::new(value, &path);
        resource::any_name(name, &at, errors);
        if !name.contains('/') && !is_standard(name) {
            errors.push(Error::invalid(&path, name, "must be a standard resource for quota"));
        }
        resource::amount(name, &at, errors);
    }
    scopes(spec, &path, errors);
    selector(spec, &path, errors);
}

/// Whether `scope` says something of what is counted under `name`.
fn fits(scope: &str, name: &str) -> bool {
    match scope {
        "BestEffort" => name == "pods",
        "VolumeAttributesClass" => matches!(name, "persistentvolumeclaims" | "requests.storage"),
        _ if SCOPES.contains(&scope) => name == "pods" || SCOPED.contains(&name),
        _ => true,
    }
}

fn misfits<'a>(spec: &'a Json, scope: &'a str) -> impl Iterator<Item = &'a Str> {
    spec["hard"]
        .entries()
        .iter()
        .map(|(name, _)| name)
        .filter(move |n: &&Str| is_standard(n) && !fits(scope, n))
}

fn scopes(spec: &Json, path: &Path, errors: &mut Vec<Error>) {
    let scopes = &spec["scopes"];
    let path = path.child("scopes");
    for scope in scopes.items() {
        if !SCOPES.contains(&scope.str()) {
            errors.push(Error::invalid(&path, scopes, "unsupported scope"));
        }
        for _ in misfits(spec, scope.str()) {
            errors.push(Error::invalid(&path, scopes, "unsupported scope applied to resource"));
        }
    }
    if conflict(scopes.items().iter().map(Json::str).collect()) {
        errors.push(Error::invalid(&path, scopes, "conflicting scopes"));
    }
}

fn conflict(scopes: Vec<&str>) -> bool {
    let pairs = [("BestEffort", "NotBestEffort"), ("Terminating", "NotTerminating")];
    pairs.iter().any(|(a, b)| scopes.contains(a) && scopes.contains(b))
}

fn selector(spec: &Json, path: &Path, errors: &mut Vec<Error>) {
    let path = path.child("scopeSelector").child("matchExpressions");
    let selector = &spec["scopeSelector"];
    let whole =
        |detail: &str| Error::invalid_shown(&path, Some(&internal_kinds::scope_selector(selector)), detail);
    for term in selector["matchExpressions"].items() {
        let scope = term["scopeName"].str();
        if !SCOPES.contains(&scope) {
            errors.push(Error::invalid(&path.child("scopeName"), &term["scopeName"], "unsupported scope"));
        }
        for _ in misfits(spec, scope) {
            errors.push(whole("unsupported scope applied to resource"));
        }
        let operator = term["operator"].str();
        if SCOPES.contains(&scope) && !NAMED.contains(&scope) && operator != "Exists" {
            errors.push(Error::invalid(&path.child("operator"), operator, ONLY_EXISTS));
        }
        let values = &term["values"];
        let at = path.child("values");
        match operator {
            "In" | "NotIn" if values.items().is_empty() => errors.push(Error::required(
                &at,
                "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector",
            )),
            "Exists" | "DoesNotExist" if !values.items().is_empty() => errors.push(Error::invalid(
                &at,
                values,
                "must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector",
            )),
            "In" | "NotIn" | "Exists" | "DoesNotExist" => {}
            _ => {
                errors.push(Error::invalid(
                    &path.child("operator"),
                    operator,
                    "not a valid selector operator",
                ));
            }
        }
    }
    if conflict(selector["matchExpressions"].items().iter().map(|t| t["scopeName"].str()).collect()) {
        // Upstream shows the other list.
        errors.push(Error::invalid(&path, &spec["scopes"], "conflicting scopes"));
    }
}
