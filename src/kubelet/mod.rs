//! The kubelet: runs the pods of one node and tells the API server how they are.
//!
//! ```text
//! watch (spec.nodeName = mine) ──▶ PodWorker of each pod ──▶ containers ──▶ processes
//!                                      │  ▲                                  │
//!                   status, events ◀───┘  └────────── an exit wakes it ◀─────┘
//! ```
//!
//! Everything a kubelet has to do is a [`Work`] on its [agenda](agenda::Agenda): to be done now, or at a moment. One piece of
//! work is one step. Nothing polls: what is not due costs nothing.
//!
//! Upstream: `pkg/kubelet`. Absent: cgroups, devices, static pods, eviction by node pressure.

mod agenda;
mod container;
mod env;
mod envvars;
mod exec;
mod hooks;
mod host_files;
pub mod images;
mod kill;
mod log_request;
mod logs;
mod mounting;
mod node;
mod object_cache;
mod pod_worker;
mod power;
mod prober;
mod runtime;
mod start;
mod status;
mod volumes;

pub use container::{Container, Exit, Role, State};
pub use exec::{ExecRequest, Typed};
pub use log_request::container_name;
pub use logs::{Log, LogQuery};
pub use node::{Fidelity, NodeConfig};
pub use pod_worker::{PodWorker, Stage};
pub use prober::ProbeKind;
pub use runtime::Input;

use crate::api::{ObjectKey, Resource, Status, kinds};
use crate::client::{Context, Delta, Informer, Recorder, Reflector, Timer};
use crate::collections::{Map, Set};
use crate::json::{Json, Str};
use crate::sim::Time;
use agenda::{Agenda, Urgency};
use node::{Addresses, Heart};
use object_cache::ObjectCache;
use pod_worker::Host;
use std::sync::Arc;

/// One thing that a kubelet has to do.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Work {
    /// Create the Node object and its Lease.
    Register,
    /// Renew the Lease, and now and then report the node's status.
    Heartbeat,
    /// One sync of a pod's worker.
    PodWorker(ObjectKey),
    /// A container's processes can go on.
    Process {
        /// The pod.
        pod: ObjectKey,
        /// The container's name.
        container: Str,
    },
    /// A container is asked how it is.
    Probe {
        /// The pod.
        pod: ObjectKey,
        /// The container's name.
        container: Str,
        /// What it is asked.
        probe: ProbeKind,
    },
}

/// The kubelet of one node.
#[derive(Clone)]
pub struct Kubelet {
    node: NodeConfig,
    agent: Str,
    /// Whether its machine is switched off.
    down: bool,
    /// It has started anew and not listed its pods yet.
    listing: bool,
    heart: Heart,
    pods: Informer,
    services: Informer,
    objects: ObjectCache,
    workers: Map<ObjectKey, Arc<PodWorker>>,
    agenda: Agenda,
    images: Set<Str>,
    /// What lies on the persistent volumes that pods of this node have had, by the volumes' names.
    disks: runtime::Volumes,
    puller_free: Time,
    addresses: Addresses,
    recorder: Recorder,
}

impl Kubelet {
    /// A kubelet that has just started: its node is not registered yet.
    pub fn new(node: NodeConfig) -> Kubelet {
        let agent = Str::from(format!("kubelet/{}", node.name));
        let mine =
            Reflector::new(kinds::PODS, &agent).with_field_selector(format!("spec.nodeName={}", node.name));
        let mut agenda = Agenda::default();
        agenda.set(Work::Register, Time::default(), Urgency::Progress);
        Kubelet {
            recorder: Recorder::new("kubelet", &node.name),
            heart: Heart::default(),
            pods: Informer::of(mine, &[]),
            services: Informer::new(kinds::SERVICES, &agent, &[]),
            objects: ObjectCache::default(),
            workers: Map::new(),
            agenda,
            down: false,
            listing: false,
            images: Set::new(),
            disks: runtime::Volumes::default(),
            puller_free: Time::default(),
            addresses: Addresses::default(),
            agent,
            node,
        }
    }

    /// The name of its node.
    pub fn node_name(&self) -> &str {
        &self.node.name
    }

    /// What its node is made of.
    pub fn node(&self) -> &NodeConfig {
        &self.node
    }

    /// The workers of its pods, by key.
    pub fn workers(&self) -> impl Iterator<Item = (&ObjectKey, &PodWorker)> {
        self.workers.iter().map(|(key, worker)| (key, &**worker))
    }

    /// The worker of a pod.
    pub fn worker(&self, key: &ObjectKey) -> Option<&PodWorker> {
        self.workers.get(key).map(|worker| &**worker)
    }

    /// Its caches of the API server: the pods of its node, and all Services, of which it tells its containers.
    pub fn informers(&self) -> impl Iterator<Item = &Informer> {
        [&self.pods, &self.services].into_iter()
    }

    /// The images that are on the node, in full.
    pub fn images(&self) -> impl Iterator<Item = &Str> {
        self.images.iter()
    }

    /// What keeps it up to date.
    pub fn reflectors(&self) -> impl Iterator<Item = &Reflector> {
        let all = self.informers().map(Informer::reflector).chain(self.objects.reflectors());
        all.filter(|_| !self.down)
    }

    /// A reflector moves: pods come, change and go, or what they mount has changed. Gives the pods that it concerns,
    /// apart from the object itself.
    pub fn deliver(&mut self, cx: &mut Context, resource: &Resource) -> Vec<ObjectKey> {
        if *resource == kinds::PODS.into() {
            for delta in self.pods.deliver(cx) {
                self.pod_event(cx, &delta);
            }
            if std::mem::take(&mut self.listing) {
                for key in self.workers.keys() {
                    self.agenda.wake(Work::PodWorker(key.clone()), cx.now);
                }
            }
            return Vec::new();
        }
        if *resource == kinds::SERVICES.into() {
            self.services.deliver(cx);
            return Vec::new();
        }
        let mut pods = self.objects.deliver(cx, resource);
        pods.retain(|key| self.content_changed(cx, key));
        pods
    }

    /// Something that a pod refers to is not what it was: its volumes will show that after the worker's next sync.
    fn content_changed(&mut self, cx: &mut Context, key: &ObjectKey) -> bool {
        let Some(worker) = self.workers.get_mut(key) else { return false };
        let Some(at) = Arc::make_mut(worker).content_changed(cx.now) else { return false };
        cx.note("volume-stale", [("pod", key.to_string().into()), ("until", at.rfc3339_micro().into())]);
        self.agenda.sooner(Work::PodWorker(key.clone()), at);
        true
    }

    fn pod_event(&mut self, cx: &mut Context, delta: &Delta) {
        let pod = delta.object();
        let key = ObjectKey::of(pod);
        if let Delta::Deleted(_) = delta {
            self.forget(cx, &key);
            return;
        }
        let same_pod = |w: &PodWorker| w.pod["metadata"]["uid"] == pod["metadata"]["uid"];
        match self.workers.get_mut(&key) {
            Some(worker) if same_pod(worker) => {
                let worker = Arc::make_mut(worker);
                let meta = |k: &str| differ(&worker.pod["metadata"][k], &pod["metadata"][k]);
                // Its own status coming back is no news.
                let news = differ(&worker.pod["spec"], &pod["spec"])
                    || ["labels", "annotations", "deletionTimestamp", "deletionGracePeriodSeconds"]
                        .into_iter()
                        .any(meta)
                    || !pod["spec"]["readinessGates"].is_empty();
                worker.pod = pod.clone();
                if news {
                    worker.pod_changed();
                    self.agenda.wake(Work::PodWorker(key), cx.now);
                }
            }
            _ => {
                self.forget(cx, &key);
                cx.note("pod-added", [("pod", key.to_string().into())]);
                self.workers.insert(key.clone(), Arc::new(PodWorker::new(pod, cx.now)));
                self.agenda.wake(Work::PodWorker(key), cx.now);
            }
        }
    }

    fn forget(&mut self, cx: &mut Context, key: &ObjectKey) {
        if let Some(mut worker) = self.workers.remove(key) {
            Arc::make_mut(&mut worker).drop_everything(&mut self.host());
            self.objects.release(cx.api, key);
        }
    }

    /// What is due, in a fixed order, found one by one.
    pub fn ready(&self, now: Time) -> impl Iterator<Item = &Work> {
        self.agenda.ready(now)
    }

    /// When something will be due.
    pub fn next_timer(&self) -> Option<Timer> {
        self.agenda.next_timer()
    }

    /// When something will be due that is no mere housekeeping.
    pub fn next_foreground(&self) -> Option<Time> {
        self.agenda.next_foreground()
    }

    /// The same, some work left out.
    pub fn next_without(&self, left_out: &dyn Fn(&Work) -> bool) -> Option<Time> {
        self.agenda.next_without(left_out)
    }

    /// What it has to do, now or at some moment, upkeep apart.
    pub fn awaited(&self) -> impl Iterator<Item = &Work> {
        self.agenda.awaited()
    }

    /// The work that was given a later moment than now since this was last asked.
    pub fn timers_set(&mut self, now: Time) -> Vec<Work> {
        self.agenda.take_timers_set(now)
    }

    /// Whether the moment of a heartbeat has passed without one.
    pub fn heartbeat_missed(&self, now: Time) -> bool {
        self.agenda.at(&Work::Heartbeat).is_some_and(|at| at < now)
    }

    /// Does one piece of work.
    pub fn work(&mut self, cx: &mut Context, work: &Work) {
        match work {
            Work::Register => {
                self.agenda.remove(work);
                self.heart.register(cx, &self.node, &self.agent, &mut self.recorder);
                match self.heart.registered {
                    true => self.agenda.set(Work::Heartbeat, cx.now + node::LEASE_RENEWAL, Urgency::Upkeep),
                    false => self.agenda.set(Work::Register, cx.now + node::REGISTER_RETRY, Urgency::Retry),
                }
            }
            Work::Heartbeat => {
                self.heart.beat(cx, &self.node, &self.agent);
                let Kubelet { objects, workers, .. } = self;
                objects.stop_idle(cx, &|key| workers.get(key).is_some_and(|worker| worker.mounts_objects()));
                self.agenda.set(Work::Heartbeat, cx.now + node::LEASE_RENEWAL, Urgency::Upkeep);
            }
            Work::PodWorker(key) => self.with_worker(key, work, |worker, host| worker.sync(cx, host)),
            Work::Process { pod, container } => {
                self.with_worker(pod, work, |worker, host| worker.run(container, cx, host));
            }
            Work::Probe { pod, container, probe } => {
                self.with_worker(pod, work, |worker, host| worker.probe(container, *probe, cx, host));
            }
        }
        self.recorder.flush(cx);
    }

    fn with_worker(&mut self, key: &ObjectKey, work: &Work, act: impl FnOnce(&mut PodWorker, &mut Host<'_>)) {
        match self.workers.remove(key) {
            Some(mut worker) => {
                act(Arc::make_mut(&mut worker), &mut self.host());
                self.workers.insert(key.clone(), worker);
            }
            None => self.agenda.remove(work),
        }
    }

    fn host(&mut self) -> Host<'_> {
        Host {
            node: &self.node,
            agent: &self.agent,
            services: &self.services,
            objects: &mut self.objects,
            images: &mut self.images,
            disks: &mut self.disks,
            puller_free: &mut self.puller_free,
            addresses: &mut self.addresses,
            recorder: &mut self.recorder,
            agenda: &mut self.agenda,
        }
    }

    /// What a container of one of its pods wrote: `GET pods/x/log`, as the API server passes it on.
    pub fn logs(&self, pod: &Json, query: &[(Str, Str)]) -> Result<String, Status> {
        log_request::answer(self.worker(&ObjectKey::of(pod)), pod, query)
    }

    /// Starts a process in a container: `POST pods/x/exec`, as the API server passes it on. Gives its number.
    pub fn exec(&mut self, pod: &Json, request: &ExecRequest<'_>, now: Time) -> Result<i64, Status> {
        let key = ObjectKey::of(pod);
        let Some(mut worker) = self.workers.remove(&key) else {
            return Err(exec::no_such_container(request));
        };
        let result = Arc::make_mut(&mut worker).exec(request, now, &mut self.host());
        self.workers.insert(key, worker);
        result
    }

    /// Types into such a process, or into the container's own (1).
    pub fn exec_input(&mut self, pod: &Json, container: &str, number: i64, typed: Typed<'_>, now: Time) {
        let key = ObjectKey::of(pod);
        if let Some(mut worker) = self.workers.remove(&key) {
            Arc::make_mut(&mut worker).type_in(container, number, typed, now, &mut self.host());
            self.workers.insert(key, worker);
        }
    }

    /// Types to the main process of a container.
    pub fn attach_input(&mut self, pod: &Json, container: &str, text: &str, now: Time) {
        let main = i64::from(runtime::MAIN.0);
        let is_it = |c: &&Json| c["name"].str() == container;
        let terminal =
            pod["spec"]["containers"].items().iter().find(is_it).is_some_and(|c| c["tty"] == true.into());
        match text.strip_suffix('\u{4}').filter(|_| !terminal) {
            Some(rest) => {
                self.exec_input(pod, container, main, Typed::Bytes(rest.as_bytes()), now);
                self.exec_input(pod, container, main, Typed::End, now);
            }
            None => self.exec_input(pod, container, main, Typed::Bytes(text.as_bytes()), now),
        }
    }

    /// What such a process wrote so far, and its exit code once it has ended.
    pub fn exec_output(&self, pod: &Json, container: &str, number: i64, as_bytes: bool) -> Json {
        let container = self.worker(&ObjectKey::of(pod)).and_then(|worker| worker.container(container));
        exec::output(container, number, as_bytes)
    }
}

/// Two revisions of an object share what did not change, so looking at the memory is mostly enough.
fn differ(a: &Json, b: &Json) -> bool {
    !a.same(b) && a != b
}
