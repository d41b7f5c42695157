//! Lifecycle hooks: `postStart` right after a container has started, `preStop` before it is told to stop.
//!
//! Until `postStart` has ended, the pod's worker goes no further; if it fails, the container is killed. `preStop` has the
//! pod's grace period, and the program has what is left of it.
//!
//! Upstream: `pkg/kubelet/lifecycle/handlers.go`, `startContainer` and `killContainer` in `kuberuntime_container.go`.

use super::Work;
use super::agenda::{Next, Urgency};
use super::pod_worker::{Host, PodWorker};
use super::runtime::{SIGTERM, Session};
use crate::api::ObjectKey;
use crate::client::{Context, EventKind};
use crate::json::Json;
use crate::sim::Time;
use std::time::Duration;

/// Which hook.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Moment {
    PostStart,
    PreStop,
}

/// A hook that has not ended.
#[derive(Clone, Copy, Debug)]
pub struct Hook {
    moment: Moment,
    command: Option<Session>,
    until: Option<Time>,
}

impl PodWorker {
    /// Begins a hook; whether it has ended already, and well. `None`: it goes on, or there is none to wait for.
    fn begin_hook(&mut self, index: usize, moment: Moment, now: Time, host: &mut Host<'_>) -> Option<bool> {
        let field = if moment == Moment::PostStart { "postStart" } else { "preStop" };
        let handler = self.spec_of(index)["lifecycle"][field].clone();
        if host.node.is_hollow() || handler.is_null() {
            return Some(true);
        }
        let mut hook = Hook { moment, command: None, until: None };
        if !handler["exec"].is_null() {
            let words: Vec<String> =
                handler["exec"]["command"].items().iter().map(|w| w.str().to_owned()).collect();
            match self.start_command(index, &words, now, host) {
                Ok(session) => hook.command = Some(session),
                Err(_) => return Some(false),
            }
        } else if let Some(seconds) = handler["sleep"]["seconds"].as_i64() {
            hook.until = Some(now + Duration::from_secs(seconds.max(0).unsigned_abs()));
        } else {
            // Whoever is called by HTTP is not simulated; the call itself takes no time.
            return Some(true);
        }
        self.containers[index].hook = Some(hook);
        self.hook_outcome(index, now)
    }

    /// How a hook has ended; `None`: it has not.
    fn hook_outcome(&mut self, index: usize, now: Time) -> Option<bool> {
        let container = &mut self.containers[index];
        let hook = container.hook?;
        let done = match hook.command {
            Some(session) => {
                let code =
                    container.execs.iter().find(|e| e.session == session).map_or(Some(137), |e| e.exit)?;
                container.execs.retain(|e| e.session != session);
                code == 0
            }
            None if hook.until.is_some_and(|until| until > now) => return None,
            None => true,
        };
        container.hook = None;
        Some(done)
    }

    /// A container has started.
    pub(super) fn post_start(&mut self, index: usize, cx: &mut Context, host: &mut Host<'_>) {
        if let Some(good) = self.begin_hook(index, Moment::PostStart, cx.now, host) {
            self.after_post_start(index, good, cx, host);
        }
    }

    fn after_post_start(&mut self, index: usize, good: bool, cx: &mut Context, host: &mut Host<'_>) {
        if !good {
            self.event(index, host, EventKind::Warning, "FailedPostStartHook", "PostStartHook failed");
            self.kill_container(index, &Json::Null, "FailedPostStartHook".to_owned(), cx, host);
        }
    }

    /// Tells a container to stop, after its `preStop` hook.
    pub(super) fn stop_container(&mut self, index: usize, cx: &mut Context, host: &mut Host<'_>) {
        if let Some(good) = self.begin_hook(index, Moment::PreStop, cx.now, host) {
            self.after_pre_stop(index, good, cx, host);
        }
    }

    fn after_pre_stop(&mut self, index: usize, good: bool, cx: &mut Context, host: &mut Host<'_>) {
        if !good {
            self.event(index, host, EventKind::Warning, "FailedPreStopHook", "PreStopHook failed");
        }
        self.signal_container(index, SIGTERM, cx, host);
    }

    /// Goes on after hooks that have ended; whether the worker has to wait for a `postStart`.
    pub(super) fn check_hooks(&mut self, cx: &mut Context, host: &mut Host<'_>, next: &mut Next) -> bool {
        let mut waits = false;
        for index in 0..self.containers.len() {
            let Some(hook) = self.containers[index].hook else { continue };
            match (self.hook_outcome(index, cx.now), hook.moment) {
                (Some(good), Moment::PostStart) => self.after_post_start(index, good, cx, host),
                (Some(good), Moment::PreStop) => self.after_pre_stop(index, good, cx, host),
                (None, moment) => {
                    waits |= moment == Moment::PostStart;
                    if let Some(until) = hook.until {
                        next.at(until, Urgency::Progress);
                    }
                }
            }
        }
        waits
    }

    /// A hook's command may have ended in a container that has just run.
    pub(super) fn wake_hooks(&self, index: usize, now: Time, host: &mut Host<'_>) {
        let container = &self.containers[index];
        let ended = |session| container.execs.iter().any(|e| e.session == session && e.exit.is_some());
        if container.hook.and_then(|hook| hook.command).is_some_and(ended) {
            host.agenda.wake(Work::PodWorker(ObjectKey::of(&self.pod)), now);
        }
    }
}
