//! [`Agenda`]: what the kubelet has to do and when, in time order, so that finding what is due never looks at what is not.

use super::Work;
use crate::client::Timer;
use crate::collections::{Map, Set};
use crate::sim::Time;

/// What a moment is for. The most urgent is the least.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Urgency {
    /// Something comes of it: the world is not idle before.
    Progress,
    /// What has failed before is tried again, for ever if need be: the world is idle between, but waits for it.
    Retry,
    /// Heartbeats and the renewal of what a pod has: nobody waits for it.
    Upkeep,
}

/// The earliest moment at which a worker has something to do again, for the most urgent of its reasons.
#[derive(Default)]
pub struct Next(pub Option<(Time, Urgency)>);

impl Next {
    /// At this moment too.
    pub fn at(&mut self, at: Time, urgency: Urgency) {
        self.0 = match self.0 {
            Some((known, was)) => Some((known.min(at), was.min(urgency))),
            None => Some((at, urgency)),
        };
    }
}

/// One moment for each piece of work.
#[derive(Clone, Debug, Default)]
pub struct Agenda {
    when: Map<Work, (Time, Urgency)>,
    due: Set<(Time, Work)>,
    chores: Set<(Time, Work)>,
    /// Work that was given a moment since somebody last asked for it.
    timers_set: Vec<Work>,
}

impl Agenda {
    /// Puts work on the agenda, in the place of its former moment.
    pub fn set(&mut self, work: Work, at: Time, urgency: Urgency) {
        self.remove(&work);
        self.list(urgency).insert((at, work.clone()));
        self.timers_set.push(work.clone());
        self.when.insert(work, (at, urgency));
    }

    /// The work that was given a later moment than now since this was last asked.
    pub fn take_timers_set(&mut self, now: Time) -> Vec<Work> {
        let mut set = std::mem::take(&mut self.timers_set);
        set.retain(|work| self.when.get(work).is_some_and(|(at, _)| *at > now));
        set
    }

    /// All that is on it but upkeep: progress, then retries; of each the soonest first.
    pub fn awaited(&self) -> impl Iterator<Item = &Work> {
        let all = self.due.iter().chain(self.chores.iter()).map(|(_, work)| work);
        all.filter(|work| self.when.get(work).is_some_and(|(_, urgency)| *urgency < Urgency::Upkeep))
    }

    /// Puts work on the agenda for now, unless it is due already.
    pub fn wake(&mut self, work: Work, now: Time) {
        if self.when.get(&work).is_none_or(|(at, _)| *at > now) {
            self.set(work, now, Urgency::Progress);
        }
    }

    /// Puts work on the agenda for a moment, unless it is due before.
    pub fn sooner(&mut self, work: Work, at: Time) {
        let at = self.when.get(&work).map_or(at, |(known, _)| (*known).min(at));
        self.set(work, at, Urgency::Progress);
    }

    /// The moment of some work.
    pub fn at(&self, work: &Work) -> Option<Time> {
        self.when.get(work).map(|(at, _)| *at)
    }

    /// Takes work off the agenda.
    pub fn remove(&mut self, work: &Work) {
        if let Some((at, urgency)) = self.when.remove(work) {
            self.list(urgency).remove(&(at, work.clone()));
        }
    }

    /// What is due, the longest due first, found one by one.
    pub fn ready(&self, now: Time) -> impl Iterator<Item = &Work> {
        let mut due = self.due.iter().peekable();
        let mut chores = self.chores.iter().peekable();
        let sorted = std::iter::from_fn(move || match (due.peek(), chores.peek()) {
            (Some(work), Some(chore)) if chore < work => chores.next(),
            (None, _) => chores.next(),
            _ => due.next(),
        });
        sorted.take_while(move |(at, _)| *at <= now).map(|(_, work)| work)
    }

    /// The earliest moment.
    pub fn next_timer(&self) -> Option<Timer> {
        let chore = self.chores.first().map(|(at, _)| Timer { at: *at, background: true });
        self.next_foreground().map(|at| Timer { at, background: false }).into_iter().chain(chore).min()
    }

    /// The earliest moment of what is no chore, some work left out.
    pub fn next_without(&self, left_out: &dyn Fn(&Work) -> bool) -> Option<Time> {
        self.due.iter().find(|(_, work)| !left_out(work)).map(|(at, _)| *at)
    }

    /// The earliest moment of what is no chore.
    pub fn next_foreground(&self) -> Option<Time> {
        self.due.first().map(|(at, _)| *at)
    }

    fn list(&mut self, urgency: Urgency) -> &mut Set<(Time, Work)> {
        if urgency == Urgency::Progress { &mut self.due } else { &mut self.chores }
    }
}
