//! `kubectl describe statefulset` and `daemonset`.

use super::deployment::pods_status;
use super::{Columns, Describer, annotations, containers, labels, names, or, time_text};
use crate::api::selector as selectors;
use crate::json;
use crate::json::Json;

pub(super) fn stateful_set(d: &mut Describer<'_>, set: &Json, out: &mut Columns) {
    let (meta, spec, status) = (&set["metadata"], &set["spec"], &set["status"]);
    names(set, out);
    out.add(&format!("CreationTimestamp:\t{}\n", time_text(meta["creationTimestamp"].str())));
    out.add(&format!("Selector:\t{}\n", selectors::of_object(set)));
    labels("Labels", &meta["labels"], out);
    annotations("Annotations", &meta["annotations"], out);
    let (want, have) = (or(&spec["replicas"], "0"), or(&status["replicas"], "0"));
    out.add(&format!("Replicas:\t{want} desired | {have} total\n"));
    out.add(&format!("Update Strategy:\t{}\n", spec["updateStrategy"]["type"].str()));
    let rolling = &spec["updateStrategy"]["rollingUpdate"];
    if !rolling["partition"].is_null() {
        out.add(&format!("  Partition:\t{}\n", or(&rolling["partition"], "")));
        if !rolling["maxUnavailable"].is_null() {
            out.add(&format!("  MaxUnavailable:\t{}\n", or(&rolling["maxUnavailable"], "")));
        }
    }
    pods_status(d, set, out);
    containers::template(&spec["template"], out);
    claims(spec["volumeClaimTemplates"].items(), out);
    d.events(set, out);
}

/// The templates of claims for storage (`describeVolumeClaimTemplates`).
fn claims(templates: &[Json], out: &mut Columns) {
    if templates.is_empty() {
        return out.add("Volume Claims:\t<none>\n");
    }
    out.add("Volume Claims:\n");
    for claim in templates {
        let (meta, spec) = (&claim["metadata"], &claim["spec"]);
        out.add(&format!("  Name:\t{}\n", meta["name"].str()));
        out.add(&format!("  StorageClass:\t{}\n", spec["storageClassName"].str()));
        labels("  Labels", &meta["labels"], out);
        annotations("  Annotations", &meta["annotations"], out);
        let capacity = spec.at(&["resources", "requests", "storage"]);
        out.add(&format!("  Capacity:\t{}\n", or(capacity, "<default>")));
        let modes: Vec<&str> = spec["accessModes"].items().iter().map(Json::str).collect();
        out.add(&format!("  Access Modes:\t[{}]\n", modes.join(" ")));
    }
}

pub(super) fn daemon_set(d: &mut Describer<'_>, set: &Json, out: &mut Columns) {
    let (meta, spec) = (&set["metadata"], &set["spec"]);
    names(set, out);
    out.add(&format!("Selector:\t{}\n", selectors::of_object(set)));
    let nodes = json!({ "matchLabels": spec.at(&["template", "spec", "nodeSelector"]) });
    out.add(&format!("Node-Selector:\t{}\n", selectors::text_or_none(&nodes)));
    labels("Labels", &meta["labels"], out);
    annotations("Annotations", &meta["annotations"], out);
    for (title, field) in [
        ("Desired Number of Nodes Scheduled", "desiredNumberScheduled"),
        ("Current Number of Nodes Scheduled", "currentNumberScheduled"),
        ("Number of Nodes Scheduled with Up-to-date Pods", "updatedNumberScheduled"),
        ("Number of Nodes Scheduled with Available Pods", "numberAvailable"),
        ("Number of Nodes Misscheduled", "numberMisscheduled"),
    ] {
        out.add(&format!("{title}: {}\n", or(&set["status"][field], "0")));
    }
    pods_status(d, set, out);
    containers::template(&spec["template"], out);
    d.events(set, out);
}
