//! The playground: a cluster, a terminal with files beside it, and a timeline over both.
//!
//! [`Desk`] is what a person sits at: a [`World`](crate::cluster::World) and a terminal. Its inputs are few (choose the
//! next action, type a command, interrupt one), so a run is a short log and a link can carry it. [`Playground`] is the
//! timeline over a desk, plus what is *not* rewound: the files in the editor are the person's, and stay as they are when
//! one goes back; each command remembers the files as they were when it was typed.

mod complete;
mod desk;
mod diagnostics;
mod export;
mod machine;
mod programs;
mod run;
pub mod script;
mod terminal;

pub use desk::{Brief, Choice, Desk, Input, Record, Salience};
pub use diagnostics::{Diagnostic, diagnose};
pub use export::{RunError, RunFile, Trace, trace_hash};
pub use programs::ask_raw;
pub use run::{Breakpoint, PATIENCE, Progress, RunEnd, Until};
pub use terminal::{Entry, Files, Output, Terminal};

use crate::api::User;
use crate::cluster::{Config, Fault};
use crate::http;
use crate::json::Str;
use crate::sim::{Machine, Timeline};
use std::sync::Arc;

/// A desk with its timeline, and the files in the editor.
#[derive(Clone)]
pub struct Playground {
    config: Config,
    timeline: Timeline<Desk>,
    files: Files,
    /// Commands that were typed in the past and only read: they leave the timeline alone, and are forgotten with the
    /// position at which they were typed.
    asides: Vec<Entry>,
    asides_at: (usize, usize),
    /// Where a run stops. Not part of the run: they are the person's, as the files are.
    breakpoints: Vec<Breakpoint>,
    quiet: run::Quiet,
    /// How often commands have written into the files.
    writings: u32,
}

impl Playground {
    /// A booted cluster with nothing done yet.
    pub fn new(config: Config, files: Files) -> Playground {
        let timeline = Timeline::new(Desk::new(&config));
        Playground {
            config,
            timeline,
            files,
            asides: Vec::new(),
            asides_at: (0, 0),
            breakpoints: Vec::new(),
            quiet: run::Quiet::default(),
            writings: 0,
        }
    }

    /// What the cluster was made of.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// The timeline, to look at.
    pub fn timeline(&self) -> &Timeline<Desk> {
        &self.timeline
    }

    /// The timeline, to move along.
    pub fn timeline_mut(&mut self) -> &mut Timeline<Desk> {
        &mut self.timeline
    }

    /// The desk at the current position.
    pub fn desk(&self) -> &Desk {
        self.timeline.state()
    }

    /// The places where a run stops.
    pub fn breakpoints(&self) -> &[Breakpoint] {
        &self.breakpoints
    }

    /// Marks a place where a run is to stop, or takes the mark away.
    pub fn toggle_breakpoint(&mut self, breakpoint: Breakpoint) {
        match self.breakpoints.iter().position(|b| *b == breakpoint) {
            Some(at) => drop(self.breakpoints.remove(at)),
            None => self.breakpoints.push(breakpoint),
        }
    }

    /// The files in the editor.
    pub fn files(&self) -> &Files {
        &self.files
    }

    /// Writes a file in the editor; `None` removes it.
    pub fn set_file(&mut self, name: &str, text: Option<&str>) {
        match text {
            Some(text) => self.files.insert(Str::from(name), Str::from(text)),
            None => self.files.remove(name),
        };
    }

    /// Does the enabled action at `index` (0: the default); `None` where there is none.
    pub fn step(&mut self, index: u32) -> Option<Record> {
        self.desk().choice(index)?;
        Some(self.act(Input::Step(index)))
    }

    /// Does what a person does; what a command writes into the files, the editor has from then on.
    fn act(&mut self, input: Input) -> Record {
        let record = self.timeline.act(input);
        let written = self.desk().terminal().written().to_vec();
        self.take_in(&written);
        record
    }

    fn take_in(&mut self, written: &[(Str, Option<Str>)]) {
        self.writings += u32::from(!written.is_empty());
        for (name, text) in written {
            self.set_file(name, text.as_deref());
        }
    }

    /// How often commands have written into the files: when it grows, the editor has something to show.
    pub fn writings(&self) -> u32 {
        self.writings
    }

    /// Types a command line into the terminal. In the past, a command that only reads leaves the timeline as it is; one
    /// that writes to the cluster, goes on running, or teaches the shell something (a variable, a name) makes a branch.
    pub fn command(&mut self, line: &str) {
        let input = Input::Command { line: line.into(), files: self.files.clone() };
        if self.timeline.position() < self.timeline.len() {
            let mut desk = self.desk().clone();
            let record = desk.apply(&input);
            let (before, after) = (self.desk().terminal(), desk.terminal());
            if !record.step.changes() && !after.is_busy() && after.remembers_as(before) {
                self.take_in(after.written());
                let here = (self.timeline.current(), self.timeline.position());
                if self.asides_at != here {
                    self.asides.clear();
                }
                self.asides_at = here;
                self.asides.extend(desk.terminal().entries().back().cloned());
                return;
            }
        }
        self.act(input);
    }

    /// How a line could go on: from which byte on it would be replaced, and the candidates.
    pub fn complete(&self, line: &str, cursor: usize) -> (usize, Vec<String>) {
        self.desk().terminal().complete(line, cursor, &self.files, self.desk().world())
    }

    /// Answers a client. What may write is a step, as a command is; in the past, it makes a branch if it changed something.
    /// What only reads leaves the timeline alone.
    pub fn request(&mut self, request: http::Request) -> http::Answer {
        let past = self.timeline.position() < self.timeline.len();
        let writes = request.writes(&self.desk().world().server().served());
        if past || !writes {
            let (answer, step) = self
                .desk()
                .world()
                .clone()
                .user(|api| http::answer(api, &self.desk().terminal().sign(&request)));
            if !writes || !step.changes() {
                return answer;
            }
        }
        let answered = self.timeline.act(Input::Request(request)).answer;
        answered.unwrap_or_else(|| unreachable!("a request is answered"))
    }

    /// Lets whoever types be somebody from now on; nobody: the administrator.
    pub fn log_in(&mut self, user: Option<Arc<User>>) {
        self.act(Input::User(user));
    }

    /// What a client's watch has to tell at the current position.
    pub fn watched(&self, follow: &mut http::Follow) -> String {
        let world = self.desk().world();
        let revision = world.server().revision();
        world.clone().user(|api| follow.read(api, revision)).0
    }

    /// The commands as of the current position, oldest first.
    pub fn terminal_entries(&self) -> impl Iterator<Item = &Entry> {
        let here = (self.timeline.current(), self.timeline.position());
        let asides = if self.asides_at == here { self.asides.as_slice() } else { &[] };
        self.desk().terminal().entries().iter().chain(asides)
    }

    /// Lets something break, or be mended; `None` where it cannot.
    pub fn fault(&mut self, fault: Fault) -> Option<Record> {
        self.desk().world().can_suffer(&fault).then(|| self.act(Input::Fault(fault)))
    }

    /// Interrupts the running command (Ctrl-C).
    pub fn interrupt(&mut self) -> Option<Record> {
        self.desk().terminal().is_running().then(|| self.act(Input::Interrupt))
    }
}
