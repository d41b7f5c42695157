//! [`Reflector`]: keeps up with one resource by listing it once and watching it from there (client-go's
//! `tools/cache/reflector.go`).
//!
//! It is a state machine with one move at a time, so that each change can be delivered as a step of its own:
//!
//! ```text
//! NotListed ──list + watch──▶ Watching ──event──▶ Watching
//!     ▲                          │
//!     └──── 410 Gone, or the ────┘
//!           watch cannot open
//! ```

use super::{Api, Backoff, Context};
use crate::api::{EventType, Request, Resource, Status, Verb, WatchEvent, WatchId};
use crate::json::{Json, Str};
use crate::sim::Time;
use std::time::Duration;

/// How a relist that failed is put off (`reflector.go`: 800 ms doubling to 30 s).
const RELIST: Backoff = Backoff::new(Duration::from_millis(800), Duration::from_secs(30));

/// What a move of the reflector brought.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// The whole collection, anew: whatever is not in it is gone.
    Replaced(Vec<Json>),
    /// One object came, changed or went.
    Event(WatchEvent),
}

/// List, then watch, then list again when the history one stood on is compacted.
#[derive(Clone, Debug)]
pub struct Reflector {
    resource: Resource,
    agent: Str,
    namespace: Str,
    field_selector: Str,
    ownership: bool,
    watch: Option<WatchId>,
    synced: bool,
    version: Str,
    failures: u32,
    retry_at: Option<Time>,
}

impl Reflector {
    /// A reflector of all objects of a resource, which calls itself `agent`.
    pub fn new(resource: impl Into<Resource>, agent: impl Into<Str>) -> Reflector {
        Reflector {
            resource: resource.into(),
            agent: agent.into(),
            namespace: Str::default(),
            field_selector: Str::default(),
            ownership: false,
            watch: None,
            synced: false,
            version: Str::default(),
            failures: 0,
            retry_at: None,
        }
    }

    /// Only objects that a field selector matches: a kubelet asks for `spec.nodeName=node-1`.
    pub fn with_field_selector(mut self, selector: impl Into<Str>) -> Reflector {
        self.field_selector = selector.into();
        self
    }

    /// Only what concerns who owns whom: how the garbage collector follows what no other controller does.
    pub fn of_ownership(mut self) -> Reflector {
        self.ownership = true;
        self
    }

    /// Only the one object of this name: how a kubelet follows a ConfigMap.
    pub fn of_one(mut self, namespace: impl Into<Str>, name: &str) -> Reflector {
        self.namespace = namespace.into();
        self.with_field_selector(format!("metadata.name={name}"))
    }

    /// Whether it brings only what concerns who owns whom.
    pub fn is_of_ownership(&self) -> bool {
        self.ownership
    }

    /// What it reflects.
    pub fn resource(&self) -> &Resource {
        &self.resource
    }

    /// Which of it: `""`, or a field selector.
    pub fn field_selector(&self) -> &str {
        &self.field_selector
    }

    /// The open watch; `None`: the next move lists.
    pub fn watch(&self) -> Option<WatchId> {
        self.watch
    }

    /// Whether the first list has arrived.
    pub fn synced(&self) -> bool {
        self.synced
    }

    /// The resource version it has come to.
    pub fn version(&self) -> &Str {
        &self.version
    }

    /// When it will try to list again, where the last try failed.
    pub fn retry_at(&self) -> Option<Time> {
        self.retry_at
    }

    /// Whether it can list now. (While it watches, the API server knows whether an event waits.)
    pub fn can_list(&self, now: Time) -> bool {
        self.watch.is_none() && self.retry_at.is_none_or(|at| at <= now)
    }

    /// Forgets its watch, as a restarted component does; the next move lists.
    pub fn reset(&mut self, api: &mut dyn Api) {
        if let Some(watch) = self.watch.take() {
            api.stop_watch(watch);
        }
        self.synced = false;
    }

    /// One move: the list and the opening of the watch, or one event.
    pub fn advance(&mut self, cx: &mut Context) -> Result<Option<Change>, Status> {
        let Some(watch) = self.watch else {
            return self.list_and_watch(cx).map(Some).inspect_err(|_| {
                self.retry_at = Some(cx.now + RELIST.after(self.failures));
                self.failures += 1;
            });
        };
        let Some(event) = cx.api.next_event(watch) else { return Ok(None) };
        if event.event == EventType::Error {
            cx.api.stop_watch(watch);
            self.watch = None;
            return Ok(None);
        }
        if let Some(version) = event.object["metadata"]["resourceVersion"].as_str() {
            self.version = version.into();
        }
        Ok((event.event != EventType::Bookmark).then_some(Change::Event(event)))
    }

    fn request(&self, verb: Verb, version: Str) -> Request {
        Request::new(verb, self.resource.clone(), self.namespace.clone(), "").by(&self.agent).with(
            |options| {
                options.field_selector = self.field_selector.clone();
                options.resource_version = version;
                options.ownership = self.ownership;
            },
        )
    }

    /// Opens the watch without a list: what is there comes as its first events (`WatchList`, KEP 3157).
    pub fn watch_list(&mut self, cx: &mut Context) {
        if let Ok(opened) = cx.api.call(self.request(Verb::Watch, Str::default())) {
            self.watch = opened.watch;
            self.synced = true;
        }
    }

    fn list_and_watch(&mut self, cx: &mut Context) -> Result<Change, Status> {
        let list = cx.api.call(self.request(Verb::List, Str::default()))?.body;
        let version = Str::from(list["metadata"]["resourceVersion"].str());
        let opened = cx.api.call(self.request(Verb::Watch, version.clone()))?;
        self.watch = opened.watch;
        self.version = version;
        self.synced = true;
        self.failures = 0;
        self.retry_at = None;
        Ok(Change::Replaced(list["items"].items().iter().map(|item| self.typed(item)).collect()))
    }

    /// The items of a list do not say what they are; those of a watch do. Here all do.
    fn typed(&self, item: &Json) -> Json {
        let mut item = item.clone();
        if item["kind"].is_null() {
            item.set("kind", &self.resource.kind);
            item.set("apiVersion", self.resource.api_version());
        }
        item
    }
}
