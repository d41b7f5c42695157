//! [`ApiServer`]: one door for everybody. A request comes in; an answer, or a `Status` saying why not, goes out.

use super::authorizer::reviews;
use super::expiry::Leases;
use super::fields::managers::Seen;
use super::selection::Selection;
use super::store::{Change, Revision, Store, Write};
use super::watch::{self, Watches};
use super::{create, custom, delete, options, paging, patch, scale, subresource, table, update, versions};
use crate::api::{
    EventType, ObjectKey, Reason, Request, Resource, Response, RuntimeConfig, Served, Status, Verb,
    WatchEvent, WatchId, kinds,
};
use crate::collections::sort_by;
use crate::json;
use crate::json::{Json, Str};
use crate::sim::{Rng, Time};
use std::sync::Arc;

/// What every answer about Endpoints warns of.
const ENDPOINTS_DEPRECATED: &str =
    "v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice";

/// The API server with its storage and its open watches.
#[derive(Clone, Debug)]
pub struct ApiServer {
    pub(super) store: Store,
    pub(super) watches: Watches,
    pub(super) rng: Rng,
    pub(super) seen: Seen,
    pub(super) leases: Leases,
    /// The custom resources that are served, as the definitions say at this revision.
    custom: Arc<Vec<Resource>>,
    /// Since which revision they are.
    custom_since: u64,
    /// Which of the program's own resources are switched off.
    config: RuntimeConfig,
}

impl ApiServer {
    /// A server with the namespaces that every cluster has; `seed` decides uids and generated names.
    pub fn new(seed: u64, now: Time) -> ApiServer {
        let mut server = ApiServer {
            store: Store::default(),
            watches: Watches::default(),
            rng: Rng::new(seed),
            seen: Seen::default(),
            leases: Leases::default(),
            custom: Arc::default(),
            custom_since: 0,
            config: RuntimeConfig::default(),
        };
        server.seed(now);
        server.bootstrap(now);
        server
    }

    fn bootstrap(&mut self, now: Time) {
        for name in ["default", "kube-node-lease", "kube-public", "kube-system"] {
            let body = json!({ "apiVersion": "v1", "kind": "Namespace", "metadata": { "name": name } });
            let created = self.handle(now, &Request::create(kinds::NAMESPACES, body).by("apiserver"));
            debug_assert!(created.is_ok(), "{created:?}");
        }
    }

    /// Switches resources off.
    pub fn configure(&mut self, config: &RuntimeConfig) {
        self.config = config.clone();
    }

    /// Answers a request.
    pub fn handle(&mut self, now: Time, request: &Request) -> Result<Response, Status> {
        self.authorize(request)?;
        if !self.config.serves(&request.resource) {
            return Err(custom::not_served(request));
        }
        self.serve(now, request)
    }

    /// Answers a request that was let in.
    pub(super) fn serve(&mut self, now: Time, request: &Request) -> Result<Response, Status> {
        let resolved;
        let request = match request.resource.is_custom() {
            true => {
                resolved = custom::resolved(&self.custom, request)?;
                &resolved
            }
            false => request,
        };
        self.check_verb(request)?;
        options::check(request)?;
        custom::convertible(self, request)?;
        self.store.set_agent(&request.agent);
        if let Some(twin) = versions::twin(&request.resource) {
            // Who asks was checked for what is asked, not for how that is stored.
            return twin.handle(self, now, &request.clone().as_user(None));
        }
        let mut answer = self.answer_to(now, request)?;
        if request.resource == kinds::ENDPOINTS.into() {
            answer.warnings.push(Str::fixed(ENDPOINTS_DEPRECATED));
        }
        if let Some(warning) = request.resource.definition["warning"].as_str() {
            answer.warnings.insert(0, warning.into());
        }
        Ok(answer)
    }

    /// What discovery tells.
    pub fn served(&self) -> Served {
        Served { config: self.config.clone(), custom: self.custom.to_vec() }
    }

    /// What discovery tells of custom resources: each version that is served, the preferred one of several last.
    pub fn custom_resources(&self) -> &[Resource] {
        &self.custom
    }

    /// The revision at which custom resources last came, changed or went.
    pub fn custom_since(&self) -> u64 {
        self.custom_since
    }

    fn answer_to(&mut self, now: Time, request: &Request) -> Result<Response, Status> {
        match request.verb {
            Verb::Get => self.get(now, request),
            Verb::List => self.read_list(now, request),
            Verb::Watch => self.watch(now, request),
            Verb::Create => match reviews::create(self, now, request) {
                Some(answer) => answer,
                None => create::create(self, now, request),
            },
            Verb::Update => update::update(self, now, request),
            Verb::Patch(kind) => patch::patch(self, now, kind, request),
            Verb::Delete => delete::delete(self, now, request),
            Verb::DeleteCollection => delete::delete_collection(self, now, request),
        }
    }

    /// Whether a watch has an event to take.
    pub fn has_event(&self, watch: WatchId) -> bool {
        self.watches.has_event(watch)
    }

    /// How many events of a watch wait to be taken.
    pub fn pending(&self, watch: WatchId) -> usize {
        self.watches.pending(watch)
    }

    /// How many events wait in all watches together.
    pub fn pending_events(&self) -> usize {
        self.watches.all_pending()
    }

    /// A watch's next event, for looking at it without taking it.
    pub fn peek_event(&self, watch: WatchId) -> Option<&WatchEvent> {
        self.watches.peek_event(watch)
    }

    /// Takes a watch's next event.
    pub fn next_event(&mut self, watch: WatchId) -> Option<WatchEvent> {
        self.watches.next_event(watch)
    }

    /// Closes a watch.
    pub fn stop_watch(&mut self, watch: WatchId) {
        self.watches.stop(watch);
    }

    /// The store's newest revision.
    pub fn revision(&self) -> u64 {
        self.store.revision()
    }

    /// The newest revision at which no watch can start any more.
    pub fn compacted(&self) -> u64 {
        self.store.compacted()
    }

    /// Forgets the history up to and including a revision.
    pub fn compact(&mut self, revision: u64) {
        self.store.compact(revision);
    }

    /// Forgets what only people look back at: writes that are compacted.
    pub fn thin(&mut self) {
        self.store.thin();
    }

    /// Takes over what the same server, at a later moment, still knows of the writes before this one.
    pub fn recall(&mut self, later: &ApiServer) {
        self.store.recall(&later.store);
    }

    /// The resources that have objects, with how many; without what every cluster has from the start.
    pub fn counts(&self) -> Vec<(Resource, usize)> {
        let counts = self.store.counts().map(|(r, n)| (r.clone(), n - self.seeded(r)));
        counts.filter(|(_, n)| *n > 0).collect()
    }

    /// The object, for looking at it without asking; `Null` where there is none.
    pub fn peek(&self, resource: &Resource, key: &ObjectKey) -> Json {
        self.store.get(resource, key).cloned().unwrap_or_default()
    }

    /// The objects of a resource, for looking at them without asking.
    pub fn list(&self, resource: &Resource) -> Vec<Json> {
        self.store.list(resource, "").map(|(_, object)| object.clone()).collect()
    }

    /// Whether there is any object of a resource.
    pub fn has_any(&self, resource: &Resource) -> bool {
        self.store.list(resource, "").next().is_some()
    }

    /// The table of a resource's objects whose keys are wanted, for looking at it without asking.
    pub fn table(&self, now: Time, resource: &Resource, wanted: &mut dyn FnMut(&ObjectKey) -> bool) -> Json {
        let objects = self.store.list(resource, "").filter(|(key, _)| wanted(key)).map(|(_, object)| object);
        table::render(resource, objects, json!({}), now, true)
    }

    /// The newest `n` writes, newest first.
    pub fn latest_writes(&self, n: usize) -> Vec<Write> {
        self.store.latest_writes(n)
    }

    /// The archived revisions of an object, oldest first; also of one that is gone.
    pub fn history(&self, resource: &Resource, key: &ObjectKey) -> Vec<Revision> {
        self.store.history(resource, key)
    }

    /// The changes after a revision, oldest first.
    pub fn changes_after(&self, revision: u64) -> impl Iterator<Item = &Change> {
        self.store.changes_after(revision)
    }

    fn check_verb(&self, request: &Request) -> Result<(), Status> {
        let verb = request.verb.name();
        let resource = &request.resource;
        let verbs = if request.subresource.is_empty() {
            resource.verbs
        } else {
            let found = resource.subresources.iter().find(|(name, _)| request.subresource == *name);
            found
                .ok_or_else(|| match resource.is_custom() {
                    true => Status::not_found(resource, &request.name),
                    false => subresource::not_served(),
                })?
                .1
        };
        if verbs.contains(&verb) {
            return Ok(());
        }
        Err(Status::unrouted(true))
    }

    /// The object that a request names.
    pub(super) fn named(&self, request: &Request) -> Result<Json, Status> {
        let key = ObjectKey::new(request.namespace.clone(), request.name.clone());
        self.object(&request.resource, &key)
            .ok_or_else(|| Status::not_found(&request.resource, &request.name))
    }

    /// An object as its resource's version shows it.
    pub(super) fn object(&self, resource: &Resource, key: &ObjectKey) -> Option<Json> {
        self.store.get(resource, key).map(|object| custom::read(resource, object))
    }

    fn get(&self, now: Time, request: &Request) -> Result<Response, Status> {
        if &*request.subresource == "scale" {
            return scale::get(self, now, request);
        }
        // Views of the object itself, where its kind has them.
        let has = |view: &str| request.resource.subresources.iter().any(|(name, _)| &**name == view);
        match &*request.subresource {
            "" | "status" => {}
            view @ ("resize" | "ephemeralcontainers" | "approval") if has(view) => {}
            _ => return Err(subresource::not_served()),
        }
        let object = self.named(request)?;
        Ok(self.answer(now, request, 200, object, Vec::new()))
    }

    /// An answer that carries one object, as a table where that was asked for.
    pub(super) fn answer(
        &self,
        now: Time,
        request: &Request,
        code: u16,
        object: Json,
        warnings: Vec<Str>,
    ) -> Response {
        let body = if request.options.table {
            let meta = json!({ "resourceVersion": &object["metadata"]["resourceVersion"] });
            let rendered = table::render(&request.resource, [&object], meta, now, true);
            match table::wants_objects(&request.options) {
                true => table::with_objects(rendered, [&object]),
                false => rendered,
            }
        } else {
            object
        };
        Response { code, body, warnings, watch: None }
    }

    fn read_list(&self, now: Time, request: &Request) -> Result<Response, Status> {
        let selection = Selection::of(request)?;
        let resource = &request.resource;
        let token = &request.options.continue_token;
        let (revision, start) = if token.is_empty() {
            (paging::revision(request, self.revision())?, None)
        } else {
            let (revision, key) = paging::read(token, self.revision())?;
            if !matches!(request.options.resource_version.as_str(), "" | "0") {
                return Err(Status::bad_request(
                    "specifying resource version is not allowed when using continue",
                ));
            }
            (revision, Some(key))
        };
        let past;
        let all: Vec<(&ObjectKey, &Json)> = if revision == self.revision() {
            self.store.list(resource, &request.namespace).collect()
        } else {
            past = self.store.list_at(resource, revision).ok_or_else(|| paging::expired(start.is_some()))?;
            past.iter().collect()
        };
        let mut matching: Vec<(&ObjectKey, &Json)> =
            all.into_iter().filter(|(key, object)| selection.matches(key, object)).collect();
        if request.namespace.is_empty() && resource.namespaced {
            // etcd orders by the path `namespace/name`, where `a-b/…` stands before `a/…`.
            sort_by(&mut matching, |(a, _), (b, _)| path_bytes(a).cmp(path_bytes(b)));
        }
        if let Some(start) = &start {
            matching.retain(|(key, _)| paging::is_behind(request, key, start));
        }
        let mut meta = json!({ "resourceVersion": revision.to_string() });
        let limit = request.options.limit;
        if limit > 0 && matching.len() > limit {
            let rest = matching.len() - limit;
            matching.truncate(limit);
            if let Some((last, _)) = matching.last() {
                meta.set("continue", paging::token(revision, request, last));
                if request.options.label_selector.is_empty() && request.options.field_selector.is_empty() {
                    meta.set("remainingItemCount", rest);
                }
            }
        }
        let body = if request.options.table {
            let objects = || matching.iter().map(|(_, object)| *object);
            let rendered = table::render(resource, objects(), meta, now, true);
            match table::wants_objects(&request.options) {
                true => table::with_objects(rendered, objects()),
                false => rendered,
            }
        } else {
            let items: Json =
                matching.into_iter().map(|(_, object)| custom::read(resource, object)).collect();
            let kind = match resource.definition["listKind"].as_str() {
                Some(kind) => kind.to_string(),
                None => format!("{}List", resource.kind),
            };
            json!({
                "apiVersion": resource.api_version(), "kind": kind,
                "metadata": meta, "items": items,
            })
        };
        Ok(Response { code: 200, body, ..Response::default() })
    }

    fn watch(&mut self, now: Time, request: &Request) -> Result<Response, Status> {
        let mut selection = Selection::of(request)?;
        if !request.name.is_empty() {
            selection.name = request.name.clone();
        }
        let resource = &request.resource;
        let from = request.options.resource_version.as_str();
        let asked = |key: &str| request.options.query.iter().any(|(k, v)| *k == key && *v == "true");
        let mut first = Vec::new();
        if matches!(from, "" | "0") || asked("sendInitialEvents") {
            for (key, object) in self.store.list(resource, &request.namespace) {
                if selection.matches(key, object) && selection.tells(&Json::Null, object) {
                    first.push(WatchEvent { event: EventType::Added, object: object.clone() });
                }
            }
            if asked("sendInitialEvents") && asked("allowWatchBookmarks") {
                first.push(WatchEvent { event: EventType::Bookmark, object: self.bookmark(resource) });
            }
        } else {
            let invalid = || Status::bad_request(format!("invalid resource version {from:?}"));
            let from: u64 = from.parse().map_err(|_| invalid())?;
            if from < self.compacted() {
                let message = format!("too old resource version: {from} ({})", self.compacted());
                let object = Status::new(Reason::Expired, message).to_json();
                first.push(WatchEvent { event: EventType::Error, object });
            } else {
                let missed = self.store.changes_after(from).filter(|c| c.resource == *resource);
                first.extend(missed.filter_map(|c| watch::seen(&selection, c)));
            }
        }
        let id = self.watches.open(now, resource, selection, &request.options, first);
        Ok(Response { code: 200, watch: Some(id), ..Response::default() })
    }

    /// Says that all initial events were sent.
    fn bookmark(&self, resource: &Resource) -> Json {
        json!({
            "apiVersion": resource.api_version(), "kind": &resource.kind,
            "metadata": {
                "resourceVersion": self.revision().to_string(),
                "annotations": { "k8s.io/initial-events-end": "true" },
            },
        })
    }

    /// Writes an object and tells the watches.
    pub(super) fn put(&mut self, now: Time, resource: &Resource, key: &ObjectKey, object: Json) -> Json {
        let change = self.store.put(now, resource, key, custom::stored(resource, object));
        self.watches.offer(now, &change);
        self.lease(now, resource, key);
        self.defined(resource);
        custom::read(resource, &change.after)
    }

    /// Shows an object as another cluster has it (`None`: not any more), whatever it is: nothing is checked, and nobody is asked.
    #[cfg(not(target_arch = "wasm32"))]
    pub fn show(&mut self, now: Time, resource: &Resource, key: &ObjectKey, object: Option<Json>) {
        match object {
            Some(object) => drop(self.put(now, resource, key, object)),
            None => drop(self.remove(now, resource, key)),
        }
    }

    /// Removes an object and tells the watches.
    pub(super) fn remove(&mut self, now: Time, resource: &Resource, key: &ObjectKey) -> Option<Json> {
        let change = self.store.remove(now, resource, key)?;
        self.watches.offer(now, &change);
        self.defined(resource);
        Some(custom::read(resource, &change.after))
    }

    /// After a write to a definition: what is served from now on.
    fn defined(&mut self, resource: &Resource) {
        let definitions: Resource = kinds::CUSTOMRESOURCEDEFINITIONS.into();
        if *resource == definitions {
            let all = self.store.list(&definitions, "").map(|(_, crd)| crd);
            let served = custom::served(all);
            let same = |(a, b): (&Resource, &Resource)| **a == **b;
            if served.len() == self.custom.len() && served.iter().zip(self.custom.iter()).all(same) {
                return;
            }
            self.custom = Arc::new(served);
            self.custom_since = self.store.revision();
            for resource in self.custom.iter() {
                self.store.rename(resource);
            }
        }
    }
}

fn path_bytes(key: &ObjectKey) -> impl Iterator<Item = u8> {
    key.namespace.bytes().chain([b'/']).chain(key.name.bytes())
}
