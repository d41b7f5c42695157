//! POST: a new object (`registry/rest/create.go`).

use super::admission::Attributes;
use super::authorizer::escalation;
use super::fields::walk::Kind;
use super::validation::meta;
use super::{
    ApiServer, admission, body, custom, decode, fields, policy, quota, resources, subresource, update,
};
use crate::api::{ObjectKey, Reason, Request, Response, Status};
use crate::json::{Json, Str};
use crate::sim::Time;

/// How often another name is tried where a generated one is taken.
const NAME_ATTEMPTS: usize = 8;
/// Generated names are cut to this before their suffix.
const GENERATED_PREFIX: usize = 58;

/// Creates an object.
pub fn create(server: &mut ApiServer, now: Time, request: &Request) -> Result<Response, Status> {
    if !request.subresource.is_empty() {
        return subresource::create(server, now, request);
    }
    store(server, now, request, &request.body, None)
}

/// Creates an object from a body; `managed`: whose fields it has, where that is known already.
pub fn store(
    server: &mut ApiServer,
    now: Time,
    request: &Request,
    body: &Json,
    managed: Option<Json>,
) -> Result<Response, Status> {
    let mut warnings = Vec::new();
    warned(store_with(server, now, request, body, managed, &mut warnings), warnings)
}

/// An answer with its warnings; an error carries them, too.
pub fn warned(answer: Result<Response, Status>, warnings: Vec<Str>) -> Result<Response, Status> {
    match answer {
        Ok(response) => Ok(Response { warnings, ..response }),
        Err(status) => Err(Status { warnings, ..status }),
    }
}

/// The same, where it has warnings of its own already.
pub fn and_warned(answer: Result<Response, Status>, warnings: Vec<Str>) -> Result<Response, Status> {
    let own = match &answer {
        Ok(response) => &response.warnings,
        Err(status) => &status.warnings,
    };
    let all = warnings.into_iter().chain(own.iter().cloned()).collect();
    warned(answer, all)
}

fn store_with(
    server: &mut ApiServer,
    now: Time,
    request: &Request,
    body: &Json,
    managed: Option<Json>,
    warnings: &mut Vec<Str>,
) -> Result<Response, Status> {
    let resource = &request.resource;
    let strategy = resources::of(resource);
    let mut object = body::decode(request, body, &Json::Null, warnings)?;
    let namespace = own_namespace(request, &mut object)?;
    meta::dedup_owners(&mut object, false, warnings);
    let version = object["metadata"]["resourceVersion"].clone();
    (strategy.defaults)(&mut object);
    let managed = managed.or_else(|| {
        let kind = Some(Kind::of_resource(resource)).filter(|kind| !matches!(kind, Kind::Leaf))?;
        Some(fields::managers::create(&mut server.seen, kind, request, now, &object))
    });
    if resource.definition["terminating"].as_bool() == Some(true) {
        let why = "create not allowed while custom resource definition is terminating";
        return Err(Status::forbidden(resource, object["metadata"]["name"].str(), why));
    }
    let mut attributes = Attributes {
        request,
        namespace: &namespace,
        object: &mut object,
        old: None,
        warnings: &mut *warnings,
    };
    admission::admit(server, &mut attributes)?;
    escalation::check(server, request, &object, None)?;

    // Only the system writes these.
    let meta = object.get_mut("metadata").map(std::mem::take).unwrap_or_default();
    object.set("metadata", system_fields(server, now, meta));
    if let Some(managed) = managed.filter(|m| !m.is_empty()) {
        object.set_at(&["metadata", "managedFields"], managed);
    }
    if !strategy.creates_status
        && resource.subresources.iter().any(|(name, _)| *name == "status")
        && !object["status"].is_null()
    {
        match resource.is_custom() {
            true => drop(object.remove("status")),
            false => object.set("status", decode::defaults_of(resource.ty, "status")),
        }
    }
    if strategy.generation || resource.is_custom() {
        object.set_at(&["metadata", "generation"], 1);
    }
    let generated = object["metadata"]["name"].is_empty();
    for attempt in 1..=NAME_ATTEMPTS {
        let mut object = object.clone();
        if generated && !object["metadata"]["generateName"].is_empty() {
            let prefix = object["metadata"]["generateName"].str();
            let end = (0..=prefix.len().min(GENERATED_PREFIX)).rev().find(|i| prefix.is_char_boundary(*i));
            let name = format!("{}{}", &prefix[..end.unwrap_or(0)], server.rng.name(5));
            object.set_at(&["metadata", "name"], name);
        }
        (strategy.begin_create)(server, request, &mut object)?;
        (strategy.prepare_create)(&mut object);
        let key = ObjectKey::new(namespace.clone(), object["metadata"]["name"].str());
        let mut errors = Vec::new();
        meta::create(&object["metadata"], resource.namespaced, strategy.name, &mut errors);
        (strategy.validate)(&object, &mut errors);
        if resource.is_custom() {
            errors.retain(|error| error.detail != meta::UNQUALIFIED);
            custom::validate::create(resource, &object, &mut errors, warnings);
        }
        if !errors.is_empty() {
            return Err(Status::invalid(resource, &key.name, &errors));
        }
        if attempt == 1 {
            warnings.extend((strategy.warnings)(&object, None));
            if resource.is_custom() {
                warnings.extend(custom::validate::warnings(&object, None));
            }
        }
        let mut attributes = Attributes {
            request,
            namespace: &namespace,
            object: &mut object,
            old: None,
            warnings: &mut *warnings,
        };
        admission::validate(server, &mut attributes)?;
        let (operation, old) = (policy::Operation::Create, &Json::Null);
        let attributes = policy::Attributes { request, operation, name: &key.name, object: &object, old };
        policy::admit(server, &attributes, warnings)?;
        let charges = quota::check(server, now, request, &namespace, &object, None)?;
        if version.str().parse::<u64>().is_ok_and(|version| version != 0) && !request.options.dry_run {
            return Err(Status::unknown("resourceVersion should not be set on objects to be created"));
        }
        if let Some(existing) = server.store.get(resource, &key) {
            if generated && attempt < NAME_ATTEMPTS {
                continue;
            }
            let mut status = Status::already_exists(resource, &key.name);
            if !existing["metadata"]["deletionTimestamp"].is_null() {
                status.message = format!("object is being deleted: {}", status.message).into();
            }
            return Err(status);
        }
        (strategy.read_back)(&mut object);
        if !request.options.dry_run {
            quota::charge(server, now, request, charges);
            object = server.put(now, resource, &key, object);
        }
        return Ok(server.answer(now, request, 201, object, Vec::new()));
    }
    Err(Status::new(Reason::InternalError, "no free name was found"))
}

/// The object's namespace: the request's; the body may repeat it.
fn own_namespace(request: &Request, object: &mut Json) -> Result<Str, Status> {
    if !request.resource.namespaced {
        if !object["metadata"]["namespace"].is_empty() {
            object.set_at(&["metadata", "namespace"], Json::Null);
            if let Some(meta) = object.get_mut("metadata") {
                meta.remove("namespace");
            }
        }
        return Ok(Str::default());
    }
    let said = object["metadata"]["namespace"].str();
    if said.is_empty() {
        object.set_at(&["metadata", "namespace"], &request.namespace);
    } else if said != &*request.namespace {
        return Err(Status::bad_request(update::OTHER_NAMESPACE));
    }
    Ok(request.namespace.clone())
}

fn system_fields(server: &mut ApiServer, now: Time, mut meta: Json) -> Json {
    let drop =
        ["deletionTimestamp", "deletionGracePeriodSeconds", "resourceVersion", "selfLink", "managedFields"];
    for field in drop {
        meta.remove(field);
    }
    meta.set("uid", server.rng.uuid());
    meta.set("creationTimestamp", now.rfc3339());
    meta
}
