//! `kubectl create service clusterip|nodeport|loadbalancer|externalname`.

use super::cli::Cli;
use super::failure::Failure;
use super::flags::{Arguments, Flag, Takes};
use crate::json;
use crate::json::Json;

pub(super) const CLUSTER_IP: &[Flag] = &[("tcp", ' ', Takes::Value), ("clusterip", ' ', Takes::Value)];
pub(super) const NODE_PORT: &[Flag] = &[("tcp", ' ', Takes::Value), ("node-port", ' ', Takes::Value)];
pub(super) const LOAD_BALANCER: &[Flag] = &[("tcp", ' ', Takes::Value)];
pub(super) const EXTERNAL_NAME: &[Flag] = &[("tcp", ' ', Takes::Value), ("external-name", ' ', Takes::Value)];

pub(super) fn cluster_ip(_: &mut Cli, args: &Arguments, name: &str) -> Result<Json, Failure> {
    let mut service = with_ports(args, name, "ClusterIP", args.get("clusterip") != "None")?;
    if !args.get("clusterip").is_empty() {
        service.set_at(&["spec", "clusterIP"], args.get("clusterip"));
    }
    Ok(service)
}

pub(super) fn node_port(_: &mut Cli, args: &Arguments, name: &str) -> Result<Json, Failure> {
    with_ports(args, name, "NodePort", true)
}

pub(super) fn load_balancer(_: &mut Cli, args: &Arguments, name: &str) -> Result<Json, Failure> {
    with_ports(args, name, "LoadBalancer", true)
}

pub(super) fn external_name(_: &mut Cli, args: &Arguments, name: &str) -> Result<Json, Failure> {
    let host = args.get("external-name");
    let label = |label: &str| {
        let inner = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        !label.is_empty() && label.bytes().all(inner) && !label.starts_with('-') && !label.ends_with('-')
    };
    if host.len() > 253 || !host.split('.').all(label) {
        return Err(Failure::error(format!("invalid service external name {host}")));
    }
    let mut service = with_ports(args, name, "ExternalName", false)?;
    service.set_at(&["spec", "externalName"], host);
    Ok(service)
}

fn with_ports(args: &Arguments, name: &str, kind: &str, needs_ports: bool) -> Result<Json, Failure> {
    let pairs = args.list("tcp");
    if pairs.is_empty() && needs_ports {
        return Err(Failure::error("at least one tcp port specifier must be provided"));
    }
    let mut ports = Vec::new();
    for pair in &pairs {
        let (number, target) = pair.split_once(':').map_or((pair.as_str(), None), |(a, b)| (a, Some(b)));
        let number = number_of(number)?;
        let target = match target.map(|target| target.split(':').next().unwrap_or(target)) {
            Some(target) => target_port(target)?,
            None => number.into(),
        };
        let mut port = json!({ "name": pair.replace(':', "-"), "port": number, "protocol": "TCP", "targetPort": target });
        if let Some(node_port) = args.number("node-port").filter(|port| *port != 0) {
            port.set("nodePort", node_port);
        }
        ports.push(port);
    }
    let mut spec = json!({ "selector": { "app": name }, "type": kind });
    if !ports.is_empty() {
        spec.set("ports", ports);
    }
    Ok(json!({
        "metadata": { "name": name, "labels": { "app": name } }, "spec": spec, "status": { "loadBalancer": {} },
    }))
}

fn number_of(text: &str) -> Result<i64, Failure> {
    let why = match text.parse::<u16>() {
        Ok(number) => return Ok(number.into()),
        Err(_) if !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()) => "value out of range",
        Err(_) => "invalid syntax",
    };
    Err(Failure::error(format!("strconv.ParseUint: parsing {text:?}: {why}")))
}

/// A number, or the name of a port.
fn target_port(text: &str) -> Result<Json, Failure> {
    if let Ok(number) = text.parse::<i64>() {
        if (1..=65535).contains(&number) {
            return Ok(number.into());
        }
        return Err(Failure::error("must be between 1 and 65535, inclusive"));
    }
    let mut problems = Vec::new();
    let allowed = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    for (wrong, problem) in [
        (text.len() > 15, "must be no more than 15 characters"),
        (
            !text.bytes().all(allowed),
            "must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)",
        ),
        (!text.bytes().any(|b| b.is_ascii_lowercase()), "must contain at least one letter (a-z)"),
        (text.contains("--"), "must not contain consecutive hyphens"),
        (text.starts_with('-') || text.ends_with('-'), "must not begin or end with a hyphen"),
    ] {
        problems.extend(wrong.then_some(problem));
    }
    if problems.is_empty() { Ok(text.into()) } else { Err(Failure::error(problems.join(","))) }
}
