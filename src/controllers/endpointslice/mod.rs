//! The EndpointSlice controller: keeps the slices of each Service that has a selector: lists of the addresses of its
//! pods, with what each is fit for (`pkg/controller/endpointslice/endpointslice_controller.go`).

mod reconciler;
mod tracker;

use super::endpoint_util::{self as util, TriggerTimes};
use super::pod_control::namespace_terminating;
use super::{Caches, Controller, Queue};
use crate::api::endpoints::{MANAGED_BY, SERVICE_NAME, TRIGGER_TIME};
use crate::api::{ObjectKey, Reason, Request, Resource, ResourceInfo, Status, kinds, meta};
use crate::client::{Backoff, Context, Delta, EventKind, Recorder};
use crate::json::{Json, Str};
use crate::sim::Time;
use reconciler::Plan;
use std::time::Duration;
use tracker::{Tracker, service_of};

const NAME: &str = "endpointslice-controller";
/// How its slices and events name it.
const AGENT: &str = "endpointslice-controller.k8s.io";
/// How long a Service that failed waits (`defaultSyncBackOff`, `maxSyncBackOff`).
const LIMIT: Backoff = Backoff::new(Duration::from_secs(1), Duration::from_secs(1000));
/// So long after a slice was changed by others its Service is looked at (`endpointSliceChangeMinSyncDelay`).
const SLICE_DELAY: Duration = Duration::from_secs(1);

/// Keeps EndpointSlices.
#[derive(Clone, Debug)]
pub struct EndpointSliceController {
    queues: [Queue; 1],
    recorder: Recorder,
    trigger_times: TriggerTimes,
    tracker: Tracker,
}

impl Default for EndpointSliceController {
    fn default() -> Self {
        EndpointSliceController {
            queues: [Queue::limited(NAME, kinds::SERVICES, 5, LIMIT)],
            recorder: Recorder::new(NAME, ""),
            trigger_times: TriggerTimes::default(),
            tracker: Tracker::default(),
        }
    }
}

fn is_managed(slice: &Json) -> bool {
    slice["metadata"]["labels"][MANAGED_BY].str() == AGENT
}

impl Controller for EndpointSliceController {
    fn name(&self) -> &'static str {
        NAME
    }

    fn watches(&self) -> Vec<&'static ResourceInfo> {
        vec![kinds::ENDPOINTSLICES, kinds::NODES, kinds::PODS, kinds::SERVICES]
    }

    fn handle(&mut self, caches: &Caches, resource: &Resource, delta: &Delta, now: Time) {
        match &*resource.kind {
            "Pod" => util::handle_pod(&mut self.queues[0].keys, caches, delta),
            "Service" => self.queues[0].keys.add(ObjectKey::of(delta.object())),
            "EndpointSlice" => self.handle_slice(delta, now),
            // Nodes matter to hints of topology alone, which nobody asks for here.
            _ => {}
        }
    }

    fn queues(&self) -> &[Queue] {
        &self.queues
    }

    fn queues_mut(&mut self) -> &mut [Queue] {
        &mut self.queues
    }

    fn recorder(&mut self) -> Option<&mut Recorder> {
        Some(&mut self.recorder)
    }

    fn sync(&mut self, cx: &mut Context, caches: &Caches, _: usize, key: &ObjectKey) -> Result<(), Status> {
        let service = caches.of(kinds::SERVICES).get(key);
        cx.note("read-cache", [("found", Json::Bool(service.is_some()))]);
        let Some(service) = service else {
            // The garbage collector takes its slices.
            self.trigger_times.forget(key);
            self.tracker.forget(key);
            return Ok(());
        };
        if service["spec"]["type"].str() == "ExternalName" || service["spec"]["selector"].is_null() {
            cx.note("no-selector", []);
            return Ok(());
        }
        let pods: Vec<Json> = util::pods_of(caches, service).cloned().collect();
        let own = |slice: &&Json| {
            is_managed(slice)
                && slice["metadata"]["labels"][SERVICE_NAME] == service["metadata"]["name"]
                && !meta::is_being_deleted(slice)
        };
        let slices: Vec<Json> =
            caches.of(kinds::ENDPOINTSLICES).in_namespace(&key.namespace).filter(own).cloned().collect();
        if self.tracker.is_ahead_of(key, &slices) {
            cx.note("cache-behind", [("kind", "EndpointSlice".into())]);
            return Err(Status::new(Reason::InternalError, "EndpointSlice informer cache is out of date"));
        }
        let trigger_time = self.trigger_times.compute(service, &pods);
        let plan = reconciler::reconcile(caches, service, &pods, &slices);
        cx.note(
            "plan-slices",
            [
                ("pods", pods.len().into()),
                ("create", plan.create.len().into()),
                ("update", plan.update.len().into()),
                ("delete", plan.delete.len().into()),
            ],
        );
        let outcome = self.write(cx, service, plan, trigger_time);
        if let Err(error) = &outcome {
            let why = format!("Error updating Endpoint Slices for Service {key}: {}", error.message);
            let reason = "FailedToUpdateEndpointSlices";
            self.recorder.event(service, kinds::SERVICES, EventKind::Warning, reason, why);
        }
        outcome
    }
}

impl EndpointSliceController {
    /// A slice that is other than this controller left it is mended.
    fn handle_slice(&mut self, delta: &Delta, now: Time) {
        let slice = delta.object();
        let mended = match delta {
            Delta::Added(_) => is_managed(slice) && self.tracker.is_news(slice),
            Delta::Updated(old, _) if service_of(old) != service_of(slice) => {
                self.add_after(old, now);
                true
            }
            Delta::Updated(old, _) => {
                is_managed(old) != is_managed(slice) || is_managed(slice) && self.tracker.is_news(slice)
            }
            Delta::Deleted(_) => is_managed(slice) && self.tracker.gone_unexpectedly(slice),
        };
        if mended {
            self.add_after(slice, now);
        }
    }

    fn add_after(&mut self, slice: &Json, now: Time) {
        if let Some(service) = service_of(slice) {
            self.queues[0].keys.add_after(service, now, SLICE_DELAY);
        }
    }

    /// Creates, updates and deletes (`finalize`).
    fn write(
        &mut self,
        cx: &mut Context,
        service: &Json,
        plan: Plan,
        trigger_time: Option<Json>,
    ) -> Result<(), Status> {
        let failed = |verb: &str, error: Status| {
            let name =
                format!("{}/{}", service["metadata"]["namespace"].str(), service["metadata"]["name"].str());
            Status {
                message: format!("failed to {verb} EndpointSlice for Service {name}: {}", error.message)
                    .into(),
                ..error
            }
        };
        let timed = |mut slice: Json| {
            match &trigger_time {
                Some(moment) => slice.set_at(&["metadata", "annotations", TRIGGER_TIME], moment),
                None => {
                    let mut annotations = slice["metadata"]["annotations"].clone();
                    if annotations.remove(TRIGGER_TIME).is_some() {
                        slice.set_at(&["metadata", "annotations"], annotations);
                    }
                }
            }
            slice
        };
        // The garbage collector is taking the slices of a Service that is being deleted.
        let create = if meta::is_being_deleted(service) { Vec::new() } else { plan.create };
        for slice in create {
            match cx.api.call(Request::create(kinds::ENDPOINTSLICES, timed(slice)).by(NAME)) {
                Ok(created) => self.tracker.update(&created.body),
                Err(error) if namespace_terminating(&error) => return Ok(()),
                Err(error) => return Err(failed("create", error)),
            }
        }
        for slice in plan.update {
            let updated = cx.api.call(Request::update(kinds::ENDPOINTSLICES, timed(slice)).by(NAME));
            self.tracker.update(&updated.map_err(|error| failed("update", error))?.body);
        }
        for slice in plan.delete {
            let key = ObjectKey::of(&slice);
            let delete = Request::delete(kinds::ENDPOINTSLICES, key.namespace, key.name).by(NAME);
            match cx.api.call(delete) {
                Ok(_) => self.tracker.expect_deletion(&slice),
                Err(error) if error.is_not_found() => {}
                Err(error) => return Err(failed("delete", error)),
            }
        }
        if plan.without_node.is_empty() {
            return Ok(());
        }
        let pods: Vec<&str> = plan.without_node.iter().map(Str::as_str).collect();
        let why = format!("skipping Pod {}: Node Not Found", pods.join(", "));
        Err(Status::new(Reason::InternalError, why))
    }
}
