//! Endpoints: the packed form of their subsets (`pkg/api/v1/endpoints/util.go`), and what all who handle them call things.

use crate::collections::sort_by;
use crate::json;
use crate::json::Json;
use std::cmp::Ordering;

/// The label of an EndpointSlice that names its Service.
pub const SERVICE_NAME: &str = "kubernetes.io/service-name";
/// The label of an EndpointSlice that names the controller that keeps it.
pub const MANAGED_BY: &str = "endpointslice.kubernetes.io/managed-by";
/// The label by which endpoints say that their Service has no cluster IP.
pub const HEADLESS: &str = "service.kubernetes.io/headless";
/// The annotation that says when what led to the newest change happened.
pub const TRIGGER_TIME: &str = "endpoints.kubernetes.io/last-change-trigger-time";

/// Whether a Service has a cluster IP.
pub fn has_cluster_ip(service: &Json) -> bool {
    !matches!(service["spec"]["clusterIP"].str(), "" | "None")
}

/// Addresses, and whether each is ready.
type Addresses = Vec<(Json, bool)>;

/// Subsets in their packed form: ports that have the same addresses stand in one subset, all lists are sorted, and an
/// address that is anywhere said to be not ready is not ready. (Upstream orders ports and subsets by hashes; here they go by
/// their values.)
pub fn repack_subsets(subsets: &[Json]) -> Json {
    let mut by_port: Vec<(Json, Addresses)> = Vec::new();
    for subset in subsets {
        let ports = subset["ports"].items();
        let none = [Json::Null];
        for port in if ports.is_empty() { &none } else { ports } {
            let at = by_port.iter().position(|(known, _)| known == port).unwrap_or_else(|| {
                by_port.push((port.clone(), Vec::new()));
                by_port.len() - 1
            });
            for (list, ready) in [("addresses", true), ("notReadyAddresses", false)] {
                by_port[at].1.extend(subset[list].items().iter().map(|address| (address.clone(), ready)));
            }
        }
    }
    let mut packed: Vec<(Vec<Json>, Addresses)> = Vec::new();
    for (port, mut addresses) in by_port {
        sort_by(&mut addresses, |(a, a_ready), (b, b_ready)| by_address(a, b).then(a_ready.cmp(b_ready)));
        // Of the same address, that which is not ready stands first.
        addresses.dedup_by(|(next, _), (known, _)| by_address(next, known).is_eq());
        match packed.iter_mut().find(|(_, known)| *known == addresses) {
            Some((ports, _)) => ports.push(port),
            None => packed.push((vec![port], addresses)),
        }
    }
    packed.iter_mut().for_each(|(ports, _)| sort_by(ports, by_port_number));
    sort_by(&mut packed, |(a, _), (b, _)| by_port_number(&a[0], &b[0]));
    packed.into_iter().map(|(ports, addresses)| subset(ports, &addresses)).collect()
}

fn by_address(a: &Json, b: &Json) -> Ordering {
    let uid = |address: &Json| address["targetRef"]["uid"].clone();
    a["ip"].str().cmp(b["ip"].str()).then_with(|| uid(a).str().cmp(uid(b).str()))
}

fn by_port_number(a: &Json, b: &Json) -> Ordering {
    let number = |port: &Json| port["port"].as_i64();
    let text = |port: &Json| format!("{} {}", port["name"].str(), port["protocol"].str());
    number(a).cmp(&number(b)).then_with(|| text(a).cmp(&text(b)))
}

fn subset(ports: Vec<Json>, addresses: &[(Json, bool)]) -> Json {
    let mut subset = json!({});
    for (list, wanted) in [("addresses", true), ("notReadyAddresses", false)] {
        let those: Json = addresses
            .iter()
            .filter(|(_, ready)| *ready == wanted)
            .map(|(address, _)| address.clone())
            .collect();
        if !those.is_empty() {
            subset.set(list, those);
        }
    }
    let ports: Json = ports.into_iter().filter(|port| !port.is_null()).collect();
    if !ports.is_empty() {
        subset.set("ports", ports);
    }
    subset
}
