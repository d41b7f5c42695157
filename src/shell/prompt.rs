//! A shell at a prompt: a machine whose main process is given its lines one at a time, and keeps between them what a shell
//! keeps: variables, functions, aliases, where it is.

use super::applets::Running;
use super::exec::{push_script, undo_frame};
use super::kernel::{INIT, Kernel};
use super::task::{Descriptor, Frame, ScriptKind, Task, Wait};
use super::{MAIN, Process, ProcessSpec, StartError};
use std::sync::Arc;

/// What Ctrl-C leaves as the status.
pub const INTERRUPTED: i32 = 130;

/// SIGINT
pub(super) const SIGINT: i32 = 2;

impl Process {
    /// Starts a shell, the `argv` of which says which, at a prompt.
    pub fn at_prompt(spec: ProcessSpec, now_ns: i64) -> Result<Process, StartError> {
        let mut kernel = Kernel::start(spec, now_ns)?;
        if let Some(task) = kernel.task_mut(INIT) {
            task.frames = vec![Frame::Program(Box::new(Running::Prompt))];
            task.fds.insert(0, Descriptor::Console);
            task.interactive = true;
        }
        Ok(Process { kernel: Arc::new(kernel) })
    }

    /// Gives the shell what a person typed: a line, or several. Call [`Process::run`] afterwards.
    pub fn give(&mut self, line: &str) {
        let kernel = Arc::make_mut(&mut self.kernel);
        kernel.typed.remove(&MAIN);
        let background = kernel.task(INIT).map(|task| task.background.clone()).unwrap_or_default();
        let running = background.into_iter().filter(|pid| kernel.is_running(*pid)).collect();
        if let Some(task) = kernel.task_mut(INIT) {
            task.wait = Wait::Ready;
            task.background = running;
            push_script(task, line.as_bytes(), ScriptKind::Main);
        }
    }

    /// The status of the last line, when the shell waits for the next one; what it began with `&` may go on.
    pub fn prompts(&self) -> Option<i32> {
        let task = self.kernel.task(INIT)?;
        (task.frames.len() == 1 && task.wait == Wait::Outside).then_some(task.status)
    }

    /// Whether something in the foreground reads what is typed.
    pub fn reads_typed(&self) -> bool {
        self.kernel.tasks().any(|task| task.wait == Wait::Typed && task.job == 0)
    }

    /// Ctrl-C: ends what runs in the foreground, and the line with it. Call [`Process::run`] afterwards.
    pub fn interrupt(&mut self) {
        let kernel = Arc::make_mut(&mut self.kernel);
        let foreground = |task: &&Task| task.job == 0 && task.pid != INIT;
        let pids: Vec<u32> = kernel.tasks().filter(foreground).map(|task| task.pid).collect();
        pids.into_iter().for_each(|pid| kernel.kill(pid, 128 + SIGINT));
        if let Some(task) = kernel.task_mut(INIT) {
            unwind(task, INTERRUPTED);
            task.pending.clear();
            task.wait = Wait::Ready;
        }
        let calls = std::mem::take(&mut kernel.calls);
        kernel.calls = calls.into_iter().filter(|call| kernel.is_running(call.pid)).collect();
    }

    /// Whether two shells would treat the next line alike: the same variables, functions and aliases, in the same place.
    pub fn remembers_as(&self, other: &Process) -> bool {
        let (Some(a), Some(b)) = (self.kernel.task(INIT), other.kernel.task(INIT)) else { return false };
        let variables = a.variables.iter().map(|(name, v)| (name, &v.value, v.exported));
        variables.eq(b.variables.iter().map(|(name, v)| (name, &v.value, v.exported)))
            && a.cwd == b.cwd
            && a.aliases.iter().eq(b.aliases.iter())
            && a.functions.len() == b.functions.len()
            && a.functions.values().zip(b.functions.values()).all(|(a, b)| Arc::ptr_eq(a, b))
            && a.background == b.background
    }

    /// The names a person gave to commands: functions and aliases, and what each alias stands for.
    pub fn named(&self) -> Vec<(String, Option<String>)> {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let Some(task) = self.kernel.task(INIT) else { return Vec::new() };
        let functions = task.functions.keys().map(|name| (text(name), None));
        functions.chain(task.aliases.iter().map(|(name, value)| (text(name), Some(text(value))))).collect()
    }

    /// Where the shell is.
    pub fn cwd(&self) -> &str {
        self.kernel.task(INIT).map_or("/", |task| &task.cwd)
    }
}

/// Leaves everything that a typed line began, putting back what it had put aside.
pub(super) fn unwind(task: &mut Task, status: i32) {
    while task.frames.len() > 1 {
        if let Some(frame) = task.frames.pop() {
            undo_frame(task, frame);
        }
    }
    task.fds.retain(|fd, _| *fd < u32::MAX / 2);
    task.status = status;
}
