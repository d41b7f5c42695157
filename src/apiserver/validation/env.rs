//! Environment variables of a container, and the references that they share with volumes (`ValidateEnv`,
//! `ValidateEnvFrom` of `pkg/apis/core/validation`).

use super::at::At;
use super::mount;
use super::names::{self, Problems};
use crate::api::field::{Error, Path};
use crate::api::quantity::Quantity;
use crate::json::Json;

/// Adds what is wrong with a text.
fn report(value: &str, path: &Path, problems: Problems, errors: &mut Vec<Error>) {
    errors.extend(problems.into_iter().map(|problem| Error::invalid(path, value, problem)));
}

/// `env` of a container.
pub fn env(container: &At, errors: &mut Vec<Error>) {
    for variable in container.get("env").each() {
        variable.get("name").name(names::env_name, errors);
        if variable.get("valueFrom").set() {
            value_from(&variable, errors);
        }
    }
}

/// The fields of a pod that a variable may take.
const ENV_FIELDS: &[&str] = &[
    "metadata.name",
    "metadata.namespace",
    "metadata.uid",
    "spec.nodeName",
    "spec.serviceAccountName",
    "status.hostIP",
    "status.hostIPs",
    "status.podIP",
    "status.podIPs",
];

fn value_from(variable: &At, errors: &mut Vec<Error>) {
    let from = variable.get("valueFrom");
    let kinds = ["fieldRef", "resourceFieldRef", "configMapKeyRef", "secretKeyRef", "fileKeyRef"];
    let set: Vec<At> = kinds.iter().map(|kind| from.get(kind)).filter(At::set).collect();
    for (reference, kind) in set.iter().zip(kinds.iter().filter(|kind| from.get(kind).set())) {
        let key = reference.get("key");
        match *kind {
            "fieldRef" => field_ref(reference.json, &reference.path, ENV_FIELDS, errors),
            "resourceFieldRef" => resource_ref(reference.json, &reference.path, false, errors),
            "fileKeyRef" => {
                key.name(names::env_name, errors);
                let volume = reference.get("volumeName");
                volume.name(names::label, errors);
                let file = reference.get("path");
                if file.required(errors) {
                    mount::not_reserved(file.str(), &file.path, errors);
                }
            }
            _ => {
                reference.get("name").must(names::subdomain, errors);
                key.name(names::config_key, errors);
            }
        }
    }
    let detail = match set.len() {
        0 => {
            "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`"
        }
        _ if !variable.get("value").empty() => "may not be specified when `value` is not empty",
        1 => return,
        _ => "may not have more than one field specified at a time",
    };
    errors.push(Error::invalid(&from.path, "", detail));
}

/// A variable out of a file is one of a volume that a container can write (`validateFileKeyRefVolumes`).
pub fn file_volumes(spec: &At, containers: &[At], errors: &mut Vec<Error>) {
    let volumes = spec.json["volumes"].items();
    for variable in containers.iter().flat_map(|container| container.get("env").each()) {
        let reference = variable.get("valueFrom").get("fileKeyRef");
        if !reference.set() {
            continue;
        }
        let name = reference.get("volumeName");
        match volumes.iter().rfind(|volume| volume["name"].str() == name.str()) {
            None => errors.push(Error::not_found(&name.path, name.str())),
            Some(volume) if volume["emptyDir"].is_null() => {
                let detail = "referenced volume must be of type emptyDir";
                errors.push(Error::invalid(&name.path, name.str(), detail));
            }
            Some(_) => {}
        }
    }
}

/// `envFrom`; upstream's message about a missing source leaves the index out.
pub fn env_from(sources: &Json, path: &Path, errors: &mut Vec<Error>) {
    for (i, from) in sources.items().iter().enumerate() {
        let item = path.index(i);
        let prefix = from["prefix"].str();
        if !prefix.is_empty() {
            report(prefix, &item.child("prefix"), names::env_name(prefix), errors);
        }
        let mut found = 0;
        for kind in ["configMapRef", "secretRef"] {
            if from[kind].is_null() {
                continue;
            }
            found += 1;
            let (name, path) = (from[kind]["name"].str(), item.child(kind).child("name"));
            if name.is_empty() {
                errors.push(Error::required(&path, ""));
            } else {
                // A name that ends with a dash would do as the beginning of one.
                report(name, &path, names::subdomain(name.strip_suffix('-').unwrap_or(name)), errors);
            }
        }
        match found {
            0 => errors.push(Error::invalid(path, "", "must specify one of: `configMapRef` or `secretRef`")),
            1 => {}
            _ => {
                let detail = "may not have more than one field specified at a time";
                errors.push(Error::invalid(path, "", detail));
            }
        }
    }
}

/// The fields of a pod that have a name (`ConvertDownwardAPIFieldLabel`), beside `ENV_FIELDS`.
const OTHER_FIELDS: &[&str] = &[
    "metadata.annotations",
    "metadata.labels",
    "spec.host",
    "spec.restartPolicy",
    "spec.schedulerName",
    "status.phase",
];

/// A `fieldRef` to one of `supported`, or to one label or annotation.
pub fn field_ref(reference: &Json, path: &Path, supported: &[&str], errors: &mut Vec<Error>) {
    let field = reference["fieldPath"].str();
    for required in ["apiVersion", "fieldPath"] {
        if reference[required].is_empty() {
            return errors.push(Error::required(&path.child(required), ""));
        }
    }
    let cut = field.strip_suffix("']").and_then(|rest| rest.split_once("['"));
    let subscript = cut.filter(|(map, _)| !map.is_empty());
    let version = reference["apiVersion"].str();
    let problem = match subscript {
        _ if version != "v1" => Some(format!("unsupported pod version: {version}")),
        Some(("metadata.annotations" | "metadata.labels", _)) => None,
        Some(_) => Some(format!("field label does not support subscript: {field}")),
        None if ENV_FIELDS.contains(&field) || OTHER_FIELDS.contains(&field) => None,
        None => Some(format!("field label not supported: {field}")),
    };
    if let Some(problem) = problem {
        let detail = format!("error converting fieldPath: {problem}");
        return errors.push(Error::invalid(&path.child("fieldPath"), field, detail));
    }
    match subscript {
        Some(("metadata.annotations", key)) => {
            let key = key.to_ascii_lowercase();
            report(&key, path, names::qualified(&key), errors);
        }
        Some((_, key)) => report(key, path, names::qualified(key), errors),
        None => {
            let field = if field == "spec.host" { "spec.nodeName" } else { field };
            if !supported.contains(&field) {
                errors.push(Error::not_supported(&path.child("fieldPath"), field, supported));
            }
        }
    }
}

const RESOURCES: &[&str] = &[
    "limits.cpu",
    "limits.ephemeral-storage",
    "limits.memory",
    "requests.cpu",
    "requests.ephemeral-storage",
    "requests.memory",
];
const SIZES: &[&str] = &["1", "1k", "1M", "1G", "1T", "1P", "1E", "1Ki", "1Mi", "1Gi", "1Ti", "1Pi", "1Ei"];

/// A `resourceFieldRef`; in a volume it must name the container.
pub fn resource_ref(reference: &Json, path: &Path, volume: bool, errors: &mut Vec<Error>) {
    let resource = reference["resource"].str();
    let kind = resource.split_once('.').map_or("", |(_, kind)| kind);
    let huge = resource.starts_with("limits.hugepages-") || resource.starts_with("requests.hugepages-");
    if volume && reference["containerName"].is_empty() {
        errors.push(Error::required(&path.child("containerName"), ""));
    } else if resource.is_empty() {
        errors.push(Error::required(&path.child("resource"), ""));
    } else if !huge && !RESOURCES.contains(&resource) {
        errors.push(Error::not_supported(&path.child("resource"), resource, RESOURCES));
    }
    let (allowed, called) = match kind {
        "cpu" => (&["1m", "1"][..], "cpu"),
        "memory" => (SIZES, "memory"),
        "ephemeral-storage" => (SIZES, "local ephemeral storage"),
        _ if huge => (SIZES, "hugepages"),
        _ => return,
    };
    let divisor = Quantity::of_json(&reference["divisor"]).filter(|divisor| divisor.nano() != 0);
    if divisor.is_some_and(|divisor| !allowed.contains(&divisor.to_string().as_str())) {
        let values = if kind == "cpu" { "1m and 1".into() } else { allowed.join(", ") };
        let detail = format!("only divisor's values {values} are supported with the {called} resource");
        errors.push(Error::invalid(&path.child("divisor"), resource, detail));
    }
}
