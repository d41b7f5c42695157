//! PersistentVolumes (`pkg/registry/core/persistentvolume`, `ValidatePersistentVolumeSpec`).

use super::{PLAIN, Strategy, claim};
use crate::api::field::{Error, Path};
use crate::apiserver::pod_spec::fill;
use crate::apiserver::validation::at::At;
use crate::apiserver::validation::{affinity, claim::access_modes, names, volume_source};
use crate::apiserver::{internal_diff, internal_kinds};
use crate::json;
use crate::json::{Json, Str};

/// The strategy of PersistentVolumes.
pub static PERSISTENT_VOLUME: Strategy = Strategy {
    defaults: |volume| {
        if volume["status"]["phase"].is_empty() {
            volume.set_at(&["status", "phase"], "Pending");
        }
        if let Some(spec) = volume.get_mut("spec") {
            defaults(spec);
        }
    },
    prepare_create: |volume| {
        let now = volume["metadata"]["creationTimestamp"].clone();
        volume.set("status", json!({ "phase": "Pending", "lastPhaseTransitionTime": now }));
    },
    validate: |volume, errors| {
        spec(&At::top(volume, "spec"), volume["metadata"]["name"].str(), false, errors);
    },
    validate_update,
    warnings: |volume, _| {
        let mut all: Vec<Str> = Vec::new();
        if volume["metadata"]["annotations"].get("volume.beta.kubernetes.io/storage-class").is_some() {
            all.push(claim::deprecated_class());
        }
        if volume["metadata"]["annotations"].get("volume.beta.kubernetes.io/mount-options").is_some() {
            all.push("metadata.annotations[volume.beta.kubernetes.io/mount-options]: deprecated since v1.31; use \"mountOptions\" attribute instead".into());
        }
        if volume["spec"]["persistentVolumeReclaimPolicy"].str() == "Recycle" {
            all.push("spec.persistentVolumeReclaimPolicy: The Recycle reclaim policy is deprecated. Instead, the recommended approach is to use dynamic provisioning.".into());
        }
        for (kind, since) in RETIRED {
            if !volume["spec"][*kind].is_null() {
                all.push(format!("spec.{kind}: {since}").into());
            }
        }
        all
    },
    ..PLAIN
};

/// Sources that are no longer served, with what is said of them.
const RETIRED: &[(&str, &str)] = &[
    ("photonPersistentDisk", "deprecated in v1.11, non-functional in v1.16+"),
    ("scaleIO", "deprecated in v1.16, non-functional in v1.22+"),
    ("storageos", "deprecated in v1.22, non-functional in v1.25+"),
    ("glusterfs", "deprecated in v1.25, non-functional in v1.26+"),
    ("rbd", "deprecated in v1.28, non-functional in v1.31+"),
    ("cephfs", "deprecated in v1.28, non-functional in v1.31+"),
];

fn defaults(spec: &mut Json) {
    fill(spec, "persistentVolumeReclaimPolicy", "Retain");
    fill(spec, "volumeMode", "Filesystem");
    if let Some(host) = spec.get_mut("hostPath")
        && host.get("type").is_none()
    {
        host.set("type", "");
    }
}

/// The order in which upstream looks at the sources.
const SOURCES: &[&str] = &[
    "hostPath",
    "gcePersistentDisk",
    "awsElasticBlockStore",
    "glusterfs",
    "flocker",
    "nfs",
    "rbd",
    "quobyte",
    "cephfs",
    "iscsi",
    "cinder",
    "fc",
    "flexVolume",
    "azureFile",
    "vsphereVolume",
    "photonPersistentDisk",
    "portworxVolume",
    "azureDisk",
    "scaleIO",
    "local",
    "storageos",
    "csi",
];

/// Checks a volume's spec; `inline`: it stands in a VolumeAttachment.
pub fn spec(spec: &At, name: &str, inline: bool, errors: &mut Vec<Error>) {
    if inline {
        for field in ["claimRef", "capacity"] {
            if !spec.get(field).empty() {
                spec.get(field).forbidden("may not be specified in the context of inline volumes", errors);
            }
        }
        if !spec.get("csi").set() {
            spec.get("csi").missing("has to be specified in the context of inline volumes", errors);
        }
    }
    spec.get("accessModes").required(errors);
    access_modes(&spec.get("accessModes"), errors);
    let policy = spec.get("persistentVolumeReclaimPolicy");
    if inline {
        if policy.set() && policy.str() != "Retain" {
            policy.forbidden("may only be Retain in the context of inline volumes", errors);
        }
    } else {
        capacity(&spec.get("capacity"), errors);
        policy.one_of(&["Delete", "Recycle", "Retain"], errors);
    }
    let affinity = spec.get("nodeAffinity");
    if affinity.set() && inline {
        affinity.forbidden("may not be specified in the context of inline volumes", errors);
    } else if affinity.set() {
        let required = affinity.get("required");
        if required.set() {
            affinity::node_selector(&required, errors);
        } else {
            required.missing("must specify required node constraints", errors);
        }
    }
    source(spec, name, errors);
    let class = spec.get("storageClassName");
    let mode = spec.get("volumeMode");
    if inline {
        if !class.empty() {
            class.forbidden("may not be specified in the context of inline volumes", errors);
        }
        if mode.set() && mode.str() != "Filesystem" {
            let detail = "may not specify volumeMode other than Filesystem in the context of inline volumes";
            mode.forbidden(detail, errors);
        }
    } else {
        class.rule(names::subdomain, errors);
        mode.one_of(&["Block", "Filesystem"], errors);
    }
    let attributes = spec.get("volumeAttributesClassName");
    if attributes.set() {
        if attributes.empty() {
            attributes.missing("an empty string is disallowed", errors);
        }
        attributes.rule(names::subdomain, errors);
        if !spec.get("csi").set() {
            spec.get("csi").missing("has to be specified when using volumeAttributesClassName", errors);
        }
    }
}

fn capacity(capacity: &At, errors: &mut Vec<Error>) {
    capacity.required(errors);
    if capacity.json["storage"].is_null() || capacity.json.entries().len() > 1 {
        capacity.unsupported(&["storage"], errors);
        if let Some(error) = errors.last_mut() {
            error.value = Some(capacity.json.to_string().into());
        }
    }
    for (_, at) in capacity.entries() {
        if at.quantity().is_some_and(|amount| amount.value() < 0) {
            let value = at.quantity().map_or(0, |amount| amount.value());
            errors.push(Error::invalid(&at.path, value, "must be a valid resource quantity"));
        }
        if at.quantity().is_some_and(|amount| amount.nano() <= 0) {
            at.invalid("must be greater than zero", errors);
        }
    }
}

fn source(spec: &At, name: &str, errors: &mut Vec<Error>) {
    let mut others = Vec::new();
    let Some(kind) = spec.union(SOURCES, "may not specify more than 1 volume type", &mut others) else {
        return spec.missing("must specify a volume type", errors);
    };
    let source = spec.get(kind);
    volume_source::check(kind, &source, true, errors);
    let portal = source.get("targetPortal");
    if kind == "iscsi" && source.get("initiatorName").set() && name.len() + portal.str().len() + 1 > 64 {
        let path = source.path.child("targetportal");
        errors.push(Error::invalid(&path, portal.str(), volume_source::ISCSI_LENGTH));
    }
    if kind == "local" && !spec.get("nodeAffinity").set() {
        spec.get("nodeAffinity").missing("Local volume requires node affinity", errors);
    }
    errors.extend(others);
    let root = kind == "hostPath" && source.get("path").str().split('/').all(|part| matches!(part, "" | "."));
    let policy = spec.get("persistentVolumeReclaimPolicy");
    if root && !source.get("path").empty() && policy.str() == "Recycle" {
        policy.forbidden("may not be 'recycle' for a hostPath mount of '/'", errors);
    }
}

fn validate_update(new: &Json, old: &Json, errors: &mut Vec<Error>) {
    let (now, was) = (At::top(new, "spec"), &old["spec"]);
    spec(&now, new["metadata"]["name"].str(), false, errors);
    // A secret for growing may come later.
    let mut source = now.json.clone();
    if was["csi"]["controllerExpandSecretRef"].is_null()
        && !was["csi"].is_null()
        && let Some(csi) = source.get_mut("csi")
    {
        csi.remove("controllerExpandSecretRef");
    }
    if SOURCES.iter().any(|kind| source[*kind] != was[*kind]) {
        let [was, now] = [was, &source].map(internal_kinds::volume_source);
        let diff = internal_diff::diff(&was, &now);
        let detail = format!("spec.persistentvolumesource is immutable after creation\n{diff}");
        errors.push(Error::forbidden(&Path::new("spec").child("persistentvolumesource"), detail));
    }
    let mode = At::new(&now.json["volumeMode"], &Path::new("volumeMode"));
    mode.same(&was["volumeMode"], errors);
    if !was["nodeAffinity"].is_null() && now.json["nodeAffinity"] != was["nodeAffinity"] {
        let detail = "field is immutable, except for updating from beta label to GA";
        errors.push(Error::invalid(&Path::new("nodeAffinity"), &now.json["nodeAffinity"], detail));
    }
    let attributes = now.get("volumeAttributesClassName");
    if !was["volumeAttributesClassName"].is_null() && !attributes.set() {
        attributes.forbidden("update from non-nil value to nil is forbidden", errors);
    }
}
