//! The Service `default/kubernetes`, by which pods find the API server, and its endpoints. The API server itself keeps
//! them (`pkg/controlplane/controller/kubernetesservice`, `pkg/controlplane/reconcilers`).

use super::ApiServer;
use super::resources::service::alloc::API_SERVER;
use crate::api::endpoints::SERVICE_NAME;
use crate::api::{Request, kinds};
use crate::json;
use crate::json::Json;
use crate::sim::{Rng, Time};

const NAME: &str = "kubernetes";
/// Where the API server listens (`--advertise-address`, `--secure-port`): a machine of its own, which is no node.
const ADDRESS: &str = "10.0.0.254";
const PORT: i64 = 6443;

impl ApiServer {
    /// Creates the Service of the API server with its Endpoints and EndpointSlice.
    pub fn keep_kubernetes_service(&mut self, now: Time) {
        // Chance of its own: what a cluster calls all that follows does not depend on whether it has this Service.
        let own = Rng::new(self.rng.clone().next_u64());
        let rng = std::mem::replace(&mut self.rng, own);
        for (resource, mut object) in [
            (kinds::SERVICES, service()),
            (kinds::ENDPOINTS, endpoints()),
            (kinds::ENDPOINTSLICES, endpoint_slice()),
        ] {
            object.set("apiVersion", resource.api_version());
            object.set("kind", &resource.kind);
            let created = self.handle(now, &Request::create(resource, object).by("apiserver"));
            debug_assert!(created.is_ok(), "{created:?}");
        }
        self.rng = rng;
    }
}

fn service() -> Json {
    json!({
        "metadata": {
            "name": NAME, "namespace": "default",
            "labels": { "component": "apiserver", "provider": "kubernetes" },
        },
        "spec": {
            "clusterIP": API_SERVER, "ipFamilyPolicy": "SingleStack", "sessionAffinity": "None", "type": "ClusterIP",
            "ports": [{ "name": "https", "port": 443, "protocol": "TCP", "targetPort": PORT }],
        },
    })
}

fn endpoints() -> Json {
    json!({
        "metadata": {
            "name": NAME, "namespace": "default",
            "labels": { "endpointslice.kubernetes.io/skip-mirror": "true" },
        },
        "subsets": [{
            "addresses": [{ "ip": ADDRESS }],
            "ports": [{ "name": "https", "port": PORT, "protocol": "TCP" }],
        }],
    })
}

fn endpoint_slice() -> Json {
    let mut slice = json!({
        "metadata": { "name": NAME, "namespace": "default" },
        "addressType": "IPv4",
        "endpoints": [{ "addresses": [ADDRESS], "conditions": { "ready": true } }],
        "ports": [{ "name": "https", "port": PORT, "protocol": "TCP" }],
    });
    slice.set_at(&["metadata", "labels", SERVICE_NAME], NAME);
    slice
}
