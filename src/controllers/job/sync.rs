//! `syncJob`: one reconcile of one Job.
//!
//! Read the Job and its pods from the cache, see what changed, decide whether the Job is over, create or delete pods if
//! not, count the pods that ended, write the status.

use super::backoff::BackoffRecord;
use super::indexed::{self, Intervals, has_limit_per_index, is_indexed};
use super::pod_failure_policy::{Verdict, judge};
use super::pods::{self, has_tracking_finalizer, is_active, is_failed, is_ready, is_terminating};
use super::{
    AGENT, BY_JOB, JobController, TRACKING_FINALIZER, conditions, job_uid, managed_by_other, success_policy,
};
use crate::api::selector::Labels;
use crate::api::views::batch_v1::{Job, JobCondition, JobStatus};
use crate::api::views::core_v1::Pod;
use crate::api::{ObjectKey, Status, View, kinds, meta};
use crate::client::{BY_CONTROLLER, Context, EventKind, orphans};
use crate::collections::{Map, Set};
use crate::controllers::claim::Claim;
use crate::controllers::{Caches, nonzero};
use crate::json;
use crate::json::{Json, Str};
use crate::sim::Time;
use std::time::Duration;

/// What one reconcile knows (upstream's `syncJobCtx`).
pub struct Sync {
    /// The Job's key.
    pub key: ObjectKey,
    /// The Job, as cached or as last written.
    pub job: Job,
    /// Its status as it shall be.
    pub status: JobStatus,
    /// Its pods, without those that ended and are counted.
    pub pods: Vec<Pod>,
    /// Those that neither ended nor are being deleted.
    pub active_pods: Vec<Pod>,
    /// How many are active, after what this sync created and deleted.
    pub active: i32,
    /// How many of the active pods are ready.
    pub ready: i32,
    /// How many are being deleted and have not ended.
    pub terminating: i32,
    /// Successes, counted or not.
    pub succeeded: i32,
    /// Failures, counted or not.
    pub failed: i32,
    /// Pods of `status.uncountedTerminatedPods` that succeeded …
    pub uncounted_succeeded: Set<Str>,
    /// … and that failed.
    pub uncounted_failed: Set<Str>,
    /// Pods whose finalizer is gone although the cache still shows it.
    pub finalizer_removed: Set<Str>,
    /// The indexes that `status` says have succeeded …
    pub counted_indexes: Intervals,
    /// … and with the pods that are not counted yet.
    pub succeeded_indexes: Intervals,
    /// The indexes that failed too often, where there is a limit per index.
    pub failed_indexes: Option<Intervals>,
    /// Failed pods that wait for their replacement, by index.
    pub delayed: Map<i64, Pod>,
    /// The back-off after this sync.
    pub backoff: BackoffRecord,
    /// Why the Job is over, if it is.
    pub finished: Option<JobCondition>,
}

impl Sync {
    /// Whether the pod still carries the finalizer, as far as this controller knows.
    pub fn is_uncounted(&self, pod: &Pod) -> bool {
        has_tracking_finalizer(pod.json()) && !self.finalizer_removed.contains(&pods::uid(pod))
    }

    /// The pods that ended since the last sync: those that succeeded, and those that failed.
    fn newly_finished(&self) -> (Vec<Pod>, Vec<Pod>) {
        let fresh = |pod: &&Pod, counted: &Set<Str>| {
            self.is_uncounted(pod)
                && !counted.contains(&pods::uid(pod))
                && (!is_indexed(&self.job) || indexed::valid_index(pod.json(), &self.job).is_some())
        };
        let succeeded = |pod: &&Pod| pod.json()["status"]["phase"].str() == "Succeeded";
        let all = self.pods.iter();
        (
            all.clone().filter(|p| fresh(p, &self.uncounted_succeeded) && succeeded(p)).cloned().collect(),
            all.filter(|p| fresh(p, &self.uncounted_failed) && is_failed(p.json(), &self.job))
                .cloned()
                .collect(),
        )
    }
}

impl JobController {
    pub(super) fn sync_job(
        &mut self,
        cx: &mut Context,
        caches: &Caches,
        key: &ObjectKey,
    ) -> Result<(), Status> {
        let Some(job) = caches.lister::<Job>(kinds::JOBS).get(key) else {
            cx.note("read-cache", [("found", Json::Bool(false))]);
            self.expectations.delete(key);
            self.finalizer_expectations.delete(key);
            self.backoff.remove(key);
            return Ok(());
        };
        cx.note(
            "read-cache",
            [("found", Json::Bool(true)), ("job", Json::from(&job.json()["metadata"]["name"]))],
        );
        if managed_by_other(&job) {
            cx.note("done", [("managedBy", Json::from(job.spec().managed_by()))]);
            return Ok(());
        }
        if conditions::is_finished(&job) {
            self.backoff.remove(key);
            cx.note("done", [("finished", Json::Bool(true))]);
            return Ok(());
        }
        let satisfied = self.expectations.satisfied(key, cx.now);
        let expected = self.expectations.get(key);
        cx.note(
            "expectations",
            [
                ("satisfied", Json::Bool(satisfied)),
                ("adds", Json::Int(expected.map_or(0, |e| e.adds))),
                ("dels", Json::Int(expected.map_or(0, |e| e.dels))),
            ],
        );
        let pods = self.pods_of(cx, caches, &job)?;
        let mut sync = self.count(cx, key, job, pods);
        self.decide(&mut sync, cx);

        let suspend_changed;
        let outcome;
        if sync.finished.is_some() {
            outcome = self.delete_active(cx, &mut sync, satisfied);
            suspend_changed = false;
        } else {
            let may_manage = satisfied && !meta::is_being_deleted(sync.job.json());
            outcome = if may_manage { self.manage(cx, &mut sync) } else { Ok(()) };
            let spec = sync.job.spec();
            let complete = match spec.completions() {
                None => sync.succeeded > 0 && sync.active == 0,
                Some(completions) => sync.succeeded >= completions && sync.active == 0,
            };
            if complete {
                let message = "Reached expected number of succeeded pods";
                sync.finished = Some(conditions::succeeding("CompletionsReached", message, cx.now));
            }
            suspend_changed = !complete && may_manage && self.update_suspended(&mut sync, cx.now);
        }

        let before = sync.job.status();
        let changed = suspend_changed
            || sync.active != before.active().unwrap_or(0)
            || Some(sync.ready) != before.ready()
            || Some(sync.terminating) != before.terminating();
        sync.status.set_active(nonzero(sync.active));
        sync.status.set_ready(sync.ready);
        sync.status.set_terminating(sync.terminating);
        self.track(cx, &mut sync, changed)?;
        if outcome.is_ok() {
            cx.note("done", [("finished", Json::Bool(conditions::is_finished(&sync.job)))]);
        }
        outcome
    }

    /// The Job's pods, after adoption and release.
    fn pods_of(&mut self, cx: &mut Context, caches: &Caches, job: &Job) -> Result<Vec<Pod>, Status> {
        let lister = caches.lister::<Pod>(kinds::PODS);
        let uid = job_uid(job);
        let nobody = orphans(job.metadata().namespace());
        let selector = Labels::from_object(job.spec().selector().json());
        let claim = Claim {
            owner: job.json(),
            resource: kinds::JOBS.into(),
            dependents: kinds::PODS.into(),
            selector: selector.unwrap_or_else(matches_nothing),
            finalizer: Some(TRACKING_FINALIZER),
            agent: AGENT,
        };
        let candidates = lister.by_index(BY_JOB, &uid).chain(lister.by_index(BY_CONTROLLER, &nobody));
        let mut pods = claim.claim(cx, candidates)?;
        for pod in &mut pods {
            // Adopted just now: the cache does not show the finalizer yet.
            if meta::controller_of(pod.json()).is_none() && !has_tracking_finalizer(pod.json()) {
                let mut metadata = pod.metadata();
                let finalizers = metadata.json_mut().object_mut().slot(Str::fixed("finalizers"));
                finalizers.push(Str::fixed(TRACKING_FINALIZER));
                pod.set_metadata(metadata);
            }
        }
        Ok(pods)
    }

    /// Counts what there is.
    fn count(&mut self, cx: &mut Context, key: &ObjectKey, job: Job, pods: Vec<Pod>) -> Sync {
        let mut status = job.status();
        if !status.uncounted_terminated_pods().exists() {
            status.set_uncounted_terminated_pods(json!({}));
        }
        let suspended = job.spec().suspend() == Some(true);
        if status.start_time().is_empty() && !suspended {
            status.set_start_time(cx.now.rfc3339());
        }
        let uncounted = status.uncounted_terminated_pods();
        let active_pods: Vec<Pod> = pods.iter().filter(|pod| is_active(pod.json())).cloned().collect();
        let texts = |texts: crate::api::Texts| texts.iter().map(Str::from).collect::<Set<Str>>();
        let mut sync = Sync {
            key: key.clone(),
            active: active_pods.len() as i32,
            ready: active_pods.iter().filter(|pod| is_ready(pod.json())).count() as i32,
            terminating: pods.iter().filter(|pod| is_terminating(pod.json())).count() as i32,
            succeeded: 0,
            failed: 0,
            uncounted_succeeded: texts(uncounted.succeeded()),
            uncounted_failed: texts(uncounted.failed()),
            finalizer_removed: self.finalizer_expectations.get(key),
            counted_indexes: Intervals::default(),
            succeeded_indexes: Intervals::default(),
            failed_indexes: None,
            delayed: Default::default(),
            backoff: BackoffRecord::default(),
            finished: None,
            job,
            status,
            pods,
            active_pods,
        };
        let (succeeded, failed) = sync.newly_finished();
        let spec = sync.job.spec();
        let counting = failed.iter().filter(|pod| judge(&spec, pod.json()).counts()).count();
        let total = |before: Option<i32>, new: usize, uncounted: usize| {
            before.unwrap_or(0) + (new + uncounted) as i32
        };
        sync.succeeded = total(sync.status.succeeded(), succeeded.len(), sync.uncounted_succeeded.len());
        sync.failed = total(sync.status.failed(), counting, sync.uncounted_failed.len());
        sync.backoff = self.backoff.get(key).with(&succeeded, &failed);
        if is_indexed(&sync.job) {
            (sync.counted_indexes, sync.succeeded_indexes) =
                indexed::succeeded_indexes(&sync.job, &sync.pods);
            sync.succeeded = sync.succeeded_indexes.total() as i32;
            if has_limit_per_index(&sync.job) {
                sync.failed_indexes = Some(indexed::failed_indexes(&sync.job, &sync.pods));
                sync.delayed = indexed::delayed_pods(&sync);
            }
        }
        cx.note(
            "count-pods",
            [
                ("active", sync.active.into()),
                ("ready", sync.ready.into()),
                ("terminating", sync.terminating.into()),
                ("succeeded", sync.succeeded.into()),
                ("failed", sync.failed.into()),
            ],
        );
        sync
    }

    /// Whether the Job is over, and why: what was decided before, the pod failure policy, the back-off limit, the deadline,
    /// failed indexes, the success policy.
    fn decide(&mut self, sync: &mut Sync, cx: &mut Context) {
        sync.finished = conditions::find_true(&sync.status, "SuccessCriteriaMet")
            .or_else(|| conditions::find_true(&sync.status, "FailureTarget"))
            .or_else(|| self.failure(sync, cx.now))
            .or_else(|| failed_by_indexes(sync, cx.now))
            .or_else(|| {
                let message = success_policy::matched(&sync.job.spec(), &sync.succeeded_indexes)?;
                Some(conditions::succeeding("SuccessPolicy", &message, cx.now))
            });
        if let Some(condition) = &sync.finished {
            let (kind, reason) = (condition.r#type().into(), condition.reason().into());
            cx.note("over", [("condition", kind), ("reason", reason)]);
        }
    }

    fn failure(&mut self, sync: &Sync, now: Time) -> Option<JobCondition> {
        let spec = sync.job.spec();
        if spec.pod_failure_policy().exists() {
            let failed = sync.pods.iter().filter(|pod| is_failed(pod.json(), &sync.job));
            for pod in failed {
                if let Verdict::FailJob(message) = judge(&spec, pod.json()) {
                    return Some(conditions::failing("PodFailurePolicy", &message, now));
                }
            }
        }
        let limit = spec.backoff_limit().unwrap_or(6);
        if sync.failed > limit || restarted_too_often(sync, limit) {
            let message = "Job has reached the specified backoff limit";
            return Some(conditions::failing("BackoffLimitExceeded", message, now));
        }
        let seconds = spec.active_deadline_seconds().filter(|_| spec.suspend() != Some(true))?;
        let start = Time::parse(sync.status.start_time())?;
        let deadline = start + Duration::from_secs(seconds.max(0).unsigned_abs());
        if now >= deadline {
            let message = "Job was active longer than specified deadline";
            return Some(conditions::failing("DeadlineExceeded", message, now));
        }
        self.jobs_mut().add_after(sync.key.clone(), now, deadline.since(now));
        None
    }

    /// The `Suspended` condition follows `spec.suspend`; resuming starts the Job's clock anew.
    fn update_suspended(&mut self, sync: &mut Sync, now: Time) -> bool {
        let suspend = sync.job.spec().suspend() == Some(true);
        let (status, reason, message, event) = if suspend {
            ("True", "JobSuspended", "Job suspended", "Suspended")
        } else {
            ("False", "JobResumed", "Job resumed", "Resumed")
        };
        let condition = conditions::new("Suspended", status, reason, message, now);
        let changed = conditions::ensure(&mut sync.status, condition);
        if changed {
            self.recorder.event(sync.job.json(), kinds::JOBS, EventKind::Normal, event, message);
            if suspend {
                sync.status.json_mut().remove("startTime");
            } else {
                sync.status.set_start_time(now.rfc3339());
            }
        }
        changed
    }
}

fn failed_by_indexes(sync: &Sync, now: Time) -> Option<JobCondition> {
    let failed = sync.failed_indexes.as_ref()?.total();
    let spec = sync.job.spec();
    let completions = i64::from(spec.completions().unwrap_or(0));
    if spec.max_failed_indexes().is_some_and(|max| failed > i64::from(max)) {
        let message = "Job has exceeded the specified maximal number of failed indexes";
        return Some(conditions::failing("MaxFailedIndexesExceeded", message, now));
    }
    let all_over = failed > 0 && failed + sync.succeeded_indexes.total() >= completions;
    all_over.then(|| conditions::failing("FailedIndexes", "Job has failed indexes", now))
}

/// With restart policy `OnFailure` a pod's restarts count instead of failed pods.
fn restarted_too_often(sync: &Sync, limit: i32) -> bool {
    if sync.job.json().at(&["spec", "template", "spec", "restartPolicy"]).str() != "OnFailure" {
        return false;
    }
    let running = |pod: &&Pod| matches!(pod.json()["status"]["phase"].str(), "Running" | "Pending");
    let restarts: i64 = sync.pods.iter().filter(running).map(|pod| pods::restarts(pod.json())).sum();
    if limit == 0 { restarts > 0 } else { restarts >= i64::from(limit) }
}

fn matches_nothing() -> Labels {
    use crate::api::selector::Requirement;
    Labels(vec![Requirement::Exists(String::new()), Requirement::NotExists(String::new())])
}
