//! Where a pod's fellows are: pod affinity and anti-affinity, and topology spread constraints.
//!
//! All of it counts, for a topology key (`kubernetes.io/hostname`, a zone label), the matching pods in each of the
//! key's domains. The counts are made once an attempt, before the nodes are looked at (upstream's `PreFilter`).

use super::cache::{NodeInfo, anti_affinity};
use super::filters::tolerates_all;
use crate::api::affinity;
use crate::api::selector::Labels;
use crate::collections::Map;
use crate::json::{Json, Str};
use std::sync::Arc;

/// What an attempt knows of the pod's fellows before it looks at the nodes.
pub struct Fellows<'a> {
    affinity: Vec<Term<'a>>,
    anti_affinity: Vec<Term<'a>>,
    /// Topologies in which an existing pod's anti-affinity keeps this pod out: key and value.
    shut: Vec<(String, String)>,
    spread: Vec<Constraint<'a>>,
}

struct Term<'a> {
    key: &'a str,
    /// How many matching pods each domain has.
    domains: Map<Str, usize>,
    /// Whether the pod matches its own term: the first of a group may start alone.
    matches_self: bool,
}

struct Constraint<'a> {
    key: &'a str,
    max_skew: i64,
    matches_self: bool,
    domains: Map<Str, i64>,
    min_domains: i64,
}

/// Why a node does not suit the pod's fellows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unfit {
    /// The node lacks a spread constraint's label.
    SpreadLabel,
    /// The domain has too many already.
    Spread,
    /// No fellow is there.
    Affinity,
    /// A pod is there that this one keeps away from.
    AntiAffinity,
    /// A pod is there that keeps away from this one.
    ExistingAntiAffinity,
}

impl<'a> Fellows<'a> {
    /// Counts.
    pub fn of(pod: &'a Json, nodes: &'a [Arc<NodeInfo>]) -> Fellows<'a> {
        let spec = &pod["spec"];
        let terms = |kind: &str| -> Vec<Term<'a>> {
            let required = &spec["affinity"][kind]["requiredDuringSchedulingIgnoredDuringExecution"];
            required.items().iter().map(|term| Term::count(term, pod, nodes)).collect()
        };
        let hard = |c: &&Json| c["whenUnsatisfiable"].str() != "ScheduleAnyway";
        let constraints = spec["topologySpreadConstraints"].items();
        Fellows {
            affinity: terms("podAffinity"),
            anti_affinity: terms("podAntiAffinity"),
            shut: shut_topologies(pod, nodes),
            spread: constraints.iter().filter(hard).map(|c| Constraint::count(c, pod, nodes)).collect(),
        }
    }

    /// Whether the node suits; else why not, in the order of upstream's plugins.
    pub fn check(&self, node: &Json) -> Result<(), Unfit> {
        let labels = &node["metadata"]["labels"];
        for constraint in &self.spread {
            let domain = labels[constraint.key].as_str().ok_or(Unfit::SpreadLabel)?;
            let least = constraint.domains.values().copied().min().unwrap_or(0);
            let least = if (constraint.domains.len() as i64) < constraint.min_domains { 0 } else { least };
            let count =
                constraint.domains.get(domain).copied().unwrap_or(0) + i64::from(constraint.matches_self);
            if count - least > constraint.max_skew {
                return Err(Unfit::Spread);
            }
        }
        for term in &self.affinity {
            let domain = labels[term.key].as_str().ok_or(Unfit::Affinity)?;
            let alone = term.matches_self && self.affinity.iter().all(|t| t.domains.is_empty());
            if !term.domains.contains_key(domain) && !alone {
                return Err(Unfit::Affinity);
            }
        }
        let there = |t: &Term<'_>| labels[t.key].as_str().is_some_and(|d| t.domains.contains_key(d));
        if self.anti_affinity.iter().any(there) {
            return Err(Unfit::AntiAffinity);
        }
        match self.shut.iter().any(|(key, value)| labels[key.as_str()].str() == value) {
            true => Err(Unfit::ExistingAntiAffinity),
            false => Ok(()),
        }
    }
}

impl<'a> Term<'a> {
    fn count(term: &'a Json, pod: &'a Json, nodes: &'a [Arc<NodeInfo>]) -> Term<'a> {
        let key = term["topologyKey"].str();
        let mut domains = Map::new();
        for node in nodes {
            let Some(domain) = node.labels()[key].as_str() else { continue };
            let count = node.pods.values().filter(|other| matches_pod(term, pod, &other.pod)).count();
            if count > 0 {
                *domains.slot(Str::from(domain)) += count;
            }
        }
        Term { key, domains, matches_self: matches_pod(term, pod, pod) }
    }
}

impl<'a> Constraint<'a> {
    fn count(constraint: &'a Json, pod: &'a Json, nodes: &'a [Arc<NodeInfo>]) -> Constraint<'a> {
        let key = constraint["topologyKey"].str();
        let selector = Labels::from_object(&constraint["labelSelector"]);
        let matches = |other: &Json| {
            let labels = &other["metadata"]["labels"];
            other["metadata"]["namespace"] == pod["metadata"]["namespace"]
                && other["metadata"]["deletionTimestamp"].is_null()
                && selector.as_ref().is_some_and(|s| s.matches(labels))
                && constraint["matchLabelKeys"]
                    .items()
                    .iter()
                    .all(|k| labels[k.str()] == pod["metadata"]["labels"][k.str()])
        };
        let mut domains = Map::new();
        for node in nodes {
            let honoured =
                constraint["nodeAffinityPolicy"].str() == "Ignore" || affinity::matches_node(pod, &node.node);
            let tolerated = constraint["nodeTaintsPolicy"].str() != "Honor" || tolerates_all(pod, &node.node);
            let Some(domain) = node.labels()[key].as_str().filter(|_| honoured && tolerated) else {
                continue;
            };
            let count = node.pods.values().filter(|other| matches(&other.pod)).count();
            *domains.slot(Str::from(domain)) += count as i64;
        }
        Constraint {
            key,
            max_skew: constraint["maxSkew"].as_i64().unwrap_or(1),
            matches_self: matches(pod),
            domains,
            min_domains: constraint["minDomains"].as_i64().unwrap_or(1),
        }
    }
}

fn shut_topologies(pod: &Json, nodes: &[Arc<NodeInfo>]) -> Vec<(String, String)> {
    let mut shut = Vec::new();
    for node in nodes {
        for other in node.keeping_away.values() {
            for term in anti_affinity(&other.pod).iter().filter(|term| matches_pod(term, &other.pod, pod)) {
                let key = term["topologyKey"].str();
                if let Some(value) = node.labels()[key].as_str() {
                    shut.push((key.to_owned(), value.to_owned()));
                }
            }
        }
    }
    shut
}

/// Whether a term of `owner` means `other`.
fn matches_pod(term: &Json, owner: &Json, other: &Json) -> bool {
    let namespace = &other["metadata"]["namespace"];
    let named = term["namespaces"].items();
    let all = term["namespaceSelector"].as_object().is_some_and(|o| o.is_empty());
    let here = if named.is_empty() {
        *namespace == owner["metadata"]["namespace"]
    } else {
        named.contains(namespace)
    };
    let selector = Labels::from_object(&term["labelSelector"]);
    (here || all)
        && selector.is_some_and(|s| s.matches(&other["metadata"]["labels"]))
        && other["metadata"]["deletionTimestamp"].is_null()
}
