//! [`Container`]: one container of a pod, through all its restarts.
//!
//! ```text
//! Waiting ──image, config──▶ Running ──exit──▶ Terminated ──restart policy──▶ Running …
//!    ▲                                              │
//!    └───────── CrashLoopBackOff ◀──────────────────┘
//! ```

use super::exec::{Exec, KILLED};
use super::hooks::Hook;
use super::logs::Log;
use super::prober::Prober;
use super::runtime::{Image, Task};
use crate::json::{Json, Str};
use crate::sim::Time;
use std::time::Duration;

/// What a container is for its pod.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Runs to its end before the next one starts.
    Init,
    /// An init container that goes on running (`restartPolicy: Always`).
    Sidecar,
    /// One of the pod's own.
    Main,
}

/// How a run of a container ended.
#[derive(Clone, Debug, PartialEq)]
pub struct Exit {
    /// 0 to 255; 137 for one that was killed.
    pub code: i32,
    /// `Completed`, `Error`, `OOMKilled`, `StartError`, `Unknown`.
    pub reason: &'static str,
    /// The termination message.
    pub message: Str,
    /// When it had started; the epoch if it never did.
    pub started: Time,
    /// When it ended.
    pub finished: Time,
    /// Its id.
    pub id: Str,
}

/// What a container does.
#[derive(Clone, Debug)]
pub enum State {
    /// It does not run yet, or not now.
    Waiting {
        /// `ContainerCreating`, `ImagePullBackOff`, …
        reason: &'static str,
        /// Details.
        message: Str,
    },
    /// It runs.
    Running {
        /// Since when.
        since: Time,
        /// What runs.
        task: Box<Task>,
    },
    /// It ended.
    Terminated(Exit),
}

/// How far the image is.
#[derive(Clone, Debug, Default)]
pub enum Pull {
    /// Not asked for since the last start.
    #[default]
    Idle,
    /// On its way.
    Pulling {
        /// When it was asked for.
        asked: Time,
        /// When its turn came: pulls go one by one.
        began: Time,
        /// When it will be done.
        until: Time,
        /// What comes.
        result: Result<Image, Str>,
    },
    /// There.
    Present(Image),
}

/// A wait that doubles with each failure and is forgotten after a long time without one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Backoff {
    /// How long.
    pub wait: Duration,
    /// Since when.
    pub since: Time,
}

/// The longest wait.
pub const LONGEST_BACKOFF: Duration = Duration::from_secs(300);
/// The first wait.
const FIRST_BACKOFF: Duration = Duration::from_secs(10);

impl Backoff {
    /// After one more failure (`flowcontrol.Backoff.Next`).
    pub fn next(before: Option<Backoff>, now: Time) -> Backoff {
        let wait = match before {
            Some(b) if now.since(b.since) <= 2 * LONGEST_BACKOFF => (b.wait * 2).min(LONGEST_BACKOFF),
            _ => FIRST_BACKOFF,
        };
        Backoff { wait, since: now }
    }
}

/// A container of a pod.
#[derive(Clone, Debug)]
pub struct Container {
    /// Its name.
    pub name: Str,
    /// What it is for the pod.
    pub role: Role,
    /// What it does.
    pub state: State,
    /// How the run before this one ended.
    pub last: Option<Exit>,
    /// How often it was started again.
    pub restarts: i64,
    /// The id of its newest run; empty before the first.
    pub id: Str,
    /// What it wrote.
    pub log: Log,
    /// What the run before this one wrote.
    pub previous: Option<Log>,
    /// The image of its newest run.
    pub image: Option<Image>,
    /// How far the image is.
    pub pull: Pull,
    /// The wait between pulls that fail.
    pub pull_backoff: Option<Backoff>,
    /// The wait between runs that fail.
    pub crash_backoff: Option<Backoff>,
    /// Not before this moment is anything tried again.
    pub retry_at: Option<Time>,
    /// Whether it has run in the pod's present sandbox.
    pub sandboxed: bool,
    /// What it is asked while it runs.
    pub probers: Vec<Prober>,
    /// A lifecycle hook that has not ended.
    pub hook: Option<Hook>,
    /// It is being stopped, though the pod goes on: when it is killed.
    pub kill_at: Option<Time>,
    /// What else runs, or ran, in it.
    pub execs: Vec<Exec>,
}

impl Container {
    /// A container that has not run.
    pub fn new(spec: &Json, role: Role, waits_for_init: bool) -> Container {
        let reason = if waits_for_init { "PodInitializing" } else { "ContainerCreating" };
        Container {
            name: spec["name"].str().into(),
            role,
            state: State::Waiting { reason, message: Str::default() },
            last: None,
            restarts: 0,
            id: Str::default(),
            log: Log::default(),
            previous: None,
            image: None,
            pull: Pull::Idle,
            pull_backoff: None,
            crash_backoff: None,
            retry_at: None,
            sandboxed: false,
            probers: Vec::new(),
            hook: None,
            kill_at: None,
            execs: Vec::new(),
        }
    }

    /// Its process, where it runs.
    pub fn task_mut(&mut self) -> Option<&mut Task> {
        match &mut self.state {
            State::Running { task, .. } => Some(task),
            _ => None,
        }
    }

    /// Whether it runs.
    pub fn is_running(&self) -> bool {
        matches!(self.state, State::Running { .. })
    }

    /// How it ended, if it does not run and has run: while it waits for its restart, how it ended before.
    pub fn exit(&self) -> Option<&Exit> {
        match &self.state {
            State::Terminated(exit) => Some(exit),
            State::Waiting { .. } => self.last.as_ref(),
            State::Running { .. } => None,
        }
    }

    /// It waits.
    pub fn wait(&mut self, reason: &'static str, message: impl Into<Str>) {
        if let State::Terminated(exit) = &self.state {
            self.last = Some(exit.clone());
        }
        self.state = State::Waiting { reason, message: message.into() };
    }

    /// Its next run starts.
    pub fn start(&mut self, id: Str, image: Image, task: Task, now: Time) {
        self.begin_run(id, image);
        self.state = State::Running { since: now, task: Box::new(task) };
    }

    /// Its next run could not be started.
    pub fn fail_to_start(&mut self, id: Str, image: Image, message: Str, now: Time) {
        self.begin_run(id.clone(), image);
        let (started, finished) = (Time::default(), now);
        self.state =
            State::Terminated(Exit { code: 128, reason: "StartError", message, started, finished, id });
    }

    fn begin_run(&mut self, id: Str, image: Image) {
        if let State::Terminated(exit) = &self.state {
            self.last = Some(exit.clone());
        }
        if !self.id.is_empty() {
            self.restarts += 1;
            self.previous = Some(std::mem::take(&mut self.log));
        }
        self.id = id;
        self.image = Some(image);
        self.pull = Pull::Idle;
        self.retry_at = None;
        self.execs.clear();
        (self.hook, self.kill_at) = (None, None);
        self.sandboxed = true;
    }

    /// Its run ended.
    pub fn end(&mut self, code: i32, oom_killed: bool, message: Str, now: Time) {
        let State::Running { since, .. } = self.state else { return };
        let reason = match code {
            _ if oom_killed => "OOMKilled",
            0 => "Completed",
            _ => "Error",
        };
        let id = self.id.clone();
        for exec in self.execs.iter_mut() {
            exec.exit.get_or_insert(KILLED);
        }
        self.state = State::Terminated(Exit { code, reason, message, started: since, finished: now, id });
    }

    /// Its machine lost its power: how it ended, nobody can tell.
    pub fn lose_power(&mut self, now: Time) {
        self.end(255, false, Str::default(), now);
        if let State::Terminated(exit) = &mut self.state
            && exit.code == 255
            && exit.finished == now
        {
            exit.reason = "Unknown";
        }
        self.pull = Pull::Idle;
        (self.crash_backoff, self.pull_backoff, self.retry_at) = (None, None, None);
        self.sandboxed = false;
    }

    /// Whether it is to run again under a restart policy.
    pub fn restarts_under(&self, policy: &str, exit: &Exit) -> bool {
        match (self.role, policy) {
            (Role::Sidecar, _) => true,
            (Role::Init, "Never") | (_, "Never") => false,
            (Role::Init, _) | (_, "OnFailure") => exit.code != 0,
            _ => true,
        }
    }
}
