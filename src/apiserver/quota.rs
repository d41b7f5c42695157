//! ResourceQuota's admission: an object that a namespace's quotas do not leave room for is refused; one that fits is charged
//! before it is stored (`apiserver/pkg/admission/plugin/resourcequota`).

use super::ApiServer;
use crate::api::{ObjectKey, Request, Resource, Status, kinds, quota};
use crate::json::{Json, Str};
use crate::sim::Time;

/// Who charges.
const AGENT: &str = "apiserver";

/// The quotas as they will be once the object is stored.
pub struct Charges(Vec<(ObjectKey, Json)>);

/// Checks an object, and with `old` a change, against the quotas of its namespace.
pub fn check(
    server: &ApiServer,
    now: Time,
    request: &Request,
    namespace: &str,
    object: &Json,
    old: Option<&Json>,
) -> Result<Charges, Status> {
    let quotas: Resource = kinds::RESOURCEQUOTAS.into();
    let mut charges = Charges(Vec::new());
    let resource = &request.resource;
    if namespace.is_empty() || matches!(&*resource.plural, "events" | "leases") {
        return Ok(charges);
    }
    let refuse = |why: String| Status::forbidden(resource, object["metadata"]["name"].str(), &why);
    let mut matching = Vec::new();
    for (key, found) in server.store.list(&quotas, namespace) {
        let status = &found["status"];
        let concerned = quota::concerned(resource, &status["hard"]);
        if concerned.is_empty() || !quota::matches(found, resource, object) {
            continue;
        }
        if resource.kind == "Pod"
            && let Some(why) = quota::unsaid(&concerned, object)
        {
            return Err(refuse(format!("failed quota: {}: {why}", key.name)));
        }
        let unknown: Vec<&str> = concerned
            .entries()
            .iter()
            .map(|(name, _)| name.as_str())
            .filter(|name| status["used"].get(name).is_none())
            .collect();
        if !unknown.is_empty() {
            let why = format!("status unknown for quota: {}, resources: {}", key.name, unknown.join(","));
            return Err(refuse(why));
        }
        matching.push((key, found));
    }
    if matching.is_empty() {
        return Ok(charges);
    }
    let before = old.map(|old| quota::usage(resource, old, now)).unwrap_or_default();
    let delta = quota::difference(&quota::usage(resource, object, now), &before);
    for (key, found) in matching {
        let (hard, used) = (&found["status"]["hard"], &found["status"]["used"]);
        let requested = quota::mask(&delta, hard);
        if requested.is_empty() {
            continue;
        }
        let sum = quota::add(used, &requested);
        let over = quota::exceeded(&quota::mask(&sum, &requested), hard);
        if !over.is_empty() {
            let shown = |list: &Json| quota::text(&quota::mask(list, &over));
            return Err(refuse(format!(
                "exceeded quota: {}, requested: {}, used: {}, limited: {}",
                key.name,
                shown(&requested),
                shown(used),
                shown(hard)
            )));
        }
        let mut charged = found.clone();
        charged.set_at(&["status", "used"], sum);
        charges.0.push((key.clone(), charged));
    }
    Ok(charges)
}

/// Writes the quotas' new status.
pub fn charge(server: &mut ApiServer, now: Time, request: &Request, charges: Charges) {
    if charges.0.is_empty() {
        return;
    }
    server.store.set_agent(&Str::fixed(AGENT));
    for (key, object) in charges.0 {
        server.put(now, &kinds::RESOURCEQUOTAS.into(), &key, object);
    }
    server.store.set_agent(&request.agent);
}
