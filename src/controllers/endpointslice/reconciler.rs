//! From the pods of a Service and its present slices to the slices that have to be written
//! (`k8s.io/endpointslice/reconciler.go`). Nothing here asks the API server.
//!
//! Pods that offer the Service's ports under the same numbers share slices, of up to a hundred endpoints each. As few
//! slices as can be are written: endpoints stay where they are, and new ones fill slices that are written anyhow.

use super::AGENT;
use crate::api::endpoints::{HEADLESS, MANAGED_BY, SERVICE_NAME, has_cluster_ip};
use crate::api::{Resource, kinds, meta};
use crate::collections::sort_by;
use crate::controllers::{Caches, endpoint_util as util, pods};
use crate::json;
use crate::json::{Json, Str};

/// So many endpoints a slice holds (`--max-endpoints-per-slice`).
const MOST_ENDPOINTS: usize = 100;

/// What has to be written.
#[derive(Debug, Default)]
pub struct Plan {
    /// New slices.
    pub create: Vec<Json>,
    /// Slices with other content.
    pub update: Vec<Json>,
    /// Slices that nobody needs.
    pub delete: Vec<Json>,
    /// The pods whose node is not known; they come in when it is.
    pub without_node: Vec<Str>,
}

/// The endpoints that share their ports.
struct Group {
    ports: Json,
    endpoints: Vec<Json>,
}

/// Compares what is with what should be.
pub fn reconcile(caches: &Caches, service: &Json, pods: &[Json], slices: &[Json]) -> Plan {
    let mut plan = Plan::default();
    let families = service["spec"]["ipFamilies"].items();
    for family in families {
        let own: Vec<&Json> = slices.iter().filter(|slice| slice["addressType"] == *family).collect();
        reconcile_family(caches, service, family.str(), pods, &own, &mut plan);
    }
    let other = slices.iter().filter(|slice| !families.contains(&slice["addressType"]));
    plan.delete.extend(other.cloned());
    plan
}

fn reconcile_family(
    caches: &Caches,
    service: &Json,
    family: &str,
    pods: &[Json],
    slices: &[&Json],
    plan: &mut Plan,
) {
    let groups = groups(caches, service, family, pods, plan);
    let mut create = Vec::new();
    let mut delete: Vec<Json> = Vec::new();
    let mut used: Vec<&Json> = Vec::new();
    for group in groups {
        let same = |slice: &&&Json| is_owned(slice, service) && ports_of(slice) == group.ports;
        let own: Vec<&Json> = slices.iter().filter(same).copied().collect();
        used.extend(&own);
        reconcile_ports(service, family, group, &own, &mut create, &mut plan.update, &mut delete);
    }
    let unused = slices.iter().filter(|slice| !used.iter().any(|known| std::ptr::eq(*known, **slice)));
    delete.extend(unused.map(|slice| (*slice).clone()));
    // Each Service has at least one slice, if an empty one.
    if slices.len() == delete.len() && create.is_empty() {
        let placeholder = new_slice(service, family, &Json::Null);
        match delete.as_slice() {
            [only] if is_placeholder(only, &placeholder, service) => delete.clear(),
            _ => create.push(placeholder),
        }
    }
    // What would go is rewritten into what would come.
    delete.retain(|slice| {
        let Some(new) = create.last().filter(|_| is_owned(slice, service)) else { return true };
        let mut changed = slice.clone();
        for part in ["endpoints", "ports"] {
            changed.set(part, &new[part]);
        }
        changed.set_at(&["metadata", "labels"], &new["metadata"]["labels"]);
        create.pop();
        plan.update.push(changed);
        false
    });
    plan.create.extend(create);
    plan.delete.extend(delete);
}

fn is_placeholder(slice: &Json, placeholder: &Json, service: &Json) -> bool {
    slice["endpoints"].is_empty()
        && slice["ports"].is_empty()
        && is_owned(slice, service)
        && slice["metadata"]["labels"] == placeholder["metadata"]["labels"]
}

/// Whether the slice belongs to this very Service, not to an earlier one of its name.
fn is_owned(slice: &Json, service: &Json) -> bool {
    meta::is_controlled_by(slice, meta::uid(service))
}

/// The ports of a slice, or those that a pod has for the Service, in one order.
fn ports_of(object: &Json) -> Json {
    let mut ports = object["ports"].items().to_vec();
    sort_by(&mut ports, |a, b| a["name"].str().cmp(b["name"].str()));
    ports.into()
}

fn groups(caches: &Caches, service: &Json, family: &str, pods: &[Json], plan: &mut Plan) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for pod in pods.iter().filter(|pod| util::has_endpoint(pod, true)) {
        let ports = ports_of(&json!({ "ports": endpoint_ports(service, pod) }));
        let at = groups.iter().position(|group| group.ports == ports).unwrap_or_else(|| {
            groups.push(Group { ports, endpoints: Vec::new() });
            groups.len() - 1
        });
        let name = pod["spec"]["nodeName"].str();
        let node = caches.of(kinds::NODES).get(&crate::api::ObjectKey::new("", name));
        let publishes = service["spec"]["publishNotReadyAddresses"].as_bool() == Some(true);
        if node.is_none() && !publishes {
            plan.without_node.push(pod["metadata"]["name"].str().into());
            continue;
        }
        let addresses = util::addresses(pod, family);
        if !addresses.is_empty() {
            groups[at].endpoints.push(endpoint(pod, node, service, addresses, publishes));
        }
    }
    groups
}

fn endpoint_ports(service: &Json, pod: &Json) -> Vec<Json> {
    let port = |port: &Json| {
        let number = util::find_port(pod, port)?;
        let name = port["name"].str();
        let mut own = json!({ "name": name, "port": number, "protocol": &port["protocol"] });
        if !port["appProtocol"].is_null() {
            own.set("appProtocol", &port["appProtocol"]);
        }
        Some(own)
    };
    service["spec"]["ports"].items().iter().filter_map(port).collect()
}

/// A pod as an endpoint. A terminating pod is not ready, whatever it says, unless unready ones are published.
fn endpoint(pod: &Json, node: Option<&Json>, service: &Json, addresses: Vec<Json>, publishes: bool) -> Json {
    let (serving, terminating) = (pods::is_ready(pod), meta::is_being_deleted(pod));
    let ready = publishes || serving && !terminating;
    let mut endpoint = json!({
        "addresses": addresses,
        "conditions": { "ready": ready, "serving": serving, "terminating": terminating },
        "targetRef": util::target_ref(pod),
    });
    let zone = node.map(|node| node["metadata"]["labels"]["topology.kubernetes.io/zone"].clone());
    let name = pod["spec"]["nodeName"].clone();
    let hostname = util::hostname(pod, service).cloned();
    for (field, value) in [("nodeName", Some(name)), ("zone", zone), ("hostname", hostname)] {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            endpoint.set(field, value);
        }
    }
    endpoint
}

/// The slices of one group of ports.
fn reconcile_ports(
    service: &Json,
    family: &str,
    group: Group,
    slices: &[&Json],
    create: &mut Vec<Json>,
    update: &mut Vec<Json>,
    delete: &mut Vec<Json>,
) {
    let mut desired = group.endpoints;
    let labels = new_slice(service, family, &group.ports)["metadata"]["labels"].clone();
    let (mut changed, mut unchanged) = (Vec::new(), Vec::new());
    for slice in slices {
        let present = slice["endpoints"].items();
        let mut kept: Vec<Json> = Vec::new();
        for endpoint in present {
            if let Some(at) = desired.iter().position(|wanted| is_same(wanted, endpoint)) {
                kept.push(desired.remove(at));
            }
        }
        if kept.is_empty() && !present.is_empty() {
            delete.push((*slice).clone());
        } else if kept != present || slice["metadata"]["labels"] != labels {
            changed.push(((*slice).clone(), kept));
        } else {
            unchanged.push(((*slice).clone(), kept));
        }
    }
    // The fullest are filled first.
    sort_by(&mut changed, |(_, a), (_, b)| b.len().cmp(&a.len()));
    for (_, endpoints) in &mut changed {
        let room = MOST_ENDPOINTS.saturating_sub(endpoints.len()).min(desired.len());
        endpoints.extend(desired.drain(..room));
    }
    while !desired.is_empty() {
        let fits = |(_, endpoints): &&(Json, Vec<Json>)| endpoints.len() + desired.len() <= MOST_ENDPOINTS;
        let fullest = unchanged.iter().filter(fits).map(|(_, endpoints)| endpoints.len()).max();
        if let Some(fullest) = fullest
            && let Some(at) = unchanged.iter().position(|(_, endpoints)| endpoints.len() == fullest)
        {
            let (slice, mut endpoints) = unchanged.remove(at);
            endpoints.append(&mut desired);
            changed.push((slice, endpoints));
        } else {
            let rest = desired.split_off(desired.len().min(MOST_ENDPOINTS));
            let mut slice = new_slice(service, family, &group.ports);
            slice.set("endpoints", std::mem::replace(&mut desired, rest));
            create.push(slice);
        }
    }
    update.extend(changed.into_iter().map(|(mut slice, endpoints)| {
        slice.set("endpoints", endpoints);
        slice.set_at(&["metadata", "labels"], &labels);
        slice
    }));
}

/// Whether two endpoints stand for the same thing, however it is now.
fn is_same(a: &Json, b: &Json) -> bool {
    a["addresses"] == b["addresses"]
        && a["hostname"] == b["hostname"]
        && a["targetRef"]["name"] == b["targetRef"]["name"]
}

fn new_slice(service: &Json, family: &str, ports: &Json) -> Json {
    let meta = &service["metadata"];
    let mut labels = Json::object();
    for (key, value) in meta["labels"].entries() {
        if ![SERVICE_NAME, MANAGED_BY, HEADLESS].contains(&key.as_str()) {
            labels.set(key.clone(), value);
        }
    }
    labels.set(SERVICE_NAME, &meta["name"]);
    labels.set(MANAGED_BY, AGENT);
    if !has_cluster_ip(service) {
        labels.set(HEADLESS, "");
    }
    let owner = meta::new_controller_ref(service, &Resource::from(kinds::SERVICES));
    json!({
        "apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice",
        "metadata": {
            "generateName": format!("{}-", meta["name"].str()), "namespace": &meta["namespace"],
            "labels": labels, "ownerReferences": [owner],
        },
        "addressType": family, "endpoints": [], "ports": ports,
    })
}
