//! Protection of storage in use: a claim that a pod uses, and a volume that a claim has, are not deleted but marked, and go
//! when nobody uses them any more (`pkg/controller/volume/pvcprotection`, `…/pvprotection`). The finalizer is set by the API
//! server when they are created.

use crate::api::{ObjectKey, Request, Resource, ResourceInfo, Status, kinds, meta, storage};
use crate::client::{Context, Delta};
use crate::controllers::pods::is_terminal;
use crate::controllers::{Caches, Controller, Queue};
use crate::json::Json;
use crate::sim::Time;

const CLAIMS: usize = 0;

/// Lets claims and volumes go that nobody uses.
#[derive(Clone, Debug)]
pub struct StorageProtection([Queue; 2]);

impl Default for StorageProtection {
    fn default() -> Self {
        StorageProtection([
            Queue::new("storage-protection/claims", kinds::PERSISTENTVOLUMECLAIMS, 1),
            Queue::new("storage-protection/volumes", kinds::PERSISTENTVOLUMES, 1),
        ])
    }
}

/// The finalizer of each kind, and who takes it away.
fn finalizer(queue: usize) -> (&'static ResourceInfo, &'static str, &'static str) {
    match queue {
        CLAIMS => (
            kinds::PERSISTENTVOLUMECLAIMS,
            "kubernetes.io/pvc-protection",
            "persistentvolumeclaim-protection-controller",
        ),
        _ => (
            kinds::PERSISTENTVOLUMES,
            "kubernetes.io/pv-protection",
            "persistentvolume-protection-controller",
        ),
    }
}

/// Whether a pod has the claim in use: from when it has a node until it has ended.
fn uses(pod: &Json, claim: &str) -> bool {
    !pod["spec"]["nodeName"].is_empty()
        && !is_terminal(pod)
        && storage::claims_of(pod).any(|claimed| claimed == claim)
}

impl Controller for StorageProtection {
    fn name(&self) -> &'static str {
        "storage-protection"
    }

    fn watches(&self) -> Vec<&'static ResourceInfo> {
        vec![kinds::PERSISTENTVOLUMECLAIMS, kinds::PERSISTENTVOLUMES, kinds::PODS]
    }

    fn handle(&mut self, caches: &Caches, resource: &Resource, delta: &Delta, _: Time) {
        let object = delta.object();
        if *resource == Resource::from(kinds::PODS) {
            if matches!(delta, Delta::Deleted(_)) || is_terminal(object) {
                let namespace = object["metadata"]["namespace"].str();
                for name in storage::claims_of(object) {
                    let key = ObjectKey::new(namespace, name);
                    let claim = caches.of(kinds::PERSISTENTVOLUMECLAIMS).get(&key);
                    if claim.is_some_and(meta::is_being_deleted) {
                        self.0[CLAIMS].keys.add(key);
                    }
                }
            }
            return;
        }
        let queue = usize::from(*resource == Resource::from(kinds::PERSISTENTVOLUMES));
        if !matches!(delta, Delta::Deleted(_)) && meta::is_being_deleted(object) {
            self.0[queue].keys.add(ObjectKey::of(object));
        }
    }

    fn queues(&self) -> &[Queue] {
        &self.0
    }

    fn queues_mut(&mut self) -> &mut [Queue] {
        &mut self.0
    }

    fn sync(
        &mut self,
        cx: &mut Context,
        caches: &Caches,
        queue: usize,
        key: &ObjectKey,
    ) -> Result<(), Status> {
        let (kind, finalizer, agent) = finalizer(queue);
        let cached = caches.of(kind).get(key);
        cx.note("read-cache", [("found", Json::Bool(cached.is_some()))]);
        let held = |object: &&Json| meta::is_being_deleted(object) && meta::has_finalizer(object, finalizer);
        let Some(object) = cached.filter(held) else { return Ok(()) };
        let used = match queue {
            CLAIMS => {
                let mut pods = caches.of(kinds::PODS).in_namespace(&key.namespace);
                pods.any(|pod| uses(pod, &key.name))
            }
            _ => object["status"]["phase"].str() == "Bound",
        };
        cx.note("in-use", [("used", used.into())]);
        if used {
            return Ok(());
        }
        let mut free = object.clone();
        let left = object["metadata"]["finalizers"].items().iter().filter(|f| f.str() != finalizer);
        let left: Json = left.collect();
        free.set_at(&["metadata", "finalizers"], left);
        match cx.api.call(Request::update(kind, free).by(agent)) {
            Err(error) if !error.is_not_found() => Err(error),
            _ => Ok(()),
        }
    }
}
