//! Indexed Jobs: which completion indexes are done, and which come next (upstream's `indexed_job_utils.go`).

use super::pod_failure_policy::{Verdict, judge};
use super::pods::{finished_time, has_tracking_finalizer, is_failed, is_terminating, only_replace_failed};
use super::sync::Sync;
use crate::api::View;
use crate::api::views::batch_v1::Job;
use crate::api::views::core_v1::{Pod, PodTemplateSpec};
use crate::collections::{Map, Set, sort_by};
use crate::json;
use crate::json::{Json, Str};
use std::fmt;

/// The annotation, and the label, that say a pod's index.
pub const INDEX: &str = "batch.kubernetes.io/job-completion-index";
/// How many pods of this index failed before this one, as far as they count.
pub const INDEX_FAILURES: &str = "batch.kubernetes.io/job-index-failure-count";
/// How many of them were ignored.
pub const INDEX_IGNORED_FAILURES: &str = "batch.kubernetes.io/job-index-ignored-failure-count";
const INDEX_ENV: &str = "JOB_COMPLETION_INDEX";
/// Generated names keep room for their five random letters.
const MAX_NAME_PREFIX: usize = 58;

/// Whether each pod of the Job has an index.
pub fn is_indexed(job: &Job) -> bool {
    job.spec().completion_mode() == "Indexed"
}

/// Whether each index has its own back-off limit.
pub fn has_limit_per_index(job: &Job) -> bool {
    is_indexed(job) && job.spec().backoff_limit_per_index().is_some()
}

/// A set of indexes, printed as in `status.completedIndexes`: `0,2-4`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Intervals(Vec<(i64, i64)>);

impl Intervals {
    /// From the text of a status or a policy; what is not below `completions` is dropped, what cannot be read is skipped.
    pub fn parse(text: &str, completions: i64) -> Intervals {
        let mut result = Intervals::default();
        for part in text.split(',') {
            let (first, last) = part.split_once('-').unwrap_or((part, part));
            let (Ok(first), Ok(last)) = (first.parse::<i64>(), last.parse::<i64>()) else { continue };
            if first >= completions {
                break;
            }
            result.push(first, last.min(completions - 1));
        }
        result
    }

    fn push(&mut self, first: i64, last: i64) {
        match self.0.last_mut() {
            Some(end) if first <= end.1 + 1 => end.1 = end.1.max(last),
            _ => self.0.push((first, last)),
        }
    }

    /// With more indexes.
    pub fn with(&self, new: &Set<i64>) -> Intervals {
        let mut all: Vec<(i64, i64)> = self.0.clone();
        all.extend(new.iter().map(|i| (*i, *i)));
        sort_by(&mut all, Ord::cmp);
        let mut result = Intervals::default();
        for (first, last) in all {
            result.push(first, last);
        }
        result
    }

    /// The indexes of both.
    pub fn union(&self, other: &Intervals) -> Intervals {
        let mut all = [self.0.as_slice(), other.0.as_slice()].concat();
        sort_by(&mut all, Ord::cmp);
        let mut result = Intervals::default();
        for (first, last) in all {
            result.push(first, last);
        }
        result
    }

    /// How many indexes there are.
    pub fn total(&self) -> i64 {
        self.0.iter().map(|(first, last)| last - first + 1).sum()
    }

    /// How many indexes both have.
    pub fn overlap(&self, other: &Intervals) -> i64 {
        let common = |a: &(i64, i64), b: &(i64, i64)| (a.1.min(b.1) - a.0.max(b.0) + 1).max(0);
        self.0.iter().map(|a| other.0.iter().map(|b| common(a, b)).sum::<i64>()).sum()
    }

    /// Whether the index is one of them.
    pub fn has(&self, index: i64) -> bool {
        let at = self.0.partition_point(|(_, last)| *last < index);
        self.0.get(at).is_some_and(|(first, _)| *first <= index)
    }
}

impl fmt::Display for Intervals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, (first, last)) in self.0.iter().enumerate() {
            let comma = if i > 0 { "," } else { "" };
            match last - first {
                0 => write!(f, "{comma}{first}")?,
                1 => write!(f, "{comma}{first},{last}")?,
                _ => write!(f, "{comma}{first}-{last}")?,
            }
        }
        Ok(())
    }
}

/// The pod's index.
pub fn completion_index(pod: &Json) -> Option<i64> {
    pod["metadata"]["annotations"][INDEX].str().parse().ok().filter(|i| *i >= 0)
}

/// The pod's index, where the Job has such an index.
pub fn valid_index(pod: &Json, job: &Job) -> Option<i64> {
    let completions = job.spec().completions().map_or(0, i64::from);
    completion_index(pod).filter(|i| *i < completions)
}

/// The indexes that `status` says have succeeded, and those with the pods that are not counted yet.
pub fn succeeded_indexes(job: &Job, pods: &[Pod]) -> (Intervals, Intervals) {
    let completions = job.spec().completions().map_or(0, i64::from);
    let before = Intervals::parse(job.status().completed_indexes(), completions);
    let done =
        |pod: &&Pod| pod.json()["status"]["phase"].str() == "Succeeded" && has_tracking_finalizer(pod.json());
    let new = pods.iter().filter(done).filter_map(|pod| valid_index(pod.json(), job)).collect();
    let after = before.with(&new);
    (before, after)
}

/// The indexes whose pods failed too often.
pub fn failed_indexes(job: &Job, pods: &[Pod]) -> Intervals {
    let spec = job.spec();
    let limit = i64::from(spec.backoff_limit_per_index().unwrap_or(i32::MAX));
    let before = Intervals::parse(job.status().failed_indexes(), spec.completions().map_or(0, i64::from));
    let failed = |pod: &&Pod| {
        let pod = pod.json();
        has_tracking_finalizer(pod)
            && is_failed(pod, job)
            && match judge(&spec, pod) {
                Verdict::FailIndex => true,
                Verdict::Ignore => false,
                Verdict::Count | Verdict::FailJob(_) => count(pod, INDEX_FAILURES) >= limit,
            }
    };
    let new = pods.iter().filter(failed).filter_map(|pod| valid_index(pod.json(), job)).collect();
    before.with(&new)
}

fn count(pod: &Json, annotation: &str) -> i64 {
    pod["metadata"]["annotations"][annotation].str().parse().unwrap_or(0)
}

/// How many pods of the index failed before this one, counted or not.
pub fn absolute_failures(pod: &Pod) -> i64 {
    count(pod.json(), INDEX_FAILURES) + count(pod.json(), INDEX_IGNORED_FAILURES)
}

fn indexes<'a>(pods: impl IntoIterator<Item = &'a Pod>) -> Set<i64> {
    pods.into_iter().filter_map(|pod| completion_index(pod.json())).collect()
}

/// The last failed pod of each index that still waits for its replacement: such a pod keeps its finalizer, because its
/// failure count is handed on to the replacement.
pub fn delayed_pods(sync: &Sync) -> Map<i64, Pod> {
    let active = indexes(&sync.active_pods);
    let mut delayed: Map<i64, Pod> = Map::new();
    for pod in sync.pods.iter().filter(|pod| sync.is_uncounted(pod) && is_failed(pod.json(), &sync.job)) {
        let Some(index) = valid_index(pod.json(), &sync.job) else { continue };
        let failed = sync.failed_indexes.as_ref().is_some_and(|failed| failed.has(index));
        if failed || active.contains(&index) || sync.succeeded_indexes.has(index) {
            continue;
        }
        let age = |pod: &Pod| (absolute_failures(pod), finished_time(pod));
        if delayed.get(&index).is_none_or(|last| age(pod) > age(last)) {
            delayed.insert(index, pod.clone());
        }
    }
    delayed
}

/// The lowest `count` indexes that have neither a pod nor an outcome.
pub fn first_pending(sync: &Sync, count: usize) -> Vec<i64> {
    let mut taken = indexes(&sync.active_pods);
    if only_replace_failed(&sync.job) {
        taken.extend(indexes(sync.pods.iter().filter(|pod| is_terminating(pod.json()))));
    }
    let mut done = sync.succeeded_indexes.with(&taken);
    if let Some(failed) = &sync.failed_indexes {
        done = done.union(failed);
    }
    let completions = sync.job.spec().completions().map_or(0, i64::from);
    let (mut result, mut next) = (Vec::new(), 0);
    for (first, last) in done.0.iter().copied().chain([(completions, completions)]) {
        while next < first.min(completions) && result.len() < count {
            result.push(next);
            next += 1;
        }
        next = next.max(last + 1);
    }
    result
}

/// Of active pods, those that cannot stay whatever the Job wants: without a valid index, or the second of an index; and the
/// rest.
pub fn split_duplicates(job: &Job, pods: &[Pod]) -> (Vec<Pod>, Vec<Pod>) {
    let mut groups: Map<Option<i64>, Vec<Pod>> = Map::new();
    for pod in pods {
        groups.slot(valid_index(pod.json(), job)).push(pod.clone());
    }
    let (mut remove, mut left) = (Vec::new(), Vec::new());
    for (index, mut group) in groups {
        sort_by(&mut group, super::pods::deletion_order);
        if index.is_some() {
            left.extend(group.pop());
        }
        remove.extend(group);
    }
    (remove, left)
}

/// The containers learn their index from an environment variable that reads it from the pod's label.
pub fn add_index_env(template: &mut PodTemplateSpec) {
    let variable = json!({
        "name": INDEX_ENV,
        "valueFrom": { "fieldRef": { "apiVersion": "v1", "fieldPath": format!("metadata.labels['{INDEX}']") } },
    });
    for list in ["initContainers", "containers"] {
        let Some(containers) = template.json_mut().get_mut("spec").and_then(|spec| spec.get_mut(list)) else {
            continue;
        };
        for container in containers.array_mut() {
            if !container["env"].items().iter().any(|e| e["name"].str() == INDEX_ENV) {
                container.object_mut().slot(Str::fixed("env")).push(variable.clone());
            }
        }
    }
}

/// The template of the pod of one index; `replaced` is the failed pod whose failure count it takes over.
pub fn template_for(
    job: &Job,
    base: &PodTemplateSpec,
    index: i64,
    replaced: Option<&Pod>,
) -> PodTemplateSpec {
    let mut template = base.clone();
    let json = template.json_mut();
    json.set_at(&["metadata", "annotations", INDEX], index.to_string());
    json.set_at(&["metadata", "labels", INDEX], index.to_string());
    json.set_at(&["spec", "hostname"], format!("{}-{index}", job.metadata().name()));
    if has_limit_per_index(job) {
        let (mut failures, mut ignored) = (0, 0);
        if let Some(pod) = replaced {
            (failures, ignored) =
                (count(pod.json(), INDEX_FAILURES), count(pod.json(), INDEX_IGNORED_FAILURES));
            match judge(&job.spec(), pod.json()).counts() {
                true => failures += 1,
                false => ignored += 1,
            }
        }
        json.set_at(&["metadata", "annotations", INDEX_FAILURES], failures.to_string());
        if ignored > 0 {
            json.set_at(&["metadata", "annotations", INDEX_IGNORED_FAILURES], ignored.to_string());
        }
    }
    template
}

/// `pi-3-`, shortened so that the random letters still fit.
pub fn generate_name(job: &str, index: i64) -> String {
    let suffix = format!("-{index}-");
    let room = MAX_NAME_PREFIX.saturating_sub(suffix.len());
    format!("{}{suffix}", job.get(..room).unwrap_or(job))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn intervals_read_and_print() {
        let cases = [
            ("", ""),
            ("0", "0"),
            ("0,1", "0,1"),
            ("0,1,2,5-7,8", "0-2,5-8"),
            ("x,3,12", "3"),
            ("1-20", "1-9"),
        ];
        for (text, expected) in cases {
            assert_eq!(Intervals::parse(text, 10).to_string(), expected, "{text}");
        }
        let some = Intervals::parse("0,2-4", 10);
        assert_eq!((some.total(), some.has(1), some.has(4)), (4, false, true));
        assert_eq!(some.with(&Set::from([1, 9])).to_string(), "0-4,9");
        assert_eq!(some.overlap(&Intervals::parse("3-8", 10)), 2);
    }
}
