//! The resource-quota controller: writes what a quota allows into its status, and recounts what is used when something goes
//! (`pkg/controller/resourcequota`). New objects are charged by the API server's admission.

use super::{Caches, Controller, Queue};
use crate::api::{ObjectKey, Request, Resource, ResourceInfo, Status, kinds, quota};
use crate::client::{Context, Delta};
use crate::json;
use crate::json::{Json, Str};
use crate::sim::Time;
use std::time::Duration;

const AGENT: &str = "resourcequota-controller";
/// All quotas are recounted so often, whatever happened.
const RESYNC: Duration = Duration::from_secs(5 * 60);

/// Keeps the status of quotas.
#[derive(Clone, Debug)]
pub struct QuotaController {
    queues: [Queue; 1],
}

impl Default for QuotaController {
    fn default() -> Self {
        QuotaController { queues: [Queue { periodic: true, ..Queue::new(AGENT, kinds::RESOURCEQUOTAS, 5) }] }
    }
}

/// The kinds whose objects it watches. Others that a quota counts are listed when it is recounted.
const WATCHED: [&ResourceInfo; 9] = [
    kinds::CONFIGMAPS,
    kinds::CRONJOBS,
    kinds::JOBS,
    kinds::PERSISTENTVOLUMECLAIMS,
    kinds::PODS,
    kinds::REPLICATIONCONTROLLERS,
    kinds::SECRETS,
    kinds::SERVICEACCOUNTS,
    kinds::SERVICES,
];

impl Controller for QuotaController {
    fn name(&self) -> &'static str {
        AGENT
    }

    fn watches(&self) -> Vec<&'static ResourceInfo> {
        WATCHED.into_iter().chain([kinds::RESOURCEQUOTAS]).collect()
    }

    fn monitors(&self) -> bool {
        true
    }

    fn handle(&mut self, caches: &Caches, resource: &Resource, delta: &Delta, now: Time) {
        let object = delta.object();
        let queue = &mut self.queues[0].keys;
        if *resource == Resource::from(kinds::RESOURCEQUOTAS) {
            let asks = match delta {
                // Its own status is no news.
                Delta::Updated(old, new) => !quota::equal(&old["spec"]["hard"], &new["spec"]["hard"]),
                Delta::Added(_) => true,
                Delta::Deleted(_) => false,
            };
            if asks {
                queue.add(ObjectKey::of(object));
            }
            return;
        }
        let freed = match delta {
            Delta::Added(_) => false,
            Delta::Updated(old, new) => quota::frees(resource, old, new, now),
            Delta::Deleted(_) => true,
        };
        if !freed {
            return;
        }
        let namespace = object["metadata"]["namespace"].str();
        for (key, found) in caches.of(kinds::RESOURCEQUOTAS).iter() {
            let counts = !quota::concerned(resource, &found["status"]["hard"]).is_empty();
            if key.namespace == namespace && counts {
                queue.add(key.clone());
            }
        }
    }

    fn queues(&self) -> &[Queue] {
        &self.queues
    }

    fn queues_mut(&mut self) -> &mut [Queue] {
        &mut self.queues
    }

    fn sync(&mut self, cx: &mut Context, caches: &Caches, _: usize, key: &ObjectKey) -> Result<(), Status> {
        let cached = caches.of(kinds::RESOURCEQUOTAS).get(key);
        cx.note("read-cache", [("found", Json::Bool(cached.is_some()))]);
        let Some(cached) = cached else { return Ok(()) };
        self.queues[0].keys.add_after(key.clone(), cx.now, RESYNC);
        let hard = &cached["spec"]["hard"];
        let mut used = Json::object();
        for (name, _) in hard.entries() {
            used.set(name.clone(), "0");
        }
        let served = cx.api.served();
        let counted = served.built_in().filter(|r| r.namespaced && r.verbs.contains(&"list"));
        let custom = served.custom.iter().filter(|r| r.namespaced).cloned();
        let mut counted: Vec<Resource> = counted.map(Resource::from).chain(custom).collect();
        // The versions of a kind are views of the same objects.
        counted.dedup();
        for resource in &counted {
            let concerned = quota::concerned(resource, hard);
            if concerned.is_empty() {
                continue;
            }
            for object in objects(cx, caches, resource, &key.namespace)? {
                if quota::matches(cached, resource, &object) {
                    used =
                        quota::add(&used, &quota::mask(&quota::usage(resource, &object, cx.now), &concerned));
                }
            }
        }
        let status = &cached["status"];
        let known = quota::equal(hard, &status["hard"]) && quota::equal(&used, &status["used"]);
        cx.note("recount", [("used", Json::from(quota::text(&used)))]);
        if known && !status["used"].is_null() {
            return Ok(());
        }
        let mut new = cached.clone();
        new.set("status", json!({ "hard": hard, "used": used }));
        cx.api.call(Request::update_status(kinds::RESOURCEQUOTAS, new).by(AGENT)).map(|_| ())
    }
}

/// The objects of a namespace: from the cache where there is one.
fn objects(
    cx: &mut Context,
    caches: &Caches,
    resource: &Resource,
    namespace: &str,
) -> Result<Vec<Json>, Status> {
    if WATCHED.iter().any(|r| *resource == Resource::from(*r)) || resource.plural == "resourcequotas" {
        let all = caches.of(resource.clone()).iter();
        return Ok(all.filter(|(k, _)| k.namespace == namespace).map(|(_, o)| o.clone()).collect());
    }
    let list = Request::list(resource.clone(), Str::from(namespace)).by(AGENT);
    Ok(cx.api.call(list)?.body["items"].items().to_vec())
}
