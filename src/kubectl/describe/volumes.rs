//! Volumes, as `describe pod` and pod templates show them.

use super::{Columns, or};
use crate::json::Json;

/// The volumes below their title.
pub(super) fn volumes(volumes: &Json, space: &str, out: &mut Columns) {
    if volumes.is_empty() {
        out.add(&format!("{space}Volumes:\t<none>\n"));
        return;
    }
    out.add(&format!("{space}Volumes:\n"));
    let indent = if space.is_empty() { "" } else { " " };
    for volume in volumes.items() {
        out.add(&format!("  {indent}{}:\n", volume["name"].str()));
        let source = volume.entries().iter().find(|(key, _)| key.as_str() != "name");
        if let Some((kind, source)) = source {
            tell(kind, source, out);
        }
    }
}

/// What is behind a persistent volume.
pub(super) fn source(spec: &Json, out: &mut Columns) {
    let known = ["hostPath", "local", "nfs", "csi"];
    match spec.entries().iter().find(|(key, _)| known.contains(&key.as_str())) {
        Some((kind, source)) => tell(kind, source, out),
        None => out.add("    <unknown>\n"),
    }
}

fn tell(kind: &str, source: &Json, out: &mut Columns) {
    for (title, text) in facts(kind, source) {
        match title {
            "" => out.add(&format!("    {text}\n")),
            _ => out.add(&format!("    {title}:\t{text}\n")),
        }
    }
}

/// Titles and texts; a line without a title stands as it is.
fn facts(kind: &str, source: &Json) -> Vec<(&'static str, String)> {
    let text = |key: &str| source[key].str().to_string();
    let optional = |source: &Json| source["optional"].as_bool().unwrap_or(false).to_string();
    let told = |kind: &str, what: &str| ("Type", format!("{kind} ({what})"));
    match kind {
        "emptyDir" => vec![
            told("EmptyDir", "a temporary directory that shares a pod's lifetime"),
            ("Medium", text("medium")),
            ("SizeLimit", or(&source["sizeLimit"], "<unset>")),
        ],
        "hostPath" => {
            vec![
                told("HostPath", "bare host directory volume"),
                ("Path", text("path")),
                ("HostPathType", text("type")),
            ]
        }
        "local" => vec![
            told("LocalVolume", "a persistent volume backed by local storage on a node"),
            ("Path", text("path")),
        ],
        "nfs" => vec![
            told("NFS", "an NFS mount that lasts the lifetime of a pod"),
            ("Server", text("server")),
            ("Path", text("path")),
            ("ReadOnly", source["readOnly"].as_bool().unwrap_or(false).to_string()),
        ],
        "csi" => vec![
            told("CSI", "a Container Storage Interface (CSI) volume source"),
            ("Driver", text("driver")),
            ("FSType", text("fsType")),
            ("VolumeHandle", text("volumeHandle")),
            ("ReadOnly", source["readOnly"].as_bool().unwrap_or(false).to_string()),
        ],
        "configMap" => vec![
            told("ConfigMap", "a volume populated by a ConfigMap"),
            ("Name", text("name")),
            ("Optional", optional(source)),
        ],
        "secret" => vec![
            told("Secret", "a volume populated by a Secret"),
            ("SecretName", text("secretName")),
            ("Optional", optional(source)),
        ],
        "persistentVolumeClaim" => vec![
            told("PersistentVolumeClaim", "a reference to a PersistentVolumeClaim in the same namespace"),
            ("ClaimName", text("claimName")),
            ("ReadOnly", source["readOnly"].as_bool().unwrap_or(false).to_string()),
        ],
        "downwardAPI" => {
            let mut all = vec![
                told("DownwardAPI", "a volume populated by information about the pod"),
                ("", "Items:".into()),
            ];
            for item in source["items"].items() {
                let resource = item.at(&["resourceFieldRef", "resource"]).str();
                let from = item.at(&["fieldRef", "fieldPath"]).as_str().unwrap_or(resource);
                all.push(("", format!("  {from} -> {}", item["path"].str())));
            }
            all
        }
        "projected" => projected(source),
        other => vec![("Type", other.to_string())],
    }
}

fn projected(source: &Json) -> Vec<(&'static str, String)> {
    let mut all =
        vec![("Type", "Projected (a volume that contains injected data from multiple sources)".to_string())];
    for s in source["sources"].items() {
        let optional = |s: &Json| s["optional"].as_bool().unwrap_or(false).to_string();
        for (kind, s) in s.entries() {
            match kind.as_str() {
                "secret" => {
                    all.extend([("SecretName", s["name"].str().to_string()), ("Optional", optional(s))])
                }
                "configMap" => {
                    all.extend([("ConfigMapName", s["name"].str().to_string()), ("Optional", optional(s))])
                }
                "downwardAPI" => all.push(("DownwardAPI", "true".into())),
                "serviceAccountToken" => {
                    all.push(("TokenExpirationSeconds", or(&s["expirationSeconds"], "0")))
                }
                _ => {}
            }
        }
    }
    all
}
