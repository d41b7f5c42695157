//! The establishing controller: a definition whose names are accepted begins to be served
//! (`pkg/controller/establish/establishing_controller.go`). With one API server there is nothing to wait for.

use super::{is_true, set_condition, update_status};
use crate::api::{ObjectKey, Resource, ResourceInfo, Status, kinds};
use crate::client::{Context, Delta};
use crate::controllers::{Caches, Controller, Queue};
use crate::json::Json;
use crate::sim::Time;

/// Its name.
pub const NAME: &str = "crd-establishing-controller";

/// Establishes definitions.
#[derive(Clone, Debug)]
pub struct EstablishingController([Queue; 1]);

impl Default for EstablishingController {
    fn default() -> Self {
        EstablishingController([Queue::new(NAME, kinds::CUSTOMRESOURCEDEFINITIONS, 1)])
    }
}

fn is_due(crd: &Json) -> bool {
    is_true(crd, "NamesAccepted") && !is_true(crd, "Established")
}

impl Controller for EstablishingController {
    fn name(&self) -> &'static str {
        NAME
    }

    fn watches(&self) -> Vec<&'static ResourceInfo> {
        vec![kinds::CUSTOMRESOURCEDEFINITIONS]
    }

    fn handle(&mut self, _: &Caches, _: &Resource, delta: &Delta, _: Time) {
        if let Delta::Added(crd) | Delta::Updated(_, crd) = delta
            && is_due(crd)
        {
            self.0[0].keys.add(ObjectKey::of(crd));
        }
    }

    fn queues(&self) -> &[Queue] {
        &self.0
    }

    fn queues_mut(&mut self) -> &mut [Queue] {
        &mut self.0
    }

    fn sync(&mut self, cx: &mut Context, caches: &Caches, _: usize, key: &ObjectKey) -> Result<(), Status> {
        let cached = caches.of(kinds::CUSTOMRESOURCEDEFINITIONS).get(key);
        cx.note("read-cache", [("found", Json::Bool(cached.is_some()))]);
        let Some(crd) = cached.filter(|crd| is_due(crd)) else { return Ok(()) };
        let mut new = crd.clone();
        let message = "the initial names have been accepted";
        set_condition(&mut new, cx.now, "Established", "True", "InitialNamesAccepted", message);
        cx.note("establish", [("name", Json::from(&key.name))]);
        update_status(cx, new).map(|_| ())
    }
}
