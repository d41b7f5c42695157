//! `manageReplicas`: create the pods that are missing, delete those that are too many.

use super::{Flavor, ReplicaSetController, ranking};
use crate::api::selector::Labels;
use crate::api::views::apps_v1::ReplicaSet;
use crate::api::views::core_v1::Pod;
use crate::api::{ObjectKey, Status, View, kinds, meta};
use crate::client::{BY_CONTROLLER, Context};
use crate::controllers::Caches;
use crate::controllers::pod_control::{PodControl, namespace_terminating, slow_start_batch};
use crate::controllers::pods::is_active;

/// So many pods at most are created or deleted in one sync (`BurstReplicas`).
const BURST: usize = 500;

impl ReplicaSetController {
    pub(super) fn manage_replicas(
        &mut self,
        cx: &mut Context,
        caches: &Caches,
        key: &ObjectKey,
        set: &ReplicaSet,
        active: &[Pod],
    ) -> Result<(), Status> {
        let want = usize::try_from(set.spec().replicas().unwrap_or(1)).unwrap_or(0);
        let have = active.len();
        cx.note("manage", [("want", want.into()), ("have", have.into())]);
        if have < want {
            self.create_pods(cx, key, set, (want - have).min(BURST))
        } else if have > want {
            let count = (have - want).min(BURST);
            let surplus = pods_to_delete(cx, caches, set, active, count);
            self.delete_pods(cx, key, set, &surplus)
        } else {
            Ok(())
        }
    }

    fn create_pods(
        &mut self,
        cx: &mut Context,
        key: &ObjectKey,
        set: &ReplicaSet,
        count: usize,
    ) -> Result<(), Status> {
        cx.note("create-pods", [("count", count.into())]);
        self.expectations.expect_creations(key, count, cx.now);
        let template = set.spec().template();
        let mut control = self.pod_control(set);
        let (created, outcome) = slow_start_batch(count, &mut |_| match control.create(cx, &template, "") {
            // All others would fail too.
            Err(error) if namespace_terminating(&error) => Ok(()),
            outcome => outcome.map(|_| ()),
        });
        // What was not created will not be seen either.
        for _ in created..count {
            self.expectations.creation_observed(key);
        }
        outcome
    }

    fn delete_pods(
        &mut self,
        cx: &mut Context,
        key: &ObjectKey,
        set: &ReplicaSet,
        pods: &[Pod],
    ) -> Result<(), Status> {
        cx.note("delete-pods", [("count", pods.len().into())]);
        let name = |pod: &Pod| ObjectKey::of(pod.json());
        self.expectations.expect_deletions(key, pods.len(), cx.now);
        self.deletions.delete(key);
        self.deletions.expect(key, pods.iter().map(|pod| name(pod).to_string().into()));
        let mut outcome = Ok(());
        for pod in pods {
            if let Err(error) = self.pod_control(set).delete(cx, pod) {
                self.deletion_observed(key, &name(pod));
                if !error.is_not_found() {
                    outcome = outcome.and(Err(error));
                }
            }
        }
        outcome
    }

    fn pod_control<'a>(&'a mut self, set: &'a ReplicaSet) -> PodControl<'a> {
        let recorder = &mut self.recorder;
        let Flavor { resource, agent, .. } = *self.flavor;
        PodControl { owner: set.json(), resource: resource.into(), recorder, agent }
    }
}

/// The pods that go first, where not all go (`getPodsToDelete`).
fn pods_to_delete(cx: &Context, caches: &Caches, set: &ReplicaSet, active: &[Pod], count: usize) -> Vec<Pod> {
    if count == active.len() {
        return active.to_vec();
    }
    let related = related_pods(caches, set);
    let mut ranked = ranking::sorted(active.to_vec(), &related, cx.now);
    ranked.truncate(count);
    ranked
}

/// The active pods of all ReplicaSets of the same owner (`getIndirectlyRelatedPods`): a node that runs many of them can
/// do with one less.
fn related_pods(caches: &Caches, set: &ReplicaSet) -> Vec<Pod> {
    let Some(owner) = meta::controller_of(set.json()) else { return Vec::new() };
    let mut related: Vec<Pod> = Vec::new();
    for other in caches.of(kinds::REPLICASETS).by_index(BY_CONTROLLER, owner.uid()) {
        let Some(selector) = Labels::from_object(&other["spec"]["selector"]) else { continue };
        let namespace = other["metadata"]["namespace"].str();
        let pods = caches.lister::<Pod>(kinds::PODS);
        let new = pods.select(namespace, &selector).filter(|pod| is_active(pod.json()));
        let new: Vec<Pod> = new.filter(|pod| !related.contains(pod)).collect();
        related.extend(new);
    }
    related
}
