//! The namespace controller: empties a namespace that is being deleted, then lets it go.
//!
//! A namespace carries the finalizer `kubernetes` in its *spec*; only when all its objects are gone does the controller
//! take it away, through the subresource `finalize`. What holds it up stands in the conditions.

use super::{Caches, Controller, Queue};
use crate::api::{ObjectKey, Request, Resource, ResourceInfo, Status, Verb, kinds, meta};
use crate::client::{Backoff, Context, Delta};
use crate::collections::Map;
use crate::json;
use crate::json::{Json, Str};
use crate::sim::Time;
use std::time::Duration;

const AGENT: &str = "namespace-controller";
/// Time for all API servers to hear of the deletion and refuse new objects.
const GRACE: Duration = Duration::from_secs(5);
/// A failing namespace is tried again after 5 s, doubling to a minute.
const LIMIT: Backoff = Backoff::new(Duration::from_secs(5), Duration::from_secs(60));
/// How long somebody else's finalizer is thought to take.
const FINALIZER_SECONDS: i64 = 15;

/// Empties namespaces.
#[derive(Clone, Debug)]
pub struct NamespaceController([Queue; 1]);

impl Default for NamespaceController {
    fn default() -> Self {
        NamespaceController([Queue::limited(AGENT, kinds::NAMESPACES, 10, LIMIT)])
    }
}

/// What is left in a namespace.
#[derive(Default)]
struct Left {
    resources: Vec<(String, usize)>,
    finalizers: Map<Str, usize>,
    seconds: i64,
}

impl Controller for NamespaceController {
    fn name(&self) -> &'static str {
        AGENT
    }

    fn watches(&self) -> Vec<&'static ResourceInfo> {
        vec![kinds::NAMESPACES]
    }

    fn handle(&mut self, _: &Caches, _: &Resource, delta: &Delta, now: Time) {
        if let Delta::Added(namespace) | Delta::Updated(_, namespace) = delta
            && meta::is_being_deleted(namespace)
        {
            self.0[0].keys.add_after(ObjectKey::of(namespace), now, GRACE);
        }
    }

    fn queues(&self) -> &[Queue] {
        &self.0
    }

    fn queues_mut(&mut self) -> &mut [Queue] {
        &mut self.0
    }

    fn sync(&mut self, cx: &mut Context, caches: &Caches, _: usize, key: &ObjectKey) -> Result<(), Status> {
        let cached = caches.of(kinds::NAMESPACES).get(key);
        cx.note("read-cache", [("found", Json::Bool(cached.is_some()))]);
        if !cached.is_some_and(meta::is_being_deleted) {
            return Ok(());
        }
        let fresh = match cx.api.call(Request::get(kinds::NAMESPACES, "", key.name.clone()).by(AGENT)) {
            Ok(response) => response.body,
            Err(error) if error.is_not_found() => return Ok(()),
            Err(error) => return Err(error),
        };
        if fresh["spec"]["finalizers"].is_empty() {
            return Ok(());
        }
        let left = delete_content(cx, &key.name)?;
        let count: usize = left.resources.iter().map(|(_, n)| n).sum();
        cx.note("delete-content", [("left", count.into())]);
        let fresh = write_conditions(cx, fresh, &left)?;
        if !left.resources.is_empty() {
            let seconds = (left.seconds / 2 + 1).unsigned_abs();
            self.0[0].keys.add_after(key.clone(), cx.now, Duration::from_secs(seconds));
            return Ok(());
        }
        cx.note("finalize", [("namespace", Json::from(&key.name))]);
        let mut namespace = fresh;
        let finalizers = namespace["spec"]["finalizers"].items().iter().filter(|f| f.str() != "kubernetes");
        let finalizers: Json = finalizers.collect();
        namespace.set_at(&["spec", "finalizers"], finalizers);
        let request = Request::update(kinds::NAMESPACES, namespace).with_subresource("finalize").by(AGENT);
        match cx.api.call(request) {
            Err(error) if !error.is_not_found() => Err(error),
            _ => Ok(()),
        }
    }
}

/// Deletes what is in the namespace: pods first, and nothing else before they are gone.
fn delete_content(cx: &mut Context, namespace: &Str) -> Result<Left, Status> {
    let mut left = Left::default();
    delete_all(cx, &kinds::PODS.into(), namespace, &mut left)?;
    if !left.resources.is_empty() {
        return Ok(left);
    }
    let served = cx.api.served();
    let others = served.built_in().filter(|r| {
        r.namespaced
            && r.verbs.contains(&"deletecollection")
            && r.plural != "pods"
            && r.group != "events.k8s.io"
    });
    let custom = served.custom.iter().filter(|r| r.namespaced).cloned();
    for resource in others.map(Resource::from).chain(custom) {
        delete_all(cx, &resource, namespace, &mut left)?;
    }
    Ok(left)
}

fn delete_all(cx: &mut Context, resource: &Resource, namespace: &Str, left: &mut Left) -> Result<(), Status> {
    let list = || Request::list(resource.clone(), namespace.clone()).by(AGENT);
    if cx.api.call(list())?.body["items"].is_empty() {
        return Ok(());
    }
    cx.api.call(Request::new(Verb::DeleteCollection, resource.clone(), namespace.clone(), "").by(AGENT))?;
    let rest = cx.api.call(list())?.body;
    let items = rest["items"].items();
    if items.is_empty() {
        return Ok(());
    }
    left.resources.push((resource.qualified(), items.len()));
    for item in items {
        for finalizer in item["metadata"]["finalizers"].items() {
            *left.finalizers.slot(Str::from(finalizer.str())) += 1;
            left.seconds = left.seconds.max(FINALIZER_SECONDS);
        }
        let grace = item["metadata"]["deletionGracePeriodSeconds"].as_i64().unwrap_or(0);
        left.seconds = left.seconds.max(grace);
    }
    Ok(())
}

/// Says in the namespace's status how far its deletion has come.
fn write_conditions(cx: &mut Context, mut namespace: Json, left: &Left) -> Result<Json, Status> {
    let list = |items: Vec<String>| items.join(", ");
    let resources: Vec<String> =
        left.resources.iter().map(|(name, n)| format!("{}. has {n} resource instances", name)).collect();
    let finalizers: Vec<String> =
        left.finalizers.iter().map(|(name, n)| format!("{name} in {n} resource instances")).collect();
    let remaining = match resources.is_empty() {
        true => ("False", "ContentRemoved", "All content successfully removed".to_string()),
        false => {
            ("True", "SomeResourcesRemain", format!("Some resources are remaining: {}", list(resources)))
        }
    };
    let holding = match finalizers.is_empty() {
        true => ("False", "ContentHasNoFinalizers", "All content-preserving finalizers finished".to_string()),
        false => (
            "True",
            "SomeFinalizersRemain",
            format!("Some content in the namespace has finalizers remaining: {}", list(finalizers)),
        ),
    };
    let fine = |reason, message: &str| ("False", reason, message.to_string());
    let content = "All content successfully deleted, may be waiting on finalization";
    let conditions = [
        (
            "NamespaceDeletionDiscoveryFailure",
            fine("ResourcesDiscovered", "All resources successfully discovered"),
        ),
        (
            "NamespaceDeletionGroupVersionParsingFailure",
            fine("ParsedGroupVersions", "All legacy kube types successfully parsed"),
        ),
        ("NamespaceDeletionContentFailure", fine("ContentDeleted", content)),
        ("NamespaceContentRemaining", remaining),
        ("NamespaceFinalizersRemaining", holding),
    ];
    let before = namespace["status"]["conditions"].clone();
    let conditions = conditions.into_iter().map(|(kind, (status, reason, message))| {
        let old = before.items().iter().find(|c| c["type"].str() == kind);
        if let Some(old) = old.filter(|c| c["status"].str() == status && c["message"].str() == message) {
            return old.clone();
        }
        json!({
            "type": kind, "status": status, "reason": reason, "message": message,
            "lastTransitionTime": cx.now.rfc3339(),
        })
    });
    let conditions: Json = conditions.collect();
    if conditions == before {
        return Ok(namespace);
    }
    namespace.set_at(&["status", "conditions"], conditions);
    cx.note("status", [("left", left.resources.len().into())]);
    Ok(cx.api.call(Request::update_status(kinds::NAMESPACES, namespace).by(AGENT))?.body)
}
