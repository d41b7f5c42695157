//! Where objects call others by their names (`builtinpluginconsts/namereference.go`): when those change, so do these.

use super::Item;
use super::transform::at;
use crate::json::{Json, Str};
use crate::kubectl::set::pod_spec;

const PODS: &str = "Pod Deployment ReplicaSet ReplicationController DaemonSet StatefulSet Job CronJob";

/// A kind that is meant, the kinds that mean it, and where. What begins with `*` is in the spec of their pods.
const FIELDS: &[(&str, &str, &str)] = &[
    ("ConfigMap", PODS, "*volumes/configMap/name"),
    ("ConfigMap", PODS, "*containers/env/valueFrom/configMapKeyRef/name"),
    ("ConfigMap", PODS, "*initContainers/env/valueFrom/configMapKeyRef/name"),
    ("ConfigMap", PODS, "*containers/envFrom/configMapRef/name"),
    ("ConfigMap", PODS, "*initContainers/envFrom/configMapRef/name"),
    ("ConfigMap", PODS, "*volumes/projected/sources/configMap/name"),
    ("Secret", PODS, "*volumes/secret/secretName"),
    ("Secret", PODS, "*containers/env/valueFrom/secretKeyRef/name"),
    ("Secret", PODS, "*initContainers/env/valueFrom/secretKeyRef/name"),
    ("Secret", PODS, "*containers/envFrom/secretRef/name"),
    ("Secret", PODS, "*initContainers/envFrom/secretRef/name"),
    ("Secret", PODS, "*imagePullSecrets/name"),
    ("Secret", PODS, "*volumes/projected/sources/secret/name"),
    ("Secret", "Ingress", "spec/tls/secretName"),
    ("Secret", "ServiceAccount", "imagePullSecrets/name"),
    ("ConfigMap Secret", "Role ClusterRole", "rules/resourceNames"),
    ("PersistentVolume", "ClusterRole", "rules/resourceNames"),
    ("ServiceAccount", PODS, "*serviceAccountName"),
    ("PersistentVolumeClaim", PODS, "*volumes/persistentVolumeClaim/claimName"),
    ("PriorityClass", PODS, "*priorityClassName"),
    ("Service", "StatefulSet", "spec/serviceName"),
    ("Service", "Ingress", "spec/rules/http/paths/backend/service/name"),
    ("Service", "Ingress", "spec/defaultBackend/service/name"),
    ("Service", "APIService", "spec/service/name"),
    ("PersistentVolume", "PersistentVolumeClaim", "spec/volumeName"),
    ("StorageClass", "PersistentVolume PersistentVolumeClaim", "spec/storageClassName"),
    ("StorageClass", "StatefulSet", "spec/volumeClaimTemplates/spec/storageClassName"),
    ("IngressClass", "Ingress", "spec/ingressClassName"),
    ("ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding", "spec/policyName"),
];
/// Fields that name a kind too, and its object.
const REFERENCES: &[(&str, &str, &str)] = &[
    (
        "Deployment ReplicaSet ReplicationController StatefulSet",
        "HorizontalPodAutoscaler",
        "spec/scaleTargetRef",
    ),
    ("Role ClusterRole", "RoleBinding", "roleRef"),
    ("ClusterRole", "ClusterRoleBinding", "roleRef"),
    ("ServiceAccount", "RoleBinding ClusterRoleBinding", "subjects"),
    (
        "Service",
        "ValidatingWebhookConfiguration MutatingWebhookConfiguration",
        "webhooks/clientConfig/service",
    ),
];

fn is_in(kinds: &str, kind: &str) -> bool {
    kinds.split(' ').any(|one| one == kind)
}

/// Calls everything by its present name.
pub fn fix(items: &mut [Item]) {
    let all: Vec<Item> = items.iter().filter(|item| !item.past.is_empty()).cloned().collect();
    if all.is_empty() {
        return;
    }
    for item in items {
        let (kind, namespace) = (item.kind().to_string(), item.namespace().to_string());
        // Who is meant by a name, from where this stands, or from another namespace that is named.
        let find = |kinds: &str, name: &str, place: &str| {
            let was_there = |other: &&Item| {
                // What says no namespace is in the default one.
                let or_default = |place: &str| String::from(if place.is_empty() { "default" } else { place });
                let is = |own: &str| or_default(own) == or_default(place);
                let own = other.namespace();
                let there = own.is_empty() || is(own) || other.past.iter().any(|(_, past)| is(past));
                is_in(kinds, other.kind()) && other.was(name) && there
            };
            all.iter().find(was_there)
        };
        for (meant, _, path) in FIELDS.iter().filter(|(_, kinds, _)| is_in(kinds, &kind)) {
            let path: Vec<&str> = match path.strip_prefix('*') {
                Some(inner) => pod_spec(&kind).iter().copied().chain(inner.split('/')).collect(),
                None => path.split('/').collect(),
            };
            at(&mut item.object, &path, false, &mut |name| {
                if let Some(other) = find(meant, name.str(), &namespace) {
                    *name = other.name().into();
                }
            });
        }
        for (meant, _, path) in REFERENCES.iter().filter(|(_, kinds, _)| is_in(kinds, &kind)) {
            let path: Vec<&str> = path.split('/').collect();
            at(&mut item.object, &path, false, &mut |reference| {
                let own = reference["kind"].as_str().map(String::from);
                let meant =
                    own.as_deref().filter(|own| is_in(meant, own)).or(own.is_none().then_some(*meant));
                let place = reference["namespace"].as_str().unwrap_or(&namespace);
                let Some(other) = meant.and_then(|kind| find(kind, reference["name"].str(), place)) else {
                    return;
                };
                let (name, space): (Json, Json) = (other.name().into(), other.namespace().into());
                reference.set(Str::fixed("name"), name);
                if own.as_deref() == Some("ServiceAccount") && !space.str().is_empty() {
                    reference.set(Str::fixed("namespace"), space);
                }
            });
        }
    }
}
