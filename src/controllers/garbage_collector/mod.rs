//! The garbage collector: deletes what nobody owns any more (upstream's `pkg/controller/garbagecollector`).
//!
//! - *Background*: an object goes at once; its dependents are found ownerless and deleted.
//! - *Foreground*: an object waits, with the finalizer `foregroundDeletion`, until the dependents that block it are gone.
//! - *Orphan*: an object waits, with the finalizer `orphan`, until its dependents have lost their reference to it.
//!
//! The [`graph`] is built from the shared informers and may be behind or wrong (a reference can name an object that never
//! was); so before it deletes anything, the collector asks the API server.

mod graph;

pub use graph::{Graph, Node};

use super::{Caches, Controller, Queue};
use crate::api::{ObjectKey, PatchType, Propagation, Request, Resource, ResourceInfo, Status, kinds, meta};
use crate::client::{Context, Delta};
use crate::collections::Set;
use crate::json;
use crate::json::{Json, Str};
use crate::sim::Time;
use graph::{FOREGROUND, ORPHAN};

const AGENT: &str = "generic-garbage-collector";
const DELETE: usize = 0;
const SET_FREE: usize = 1;

/// The garbage collector's memory.
#[derive(Clone, Debug)]
pub struct GarbageCollector {
    queues: [Queue; 2],
    graph: Graph,
    /// Uids of owners that are known not to exist.
    absent: Set<Str>,
    /// The custom resources that there are.
    custom: Vec<Resource>,
}

impl Default for GarbageCollector {
    fn default() -> Self {
        GarbageCollector {
            queues: [
                Queue::of_all("garbage-collector/attempt-to-delete", 20),
                Queue::of_all("garbage-collector/attempt-to-orphan", 20),
            ],
            graph: Graph::default(),
            absent: Set::new(),
            custom: Vec::new(),
        }
    }
}

impl GarbageCollector {
    /// Who owns whom.
    pub fn graph(&self) -> &Graph {
        &self.graph
    }

    /// Puts an object into a queue, as `Kind.group/name/uid`: the uid tells it from a later one of the same name.
    fn enqueue(&mut self, queue: usize, uid: &Str) {
        if let Some(node) = self.graph.get(uid) {
            let name = format!("{}/{}/{uid}", node.resource.qualified_kind(), node.key.name);
            self.queues[queue].keys.add(ObjectKey::new(node.key.namespace.clone(), name));
        }
    }

    fn enqueue_dependents(&mut self, dependents: &Set<Str>) {
        for uid in dependents {
            self.enqueue(DELETE, uid);
        }
    }

    fn put(&mut self, resource: &Resource, old: Option<&Json>, object: &Json) {
        let uid = Str::from(meta::uid(object));
        let (before, unknown) = self.graph.put(&self.custom, resource, object);
        for owner in unknown {
            self.enqueue(DELETE, &owner);
        }
        let starts = |finalizer: &str| {
            let waits = |o: &Json| meta::is_being_deleted(o) && meta::has_finalizer(o, finalizer);
            waits(object) && !old.is_some_and(waits)
        };
        if starts(ORPHAN) {
            self.enqueue(SET_FREE, &uid);
        }
        if starts(FOREGROUND) {
            let dependents = self.graph.get(&uid).map(|n| n.dependents.clone()).unwrap_or_default();
            self.enqueue_dependents(&dependents);
            self.enqueue(DELETE, &uid);
        }
        // An owner that waited for this object need not wait any more if it lost its reference.
        let now = &object["metadata"]["ownerReferences"];
        if let Some(before) = before.filter(|n| n.owners != *now) {
            for owner in before.owners.items() {
                let uid = Str::from(owner["uid"].str());
                if self.graph.get(&uid).is_some_and(|n| n.waits_for_dependents) {
                    self.enqueue(DELETE, &uid);
                }
            }
        }
    }

    fn remove(&mut self, uid: &str) {
        let Some(node) = self.graph.remove(uid) else { return };
        if !node.dependents.is_empty() {
            self.absent.insert(Str::from(uid));
        }
        self.enqueue_dependents(&node.dependents);
        for owner in node.owners.items() {
            let owner = Str::from(owner["uid"].str());
            if self.graph.get(&owner).is_some_and(|n| n.waits_for_dependents) {
                self.enqueue(DELETE, &owner);
            }
        }
    }

    /// `attemptToDeleteItem`: deletes the object if all its owners are gone, or wait for it to go.
    fn attempt_to_delete(&mut self, cx: &mut Context, uid: &str, node: &Node) -> Result<(), Status> {
        if node.deleting && !node.waits_for_dependents {
            return Ok(());
        }
        let live = get(cx, &node.resource, &node.key)?.filter(|live| meta::uid(live) == uid);
        cx.note("read-object", [("found", Json::Bool(live.is_some()))]);
        let Some(live) = live else {
            // It never was, or its deletion has not been heard of yet.
            self.remove(uid);
            return Ok(());
        };
        if node.waits_for_dependents {
            return self.finish_foreground(cx, uid, node, &live);
        }
        let owners = live["metadata"]["ownerReferences"].clone();
        let (mut solid, mut dangling, mut waiting) = (Vec::new(), Vec::new(), Vec::new());
        for owner in owners.items() {
            match self.owner(cx, owner, &node.key.namespace)? {
                None => dangling.push(owner["uid"].clone()),
                Some(o) if meta::is_being_deleted(&o) && meta::has_finalizer(&o, FOREGROUND) => {
                    waiting.push(owner["uid"].clone());
                }
                Some(_) => solid.push(owner["uid"].clone()),
            }
        }
        cx.note(
            "owners",
            [
                ("solid", solid.len().into()),
                ("dangling", dangling.len().into()),
                ("waiting", waiting.len().into()),
            ],
        );
        if owners.is_empty() || (dangling.is_empty() && waiting.is_empty()) {
            return Ok(());
        }
        if !solid.is_empty() {
            dangling.append(&mut waiting);
            return drop_references(cx, uid, node, &dangling);
        }
        let has = |finalizer| meta::has_finalizer(&live, finalizer);
        let propagation = if !waiting.is_empty() && !node.dependents.is_empty() || has(FOREGROUND) {
            Propagation::Foreground
        } else if has(ORPHAN) {
            Propagation::Orphan
        } else {
            Propagation::Background
        };
        cx.note("delete", [("name", Json::from(&node.key.name))]);
        let delete =
            Request::delete(node.resource.clone(), node.key.namespace.clone(), node.key.name.clone());
        let delete = delete.by(AGENT).with(|options| {
            options.propagation = Some(propagation);
            options.uid = Some(Str::from(uid));
        });
        ignore_gone(cx.api.call(delete).map(|_| ()))
    }

    /// An object that waits for its dependents: lets it go when none is left that blocks it.
    fn finish_foreground(
        &mut self,
        cx: &mut Context,
        uid: &str,
        node: &Node,
        live: &Json,
    ) -> Result<(), Status> {
        let blocks = |dependent: &&Str| {
            self.graph.get(dependent).is_some_and(|d| {
                let mine =
                    |o: &&Json| o["uid"].str() == uid && o["blockOwnerDeletion"].as_bool() == Some(true);
                d.owners.items().iter().any(|o| mine(&o))
            })
        };
        let blocking: Vec<Str> = node.dependents.iter().filter(blocks).cloned().collect();
        cx.note("foreground", [("blocking", blocking.len().into())]);
        if blocking.is_empty() {
            return remove_finalizer(cx, node, live, FOREGROUND);
        }
        for dependent in blocking {
            if self.graph.get(&dependent).is_some_and(|d| !d.deleting) {
                self.enqueue(DELETE, &dependent);
            }
        }
        Ok(())
    }

    /// The owner that a reference means, as the API server knows it.
    fn owner(&mut self, cx: &mut Context, owner: &Json, namespace: &Str) -> Result<Option<Json>, Status> {
        let uid = owner["uid"].str();
        if self.absent.contains(uid) {
            return Ok(None);
        }
        let known = cx.api.served();
        let Some(info) = known.of_kind(owner["apiVersion"].str(), owner["kind"].str()) else {
            let message = format!(
                "unable to get REST mapping for {}/{}.",
                owner["apiVersion"].str(),
                owner["kind"].str()
            );
            return Err(Status::bad_request(message));
        };
        let namespace = if info.namespaced { namespace.clone() } else { Str::default() };
        let found = get(cx, &info, &ObjectKey::new(namespace, owner["name"].str()))?;
        let found = found.filter(|found| meta::uid(found) == uid);
        if found.is_none() {
            self.absent.insert(Str::from(uid));
        }
        Ok(found)
    }

    /// `attemptToOrphan`: takes the reference to the object from its dependents, then lets it go.
    fn attempt_to_orphan(&mut self, cx: &mut Context, uid: &str, node: &Node) -> Result<(), Status> {
        cx.note("orphan", [("dependents", node.dependents.len().into())]);
        for dependent in &node.dependents {
            if let Some(d) = self.graph.get(dependent) {
                drop_references(cx, dependent, d, &[Json::from(uid)])?;
            }
        }
        match get(cx, &node.resource, &node.key)?.filter(|live| meta::uid(live) == uid) {
            Some(live) => remove_finalizer(cx, node, &live, ORPHAN),
            None => Ok(()),
        }
    }
}

fn get(cx: &mut Context, resource: &Resource, key: &ObjectKey) -> Result<Option<Json>, Status> {
    let request = Request::get(resource.clone(), key.namespace.clone(), key.name.clone());
    match cx.api.call(request.by(AGENT)) {
        Ok(response) => Ok(Some(response.body)),
        Err(error) if error.is_not_found() => Ok(None),
        Err(error) => Err(error),
    }
}

fn ignore_gone(outcome: Result<(), Status>) -> Result<(), Status> {
    outcome.or_else(|error| if error.is_not_found() { Ok(()) } else { Err(error) })
}

fn patch(cx: &mut Context, node: &Node, kind: PatchType, patch: Json) -> Result<(), Status> {
    let (namespace, name) = (node.key.namespace.clone(), node.key.name.clone());
    let request = Request::patch(kind, node.resource.clone(), namespace, name, patch);
    ignore_gone(cx.api.call(request.by(AGENT)).map(|_| ()))
}

/// Takes owner references from an object.
fn drop_references(cx: &mut Context, uid: &str, node: &Node, owners: &[Json]) -> Result<(), Status> {
    if node.resource.is_custom() {
        // Strategic merge knows nothing of custom kinds.
        let Some(live) = get(cx, &node.resource, &node.key)? else { return Ok(()) };
        let kept = live["metadata"]["ownerReferences"].items().iter().filter(|o| !owners.contains(&o["uid"]));
        let kept: Json = kept.collect();
        let version = &live["metadata"]["resourceVersion"];
        let body = json!({ "metadata": { "resourceVersion": version, "ownerReferences": kept } });
        return patch(cx, node, PatchType::Merge, body);
    }
    let gone: Json = owners.iter().map(|owner| json!({ "$patch": "delete", "uid": owner })).collect();
    let body = json!({ "metadata": { "uid": uid, "ownerReferences": gone } });
    patch(cx, node, PatchType::Strategic, body)
}

fn remove_finalizer(cx: &mut Context, node: &Node, live: &Json, finalizer: &str) -> Result<(), Status> {
    let left: Json = live["metadata"]["finalizers"].items().iter().filter(|f| f.str() != finalizer).collect();
    let version = &live["metadata"]["resourceVersion"];
    let body = json!({ "metadata": { "resourceVersion": version, "finalizers": left } });
    patch(cx, node, PatchType::Merge, body)
}

impl Controller for GarbageCollector {
    fn name(&self) -> &'static str {
        "garbage-collector"
    }

    /// The kinds whose owners matter most. (Of all others it hears too, see [`monitors`](Controller::monitors).)
    fn watches(&self) -> Vec<&'static ResourceInfo> {
        vec![
            kinds::CONFIGMAPS,
            kinds::CRONJOBS,
            kinds::DEPLOYMENTS,
            kinds::ENDPOINTSLICES,
            kinds::JOBS,
            kinds::PODS,
            kinds::REPLICASETS,
            kinds::SECRETS,
            kinds::SERVICEACCOUNTS,
            kinds::SERVICES,
        ]
    }

    fn discovered(&mut self, served: &[Resource]) {
        self.custom = served.to_vec();
    }

    fn monitors(&self) -> bool {
        true
    }

    fn handle(&mut self, _: &Caches, resource: &Resource, delta: &Delta, _: Time) {
        match delta {
            Delta::Added(object) => self.put(resource, None, object),
            Delta::Updated(old, object) => self.put(resource, Some(old), object),
            Delta::Deleted(object) => self.remove(meta::uid(object)),
        }
    }

    fn queues(&self) -> &[Queue] {
        &self.queues
    }

    fn queues_mut(&mut self) -> &mut [Queue] {
        &mut self.queues
    }

    fn sync(&mut self, cx: &mut Context, _: &Caches, queue: usize, key: &ObjectKey) -> Result<(), Status> {
        let uid = key.name.rsplit('/').next().unwrap_or_default();
        let Some(node) = self.graph.get(uid).cloned() else { return Ok(()) };
        match queue {
            DELETE => self.attempt_to_delete(cx, uid, &node),
            _ => self.attempt_to_orphan(cx, uid, &node),
        }
    }
}
