//! `kubectl describe service`, `endpoints` and `endpointslice`.

use super::{Columns, Describer, annotations, head, labels, names, or};
use crate::api::{Request, kinds};
use crate::json::Json;

/// The texts of a list, or `<none>`.
fn joined(list: &Json) -> String {
    let all: Vec<&str> = list.items().iter().map(Json::str).collect();
    if all.is_empty() { "<none>".into() } else { all.join(",") }
}

pub(super) fn service(d: &mut Describer<'_>, service: &Json, out: &mut Columns) {
    let (meta, spec) = (&service["metadata"], &service["spec"]);
    names(service, out);
    labels("Labels", &meta["labels"], out);
    annotations("Annotations", &meta["annotations"], out);
    let selector: Vec<String> =
        spec["selector"].entries().iter().map(|(k, v)| format!("{k}={}", v.str())).collect();
    let selector = if selector.is_empty() { "<none>".to_owned() } else { selector.join(",") };
    let mut line = |title: &str, text: &str| out.add(&format!("{title}:\t{text}\n"));
    line("Selector", &selector);
    line("Type", spec["type"].str());
    let when = |value: &Json, text: String| (!value.is_empty()).then_some(text);
    let plain = |field: &str| when(&spec[field], or(&spec[field], ""));
    if let Some(policy) = plain("ipFamilyPolicy") {
        line("IP Family Policy", &policy);
    }
    line("IP Families", &joined(&spec["ipFamilies"]));
    line("IP", spec["clusterIP"].str());
    line("IPs", &joined(&spec["clusterIPs"]));
    let points = service.at(&["status", "loadBalancer", "ingress"]);
    let point = |p: &Json| if p["ip"].is_empty() { p["hostname"].str() } else { p["ip"].str() }.to_owned();
    let ingress: Vec<String> = points
        .items()
        .iter()
        .map(|p| match p["ipMode"].str() {
            "" => point(p),
            mode => format!("{} ({mode})", point(p)),
        })
        .collect();
    for (title, text) in [
        ("External IPs", when(&spec["externalIPs"], joined(&spec["externalIPs"]))),
        ("Desired LoadBalancer IP", plain("loadBalancerIP")),
        ("External Name", plain("externalName")),
        ("LoadBalancer Ingress", when(points, ingress.join(", "))),
    ] {
        if let Some(text) = text {
            line(title, &text);
        }
    }
    let slices = slices(d, service);
    for port in spec["ports"].items() {
        let (name, protocol) = (or(&port["name"], "<unset>"), port["protocol"].str());
        line("Port", &format!("{name}\t{}/{protocol}", port["port"]));
        line("TargetPort", &format!("{}/{protocol}", or(&port["targetPort"], "")));
        if !port["nodePort"].is_null() {
            line("NodePort", &format!("{name}\t{}/{protocol}", port["nodePort"]));
        }
        line("Endpoints", &endpoints_of(&slices, port["name"].str()));
    }
    line("Session Affinity", spec["sessionAffinity"].str());
    let ranges = &spec["loadBalancerSourceRanges"];
    for (title, text) in [
        ("External Traffic Policy", plain("externalTrafficPolicy")),
        ("Internal Traffic Policy", plain("internalTrafficPolicy")),
        ("Traffic Distribution", plain("trafficDistribution")),
        ("HealthCheck NodePort", plain("healthCheckNodePort")),
        ("LoadBalancer Source Ranges", when(ranges, joined(ranges))),
    ] {
        if let Some(text) = text {
            line(title, &text);
        }
    }
    d.events(service, out);
}

/// The slices that name the Service.
pub(super) fn slices(d: &mut Describer<'_>, service: &Json) -> Vec<Json> {
    let meta = &service["metadata"];
    let labels = format!("{}={}", crate::api::endpoints::SERVICE_NAME, meta["name"].str());
    let list = Request::list(kinds::ENDPOINTSLICES, meta["namespace"].str()).by("kubectl-describe");
    let list = list.with(|o| o.label_selector = labels.into());
    d.api.call(list).map(|r| r.body["items"].items().to_vec()).unwrap_or_default()
}

/// The addresses that are ready behind a port, no more than three of them.
pub(super) fn endpoints_of(slices: &[Json], port: &str) -> String {
    if slices.is_empty() {
        return "<none>".into();
    }
    let mut all = Vec::new();
    for slice in slices {
        let ready = |endpoint: &&Json| endpoint["conditions"]["ready"].as_bool() != Some(false);
        let addresses = || slice["endpoints"].items().iter().filter(ready).map(|e| e["addresses"][0].str());
        if slice["ports"].is_empty() {
            all.extend(addresses().map(str::to_owned));
        }
        for own in slice["ports"].items().iter().filter(|own| own["name"].str() == port) {
            let number = &own["port"];
            all.extend(addresses().map(|ip| match ip.contains(':') {
                true => format!("[{ip}]:{number}"),
                false => format!("{ip}:{number}"),
            }));
        }
    }
    let shown = all[..all.len().min(3)].join(",");
    if all.len() > 3 { format!("{shown} + {} more...", all.len() - 3) } else { shown }
}

pub(super) fn endpoints(d: &mut Describer<'_>, endpoints: &Json, out: &mut Columns) {
    head(endpoints, out);
    out.add("Subsets:\n");
    for subset in endpoints["subsets"].items() {
        for (title, list) in [("Addresses", "addresses"), ("NotReadyAddresses", "notReadyAddresses")] {
            let ips: Json = subset[list].items().iter().map(|address| address["ip"].clone()).collect();
            out.add(&format!("  {title}:\t{}\n", joined(&ips)));
        }
        if !subset["ports"].is_empty() {
            out.add("  Ports:\n    Name\tPort\tProtocol\n    ----\t----\t--------\n");
            for port in subset["ports"].items() {
                let (name, protocol) = (or(&port["name"], "<unset>"), port["protocol"].str());
                out.add(&format!("    {name}\t{}\t{protocol}\n", port["port"]));
            }
        }
        out.add("\n");
    }
    d.events(endpoints, out);
}

pub(super) fn endpoint_slice(d: &mut Describer<'_>, slice: &Json, out: &mut Columns) {
    head(slice, out);
    out.add(&format!("AddressType:\t{}\n", slice["addressType"].str()));
    if slice["ports"].is_empty() {
        out.add("Ports: <unset>\n");
    } else {
        out.add("Ports:\n  Name\tPort\tProtocol\n  ----\t----\t--------\n");
        for port in slice["ports"].items() {
            let text = |field: &str| or(&port[field], "<unset>");
            out.add(&format!("  {}\t{}\t{}\n", text("name"), text("port"), port["protocol"].str()));
        }
    }
    out.add(if slice["endpoints"].is_empty() { "Endpoints: <none>\n" } else { "Endpoints:\n" });
    for endpoint in slice["endpoints"].items() {
        let addresses: Vec<&str> = endpoint["addresses"].items().iter().map(Json::str).collect();
        out.add(&format!("  - Addresses:\t{}\n", addresses.join(", ")));
        let ready = or(&endpoint["conditions"]["ready"], "<unset>");
        out.add(&format!("    Conditions:\n      Ready:\t{ready}\n"));
        out.add(&format!("    Hostname:\t{}\n", or(&endpoint["hostname"], "<unset>")));
        let target = &endpoint["targetRef"];
        if !target.is_null() {
            out.add(&format!("    TargetRef:\t{}/{}\n", target["kind"].str(), target["name"].str()));
        }
        out.add(&format!("    NodeName:\t{}\n", or(&endpoint["nodeName"], "<unset>")));
        out.add(&format!("    Zone:\t{}\n", or(&endpoint["zone"], "<unset>")));
    }
    d.events(slice, out);
}
