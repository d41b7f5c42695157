//! Metadata that all objects have: keys, owners, references.

use super::views::meta_v1::{ObjectMeta, OwnerReference};
use super::{Resource, View};
use crate::json;
use crate::json::{Json, Str};
use std::fmt;

/// Namespace and name: what a work queue holds (`cache.MetaNamespaceKeyFunc`).
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectKey {
    /// `""` for cluster-scoped objects.
    pub namespace: Str,
    /// The object's name.
    pub name: Str,
}

impl ObjectKey {
    /// A key from its parts.
    pub fn new(namespace: impl Into<Str>, name: impl Into<Str>) -> ObjectKey {
        ObjectKey { namespace: namespace.into(), name: name.into() }
    }

    /// The key of an object.
    pub fn of(object: &Json) -> ObjectKey {
        let part = |key: &str| match &object["metadata"][key] {
            Json::Str(s) => s.clone(),
            _ => Str::default(),
        };
        ObjectKey { namespace: part("namespace"), name: part("name") }
    }
}

/// `namespace/name`, or `name` alone.
impl fmt::Display for ObjectKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.namespace.is_empty() {
            write!(f, "{}", self.name)
        } else {
            write!(f, "{}/{}", self.namespace, self.name)
        }
    }
}

/// An object without the account of who owns its fields, which people rarely want to see; so of a list's items too.
pub fn without_managed_fields(object: &Json) -> Json {
    let mut object = object.clone();
    if let Some(metadata) = object.get_mut("metadata") {
        metadata.remove("managedFields");
    }
    if !object["items"].is_null() {
        let items: Json = object["items"].items().iter().map(without_managed_fields).collect();
        object.set("items", items);
    }
    object
}

/// The metadata of any object.
pub fn metadata(object: &Json) -> ObjectMeta {
    ObjectMeta::from(object["metadata"].clone())
}

/// The owner reference whose `controller` is true (`metav1.GetControllerOf`).
pub fn controller_of(object: &Json) -> Option<OwnerReference> {
    let found = object
        .at(&["metadata", "ownerReferences"])
        .items()
        .iter()
        .find(|r| r["controller"] == Json::Bool(true));
    found.map(|r| OwnerReference::from(r.clone()))
}

/// Whether `owner` (by uid) is the controller of `object`.
pub fn is_controlled_by(object: &Json, owner_uid: &str) -> bool {
    controller_of(object).is_some_and(|r| r.uid() == owner_uid)
}

/// A controller's reference to its object (`metav1.NewControllerRef`).
pub fn new_controller_ref(owner: &Json, resource: &Resource) -> Json {
    json!({
        "apiVersion": resource.api_version(), "kind": &resource.kind,
        "name": &owner["metadata"]["name"], "uid": &owner["metadata"]["uid"],
        "controller": true, "blockOwnerDeletion": true,
    })
}

/// What an Event's `involvedObject` holds.
pub fn object_reference(object: &Json, resource: &Resource) -> Json {
    let meta = &object["metadata"];
    let mut reference = json!({
        "apiVersion": resource.api_version(), "kind": &resource.kind, "name": &meta["name"], "uid": &meta["uid"],
        "resourceVersion": &meta["resourceVersion"],
    });
    if !meta["namespace"].is_null() {
        reference.set("namespace", &meta["namespace"]);
    }
    reference
}

/// Whether a deletion was asked for and waits (for finalizers, or for the kubelet).
pub fn is_being_deleted(object: &Json) -> bool {
    !object["metadata"]["deletionTimestamp"].is_null()
}

/// Whether the finalizer is set.
pub fn has_finalizer(object: &Json, finalizer: &str) -> bool {
    metadata(object).finalizers().contains(finalizer)
}

/// Whether a change concerns who owns whom: the owners of an object, its finalizers, its deletion. Of an object that comes,
/// `before` is absent.
pub fn concerns_ownership(before: &Json, after: &Json) -> bool {
    let differs = |field: &str| before["metadata"][field] != after["metadata"][field];
    ["ownerReferences", "finalizers", "deletionTimestamp"].into_iter().any(differs)
}

/// The object's uid; `""` before it is stored.
pub fn uid(object: &Json) -> &str {
    object["metadata"]["uid"].str()
}

/// Whether the view's condition list has `type` with status `True`.
pub fn condition_is_true<V: View>(status: &V, kind: &str) -> bool {
    status.json()["conditions"].items().iter().any(|c| c["type"].str() == kind && c["status"].str() == "True")
}
