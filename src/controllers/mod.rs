//! kube-controller-manager (and the loops of kube-apiserver, [`apiextensions`]): the controllers, the informers they share, and the loop that runs them.
//!
//! A [`Controller`] is three things, as upstream: event *handlers* that turn what an informer says into keys, *work queues*
//! that hold the keys, and a *sync* that makes the world a little more like what one object asks for. [`Manager`] holds them
//! all and lets each move be a step of its own: one delivery, or one sync.

pub mod apiextensions;
mod caches;
mod claim;
pub mod clusterrole_aggregation;
pub mod cronjob;
pub mod daemonset;
pub mod deployment;
pub mod disruption;
pub mod endpoint;
mod endpoint_util;
pub mod endpointslice;
pub mod garbage_collector;
mod hash;
mod history;
pub mod job;
mod loops;
mod manager;
pub mod namespace;
pub mod node_lifecycle;
mod pod_control;
pub mod pod_gc;
pub mod podautoscaler;
mod pods;
pub mod pv_protection;
pub mod pvc_protection;
pub mod replicaset;
pub mod resource_quota;
pub mod root_ca;
pub mod service_account;
pub mod service_account_token;
pub mod statefulset;
mod switches;
pub mod taint_eviction;
pub mod ttl_after_finished;
pub mod validating_admission_policy_status;
pub mod volume;

pub use caches::Caches;
pub use manager::{Manager, Stage};
pub use switches::{ALL as SWITCHES, Switch, Switches};

use crate::api::{ObjectKey, Resource, ResourceInfo, Status, kinds};
use crate::client::{Backoff, Context, DEFAULT_LIMIT, Delta, Expectations, Recorder, Timer, WorkQueue};
use crate::sim::Time;

/// Go leaves a counter of zero out.
fn nonzero(count: i32) -> Option<i32> {
    (count != 0).then_some(count)
}

/// A work queue of a controller, and who works on it.
#[derive(Clone, Debug)]
pub struct Queue {
    /// What the page and the records call it: `job-controller`, `job-controller/orphan-pods`.
    pub name: &'static str,
    /// What its keys are keys of; none where a key itself says it, as `Job.batch/pi/UID` does, or stands for a regular
    /// pass over everything.
    pub resource: Option<&'static ResourceInfo>,
    /// How many workers upstream runs on it. Here one sync at a time is a step.
    pub workers: usize,
    /// Its keys come back for ever, as a CronJob's do: waiting for one is not work left to do.
    pub periodic: bool,
    /// The keys.
    pub keys: WorkQueue,
    /// The key that each event handler (`addPod`, …) put here last, for looking into.
    pub handled: Vec<(String, ObjectKey)>,
}

impl Queue {
    /// An empty queue with the default rate limit.
    pub fn new(name: &'static str, resource: &'static ResourceInfo, workers: usize) -> Queue {
        Queue::limited(name, resource, workers, DEFAULT_LIMIT)
    }

    /// An empty queue with its own rate limit.
    pub fn limited(
        name: &'static str,
        resource: &'static ResourceInfo,
        workers: usize,
        limit: Backoff,
    ) -> Queue {
        let resource = Some(resource);
        Queue { name, resource, workers, periodic: false, keys: WorkQueue::new(limit), handled: Vec::new() }
    }

    /// An empty queue for objects of all resources, whose keys say what they are keys of, or of no object at all.
    pub fn of_all(name: &'static str, workers: usize) -> Queue {
        let keys = WorkQueue::new(DEFAULT_LIMIT);
        Queue { name, resource: None, workers, periodic: false, keys, handled: Vec::new() }
    }

    /// The object that a key names.
    pub fn object(&self, key: &ObjectKey) -> Option<(Resource, ObjectKey)> {
        if let Some(resource) = self.resource {
            return Some((resource.into(), key.clone()));
        }
        let (kind, rest) = key.name.split_once('/')?;
        let (name, _uid) = rest.rsplit_once('/')?;
        let resource = kinds::ALL.iter().find(|r| r.qualified_kind() == kind)?;
        Some(((*resource).into(), ObjectKey::new(key.namespace.clone(), name)))
    }

    /// Keeps in mind which key a handler put here.
    fn remember(&mut self, handler: &str, key: &ObjectKey) {
        match self.handled.iter_mut().find(|(of, _)| of == handler) {
            Some((_, last)) => *last = key.clone(),
            None => self.handled.push((handler.to_owned(), key.clone())),
        }
    }

    /// The moments at which waiting keys are due: the next one, or, where some are housekeeping, all.
    pub fn timers(&self) -> impl Iterator<Item = Timer> {
        let count = if self.periodic { usize::MAX } else { 1 };
        let housekeeping = |key| self.periodic && self.keys.num_requeues(key) == 0;
        self.keys.waiting().take(count).map(move |(at, key)| Timer { at, background: housekeeping(key) })
    }

    /// When its waiting keys are due that neither failed nor are housekeeping.
    pub fn deadlines(&self) -> impl Iterator<Item = Time> {
        let waiting =
            self.keys.waiting().filter(|(_, key)| !self.periodic && self.keys.num_requeues(key) == 0);
        waiting.map(|(at, _)| at)
    }

    /// The waiting keys whose syncs have failed.
    pub fn retries(&self) -> impl Iterator<Item = &ObjectKey> {
        self.keys.waiting().map(|(_, key)| key).filter(|key| self.keys.num_requeues(key) > 0)
    }
}

/// One controller of the controller manager.
pub trait Controller {
    /// Its name, as its requests and events carry it: `job-controller`.
    fn name(&self) -> &'static str;

    /// The resources whose changes it wants to hear.
    fn watches(&self) -> Vec<&'static ResourceInfo>;

    /// Whether it also wants to hear who owns whom among the objects of all other resources, and when one goes.
    fn monitors(&self) -> bool {
        false
    }

    /// Hears of one change; the caches hold it already. Never talks to the API server.
    fn handle(&mut self, caches: &Caches, resource: &Resource, delta: &Delta, now: Time);

    /// Its work queues.
    fn queues(&self) -> &[Queue];

    /// Its work queues, for taking from and adding to.
    fn queues_mut(&mut self) -> &mut [Queue];

    /// Works on one key of its queue number `queue`. An error puts the key back, after a wait that grows.
    fn sync(
        &mut self,
        cx: &mut Context,
        caches: &Caches,
        queue: usize,
        key: &ObjectKey,
    ) -> Result<(), Status>;

    /// Hears what custom resources there are.
    fn discovered(&mut self, _served: &[Resource]) {}

    /// What it expects of its caches, where it keeps account of that.
    fn expectations(&self) -> Option<&Expectations> {
        None
    }

    /// The same, for switching them off.
    fn expectations_mut(&mut self) -> Option<&mut Expectations> {
        None
    }

    /// Its event recorder, where it tells people what it does.
    fn recorder(&mut self) -> Option<&mut Recorder> {
        None
    }

    /// When it has something to do by itself, apart from what waits in its queues.
    fn timer(&self) -> Option<Timer> {
        None
    }
}
