//! How long a Job waits before it replaces failed pods (upstream's `backoff_utils.go`): 10 s after the first failure
//! since the last success, twice as long after each further one, ten minutes at most.

use super::pods::finished_time;
use crate::api::ObjectKey;
use crate::api::views::core_v1::Pod;
use crate::client::Backoff;
use crate::collections::Map;
use crate::sim::Time;
use std::time::Duration;

/// 10 s, doubling to 10 min (`DefaultJobPodFailureBackOff`, `MaxJobPodFailureBackOff`).
pub const POD_FAILURE: Backoff = Backoff::new(Duration::from_secs(10), Duration::from_secs(600));

/// A Job's failures since its last success.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BackoffRecord {
    /// How many.
    pub failures: u32,
    /// When the last one was.
    pub last: Option<Time>,
}

impl BackoffRecord {
    /// The record after pods that ended since.
    pub fn with(self, succeeded: &[Pod], failed: &[Pod]) -> BackoffRecord {
        let last_success = succeeded.iter().map(finished_time).max();
        let base = if last_success.is_some() { BackoffRecord::default() } else { self };
        let newer = failed.iter().map(finished_time).filter(|at| last_success.is_none_or(|s| *at > s));
        newer.fold(base, |record, at| BackoffRecord {
            failures: record.failures + 1,
            last: if record.last.is_some_and(|last| last > at) && record.failures > base.failures {
                record.last
            } else {
                Some(at)
            },
        })
    }

    /// How much of the wait is left; zero: none.
    pub fn remaining(self, now: Time) -> Duration {
        match self.last {
            Some(last) if self.failures > 0 => {
                POD_FAILURE.after(self.failures - 1).saturating_sub(now.since(last))
            }
            _ => Duration::ZERO,
        }
    }
}

/// The records of all Jobs. They live in memory: a restarted controller has forgotten them.
#[derive(Clone, Debug, Default)]
pub struct BackoffStore(Map<ObjectKey, BackoffRecord>);

impl BackoffStore {
    /// A Job's record.
    pub fn get(&self, key: &ObjectKey) -> BackoffRecord {
        self.0.get(key).copied().unwrap_or_default()
    }

    /// Keeps a record.
    pub fn set(&mut self, key: &ObjectKey, record: BackoffRecord) {
        self.0.insert(key.clone(), record);
    }

    /// Forgets a Job that ended.
    pub fn remove(&mut self, key: &ObjectKey) {
        self.0.remove(key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json;

    fn pod(second: i64) -> Pod {
        let at = Time::from_secs(second).rfc3339();
        Pod::from(json!({
            "status": { "containerStatuses": [{ "state": { "terminated": { "finishedAt": at } } }] },
        }))
    }

    #[test]
    fn counts_the_failures_since_the_last_success() {
        let before = BackoffRecord { failures: 2, last: Some(Time::from_secs(50)) };
        type Case = (&'static [i64], &'static [i64], u32, Option<i64>);
        let cases: [Case; 5] = [
            (&[], &[], 2, Some(50)),
            (&[], &[60, 70], 4, Some(70)),
            (&[60], &[], 0, None),
            (&[60], &[55], 0, None),
            (&[60], &[70, 55, 65], 2, Some(70)),
        ];
        for (succeeded, failed, failures, last) in cases {
            let pods = |seconds: &[i64]| seconds.iter().map(|s| pod(*s)).collect::<Vec<_>>();
            let after = before.with(&pods(succeeded), &pods(failed));
            let expected = BackoffRecord { failures, last: last.map(Time::from_secs) };
            assert_eq!(after, expected, "{succeeded:?} {failed:?}");
        }
        let three = BackoffRecord { failures: 3, last: Some(Time::from_secs(100)) };
        assert_eq!(three.remaining(Time::from_secs(104)), Duration::from_secs(36));
        assert_eq!(three.remaining(Time::from_secs(141)), Duration::ZERO);
    }
}
