//! [`Expectations`]: what a controller has asked for and its cache does not show yet (`controller.ControllerExpectations`).
//!
//! After creating three pods a controller that read its cache too early would see none and create three more. So it
//! notes "three creations", each `add` event lowers the number, and it manages pods again only when nothing is expected,
//! or when the events have not come for five minutes.

use crate::api::ObjectKey;
use crate::collections::{Map, Set};
use crate::json::Str;
use crate::sim::Time;
use std::time::Duration;

/// After this long without the events a controller acts again (`controller.ExpectationsTimeout`).
pub const TIMEOUT: Duration = Duration::from_secs(5 * 60);

/// What one key expects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Expectation {
    /// Creations still to be seen. Below zero where more were seen than expected.
    pub adds: i64,
    /// Deletions still to be seen.
    pub dels: i64,
    /// When this was noted.
    pub since: Time,
}

/// What each key expects of its cache.
#[derive(Clone, Debug, Default)]
pub struct Expectations {
    keys: Map<ObjectKey, Expectation>,
    /// Nobody asks what is expected: any key may be acted on at any time.
    ignored: bool,
}

impl Expectations {
    /// Notes creations that are about to be asked for; replaces what was noted before.
    pub fn expect_creations(&mut self, key: &ObjectKey, adds: usize, now: Time) {
        self.expect(key, adds, 0, now);
    }

    /// Notes deletions that are about to be asked for; replaces what was noted before.
    pub fn expect_deletions(&mut self, key: &ObjectKey, dels: usize, now: Time) {
        self.expect(key, 0, dels, now);
    }

    /// Notes both at once.
    pub fn expect(&mut self, key: &ObjectKey, adds: usize, dels: usize, now: Time) {
        self.keys.insert(key.clone(), Expectation { adds: adds as i64, dels: dels as i64, since: now });
    }

    /// A creation was seen, or will not happen after all.
    pub fn creation_observed(&mut self, key: &ObjectKey) {
        self.lower(key, 1, 0);
    }

    /// A deletion was seen, or will not happen after all.
    pub fn deletion_observed(&mut self, key: &ObjectKey) {
        self.lower(key, 0, 1);
    }

    fn lower(&mut self, key: &ObjectKey, adds: i64, dels: i64) {
        if let Some(e) = self.keys.get_mut(key) {
            e.adds -= adds;
            e.dels -= dels;
        }
    }

    /// Whether the controller may act on the key: nothing is expected, all of it was seen, or it took too long.
    pub fn satisfied(&self, key: &ObjectKey, now: Time) -> bool {
        self.ignored
            || self.keys.get(key).is_none_or(|e| (e.adds <= 0 && e.dels <= 0) || now.since(e.since) > TIMEOUT)
    }

    /// From now on the account is kept, but nobody heeds it (or does again).
    pub fn ignore(&mut self, ignored: bool) {
        self.ignored = ignored;
    }

    /// What a key expects.
    pub fn get(&self, key: &ObjectKey) -> Option<Expectation> {
        self.keys.get(key).copied()
    }

    /// What all keys expect.
    pub fn iter(&self) -> impl Iterator<Item = (&ObjectKey, &Expectation)> {
        self.keys.iter()
    }

    /// Forgets a key: its object is gone.
    pub fn delete(&mut self, key: &ObjectKey) {
        self.keys.remove(key);
    }
}

/// Objects, by uid, whose change a key has asked for and does not see yet (`UIDTrackingControllerExpectations`): the Job
/// controller must not count a pod again whose finalizer it has just removed.
#[derive(Clone, Debug, Default)]
pub struct UidExpectations(Map<ObjectKey, Set<Str>>);

impl UidExpectations {
    /// Notes changes that are about to be asked for.
    pub fn expect(&mut self, key: &ObjectKey, uids: impl IntoIterator<Item = Str>) {
        let mut all = self.get(key);
        all.extend(uids);
        self.0.insert(key.clone(), all);
    }

    /// A change was seen, or will not happen after all. Whether it was waited for.
    pub fn observed(&mut self, key: &ObjectKey, uid: &str) -> bool {
        let Some(all) = self.0.get_mut(key) else { return false };
        let expected = all.remove(uid);
        if all.is_empty() {
            self.0.remove(key);
        }
        expected
    }

    /// The uids that a key waits for.
    pub fn get(&self, key: &ObjectKey) -> Set<Str> {
        self.0.get(key).cloned().unwrap_or_default()
    }

    /// Forgets a key.
    pub fn delete(&mut self, key: &ObjectKey) {
        self.0.remove(key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn satisfied_when_seen_or_too_old() {
        let (key, now) = (ObjectKey::new("default", "pi"), Time::from_secs(1000));
        let mut expectations = Expectations::default();
        assert!(expectations.satisfied(&key, now), "nothing was asked for");
        expectations.expect_creations(&key, 2, now);
        expectations.creation_observed(&key);
        assert!(!expectations.satisfied(&key, now));
        assert!(expectations.satisfied(&key, now + TIMEOUT + Duration::from_secs(1)), "it took too long");
        expectations.creation_observed(&key);
        assert!(expectations.satisfied(&key, now));
    }
}
