//! Ingresses, network policies and addresses.

use super::{Printer, age, name, or_none, text};
use crate::api::selector::text as text_of;
use crate::collections::sort_by;
use crate::json::Json;

pub static INGRESS: Printer = Printer {
    columns: &[text("Name"), text("Class"), text("Hosts"), text("Address"), text("Ports"), text("Age")],
    cells: |o, now, out| {
        let spec = &o["spec"];
        let ports = if spec["tls"].is_empty() { "80" } else { "80, 443" };
        out.extend([
            name(o),
            spec["ingressClassName"].as_str().unwrap_or("<none>").into(),
            hosts(&spec["rules"]),
            address(&o["status"]["loadBalancer"]["ingress"]),
            ports.into(),
            age(o, now),
        ]);
    },
};

/// The first three hosts.
fn hosts(rules: &Json) -> Json {
    let mut shown: Vec<&str> = Vec::new();
    let mut more = false;
    for rule in rules.items() {
        more |= shown.len() == 3;
        if !more && !rule["host"].is_empty() {
            shown.push(rule["host"].str());
        }
    }
    match (shown.is_empty(), more) {
        (true, _) => "*".into(),
        (false, true) => format!("{} + {} more...", shown.join(","), rules.items().len() - 3).into(),
        (false, false) => shown.join(",").into(),
    }
}

/// Where it is reached, cut to sixteen characters.
fn address(points: &Json) -> Json {
    let of = |point: &'_ Json| {
        if point["ip"].is_empty() { point["hostname"].clone() } else { point["ip"].clone() }
    };
    let points: Vec<Json> = points.items().iter().map(of).collect();
    let mut all: Vec<&str> = points.iter().map(Json::str).filter(|point| !point.is_empty()).collect();
    sort_by(&mut all, Ord::cmp);
    all.dedup();
    let joined = all.join(",");
    match joined.char_indices().nth(13) {
        Some((end, _)) if joined.len() > 16 => format!("{}...", &joined[..end]).into(),
        _ => joined.into(),
    }
}

pub static INGRESS_CLASS: Printer = Printer {
    columns: &[text("Name"), text("Controller"), text("Parameters"), text("Age")],
    cells: |o, now, out| {
        let parameters = &o["spec"]["parameters"];
        let shown = match (parameters.is_null(), parameters["apiGroup"].as_str()) {
            (true, _) => "<none>".into(),
            (false, group) => {
                let group = group.map_or(String::new(), |group| format!(".{group}"));
                format!("{}{group}/{}", parameters["kind"].str(), parameters["name"].str())
            }
        };
        out.extend([name(o), o["spec"]["controller"].str().into(), shown.into(), age(o, now)]);
    },
};

pub static NETWORK_POLICY: Printer = Printer {
    columns: &[text("Name"), text("Pod-Selector"), text("Age")],
    cells: |o, now, out| out.extend([name(o), or_none(&text_of(&o["spec"]["podSelector"])), age(o, now)]),
};

pub static IP_ADDRESS: Printer = Printer {
    columns: &[text("Name"), text("ParentRef")],
    cells: |o, _, out| {
        let parent = &o["spec"]["parentRef"];
        let mut shown = parent["resource"].str().to_lowercase();
        if !parent["group"].is_empty() {
            shown = format!("{shown}.{}", parent["group"].str());
        }
        for part in ["namespace", "name"].iter().filter(|part| !parent[**part].is_empty()) {
            shown = format!("{shown}/{}", parent[*part].str());
        }
        out.extend([name(o), or_none(&shown)]);
    },
};

pub static SERVICE_CIDR: Printer = Printer {
    columns: &[text("Name"), text("CIDRs"), text("Age")],
    cells: |o, now, out| {
        let ranges: Vec<&str> = o["spec"]["cidrs"].items().iter().map(Json::str).collect();
        out.extend([name(o), ranges.join(",").into(), age(o, now)]);
    },
};
