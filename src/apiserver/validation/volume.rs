//! Volumes of a pod spec.

use super::container::local_path;
use super::names;
use crate::api::field::{Error, Path};
use crate::json::Json;

/// Checks the volumes; gives the names of those that containers may mount.
pub fn volumes(volumes: &Json, path: &Path, errors: &mut Vec<Error>) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for (i, volume) in volumes.items().iter().enumerate() {
        let path = path.index(i);
        let name = volume["name"].str();
        source(volume, &path, errors);
        if name.is_empty() {
            errors.push(Error::required(&path.child("name"), ""));
            continue;
        }
        let problems = names::label(name);
        if problems.is_empty() && all.iter().any(|v| v == name) {
            errors.push(Error::duplicate(&path.child("name"), name));
        }
        for problem in problems {
            errors.push(Error::invalid(&path.child("name"), name, problem));
        }
        all.push(name.into());
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
        let path = path.child(kind);
        if i > 0 {
            errors.push(Error::forbidden(&path, "may not specify more than 1 volume type"));
            continue;
        }
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
            "hostPath" => require("path", errors),
            "persistentVolumeClaim" => require("claimName", errors),
            "nfs" => {
                require("server", errors);
                require("path", errors);
            }
            _ => {}
        }
    }
}

fn mode(mode: &Json, path: &Path, errors: &mut Vec<Error>) {
    if mode.as_i64().is_some_and(|m| !(0..=0o777).contains(&m)) {
        let detail = "must be a number between 0 and 0777 (octal), both inclusive";
        errors.push(Error::invalid(path, mode, detail));
    }
}

fn items(items: &Json, path: &Path, errors: &mut Vec<Error>) {
    for (i, item) in items.items().iter().enumerate() {
        let path = path.index(i);
        if item["key"].is_empty() {
            errors.push(Error::required(&path.child("key"), ""));
        }
        let file = item["path"].str();
        if file.is_empty() {
            errors.push(Error::required(&path.child("path"), ""));
        } else {
            local_path(file, &path.child("path"), errors);
        }
        mode(&item["mode"], &path.child("mode"), errors);
    }
}
