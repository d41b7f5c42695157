//! The defaults of a pod spec, for Pods and for every template that makes them (`pkg/apis/core/v1/defaults.go`).

use crate::api::quantity::Quantity;
use crate::collections::Set;
use crate::json;
use crate::json::{Json, Str};

/// Sets a field where it is absent.
pub fn fill(object: &mut Json, field: &'static str, value: impl Into<Json>) {
    if object[field].is_null() || object[field].as_str() == Some("") {
        object.set(Str::fixed(field), value);
    }
}

/// Fills in a pod spec; `pod`: it is a Pod's own, not a template's.
pub fn defaults(spec: &mut Json, pod: bool) {
    fill(spec, "dnsPolicy", "ClusterFirst");
    fill(spec, "restartPolicy", "Always");
    fill(spec, "schedulerName", "default-scheduler");
    fill(spec, "securityContext", json!({}));
    fill(spec, "terminationGracePeriodSeconds", 30);
    // A Pod has no negative grace; a template may say it and is warned (`Convert_v1_Pod_To_core_Pod`).
    if pod && spec["terminationGracePeriodSeconds"].as_i64().is_some_and(|seconds| seconds < 0) {
        spec.set("terminationGracePeriodSeconds", 1);
    }
    if pod {
        fill(spec, "enableServiceLinks", true);
    }
    // The deprecated name of the field and the new one always agree.
    match (spec["serviceAccountName"].clone(), spec["serviceAccount"].clone()) {
        (Json::Null, Json::Null) => {}
        (Json::Null, old) => spec.set("serviceAccountName", old),
        (new, _) => spec.set("serviceAccount", new),
    }
    let host_network = spec["hostNetwork"].as_bool() == Some(true);
    for list in ["initContainers", "containers", "ephemeralContainers"] {
        if spec[list].is_empty() {
            continue;
        }
        let containers = spec[list].items().iter().map(|c| {
            let mut container = c.clone();
            default_container(&mut container, host_network, pod);
            container
        });
        let containers: Json = containers.collect();
        spec.set(list, containers);
    }
    if !spec["volumes"].is_empty() {
        let volumes: Json = spec["volumes"].items().iter().map(default_volume).collect();
        spec.set("volumes", volumes);
    }
    let spread = spec["topologySpreadConstraints"].items().iter().map(|c| {
        let mut c = c.clone();
        fill(&mut c, "maxSkew", 1);
        c
    });
    let spread: Json = spread.collect();
    if !spread.is_empty() {
        spec.set("topologySpreadConstraints", spread);
    }
}

fn default_container(container: &mut Json, host_network: bool, pod: bool) {
    if container["imagePullPolicy"].is_empty() {
        let policy = if is_latest(container["image"].str()) { "Always" } else { "IfNotPresent" };
        container.set("imagePullPolicy", policy);
    }
    fill(container, "terminationMessagePath", "/dev/termination-log");
    fill(container, "terminationMessagePolicy", "File");
    for probe in ["livenessProbe", "readinessProbe", "startupProbe"] {
        if let Some(probe) = container.get_mut(probe) {
            default_probe(probe);
        }
    }
    for hook in ["postStart", "preStop"] {
        if let Some(get) =
            container.get_mut("lifecycle").and_then(|l| l.get_mut(hook)).and_then(|h| h.get_mut("httpGet"))
        {
            default_http_get(get);
        }
    }
    if host_network {
        let ports = container["ports"].items().iter().map(|p| {
            let mut port = p.clone();
            let number = port["containerPort"].clone();
            fill(&mut port, "hostPort", number);
            port
        });
        let ports: Json = ports.collect();
        if !ports.is_empty() {
            container.set("ports", ports);
        }
    }
    if !container["env"].is_empty() {
        let env = container["env"].items().iter().map(|e| {
            let mut e = e.clone();
            if !e.at(&["valueFrom", "fieldRef"]).is_null()
                && e.at(&["valueFrom", "fieldRef", "apiVersion"]).is_null()
            {
                e.set_at(&["valueFrom", "fieldRef", "apiVersion"], "v1");
            }
            if !e.at(&["valueFrom", "resourceFieldRef"]).is_null()
                && e.at(&["valueFrom", "resourceFieldRef", "divisor"]).is_null()
            {
                e.set_at(&["valueFrom", "resourceFieldRef", "divisor"], "0");
            }
            e
        });
        let env: Json = env.collect();
        container.set("env", env);
    }
    // What is limited and not requested is requested as limited. (Templates leave that to the Pod.)
    if pod {
        let limits = container["resources"]["limits"].clone();
        for (name, limit) in limits.entries() {
            if container["resources"]["requests"].get(name).is_none()
                && let Some(resources) = container.get_mut("resources")
            {
                let mut requests = resources["requests"].clone();
                requests.set(name.clone(), limit);
                resources.set("requests", requests);
            }
        }
    }
}

fn default_probe(probe: &mut Json) {
    fill(probe, "timeoutSeconds", 1);
    fill(probe, "periodSeconds", 10);
    fill(probe, "successThreshold", 1);
    fill(probe, "failureThreshold", 3);
    if let Some(get) = probe.get_mut("httpGet") {
        default_http_get(get);
    }
    if let Some(grpc) = probe.get_mut("grpc") {
        fill(grpc, "service", "");
    }
}

fn default_http_get(get: &mut Json) {
    fill(get, "path", "/");
    fill(get, "scheme", "HTTP");
}

fn default_volume(volume: &Json) -> Json {
    let mut volume = volume.clone();
    if volume.entries().iter().all(|(key, _)| *key == "name") {
        volume.set("emptyDir", json!({}));
    }
    for kind in ["configMap", "secret", "downwardAPI", "projected"] {
        if let Some(source) = volume.get_mut(kind) {
            fill(source, "defaultMode", 420);
        }
    }
    if let Some(claim) = volume.get_mut("ephemeral").and_then(|e| e.get_mut("volumeClaimTemplate"))
        && let Some(spec) = claim.get_mut("spec")
    {
        fill(spec, "volumeMode", "Filesystem");
    }
    if let Some(image) = volume.get_mut("image") {
        let policy = if is_latest(image["reference"].str()) { "Always" } else { "IfNotPresent" };
        fill(image, "pullPolicy", policy);
    }
    if let Some(host) = volume.get_mut("hostPath")
        && host.get("type").is_none()
    {
        host.set("type", "");
    }
    let default_field = |item: &Json| {
        let mut item = item.clone();
        if let Some(reference) = item.get_mut("fieldRef") {
            fill(reference, "apiVersion", "v1");
        }
        if let Some(reference) = item.get_mut("resourceFieldRef") {
            fill(reference, "divisor", "0");
        }
        item
    };
    if !volume["downwardAPI"]["items"].is_empty() {
        let items: Json = volume["downwardAPI"]["items"].items().iter().map(default_field).collect();
        volume.set_at(&["downwardAPI", "items"], items);
    }
    if !volume["projected"]["sources"].is_empty() {
        let sources = volume["projected"]["sources"].items().iter().map(|s| {
            let mut source = s.clone();
            if let Some(token) = source.get_mut("serviceAccountToken") {
                fill(token, "expirationSeconds", 3600);
            }
            if let Some(downward) = source.get_mut("downwardAPI") {
                let items: Json = downward["items"].items().iter().map(default_field).collect();
                downward.set("items", items);
            }
            source
        });
        let sources: Json = sources.collect();
        volume.set_at(&["projected", "sources"], sources);
    }
    volume
}

/// Whether an image reference has the tag `latest`, or none.
fn is_latest(image: &str) -> bool {
    let name = image.rsplit('/').next().unwrap_or("");
    if name.contains('@') {
        return false;
    }
    name.rsplit_once(':').is_none_or(|(_, tag)| tag == "latest")
}

/// `Guaranteed`, `Burstable` or `BestEffort` (`ComputePodQOS`).
pub fn qos_class(spec: &Json) -> &'static str {
    let lists = [&spec["initContainers"], &spec["containers"]];
    let (mut requested, mut limited, mut guaranteed) = (Set::new(), Set::new(), true);
    for container in lists.iter().flat_map(|l| l.items()) {
        let set = |kind: &str| -> Set<String> {
            let compute = container["resources"][kind].entries().iter();
            let compute = compute.filter(|(k, v)| {
                (*k == "cpu" || *k == "memory") && Quantity::parse(v.str()).is_some_and(|q| q.nano() > 0)
            });
            compute.map(|(k, _)| k.to_string()).collect()
        };
        let (requests, limits) = (set("requests"), set("limits"));
        guaranteed &= limits.len() == 2;
        for name in &requests {
            let quantity = |kind: &str| Quantity::parse(container["resources"][kind][name.as_str()].str());
            guaranteed &= limits.contains(name) && quantity("requests") == quantity("limits");
        }
        requested.extend(requests);
        limited.extend(limits);
    }
    if requested.is_empty() && limited.is_empty() {
        "BestEffort"
    } else if guaranteed {
        "Guaranteed"
    } else {
        "Burstable"
    }
}
