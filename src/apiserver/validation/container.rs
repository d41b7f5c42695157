//! Containers of a pod spec: `validateContainers`, `validateInitContainers`, `validateEphemeralContainers` of
//! `pkg/apis/core/validation`.

use super::at::{At, Errors};
use super::{env, handler, mount, names, resource, security};
use crate::api::field::Error;
use crate::json::Json;

/// What the containers of a pod share.
pub struct Scope<'a> {
    /// The pod's volumes that are faultless.
    pub volumes: &'a [&'a Json],
    /// The pod's spec.
    pub spec: &'a Json,
    /// Whether it is a Pod's own spec, not a template's.
    pub pod: bool,
}

/// The containers of a spec, of all three sorts.
pub fn all(spec: &At, scope: &Scope, errors: Errors) {
    let containers = spec.get("containers");
    containers.required(errors);
    let mut names: Vec<&str> = Vec::new();
    let each = containers.each();
    for container in &each {
        common(container, scope, errors);
        unique(container, &mut names, errors);
        handler::all(container, scope, errors);
        let (policy, rules) = (container.get("restartPolicy"), container.get("restartPolicyRules"));
        restart_policy(&policy, &rules, errors);
    }
    host_ports(&each, errors);
    for container in &spec.get("initContainers").each() {
        common(container, scope, errors);
        let (policy, rules) = (container.get("restartPolicy"), container.get("restartPolicyRules"));
        if policy.set() {
            restart_policy(&policy, &rules, errors);
        }
        unique(container, &mut names, errors);
        if container.get("name").empty() {
            names.pop();
        }
        // Each by itself, as if it were the first.
        let alone = At::new(container.json, &spec.path.child("initContainers").index(0));
        host_ports(std::slice::from_ref(&alone), errors);
        if policy.str() == "Always" {
            handler::all(container, scope, errors);
            continue;
        }
        for field in ["lifecycle", "livenessProbe", "readinessProbe", "startupProbe"] {
            let field = container.get(field);
            if field.set() {
                field.forbidden("may not be set for init containers without restartPolicy=Always", errors);
            }
        }
    }
    ephemeral(&spec.get("ephemeralContainers"), scope, &mut names, errors);
}

fn unique<'a>(container: &At<'a>, names: &mut Vec<&'a str>, errors: Errors) {
    let name = container.get("name");
    if names.contains(&name.str()) {
        errors.push(Error::duplicate(&name.path, name.str()));
    }
    names.push(name.str());
}

/// What an ephemeral container may not say, in the order of upstream's struct: it is for containers that a pod relies on.
const NOT_EPHEMERAL: [&str; 9] = [
    "ports",
    "resources",
    "resizePolicy",
    "restartPolicy",
    "restartPolicyRules",
    "livenessProbe",
    "readinessProbe",
    "startupProbe",
    "lifecycle",
];

fn ephemeral<'a>(list: &At<'a>, scope: &Scope, names: &mut Vec<&'a str>, errors: Errors) {
    let others = names.len();
    for container in &list.each() {
        common(container, scope, errors);
        image_blanks(container, errors);
        unique(container, names, errors);
        let target = container.get("targetContainerName");
        if !target.empty() && !names[..others].contains(&target.str()) {
            errors.push(Error::not_found(&target.path, target.str()));
        }
        for field in NOT_EPHEMERAL.iter().map(|field| container.get(field)).filter(|field| !field.empty()) {
            field.forbidden("cannot be set for an Ephemeral Container", errors);
        }
        for mount in container.get("volumeMounts").each() {
            for field in ["subPath", "subPathExpr"] {
                if !mount.get(field).empty() {
                    mount.get(field).forbidden("cannot be set for an Ephemeral Container", errors);
                }
            }
        }
    }
}

/// Blanks around an image's name, which only a Pod is refused for.
pub fn image_blanks(container: &At, errors: Errors) {
    let image = container.get("image");
    if image.str().trim() != image.str() {
        image.invalid("must not have leading or trailing whitespace", errors);
    }
}

fn common(container: &At, scope: &Scope, errors: Errors) {
    container.get("name").name(names::label, errors);
    container.get("image").required(errors);
    container.get("terminationMessagePolicy").choice(&["File", "FallbackToLogsOnError"], errors);
    ports(&container.get("ports"), errors);
    env::env(container, errors);
    env::env_from(&container.json["envFrom"], &container.path.child("envFrom"), errors);
    mount::mounts(container, scope, errors);
    mount::devices(container, scope, errors);
    container.get("imagePullPolicy").choice(&["Always", "IfNotPresent", "Never"], errors);
    resource::requirements(
        &container.get("resources"),
        resource::container_name,
        &scope.spec["resourceClaims"],
        errors,
    );
    resize_policy(&container.get("resizePolicy"), scope.spec["restartPolicy"].str(), errors);
    security::container(&container.get("securityContext"), scope, errors);
}

fn ports(ports: &At, errors: Errors) {
    let mut taken: Vec<&str> = Vec::new();
    for port in ports.each() {
        let name = port.get("name");
        if !name.empty() {
            let problems = names::port_name(name.str());
            if problems.is_empty() && taken.contains(&name.str()) {
                name.duplicate(errors);
            }
            taken.push(name.str());
            name.must(names::port_name, errors);
        }
        let number = port.get("containerPort");
        match number.int() {
            None | Some(0) => number.missing("", errors),
            _ => number.port(errors),
        }
        let host = port.get("hostPort");
        if host.int() != Some(0) {
            host.port(errors);
        }
        port.get("protocol").choice(&["SCTP", "TCP", "UDP"], errors);
    }
}

/// No two ports of the host may be the same.
fn host_ports(containers: &[At], errors: Errors) {
    let mut taken: Vec<String> = Vec::new();
    for port in containers.iter().flat_map(|container| container.get("ports").each()) {
        let host = port.get("hostPort");
        let Some(number) = host.int().filter(|n| *n != 0) else { continue };
        let id = format!("{}/{}/{number}", port.get("protocol").str(), port.get("hostIP").str());
        if taken.contains(&id) {
            errors.push(Error::duplicate(&host.path, id));
        } else {
            taken.push(id);
        }
    }
}

/// A pod on its node's network has no ports of its own (`validatePodHostNetworkDeps`).
pub fn host_network(spec: &At, scope: &Scope, errors: Errors) {
    for port in spec.get("containers").each().iter().flat_map(|c| c.get("ports").each()) {
        let host = port.get("hostPort");
        let number = host.int().unwrap_or(0);
        if (scope.pod || number != 0) && number != port.get("containerPort").int().unwrap_or(0) {
            let detail = "must match `containerPort` when `hostNetwork` is true";
            errors.push(Error::invalid(&host.path, number, detail));
        }
    }
}

/// What a container does when it ends, whatever its pod says.
fn restart_policy(policy: &At, rules: &At, errors: Errors) {
    if !policy.set() {
        if !rules.empty() {
            policy.missing("must specify restartPolicy when restart rules are used", errors);
        }
        return;
    }
    policy.one_of(&["Always", "Never", "OnFailure"], errors);
    if rules.json.items().len() > 20 {
        errors.push(Error::too_long(&rules.path, 20));
    }
    for rule in rules.each() {
        let action = rule.get("action");
        if !matches!(action.str(), "Restart" | "RestartAllContainers") {
            action.unsupported(&["Restart", "RestartAllContainers"], errors);
        }
        let codes = rule.get("exitCodes");
        if codes.set() {
            let operator = codes.get("operator");
            if !matches!(operator.str(), "In" | "NotIn") {
                operator.unsupported(&["In", "NotIn"], errors);
            }
            if codes.get("values").json.items().len() > 255 {
                errors.push(Error::too_long(&codes.get("values").path, 255));
            }
        } else {
            codes.missing("must be specified", errors);
        }
    }
}

/// Whether a container starts anew when it is given other resources; upstream's paths leave the index out.
fn resize_policy(list: &At, pod_policy: &str, errors: Errors) {
    let mut taken: Vec<&str> = Vec::new();
    for policy in list.each() {
        let (resource, restart) = (policy.get("resourceName"), policy.get("restartPolicy"));
        if taken.contains(&resource.str()) {
            errors.push(Error::duplicate(&policy.path, resource.json));
        }
        taken.push(resource.str());
        At::new(resource.json, &list.path).choice(&["cpu", "memory"], errors);
        At::new(restart.json, &list.path).choice(&["NotRequired", "RestartContainer"], errors);
        if pod_policy == "Never" && restart.str() != "NotRequired" {
            let detail = "must be 'NotRequired' when `restartPolicy` is 'Never'";
            errors.push(Error::invalid(&list.path, restart.json, detail));
        }
    }
}
