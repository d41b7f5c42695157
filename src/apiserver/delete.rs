//! DELETE: at once, or by asking for it and waiting for agents and finalizers (`registry/rest/delete.go`).

use super::policy::{self, Attributes, Operation};
use super::{ApiServer, create, resources, selection::Selection};
use crate::api::{ObjectKey, Propagation, Request, Response, Status, kinds};
use crate::json;
use crate::json::{Json, Str};
use crate::sim::Time;
use std::time::Duration;

const ORPHAN: &str = "orphan";
const FOREGROUND: &str = "foregroundDeletion";
/// The namespaces that `NamespaceLifecycle` protects.
const IMMORTAL: [&str; 3] = ["default", "kube-system", "kube-public"];

/// Deletes one object.
pub fn delete(server: &mut ApiServer, now: Time, request: &Request) -> Result<Response, Status> {
    let key = ObjectKey::new(request.namespace.clone(), request.name.clone());
    server.named(request)?;
    delete_one(server, now, request, &key)
}

/// Deletes all objects that the selectors match.
pub fn delete_collection(server: &mut ApiServer, now: Time, request: &Request) -> Result<Response, Status> {
    let selection = Selection::of(request)?;
    let list = server.store.list(&request.resource, &request.namespace);
    let keys: Vec<ObjectKey> =
        list.filter(|(key, object)| selection.matches(key, object)).map(|(key, _)| key.clone()).collect();
    let mut items: Vec<Json> = Vec::new();
    for key in keys {
        let one = Request { name: key.name.clone(), namespace: key.namespace.clone(), ..request.clone() };
        items.extend(server.store.get(&request.resource, &key).cloned());
        delete_one(server, now, &one, &key)?;
    }
    let kind = format!("{}List", request.resource.kind);
    let meta = json!({ "resourceVersion": server.revision().to_string() });
    let body = json!({ "apiVersion": request.resource.api_version(), "kind": kind, "metadata": meta, "items": items });
    Ok(Response { code: 200, body, ..Response::default() })
}

fn delete_one(
    server: &mut ApiServer,
    now: Time,
    request: &Request,
    key: &ObjectKey,
) -> Result<Response, Status> {
    let mut warnings = Vec::new();
    let deleted = delete_with(server, now, request, key, &mut warnings);
    create::and_warned(deleted, warnings)
}

fn delete_with(
    server: &mut ApiServer,
    now: Time,
    request: &Request,
    key: &ObjectKey,
    warnings: &mut Vec<Str>,
) -> Result<Response, Status> {
    let resource = &request.resource;
    if *resource == kinds::NAMESPACES.into() && IMMORTAL.contains(&&*key.name) {
        return Err(Status::forbidden(resource, &key.name, "this namespace may not be deleted"));
    }
    let strategy = resources::of(resource);
    let Some(old) = server.object(resource, key) else {
        return Err(Status::not_found(resource, &key.name));
    };
    preconditions(request, key, &old)?;

    let (operation, name, object) = (Operation::Delete, key.name.as_str(), &Json::Null);
    let attributes = Attributes { request, operation, name, object, old: &old };
    policy::admit(server, &attributes, warnings)?;
    let already = !old["metadata"]["deletionTimestamp"].is_null();
    if *resource == kinds::CUSTOMRESOURCEDEFINITIONS.into() && !already {
        return Ok(mark_definition(server, now, request, key, old));
    }
    let mut object = old.clone();
    set_finalizers(&mut object, wanted_finalizers(request, &old));
    let waits_for_finalizers = !object["metadata"]["finalizers"].is_empty();
    let waits_for_content = *resource == kinds::NAMESPACES.into() && !old["spec"]["finalizers"].is_empty();
    let left = old["metadata"]["deletionGracePeriodSeconds"].as_i64();

    let mut grace =
        (strategy.grace)(&old, request.options.grace_period.map(|s| if s < 0 { 1 } else { s })).unwrap_or(0);
    if already && let Some(left) = left.filter(|left| *left > 0) {
        // A second deletion can only shorten the first one's grace.
        match request.options.grace_period {
            Some(asked) if asked < left => grace = asked.max(0),
            _ => return Ok(server.answer(now, request, 200, old, Vec::new())),
        }
    }
    if grace == 0 && !waits_for_finalizers && !waits_for_content {
        return Ok(remove(server, now, request, key, &old));
    }
    if !already || left.is_some_and(|left| grace < left) {
        // The grace counts from the first request.
        let asked = Time::parse(old["metadata"]["deletionTimestamp"].str());
        let asked = asked.map_or(now, |at| at - Duration::from_secs(left.unwrap_or(0).unsigned_abs()));
        let deadline = asked + Duration::from_secs(grace.unsigned_abs());
        object.set_at(&["metadata", "deletionTimestamp"], deadline.rfc3339());
        object.set_at(&["metadata", "deletionGracePeriodSeconds"], grace);
        if !already && let Some(generation) = object["metadata"]["generation"].as_i64() {
            object.set_at(&["metadata", "generation"], generation + 1);
        }
    }
    if waits_for_content {
        // Namespaces have no grace period, only a phase.
        if let Some(meta) = object.get_mut("metadata") {
            meta.remove("deletionGracePeriodSeconds");
        }
        object.set_at(&["status", "phase"], "Terminating");
    }
    if object != old && !request.options.dry_run {
        object = server.put(now, resource, key, object);
    }
    Ok(server.answer(now, request, 200, object, Vec::new()))
}

/// What a deletion was asked for on condition of. Namespaces and definitions, whose storage is their own, say it in other words.
fn preconditions(request: &Request, key: &ObjectKey, old: &Json) -> Result<(), Status> {
    let resource = &request.resource;
    let own =
        [kinds::NAMESPACES, kinds::CUSTOMRESOURCEDEFINITIONS].iter().any(|kind| *resource == (*kind).into());
    let asked = [
        ("UID", "uid", request.options.uid.as_deref(), "deleted and then recreated"),
        ("ResourceVersion", "resourceVersion", Some(request.options.resource_version.as_str()), "modified"),
    ];
    for (word, field, asked, may) in asked {
        let present = old["metadata"][field].str();
        let Some(asked) = asked.filter(|asked| *asked != present && (word == "UID" || !asked.is_empty()))
        else {
            continue;
        };
        if own {
            let why = format!(
                "Precondition failed: {word} in precondition: {asked}, {word} in object meta: {present}"
            );
            return Err(Status::conflict(resource, &key.name, &why));
        }
        let why = format!(
            "the {word} in the precondition ({asked}) does not match the {word} in record ({present}). The object might have been {may}"
        );
        let mut status = Status::conflict(resource, &key.name, &why);
        // Here the kind stands where the resource should.
        let kind = resource.qualified_kind();
        status.message = format!("Operation cannot be fulfilled on {kind} \"{}\": {why}", key.name).into();
        if let Some(details) = &mut status.details {
            details.kind = resource.kind.clone();
        }
        return Err(status);
    }
    Ok(())
}

/// A definition first waits for its objects to go (`registry/customresourcedefinition/etcd.go`).
fn mark_definition(
    server: &mut ApiServer,
    now: Time,
    request: &Request,
    key: &ObjectKey,
    mut crd: Json,
) -> Response {
    const CLEANUP: &str = "customresourcecleanup.apiextensions.k8s.io";
    crd.set_at(&["metadata", "deletionTimestamp"], now.rfc3339());
    let mut finalizers = crd["metadata"]["finalizers"].items().to_vec();
    if !finalizers.iter().any(|f| f.str() == CLEANUP) {
        finalizers.push(CLEANUP.into());
    }
    crd.set_at(&["metadata", "finalizers"], finalizers);
    let mut conditions = crd["status"]["conditions"].items().to_vec();
    conditions.push(json!({
        "type": "Terminating", "status": "True", "reason": "InstanceDeletionPending",
        "message": "CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon",
        "lastTransitionTime": now.rfc3339(),
    }));
    crd.set_at(&["status", "conditions"], conditions);
    if !request.options.dry_run {
        crd = server.put(now, &request.resource, key, crd);
    }
    server.answer(now, request, 200, crd, Vec::new())
}

fn remove(server: &mut ApiServer, now: Time, request: &Request, key: &ObjectKey, old: &Json) -> Response {
    let resource = &request.resource;
    let mut last = old.clone();
    if !request.options.dry_run {
        last = server.remove(now, resource, key).unwrap_or(last);
    }
    if resources::of(resource).returns_deleted {
        return server.answer(now, request, 200, last, Vec::new());
    }
    let mut details = json!({ "name": &key.name, "kind": &resource.plural, "uid": &old["metadata"]["uid"] });
    if !resource.group.is_empty() {
        details.set("group", &resource.group);
    }
    let body = json!({
        "apiVersion": "v1", "kind": "Status", "metadata": {}, "status": "Success", "details": details,
    });
    Response { code: 200, body, ..Response::default() }
}

/// The finalizers that the deletion's propagation policy leaves the object with; the garbage collector takes away
/// `orphan` and `foregroundDeletion` when it has done what they stand for.
fn wanted_finalizers(request: &Request, object: &Json) -> Vec<Str> {
    let present: Vec<&str> = object["metadata"]["finalizers"].items().iter().map(Json::str).collect();
    let (orphan, foreground) = match request.options.propagation {
        Some(Propagation::Orphan) => (true, false),
        Some(Propagation::Foreground) => (false, true),
        Some(Propagation::Background) => (false, false),
        None if present.contains(&ORPHAN) => (true, false),
        None if present.contains(&FOREGROUND) => (false, true),
        None => (resources::of(&request.resource).orphans, false),
    };
    let others = present.iter().filter(|f| **f != ORPHAN && **f != FOREGROUND).map(|f| Str::from(*f));
    let mut all: Vec<Str> = others.collect();
    if orphan {
        all.push(Str::fixed(ORPHAN));
    }
    if foreground {
        all.push(Str::fixed(FOREGROUND));
    }
    all
}

fn set_finalizers(object: &mut Json, finalizers: Vec<Str>) {
    let present = object["metadata"]["finalizers"].items();
    if present.len() == finalizers.len() && present.iter().zip(&finalizers).all(|(a, b)| a.str() == &**b) {
        return;
    }
    let finalizers: Json = finalizers.into_iter().collect();
    if finalizers.is_empty() {
        if let Some(meta) = object.get_mut("metadata") {
            meta.remove("finalizers");
        }
    } else {
        object.set_at(&["metadata", "finalizers"], finalizers);
    }
}
