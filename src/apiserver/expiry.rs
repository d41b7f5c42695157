//! Events live for an hour (`kube-apiserver --event-ttl`).
//!
//! Each write of one gives it a new lease, as etcd does. What has run out goes when the clock moves: nobody deletes it, and
//! watchers see it go.

use super::ApiServer;
use crate::api::{ObjectKey, Resource, kinds};
use crate::collections::List;
use crate::sim::Time;
use std::time::Duration;

/// How long an Event lives after its last write.
const EVENT_TTL: Duration = Duration::from_secs(3600);

/// Leases, the oldest first: when it ends, of which Event, as which revision left it.
#[derive(Clone, Debug, Default)]
pub struct Leases(List<(Time, ObjectKey, u64)>);

impl ApiServer {
    /// What was just written gets a lease, if it is an Event.
    pub(super) fn lease(&mut self, now: Time, resource: &Resource, key: &ObjectKey) {
        if *resource == Resource::from(kinds::EVENTS) {
            self.leases.0.push_back((now + EVENT_TTL, key.clone(), self.store.revision()));
        }
    }

    /// Removes the Events whose lease has ended and was not renewed.
    pub fn expire(&mut self, now: Time) {
        let events = Resource::from(kinds::EVENTS);
        while self.leases.0.front().is_some_and(|(end, ..)| *end <= now) {
            let Some((_, key, revision)) = self.leases.0.pop_front() else { return };
            let written =
                self.store.get(&events, &key).map(|event| event["metadata"]["resourceVersion"].str());
            if written.is_some_and(|version| version == revision.to_string()) {
                self.remove(now, &events, &key);
            }
        }
    }
}
