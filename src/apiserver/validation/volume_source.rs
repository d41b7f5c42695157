//! The sources of volumes that Pods and PersistentVolumes share.

use super::at::{At, Errors};
use super::mount::{local_path, no_backsteps};
use super::names;
use crate::api::field::Error;

const HOST_PATH_TYPES: &[&str] =
    &["", "BlockDevice", "CharDevice", "Directory", "DirectoryOrCreate", "File", "FileOrCreate", "Socket"];

/// What is said where the two names of an iSCSI volume are too long together.
pub const ISCSI_LENGTH: &str = "Total length of <volume name>:<iscsi.targetPortal> must be under 64 characters if iscsi.initiatorName is specified.";

/// The fields that a source must have, where that is all there is to say.
const REQUIRED: &[(&str, &[&str])] = &[
    ("glusterfs", &["endpoints", "path"]),
    ("rbd", &["monitors", "image"]),
    ("cephfs", &["monitors"]),
    ("cinder", &["volumeID"]),
    ("azureFile", &["secretName", "shareName"]),
    ("vsphereVolume", &["volumePath"]),
    ("photonPersistentDisk", &["pdID"]),
    ("portworxVolume", &["volumeID"]),
    ("scaleIO", &["gateway", "system", "volumeName"]),
    ("nfs", &["server", "path"]),
    ("gitRepo", &["repository"]),
    ("gcePersistentDisk", &["pdName"]),
    ("awsElasticBlockStore", &["volumeID"]),
    ("flexVolume", &["driver"]),
    ("azureDisk", &["diskName", "diskURI"]),
    ("iscsi", &["targetPortal", "iqn"]),
];

/// The bits of a file's mode.
pub fn mode(mode: &At, errors: Errors) {
    if mode.int().is_some_and(|m| !(0..=0o777).contains(&m)) {
        mode.invalid("must be a number between 0 and 0777 (octal), both inclusive", errors);
    }
}

/// Checks a source; `persistent`: it is a PersistentVolume's.
pub fn check(kind: &str, source: &At, persistent: bool, errors: Errors) {
    // One of upstream's paths has another name than the field.
    let renamed;
    let source = if kind == "gcePersistentDisk" {
        let path = source.path.to_string();
        let parent = path.strip_suffix("gcePersistentDisk").unwrap_or(&path);
        renamed = At::new(source.json, &crate::api::field::Path::new(&format!("{parent}persistentDisk")));
        &renamed
    } else {
        source
    };
    let fields = REQUIRED.iter().find(|(name, _)| *name == kind).map_or(&[][..], |(_, fields)| fields);
    for field in fields {
        source.get(field).required(errors);
    }
    match kind {
        "hostPath" | "local" => {
            let path = source.get("path");
            if path.required(errors) {
                no_backsteps(path.str(), &path.path, errors);
                source.get("type").one_of(HOST_PATH_TYPES, errors);
            }
        }
        "nfs" => {
            let path = source.get("path");
            if !path.str().starts_with('/') {
                errors.push(Error::invalid(&path.path, path.str(), "must be an absolute path"));
            }
        }
        "gitRepo" => local_path(source.get("directory").str(), &source.get("directory").path, errors),
        "gcePersistentDisk" | "awsElasticBlockStore" => {
            let partition = source.get("partition");
            if partition.int().is_some_and(|n| !(0..=255).contains(&n)) {
                partition.invalid("must be between 1 and 255, inclusive", errors);
            }
        }
        "iscsi" => iscsi(source, persistent, errors),
        "glusterfs" if persistent => {
            let namespace = source.get("endpointsNamespace");
            if namespace.set() && namespace.empty() {
                let detail = "if the endpointnamespace is set, it must be a valid namespace name";
                namespace.invalid(detail, errors);
            }
            namespace.rule(names::label, errors);
        }
        "flocker" => flocker(source, errors),
        "quobyte" => quobyte(source, errors),
        "fc" => fibre_channel(source, errors),
        "flexVolume" => {
            for (key, at) in source.get("options").entries() {
                let domain = format!(".{}", key.split('/').next().unwrap_or("").to_lowercase());
                if domain.ends_with(".kubernetes.io") || domain.ends_with(".k8s.io") {
                    let detail = "kubernetes.io and k8s.io namespaces are reserved";
                    errors.push(Error::invalid(&at.path, key, detail));
                }
            }
        }
        "azureFile" if source.get("secretNamespace").set() => {
            source.get("secretNamespace").required(errors);
        }
        "azureDisk" => azure_disk(source, errors),
        "cinder" => secret(&source.get("secretRef"), persistent, errors),
        "storageos" => {
            source.get("volumeName").name(names::label, errors);
            source.get("volumeNamespace").rule(names::label, errors);
            secret(&source.get("secretRef"), persistent, errors);
        }
        "csi" => csi(source, persistent, errors),
        _ => {}
    }
}

fn secret(reference: &At, persistent: bool, errors: Errors) {
    if reference.set() {
        reference.get("name").required(errors);
        if persistent {
            reference.get("namespace").required(errors);
        }
    }
}

fn iscsi(source: &At, persistent: bool, errors: Errors) {
    let started = |name: &str| ["iqn", "eui", "naa"].iter().any(|prefix| name.starts_with(prefix));
    let iqn = source.get("iqn");
    if !iqn.empty() && !started(iqn.str()) {
        let rest = if persistent { "" } else { " starting with iqn, eui, or naa" };
        iqn.invalid(format!("must be valid format{rest}"), errors);
    } else if !iqn.empty() && !initiator(iqn.str()) {
        iqn.invalid("must be valid format", errors);
    }
    source.get("lun").within(0, 255, errors);
    let secret = source.get("secretRef");
    if !secret.set() && ["chapAuthDiscovery", "chapAuthSession"].iter().any(|f| source.get(f).yes()) {
        secret.missing("", errors);
    }
    if persistent && secret.set() {
        secret.get("name").required(errors);
    }
    let name = source.get("initiatorName");
    if name.set() && !initiator(name.str()) {
        let path = source.path.child("initiatorname");
        let rest = if started(name.str()) || persistent { "" } else { " starting with iqn, eui, or naa" };
        errors.push(Error::invalid(&path, name.str(), format!("must be valid format{rest}")));
    }
}

/// `iqn.2001-04.com.example:storage`, `eui.` and 16 hexadecimal digits, `naa.` and 16 or 32.
fn initiator(name: &str) -> bool {
    let hex = |rest: &str, lengths: &[usize]| {
        lengths.contains(&rest.len()) && rest.bytes().all(|b| b.is_ascii_hexdigit())
    };
    match name.split_once('.') {
        Some(("iqn", rest)) => {
            let (date, rest) = rest.split_at_checked(8).unwrap_or(("", ""));
            let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
            let dated = date.len() == 8 && digits(&date[..4]) && digits(&date[5..7]) && date.ends_with('.');
            dated && date.as_bytes()[4] == b'-' && !rest.is_empty()
        }
        Some(("eui", rest)) => hex(rest, &[16]),
        Some(("naa", rest)) => hex(rest, &[16, 32]),
        _ => false,
    }
}

fn flocker(source: &At, errors: Errors) {
    let (name, uuid) = (source.get("datasetName"), source.get("datasetUUID"));
    if name.empty() && uuid.empty() {
        source.missing("one of datasetName and datasetUUID is required", errors);
    }
    if !name.empty() && !uuid.empty() {
        let detail = "datasetName and datasetUUID can not be specified simultaneously";
        errors.push(Error::invalid(&source.path, "resource", detail));
    }
    if name.str().contains('/') {
        name.invalid("must not contain '/'", errors);
    }
}

fn quobyte(source: &At, errors: Errors) {
    const PAIRS: &str = "must be a host:port pair or multiple pairs separated by commas";
    let (registry, tenant) = (source.get("registry"), source.get("tenant"));
    if registry.empty() {
        registry.missing(PAIRS, errors);
    } else if tenant.str().len() >= 65 {
        tenant.missing("must be a UUID and may not exceed a length of 64 characters", errors);
    } else {
        let bad = registry.str().split(',').filter(|pair| !pair.contains(':'));
        bad.for_each(|_| registry.invalid(PAIRS, errors));
    }
    source.get("volume").required(errors);
}

fn fibre_channel(source: &At, errors: Errors) {
    let (names, ids, lun) = (source.get("targetWWNs"), source.get("wwids"), source.get("lun"));
    if names.empty() && ids.empty() {
        names.missing("must specify either targetWWNs or wwids, but not both", errors);
    }
    if !names.empty() && !ids.empty() {
        names.invalid("targetWWNs and wwids can not be specified simultaneously", errors);
    }
    if !names.empty() {
        if !lun.set() {
            lun.missing("lun is required if targetWWNs is specified", errors);
        }
        lun.within(0, 255, errors);
    }
}

fn azure_disk(source: &At, errors: Errors) {
    source.get("cachingMode").one_of(&["None", "ReadOnly", "ReadWrite"], errors);
    let (kind, uri) = (source.get("kind"), source.get("diskURI"));
    kind.one_of(&["Dedicated", "Managed", "Shared"], errors);
    if kind.str() == "Managed" && !uri.str().starts_with("/subscriptions/") {
        uri.unsupported(
            &["/subscriptions/{sub-id}/resourcegroups/{group-name}/providers/microsoft.compute/disks/{disk-id}"],
            errors,
        );
    } else if kind.set() && kind.str() != "Managed" && !uri.str().starts_with("https://") {
        uri.unsupported(
            &["https://{account-name}.blob.core.windows.net/{container-name}/{disk-name}.vhd"],
            errors,
        );
    }
}

/// The name of a CSI driver.
pub fn driver(name: &At, errors: Errors) {
    name.required(errors);
    if name.str().len() > 63 {
        errors.push(Error::too_long(&name.path, 63));
    }
    name.must(names::driver, errors);
}

fn csi(source: &At, persistent: bool, errors: Errors) {
    driver(&source.get("driver"), errors);
    if !persistent {
        let secret = source.get("nodePublishSecretRef");
        if secret.set() && secret.get("name").required(errors) {
            At::new(&secret.json["name"], &source.path.child("name")).must(names::subdomain, errors);
        }
        return;
    }
    source.get("volumeHandle").required(errors);
    for field in [
        "controllerPublishSecretRef",
        "controllerExpandSecretRef",
        "nodePublishSecretRef",
        "nodeExpandSecretRef",
    ] {
        let secret = source.get(field);
        if secret.set() {
            secret.get("name").name(names::subdomain, errors);
            secret.get("namespace").name(names::label, errors);
        }
    }
}
