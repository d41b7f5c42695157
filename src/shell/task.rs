//! A task (a process of the container) and the stack of frames that is all there is of its progress.

use crate::collections::Map;
use std::sync::Arc;

use super::applets::Running;
use super::ast::{Command, List};
use super::userland::Dialect;
use super::{Session, Stream};

/// Text as the shell keeps it: bytes, shared.
pub(super) type Text = Arc<[u8]>;

/// Deeper than this, a task has run out of stack.
pub(super) const MAX_FRAMES: usize = 10_000;

/// A shell variable.
#[derive(Debug, Clone, Default)]
pub(super) struct Variable {
    /// `None`: exported or read-only, but not set.
    pub(super) value: Option<Text>,
    pub(super) exported: bool,
    pub(super) read_only: bool,
}

/// What a descriptor stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Descriptor {
    /// The container's log, or an exec's terminal.
    Terminal(Stream),
    /// What a person types.
    Console,
    /// What somebody outside sends.
    Sent,
    /// Nothing to read; what is written is gone.
    Null,
    /// An end of a pipe.
    Pipe { id: u32, write: bool },
    /// An open file, by its number in the kernel: the offset is shared by all who have it.
    File(u32),
}

/// Options of `set`.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Options {
    pub(super) errexit: bool,
    pub(super) xtrace: bool,
    pub(super) nounset: bool,
    pub(super) noglob: bool,
    pub(super) verbose: bool,
    pub(super) pipefail: bool,
    pub(super) noexec: bool,
    pub(super) allexport: bool,
}

/// What a task waits for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Wait {
    /// Nothing.
    Ready,
    /// A time.
    Until(i64),
    /// Bytes in a pipe, or the end of its writers.
    Readable(u32),
    /// Room in a pipe, or the end of its readers.
    Writable(u32),
    /// The end of one of its children.
    Child(u32),
    /// A signal.
    Forever,
    /// What a person types.
    Typed,
    /// The answer of a program from outside, or, at the prompt, the next line.
    Outside,
}

/// A place in a script's text.
#[derive(Debug, Clone)]
pub(super) struct Script {
    pub(super) text: Text,
    pub(super) at: usize,
    pub(super) line: u32,
    pub(super) kind: ScriptKind,
}

/// Where a script came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ScriptKind {
    /// `sh -c`, `sh file`
    Main,
    /// `eval`
    Eval,
    /// `. file`: `return` ends it.
    Sourced,
}

/// The outputs of the command substitutions of the word that is being expanded, in order.
pub(super) type Outputs = Vec<Text>;

/// One entry of a task's stack. The top one is stepped; when it is done it is popped, and has set the task's status.
#[derive(Debug, Clone)]
pub(super) enum Frame {
    /// A text of which the next complete command is to be parsed and run.
    Script(Script),
    /// A list; `at` is the next item.
    List { list: Arc<List>, at: usize },
    /// An item of a list; `at` is the next pipeline of the chain, `ran` the last one that ran.
    AndOr { list: Arc<List>, item: usize, at: usize, ran: Option<usize> },
    /// A command to be started.
    Command(Arc<Command>),
    /// A compound command whose redirections are in place.
    Body(Arc<Command>),
    /// `if`: the condition of this branch is running.
    If { command: Arc<Command>, branch: usize },
    /// `while`, `until`: `body` says whether the body or the condition is running.
    While { command: Arc<Command>, body: bool, status: i32 },
    /// `for`: words being expanded.
    ForWords { command: Arc<Command>, at: usize, items: Vec<Vec<u8>>, outputs: Outputs },
    /// `for`: the body runs for the items.
    For { command: Arc<Command>, items: Arc<Vec<Vec<u8>>>, at: usize },
    /// `case`: the subject, once expanded, and the pattern to be looked at next.
    Case { command: Arc<Command>, subject: Option<Vec<u8>>, arm: usize, pattern: usize, outputs: Outputs },
    /// A simple command being expanded.
    Simple(Box<Expanding>),
    /// Redirections of a command being opened, in front of what runs it.
    Redirect {
        command: Arc<Command>,
        at: usize,
        saved: Vec<(u32, Option<Descriptor>)>,
        outputs: Outputs,
        then: Box<Frame>,
    },
    /// A simple command ready to be run.
    Run { argv: Vec<Vec<u8>>, line: u32, functions: bool },
    /// Only redirections and assignments: the status is the last substitution's.
    Assigned(i32),
    /// Descriptors to put back.
    Restore(Vec<(u32, Option<Descriptor>)>),
    /// Variables to put back.
    RestoreVariables(Vec<(Text, Option<Variable>)>),
    /// A function's call: positional parameters and local variables to put back.
    Call { parameters: Arc<Vec<Vec<u8>>>, locals: Vec<(Text, Option<Variable>)> },
    /// A trap's action: the status to put back.
    Trap(i32),
    /// `time`: when the pipeline above it began.
    Timed(i64),
    /// Waits for the tasks of a pipeline or a subshell.
    Await { children: Vec<u32>, statuses: Vec<i32> },
    /// Collects the output of a command substitution for the frame below.
    Capture { pipe: u32, child: u32, output: Vec<u8> },
    /// `wait`
    Wait { children: Vec<u32>, any: bool },
    /// `read`
    Read(Box<Reading>),
    /// A program.
    Program(Box<Running>),
}

/// A simple command half expanded.
#[derive(Debug, Clone)]
pub(super) struct Expanding {
    pub(super) command: Arc<Command>,
    /// The next word; after the words, the next assignment.
    pub(super) at: usize,
    pub(super) argv: Vec<Vec<u8>>,
    pub(super) assigns: Vec<(Text, Text)>,
    pub(super) outputs: Outputs,
    /// A substitution ran: its status is the command's if there is no command.
    pub(super) substituted: bool,
}

/// `read` half done.
#[derive(Debug, Clone)]
pub(super) struct Reading {
    pub(super) names: Vec<Text>,
    pub(super) raw: bool,
    pub(super) line: Vec<u8>,
    /// The last byte was a backslash.
    pub(super) escaped: bool,
    pub(super) fd: u32,
    pub(super) deadline: Option<i64>,
    pub(super) limit: Option<usize>,
}

/// A process of the container.
#[derive(Debug, Clone)]
pub(super) struct Task {
    pub(super) pid: u32,
    pub(super) parent: u32,
    /// Whose terminal it writes to.
    pub(super) session: Session,
    pub(super) frames: Vec<Frame>,
    pub(super) wait: Wait,
    pub(super) fds: Map<u32, Descriptor>,
    /// Written by a command, not yet taken by what its descriptor stands for.
    pub(super) pending: Vec<(u32, Vec<u8>)>,
    pub(super) cwd: Arc<str>,
    pub(super) umask: u16,

    pub(super) variables: Map<Text, Variable>,
    /// The names that the container's runtime gave, in its order.
    pub(super) given: Arc<[Text]>,
    /// Whether a shell has been at the variables.
    pub(super) under_shell: bool,
    /// Bytes of names and values.
    pub(super) variable_bytes: usize,
    pub(super) functions: Map<Text, Arc<Command>>,
    /// Words that stand for other text where a command begins.
    pub(super) aliases: Map<Text, Text>,
    pub(super) parameters: Arc<Vec<Vec<u8>>>,
    pub(super) name: Text,
    pub(super) options: Options,
    /// Actions by signal; 0 is EXIT. An empty action ignores the signal.
    pub(super) traps: Map<i32, Text>,
    /// Signals with an action that have not been dealt with.
    pub(super) signals: Vec<i32>,
    pub(super) status: i32,
    /// Status of the last command substitution.
    pub(super) substitution_status: i32,
    pub(super) last_background: Option<u32>,
    /// Children begun with `&` that `wait` has not asked for.
    pub(super) background: Vec<u32>,
    pub(super) dialect: Dialect,
    /// `$$`
    pub(super) shell_pid: u32,
    /// The shell reads a file, so its messages name lines.
    pub(super) numbered: bool,
    /// A person types what the shell runs.
    pub(super) interactive: bool,
    /// The background job that it belongs to: the task it began with. 0: the foreground.
    pub(super) job: u32,
    pub(super) line: u32,
    /// `errexit` has no effect here: what began this subshell tests its status.
    pub(super) tested: bool,
    /// The EXIT trap has been run.
    pub(super) exiting: bool,
    /// What `ps` shows.
    pub(super) argv: Arc<Vec<Vec<u8>>>,
    /// What [`Task::measure`] found after its last slice.
    pub(super) measured: usize,
}

impl Task {
    /// A copy with an empty stack, as a fork begins.
    pub(super) fn without_frames(&self) -> Task {
        Task {
            pid: self.pid,
            parent: self.parent,
            session: self.session,
            frames: Vec::new(),
            wait: Wait::Ready,
            fds: self.fds.clone(),
            pending: Vec::new(),
            cwd: self.cwd.clone(),
            umask: self.umask,
            variables: self.variables.clone(),
            given: self.given.clone(),
            under_shell: self.under_shell,
            variable_bytes: self.variable_bytes,
            functions: self.functions.clone(),
            aliases: self.aliases.clone(),
            parameters: self.parameters.clone(),
            name: self.name.clone(),
            options: self.options,
            traps: self.traps.clone(),
            signals: Vec::new(),
            status: self.status,
            substitution_status: self.substitution_status,
            last_background: self.last_background,
            background: Vec::new(),
            dialect: self.dialect,
            shell_pid: self.shell_pid,
            numbered: self.numbered,
            interactive: self.interactive,
            job: self.job,
            line: self.line,
            tested: self.tested,
            exiting: false,
            argv: self.argv.clone(),
            measured: 0,
        }
    }

    /// A fork or an exec: actions of traps are gone, ignored signals stay ignored.
    pub(super) fn keep_ignored_signals(&mut self) {
        if !self.traps.is_empty() {
            let traps = std::mem::take(&mut self.traps);
            self.traps = traps.into_iter().filter(|(_, action)| action.is_empty()).collect();
        }
    }

    pub(super) fn variable(&self, name: &[u8]) -> Option<&Text> {
        self.variables.get(name)?.value.as_ref()
    }

    /// A variable as text.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        self.variable(name.as_bytes()).map(|value| String::from_utf8_lossy(value).into_owned())
    }

    /// Sets a variable, keeping its attributes. Fails if it is read-only.
    pub(super) fn set(&mut self, name: &[u8], value: impl Into<Text>) -> Result<(), ()> {
        let value = value.into();
        let old = self.variables.get(name);
        if old.is_some_and(|old| old.read_only) {
            return Err(());
        }
        let old_bytes = old.and_then(|old| old.value.as_ref()).map_or(0, |old| old.len());
        self.variable_bytes = (self.variable_bytes + value.len()).saturating_sub(old_bytes);
        match self.variables.get_mut(name) {
            Some(variable) => variable.value = Some(value),
            None => {
                self.variable_bytes += name.len() + 64;
                let exported = self.options.allexport;
                self.variables
                    .insert(name.into(), Variable { value: Some(value), exported, read_only: false });
            }
        }
        Ok(())
    }

    /// Puts a variable back to what it was.
    pub(super) fn put_back(&mut self, name: &Text, old: Option<Variable>) {
        match old {
            Some(old) => {
                self.variables.insert(name.clone(), old);
            }
            None => {
                self.variables.remove(name);
            }
        }
    }

    /// The environment for a program: exported variables, as they were given; or, under a shell of the family of
    /// `ash`, in the order of the 39 lists of its table.
    pub(super) fn environment(&self) -> Vec<(Text, Text)> {
        let exported = |name: &Text| {
            let variable = self.variables.get(name).filter(|variable| variable.exported)?;
            Some((name.clone(), variable.value.clone()?))
        };
        let new = self.variables.iter().map(|(name, _)| name).filter(|name| !self.given.contains(name));
        let all: Vec<(Text, Text)> = self.given.iter().chain(new).filter_map(exported).collect();
        if !self.under_shell || self.dialect == Dialect::Bash {
            return all;
        }
        let list = |name: &Text| {
            let first = name.first().map_or(0, |first| usize::from(*first) << 4);
            (first + name.iter().map(|byte| usize::from(*byte)).sum::<usize>()) % 39
        };
        (0..39).flat_map(|at| all.iter().filter(move |(name, _)| list(name) == at)).cloned().collect()
    }

    /// Queues output on a descriptor.
    pub(super) fn write(&mut self, fd: u32, bytes: impl AsRef<[u8]>) {
        let bytes = bytes.as_ref();
        match self.pending.last_mut() {
            Some((last, buffer)) if *last == fd => buffer.extend_from_slice(bytes),
            _ if bytes.is_empty() => {}
            _ => self.pending.push((fd, bytes.to_vec())),
        }
    }

    /// Bytes it holds, roughly.
    pub(super) fn measure(&self) -> usize {
        let mut sum = 2000 + self.variable_bytes + self.functions.len() * 200 + size(&self.parameters);
        sum += self.pending.iter().map(|(_, bytes)| bytes.len()).sum::<usize>();
        sum += self.background.len() * 8;
        sum += self.aliases.iter().map(|(name, text)| name.len() + text.len() + 64).sum::<usize>();
        for frame in &self.frames {
            sum += 100
                + match frame {
                    Frame::Script(script) => script.text.len(),
                    Frame::ForWords { items, .. } => size(items),
                    Frame::For { items, .. } => size(items),
                    Frame::Simple(simple) => {
                        size(&simple.argv)
                            + simple.assigns.iter().map(|(_, value)| value.len()).sum::<usize>()
                    }
                    Frame::Run { argv, .. } => size(argv),
                    Frame::Call { parameters, locals } => size(parameters) + locals.len() * 100,
                    Frame::RestoreVariables(saved) => saved.len() * 100,
                    Frame::Capture { output, .. } => output.len(),
                    Frame::Read(reading) => reading.line.len(),
                    Frame::Program(program) => program.measure(),
                    _ => 0,
                };
        }
        sum
    }
}

/// Bytes of a list of strings, with what each costs beside its text.
pub(super) fn size(items: &[Vec<u8>]) -> usize {
    items.iter().map(|item| item.len() + 32).sum()
}
