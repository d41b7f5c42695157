//! Volumes of a pod spec (`ValidateVolumes`).

use super::at::{At, Errors};
use super::mount::not_reserved;
use super::volume_source::{self, mode};
use super::{claim, env, names};
use crate::api::field::Error;
use crate::json::Json;

/// Checks the volumes; gives those that containers may mount: the faultless ones. `meta`: the Pod's metadata, where it is a
/// Pod's spec.
pub fn volumes<'a>(volumes: &At<'a>, meta: Option<&Json>, errors: Errors) -> Vec<&'a Json> {
    let mut all: Vec<&Json> = Vec::new();
    let pod = meta.map_or("", |meta| meta["name"].str());
    let each = volumes.each();
    let made: Vec<String> = each
        .iter()
        .filter(|v| !pod.is_empty() && v.get("ephemeral").set())
        .map(|v| format!("{pod}-{}", v.get("name").str()))
        .collect();
    for volume in &each {
        let name = volume.get("name");
        let before = errors.len();
        source(volume, pod, meta.is_some(), errors);
        name.name(names::label, errors);
        if all.iter().any(|v| v["name"].str() == name.str()) {
            name.duplicate(errors);
        }
        if errors.len() == before {
            all.push(volume.json);
        }
        let claim = volume.get("persistentVolumeClaim").get("claimName");
        if made.iter().any(|made| made == claim.str()) {
            claim.invalid("must not reference a PVC that gets created for an ephemeral volume", errors);
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

fn source(volume: &At, pod: &str, is_pod: bool, errors: Errors) {
    let mut others = Vec::new();
    let kind = volume.union(SOURCES, "may not specify more than 1 volume type", &mut others);
    for error in &mut others {
        // Two of upstream's paths are misspelt.
        for (field, shown) in [("cephfs", "cephFS"), ("downwardAPI", "downwarAPI")] {
            if error.path == volume.path.child(field) {
                error.path = volume.path.child(shown);
            }
        }
    }
    let Some(kind) = kind else { return volume.missing("must specify a volume type", errors) };
    let source = volume.get(kind);
    match kind {
        "emptyDir" => {
            let limit = source.get("sizeLimit");
            if limit.quantity().is_some_and(|limit| limit.nano() < 0) {
                limit.forbidden("SizeLimit field must be a valid resource quantity", errors);
            }
        }
        "configMap" | "secret" => {
            source.get(if kind == "secret" { "secretName" } else { "name" }).required(errors);
            mode(&source.get("defaultMode"), errors);
            source.get("items").each().iter().for_each(|item| key_to_path(item, errors));
        }
        "downwardAPI" => {
            mode(&source.get("defaultMode"), errors);
            source.get("items").each().iter().for_each(|file| downward_file(file, &source, errors));
        }
        "projected" => {
            mode(&source.get("defaultMode"), errors);
            projections(&source, errors);
        }
        "persistentVolumeClaim" => {
            source.get("claimName").required(errors);
        }
        "ephemeral" => {
            let template = source.get("volumeClaimTemplate");
            if template.set() {
                claim::template(&template, errors);
            } else {
                template.missing("", errors);
            }
            let name = volume.get("name");
            if !pod.is_empty() && !name.empty() {
                let made = format!("{pod}-{}", name.str());
                for problem in names::subdomain(&made) {
                    name.invalid(format!("PVC name {made:?}: {problem}"), errors);
                }
            }
        }
        "image" => {
            if is_pod {
                source.get("reference").required(errors);
            }
            source.get("pullPolicy").choice(&["Always", "IfNotPresent", "Never"], errors);
        }
        _ => volume_source::check(kind, &source, false, errors),
    }
    let initiator = source.get("initiatorName");
    let portal = source.get("targetPortal");
    if kind == "iscsi" && initiator.set() && volume.get("name").str().len() + portal.str().len() + 1 > 64 {
        volume.get("name").invalid(volume_source::ISCSI_LENGTH, errors);
    }
    errors.extend(others);
}

/// The fields of a pod that a file may hold.
const FILE_FIELDS: &[&str] =
    &["metadata.annotations", "metadata.labels", "metadata.name", "metadata.namespace", "metadata.uid"];

/// A file of the downward API; upstream's paths leave the index out.
fn downward_file(file: &At, list: &At, errors: Errors) {
    let at = |field: &str| At::new(&file.json[field], &list.path.child(field));
    let (name, field, resource) = (at("path"), at("fieldRef"), at("resourceFieldRef"));
    name.required(errors);
    not_reserved(name.str(), &name.path, errors);
    if field.set() {
        env::field_ref(field.json, &field.path, FILE_FIELDS, errors);
        if resource.set() {
            let detail = "fieldRef and resourceFieldRef can not be specified simultaneously";
            errors.push(Error::invalid(&list.path, "resource", detail));
        }
    } else if resource.set() {
        env::resource_ref(resource.json, &resource.path, true, errors);
    } else {
        list.missing("one of fieldRef and resourceFieldRef is required", errors);
    }
    mode(&at("mode"), errors);
}

/// The sources of a projected volume, no two of which may write the same file.
fn projections(volume: &At, errors: Errors) {
    let mut taken: Vec<String> = Vec::new();
    for item in volume.get("sources").each() {
        let mut take = |file: &At, shown: &str, errors: Errors| {
            let name = file.json["path"].str().to_owned();
            if taken.contains(&name) {
                errors.push(Error::invalid(&volume.path, shown, "conflicting duplicate paths"));
            } else if !name.is_empty() {
                taken.push(name);
            }
        };
        for kind in ["secret", "configMap", "downwardAPI"] {
            let source = item.get(kind);
            if !source.set() {
                continue;
            }
            if kind != "downwardAPI" {
                source.get("name").required(errors);
            }
            for file in source.get("items").each() {
                if kind == "downwardAPI" {
                    downward_file(&file, &source, errors);
                    take(&file, file.json["path"].str(), errors);
                } else {
                    key_to_path(&file, errors);
                    take(&file, source.json["name"].str(), errors);
                }
            }
        }
        let token = item.get("serviceAccountToken");
        if token.set() {
            token_projection(&token, volume, errors);
        }
        let bundle = item.get("clusterTrustBundle");
        if bundle.set() {
            trust_bundle(&bundle, errors);
            take(&bundle, bundle.json["path"].str(), errors);
        }
        if item.json.entries().iter().filter(|(_, source)| !source.is_null()).count() > 1 {
            item.forbidden("may not specify more than 1 volume type per source", errors);
        }
    }
}

/// A token's file; upstream reports its path at the volume, the rest at the source.
fn token_projection(token: &At, volume: &At, errors: Errors) {
    let seconds = token.get("expirationSeconds");
    let detail = match seconds.int().unwrap_or(0) {
        ..600 => "may not specify a duration less than 10 minutes",
        0x1_0000_0001.. => "may not specify a duration larger than 2^32 seconds",
        _ => "",
    };
    if !detail.is_empty() {
        errors.push(Error::invalid(&seconds.path, seconds.int().unwrap_or(0), detail));
    }
    let file = At::new(&token.json["path"], &volume.path.child("path"));
    if file.required(errors) {
        not_reserved(file.str(), &file.path, errors);
    }
}

fn trust_bundle(bundle: &At, errors: Errors) {
    let (name, signer) = (bundle.get("name"), bundle.get("signerName"));
    match (name.set(), signer.set()) {
        (true, true) => bundle.invalid("only one of name and signerName may be used", errors),
        (true, false) if name.empty() => name.missing("must be a valid object name", errors),
        (true, false) => {
            if bundle.get("labelSelector").set() {
                let detail = "labelSelector must be unset if name is specified";
                bundle.get("labelSelector").invalid(detail, errors);
            }
        }
        (false, true) if signer.empty() => signer.missing("must be a valid signer name", errors),
        (false, true) => {}
        (false, false) => bundle.missing("either name or signerName must be specified", errors),
    }
    let file = bundle.get("path");
    file.required(errors);
    not_reserved(file.str(), &file.path, errors);
}

fn key_to_path(item: &At, errors: Errors) {
    item.get("key").required(errors);
    let path = item.get("path");
    path.required(errors);
    not_reserved(path.str(), &path.path, errors);
    mode(&item.get("mode"), errors);
}
