//! VolumeBinding: the claims of a pod must have volumes, which must be reached from its node
//! (`framework/plugins/volumebinding`).
//!
//! A claim whose class does not wait is the business of the controllers: until it is bound, no node will do. One whose class
//! waits is bound because of the pod: the scheduler finds a volume for it that a node can reach and writes the claim into it;
//! the binder does the rest, and the pod is tried again.

use crate::api::{ObjectKey, Request, kinds, meta, storage};
use crate::client::{Context, Delta, Informer, Reflector};
use crate::json::{Json, Str};

/// What the scheduler knows of storage.
#[derive(Clone)]
pub struct Storage {
    claims: Informer,
    volumes: Informer,
    classes: Informer,
}

/// The claims of one pod.
#[derive(Default)]
pub struct Claims {
    /// The volumes of those that are bound.
    volumes: Vec<Json>,
    /// Those that are bound because of this pod, each with whether somebody could make a volume for it.
    waiting: Vec<(Json, bool)>,
}

impl Storage {
    /// Nothing is known yet.
    pub fn new(agent: &'static str) -> Storage {
        Storage {
            claims: Informer::new(kinds::PERSISTENTVOLUMECLAIMS, agent, &[]),
            volumes: Informer::new(kinds::PERSISTENTVOLUMES, agent, &[]),
            classes: Informer::new(kinds::STORAGECLASSES, agent, &[]),
        }
    }

    /// Its informers.
    pub fn informers(&self) -> [&Informer; 3] {
        [&self.claims, &self.volumes, &self.classes]
    }

    /// Its reflectors.
    pub fn reflectors(&self) -> impl Iterator<Item = &Reflector> {
        self.informers().into_iter().map(Informer::reflector)
    }

    /// One move of an informer; none where the resource is no storage.
    pub fn deliver(&mut self, cx: &mut Context, resource: &crate::api::Resource) -> Option<Vec<Delta>> {
        let all = [&mut self.claims, &mut self.volumes, &mut self.classes];
        let informer = all.into_iter().find(|informer| informer.reflector().resource() == resource)?;
        Some(informer.deliver(cx))
    }

    /// The claims of a pod, or why no node at all will do (upstream's `PreFilter`).
    pub fn claims(&self, pod: &Json) -> Result<Claims, String> {
        let mut claims = Claims::default();
        let mut unbound = false;
        for name in storage::claims_of(pod) {
            let key = ObjectKey::new(pod["metadata"]["namespace"].str(), name);
            let Some(claim) = self.claims.indexer().get(&key) else {
                return Err(format!("persistentvolumeclaim {name:?} not found"));
            };
            if meta::is_being_deleted(claim) {
                return Err(format!("persistentvolumeclaim {name:?} is being deleted"));
            }
            if storage::is_bound(claim) {
                let volume = ObjectKey::new("", claim["spec"]["volumeName"].str());
                claims.volumes.extend(self.volumes.indexer().get(&volume).cloned());
                continue;
            }
            let class = self.classes.indexer().get(&ObjectKey::new("", storage::class_of(claim)));
            match class.filter(|class| storage::waits_for_consumer(class)) {
                Some(class) if claim["spec"]["volumeName"].is_empty() => {
                    let made = class["provisioner"].str() != storage::NO_PROVISIONER;
                    claims.waiting.push((claim.clone(), made));
                }
                _ => unbound = true,
            }
        }
        if unbound {
            return Err("pod has unbound immediate PersistentVolumeClaims".into());
        }
        Ok(claims)
    }

    fn find(&self, claim: &Json, node: &Json) -> Option<&Json> {
        let volumes = self.volumes.indexer().iter().map(|(_, volume)| volume);
        storage::find(claim, volumes, Some(node), false)
    }

    /// Whether a node reaches the volumes that a pod has, and has some for what it still lacks.
    pub fn filter(&self, claims: &Claims, node: &Json) -> Result<(), &'static str> {
        if !claims.volumes.iter().all(|volume| storage::reaches(volume, node)) {
            return Err("node(s) didn't match PersistentVolume's node affinity");
        }
        let served = |(claim, made): &(Json, bool)| *made || self.find(claim, node).is_some();
        match claims.waiting.iter().all(served) {
            true => Ok(()),
            false => Err("node(s) didn't find available persistent volumes to bind"),
        }
    }

    /// Writes claims into volumes, or asks for volumes on the node (upstream's `PreBind`). Whether there is something to wait for
    /// before the pod can be bound.
    pub fn bind(&self, cx: &mut Context, claims: &Claims, node: &Json, agent: &'static str) -> bool {
        for (claim, _) in &claims.waiting {
            let name = claim["metadata"]["name"].clone();
            // What is refused is tried again with the pod.
            match self.find(claim, node) {
                Some(volume) => {
                    cx.note(
                        "claim-volume",
                        [("claim", name), ("volume", volume["metadata"]["name"].clone())],
                    );
                    let mut volume = volume.clone();
                    let reference = meta::object_reference(claim, &kinds::PERSISTENTVOLUMECLAIMS.into());
                    volume.set_at(&["spec", "claimRef"], reference);
                    volume.set_at(&["metadata", "annotations", storage::BOUND_BY_CONTROLLER], "yes");
                    let _ = cx.api.call(Request::update(kinds::PERSISTENTVOLUMES, volume).by(agent));
                }
                None => {
                    let place = Str::from(node["metadata"]["name"].str());
                    if storage::annotation(claim, storage::SELECTED_NODE) == &*place {
                        continue;
                    }
                    cx.note("claim-node", [("claim", name), ("node", Json::from(&place))]);
                    let mut claim = claim.clone();
                    claim.set_at(&["metadata", "annotations", storage::SELECTED_NODE], place);
                    let _ = cx.api.call(Request::update(kinds::PERSISTENTVOLUMECLAIMS, claim).by(agent));
                }
            }
        }
        !claims.waiting.is_empty()
    }
}
