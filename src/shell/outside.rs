//! Programs from outside: known by name in the machine, run by whoever owns it.
//!
//! A task that becomes one reads its input, if the program wants any, and waits with a [`Call`]. The owner takes the calls
//! after [`Process::run`], and answers with output and an exit code, whenever these come; the task then goes on like any
//! other, so that its output goes wherever its descriptors lead. A call is data, so the machine stays a value.

use super::applets::Advance;
use super::io::{self, Read};
use super::kernel::Cx;
use super::task::{Descriptor, Frame, Task, Wait};
use super::{Process, Stream};
use std::sync::Arc;

/// More input than this is not read.
const MOST_INPUT: usize = 4 << 20;

/// A program that is to be run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// The task that stands for it.
    pub pid: u32,
    /// Its name and arguments.
    pub argv: Vec<String>,
    /// What it read; `None`: it reads nothing, or what is typed.
    pub stdin: Option<String>,
    /// The directory it is called in.
    pub cwd: String,
}

/// How far one is.
#[derive(Debug, Clone)]
pub(super) enum State {
    /// It reads.
    Reading { argv: Vec<Vec<u8>>, input: Option<Vec<u8>> },
    /// Its owner has it.
    Called,
    /// It has ended.
    Ended(i32),
}

impl State {
    pub(super) fn new(argv: Vec<Vec<u8>>, reads: fn(&[Vec<u8>]) -> bool) -> State {
        let input = reads(&argv).then(Vec::new);
        State::Reading { argv, input }
    }

    pub(super) fn advance(&mut self, task: &mut Task, cx: &mut Cx) -> Advance {
        let State::Reading { argv, input } = self else {
            return match self {
                State::Ended(status) => Advance::Done(*status),
                _ => Advance::Wait(Wait::Outside),
            };
        };
        if matches!(task.fds.get(&0), Some(Descriptor::Console)) {
            *input = None;
        }
        if let Some(text) = input
            && text.len() < MOST_INPUT
        {
            match io::read(task, cx, 0, 65_536) {
                Read::Bytes(bytes) => {
                    text.extend(bytes);
                    return Advance::Again;
                }
                Read::Wait(wait) => return Advance::Wait(wait),
                Read::End => {}
            }
        }
        let text = |bytes: &Vec<u8>| String::from_utf8_lossy(bytes).into_owned();
        let call = Call {
            pid: task.pid,
            argv: argv.iter().map(text).collect(),
            stdin: input.as_ref().map(text),
            cwd: task.cwd.to_string(),
        };
        cx.kernel.calls.push(call);
        *self = State::Called;
        Advance::Wait(Wait::Outside)
    }

    pub(super) fn measure(&self) -> usize {
        match self {
            State::Reading { input: Some(input), .. } => input.len(),
            _ => 0,
        }
    }
}

impl Process {
    /// Programs from outside that are to be run now.
    pub fn take_calls(&mut self) -> Vec<Call> {
        if self.kernel.calls.is_empty() {
            Vec::new()
        } else {
            std::mem::take(&mut Arc::make_mut(&mut self.kernel).calls)
        }
    }

    /// Whether a program is to be run.
    pub fn has_calls(&self) -> bool {
        !self.kernel.calls.is_empty()
    }

    /// Whether the program of this task has not ended, been killed, or lost its reader.
    pub fn is_called(&self, pid: u32) -> bool {
        self.kernel.task(pid).is_some_and(|task| outside(task).is_some())
    }

    /// Whether a program is in the foreground.
    pub fn in_foreground(&self, pid: u32) -> bool {
        self.kernel.task(pid).is_some_and(|task| task.job == 0)
    }

    /// What a program writes. Call [`Process::run`] afterwards.
    pub fn write(&mut self, pid: u32, stream: Stream, text: &str) {
        if let Some(task) = Arc::make_mut(&mut self.kernel).task_mut(pid) {
            task.write(if stream == Stream::Stdout { 1 } else { 2 }, text);
            task.wait = Wait::Ready;
        }
    }

    /// A program ends. Call [`Process::run`] afterwards.
    pub fn finish(&mut self, pid: u32, status: i32) {
        if let Some(task) = Arc::make_mut(&mut self.kernel).task_mut(pid)
            && let Some(state) = task.frames.last_mut().and_then(state)
        {
            *state = State::Ended(status);
            task.wait = Wait::Ready;
        }
    }
}

fn outside(task: &Task) -> Option<&State> {
    match task.frames.last() {
        Some(Frame::Program(program)) => match &**program {
            super::applets::Running::Outside(state) => Some(state),
            _ => None,
        },
        _ => None,
    }
}

fn state(frame: &mut Frame) -> Option<&mut State> {
    match frame {
        Frame::Program(program) => match &mut **program {
            super::applets::Running::Outside(state) => Some(state),
            _ => None,
        },
        _ => None,
    }
}
