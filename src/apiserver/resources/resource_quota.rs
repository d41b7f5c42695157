//! ResourceQuotas.

use super::{PLAIN, Strategy};
use crate::api::field::{Error, Path};
use crate::api::quantity::Quantity;
use crate::apiserver::validation::names;
use crate::json;
use crate::json::Json;

/// The strategy of ResourceQuotas.
pub static RESOURCE_QUOTA: Strategy = Strategy {
    prepare_create: |quota| quota.set("status", json!({})),
    validate,
    validate_update: |new, old, errors| {
        validate(new, errors);
        if new["spec"]["scopes"] != old["spec"]["scopes"] {
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
const SCOPES: [&str; 6] = [
    "Terminating",
    "NotTerminating",
    "BestEffort",
    "NotBestEffort",
    "PriorityClass",
    "CrossNamespacePodAffinity",
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
        for problem in names::qualified(name) {
            errors.push(Error::invalid(&path, name, problem));
        }
        if !name.contains('/') && !is_standard(name) {
            if name.as_str() != "storage" {
                let detail = "must be a standard resource type or fully qualified";
                errors.push(Error::invalid(&path, name, detail));
            }
            errors.push(Error::invalid(&path, name, "must be a standard resource for quota"));
        }
        let Some(amount) = Quantity::parse(value.str()) else { continue };
        if amount < Quantity::from_int(0) {
            errors.push(Error::invalid(&path, value, "must be greater than or equal to 0"));
        }
        let whole = OBJECTS.contains(&name.as_str()) || name.starts_with("count/");
        if whole && amount.milli() % 1000 != 0 {
            errors.push(Error::invalid(&path, value, "must be an integer"));
        }
    }
    scopes(spec, &path, errors);
}

fn scopes(spec: &Json, path: &Path, errors: &mut Vec<Error>) {
    let scopes = &spec["scopes"];
    let path = path.child("scopes");
    for scope in scopes.items() {
        if !SCOPES.contains(&scope.str()) {
            errors.push(Error::invalid(&path, scopes, "unsupported scope"));
        }
        for (name, _) in spec["hard"].entries() {
            let pods = matches!(name.as_str(), "pods" | "count/pods");
            let fits = pods || scope.str() != "BestEffort" && COMPUTE.contains(&name.as_str());
            if is_standard(name) && !fits {
                errors.push(Error::invalid(&path, scopes, "unsupported scope applied to resource"));
            }
        }
    }
    let has = |scope: &str| scopes.items().iter().any(|s| s.str() == scope);
    for (a, b) in [("BestEffort", "NotBestEffort"), ("Terminating", "NotTerminating")] {
        if has(a) && has(b) {
            errors.push(Error::invalid(&path, scopes, "conflicting scopes"));
        }
    }
}
