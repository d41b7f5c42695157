//! The subresource `eviction`: a deletion that asks the disruption budgets first (`registry/core/pod/storage/eviction.go`).
//!
//! Each eviction that is allowed is written into the budget's status at once, so that the next one is refused although the
//! controller has not counted again.

use super::{ApiServer, delete};
use crate::api::{Cause, Details, ObjectKey, Reason, Request, Response, Status, disruption, kinds, meta};
use crate::json;
use crate::json::{Json, Str};
use crate::sim::Time;

/// So many evictions at most may be under way for one budget (`MaxDisruptedPodSize`).
const MOST_DISRUPTED: usize = 2000;

/// POST to the subresource of a pod.
pub fn create(server: &mut ApiServer, now: Time, request: &Request) -> Result<Response, Status> {
    let eviction = &request.body;
    let named = eviction["metadata"]["name"].str();
    if !named.is_empty() && named != &*request.name {
        return Err(Status::bad_request("name in URL does not match name in Eviction object"));
    }
    let pod = server.named(request)?.clone();
    let dry_run = request.options.dry_run || !eviction["deleteOptions"]["dryRun"].is_empty();
    // What has ended or has not begun, or is being deleted already, is no disruption any more.
    let phase = pod["status"]["phase"].str();
    if !matches!(phase, "Succeeded" | "Failed" | "Pending") && !meta::is_being_deleted(&pod) {
        ask_budget(server, now, &pod, dry_run)?;
    }
    mark(server, now, request, pod, dry_run);
    let options = &eviction["deleteOptions"];
    let mut delete = Request::delete(kinds::PODS, request.namespace.clone(), request.name.clone());
    delete.agent = request.agent.clone();
    delete.options = request.options.clone();
    delete.options.dry_run = dry_run;
    delete.options.grace_period = options["gracePeriodSeconds"].as_i64();
    if let Some(uid) = options["preconditions"]["uid"].as_str() {
        delete.options.uid = Some(Str::from(uid));
    }
    delete::delete(server, now, &delete)?;
    let body =
        json!({ "apiVersion": "v1", "kind": "Status", "metadata": {}, "status": "Success", "code": 201 });
    Ok(Response { code: 201, body, ..Response::default() })
}

/// Asks the budget of a pod, where it has one, and takes from it.
fn ask_budget(server: &mut ApiServer, now: Time, pod: &Json, dry_run: bool) -> Result<(), Status> {
    let resource = kinds::PODDISRUPTIONBUDGETS.into();
    let namespace = pod["metadata"]["namespace"].str();
    let all = server.store.list(&resource, namespace);
    let covering: Vec<(ObjectKey, Json)> = all
        .filter(|(_, budget)| disruption::covers(budget, pod))
        .map(|(key, budget)| (key.clone(), budget.clone()))
        .collect();
    let (key, budget) = match covering.as_slice() {
        [] => return Ok(()),
        [one] => one,
        _ => {
            let message = "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.";
            return Err(Status::unknown(message));
        }
    };
    let status = &budget["status"];
    let count = |field: &str| status[field].as_i64().unwrap_or(0);
    if !meta::condition_is_true(&crate::api::views::core_v1::PodStatus::from(pod["status"].clone()), "Ready")
    {
        let always = budget["spec"]["unhealthyPodEvictionPolicy"].str() == "AlwaysAllow";
        let healthy = count("desiredHealthy") > 0 && count("currentHealthy") >= count("desiredHealthy");
        if always || healthy {
            return Ok(());
        }
    }
    let name = &key.name;
    if count("observedGeneration") < budget["metadata"]["generation"].as_i64().unwrap_or(0) {
        return Err(refused(format!("The disruption budget {name} is still being processed by the server.")));
    }
    if status["disruptedPods"].entries().len() > MOST_DISRUPTED {
        let why = "DisruptedPods map too big - too many evictions not confirmed by PDB controller";
        return Err(Status::forbidden(&resource, name, why));
    }
    let allowed = count("disruptionsAllowed");
    if allowed == 0 {
        return Err(refused(why_not(name, status)));
    }
    if dry_run {
        return Ok(());
    }
    let mut changed = budget.clone();
    let mut status = status.clone();
    status.set("disruptionsAllowed", allowed - 1);
    if allowed == 1 {
        disruption::set_allowed_condition(&mut status, now);
    }
    let mut evicted = status["disruptedPods"].clone();
    evicted.set(Str::from(pod["metadata"]["name"].str()), now.rfc3339());
    status.set("disruptedPods", evicted);
    changed.set("status", status);
    server.put(now, &resource, key, changed);
    Ok(())
}

/// Why a budget allows nothing.
fn why_not(name: &str, status: &Json) -> String {
    let condition = status["conditions"].items().iter().find(|c| c["type"].str() == "DisruptionAllowed");
    let condition = condition.filter(|c| c["status"].str() == "False" && !c["message"].is_empty());
    let (healthy, desired) =
        (status["currentHealthy"].as_i64().unwrap_or(0), status["desiredHealthy"].as_i64().unwrap_or(0));
    match condition {
        Some(c) if c["reason"].str() == "SyncFailed" => {
            let why = c["message"].str();
            format!(
                "The disruption budget {name} does not allow evicting pods currently because it failed sync: {why}"
            )
        }
        _ if healthy <= desired => {
            format!("The disruption budget {name} needs {desired} healthy pods and has {healthy} currently")
        }
        Some(c) => {
            let (reason, why) = (c["reason"].str(), c["message"].str());
            format!("The disruption budget {name} does not allow evicting pods currently ({reason}): {why}")
        }
        None => format!("The disruption budget {name} does not allow evicting pods currently"),
    }
}

/// 429 Too Many Requests: to be tried again.
fn refused(cause: String) -> Status {
    let message = "Cannot evict pod as it would violate the pod's disruption budget.";
    let cause = Cause { reason: "DisruptionBudget".into(), message: cause.into(), field: Str::default() };
    let details = Details { causes: vec![cause], ..Details::default() };
    Status { details: Some(Box::new(details)), ..Status::new(Reason::TooManyRequests, message) }
}

/// Writes into the pod why it goes (KEP 3329).
fn mark(server: &mut ApiServer, now: Time, request: &Request, mut pod: Json, dry_run: bool) {
    if dry_run || meta::is_being_deleted(&pod) {
        return;
    }
    let condition = json!({
        "type": "DisruptionTarget", "status": "True", "reason": "EvictionByEvictionAPI",
        "message": "Eviction API: evicting", "lastProbeTime": null, "lastTransitionTime": now.rfc3339(),
    });
    let conditions = pod["status"]["conditions"].items().iter();
    let others = conditions.filter(|c| c["type"].str() != "DisruptionTarget").cloned();
    let all: Json = others.chain([condition]).collect();
    pod.set_at(&["status", "conditions"], all);
    let key = ObjectKey::new(request.namespace.clone(), request.name.clone());
    server.put(now, &request.resource, &key, pod);
}
