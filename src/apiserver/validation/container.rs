//! Containers of a pod spec.

use super::{env, fields, names};
use crate::api::field::{Error, Path};
use crate::api::quantity::Quantity;
use crate::json::Json;

/// What the containers of a pod share.
pub struct Scope<'a> {
    /// The names of the pod's volumes.
    pub volumes: &'a [String],
    /// Whether the pod uses its node's network.
    pub host_network: bool,
}

/// Checks a list of containers; `taken` collects the names.
pub fn containers(
    list: &Json,
    path: &Path,
    scope: &Scope<'_>,
    taken: &mut Vec<String>,
    errors: &mut Vec<Error>,
) {
    let init = path.to_string().ends_with("initContainers");
    for (i, one) in list.items().iter().enumerate() {
        let path = path.index(i);
        container(one, &path, scope, errors);
        if init && one["restartPolicy"].str() != "Always" {
            for field in ["lifecycle", "livenessProbe", "readinessProbe", "startupProbe"] {
                if !one[field].is_null() {
                    let detail = "may not be set for init containers without restartPolicy=Always";
                    errors.push(Error::forbidden(&path.child(field), detail));
                }
            }
        }
        let name = one["name"].str();
        if taken.iter().any(|t| t == name) && !name.is_empty() {
            errors.push(Error::duplicate(&path.child("name"), name));
        }
        taken.push(name.into());
    }
    host_ports(list, path, errors);
}

fn container(container: &Json, path: &Path, scope: &Scope<'_>, errors: &mut Vec<Error>) {
    let name = container["name"].str();
    if name.is_empty() {
        errors.push(Error::required(&path.child("name"), ""));
    } else {
        for problem in names::label(name) {
            errors.push(Error::invalid(&path.child("name"), name, problem));
        }
    }
    let image = container["image"].str();
    if image.is_empty() {
        errors.push(Error::required(&path.child("image"), ""));
    } else if image.trim() != image {
        let detail = "must not have leading or trailing whitespace";
        errors.push(Error::invalid(&path.child("image"), image, detail));
    }
    for hook in ["postStart", "preStop"] {
        let handler = &container["lifecycle"][hook];
        if !handler.is_null() {
            handlers(handler, &path.child("lifecycle").child(hook), errors);
        }
    }
    for kind in ["livenessProbe", "readinessProbe", "startupProbe"] {
        if !container[kind].is_null() {
            probe(kind, &container[kind], &path.child(kind), errors);
        }
    }
    fields::one_of(container, path, "terminationMessagePolicy", &["FallbackToLogsOnError", "File"], errors);
    ports(&container["ports"], &path.child("ports"), scope.host_network, errors);
    env::env(&container["env"], &path.child("env"), errors);
    env::env_from(&container["envFrom"], &path.child("envFrom"), errors);
    mounts(container, &path.child("volumeMounts"), scope.volumes, errors);
    fields::one_of(container, path, "imagePullPolicy", &["Always", "IfNotPresent", "Never"], errors);
    resources(&container["resources"], &path.child("resources"), errors);
    for field in ["runAsUser", "runAsGroup"] {
        user_id(&container["securityContext"], &path.child("securityContext"), field, errors);
    }
    fields::one_of(container, path, "restartPolicy", &["Always", "Never", "OnFailure"], errors);
}

/// A user or group id.
pub fn user_id(context: &Json, path: &Path, field: &str, errors: &mut Vec<Error>) {
    if context[field].as_i64().is_some_and(|id| !(0..=i64::from(i32::MAX)).contains(&id)) {
        let detail = "must be between 0 and 2147483647, inclusive";
        errors.push(Error::invalid(&path.child(field), &context[field], detail));
    }
}

const PORT_RANGE: &str = "must be between 1 and 65535, inclusive";

fn ports(ports: &Json, path: &Path, host_network: bool, errors: &mut Vec<Error>) {
    let mut taken: Vec<&str> = Vec::new();
    for (i, port) in ports.items().iter().enumerate() {
        let path = path.index(i);
        let name = port["name"].str();
        if !name.is_empty() {
            let problems = names::port_name(name);
            if problems.is_empty() && taken.contains(&name) {
                errors.push(Error::duplicate(&path.child("name"), name));
            }
            taken.push(name);
            for problem in problems {
                errors.push(Error::invalid(&path.child("name"), name, problem));
            }
        }
        match port["containerPort"].as_i64().unwrap_or(0) {
            0 => errors.push(Error::required(&path.child("containerPort"), "")),
            1..=65535 => {}
            n => errors.push(Error::invalid(&path.child("containerPort"), n, PORT_RANGE)),
        }
        match port["hostPort"].as_i64().unwrap_or(0) {
            0 => {}
            n if !(1..=65535).contains(&n) => {
                errors.push(Error::invalid(&path.child("hostPort"), n, PORT_RANGE));
            }
            n if host_network && port["containerPort"].as_i64() != Some(n) => {
                let detail = "must match `containerPort` when `hostNetwork` is true";
                errors.push(Error::invalid(&path.child("hostPort"), n, detail));
            }
            _ => {}
        }
        fields::one_of(port, &path, "protocol", &["SCTP", "TCP", "UDP"], errors);
    }
}

fn host_ports(list: &Json, path: &Path, errors: &mut Vec<Error>) {
    let mut taken: Vec<String> = Vec::new();
    for (i, container) in list.items().iter().enumerate() {
        for (j, port) in container["ports"].items().iter().enumerate() {
            let number = port["hostPort"].as_i64().unwrap_or(0);
            if number == 0 {
                continue;
            }
            let id = format!("{}/{}/{number}", port["protocol"].str(), port["hostIP"].str());
            if taken.contains(&id) {
                let path = path.index(i).child("ports").index(j).child("hostPort");
                errors.push(Error::duplicate(&path, id));
            } else {
                taken.push(id);
            }
        }
    }
}

fn mounts(container: &Json, path: &Path, volumes: &[String], errors: &mut Vec<Error>) {
    let mut taken: Vec<&str> = Vec::new();
    for (i, mount) in container["volumeMounts"].items().iter().enumerate() {
        let item = path.index(i);
        let (name, at) = (mount["name"].str(), mount["mountPath"].str());
        if name.is_empty() {
            errors.push(Error::required(&item.child("name"), ""));
        }
        if !volumes.iter().any(|v| v == name) {
            errors.push(Error::not_found(&item.child("name"), name));
        }
        if at.is_empty() {
            errors.push(Error::required(&item.child("mountPath"), ""));
        }
        if taken.contains(&at) {
            errors.push(Error::invalid(&item.child("mountPath"), at, "must be unique"));
        }
        taken.push(at);
        let sub_path = mount["subPath"].str();
        if !sub_path.is_empty() {
            // Upstream's message leaves the index out.
            local_path(sub_path, &path.child("subPath"), errors);
        }
        let expression = mount["subPathExpr"].str();
        if !expression.is_empty() {
            if !sub_path.is_empty() {
                let detail = "subPathExpr and subPath are mutually exclusive";
                errors.push(Error::invalid(&item.child("subPathExpr"), expression, detail));
            }
            local_path(expression, &path.child("subPathExpr"), errors);
        }
        let propagation = mount["mountPropagation"].str();
        fields::one_of(
            mount,
            path,
            "mountPropagation",
            &["Bidirectional", "HostToContainer", "None"],
            errors,
        );
        if propagation == "Bidirectional"
            && container["securityContext"]["privileged"].as_bool() != Some(true)
        {
            let detail = "Bidirectional mount propagation is available only to privileged containers";
            errors.push(Error::forbidden(&path.child("mountPropagation"), detail));
        }
        fields::one_of(mount, path, "recursiveReadOnly", &["Disabled", "Enabled", "IfPossible"], errors);
        if matches!(mount["recursiveReadOnly"].str(), "Enabled" | "IfPossible") {
            let path = path.child("recursiveReadOnly");
            if mount["readOnly"].as_bool() != Some(true) {
                errors.push(Error::forbidden(&path, "may only be specified when readOnly is true"));
            }
            if !matches!(propagation, "" | "None") {
                let detail = "may only be specified when mountPropagation is None or not specified";
                errors.push(Error::forbidden(&path, detail));
            }
        }
    }
}

/// A path below something: relative, without `..`.
pub fn local_path(text: &str, path: &Path, errors: &mut Vec<Error>) {
    if text.starts_with('/') {
        errors.push(Error::invalid(path, text, "must be a relative path"));
    }
    no_backsteps(text, path, errors);
}

/// A path without `..`.
pub fn no_backsteps(text: &str, path: &Path, errors: &mut Vec<Error>) {
    if text.split('/').any(|part| part == "..") {
        errors.push(Error::invalid(path, text, "must not contain '..'"));
    }
}

fn resources(resources: &Json, path: &Path, errors: &mut Vec<Error>) {
    let quantity = |kind: &str, name: &str| Quantity::parse(resources[kind][name].str());
    for kind in ["limits", "requests"] {
        for (name, value) in resources[kind].entries() {
            let path = path.child(kind).key(name);
            let standard = matches!(&**name, "cpu" | "memory" | "ephemeral-storage");
            let known = standard || name.starts_with("hugepages-") || name.contains('/');
            if !known {
                let detail = "must be a standard resource type or fully qualified";
                errors.push(Error::invalid(&path, name, detail));
                errors.push(Error::invalid(&path, name, "must be a standard resource for containers"));
            }
            if let Some(amount) = quantity(kind, name) {
                if amount.nano() < 0 {
                    let detail = "must be greater than or equal to 0";
                    errors.push(Error::invalid(&path, value.str(), detail));
                } else if !standard && amount.nano() % 1_000_000_000 != 0 {
                    errors.push(Error::invalid(&path, value, "must be an integer"));
                }
                if kind == "requests"
                    && let Some(limit) = quantity("limits", name)
                    && amount > limit
                {
                    let detail = format!("must be less than or equal to {name} limit of {limit}");
                    errors.push(Error::invalid(&path_of_requests(path), value.str(), detail));
                }
            }
        }
    }
}

/// Upstream's path of a request above its limit has no key.
fn path_of_requests(path: Path) -> Path {
    let text = path.to_string();
    Path::new(text.split_once(".requests[").map_or(text.clone(), |(p, _)| format!("{p}.requests")).as_str())
}

fn handlers(handler: &Json, path: &Path, errors: &mut Vec<Error>) {
    let kinds = ["exec", "httpGet", "tcpSocket", "grpc", "sleep"];
    let set: Vec<&str> = kinds.into_iter().filter(|k| !handler[*k].is_null()).collect();
    for (i, kind) in set.iter().enumerate() {
        let path = path.child(kind);
        if i > 0 {
            errors.push(Error::forbidden(&path, "may not specify more than 1 handler type"));
            continue;
        }
        let source = &handler[*kind];
        match *kind {
            "exec" if source["command"].is_empty() => {
                errors.push(Error::required(&path.child("command"), ""));
            }
            "httpGet" => {
                if source["path"].is_empty() {
                    errors.push(Error::required(&path.child("path"), ""));
                }
                port_of(&source["port"], &path.child("port"), errors);
                fields::one_of(source, &path, "scheme", &["HTTP", "HTTPS"], errors);
                for header in source["httpHeaders"].items() {
                    let name = header["name"].str();
                    if name.is_empty() || !name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') {
                        let detail = "a valid HTTP header must consist of alphanumeric characters or '-' (e.g. 'X-Header-Name', regex used for validation is '[-A-Za-z0-9]+')";
                        errors.push(Error::invalid(&path.child("httpHeaders"), name, detail));
                    }
                }
            }
            "tcpSocket" | "grpc" => port_of(&source["port"], &path.child("port"), errors),
            _ => {}
        }
    }
    if set.is_empty() {
        errors.push(Error::required(path, "must specify a handler type"));
    }
}

fn port_of(port: &Json, path: &Path, errors: &mut Vec<Error>) {
    if let Some(name) = port.as_str() {
        for problem in names::port_name(name) {
            errors.push(Error::invalid(path, name, problem));
        }
    } else if !port.as_i64().is_some_and(|n| (1..=65535).contains(&n)) {
        errors.push(Error::invalid(path, port.as_i64().unwrap_or(0), PORT_RANGE));
    }
}

fn probe(kind: &str, probe: &Json, path: &Path, errors: &mut Vec<Error>) {
    handlers(probe, path, errors);
    for field in
        ["initialDelaySeconds", "timeoutSeconds", "periodSeconds", "successThreshold", "failureThreshold"]
    {
        fields::not_negative(probe, path, field, errors);
    }
    let success = &probe["successThreshold"];
    if kind != "readinessProbe" && success.as_i64().is_some_and(|n| n != 1) {
        errors.push(Error::invalid(&path.child("successThreshold"), success, "must be 1"));
    }
    let grace = &probe["terminationGracePeriodSeconds"];
    if kind == "readinessProbe" && !grace.is_null() {
        let detail = "must not be set for readinessProbes";
        errors.push(Error::invalid(&path.child("terminationGracePeriodSeconds"), grace, detail));
    }
}
