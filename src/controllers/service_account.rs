//! The service-account controller: every namespace has a service account `default`, which pods use that name no other.

use super::{Caches, Controller, Queue};
use crate::api::{ObjectKey, Request, Resource, ResourceInfo, Status, kinds};
use crate::client::{Context, Delta};
use crate::json;
use crate::json::Json;
use crate::sim::Time;

const AGENT: &str = "service-account-controller";
const DEFAULT: &str = "default";

/// Creates `default` in each namespace.
#[derive(Clone, Debug)]
pub struct ServiceAccountController([Queue; 1]);

impl Default for ServiceAccountController {
    fn default() -> Self {
        ServiceAccountController([Queue::new(AGENT, kinds::NAMESPACES, 1)])
    }
}

impl Controller for ServiceAccountController {
    fn name(&self) -> &'static str {
        AGENT
    }

    fn watches(&self) -> Vec<&'static ResourceInfo> {
        vec![kinds::NAMESPACES, kinds::SERVICEACCOUNTS]
    }

    fn handle(&mut self, _: &Caches, resource: &Resource, delta: &Delta, _: Time) {
        let object = delta.object();
        let gone = matches!(delta, Delta::Deleted(_));
        if *resource == Resource::from(kinds::NAMESPACES) {
            if !gone {
                self.0[0].keys.add(ObjectKey::of(object));
            }
        } else if gone && object["metadata"]["name"].str() == DEFAULT {
            self.0[0].keys.add(ObjectKey::new("", object["metadata"]["namespace"].str()));
        }
    }

    fn queues(&self) -> &[Queue] {
        &self.0
    }

    fn queues_mut(&mut self) -> &mut [Queue] {
        &mut self.0
    }

    fn sync(&mut self, cx: &mut Context, caches: &Caches, _: usize, key: &ObjectKey) -> Result<(), Status> {
        let account = ObjectKey::new(key.name.clone(), DEFAULT);
        let active = is_active(caches, key);
        let there = caches.of(kinds::SERVICEACCOUNTS).get(&account).is_some();
        cx.note("read-cache", [("active", Json::Bool(active)), ("found", Json::Bool(there))]);
        if !active || there {
            return Ok(());
        }
        cx.note("create", [("serviceAccount", Json::from(DEFAULT))]);
        let body = json!({
            "apiVersion": "v1", "kind": "ServiceAccount",
            "metadata": { "name": DEFAULT, "namespace": &key.name },
        });
        create_unless_there(cx, Request::create(kinds::SERVICEACCOUNTS, body).by(AGENT))
    }
}

/// Whether a namespace is there and takes new objects.
pub(super) fn is_active(caches: &Caches, namespace: &ObjectKey) -> bool {
    caches.of(kinds::NAMESPACES).get(namespace).is_some_and(|ns| ns["status"]["phase"].str() == "Active")
}

/// Creates; that it exists already, or that its namespace is on its way out, is no failure.
pub(super) fn create_unless_there(cx: &mut Context, request: Request) -> Result<(), Status> {
    match cx.api.call(request) {
        Err(error) if !error.is_already_exists() && !super::pod_control::namespace_terminating(&error) => {
            Err(error)
        }
        _ => Ok(()),
    }
}
