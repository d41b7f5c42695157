//! The tasks of a container: which of them can go on, forks, signals, ends, and what all of it may cost.

use crate::collections::{Map, Set, sort_by_key};
use std::sync::Arc;

use super::fs::{Fs, Volumes};
use super::io::{OpenFile, Pipe};
use super::outside::Call;
use super::paths::View;
use super::server::Listener;
use super::task::{Descriptor, Frame, Task, Wait};
use super::userland::Userland;
use super::{Blocked, MAIN, MAX_MEMORY, Output, SIGKILL, SLICE_NS, Session, exec};

/// PID of the main process.
pub(super) const INIT: u32 = 1;

/// More processes than this and the container is out of memory.
/// What is typed faster than it is read is kept up to so many bytes.
const MOST_TYPED: usize = 1 << 20;

const MAX_TASKS: usize = 256;

/// Fuel a task uses before the next one has its turn.
pub(super) const TURN: i64 = 2_000;

/// Statuses of ended children kept for parents that may yet ask.
const MAX_ENDED: usize = 1_024;

/// Everything in a container.
#[derive(Debug, Clone)]
pub(super) struct Kernel {
    tasks: Map<u32, Task>,
    /// Status of ended tasks that their parent has not asked for.
    ended: Map<u32, Ended>,
    sessions: Map<Session, i32>,
    /// What was typed and not yet read, by session.
    pub(super) typed: Map<Session, Vec<u8>>,
    /// The sessions into which nobody will type any more.
    pub(super) closed: Set<Session>,
    pub(super) pipes: Map<u32, Pipe>,
    pub(super) files: Map<u32, OpenFile>,
    next_pid: u32,
    next_handle: u32,
    /// Who had the last turn.
    last: u32,
    pub(super) fs: Fs,
    /// Bytes of the image's own files.
    image_bytes: usize,
    pub(super) hostname: Arc<str>,
    pub(super) userland: Userland,
    pub(super) user: u32,
    pub(super) group: u32,
    /// What an exec starts from: the main process before it ran.
    pub(super) template: Arc<Task>,
    memory_limit: u64,
    pub(super) random: u64,
    pub(super) oom_killed: bool,
    /// Programs from outside that are to be started.
    pub(super) calls: Vec<Call>,
}

#[derive(Debug, Clone, Copy)]
struct Ended {
    parent: u32,
    status: i32,
}

/// What a task may touch while it has its turn.
pub(super) struct Cx<'a> {
    pub(super) kernel: &'a mut Kernel,
    pub(super) now: i64,
    pub(super) volumes: &'a mut Volumes,
    pub(super) out: &'a mut dyn Output,
    pub(super) fuel: &'a mut i64,
}

impl Cx<'_> {
    /// The files, as seen by the container's user.
    pub(super) fn view(&mut self) -> View<'_> {
        let (user, group, now) = (self.kernel.user, self.kernel.group, self.now);
        View { fs: &mut self.kernel.fs, volumes: self.volumes, user, group, now }
    }

    /// Charges for moving bytes.
    pub(super) fn charge(&mut self, bytes: usize) {
        *self.fuel -= 1 + bytes as i64 / 64;
    }
}

/// The next value of a small generator (splitmix64).
pub(super) fn random(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

impl Kernel {
    pub(super) fn new(spec: &super::ProcessSpec, template: Task) -> Kernel {
        Kernel {
            tasks: Map::new(),
            ended: Map::new(),
            sessions: Map::new(),
            typed: Map::new(),
            closed: Set::new(),
            pipes: Map::new(),
            files: Map::new(),
            next_pid: INIT + 1,
            next_handle: 0,
            last: 0,
            image_bytes: spec.fs.tree.bytes(),
            fs: spec.fs.clone(),
            hostname: spec.hostname.as_str().into(),
            userland: spec.userland,
            user: spec.user,
            group: spec.group,
            template: Arc::new(template),
            memory_limit: spec.memory.unwrap_or(MAX_MEMORY).min(MAX_MEMORY),
            random: spec.seed,
            oom_killed: false,
            calls: Vec::new(),
        }
    }

    pub(super) fn new_pid(&mut self) -> u32 {
        let pid = self.next_pid;
        self.next_pid = self.next_pid.wrapping_add(1).max(INIT + 1);
        pid
    }

    /// A number for a pipe or an open file.
    pub(super) fn new_handle(&mut self) -> u32 {
        self.next_handle = self.next_handle.wrapping_add(1);
        self.next_handle
    }

    pub(super) fn insert(&mut self, task: Task) {
        self.tasks.insert(task.pid, task);
    }

    pub(super) fn tasks(&self) -> impl Iterator<Item = &Task> {
        self.tasks.values()
    }

    pub(super) fn run(
        &mut self,
        now: i64,
        fuel: &mut i64,
        volumes: &mut Volumes,
        out: &mut dyn Output,
    ) -> Blocked {
        loop {
            if let Some(code) = self.exit_code(MAIN) {
                return Blocked::Exited(code);
            }
            let last = self.last;
            let mut turns: Vec<u32> = self.tasks.keys().copied().collect();
            sort_by_key(&mut turns, |pid| (*pid <= last, *pid));
            *fuel -= turns.len() as i64 / 8;
            let mut progress = false;
            for pid in turns {
                let Some(mut task) = self.tasks.remove(&pid) else { continue };
                if !self.ready(&task, now) {
                    self.tasks.insert(pid, task);
                    continue;
                }
                progress = true;
                self.last = pid;
                task.wait = Wait::Ready;
                let mut cx = Cx { kernel: self, now, volumes, out, fuel };
                let end = exec::turn(&mut task, &mut cx);
                match end {
                    None => {
                        task.measured = task.measure();
                        self.tasks.insert(pid, task);
                    }
                    Some(status) => self.end(&task, status),
                }
                if self.oom_killed || self.memory() > self.memory_limit {
                    self.kill_for_memory();
                }
                if self.tasks.is_empty() || *fuel <= 0 {
                    break;
                }
            }
            self.sweep();
            if let Some(code) = self.exit_code(MAIN) {
                return Blocked::Exited(code);
            }
            if *fuel <= 0 {
                return Blocked::Until(now + SLICE_NS);
            }
            if !progress {
                return self.next_wake();
            }
        }
    }

    fn next_wake(&self) -> Blocked {
        let times = self.tasks.values().filter_map(|task| match task.wait {
            Wait::Until(time) => Some(time),
            _ => None,
        });
        times.min().map_or(Blocked::Forever, Blocked::Until)
    }

    fn ready(&self, task: &Task, now: i64) -> bool {
        if !task.signals.is_empty() && matches!(task.frames.last(), Some(Frame::Wait { .. })) {
            return true;
        }
        match &task.wait {
            Wait::Ready => true,
            Wait::Until(time) => *time <= now,
            Wait::Readable(pipe) => {
                self.pipes.get(pipe).is_none_or(|pipe| !pipe.is_empty()) || !self.has_end(*pipe, true, None)
            }
            Wait::Writable(pipe) => {
                self.pipes.get(pipe).is_none_or(|pipe| pipe.room() > 0) || !self.has_end(*pipe, false, None)
            }
            Wait::Child(pid) => !self.tasks.contains_key(pid),
            Wait::Forever | Wait::Typed | Wait::Outside => false,
        }
    }

    /// Does any task, or `current` which has its turn, hold the writing (or reading) end of a pipe?
    pub(super) fn has_end(&self, pipe: u32, write: bool, current: Option<&Task>) -> bool {
        let wanted = Descriptor::Pipe { id: pipe, write };
        self.tasks.values().chain(current).any(|task| descriptors(task).any(|found| *found == wanted))
    }

    /// A copy of `parent` that will run `frames`. `None` kills the container: too many processes.
    pub(super) fn fork(&mut self, parent: &Task, frames: Vec<Frame>) -> Option<u32> {
        if self.tasks.len() >= MAX_TASKS {
            self.oom_killed = true;
            return None;
        }
        let pid = self.new_pid();
        let tested = parent.tested || exec::is_tested(&parent.frames);
        let mut child = Task { pid, parent: parent.pid, tested, frames, ..parent.without_frames() };
        child.background.clear();
        child.signals.clear();
        child.keep_ignored_signals();
        self.tasks.insert(pid, child);
        Some(pid)
    }

    /// Changes a task that has just been forked.
    pub(super) fn task_mut(&mut self, pid: u32) -> Option<&mut Task> {
        self.tasks.get_mut(&pid)
    }

    /// A task by its number.
    pub(super) fn task(&self, pid: u32) -> Option<&Task> {
        self.tasks.get(&pid)
    }

    pub(super) fn take_task(&mut self, pid: u32) -> Option<Task> {
        self.tasks.remove(&pid)
    }

    fn end(&mut self, task: &Task, status: i32) {
        let orphans: Vec<u32> =
            self.tasks.iter().filter(|(_, other)| other.parent == task.pid).map(|(pid, _)| *pid).collect();
        for orphan in orphans {
            if let Some(orphan) = self.tasks.get_mut(&orphan) {
                orphan.parent = INIT;
            }
        }
        self.ended.retain(|_, ended| ended.parent != task.pid);
        if task.parent != 0 {
            self.ended.insert(task.pid, Ended { parent: task.parent, status });
            while self.ended.len() > MAX_ENDED {
                self.ended.pop_first();
            }
        }
        if task.session.0 == task.pid {
            self.typed.remove(&task.session);
            self.closed.remove(&task.session);
            self.sessions.insert(task.session, status);
            while self.sessions.len() > MAX_TASKS {
                let oldest = self.sessions.keys().copied().find(|session| *session != MAIN);
                oldest.and_then(|session| self.sessions.remove(&session));
            }
        }
        if task.pid == INIT {
            self.tasks.clear();
            self.pipes.clear();
            self.files.clear();
            self.ended.clear();
        }
    }

    /// The status of an ended child, once. `None`: still running, or never was.
    pub(super) fn take_status(&mut self, child: u32) -> Option<i32> {
        self.ended.remove(&child).map(|ended| ended.status)
    }

    pub(super) fn is_running(&self, pid: u32) -> bool {
        self.tasks.contains_key(&pid)
    }

    pub(super) fn exit_code(&self, session: Session) -> Option<i32> {
        self.sessions.get(&session).copied()
    }

    /// Sends a signal; false if there is no such process.
    pub(super) fn signal(&mut self, pid: u32, signal: i32) -> bool {
        let Some(task) = self.tasks.get_mut(&pid) else { return false };
        let fatal = match deliver(task, signal) {
            Delivery::Done => false,
            Delivery::Default => pid != INIT || signal == SIGKILL,
        };
        if fatal {
            self.kill(pid, 128 + signal);
        }
        true
    }

    /// Somebody types: whoever of the session waits for that goes on.
    pub(super) fn type_in(&mut self, session: Session, bytes: &[u8]) {
        let typed = self.typed.slot(session);
        let room = MOST_TYPED.saturating_sub(typed.len());
        typed.extend(bytes.iter().take(room));
        self.wake(session);
    }

    /// Nothing more will be typed.
    pub(super) fn end_input(&mut self, session: Session) {
        self.closed.insert(session);
        self.wake(session);
    }

    /// A person presses Ctrl-C.
    pub(super) fn interrupt(&mut self, session: Session) {
        let of_session = |task: &&Task| task.session == session && !task.interactive;
        let pids: Vec<u32> =
            self.tasks.iter().map(|(_, task)| task).filter(of_session).map(|task| task.pid).collect();
        for pid in pids {
            self.signal(pid, super::prompt::SIGINT);
        }
    }

    fn wake(&mut self, session: Session) {
        self.tasks.for_each_mut(|_, task| {
            if task.session == session && task.wait == Wait::Typed {
                task.wait = Wait::Ready;
            }
        });
    }

    /// Ends a task.
    pub(super) fn kill(&mut self, pid: u32, status: i32) {
        if let Some(task) = self.tasks.remove(&pid) {
            self.end(&task, status);
        }
    }

    fn kill_for_memory(&mut self) {
        self.oom_killed = true;
        if self.tasks.contains_key(&INIT) {
            self.kill(INIT, 128 + SIGKILL);
        } else {
            // The main process itself had the turn.
            self.tasks.clear();
        }
        self.sessions.insert(MAIN, 128 + SIGKILL);
    }

    pub(super) fn memory(&self) -> u64 {
        let tasks: usize = self.tasks.values().map(|task| task.measured).sum();
        let pipes: usize = self.pipes.values().map(Pipe::len).sum();
        let here: usize = self.files.values().map(OpenFile::own_bytes).sum();
        (tasks + pipes + here + self.fs.tree.bytes().saturating_sub(self.image_bytes)) as u64
    }

    /// Forgets pipes and open files that no descriptor stands for any more.
    fn sweep(&mut self) {
        if self.pipes.is_empty() && self.files.is_empty() {
            return;
        }
        let (mut pipes, mut files) = (Map::new(), Map::new());
        for found in self.tasks.values().flat_map(descriptors) {
            match found {
                Descriptor::Pipe { id, .. } => {
                    if let Some(pipe) = self.pipes.remove(id) {
                        pipes.insert(*id, pipe);
                    }
                }
                Descriptor::File(id) => {
                    if let Some(file) = self.files.remove(id) {
                        files.insert(*id, file);
                    }
                }
                _ => {}
            }
        }
        (self.pipes, self.files) = (pipes, files);
    }

    pub(super) fn listeners(&self) -> Vec<Listener> {
        let programs = self.tasks.values().filter_map(|task| match task.frames.last() {
            Some(Frame::Program(program)) => program.listeners(),
            _ => None,
        });
        programs.flatten().copied().collect()
    }
}

/// What a signal does to a task.
enum Delivery {
    /// It was handled or ignored.
    Done,
    /// It has its default action.
    Default,
}

fn deliver(task: &mut Task, signal: i32) -> Delivery {
    if signal == SIGKILL {
        return Delivery::Default;
    }
    match task.traps.get(&signal) {
        Some(action) if action.is_empty() => return Delivery::Done,
        Some(_) => {
            if !task.signals.contains(&signal) {
                task.signals.push(signal);
            }
            return Delivery::Done;
        }
        None => {}
    }
    if let [Frame::Program(program)] = task.frames.as_mut_slice()
        && program.signal(signal)
    {
        task.wait = Wait::Ready;
        return Delivery::Done;
    }
    // CHLD, CONT, URG, WINCH do nothing; job control is not simulated.
    if matches!(signal, 0 | 17..=23 | 28) { Delivery::Done } else { Delivery::Default }
}

/// Every descriptor a task holds, those put aside by redirections included.
fn descriptors(task: &Task) -> impl Iterator<Item = &Descriptor> {
    let saved = task.frames.iter().flat_map(|frame| match frame {
        Frame::Restore(saved) | Frame::Redirect { saved, .. } => saved.as_slice(),
        _ => &[],
    });
    task.fds.values().chain(saved.filter_map(|(_, descriptor)| descriptor.as_ref()))
}
