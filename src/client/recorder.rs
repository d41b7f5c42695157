//! [`Recorder`]: tells people what a component did, as Event objects (client-go's `tools/record`).
//!
//! Events that say the same are counted in one object; the tenth of a kind, and all after it within ten minutes, are
//! combined; a component that will not stop talking of one object is cut off. That is the `EventCorrelator`:
//!
//! ```text
//! event ──▶ aggregate (same reason, other message: combined from the tenth on)
//!       ──▶ observe   (same message: raise `count` of the object that is there)
//!       ──▶ filter    (25 at once, then one in five minutes, for each source and object)
//!       ──▶ POST or PATCH
//! ```

use super::Context;
use super::lru::Lru;
use crate::api::{PatchType, Request, Resource, kinds, meta};
use crate::collections::{List, Set};
use crate::json;
use crate::json::{Json, Str};
use crate::sim::Time;
use std::time::Duration;

/// So many different messages are told one by one (`defaultAggregateMaxEvents` − 1).
const MAX_EVENTS: usize = 10;
/// After this long of silence, the counting of similar events starts anew.
const MAX_INTERVAL: Duration = Duration::from_secs(600);
/// How many events of one source and object may come at once …
const SPAM_BURST: f64 = 25.0;
/// … and how many a second after that.
const SPAM_RATE: f64 = 1.0 / 300.0;

/// Whether an event is as it should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventKind {
    /// `Normal`
    Normal,
    /// `Warning`
    Warning,
}

impl EventKind {
    fn name(self) -> Str {
        Str::fixed(match self {
            EventKind::Normal => "Normal",
            EventKind::Warning => "Warning",
        })
    }
}

#[derive(Clone, Debug)]
struct Similar {
    messages: Set<Str>,
    last: Time,
}

#[derive(Clone, Debug)]
struct Observed {
    count: i64,
    name: Str,
    first: Str,
}

#[derive(Clone, Debug)]
struct Pending {
    about: Json,
    kind: EventKind,
    reason: Str,
    message: Str,
}

/// Records the events of one component. [`event`](Recorder::event) notes, [`flush`](Recorder::flush) posts.
#[derive(Clone, Debug)]
pub struct Recorder {
    component: Str,
    host: Str,
    pending: List<Pending>,
    similar: Lru<Similar>,
    observed: Lru<Observed>,
    spam: Lru<(f64, Time)>,
    last_nanos: i64,
}

impl Recorder {
    /// For a component; `host` is the node of a kubelet, else `""`.
    pub fn new(component: impl Into<Str>, host: impl Into<Str>) -> Recorder {
        Recorder {
            component: component.into(),
            host: host.into(),
            pending: List::new(),
            similar: Lru::default(),
            observed: Lru::default(),
            spam: Lru::default(),
            last_nanos: 0,
        }
    }

    /// Notes an event about an object.
    pub fn event(
        &mut self,
        object: &Json,
        resource: impl Into<Resource>,
        kind: EventKind,
        reason: impl Into<Str>,
        message: impl Into<Str>,
    ) {
        let about = meta::object_reference(object, &resource.into());
        self.event_about(about, kind, reason, message);
    }

    /// Notes an event about whatever a reference names (a container of a pod, by `fieldPath`).
    pub fn event_about(
        &mut self,
        about: Json,
        kind: EventKind,
        reason: impl Into<Str>,
        message: impl Into<Str>,
    ) {
        self.pending.push_back(Pending { about, kind, reason: reason.into(), message: message.into() });
    }

    /// Whether something was noted and not yet posted.
    pub fn has_pending(&self) -> bool {
        !self.pending.is_empty()
    }

    /// Posts what was noted. A refused event is lost, as upstream's is.
    pub fn flush(&mut self, cx: &mut Context) {
        while let Some(pending) = self.pending.pop_front() {
            self.post(cx, pending);
        }
    }

    fn post(&mut self, cx: &mut Context, event: Pending) {
        let object = {
            let part = |key: &str| event.about[key].str().to_string();
            // The uid first: it alone tells almost all objects apart, so keys differ early.
            [part("uid"), part("kind"), part("namespace"), part("name"), part("apiVersion")].join("/")
        };
        let alike = format!("{object} {} {}", event.kind.name(), event.reason);
        let (key, message) = self.aggregate(alike, &event, cx.now);
        let name = self.new_name(cx, event.about["name"].str());
        let now = Str::from(cx.now.rfc3339());
        let before = self.observed.get(&key).cloned();
        let (count, name, first) = match &before {
            Some(o) => (o.count + 1, o.name.clone(), o.first.clone()),
            None => (1, name, now.clone()),
        };
        if self.is_spam(&object, cx.now) {
            return;
        }
        let namespace = match event.about["namespace"].str() {
            "" => Str::fixed("default"),
            namespace => namespace.into(),
        };
        let agent = |request: Request| request.by(&self.component);
        let patched = before.is_some() && {
            let patch = json!({ "count": count, "lastTimestamp": &now, "message": &message });
            let kind = PatchType::Strategic;
            let request = Request::patch(kind, kinds::EVENTS, namespace.clone(), name.clone(), patch);
            cx.api.call(agent(request)).is_ok()
        };
        if !patched {
            let mut source = json!({ "component": &self.component });
            if !self.host.is_empty() {
                source.set("host", &self.host);
            }
            let body = json!({
                "apiVersion": "v1", "kind": "Event",
                "metadata": { "name": &name, "namespace": namespace },
                "involvedObject": event.about, "reason": event.reason, "message": message,
                "source": source, "firstTimestamp": &first, "lastTimestamp": &now, "count": count,
                "type": event.kind.name(), "eventTime": null,
                "reportingComponent": &self.component, "reportingInstance": &self.host,
            });
            if cx.api.call(agent(Request::create(kinds::EVENTS, body))).is_err() {
                return;
            }
        }
        self.observed.insert(&key, Observed { count, name, first });
    }

    /// The key under which an event is counted, and its message.
    fn aggregate(&mut self, alike: String, event: &Pending, now: Time) -> (String, Str) {
        let path = event.about["fieldPath"].str();
        let exact = format!("{alike} {path} {}", event.message);
        let mut similar = match self.similar.get(&alike) {
            Some(s) if now.since(s.last) <= MAX_INTERVAL => s.clone(),
            _ => Similar { messages: Set::new(), last: now },
        };
        similar.messages.insert(event.message.clone());
        similar.last = now;
        let combined = similar.messages.len() >= MAX_EVENTS;
        if combined {
            similar.messages.remove(&event.message);
        }
        self.similar.insert(&alike, similar);
        if combined {
            (alike, format!("(combined from similar events): {}", event.message).into())
        } else {
            (exact, event.message.clone())
        }
    }

    /// A token bucket for each source and object.
    fn is_spam(&mut self, object: &str, now: Time) -> bool {
        let (tokens, at) = self.spam.get(object).copied().unwrap_or((SPAM_BURST, now));
        let tokens = (tokens + now.since(at).as_secs_f64() * SPAM_RATE).min(SPAM_BURST);
        let spam = tokens < 1.0;
        self.spam.insert(object, (if spam { tokens } else { tokens - 1.0 }, now));
        spam
    }

    /// `<object>.<nanoseconds in hex>`. The virtual clock stands still during a step, so chance and order make it unique.
    fn new_name(&mut self, cx: &mut Context, object: &str) -> Str {
        let step = 1 + cx.rng.below(4096) as i64;
        self.last_nanos = cx.now.0.max(self.last_nanos).saturating_add(step);
        format!("{object}.{:x}", self.last_nanos).into()
    }
}
