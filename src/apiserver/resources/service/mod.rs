//! Services (`pkg/registry/core/service`, `pkg/apis/core/v1/defaults.go`).
//!
//! A Service is a union told apart by its `type`, whose fields depend on each other, and some of whose values come out of
//! the cluster's pools ([`alloc`]).

pub mod alloc;
mod validation;

use super::{PLAIN, Strategy};
use crate::apiserver::pod_spec::fill;
use crate::apiserver::validation::names;
use crate::json;
use crate::json::{Json, Str};

/// The strategy of Services.
pub static SERVICE: Strategy = Strategy {
    selectable: &["spec.clusterIP", "spec.type"],
    name: names::label,
    defaults,
    begin_create: alloc::begin_create,
    begin_update: alloc::begin_update,
    prepare_create: |service| service.set("status", json!({ "loadBalancer": {} })),
    prepare_update: drop_type_dependent_fields,
    validate: validation::create,
    validate_update: validation::update,
    validate_status: validation::status,
    warnings: |service, _| warnings(service),
    create_on_update: true,
    returns_deleted: true,
    ..PLAIN
};

/// Fields that Go leaves out where they are empty.
const OMITTED: [&str; 12] = [
    "clusterIP",
    "clusterIPs",
    "externalIPs",
    "externalName",
    "externalTrafficPolicy",
    "healthCheckNodePort",
    "ipFamilies",
    "loadBalancerIP",
    "loadBalancerSourceRanges",
    "ports",
    "publishNotReadyAddresses",
    "selector",
];

fn is_zero(value: &Json) -> bool {
    value.is_empty() || matches!(value, Json::Int(0) | Json::Bool(false))
}

fn defaults(service: &mut Json) {
    let Some(spec) = service.get_mut("spec") else { return };
    for field in OMITTED {
        if is_zero(&spec[field]) {
            spec.remove(field);
        }
    }
    fill(spec, "sessionAffinity", "None");
    fill(spec, "type", "ClusterIP");
    match spec["sessionAffinity"].str() {
        "None" => drop(spec.remove("sessionAffinityConfig")),
        "ClientIP" if spec["sessionAffinityConfig"]["clientIP"]["timeoutSeconds"].is_null() => {
            spec.set_at(&["sessionAffinityConfig", "clientIP", "timeoutSeconds"], 10_800);
        }
        _ => {}
    }
    if !spec["ports"].is_empty() {
        let ports: Json = spec["ports"].items().iter().map(default_port).collect();
        spec.set("ports", ports);
    }
    if is_externally_accessible(spec) {
        fill(spec, "externalTrafficPolicy", "Cluster");
    }
    let kind = Str::from(spec["type"].str());
    if matches!(&*kind, "ClusterIP" | "NodePort" | "LoadBalancer") && spec["internalTrafficPolicy"].is_null()
    {
        spec.set("internalTrafficPolicy", "Cluster");
    }
    if &*kind == "LoadBalancer" {
        fill(spec, "allocateLoadBalancerNodePorts", true);
    }
}

fn default_port(port: &Json) -> Json {
    let mut port = port.clone();
    fill(&mut port, "protocol", "TCP");
    if is_zero(&port["targetPort"]) {
        let number = port["port"].clone();
        port.set("targetPort", number);
    }
    for field in ["name", "nodePort"] {
        if is_zero(&port[field]) {
            port.remove(field);
        }
    }
    port
}

/// Whether the Service can be reached from outside the cluster.
fn is_externally_accessible(spec: &Json) -> bool {
    match spec["type"].str() {
        "NodePort" | "LoadBalancer" => true,
        kind => kind == "ClusterIP" && !spec["externalIPs"].is_empty(),
    }
}

fn needs_node_ports(spec: &Json) -> bool {
    matches!(spec["type"].str(), "NodePort" | "LoadBalancer")
}

fn needs_cluster_ip(spec: &Json) -> bool {
    spec["type"].str() != "ExternalName"
}

fn needs_health_check(spec: &Json) -> bool {
    spec["type"].str() == "LoadBalancer" && spec["externalTrafficPolicy"].str() == "Local"
}

fn is_headless(spec: &Json) -> bool {
    matches!(spec["clusterIPs"].items(), [only] if only.str() == "None")
}

/// The node ports of a Service's ports.
fn node_ports(spec: &Json) -> Vec<i64> {
    spec["ports"]
        .items()
        .iter()
        .filter_map(|port| port["nodePort"].as_i64())
        .filter(|port| *port != 0)
        .collect()
}

/// With the type, fields lose their sense: what the author did not also change goes, or it would be refused.
fn drop_type_dependent_fields(new: &mut Json, old: &Json) {
    let before = &old["spec"];
    let mut after = new["spec"].clone();
    let spec = &mut after;
    let drop_same = |spec: &mut Json, fields: &[&str]| {
        if fields.iter().all(|field| spec[*field] == before[*field]) {
            fields.iter().for_each(|field| drop(spec.remove(field)));
        }
    };
    if needs_cluster_ip(before) && !needs_cluster_ip(spec) {
        drop_same(spec, &["clusterIP", "clusterIPs"]);
        drop_same(spec, &["ipFamilies"]);
        drop_same(spec, &["ipFamilyPolicy"]);
    }
    if needs_node_ports(before) && !needs_node_ports(spec) {
        let known = node_ports(before);
        if node_ports(spec).iter().all(|port| known.contains(port)) {
            let without = |port: &Json| {
                let mut port = port.clone();
                port.remove("nodePort");
                port
            };
            let ports: Json = spec["ports"].items().iter().map(without).collect();
            if !ports.is_empty() {
                spec.set("ports", ports);
            }
        }
    }
    if needs_health_check(before) && !needs_health_check(spec) {
        drop_same(spec, &["healthCheckNodePort"]);
    }
    if before["type"].str() == "LoadBalancer" && spec["type"].str() != "LoadBalancer" {
        drop_same(spec, &["allocateLoadBalancerNodePorts"]);
        drop_same(spec, &["loadBalancerClass"]);
    }
    if is_externally_accessible(before) && !is_externally_accessible(spec) {
        drop_same(spec, &["externalTrafficPolicy"]);
    }
    if spec["type"].str() != "LoadBalancer" {
        new.set_at(&["status", "loadBalancer"], json!({}));
    }
    if after != new["spec"] {
        new.set("spec", after);
    }
}

fn warnings(service: &Json) -> Vec<Str> {
    let spec = &service["spec"];
    let mut all: Vec<Str> = Vec::new();
    let mut warn = |applies: bool, text: &'static str| {
        if applies {
            all.push(Str::fixed(text));
        }
    };
    let hints = service["metadata"]["annotations"].get("service.kubernetes.io/topology-aware-hints");
    warn(
        hints.is_some(),
        "annotation service.kubernetes.io/topology-aware-hints is deprecated, please use service.kubernetes.io/topology-mode instead",
    );
    let headless = spec["type"].str() == "ClusterIP" && spec["clusterIP"].str() == "None";
    let (external_name, external_ips) = (!needs_cluster_ip(spec), !spec["externalIPs"].is_empty());
    warn(
        headless && !spec["loadBalancerIP"].is_empty(),
        "spec.loadBalancerIP is ignored for headless services",
    );
    warn(headless && external_ips, "spec.externalIPs is ignored for headless services");
    warn(
        headless && spec["sessionAffinity"].str() != "None",
        "spec.SessionAffinity is ignored for headless services",
    );
    warn(
        external_ips && !headless && !external_name,
        "spec.externalIPs is deprecated and may no longer be implemented in some clusters",
    );
    warn(external_name && external_ips, "spec.externalIPs is ignored when spec.type is \"ExternalName\"");
    warn(
        !external_name && !spec["externalName"].is_empty(),
        "spec.externalName is ignored when spec.type is not \"ExternalName\"",
    );
    warn(
        spec["trafficDistribution"].str() == "PreferClose",
        "spec.trafficDistribution: \"PreferClose\" is deprecated; use \"PreferSameZone\"",
    );
    all
}
