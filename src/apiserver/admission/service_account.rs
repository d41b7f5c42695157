//! ServiceAccount: a pod runs as one, with its token mounted unless it or the account says no
//! (`plugin/pkg/admission/serviceaccount`).

use super::Attributes;
use crate::api::{ObjectKey, Status, kinds};
use crate::apiserver::ApiServer;
use crate::json;
use crate::json::Json;

/// Admits a new pod.
pub fn admit(server: &mut ApiServer, attributes: &mut Attributes) -> Result<(), Status> {
    if !attributes.creates_pod() {
        return Ok(());
    }
    let namespace = attributes.namespace;
    let pod = &mut *attributes.object;
    if pod["spec"]["serviceAccountName"].is_empty() {
        pod.set_at(&["spec", "serviceAccountName"], "default");
        pod.set_at(&["spec", "serviceAccount"], "default");
    }
    let account_name = pod["spec"]["serviceAccountName"].str().to_string();
    let accounts = kinds::SERVICEACCOUNTS.into();
    let key = ObjectKey::new(namespace, account_name.as_str());
    let Some(account) = server.store.get(&accounts, &key).cloned() else {
        let why = format!(
            "error looking up service account {namespace}/{account_name}: serviceaccount {account_name:?} not found"
        );
        return Err(attributes.forbidden(&why));
    };
    if pod["spec"]["imagePullSecrets"].is_empty() && !account["imagePullSecrets"].is_empty() {
        pod.set_at(&["spec", "imagePullSecrets"], &account["imagePullSecrets"]);
    }
    let mounts = pod["spec"]["automountServiceAccountToken"]
        .as_bool()
        .or(account["automountServiceAccountToken"].as_bool())
        .unwrap_or(true);
    if mounts {
        let suffix = server.rng.name(5);
        mount_token(pod, &suffix);
    }
    Ok(())
}

const TOKEN_PATH: &str = "/var/run/secrets/kubernetes.io/serviceaccount";

fn mount_token(pod: &mut Json, suffix: &str) {
    let name = format!("kube-api-access-{suffix}");
    let mut used = false;
    for list in ["initContainers", "containers"] {
        if pod["spec"][list].is_empty() {
            continue;
        }
        let containers = pod["spec"][list].items().iter().map(|c| {
            let mut container = c.clone();
            let mounts = container["volumeMounts"].items();
            if mounts.iter().any(|m| m["mountPath"].str() == TOKEN_PATH) {
                return container;
            }
            used = true;
            let mut mounts = mounts.to_vec();
            mounts.push(json!({ "name": name.as_str(), "readOnly": true, "mountPath": TOKEN_PATH }));
            container.set("volumeMounts", mounts);
            container
        });
        let containers: Json = containers.collect();
        pod.set_at(&["spec", list], containers);
    }
    if !used {
        return;
    }
    let mut volumes = pod["spec"]["volumes"].items().to_vec();
    volumes.push(json!({
        "name": name,
        "projected": {
            "defaultMode": 420,
            "sources": [
                { "serviceAccountToken": { "expirationSeconds": 3607, "path": "token" } },
                { "configMap": { "name": "kube-root-ca.crt", "items": [{ "key": "ca.crt", "path": "ca.crt" }] } },
                { "downwardAPI": { "items": [{
                    "path": "namespace", "fieldRef": { "apiVersion": "v1", "fieldPath": "metadata.namespace" }
                }] } },
            ],
        },
    }));
    pod.set_at(&["spec", "volumes"], volumes);
}
