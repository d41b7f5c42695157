//! Ingresses and their classes (`pkg/apis/networking/validation`, `pkg/registry/networking/ingress`).

use super::{PLAIN, Strategy};
use crate::api::field::{Error, Path};
use crate::apiserver::pod_spec::fill;
use crate::apiserver::validation::at::At;
use crate::apiserver::validation::names;
use crate::json;
use crate::json::{Json, Str};
use std::net::IpAddr;

const CLASS: &str = "kubernetes.io/ingress.class";

/// The strategy of Ingresses.
pub static INGRESS: Strategy = Strategy {
    prepare_create: |ingress| ingress.set("status", json!({ "loadBalancer": {} })),
    validate: |ingress, errors| {
        validate(ingress, errors);
        let annotation = ingress["metadata"]["annotations"].get(CLASS).map_or("", Json::str);
        let class = ingress["spec"]["ingressClassName"].as_str();
        if !annotation.is_empty() && class.is_some_and(|class| class != annotation) {
            let path = Path::new("annotations").child(CLASS);
            let detail = "must match `ingressClassName` when both are specified";
            errors.push(Error::invalid(&path, annotation, detail));
        }
    },
    validate_update: |new, _, errors| validate(new, errors),
    validate_status: |new, _, errors| {
        for point in At::top(new, "status").get("loadBalancer").get("ingress").each() {
            let (ip, host) = (point.get("ip"), point.get("hostname"));
            if !ip.empty() {
                crate::apiserver::validation::ip::address(ip.str(), &ip.path, errors);
            }
            host.rule(names::subdomain, errors);
            no_address(&host, errors);
        }
    },
    warnings: |ingress, old| {
        let said = |object: &Json| object["metadata"]["annotations"].get(CLASS).is_some();
        if said(ingress) && !old.is_some_and(said) {
            return vec![Str::from(format!(
                "annotation {CLASS:?} is deprecated, please use 'spec.ingressClassName' instead"
            ))];
        }
        Vec::new()
    },
    generation: true,
    ..PLAIN
};

fn no_address(host: &At, errors: &mut Vec<Error>) {
    if host.str().parse::<IpAddr>().is_ok() {
        host.invalid("must be a DNS name, not an IP address", errors);
    }
}

fn validate(ingress: &Json, errors: &mut Vec<Error>) {
    let spec = At::top(ingress, "spec");
    let (rules, backend) = (spec.get("rules"), spec.get("defaultBackend"));
    if rules.empty() && !backend.set() {
        let detail = "either `defaultBackend` or `rules` must be specified";
        errors.push(Error::invalid(&spec.path, rules.json, detail));
    }
    if backend.set() {
        service(&backend, errors);
    }
    for rule in rules.each() {
        let host = rule.get("host");
        no_address(&host, errors);
        host.rule(names::host, errors);
        let http = rule.get("http");
        if http.set() {
            http.get("paths").required(errors);
            http.get("paths").each().iter().for_each(|path| route(path, errors));
        }
    }
    for tls in spec.get("tls").each() {
        tls.get("hosts").each().iter().for_each(|host| host.must(names::host, errors));
        tls.get("secretName").rule(names::subdomain, errors);
    }
    if spec.get("ingressClassName").set() {
        spec.get("ingressClassName").must(names::subdomain, errors);
    }
}

fn route(route: &At, errors: &mut Vec<Error>) {
    let (kind, path) = (route.get("pathType"), route.get("path"));
    if !kind.set() {
        return kind.missing("pathType must be specified", errors);
    }
    let absolute = path.str().starts_with('/');
    let relative = |errors: &mut Vec<Error>| {
        errors.push(Error::invalid(&path.path, path.str(), "must be an absolute path"));
    };
    match kind.str() {
        "Exact" | "Prefix" => {
            if !absolute {
                relative(errors);
            }
            for part in ["//", "/./", "/../", "%2f", "%2F"].iter().filter(|part| path.str().contains(**part))
            {
                path.invalid(format!("must not contain '{part}'"), errors);
            }
            for end in ["/..", "/."].iter().filter(|end| path.str().ends_with(**end)) {
                path.invalid(format!("cannot end with '{end}'"), errors);
            }
        }
        "ImplementationSpecific" => {
            if !absolute && !path.empty() {
                relative(errors);
            }
        }
        _ => kind.unsupported(&["Exact", "ImplementationSpecific", "Prefix"], errors),
    }
    service(&route.get("backend"), errors);
}

/// Where requests go.
fn service(backend: &At, errors: &mut Vec<Error>) {
    let (service, resource) = (backend.get("service"), backend.get("resource"));
    let refuse = |detail: &str, errors: &mut Vec<Error>| {
        errors.push(Error::invalid(&backend.path, "", detail));
    };
    match (service.set(), resource.set()) {
        (true, true) => return refuse("cannot set both resource and service backends", errors),
        (false, false) => return refuse("resource or service backend is required", errors),
        (false, true) => return reference(&resource, errors),
        (true, false) => {}
    }
    service.get("name").name(names::label, errors);
    let (name, number) = (service.get("port").get("name"), service.get("port").get("number"));
    match (!name.empty(), number.int().unwrap_or(0) != 0) {
        (true, true) => refuse("cannot set both port name & port number", errors),
        (true, false) => name.must(names::port_name, errors),
        (false, true) => number.port(errors),
        (false, false) => backend.missing("port name or number is required", errors),
    }
}

fn reference(reference: &At, errors: &mut Vec<Error>) {
    if reference.get("apiGroup").set() {
        reference.get("apiGroup").must(names::subdomain, errors);
    }
    for (field, missing) in [("kind", "kind is required"), ("name", "name is required")] {
        match reference.get(field) {
            field if field.empty() => field.missing(missing, errors),
            field => field.must(names::path_segment, errors),
        }
    }
}

/// The strategy of IngressClasses.
pub static INGRESS_CLASS: Strategy = Strategy {
    defaults: |class| {
        if let Some(parameters) = class.get_mut("spec").and_then(|spec| spec.get_mut("parameters")) {
            fill(parameters, "scope", "Cluster");
        }
    },
    validate: class,
    validate_update: |new, old, errors| {
        At::top(new, "spec").get("controller").same(&old["spec"]["controller"], errors);
        class(new, errors);
    },
    generation: true,
    ..PLAIN
};

fn class(class: &Json, errors: &mut Vec<Error>) {
    let spec = At::top(class, "spec");
    let controller = spec.get("controller");
    if controller.required(errors) {
        if controller.str().len() > 250 {
            errors.push(Error::too_long(&controller.path, 250));
        }
        names::domain_prefixed_path(controller.str(), &controller.path, errors);
    }
    let parameters = spec.get("parameters");
    if !parameters.set() {
        return;
    }
    reference(&parameters, errors);
    let namespace = parameters.get("namespace");
    parameters.get("scope").choice(&["Cluster", "Namespace"], errors);
    match parameters.get("scope").str() {
        "Namespace" if namespace.set() => namespace.must(names::label, errors),
        "Namespace" => namespace.missing("`parameters.scope` is set to 'Namespace'", errors),
        "Cluster" if namespace.set() => namespace.forbidden("`parameters.scope` is set to 'Cluster'", errors),
        _ => {}
    }
}
