//! What a Deployment and its ReplicaSets say of revisions: each template that a Deployment has had is a ReplicaSet, and its
//! number stands in an annotation. Those of a StatefulSet or a DaemonSet are ControllerRevisions. The controllers write
//! them; `kubectl rollout` reads them.

use crate::json;
use crate::json::Json;

/// A template's hash, as label of its ReplicaSet and its pods.
pub const HASH_LABEL: &str = "pod-template-hash";
/// Which revision it is: of a Deployment, and of each of its ReplicaSets.
pub const REVISION: &str = "deployment.kubernetes.io/revision";
/// The revisions that a ReplicaSet was before one went back to it.
pub const HISTORY: &str = "deployment.kubernetes.io/revision-history";
/// How many replicas the Deployment asked for when it last scaled this ReplicaSet …
pub const DESIRED: &str = "deployment.kubernetes.io/desired-replicas";
/// … and how many pods it might have had in all.
pub const MAX: &str = "deployment.kubernetes.io/max-replicas";
/// To which revision the controller is to go back, where one asks it to.
pub const ROLLBACK_TO: &str = "deprecated.deployment.rollback.to";
/// Why a revision was made, in its author's words.
pub const CHANGE_CAUSE: &str = "kubernetes.io/change-cause";

/// Annotations of the Deployment that its ReplicaSets do not get.
const NOT_COPIED: [&str; 6] =
    ["kubectl.kubernetes.io/last-applied-configuration", REVISION, HISTORY, DESIRED, MAX, ROLLBACK_TO];

/// Whether an annotation of a Deployment is copied to its newest ReplicaSet, and back by a rollback.
pub fn is_copied(annotation: &str) -> bool {
    !NOT_COPIED.contains(&annotation)
}

/// The revision that an object says it is; 0 where it says none.
pub fn of(object: &Json) -> i64 {
    object["metadata"]["annotations"][REVISION].str().parse().unwrap_or(0)
}

/// A pod template without its hash.
pub fn without_hash(template: &Json) -> Json {
    let mut template = template.clone();
    if template["metadata"]["labels"].get(HASH_LABEL).is_some() {
        let mut labels = template["metadata"]["labels"].clone();
        labels.remove(HASH_LABEL);
        template.set_at(&["metadata", "labels"], labels);
    }
    template
}

/// Whether two pod templates differ at most in the hash (`EqualIgnoreHash`).
pub fn same_template(a: &Json, b: &Json) -> bool {
    without_hash(a) == without_hash(b)
}

/// Of which ControllerRevision a pod is: its name for a StatefulSet's, its hash for a DaemonSet's.
pub const CONTROLLER_REVISION: &str = "controller-revision-hash";

/// What a ControllerRevision keeps of an object: the strategic merge patch that brings its template back.
pub fn snapshot(object: &Json) -> Json {
    let mut template = object["spec"]["template"].clone();
    template.set("$patch", "replace");
    json!({ "spec": { "template": template } })
}

/// The template that a ControllerRevision keeps.
pub fn template_of(revision: &Json) -> Json {
    let mut template = revision.at(&["data", "spec", "template"]).clone();
    template.remove("$patch");
    template
}

/// The number of a ControllerRevision.
pub fn number(revision: &Json) -> i64 {
    revision["revision"].as_i64().unwrap_or(0)
}
