//! Namespaces: they go in two phases, when the namespace controller has emptied them.

use super::{PLAIN, Strategy};
use crate::api::field::{Error, Path};
use crate::apiserver::validation::at::At;
use crate::apiserver::validation::names;
use crate::json;

/// The strategy of namespaces.
pub static NAMESPACE: Strategy = Strategy {
    selectable: &["status.phase"],
    name: names::label,
    defaults: |ns| {
        let name = ns["metadata"]["name"].clone();
        if !name.str().is_empty() {
            ns.set_at(&["metadata", "labels", "kubernetes.io/metadata.name"], name);
        }
    },
    prepare_create: |ns| {
        ns.set("spec", json!({ "finalizers": ["kubernetes"] }));
        ns.set("status", json!({ "phase": "Active" }));
    },
    validate_status: |new, _, errors| {
        let phase = At::top(new, "status").get("phase");
        let path = Path::new("status").child("Phase");
        let mut refuse = |detail: &str| errors.push(Error::invalid(&path, phase.str(), detail));
        match (new["metadata"]["deletionTimestamp"].is_null(), phase.str()) {
            (true, "Active") | (false, "Terminating") => {}
            (true, _) => refuse("may only be 'Active' if `deletionTimestamp` is empty"),
            (false, _) => refuse("may only be 'Terminating' if `deletionTimestamp` is not empty"),
        }
    },
    // Only the `finalize` subresource changes the spec's finalizers.
    prepare_update: |new, old| new.set("spec", &old["spec"]),
    ..PLAIN
};
