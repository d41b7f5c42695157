//! Node selectors and affinity terms: which nodes a pod may or would rather run on, by the nodes' own labels.

use crate::json::Json;

/// Whether a node satisfies the pod's `nodeSelector` and its required node affinity.
pub fn matches_node(pod: &Json, node: &Json) -> bool {
    let labels = &node["metadata"]["labels"];
    let selected =
        pod["spec"]["nodeSelector"].entries().iter().all(|(key, value)| labels.get(key) == Some(value));
    let required =
        pod.at(&["spec", "affinity", "nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution"]);
    selected
        && (required.is_null()
            || required["nodeSelectorTerms"].items().iter().any(|term| matches_term(term, node)))
}

/// The sum of the weights of the preferred terms that a node satisfies.
pub fn preference(pod: &Json, node: &Json) -> i64 {
    let preferred =
        pod.at(&["spec", "affinity", "nodeAffinity", "preferredDuringSchedulingIgnoredDuringExecution"]);
    let matching = preferred.items().iter().filter(|p| matches_term(&p["preference"], node));
    matching.map(|p| p["weight"].as_i64().unwrap_or(0)).sum()
}

/// The one node that a required term names by `metadata.name`, as a DaemonSet's pods have it.
pub fn named_node(pod: &Json) -> Option<&str> {
    let terms = pod.at(&[
        "spec",
        "affinity",
        "nodeAffinity",
        "requiredDuringSchedulingIgnoredDuringExecution",
        "nodeSelectorTerms",
    ]);
    let [term] = terms.items() else { return None };
    let [field] = term["matchFields"].items() else { return None };
    let values = field["values"].items();
    (field["key"].str() == "metadata.name" && field["operator"].str() == "In" && values.len() == 1)
        .then(|| values[0].str())
}

/// A term without any requirement matches nothing.
fn matches_term(term: &Json, node: &Json) -> bool {
    let (labels, fields) = (term["matchExpressions"].items(), term["matchFields"].items());
    let name = &node["metadata"]["name"];
    !(labels.is_empty() && fields.is_empty())
        && labels.iter().all(|r| matches_requirement(r, node["metadata"]["labels"].get(r["key"].str())))
        && fields.iter().all(|r| matches_requirement(r, (r["key"].str() == "metadata.name").then_some(name)))
}

fn matches_requirement(requirement: &Json, value: Option<&Json>) -> bool {
    let values = requirement["values"].items();
    let number = |json: &Json| json.str().parse::<i64>().ok();
    let compare =
        |holds: fn(i64, i64) -> bool| match (value.and_then(number), values.first().and_then(number)) {
            (Some(a), Some(b)) => holds(a, b),
            _ => false,
        };
    match requirement["operator"].str() {
        "In" => value.is_some_and(|v| values.contains(v)),
        "NotIn" => value.is_none_or(|v| !values.contains(v)),
        "Exists" => value.is_some(),
        "DoesNotExist" => value.is_none(),
        "Gt" => compare(|a, b| a > b),
        "Lt" => compare(|a, b| a < b),
        _ => false,
    }
}
