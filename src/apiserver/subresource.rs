//! Subresources that are not a view of their object: binding, token, and (in files of their own) eviction and scale.

use super::{ApiServer, admission, eviction, token};
use crate::api::{ObjectKey, Reason, Request, Response, Status, kinds};
use crate::json;
use crate::json::Json;
use crate::sim::Time;

/// POST to a subresource.
pub fn create(server: &mut ApiServer, now: Time, request: &Request) -> Result<Response, Status> {
    match &*request.subresource {
        "binding" => bind(server, now, request),
        "eviction" => eviction::create(server, now, request),
        "token" => token::create(server, now, request),
        _ => Err(not_served()),
    }
}

/// PUT to a subresource.
pub fn update(server: &mut ApiServer, now: Time, request: &Request) -> Result<Response, Status> {
    match &*request.subresource {
        "scale" => super::scale::write(server, now, request),
        _ => Err(not_served()),
    }
}

/// There is no such path.
pub fn not_served() -> Status {
    Status::new(Reason::NotFound, "the server could not find the requested resource")
}

/// The scheduler's answer: writes the node's name into the Pod and says that it is scheduled.
fn bind(server: &mut ApiServer, now: Time, request: &Request) -> Result<Response, Status> {
    let resource = kinds::PODS.into();
    let name = if request.name.is_empty() { request.body["metadata"]["name"].str() } else { &request.name };
    let key = ObjectKey::new(request.namespace.clone(), name);
    let Some(pod) = server.store.get(&resource, &key) else {
        return Err(Status::not_found(&resource, name));
    };
    let mut pod = pod.clone();
    let refuse = |why: &str| Status::conflict(&resource, &key.name, why);
    let uid = request.body["metadata"]["uid"].str();
    let present = pod["metadata"]["uid"].str();
    if !uid.is_empty() && uid != present {
        let why = format!("Precondition failed: UID in precondition: {uid}, UID in object meta: {present}");
        return Err(refuse(&why));
    }
    let node = request.body["target"]["name"].str();
    if node.is_empty() {
        return Err(Status::bad_request("target.name: Required value"));
    }
    if !pod["metadata"]["deletionTimestamp"].is_null() {
        return Err(refuse(&format!("pod {} is being deleted, cannot be assigned to a host", key.name)));
    }
    if !pod["spec"]["nodeName"].is_empty() {
        let taken = pod["spec"]["nodeName"].str();
        return Err(refuse(&format!("pod {} is already assigned to node {taken:?}", key.name)));
    }
    if !pod["spec"]["schedulingGates"].is_empty() {
        return Err(refuse(&format!("pod {} has non-empty .spec.schedulingGates", key.name)));
    }
    pod.set_at(&["spec", "nodeName"], node);
    admission::pod_topology_labels::label(server, &mut pod, node);
    for (annotation, value) in request.body["metadata"]["annotations"].entries() {
        let mut annotations = pod["metadata"]["annotations"].clone();
        annotations.set(annotation.clone(), value);
        pod.set_at(&["metadata", "annotations"], annotations);
    }
    set_scheduled(&mut pod, now);
    if !request.options.dry_run {
        server.put(now, &resource, &key, pod);
    }
    let body =
        json!({ "apiVersion": "v1", "kind": "Status", "metadata": {}, "status": "Success", "code": 201 });
    Ok(Response { code: 201, body, ..Response::default() })
}

fn set_scheduled(pod: &mut Json, now: Time) {
    let mut conditions: Vec<Json> = pod["status"]["conditions"].items().to_vec();
    conditions.retain(|c| c["type"].str() != "PodScheduled");
    conditions.push(json!({
        "type": "PodScheduled", "status": "True", "lastProbeTime": null, "lastTransitionTime": now.rfc3339(),
    }));
    pod.set_at(&["status", "conditions"], conditions);
}
