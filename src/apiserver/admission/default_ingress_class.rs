//! DefaultIngressClass: an Ingress that names no class gets the cluster's (`plugin/pkg/admission/network/defaultingressclass`).

use super::Attributes;
use super::default_storage_class::newest;
use crate::api::{Status, kinds};
use crate::apiserver::ApiServer;

const DEFAULT: &str = "ingressclass.kubernetes.io/is-default-class";
const OLD_CLASS: &str = "kubernetes.io/ingress.class";

/// Admits a new Ingress.
pub fn admit(server: &mut ApiServer, attributes: &mut Attributes) -> Result<(), Status> {
    let ingress = &*attributes.object;
    let said = !ingress["spec"]["ingressClassName"].is_null()
        || ingress["metadata"]["annotations"].get(OLD_CLASS).is_some();
    if !attributes.creates("networking.k8s.io", "ingresses") || said {
        return Ok(());
    }
    if let Some(class) = newest(server, kinds::INGRESSCLASSES, &[DEFAULT]) {
        attributes.object.set_at(&["spec", "ingressClassName"], class);
    }
    Ok(())
}
