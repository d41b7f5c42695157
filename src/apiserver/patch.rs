//! PATCH: four ways to write a change; what comes out is written like a PUT.

use super::{ApiServer, fields, scale, subresource, update};
use crate::api::patch::{json_patch, merge, strategic};
use crate::api::{ObjectKey, PatchType, Reason, Request, Response, Status};
use crate::json::Json;
use crate::sim::Time;

/// Changes an object.
pub fn patch(
    server: &mut ApiServer,
    now: Time,
    kind: PatchType,
    request: &Request,
) -> Result<Response, Status> {
    if &*request.subresource == "scale" {
        return scale::write(server, now, request);
    }
    if kind == PatchType::Apply {
        return fields::apply::apply(server, now, request);
    }
    if !matches!(&*request.subresource, "" | "status" | "resize" | "ephemeralcontainers" | "approval") {
        return Err(subresource::not_served());
    }
    let old = server.named(request)?;
    let key = ObjectKey::new(request.namespace.clone(), request.name.clone());
    let body = apply(kind, request, &old)?;
    let name = body["metadata"]["name"].str();
    if !name.is_empty() && name != &*request.name {
        return Err(Status::bad_request(format!(
            "the name of the object ({name}) does not match the name on the URL ({})",
            request.name
        )));
    }
    if name.is_empty() {
        return Err(Status::bad_request(format!(
            "the name of the object ({} based on URL) was undeterminable: name must be provided",
            request.name
        )));
    }
    update::write(server, now, (request, request), &key, &old, &body, None)
}

/// How many operations a JSON patch may have (`maxJSONPatchOperations`).
const MAX_OPERATIONS: usize = 10_000;

/// A configuration is applied to whole objects (`fields`), not to views of them.
const NO_APPLY: &str = "the body of the request was in an unknown format - accepted media types include: application/json-patch+json, application/merge-patch+json, application/strategic-merge-patch+json";

/// What a patch makes of an object.
pub fn apply(kind: PatchType, request: &Request, old: &Json) -> Result<Json, Status> {
    let (fits, wanted) = match (kind, &request.body) {
        (PatchType::Json, body) => (matches!(body, Json::Array(_)), "[]handlers.jsonPatchOp"),
        (_, body) => (matches!(body, Json::Object(_)), "map[string]interface {}"),
    };
    if !fits {
        let word = if kind == PatchType::Strategic { "" } else { "error decoding patch: " };
        let found = request.body.go_kind();
        return Err(Status::bad_request(format!(
            "{word}json: cannot unmarshal {found} into Go value of type {wanted}"
        )));
    }
    let operations = request.body.items().len();
    if operations > MAX_OPERATIONS {
        let why = format!(
            "Request entity too large: The allowed maximum operations in a JSON patch is {MAX_OPERATIONS}, got {operations}"
        );
        return Err(Status::new(Reason::RequestEntityTooLarge, why));
    }
    match kind {
        PatchType::Json => json_patch::apply(old, &request.body).map_err(|_| {
            Status::new(Reason::Invalid, "the server rejected our request due to an error in our request")
        }),
        PatchType::Merge => Ok(merge::apply(old, &request.body)),
        PatchType::Strategic => match request.resource.ty {
            Some(ty) => strategic::apply(ty, old, &request.body).map_err(Status::unknown),
            None => Err(Status::new(
                Reason::UnsupportedMediaType,
                format!(
                    "the body of the request was in an unknown format - accepted media types include: {}",
                    "application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml"
                ),
            )),
        },
        PatchType::Apply => Err(Status::new(Reason::UnsupportedMediaType, NO_APPLY)),
    }
}
