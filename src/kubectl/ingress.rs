//! `kubectl create ingress` (`create_ingress.go`): rules as `host/path=service:port[,tls[=secret]]`.

use super::cli::Cli;
use super::failure::Failure;
use super::flags::{Arguments, Flag, Takes};
use crate::json;
use crate::json::{Json, Str};

pub(super) const FLAGS: &[Flag] = &[
    ("annotation", ' ', Takes::Value),
    ("class", ' ', Takes::Value),
    ("default-backend", ' ', Takes::Value),
    ("rule", ' ', Takes::Value),
];

/// A rule, taken apart.
struct Rule<'a> {
    host: &'a str,
    path: &'a str,
    service: &'a str,
    port: &'a str,
    /// The secret's name, where TLS was asked for; it may be empty.
    tls: Option<&'a str>,
}

impl Rule<'_> {
    fn parse(text: &str) -> Option<Rule<'_>> {
        let (rule, tls) = match text.split_once(',') {
            Some((rule, "tls")) => (rule, Some("")),
            Some((rule, tls)) => (rule, Some(tls.strip_prefix("tls=")?)),
            None => (text, None),
        };
        if tls.is_some_and(|secret| !secret.bytes().all(|b| b.is_ascii_alphanumeric() || b"-.".contains(&b)))
        {
            return None;
        }
        let (place, backend) = rule.split_once('=')?;
        let (host, path) = place.split_once('/')?;
        let (service, port) = backend.split_once(':')?;
        let fits = !service.is_empty() && !port.is_empty() && !backend.contains('=') && !port.contains(':');
        fits.then_some(Rule { host, path, service, port, tls })
    }
}

fn backend(service: &str, port: &str) -> Json {
    let port = match port.parse::<i32>() {
        Ok(number) => json!({ "number": i64::from(number) }),
        Err(_) => json!({ "name": port }),
    };
    json!({ "service": { "name": service, "port": port } })
}

/// The Ingress.
pub(super) fn make(_: &mut Cli, args: &Arguments, name: &str) -> Result<Json, Failure> {
    let (rules, default) = (args.all("rule"), args.get("default-backend"));
    if rules.is_empty() && default.is_empty() {
        return Err(Failure::error(
            "not enough information provided: every ingress has to either specify a default-backend (which catches all traffic) or a list of rules (which catch specific paths)",
        ));
    }
    let mut parsed = Vec::new();
    for rule in rules {
        let form = "is invalid and should be in format host/path=svcname:svcport[,tls[=secret]]";
        parsed.push(Rule::parse(rule).ok_or_else(|| Failure::error(format!("rule {rule} {form}")))?);
    }
    let mut metadata = json!({ "name": name });
    for annotation in args.all("annotation") {
        let Some((key, value)) = annotation.split_once('=') else {
            let why = format!("annotation {annotation} is invalid and should be in format key=[value]");
            return Err(Failure::error(why));
        };
        let mut all = metadata["annotations"].clone();
        all.set(Str::from(key), value);
        metadata.set("annotations", all);
    }
    let mut spec = json!({});
    if !args.get("class").is_empty() {
        spec.set("ingressClassName", args.get("class"));
    }
    if !default.is_empty() {
        let Some((service, port)) = default.split_once(':').filter(|(_, port)| !port.contains(':')) else {
            return Err(Failure::error("default-backend should be in format servicename:serviceport"));
        };
        spec.set("defaultBackend", backend(service, port));
    }
    // A list's elements are found again by one of their fields, to grow.
    let mut hosts: Vec<(&str, Vec<Json>)> = Vec::new();
    let mut secrets: Vec<(&str, Vec<&str>)> = Vec::new();
    for rule in &parsed {
        let (path, kind) = match rule.path.strip_suffix('*') {
            Some(path) => (path, "Prefix"),
            None => (rule.path, "Exact"),
        };
        let path = json!({
            "path": format!("/{path}"), "pathType": kind, "backend": backend(rule.service, rule.port),
        });
        match hosts.iter_mut().find(|(host, _)| *host == rule.host) {
            Some((_, paths)) => paths.push(path),
            None => hosts.push((rule.host, vec![path])),
        }
        let Some(secret) = rule.tls else { continue };
        if secrets.iter().any(|(_, hosts)| hosts.contains(&rule.host)) {
            continue;
        }
        match secrets.iter_mut().find(|(known, _)| *known == secret) {
            Some((_, hosts)) => hosts.push(rule.host),
            None => secrets.push((secret, vec![rule.host])),
        }
    }
    let set = |key: &'static str, value: Json, into: &mut Json| {
        if !value.is_empty() {
            into.set(key, value);
        }
    };
    let tls = |(secret, hosts): &(&str, Vec<&str>)| {
        let mut entry = json!({});
        set("secretName", (*secret).into(), &mut entry);
        set(
            "hosts",
            hosts.iter().filter(|host| !host.is_empty()).map(|h| Json::from(*h)).collect(),
            &mut entry,
        );
        entry
    };
    let tls: Json = secrets.iter().map(tls).filter(|entry| !entry.is_empty()).collect();
    let rule = |(host, paths): (&str, Vec<Json>)| {
        let mut rule = json!({ "http": { "paths": paths } });
        set("host", host.into(), &mut rule);
        rule
    };
    let rules: Json = hosts.into_iter().map(rule).collect();
    set("tls", tls, &mut spec);
    set("rules", rules, &mut spec);
    Ok(json!({ "metadata": metadata, "spec": spec, "status": { "loadBalancer": {} } }))
}
