//! [`Terminal`]: the commands that were typed, what they printed, and the one that is still running.

use super::builtin::{self, Builtin};
use crate::api::WatchId;
use crate::client::Api;
use crate::cluster::{StepRecord, World};
use crate::collections::{List, Map};
use crate::json::Str;
use crate::kubectl::{Env, Session, Stream, Wait};
use crate::sim::Time;

/// The files beside the terminal, by name.
pub type Files = Map<Str, Str>;

/// A piece of output.
#[derive(Clone, Debug, PartialEq)]
pub struct Output {
    /// It came by standard error.
    pub error: bool,
    /// The text, with its newlines.
    pub text: Str,
}

/// One command and what it printed so far.
#[derive(Clone, Debug)]
pub struct Entry {
    /// As typed.
    pub line: Str,
    /// The step in which it was typed.
    pub step: u64,
    /// What it printed, in order.
    pub output: List<Output>,
    /// The exit code, once it has ended.
    pub exit: Option<i32>,
}

/// What runs in the foreground.
#[derive(Clone)]
enum Running {
    Kubectl(Box<Session>),
    Sleep(Time),
}

/// What one types into.
#[derive(Clone, Default)]
pub struct Terminal {
    entries: List<Entry>,
    running: Option<Running>,
    files: Files,
}

/// The exit code of a command that Ctrl-C ended.
const INTERRUPTED: i32 = 130;

impl Terminal {
    /// The commands, oldest first.
    pub fn entries(&self) -> &List<Entry> {
        &self.entries
    }

    /// Whether a command is still running.
    pub fn is_running(&self) -> bool {
        self.running.is_some()
    }

    /// The step in which the running command was typed.
    pub fn running_since(&self) -> Option<u64> {
        self.entries.back().filter(|_| self.is_running()).map(|entry| entry.step)
    }

    /// Whether the running command can go on now.
    pub fn is_ready(&self, world: &World) -> bool {
        self.watches().iter().any(|w| world.server().has_event(*w))
            || self.deadline().is_some_and(|t| t <= world.now())
    }

    /// When the running command will go on by itself.
    pub fn deadline(&self) -> Option<Time> {
        match self.running.as_ref()? {
            Running::Sleep(until) => Some(*until),
            Running::Kubectl(session) => match session.wait() {
                Wait::Blocked { until, .. } => *until,
                Wait::Done(_) => None,
            },
        }
    }

    fn watches(&self) -> &[WatchId] {
        match &self.running {
            Some(Running::Kubectl(session)) => match session.wait() {
                Wait::Blocked { watches, .. } => watches,
                Wait::Done(_) => &[],
            },
            _ => &[],
        }
    }

    /// Types a command: one step. A command that is still running is interrupted first, unless it reads what is typed.
    pub fn start(&mut self, world: &mut World, line: &Str, files: &Files) -> StepRecord {
        self.files = files.clone();
        let (step, now) = (world.steps() + 1, world.now());
        if matches!(&self.running, Some(Running::Kubectl(session)) if session.reads()) {
            // The rest of the command's life is the newest line's.
            if let Some(entry) = self.entries.back_mut() {
                entry.exit = Some(0);
            }
            self.entries.push_back(Entry { line: line.clone(), step, output: List::new(), exit: None });
            let (_, record) = world.user(|api| {
                if let Some(Running::Kubectl(session)) = &mut self.running {
                    session.type_line(line, &mut Env { api, files: &self.files });
                    self.collect();
                }
            });
            return record;
        }
        let stopped = self.stop();
        self.entries.push_back(Entry { line: line.clone(), step, output: List::new(), exit: None });
        let (_, record) = world.user(|api| {
            stopped.iter().for_each(|watch| api.stop_watch(*watch));
            self.launch(api, line, now);
        });
        record
    }

    fn launch(&mut self, api: &mut dyn Api, line: &Str, now: Time) {
        match builtin::run(line, &self.files, now) {
            Some(Builtin::Sleep(until)) => self.running = Some(Running::Sleep(until)),
            Some(Builtin::Done { stdout, stderr, exit }) => {
                self.print(false, stdout);
                self.print(true, stderr);
                self.end(exit);
            }
            None => {
                let session = Session::start(line, &mut Env { api, files: &self.files });
                self.running = Some(Running::Kubectl(Box::new(session)));
                self.collect();
            }
        }
    }

    /// Lets the running command go on: one step.
    pub fn resume(&mut self, world: &mut World) -> StepRecord {
        let since = self.running_since();
        let (_, mut record) = world.user(|api| match &mut self.running {
            Some(Running::Kubectl(session)) => {
                session.resume(&mut Env { api, files: &self.files });
                self.collect();
            }
            Some(Running::Sleep(_)) => self.end(0),
            None => {}
        });
        if record.causes.is_empty() {
            record.causes.extend(since);
        }
        record
    }

    /// Lets a command that follows the world (a log) look at it after a step. It only reads, so this is no step.
    pub fn follow(&mut self, world: &World) {
        if let Some(Running::Kubectl(session)) = &self.running
            && matches!(session.wait(), Wait::Blocked { any_step: true, .. })
        {
            self.resume(&mut world.clone());
        }
    }

    /// Ctrl-C: one step.
    pub fn interrupt(&mut self, world: &mut World) -> StepRecord {
        let stopped = self.stop();
        world.user(|api| stopped.iter().for_each(|watch| api.stop_watch(*watch))).1
    }

    /// Ends the running command; gives the watches that it leaves open.
    fn stop(&mut self) -> Vec<WatchId> {
        let watches = self.watches().to_vec();
        if self.running.is_some() {
            self.print(false, "^C\n".into());
            self.end(INTERRUPTED);
        }
        watches
    }

    fn print(&mut self, error: bool, text: String) {
        if let Some(entry) = self.entries.back_mut()
            && !text.is_empty()
        {
            entry.output.push_back(Output { error, text: text.into() });
        }
    }

    fn end(&mut self, exit: i32) {
        self.running = None;
        if let Some(entry) = self.entries.back_mut() {
            entry.exit = Some(exit);
        }
    }

    fn collect(&mut self) {
        let Some(Running::Kubectl(session)) = &mut self.running else { return };
        let output = session.take_output();
        let exit = if let Wait::Done(exit) = session.wait() { Some(*exit) } else { None };
        for (stream, text) in output {
            self.print(stream == Stream::Stderr, text);
        }
        if let Some(exit) = exit {
            self.end(exit);
        }
    }
}
