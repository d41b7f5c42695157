//! The TTL-after-finished controller: deletes Jobs some time after they finished (`spec.ttlSecondsAfterFinished`).

use super::job::is_finished;
use super::{Caches, Controller, Queue};
use crate::api::views::batch_v1::Job;
use crate::api::{ObjectKey, Propagation, Request, Resource, ResourceInfo, Status, View, kinds, meta};
use crate::client::{Context, Delta};
use crate::json::{Json, Str};
use crate::sim::Time;
use std::time::Duration;

const AGENT: &str = "ttl-after-finished-controller";

/// Deletes finished Jobs whose time is over.
#[derive(Clone, Debug)]
pub struct TtlController([Queue; 1]);

impl Default for TtlController {
    fn default() -> Self {
        TtlController([Queue::new(AGENT, kinds::JOBS, 5)])
    }
}

/// When a finished Job is to go.
fn expiry(job: &Job) -> Option<Time> {
    let ttl = job.spec().ttl_seconds_after_finished()?;
    if !is_finished(job) || meta::is_being_deleted(job.json()) {
        return None;
    }
    let status = job.status();
    let over = status
        .conditions()
        .iter()
        .find(|c| matches!(c.r#type(), "Complete" | "Failed") && c.status() == "True")?;
    Some(Time::parse(over.last_transition_time())? + Duration::from_secs(ttl.max(0).unsigned_abs().into()))
}

impl Controller for TtlController {
    fn name(&self) -> &'static str {
        AGENT
    }

    fn watches(&self) -> Vec<&'static ResourceInfo> {
        vec![kinds::JOBS]
    }

    fn handle(&mut self, _: &Caches, _: &Resource, delta: &Delta, now: Time) {
        if let Delta::Added(job) | Delta::Updated(_, job) = delta
            && let Some(at) = expiry(&Job::from(job.clone()))
        {
            self.0[0].keys.add_after(ObjectKey::of(job), now, at.since(now));
        }
    }

    fn queues(&self) -> &[Queue] {
        &self.0
    }

    fn queues_mut(&mut self) -> &mut [Queue] {
        &mut self.0
    }

    fn sync(&mut self, cx: &mut Context, caches: &Caches, _: usize, key: &ObjectKey) -> Result<(), Status> {
        let cached = caches.lister::<Job>(kinds::JOBS).get(key);
        cx.note("read-cache", [("found", Json::Bool(cached.is_some()))]);
        if cached.as_ref().and_then(expiry).is_none() {
            return Ok(());
        }
        // The cache may be behind: only what the server says now may be deleted.
        let get = Request::get(kinds::JOBS, key.namespace.clone(), key.name.clone()).by(AGENT);
        let fresh = match cx.api.call(get) {
            Ok(response) => Job::from(response.body),
            Err(error) if error.is_not_found() => return Ok(()),
            Err(error) => return Err(error),
        };
        let Some(at) = expiry(&fresh) else { return Ok(()) };
        cx.note("expired", [("seconds", Json::Float(cx.now.since(at).as_secs_f64()))]);
        if at > cx.now {
            self.0[0].keys.add_after(key.clone(), cx.now, at.since(cx.now));
            return Ok(());
        }
        let delete = Request::delete(kinds::JOBS, key.namespace.clone(), key.name.clone()).by(AGENT);
        let delete = delete.with(|options| {
            options.propagation = Some(Propagation::Foreground);
            options.uid = Some(Str::from(meta::uid(fresh.json())));
        });
        match cx.api.call(delete) {
            Err(error) if !error.is_not_found() => Err(error),
            _ => Ok(()),
        }
    }
}
