//! The variables by which every container finds the Services of its cluster (`pkg/kubelet/envvars`,
//! `getServiceEnvVarMap` in `pkg/kubelet/kubelet_pods.go`): what the kubelet's cache of Services holds when the container is
//! made, and never anew after that.

use crate::api::endpoints::has_cluster_ip;
use crate::client::Informer;
use crate::collections::Map;
use crate::json::{Json, Str};

/// The Service of the API server, which pods of all namespaces are told of, whether they want links or not.
const MASTER: (&str, &str) = ("default", "kubernetes");

/// The variables for a pod, in the order of the Services' names. An error is what `CreateContainerConfigError` says.
pub fn of_services(services: &Informer, pod: &Json) -> Result<Vec<(String, String)>, String> {
    if !services.has_synced() {
        return Err("services have not yet been read at least once, cannot construct envvars".to_owned());
    }
    let namespace = pod["metadata"]["namespace"].str();
    let links = pod["spec"]["enableServiceLinks"].as_bool() != Some(false);
    // A pod's own namespace comes before `default`.
    let mut chosen: Map<Str, Json> = Map::new();
    for (key, service) in services.indexer().iter().filter(|(_, service)| has_cluster_ip(service)) {
        let is_master = (&*key.namespace, &*key.name) == MASTER;
        let is_linked = links && key.namespace == namespace;
        if is_linked || is_master && !chosen.contains_key(&key.name) {
            chosen.insert(key.name.clone(), service.clone());
        }
    }
    let mut env = Vec::new();
    chosen.values().for_each(|service| of_service(service, &mut env));
    Ok(env)
}

/// `my-db` → `MY_DB`
fn variable_name(name: &str) -> String {
    name.to_ascii_uppercase().replace('-', "_")
}

fn of_service(service: &Json, env: &mut Vec<(String, String)>) {
    let spec = &service["spec"];
    let (name, ip) = (variable_name(service["metadata"]["name"].str()), spec["clusterIP"].str());
    let Some(first) = spec["ports"].items().first() else { return };
    env.push((format!("{name}_SERVICE_HOST"), ip.to_owned()));
    env.push((format!("{name}_SERVICE_PORT"), first["port"].to_string()));
    for port in spec["ports"].items().iter().filter(|port| !port["name"].is_empty()) {
        let own = variable_name(port["name"].str());
        env.push((format!("{name}_SERVICE_PORT_{own}"), port["port"].to_string()));
    }
    // What Docker's links once gave.
    for (i, port) in spec["ports"].items().iter().enumerate() {
        let (number, protocol) = (port["port"].to_string(), port["protocol"].str());
        let host = if ip.contains(':') { format!("[{ip}]") } else { ip.to_owned() };
        let url = format!("{}://{host}:{number}", protocol.to_ascii_lowercase());
        if i == 0 {
            env.push((format!("{name}_PORT"), url.clone()));
        }
        let prefix = format!("{name}_PORT_{number}_{protocol}");
        env.push((prefix.clone(), url));
        env.push((format!("{prefix}_PROTO"), protocol.to_ascii_lowercase()));
        env.push((format!("{prefix}_PORT"), number));
        env.push((format!("{prefix}_ADDR"), ip.to_owned()));
    }
}
