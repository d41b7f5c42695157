//! PUT: an object replaced, or its status (`registry/rest/update.go`). Patches end here too.

use super::admission::Attributes;
use super::authorizer::escalation;
use super::fields::walk::Kind;
use super::resources::certificate;
use super::validation::{meta, pod_update};
use super::{ApiServer, admission, body, create, custom, fields, policy, quota, resources, subresource};
use crate::api::field::{Error, Path};
use crate::api::{ObjectKey, Request, Response, Status, Verb};
use crate::json::{Json, Str};
use crate::sim::Time;
use std::slice;

/// Replaces an object, or the part of it that a subresource stands for.
pub fn update(server: &mut ApiServer, now: Time, request: &Request) -> Result<Response, Status> {
    update_with(server, now, request, None)
}

/// The same; `managed`: whose fields there are then, where that is known already.
pub fn update_with(
    server: &mut ApiServer,
    now: Time,
    request: &Request,
    managed: Option<Json>,
) -> Result<Response, Status> {
    match &*request.subresource {
        "" | "status" | "finalize" | "resize" | "ephemeralcontainers" | "approval" => {}
        _ => return subresource::update(server, now, request),
    }
    let key = ObjectKey::new(request.namespace.clone(), request.name.clone());
    let Some(old) = server.object(&request.resource, &key) else {
        let mut object = body::decode(request, &request.body, &Json::Null, &mut Vec::new())?;
        check_name(request, &mut object)?;
        if resources::of(&request.resource).create_on_update && request.subresource.is_empty() {
            return create::create(server, now, request);
        }
        return Err(Status::not_found(&request.resource, &request.name));
    };
    write(server, now, (request, request), &key, &old, &request.body, managed)
}

/// Writes `body` over `old`; `managed`: whose fields there are then, where that is known already. The second request is what
/// was asked for, where the first is what that comes to.
pub fn write(
    server: &mut ApiServer,
    now: Time,
    (request, asked): (&Request, &Request),
    key: &ObjectKey,
    old: &Json,
    body: &Json,
    managed: Option<Json>,
) -> Result<Response, Status> {
    let mut warnings = Vec::new();
    let written = write_with(server, now, (request, asked), (key, old), body, managed, &mut warnings);
    create::warned(written, warnings)
}

fn write_with(
    server: &mut ApiServer,
    now: Time,
    (request, asked): (&Request, &Request),
    (key, old): (&ObjectKey, &Json),
    body: &Json,
    managed: Option<Json>,
    warnings: &mut Vec<Str>,
) -> Result<Response, Status> {
    let resource = &request.resource;
    let strategy = resources::of(resource);
    let mut new = body::decode(request, body, old, warnings)?;
    check_name(request, &mut new)?;
    if !matches!(request.verb, Verb::Patch(_)) {
        meta::dedup_owners(&mut new, false, warnings);
    }
    let status_only = request.subresource == "status";
    if !status_only {
        (strategy.defaults)(&mut new);
    }
    preconditions(request, key, old, &new)?;
    let mut said = new["metadata"]["managedFields"].clone();
    if said.is_null() && matches!(body["metadata"]["managedFields"], Json::Array(_)) {
        said = Json::Array(Default::default());
    }
    keep_system_fields(&mut new, old);
    let managed = managed.or_else(|| {
        let kind = Some(Kind::of_resource(resource)).filter(|kind| !matches!(kind, Kind::Leaf))?;
        Some(fields::managers::update(&mut server.seen, kind, request, now, old, &new, &said))
    });
    match &*request.subresource {
        "status" => {
            // Everything but the status stays; of the metadata, labels and annotations may change.
            let mut object = old.clone();
            object.set("status", &new["status"]);
            if new["status"].is_null() {
                object.remove("status");
            }
            object.set("metadata", &new["metadata"]);
            new = object;
        }
        "approval" => {
            let mut object = old.clone();
            certificate::approve(&mut object, &new, now);
            new = object;
        }
        "finalize" => {
            let mut object = old.clone();
            object.set_at(&["spec", "finalizers"], &new["spec"]["finalizers"]);
            if new["spec"]["finalizers"].is_empty() {
                object.set("spec", Json::object());
            }
            new = object;
        }
        "resize" | "ephemeralcontainers" => {
            new = pod_update::by_subresource(&new, old, &request.subresource);
            if new["spec"] != old["spec"] {
                let generation = old["metadata"]["generation"].as_i64().unwrap_or(0) + 1;
                new.set_at(&["metadata", "generation"], generation);
            }
        }
        _ => {
            let mut attributes = Attributes {
                request,
                namespace: &key.namespace,
                object: &mut new,
                old: Some(old),
                warnings: &mut *warnings,
            };
            match asked.subresource == request.subresource {
                true => admission::admit(server, &mut attributes)?,
                false => admission::plugins(server, &mut attributes)?,
            }
            meta::dedup_owners(&mut new, true, warnings);
            escalation::check(server, request, &new, Some(old))?;
            if resource.subresources.iter().any(|(name, _)| *name == "status") {
                match old.get("status") {
                    Some(status) => new.set("status", status),
                    None => drop(new.remove("status")),
                }
            }
            (strategy.begin_update)(server, request, &mut new, old)?;
            (strategy.prepare_update)(&mut new, old);
            let counted = match resource.is_custom() {
                true => differs_outside_metadata(&new, old),
                false => strategy.generation && !new["spec"].same(&old["spec"]) && new["spec"] != old["spec"],
            };
            if counted {
                let generation = old["metadata"]["generation"].as_i64().unwrap_or(0) + 1;
                new.set_at(&["metadata", "generation"], generation);
            }
        }
    }
    let mut errors = Vec::new();
    if !new["metadata"].same(&old["metadata"]) {
        meta::update(&new["metadata"], &old["metadata"], &mut errors);
    }
    if resource.is_custom() {
        errors.retain(|error| error.detail != meta::UNQUALIFIED);
        let validate = if status_only { custom::validate::status } else { custom::validate::update };
        validate(resource, &new, old, &mut errors, warnings);
    } else if status_only {
        (strategy.validate_status)(&new, old, &mut errors);
    } else if matches!(&*request.subresource, "resize" | "ephemeralcontainers") {
        pod_update::through(&new, old, &request.subresource, &mut errors);
    } else if request.subresource == "approval" {
        certificate::approval(&new, old, &mut errors);
    } else if request.subresource != "finalize" {
        (strategy.validate_update)(&new, old, &mut errors);
    }
    if !errors.is_empty() {
        return Err(Status::invalid(resource, &key.name, &errors));
    }
    if !status_only {
        warnings.extend((strategy.warnings)(&new, Some(old)));
        if resource.is_custom() {
            warnings.extend(custom::validate::warnings(&new, Some(old)));
        }
    }
    if request.subresource != "finalize" {
        let mut attributes = Attributes {
            request,
            namespace: &key.namespace,
            object: &mut new,
            old: Some(old),
            warnings: &mut *warnings,
        };
        admission::validate(server, &mut attributes)?;
    }
    let (operation, name) = (policy::Operation::Update, key.name.as_str());
    let attributes = policy::Attributes { request: asked, operation, name, object: &new, old };
    policy::admit(server, &attributes, warnings)?;
    new.set_at(&["metadata", "resourceVersion"], &old["metadata"]["resourceVersion"]);
    match managed {
        Some(managed) if managed.is_empty() => {
            if let Some(meta) = new.get_mut("metadata") {
                meta.remove("managedFields");
            }
        }
        Some(managed) if managed != old["metadata"]["managedFields"] => {
            new.set_at(&["metadata", "managedFields"], managed);
        }
        _ => {}
    }
    if equal(&new, old) {
        // Nothing changed: nothing is written, and the resource version stays.
        return Ok(server.answer(now, request, 200, old.clone(), Vec::new()));
    }
    let mut charges = None;
    if matches!(&*resource.plural, "services" | "persistentvolumeclaims") && request.subresource.is_empty() {
        charges = Some(quota::check(server, now, request, &key.namespace, &new, Some(old))?);
    }
    if request.options.dry_run {
        return Ok(server.answer(now, request, 200, new, Vec::new()));
    }
    if let Some(charges) = charges {
        quota::charge(server, now, request, charges);
    }
    if finished_deletion(&new, old) {
        let last = server.store.put(now, resource, key, new);
        server.watches.offer(now, &last);
        let last = server.remove(now, resource, key).unwrap_or(last.after);
        return Ok(server.answer(now, request, 200, last, Vec::new()));
    }
    let stored = server.put(now, resource, key, new);
    Ok(server.answer(now, request, 200, stored, Vec::new()))
}

/// The object's name and namespace are those of the path (`handlers/rest.go`, `EnsureObjectNamespaceMatchesRequestNamespace`).
pub fn check_name(request: &Request, object: &mut Json) -> Result<(), Status> {
    let asked = request.name.as_str();
    let said = object["metadata"]["namespace"].clone();
    if !request.resource.namespaced {
        if let Some(meta) = object.get_mut("metadata").filter(|_| !said.is_null()) {
            meta.remove("namespace");
        }
    } else if said.is_empty() {
        object.set_at(&["metadata", "namespace"], &request.namespace);
    } else if said.str() != &*request.namespace {
        return Err(Status::bad_request(OTHER_NAMESPACE));
    }
    let name = object["metadata"]["name"].str();
    if name.is_empty() {
        return Err(Status::bad_request(format!(
            "the name of the object ({asked} based on URL) was undeterminable: name must be provided"
        )));
    }
    if name != asked {
        return Err(Status::bad_request(format!(
            "the name of the object ({name}) does not match the name on the URL ({asked})"
        )));
    }
    Ok(())
}

/// An object whose namespace is not that of the path.
pub const OTHER_NAMESPACE: &str =
    "the namespace of the provided object does not match the namespace sent on the request";

/// Of a custom object, every change but one of its metadata counts.
fn differs_outside_metadata(new: &Json, old: &Json) -> bool {
    let rest = |object: &Json| {
        let mut rest = object.clone();
        rest.remove("metadata");
        rest
    };
    rest(new) != rest(old)
}

/// Whether two trees are equal; parts that are the same memory are not walked.
fn equal(a: &Json, b: &Json) -> bool {
    match (a, b) {
        (Json::Object(x), Json::Object(y)) => {
            let pairs = x.entries().iter().zip(y.entries());
            x.same(y) || x.len() == y.len() && pairs.into_iter().all(|((j, v), (k, w))| j == k && equal(v, w))
        }
        (Json::Array(x), Json::Array(y)) => {
            a.same(b) || x.len() == y.len() && x.iter().zip(y.iter()).all(|(v, w)| equal(v, w))
        }
        _ => a == b,
    }
}

/// What is replaced only by somebody who says which version he has seen, as all custom objects are (upstream's strategies,
/// `AllowUnconditionalUpdate`).
const CONDITIONAL: [&str; 5] = [
    "customresourcedefinitions",
    "leases",
    "poddisruptionbudgets",
    "validatingadmissionpolicies",
    "validatingadmissionpolicybindings",
];

fn preconditions(request: &Request, key: &ObjectKey, old: &Json, new: &Json) -> Result<(), Status> {
    let (asked, present) = (&new["metadata"], &old["metadata"]);
    let uid = asked["uid"].str();
    // Only of a PUT's body it is known before the object is read; in a patch, another uid is a change that none may make.
    let patched = matches!(request.verb, Verb::Patch(_));
    if !patched && !uid.is_empty() && uid != present["uid"].str() {
        return Err(storage_conflict(request, key, "UID", uid, present["uid"].str()));
    }
    let text = asked["resourceVersion"].str();
    let version: u64 = match text {
        "" => 0,
        text => text.parse().map_err(|_| {
            let whole = text.chars().all(|c| c.is_ascii_digit());
            let why = if whole { "value out of range" } else { "invalid syntax" };
            Status::unknown(format!("strconv.ParseUint: parsing {text:?}: {why}"))
        })?,
    };
    if version != 0 && version.to_string() != present["resourceVersion"].str() {
        return Err(Status::modified(&request.resource, &key.name));
    }
    let versioned = request.resource.is_custom() || CONDITIONAL.contains(&&*request.resource.plural);
    if version == 0 && versioned && matches!(&*request.subresource, "" | "status") {
        let path = Path::new("metadata").child("resourceVersion");
        let error = Error::invalid_shown(&path, Some("0x0"), "must be specified for an update");
        let mut status = Status::invalid(&request.resource, &key.name, slice::from_ref(&error));
        // Here the storage speaks, which knows the resource and not its kind.
        status.message =
            format!("{} \"{}\" is invalid: {error}", request.resource.qualified(), key.name).into();
        if let Some(details) = &mut status.details {
            details.kind = request.resource.plural.clone();
        }
        return Err(status);
    }
    Ok(())
}

/// What etcd's storage says where something of a precondition is another (`UID`, `ResourceVersion`).
pub fn storage_conflict(
    request: &Request,
    key: &ObjectKey,
    word: &str,
    asked: &str,
    present: &str,
) -> Status {
    let path = if key.namespace.is_empty() { String::new() } else { format!("/{}", key.namespace) };
    let why = format!(
        "StorageError: invalid object, Code: 4, Key: /registry/{}{path}/{}, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: {word} in precondition: {asked}, {word} in object meta: {present}",
        request.resource.plural, key.name
    );
    Status::conflict(&request.resource, &key.name, &why)
}

/// Fields of the metadata that an author need not repeat, and those that are not the author's.
fn keep_system_fields(new: &mut Json, old: &Json) {
    let (mine, theirs) = (&new["metadata"], &old["metadata"]);
    let kept = ["name", "namespace", "uid"];
    let fixed =
        ["creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds", "selfLink", "managedFields"];
    let mut changes: Vec<(&'static str, Option<Json>)> = Vec::new();
    for field in kept {
        if mine[field].is_empty() && !theirs[field].is_empty() {
            changes.push((field, Some(theirs[field].clone())));
        }
    }
    for field in fixed {
        if mine[field] != theirs[field] {
            changes.push((field, theirs.get(field).cloned()));
        }
    }
    // The generation is the server's where it counts, and the author's elsewhere.
    if theirs["generation"] != mine["generation"] && !theirs["generation"].is_null() {
        changes.push(("generation", theirs.get("generation").cloned()));
    }
    if changes.is_empty() {
        return;
    }
    let mut meta = new["metadata"].clone();
    for (field, value) in changes {
        match value {
            Some(value) => meta.set(Str::fixed(field), value),
            None => drop(meta.remove(field)),
        }
    }
    new.set("metadata", meta);
}

/// Whether this write took away the last thing that a deletion waited for (`ShouldDeleteDuringUpdate`).
fn finished_deletion(new: &Json, old: &Json) -> bool {
    let meta = &new["metadata"];
    let waited = !old["metadata"]["deletionTimestamp"].is_null();
    let finalizers = meta["finalizers"].is_empty() && new["spec"]["finalizers"].is_empty();
    waited && finalizers && meta["deletionGracePeriodSeconds"].as_i64().unwrap_or(0) == 0
}
