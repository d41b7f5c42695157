//! The root-CA publisher: every namespace has a ConfigMap `kube-root-ca.crt`, by which pods know the API server.

use super::service_account::{create_unless_there, is_active};
use super::{Caches, Controller, Queue};
use crate::api::{ObjectKey, Request, Resource, ResourceInfo, Status, kinds};
use crate::client::{Context, Delta};
use crate::json;
use crate::json::Json;
use crate::sim::Time;

const AGENT: &str = "root-ca-cert-publisher";
const NAME: &str = "kube-root-ca.crt";
const DESCRIPTION: &str = "Contains a CA bundle that can be used to verify the kube-apiserver when using internal \
                           endpoints such as the internal service IP or kubernetes.default.svc. No other usage is \
                           guaranteed across distributions of Kubernetes clusters.";
/// There is no TLS here; the certificate only looks like one.
pub(super) const CERTIFICATE: &str = "-----BEGIN CERTIFICATE-----\nS3ViZXN0ZXA=\n-----END CERTIFICATE-----\n";

/// Keeps `kube-root-ca.crt` in each namespace.
#[derive(Clone, Debug)]
pub struct RootCaPublisher([Queue; 1]);

impl Default for RootCaPublisher {
    fn default() -> Self {
        RootCaPublisher([Queue::new(AGENT, kinds::NAMESPACES, 1)])
    }
}

fn data() -> Json {
    let mut data = json!({});
    data.set("ca.crt", CERTIFICATE);
    data
}

impl Controller for RootCaPublisher {
    fn name(&self) -> &'static str {
        AGENT
    }

    fn watches(&self) -> Vec<&'static ResourceInfo> {
        vec![kinds::CONFIGMAPS, kinds::NAMESPACES]
    }

    fn handle(&mut self, _: &Caches, resource: &Resource, delta: &Delta, _: Time) {
        let object = delta.object();
        let metadata = &object["metadata"];
        if *resource == Resource::from(kinds::NAMESPACES) {
            if !matches!(delta, Delta::Deleted(_)) {
                self.0[0].keys.add(ObjectKey::of(object));
            }
        } else if !matches!(delta, Delta::Added(_)) && metadata["name"].str() == NAME {
            self.0[0].keys.add(ObjectKey::new("", metadata["namespace"].str()));
        }
    }

    fn queues(&self) -> &[Queue] {
        &self.0
    }

    fn queues_mut(&mut self) -> &mut [Queue] {
        &mut self.0
    }

    fn sync(&mut self, cx: &mut Context, caches: &Caches, _: usize, key: &ObjectKey) -> Result<(), Status> {
        let active = is_active(caches, key);
        let found = caches.of(kinds::CONFIGMAPS).get(&ObjectKey::new(key.name.clone(), NAME));
        cx.note("read-cache", [("active", Json::Bool(active)), ("found", Json::Bool(found.is_some()))]);
        match found {
            None if active => {
                cx.note("create", [("configMap", Json::from(NAME))]);
                let mut body = json!({
                    "apiVersion": "v1", "kind": "ConfigMap",
                    "metadata": { "name": NAME, "namespace": &key.name }, "data": data(),
                });
                body.set_at(&["metadata", "annotations", "kubernetes.io/description"], DESCRIPTION);
                create_unless_there(cx, Request::create(kinds::CONFIGMAPS, body).by(AGENT))
            }
            Some(map) if map["data"] != data() => {
                cx.note("update", [("configMap", Json::from(NAME))]);
                let mut map = map.clone();
                map.set("data", data());
                map.set_at(&["metadata", "annotations", "kubernetes.io/description"], DESCRIPTION);
                cx.api.call(Request::update(kinds::CONFIGMAPS, map).by(AGENT)).map(|_| ())
            }
            _ => Ok(()),
        }
    }
}
