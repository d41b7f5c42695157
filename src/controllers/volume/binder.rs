//! The persistent volume binder (`pkg/controller/volume/persistentvolume/pv_controller.go`).
//!
//! A binding has two sides: the volume says which claim it is for, and the claim which volume it has. Both are written, the
//! volume first; a binder that dies in between finds out from what is written what is still to be done.

use crate::api::{ObjectKey, Request, Resource, ResourceInfo, Status, kinds, meta, storage};
use crate::client::{Context, Delta, EventKind, Recorder};
use crate::controllers::{Caches, Controller, Queue};
use crate::json;
use crate::json::{Json, Str};
use crate::sim::Time;
use std::time::Duration;

/// Who it is to the API server, and the first part of its queues' names.
const AGENT: &str = "persistentvolume-binder";
const CLAIMS: usize = 0;
const VOLUMES: usize = 1;
/// What is not bound is looked at again (`--pvclaimbinder-sync-period`); a volume that comes is noticed then.
const RESYNC: Duration = Duration::from_secs(15);

/// Binds claims and volumes.
#[derive(Clone, Debug)]
pub struct PersistentVolumeBinder {
    queues: [Queue; 2],
    recorder: Recorder,
}

impl Default for PersistentVolumeBinder {
    fn default() -> Self {
        let claims = Queue::new("persistentvolume-binder/claims", kinds::PERSISTENTVOLUMECLAIMS, 1);
        PersistentVolumeBinder {
            queues: [
                Queue { periodic: true, ..claims },
                Queue::new("persistentvolume-binder/volumes", kinds::PERSISTENTVOLUMES, 1),
            ],
            recorder: Recorder::new("persistentvolume-controller", ""),
        }
    }
}

impl PersistentVolumeBinder {
    fn tell(&mut self, claim: &Json, kind: EventKind, reason: &'static str, message: impl Into<Str>) {
        self.recorder.event(claim, kinds::PERSISTENTVOLUMECLAIMS, kind, Str::fixed(reason), message);
    }

    fn sync_claim(&mut self, cx: &mut Context, caches: &Caches, claim: &Json) -> Result<(), Status> {
        if !storage::annotation(claim, storage::BIND_COMPLETED).is_empty() {
            return self.sync_bound(cx, caches, claim);
        }
        self.queues[CLAIMS].keys.add_after(ObjectKey::of(claim), cx.now, RESYNC);
        let wanted = claim["spec"]["volumeName"].str();
        if wanted.is_empty() {
            return self.sync_unbound(cx, caches, claim);
        }
        // Its author says which volume it is to have.
        let Some(volume) = caches.of(kinds::PERSISTENTVOLUMES).get(&ObjectKey::new("", wanted)) else {
            return set_claim_phase(cx, claim, "Pending");
        };
        if volume["spec"]["claimRef"].is_null() {
            if let Some(why) = storage::mismatch(volume, claim) {
                let message = format!("Cannot bind to requested volume {wanted:?}: {why}");
                self.tell(claim, EventKind::Warning, "VolumeMismatch", message);
                return set_claim_phase(cx, claim, "Pending");
            }
        } else if !storage::is_for(volume, claim) {
            let message = format!("volume {wanted:?} already bound to a different claim.");
            self.tell(claim, EventKind::Warning, "FailedBinding", message);
            return set_claim_phase(cx, claim, "Pending");
        }
        bind(cx, volume, claim)
    }

    /// A claim that takes any volume that fits (`syncUnboundClaim`).
    fn sync_unbound(&mut self, cx: &mut Context, caches: &Caches, claim: &Json) -> Result<(), Status> {
        let class_name = storage::class_of(claim);
        let class = caches.of(kinds::STORAGECLASSES).get(&ObjectKey::new("", class_name));
        let waits = class.is_some_and(storage::waits_for_consumer)
            && storage::annotation(claim, storage::SELECTED_NODE).is_empty();
        let volumes = caches.of(kinds::PERSISTENTVOLUMES).iter().map(|(_, volume)| volume);
        let found = storage::find(claim, volumes, None, waits);
        cx.note("find-volume", [("found", found.is_some().into()), ("class", class_name.into())]);
        if let Some(volume) = found {
            return bind(cx, volume, claim);
        }
        match class {
            _ if waits => {
                let (reason, message) = consumer(caches, claim);
                self.tell(claim, EventKind::Normal, reason, message);
            }
            Some(class) => return self.await_provisioner(cx, claim, class),
            None if !class_name.is_empty() => {
                let message = format!("storageclass.storage.k8s.io {class_name:?} not found");
                self.tell(claim, EventKind::Warning, "ProvisioningFailed", message);
                return Ok(());
            }
            None => {
                let message = "no persistent volumes available for this claim and no storage class is set";
                self.tell(claim, EventKind::Normal, "FailedBinding", message);
            }
        }
        set_claim_phase(cx, claim, "Pending")
    }

    /// Says whom the claim waits for (`provisionClaimOperationExternal`).
    fn await_provisioner(&mut self, cx: &mut Context, claim: &Json, class: &Json) -> Result<(), Status> {
        let provisioner = class["provisioner"].str();
        if provisioner == storage::NO_PROVISIONER {
            return Ok(());
        }
        if storage::annotation(claim, storage::PROVISIONER) != provisioner {
            let mut claim = claim.clone();
            for key in ["volume.beta.kubernetes.io/storage-provisioner", storage::PROVISIONER] {
                claim.set_at(&["metadata", "annotations", key], provisioner);
            }
            cx.api.call(Request::update(kinds::PERSISTENTVOLUMECLAIMS, claim).by(AGENT))?;
        }
        let message = format!(
            "Waiting for a volume to be created either by the external provisioner '{provisioner}' or manually by the system administrator. If volume creation is delayed, please verify that the provisioner is running and correctly registered."
        );
        self.tell(claim, EventKind::Normal, "ExternalProvisioning", message);
        Ok(())
    }

    /// A claim that has its volume: whether that is still there.
    fn sync_bound(&mut self, cx: &mut Context, caches: &Caches, claim: &Json) -> Result<(), Status> {
        let name = claim["spec"]["volumeName"].str();
        match caches.of(kinds::PERSISTENTVOLUMES).get(&ObjectKey::new("", name)) {
            Some(volume) if volume["spec"]["claimRef"].is_null() || storage::is_for(volume, claim) => {
                bind(cx, volume, claim)
            }
            found => {
                let message = match found {
                    Some(_) => "Bound claim is bound to a different volume by the volume's claimRef",
                    None => "Bound claim has lost its PersistentVolume. Data on this volume is lost!",
                };
                if claim["status"]["phase"].str() != "Lost" {
                    let reason = if found.is_some() { "ClaimMisbound" } else { "ClaimLost" };
                    self.tell(claim, EventKind::Warning, reason, message);
                }
                set_claim_phase(cx, claim, "Lost")
            }
        }
    }

    /// The phase of a volume, from its claim (`syncVolume`).
    fn sync_volume(&mut self, cx: &mut Context, caches: &Caches, volume: &Json) -> Result<(), Status> {
        let wanted = &volume["spec"]["claimRef"];
        if wanted.is_null() || wanted["uid"].is_empty() {
            return set_volume_phase(cx, volume, "Available").map(|_| ());
        }
        let key = ObjectKey::new(wanted["namespace"].str(), wanted["name"].str());
        let claim = caches.of(kinds::PERSISTENTVOLUMECLAIMS).get(&key);
        let Some(claim) = claim.filter(|claim| claim["metadata"]["uid"] == wanted["uid"]) else {
            // With the policy `Retain` a person decides what becomes of the data; nobody here could delete it.
            return set_volume_phase(cx, volume, "Released").map(|_| ());
        };
        if claim["spec"]["volumeName"] == volume["metadata"]["name"] {
            return set_volume_phase(cx, volume, "Bound").map(|_| ());
        }
        if claim["spec"]["volumeName"].is_empty() {
            self.queues[CLAIMS].keys.add(key);
        }
        Ok(())
    }
}

/// Why a claim of a class that waits has no volume yet.
fn consumer(caches: &Caches, claim: &Json) -> (&'static str, String) {
    let mut pods = caches.of(kinds::PODS).in_namespace(claim["metadata"]["namespace"].str());
    let name = claim["metadata"]["name"].str();
    match pods.find(|pod| storage::claims_of(pod).any(|claimed| claimed == name)) {
        None => ("WaitForFirstConsumer", "waiting for first consumer to be created before binding".into()),
        Some(pod) => {
            let pod = pod["metadata"]["name"].str();
            ("WaitForPodScheduled", format!("waiting for pod {pod} to be scheduled"))
        }
    }
}

/// Writes both sides, as far as they are not written.
fn bind(cx: &mut Context, volume: &Json, claim: &Json) -> Result<(), Status> {
    let about = &claim["metadata"];
    let name = volume["metadata"]["name"].clone();
    let mut volume = volume.clone();
    let meant = !volume["spec"]["claimRef"].is_null();
    if volume["spec"]["claimRef"]["uid"] != about["uid"] {
        cx.note("bind-volume", [("volume", name.clone()), ("claim", about["name"].clone())]);
        let mut reference = meta::object_reference(claim, &kinds::PERSISTENTVOLUMECLAIMS.into());
        reference.set("kind", "PersistentVolumeClaim");
        volume.set_at(&["spec", "claimRef"], reference);
        if !meant {
            volume.set_at(&["metadata", "annotations", storage::BOUND_BY_CONTROLLER], "yes");
        }
        volume = cx.api.call(Request::update(kinds::PERSISTENTVOLUMES, volume).by(AGENT))?.body;
    }
    let volume = set_volume_phase(cx, &volume, "Bound")?;
    let mut bound = claim.clone();
    if bound["spec"]["volumeName"].is_empty() {
        bound.set_at(&["spec", "volumeName"], &name);
        bound.set_at(&["metadata", "annotations", storage::BOUND_BY_CONTROLLER], "yes");
    }
    bound.set_at(&["metadata", "annotations", storage::BIND_COMPLETED], "yes");
    if bound != *claim {
        bound = cx.api.call(Request::update(kinds::PERSISTENTVOLUMECLAIMS, bound).by(AGENT))?.body;
    }
    let mut status = json!({ "phase": "Bound" });
    status.set("accessModes", &volume["spec"]["accessModes"]);
    status.set("capacity", json!({ "storage": volume.at(&["spec", "capacity", "storage"]) }));
    if status == bound["status"] {
        return Ok(());
    }
    bound.set("status", status);
    cx.api.call(Request::update_status(kinds::PERSISTENTVOLUMECLAIMS, bound).by(AGENT)).map(|_| ())
}

fn set_claim_phase(cx: &mut Context, claim: &Json, phase: &'static str) -> Result<(), Status> {
    if claim["status"]["phase"].str() == phase {
        return Ok(());
    }
    cx.note("storage-phase", [("phase", phase.into())]);
    let mut claim = claim.clone();
    claim.set("status", json!({ "phase": phase }));
    cx.api.call(Request::update_status(kinds::PERSISTENTVOLUMECLAIMS, claim).by(AGENT)).map(|_| ())
}

fn set_volume_phase(cx: &mut Context, volume: &Json, phase: &'static str) -> Result<Json, Status> {
    if volume["status"]["phase"].str() == phase {
        return Ok(volume.clone());
    }
    cx.note("storage-phase", [("phase", phase.into())]);
    let mut volume = volume.clone();
    volume.set_at(&["status", "phase"], phase);
    volume.set_at(&["status", "lastPhaseTransitionTime"], cx.now.rfc3339());
    cx.api
        .call(Request::update_status(kinds::PERSISTENTVOLUMES, volume).by(AGENT))
        .map(|response| response.body)
}

impl Controller for PersistentVolumeBinder {
    fn name(&self) -> &'static str {
        AGENT
    }

    fn watches(&self) -> Vec<&'static ResourceInfo> {
        vec![
            kinds::PERSISTENTVOLUMECLAIMS,
            kinds::PERSISTENTVOLUMES,
            kinds::STORAGECLASSES,
            kinds::PODS,
            kinds::NODES,
        ]
    }

    fn handle(&mut self, _: &Caches, resource: &Resource, delta: &Delta, _: Time) {
        let object = delta.object();
        if *resource == Resource::from(kinds::PERSISTENTVOLUMECLAIMS) {
            self.queues[CLAIMS].keys.add(ObjectKey::of(object));
            let volume = object["spec"]["volumeName"].str();
            if matches!(delta, Delta::Deleted(_)) && !volume.is_empty() {
                self.queues[VOLUMES].keys.add(ObjectKey::new("", volume));
            }
        } else if *resource == Resource::from(kinds::PERSISTENTVOLUMES) {
            self.queues[VOLUMES].keys.add(ObjectKey::of(object));
            let claim = &object["spec"]["claimRef"];
            if matches!(delta, Delta::Deleted(_)) && !claim.is_null() {
                let key = ObjectKey::new(claim["namespace"].str(), claim["name"].str());
                self.queues[CLAIMS].keys.add(key);
            }
        }
    }

    fn queues(&self) -> &[Queue] {
        &self.queues
    }

    fn queues_mut(&mut self) -> &mut [Queue] {
        &mut self.queues
    }

    fn sync(
        &mut self,
        cx: &mut Context,
        caches: &Caches,
        queue: usize,
        key: &ObjectKey,
    ) -> Result<(), Status> {
        let kind = if queue == CLAIMS { kinds::PERSISTENTVOLUMECLAIMS } else { kinds::PERSISTENTVOLUMES };
        let cached = caches.of(kind).get(key);
        cx.note("read-cache", [("found", Json::Bool(cached.is_some()))]);
        match cached {
            None => Ok(()),
            Some(claim) if queue == CLAIMS => self.sync_claim(cx, caches, claim),
            Some(volume) => self.sync_volume(cx, caches, volume),
        }
    }

    fn recorder(&mut self) -> Option<&mut Recorder> {
        Some(&mut self.recorder)
    }
}
