//! Subresources that are not a view of their object: binding, token, and (in files of their own) eviction and scale.

use super::{ApiServer, admission, eviction, token, update};
use crate::api::field::{Error, Path};
use crate::api::{ObjectKey, Request, Response, Status, kinds};
use crate::json;
use crate::json::{Json, Str};
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
    Status::unrouted(false)
}

/// The scheduler's answer: writes the node's name into the Pod and says that it is scheduled.
fn bind(server: &mut ApiServer, now: Time, request: &Request) -> Result<Response, Status> {
    let resource = kinds::PODS.into();
    let name = request.name.as_str();
    let binding = &request.body;
    if binding["metadata"]["name"].str() != name {
        return Err(Status::bad_request("name in URL does not match name in Binding object"));
    }
    let (target, path) = (&binding["target"], Path::new("target"));
    let mut errors = Vec::new();
    if !matches!(target["kind"].str(), "" | "Node") {
        errors.push(Error::not_supported(&path.child("kind"), &target["kind"], &["Node", "<empty>"]));
    }
    let node = target["name"].str();
    if node.is_empty() {
        errors.push(Error::required(&path.child("name"), ""));
    }
    // Upstream makes no Status of these.
    let texts: Vec<String> = errors.iter().map(Error::to_string).collect();
    match texts.as_slice() {
        [] => {}
        [one] => return Err(Status::unknown(one.as_str())),
        all => return Err(Status::unknown(format!("[{}]", all.join(", ")))),
    }
    let key = ObjectKey::new(request.namespace.clone(), name);
    let Some(pod) = server.store.get(&resource, &key) else {
        return Err(Status::not_found(&resource, name));
    };
    let mut pod = pod.clone();
    let meta = &binding["metadata"];
    for (word, field) in [("UID", "uid"), ("ResourceVersion", "resourceVersion")] {
        let (asked, present) = (meta[field].str(), pod["metadata"][field].str());
        if !asked.is_empty() && asked != present {
            return Err(update::storage_conflict(request, &key, word, asked, present));
        }
    }
    let refuse = |why: &str| {
        let mut status = Status::conflict(&resource, name, why);
        status.message = format!("Operation cannot be fulfilled on pods/binding \"{name}\": {why}").into();
        if let Some(details) = &mut status.details {
            details.kind = Str::fixed("pods/binding");
        }
        status
    };
    if !pod["metadata"]["deletionTimestamp"].is_null() {
        return Err(refuse(&format!("pod {name} is being deleted, cannot be assigned to a host")));
    }
    if !pod["spec"]["nodeName"].is_empty() {
        let taken = pod["spec"]["nodeName"].str();
        return Err(refuse(&format!("pod {name} is already assigned to node {taken:?}")));
    }
    if !pod["spec"]["schedulingGates"].is_empty() {
        return Err(refuse(&format!("pod {name} has non-empty .spec.schedulingGates")));
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
