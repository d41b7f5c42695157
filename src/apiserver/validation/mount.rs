//! What a container mounts, and its devices (`ValidateVolumeMounts`, `ValidateVolumeDevices`).

use super::at::{At, Errors};
use super::container::Scope;
use crate::api::field::{Error, Path};

/// `volumeMounts`; some of upstream's paths leave the index out.
pub fn mounts(container: &At, scope: &Scope, errors: Errors) {
    let (list, devices) = (container.get("volumeMounts"), container.get("volumeDevices").each());
    let mut taken: Vec<&str> = Vec::new();
    for mount in list.each() {
        let (name, at) = (mount.get("name"), mount.get("mountPath"));
        let volume = scope.volumes.iter().find(|v| v["name"].str() == name.str());
        name.required(errors);
        if volume.is_none() {
            errors.push(Error::not_found(&name.path, name.str()));
        }
        at.required(errors);
        if taken.contains(&at.str()) {
            at.invalid("must be unique", errors);
        }
        taken.push(at.str());
        if devices.iter().any(|d| d.get("name").str() == name.str()) {
            name.invalid("must not already exist in volumeDevices", errors);
        }
        if devices.iter().any(|d| d.get("devicePath").str() == at.str()) {
            at.invalid("must not already exist as a path in volumeDevices", errors);
        }
        let (sub_path, expression) = (mount.get("subPath"), mount.get("subPathExpr"));
        if !sub_path.empty() {
            local_path(sub_path.str(), &list.path.child("subPath"), errors);
        }
        if !expression.empty() {
            if !sub_path.empty() {
                expression.invalid("subPathExpr and subPath are mutually exclusive", errors);
            }
            local_path(expression.str(), &list.path.child("subPathExpr"), errors);
        }
        let propagation = mount.get("mountPropagation");
        let privileged = container.get("securityContext").get("privileged").yes();
        let path = list.path.child("mountPropagation");
        At::new(propagation.json, &path).one_of(&["Bidirectional", "HostToContainer", "None"], errors);
        if propagation.str() == "Bidirectional" && !privileged {
            let detail = "Bidirectional mount propagation is available only to privileged containers";
            errors.push(Error::forbidden(&path, detail));
        }
        let (recursive, path) = (mount.get("recursiveReadOnly"), list.path.child("recursiveReadOnly"));
        At::new(recursive.json, &path).one_of(&["Disabled", "Enabled", "IfPossible"], errors);
        if matches!(recursive.str(), "Enabled" | "IfPossible") {
            if !mount.get("readOnly").yes() {
                errors.push(Error::forbidden(&path, "may only be specified when readOnly is true"));
            }
            if !matches!(propagation.str(), "" | "None") {
                let detail = "may only be specified when mountPropagation is None or not specified";
                errors.push(Error::forbidden(&path, detail));
            }
        }
    }
}

/// `volumeDevices`
pub fn devices(container: &At, scope: &Scope, errors: Errors) {
    let mounts = container.get("volumeMounts").each();
    let (mut names, mut paths): (Vec<&str>, Vec<&str>) = (Vec::new(), Vec::new());
    for device in container.get("volumeDevices").each() {
        let (name, at) = (device.get("name"), device.get("devicePath"));
        name.required(errors);
        if names.contains(&name.str()) {
            name.invalid("must be unique", errors);
        }
        match scope.volumes.iter().find(|v| v["name"].str() == name.str()) {
            None => errors.push(Error::not_found(&name.path, name.str())),
            Some(v) if v["persistentVolumeClaim"].is_null() && v["ephemeral"].is_null() => name.invalid(
                "can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode",
                errors,
            ),
            Some(_) => {}
        }
        at.required(errors);
        if paths.contains(&at.str()) {
            at.invalid("must be unique", errors);
        }
        if at.str().split('/').any(|part| part == "..") {
            at.invalid("can not contain backsteps ('..')", errors);
        } else {
            paths.push(at.str());
        }
        if mounts.iter().any(|m| m.get("name").str() == name.str()) {
            name.invalid("must not already exist in volumeMounts", errors);
        }
        if mounts.iter().any(|m| m.get("mountPath").str() == at.str()) {
            at.invalid("must not already exist as a path in volumeMounts", errors);
        }
        names.push(name.str());
    }
}

/// A path below something: relative, without `..`.
pub fn local_path(text: &str, path: &Path, errors: Errors) {
    if text.starts_with('/') {
        errors.push(Error::invalid(path, text, "must be a relative path"));
    }
    no_backsteps(text, path, errors);
}

/// A path without `..`.
pub fn no_backsteps(text: &str, path: &Path, errors: Errors) {
    if text.split('/').any(|part| part == "..") {
        errors.push(Error::invalid(path, text, "must not contain '..'"));
    }
}

/// A path below a volume that the kubelet does not need for itself (`ValidateLocalNonReservedPath`).
pub fn not_reserved(text: &str, path: &Path, errors: Errors) {
    local_path(text, path, errors);
    if text.starts_with("..") && !text.starts_with("../") {
        errors.push(Error::invalid(path, text, "must not start with '..'"));
    }
}
