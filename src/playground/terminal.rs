//! [`Terminal`]: the commands that were typed, what they printed, and the one that is still running.

use super::complete;
use super::machine::{Machine, Printed};
use crate::api::User;
use crate::client::Api;
use crate::cluster::{StepRecord, World};
use crate::collections::{List, Map};
use crate::http;
use crate::json::Str;
use crate::shell::{INTERRUPTED, Stream};
use crate::sim::Time;
use std::sync::Arc;

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

/// More of a line's output than this is not kept: what is oldest goes.
const MOST_OUTPUT: usize = 1 << 20;

/// The exit code of a shell that used more memory than there is.
const KILLED: i32 = 137;

/// What one types into.
#[derive(Clone)]
pub struct Terminal {
    entries: List<Entry>,
    machine: Machine,
    /// Whether the newest line is still running.
    running: bool,
    /// How many bytes of the newest line's output are kept.
    printed: usize,
    /// What the newest step wrote into the files.
    written: Vec<(Str, Option<Str>)>,
}

impl Terminal {
    /// A shell that waits for its first line.
    pub fn new(now: Time) -> Terminal {
        Terminal {
            entries: List::default(),
            machine: Machine::new(now),
            running: false,
            printed: 0,
            written: Vec::new(),
        }
    }

    /// The commands, oldest first.
    pub fn entries(&self) -> &List<Entry> {
        &self.entries
    }

    /// Whether a command is still running in the foreground.
    pub fn is_running(&self) -> bool {
        self.running
    }

    /// Whether anything goes on, in the foreground or behind it.
    pub fn is_busy(&self) -> bool {
        self.running || self.machine.is_busy()
    }

    /// The step in which what is still running was typed; of several, the newest.
    pub fn running_since(&self) -> Option<u64> {
        self.entries.back().filter(|_| self.is_busy()).map(|entry| entry.step)
    }

    /// Whether the running command can go on now.
    pub fn is_ready(&self, world: &World) -> bool {
        self.machine.is_ready(world)
    }

    /// When the running command will go on by itself.
    pub fn deadline(&self) -> Option<Time> {
        self.machine.deadline()
    }

    /// The files that the newest step wrote, made or removed (`None`).
    pub fn written(&self) -> &[(Str, Option<Str>)] {
        &self.written
    }

    /// Whether the next line would mean the same at both terminals: their shells know the same variables and names.
    pub fn remembers_as(&self, other: &Terminal) -> bool {
        self.machine.remembers_as(&other.machine)
    }

    /// How a line could go on: from which byte on, and with what.
    pub fn complete(&self, line: &str, cursor: usize, files: &Files, world: &World) -> (usize, Vec<String>) {
        let mut machine = self.machine.clone();
        machine.show(files, world.now());
        complete::complete(&machine, line, cursor, world)
    }

    /// Who types from now on; nobody: the administrator.
    pub(super) fn log_in(&mut self, user: Option<Arc<User>>) {
        self.machine.user = user;
    }

    /// A client's request as one of whoever types.
    pub(super) fn sign(&self, request: &http::Request) -> http::Request {
        let user = User::acting(self.machine.user.clone(), request.user.clone());
        http::Request { user, ..request.clone() }
    }

    /// A new step begins: nothing is written in it yet.
    pub(super) fn begin(&mut self) {
        self.written.clear();
    }

    /// Types a command: one step. A command that is still running is interrupted first, unless it reads what is typed.
    pub fn start(&mut self, world: &mut World, line: &Str, files: &Files) -> StepRecord {
        let (step, now) = (world.steps() + 1, world.now());
        let typed = self.running && self.machine.reads();
        if typed && let Some(entry) = self.entries.back_mut() {
            // The rest of the command's life is the newest line's.
            entry.exit = Some(0);
        }
        if !typed {
            self.stop(now);
        }
        self.machine.show(files, now);
        self.entries.push_back(Entry { line: line.clone(), step, output: List::new(), exit: None });
        (self.running, self.printed) = (true, 0);
        self.act(world, |machine, api| {
            if typed {
                return machine.type_line(line, api, now);
            }
            machine.give(line);
            machine.run(Some(api), now)
        })
    }

    /// Lets the running command go on: one step.
    pub fn resume(&mut self, world: &mut World) -> StepRecord {
        let (since, now, ready) = (self.running_since(), world.now(), self.machine.ready(world));
        let mut record = self.act(world, |machine, api| machine.resume(&ready, api, now));
        if record.causes.is_empty() {
            record.causes.extend(since);
        }
        record
    }

    /// Lets a command that follows the world (a log) look at it after a step. It only reads, so this is no step.
    pub fn follow(&mut self, world: &World) {
        let printed = self.machine.follow(world);
        self.settle(printed, world.now());
    }

    /// Ctrl-C: one step.
    pub fn interrupt(&mut self, world: &mut World) -> StepRecord {
        self.stop(world.now());
        self.act(world, |_, _| Vec::new())
    }

    fn act(
        &mut self,
        world: &mut World,
        act: impl FnOnce(&mut Machine, &mut dyn Api) -> Printed,
    ) -> StepRecord {
        let machine = &mut self.machine;
        let (printed, record) = world.user(|api| {
            let printed = act(machine, api);
            machine.orphans().iter().for_each(|watch| api.stop_watch(*watch));
            printed
        });
        self.settle(printed, world.now());
        record
    }

    /// Ends what runs in the foreground.
    fn stop(&mut self, now: Time) {
        if self.running {
            self.print(false, "^C\n".into());
            let printed = self.machine.interrupt(now);
            self.settle(printed, now);
            self.end(INTERRUPTED);
        }
    }

    fn print(&mut self, error: bool, text: Str) {
        if let Some(entry) = self.entries.back_mut()
            && !text.is_empty()
        {
            self.printed += text.len();
            entry.output.push_back(Output { error, text });
            // The newest piece stays, whatever its length.
            while self.printed > MOST_OUTPUT && entry.output.len() > 1 {
                self.printed -= entry.output.pop_front().map_or(0, |piece| piece.text.len());
            }
        }
    }

    fn end(&mut self, exit: i32) {
        self.running = false;
        if let Some(entry) = self.entries.back_mut() {
            entry.exit = Some(exit);
        }
    }

    /// Shows what was printed; and the line's end, if it has come.
    fn settle(&mut self, printed: Printed, now: Time) {
        for (stream, bytes) in printed {
            self.print(stream == Stream::Stderr, String::from_utf8_lossy(&bytes).as_ref().into());
        }
        if let Some((exit, left)) = self.machine.ended()
            && self.running
        {
            if left {
                self.print(true, if exit == KILLED { "Killed\n" } else { "exit\n" }.into());
                self.machine.restart(now);
            }
            self.end(exit);
        }
        for (name, text) in self.machine.written() {
            self.written.retain(|(other, _)| *other != name);
            self.written.push((name, text));
        }
    }
}
