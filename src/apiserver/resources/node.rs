//! Nodes (`pkg/registry/core/node`, `ValidateNode`).

use super::{PLAIN, Strategy};
use crate::api::field::Error;
use crate::apiserver::validation::at::At;
use crate::apiserver::validation::{affinity, ip, resource};
use crate::json::{Json, Str};

/// The strategy of Nodes.
pub static NODE: Strategy = Strategy {
    selectable: &["spec.unschedulable"],
    creates_status: true,
    defaults: |node| {
        let capacity = node["status"]["capacity"].clone();
        if node["status"]["allocatable"].is_empty() && !capacity.is_empty() {
            node.set_at(&["status", "allocatable"], capacity);
        }
    },
    validate: |node, errors| {
        taints(node, errors);
        amounts(node, errors);
        let ranges = At::top(node, "spec").get("podCIDRs");
        let each = ranges.each();
        each.iter().for_each(|range| ip::cidr(range.str(), &range.path, errors));
        let six = each.iter().filter(|range| range.str().contains(':')).count();
        if six > 1 || each.len() - six > 1 {
            ranges.invalid("may specify no more than one CIDR for each IP family", errors);
        }
        for (i, range) in each.iter().enumerate() {
            if each[..i].iter().any(|other| other.json == range.json) {
                range.duplicate(errors);
            }
        }
    },
    validate_update: |new, old, errors| {
        amounts(new, errors);
        let (spec, was) = (At::top(new, "spec"), &old["spec"]);
        for (field, list) in [("podCIDR", "podCIDRs"), ("providerID", "providerID")] {
            if !was[list].is_empty() && spec.json[list] != was[list] {
                let detail = format!("node updates may not change {field} except from \"\" to valid");
                spec.get(list).forbidden(detail, errors);
            }
        }
        if spec.json["taints"] != was["taints"] {
            taints(new, errors);
        }
        if spec.json["externalID"] != was["externalID"] {
            spec.get("externalID").forbidden("may not be updated", errors);
        }
    },
    validate_status: |new, _, errors| amounts(new, errors),
    warnings: |node, _| {
        let mut all: Vec<Str> = Vec::new();
        if !node["spec"]["configSource"].is_null() {
            all.push("spec.configSource: the feature is no longer supported".into());
        }
        if !node["spec"]["externalID"].is_empty() {
            all.push("spec.externalID: this field is deprecated, and is unused by Kubernetes".into());
        }
        all
    },
    ..PLAIN
};

/// Upstream reports taints below the metadata.
fn taints(node: &Json, errors: &mut Vec<Error>) {
    let path = At::top(node, "metadata").path.child("taints");
    affinity::taints(&At::new(&node["spec"]["taints"], &path), errors);
}

fn amounts(node: &Json, errors: &mut Vec<Error>) {
    for list in ["capacity", "allocatable"] {
        let list = At::top(node, "status").get(list);
        for (name, value) in list.json.entries() {
            resource::amount(name, &At::new(value, &list.path.child(name)), errors);
        }
    }
}
