//! `manage`: what is missing and what is too much, node by node; and creating and deleting it.

use super::{AGENT, DaemonSetController, FAILED_PODS, Place, Sync, nodes, rolling};
use crate::api::views::core_v1::{Pod, PodTemplateSpec};
use crate::api::{ObjectKey, Status, View, kinds, meta, revision as rev};
use crate::client::{Context, EventKind};
use crate::collections::sort_by;
use crate::controllers::pod_control::{PodControl, namespace_terminating, slow_start_batch};
use crate::controllers::pods::{is_ready, until_available};
use crate::json::{Json, Str};
use std::time::Duration;

/// So many pods at most are created or deleted in one sync (`BurstReplicas`).
const BURST: usize = 250;
/// Of a set that was made by an older version of the API: how often its template had changed.
const TEMPLATE_GENERATION: &str = "deprecated.daemonset.template.generation";

impl DaemonSetController {
    pub(super) fn manage(&mut self, cx: &mut Context, sync: &Sync) -> Result<(), Status> {
        let (mut missing, mut surplus) = (Vec::new(), Vec::new());
        for place in &sync.places {
            self.look_at(cx, sync, place, &mut missing, &mut surplus);
        }
        // Never scheduled, so that no kubelet and no pod GC will do away with them.
        surplus.extend(sync.stray.iter().filter(|pod| pod["spec"]["nodeName"].is_empty()).cloned());
        let wanted = sync.places.iter().filter(|place| place.should_run).count();
        let values = [("nodes", wanted), ("missing", missing.len()), ("surplus", surplus.len())];
        cx.note("daemon-nodes", values.map(|(key, n)| (key, n.into())));
        self.sync_nodes(cx, sync, &surplus, &missing)
    }

    /// One node (`podsShouldBeOnNode`).
    fn look_at(
        &mut self,
        cx: &mut Context,
        sync: &Sync,
        place: &Place,
        missing: &mut Vec<Str>,
        surplus: &mut Vec<Json>,
    ) {
        let node = || Str::from(place.node["metadata"]["name"].str());
        if place.should_run && place.pods.is_empty() {
            return missing.push(node());
        }
        let lives = |pod: &&Json| !meta::is_being_deleted(pod);
        if !place.should_continue {
            return surplus.extend(place.pods.iter().filter(lives).cloned());
        }
        let mut running: Vec<&Json> = Vec::new();
        for pod in place.pods.iter().filter(lives) {
            match pod["status"]["phase"].str() {
                "Failed" => self.failed(cx, sync, &node(), pod, surplus),
                "Succeeded" => {
                    let message =
                        format!("Found succeeded daemon pod {}", whereabouts(pod, &node(), "delete"));
                    self.tell(&sync.set, EventKind::Normal, "SucceededDaemonPod", message);
                    surplus.push(pod.clone());
                }
                _ => running.push(pod),
            }
        }
        sort_by(&mut running, |a, b| {
            let rank = |pod: &Json| {
                let about = &pod["metadata"];
                let (since, name) = (about["creationTimestamp"].str(), about["name"].str());
                (pod["spec"]["nodeName"].is_empty(), since.to_owned(), name.to_owned())
            };
            rank(a).cmp(&rank(b))
        });
        if !rolling::allows_surge(&sync.set) {
            return surplus.extend(running.into_iter().skip(1).cloned());
        }
        if running.is_empty() && place.should_run {
            return missing.push(node());
        }
        if running.len() > 1 {
            surging(cx, sync, &running, surplus);
        }
    }

    /// A pod that failed is replaced at once, the next one a second later, then two …: its kubelet may refuse them all.
    fn failed(&mut self, cx: &mut Context, sync: &Sync, node: &Str, pod: &Json, surplus: &mut Vec<Json>) {
        let set = &sync.set;
        let generation = set.status().observed_generation().unwrap_or(0);
        let key = Str::from(format!("{}/{generation}/{node}", set.metadata().uid()));
        let (failures, until) = self.failed.get(&key).copied().unwrap_or((0, cx.now));
        if until > cx.now {
            cx.note("failed-pod-stays", [("node", node.into())]);
            return self.queue_mut().add_after(sync.key.clone(), cx.now, until.since(cx.now));
        }
        self.failed.insert(key, (failures + 1, cx.now + FAILED_PODS.after(failures)));
        let message = format!("Found failed daemon pod {}", whereabouts(pod, node, "kill"));
        self.tell(set, EventKind::Warning, "FailedDaemonPod", message);
        surplus.push(pod.clone());
    }

    /// `syncNodes`: deletes these pods and creates one on each of these nodes.
    pub(super) fn sync_nodes(
        &mut self,
        cx: &mut Context,
        sync: &Sync,
        surplus: &[Json],
        missing: &[Str],
    ) -> Result<(), Status> {
        let (missing, surplus) = (&missing[..missing.len().min(BURST)], &surplus[..surplus.len().min(BURST)]);
        self.expectations.expect(sync.key, missing.len(), surplus.len(), cx.now);
        let template = template(sync);
        let recorder = &mut self.recorder;
        let owner = sync.set.json();
        let mut control = PodControl { owner, resource: kinds::DAEMONSETS.into(), recorder, agent: AGENT };
        let (created, mut outcome) = slow_start_batch(missing.len(), &mut |i| {
            let mut template = template.clone();
            template.set("spec", nodes::bind_to(&template["spec"], &missing[i]));
            match control.create(cx, &PodTemplateSpec::from(template), "") {
                // All others would fail too.
                Err(error) if namespace_terminating(&error) => Ok(()),
                outcome => outcome.map(|_| ()),
            }
        });
        for _ in created..missing.len() {
            self.expectations.creation_observed(sync.key);
        }
        for pod in surplus {
            let recorder = &mut self.recorder;
            let mut control =
                PodControl { owner, resource: kinds::DAEMONSETS.into(), recorder, agent: AGENT };
            if let Err(error) = control.delete(cx, &Pod::from(pod.clone())) {
                self.expectations.deletion_observed(sync.key);
                if !error.is_not_found() {
                    outcome = outcome.and(Err(error));
                }
            }
        }
        outcome
    }
}

/// `default/agent-x2x4s on node node-1, will try to kill it`
fn whereabouts(pod: &Json, node: &str, what: &str) -> String {
    format!("{} on node {node}, will try to {what} it", ObjectKey::of(pod))
}

/// The template of new pods: with its hash, and the tolerations of daemons (`CreatePodTemplate`).
fn template(sync: &Sync) -> Json {
    let mut template = sync.set.json()["spec"]["template"].clone();
    template.set("spec", nodes::with_tolerations(&template["spec"]));
    template.set_at(&["metadata", "labels", rev::CONTROLLER_REVISION], &sync.hash);
    let generation = sync.set.json()["metadata"]["annotations"][TEMPLATE_GENERATION].str();
    if !generation.is_empty() {
        template.set_at(&["metadata", "labels", "pod-template-generation"], generation);
    }
    template
}

/// With surge, a pod of the new template may stand beside one of an older, until it is available or the older one no longer
/// ready.
fn surging(cx: &Context, sync: &Sync, running: &[&Json], surplus: &mut Vec<Json>) {
    let (mut new, mut old): (Option<&Json>, Option<&Json>) = (None, None);
    for pod in running {
        let place = if rolling::is_updated(sync, pod) { &mut new } else { &mut old };
        match place {
            None => *place = Some(pod),
            Some(_) => surplus.push((*pod).clone()),
        }
    }
    if let (Some(new), Some(old)) = (new, old) {
        let seconds = sync.set.spec().min_ready_seconds().unwrap_or(0);
        let available = until_available(new, seconds, cx.now) == Some(Duration::ZERO);
        if !is_ready(old) || available {
            surplus.push(old.clone());
        }
    }
}
