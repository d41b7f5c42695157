//! Nodes.

use super::{Printer, age, name, or_none, text, wide};
use crate::collections::sort_by;
use crate::json::Json;
use crate::sim::Time;

pub static NODE: Printer = Printer {
    columns: &[
        text("Name"),
        text("Status"),
        text("Roles"),
        text("Age"),
        text("Version"),
        wide("Internal-IP"),
        wide("External-IP"),
        wide("OS-Image"),
        wide("Kernel-Version"),
        wide("Container-Runtime"),
    ],
    cells: node,
};

const ROLE: &str = "node-role.kubernetes.io/";

fn node(node: &Json, now: Time, out: &mut Vec<Json>) {
    let ready = node["status"]["conditions"].items().iter().find(|c| c["type"].str() == "Ready");
    let mut status = match ready.map(|c| c["status"].str()) {
        Some("True") => "Ready",
        Some(_) => "NotReady",
        None => "Unknown",
    }
    .to_string();
    if node["spec"]["unschedulable"].as_bool() == Some(true) {
        status.push_str(",SchedulingDisabled");
    }
    let labels = node["metadata"]["labels"].entries();
    let mut roles: Vec<&str> = Vec::new();
    for (key, value) in labels {
        match key.strip_prefix(ROLE) {
            Some(role) if !role.is_empty() => roles.push(role),
            _ if *key == "kubernetes.io/role" && !value.is_empty() => roles.push(value.str()),
            _ => {}
        }
    }
    sort_by(&mut roles, Ord::cmp);
    roles.dedup();
    let address = |kind: &str| {
        let mut addresses = node["status"]["addresses"].items().iter();
        or_none(addresses.find(|a| a["type"].str() == kind).map_or("", |a| a["address"].str()))
    };
    let info = &node["status"]["nodeInfo"];
    let known = |field: &str| match info[field].str() {
        "" => Json::from("<unknown>"),
        text => text.into(),
    };
    let kernel = match (known("kernelVersion"), info["architecture"].str()) {
        (kernel, "") => kernel.str().to_owned(),
        (kernel, architecture) => format!("{} ({architecture})", kernel.str()),
    };
    out.extend([
        name(node),
        status.into(),
        or_none(&roles.join(",")),
        age(node, now),
        info["kubeletVersion"].str().into(),
        address("InternalIP"),
        address("ExternalIP"),
        known("osImage"),
        kernel.into(),
        known("containerRuntimeVersion"),
    ]);
}
