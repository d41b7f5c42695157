//! Namespaces: they go in two phases, when the namespace controller has emptied them.

use super::{PLAIN, Strategy};
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
    // Only the `finalize` subresource changes the spec's finalizers.
    prepare_update: |new, old| new.set("spec", &old["spec"]),
    ..PLAIN
};
