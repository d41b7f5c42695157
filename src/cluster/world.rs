//! [`World`]: all components, the clock, and the step.

use super::causes::Causes;
use super::door::{Door, Mishap};
use super::{Action, Actor, StepRecord};
use crate::api::{EventType, ObjectKey, Resource, WatchEvent, kinds};
use crate::apiserver::ApiServer;
use crate::client::{Api, Context, Reflector, Timer};
use crate::collections::Set;
use crate::controllers::Manager;
use crate::json::{Json, Str};
use crate::kubelet::{Kubelet, NodeConfig, Work};
use crate::scheduler::Scheduler;
use crate::sim::{Rng, Time};

/// What a cluster is made of.
#[derive(Clone, Debug, PartialEq)]
pub struct Config {
    /// The same seed and the same actions give the same run.
    pub seed: u64,
    /// The nodes.
    pub nodes: Vec<NodeConfig>,
    /// When the clock starts.
    pub start: Time,
}

impl Config {
    /// Some equal nodes (`node-1`, …; 4 cpu, 8Gi, 110 pods each), on the morning of a fixed day.
    pub fn new(seed: u64, nodes: usize) -> Config {
        Config {
            seed,
            nodes: (1..=nodes).map(NodeConfig::numbered).collect(),
            start: Time::from_civil(2026, 1, 5, 9, 0, 0),
        }
    }

    /// The cluster that the recordings of a real control plane were made on: three nodes with hollow kubelets.
    pub fn recorded() -> Config {
        Config { nodes: (1..=3).map(|n| NodeConfig::numbered(n).hollow()).collect(), ..Config::new(1, 3) }
    }
}

/// Everything there is.
#[derive(Clone)]
pub struct World {
    pub(super) now: Time,
    pub(super) rng: Rng,
    steps: u64,
    pub(super) server: ApiServer,
    pub(super) manager: Manager,
    scheduler: Scheduler,
    pub(super) kubelets: Vec<Kubelet>,
    causes: Causes,
    /// How many API calls of a step get through; all where there is no limit.
    pub(super) limit: Option<usize>,
    /// The sync and the call of it that will go wrong.
    pub(super) armed: Option<(Str, Mishap)>,
    /// The resources whose watch events do not reach the controllers for now.
    pub(super) held: Set<Resource>,
}

/// Before anything else has happened, no more than this many steps are taken to start the components.
const BOOT_STEPS: usize = 10_000;

impl World {
    /// A cluster whose processes have just been started: nothing is listed, no node is registered.
    pub fn new(config: &Config) -> World {
        let mut rng = Rng::new(config.seed);
        World {
            now: config.start,
            steps: 0,
            server: ApiServer::new(rng.next_u64(), config.start),
            manager: Manager::new(),
            scheduler: Scheduler::new(),
            kubelets: config.nodes.iter().cloned().map(Kubelet::new).collect(),
            causes: Causes::default(),
            limit: None,
            armed: None,
            held: Set::new(),
            rng,
        }
    }

    /// A cluster that has come to rest after its start, as a person finds it. Its steps count from here.
    pub fn booted(config: &Config) -> World {
        let mut world = World::new(config);
        for _ in 0..BOOT_STEPS {
            match world.default_action() {
                Some(Action::Advance { background: true, .. }) | None => break,
                Some(action) => world.step(&action),
            };
        }
        world.steps = 0;
        world.causes = Causes::default();
        world.causes.wrote(0, world.server.revision(), &Str::default());
        world
    }

    /// From now on only the first `calls` API calls of each step get through; the others fail as if the API server
    /// could not be reached. So one can see the world in the middle of a step.
    pub fn limit_calls(&mut self, calls: Option<usize>) {
        self.limit = calls;
    }

    /// The virtual time.
    pub fn now(&self) -> Time {
        self.now
    }

    /// How many steps were taken.
    pub fn steps(&self) -> u64 {
        self.steps
    }

    /// The API server, to look at.
    pub fn server(&self) -> &ApiServer {
        &self.server
    }

    /// The controller manager, to look at.
    pub fn manager(&self) -> &Manager {
        &self.manager
    }

    /// The scheduler, to look at.
    pub fn scheduler(&self) -> &Scheduler {
        &self.scheduler
    }

    /// The kubelets in node order, to look at.
    pub fn kubelets(&self) -> &[Kubelet] {
        &self.kubelets
    }

    /// The step that wrote a revision, and for whom; step 0 is the time before the first step.
    pub fn writer(&self, revision: u64) -> Option<(u64, &Str)> {
        self.causes.writer(revision)
    }

    /// Everything that may happen next, in a fixed order: deliveries, reconciles, the scheduler, the kubelets; where
    /// there is nothing, the clock.
    pub fn enabled(&self) -> Vec<Action> {
        let mut actions = Vec::new();
        self.visit(&mut |action| {
            actions.push(action);
            true
        });
        if actions.is_empty() {
            actions.extend(self.advance());
        }
        actions
    }

    /// The first of [`World::enabled`], without making the rest.
    pub fn default_action(&self) -> Option<Action> {
        let mut first = None;
        self.visit(&mut |action| {
            first = Some(action);
            false
        });
        first.or_else(|| self.advance())
    }

    /// The enabled action at a place of the list.
    pub fn action(&self, index: usize) -> Option<Action> {
        if index == 0 { self.default_action() } else { self.enabled().into_iter().nth(index) }
    }

    /// Whether nothing is left to do but housekeeping.
    pub fn is_idle(&self) -> bool {
        matches!(self.default_action(), None | Some(Action::Advance { background: true, .. }))
    }

    fn visit(&self, each: &mut dyn FnMut(Action) -> bool) {
        let any = self.server.pending_events() > 0;
        let deliveries = |to: Actor, reflector: &Reflector| {
            let ready = match reflector.watch() {
                Some(watch) => any && self.server.has_event(watch),
                None => reflector.can_list(self.now),
            };
            ready.then(|| Action::Deliver { to, resource: reflector.resource().clone() })
        };
        if self.manager.can_start() && !each(Action::Start) {
            return;
        }
        let held = |r: &&Reflector| r.watch().is_none() || !self.held.contains(r.resource());
        let listening = self.manager.reflectors().filter(held);
        let controllers = listening.filter_map(|r| deliveries(Actor::Controllers, r));
        let scheduler = self.scheduler.reflectors().filter_map(|r| deliveries(Actor::Scheduler, r));
        for action in controllers.chain(scheduler) {
            if !each(action) {
                return;
            }
        }
        for (node, kubelet) in self.kubelets.iter().enumerate() {
            // Of several reflectors of one resource (each follows one object) the first has its turn.
            let mut told: Vec<Resource> = Vec::new();
            for reflector in kubelet.reflectors() {
                let Some(action) = deliveries(Actor::Kubelet(node), reflector) else { continue };
                if told.contains(reflector.resource()) {
                    continue;
                }
                told.push(reflector.resource().clone());
                if !each(action) {
                    return;
                }
            }
        }
        for (controller, key) in self.manager.ready(self.now) {
            if !each(Action::Sync { controller, key }) {
                return;
            }
        }
        if let Some(key) = self.scheduler.ready(self.now)
            && !each(Action::Schedule { key })
        {
            return;
        }
        for (node, kubelet) in self.kubelets.iter().enumerate() {
            for work in kubelet.ready(self.now) {
                if !each(Action::Kubelet { node, work: work.clone() }) {
                    return;
                }
            }
        }
    }

    /// The earliest timer of all components.
    pub fn next_timer(&self) -> Option<Timer> {
        let own = [self.manager.next_timer(), self.scheduler.next_timer()];
        own.into_iter().chain(self.kubelets.iter().map(Kubelet::next_timer)).flatten().min()
    }

    /// Whether any component waits for a moment of its own, housekeeping apart.
    fn waits(&self) -> bool {
        self.manager.next_foreground().is_some()
            || self.scheduler.next_timer().is_some_and(|timer| !timer.background)
            || self.kubelets.iter().any(|k| k.next_foreground().is_some() || self.is_missed(k))
    }

    fn advance(&self) -> Option<Action> {
        let timer = self.next_timer()?;
        // A heartbeat on the way to something else is no sign of rest.
        let background = timer.background && !self.waits();
        Some(Action::Advance { to: timer.at.max(self.now), background })
    }

    /// Does one enabled action. (Doing one that is not enabled does nothing, or what the component makes of it.)
    pub fn step(&mut self, action: &Action) -> StepRecord {
        self.steps += 1;
        let mut record = self.blank(action.actor(), Some(action.clone()));
        match action {
            Action::Advance { to, .. } => self.now = self.now.max(*to),
            Action::Deliver { to, resource } => self.deliver(*to, resource, &mut record),
            Action::Sync { controller, key } => {
                record.causes = self.causes.work(self.steps, Actor::Controllers, controller, key);
                record.object = resource_of(controller).map(|r| (r, key.clone()));
                let World { manager, server, kubelets, rng, now, limit, armed, .. } = self;
                let mut mishap = Mishap::limit(*limit);
                if let Some((_, wanted)) = armed.take_if(|(queue, _)| queue == controller) {
                    mishap.fault = wanted.fault;
                }
                with_context(server, kubelets, rng, (*now, mishap), &mut record, |cx| {
                    manager.sync(cx, controller, key);
                    if cx.api.crashed() {
                        cx.note("crashed", []);
                        manager.restart(cx);
                    }
                });
            }
            Action::Schedule { key } => {
                record.causes = self.causes.work(self.steps, Actor::Scheduler, &Str::default(), key);
                record.object = Some((kinds::PODS.into(), key.clone()));
                let World { scheduler, server, kubelets, rng, now, limit, .. } = self;
                with_context(server, kubelets, rng, (*now, Mishap::limit(*limit)), &mut record, |cx| {
                    scheduler.schedule_one(cx)
                });
            }
            Action::Kubelet { node, work } => self.kubelet_work(*node, work, &mut record),
            Action::Start => {
                let World { manager, server, rng, now, limit, .. } = self;
                let mishap = Mishap::limit(*limit);
                with_context(server, &mut [], rng, (*now, mishap), &mut record, |cx| manager.start(cx));
            }
            Action::Fault(fault) => self.fault(fault, &mut record),
        }
        self.wrote(&record);
        record
    }

    /// Lets a person's client act on the API server: one step, whatever it asks.
    pub fn user<T>(&mut self, act: impl FnOnce(&mut dyn Api) -> T) -> (T, StepRecord) {
        self.steps += 1;
        let mut record = self.blank(Actor::User, None);
        let World { server, kubelets, now, limit, .. } = self;
        let mut door = Door::new(server, kubelets, *now, Mishap::limit(*limit));
        let result = act(&mut door);
        let delivered = door.delivered.take();
        record.calls = std::mem::take(&mut door.calls);
        if let Some(event) = delivered {
            record.causes.extend(self.caused(&event.object));
        }
        for call in record.calls.iter().filter(|c| c.verb.writes() && c.subresource == "exec") {
            let on = self.kubelets.iter().position(|k| k.worker(&call.key).is_some());
            if let Some(node) = on {
                self.causes.touch(self.steps, Actor::Kubelet(node), call.key.clone());
            }
        }
        self.wrote(&record);
        (result, record)
    }

    /// The step that wrote this state of an object, unless that was before the first step.
    fn caused(&self, object: &Json) -> Option<u64> {
        self.causes.writer(revision_of(object)).map(|(step, _)| step).filter(|step| *step > 0)
    }

    /// Remembers who wrote which revisions in this step.
    fn wrote(&mut self, record: &StepRecord) {
        for call in record.writes() {
            self.causes.wrote(self.steps, call.revision_after, &call.agent);
        }
    }

    fn blank(&self, actor: Actor, action: Option<Action>) -> StepRecord {
        StepRecord {
            step: self.steps,
            time: self.now,
            actor,
            action,
            object: None,
            event: Str::default(),
            causes: Vec::new(),
            notes: Vec::new(),
            calls: Vec::new(),
        }
    }

    fn deliver(&mut self, to: Actor, resource: &Resource, record: &mut StepRecord) {
        let step = self.steps;
        let World { manager, scheduler, kubelets, server, rng, now, limit, .. } = self;
        let mut pods = Vec::new();
        let delivered = match to {
            Actor::Scheduler => {
                with_context(server, &mut [], rng, (*now, Mishap::limit(*limit)), record, |cx| {
                    scheduler.deliver(cx, resource)
                })
            }
            Actor::Kubelet(node) => match kubelets.get_mut(node) {
                Some(kubelet) => {
                    with_context(server, &mut [], rng, (*now, Mishap::limit(*limit)), record, |cx| {
                        pods = kubelet.deliver(cx, resource)
                    })
                }
                None => None,
            },
            _ => with_context(server, &mut [], rng, (*now, Mishap::limit(*limit)), record, |cx| {
                manager.deliver(cx, resource)
            }),
        };
        let Some(event) = delivered else {
            record.event = Str::fixed("LIST");
            return;
        };
        record.event = Str::fixed(event.event.name());
        if !matches!(event.event, EventType::Error | EventType::Bookmark) {
            record.object = Some((resource.clone(), ObjectKey::of(&event.object)));
            record.causes.extend(self.caused(&event.object));
            self.causes.delivered(step, to, &event.object, event.event == EventType::Deleted);
            pods.into_iter().for_each(|pod| self.causes.touch(step, to, pod));
        }
    }

    fn kubelet_work(&mut self, node: usize, work: &Work, record: &mut StepRecord) {
        let actor = Actor::Kubelet(node);
        let step = self.steps;
        match work {
            Work::PodWorker(key) => {
                record.causes = self.causes.work(step, actor, &Str::fixed("pod"), key);
                record.object = Some((kinds::PODS.into(), key.clone()));
            }
            Work::Probe { pod, container, probe } => {
                record.causes =
                    self.causes.work(step, actor, &format!("{container}/{}", probe.name()).into(), pod);
                self.causes.touch(step, actor, pod.clone());
                record.object = Some((kinds::PODS.into(), pod.clone()));
            }
            Work::Process { pod, container } => {
                record.causes = self.causes.work(step, actor, container, pod);
                // What the process did is news for its pod worker.
                self.causes.touch(step, actor, pod.clone());
                record.object = Some((kinds::PODS.into(), pod.clone()));
            }
            Work::Register | Work::Heartbeat => {}
        }
        let World { kubelets, server, rng, now, limit, .. } = self;
        if let Some(kubelet) = kubelets.get_mut(node) {
            with_context(server, &mut [], rng, (*now, Mishap::limit(*limit)), record, |cx| {
                kubelet.work(cx, work)
            });
        }
    }
}

/// Lets a component act through a door, and moves what it said and asked into the record.
pub(super) fn with_context(
    server: &mut ApiServer,
    kubelets: &mut [Kubelet],
    rng: &mut Rng,
    (now, mishap): (Time, Mishap),
    record: &mut StepRecord,
    act: impl FnOnce(&mut Context<'_>),
) -> Option<WatchEvent> {
    let mut door = Door::new(server, kubelets, now, mishap);
    let mut cx = Context { api: &mut door, now, rng, notes: Vec::new() };
    act(&mut cx);
    record.notes = cx.notes;
    record.calls = door.calls;
    door.delivered
}

/// The resource whose keys a controller's queue holds.
pub fn resource_of(queue: &str) -> Option<Resource> {
    let info = match queue {
        "job-controller" => kinds::JOBS,
        "cronjob-controller" => kinds::CRONJOBS,
        "namespace-controller" | "service-account-controller" | "root-ca-cert-publisher" => kinds::NAMESPACES,
        "ttl-after-finished-controller" => kinds::JOBS,
        "job-controller/orphan-pods" | "taint-eviction-controller" | "taint-eviction-controller/pods" => {
            kinds::PODS
        }
        "node-lifecycle-controller/node-updates" | "node-lifecycle-controller/no-execute" => kinds::NODES,
        "taint-eviction-controller/nodes" => kinds::NODES,
        _ => return None,
    };
    Some(info.into())
}

fn revision_of(object: &Json) -> u64 {
    object["metadata"]["resourceVersion"].str().parse().unwrap_or(0)
}
