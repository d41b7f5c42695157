//! The dependency graph: who owns whom, as far as the caches tell (upstream's `graph_builder.go`).

use crate::api::{ObjectKey, Resource, meta};
use crate::collections::{Map, Set};
use crate::json::{Json, Str};

/// The finalizer of an object that waits for its dependents to be deleted.
pub const FOREGROUND: &str = "foregroundDeletion";
/// The finalizer of an object that waits for its dependents to be set free.
pub const ORPHAN: &str = "orphan";

/// An object in the graph.
#[derive(Clone, Debug)]
pub struct Node {
    /// What it is.
    pub resource: Resource,
    /// Where it is.
    pub key: ObjectKey,
    /// The owner references it has.
    pub owners: Json,
    /// The uids of what it owns.
    pub dependents: Set<Str>,
    /// It is being deleted.
    pub deleting: bool,
    /// It is being deleted and waits for its dependents to go first.
    pub waits_for_dependents: bool,
    /// Nobody has seen it; a dependent's reference says that it exists.
    pub assumed: bool,
}

/// Objects by uid.
#[derive(Clone, Debug, Default)]
pub struct Graph(Map<Str, Node>);

impl Graph {
    /// The node of a uid.
    pub fn get(&self, uid: &str) -> Option<&Node> {
        self.0.get(uid)
    }

    /// How many objects there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Takes in an object as it is now; gives its node as it was before, and the uids of owners that were unknown until now.
    pub fn put(
        &mut self,
        custom: &[Resource],
        resource: &Resource,
        object: &Json,
    ) -> (Option<Node>, Vec<Str>) {
        let uid = Str::from(meta::uid(object));
        let old = self.0.get(&uid).cloned();
        let owners = object["metadata"]["ownerReferences"].clone();
        let deleting = meta::is_being_deleted(object);
        let node = Node {
            resource: resource.clone(),
            key: ObjectKey::of(object),
            owners: owners.clone(),
            dependents: old.as_ref().map(|n| n.dependents.clone()).unwrap_or_default(),
            deleting,
            waits_for_dependents: deleting && meta::has_finalizer(object, FOREGROUND),
            assumed: false,
        };
        let namespace = node.key.namespace.clone();
        self.0.insert(uid.clone(), node);
        let before = old.as_ref().map(|n| n.owners.clone()).unwrap_or_default();
        let mut unknown = Vec::new();
        if before != owners {
            for gone in before.items().iter().filter(|o| !refers(&owners, o["uid"].str())) {
                if let Some(owner) = self.0.get_mut(gone["uid"].str()) {
                    owner.dependents.remove(&uid);
                }
            }
            for owner in owners.items() {
                if self.link(custom, &uid, owner, &namespace) {
                    unknown.push(Str::from(owner["uid"].str()));
                }
            }
        }
        (old, unknown)
    }

    /// Notes that `owner` owns `uid`; whether the owner was unknown.
    fn link(&mut self, custom: &[Resource], uid: &Str, owner: &Json, namespace: &Str) -> bool {
        let owner_uid = Str::from(owner["uid"].str());
        if let Some(node) = self.0.get_mut(&owner_uid) {
            node.dependents.insert(uid.clone());
            return false;
        }
        let info = crate::api::kinds::of_kind(custom, owner["apiVersion"].str(), owner["kind"].str());
        let Some(info) = info else { return false };
        let namespace = if info.namespaced { namespace.clone() } else { Str::default() };
        let node = Node {
            resource: info,
            key: ObjectKey { namespace, name: Str::from(owner["name"].str()) },
            owners: Json::Null,
            dependents: Set::from([uid.clone()]),
            deleting: false,
            waits_for_dependents: false,
            assumed: true,
        };
        self.0.insert(owner_uid, node);
        true
    }

    /// Takes an object out, and out of its owners' dependents.
    pub fn remove(&mut self, uid: &str) -> Option<Node> {
        let node = self.0.remove(uid)?;
        for owner in node.owners.items() {
            if let Some(owner) = self.0.get_mut(owner["uid"].str()) {
                owner.dependents.remove(uid);
            }
        }
        Some(node)
    }
}

fn refers(owners: &Json, uid: &str) -> bool {
    owners.items().iter().any(|owner| owner["uid"].str() == uid)
}
