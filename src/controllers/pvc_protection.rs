//! The claim-protection controller: a PersistentVolumeClaim that is deleted goes when no pod on a node uses it any more
//! (`pkg/controller/volume/pvcprotection`).

use super::{Caches, Controller, Queue};
use crate::api::{ObjectKey, Request, Resource, ResourceInfo, Status, kinds, meta};
use crate::client::{Context, Delta};
use crate::json::Json;
use crate::sim::Time;

const AGENT: &str = "persistentvolumeclaim-protection-controller";
const FINALIZER: &str = "kubernetes.io/pvc-protection";

/// Keeps claims that are in use.
#[derive(Clone, Debug)]
pub struct ClaimProtectionController([Queue; 1]);

impl Default for ClaimProtectionController {
    fn default() -> Self {
        ClaimProtectionController([Queue::new(AGENT, kinds::PERSISTENTVOLUMECLAIMS, 1)])
    }
}

/// The claims that a pod names.
fn claims(pod: &Json) -> impl Iterator<Item = &str> {
    let volumes = pod["spec"]["volumes"].items().iter();
    volumes.map(|volume| volume["persistentVolumeClaim"]["claimName"].str()).filter(|name| !name.is_empty())
}

/// Whether a deleted object waits for this finalizer, or a living one lacks it.
pub(super) fn is_to_do(object: &Json, finalizer: &str) -> bool {
    let has = object["metadata"]["finalizers"].items().iter().any(|present| present.str() == finalizer);
    has == meta::is_being_deleted(object)
}

/// Takes the finalizer away from a deleted object, or gives it to a living one.
pub(super) fn toggle(
    cx: &mut Context,
    resource: &'static ResourceInfo,
    object: &Json,
    finalizer: &'static str,
    agent: &'static str,
) -> Result<(), Status> {
    let mut finalizers = object["metadata"]["finalizers"].items().to_vec();
    let gone = meta::is_being_deleted(object);
    if gone {
        finalizers.retain(|present| present.str() != finalizer);
    } else {
        finalizers.push(finalizer.into());
    }
    cx.note("protect", [("finalizer", Json::from(finalizer)), ("protected", Json::Bool(!gone))]);
    let mut object = object.clone();
    object.set_at(&["metadata", "finalizers"], finalizers);
    match cx.api.call(Request::update(resource, object).by(agent)) {
        Err(error) if !error.is_not_found() => Err(error),
        _ => Ok(()),
    }
}

impl Controller for ClaimProtectionController {
    fn name(&self) -> &'static str {
        AGENT
    }

    fn watches(&self) -> Vec<&'static ResourceInfo> {
        vec![kinds::PERSISTENTVOLUMECLAIMS, kinds::PODS]
    }

    fn handle(&mut self, caches: &Caches, resource: &Resource, delta: &Delta, _: Time) {
        let object = delta.object();
        if *resource == Resource::from(kinds::PERSISTENTVOLUMECLAIMS) {
            if !matches!(delta, Delta::Deleted(_)) && is_to_do(object, FINALIZER) {
                self.0[0].keys.add(ObjectKey::of(object));
            }
            return;
        }
        let over = matches!(object["status"]["phase"].str(), "Succeeded" | "Failed");
        if matches!(delta, Delta::Deleted(_)) || over || object["spec"]["nodeName"].is_empty() {
            let namespace = object["metadata"]["namespace"].str();
            for name in claims(object) {
                let key = ObjectKey::new(namespace, name);
                let claim = caches.of(kinds::PERSISTENTVOLUMECLAIMS).get(&key);
                if claim.is_some_and(|claim| is_to_do(claim, FINALIZER)) {
                    self.0[0].keys.add(key);
                }
            }
        }
    }

    fn queues(&self) -> &[Queue] {
        &self.0
    }

    fn queues_mut(&mut self) -> &mut [Queue] {
        &mut self.0
    }

    fn sync(&mut self, cx: &mut Context, caches: &Caches, _: usize, key: &ObjectKey) -> Result<(), Status> {
        let claim = caches.of(kinds::PERSISTENTVOLUMECLAIMS).get(key);
        cx.note("read-cache", [("found", Json::Bool(claim.is_some()))]);
        let Some(claim) = claim.filter(|claim| is_to_do(claim, FINALIZER)) else { return Ok(()) };
        if meta::is_being_deleted(claim) {
            let on_node = |pod: &&Json| !pod["spec"]["nodeName"].is_empty();
            let uses = |pod: &Json| claims(pod).any(|name| *name == *key.name);
            let cached = caches.of(kinds::PODS).in_namespace(&key.namespace).filter(on_node).any(uses);
            // The cache may be behind: nobody uses it only if the server says so too.
            let used = cached || {
                let list = cx.api.call(Request::list(kinds::PODS, key.namespace.clone()).by(AGENT))?.body;
                list["items"].items().iter().filter(on_node).any(uses)
            };
            cx.note("in-use", [("used", Json::Bool(used))]);
            if used {
                return Ok(());
            }
        }
        toggle(cx, kinds::PERSISTENTVOLUMECLAIMS, claim, FINALIZER, AGENT)
    }
}
