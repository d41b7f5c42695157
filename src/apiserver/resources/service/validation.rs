//! What is wrong with a Service (`ValidateService*` in `pkg/apis/core/validation`).

use super::{is_externally_accessible, is_headless, needs_health_check};
use crate::api::field::{Error, ErrorType, Path};
use crate::apiserver::internal;
use crate::apiserver::validation::{fields, ip, meta, names};
use crate::json;
use crate::json::Json;
use std::net::IpAddr;

const TYPES: [&str; 4] = ["ClusterIP", "ExternalName", "LoadBalancer", "NodePort"];
const POLICIES: [&str; 2] = ["Cluster", "Local"];
const FOR_LOAD_BALANCERS: &str = "may only be used when `type` is 'LoadBalancer'";
const SOURCE_RANGES: &str = "service.beta.kubernetes.io/load-balancer-source-ranges";
/// A client is sent to the same pod for no longer than this many seconds.
const MOST_AFFINITY_SECONDS: i64 = 86_400;

/// A field that has to be there, and be one of a few.
fn choice(spec: &Json, path: &Path, field: &str, allowed: &[&str], errors: &mut Vec<Error>) {
    if spec[field].is_empty() {
        errors.push(Error::required(&path.child(field), ""));
    }
    fields::one_of(spec, path, field, allowed, errors);
}

/// A new Service.
pub fn create(service: &Json, errors: &mut Vec<Error>) {
    let (spec, path) = (&service["spec"], &Path::new("spec"));
    let annotations = &service["metadata"]["annotations"];
    if let (Some(mode), Some(hints)) = (
        annotations.get("service.kubernetes.io/topology-mode"),
        annotations.get("service.kubernetes.io/topology-aware-hints"),
    ) && mode != hints
    {
        let path = Path::new("metadata").child("annotations").key("service.kubernetes.io/topology-mode");
        let detail =
            "must match annotations[service.kubernetes.io/topology-aware-hints] when both are specified";
        errors.push(Error::invalid(&path, mode, detail));
    }
    by_type(spec, path, errors);
    ports(spec, path, errors);
    meta::labels(&spec["selector"], &path.child("selector"), errors);
    affinity(spec, path, errors);
    cluster_ips(spec, errors);
    for (i, text) in spec["externalIPs"].items().iter().enumerate() {
        let path = path.child("externalIPs").index(i);
        if let Some(address) = ip::address(text.str(), &path, errors) {
            ip::not_special(address, &path, errors);
        }
    }
    choice(spec, path, "type", &TYPES, errors);
    port_numbers(spec, path, errors);
    load_balancer(service, path, errors);
    traffic(spec, path, errors);
}

fn by_type(spec: &Json, path: &Path, errors: &mut Vec<Error>) {
    let (kind, headless) = (spec["type"].str(), is_headless(spec));
    if spec["ports"].is_empty() && !headless && kind != "ExternalName" {
        errors.push(Error::required(&path.child("ports"), ""));
    }
    if headless && matches!(kind, "LoadBalancer" | "NodePort") {
        let detail = format!("may not be set to 'None' for {kind} services");
        errors.push(Error::invalid(&path.child("clusterIPs").index(0), "None", detail));
    }
    if kind == "ExternalName" {
        for field in ["clusterIPs", "ipFamilies", "ipFamilyPolicy"] {
            if !spec[field].is_empty() {
                let detail = "may not be set for ExternalName services";
                errors.push(Error::forbidden(&path.child(field), detail));
            }
        }
        let path = path.child("externalName");
        let name = spec["externalName"].str();
        // A trailing dot says that the name is complete.
        let name = name.strip_suffix('.').unwrap_or(name);
        if name.is_empty() {
            errors.push(Error::required(&path, ""));
        } else {
            errors.extend(
                names::subdomain(name).into_iter().map(|problem| Error::invalid(&path, name, problem)),
            );
        }
    }
}

fn ports(spec: &Json, path: &Path, errors: &mut Vec<Error>) {
    let ports = spec["ports"].items();
    for (i, port) in ports.iter().enumerate() {
        let path = path.child("ports").index(i);
        fields::service_port(port, &path, ports.len() > 1, errors);
        let name = &port["name"];
        if !name.is_empty() && ports[..i].iter().any(|other| other["name"] == *name) {
            errors.push(Error::duplicate(&path.child("name"), name));
        }
        fields::port_number(&port["port"], &path.child("port"), errors);
        fields::protocols(port, &path, errors);
        fields::port_number_or_name(&port["targetPort"], &path.child("targetPort"), errors);
    }
}

/// A pair of protocol and number stands in no two ports, and so for node ports.
fn port_numbers(spec: &Json, path: &Path, errors: &mut Vec<Error>) {
    let ports = spec["ports"].items();
    let path = path.child("ports");
    let said = |port: &Json| port["nodePort"].as_i64().is_some_and(|number| number != 0);
    if spec["type"].str() == "ClusterIP" {
        for (i, _) in ports.iter().enumerate().filter(|(_, port)| said(port)) {
            let detail = "may not be used when `type` is 'ClusterIP'";
            errors.push(Error::forbidden(&path.index(i).child("nodePort"), detail));
        }
    }
    let again = |i: usize, field: &str| {
        let same =
            |other: &Json| other[field] == ports[i][field] && other["protocol"] == ports[i]["protocol"];
        ports[..i].iter().any(same)
    };
    for (i, port) in ports.iter().enumerate() {
        if said(port) && again(i, "nodePort") {
            errors.push(Error::duplicate(&path.index(i).child("nodePort"), &port["nodePort"]));
        }
    }
    for (i, port) in ports.iter().enumerate() {
        if again(i, "port") {
            let shown =
                internal::service_port(&json!({ "protocol": &port["protocol"], "port": &port["port"] }));
            errors.push(Error {
                kind: ErrorType::Duplicate,
                path: path.index(i),
                value: Some(shown.into()),
                detail: Default::default(),
            });
        }
    }
}

fn affinity(spec: &Json, path: &Path, errors: &mut Vec<Error>) {
    choice(spec, path, "sessionAffinity", &["ClientIP", "None"], errors);
    let (config, path) = (&spec["sessionAffinityConfig"], path.child("sessionAffinityConfig"));
    if spec["sessionAffinity"].str() == "None" && !config.is_null() {
        errors.push(Error::forbidden(&path, "must not be set when session affinity is None"));
    }
    let seconds = &config["clientIP"]["timeoutSeconds"];
    let allowed = |n: i64| n > 0 && n <= MOST_AFFINITY_SECONDS;
    if spec["sessionAffinity"].str() == "ClientIP" && !seconds.as_i64().is_some_and(allowed) {
        let detail = format!("must be greater than 0 and less than {MOST_AFFINITY_SECONDS}");
        errors.push(Error::invalid(&path.child("clientIP").child("timeoutSeconds"), seconds, detail));
    }
}

/// Cluster IPs, families and the policy of families (`ValidateServiceClusterIPsRelatedFields`).
pub fn cluster_ips(spec: &Json, errors: &mut Vec<Error>) {
    if spec["type"].str() == "ExternalName" {
        return;
    }
    let path = Path::new("spec");
    let ips_path = path.child("clusterIPs");
    let (one, all) = (&spec["clusterIP"], &spec["clusterIPs"]);
    if one.is_empty() {
        if !all.is_empty() {
            errors.push(Error::invalid(&ips_path, all, "must be empty when `clusterIP` is not specified"));
        }
    } else if all.is_empty() {
        errors.push(Error::required(&ips_path, ""));
    } else if all[0] != *one {
        errors.push(Error::invalid(&ips_path, all, "first value must match `clusterIP`"));
    }
    let families = spec["ipFamilies"].items();
    for (i, family) in families.iter().enumerate() {
        let path = path.child("ipFamilies").index(i);
        if !matches!(family.str(), "IPv4" | "IPv6") {
            errors.push(Error::not_supported(&path, family, &["IPv4", "IPv6"]));
        }
        if families[..i].contains(family) {
            errors.push(Error::duplicate(&path, family));
        }
    }
    let supported = ["PreferDualStack", "RequireDualStack", "SingleStack"];
    fields::one_of(spec, &path, "ipFamilyPolicy", &supported, errors);
    let mut parsed: Vec<IpAddr> = Vec::new();
    let mut wrong = false;
    for (i, text) in all.items().iter().enumerate() {
        if i == 0 && text.str() == "None" {
            if all.items().len() > 1 {
                wrong = true;
                errors.push(Error::invalid(&ips_path, all, "'None' must be the first and only value"));
            }
            continue;
        }
        match ip::address(text.str(), &ips_path.index(i), errors) {
            Some(address) => parsed.push(address),
            None => wrong = true,
        }
    }
    if all.items().len() > 2 {
        errors.push(Error::invalid(&ips_path, all, "may only hold up to 2 values"));
    }
    if wrong {
        return;
    }
    if let [first, second, ..] = parsed[..]
        && (first.is_ipv4() == second.is_ipv4() || parsed.len() > 2)
    {
        let detail = "may specify no more than one IP for each IP family";
        errors.push(Error::invalid(&ips_path, all, detail));
    }
    for (i, (address, family)) in parsed.iter().zip(families).enumerate() {
        if address.is_ipv4() != (family.str() == "IPv4") {
            let detail = format!("expected an {} value as indicated by `ipFamilies[{i}]`", family.str());
            errors.push(Error::invalid(&ips_path.index(i), &all[i], detail));
        }
    }
}

fn load_balancer(service: &Json, path: &Path, errors: &mut Vec<Error>) {
    let spec = &service["spec"];
    let is_one = spec["type"].str() == "LoadBalancer";
    if let ranges @ [_, ..] = spec["loadBalancerSourceRanges"].items() {
        // Upstream's path begins with a capital letter.
        let path = path.child("LoadBalancerSourceRanges");
        if !is_one {
            errors.push(Error::forbidden(&path, FOR_LOAD_BALANCERS));
        }
        for (i, range) in ranges.iter().enumerate() {
            ip::cidr(range.str().trim(), &path.index(i), errors);
        }
    } else if let Some(ranges) = service["metadata"]["annotations"].get(SOURCE_RANGES) {
        let path = Path::new("metadata").child("annotations").key(SOURCE_RANGES);
        if !is_one {
            errors.push(Error::forbidden(&path, FOR_LOAD_BALANCERS));
        }
        let ranges = ranges.str().trim();
        let all = ranges.split(',').filter(|_| !ranges.is_empty());
        all.for_each(|range| ip::cidr(range.trim(), &path, errors));
    }
    if !spec["allocateLoadBalancerNodePorts"].is_null() && !is_one {
        errors.push(Error::forbidden(&path.child("allocateLoadBalancerNodePorts"), FOR_LOAD_BALANCERS));
    }
    let class = &spec["loadBalancerClass"];
    let path = path.child("loadBalancerClass");
    if !class.is_null() && !is_one {
        errors.push(Error::forbidden(&path, FOR_LOAD_BALANCERS));
    } else if !class.is_null() {
        let problems = names::qualified(class.str());
        errors.extend(problems.into_iter().map(|problem| Error::invalid(&path, class, problem)));
    }
}

/// How traffic from outside and from inside is spread.
fn traffic(spec: &Json, path: &Path, errors: &mut Vec<Error>) {
    let (policy, external) = (&spec["externalTrafficPolicy"], "externalTrafficPolicy");
    if is_externally_accessible(spec) {
        choice(spec, path, external, &POLICIES, errors);
    } else if !policy.is_empty() {
        let detail = "may only be set for externally-accessible services";
        errors.push(Error::invalid(&path.child(external), policy, detail));
    }
    let health = &spec["healthCheckNodePort"];
    let health_path = path.child("healthCheckNodePort");
    if needs_health_check(spec) {
        if health.is_null() {
            errors.push(Error::required(&health_path, ""));
        }
        fields::port_number(health, &health_path, errors);
    } else if !health.is_null() {
        let detail = "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'";
        errors.push(Error::invalid(&health_path, health, detail));
    }
    let internal = &spec["internalTrafficPolicy"];
    if !internal.is_null() && !POLICIES.contains(&internal.str()) {
        errors.push(Error::not_supported(&path.child("internalTrafficPolicy"), internal, &POLICIES));
    }
    let distribution = &spec["trafficDistribution"];
    let supported = ["PreferClose", "PreferSameZone", "PreferSameNode"];
    if !distribution.is_null() && !supported.contains(&distribution.str()) {
        errors.push(Error::not_supported(&path.child("trafficDistribution"), distribution, &supported));
    }
}

/// A changed Service.
pub fn update(new: &Json, old: &Json, errors: &mut Vec<Error>) {
    let (spec, before) = (&new["spec"], &old["spec"]);
    let path = Path::new("spec");
    if ![spec, before].iter().any(|spec| spec["type"].str() == "ExternalName") {
        cluster_ips_stay(spec, before, errors);
        families_stay(spec, before, errors);
    }
    let class = "loadBalancerClass";
    if [spec, before].iter().all(|spec| spec["type"].str() == "LoadBalancer") && spec[class] != before[class]
    {
        errors.push(Error::invalid(&path.child(class), &spec[class], "may not change once set"));
    }
    let health = "healthCheckNodePort";
    if [spec, before].iter().all(|spec| needs_health_check(spec)) && spec[health] != before[health] {
        errors.push(Error::forbidden(&path.child(health), "field is immutable"));
    }
    create(new, errors);
}

/// The first cluster IP stays for good; a second one can come and go (`validateUpgradeDowngradeClusterIPs`).
fn cluster_ips_stay(spec: &Json, before: &Json, errors: &mut Vec<Error>) {
    if is_headless(spec) && is_headless(before) {
        return;
    }
    let path = Path::new("spec").child("clusterIPs");
    let (new, old) = (spec["clusterIPs"].items(), before["clusterIPs"].items());
    let compared = if new.len() == old.len() { old.len() } else { old.len().min(1) };
    if new.is_empty() && !old.is_empty() {
        let detail = "primary clusterIP can not be unset";
        errors.push(Error::invalid_shown(&path.index(0), Some("null"), detail));
    }
    for (i, (ip, was)) in new.iter().zip(old).enumerate().take(compared) {
        if ip != was {
            errors.push(Error::invalid(&path.index(i), &spec["clusterIPs"], "may not change once set"));
        }
    }
    released(spec, (new.len(), old.len()), "secondary clusterIP", errors);
}

/// The same for families (`validateUpgradeDowngradeIPFamilies`).
fn families_stay(spec: &Json, before: &Json, errors: &mut Vec<Error>) {
    if is_headless(spec) || is_headless(before) {
        return;
    }
    let path = Path::new("spec").child("ipFamilies").index(0);
    let (new, old) = (spec["ipFamilies"].items(), before["ipFamilies"].items());
    let compared = if new.len() == old.len() { old.len() } else { old.len().min(1) };
    // Where their number changes, upstream shows the IPs.
    let shown = if new.len() == old.len() { &spec["ipFamilies"] } else { &spec["clusterIPs"] };
    for (family, was) in new.iter().zip(old).take(compared) {
        if family != was {
            errors.push(Error::invalid(&path, shown, "may not change once set"));
        }
    }
    released(spec, (new.len(), old.len()), "secondary ipFamily", errors);
}

/// A second one is given up by saying `SingleStack`.
fn released(spec: &Json, (new, old): (usize, usize), what: &str, errors: &mut Vec<Error>) {
    if new == 1 && old > 1 && spec["ipFamilyPolicy"].str() != "SingleStack" {
        let detail = format!("must be set to 'SingleStack' when releasing the {what}");
        errors.push(Error::invalid(
            &Path::new("spec").child("ipFamilyPolicy"),
            &spec["ipFamilyPolicy"],
            detail,
        ));
    }
}

/// A changed status (`ValidateLoadBalancerStatus`).
pub fn status(new: &Json, _: &Json, errors: &mut Vec<Error>) {
    let path = Path::new("status").child("loadBalancer").child("ingress");
    let ingress = new.at(&["status", "loadBalancer", "ingress"]).items();
    if !ingress.is_empty() && new["spec"]["type"].str() != "LoadBalancer" {
        errors.push(Error::forbidden(&path, "may only be used when `spec.type` is 'LoadBalancer'"));
    }
    for (i, point) in ingress.iter().enumerate() {
        let path = path.index(i);
        if !point["ip"].is_empty() {
            ip::address(point["ip"].str(), &path.child("ip"), errors);
        }
        let host = point["hostname"].str();
        if !host.is_empty() {
            let path = path.child("hostname");
            errors.extend(
                names::subdomain(host).into_iter().map(|problem| Error::invalid(&path, host, problem)),
            );
            if host.parse::<IpAddr>().is_ok() {
                errors.push(Error::invalid(&path, host, "must be a DNS name, not an IP address"));
            }
        }
    }
}
