//! Probes: asks a container again and again whether it has started, is alive, is ready.
//!
//! A readiness probe that fails keeps traffic away; a startup or liveness probe that fails `failureThreshold` times has the
//! container killed and started anew. Before the startup probe has passed, the others are not asked.
//!
//! Upstream: `pkg/kubelet/prober`. What a server would answer is not simulated: an HTTP server has its front page and
//! nothing else.

use super::Work;
use super::agenda::{Next, Urgency};
use super::container::{Container, State};
use super::pod_worker::{Host, PodWorker};
use super::runtime::{Answer, SIGKILL, Session, Task};
use crate::api::ObjectKey;
use crate::client::{Context, EventKind};
use crate::json::{Json, Str};
use crate::sim::Time;
use std::time::Duration;

/// What is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ProbeKind {
    /// Has it started?
    Startup,
    /// Is it alive?
    Liveness,
    /// Can it serve?
    Readiness,
}

impl ProbeKind {
    /// All, in the order in which they matter.
    pub const ALL: [ProbeKind; 3] = [ProbeKind::Startup, ProbeKind::Liveness, ProbeKind::Readiness];

    /// Its name, as events begin with it.
    pub fn name(self) -> &'static str {
        match self {
            ProbeKind::Startup => "Startup",
            ProbeKind::Liveness => "Liveness",
            ProbeKind::Readiness => "Readiness",
        }
    }

    fn field(self) -> &'static str {
        match self {
            ProbeKind::Startup => "startupProbe",
            ProbeKind::Liveness => "livenessProbe",
            ProbeKind::Readiness => "readinessProbe",
        }
    }
}

/// A probe of a running container.
#[derive(Clone, Debug)]
pub struct Prober {
    kind: ProbeKind,
    /// Whether it has passed; `None`: neither that nor failed often enough.
    passed: Option<bool>,
    last: Option<bool>,
    streak: i64,
    /// The command that it waits for, and how long.
    command: Option<(Session, Time)>,
}

impl Container {
    /// Whether a probe has passed, where there is one.
    pub fn passes(&self, kind: ProbeKind) -> bool {
        self.probers
            .iter()
            .find(|prober| prober.kind == kind)
            .is_none_or(|prober| prober.passed == Some(true))
    }
}

fn number(spec: &Json, key: &str, default: i64) -> i64 {
    spec[key].as_i64().unwrap_or(default)
}

fn seconds(spec: &Json, key: &str, default: i64) -> Duration {
    Duration::from_secs(number(spec, key, default).max(0).unsigned_abs())
}

impl PodWorker {
    /// A container has started: its probes begin.
    pub(super) fn start_probes(&mut self, index: usize, now: Time, host: &mut Host<'_>) {
        let spec = self.spec_of(index).clone();
        let has = |kind: &ProbeKind| !spec[kind.field()].is_null() && !host.node.is_hollow();
        let new = |kind| Prober { kind, passed: None, last: None, streak: 0, command: None };
        self.containers[index].probers = ProbeKind::ALL.into_iter().filter(has).map(new).collect();
        for kind in ProbeKind::ALL.into_iter().filter(has) {
            let delay = seconds(&spec[kind.field()], "initialDelaySeconds", 0);
            // A container that could be ready is asked at once, the others when their turn comes.
            let at = match kind {
                ProbeKind::Readiness if delay.is_zero() => now,
                _ => self.next_turn(&spec[kind.field()], now + delay.max(Duration::from_nanos(1))),
            };
            host.agenda.set(self.probe_work(index, kind), at, Urgency::Progress);
        }
    }

    fn probe_work(&self, index: usize, probe: ProbeKind) -> Work {
        let container = self.containers[index].name.clone();
        Work::Probe { pod: ObjectKey::of(&self.pod), container, probe }
    }

    /// The first turn of a probe at or after a moment: they come in whole periods since the pod came to the node.
    fn next_turn(&self, probe: &Json, from: Time) -> Time {
        let period = seconds(probe, "periodSeconds", 10).max(Duration::from_secs(1));
        let turns = from.since(self.started).as_nanos().div_ceil(period.as_nanos());
        self.started + period * u32::try_from(turns).unwrap_or(u32::MAX)
    }

    /// A probe's command may have ended in a container that has just run.
    pub(super) fn wake_probes(&self, index: usize, now: Time, host: &mut Host<'_>) {
        let container = &self.containers[index];
        for prober in &container.probers {
            let ended = |session| container.execs.iter().any(|e| e.session == session && e.exit.is_some());
            if prober.command.is_some_and(|(session, _)| ended(session)) {
                host.agenda.wake(self.probe_work(index, prober.kind), now);
            }
        }
    }

    /// Nothing is asked any more.
    pub(super) fn stop_probes(&self, host: &mut Host<'_>) {
        for index in 0..self.containers.len() {
            for kind in ProbeKind::ALL {
                host.agenda.remove(&self.probe_work(index, kind));
            }
        }
    }

    /// One turn of a probe, or the end of its command.
    pub(super) fn probe(&mut self, name: &str, kind: ProbeKind, cx: &mut Context, host: &mut Host<'_>) {
        let Some(index) = self.containers.iter().position(|c| c.name == *name) else { return };
        let work = self.probe_work(index, kind);
        host.agenda.remove(&work);
        let waits = kind != ProbeKind::Startup && !self.containers[index].passes(ProbeKind::Startup);
        let Some(at) = self.containers[index].probers.iter().position(|p| p.kind == kind) else { return };
        if !self.containers[index].is_running() || self.containers[index].kill_at.is_some() || waits {
            return;
        }
        let spec = self.spec_of(index)[kind.field()].clone();
        let command = self.containers[index].probers[at].command;
        let outcome = match command {
            None => self.ask(index, at, &spec, cx, host),
            Some((session, until)) => self.command_outcome(index, session, until, &spec, cx.now),
        };
        let Some((passed, output)) = outcome else {
            let until = self.containers[index].probers[at].command.map_or(cx.now, |(_, until)| until);
            return host.agenda.set(work, until, Urgency::Progress);
        };
        self.containers[index].probers[at].command = None;
        cx.note(
            "probe",
            [("container", name.into()), ("probe", kind.name().into()), ("passed", passed.into())],
        );
        if !passed {
            let message = format!("{} probe failed: {output}", kind.name());
            self.event(index, host, EventKind::Warning, "Unhealthy", message);
        }
        let steady = self.count(index, at, passed, &spec, cx, host);
        if self.containers[index].kill_at.is_none() && !(kind == ProbeKind::Startup && passed && steady) {
            let turn = self.next_turn(&spec, cx.now + Duration::from_nanos(1));
            let urgency = match (steady, passed) {
                (false, _) => Urgency::Progress,
                (true, false) => Urgency::Retry,
                (true, true) => Urgency::Upkeep,
            };
            host.agenda.set(work, turn, urgency);
        }
    }

    /// Counts an outcome; whether the probe says what it has said for long.
    fn count(
        &mut self,
        index: usize,
        at: usize,
        passed: bool,
        spec: &Json,
        cx: &mut Context,
        host: &mut Host<'_>,
    ) -> bool {
        let prober = &mut self.containers[index].probers[at];
        prober.streak = if prober.last == Some(passed) { prober.streak + 1 } else { 1 };
        prober.last = Some(passed);
        let threshold =
            if passed { number(spec, "successThreshold", 1) } else { number(spec, "failureThreshold", 3) };
        if prober.streak < threshold {
            return false;
        }
        let (kind, changed) = (prober.kind, prober.passed != Some(passed));
        prober.passed = Some(passed);
        if changed {
            host.agenda.wake(Work::PodWorker(ObjectKey::of(&self.pod)), cx.now);
        }
        if kind == ProbeKind::Startup && passed {
            for other in [ProbeKind::Liveness, ProbeKind::Readiness] {
                host.agenda.wake(self.probe_work(index, other), cx.now);
            }
        }
        if !passed && kind != ProbeKind::Readiness {
            let word = kind.name().to_lowercase();
            let message =
                format!("Container {} failed {word} probe, will be restarted", self.containers[index].name);
            self.kill_container(index, spec, message, cx, host);
        }
        true
    }

    /// Asks. `None`: the answer is still to come.
    fn ask(
        &mut self,
        index: usize,
        at: usize,
        spec: &Json,
        cx: &mut Context,
        host: &mut Host<'_>,
    ) -> Option<(bool, String)> {
        let until = cx.now + seconds(spec, "timeoutSeconds", 1);
        if spec["exec"].is_null() {
            return Some(self.connect(index, spec));
        }
        let words: Vec<String> = spec["exec"]["command"].items().iter().map(|w| w.str().to_owned()).collect();
        match self.start_command(index, &words, cx.now, host) {
            Err(why) => Some((false, why)),
            Ok(session) => {
                self.containers[index].probers[at].command = Some((session, until));
                self.command_outcome(index, session, until, spec, cx.now)
            }
        }
    }

    fn command_outcome(
        &mut self,
        index: usize,
        session: Session,
        until: Time,
        spec: &Json,
        now: Time,
    ) -> Option<(bool, String)> {
        let container = &mut self.containers[index];
        let found = container.execs.iter().position(|exec| exec.session == session)?;
        if let Some(code) = container.execs[found].exit {
            let exec = container.execs.remove(found);
            return Some((code == 0, exec.text()));
        }
        if now < until {
            return None;
        }
        container.execs.remove(found);
        if let State::Running { task, .. } = &mut container.state {
            task.close(session);
        }
        let words: Vec<&str> = spec["exec"]["command"].items().iter().map(Json::str).collect();
        let limit = number(spec, "timeoutSeconds", 1);
        Some((false, format!("command timed out: {:?} timed out after {limit}s", words.join(" "))))
    }

    /// Knocks at a port.
    fn connect(&self, index: usize, spec: &Json) -> (bool, String) {
        let ip = self.ip.as_deref().unwrap_or_default();
        let container = self.spec_of(index);
        let (how, target) = ["httpGet", "tcpSocket", "grpc"]
            .into_iter()
            .find(|how| !spec[*how].is_null())
            .map_or(("", &Json::Null), |how| (how, &spec[how]));
        let named = |name: &str| {
            let mut ports = container["ports"].items().iter();
            ports.find(|p| p["name"].str() == name).and_then(|p| p["containerPort"].as_i64())
        };
        let port = target["port"].as_i64().or_else(|| named(target["port"].str())).unwrap_or(0);
        let State::Running { task, .. } = &self.containers[index].state else {
            return (false, String::new());
        };
        let answer = answer(task, port, target["path"].str());
        let refused = format!("dial tcp {ip}:{port}: connect: connection refused");
        match (how, answer) {
            ("grpc", Answer::Refused) => {
                let limit = number(spec, "timeoutSeconds", 1);
                (
                    false,
                    format!(
                        "timeout: failed to connect service \"{ip}:{port}\" within {limit}s: context deadline exceeded"
                    ),
                )
            }
            ("tcpSocket", Answer::Refused) => (false, refused),
            ("httpGet", Answer::Refused) => {
                let scheme = target["scheme"].as_str().unwrap_or("HTTP").to_lowercase();
                let path = target["path"].as_str().unwrap_or("/");
                (false, format!("Get \"{scheme}://{ip}:{port}{path}\": {refused}"))
            }
            ("httpGet", Answer::Connected) => (
                false,
                format!("Get \"http://{ip}:{port}/\": net/http: HTTP/1.x transport connection broken"),
            ),
            ("httpGet", Answer::Http(code)) if !(200..400).contains(&code) => {
                (false, format!("HTTP probe failed with statuscode: {code}"))
            }
            _ => (true, String::new()),
        }
    }

    /// Ends one container of a pod that goes on: first it is asked to stop.
    pub(super) fn kill_container(
        &mut self,
        index: usize,
        probe: &Json,
        message: String,
        cx: &mut Context,
        host: &mut Host<'_>,
    ) {
        let pods = &self.pod["spec"]["terminationGracePeriodSeconds"];
        let grace = probe["terminationGracePeriodSeconds"].as_i64().or(pods.as_i64()).unwrap_or(30);
        self.event(index, host, EventKind::Normal, "Killing", message);
        let container = &mut self.containers[index];
        container.kill_at = Some(cx.now + Duration::from_secs(grace.max(0).unsigned_abs()));
        self.stop_container(index, cx, host);
        host.agenda.wake(Work::PodWorker(ObjectKey::of(&self.pod)), cx.now);
    }

    /// Kills what did not stop in time.
    pub(super) fn kill_overdue(&mut self, cx: &mut Context, host: &mut Host<'_>, next: &mut Next) {
        for index in 0..self.containers.len() {
            let container = &self.containers[index];
            match container.kill_at.filter(|_| container.is_running()) {
                Some(at) if at <= cx.now => self.signal_container(index, SIGKILL, cx, host),
                Some(at) => next.at(at, Urgency::Progress),
                None => {}
            }
        }
    }

    /// Sends a container's main process a signal.
    pub(super) fn signal_container(
        &mut self,
        index: usize,
        signal: i32,
        cx: &mut Context,
        host: &mut Host<'_>,
    ) {
        let container = &mut self.containers[index];
        let State::Running { task, .. } = &mut container.state else { return };
        let name: Str = container.name.clone();
        cx.note("signal", [("container", (&name).into()), ("signal", signal.into())]);
        task.signal(signal);
        host.agenda.wake(Work::Process { pod: ObjectKey::of(&self.pod), container: name }, cx.now);
    }
}

/// What one hears at a port of a container.
fn answer(task: &Task, port: i64, path: &str) -> Answer {
    u16::try_from(port).map_or(Answer::Refused, |port| task.connect(port, path))
}
