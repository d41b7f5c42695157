//! NamespaceLifecycle: objects need a namespace that exists and is not going away
//! (`apiserver/pkg/admission/plugin/namespace/lifecycle`).

use super::Attributes;
use crate::api::{Cause, ObjectKey, Request, Status, kinds};
use crate::apiserver::ApiServer;
use crate::json::Str;

/// Admits a new object.
pub fn admit(server: &mut ApiServer, attributes: &mut Attributes) -> Result<(), Status> {
    if attributes.old.is_some() {
        return Ok(());
    }
    let name = attributes.object["metadata"]["name"].str();
    check(server, attributes.request, attributes.namespace, name)
}

/// Refuses where a namespace takes nothing new.
pub fn check(server: &ApiServer, request: &Request, namespace: &str, name: &str) -> Result<(), Status> {
    if !request.resource.namespaced || namespace.is_empty() {
        return Ok(());
    }
    let namespaces = kinds::NAMESPACES.into();
    let Some(found) = server.store.get(&namespaces, &ObjectKey::new("", namespace)) else {
        return Err(Status::not_found(&namespaces, namespace));
    };
    if found["status"]["phase"].str() == "Terminating" {
        let why =
            format!("unable to create new content in namespace {namespace} because it is being terminated");
        let mut status = Status::forbidden(&request.resource, name, &why);
        if let Some(details) = &mut status.details {
            details.causes.push(Cause {
                reason: Str::fixed("NamespaceTerminating"),
                message: format!("namespace {namespace} is being terminated").into(),
                field: Str::fixed("metadata.namespace"),
            });
        }
        return Err(status);
    }
    Ok(())
}
