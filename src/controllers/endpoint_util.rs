//! What the controllers of Endpoints and of EndpointSlices have in common (`k8s.io/endpointslice/util`).

use super::{Caches, pods};
use crate::api::{ObjectKey, kinds, meta};
use crate::client::{Delta, WorkQueue};
use crate::collections::Map;
use crate::json::Json;

/// Whether a Service's selector selects an object with these labels. A Service without one selects nothing.
pub fn selects(service: &Json, labels: &Json) -> bool {
    let selector = service["spec"]["selector"].entries();
    !selector.is_empty() && selector.iter().all(|(key, value)| labels[key.as_str()] == *value)
}

/// The pods of a Service, in the order of their names.
pub fn pods_of<'a>(caches: &'a Caches, service: &'a Json) -> impl Iterator<Item = &'a Json> {
    let all = caches.of(kinds::PODS).in_namespace(service["metadata"]["namespace"].str());
    all.filter(|pod| selects(service, &pod["metadata"]["labels"]))
}

/// A pod came, changed or went: puts the Services that have to know of it into the queue.
pub fn handle_pod(queue: &mut WorkQueue, caches: &Caches, delta: &Delta) {
    let pod = delta.object();
    let (old, changed) = match delta {
        Delta::Updated(old, new) => (old, endpoint_changed(old, new)),
        Delta::Added(_) | Delta::Deleted(_) => (pod, true),
    };
    let labels = |pod: &Json| pod["metadata"]["labels"].clone();
    let member =
        |pod: &Json| [labels(pod), pod["spec"]["hostname"].clone(), pod["spec"]["subdomain"].clone()];
    if !changed && member(old) == member(pod) {
        return;
    }
    let (was, is) = (labels(old), labels(pod));
    for service in caches.of(kinds::SERVICES).in_namespace(pod["metadata"]["namespace"].str()) {
        let (before, after) = (selects(service, &was), selects(service, &is));
        // Where only the labels are others, a Service that selects the pod as before has nothing to do.
        if before != after || before && (changed || was == is) {
            queue.add(ObjectKey::of(service));
        }
    }
}

/// Whether a pod changed in something that its endpoints show.
fn endpoint_changed(old: &Json, new: &Json) -> bool {
    old["metadata"]["deletionTimestamp"] != new["metadata"]["deletionTimestamp"]
        || pods::is_ready(old) != pods::is_ready(new)
        || old["status"]["podIPs"] != new["status"]["podIPs"]
        || pods::is_terminal(old) != pods::is_terminal(new)
}

/// Whether a pod has an address that somebody could talk to.
pub fn has_endpoint(pod: &Json, include_terminating: bool) -> bool {
    !pods::is_terminal(pod)
        && !pod["status"]["podIP"].is_empty()
        && (include_terminating || !meta::is_being_deleted(pod))
}

/// The pod's addresses of an IP family.
pub fn addresses(pod: &Json, family: &str) -> Vec<Json> {
    let all = pod["status"]["podIPs"].items().iter().map(|ip| &ip["ip"]);
    all.filter(|ip| ip.str().contains(':') == (family == "IPv6")).cloned().collect()
}

/// The name under which the pod is known in the Service's domain, where it has one.
pub fn hostname<'a>(pod: &'a Json, service: &Json) -> Option<&'a Json> {
    let spec = &pod["spec"];
    let own = !spec["hostname"].is_empty() && spec["subdomain"] == service["metadata"]["name"];
    own.then_some(&spec["hostname"])
}

/// Which number a Service's port has in a pod: its target port, or the number of the container port of that name.
pub fn find_port(pod: &Json, port: &Json) -> Option<i64> {
    let target = &port["targetPort"];
    let Some(name) = target.as_str() else { return target.as_i64() };
    let sidecars = pod["spec"]["initContainers"].items().iter();
    let sidecars = sidecars.filter(|container| container["restartPolicy"].str() == "Always");
    let containers = pod["spec"]["containers"].items().iter().chain(sidecars);
    let mut ports = containers.flat_map(|container| container["ports"].items());
    let found = ports.find(|own| own["name"].str() == name && own["protocol"] == port["protocol"]);
    found.and_then(|own| own["containerPort"].as_i64())
}

/// A reference to the pod, as endpoints carry it.
pub fn target_ref(pod: &Json) -> Json {
    let meta = &pod["metadata"];
    let (namespace, name, uid) = (&meta["namespace"], &meta["name"], &meta["uid"]);
    crate::json!({ "kind": "Pod", "namespace": namespace, "name": name, "uid": uid })
}

/// Remembers when what a Service's endpoints follow last changed, so that they can say how late they are
/// (`TriggerTimeTracker`): for each Service, the moment of each pod's readiness.
#[derive(Clone, Debug, Default)]
pub struct TriggerTimes(Map<ObjectKey, Json>);

impl TriggerTimes {
    /// The earliest of the moments that are newer than what was known; the Service's creation the first time. `None`:
    /// nothing is newer.
    pub fn compute(&mut self, service: &Json, pods: &[Json]) -> Option<Json> {
        let mut moments = Json::object();
        let known = self.0.get(&ObjectKey::of(service));
        let mut first: Option<Json> = None;
        for pod in pods {
            let mut conditions = pod["status"]["conditions"].items().iter();
            let ready = conditions.find(|c| c["type"].str() == "Ready");
            let Some(moment) = ready.map(|c| &c["lastTransitionTime"]).filter(|at| !at.is_empty()) else {
                continue;
            };
            let name = crate::json::Str::from(pod["metadata"]["name"].str());
            // RFC 3339 in UTC sorts as text.
            let newer = known.is_some_and(|known| moment.str() > known[name.as_str()].str());
            if newer && first.as_ref().is_none_or(|first| moment.str() < first.str()) {
                first = Some(moment.clone());
            }
            moments.set(name, moment);
        }
        let new = known.is_none();
        self.0.insert(ObjectKey::of(service), moments);
        if new { Some(service["metadata"]["creationTimestamp"].clone()) } else { first }
    }

    /// The Service is gone.
    pub fn forget(&mut self, service: &ObjectKey) {
        self.0.remove(service);
    }
}
