//! The `scale` subresource: how many replicas, of any kind that has them, in the words of `autoscaling/v1`
//! (`pkg/registry/apps/deployment/storage`, `ScaleREST`). Autoscalers and `kubectl scale` need not know the kinds.

use super::custom;
use super::fields::walk::Kind;
use super::{ApiServer, body, fields, patch, table, update, validation};
use crate::api::field::Path;
use crate::api::{ObjectKey, Reason, Request, Resource, Response, Status, Verb, kinds, selector};
use crate::json;
use crate::json::Json;
use crate::sim::Time;

/// The scale of an object.
fn of(resource: &Resource, object: &Json) -> Json {
    let (from, spec, status) = (&object["metadata"], &object["spec"], &object["status"]);
    let mut metadata = json!({});
    for field in ["name", "namespace", "uid", "resourceVersion", "creationTimestamp"] {
        metadata.set(field, &from[field]);
    }
    let paths = &resource.definition["scale"];
    let custom = |key: &str| custom::scale::at(object, paths[key].str());
    let replicas = |of: &Json| match resource.is_custom() {
        true => custom(if of.same(spec) { "specReplicasPath" } else { "statusReplicasPath" })
            .as_i64()
            .unwrap_or(0),
        false => of["replicas"].as_i64().unwrap_or(0),
    };
    let mut scale = json!({
        "apiVersion": "autoscaling/v1", "kind": "Scale", "metadata": metadata, "spec": {},
        "status": { "replicas": replicas(status) },
    });
    if replicas(spec) != 0 {
        scale.set_at(&["spec", "replicas"], replicas(spec));
    }
    if resource.is_custom() {
        let selector = custom("labelSelectorPath");
        if !paths["labelSelectorPath"].is_empty() && !selector.is_empty() {
            scale.set_at(&["status", "selector"], selector);
        }
        return scale;
    }
    let of_pods = &spec["selector"];
    // A ReplicationController's selector is a plain map.
    let plain = of_pods["matchLabels"].is_null() && of_pods["matchExpressions"].is_null();
    let text =
        if plain { selector::text(&json!({ "matchLabels": of_pods })) } else { selector::text(of_pods) };
    if !text.is_empty() {
        scale.set_at(&["status", "selector"], text);
    }
    scale
}

/// GET.
pub fn get(server: &ApiServer, now: Time, request: &Request) -> Result<Response, Status> {
    let object = server.named(request)?;
    let path = request.resource.definition["scale"]["specReplicasPath"].str();
    if !path.is_empty() && custom::scale::at(&object, path).is_null() {
        let message = format!("Internal error occurred: the spec replicas field {path:?} does not exist");
        return Err(Status::new(Reason::InternalError, message));
    }
    let mut body = of(&request.resource, &object);
    if request.options.table {
        let meta = json!({ "resourceVersion": &body["metadata"]["resourceVersion"] });
        body = table::render(&kinds::SCALES.into(), [&body], meta, now, true);
    }
    Ok(Response { code: 200, body, ..Response::default() })
}

/// PUT, or PATCH with what the patch makes of the present scale: the number of replicas goes into the object.
pub fn write(server: &mut ApiServer, now: Time, request: &Request) -> Result<Response, Status> {
    let object = server.named(request)?;
    let old = of(&request.resource, &object);
    let mut spoken = request.clone();
    spoken.resource = kinds::SCALES.into();
    let mut warnings = Vec::new();
    let json = match request.verb {
        Verb::Patch(kind) => patch::apply(kind, &spoken, &old, &mut warnings)?,
        _ => request.body.clone(),
    };
    let mut scale = body::decode(&spoken, &json, &old, &mut warnings)?;
    update::check_name(request, &mut scale)?;
    let mut errors = Vec::new();
    validation::fields::not_negative(&scale["spec"], &Path::new("spec"), "replicas", &mut errors);
    if !errors.is_empty() {
        return Err(Status::invalid(&spoken.resource, &request.name, &errors));
    }
    let mut changed = object.clone();
    let replicas = scale["spec"]["replicas"].as_i64().unwrap_or(0);
    match request.resource.definition["scale"]["specReplicasPath"].as_str() {
        Some(path) => custom::scale::set(&mut changed, path, replicas.into()),
        None => changed.set_at(&["spec", "replicas"], replicas),
    }
    // What the author says of versions and identity is checked; without a word the present version is meant.
    for field in ["uid", "resourceVersion"] {
        if !scale["metadata"][field].is_empty() {
            changed.set_at(&["metadata", field], &scale["metadata"][field]);
        }
    }
    // The object's fields change hands, and its entry says that it was by this door.
    let kind = Some(Kind::of_resource(&request.resource)).filter(|kind| !matches!(kind, Kind::Leaf));
    let managed = kind.map(|kind| {
        fields::managers::update(&mut server.seen, kind, request, now, &object, &changed, &Json::Null)
    });
    let mut inner = request.clone();
    inner.subresource = json::Str::default();
    inner.verb = Verb::Update;
    inner.options.table = false;
    let key = ObjectKey::new(request.namespace.clone(), request.name.clone());
    let mut response = update::write(server, now, (&inner, request), &key, &object, &changed, managed)?;
    response.body = of(&request.resource, &response.body);
    response.warnings.splice(0..0, warnings);
    Ok(response)
}
