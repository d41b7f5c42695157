//! `manageJob`: create the pods that are missing, delete those that are too many.

use super::backoff::POD_FAILURE;
use super::indexed::{self, absolute_failures, has_limit_per_index, is_indexed};
use super::pods::{deletion_order, finished_time, has_tracking_finalizer, is_ready, only_replace_failed};
use super::sync::Sync;
use super::{AGENT, JobController, TRACKING_FINALIZER, handlers, remove_finalizer};
use crate::api::views::core_v1::{Pod, PodTemplateSpec};
use crate::api::{ObjectKey, Status, View, kinds};
use crate::client::Context;
use crate::collections::sort_by;
use crate::controllers::pod_control::{PodControl, namespace_terminating, slow_start_batch};
use crate::json::{Json, Str};
use crate::sim::Time;
use std::time::Duration;

/// So many pods at most are created or deleted in one sync.
const MAX_PER_SYNC: usize = 500;
impl JobController {
    pub(super) fn manage(&mut self, cx: &mut Context, sync: &mut Sync) -> Result<(), Status> {
        let spec = sync.job.spec();
        let have = sync.active;
        if spec.suspend() == Some(true) {
            cx.note("manage", [("suspended", Json::Bool(true)), ("have", have.into())]);
            let surplus = self.surplus(sync, sync.active_pods.len());
            return self.delete_pods(cx, sync, surplus);
        }
        let parallelism = spec.parallelism().unwrap_or(1);
        let want = match spec.completions() {
            // A work queue: after the first success nobody is replaced.
            None if sync.succeeded > 0 => have,
            None => parallelism,
            Some(completions) => (completions - sync.succeeded).min(parallelism).max(0),
        };
        cx.note(
            "manage",
            [("want", want.into()), ("have", have.into()), ("terminating", sync.terminating.into())],
        );
        let surplus = self.surplus(sync, usize::try_from(have - want).unwrap_or(0));
        if !surplus.is_empty() {
            return self.delete_pods(cx, sync, surplus);
        }
        let terminating = if only_replace_failed(&sync.job) { sync.terminating } else { 0 };
        let missing = usize::try_from(want - terminating - have).unwrap_or(0);
        if missing == 0 {
            return Ok(());
        }
        if !has_limit_per_index(&sync.job) && self.backs_off(cx, sync, sync.backoff.remaining(cx.now)) {
            return Ok(());
        }
        let missing = missing.min(MAX_PER_SYNC);
        if !is_indexed(&sync.job) {
            return self.create_pods(cx, sync, vec![None; missing]);
        }
        let mut indexes = indexed::first_pending(sync, missing);
        if has_limit_per_index(&sync.job) {
            let waits: Vec<Duration> =
                indexes.iter().map(|i| index_wait(sync.delayed.get(i), cx.now)).collect();
            let all_wait = waits.iter().copied().min().unwrap_or_default();
            if self.backs_off(cx, sync, all_wait) {
                return Ok(());
            }
            let mut waits = waits.into_iter();
            indexes.retain(|_| waits.next().is_some_and(|wait| wait.is_zero()));
        }
        self.create_pods(cx, sync, indexes.into_iter().map(Some).collect())
    }

    /// Puts the Job off where failures ask for it.
    fn backs_off(&mut self, cx: &mut Context, sync: &Sync, wait: Duration) -> bool {
        if wait.is_zero() {
            return false;
        }
        let seconds = Json::Float(wait.as_secs_f64());
        cx.note("backoff", [("failures", Json::Int(sync.backoff.failures.into())), ("seconds", seconds)]);
        self.jobs_mut().add_after(sync.key.clone(), cx.now, wait.max(handlers::BATCH_PERIOD));
        true
    }

    /// The active pods that are to go: `count`, and of an Indexed Job those whose index is no good.
    fn surplus(&self, sync: &Sync, count: usize) -> Vec<Pod> {
        let (mut remove, mut left) = if is_indexed(&sync.job) {
            indexed::split_duplicates(&sync.job, &sync.active_pods)
        } else {
            (Vec::new(), sync.active_pods.clone())
        };
        if remove.len() < count {
            sort_by(&mut left, deletion_order);
            left.truncate(count - remove.len());
            remove.append(&mut left);
        }
        remove.truncate(MAX_PER_SYNC);
        remove
    }

    /// Deletes surplus pods. They lose their finalizer first: they shall not count as failed.
    fn delete_pods(&mut self, cx: &mut Context, sync: &mut Sync, pods: Vec<Pod>) -> Result<(), Status> {
        if pods.is_empty() {
            return Ok(());
        }
        cx.note("delete-pods", [("count", pods.len().into())]);
        self.expectations.expect_deletions(&sync.key, pods.len(), cx.now);
        let mut failed = None;
        for pod in &pods {
            let key = ObjectKey::of(pod.json());
            let release = || has_tracking_finalizer(pod.json());
            let mut outcome = if release() { remove_finalizer(cx, &key) } else { Ok(()) };
            if outcome.is_ok() {
                outcome = self.pod_control(sync).delete(cx, pod);
            }
            if let Err(error) = outcome {
                self.expectations.deletion_observed(&sync.key);
                if !error.is_not_found() {
                    failed.get_or_insert(error);
                    continue;
                }
            }
            sync.active -= 1;
            sync.terminating += 1;
            sync.ready -= i32::from(is_ready(pod.json()));
        }
        failed.map_or(Ok(()), Err)
    }

    /// Deletes the active pods of a Job that is over. They keep their finalizer until they are counted.
    pub(super) fn delete_active(
        &mut self,
        cx: &mut Context,
        sync: &mut Sync,
        satisfied: bool,
    ) -> Result<(), Status> {
        let pods = std::mem::take(&mut sync.active_pods);
        if !pods.is_empty() {
            cx.note("delete-pods", [("count", pods.len().into())]);
        }
        let mut failed = None;
        for pod in &pods {
            match self.pod_control(sync).delete(cx, pod) {
                Err(error) if !error.is_not_found() => {
                    failed.get_or_insert(error);
                }
                _ => {
                    sync.active -= 1;
                    sync.terminating += 1;
                }
            }
            sync.ready -= i32::from(is_ready(pod.json()));
        }
        if failed.is_some() || !satisfied {
            // There may be pods that the cache does not show yet.
            sync.finished = None;
        }
        failed.map_or(Ok(()), Err)
    }

    /// Creates pods in batches that double: one for each element, with an index or without.
    fn create_pods(
        &mut self,
        cx: &mut Context,
        sync: &mut Sync,
        pods: Vec<Option<i64>>,
    ) -> Result<(), Status> {
        if pods.is_empty() {
            return Ok(());
        }
        cx.note("create-pods", [("count", pods.len().into())]);
        self.expectations.expect_creations(&sync.key, pods.len(), cx.now);
        let template = self.template(sync);
        let (created, outcome) =
            slow_start_batch(pods.len(), &mut |i| match self.create_pod(cx, sync, &template, pods[i]) {
                Err(error) if namespace_terminating(&error) => Ok(()),
                outcome => outcome,
            });
        sync.active += created as i32;
        for _ in created..pods.len() {
            self.expectations.creation_observed(&sync.key);
        }
        outcome
    }

    fn create_pod(
        &mut self,
        cx: &mut Context,
        sync: &Sync,
        template: &PodTemplateSpec,
        index: Option<i64>,
    ) -> Result<(), Status> {
        let Some(index) = index else {
            return self.pod_control(sync).create(cx, template, "").map(|_| ());
        };
        let template = indexed::template_for(&sync.job, template, index, sync.delayed.get(&index));
        let prefix = indexed::generate_name(sync.job.metadata().name(), index);
        self.pod_control(sync).create(cx, &template, &prefix).map(|_| ())
    }

    /// The Job's pod template, with the tracking finalizer.
    fn template(&self, sync: &Sync) -> PodTemplateSpec {
        let mut template = sync.job.spec().template();
        if is_indexed(&sync.job) {
            indexed::add_index_env(&mut template);
        }
        let metadata = template.json_mut().object_mut().slot(Str::fixed("metadata"));
        let finalizers = metadata.object_mut().slot(Str::fixed("finalizers"));
        if !finalizers.items().iter().any(|f| f.str() == TRACKING_FINALIZER) {
            finalizers.push(Str::fixed(TRACKING_FINALIZER));
        }
        template
    }

    fn pod_control<'a>(&'a mut self, sync: &'a Sync) -> PodControl<'a> {
        let recorder = &mut self.recorder;
        PodControl { owner: sync.job.json(), resource: kinds::JOBS.into(), recorder, agent: AGENT }
    }
}

/// How long an index waits for the replacement of its failed pod.
fn index_wait(last_failed: Option<&Pod>, now: Time) -> Duration {
    let Some(pod) = last_failed else { return Duration::ZERO };
    let failures = u32::try_from(absolute_failures(pod)).unwrap_or(0);
    POD_FAILURE.after(failures).saturating_sub(now.since(finished_time(pod)))
}
