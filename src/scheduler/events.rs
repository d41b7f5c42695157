//! [`Events`]: what the scheduler tells people, in the newer form of events (client-go's `tools/events`).
//!
//! Unlike the older recorder's, these carry `eventTime` and `reportingComponent` instead of `source` and `count`; what
//! happens again to the same pod within six minutes becomes a `series` of the first event.

use crate::api::{ObjectKey, PatchType, Request, kinds, meta};
use crate::client::Context;
use crate::collections::Map;
use crate::json;
use crate::json::{Json, Str};
use crate::sim::Time;
use std::time::Duration;

/// After this long of silence an event is a new one.
const SERIES: Duration = Duration::from_secs(360);

#[derive(Clone, Debug)]
struct Told {
    event: ObjectKey,
    count: i64,
    last: Time,
}

/// The scheduler's recorder.
#[derive(Clone, Debug, Default)]
pub struct Events {
    told: Map<(Str, Str), Told>,
}

impl Events {
    /// Tells something of a pod.
    pub fn event(
        &mut self,
        cx: &mut Context,
        pod: &Json,
        warning: bool,
        reason: &'static str,
        action: &'static str,
        message: &str,
    ) {
        let key = (Str::from(meta::uid(pod)), Str::fixed(reason));
        let now = Str::from(cx.now.rfc3339_micro());
        if let Some(told) = self.told.get_mut(&key).filter(|t| cx.now.since(t.last) < SERIES) {
            told.count += 1;
            told.last = cx.now;
            let series = json!({ "series": { "count": told.count, "lastObservedTime": &now } });
            let (namespace, name) = (told.event.namespace.clone(), told.event.name.clone());
            let patch = Request::patch(PatchType::Strategic, kinds::EVENTS, namespace, name, series);
            if cx.api.call(patch.by(super::AGENT)).is_ok() {
                return;
            }
        }
        let about = ObjectKey::of(pod);
        // The clock stands still within a step, so chance makes the name unique.
        let nanos = cx.now.0.saturating_add(cx.rng.below(1_000_000) as i64);
        let name = Str::from(format!("{}.{nanos:x}", about.name));
        let body = json!({
            "apiVersion": "v1", "kind": "Event",
            "metadata": { "name": &name, "namespace": &about.namespace },
            "involvedObject": meta::object_reference(pod, &kinds::PODS.into()),
            "reason": reason, "action": action, "message": message,
            "type": if warning { "Warning" } else { "Normal" },
            "eventTime": now, "firstTimestamp": null, "lastTimestamp": null, "source": {},
            "reportingComponent": super::AGENT, "reportingInstance": "default-scheduler-control-plane",
        });
        if cx.api.call(Request::create(kinds::EVENTS, body).by(super::AGENT)).is_ok() && warning {
            let event = ObjectKey::new(&about.namespace, name);
            self.told.insert(key, Told { event, count: 1, last: cx.now });
        }
    }

    /// The pod is gone or placed: nothing will be repeated.
    pub fn forget(&mut self, pod: &Json) {
        self.told.remove(&(Str::from(meta::uid(pod)), Str::fixed("FailedScheduling")));
    }
}
