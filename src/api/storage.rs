//! Claims for storage and the volumes that can serve them, as the controller that binds them and the scheduler see them
//! (`component-helpers/storage/volume`).

use super::affinity;
use super::meta;
use super::quantity::Quantity;
use super::selector::Labels;
use crate::json;
use crate::json::Json;

/// The binding is done on both sides.
pub const BIND_COMPLETED: &str = "pv.kubernetes.io/bind-completed";
/// It was the controller that chose, not a person.
pub const BOUND_BY_CONTROLLER: &str = "pv.kubernetes.io/bound-by-controller";
/// The node for which the scheduler wants a claim to be served.
pub const SELECTED_NODE: &str = "volume.kubernetes.io/selected-node";
/// Whom a claim waits for to make a volume.
pub const PROVISIONER: &str = "volume.kubernetes.io/storage-provisioner";
/// The name of no provisioner: such a class has only volumes that people made.
pub const NO_PROVISIONER: &str = "kubernetes.io/no-provisioner";
/// The class, as it was said before there was a field for it.
const CLASS: &str = "volume.beta.kubernetes.io/storage-class";

/// An annotation; `""` where it is absent.
pub fn annotation<'a>(object: &'a Json, key: &str) -> &'a str {
    object["metadata"]["annotations"][key].str()
}

/// The storage class of a claim or a volume; `""`: none.
pub fn class_of(object: &Json) -> &str {
    match annotation(object, CLASS) {
        "" => object["spec"]["storageClassName"].str(),
        class => class,
    }
}

/// Whether claims of a class wait for a pod that needs them.
pub fn waits_for_consumer(class: &Json) -> bool {
    class["volumeBindingMode"].str() == "WaitForFirstConsumer"
}

/// Whether a claim has its volume.
pub fn is_bound(claim: &Json) -> bool {
    !claim["spec"]["volumeName"].is_empty() && !annotation(claim, BIND_COMPLETED).is_empty()
}

/// Whether a volume is meant for a claim: by name, and by uid where that is said.
pub fn is_for(volume: &Json, claim: &Json) -> bool {
    let (wanted, about) = (&volume["spec"]["claimRef"], &claim["metadata"]);
    wanted["name"] == about["name"]
        && wanted["namespace"] == about["namespace"]
        && (wanted["uid"].is_empty() || wanted["uid"] == about["uid"])
}

/// The claims of a pod: the names in its volumes.
pub fn claims_of(pod: &Json) -> impl Iterator<Item = &str> {
    let volumes = pod["spec"]["volumes"].items().iter();
    volumes
        .map(|volume| volume.at(&["persistentVolumeClaim", "claimName"]).str())
        .filter(|name| !name.is_empty())
}

/// Whether a volume can be reached from a node.
pub fn reaches(volume: &Json, node: &Json) -> bool {
    let required = volume.at(&["spec", "nodeAffinity", "required"]);
    if required.is_null() {
        return true;
    }
    const PATH: [&str; 4] =
        ["spec", "affinity", "nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution"];
    let mut like_a_pod = json!({});
    like_a_pod.set_at(&PATH, required);
    affinity::matches_node(&like_a_pod, node)
}

fn amount(value: &Json) -> Quantity {
    Quantity::of_json(value).unwrap_or(Quantity::from_int(0))
}

fn mode(object: &Json) -> &str {
    match object["spec"]["volumeMode"].str() {
        "" => "Filesystem",
        mode => mode,
    }
}

/// What is wrong with a volume that a claim asks for by name (`checkVolumeSatisfyClaim`).
pub fn mismatch(volume: &Json, claim: &Json) -> Option<&'static str> {
    let requested = amount(claim.at(&["spec", "resources", "requests", "storage"]));
    if amount(volume.at(&["spec", "capacity", "storage"])) < requested {
        return Some("requested PV is too small");
    }
    if class_of(volume) != class_of(claim) {
        return Some("storageClassName does not match");
    }
    if mode(volume) != mode(claim) {
        return Some("incompatible volumeMode");
    }
    let modes = volume["spec"]["accessModes"].items();
    let asked = claim["spec"]["accessModes"].items();
    (!asked.iter().all(|mode| modes.contains(mode))).then_some("incompatible accessMode")
}

/// The volume that serves a claim best: one that is meant for it, or else the smallest that is large enough
/// (`FindMatchingVolume`). `node`: it must be reached from there. `only_meant`: none but one that is meant for it.
pub fn find<'v>(
    claim: &Json,
    volumes: impl Iterator<Item = &'v Json>,
    node: Option<&Json>,
    only_meant: bool,
) -> Option<&'v Json> {
    let selector = Labels::from_object(&claim["spec"]["selector"]);
    let requested = amount(claim.at(&["spec", "resources", "requests", "storage"]));
    let size = |volume: &Json| amount(volume.at(&["spec", "capacity", "storage"]));
    let mut best: Option<&Json> = None;
    for volume in volumes {
        if meta::is_being_deleted(volume) || mode(volume) != mode(claim) {
            continue;
        }
        if !volume["spec"]["claimRef"].is_null() {
            if is_for(volume, claim) && size(volume) >= requested {
                return Some(volume).filter(|v| node.is_none_or(|node| reaches(v, node)));
            }
            continue;
        }
        let labels = &volume["metadata"]["labels"];
        let fits = !only_meant
            && volume["status"]["phase"].str() == "Available"
            && selector.as_ref().is_none_or(|s| s.matches(labels))
            && mismatch(volume, claim).is_none()
            && node.is_none_or(|node| reaches(volume, node));
        if fits && best.is_none_or(|best| size(volume) < size(best)) {
            best = Some(volume);
        }
    }
    best
}
