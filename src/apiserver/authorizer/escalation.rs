//! Nobody hands out what they do not have: who writes a role must have its rules, or may `escalate`; who writes a binding
//! must have those of its role, or may `bind` it (`pkg/registry/rbac/{role,rolebinding,…}/policybased`).

use super::{ApiServer, authorize, resolver};
use crate::api::rbac::{self, Attributes, GROUP};
use crate::api::user::MASTERS;
use crate::api::{Reason, Request, Status, User};
use crate::collections::sort_by;
use crate::json::Json;

/// Checks a role or a binding that its user writes.
pub fn check(server: &ApiServer, request: &Request, object: &Json, old: Option<&Json>) -> Result<(), Status> {
    let resource = &request.resource;
    let Some(user) = request.user.as_ref().filter(|user| !user.is_in(MASTERS)) else { return Ok(()) };
    if resource.group != GROUP || old.is_some_and(|old| only_cleaned_up(object, old)) {
        return Ok(());
    }
    let namespace = request.namespace.as_str();
    let may = |verb: &str, resource: &str, name: &str| {
        let asked = Attributes { verb, namespace, group: GROUP, resource, name, ..Attributes::default() };
        authorize(server, user, &asked).allowed
    };
    let name = object["metadata"]["name"].str();
    let rules = if matches!(&*resource.kind, "Role" | "ClusterRole") {
        if may("escalate", &resource.plural, &request.name) {
            return Ok(());
        }
        object["rules"].items()
    } else {
        let role = &object["roleRef"];
        let plural = if role["kind"].str() == "Role" { "roles" } else { "clusterroles" };
        if may("bind", plural, role["name"].str()) {
            return Ok(());
        }
        let Some(rules) = resolver::rules_of(server, role, namespace) else {
            let why = resolver::missing(role).not_found(&resource.plural);
            return Err(Status::new(Reason::NotFound, why));
        };
        rules
    };
    if let Some(why) = lacking(server, user, request, rules) {
        return Err(Status::forbidden(resource, name, &why));
    }
    let aggregates = [Some(object), old].into_iter().flatten().any(|role| !role["aggregationRule"].is_null());
    if aggregates && !has_all(server, user) {
        let why = "must have cluster-admin privileges to use the aggregationRule";
        return Err(Status::forbidden(resource, name, why));
    }
    Ok(())
}

/// An aggregating role may come to hold anything.
fn has_all(server: &ApiServer, user: &User) -> bool {
    let (own, _) = resolver::rules(server, user, "");
    rbac::uncovered(&own, &rbac::everything()).is_empty()
}

/// What of the rules the user lacks, in words; `None`: nothing.
fn lacking(server: &ApiServer, user: &User, request: &Request, rules: &[Json]) -> Option<String> {
    let (own, missing) = resolver::rules(server, user, &request.namespace);
    let lacking = rbac::uncovered(&own, rules);
    if lacking.is_empty() {
        return None;
    }
    let mut lines: Vec<String> = rbac::compact(lacking).iter().map(rbac::compact_text).collect();
    sort_by(&mut lines, Ord::cmp);
    lines.dedup();
    let groups = rbac::quoted(user.groups.iter().map(|group| group.as_str()));
    let mut why = format!(
        "user {:?} (groups={groups}) is attempting to grant RBAC permissions not currently held:\n{}",
        user.name.as_str(),
        lines.join("\n")
    );
    if !missing.is_empty() {
        let errors: Vec<String> =
            missing.iter().map(|role| role.not_found(&request.resource.plural)).collect();
        let errors =
            if let [one] = errors.as_slice() { one.clone() } else { format!("[{}]", errors.join(", ")) };
        why.push_str(&format!("; resolution errors: [{errors}]"));
    }
    Some(why)
}

/// Whether a change touches only what the garbage collector needs for a deletion.
fn only_cleaned_up(new: &Json, old: &Json) -> bool {
    let stripped = |object: &Json| {
        let mut object = object.clone();
        if let Some(meta) = object.get_mut("metadata") {
            ["ownerReferences", "finalizers", "managedFields"]
                .iter()
                .for_each(|field| drop(meta.remove(field)));
        }
        object
    };
    stripped(new) == stripped(old)
}
