//! Volumes of a pod spec.

use super::container::{local_path, no_backsteps};
use super::{env, fields, names};
use crate::api::field::{Error, Path};
use crate::api::quantity::Quantity;
use crate::json::Json;

/// Checks the volumes; gives the names of those that containers may mount: the faultless ones.
pub fn volumes(volumes: &Json, path: &Path, errors: &mut Vec<Error>) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for (i, volume) in volumes.items().iter().enumerate() {
        let path = path.index(i);
        let name = volume["name"].str();
        let before = errors.len();
        source(volume, &path, errors);
        let path = path.child("name");
        if name.is_empty() {
            errors.push(Error::required(&path, ""));
        } else {
            errors.extend(names::label(name).into_iter().map(|problem| Error::invalid(&path, name, problem)));
        }
        if all.iter().any(|v| v == name) {
            errors.push(Error::duplicate(&path, name));
        }
        if errors.len() == before {
            all.push(name.into());
        }
    }
    all
}

/// The order in which upstream looks at the sources: all but the first found are refused.
const SOURCES: &[&str] = &[
    "emptyDir",
    "hostPath",
    "gitRepo",
    "gcePersistentDisk",
    "awsElasticBlockStore",
    "secret",
    "nfs",
    "iscsi",
    "glusterfs",
    "flocker",
    "persistentVolumeClaim",
    "rbd",
    "cinder",
    "cephfs",
    "quobyte",
    "downwardAPI",
    "fc",
    "flexVolume",
    "configMap",
    "azureFile",
    "vsphereVolume",
    "photonPersistentDisk",
    "portworxVolume",
    "azureDisk",
    "storageos",
    "projected",
    "scaleIO",
    "csi",
    "ephemeral",
    "image",
];

fn source(volume: &Json, path: &Path, errors: &mut Vec<Error>) {
    let set = SOURCES.iter().filter(|kind| !volume[**kind].is_null());
    for (i, kind) in set.enumerate() {
        if i > 0 {
            // Two of upstream's paths are misspelt.
            let field = match *kind {
                "cephfs" => "cephFS",
                "downwardAPI" => "downwarAPI",
                other => other,
            };
            errors.push(Error::forbidden(&path.child(field), "may not specify more than 1 volume type"));
            continue;
        }
        let path = path.child(kind);
        let source = &volume[*kind];
        let require = |field: &str, errors: &mut Vec<Error>| {
            if source[field].is_empty() {
                errors.push(Error::required(&path.child(field), ""));
            }
        };
        match *kind {
            "configMap" => {
                require("name", errors);
                mode(&source["defaultMode"], &path.child("defaultMode"), errors);
                items(&source["items"], &path.child("items"), errors);
            }
            "secret" => {
                require("secretName", errors);
                mode(&source["defaultMode"], &path.child("defaultMode"), errors);
                items(&source["items"], &path.child("items"), errors);
            }
            "downwardAPI" => {
                mode(&source["defaultMode"], &path.child("defaultMode"), errors);
                source["items"].items().iter().for_each(|file| downward_file(file, &path, errors));
            }
            "projected" => {
                mode(&source["defaultMode"], &path.child("defaultMode"), errors);
                projections(&source["sources"], &path, errors);
            }
            "emptyDir" => {
                let limit = Quantity::parse(source["sizeLimit"].str());
                if limit.is_some_and(|limit| limit.nano() < 0) {
                    let detail = "SizeLimit field must be a valid resource quantity";
                    errors.push(Error::forbidden(&path.child("sizeLimit"), detail));
                }
            }
            "hostPath" if source["path"].is_empty() => require("path", errors),
            "hostPath" => {
                no_backsteps(source["path"].str(), &path.child("path"), errors);
                fields::one_of(source, &path, "type", HOST_PATH_TYPES, errors);
            }
            "persistentVolumeClaim" => require("claimName", errors),
            "nfs" => {
                require("server", errors);
                require("path", errors);
                if !source["path"].str().starts_with('/') {
                    let detail = "must be an absolute path";
                    errors.push(Error::invalid(&path.child("path"), &source["path"], detail));
                }
            }
            _ => {}
        }
    }
}

const HOST_PATH_TYPES: &[&str] =
    &["", "BlockDevice", "CharDevice", "Directory", "DirectoryOrCreate", "File", "FileOrCreate", "Socket"];
/// The fields of a pod that a file may hold.
const FILE_FIELDS: &[&str] =
    &["metadata.annotations", "metadata.labels", "metadata.name", "metadata.namespace", "metadata.uid"];

/// A file of the downward API; upstream's paths leave the index out.
fn downward_file(file: &Json, path: &Path, errors: &mut Vec<Error>) {
    let (name, field, resource) = (file["path"].str(), &file["fieldRef"], &file["resourceFieldRef"]);
    if name.is_empty() {
        errors.push(Error::required(&path.child("path"), ""));
    }
    not_reserved(name, &path.child("path"), errors);
    if !field.is_null() {
        env::field_ref(field, &path.child("fieldRef"), FILE_FIELDS, errors);
        if !resource.is_null() {
            let detail = "fieldRef and resourceFieldRef can not be specified simultaneously";
            errors.push(Error::invalid(path, "resource", detail));
        }
    } else if !resource.is_null() {
        env::resource_ref(resource, &path.child("resourceFieldRef"), true, errors);
    } else {
        errors.push(Error::required(path, "one of fieldRef and resourceFieldRef is required"));
    }
    mode(&file["mode"], &path.child("mode"), errors);
}

/// The sources of a projected volume, no two of which may write the same file.
fn projections(sources: &Json, path: &Path, errors: &mut Vec<Error>) {
    let mut taken: Vec<&str> = Vec::new();
    for (i, source) in sources.items().iter().enumerate() {
        let item = path.child("sources").index(i);
        for kind in ["secret", "configMap", "downwardAPI"] {
            let (source, item) = (&source[kind], item.child(kind));
            if source.is_null() {
                continue;
            }
            if kind != "downwardAPI" && source["name"].is_empty() {
                errors.push(Error::required(&item.child("name"), ""));
            }
            for (i, file) in source["items"].items().iter().enumerate() {
                if kind == "downwardAPI" {
                    downward_file(file, &item, errors);
                } else {
                    key_to_path(file, &item.child("items").index(i), errors);
                }
                let name = file["path"].str();
                if taken.contains(&name) {
                    let shown = if kind == "downwardAPI" { name } else { source["name"].str() };
                    errors.push(Error::invalid(path, shown, "conflicting duplicate paths"));
                } else if !name.is_empty() {
                    taken.push(name);
                }
            }
        }
        let token = &source["serviceAccountToken"];
        if !token.is_null() {
            token_projection(token, path, &item.child("serviceAccountToken"), errors);
        }
        if source.entries().iter().filter(|(_, source)| !source.is_null()).count() > 1 {
            errors.push(Error::forbidden(&item, "may not specify more than 1 volume type per source"));
        }
    }
}

/// A token's file; upstream reports its path at the volume (`path`), the rest at the source (`item`).
fn token_projection(token: &Json, path: &Path, item: &Path, errors: &mut Vec<Error>) {
    let seconds = token["expirationSeconds"].as_i64().unwrap_or(0);
    let detail = match seconds {
        ..600 => "may not specify a duration less than 10 minutes",
        0x1_0000_0001.. => "may not specify a duration larger than 2^32 seconds",
        _ => "",
    };
    if !detail.is_empty() {
        errors.push(Error::invalid(&item.child("expirationSeconds"), seconds, detail));
    }
    match token["path"].str() {
        "" => errors.push(Error::required(&path.child("path"), "")),
        file => not_reserved(file, &path.child("path"), errors),
    }
}

fn mode(mode: &Json, path: &Path, errors: &mut Vec<Error>) {
    if mode.as_i64().is_some_and(|m| !(0..=0o777).contains(&m)) {
        let detail = "must be a number between 0 and 0777 (octal), both inclusive";
        errors.push(Error::invalid(path, mode, detail));
    }
}

fn items(items: &Json, path: &Path, errors: &mut Vec<Error>) {
    items.items().iter().enumerate().for_each(|(i, item)| key_to_path(item, &path.index(i), errors));
}

fn key_to_path(item: &Json, path: &Path, errors: &mut Vec<Error>) {
    for field in ["key", "path"] {
        if item[field].is_empty() {
            errors.push(Error::required(&path.child(field), ""));
        }
    }
    not_reserved(item["path"].str(), &path.child("path"), errors);
    mode(&item["mode"], &path.child("mode"), errors);
}

/// A path below the volume that the kubelet does not need for itself (`ValidateLocalNonReservedPath`).
fn not_reserved(file: &str, path: &Path, errors: &mut Vec<Error>) {
    local_path(file, path, errors);
    if file.starts_with("..") && !file.starts_with("../") {
        errors.push(Error::invalid(path, file, "must not start with '..'"));
    }
}
