//! What people wrote of an object: its manifest again, without what the cluster added.
//!
//! The account of who owns which field says it: a Job's generated selector, a pod's node, a volume with a token and every
//! status belong to the server, to admission (which comes after the account) or to a component, and none of them is wanted
//! in a manifest for another cluster.

use super::managers;
use super::set;
use super::walk::{self, Kind};
use crate::api::ObjectKey;
use crate::api::kinds::ResourceInfo;
use crate::json;
use crate::json::Json;

/// The programs of the cluster itself.
const COMPONENTS: [&str; 4] = ["kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubelet"];
/// What `kubectl apply` notes down for itself.
const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";

/// The object as people wrote it; `None` where they wrote nothing of it.
pub fn written(info: &ResourceInfo, object: &Json) -> Option<Json> {
    let kind = Kind::of_resource(info);
    let theirs = |entry: &managers::Entry| !COMPONENTS.contains(&entry.manager.as_str());
    let entries = managers::read(object).into_iter().filter(|e| theirs(e) && e.subresource != "status");
    let owned = entries.fold(Json::Null, |all, entry| set::union(&all, &entry.fields));
    if owned.is_null() {
        return None;
    }
    let others = set::difference(&walk::stated(kind, object), &owned);
    let body = if matches!(kind, Kind::Leaf) { object.clone() } else { walk::without(kind, object, &others) };
    let ObjectKey { namespace, name } = ObjectKey::of(object);
    let mut metadata = json!({ "name": name });
    if info.namespaced {
        metadata.set("namespace", namespace);
    }
    for part in ["labels", "annotations", "finalizers"] {
        let mut said = body.at(&["metadata", part]).clone();
        if part == "annotations" {
            said.remove(LAST_APPLIED);
        }
        if !said.is_empty() {
            metadata.set(part, said);
        }
    }
    let mut out = json!({ "apiVersion": info.api_version(), "kind": &info.kind, "metadata": metadata });
    for (key, value) in body.entries() {
        if !["apiVersion", "kind", "metadata", "status"].contains(&key.as_str()) {
            out.set(key.clone(), value);
        }
    }
    Some(out)
}
