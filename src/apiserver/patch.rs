//! PATCH: four ways to write a change; what comes out is written like a PUT.

use super::{ApiServer, body, create, fields, scale, subresource, update};
use crate::api::patch::strategic::Refusal;
use crate::api::patch::{json_patch, merge, strategic};
use crate::api::{FieldValidation, ObjectKey, PatchType, Reason, Request, Response, Status};
use crate::json::{Json, Str};
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
    let mut warnings = Vec::new();
    let body = apply(kind, request, &old, &mut warnings)?;
    create::and_warned(update::write(server, now, (request, request), &key, &old, &body, None), warnings)
}

/// How many operations a JSON patch may have (`maxJSONPatchOperations`).
const MAX_OPERATIONS: usize = 10_000;

/// A configuration is applied to whole objects (`fields`), not to views of them.
const NO_APPLY: &str = "the body of the request was in an unknown format - accepted media types include: application/json-patch+json, application/merge-patch+json, application/strategic-merge-patch+json";

/// What a patch makes of an object.
pub fn apply(
    kind: PatchType,
    request: &Request,
    old: &Json,
    warnings: &mut Vec<Str>,
) -> Result<Json, Status> {
    let body = &request.body;
    let lenient = request.options.field_validation == FieldValidation::Ignore;
    match kind {
        PatchType::Json => {
            let strict = operations(body, lenient)?;
            let count = body.items().len();
            if count > MAX_OPERATIONS {
                let why = format!(
                    "Request entity too large: The allowed maximum operations in a JSON patch is {MAX_OPERATIONS}, got {count}"
                );
                return Err(Status::new(Reason::RequestEntityTooLarge, why));
            }
            let patched = json_patch::apply(old, body).map_err(|_| unprocessable())?;
            body::strictly(request, strict, &patched, warnings)?;
            Ok(patched)
        }
        PatchType::Merge => match body {
            Json::Object(_) => Ok(merge::apply(old, body)),
            Json::Array(_) if lenient => Ok(merge::apply(&Json::Null, body)),
            Json::Null => Err(Status::bad_request("Invalid JSON Patch")),
            _ if lenient => Err(Status::bad_request("Invalid JSON Patch")),
            _ => Err(not_a(body, "error decoding patch: ", "map[string]interface {}")),
        },
        PatchType::Strategic => {
            let Some(ty) = request.resource.ty else {
                return Err(Status::new(
                    Reason::UnsupportedMediaType,
                    format!(
                        "the body of the request was in an unknown format - accepted media types include: {}",
                        "application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml"
                    ),
                ));
            };
            match body {
                Json::Null => Ok(old.clone()),
                Json::Object(_) => strategic::apply(ty, old, body).map_err(|refusal| match refusal {
                    Refusal::Malformed(why) => Status::bad_request(why),
                    Refusal::Unprocessable(_) => unprocessable(),
                    Refusal::Failed(why) => Status::unknown(why),
                }),
                _ => Err(not_a(body, "", "map[string]interface {}")),
            }
        }
        PatchType::Apply => Err(Status::new(Reason::UnsupportedMediaType, NO_APPLY)),
    }
}

/// Of which the server does not tell what the library said.
fn unprocessable() -> Status {
    let mut status =
        Status::new(Reason::Invalid, "the server rejected our request due to an error in our request");
    status.details = Some(Box::default());
    status
}

fn not_a(found: &Json, word: &str, wanted: &str) -> Status {
    Status::bad_request(format!(
        "{word}json: cannot unmarshal {} into Go value of type {wanted}",
        found.go_kind()
    ))
}

/// What is wrong with the operations of a JSON patch: what nothing is made of, or the list of what is merely not known.
fn operations(patch: &Json, lenient: bool) -> Result<Vec<String>, Status> {
    const WORD: &str = "error decoding patch: ";
    let (word, list, one) = match lenient {
        true => ("", "jsonpatch.Patch", "jsonpatch.Operation"),
        false => (WORD, "[]handlers.jsonPatchOp", "handlers.jsonPatchOp"),
    };
    if !matches!(patch, Json::Array(_) | Json::Null) {
        return Err(not_a(patch, word, list));
    }
    let mut unknown = Vec::new();
    for (i, operation) in patch.items().iter().enumerate() {
        if !matches!(operation, Json::Object(_) | Json::Null) {
            return Err(not_a(operation, word, one));
        }
        for (key, value) in operation.entries().iter().filter(|_| !lenient) {
            match key.as_str() {
                "value" => {}
                "op" | "path" | "from" => {
                    if !matches!(value, Json::Str(_) | Json::Null) {
                        let found = value.go_kind();
                        return Err(Status::bad_request(format!(
                            "{WORD}json: cannot unmarshal {found} into Go struct field jsonPatchOp.{key} of type string"
                        )));
                    }
                }
                _ => unknown.push(format!("json patch unknown field \"[{i}].{key}\"")),
            }
        }
    }
    Ok(unknown)
}
