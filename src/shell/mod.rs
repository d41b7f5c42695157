//! A small Unix machine: a [`Process`] is everything that runs in one container, or in the terminal.
//!
//! It has tasks (processes) with descriptors, pipes between them, signals, an in-memory
//! filesystem, and as programs a POSIX shell that really interprets its script, some eighty small tools, and the servers
//! the image catalogue describes. Nothing outside is touched; the time is what the caller says it is.
//!
//! **State is a value.** A task is a stack of [`task::Frame`]s over a shared syntax tree; nothing is kept on the host's
//! stack between two calls of [`Process::run`], so a container can be suspended, cloned and replayed at any point.
//! Word expansion is the one place where commands run in the middle of something (`"a$(b)c"`): expansion is a
//! function of the variables and of the outputs so far, and is begun again when one more output is there.
//!
//! **Everything is bounded.** Each step costs fuel; memory is counted after each slice, and a container that exceeds its
//! limit is killed with 137 as by the kernel's OOM killer. No input panics.
//!
//! Map, in the order a script travels: [`lexer`], [`words`], [`parser`] → [`ast`] → [`exec`] (frames), [`simple`]
//! (one command), [`expand`], [`arith`], [`pattern`] → [`builtins`], [`applets`] → [`io`], [`fs`], [`paths`];
//! [`kernel`] schedules the tasks. What makes the terminal's machine: [`prompt`], [`outside`], [`aliases`].

mod aliases;
mod applets;
mod arith;
pub mod ast;
mod braces;
mod builtins;
mod calendar;
mod escapes;
mod exec;
mod expand;
pub mod fs;
mod io;
mod kernel;
mod lexer;
mod look;
mod messages;
mod outside;
pub mod parser;
mod paths;
mod pattern;
mod prompt;
mod redirect;
mod redirections;
mod server;
mod simple;
mod start;
mod steps;
mod task;
#[cfg(test)]
mod tests;
mod userland;
mod variables;
mod waiting;
mod words;

use std::sync::Arc;

use fs::{Fs, Volumes};
use kernel::Kernel;
pub use look::Look;
pub use outside::Call;
pub use prompt::INTERRUPTED;
pub use server::{Listener, Server};
pub use start::StartError;
pub use userland::{Dialect, Executable, Tools, Userland};

/// What a container is started with.
#[derive(Debug, Clone)]
pub struct ProcessSpec {
    /// Entrypoint and arguments. Must not be empty.
    pub argv: Vec<String>,
    /// Environment, later entries winning.
    pub env: Vec<(String, String)>,
    /// Working directory; made if it does not exist.
    pub cwd: String,
    /// What `hostname` says.
    pub hostname: String,
    /// Its files.
    pub fs: Fs,
    /// The programs its image holds.
    pub userland: Userland,
    /// User id it runs as.
    pub user: u32,
    /// Group id it runs as.
    pub group: u32,
    /// What its main process reads.
    pub input: Input<'static>,
    /// Memory limit in bytes. Above [`MAX_MEMORY`] it makes no difference: that much is all there is.
    pub memory: Option<u64>,
    /// Seed of `$RANDOM` and `/dev/urandom`.
    pub seed: u64,
}

/// What a process reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Input<'t> {
    /// This, and then no more. (Nothing at all is as good as no input.)
    Text(&'t str),
    /// What is [typed](Process::type_in), a line at a time.
    Terminal,
    /// What is [sent](Process::type_in), until that [ends](Process::end_input).
    Sent,
}

/// What the simulation gives any container, in bytes.
pub const MAX_MEMORY: u64 = 16 << 20;

/// How long a slice of computing lasts: what passes when a script has used up its fuel, in nanoseconds.
pub const SLICE_NS: i64 = 10_000_000;

/// SIGKILL
pub const SIGKILL: i32 = 9;
/// SIGTERM
pub const SIGTERM: i32 = 15;

/// What a container waits for when it gives control back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Blocked {
    /// Nothing happens before this time (nanoseconds since the epoch) unless a signal or an exec comes.
    Until(i64),
    /// Nothing happens unless a signal or an exec comes.
    Forever,
    /// The main process is gone, and with it the container. The code is 0..=255.
    Exited(i32),
}

/// Where a process writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stream {
    /// Standard output.
    Stdout,
    /// Standard error.
    Stderr,
}

/// Which terminal a process writes to: the container's log or that of a `kubectl exec`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Session(pub u32);

/// The container's own output: its log.
pub const MAIN: Session = Session(1);

/// Takes what the processes of a container write.
pub trait Output {
    /// Bytes of one stream, in the order they are written. Not aligned to lines.
    fn write(&mut self, session: Session, stream: Stream, bytes: &[u8]);
}

/// A running container. Cloning it costs a reference count.
#[derive(Debug, Clone)]
pub struct Process {
    kernel: Arc<Kernel>,
}

impl Process {
    /// Starts the container's main process, PID 1. Nothing runs before [`Process::run`].
    pub fn start(spec: ProcessSpec, now_ns: i64) -> Result<Process, StartError> {
        Kernel::start(spec, now_ns).map(|kernel| Process { kernel: Arc::new(kernel) })
    }

    /// Lets the container run at the given time until nothing in it can go on, or until it has used `fuel` (about one
    /// unit a command, one for each 64 bytes moved). Running out of fuel takes [`SLICE_NS`] of time.
    pub fn run(&mut self, now_ns: i64, fuel: u32, volumes: &mut Volumes, out: &mut dyn Output) -> Blocked {
        self.run_within(now_ns, &mut i64::from(fuel), volumes, out)
    }

    /// As [`Process::run`], taking from the fuel that is given; none is left where time has to pass.
    pub fn run_within(
        &mut self,
        now_ns: i64,
        fuel: &mut i64,
        volumes: &mut Volumes,
        out: &mut dyn Output,
    ) -> Blocked {
        Arc::make_mut(&mut self.kernel).run(now_ns, fuel, volumes, out)
    }

    /// Sends a signal to the main process. As with any PID 1, one that it does not handle is ignored, but for
    /// SIGKILL, which ends the container with 137. Call [`Process::run`] afterwards.
    pub fn signal(&mut self, signal: i32) {
        Arc::make_mut(&mut self.kernel).signal(kernel::INIT, signal);
    }

    /// Starts another process in the container, as `kubectl exec` and exec probes do: with the container's
    /// environment, files and limits, and with its output going to the session that is returned.
    pub fn exec(
        &mut self,
        argv: &[String],
        input: Input<'_>,
        now_ns: i64,
        volumes: &mut Volumes,
    ) -> Result<Session, StartError> {
        Arc::make_mut(&mut self.kernel).exec(argv, input, now_ns, volumes)
    }

    /// Types into a session. Call [`Process::run`] afterwards.
    pub fn type_in(&mut self, session: Session, bytes: &[u8]) {
        Arc::make_mut(&mut self.kernel).type_in(session, bytes);
    }

    /// Ctrl-C in a session: ends what a shell at its prompt began there, or whatever else runs in it. Call [`Process::run`]
    /// afterwards.
    pub fn interrupt_session(&mut self, session: Session) {
        Arc::make_mut(&mut self.kernel).interrupt(session);
    }

    /// How many bytes were typed into a session and not yet read.
    pub fn unread(&self, session: Session) -> usize {
        self.kernel.typed.get(&session).map_or(0, Vec::len)
    }

    /// Whoever reads what is typed into a session comes to its end. Call [`Process::run`] afterwards.
    pub fn end_input(&mut self, session: Session) {
        Arc::make_mut(&mut self.kernel).end_input(session);
    }

    /// Exit code of a session once it has ended. The main process's too.
    pub fn exit_code(&self, session: Session) -> Option<i32> {
        self.kernel.exit_code(session)
    }

    /// Kills what is left of a session: its client has gone, or its probe has timed out.
    pub fn close(&mut self, session: Session) {
        Arc::make_mut(&mut self.kernel).signal(session.0, SIGKILL);
    }

    /// The container was killed because it exceeded its memory.
    pub fn oom_killed(&self) -> bool {
        self.kernel.oom_killed
    }

    /// Bytes it holds now: variables, buffers, and what it wrote to its own files.
    pub fn memory(&self) -> u64 {
        self.kernel.memory()
    }

    /// The ports its servers listen on.
    pub fn listeners(&self) -> Vec<Listener> {
        self.kernel.listeners()
    }

    /// Looks at its files, those of the volumes included, as they are now, from a directory.
    pub fn look(&self, volumes: &Volumes, cwd: &str) -> Look {
        let (user, group) = (self.kernel.user, self.kernel.group);
        Look { fs: self.kernel.fs.clone(), volumes: volumes.clone(), cwd: cwd.into(), user, group }
    }

    /// Its own files as they are now, without the volumes.
    pub fn fs(&self) -> &Fs {
        &self.kernel.fs
    }
}
