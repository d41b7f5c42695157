//! [`World`]: all components, the clock, and the step.

use super::causes::{Causes, kubelet_task, task};
use super::door::{Door, Mishap};
use super::{Action, Actor, Fault, StepRecord};
use crate::api::token::Key;
use crate::api::{EventType, ObjectKey, Resource, RuntimeConfig, User, WatchEvent};
use crate::apiserver::ApiServer;
use crate::client::{Api, Context};
use crate::collections::{List, Set};
use crate::controllers::Manager;
use crate::controllers::apiextensions::Extensions;
use crate::json::{Json, Str};
use crate::kubelet::{Kubelet, NodeConfig, Work};
use crate::scheduler::Scheduler;
use crate::sim::{Rng, Time};
use std::sync::Arc;
use std::time::Duration;

/// What a cluster is made of.
#[derive(Clone, Debug, PartialEq)]
pub struct Config {
    /// The same seed and the same actions give the same run.
    pub seed: u64,
    /// The nodes.
    pub nodes: Vec<NodeConfig>,
    /// When the clock starts.
    pub start: Time,
    /// What will break by itself, and how long after the clock's start; in the order of time.
    pub faults: Vec<(Duration, Fault)>,
    /// Whether the API server keeps a Service of itself, as all do.
    pub kubernetes_service: bool,
    /// Which APIs are switched off (`--runtime-config`).
    pub runtime: RuntimeConfig,
    /// Whether everybody may read what is below `/.well-known`, as in the build that the recordings were made with.
    pub well_known: bool,
    /// What tokens are signed with: without a secret, anybody can make one.
    pub key: Key,
    /// The users that show a token of their own (`--token-auth-file`).
    pub users: Arc<Vec<(Str, User)>>,
}

impl Config {
    /// Some equal nodes (`node-1`, …; 4 cpu, 8Gi, 110 pods each), on the morning of a fixed day.
    pub fn new(seed: u64, nodes: usize) -> Config {
        Config {
            seed,
            nodes: (1..=nodes).map(NodeConfig::numbered).collect(),
            start: Time::from_civil(2026, 1, 5, 9, 0, 0),
            faults: Vec::new(),
            kubernetes_service: true,
            runtime: RuntimeConfig::default(),
            well_known: false,
            key: Key::default(),
            users: Arc::default(),
        }
    }

    /// The cluster that the recordings of a real control plane were made on: three nodes with hollow kubelets. Each
    /// was made in a namespace of its own, which reads `default` in it: what a cluster keeps in `default` was not there.
    pub fn recorded() -> Config {
        let nodes = (1..=3).map(|n| NodeConfig::numbered(n).hollow()).collect();
        Config { nodes, kubernetes_service: false, well_known: true, ..Config::new(1, 3) }
    }
}

/// Everything there is.
#[derive(Clone)]
pub struct World {
    pub(super) now: Time,
    pub(super) rng: Rng,
    pub(super) steps: u64,
    pub(super) server: ApiServer,
    pub(super) manager: Manager,
    pub(super) extensions: Extensions,
    pub(super) scheduler: Scheduler,
    pub(super) kubelets: Vec<Kubelet>,
    pub(super) causes: Causes,
    /// How many API calls of a step get through; all where there is no limit.
    pub(super) limit: Option<usize>,
    /// The sync and the call of it that will go wrong.
    pub(super) armed: Option<(Str, Mishap)>,
    /// The resources of which nothing reaches the controllers for now.
    pub(super) held: Set<Resource>,
    /// What will break by itself, the next first.
    pub(super) coming: List<(Time, Fault)>,
}

/// Before anything else has happened, no more than this many steps are taken to start the components.
const BOOT_STEPS: usize = 10_000;

impl World {
    /// A cluster whose processes have just been started: nothing is listed, no node is registered.
    pub fn new(config: &Config) -> World {
        let mut rng = Rng::new(config.seed);
        let mut server = ApiServer::new(rng.next_u64(), config.start);
        if config.kubernetes_service {
            server.keep_kubernetes_service(config.start);
        }
        if config.well_known {
            server.open_well_known(config.start);
        }
        server.know(config.key.clone(), config.users.clone());
        server.configure(&config.runtime);
        let mut manager = Manager::new(&config.runtime);
        manager.sign_with(config.key.clone());
        World {
            now: config.start,
            steps: 0,
            server,
            manager,
            extensions: Extensions::new(&config.runtime),
            scheduler: Scheduler::new(),
            kubelets: config.nodes.iter().cloned().map(Kubelet::new).collect(),
            causes: Causes::default(),
            limit: None,
            armed: None,
            held: Set::new(),
            coming: List::new(),
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
        for (after, fault) in &config.faults {
            world.coming.push_back((config.start + *after, fault.clone()));
        }
        world
    }

    /// From now on only the first `calls` API calls of each step get through; the others fail as if the API server
    /// could not be reached.
    pub fn limit_calls(&mut self, calls: Option<usize>) {
        self.limit = calls;
    }

    /// Takes over the API server of another world, and lets the worker of an action have its key in hand: with the
    /// server as it is after some calls of a step, this is the world in the middle of that step.
    pub fn stand_in(&mut self, action: Option<&Action>, server: ApiServer) {
        self.server = server;
        if let Some(Action::Sync { controller, key }) = action {
            self.manager.take(controller, key, self.now);
            self.extensions.take(controller, key, self.now);
        }
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

    /// Forgets what people only look back at; the cluster goes on as before.
    pub fn thin(&mut self) {
        self.server.thin();
    }

    /// Takes over what the same world, later in the same run, still knows of the time before this moment.
    pub fn recall(&mut self, later: &World) {
        self.server.recall(&later.server);
    }

    /// The controller manager, to look at.
    pub fn manager(&self) -> &Manager {
        &self.manager
    }

    /// The loops inside the API server, to look at.
    pub fn extensions(&self) -> &Extensions {
        &self.extensions
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

    /// Does one enabled action. (Doing one that is not enabled does nothing, or what the component makes of it.)
    pub fn step(&mut self, action: &Action) -> StepRecord {
        self.steps += 1;
        let mut record = self.blank(action.actor(), Some(action.clone()));
        match action {
            Action::Advance { to, .. } => {
                self.now = self.now.max(*to);
                self.server.expire(self.now);
                self.causes.wrote(self.steps, self.server.revision(), &Str::fixed("apiserver"));
                let due = self.due(self.now);
                record.object = due.first().and_then(|action| self.object(action));
                record.causes = self.causes.ticked(self.steps, due.iter().filter_map(task));
                self.catch_up(&mut record);
            }
            Action::Deliver { to, resource } => self.deliver(*to, resource, &mut record),
            Action::Sync { controller, key } if action.actor() == Actor::ApiServer => {
                self.begin(action, &mut record);
                let World { extensions, server, rng, now, limit, .. } = self;
                with_context(server, &mut [], rng, (*now, Mishap::limit(*limit)), &mut record, |cx| {
                    extensions.sync(cx, controller, key)
                });
            }
            Action::Sync { controller, key } => {
                self.begin(action, &mut record);
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
                if record.notes.iter().any(|note| note.phase == "crashed") {
                    self.causes.broke(self.steps);
                }
            }
            Action::Schedule { .. } => {
                self.begin(action, &mut record);
                let World { scheduler, server, kubelets, rng, now, limit, .. } = self;
                with_context(server, kubelets, rng, (*now, Mishap::limit(*limit)), &mut record, |cx| {
                    scheduler.schedule_one(cx)
                });
            }
            Action::Kubelet { node, work } => {
                self.begin(action, &mut record);
                self.kubelet_work(*node, work, &mut record);
            }
            Action::Start => {
                record.event = Str::fixed(self.manager.stage().next());
                record.causes.extend(self.causes.fault());
                let World { manager, server, rng, now, limit, .. } = self;
                let mishap = Mishap::limit(*limit);
                with_context(server, &mut [], rng, (*now, mishap), &mut record, |cx| manager.start(cx));
            }
            Action::Fault(fault) => self.fault(fault, &mut record),
        }
        self.wrote(&record);
        self.discover(&mut record);
        self.timers_set(action.actor());
        record
    }

    /// The controllers hear what custom resources there are, where that has changed.
    fn discover(&mut self, record: &mut StepRecord) {
        let since = self.server.custom_since();
        if since != self.manager.discovered() {
            let World { manager, server, rng, now, .. } = self;
            let mut door = Door::new(server, &mut [], *now, Mishap::default());
            let mut cx = Context { api: &mut door, now: *now, rng, notes: Vec::new() };
            manager.discover(&mut cx, since);
            record.notes.append(&mut cx.notes);
        }
    }

    /// What a step of work is about, and what led to it.
    fn begin(&mut self, action: &Action, record: &mut StepRecord) {
        record.object = self.object(action);
        let Some(task) = task(action) else { return };
        let mut about = Vec::new();
        if let Some((resource, key)) = &record.object
            && matches!(action, Action::Sync { .. })
            && task.2 != *key
        {
            // The garbage collector looks at an object because of what happened to its owners.
            about.push(key.clone());
            let owners = &self.server.peek(resource, key)["metadata"]["ownerReferences"];
            let owner = |o: &Json| ObjectKey::new(key.namespace.clone(), o["name"].str());
            about.extend(owners.items().iter().map(owner));
        } else {
            about.push(task.2.clone());
        }
        record.causes = self.causes.work(self.steps, task, &about);
    }

    /// Remembers which timers the actor set in this step.
    fn timers_set(&mut self, actor: Actor) {
        let World { causes, manager, extensions, kubelets, steps, now, .. } = self;
        match actor {
            Actor::ApiServer | Actor::Controllers => {
                let of_server = actor == Actor::ApiServer;
                let set = if of_server { extensions.timers_set() } else { manager.timers_set() };
                for (queue, key) in set {
                    causes.timer_set(*steps, (actor, Str::fixed(queue), key));
                }
            }
            Actor::Kubelet(node) => {
                let set = kubelets.get_mut(node).map(|k| k.timers_set(*now)).unwrap_or_default();
                for work in set {
                    causes.timer_set(*steps, kubelet_task(node, &work));
                }
            }
            Actor::Scheduler | Actor::User | Actor::Clock => {}
        }
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
        self.discover(&mut record);
        (result, record)
    }

    /// After a jump of the clock over heartbeats, each kubelet makes the last of them.
    fn catch_up(&mut self, record: &mut StepRecord) {
        let World { kubelets, server, rng, now, limit, .. } = self;
        let mishap = Mishap::limit(*limit);
        let late: Vec<&mut Kubelet> = kubelets.iter_mut().filter(|k| k.heartbeat_missed(*now)).collect();
        if !late.is_empty() {
            with_context(server, &mut [], rng, (*now, mishap), record, |cx| {
                late.into_iter().for_each(|kubelet| kubelet.work(cx, &Work::Heartbeat));
            });
        }
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

    pub(super) fn blank(&self, actor: Actor, action: Option<Action>) -> StepRecord {
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
        let World { manager, extensions, scheduler, kubelets, server, rng, now, limit, .. } = self;
        let mut pods = Vec::new();
        let delivered = match to {
            Actor::ApiServer => {
                with_context(server, &mut [], rng, (*now, Mishap::limit(*limit)), record, |cx| {
                    extensions.deliver(cx, resource)
                })
            }
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
            record.causes.extend(self.causes.fault());
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
        if let Work::Process { pod, .. } = work {
            // What the process did is news for its pod worker.
            self.causes.touch(self.steps, Actor::Kubelet(node), pod.clone());
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

fn revision_of(object: &Json) -> u64 {
    object["metadata"]["resourceVersion"].str().parse().unwrap_or(0)
}
