//! The Deployment's ReplicaSets: the new one and its revision, the old ones, scaling outside of a rollout, the status.

use super::conditions::{self, PROGRESSING};
use super::util::{
    self, active, annotate, annotation, by_age, by_revision, by_size, desired, size, sorted, sum,
};
use super::{AGENT, DeploymentController, progress, update_status};
use crate::api::views::apps_v1::{Deployment, DeploymentStatus, ReplicaSet};
use crate::api::{ObjectKey, Request, Status, View, kinds, meta, revision as rev};
use crate::client::{Context, EventKind};
use crate::controllers::pod_control::namespace_terminating;
use crate::controllers::{Caches, hash, nonzero};
use crate::json;
use crate::json::Json;
use crate::sim::Time;

/// The list of a ReplicaSet's former revisions is kept shorter than this.
const MOST_HISTORY: usize = 2000;
/// A name's longest form; what is too long gives way to the hash.
const MOST_NAME: usize = 253;

impl DeploymentController {
    /// Writes the status and does nothing else.
    pub(super) fn sync_status_only(
        &mut self,
        cx: &mut Context,
        caches: &Caches,
        d: &mut Deployment,
        sets: Vec<ReplicaSet>,
    ) -> Result<(), Status> {
        let (new, old) = self.all_replica_sets(cx, caches, d, &sets, false)?;
        sync_deployment_status(cx, d, new.as_ref(), &old)
    }

    /// `sync`: what a Deployment needs that was scaled, or is paused: no rollout, but the right number of pods.
    pub(super) fn sync_scale(
        &mut self,
        cx: &mut Context,
        caches: &Caches,
        d: &mut Deployment,
        sets: Vec<ReplicaSet>,
    ) -> Result<(), Status> {
        let (new, old) = self.all_replica_sets(cx, caches, d, &sets, false)?;
        self.scale(cx, d, new.as_ref(), &old)?;
        self.clean_up(cx, d, &old)?;
        sync_deployment_status(cx, d, new.as_ref(), &old)
    }

    /// Says in `Progressing` that the Deployment is paused, or was until now.
    pub(super) fn check_paused_conditions(
        &mut self,
        cx: &mut Context,
        d: &mut Deployment,
    ) -> Result<(), Status> {
        if progress::deadline(d).is_none() {
            return Ok(());
        }
        let mut status = d.status();
        let current = conditions::find(&status, PROGRESSING);
        let reason = current.as_ref().map_or("", |c| c.reason());
        let paused = d.spec().paused() == Some(true);
        if reason == conditions::TIMED_OUT || paused == (reason == conditions::PAUSED) {
            return Ok(());
        }
        let (reason, message) = if paused {
            (conditions::PAUSED, "Deployment is paused")
        } else {
            (conditions::RESUMED, "Deployment is resumed")
        };
        conditions::set(&mut status, conditions::new(PROGRESSING, "Unknown", reason, message, cx.now));
        d.set_status(status);
        update_status(cx, d)
    }

    /// The new ReplicaSet, made where it is missing and that is wanted, and the old ones; revisions in order
    /// (`getAllReplicaSetsAndSyncRevision`).
    pub(super) fn all_replica_sets(
        &mut self,
        cx: &mut Context,
        caches: &Caches,
        d: &mut Deployment,
        sets: &[ReplicaSet],
        create: bool,
    ) -> Result<(Option<ReplicaSet>, Vec<ReplicaSet>), Status> {
        let existing = util::find_new(d, sets);
        let uid = existing.as_ref().map_or("", |set| meta::uid(set.json())).to_string();
        let old: Vec<ReplicaSet> = sets.iter().filter(|set| meta::uid(set.json()) != uid).cloned().collect();
        // One more than that of the newest old one.
        let revision = old.iter().map(|set| rev::of(set.json())).max().unwrap_or(0) + 1;
        let new = match existing {
            Some(set) => Some(self.adopt_revision(cx, d, set, revision)?),
            None if create => Some(self.create_replica_set(cx, caches, d, &old, revision)?),
            None => None,
        };
        Ok((new, old))
    }

    /// The ReplicaSet of the present template exists: it gets the revision, which may be a newer one than it had.
    fn adopt_revision(
        &mut self,
        cx: &mut Context,
        d: &mut Deployment,
        set: ReplicaSet,
        revision: i64,
    ) -> Result<ReplicaSet, Status> {
        let mut changed = set.clone();
        let annotated = set_annotations(d, &mut changed, revision, true);
        let seconds = d.spec().min_ready_seconds();
        if annotated || set.spec().min_ready_seconds().unwrap_or(0) != seconds.unwrap_or(0) {
            let mut spec = changed.spec();
            spec.set_min_ready_seconds(seconds);
            changed.set_spec(spec);
            cx.note("revision", [("revision", Json::Int(rev::of(changed.json())))]);
            let request = Request::update(kinds::REPLICASETS, changed).by(AGENT);
            return cx.api.call(request).map(|response| ReplicaSet::from(response.body));
        }
        let mut changed = annotate(d, rev::REVISION, annotation(&set, rev::REVISION));
        let mut status = d.status();
        if progress::deadline(d).is_some() && conditions::find(&status, PROGRESSING).is_none() {
            let message = format!("Found new replica set {:?}", set.metadata().name());
            let found = conditions::new(PROGRESSING, "True", conditions::NEW_FOUND, &message, cx.now);
            conditions::set(&mut status, found);
            d.set_status(status);
            changed = true;
        }
        if changed {
            update_status(cx, d)?;
        }
        Ok(set)
    }

    /// Makes the ReplicaSet of the present template. Its name is made from the template, so that a controller that died after
    /// making it finds it again; a name that is taken by something else is a *collision*, and the next try counts it in.
    fn create_replica_set(
        &mut self,
        cx: &mut Context,
        caches: &Caches,
        d: &mut Deployment,
        old: &[ReplicaSet],
        revision: i64,
    ) -> Result<ReplicaSet, Status> {
        let new = new_replica_set(d, old, revision);
        let (name, replicas) = (new.metadata().name().to_string(), size(&new));
        cx.note("new-replica-set", [("replicas", replicas.into()), ("revision", Json::Int(revision))]);
        let (created, fresh) = match cx.api.call(Request::create(kinds::REPLICASETS, new).by(AGENT)) {
            Ok(response) => (ReplicaSet::from(response.body), true),
            Err(error) if error.is_already_exists() => {
                let key = ObjectKey::new(d.metadata().namespace(), name.as_str());
                let taken = caches.lister::<ReplicaSet>(kinds::REPLICASETS).get(&key).ok_or(error.clone())?;
                let own = meta::is_controlled_by(taken.json(), d.metadata().uid());
                if !own || !util::same_template(d, &taken) {
                    let mut status = d.status();
                    let count = status.collision_count().unwrap_or(0) + 1;
                    cx.note("hash-collision", [("count", count.into())]);
                    status.set_collision_count(count);
                    d.set_status(status);
                    update_status(cx, d).ok();
                    return Err(error);
                }
                (taken, false)
            }
            Err(error) if namespace_terminating(&error) => return Err(error),
            Err(error) => {
                let message = format!("Failed to create new replica set {name:?}: {}", error.message);
                if progress::deadline(d).is_some() {
                    let reason = conditions::CREATE_FAILED;
                    let failed = conditions::new(PROGRESSING, "False", reason, &message, cx.now);
                    let mut status = d.status();
                    conditions::set(&mut status, failed);
                    d.set_status(status);
                    update_status(cx, d).ok();
                }
                self.tell(d, EventKind::Warning, conditions::CREATE_FAILED, message);
                return Err(error);
            }
        };
        if fresh && replicas > 0 {
            let message = format!("Scaled up replica set {name} from 0 to {replicas}");
            self.tell(d, EventKind::Normal, "ScalingReplicaSet", message);
        }
        let mut changed = annotate(d, rev::REVISION, &revision.to_string());
        if fresh && progress::deadline(d).is_some() {
            let message = format!("Created new replica set {name:?}");
            let made = conditions::new(PROGRESSING, "True", conditions::NEW_CREATED, &message, cx.now);
            let mut status = d.status();
            conditions::set(&mut status, made);
            d.set_status(status);
            changed = true;
        }
        if changed {
            update_status(cx, d)?;
        }
        Ok(created)
    }

    /// Whether the Deployment's replicas were changed since it last scaled its ReplicaSets.
    pub(super) fn is_scaling_event(
        &mut self,
        cx: &mut Context,
        caches: &Caches,
        d: &mut Deployment,
        sets: &[ReplicaSet],
    ) -> Result<bool, Status> {
        let (new, old) = self.all_replica_sets(cx, caches, d, sets, false)?;
        let mut all = old.iter().chain(&new).filter(|set| size(set) > 0);
        let other = |text: &str| text.parse::<i32>().is_ok_and(|n| n != desired(d));
        Ok(all.any(|set| other(annotation(set, rev::DESIRED))))
    }

    /// Brings the pods to the number asked for: the only ReplicaSet that has any, or all of them in proportion to their sizes,
    /// so that a rollout that goes wrong does not lose more good pods than it had.
    fn scale(
        &mut self,
        cx: &mut Context,
        d: &Deployment,
        new: Option<&ReplicaSet>,
        old: &[ReplicaSet],
    ) -> Result<(), Status> {
        let all: Vec<ReplicaSet> = old.iter().chain(new).cloned().collect();
        let alive = active(&all);
        if let [] | [_] = alive.as_slice() {
            let newest = || sorted(old.to_vec(), &by_age).pop();
            if let Some(set) = alive.first().cloned().or(new.cloned()).or_else(newest) {
                self.scale_and_record_event(cx, d, &set, desired(d))?;
            }
            return Ok(());
        }
        if is_saturated(d, new) {
            for set in active(old) {
                self.scale_and_record_event(cx, d, &set, 0)?;
            }
            return Ok(());
        }
        if !util::is_rolling_update(d) {
            return Ok(());
        }
        let allowed = if desired(d) > 0 { desired(d) + util::max_surge(d) } else { 0 };
        let to_add = allowed - sum(&alive, size);
        // The largest first; of equal ones the newer ones grow first, and the older ones shrink first.
        let alive = sorted(alive, &|a, b| {
            let age = by_age(a, b);
            by_size(a, b).then(if to_add > 0 { age.reverse() } else { age })
        });
        let mut added = 0;
        let mut sizes: Vec<i32> = Vec::new();
        for set in &alive {
            let share = proportion(d, set, to_add, added);
            sizes.push(size(set) + share);
            added += share;
        }
        // What rounding left over is the largest one's.
        if let Some(first) = sizes.first_mut() {
            *first = (*first + to_add - added).max(0);
        }
        for (set, size) in alive.iter().zip(sizes) {
            self.scale_replica_set(cx, d, set, size)?;
        }
        Ok(())
    }

    /// Scales a ReplicaSet unless it has that size. Whether it did, and the ReplicaSet then.
    pub(super) fn scale_and_record_event(
        &mut self,
        cx: &mut Context,
        d: &Deployment,
        set: &ReplicaSet,
        to: i32,
    ) -> Result<(bool, ReplicaSet), Status> {
        if size(set) == to { Ok((false, set.clone())) } else { self.scale_replica_set(cx, d, set, to) }
    }

    /// Writes a ReplicaSet's size, and the Deployment's beside it.
    fn scale_replica_set(
        &mut self,
        cx: &mut Context,
        d: &Deployment,
        set: &ReplicaSet,
        to: i32,
    ) -> Result<(bool, ReplicaSet), Status> {
        let from = size(set);
        let mut changed = set.clone();
        let annotated = annotate_replicas(d, &mut changed);
        if from == to && !annotated {
            return Ok((false, set.clone()));
        }
        let mut spec = changed.spec();
        spec.set_replicas(to);
        changed.set_spec(spec);
        let name = set.metadata().name().to_string();
        cx.note("scale", [("name", name.as_str().into()), ("from", from.into()), ("to", to.into())]);
        let response = cx.api.call(Request::update(kinds::REPLICASETS, changed).by(AGENT))?;
        if from != to {
            let direction = if from < to { "up" } else { "down" };
            let message = format!("Scaled {direction} replica set {name} from {from} to {to}");
            self.tell(d, EventKind::Normal, "ScalingReplicaSet", message);
        }
        Ok((from != to, ReplicaSet::from(response.body)))
    }

    /// Deletes old ReplicaSets beyond `revisionHistoryLimit`, the oldest revisions first, as far as they are empty.
    pub(super) fn clean_up(
        &mut self,
        cx: &mut Context,
        d: &Deployment,
        old: &[ReplicaSet],
    ) -> Result<(), Status> {
        let limit = d.spec().revision_history_limit().filter(|limit| *limit != i32::MAX);
        let Some(limit) = limit else { return Ok(()) };
        let alive = old.iter().filter(|set| !meta::is_being_deleted(set.json()));
        let alive: Vec<ReplicaSet> = alive.cloned().collect();
        let surplus = alive.len().saturating_sub(usize::try_from(limit).unwrap_or(0));
        if surplus == 0 {
            return Ok(());
        }
        cx.note("forget-revisions", [("count", surplus.into())]);
        for set in &sorted(alive, &by_revision)[..surplus] {
            let status = set.status();
            if size(set) != 0
                || status.replicas().unwrap_or(0) != 0
                || set.metadata().generation() > status.observed_generation()
            {
                continue;
            }
            let meta = set.metadata();
            let delete = Request::delete(kinds::REPLICASETS, meta.namespace(), meta.name()).by(AGENT);
            match cx.api.call(delete) {
                Err(error) if !error.is_not_found() => return Err(error),
                _ => {}
            }
        }
        Ok(())
    }
}

fn sync_deployment_status(
    cx: &mut Context,
    d: &Deployment,
    new: Option<&ReplicaSet>,
    old: &[ReplicaSet],
) -> Result<(), Status> {
    let status = calculate_status(d, new, old, cx.now);
    let changed = status != d.status();
    cx.note("status", [("changed", Json::Bool(changed))]);
    if !changed {
        return Ok(());
    }
    let mut d = d.clone();
    d.set_status(status);
    update_status(cx, &d)
}

/// The status that the ReplicaSets' statuses add up to.
pub fn calculate_status(
    d: &Deployment,
    new: Option<&ReplicaSet>,
    old: &[ReplicaSet],
    now: Time,
) -> DeploymentStatus {
    let all = || old.iter().chain(new);
    let available = sum(all(), util::available);
    let before = d.status();
    let mut status = DeploymentStatus::from(json!({}));
    status.set_observed_generation(d.metadata().generation());
    status.set_replicas(nonzero(sum(all(), util::actual)));
    status.set_updated_replicas(nonzero(sum(new, util::actual)));
    status.set_ready_replicas(nonzero(sum(all(), |set| set.status().ready_replicas().unwrap_or(0))));
    status.set_available_replicas(nonzero(available));
    status.set_unavailable_replicas(nonzero((sum(all(), size) - available).max(0)));
    status.set_terminating_replicas(terminating(all()));
    status.set_collision_count(before.collision_count());
    status.set_conditions(before.json()["conditions"].clone());
    let (value, reason, message) = if available >= desired(d) - util::max_unavailable(d) {
        ("True", "MinimumReplicasAvailable", "Deployment has minimum availability.")
    } else {
        ("False", "MinimumReplicasUnavailable", "Deployment does not have minimum availability.")
    };
    conditions::set(&mut status, conditions::new(conditions::AVAILABLE, value, reason, message, now));
    status
}

/// How many pods are going; `None` while a ReplicaSet that was seen by its controller does not say.
fn terminating<'a>(sets: impl Iterator<Item = &'a ReplicaSet>) -> Option<i32> {
    let mut all = 0;
    for set in sets {
        let status = set.status();
        all += match status.terminating_replicas() {
            None if status.observed_generation().unwrap_or(0) == 0 => 0,
            count => count?,
        };
    }
    Some(all)
}

/// Whether the new ReplicaSet is all there is to be, so that the others can go.
fn is_saturated(d: &Deployment, new: Option<&ReplicaSet>) -> bool {
    let want = desired(d);
    new.is_some_and(|set| {
        let told = annotation(set, rev::DESIRED).parse::<i32>();
        size(set) == want && told == Ok(want) && util::available(set) == want
    })
}

/// The part of `to_add` pods that is a ReplicaSet's share, of which `added` are given away (`GetProportion`).
fn proportion(d: &Deployment, set: &ReplicaSet, to_add: i32, added: i32) -> i32 {
    if size(set) == 0 || to_add == 0 || to_add == added {
        return 0;
    }
    let share = fraction(d, set);
    if to_add > 0 { share.min(to_add - added) } else { share.max(to_add - added) }
}

/// What a ReplicaSet grows by when it stays the same part of the whole.
fn fraction(d: &Deployment, set: &ReplicaSet) -> i32 {
    if desired(d) == 0 {
        return -size(set);
    }
    let whole = i64::from(desired(d) + util::max_surge(d));
    let before = match annotation(set, rev::MAX).parse::<i64>() {
        Ok(max) => max,
        Err(_) => i64::from(d.status().replicas().unwrap_or(0)),
    };
    // Rounded half up, in whole numbers.
    let (scaled, before) = (i64::from(size(set)) * whole, before.max(1));
    i32::try_from((2 * scaled + before) / (2 * before)).unwrap_or(i32::MAX) - size(set)
}

/// The sizes that the Deployment has now. Whether that is news.
fn annotate_replicas(d: &Deployment, set: &mut ReplicaSet) -> bool {
    let want = desired(d);
    let desired = annotate(set, rev::DESIRED, &want.to_string());
    let max = annotate(set, rev::MAX, &(want + util::max_surge(d)).to_string());
    desired || max
}

/// The Deployment's annotations and the revision (`SetNewReplicaSetAnnotations`). A ReplicaSet that one went back to
/// gets a new revision and remembers the old one. Whether anything changed.
fn set_annotations(d: &Deployment, set: &mut ReplicaSet, revision: i64, exists: bool) -> bool {
    let mut changed = false;
    for (key, value) in d.json()["metadata"]["annotations"].entries() {
        if rev::is_copied(key) {
            changed |= annotate(set, key, value.str());
        }
    }
    let before = annotation(set, rev::REVISION).to_string();
    if rev::of(set.json()) < revision {
        changed |= annotate(set, rev::REVISION, &revision.to_string());
        if !before.is_empty() {
            let history = annotation(set, rev::HISTORY);
            let mut all: Vec<&str> = history.split(',').filter(|r| !r.is_empty()).collect();
            all.push(&before);
            while all.iter().map(|r| r.len() + 1).sum::<usize>() > MOST_HISTORY {
                all.remove(0);
            }
            let all = all.join(",");
            annotate(set, rev::HISTORY, &all);
        }
    }
    if !exists {
        changed |= annotate_replicas(d, set);
    }
    changed
}

/// The ReplicaSet of the present template, with as many replicas as there is room for.
fn new_replica_set(d: &Deployment, old: &[ReplicaSet], revision: i64) -> ReplicaSet {
    let (meta, spec) = (d.metadata(), d.spec());
    let hash = hash::of_template(spec.template().json(), d.status().collision_count());
    let mut template = spec.template().into_json();
    template.set_at(&["metadata", "labels", rev::HASH_LABEL], hash.as_str());
    let mut selector = spec.selector().into_json();
    selector.set_at(&["matchLabels", rev::HASH_LABEL], hash.as_str());
    let most = MOST_NAME - 1 - hash.len();
    let prefix = meta.name().get(..most).unwrap_or(meta.name());
    let mut set = ReplicaSet::from(json!({
        "apiVersion": "apps/v1", "kind": "ReplicaSet",
        "metadata": {
            "name": format!("{prefix}-{hash}"), "namespace": meta.namespace(),
            "labels": &template["metadata"]["labels"],
            "ownerReferences": [meta::new_controller_ref(d.json(), &kinds::DEPLOYMENTS.into())],
        },
        "spec": { "replicas": 0, "selector": selector, "template": template },
    }));
    let all: Vec<ReplicaSet> = old.iter().chain([&set]).cloned().collect();
    let mut new = set.spec();
    new.set_min_ready_seconds(spec.min_ready_seconds());
    new.set_replicas(util::new_size(d, &all, &set));
    set.set_spec(new);
    set_annotations(d, &mut set, revision, false);
    set
}
