//! `kubectl describe deployment`, `replicaset` and `replicationcontroller`.

use super::{Columns, Describer, annotations, containers, controlled_by, labels, names, or, time_text};
use crate::api::{Request, kinds, meta, revision, selector as selectors};
use crate::json::Json;

pub(super) fn deployment(d: &mut Describer<'_>, deployment: &Json, out: &mut Columns) {
    let (meta, spec, status) = (&deployment["metadata"], &deployment["spec"], &deployment["status"]);
    names(deployment, out);
    out.add(&format!("CreationTimestamp:\t{}\n", time_text(meta["creationTimestamp"].str())));
    labels("Labels", &meta["labels"], out);
    annotations("Annotations", &meta["annotations"], out);
    out.add(&format!("Selector:\t{}\n", selectors::text(&spec["selector"])));
    let count = |field: &str| status[field].as_i64().unwrap_or(0);
    out.add(&format!(
        "Replicas:\t{} desired | {} updated | {} total | {} available | {} unavailable\n",
        or(&spec["replicas"], "0"),
        count("updatedReplicas"),
        count("replicas"),
        count("availableReplicas"),
        count("unavailableReplicas"),
    ));
    out.add(&format!("StrategyType:\t{}\n", spec["strategy"]["type"].str()));
    out.add(&format!("MinReadySeconds:\t{}\n", or(&spec["minReadySeconds"], "0")));
    let rolling = &spec["strategy"]["rollingUpdate"];
    if !rolling.is_null() {
        let (unavailable, surge) = (or(&rolling["maxUnavailable"], ""), or(&rolling["maxSurge"], ""));
        out.add(&format!("RollingUpdateStrategy:\t{unavailable} max unavailable, {surge} max surge\n"));
    }
    containers::template(&spec["template"], out);
    conditions(status, out);
    let labels = selectors::text(&spec["selector"]);
    let list = Request::list(kinds::REPLICASETS, meta["namespace"].str()).by("kubectl-describe");
    let list = list.with(|o| o.label_selector = labels.into());
    let found = d.api.call(list).map(|r| r.body["items"].items().to_vec()).unwrap_or_default();
    let own = found.into_iter().filter(|set| meta::is_controlled_by(set, meta["uid"].str()));
    let (new, old): (Vec<Json>, Vec<Json>) =
        own.partition(|set| revision::same_template(&set["spec"]["template"], &spec["template"]));
    out.add(&format!("OldReplicaSets:\t{}\n", sets(&old)));
    out.add(&format!("NewReplicaSet:\t{}\n", sets(&new)));
    d.events(deployment, out);
}

/// `web-5d4 (2/3 replicas created)`
fn sets(sets: &[Json]) -> String {
    let one = |set: &Json| {
        let count = |part: &str| set[part]["replicas"].as_i64().unwrap_or(0);
        format!("{} ({}/{} replicas created)", set["metadata"]["name"].str(), count("status"), count("spec"))
    };
    if sets.is_empty() { "<none>".into() } else { sets.iter().map(one).collect::<Vec<_>>().join(", ") }
}

fn conditions(status: &Json, out: &mut Columns) {
    if status["conditions"].is_empty() {
        return;
    }
    out.add("Conditions:\n  Type\tStatus\tReason\n  ----\t------\t------\n");
    for c in status["conditions"].items() {
        out.add(&format!("  {} \t{}\t{}\n", c["type"].str(), c["status"].str(), c["reason"].str()));
    }
}

pub(super) fn replica_set(d: &mut Describer<'_>, set: &Json, out: &mut Columns) {
    let (meta, spec, status) = (&set["metadata"], &set["spec"], &set["status"]);
    names(set, out);
    out.add(&format!("Selector:\t{}\n", selectors::of_object(set)));
    labels("Labels", &meta["labels"], out);
    annotations("Annotations", &meta["annotations"], out);
    controlled_by(set, out);
    let (have, want) = (or(&status["replicas"], "0"), or(&spec["replicas"], "0"));
    out.add(&format!("Replicas:\t{have} current / {want} desired\n"));
    pods_status(d, set, out);
    containers::template(&spec["template"], out);
    conditions(status, out);
    d.events(set, out);
}

/// The phases of the pods that an object controls.
pub(super) fn pods_status(d: &mut Describer<'_>, owner: &Json, out: &mut Columns) {
    let meta = &owner["metadata"];
    let pods = d.list(kinds::PODS, meta["namespace"].str(), "");
    let phase = |phase: &str| {
        let own = pods.iter().filter(|pod| meta::is_controlled_by(pod, meta["uid"].str()));
        own.filter(|pod| pod["status"]["phase"].str() == phase).count()
    };
    out.add(&format!(
        "Pods Status:\t{} Running / {} Waiting / {} Succeeded / {} Failed\n",
        phase("Running"),
        phase("Pending"),
        phase("Succeeded"),
        phase("Failed"),
    ));
}
