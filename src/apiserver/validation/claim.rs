//! What a claim of storage must fulfil, in a PersistentVolumeClaim or in a template (`ValidatePersistentVolumeClaimSpec`).

use super::at::{At, Errors};
use super::{meta, names, selector};
use crate::api::field::Error;

/// The ways in which a volume may be mounted.
pub fn access_modes(modes: &At, errors: Errors) {
    let allowed = ["ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"];
    let list: Vec<&str> = modes.json.items().iter().map(|mode| mode.str()).collect();
    for mode in list.iter().filter(|mode| !allowed.contains(mode)) {
        errors.push(Error::not_supported(&modes.path, *mode, &allowed));
    }
    if list.contains(&"ReadWriteOncePod") && list.iter().any(|mode| allowed[..3].contains(mode)) {
        modes.forbidden("may not use ReadWriteOncePod with other access modes", errors);
    }
}

/// A claim's spec.
pub fn spec(spec: &At, errors: Errors) {
    let modes = spec.get("accessModes");
    if modes.empty() {
        modes.missing("at least 1 access mode is required", errors);
    }
    let labels = spec.get("selector");
    selector::label_selector(labels.json, &labels.path, errors);
    access_modes(&modes, errors);
    let storage = &spec.json["resources"]["requests"]["storage"];
    let storage = At::new(storage, &spec.path.child("resources").key("storage"));
    match storage.quantity() {
        None => storage.missing("", errors),
        Some(amount) if amount.nano() <= 0 => storage.invalid("must be greater than zero", errors),
        Some(_) => {}
    }
    spec.get("storageClassName").rule(names::subdomain, errors);
    spec.get("volumeMode").one_of(&["Block", "Filesystem"], errors);
    let (source, reference) = (spec.get("dataSource"), spec.get("dataSourceRef"));
    data_source(&source, errors);
    data_source(&reference, errors);
    if source.set() && reference.set() {
        let fields = ["apiGroup", "kind", "name"];
        let detail = if !reference.get("namespace").empty() {
            "may not be specified when dataSourceRef.namespace is specified"
        } else if fields.iter().any(|field| source.json[*field] != reference.json[*field]) {
            "must match dataSourceRef"
        } else {
            ""
        };
        if !detail.is_empty() {
            // Upstream gives the path for a value, which shows as a struct of nothing.
            errors.push(Error::invalid_shown(&spec.path, Some("{}"), detail));
        }
    }
    spec.get("volumeAttributesClassName").rule(names::subdomain, errors);
}

fn data_source(source: &At, errors: Errors) {
    if !source.set() {
        return;
    }
    source.get("name").required(errors);
    let kind = source.get("kind");
    kind.required(errors);
    if source.get("apiGroup").empty() && kind.str() != "PersistentVolumeClaim" {
        let detail = "must be 'PersistentVolumeClaim' when referencing the default apiGroup";
        errors.push(Error::invalid(&source.path, kind.str(), detail));
    }
    source.get("apiGroup").rule(names::subdomain, errors);
    source.get("namespace").rule(names::label, errors);
}

/// A template of claims; of its metadata, it may have labels and annotations only.
pub fn template(template: &At, errors: Errors) {
    let metadata = template.get("metadata");
    meta::annotations(&metadata.json["annotations"], &metadata.path.child("annotations"), errors);
    meta::labels(&metadata.json["labels"], &metadata.path.child("labels"), errors);
    for (field, _) in metadata.json.entries() {
        if !matches!(field.as_str(), "annotations" | "labels") {
            metadata.get(field).forbidden("cannot be set", errors);
        }
    }
    spec(&template.get("spec"), errors);
}
