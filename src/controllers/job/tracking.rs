//! `trackJobStatusAndRemoveFinalizers`: count each pod that ended exactly once, and finish the Job when all are counted.
//!
//! 1. Write the uids of pods that ended to `status.uncountedTerminatedPods` (and the interim condition, if the Job is over).
//! 2. Remove their finalizers.
//! 3. Turn the uids into one more in `status.succeeded` or `status.failed`, add the terminal condition if nothing is
//!    left to count or to wait for, and write the status again.
//!
//! Whatever happens between two of these writes, the next sync sees how far the last one came.

use super::indexed::{has_limit_per_index, is_indexed, valid_index};
use super::pod_failure_policy::judge;
use super::pods::{self, is_failed};
use super::sync::Sync;
use super::{AGENT, JobController, conditions, remove_finalizer};
use crate::api::views::batch_v1::{Job, JobStatus};
use crate::api::views::core_v1::Pod;
use crate::api::{ObjectKey, Request, Status, View, kinds, meta};
use crate::client::{Context, EventKind};
use crate::collections::{Set, sort_by_key};
use crate::controllers::nonzero;
use crate::json::{Json, Str};

/// So many pods at most are counted in one sync, which keeps `.status` below 20 kB.
const MAX_UNCOUNTED: usize = 500;

impl JobController {
    pub(super) fn track(&mut self, cx: &mut Context, sync: &mut Sync, mut flush: bool) -> Result<(), Status> {
        if is_indexed(&sync.job) {
            sort_by_key(&mut sync.pods, |pod| super::indexed::completion_index(pod.json()));
        }
        let mut with_finalizer: Set<Str> =
            sync.pods.iter().filter(|pod| sync.is_uncounted(pod)).map(pods::uid).collect();
        flush |= count_released(&mut sync.status, &with_finalizer);

        let (to_release, counted_any, all_seen) = note_finished(sync);
        flush |= counted_any;
        flush |= write_indexes(sync);
        let terminal = sync.finished.as_ref().map(|interim| conditions::terminal(interim, cx.now));
        if let Some(interim) = sync.finished.clone()
            && conditions::find_true(&sync.status, interim.r#type()).is_none()
        {
            conditions::append(&mut sync.status, interim);
            flush = true;
        }
        let uncounted = sync.status.uncounted_terminated_pods();
        let noted = uncounted.succeeded().len() + uncounted.failed().len();
        cx.note("track", [("finished", to_release.len().into()), ("uncounted", noted.into())]);

        if flush {
            self.update_status(cx, sync)?;
            self.backoff.set(&sync.key, sync.backoff);
        }
        let (released, failure) = self.remove_finalizers(cx, sync, &to_release);
        for uid in released {
            with_finalizer.remove(&uid);
        }
        flush = count_released(&mut sync.status, &with_finalizer);
        if let Some(error) = failure {
            if flush {
                self.update_status(cx, sync)?;
            }
            return Err(error);
        }
        let over = terminal.filter(|_| all_seen && self.nothing_left(sync));
        if let Some(condition) = &over {
            if condition.r#type() == "Complete" {
                sync.status.set_completion_time(condition.last_transition_time());
            }
            conditions::ensure(&mut sync.status, condition.clone());
        }
        if flush || over.is_some() {
            self.update_status(cx, sync)?;
        }
        if let Some(condition) = over {
            self.tell_finished(
                sync,
                condition.r#type() == "Complete",
                condition.reason(),
                condition.message(),
            );
        }
        Ok(())
    }

    /// Whether the terminal condition may be set: every pod is counted, and none is still going down.
    fn nothing_left(&self, sync: &Sync) -> bool {
        let uncounted = sync.status.uncounted_terminated_pods();
        uncounted.succeeded().is_empty() && uncounted.failed().is_empty() && sync.terminating == 0
    }

    fn update_status(&mut self, cx: &mut Context, sync: &mut Sync) -> Result<(), Status> {
        let status = &sync.status;
        cx.note(
            "status",
            [
                ("active", status.active().unwrap_or(0).into()),
                ("ready", status.ready().unwrap_or(0).into()),
                ("succeeded", status.succeeded().unwrap_or(0).into()),
                ("failed", status.failed().unwrap_or(0).into()),
            ],
        );
        let mut job = sync.job.clone();
        job.set_status(status.clone());
        let written = cx.api.call(Request::update_status(kinds::JOBS, job).by(AGENT))?;
        sync.job = Job::from(written.body);
        sync.status = sync.job.status();
        if !sync.status.uncounted_terminated_pods().exists() {
            sync.status.set_uncounted_terminated_pods(Json::object());
        }
        Ok(())
    }

    /// The uids of the pods whose finalizer is gone, and the first error.
    fn remove_finalizers(
        &mut self,
        cx: &mut Context,
        sync: &Sync,
        pods: &[Pod],
    ) -> (Vec<Str>, Option<Status>) {
        let (mut released, mut failure) = (Vec::new(), None);
        self.finalizer_expectations.expect(&sync.key, pods.iter().map(pods::uid));
        for pod in pods {
            let uid = pods::uid(pod);
            if let Err(error) = remove_finalizer(cx, &ObjectKey::of(pod.json())) {
                // No event will tell that it is gone.
                self.finalizer_expectations.observed(&sync.key, &uid);
                if !error.is_not_found() {
                    failure.get_or_insert(error);
                    continue;
                }
            }
            released.push(uid);
        }
        (released, failure)
    }

    fn tell_finished(&mut self, sync: &Sync, complete: bool, reason: &str, message: &str) {
        let job = sync.job.json();
        if !complete {
            self.recorder.event(job, kinds::JOBS, EventKind::Warning, reason, message);
            return;
        }
        if sync.job.spec().completions().is_some_and(|c| sync.status.succeeded().unwrap_or(0) > c) {
            let message = "Too many succeeded pods running after completion count reached";
            self.recorder.event(job, kinds::JOBS, EventKind::Warning, "TooManySucceededPods", message);
        }
        self.recorder.event(job, kinds::JOBS, EventKind::Normal, "Completed", "Job completed");
    }
}

/// Notes the pods that ended in `uncountedTerminatedPods`, or their indexes. Gives the pods whose finalizer may go, whether
/// anything was noted, and whether all pods were looked at.
fn note_finished(sync: &mut Sync) -> (Vec<Pod>, bool, bool) {
    let spec = sync.job.spec();
    let indexed = is_indexed(&sync.job);
    let failing = sync.finished.as_ref().is_some_and(|c| c.r#type() != "SuccessCriteriaMet");
    let uncounted = sync.status.uncounted_terminated_pods();
    let (mut succeeded, mut failed) =
        (uncounted.json()["succeeded"].clone(), uncounted.json()["failed"].clone());
    let mut to_release = Vec::new();
    let mut new_indexes = Set::new();
    let mut noted = false;
    let mut all_seen = true;
    for pod in sync.pods.iter().filter(|pod| sync.is_uncounted(pod)) {
        let is_failed = is_failed(pod.json(), &sync.job);
        if !may_release(sync, pod, is_failed) {
            continue;
        }
        to_release.push(pod.clone());
        let uid = pods::uid(pod);
        let index = valid_index(pod.json(), &sync.job);
        let known_failed = sync.uncounted_failed.contains(&uid);
        if pod.json()["status"]["phase"].str() == "Succeeded" && !known_failed {
            if indexed {
                // The index itself keeps the pod from being counted twice.
                noted |= index.is_some_and(|i| !sync.counted_indexes.has(i) && new_indexes.insert(i));
            } else if !sync.uncounted_succeeded.contains(&uid) {
                succeeded.push(uid);
                noted = true;
            }
        } else if (is_failed || failing)
            && !known_failed
            && (!indexed || index.is_some())
            && judge(&spec, pod.json()).counts()
        {
            failed.push(uid);
            noted = true;
        }
        if new_indexes.len() + succeeded.items().len() + failed.items().len() >= MAX_UNCOUNTED {
            all_seen = false;
            break;
        }
    }
    sync.succeeded_indexes =
        if indexed { sync.succeeded_indexes.with(&new_indexes) } else { Default::default() };
    put_uncounted(&mut sync.status, succeeded, failed);
    (to_release, noted, all_seen)
}

/// Whether a pod's finalizer can go: it ended, or the whole Job did.
fn may_release(sync: &Sync, pod: &Pod, is_failed: bool) -> bool {
    let succeeded = pod.json()["status"]["phase"].str() == "Succeeded";
    if sync.finished.is_some() || succeeded || meta::is_being_deleted(sync.job.json()) {
        return true;
    }
    let awaits_replacement = || {
        let index = super::indexed::completion_index(pod.json());
        let delayed = index.and_then(|i| sync.delayed.get(&i));
        has_limit_per_index(&sync.job) && delayed.is_some_and(|d| pods::uid(d) == pods::uid(pod))
    };
    is_failed && !awaits_replacement()
}

/// The indexes in the status of an Indexed Job; whether they changed.
fn write_indexes(sync: &mut Sync) -> bool {
    if !is_indexed(&sync.job) {
        return false;
    }
    let completed = sync.succeeded_indexes.to_string();
    let failed = sync.failed_indexes.as_ref().map(ToString::to_string);
    let status = &mut sync.status;
    let before = status.json()["failedIndexes"].as_str().map(str::to_string);
    let changed = completed != status.completed_indexes() || failed != before;
    status.set_succeeded(nonzero(sync.succeeded_indexes.total() as i32));
    if completed.is_empty() {
        status.json_mut().remove("completedIndexes");
    } else {
        status.set_completed_indexes(completed);
    }
    match failed {
        Some(failed) => status.set_failed_indexes(failed),
        None => {
            status.json_mut().remove("failedIndexes");
        }
    }
    changed
}

/// Turns the uids of pods that lost their finalizer into counts; whether there were any.
fn count_released(status: &mut JobStatus, with_finalizer: &Set<Str>) -> bool {
    let uncounted = status.uncounted_terminated_pods();
    let keep = |list: &Json| -> Json {
        list.items().iter().filter(|uid| with_finalizer.contains(uid.str())).collect()
    };
    let (succeeded, failed) = (&uncounted.json()["succeeded"], &uncounted.json()["failed"]);
    let (left_succeeded, left_failed) = (keep(succeeded), keep(failed));
    let counted = |before: &Json, after: &Json| (before.items().len() - after.items().len()) as i32;
    let (more_succeeded, more_failed) = (counted(succeeded, &left_succeeded), counted(failed, &left_failed));
    if more_succeeded + more_failed == 0 {
        return false;
    }
    status.set_succeeded(nonzero(status.succeeded().unwrap_or(0) + more_succeeded));
    status.set_failed(nonzero(status.failed().unwrap_or(0) + more_failed));
    put_uncounted(status, left_succeeded, left_failed);
    true
}

fn put_uncounted(status: &mut JobStatus, succeeded: Json, failed: Json) {
    let mut uncounted = Json::object();
    for (key, list) in [("succeeded", succeeded), ("failed", failed)] {
        if !list.is_empty() {
            uncounted.set(key, list);
        }
    }
    status.set_uncounted_terminated_pods(uncounted);
}
