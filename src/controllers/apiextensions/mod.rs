//! The loops of custom resource definitions, which run inside kube-apiserver (`apiextensions-apiserver/pkg/controller`).
//!
//! - [`naming`]: are the names that a definition asks for free?
//! - [`establishing`]: then its objects are served.
//! - [`api_approval`]: was an API of the community's approved?
//! - [`finalizer`]: before a definition goes, its objects do.
//!
//! *Absent:* the loop of `NonStructuralSchema`, which finds something only in definitions older than `apiextensions.k8s.io/v1`.
//!
//! They are made as the controllers of the controller manager are, and talk to the server that they are part of as those do.

pub mod api_approval;
pub mod establishing;
pub mod finalizer;
pub mod naming;

use super::{Caches, Controller, Queue, loops};
use crate::api::{ObjectKey, Request, Resource, RuntimeConfig, Status, kinds};
use crate::client::{Context, Reflector, Timer};
use crate::json;
use crate::json::{Json, Str};
use crate::sim::Time;
use api_approval::ApiApprovalController;
use establishing::EstablishingController;
use finalizer::CrdFinalizer;
use naming::NamingConditionController;

/// Who the loops are, to the server.
pub const AGENT: &str = "kube-apiserver";

/// The loops, with the informer that they share.
#[derive(Clone, Debug)]
pub struct Extensions {
    caches: Caches,
    naming: NamingConditionController,
    establishing: EstablishingController,
    api_approval: ApiApprovalController,
    finalizer: CrdFinalizer,
}

impl Extensions {
    /// The loops; they have nothing to do where definitions are not served.
    pub fn new(served: &RuntimeConfig) -> Extensions {
        let mut extensions = Extensions {
            caches: Caches::default(),
            naming: NamingConditionController::default(),
            establishing: EstablishingController::default(),
            api_approval: ApiApprovalController::default(),
            finalizer: CrdFinalizer::default(),
        };
        extensions.caches = Caches::for_controllers(&extensions.controllers(), AGENT, served);
        extensions
    }

    /// The loops in a fixed order.
    pub fn controllers(&self) -> [&dyn Controller; 4] {
        [&self.naming, &self.establishing, &self.api_approval, &self.finalizer]
    }

    fn parts(&mut self) -> (&mut Caches, [&mut dyn Controller; 4]) {
        let loops: [&mut dyn Controller; 4] =
            [&mut self.naming, &mut self.establishing, &mut self.api_approval, &mut self.finalizer];
        (&mut self.caches, loops)
    }

    /// Whether a queue is one of theirs.
    pub fn has_queue(queue: &str) -> bool {
        [naming::NAME, establishing::NAME, api_approval::NAME, finalizer::NAME].contains(&queue)
    }

    /// The cache that they share.
    pub fn caches(&self) -> &Caches {
        &self.caches
    }

    /// What keeps it up to date.
    pub fn reflectors(&self) -> impl Iterator<Item = &Reflector> {
        self.caches.reflectors()
    }

    /// All work queues.
    pub fn queues(&self) -> impl Iterator<Item = &Queue> {
        self.controllers().into_iter().flat_map(|c| c.queues())
    }

    /// The definition that a key names.
    pub fn object(&self, queue: &str, key: &ObjectKey) -> Option<(Resource, ObjectKey)> {
        self.queues().find(|q| q.name == queue)?.object(key)
    }

    /// One move of the reflector.
    pub fn deliver(&mut self, cx: &mut Context, resource: &Resource) {
        let (caches, mut controllers) = self.parts();
        loops::deliver(cx, caches, &mut controllers, resource);
    }

    /// What could be synced now, once there is a list of the definitions.
    pub fn ready(&self, now: Time) -> impl Iterator<Item = (Str, ObjectKey)> {
        let synced = self.caches.synced();
        loops::ready(self.queues().filter(move |_| synced), now)
    }

    /// Syncs a key.
    pub fn sync(&mut self, cx: &mut Context, queue: &str, key: &ObjectKey) {
        let (caches, mut controllers) = self.parts();
        loops::sync(cx, caches, &mut controllers, queue, key);
    }

    /// Takes a key out of a queue and no more.
    pub fn take(&mut self, queue: &str, key: &ObjectKey, now: Time) {
        loops::take(&mut self.parts().1, queue, key, now);
    }

    /// The keys that were given a time since this was last asked.
    pub fn timers_set(&mut self) -> Vec<(&'static str, ObjectKey)> {
        loops::timers_set(&mut self.parts().1)
    }

    /// The moments at which there is something to do.
    pub fn timers(&self) -> impl Iterator<Item = Timer> {
        loops::timers(self.queues(), self.reflectors())
    }
}

/// The condition of a type (`FindCRDCondition`).
fn condition<'c>(crd: &'c Json, kind: &str) -> &'c Json {
    static NONE: Json = Json::Null;
    let mut conditions = crd["status"]["conditions"].items().iter();
    conditions.find(|c| c["type"].str() == kind).unwrap_or(&NONE)
}

/// Whether a condition is true.
fn is_true(crd: &Json, kind: &str) -> bool {
    condition(crd, kind)["status"].str() == "True"
}

/// Sets a condition; its time changes where its status does (`SetCRDCondition`).
fn set_condition(crd: &mut Json, now: Time, kind: &str, status: &str, reason: &str, message: &str) {
    let old = condition(crd, kind).clone();
    let since =
        if old["status"].str() == status { old["lastTransitionTime"].clone() } else { now.rfc3339().into() };
    let new = json!({
        "type": kind, "status": status, "reason": reason, "message": message, "lastTransitionTime": since,
    });
    let mut conditions = crd["status"]["conditions"].items().to_vec();
    match conditions.iter_mut().find(|c| c["type"].str() == kind) {
        Some(known) => *known = new,
        None => conditions.push(new),
    }
    crd.set_at(&["status", "conditions"], conditions);
}

/// Writes the status; `None` where the definition is gone or newer, of which the informer will tell.
fn update_status(cx: &mut Context, crd: Json) -> Result<Option<Json>, Status> {
    match cx.api.call(Request::update_status(kinds::CUSTOMRESOURCEDEFINITIONS, crd).by(AGENT)) {
        Ok(response) => Ok(Some(response.body)),
        Err(error) if error.is_not_found() || error.is_conflict() => Ok(None),
        Err(error) => Err(error),
    }
}
