//! [`Manager`]: runs the controllers, one delivery or one sync at a time.

use super::clusterrole_aggregation::ClusterRoleAggregationController;
use super::cronjob::CronJobController;
use super::daemonset::DaemonSetController;
use super::deployment::DeploymentController;
use super::disruption::DisruptionController;
use super::endpoint::EndpointController;
use super::endpointslice::EndpointSliceController;
use super::garbage_collector::GarbageCollector;
use super::job::JobController;
use super::namespace::NamespaceController;
use super::node_lifecycle::NodeLifecycleController;
use super::pod_gc::PodGarbageCollector;
use super::podautoscaler::HorizontalController;
use super::pv_protection::VolumeProtectionController;
use super::pvc_protection::ClaimProtectionController;
use super::replicaset::{REPLICA_SET, REPLICATION_CONTROLLER, ReplicaSetController};
use super::resource_quota::QuotaController;
use super::root_ca::RootCaPublisher;
use super::service_account::ServiceAccountController;
use super::service_account_token::TokensController;
use super::statefulset::StatefulSetController;
use super::taint_eviction::TaintEvictionController;
use super::ttl_after_finished::TtlController;
use super::validating_admission_policy_status::ValidatingAdmissionPolicyStatusController;
use super::volume::binder::PersistentVolumeBinder;
use super::{Caches, Controller, Queue, SWITCHES, Switch, Switches, loops};
use crate::api::token::Key;
use crate::api::{ObjectKey, Resource, ResourceInfo, RuntimeConfig};
use crate::client::{Context, Reflector, Timer};
use crate::json::Str;
use crate::sim::Time;

/// How far the process has come since it was started (`cmd/kube-controller-manager/app/controllermanager.go`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// It waits for the API server to answer.
    WaitForApiServer,
    /// The API server answers; the controllers are still to be made.
    NewControllers,
    /// The informers run; the controllers wait until all caches are filled.
    WaitForCacheSync,
    /// Workers take keys from the queues.
    Running,
}

impl Stage {
    /// What the start does next: `api`, `controllers`, `workers`.
    pub fn next(self) -> &'static str {
        match self {
            Stage::WaitForApiServer => "api",
            Stage::NewControllers => "controllers",
            Stage::WaitForCacheSync | Stage::Running => "workers",
        }
    }
}

/// kube-controller-manager.
#[derive(Clone, Debug)]
pub struct Manager {
    stage: Stage,
    served: RuntimeConfig,
    skipped: Vec<(&'static str, &'static ResourceInfo)>,
    switches: Switches,
    discovered: u64,
    caches: Caches,
    service_account: ServiceAccountController,
    root_ca: RootCaPublisher,
    tokens: TokensController,
    quota: QuotaController,
    cronjob: CronJobController,
    job: JobController,
    deployment: DeploymentController,
    replica_set: ReplicaSetController,
    stateful_set: StatefulSetController,
    daemon_set: DaemonSetController,
    replication_controller: ReplicaSetController,
    disruption: DisruptionController,
    podautoscaler: HorizontalController,
    volume_binder: PersistentVolumeBinder,
    endpoint: EndpointController,
    endpoint_slice: EndpointSliceController,
    ttl: TtlController,
    node_lifecycle: NodeLifecycleController,
    taint_eviction: TaintEvictionController,
    pod_gc: PodGarbageCollector,
    garbage_collector: GarbageCollector,
    namespace: NamespaceController,
    role_aggregation: ClusterRoleAggregationController,
    claim_protection: ClaimProtectionController,
    volume_protection: VolumeProtectionController,
    policy_status: ValidatingAdmissionPolicyStatusController,
}

impl Default for Manager {
    fn default() -> Manager {
        Manager::new(&RuntimeConfig::default())
    }
}

impl Manager {
    /// All controllers, with empty caches; those that need what is not served will not start.
    pub fn new(served: &RuntimeConfig) -> Manager {
        let mut manager = Manager {
            stage: Stage::WaitForApiServer,
            served: served.clone(),
            skipped: Vec::new(),
            switches: Switches::default(),
            discovered: 0,
            caches: Caches::default(),
            service_account: ServiceAccountController::default(),
            root_ca: RootCaPublisher::default(),
            tokens: TokensController::default(),
            quota: QuotaController::default(),
            cronjob: CronJobController::default(),
            job: JobController::default(),
            deployment: DeploymentController::default(),
            replica_set: ReplicaSetController::new(&REPLICA_SET),
            stateful_set: StatefulSetController::default(),
            daemon_set: DaemonSetController::default(),
            replication_controller: ReplicaSetController::new(&REPLICATION_CONTROLLER),
            disruption: DisruptionController::default(),
            podautoscaler: HorizontalController::default(),
            volume_binder: PersistentVolumeBinder::default(),
            endpoint: EndpointController::default(),
            endpoint_slice: EndpointSliceController::default(),
            ttl: TtlController::default(),
            node_lifecycle: NodeLifecycleController::default(),
            taint_eviction: TaintEvictionController::default(),
            pod_gc: PodGarbageCollector::default(),
            garbage_collector: GarbageCollector::default(),
            namespace: NamespaceController::default(),
            role_aggregation: ClusterRoleAggregationController::default(),
            claim_protection: ClaimProtectionController::default(),
            volume_protection: VolumeProtectionController::default(),
            policy_status: ValidatingAdmissionPolicyStatusController::default(),
        };
        manager.skipped = manager.lacking(served);
        let controllers: Vec<&dyn Controller> = manager.controllers().collect();
        manager.caches = Caches::for_controllers(&controllers, "kube-controller-manager", served);
        manager
    }

    /// The controllers that watch what is not served, and what of that comes first. (Upstream's would list it in vain for ever,
    /// and none of their workers would start.) Those that follow what discovery tells follow less.
    fn lacking(&self, served: &RuntimeConfig) -> Vec<(&'static str, &'static ResourceInfo)> {
        let lacks = |controller: &dyn Controller| {
            let mut needed = controller.watches().into_iter().filter(|_| !controller.monitors());
            Some((controller.name(), needed.find(|info| !served.serves(info))?))
        };
        self.controllers().filter_map(lacks).collect()
    }

    /// The controllers that are started, in a fixed order.
    pub fn controllers(&self) -> impl Iterator<Item = &dyn Controller> {
        let skipped = |name: &str| self.skipped.iter().any(|(skipped, _)| *skipped == name);
        self.all().into_iter().filter(move |controller| !skipped(controller.name()))
    }

    fn all(&self) -> [&dyn Controller; 26] {
        [
            &self.service_account,
            &self.root_ca,
            &self.tokens,
            &self.quota,
            &self.cronjob,
            &self.job,
            &self.deployment,
            &self.replica_set,
            &self.stateful_set,
            &self.daemon_set,
            &self.replication_controller,
            &self.disruption,
            &self.podautoscaler,
            &self.volume_binder,
            &self.endpoint,
            &self.endpoint_slice,
            &self.ttl,
            &self.node_lifecycle,
            &self.taint_eviction,
            &self.pod_gc,
            &self.garbage_collector,
            &self.namespace,
            &self.role_aggregation,
            &self.claim_protection,
            &self.volume_protection,
            &self.policy_status,
        ]
    }

    fn controllers_mut(&mut self) -> (&mut Caches, Vec<&mut dyn Controller>) {
        let skipped = &self.skipped;
        let started = |controller: &&mut dyn Controller| {
            let name = controller.name();
            !skipped.iter().any(|(skipped, _)| *skipped == name)
        };
        let controllers: [&mut dyn Controller; 26] = [
            &mut self.service_account,
            &mut self.root_ca,
            &mut self.tokens,
            &mut self.quota,
            &mut self.cronjob,
            &mut self.job,
            &mut self.deployment,
            &mut self.replica_set,
            &mut self.stateful_set,
            &mut self.daemon_set,
            &mut self.replication_controller,
            &mut self.disruption,
            &mut self.podautoscaler,
            &mut self.volume_binder,
            &mut self.endpoint,
            &mut self.endpoint_slice,
            &mut self.ttl,
            &mut self.node_lifecycle,
            &mut self.taint_eviction,
            &mut self.pod_gc,
            &mut self.garbage_collector,
            &mut self.namespace,
            &mut self.role_aggregation,
            &mut self.claim_protection,
            &mut self.volume_protection,
            &mut self.policy_status,
        ];
        (&mut self.caches, controllers.into_iter().filter(started).collect())
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

    /// The reflectors of the shared informers, once those run.
    pub fn reflectors(&self) -> impl Iterator<Item = &Reflector> {
        let run = matches!(self.stage, Stage::WaitForCacheSync | Stage::Running);
        self.caches.reflectors().filter(move |_| run)
    }

    /// How far its start has come.
    pub fn stage(&self) -> Stage {
        self.stage
    }

    /// Whether its start can go on.
    pub fn can_start(&self) -> bool {
        match self.stage {
            Stage::WaitForApiServer | Stage::NewControllers => true,
            Stage::WaitForCacheSync => self.caches.synced() || !self.switches.is_on(Switch::CacheSync),
            Stage::Running => false,
        }
    }

    /// The start goes on by one stage.
    pub fn start(&mut self, cx: &mut Context) {
        self.stage = match self.stage {
            Stage::WaitForApiServer => {
                cx.note("api-available", [("version", "v1.36.2".into())]);
                Stage::NewControllers
            }
            Stage::NewControllers => {
                for controller in self.controllers_mut().1 {
                    let watched = controller.watches().into_iter().map(|info| info.qualified());
                    let informers: Vec<String> = watched.collect();
                    let recorder = controller.recorder().is_some().into();
                    let (name, informers) = (controller.name().into(), informers.join(", ").into());
                    cx.note(
                        "new-controller",
                        [("controller", name), ("informers", informers), ("recorder", recorder)],
                    );
                }
                for (name, missing) in &self.skipped {
                    let missing = format!("{}/{}", missing.api_version(), missing.plural).into();
                    cx.note("skip-controller", [("controller", (*name).into()), ("missing", missing)]);
                }
                let count = self.caches.open_monitors(cx);
                cx.note("monitors", [("count", count.into())]);
                Stage::WaitForCacheSync
            }
            Stage::WaitForCacheSync | Stage::Running => {
                let listed = || self.caches.informers().filter(|i| !i.reflector().is_of_ownership());
                let (synced, all) = (listed().filter(|i| i.has_synced()).count(), listed().count());
                let awaited = self.switches.is_on(Switch::CacheSync);
                let caches = if awaited { "caches-synced" } else { "caches-not-awaited" };
                cx.note(caches, [("synced", synced.into()), ("all", all.into())]);
                for queue in self.queues() {
                    let workers = queue.workers.into();
                    cx.note("start-workers", [("controller", queue.name.into()), ("workers", workers)]);
                }
                Stage::Running
            }
        };
    }

    /// Which mechanisms are on.
    pub fn switches(&self) -> Switches {
        self.switches
    }

    /// Turns a mechanism on or off.
    pub fn switch(&mut self, switch: Switch, on: bool) {
        self.switches.set(switch, on);
        let switches = self.switches;
        let (_, controllers) = self.controllers_mut();
        for controller in controllers {
            if let Some(expectations) = controller.expectations_mut() {
                expectations.ignore(!switches.is_on(Switch::Expectations));
            }
            for queue in controller.queues_mut() {
                queue.keys.set_unlimited(!switches.is_on(Switch::RateLimiter));
            }
        }
    }

    /// Gives a work queue another number of workers.
    pub fn set_workers(&mut self, queue: &str, count: usize) {
        let (_, controllers) = self.controllers_mut();
        let queues = controllers.into_iter().flat_map(|controller| controller.queues_mut());
        if let Some(queue) = queues.into_iter().find(|q| q.name == queue) {
            queue.workers = count;
        }
    }

    /// All work queues, in the order of the controllers.
    pub fn queues(&self) -> impl Iterator<Item = &Queue> {
        self.controllers().flat_map(|c| c.queues())
    }

    /// The object that a key of a queue names.
    pub fn object(&self, queue: &str, key: &ObjectKey) -> Option<(Resource, ObjectKey)> {
        let found = self.queues().find(|q| q.name == queue)?.object(key);
        found.or_else(|| {
            let (kind, rest) = key.name.split_once('/')?;
            let mut all = self.caches.reflectors().map(Reflector::resource);
            let resource = all.find(|r| r.qualified_kind() == kind)?;
            Some((resource.clone(), ObjectKey::new(key.namespace.clone(), rest.rsplit_once('/')?.0)))
        })
    }

    /// The keys that were given a time since this was last asked, with their queues' names.
    pub fn timers_set(&mut self) -> Vec<(&'static str, ObjectKey)> {
        loops::timers_set(&mut self.controllers_mut().1)
    }

    /// Takes a key out of a queue and no more: the moment after which a worker has it in hand.
    pub fn take(&mut self, queue: &str, key: &ObjectKey, now: Time) {
        loops::take(&mut self.controllers_mut().1, queue, key, now);
    }

    /// Lets one informer make one move (the list and the watch, or one event) and its handlers hear of it.
    pub fn deliver(&mut self, cx: &mut Context, resource: &Resource) {
        let (caches, mut controllers) = self.controllers_mut();
        loops::deliver(cx, caches, &mut controllers, resource);
    }

    /// The revision at which it last asked what custom resources there are.
    pub fn discovered(&self) -> u64 {
        self.discovered
    }

    /// Asks what custom resources there are, and follows those; `revision`: since when it is so. (Upstream's garbage collector
    /// asks every 30 seconds, beside all else that it does.)
    pub fn discover(&mut self, cx: &mut Context, revision: u64) {
        self.discovered = revision;
        let served = cx.api.served().custom;
        let (caches, mut controllers) = self.controllers_mut();
        controllers.iter_mut().for_each(|controller| controller.discovered(&served));
        if controllers.iter().any(|controller| controller.monitors()) {
            for (resource, gone) in caches.follow(cx, &served) {
                loops::tell(cx, caches, &mut controllers, &resource, &gone);
            }
        }
    }

    /// What could be synced now: the queue's name and the key, found one by one. Nothing before the workers are started.
    pub fn ready(&self, now: Time) -> impl Iterator<Item = (Str, ObjectKey)> {
        let running = self.stage == Stage::Running;
        loops::ready(self.queues().filter(move |_| running), now)
    }

    /// Takes a key out of a queue, syncs it, and posts the events of that. Does nothing where the key is not ready.
    pub fn sync(&mut self, cx: &mut Context, queue: &str, key: &ObjectKey) {
        let (caches, mut controllers) = self.controllers_mut();
        loops::sync(cx, caches, &mut controllers, queue, key);
    }

    /// The next moment at which a key has waited long enough, a relist is due, or a controller acts by itself.
    pub fn next_timer(&self) -> Option<Timer> {
        self.timers().min()
    }

    /// The next such moment that is more than housekeeping.
    pub fn next_foreground(&self) -> Option<Time> {
        self.timers().filter(|timer| !timer.background).map(|timer| timer.at).min()
    }

    /// The moments that controllers have set themselves, housekeeping and what failed and is retried apart.
    pub fn deadlines(&self) -> impl Iterator<Item = Time> {
        let waiting = self.served().flat_map(Queue::deadlines);
        waiting.chain(self.other_timers().filter(|timer| !timer.background).map(|timer| timer.at))
    }

    /// The objects whose syncs have failed and will be tried again.
    pub fn retries(&self) -> impl Iterator<Item = (Resource, ObjectKey)> {
        self.served().flat_map(|queue| queue.retries().filter_map(|key| queue.object(key)))
    }

    fn timers(&self) -> impl Iterator<Item = Timer> {
        self.served().flat_map(Queue::timers).chain(self.other_timers())
    }

    /// The queues that have workers.
    fn served(&self) -> impl Iterator<Item = &Queue> {
        let running = self.stage == Stage::Running;
        self.queues().filter(move |queue| running && queue.workers > 0)
    }

    /// Relists, and what controllers do by themselves.
    fn other_timers(&self) -> impl Iterator<Item = Timer> {
        let running = self.stage == Stage::Running;
        let relists = self.reflectors().filter_map(Reflector::retry_at);
        let own = self.controllers().filter_map(|controller| controller.timer());
        relists.map(|at| Timer { at, background: false }).chain(own).filter(move |_| running)
    }

    /// With what the tokens of Secrets are signed (`--service-account-private-key-file`).
    pub fn sign_with(&mut self, key: Key) {
        self.tokens.key = key;
    }

    /// The process dies and starts anew: it remembers nothing, and lists all again.
    pub fn restart(&mut self, cx: &mut Context) {
        self.caches.reset(cx);
        let (switches, workers) =
            (self.switches, self.queues().map(|q| (q.name, q.workers)).collect::<Vec<_>>());
        let key = std::mem::take(&mut self.tokens.key);
        *self = Manager::new(&self.served.clone());
        self.sign_with(key);
        for switch in SWITCHES {
            self.switch(switch, switches.is_on(switch));
        }
        for (queue, count) in workers {
            self.set_workers(queue, count);
        }
    }
}
