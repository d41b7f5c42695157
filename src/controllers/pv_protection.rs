//! The volume-protection controller: a PersistentVolume that is deleted goes when it is bound to no claim any more
//! (`pkg/controller/volume/pvprotection`).

use super::pvc_protection::{is_to_do, toggle};
use super::{Caches, Controller, Queue};
use crate::api::{ObjectKey, Resource, ResourceInfo, Status, kinds, meta};
use crate::client::{Context, Delta};
use crate::json::Json;
use crate::sim::Time;

const AGENT: &str = "persistentvolume-protection-controller";
const FINALIZER: &str = "kubernetes.io/pv-protection";

/// Keeps volumes that are bound.
#[derive(Clone, Debug)]
pub struct VolumeProtectionController([Queue; 1]);

impl Default for VolumeProtectionController {
    fn default() -> Self {
        VolumeProtectionController([Queue::new(AGENT, kinds::PERSISTENTVOLUMES, 1)])
    }
}

impl Controller for VolumeProtectionController {
    fn name(&self) -> &'static str {
        AGENT
    }

    fn watches(&self) -> Vec<&'static ResourceInfo> {
        vec![kinds::PERSISTENTVOLUMES]
    }

    fn handle(&mut self, _: &Caches, _: &Resource, delta: &Delta, _: Time) {
        let volume = delta.object();
        if !matches!(delta, Delta::Deleted(_)) && is_to_do(volume, FINALIZER) {
            self.0[0].keys.add(ObjectKey::of(volume));
        }
    }

    fn queues(&self) -> &[Queue] {
        &self.0
    }

    fn queues_mut(&mut self) -> &mut [Queue] {
        &mut self.0
    }

    fn sync(&mut self, cx: &mut Context, caches: &Caches, _: usize, key: &ObjectKey) -> Result<(), Status> {
        let volume = caches.of(kinds::PERSISTENTVOLUMES).get(key);
        cx.note("read-cache", [("found", Json::Bool(volume.is_some()))]);
        let Some(volume) = volume.filter(|volume| is_to_do(volume, FINALIZER)) else { return Ok(()) };
        if meta::is_being_deleted(volume) {
            let used = volume["status"]["phase"].str() == "Bound";
            cx.note("in-use", [("used", Json::Bool(used))]);
            if used {
                return Ok(());
            }
        }
        toggle(cx, kinds::PERSISTENTVOLUMES, volume, FINALIZER, AGENT)
    }
}
