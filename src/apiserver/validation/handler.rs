//! Probes and lifecycle hooks of a container (`validateProbe`, `validateLifecycle`, `validateHandler`).

use super::at::{At, Errors};
use super::container::Scope;
use super::names;
use crate::api::field::Error;

/// The hooks and probes of a container.
pub fn all(container: &At, scope: &Scope, errors: Errors) {
    let grace = scope.spec["terminationGracePeriodSeconds"].as_i64();
    for hook in ["postStart", "preStop"] {
        let hook = container.get("lifecycle").get(hook);
        if hook.set() {
            handler(&hook, &["exec", "httpGet", "tcpSocket", "sleep"], grace, errors);
        }
    }
    for kind in ["livenessProbe", "readinessProbe", "startupProbe"] {
        let probe = container.get(kind);
        if probe.set() {
            check(&probe, kind == "readinessProbe", errors);
        }
    }
}

fn check(probe: &At, readiness: bool, errors: Errors) {
    handler(probe, &["exec", "httpGet", "tcpSocket", "grpc"], None, errors);
    for field in
        ["initialDelaySeconds", "timeoutSeconds", "periodSeconds", "successThreshold", "failureThreshold"]
    {
        probe.get(field).not_negative(errors);
    }
    let grace = probe.get("terminationGracePeriodSeconds");
    if grace.int().is_some_and(|n| n <= 0) {
        grace.invalid("must be greater than 0", errors);
    }
    let success = probe.get("successThreshold");
    if readiness {
        if grace.set() {
            grace.invalid("must not be set for readinessProbes", errors);
        }
    } else if success.int().is_some_and(|n| n != 1) {
        success.invalid("must be 1", errors);
    }
}

fn handler(handler: &At, kinds: &[&'static str], grace: Option<i64>, errors: Errors) {
    // Upstream speaks of the others in their order, after the first one's own faults.
    let mut others = Vec::new();
    let kind = handler.union(kinds, "may not specify more than 1 handler type", &mut others);
    let Some(kind) = kind else { return handler.missing("must specify a handler type", errors) };
    let source = handler.get(kind);
    match kind {
        "exec" => {
            source.get("command").required(errors);
        }
        "httpGet" => {
            source.get("path").required(errors);
            port(&source.get("port"), errors);
            source.get("scheme").choice(&["HTTP", "HTTPS"], errors);
            for header in source.get("httpHeaders").each() {
                let name = header.get("name");
                let path = source.get("httpHeaders").path;
                let problems = names::header(name.str());
                errors.extend(problems.into_iter().map(|p| Error::invalid(&path, name.str(), p)));
            }
        }
        "sleep" => {
            let seconds = source.get("seconds").int().unwrap_or(0);
            if let Some(grace) = grace.filter(|grace| !(0..=*grace).contains(&seconds)) {
                let detail =
                    format!("must be non-negative and less than terminationGracePeriodSeconds ({grace})");
                errors.push(Error::invalid(&source.path, seconds, detail));
            }
        }
        _ => port(&source.get("port"), errors),
    }
    errors.extend(others);
}

/// The number or the name of a container's port (`ValidatePortNumOrName`); an absent one is port 0.
pub fn port(port: &At, errors: Errors) {
    if port.json.as_str().is_some() {
        port.must(names::port_name, errors);
    } else if port.set() {
        port.port(errors);
    } else {
        errors.push(Error::invalid(&port.path, 0, "must be between 1 and 65535, inclusive"));
    }
}
