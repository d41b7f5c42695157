//! The Job controller (upstream's `pkg/controller/job/job_controller.go`).
//!
//! A Job asks for pods that run to their end. The controller keeps as many of them running as `parallelism` and what
//! is left of `completions` ask for, counts those that ended, and says in the end that the Job is complete or failed.
//!
//! No pod may be counted twice or be forgotten, although pods can be deleted at any time and the controller can die between
//! two calls. So each pod carries a *finalizer* until it is counted, and counting takes two writes: first its uid goes to
//! `status.uncountedTerminatedPods`, then the finalizer goes, then the uid turns into one more in `succeeded` or `failed`.
//!
//! Read in this order: [`handlers`] (what enqueues a Job), [`sync`] (one reconcile), [`manage`] (create and delete pods),
//! [`tracking`] (count and finish); [`backoff`], [`indexed`], [`pod_failure_policy`] and [`success_policy`] on the way.

mod backoff;
mod conditions;
mod handlers;
mod indexed;
mod manage;
mod pod_failure_policy;
mod pods;
mod success_policy;
mod sync;
mod tracking;

pub use backoff::{BackoffRecord, BackoffStore};
pub use conditions::is_finished;
pub use indexed::Intervals;
pub use pods::TRACKING_FINALIZER;

use super::{Caches, Controller, Queue};
use crate::api::views::batch_v1::Job;
use crate::api::{ObjectKey, PatchType, Request, Resource, ResourceInfo, Status, kinds, meta};
use crate::client::{Backoff, Context, Delta, Expectations, Index, Recorder, UidExpectations, WorkQueue};
use crate::json;
use crate::json::{Json, Str};
use crate::sim::Time;
use std::time::Duration;

/// Who it is to the API server.
const AGENT: &str = "job-controller";
/// A Job whose sync failed is tried again after 1 s, doubling to 60 s (`DefaultJobApiBackOff`).
const API_BACKOFF: Backoff = Backoff::new(Duration::from_secs(1), Duration::from_secs(60));
const JOBS: usize = 0;

/// The pods that a Job still has to look at, by its uid. A pod that ended and is counted is not here, so a Job of ten
/// thousand completions costs no more a sync than one of a hundred.
pub const BY_JOB: Index = Index {
    name: "job",
    values: |pod| {
        let Some(owner) = meta::controller_of(pod) else { return Vec::new() };
        let own_label = pod["metadata"]["labels"]["batch.kubernetes.io/controller-uid"].str() == owner.uid();
        let counted = pods::is_terminal(pod) && !pods::has_tracking_finalizer(pod);
        // A pod without the label may yet have to be released, which its own Job's selector decides.
        if owner.kind() != "Job" || (counted && own_label) { Vec::new() } else { vec![owner.uid().into()] }
    },
};

/// The Job controller's memory.
#[derive(Clone, Debug)]
pub struct JobController {
    queues: [Queue; 2],
    expectations: Expectations,
    finalizer_expectations: UidExpectations,
    backoff: BackoffStore,
    recorder: Recorder,
}

impl Default for JobController {
    fn default() -> JobController {
        JobController {
            queues: [
                Queue::limited("job-controller", kinds::JOBS, 5, API_BACKOFF),
                Queue::limited("job-controller/orphan-pods", kinds::PODS, 1, API_BACKOFF),
            ],
            expectations: Expectations::default(),
            finalizer_expectations: UidExpectations::default(),
            backoff: BackoffStore::default(),
            recorder: Recorder::new(AGENT, ""),
        }
    }
}

/// Whether `spec.managedBy` hands the Job to another controller.
fn managed_by_other(job: &Job) -> bool {
    !matches!(job.spec().managed_by(), "" | "kubernetes.io/job-controller")
}

impl JobController {
    /// What a Job's pods did lately, for the back-off.
    pub fn backoff(&self) -> &BackoffStore {
        &self.backoff
    }

    /// The pods whose finalizer is removed, but not yet in the cache.
    pub fn finalizer_expectations(&self) -> &UidExpectations {
        &self.finalizer_expectations
    }

    fn jobs_mut(&mut self) -> &mut WorkQueue {
        &mut self.queues[JOBS].keys
    }

    fn orphans_mut(&mut self) -> &mut WorkQueue {
        &mut self.queues[1].keys
    }

    /// Removes the finalizer of a pod that no Job will count.
    fn sync_orphan(&mut self, cx: &mut Context, caches: &Caches, key: &ObjectKey) -> Result<(), Status> {
        let pod = caches.of(kinds::PODS).get(key);
        cx.note("read-cache", [("found", Json::Bool(pod.is_some()))]);
        match pod {
            Some(pod) if self.is_orphan(caches, pod) && pods::has_tracking_finalizer(pod) => {
                cx.note("remove-finalizer", [("pod", Json::from(&key.name))]);
                match remove_finalizer(cx, key) {
                    Err(error) if !error.is_not_found() => Err(error),
                    _ => Ok(()),
                }
            }
            _ => Ok(()),
        }
    }
}

fn remove_finalizer(cx: &mut Context, pod: &ObjectKey) -> Result<(), Status> {
    let mut metadata = json!({});
    metadata.set("$deleteFromPrimitiveList/finalizers", json!([TRACKING_FINALIZER]));
    let patch = json!({ "metadata": metadata });
    let (namespace, name) = (pod.namespace.clone(), pod.name.clone());
    let request = Request::patch(PatchType::Strategic, kinds::PODS, namespace, name, patch);
    cx.api.call(request.by(AGENT)).map(|_| ())
}

impl Controller for JobController {
    fn name(&self) -> &'static str {
        AGENT
    }

    fn watches(&self) -> Vec<&'static ResourceInfo> {
        vec![kinds::JOBS, kinds::PODS]
    }

    fn handle(&mut self, caches: &Caches, resource: &Resource, delta: &Delta, now: Time) {
        if *resource == Resource::from(kinds::JOBS) {
            self.handle_job(caches, delta, now);
        } else {
            self.handle_pod(caches, delta, now);
        }
    }

    fn queues(&self) -> &[Queue] {
        &self.queues
    }

    fn queues_mut(&mut self) -> &mut [Queue] {
        &mut self.queues
    }

    fn sync(
        &mut self,
        cx: &mut Context,
        caches: &Caches,
        queue: usize,
        key: &ObjectKey,
    ) -> Result<(), Status> {
        match queue {
            JOBS => self.sync_job(cx, caches, key),
            _ => self.sync_orphan(cx, caches, key),
        }
    }

    fn expectations(&self) -> Option<&Expectations> {
        Some(&self.expectations)
    }

    fn expectations_mut(&mut self) -> Option<&mut Expectations> {
        Some(&mut self.expectations)
    }

    fn recorder(&mut self) -> Option<&mut Recorder> {
        Some(&mut self.recorder)
    }
}

/// A Job's uid, as an owned string.
fn job_uid(job: &Job) -> Str {
    Str::from(job.metadata().uid())
}
