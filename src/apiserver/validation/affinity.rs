//! Where a pod may run: affinities, spread, tolerations (`validateAffinity`, `validateTopologySpreadConstraints`,
//! `ValidateTolerations`).

use super::at::{At, Errors};
use super::{names, selector};
use crate::api::field::Error;

const REQUIRED: &str = "requiredDuringSchedulingIgnoredDuringExecution";
const PREFERRED: &str = "preferredDuringSchedulingIgnoredDuringExecution";

/// `affinity`
pub fn affinity(affinity: &At, errors: Errors) {
    let node = affinity.get("nodeAffinity");
    if node.get(REQUIRED).set() {
        node_selector(&node.get(REQUIRED), errors);
    }
    for term in node.get(PREFERRED).each() {
        weight(&term, errors);
        // A preference for a label that no node can have is allowed.
        node_term(&term.get("preference"), false, errors);
    }
    for kind in ["podAffinity", "podAntiAffinity"] {
        let pods = affinity.get(kind);
        pods.get(REQUIRED).each().iter().for_each(|term| pod_term(term, errors));
        for term in pods.get(PREFERRED).each() {
            weight(&term, errors);
            pod_term(&term.get("podAffinityTerm"), errors);
        }
    }
}

fn weight(term: &At, errors: Errors) {
    let weight = term.get("weight");
    if !weight.int().is_some_and(|weight| (1..=100).contains(&weight)) {
        errors.push(Error::invalid(&weight.path, weight.int().unwrap_or(0), "must be in the range 1-100"));
    }
}

/// A node selector: terms of which one must hold.
pub fn node_selector(node_selector: &At, errors: Errors) {
    let terms = node_selector.get("nodeSelectorTerms");
    if terms.empty() {
        terms.missing("must have at least one node selector term", errors);
    }
    terms.each().iter().for_each(|term| node_term(term, true, errors));
}

fn node_term(term: &At, strict: bool, errors: Errors) {
    for expression in term.get("matchExpressions").each() {
        let values = expression.get("values");
        if matches!(expression.get("operator").str(), "Gt" | "Lt") {
            if values.json.items().len() != 1 {
                values.missing("must be specified single value when `operator` is 'Lt' or 'Gt'", errors);
            }
        } else {
            selector::operator(expression.json, &expression.path, errors);
        }
        expression.get("key").must(names::qualified, errors);
        if strict {
            values.each().iter().for_each(|value| value.must(names::label_value, errors));
        }
    }
    for expression in term.get("matchFields").each() {
        let (key, operator, values) =
            (expression.get("key"), expression.get("operator"), expression.get("values"));
        match operator.str() {
            "In" | "NotIn" if values.json.items().len() == 1 => {}
            "In" | "NotIn" => values.missing(
                "must be only one value when `operator` is 'In' or 'NotIn' for node field selector",
                errors,
            ),
            _ => operator.invalid("not a valid selector operator", errors),
        }
        if key.str() == "metadata.name" {
            values.each().iter().for_each(|value| value.must(names::subdomain, errors));
        } else {
            key.invalid("not a valid field selector key", errors);
        }
    }
}

fn pod_term(term: &At, errors: Errors) {
    let pods = term.get("labelSelector");
    selector::label_selector(pods.json, &pods.path, errors);
    let spaces = term.get("namespaceSelector");
    selector::label_selector(spaces.json, &spaces.path, errors);
    for name in term.get("namespaces").each() {
        At::new(name.json, &term.path.child("namespace")).must(names::label, errors);
    }
    let (keys, others) = (term.get("matchLabelKeys"), term.get("mismatchLabelKeys"));
    for list in [&keys, &others] {
        if !list.empty() && !pods.set() {
            list.forbidden("must not be specified when labelSelector is not set", errors);
        } else {
            list.each().iter().for_each(|key| key.must(names::qualified, errors));
        }
    }
    for key in keys.each() {
        if others.json.items().contains(key.json) {
            key.invalid("exists in both matchLabelKeys and mismatchLabelKeys", errors);
        }
    }
    let topology = term.get("topologyKey");
    if topology.empty() {
        topology.missing("can not be empty", errors);
    }
    topology.must(names::qualified, errors);
}

/// `topologySpreadConstraints`
pub fn spread(constraints: &At, errors: Errors) {
    let all = constraints.each();
    for (i, constraint) in all.iter().enumerate() {
        let skew = constraint.get("maxSkew");
        if skew.int().unwrap_or(0) <= 0 {
            errors.push(Error::invalid(&skew.path, skew.int().unwrap_or(0), "must be greater than zero"));
        }
        let (key, action) = (constraint.get("topologyKey"), constraint.get("whenUnsatisfiable"));
        if key.empty() {
            key.missing("can not be empty", errors);
        }
        if !matches!(action.str(), "DoNotSchedule" | "ScheduleAnyway") {
            action.unsupported(&["DoNotSchedule", "ScheduleAnyway"], errors);
        }
        let same = |other: &At| {
            other.get("topologyKey").json == key.json && other.get("whenUnsatisfiable").json == action.json
        };
        if all[i + 1..].iter().any(same) {
            let path = constraint.path.child("{topologyKey, whenUnsatisfiable}");
            errors.push(Error::duplicate(&path, format!("{{{}, {}}}", key.str(), action.str())));
        }
        let domains = constraint.get("minDomains");
        if domains.int().is_some_and(|n| n <= 0) {
            domains.invalid("must be greater than zero", errors);
        }
        if domains.set() && action.str() != "DoNotSchedule" {
            let detail =
                format!("can only use minDomains if whenUnsatisfiable=DoNotSchedule, not {}", action.str());
            domains.invalid(detail, errors);
        }
        constraint.get("nodeAffinityPolicy").one_of(&["Honor", "Ignore"], errors);
        constraint.get("nodeTaintsPolicy").one_of(&["Honor", "Ignore"], errors);
        let (keys, pods) = (constraint.get("matchLabelKeys"), constraint.get("labelSelector"));
        if !keys.empty() && !pods.set() {
            keys.forbidden("must not be specified when labelSelector is not set", errors);
        }
        for key in keys.each() {
            key.must(names::qualified, errors);
            let expressions = pods.json["matchExpressions"].items();
            if pods.json["matchLabels"].get(key.str()).is_some()
                || expressions.iter().any(|e| e["key"].str() == key.str())
            {
                key.invalid("exists in both matchLabelKeys and labelSelector", errors);
            }
        }
        selector::label_selector(pods.json, &pods.path, errors);
    }
}

const EFFECTS: [&str; 3] = ["NoSchedule", "PreferNoSchedule", "NoExecute"];

/// `tolerations`
pub fn tolerations(tolerations: &At, errors: Errors) {
    for toleration in tolerations.each() {
        let (key, operator, effect) =
            (toleration.get("key"), toleration.get("operator"), toleration.get("effect"));
        key.rule(names::qualified, errors);
        if key.empty() && operator.str() != "Exists" {
            let detail =
                "operator must be Exists when `key` is empty, which means \"match all values and all keys\"";
            errors.push(Error::invalid(&operator.path, operator.str(), detail));
        }
        if toleration.get("tolerationSeconds").set() && effect.str() != "NoExecute" {
            let detail = "effect must be 'NoExecute' when `tolerationSeconds` is set";
            errors.push(Error::invalid(&effect.path, effect.str(), detail));
        }
        let value = toleration.get("value");
        match operator.str() {
            "" | "Equal" => {
                let problems = names::label_value(value.str());
                if !problems.is_empty() {
                    errors.push(Error::invalid(&operator.path, value.str(), problems.join(";")));
                }
            }
            "Exists" if !value.empty() => {
                let detail = "value must be empty when `operator` is 'Exists'";
                errors.push(Error::invalid(&operator.path, value.json, detail));
            }
            "Exists" => {}
            _ => operator.unsupported(&["Equal", "Exists"], errors),
        }
        if !effect.empty() {
            effect.one_of(&EFFECTS, errors);
        }
    }
}

/// A node's taints (`validateNodeTaints`).
pub fn taints(taints: &At, errors: Errors) {
    let mut taken: Vec<(&str, &str)> = Vec::new();
    for taint in taints.each() {
        let (key, value, effect) = (taint.get("key"), taint.get("value"), taint.get("effect"));
        key.must(names::qualified, errors);
        let problems = names::label_value(value.str());
        if !problems.is_empty() {
            errors.push(Error::invalid(&value.path, value.str(), problems.join(";")));
        }
        effect.choice(&EFFECTS, errors);
        let id = (key.str(), effect.str());
        if taken.contains(&id) {
            let shown = format!(
                "{{\"Key\":{:?},\"Value\":{:?},\"Effect\":{:?},\"TimeAdded\":null}}",
                key.str(),
                value.str(),
                effect.str()
            );
            let mut error = Error::duplicate(&taint.path, "");
            error.value = Some(shown.into());
            error.detail = "taints must be unique by key and effect pair".into();
            errors.push(error);
        }
        taken.push(id);
    }
}
