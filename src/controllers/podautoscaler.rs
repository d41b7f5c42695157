//! The horizontal pod autoscaler (`pkg/controller/podautoscaler`): every 15 seconds it looks at what its target's pods use and
//! writes how many of them there shall be.
//!
//! This cluster has no metrics server, as a bare one has none; so what it can do is to keep the number within its bounds, and
//! to say that it cannot get its metrics.

use super::{Caches, Controller, Queue};
use crate::api::{ObjectKey, Request, Resource, ResourceInfo, Status, kinds, meta};
use crate::client::{Context, Delta, EventKind, Recorder};
use crate::json;
use crate::json::{Json, Str};
use crate::sim::Time;
use std::time::Duration;

/// Its queue's name, and who it is in events.
const AGENT: &str = "horizontal-pod-autoscaler";
/// How often each autoscaler is looked at; for the first time so long after it was made
/// (`--horizontal-pod-autoscaler-sync-period`).
const PERIOD: Duration = Duration::from_secs(15);

/// Scales what autoscalers point at.
#[derive(Clone, Debug)]
pub struct HorizontalController {
    queues: [Queue; 1],
    recorder: Recorder,
}

impl Default for HorizontalController {
    fn default() -> Self {
        let queue = Queue::new(AGENT, kinds::HORIZONTALPODAUTOSCALERS_V2, 5);
        HorizontalController {
            queues: [Queue { periodic: true, ..queue }],
            recorder: Recorder::new(AGENT, ""),
        }
    }
}

/// An autoscaler that is being looked at.
struct Look {
    object: Json,
    status: Json,
    now: Time,
}

impl Look {
    /// Sets a condition; it keeps the time of its last transition where its status stays.
    fn condition(&mut self, kind: &str, holds: bool, reason: &str, message: &str) {
        let holds = if holds { "True" } else { "False" };
        let mut all: Vec<Json> = self.status["conditions"].items().to_vec();
        let place = all.iter().position(|c| c["type"].str() == kind);
        let since = place.map(|i| &all[i]).filter(|c| c["status"].str() == holds);
        let since = since.map_or_else(|| self.now.rfc3339().into(), |c| c["lastTransitionTime"].clone());
        let condition = json!({
            "type": kind, "status": holds, "reason": reason, "message": message, "lastTransitionTime": since,
        });
        match place {
            Some(i) => all[i] = condition,
            None => all.push(condition),
        }
        self.status.set("conditions", all);
    }

    fn counts(&mut self, current: i64, desired: i64) {
        match current {
            0 => drop(self.status.remove("currentReplicas")),
            current => self.status.set("currentReplicas", current),
        }
        self.status.set("desiredReplicas", desired);
    }
}

impl HorizontalController {
    fn tell(&mut self, look: &Look, kind: EventKind, reason: &str, message: &str) {
        let about = &look.object;
        self.recorder.event(about, kinds::HORIZONTALPODAUTOSCALERS_V2, kind, Str::from(reason), message);
    }

    /// One reconcile (`reconcileAutoscaler`).
    fn reconcile(&mut self, cx: &mut Context, look: &mut Look) -> Result<(), Status> {
        let spec = look.object["spec"].clone();
        let (target, scale) = match target_scale(cx, &look.object) {
            Ok(found) => found,
            Err(error) => {
                cx.note("no-scale", [("error", Json::from(&error.message))]);
                self.tell(look, EventKind::Warning, "FailedGetScale", &error.message);
                let why = &error.message;
                let message =
                    format!("the HPA controller was unable to get the target's current scale: {why}");
                look.condition("AbleToScale", false, "FailedGetScale", &message);
                return Ok(());
            }
        };
        let message = "the HPA controller was able to get the target's current scale";
        look.condition("AbleToScale", true, "SucceededGetScale", message);
        let current = scale["spec"]["replicas"].as_i64().unwrap_or(0);
        let (least, most) =
            (spec["minReplicas"].as_i64().unwrap_or(1), spec["maxReplicas"].as_i64().unwrap_or(0));
        cx.note(
            "replicas-in-bounds",
            [("current", current.into()), ("min", least.into()), ("max", most.into())],
        );
        let (desired, why) = if current == 0 && least != 0 {
            let message = "scaling is disabled since the replica count of the target is zero";
            look.condition("ScalingActive", false, "ScalingDisabled", message);
            look.counts(current, 0);
            return Ok(());
        } else if current > most {
            (most, "Current number of replicas above Spec.MaxReplicas")
        } else if current < least {
            (least, "Current number of replicas below Spec.MinReplicas")
        } else {
            self.no_metrics(cx, look, &spec);
            let desired = look.status["desiredReplicas"].as_i64().unwrap_or(0);
            look.counts(current, desired);
            return Ok(());
        };
        cx.note("rescale", [("from", current.into()), ("to", desired.into())]);
        let mut scale = scale;
        scale.set_at(&["spec", "replicas"], desired);
        let request = Request::update(target, scale).with_subresource("scale").by(AGENT);
        if let Err(error) = cx.api.call(request) {
            let message = format!("New size: {desired}; reason: {why}; error: {}", error.message);
            self.tell(look, EventKind::Warning, "FailedRescale", &message);
            let message =
                format!("the HPA controller was unable to update the target scale: {}", error.message);
            look.condition("AbleToScale", false, "FailedUpdateScale", &message);
            let desired = look.status["desiredReplicas"].as_i64().unwrap_or(0);
            look.counts(current, desired);
            return Ok(());
        }
        let message = format!("the HPA controller was able to update the target scale to {desired}");
        look.condition("AbleToScale", true, "SucceededRescale", &message);
        self.tell(
            look,
            EventKind::Normal,
            "SuccessfulRescale",
            &format!("New size: {desired}; reason: {why}"),
        );
        look.counts(current, desired);
        look.status.set("lastScaleTime", look.now.rfc3339());
        Ok(())
    }

    /// Nobody serves metrics: what each of them fails with (`computeReplicasForMetrics`).
    fn no_metrics(&mut self, cx: &mut Context, look: &mut Look, spec: &Json) {
        let metrics = spec["metrics"].items();
        let mut first: Option<(&str, String, String)> = None;
        for metric in metrics {
            let (reason, error, outer) = failure(&look.object, metric);
            self.tell(look, EventKind::Warning, reason, &error);
            if first.is_none() {
                first = Some((reason, format!("{outer}: {error}"), error));
            }
        }
        let Some((reason, outer, error)) = first else { return };
        cx.note("no-metrics", [("metrics", metrics.len().into()), ("error", Json::from(error.as_str()))]);
        let message = format!("the HPA was unable to compute the replica count: {error}");
        look.condition("ScalingActive", false, reason, &message);
        let count = metrics.len();
        let message = format!("invalid metrics ({count} invalid out of {count}), first error is: {outer}");
        self.tell(look, EventKind::Warning, "FailedComputeMetricsReplicas", &message);
    }
}

/// The kind that an autoscaler points at, and the scale of the object.
fn target_scale(cx: &mut Context, autoscaler: &Json) -> Result<(Resource, Json), Status> {
    let target = &autoscaler["spec"]["scaleTargetRef"];
    let (version, kind) = (target["apiVersion"].str(), target["kind"].str());
    let Some(info) = kinds::by_kind(version, kind) else {
        let group = version.split_once('/').map_or("", |(group, _)| group);
        return Err(Status::bad_request(format!("no matches for kind {kind:?} in group {group:?}")));
    };
    let namespace = autoscaler["metadata"]["namespace"].str();
    let get = Request::get(info, namespace, target["name"].str()).with_subresource("scale").by(AGENT);
    Ok((info.into(), cx.api.call(get)?.body))
}

/// The reason and the words of the event with which a metric cannot be had, and in which words that is passed on.
fn failure(autoscaler: &Json, metric: &Json) -> (&'static str, String, String) {
    const RESOURCES: &str = "unable to fetch metrics from resource metrics API: the server could not find the requested resource (get pods.metrics.k8s.io)";
    const CUSTOM: &str = "unable to fetch metrics from custom metrics API: no custom metrics API (custom.metrics.k8s.io) registered";
    const EXTERNAL: &str = "unable to fetch metrics from external metrics API: no external metrics API (external.metrics.k8s.io) registered";
    let of_resource = |source: &Json| {
        let name = source["name"].str();
        let what = if source["target"]["averageValue"].is_null() { "utilization" } else { "usage" };
        (
            name.to_owned(),
            format!("failed to get {name} {what}: unable to get metrics for resource {name}: {RESOURCES}"),
        )
    };
    match metric["type"].str() {
        "Pods" => {
            let name = metric["pods"]["metric"]["name"].str();
            let error = format!("unable to get metric {name}: {CUSTOM}");
            ("FailedGetPodsMetric", error, "failed to get pods metric value".into())
        }
        "Object" => {
            let (name, object) =
                (metric["object"]["metric"]["name"].str(), &metric["object"]["describedObject"]);
            let namespace = autoscaler["metadata"]["namespace"].str();
            let (kind, described) = (object["kind"].str(), object["name"].str());
            let error = format!("unable to get metric {name}: {kind} on {namespace} {described}/{CUSTOM}");
            ("FailedGetObjectMetric", error, "failed to get object metric value".into())
        }
        "External" => {
            let name = metric["external"]["metric"]["name"].str();
            let namespace = autoscaler["metadata"]["namespace"].str();
            let error = format!("unable to get external metric {namespace}/{name}/nil: {EXTERNAL}");
            ("FailedGetExternalMetric", error, format!("failed to get {name} external metric value"))
        }
        "ContainerResource" => {
            let (name, error) = of_resource(&metric["containerResource"]);
            (
                "FailedGetContainerResourceMetric",
                error,
                format!("failed to get {name} container metric value"),
            )
        }
        _ => {
            let (name, error) = of_resource(&metric["resource"]);
            ("FailedGetResourceMetric", error, format!("failed to get {name} resource metric value"))
        }
    }
}

impl Controller for HorizontalController {
    fn name(&self) -> &'static str {
        AGENT
    }

    fn watches(&self) -> Vec<&'static ResourceInfo> {
        vec![kinds::HORIZONTALPODAUTOSCALERS_V2, kinds::PODS]
    }

    fn handle(&mut self, _: &Caches, resource: &Resource, delta: &Delta, now: Time) {
        if *resource != Resource::from(kinds::HORIZONTALPODAUTOSCALERS_V2) {
            return;
        }
        let key = ObjectKey::of(delta.object());
        match delta {
            Delta::Deleted(_) => self.queues[0].keys.forget(&key),
            _ => self.queues[0].keys.add_after(key, now, PERIOD),
        }
    }

    fn queues(&self) -> &[Queue] {
        &self.queues
    }

    fn queues_mut(&mut self) -> &mut [Queue] {
        &mut self.queues
    }

    fn sync(&mut self, cx: &mut Context, caches: &Caches, _: usize, key: &ObjectKey) -> Result<(), Status> {
        let cached = caches.of(kinds::HORIZONTALPODAUTOSCALERS_V2).get(key);
        cx.note("read-cache", [("found", Json::Bool(cached.is_some()))]);
        let Some(autoscaler) = cached.filter(|autoscaler| !meta::is_being_deleted(autoscaler)) else {
            return Ok(());
        };
        // Whatever comes of it, it is looked at again.
        self.queues[0].keys.add_after(key.clone(), cx.now, PERIOD);
        let status = autoscaler["status"].clone();
        let mut look = Look { object: autoscaler.clone(), status, now: cx.now };
        self.reconcile(cx, &mut look)?;
        let changed = look.status != autoscaler["status"];
        cx.note("status", [("changed", changed.into())]);
        if changed {
            look.object.set("status", look.status);
            let request = Request::update_status(kinds::HORIZONTALPODAUTOSCALERS_V2, look.object);
            cx.api.call(request.by(AGENT))?;
        }
        Ok(())
    }

    fn recorder(&mut self) -> Option<&mut Recorder> {
        Some(&mut self.recorder)
    }
}
