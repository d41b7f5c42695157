//! [`PodWorker`]: brings one pod to where its spec wants it, one sync at a time.
//!
//! ```text
//! syncPod ──deleted, deadline, all containers done──▶ syncTerminatingPod ──nothing runs──▶ syncTerminatedPod
//! ```
//!
//! A sync reports the status first and acts then, as upstream's; what the action changed wakes the worker again (the
//! PLEG's event), and that sync reports it. Upstream: `pkg/kubelet/pod_workers.go`, `kuberuntime_manager.go`.

use super::Work;
use super::agenda::{Agenda, Next, Urgency};
use super::container::{Container, Pull, Role, State};
use super::images::registry::Credential;
use super::mounting::Mounting;
use super::node::{Addresses, NodeConfig};
use super::object_cache::ObjectCache;
use super::prober::ProbeKind;
use super::runtime::{Blocked, MAIN, SIGKILL, SIGTERM, Volumes};
use super::{exec, status};
use crate::api::{ObjectKey, PatchType, Request, kinds, meta};
use crate::client::{Context, EventKind, Informer, Recorder};
use crate::collections::Set;
use crate::json;
use crate::json::{Json, Str};
use crate::sim::Time;
use std::time::Duration;

/// Where the worker is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// The pod is to run.
    SyncPod,
    /// Its containers are being stopped.
    TerminatingPod {
        /// When those are killed that have not ended by themselves.
        kill_at: Time,
        /// Whether the sidecars have been asked to stop too.
        sidecars: bool,
        /// Whether they have been killed.
        killed: bool,
    },
    /// Nothing of it runs any more.
    TerminatedPod {
        /// Whether the API server has been told that the object can go.
        released: bool,
    },
}

/// The kubelet's side of one pod.
#[derive(Clone, Debug)]
pub struct PodWorker {
    /// The object, as last heard.
    pub pod: Json,
    /// Where the worker is.
    pub stage: Stage,
    /// When the kubelet first saw the pod.
    pub started: Time,
    /// The pod's address, from the first sandbox on.
    pub ip: Option<Str>,
    /// Whether the sandbox (network and volumes) is there.
    pub sandbox: bool,
    /// Init containers first, in the order of the spec.
    pub containers: Vec<Container>,
    /// The status that was written last; `Null` before.
    pub written: Json,
    /// Why the kubelet itself ended the pod: reason and message.
    pub verdict: Option<(&'static str, Str)>,
    address: Option<u8>,
    pub(super) volumes: Volumes,
    pub(super) mounting: Mounting,
    /// The credentials of its `imagePullSecrets`, once a sync has asked for them.
    pub(super) keyring: Option<Vec<Credential>>,
}

/// What a worker uses of its kubelet.
pub struct Host<'a> {
    pub(super) node: &'a NodeConfig,
    pub(super) agent: &'a Str,
    pub(super) services: &'a Informer,
    /// The ConfigMaps and Secrets that its pods refer to.
    pub(super) objects: &'a mut ObjectCache,
    /// The images that have been pulled.
    pub(super) images: &'a mut Set<Str>,
    pub(super) disks: &'a mut Volumes,
    /// When the next pull can begin.
    pub(super) puller_free: &'a mut Time,
    pub(super) addresses: &'a mut Addresses,
    pub(super) recorder: &'a mut Recorder,
    pub(super) agenda: &'a mut Agenda,
}

impl PodWorker {
    /// For a pod that the kubelet sees for the first time.
    pub fn new(pod: &Json, now: Time) -> PodWorker {
        let inits = pod["spec"]["initContainers"].items();
        let init_role =
            |c: &Json| if c["restartPolicy"].str() == "Always" { Role::Sidecar } else { Role::Init };
        let mains = pod["spec"]["containers"]
            .items()
            .iter()
            .map(|c| Container::new(c, Role::Main, !inits.is_empty()));
        let finished = matches!(pod["status"]["phase"].str(), "Succeeded" | "Failed");
        PodWorker {
            pod: pod.clone(),
            stage: if finished { Stage::TerminatedPod { released: false } } else { Stage::SyncPod },
            started: now,
            ip: None,
            sandbox: false,
            containers: inits.iter().map(|c| Container::new(c, init_role(c), true)).chain(mains).collect(),
            written: Json::Null,
            verdict: None,
            address: None,
            volumes: Volumes::new(),
            mounting: Mounting::default(),
            keyring: None,
        }
    }

    /// A container by name.
    pub fn container(&self, name: &str) -> Option<&Container> {
        self.containers.iter().find(|c| c.name == *name)
    }

    /// The pod's restart policy.
    pub fn policy(&self) -> &str {
        self.pod["spec"]["restartPolicy"].as_str().unwrap_or("Always")
    }

    /// The phase that follows from the containers.
    pub fn phase(&self) -> &'static str {
        let over = self.stage != Stage::SyncPod || self.is_done();
        match status::phase(self.policy(), &self.containers, over) {
            "Succeeded" if self.verdict.is_some() => "Failed",
            phase => phase,
        }
    }

    /// The spec of the container at an index.
    pub(super) fn spec_of(&self, index: usize) -> &Json {
        let inits = self.pod["spec"]["initContainers"].items();
        match inits.get(index) {
            Some(spec) => spec,
            None => &self.pod["spec"]["containers"][index - inits.len()],
        }
    }

    /// Whether all containers have ended for good.
    fn is_done(&self) -> bool {
        let over = |c: &Container| match (&c.state, c.exit()) {
            (State::Running { .. }, _) | (_, None) => false,
            (_, Some(exit)) => !c.restarts_under(self.policy(), exit),
        };
        let mut mains = self.containers.iter().filter(|c| c.role == Role::Main);
        let init_failed =
            |c: &Container| c.role == Role::Init && over(c) && c.exit().is_some_and(|e| e.code != 0);
        mains.all(over) || self.containers.iter().any(init_failed)
    }

    fn deadline(&self) -> Option<Time> {
        let seconds = self.pod["spec"]["activeDeadlineSeconds"].as_i64()?;
        Some(self.started + Duration::from_secs(seconds.max(0).unsigned_abs()))
    }

    /// One sync.
    pub fn sync(&mut self, cx: &mut Context, host: &mut Host<'_>) {
        let mut next = Next::default();
        if self.stage == Stage::SyncPod {
            let late = self.deadline().is_some_and(|at| at <= cx.now);
            if late && self.verdict.is_none() && !self.is_done() {
                let message = "Pod was active on the node longer than the specified deadline";
                self.verdict = Some(("DeadlineExceeded", Str::fixed(message)));
                let about = meta::object_reference(&self.pod, &kinds::PODS.into());
                host.recorder.event_about(about, EventKind::Normal, "DeadlineExceeded", message);
            }
            if meta::is_being_deleted(&self.pod) || self.verdict.is_some() || self.is_done() {
                self.begin_termination(cx, host);
            } else {
                self.sync_pod(cx, host, &mut next);
                self.plan_refresh(cx, host, &mut next);
                if let Some(at) = self.deadline() {
                    next.at(at, Urgency::Progress);
                }
            }
        }
        if let Stage::TerminatingPod { .. } = self.stage {
            self.sync_terminating_pod(cx, host, &mut next);
        }
        if let Stage::TerminatedPod { .. } = self.stage {
            self.sync_terminated_pod(cx, host);
        }
        let work = Work::PodWorker(ObjectKey::of(&self.pod));
        match next.0 {
            Some((at, _)) if at <= cx.now => host.agenda.set(work, at, Urgency::Progress),
            Some((at, urgency)) => host.agenda.set(work, at, urgency),
            None => host.agenda.remove(&work),
        }
    }

    fn sync_pod(&mut self, cx: &mut Context, host: &mut Host<'_>, next: &mut Next) {
        cx.note("sync-pod", [("phase", self.phase().into())]);
        if self.check_hooks(cx, host, next) {
            return self.kill_overdue(cx, host, next);
        }
        self.keyring = None;
        // A sync that waited for an image goes on where it was; it has reported already.
        if !self.containers.iter().any(|c| matches!(c.pull, Pull::Pulling { .. })) {
            self.write_status(cx, host);
        }
        if !self.sandbox {
            self.create_sandbox(cx, host, next);
            if !self.sandbox {
                return;
            }
        } else {
            self.refresh_volumes(cx, host);
        }
        self.kill_overdue(cx, host, next);
        let mains_started = self.containers.iter().any(|c| c.role == Role::Main && c.sandboxed);
        let mut initialized = true;
        for index in 0..self.containers.len() {
            let container = &self.containers[index];
            match container.role {
                Role::Main => {
                    if initialized && !container.is_running() {
                        self.advance(index, cx, host, next);
                    }
                }
                _ if !initialized => {}
                Role::Sidecar => {
                    if !container.is_running() {
                        self.advance(index, cx, host, next);
                    }
                    let sidecar = &self.containers[index];
                    initialized =
                        mains_started || (sidecar.is_running() && sidecar.passes(ProbeKind::Startup));
                }
                Role::Init => {
                    let done = matches!(&container.state, State::Terminated(e) if e.code == 0);
                    if !done && !mains_started {
                        if !container.is_running() {
                            self.advance(index, cx, host, next);
                        }
                        initialized = false;
                    }
                }
            }
        }
    }

    fn create_sandbox(&mut self, cx: &mut Context, host: &mut Host<'_>, next: &mut Next) {
        if !self.mount_volumes(cx, host, next) {
            return;
        }
        let ip = if self.pod["spec"]["hostNetwork"].as_bool() == Some(true) {
            host.node.address()
        } else {
            let Some(address) = host.addresses.take() else {
                cx.note("create-sandbox", [("error", "no IP addresses available in range set".into())]);
                next.at(cx.now + Duration::from_secs(10), Urgency::Retry);
                return;
            };
            self.address = Some(address);
            format!("10.244.{}.{address}", host.node.number)
        };
        cx.note("create-sandbox", [("ip", ip.as_str().into())]);
        if self.containers.iter().any(|c| !c.id.is_empty()) {
            let about = meta::object_reference(&self.pod, &kinds::PODS.into());
            let message = "Pod sandbox changed, it will be killed and re-created.";
            host.recorder.event_about(about, EventKind::Normal, "SandboxChanged", message);
        }
        self.ip = Some(ip.into());
        self.sandbox = true;
    }

    /// Stops what runs. The main containers first; sidecars when those are gone.
    fn begin_termination(&mut self, cx: &mut Context, host: &mut Host<'_>) {
        let seconds = self.pod["metadata"]["deletionGracePeriodSeconds"].as_i64();
        let seconds = seconds.or(self.pod["spec"]["terminationGracePeriodSeconds"].as_i64()).unwrap_or(30);
        let grace = match host.node.is_hollow() {
            true => Duration::from_millis(300),
            false => Duration::from_secs(seconds.max(0).unsigned_abs()),
        };
        cx.note(
            "terminate-pod",
            [("deleted", meta::is_being_deleted(&self.pod).into()), ("graceSeconds", seconds.into())],
        );
        let any = self.containers.iter().any(Container::is_running);
        let kill_at = if any { cx.now + grace } else { cx.now };
        self.stage = Stage::TerminatingPod { kill_at, sidecars: false, killed: false };
        self.signal(Role::Main, SIGTERM, cx, host);
        self.signal(Role::Init, SIGTERM, cx, host);
    }

    fn signal(&mut self, role: Role, signal: i32, cx: &mut Context, host: &mut Host<'_>) {
        if host.node.is_hollow() && signal != SIGKILL {
            return;
        }
        for index in 0..self.containers.len() {
            let container = &self.containers[index];
            if container.role != role || !container.is_running() {
                continue;
            }
            let name = container.name.clone();
            if signal == SIGTERM {
                self.event(index, host, EventKind::Normal, "Killing", format!("Stopping container {name}"));
                self.stop_container(index, cx, host);
            } else {
                self.signal_container(index, signal, cx, host);
            }
        }
    }

    fn sync_terminating_pod(&mut self, cx: &mut Context, host: &mut Host<'_>, next: &mut Next) {
        let Stage::TerminatingPod { kill_at, sidecars, killed } = self.stage else { return };
        let runs = |role: Role| self.containers.iter().any(|c| c.role == role && c.is_running());
        let (mains, helpers) = (runs(Role::Main) || runs(Role::Init), runs(Role::Sidecar));
        if !mains && !helpers {
            self.give_back_address(host);
            self.sandbox = false;
            self.unmount_volumes(host);
            self.stage = Stage::TerminatedPod { released: false };
            self.write_status(cx, host);
            return;
        }
        self.check_hooks(cx, host, next);
        let due = cx.now >= kill_at && !killed;
        if due {
            for role in [Role::Main, Role::Init, Role::Sidecar] {
                self.signal(role, SIGKILL, cx, host);
            }
        } else if !mains && !sidecars {
            self.signal(Role::Sidecar, SIGTERM, cx, host);
        }
        self.stage = Stage::TerminatingPod { kill_at, sidecars: sidecars || !mains, killed: killed || due };
        self.write_status(cx, host);
        if !killed && !due {
            next.at(kill_at, Urgency::Progress);
        }
    }

    fn sync_terminated_pod(&mut self, cx: &mut Context, host: &mut Host<'_>) {
        let Stage::TerminatedPod { released: false } = self.stage else { return };
        if !meta::is_being_deleted(&self.pod) {
            return;
        }
        cx.note("release-pod", [("phase", self.phase().into())]);
        let key = ObjectKey::of(&self.pod);
        let uid = Str::from(meta::uid(&self.pod));
        let request = Request::delete(kinds::PODS, key.namespace, key.name).by(host.agent).with(|options| {
            options.grace_period = Some(0);
            options.uid = Some(uid);
        });
        // An error means that it is gone already, or is another pod by now.
        let _ = cx.api.call(request);
        self.stage = Stage::TerminatedPod { released: true };
    }

    /// Lets a container's processes run.
    pub fn run(&mut self, name: &str, cx: &mut Context, host: &mut Host<'_>) {
        let Some(index) = self.containers.iter().position(|c| c.name == *name) else { return };
        let before = self.containers[index].log.total_lines();
        let Some(blocked) = self.run_container(index, cx.now, host) else { return };
        let lines = self.containers[index].log.total_lines() - before;
        cx.note("run-process", [("container", name.into()), ("lines", (lines as i64).into())]);
        match blocked {
            Blocked::Until(at) => cx.note("process-waits", [("until", at.rfc3339_micro().into())]),
            Blocked::Forever => {}
            Blocked::Exited { code, .. } => cx.note("process-exited", [("code", code.into())]),
        }
    }

    /// The same, without saying so: an exec's first moments belong to who asked for it.
    pub(super) fn run_container(&mut self, index: usize, now: Time, host: &mut Host<'_>) -> Option<Blocked> {
        let pod = ObjectKey::of(&self.pod);
        let fallback = self.spec_of(index)["terminationMessagePolicy"].str() == "FallbackToLogsOnError";
        let container = &mut self.containers[index];
        let work = Work::Process { pod: pod.clone(), container: container.name.clone() };
        host.agenda.remove(&work);
        let State::Running { task, .. } = &mut container.state else { return None };
        let (log, execs) = (&mut container.log, &mut container.execs);
        let blocked = task.run(now, &mut self.volumes, &mut |session, stream, bytes| match session {
            MAIN => log.write(now, stream, bytes),
            session => exec::write(execs, session, stream, bytes),
        });
        for exec in execs.iter_mut().filter(|exec| exec.exit.is_none()) {
            exec.exit = task.exit_code(exec.session);
        }
        match blocked {
            Blocked::Until(at) => host.agenda.set(work, at.max(now), Urgency::Progress),
            Blocked::Forever => {}
            Blocked::Exited { code, oom_killed } => {
                let message = match task.message() {
                    empty if empty.is_empty() && fallback && code != 0 => log.ending(),
                    message => message,
                };
                container.end(code, oom_killed, message.into(), now);
                host.agenda.wake(Work::PodWorker(pod), now);
            }
        }
        self.wake_probes(index, now, host);
        self.wake_hooks(index, now, host);
        Some(blocked)
    }

    /// An event about a container.
    pub(super) fn event(
        &self,
        index: usize,
        host: &mut Host<'_>,
        kind: EventKind,
        reason: &'static str,
        message: impl Into<Str>,
    ) {
        if host.node.is_hollow() {
            return;
        }
        let container = &self.containers[index];
        let list = if container.role == Role::Main { "containers" } else { "initContainers" };
        let mut about = meta::object_reference(&self.pod, &kinds::PODS.into());
        about.set("fieldPath", format!("spec.{list}{{{}}}", container.name));
        host.recorder.event_about(about, kind, Str::fixed(reason), message);
    }

    /// Writes the status where it differs from what was written last (upstream's status manager).
    fn write_status(&mut self, cx: &mut Context, host: &mut Host<'_>) {
        let status = status::generate(self, host.node, cx.now);
        if status == self.written {
            return;
        }
        let before = if self.written.is_null() { &self.pod["status"] } else { &self.written };
        let mut change = Json::object();
        for (key, value) in status.entries().iter().filter(|(key, value)| before[key.as_str()] != *value) {
            change.set(key.clone(), value);
        }
        for key in ["reason", "message"] {
            if status[key].is_null() && !before[key].is_null() {
                change.set(key, Json::Null);
            }
        }
        if !change["conditions"].is_null() {
            let conditions = status["conditions"].items().iter();
            let order: Json = conditions.clone().map(|c| json!({ "type": &c["type"] })).collect();
            change.set("$setElementOrder/conditions", order);
            // A merge keeps what it is not told to take away.
            let whole = conditions.map(|condition| {
                let mut condition = condition.clone();
                for key in ["reason", "message"]
                    .into_iter()
                    .filter(|key| condition[*key].is_null())
                    .collect::<Vec<_>>()
                {
                    condition.set(key, Json::Null);
                }
                condition
            });
            change.set("conditions", whole.collect::<Json>());
        }
        cx.note("write-status", [("phase", (&status["phase"]).into())]);
        let key = ObjectKey::of(&self.pod);
        let patch = json!({ "metadata": { "uid": meta::uid(&self.pod) }, "status": change });
        let request = Request::patch(PatchType::Strategic, kinds::PODS, key.namespace, key.name, patch);
        if let Err(status) = cx.api.call(request.with_subresource("status").by(host.agent)) {
            cx.note("status-refused", [("message", (&status.message).into())]);
        }
        self.written = status;
    }

    /// The pod is gone from the API: nothing of it may stay.
    pub fn drop_everything(&mut self, host: &mut Host<'_>) {
        let pod = ObjectKey::of(&self.pod);
        for container in &self.containers {
            host.agenda.remove(&Work::Process { pod: pod.clone(), container: container.name.clone() });
        }
        host.agenda.remove(&Work::PodWorker(pod));
        self.stop_probes(host);
        self.give_back_address(host);
    }

    /// The sandbox is gone.
    pub(super) fn give_back_address(&mut self, host: &mut Host<'_>) {
        if let Some(address) = self.address.take() {
            host.addresses.give_back(address);
        }
    }
}
