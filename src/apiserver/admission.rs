//! Admission: what the cluster adds to, or holds against, a request after decoding (`plugin/pkg/admission`).

use super::ApiServer;
use crate::api::{ObjectKey, Request, Status, kinds};
use crate::json;
use crate::json::{Json, Str};

/// Admits a new object.
pub fn create(
    server: &mut ApiServer,
    request: &Request,
    namespace: &str,
    object: &mut Json,
) -> Result<(), Status> {
    namespace_lifecycle(server, request, namespace, object["metadata"]["name"].str())?;
    if request.resource == kinds::PODS.into() {
        service_account(server, request, namespace, object)?;
        default_tolerations(object);
        priority(object);
    }
    storage_in_use_protection(request, object);
    Ok(())
}

/// StorageObjectInUseProtection: claims and volumes are not deleted while they are used.
fn storage_in_use_protection(request: &Request, object: &mut Json) {
    let finalizer = match (request.resource.group, request.resource.plural) {
        ("", "persistentvolumeclaims") => "kubernetes.io/pvc-protection",
        ("", "persistentvolumes") => "kubernetes.io/pv-protection",
        _ => return,
    };
    let mut finalizers = object["metadata"]["finalizers"].items().to_vec();
    if !finalizers.iter().any(|f| f.str() == finalizer) {
        finalizers.push(finalizer.into());
        object.set_at(&["metadata", "finalizers"], finalizers);
    }
}

/// Admits a change.
pub fn update(
    _server: &mut ApiServer,
    request: &Request,
    object: &mut Json,
    _old: &Json,
) -> Result<(), Status> {
    if request.resource == kinds::PODS.into() {
        default_tolerations(object);
    }
    Ok(())
}

/// NamespaceLifecycle: objects need a namespace that exists and is not going away.
pub(super) fn namespace_lifecycle(
    server: &ApiServer,
    request: &Request,
    namespace: &str,
    name: &str,
) -> Result<(), Status> {
    if !request.resource.namespaced || namespace.is_empty() {
        return Ok(());
    }
    let namespaces = kinds::NAMESPACES.into();
    let Some(found) = server.store.get(&namespaces, &ObjectKey::new("", namespace)) else {
        return Err(Status::not_found(&namespaces, namespace));
    };
    if found["status"]["phase"].str() == "Terminating" {
        let why =
            format!("unable to create new content in namespace {namespace} because it is being terminated");
        let mut status = Status::forbidden(&request.resource, name, &why);
        if let Some(details) = &mut status.details {
            details.causes.push(crate::api::Cause {
                reason: Str::fixed("NamespaceTerminating"),
                message: format!("namespace {namespace} is being terminated").into(),
                field: Str::fixed("metadata.namespace"),
            });
        }
        return Err(status);
    }
    Ok(())
}

/// ServiceAccount: the pod runs as one, with its token mounted unless it or the account says no.
fn service_account(
    server: &mut ApiServer,
    request: &Request,
    namespace: &str,
    pod: &mut Json,
) -> Result<(), Status> {
    if pod["spec"]["serviceAccountName"].is_empty() {
        pod.set_at(&["spec", "serviceAccountName"], "default");
        pod.set_at(&["spec", "serviceAccount"], "default");
    }
    let account_name = pod["spec"]["serviceAccountName"].str().to_string();
    let accounts = kinds::SERVICEACCOUNTS.into();
    // The name is not generated yet.
    let meta = &pod["metadata"];
    let name = if meta["name"].is_empty() { meta["generateName"].str() } else { meta["name"].str() };
    let Some(account) = server.store.get(&accounts, &ObjectKey::new(namespace, account_name.as_str())) else {
        let why = format!(
            "error looking up service account {namespace}/{account_name}: serviceaccount {account_name:?} not found"
        );
        return Err(Status::forbidden(&request.resource, name, &why));
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

/// DefaultTolerationSeconds: a node may be unreachable for five minutes before its pods are evicted.
fn default_tolerations(pod: &mut Json) {
    let mut tolerations = pod["spec"]["tolerations"].items().to_vec();
    let before = tolerations.len();
    for key in ["node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"] {
        let tolerated = tolerations.iter().any(|t| {
            let (k, effect) = (t["key"].str(), t["effect"].str());
            (k == key || k.is_empty()) && (effect == "NoExecute" || effect.is_empty())
        });
        if !tolerated {
            tolerations.push(json!({
                "key": key, "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 300,
            }));
        }
    }
    if tolerations.len() > before {
        pod.set_at(&["spec", "tolerations"], tolerations);
    }
}

/// Priority: 0 and preempting, where no class says otherwise.
fn priority(pod: &mut Json) {
    if pod["spec"]["priority"].is_null() {
        pod.set_at(&["spec", "priority"], 0);
    }
    if pod["spec"]["preemptionPolicy"].is_null() {
        pod.set_at(&["spec", "preemptionPolicy"], "PreemptLowerPriority");
    }
}
