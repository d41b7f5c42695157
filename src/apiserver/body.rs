//! From a request's body to an object of its kind: what all writes begin with.

use super::{custom, decode};
use crate::api::patch::strategic::go_map;
use crate::api::{Details, FieldValidation, PatchType, Reason, Request, Status, Verb, field, kinds};
use crate::json::{Json, Str};

/// Decodes an object against its schema; parts that are the same memory as `known` are trusted.
pub fn decode(request: &Request, json: &Json, known: &Json, warnings: &mut Vec<Str>) -> Result<Json, Status> {
    let resource = &request.resource;
    let (kind, version) = (&resource.kind, &resource.version);
    let refused = |why: String| {
        Status::bad_request(format!("{kind} in version {version:?} cannot be handled as a {kind}: {why}"))
    };
    if !matches!(json, Json::Object(_)) {
        return Err(Status::bad_request(format!(
            "couldn't get version/kind; json parse error: json: cannot unmarshal {} into Go value of type struct {{ APIVersion string \"json:\\\"apiVersion,omitempty\\\"\"; Kind string \"json:\\\"kind,omitempty\\\"\" }}",
            json.go_kind()
        )));
    }
    check_kind(request, json)?;
    let merged = request.verb == Verb::Patch(PatchType::Strategic);
    let (mut object, unknown) = if resource.is_custom() {
        custom::decode::decode(&resource.definition["schema"], json).map_err(refused)?
    } else {
        let Some(ty) = resource.ty else { return Ok(json.clone()) };
        let decoded = decode::decode(ty, json, known);
        let (object, findings) = decoded.map_err(|mistake| match merged {
            true => bad_patch(request, &mistake.conversion),
            false => refused(mistake.message),
        })?;
        (object, findings.unknown)
    };
    if !unknown.is_empty() {
        let quoted = unknown.iter().map(|path| format!("unknown field {path:?}"));
        match request.options.field_validation {
            FieldValidation::Strict => {
                let all: Vec<String> = quoted.collect();
                let why = format!("strict decoding error: {}", all.join(", "));
                return Err(if merged { bad_patch(request, &why) } else { refused(why) });
            }
            FieldValidation::Warn => warnings.extend(quoted.map(Str::from)),
            FieldValidation::Ignore => {}
        }
    }
    object.set("apiVersion", resource.api_version());
    object.set("kind", &resource.kind);
    Ok(object)
}

/// A patch whose result is no object of the kind.
fn bad_patch(request: &Request, why: &str) -> Status {
    let error = field::Error::invalid(&field::Path::new("patch"), go_map(&request.body), why.to_string());
    let mut status = Status::new(Reason::Invalid, format!(" \"\" is invalid: {error}"));
    status.details = Some(Box::new(Details { causes: vec![error.cause()], ..Details::default() }));
    status
}

/// The body's kind must be the resource's; a body without one is taken for it.
fn check_kind(request: &Request, json: &Json) -> Result<(), Status> {
    let resource = &request.resource;
    let (version, kind) = (json["apiVersion"].str(), json["kind"].str());
    if kind.is_empty() && version.is_empty() {
        return Ok(());
    }
    if kind.is_empty() {
        return Err(Status::bad_request(format!("Object 'Kind' is missing in '{json}'")));
    }
    let expected = resource.api_version();
    if kind != resource.kind && kinds::by_kind(version, kind).is_some() {
        // It is another kind's; Go names the types of both.
        let package = |api_version: &str| api_version.rsplit('/').next().unwrap_or_default().to_string();
        let group = resource.group.split('.').next().unwrap_or_default();
        let internal = if group.is_empty() { "core" } else { group };
        let (from, to) = (package(version), &resource.kind);
        return Err(Status::bad_request(format!(
            "{kind} in version {:?} cannot be handled as a {to}: converting ({from}.{kind}) to ({internal}.{to}): unknown conversion",
            resource.version
        )));
    }
    if kind != resource.kind {
        let known = kinds::by_kind(version, kind).is_some();
        let package =
            if resource.group.is_empty() { "core" } else { resource.group.split('.').next().unwrap_or("") };
        let why = if known {
            let own = version.rsplit('/').next().unwrap_or(version);
            format!("converting ({own}.{kind}) to ({package}.{}): unknown conversion", resource.kind)
        } else {
            format!(
                "no kind {kind:?} is registered for version {version:?} in scheme \"pkg/api/legacyscheme/scheme.go:30\""
            )
        };
        let version = version.rsplit('/').next().unwrap_or(version);
        return Err(Status::bad_request(format!(
            "{kind} in version {version:?} cannot be handled as a {}: {why}",
            resource.kind
        )));
    }
    if version != expected && !version.is_empty() {
        return Err(Status::bad_request(format!(
            "the API version in the data ({version}) does not match the expected API version ({expected})"
        )));
    }
    Ok(())
}
