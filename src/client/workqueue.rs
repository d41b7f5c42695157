//! [`WorkQueue`]: what a controller still has to look at (client-go's `util/workqueue`).
//!
//! Three queues in one, as upstream: a *queue* that holds a key once however often it is added, and never hands out a key
//! that is being worked on; a *delaying* queue, for keys that are to be added later; and a *rate limit*, which puts
//! a key that failed off by 5 ms × 2^failures.

use super::Backoff;
use crate::api::ObjectKey;
use crate::collections::{List, Map, Set};
use crate::sim::Time;
use std::time::Duration;

/// The default rate limit of a failing key (`workqueue.DefaultTypedControllerRateLimiter`).
pub const DEFAULT_LIMIT: Backoff = Backoff::new(Duration::from_millis(5), Duration::from_secs(1000));

/// A rate-limited, delaying, deduplicating queue of keys.
#[derive(Clone, Debug)]
pub struct WorkQueue {
    queue: List<ObjectKey>,
    dirty: Set<ObjectKey>,
    processing: Set<ObjectKey>,
    waiting: Map<ObjectKey, Time>,
    by_time: Set<(Time, ObjectKey)>,
    failures: Map<ObjectKey, u32>,
    limit: Backoff,
    /// Failed keys come back at once.
    unlimited: bool,
    /// What was added since somebody last asked, and after how long a wait.
    added: Vec<(ObjectKey, Duration)>,
    /// Keys that were given a time since somebody last asked for them.
    timers_set: Vec<ObjectKey>,
}

impl Default for WorkQueue {
    fn default() -> WorkQueue {
        WorkQueue::new(DEFAULT_LIMIT)
    }
}

impl WorkQueue {
    /// An empty queue with its own rate limit.
    pub fn new(limit: Backoff) -> WorkQueue {
        WorkQueue {
            queue: List::new(),
            dirty: Set::new(),
            processing: Set::new(),
            waiting: Map::new(),
            by_time: Set::new(),
            failures: Map::new(),
            limit,
            unlimited: false,
            added: Vec::new(),
            timers_set: Vec::new(),
        }
    }

    /// Lets failed keys come back at once, or after a wait that grows, as usual.
    pub fn set_unlimited(&mut self, unlimited: bool) {
        self.unlimited = unlimited;
    }

    /// What was added since the last call, with the wait that it was to have.
    pub fn take_added(&mut self) -> Vec<(ObjectKey, Duration)> {
        std::mem::take(&mut self.added)
    }

    /// Adds a key that needs work. A key that waits already is not added twice; one that is being worked on is queued again
    /// when that is [`done`](WorkQueue::done).
    pub fn add(&mut self, key: ObjectKey) {
        self.added.push((key.clone(), Duration::ZERO));
        self.enqueue(key);
    }

    fn enqueue(&mut self, key: ObjectKey) {
        if self.dirty.insert(key.clone()) && !self.processing.contains(&key) {
            self.queue.push_back(key);
        }
    }

    /// Adds a key after a while. Of several waits for one key the shortest counts.
    pub fn add_after(&mut self, key: ObjectKey, now: Time, wait: Duration) {
        if wait.is_zero() {
            return self.add(key);
        }
        self.added.push((key.clone(), wait));
        let at = now + wait;
        if let Some(earlier) = self.waiting.get(&key).copied() {
            if earlier <= at {
                return;
            }
            self.by_time.remove(&(earlier, key.clone()));
        }
        self.timers_set.push(key.clone());
        self.waiting.insert(key.clone(), at);
        self.by_time.insert((at, key));
    }

    /// Takes a key out that waits, or is queued.
    pub fn cancel(&mut self, key: &ObjectKey) {
        if let Some(at) = self.waiting.remove(key) {
            self.by_time.remove(&(at, key.clone()));
        }
        if !self.processing.contains(key) && self.dirty.remove(key) {
            self.queue.retain(|queued| queued != key);
        }
    }

    /// The keys that were given a time since this was last asked: so one can tell which step set a timer.
    pub fn take_timers_set(&mut self) -> Vec<ObjectKey> {
        std::mem::take(&mut self.timers_set)
    }

    /// Adds a key that failed, after the wait that its failures so far ask for.
    pub fn add_rate_limited(&mut self, key: ObjectKey, now: Time) {
        let failures = self.num_requeues(&key);
        self.failures.insert(key.clone(), failures + 1);
        let wait = if self.unlimited { Duration::ZERO } else { self.limit.after(failures) };
        self.add_after(key, now, wait);
    }

    /// Forgets a key's failures: its work succeeded.
    pub fn forget(&mut self, key: &ObjectKey) {
        self.failures.remove(key);
    }

    /// How often a key failed since it was last forgotten.
    pub fn num_requeues(&self, key: &ObjectKey) -> u32 {
        self.failures.get(key).copied().unwrap_or(0)
    }

    /// The keys that could be worked on now, first come first: what is queued, then what has waited long enough.
    pub fn ready(&self, now: Time) -> impl Iterator<Item = &ObjectKey> {
        self.queue.iter().chain(self.due(now))
    }

    fn due(&self, now: Time) -> impl Iterator<Item = &ObjectKey> {
        let due = self.by_time.iter().take_while(move |(at, _)| *at <= now).map(|(_, key)| key);
        due.filter(|key| !self.dirty.contains(*key) && !self.processing.contains(*key))
    }

    /// Takes a key out to work on it. False where it is not ready.
    pub fn take(&mut self, key: &ObjectKey, now: Time) -> bool {
        self.promote(now);
        let Some(i) = self.queue.iter().position(|k| k == key) else { return false };
        self.queue.remove(i);
        self.dirty.remove(key);
        self.processing.insert(key.clone());
        true
    }

    /// Ends the work on a key; what was added meanwhile is queued now.
    pub fn done(&mut self, key: &ObjectKey) {
        self.processing.remove(key);
        if self.dirty.contains(key) {
            self.queue.push_back(key.clone());
        }
    }

    /// Adds what has waited long enough.
    fn promote(&mut self, now: Time) {
        while let Some((at, key)) = self.by_time.first().cloned() {
            if at > now {
                break;
            }
            self.by_time.remove(&(at, key.clone()));
            self.waiting.remove(&key);
            self.enqueue(key);
        }
    }

    /// When the next waiting key is due.
    pub fn next_due(&self) -> Option<Time> {
        self.by_time.first().map(|(at, _)| *at)
    }

    /// The keys that are queued, in order.
    pub fn queued(&self) -> impl Iterator<Item = &ObjectKey> {
        self.queue.iter()
    }

    /// The keys that wait for their time, soonest first.
    pub fn waiting(&self) -> impl Iterator<Item = (Time, &ObjectKey)> {
        self.by_time.iter().map(|(at, key)| (*at, key))
    }

    /// The keys being worked on.
    pub fn processing(&self) -> impl Iterator<Item = &ObjectKey> {
        self.processing.iter()
    }

    /// Forgets everything, as a restarted controller does.
    pub fn clear(&mut self) {
        *self = WorkQueue { unlimited: self.unlimited, ..WorkQueue::new(self.limit) };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(name: &str) -> ObjectKey {
        ObjectKey::new("default", name)
    }

    fn ready(queue: &WorkQueue, now: Time) -> String {
        queue.ready(now).map(|k| k.name.to_string()).collect::<Vec<_>>().join(" ")
    }

    const T0: Time = Time::from_secs(100);

    #[test]
    fn holds_a_key_once_and_again_when_it_was_added_during_its_work() {
        let mut queue = WorkQueue::default();
        for name in ["a", "b", "a"] {
            queue.add(key(name));
        }
        assert_eq!(ready(&queue, T0), "a b");
        assert!(queue.take(&key("a"), T0));
        queue.add(key("a"));
        assert_eq!(ready(&queue, T0), "b", "nobody else works on it meanwhile");
        queue.done(&key("a"));
        assert_eq!(ready(&queue, T0), "b a");
        assert!(!queue.take(&key("c"), T0));
    }

    #[test]
    fn the_shortest_wait_counts() {
        let mut queue = WorkQueue::default();
        queue.add_after(key("a"), T0, Duration::from_secs(5));
        queue.add_after(key("a"), T0, Duration::from_secs(2));
        queue.add_after(key("a"), T0, Duration::from_secs(9));
        assert_eq!(queue.next_due(), Some(Time::from_secs(102)));
        assert_eq!(ready(&queue, Time::from_secs(101)), "");
        assert_eq!(ready(&queue, Time::from_secs(102)), "a");
        assert!(queue.take(&key("a"), Time::from_secs(102)));
        queue.done(&key("a"));
        assert_eq!((ready(&queue, Time::from_secs(200)).as_str(), queue.next_due()), ("", None));
    }

    #[test]
    fn failures_double_the_wait_until_forgotten() {
        let mut queue = WorkQueue::default();
        let mut waits = Vec::new();
        let mut now = T0;
        for _ in 0..4 {
            queue.add_rate_limited(key("a"), now);
            let due = queue.next_due().expect("it waits");
            waits.push(due.since(now).as_millis());
            now = due;
            assert!(queue.take(&key("a"), now));
            queue.done(&key("a"));
        }
        assert_eq!((waits, queue.num_requeues(&key("a"))), (vec![5, 10, 20, 40], 4));
        queue.forget(&key("a"));
        assert_eq!(queue.num_requeues(&key("a")), 0);
    }
}
