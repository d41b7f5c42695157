//! [`Causes`]: which earlier steps led to a step.
//!
//! Four facts suffice: which step wrote each revision (so a delivery is caused by the write that it delivers), which
//! steps touched an object's key at a component since the component last worked on it (so a reconcile is caused by those
//! deliveries), which step set the timer of a task (so the clock's jump to it is caused by that step, and the work then
//! by the jump), and which step a component's own last work on a key was.

use super::{Action, Actor};
use crate::api::{ObjectKey, meta};
use crate::collections::{List, Map, sort_by_key};
use crate::json::{Json, Str};
use crate::kubelet::Work;

/// More causes than this are not kept for one key: the oldest and the newest tell the story.
const MOST: usize = 8;

/// A key at which nothing happened for so many steps is forgotten, or a long run would remember every pod there was.
const MEMORY: u64 = 20_000;
/// Keys are forgotten only once there are so many.
const MANY: usize = 2_048;

/// Somebody's work on one key: a controller's queue, a kubelet's container (or, without a name, its pod worker), the
/// scheduler.
pub(super) type Task = (Actor, Str, ObjectKey);

/// The steps behind each revision and each key.
#[derive(Clone, Debug, Default)]
pub(super) struct Causes {
    /// The step that wrote revision `first + i`, and for whom.
    writers: List<(u32, Str)>,
    first: u64,
    /// Steps that touched a key at a component, not yet answered by work.
    touched: Map<(Actor, ObjectKey), Vec<u64>>,
    /// The last step in which a task was worked on.
    worked: Map<Task, u64>,
    /// The steps that set the timers of tasks.
    timers: Map<Task, u64>,
    /// The clock's jumps that made tasks due, not yet answered by work.
    ticks: Map<Task, u64>,
    /// At how many keys the forgetting is due.
    roof: usize,
    /// The last step in which something broke or was mended: what starts anew and lists again does it because of that.
    fault: u64,
}

impl Causes {
    /// All revisions since the last call up to `revision` were written in `step`, for `agent`.
    pub(super) fn wrote(&mut self, step: u64, revision: u64, agent: &Str) {
        self.first = self.first.max(1);
        while self.first + (self.writers.len() as u64) <= revision {
            self.writers.push_back((u32::try_from(step).unwrap_or(u32::MAX), agent.clone()));
        }
    }

    /// The step that wrote a revision, and for whom; step 0 is the time before the first step.
    pub(super) fn writer(&self, revision: u64) -> Option<(u64, &Str)> {
        let i = usize::try_from(revision.checked_sub(self.first)?).ok()?;
        self.writers.get(i).map(|(step, agent)| (u64::from(*step), agent))
    }

    /// A delivery brought news of an object: its own key is touched, and its controller owner's.
    pub(super) fn delivered(&mut self, step: u64, to: Actor, object: &Json, gone: bool) {
        let key = ObjectKey::of(object);
        if let Some(owner) = meta::controller_of(object) {
            self.touch(step, to, ObjectKey::new(&key.namespace, owner.name()));
        }
        if gone && matches!(to, Actor::Scheduler) {
            self.touched.remove(&(to, key));
        } else {
            self.touch(step, to, key);
        }
    }

    /// Something that concerns a key happened at a component.
    pub(super) fn touch(&mut self, step: u64, at: Actor, key: ObjectKey) {
        let steps = self.touched.slot((at, key));
        if steps.len() >= MOST {
            steps.remove(MOST / 2);
        }
        steps.push(step);
    }

    /// Something broke, or was mended.
    pub(super) fn broke(&mut self, step: u64) {
        self.fault = step;
    }

    /// The last step in which something broke or was mended, if any did.
    pub(super) fn fault(&self) -> Option<u64> {
        Some(self.fault).filter(|step| *step > 0)
    }

    /// A step gave a task a moment at which it will be due.
    pub(super) fn timer_set(&mut self, step: u64, task: Task) {
        self.timers.insert(task, step);
    }

    /// The clock jumped, and these tasks are due: gives the steps that set their timers.
    pub(super) fn ticked(&mut self, step: u64, due: impl Iterator<Item = Task>) -> Vec<u64> {
        let mut causes = Vec::new();
        for task in due {
            causes.extend(self.timers.remove(&task).or_else(|| self.worked.get(&task).copied()));
            self.ticks.insert(task, step);
        }
        sort_by_key(&mut causes, |step| *step);
        causes.dedup();
        if causes.len() > MOST {
            causes.drain(MOST / 2..causes.len() - MOST / 2);
        }
        causes
    }

    /// Forgets the keys at which nothing happened for long, each time that their number has doubled.
    fn forget(&mut self, step: u64) {
        if self.touched.len() + self.worked.len() < self.roof.max(MANY) {
            return;
        }
        let recent = |last: u64| last + MEMORY > step;
        self.touched.retain(|_, steps| steps.last().is_some_and(|last| recent(*last)));
        self.worked.retain(|_, last| recent(*last));
        self.ticks.retain(|_, last| recent(*last));
        self.roof = 2 * (self.touched.len() + self.worked.len());
    }

    /// A task is worked on: gives what led to it since the last time. `about` are the keys that it looks at.
    pub(super) fn work(&mut self, step: u64, task: Task, about: &[ObjectKey]) -> Vec<u64> {
        let at = task.0;
        self.forget(step);
        self.timers.remove(&task);
        let tick = self.ticks.remove(&task);
        let last = self.worked.insert(task, step).unwrap_or(0);
        let touched = about.iter().filter_map(|key| self.touched.get(&(at, key.clone())));
        let mut causes: Vec<u64> = touched.flatten().copied().filter(|s| *s > last).collect();
        causes.extend(tick.filter(|tick| *tick > last));
        sort_by_key(&mut causes, |step| *step);
        causes.dedup();
        if causes.is_empty() && last > 0 {
            causes.push(last);
        }
        causes
    }
}

/// The task that an action works on.
pub(super) fn task(action: &Action) -> Option<Task> {
    Some(match action {
        Action::Sync { controller, key } => (action.actor(), controller.clone(), key.clone()),
        Action::Schedule { key } => (Actor::Scheduler, Str::default(), key.clone()),
        Action::Kubelet { node, work } => kubelet_task(*node, work),
        Action::Deliver { .. } | Action::Start | Action::Fault(_) | Action::Advance { .. } => return None,
    })
}

/// The task that a kubelet's work is.
pub(super) fn kubelet_task(node: usize, work: &Work) -> Task {
    let (worker, key) = match work {
        Work::PodWorker(pod) => (Str::default(), pod.clone()),
        Work::Process { pod, container } => (container.clone(), pod.clone()),
        Work::Probe { pod, container, probe } => {
            (format!("{container}/{}", probe.name()).into(), pod.clone())
        }
        Work::Register | Work::Heartbeat => (Str::default(), ObjectKey::new("", "")),
    };
    (Actor::Kubelet(node), worker, key)
}
