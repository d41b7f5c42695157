//! The CRD finalizer: deletes the objects of a definition that is to go, and lets it go when none is left
//! (`pkg/controller/finalizer/crd_finalizer.go`).

use super::{AGENT, is_true, set_condition, update_status};
use crate::api::{ObjectKey, Reason, Request, Resource, ResourceInfo, Status, Verb, kinds, meta};
use crate::client::{Context, Delta};
use crate::collections::Map;
use crate::controllers::{Caches, Controller, Queue};
use crate::json::{Json, Str};
use crate::sim::Time;
use std::time::Duration;

/// Its name.
pub const NAME: &str = "crd-finalizer";
/// What holds a definition until its objects are gone.
const FINALIZER: &str = "customresourcecleanup.apiextensions.k8s.io";
/// How often it looks whether they are.
const POLL: Duration = Duration::from_secs(5);
/// How long it looks before it begins anew.
const PATIENCE: Duration = Duration::from_secs(60);

/// Empties definitions.
#[derive(Clone, Debug)]
pub struct CrdFinalizer {
    queues: [Queue; 1],
    /// Since when it waits for the objects of a definition.
    waiting: Map<ObjectKey, Time>,
}

impl Default for CrdFinalizer {
    fn default() -> Self {
        CrdFinalizer { queues: [Queue::new(NAME, kinds::CUSTOMRESOURCEDEFINITIONS, 5)], waiting: Map::new() }
    }
}

fn is_due(crd: &Json) -> bool {
    meta::is_being_deleted(crd) && meta::has_finalizer(crd, FINALIZER)
}

/// The resource whose objects a definition describes.
fn resource_of(cx: &Context, crd: &Json) -> Option<Resource> {
    let (group, plural) = (crd["spec"]["group"].str(), crd["status"]["acceptedNames"]["plural"].str());
    cx.api.served().custom.into_iter().rfind(|r| r.group == group && r.plural == plural)
}

fn instances(cx: &mut Context, resource: &Resource) -> Result<Vec<Json>, Status> {
    let list = cx.api.call(Request::list(resource.clone(), "").by(AGENT))?.body;
    Ok(list["items"].items().to_vec())
}

impl CrdFinalizer {
    /// Whether the last object is gone; asks for their deletion once.
    fn delete_instances(&mut self, cx: &mut Context, key: &ObjectKey, crd: &Json) -> Result<bool, Status> {
        let Some(resource) = resource_of(cx, crd) else { return Ok(true) };
        if !self.waiting.contains_key(key) {
            let mut namespaces: Vec<Str> = Vec::new();
            for object in instances(cx, &resource)? {
                let namespace = Str::from(object["metadata"]["namespace"].str());
                if !namespaces.contains(&namespace) {
                    namespaces.push(namespace);
                }
            }
            cx.note("delete-instances", [("namespaces", namespaces.len().into())]);
            for namespace in namespaces {
                let delete = Request::new(Verb::DeleteCollection, resource.clone(), namespace, "");
                cx.api.call(delete.by(AGENT))?;
            }
            self.waiting.insert(key.clone(), cx.now);
        }
        let left = instances(cx, &resource)?.len();
        cx.note("instances-left", [("left", left.into())]);
        Ok(left == 0)
    }
}

impl Controller for CrdFinalizer {
    fn name(&self) -> &'static str {
        NAME
    }

    fn watches(&self) -> Vec<&'static ResourceInfo> {
        vec![kinds::CUSTOMRESOURCEDEFINITIONS]
    }

    fn handle(&mut self, _: &Caches, _: &Resource, delta: &Delta, _: Time) {
        match delta {
            Delta::Added(crd) => {
                if is_due(crd) {
                    self.queues[0].keys.add(ObjectKey::of(crd));
                }
            }
            Delta::Updated(old, crd) => {
                // Its own updates are no news.
                if is_due(crd) && !is_due(old) {
                    self.queues[0].keys.add(ObjectKey::of(crd));
                }
            }
            Delta::Deleted(crd) => drop(self.waiting.remove(&ObjectKey::of(crd))),
        }
    }

    fn queues(&self) -> &[Queue] {
        &self.queues
    }

    fn queues_mut(&mut self) -> &mut [Queue] {
        &mut self.queues
    }

    fn sync(&mut self, cx: &mut Context, caches: &Caches, _: usize, key: &ObjectKey) -> Result<(), Status> {
        let cached = caches.of(kinds::CUSTOMRESOURCEDEFINITIONS).get(key);
        cx.note("read-cache", [("found", Json::Bool(cached.is_some()))]);
        let Some(crd) = cached.filter(|crd| is_due(crd)) else { return Ok(()) };
        let mut crd = crd.clone();
        if !self.waiting.contains_key(key) {
            let message = "CustomResource deletion is in progress";
            set_condition(&mut crd, cx.now, "Terminating", "True", "InstanceDeletionInProgress", message);
            let Some(stored) = update_status(cx, crd)? else { return Ok(()) };
            crd = stored;
        }
        let (reason, message) = if !is_true(&crd, "Established") {
            ("NeverEstablished", "resource was never established")
        } else if self.delete_instances(cx, key, &crd)? {
            ("InstanceDeletionCompleted", "removed all instances")
        } else {
            let since = self.waiting.get(key).copied().unwrap_or(cx.now);
            if cx.now.since(since) < PATIENCE {
                self.queues[0].keys.add_after(key.clone(), cx.now, POLL);
                return Ok(());
            }
            self.waiting.remove(key);
            let why = "could not confirm zero CustomResources remaining: context deadline exceeded";
            set_condition(&mut crd, cx.now, "Terminating", "True", "InstanceDeletionCheck", why);
            update_status(cx, crd)?;
            return Err(Status::new(Reason::Timeout, "context deadline exceeded"));
        };
        self.waiting.remove(key);
        set_condition(&mut crd, cx.now, "Terminating", "False", reason, message);
        let finalizers = crd["metadata"]["finalizers"].items().iter().filter(|f| f.str() != FINALIZER);
        let finalizers: Json = finalizers.collect();
        crd.set_at(&["metadata", "finalizers"], finalizers);
        cx.note("finalize-definition", [("name", Json::from(&key.name))]);
        update_status(cx, crd).map(|_| ())
    }
}
