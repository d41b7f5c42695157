//! What the Job controller does when its informers tell of a Job or a pod: it lowers expectations and enqueues Jobs.
//!
//! A change of a Job's spec is looked at once; what pods do, and what the controller itself wrote to the status, after
//! a second, so that many changes make one sync (`syncJobBatchPeriod`).

use super::conditions::is_finished;
use super::pods::{has_tracking_finalizer, uid};
use super::{BY_JOB, JobController, managed_by_other};
use crate::api::views::batch_v1::Job;
use crate::api::views::core_v1::Pod;
use crate::api::{ObjectKey, View, kinds, meta};
use crate::client::Delta;
use crate::controllers::Caches;
use crate::controllers::claim::adopters;
use crate::json::Json;
use crate::sim::Time;
use std::time::Duration;

/// How long pod events are gathered before a Job is synced.
pub const BATCH_PERIOD: Duration = Duration::from_secs(1);

impl JobController {
    pub(super) fn handle_job(&mut self, caches: &Caches, delta: &Delta, now: Time) {
        let job = Job::from(delta.object().clone());
        let key = ObjectKey::of(job.json());
        match delta {
            Delta::Added(_) => self.jobs_mut().add(key),
            Delta::Updated(old, _) => self.job_updated(caches, &Job::from(old.clone()), &job, key, now),
            Delta::Deleted(_) => {
                self.jobs_mut().add(key);
                self.release_pods_of(caches, &job);
            }
        }
    }

    fn job_updated(&mut self, caches: &Caches, old: &Job, job: &Job, key: ObjectKey, now: Time) {
        let same_spec = job.metadata().generation() == old.metadata().generation();
        let wait = if same_spec { BATCH_PERIOD } else { Duration::ZERO };
        self.jobs_mut().add_after(key.clone(), now, wait);
        if is_finished(job) {
            self.release_pods_of(caches, job);
        }
        let deadline = job.spec().active_deadline_seconds();
        if let (Some(seconds), Some(start)) = (deadline, Time::parse(job.status().start_time()))
            && old.spec().active_deadline_seconds() != deadline
        {
            let total = Duration::from_secs(seconds.max(0).unsigned_abs());
            self.jobs_mut().add_after(key, now, total.saturating_sub(now.since(start)));
        }
    }

    /// The pods of a Job that is finished or gone must not be kept by its finalizer.
    fn release_pods_of(&mut self, caches: &Caches, job: &Job) {
        let job_uid = meta::uid(job.json());
        let pods = caches.of(kinds::PODS).by_index(BY_JOB, job_uid);
        for pod in pods.filter(|pod| has_tracking_finalizer(pod)) {
            self.orphans_mut().add(ObjectKey::of(pod));
        }
    }

    pub(super) fn handle_pod(&mut self, caches: &Caches, delta: &Delta, now: Time) {
        match delta {
            Delta::Added(pod) if meta::is_being_deleted(pod) => self.pod_deleted(caches, pod, false, now),
            Delta::Added(pod) => match self.job_of(caches, pod) {
                Owner::Job(key, _) => {
                    self.expectations.creation_observed(&key);
                    self.jobs_mut().add_after(key, now, BATCH_PERIOD);
                }
                Owner::Other => {}
                Owner::Nobody => {
                    self.orphan_seen(pod);
                    self.wake_adopters(caches, pod, now);
                }
            },
            Delta::Updated(old, pod) => self.pod_updated(caches, old, pod, now),
            Delta::Deleted(pod) => self.pod_deleted(caches, pod, true, now),
        }
    }

    fn pod_updated(&mut self, caches: &Caches, old: &Json, pod: &Json, now: Time) {
        if old["metadata"]["resourceVersion"] == pod["metadata"]["resourceVersion"] {
            return;
        }
        if meta::is_being_deleted(pod) {
            return self.pod_deleted(caches, pod, false, now);
        }
        let counted = !has_tracking_finalizer(pod);
        let pod_uid = uid(&Pod::from(pod.clone()));
        let owner_changed = meta::controller_of(old) != meta::controller_of(pod);
        let owners =
            [if owner_changed { self.job_of(caches, old) } else { Owner::Other }, self.job_of(caches, pod)];
        let nobody = matches!(owners[1], Owner::Nobody);
        for owner in owners {
            if let Owner::Job(key, _) = owner {
                if counted {
                    self.finalizer_expectations.observed(&key, &pod_uid);
                }
                self.jobs_mut().add_after(key, now, BATCH_PERIOD);
            }
        }
        if nobody {
            self.orphan_seen(pod);
            if owner_changed || old["metadata"]["labels"] != pod["metadata"]["labels"] {
                self.wake_adopters(caches, pod, now);
            }
        }
    }

    /// A pod is gone (`last`), or its deletion was asked for: the Job need not wait for the end of its grace period.
    fn pod_deleted(&mut self, caches: &Caches, pod: &Json, last: bool, now: Time) {
        match self.job_of(caches, pod) {
            Owner::Job(key, false) => {
                self.expectations.deletion_observed(&key);
                if last || !has_tracking_finalizer(pod) {
                    self.finalizer_expectations.observed(&key, &uid(&Pod::from(pod.clone())));
                }
                self.jobs_mut().add_after(key, now, BATCH_PERIOD);
            }
            _ => self.orphan_seen(pod),
        }
    }

    /// A pod without a Job that would remove its finalizer.
    fn orphan_seen(&mut self, pod: &Json) {
        if has_tracking_finalizer(pod) {
            self.orphans_mut().add(ObjectKey::of(pod));
        }
    }

    /// The Jobs whose selector matches an orphan may want to adopt it.
    fn wake_adopters(&mut self, caches: &Caches, pod: &Json, now: Time) {
        for key in adopters(caches, kinds::JOBS, pod) {
            self.jobs_mut().add_after(key, now, BATCH_PERIOD);
        }
    }

    /// Whose pod it is. A reference to a Job of that name with another uid counts as somebody else's.
    pub(super) fn job_of(&self, caches: &Caches, pod: &Json) -> Owner {
        let Some(owner) = meta::controller_of(pod) else { return Owner::Nobody };
        if owner.kind() != "Job" {
            return Owner::Other;
        }
        let key = ObjectKey::new(pod["metadata"]["namespace"].str(), owner.name());
        match caches.of(kinds::JOBS).get(&key) {
            Some(job) if meta::uid(job) == owner.uid() => {
                Owner::Job(key, is_finished(&Job::from(job.clone())))
            }
            _ => Owner::Other,
        }
    }

    /// Whether the tracking finalizer of a pod serves nobody: no Job, or one that is finished, will remove it.
    pub(super) fn is_orphan(&self, caches: &Caches, pod: &Json) -> bool {
        let Some(owner) = meta::controller_of(pod) else { return true };
        if owner.kind() != "Job" || owner.api_version() != "batch/v1" {
            return false;
        }
        let key = ObjectKey::new(pod["metadata"]["namespace"].str(), owner.name());
        let job = caches.of(kinds::JOBS).get(&key).filter(|job| meta::uid(job) == owner.uid());
        job.is_none_or(|job| {
            let job = Job::from(job.clone());
            is_finished(&job) && !managed_by_other(&job)
        })
    }
}

/// Whose pod it is, as far as the cache knows.
pub(super) enum Owner {
    /// A Job's, and whether that is finished.
    Job(ObjectKey, bool),
    /// Somebody else's, or of a Job that is gone.
    Other,
    /// Nobody's.
    Nobody,
}
