//! [`Manager`]: runs the controllers, one delivery or one sync at a time.

use super::cronjob::CronJobController;
use super::garbage_collector::GarbageCollector;
use super::job::JobController;
use super::namespace::NamespaceController;
use super::node_lifecycle::NodeLifecycleController;
use super::pod_gc::PodGarbageCollector;
use super::root_ca::RootCaPublisher;
use super::service_account::ServiceAccountController;
use super::taint_eviction::TaintEvictionController;
use super::ttl_after_finished::TtlController;
use super::{Caches, Controller, Queue};
use crate::api::{ObjectKey, Resource};
use crate::client::{Context, Reflector, Timer};
use crate::json::{Json, Str};
use crate::sim::Time;

/// kube-controller-manager.
#[derive(Clone, Debug)]
pub struct Manager {
    caches: Caches,
    service_account: ServiceAccountController,
    root_ca: RootCaPublisher,
    cronjob: CronJobController,
    job: JobController,
    ttl: TtlController,
    node_lifecycle: NodeLifecycleController,
    taint_eviction: TaintEvictionController,
    pod_gc: PodGarbageCollector,
    garbage_collector: GarbageCollector,
    namespace: NamespaceController,
}

impl Default for Manager {
    fn default() -> Manager {
        Manager::new()
    }
}

impl Manager {
    /// All controllers, with empty caches.
    pub fn new() -> Manager {
        let mut manager = Manager {
            caches: Caches::default(),
            service_account: ServiceAccountController::default(),
            root_ca: RootCaPublisher::default(),
            cronjob: CronJobController::default(),
            job: JobController::default(),
            ttl: TtlController::default(),
            node_lifecycle: NodeLifecycleController::default(),
            taint_eviction: TaintEvictionController::default(),
            pod_gc: PodGarbageCollector::default(),
            garbage_collector: GarbageCollector::default(),
            namespace: NamespaceController::default(),
        };
        manager.caches = Caches::for_controllers(&manager.controllers());
        manager
    }

    /// The controllers in a fixed order.
    pub fn controllers(&self) -> [&dyn Controller; 10] {
        [
            &self.service_account,
            &self.root_ca,
            &self.cronjob,
            &self.job,
            &self.ttl,
            &self.node_lifecycle,
            &self.taint_eviction,
            &self.pod_gc,
            &self.garbage_collector,
            &self.namespace,
        ]
    }

    fn controllers_mut(&mut self) -> (&mut Caches, [&mut dyn Controller; 10]) {
        let controllers: [&mut dyn Controller; 10] = [
            &mut self.service_account,
            &mut self.root_ca,
            &mut self.cronjob,
            &mut self.job,
            &mut self.ttl,
            &mut self.node_lifecycle,
            &mut self.taint_eviction,
            &mut self.pod_gc,
            &mut self.garbage_collector,
            &mut self.namespace,
        ];
        (&mut self.caches, controllers)
    }

    /// The Job controller, for looking into.
    pub fn job(&self) -> &JobController {
        &self.job
    }

    /// The node lifecycle controller, for looking into.
    pub fn node_lifecycle(&self) -> &NodeLifecycleController {
        &self.node_lifecycle
    }

    /// The garbage collector, for looking into.
    pub fn garbage_collector(&self) -> &GarbageCollector {
        &self.garbage_collector
    }

    /// The shared caches.
    pub fn caches(&self) -> &Caches {
        &self.caches
    }

    /// The reflectors of the shared informers.
    pub fn reflectors(&self) -> impl Iterator<Item = &Reflector> {
        self.caches.reflectors()
    }

    /// All work queues, in the order of the controllers.
    pub fn queues(&self) -> impl Iterator<Item = &Queue> {
        self.controllers().into_iter().flat_map(|c| c.queues())
    }

    /// Lets one informer make one move (the list and the watch, or one event) and its handlers hear of it.
    pub fn deliver(&mut self, cx: &mut Context, resource: &Resource) {
        let deltas = self.caches.deliver(cx, resource);
        let (caches, controllers) = self.controllers_mut();
        for controller in controllers {
            if controller.watches().iter().any(|watched| *resource == Resource::from(*watched)) {
                for delta in &deltas {
                    controller.handle(caches, resource, delta, cx.now);
                }
            }
        }
    }

    /// What could be synced now: the queue's name and the key, found one by one. Nothing before all caches are filled.
    pub fn ready(&self, now: Time) -> impl Iterator<Item = (Str, ObjectKey)> {
        let keys = self
            .queues()
            .flat_map(move |queue| queue.keys.ready(now).map(|key| (Str::fixed(queue.name), key.clone())));
        let mut synced = None;
        keys.take_while(move |_| *synced.get_or_insert_with(|| self.caches.synced()))
    }

    /// Takes a key out of a queue, syncs it, and posts the events of that. Does nothing where the key is not ready.
    pub fn sync(&mut self, cx: &mut Context, queue: &str, key: &ObjectKey) {
        let (caches, controllers) = self.controllers_mut();
        let mut found = controllers.into_iter().flat_map(|controller| {
            let i = controller.queues().iter().position(|q| q.name == queue);
            i.map(|i| (controller, i))
        });
        let Some((controller, i)) = found.next() else { return };
        if !controller.queues_mut()[i].keys.take(key, cx.now) {
            return;
        }
        let outcome = controller.sync(cx, caches, i, key);
        let keys = &mut controller.queues_mut()[i].keys;
        match outcome {
            Ok(()) => keys.forget(key),
            Err(error) => {
                keys.add_rate_limited(key.clone(), cx.now);
                let failures = Json::Int(keys.num_requeues(key).into());
                cx.note("retry", [("error", Json::Str(error.message)), ("failures", failures)]);
            }
        }
        controller.queues_mut()[i].keys.done(key);
        if let Some(recorder) = controller.recorder() {
            recorder.flush(cx);
        }
    }

    /// The next moment at which a key has waited long enough, a relist is due, or a controller acts by itself.
    pub fn next_timer(&self) -> Option<Timer> {
        self.timers().min()
    }

    /// The next such moment that is more than housekeeping.
    pub fn next_foreground(&self) -> Option<Time> {
        self.timers().filter(|timer| !timer.background).map(|timer| timer.at).min()
    }

    fn timers(&self) -> impl Iterator<Item = Timer> {
        let queues = self.queues().flat_map(Queue::timers);
        let relists = self.reflectors().filter_map(Reflector::retry_at);
        let own = self.controllers().into_iter().filter_map(|controller| controller.timer());
        queues.chain(relists.map(|at| Timer { at, background: false })).chain(own)
    }

    /// The process dies and starts anew: it remembers nothing, and lists all again.
    pub fn restart(&mut self, cx: &mut Context) {
        self.caches.reset(cx);
        *self = Manager::new();
    }
}
