//! What a pod of an ordinal is: its name, its host name, its labels, its claims; and in which state a pod is as the controller
//! sees it (upstream's `stateful_set_utils.go`).

use super::claims::claims_of;
use crate::api::views::apps_v1::{ControllerRevision, StatefulSet};
use crate::api::{View, kinds, meta, revision as rev};
use crate::controllers::history;
use crate::controllers::pods::{is_ready, until_available};
use crate::json;
use crate::json::Json;
use crate::sim::Time;

const POD_NAME: &str = "statefulset.kubernetes.io/pod-name";
const POD_INDEX: &str = "apps.kubernetes.io/pod-index";

/// A pod's name without its ordinal, and the ordinal.
fn parent_and_ordinal(pod: &Json) -> Option<(&str, i64)> {
    let (parent, digits) = pod["metadata"]["name"].str().rsplit_once('-')?;
    let plain = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    Some((parent, digits.parse().ok().filter(|_| plain)?))
}

/// The number at the end of a pod's name.
pub fn ordinal(pod: &Json) -> Option<i64> {
    parent_and_ordinal(pod).map(|(_, ordinal)| ordinal)
}

/// Whether a pod is named as the set's pods are.
pub fn is_member(set: &StatefulSet, pod: &Json) -> bool {
    parent_and_ordinal(pod).is_some_and(|(parent, _)| parent == set.metadata().name())
}

/// The ordinals of the pods that the set asks for.
pub fn ordinals(set: &StatefulSet) -> std::ops::Range<i64> {
    let start = set.spec().ordinals().start().unwrap_or(0).into();
    start..start + i64::from(set.spec().replicas().unwrap_or(1).max(0))
}

/// The name of the revision that a pod is of.
pub fn revision(pod: &Json) -> &str {
    pod["metadata"]["labels"][rev::CONTROLLER_REVISION].str()
}

/// Whether the API server has it; what is still to be created has no phase.
pub fn is_created(pod: &Json) -> bool {
    !pod["status"]["phase"].is_empty()
}

/// Whether its containers run and it is ready.
pub fn is_running_and_ready(pod: &Json) -> bool {
    pod["status"]["phase"].str() == "Running" && is_ready(pod)
}

/// Whether it has been so for long enough.
pub fn is_available(set: &StatefulSet, pod: &Json, now: Time) -> bool {
    let seconds = set.spec().min_ready_seconds().unwrap_or(0);
    is_running_and_ready(pod) && until_available(pod, seconds, now).is_some_and(|wait| wait.is_zero())
}

/// Whether it does no work, or soon will not.
pub fn is_unavailable(set: &StatefulSet, pod: &Json, now: Time) -> bool {
    !is_available(set, pod, now) || meta::is_being_deleted(pod)
}

/// A pod that is to be created (`newStatefulSetPod`).
pub fn new_pod(set: &StatefulSet, ordinal: i64, revision: &ControllerRevision) -> Json {
    let template = rev::template_of(revision.json());
    let about = set.metadata();
    let mut metadata = json!({
        "name": format!("{}-{ordinal}", about.name()), "generateName": format!("{}-", about.name()),
        "namespace": about.namespace(),
        "ownerReferences": [meta::new_controller_ref(set.json(), &kinds::STATEFULSETS.into())],
    });
    for key in ["labels", "annotations", "finalizers"] {
        if !template["metadata"][key].is_empty() {
            metadata.set(key, &template["metadata"][key]);
        }
    }
    let mut pod =
        json!({ "apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": &template["spec"] });
    let name = pod["metadata"]["name"].clone();
    pod.set_at(&["spec", "hostname"], name);
    if !set.spec().service_name().is_empty() {
        pod.set_at(&["spec", "subdomain"], set.spec().service_name());
    }
    pod.set_at(&["metadata", "labels", rev::CONTROLLER_REVISION], history::name(revision));
    set_identity(set, &mut pod);
    set_storage(set, &mut pod);
    pod
}

/// Gives a pod the labels of its ordinal (`updateIdentity`). Whether it lacked them.
pub fn set_identity(set: &StatefulSet, pod: &mut Json) -> bool {
    let before = pod["metadata"]["labels"].clone();
    let Some(ordinal) = ordinal(pod) else { return false };
    pod.set_at(&["metadata", "labels", POD_NAME], format!("{}-{ordinal}", set.metadata().name()));
    pod.set_at(&["metadata", "labels", POD_INDEX], ordinal.to_string());
    pod["metadata"]["labels"] != before
}

/// Gives a pod the volumes of its claims, before its own (`updateStorage`). Whether it lacked them.
pub fn set_storage(set: &StatefulSet, pod: &mut Json) -> bool {
    let volumes = pod["spec"]["volumes"].clone();
    let claims: Vec<(String, Json)> = claims_of(set, pod)
        .into_iter()
        .map(|(volume, claim)| {
            let claim = json!({ "claimName": &claim["metadata"]["name"] });
            (volume.clone(), json!({ "name": volume, "persistentVolumeClaim": claim }))
        })
        .collect();
    let named = |name: &str| volumes.items().iter().find(|volume| volume["name"].str() == name);
    let claim_name = |volume: &Json| volume.at(&["persistentVolumeClaim", "claimName"]).clone();
    let there = |(name, wanted): &(String, Json)| {
        named(name).is_some_and(|volume| claim_name(volume) == claim_name(wanted))
    };
    if claims.iter().all(there) {
        return false;
    }
    let others = volumes.items().iter().filter(|v| !claims.iter().any(|(name, _)| v["name"].str() == name));
    let all: Json = claims.iter().map(|(_, volume)| volume).chain(others).collect();
    pod.set_at(&["spec", "volumes"], all);
    true
}
