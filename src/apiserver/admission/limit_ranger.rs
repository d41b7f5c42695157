//! LimitRanger: what a namespace's LimitRanges give containers that say nothing, and what they refuse
//! (`plugin/pkg/admission/limitranger`).

use super::Attributes;
use crate::api::quantity::Quantity;
use crate::api::{Status, kinds, quota};
use crate::apiserver::ApiServer;
use crate::json::{Json, Str};

const ANNOTATION: &str = "kubernetes.io/limit-ranger";
const CONTAINERS: [(&str, &str); 2] = [("containers", "container"), ("initContainers", "init container")];

/// Gives a new pod's containers what they do not say. (Of a pod that exists nothing of this can change.)
pub fn admit(server: &mut ApiServer, attributes: &mut Attributes) -> Result<(), Status> {
    if !attributes.creates_pod() {
        return Ok(());
    }
    for range in ranges(server, attributes.namespace) {
        let (requests, limits) = defaults(&range);
        fill(attributes.object, &requests, &limits);
    }
    Ok(())
}

/// Refuses what is outside of a range.
pub fn validate(server: &mut ApiServer, attributes: &mut Attributes) -> Result<(), Status> {
    let claim = attributes.is("", "persistentvolumeclaims");
    let resized = attributes.request.subresource == "resize";
    if !claim && !resized && !attributes.creates_pod() {
        return Ok(());
    }
    for range in ranges(server, attributes.namespace) {
        let mut faults = Vec::new();
        for limit in range["spec"]["limits"].items() {
            if claim {
                check_claim(limit, attributes.object, &mut faults);
            } else {
                check_pod(limit, attributes.object, &mut faults);
            }
        }
        match faults.as_slice() {
            [] => {}
            [one] => return Err(attributes.forbidden(one)),
            many => return Err(attributes.forbidden(&format!("[{}]", many.join(", ")))),
        }
    }
    Ok(())
}

fn ranges(server: &ApiServer, namespace: &str) -> Vec<Json> {
    server.store.list(&kinds::LIMITRANGES.into(), namespace).map(|(_, range)| range.clone()).collect()
}

/// The requests and the limits that a range gives containers.
fn defaults(range: &Json) -> (Json, Json) {
    let (mut requests, mut limits) = (Json::object(), Json::object());
    for limit in range["spec"]["limits"].items().iter().filter(|limit| limit["type"].str() == "Container") {
        for (to, from) in [(&mut requests, "defaultRequest"), (&mut limits, "default")] {
            limit[from].entries().iter().for_each(|(resource, amount)| to.set(resource.clone(), amount));
        }
    }
    (requests, limits)
}

fn fill(pod: &mut Json, requests: &Json, limits: &Json) {
    let mut told = Vec::new();
    for (list, word) in CONTAINERS {
        if pod["spec"][list].is_empty() {
            continue;
        }
        let filled = pod["spec"][list].items().iter().map(|container| {
            let mut container = container.clone();
            for (field, defaults, what) in [("requests", requests, "request"), ("limits", limits, "limit")] {
                let mut all = container["resources"][field].clone();
                let mut set: Vec<&str> = Vec::new();
                for (resource, amount) in defaults.entries() {
                    if all.get(resource).is_none() {
                        all.set(resource.clone(), amount);
                        set.push(resource);
                    }
                }
                if !set.is_empty() {
                    container.set_at(&["resources", field], all);
                    told.push(format!("{} {what} for {word} {}", set.join(", "), container["name"].str()));
                }
            }
            container
        });
        let filled: Json = filled.collect();
        pod.set_at(&["spec", list], filled);
    }
    if !told.is_empty() {
        let mut annotations = pod["metadata"]["annotations"].clone();
        annotations.set(Str::fixed(ANNOTATION), format!("LimitRanger plugin set: {}", told.join("; ")));
        pod.set_at(&["metadata", "annotations"], annotations);
    }
}

fn check_pod(limit: &Json, pod: &Json, faults: &mut Vec<String>) {
    match limit["type"].str() {
        "Container" => {
            for container in CONTAINERS.iter().flat_map(|(list, _)| pod["spec"][*list].items()) {
                let resources = &container["resources"];
                check(limit, &resources["requests"], &resources["limits"], faults);
            }
        }
        "Pod" => check(limit, &quota::total(pod, "requests"), &quota::total(pod, "limits"), faults),
        _ => {}
    }
}

/// Claims know no limits.
fn check_claim(limit: &Json, claim: &Json, faults: &mut Vec<String>) {
    if limit["type"].str() != "PersistentVolumeClaim" {
        return;
    }
    let requests = &claim["spec"]["resources"]["requests"];
    check(&crate::json!({ "type": &limit["type"], "min": &limit["min"] }), requests, &Json::Null, faults);
    for (resource, most) in limit["max"].entries() {
        let text = format!("maximum {resource} usage per PersistentVolumeClaim is {}", shown(most));
        match requests.get(resource) {
            None => faults.push(format!("{text}.  No request is specified")),
            Some(asked) if amount(asked) > amount(most) => {
                faults.push(format!("{text}, but request is {}", shown(asked)));
            }
            Some(_) => {}
        }
    }
}

fn check(limit: &Json, requests: &Json, limits: &Json, faults: &mut Vec<String>) {
    let of = limit["type"].str();
    for (resource, least) in limit["min"].entries() {
        let text = format!("minimum {resource} usage per {of} is {}", shown(least));
        match (requests.get(resource), limits.get(resource)) {
            (None, _) => faults.push(format!("{text}.  No request is specified")),
            (Some(asked), _) if amount(asked) < amount(least) => {
                faults.push(format!("{text}, but request is {}", shown(asked)));
            }
            (_, Some(most)) if amount(most) < amount(least) => {
                faults.push(format!("{text}, but limit is {}", shown(most)));
            }
            _ => {}
        }
    }
    for (resource, most) in limit["max"].entries() {
        let text = format!("maximum {resource} usage per {of} is {}", shown(most));
        match (requests.get(resource), limits.get(resource)) {
            (_, None) => faults.push(format!("{text}.  No limit is specified")),
            (_, Some(said)) if amount(said) > amount(most) => {
                faults.push(format!("{text}, but limit is {}", shown(said)));
            }
            (Some(asked), _) if amount(asked) > amount(most) => {
                faults.push(format!("{text}, but request is {}", shown(asked)));
            }
            _ => {}
        }
    }
    for (resource, most) in limit["maxLimitRequestRatio"].entries() {
        let text = format!("{resource} max limit to request ratio per {of} is {}", shown(most));
        let nano = |list: &Json| list.get(resource).map_or(0, amount);
        let (asked, said) = (nano(requests), nano(limits));
        if asked == 0 {
            faults.push(format!("{text}, but no request is specified or request is 0"));
        } else if said == 0 {
            faults.push(format!("{text}, but no limit is specified or limit is 0"));
        } else {
            let ratio = said as f64 / asked as f64;
            if ratio > amount(most) as f64 / 1e9 {
                faults.push(format!("{text}, but provided ratio is {ratio:.6}"));
            }
        }
    }
}

fn amount(value: &Json) -> i128 {
    Quantity::of_json(value).map_or(0, Quantity::nano)
}

fn shown(value: &Json) -> String {
    Quantity::of_json(value).map_or_else(String::new, |amount| amount.to_string())
}
