//! PersistentVolumeClaims (`pkg/registry/core/persistentvolumeclaim`, `pkg/api/persistentvolumeclaim`).

use super::{PLAIN, Strategy};
use crate::api::field::{Error, Path};
use crate::api::quantity::Quantity;
use crate::apiserver::pod_spec::fill;
use crate::apiserver::validation::at::At;
use crate::apiserver::validation::{claim, names};
use crate::apiserver::{internal_diff, internal_kinds};
use crate::json;
use crate::json::{Json, Str};

const CLASS: &str = "volume.beta.kubernetes.io/storage-class";

/// The strategy of PersistentVolumeClaims.
pub static CLAIM: Strategy = Strategy {
    defaults: |claim| {
        claim.set_at(&["status", "phase"], phase(claim));
        if let Some(spec) = claim.get_mut("spec") {
            fill(spec, "volumeMode", "Filesystem");
        }
    },
    prepare_create: |claim| {
        claim.set("status", json!({ "phase": "Pending" }));
        if let Some(spec) = claim.get_mut("spec") {
            one_source(spec);
        }
    },
    validate: |object, errors| claim::spec(&At::top(object, "spec"), errors),
    validate_update,
    validate_status: |new, _, errors| {
        let keys = At::top(new, "status").get("allocatedResources");
        for (name, at) in keys.entries() {
            At::new(&Json::from(name.as_str()), &keys.path).must(names::qualified, errors);
            at.amount(errors);
        }
    },
    warnings: |claim, old| {
        let mut all = Vec::new();
        if claim["metadata"]["annotations"].get(CLASS).is_some() {
            all.push(deprecated_class());
        }
        if old.is_none_or(|old| old["spec"] != claim["spec"]) {
            all.extend(spec_warnings(&claim["spec"], "spec"));
        }
        all
    },
    ..PLAIN
};

fn phase(claim: &Json) -> Json {
    let phase = &claim["status"]["phase"];
    if phase.is_empty() { "Pending".into() } else { phase.clone() }
}

/// What is said of the annotation that named a class once.
pub fn deprecated_class() -> Str {
    format!(
        "metadata.annotations[{CLASS}]: deprecated since v1.8; use \"storageClassName\" attribute instead"
    )
    .into()
}

/// What an author should know of a claim's spec, wherever it stands.
pub fn spec_warnings(spec: &Json, at: &str) -> Vec<Str> {
    let mut all = Vec::new();
    for kind in ["requests", "limits"] {
        let text = spec["resources"][kind]["storage"].str();
        if Quantity::parse(text).is_some_and(|quantity| quantity.milli() % 1000 != 0) {
            let detail = format!("fractional byte value {text:?} is invalid, must be an integer");
            all.push(format!("{at}.resources.{kind}[storage]: {detail}").into());
        }
    }
    all
}

/// The two names of a source always agree, where one can say what the other does.
fn one_source(spec: &mut Json) {
    match (spec["dataSource"].clone(), spec["dataSourceRef"].clone()) {
        (Json::Null, Json::Null) => {}
        (source, Json::Null) => spec.set("dataSourceRef", source),
        (Json::Null, reference) if reference["namespace"].is_empty() => spec.set("dataSource", reference),
        _ => {}
    }
}

fn validate_update(new: &Json, old: &Json, errors: &mut Vec<Error>) {
    let (spec, before) = (At::top(new, "spec"), &old["spec"]);
    claim::spec(&spec, errors);
    let class = |object: &Json| object["metadata"]["annotations"][CLASS].clone();
    let (mut now, mut was) = (spec.json.clone(), before.clone());
    // The controller binds a claim once.
    if was["volumeName"].is_empty() && !now["volumeName"].is_empty() {
        was.set("volumeName", &now["volumeName"]);
    }
    let upgraded = was["storageClassName"].is_null() && !now["storageClassName"].is_null();
    if upgraded && (class(old).is_null() || class(old) == now["storageClassName"]) {
        was.set("storageClassName", &now["storageClassName"]);
    } else if class(new) != class(old) {
        let path = Path::new("metadata").child("annotations").child(CLASS);
        errors.push(Error::invalid(&path, class(new).str(), "field is immutable"));
    }
    let bound = new["status"]["phase"].str() == "Bound";
    if bound && !now["resources"]["requests"].is_null() {
        now.set_at(&["resources", "requests", "storage"], &was["resources"]["requests"]["storage"]);
    }
    if bound {
        match was.get("volumeAttributesClassName") {
            Some(value) => now.set("volumeAttributesClassName", value),
            None => drop(now.remove("volumeAttributesClassName")),
        }
    }
    if now != was {
        let diff = internal_diff::diff(&internal_kinds::claim(&was), &internal_kinds::claim(&now));
        let detail = "spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims";
        spec.forbidden(format!("{detail}\n{diff}"), errors);
    }
    let size = |json: &Json| Quantity::of_json(json);
    let asked = spec.get("resources").get("requests").get("storage");
    if let (Some(now), Some(was)) = (asked.quantity(), size(&before["resources"]["requests"]["storage"]))
        && now < was
        && size(&old["status"]["capacity"]["storage"]).is_none_or(|capacity| now <= capacity)
        && !old["status"]["capacity"].is_null()
    {
        asked.forbidden("field can not be less than status.capacity", errors);
    }
    let mode = At::new(&spec.json["volumeMode"], &Path::new("volumeMode"));
    mode.same(&before["volumeMode"], errors);
    let attributes = spec.get("volumeAttributesClassName");
    let current = !old["status"]["currentVolumeAttributesClassName"].is_null();
    if current && attributes.json != &before["volumeAttributesClassName"] && attributes.empty() {
        let to = if attributes.set() { "empty string" } else { "nil" };
        let why = "is forbidden when status.currentVolumeAttributesClassName is not nil";
        attributes.forbidden(format!("update to {to} {why}"), errors);
    }
}
