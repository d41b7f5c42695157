//! What objects count against a ResourceQuota, and whether it still fits: shared by the admission of new objects and by the
//! controller that recounts (`pkg/quota/v1`).
//!
//! Amounts are resource lists as quotas carry them: `{"pods": "1", "requests.cpu": "500m"}`.

use super::quantity::Quantity;
use super::{ResourceInfo, meta};
use crate::collections::sort_by;
use crate::json::{Json, Str};
use crate::sim::Time;
use std::time::Duration;

/// Resources that a quota counts per object by their plain name.
const COUNTED: [&str; 8] = [
    "configmaps",
    "persistentvolumeclaims",
    "pods",
    "replicationcontrollers",
    "resourcequotas",
    "secrets",
    "services",
    "serviceaccounts",
];
/// Where a quota names one of these, every container must say it.
const MUST_BE_SAID: [&str; 6] =
    ["cpu", "limits.cpu", "limits.memory", "memory", "requests.cpu", "requests.memory"];
/// What the scheduler hands out by plain name.
const COMPUTE: [&str; 3] = ["cpu", "ephemeral-storage", "memory"];

fn amount(value: &Json) -> Quantity {
    let read = match value {
        Json::Int(i) => Some(Quantity::from_int(*i)),
        other => Quantity::parse(other.str()),
    };
    read.unwrap_or(Quantity::from_int(0))
}

/// Both lists together, each resource put together by `join` where both have it.
fn joined(a: &Json, b: &Json, join: fn(Quantity, Quantity) -> Quantity) -> Json {
    let mut out = if a.is_null() { Json::object() } else { a.clone() };
    for (name, value) in b.entries() {
        let sum = match out.get(name) {
            Some(known) => join(amount(known), amount(value)),
            None => amount(value),
        };
        out.set(name.clone(), sum.to_string());
    }
    out
}

/// The sum.
pub fn add(a: &Json, b: &Json) -> Json {
    joined(a, b, Quantity::plus)
}

/// `a` without what `b` has; without the resources of which nothing is left.
pub fn difference(a: &Json, b: &Json) -> Json {
    let left = a.entries().iter().filter_map(|(name, value)| {
        let rest = amount(value).minus(amount(&b[name.as_str()]));
        (rest.nano() != 0).then(|| (name.clone(), Json::from(rest.to_string())))
    });
    Json::Object(left.collect())
}

/// The resources of `list` that `of` has too.
pub fn mask(list: &Json, of: &Json) -> Json {
    let kept = list.entries().iter().filter(|(name, _)| of.get(name).is_some());
    Json::Object(kept.cloned().collect())
}

/// The resources of which `list` has more than `hard` allows.
pub fn exceeded(list: &Json, hard: &Json) -> Json {
    let over = |(name, value): &&(Str, Json)| hard.get(name).is_some_and(|h| amount(value) > amount(h));
    Json::Object(list.entries().iter().filter(over).cloned().collect())
}

/// Whether two lists say the same amounts.
pub fn equal(a: &Json, b: &Json) -> bool {
    let (a, b) = (a.entries(), b.entries());
    a.len() == b.len() && a.iter().zip(b).all(|((j, v), (k, w))| j == k && amount(v) == amount(w))
}

/// `a=1,b=2`
pub fn text(list: &Json) -> String {
    let all: Vec<String> = list.entries().iter().map(|(k, v)| format!("{k}={}", amount(v))).collect();
    all.join(",")
}

/// What an object uses.
pub fn usage(resource: &ResourceInfo, object: &Json, now: Time) -> Json {
    let one = Json::from("1");
    let mut out = Json::object();
    out.set(format!("count/{}", resource.qualified()), one.clone());
    match resource.names() {
        ("", "pods") if !is_charged(object, now) => {}
        ("", "pods") => {
            out.set("pods", one);
            charge(&total(object, "requests"), true, &mut out);
            charge(&total(object, "limits"), false, &mut out);
        }
        ("", "services") => {
            let kind = object["spec"]["type"].str();
            let ports = object["spec"]["ports"].items().len();
            let nodes = kind == "NodePort"
                || kind == "LoadBalancer"
                    && object["spec"]["allocateLoadBalancerNodePorts"].as_bool() != Some(false);
            out.set("services", one);
            out.set("services.nodeports", if nodes { ports } else { 0 }.to_string());
            out.set("services.loadbalancers", if kind == "LoadBalancer" { "1" } else { "0" });
        }
        ("", "persistentvolumeclaims") => {
            out.set("persistentvolumeclaims", one.clone());
            let storage = object.at(&["spec", "resources", "requests", "storage"]);
            let class = object["spec"]["storageClassName"].str();
            if !class.is_empty() {
                let prefix = format!("{class}.storageclass.storage.k8s.io");
                out.set(format!("{prefix}/persistentvolumeclaims"), one);
                out.set(format!("{prefix}/requests.storage"), amount(storage).to_string());
            }
            out.set("requests.storage", amount(storage).to_string());
        }
        ("", plural) if COUNTED.contains(&plural) => out.set(&resource.plural, one),
        _ => {}
    }
    out
}

/// Whether a pod still counts: not once it is over, nor once it should be gone.
fn is_charged(pod: &Json, now: Time) -> bool {
    if matches!(pod["status"]["phase"].str(), "Succeeded" | "Failed") {
        return false;
    }
    let metadata = &pod["metadata"];
    let (since, grace) =
        (metadata["deletionTimestamp"].str(), metadata["deletionGracePeriodSeconds"].as_i64());
    match (Time::parse(since), grace) {
        (Some(since), Some(grace)) => now <= since + Duration::from_secs(grace.max(0).unsigned_abs()),
        _ => true,
    }
}

fn charge(list: &Json, requests: bool, out: &mut Json) {
    for (name, value) in list.entries() {
        let compute = COMPUTE.contains(&name.as_str());
        if requests {
            if compute || name.starts_with("hugepages-") {
                out.set(name.clone(), value);
            }
            out.set(format!("requests.{name}"), value);
        } else if compute {
            out.set(format!("limits.{name}"), value);
        }
    }
}

/// What a pod asks for: the sum of its containers and sidecars, or its most demanding init container, plus the overhead.
pub fn total(pod: &Json, list: &str) -> Json {
    let of = |container: &Json| container["resources"][list].clone();
    let spec = &pod["spec"];
    let most = |a: &Json, b: &Json| joined(a, b, Quantity::max);
    let mut running = Json::object();
    for container in spec["containers"].items() {
        running = add(&running, &of(container));
    }
    let (mut sidecars, mut peak) = (Json::object(), Json::object());
    for container in spec["initContainers"].items() {
        if container["restartPolicy"].str() == "Always" {
            sidecars = add(&sidecars, &of(container));
            running = add(&running, &of(container));
            peak = most(&peak, &sidecars);
        } else {
            peak = most(&peak, &add(&sidecars, &of(container)));
        }
    }
    add(&most(&running, &peak), &spec["overhead"])
}

/// The resources of a quota's limits that objects of this kind can use.
pub fn concerned(resource: &ResourceInfo, hard: &Json) -> Json {
    let count = format!("count/{}", resource.qualified());
    let concerns = |name: &str| {
        name == count
            || match resource.names() {
                ("", "pods") => {
                    name == "pods"
                        || COMPUTE.contains(&name)
                        || name.starts_with("limits.")
                        || name.starts_with("hugepages-")
                        || name.starts_with("requests.") && name != "requests.storage"
                }
                ("", "services") => name == "services" || name.starts_with("services."),
                ("", "persistentvolumeclaims") => {
                    matches!(name, "persistentvolumeclaims" | "requests.storage")
                        || name.contains(".storageclass.storage.k8s.io/")
                }
                ("", plural) => name == plural && COUNTED.contains(&plural),
                _ => false,
            }
    };
    Json::Object(hard.entries().iter().filter(|(name, _)| concerns(name)).cloned().collect())
}

/// Whether a quota's scopes let it count an object.
pub fn matches(quota: &Json, resource: &ResourceInfo, object: &Json) -> bool {
    let spec = &quota["spec"];
    if spec["scopes"].is_empty() && spec["scopeSelector"].is_empty() {
        return true;
    }
    if resource.names() != ("", "pods") {
        return false;
    }
    let by_name = spec["scopes"].items().iter().all(|scope| in_scope(scope.str(), object));
    let expressions = spec.at(&["scopeSelector", "matchExpressions"]).items();
    by_name
        && expressions.iter().all(|e| {
            let class = object["spec"]["priorityClassName"].str();
            let named = e["values"].items().iter().any(|v| v.str() == class);
            match (e["scopeName"].str(), e["operator"].str()) {
                ("PriorityClass", "In") => named,
                ("PriorityClass", "NotIn") => !named,
                ("PriorityClass", "DoesNotExist") => class.is_empty(),
                (scope, _) => in_scope(scope, object),
            }
        })
}

fn in_scope(scope: &str, pod: &Json) -> bool {
    let spec = &pod["spec"];
    let best_effort = || {
        let lists = ["initContainers", "containers"];
        let mut containers = lists.iter().flat_map(|list| spec[*list].items());
        containers.all(|c| {
            let both = [&c["resources"]["requests"], &c["resources"]["limits"]];
            both.iter().all(|list| list["cpu"].is_null() && list["memory"].is_null())
        })
    };
    match scope {
        "Terminating" => spec["activeDeadlineSeconds"].as_i64().is_some_and(|s| s >= 0),
        "NotTerminating" => spec["activeDeadlineSeconds"].as_i64().is_none_or(|s| s < 0),
        "BestEffort" => best_effort(),
        "NotBestEffort" => !best_effort(),
        "PriorityClass" => !spec["priorityClassName"].is_empty(),
        _ => false,
    }
}

/// What a pod leaves unsaid although a quota limits it; `None` where that is nothing.
pub fn unsaid(required: &Json, pod: &Json) -> Option<String> {
    let mut all = Vec::new();
    for (name, _) in required.entries().iter().filter(|(name, _)| MUST_BE_SAID.contains(&name.as_str())) {
        let (list, resource) = name.split_once('.').unwrap_or(("requests", name));
        let silent = |c: &&Json| c["resources"][list].get(resource).is_none();
        let lists = ["initContainers", "containers"];
        let containers = lists.iter().flat_map(|list| pod["spec"][*list].items());
        let mut names: Vec<&str> = containers.filter(silent).map(|c| c["name"].str()).collect();
        sort_by(&mut names, |a, b| a.cmp(b));
        if !names.is_empty() {
            all.push(format!("{name} for: {}", names.join(",")));
        }
    }
    (!all.is_empty()).then(|| format!("must specify {}", all.join("; ")))
}

/// Whether this change of an object can set something free.
pub fn frees(resource: &ResourceInfo, old: &Json, new: &Json, now: Time) -> bool {
    meta::uid(old) == meta::uid(new)
        && !old["status"].same(&new["status"])
        && resource.plural == "pods"
        && is_charged(old, now)
        && !is_charged(new, now)
}
