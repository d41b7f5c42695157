//! Services, Endpoints and EndpointSlices.

use super::{Printer, age, name, or_none, text, wide};
use crate::collections::sort_by;
use crate::json::Json;
use crate::sim::Time;

pub static SERVICE: Printer = Printer {
    columns: &[
        text("Name"),
        text("Type"),
        text("Cluster-IP"),
        text("External-IP"),
        text("Port(s)"),
        text("Age"),
        wide("Selector"),
    ],
    cells: service,
};

pub static ENDPOINTS: Printer = Printer {
    columns: &[text("Name"), text("Endpoints"), text("Age")],
    cells: |o, now, out| out.extend([name(o), endpoints(o), age(o, now)]),
};

pub static ENDPOINT_SLICE: Printer = Printer {
    columns: &[text("Name"), text("AddressType"), text("Ports"), text("Endpoints"), text("Age")],
    cells: |o, now, out| {
        let port = |port: &Json| match port["port"].as_i64() {
            Some(number) => number.to_string(),
            None => port["name"].as_str().unwrap_or("*").to_owned(),
        };
        let ports: Vec<String> = o["ports"].items().iter().map(port).collect();
        let all = o["endpoints"].items().iter().flat_map(|endpoint| endpoint["addresses"].items());
        let addresses: Vec<String> = all.map(|address| address.str().to_owned()).collect();
        let cell = |list: &[String]| if list.is_empty() { "<unset>".into() } else { first_three(list) };
        out.extend([name(o), o["addressType"].clone(), cell(&ports), cell(&addresses), age(o, now)]);
    },
};

/// `a,b,c + 2 more...`
fn first_three(list: &[String]) -> Json {
    let shown = list[..list.len().min(3)].join(",");
    if list.len() > 3 { format!("{shown} + {} more...", list.len() - 3).into() } else { shown.into() }
}

fn service(service: &Json, now: Time, out: &mut Vec<Json>) {
    let spec = &service["spec"];
    let port = |port: &Json| {
        let (number, protocol) = (&port["port"], port["protocol"].str());
        match port["nodePort"].as_i64() {
            Some(node_port) if node_port > 0 => format!("{number}:{node_port}/{protocol}"),
            _ => format!("{number}/{protocol}"),
        }
    };
    let ports: Vec<String> = spec["ports"].items().iter().map(port).collect();
    let selector: Vec<String> =
        spec["selector"].entries().iter().map(|(k, v)| format!("{k}={}", v.str())).collect();
    out.extend([
        name(service),
        spec["type"].clone(),
        or_none(spec["clusterIPs"][0].str()),
        external_ip(service),
        or_none(&ports.join(",")),
        age(service, now),
        or_none(&selector.join(",")),
    ]);
}

/// Where it is reached from outside (`getServiceExternalIP`).
fn external_ip(service: &Json) -> Json {
    let spec = &service["spec"];
    let own = || spec["externalIPs"].items().iter().map(Json::str);
    match spec["type"].str() {
        "ClusterIP" | "NodePort" => or_none(&own().collect::<Vec<&str>>().join(",")),
        "LoadBalancer" => {
            let ingress = service.at(&["status", "loadBalancer", "ingress"]).items().iter();
            let mut all: Vec<&str> = ingress
                .map(|point| if point["ip"].is_empty() { point["hostname"].str() } else { point["ip"].str() })
                .collect();
            sort_by(&mut all, Ord::cmp);
            all.extend(own());
            if all.is_empty() { "<pending>".into() } else { all.join(",").into() }
        }
        "ExternalName" => spec["externalName"].clone(),
        _ => "<unknown>".into(),
    }
}

/// The ready addresses with each of their ports.
fn endpoints(object: &Json) -> Json {
    let mut all: Vec<String> = Vec::new();
    for subset in object["subsets"].items() {
        let addresses = || subset["addresses"].items().iter().map(|address| address["ip"].str());
        let ports = subset["ports"].items();
        if ports.is_empty() {
            all.extend(addresses().map(str::to_owned));
        }
        for port in ports {
            all.extend(addresses().map(|ip| host_port(ip, &port["port"])));
        }
    }
    if object["subsets"].is_empty() { "<none>".into() } else { first_three(&all) }
}

/// `10.244.1.2:80`
fn host_port(ip: &str, port: &Json) -> String {
    if ip.contains(':') { format!("[{ip}]:{port}") } else { format!("{ip}:{port}") }
}
