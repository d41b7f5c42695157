//! From a request's body to an object of its kind: what all writes begin with.

use super::{custom, decode};
use crate::api::patch::strategic::go_map;
use crate::api::{Details, FieldValidation, PatchType, Reason, Request, Status, Verb, field, kinds};
use crate::json::{Json, Str};

/// Decodes an object against its schema; parts that are the same memory as `known` are trusted.
pub fn decode(request: &Request, json: &Json, known: &Json, warnings: &mut Vec<Str>) -> Result<Json, Status> {
    let resource = &request.resource;
    // Nothing at all is an object without fields, of the kind that the path says.
    let nothing = Json::object();
    let json = if json.is_null() { &nothing } else { json };
    let merged = is_merged(request);
    if !merged {
        check_kind(request, json)?;
    }
    let (mut object, unknown) = if resource.is_custom() {
        let decoded = custom::decode::decode(&resource.definition["schema"], json);
        decoded.map_err(|why| refused(request, json, &why))?
    } else {
        let Some(ty) = resource.ty else { return Ok(json.clone()) };
        let decoded = if merged { decode::convert(ty, json, known) } else { decode::decode(ty, json, known) };
        let (object, findings) = decoded.map_err(|mistake| {
            refused(request, json, if merged { &mistake.conversion } else { &mistake.message })
        })?;
        (object, findings.unknown)
    };
    let mut strict: Vec<String> = unknown.iter().map(|path| format!("unknown field \"{path}\"")).collect();
    // What is repeated in a patch is told before what the schema does not know, in an object among it.
    let repeated = request.options.repeated.iter().map(|path| format!("duplicate field \"{path}\""));
    match request.verb {
        Verb::Patch(_) => drop(strict.splice(0..0, repeated)),
        _ => strict.extend(repeated),
    }
    strictly(request, strict, json, warnings)?;
    object.set("apiVersion", resource.api_version());
    object.set("kind", &resource.kind);
    Ok(object)
}

/// What the strict decoder complains of: refused, told, or passed over, as the client asked.
pub fn strictly(
    request: &Request,
    mistakes: Vec<String>,
    json: &Json,
    warnings: &mut Vec<Str>,
) -> Result<(), Status> {
    match request.options.field_validation {
        FieldValidation::Strict if !mistakes.is_empty() => {
            Err(refused(request, json, &format!("strict decoding error: {}", mistakes.join(", "))))
        }
        FieldValidation::Warn => {
            warnings.extend(mistakes.into_iter().map(Str::from));
            Ok(())
        }
        _ => Ok(()),
    }
}

fn is_merged(request: &Request) -> bool {
    request.verb == Verb::Patch(PatchType::Strategic)
}

/// A body that is no object of the kind, or a patch that makes none.
fn refused(request: &Request, json: &Json, why: &str) -> Status {
    let shown = match request.verb {
        Verb::Patch(PatchType::Strategic) => go_map(&request.body),
        Verb::Patch(PatchType::Json | PatchType::Merge) => json.to_string(),
        _ => return unhandled(request, json, why),
    };
    let error = field::Error::invalid(&field::Path::new("patch"), shown, why.to_string());
    let mut status = Status::new(Reason::Invalid, format!(" \"\" is invalid: {error}"));
    status.details = Some(Box::new(Details { causes: vec![error.cause()], ..Details::default() }));
    status
}

/// `transformDecodeError`
fn unhandled(request: &Request, json: &Json, why: &str) -> Status {
    let resource = &request.resource;
    if matches!(json, Json::Object(_)) && is_text(&json["kind"]) && is_text(&json["apiVersion"]) {
        let kind = if json["kind"].is_empty() { &resource.kind } else { json["kind"].str() };
        let version = match json["apiVersion"].str().rsplit('/').next().unwrap_or_default() {
            "" => &resource.version,
            said => said,
        };
        return Status::bad_request(format!(
            "{kind} in version {version:?} cannot be handled as a {}: {why}",
            resource.kind
        ));
    }
    Status::unrecognized(&resource.kind, why, &json.to_string())
}

fn is_text(json: &Json) -> bool {
    matches!(json, Json::Str(_) | Json::Null)
}

/// A body whose kind or version is not the resource's; what it does not say is taken for that.
fn check_kind(request: &Request, json: &Json) -> Result<(), Status> {
    const MEANT: &str = "couldn't get version/kind; json parse error: json: cannot unmarshal";
    let refuse = |why: String| Err(refused(request, json, &why));
    if !matches!(json, Json::Object(_)) {
        return refuse(format!(
            "{MEANT} {} into Go value of type struct {{ APIVersion string \"json:\\\"apiVersion,omitempty\\\"\"; Kind string \"json:\\\"kind,omitempty\\\"\" }}",
            json.go_kind()
        ));
    }
    for key in ["apiVersion", "kind"] {
        if !is_text(&json[key]) {
            let found = json[key].go_kind();
            return refuse(format!("{MEANT} {found} into Go struct field .{key} of type string"));
        }
    }
    let resource = &request.resource;
    let expected = resource.api_version();
    let (kind, version) = (json["kind"].str(), json["apiVersion"].str());
    if resource.is_custom() {
        return check_custom(request, json);
    }
    let kind = if kind.is_empty() { &resource.kind } else { kind };
    let version = if version.is_empty() { &expected } else { version };
    if kind == resource.kind && version == expected {
        return Ok(());
    }
    let Some(other) = kinds::by_kind(version, kind) else {
        return refuse(format!(
            "no kind {kind:?} is registered for version {version:?} in scheme \"pkg/api/legacyscheme/scheme.go:30\""
        ));
    };
    if kind == resource.kind && other.group == resource.group {
        return Err(other_version(version, &expected));
    }
    // It is another kind's; Go names the types of both.
    let from = version.rsplit('/').next().unwrap_or_default();
    let group = resource.group.split('.').next().unwrap_or_default();
    let internal = if group.is_empty() { "core" } else { group };
    refuse(format!("converting ({from}.{kind}) to ({internal}.{}): unknown conversion", resource.kind))
}

/// Custom objects are decoded without a scheme, so nothing is taken for said, and the strategy compares the kind.
fn check_custom(request: &Request, json: &Json) -> Result<(), Status> {
    let resource = &request.resource;
    let expected = resource.api_version();
    let (kind, version) = (json["kind"].str(), json["apiVersion"].str());
    if kind.is_empty() {
        let why = format!("Object 'Kind' is missing in '{json}'");
        return Err(match request.verb {
            Verb::Patch(_) => refused(request, json, &why),
            _ => Status::unrecognized(&resource.kind, &why, &json.to_string()),
        });
    }
    if version != expected {
        return Err(other_version(version, &expected));
    }
    if kind != resource.kind {
        let path = field::Path::new("kind");
        let error = field::Error::invalid(&path, kind, format!("must be {}", resource.kind));
        return Err(Status::invalid(resource, json["metadata"]["name"].str(), &[error]));
    }
    Ok(())
}

fn other_version(found: &str, expected: &str) -> Status {
    Status::bad_request(format!(
        "the API version in the data ({found}) does not match the expected API version ({expected})"
    ))
}
