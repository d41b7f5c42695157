//! What is wrong with a CustomResourceDefinition (`apis/apiextensions/validation/validation.go`).
//!
//! Upstream checks a form in which what all versions say alike stands once, beside the versions, and the paths of its errors tell.

use super::super::admission_kinds::webhook_client;
use super::schema;
use crate::api::field::{Error, Path};
use crate::apiserver::validation::names;
use crate::json::Json;

const APPROVED: &str = "api-approved.kubernetes.io";
const COLUMN_TYPES: &str = "boolean,date,integer,number,string";
const COLUMN_FORMATS: [&str; 8] =
    ["byte", "date", "date-time", "double", "float", "int32", "int64", "password"];
/// No version can have more.
const MAX_SELECTABLE: usize = 8;

pub fn create(crd: &Json, errors: &mut Vec<Error>) {
    let (spec, name) = (&crd["spec"], crd["metadata"]["name"].str());
    let wanted = format!("{}.{}", spec["names"]["plural"].str(), spec["group"].str());
    if !name.is_empty() && name != wanted {
        let detail = "must be spec.names.plural+\".\"+spec.group";
        errors.push(Error::invalid(&Path::new("metadata").child("name"), name, detail));
    }
    whole(crd, errors);
    approval(crd, None, errors);
    preserving(crd, errors);
}

pub fn update(new: &Json, old: &Json, errors: &mut Vec<Error>) {
    let (spec, before, path) = (&new["spec"], &old["spec"], Path::new("spec"));
    self::spec(spec, &path, errors);
    let conditions = old["status"]["conditions"].items();
    let established =
        conditions.iter().any(|c| c["type"].str() == "Established" && c["status"].str() == "True");
    let fields: [(&[&str], bool); 4] = [
        (&["scope"], established),
        (&["names", "kind"], established),
        (&["group"], true),
        (&["names", "plural"], true),
    ];
    for (field, fixed) in fields {
        if fixed && spec.at(field) != before.at(field) {
            let at = field.iter().fold(path.clone(), |path, key| path.child(key));
            errors.push(Error::invalid(&at, spec.at(field), "field is immutable"));
        }
    }
    status(new, errors);
    stored_versions(new, errors);
    approval(new, Some(old), errors);
    if before["preserveUnknownFields"].as_bool() != Some(true) {
        preserving(new, errors);
    }
}

pub fn status(crd: &Json, errors: &mut Vec<Error>) {
    own_names(&crd["status"]["acceptedNames"], &Path::new("status").child("acceptedNames"), errors);
}

fn whole(crd: &Json, errors: &mut Vec<Error>) {
    spec(&crd["spec"], &Path::new("spec"), errors);
    status(crd, errors);
    stored_versions(crd, errors);
}

fn stored_versions(crd: &Json, errors: &mut Vec<Error>) {
    let (stored, versions) = (&crd["status"]["storedVersions"], crd["spec"]["versions"].items());
    let path = Path::new("status").child("storedVersions");
    if stored.is_empty() {
        return errors.push(Error::invalid(&path, stored, "must have at least one stored version"));
    }
    for version in versions.iter().filter(|v| v["storage"].as_bool() == Some(true)) {
        if !stored.items().contains(&version["name"]) {
            let detail = format!("must have the storage version {}", version["name"].str());
            errors.push(Error::invalid(&path, stored, detail));
        }
    }
    for (i, name) in stored.items().iter().enumerate() {
        if !versions.iter().any(|v| v["name"] == *name) {
            let v = name.str();
            let detail = format!(
                "missing from spec.versions; {v} was previously a storage version, and must remain in spec.versions until a storage migration ensures no data remains persisted in {v} and removes {v} from status.storedVersions"
            );
            errors.push(Error::invalid(&path.index(i), name, detail));
        }
    }
}

/// What all versions say alike; none where they differ.
fn common<'v>(versions: &'v [Json], key: &str) -> Option<&'v Json> {
    let first = &versions.first()?[key];
    versions.iter().all(|v| v[key] == *first).then_some(first)
}

fn spec(spec: &Json, path: &Path, errors: &mut Vec<Error>) {
    let group = spec["group"].str();
    let at = path.child("group");
    if group.is_empty() {
        errors.push(Error::required(&at, ""));
    } else {
        let problems = names::subdomain(group);
        if !problems.is_empty() {
            errors.push(Error::invalid(&at, group, problems.join(",")));
        } else if !group.contains('.') {
            errors.push(Error::invalid(&at, group, "should be a domain with at least one dot"));
        }
    }
    word(spec, path, "scope", &["Cluster", "Namespaced"], errors);
    let versions = spec["versions"].items();
    let shared = |key: &str| common(versions, key).filter(|value| !value.is_null());
    let schema_of = |version: &Json| version.at(&["schema", "openAPIV3Schema"]).clone();
    let list = path.child("versions");
    if shared("schema").is_none_or(|schema| schema["openAPIV3Schema"].is_null()) {
        for (i, version) in versions.iter().enumerate() {
            if schema_of(version).is_null() {
                let at = list.index(i).child("schema").child("openAPIV3Schema");
                errors.push(Error::required(&at, ""));
            }
        }
    }
    let has_status = |version: &Json| !version["subresources"]["status"].is_null();
    for (i, version) in versions.iter().enumerate() {
        let at = list.index(i);
        label_1035(&version["name"], &at.child("name"), errors);
        deprecation(version, &at.child("deprecationWarning"), errors);
        if shared("schema").is_none() {
            let schema = &version["schema"];
            self::schema::validate(schema, has_status(version), &at.child("schema"), errors);
        }
        if shared("subresources").is_none() {
            subresources(&version["subresources"], &at.child("subresources"), errors);
        }
        if shared("additionalPrinterColumns").is_none() {
            columns(version, &at, errors);
        }
        if shared("selectableFields").is_none() {
            selectable(version, &schema_of(version), &at, errors);
        }
    }
    let repeated = |i: usize| versions[..i].iter().any(|v| v["name"] == versions[i]["name"]);
    if (0..versions.len()).any(repeated) {
        let detail = "must contain unique version names";
        errors.push(Error::invalid_shown(&list, Some(&internal(versions)), detail));
    }
    if versions.iter().filter(|v| v["storage"].as_bool() == Some(true)).count() != 1 {
        let detail = "must have exactly one version marked as storage version";
        errors.push(Error::invalid_shown(&list, Some(&internal(versions)), detail));
    }
    if let Some(first) = versions.first() {
        label_1035(&first["name"], &path.child("version"), errors);
    }
    let names = path.child("names");
    for key in ["plural", "singular", "kind", "listKind"] {
        if spec["names"][key].is_empty() {
            errors.push(Error::required(&names.child(key), ""));
        }
    }
    own_names(&spec["names"], &names, errors);
    if let Some(schema) = shared("schema") {
        let status = versions.iter().any(has_status);
        self::schema::validate(schema, status, &path.child("validation"), errors);
    }
    if let Some(parts) = shared("subresources") {
        subresources(parts, &path.child("subresources"), errors);
    }
    if let (Some(_), Some(first)) = (shared("additionalPrinterColumns"), versions.first()) {
        columns(first, path, errors);
    }
    if let (Some(_), Some(first)) = (shared("selectableFields"), versions.first()) {
        selectable(first, &schema_of(first), path, errors);
    }
    conversion(&spec["conversion"], &path.child("conversion"), errors);
}

/// The versions as Go shows them, without what they say alike.
fn internal(versions: &[Json]) -> String {
    let text = |version: &Json| {
        let flag = |key: &str| version[key].as_bool() == Some(true);
        format!(
            r#"{{"Name":{},"Served":{},"Storage":{},"Deprecated":{},"DeprecationWarning":{},"Schema":null,"Subresources":null,"AdditionalPrinterColumns":null,"SelectableFields":null}}"#,
            version["name"],
            flag("served"),
            flag("storage"),
            flag("deprecated"),
            version["deprecationWarning"],
        )
    };
    let all: Vec<String> = versions.iter().map(text).collect();
    format!("[{}]", all.join(","))
}

/// One of the allowed words (`validateEnumStrings`).
fn word(object: &Json, path: &Path, key: &str, allowed: &[&str], errors: &mut Vec<Error>) {
    let (value, at) = (object[key].str(), path.child(key));
    if value.is_empty() {
        errors.push(Error::required(&at, ""));
    } else if !allowed.contains(&value) {
        errors.push(Error::not_supported(&at, value, allowed));
    }
}

fn label_1035(value: &Json, path: &Path, errors: &mut Vec<Error>) {
    let problems = names::label_1035(value.str());
    if !problems.is_empty() {
        errors.push(Error::invalid(path, value.str(), problems.join(",")));
    }
}

fn own_names(names: &Json, path: &Path, errors: &mut Vec<Error>) {
    for key in ["plural", "singular"] {
        if !names[key].is_empty() {
            label_1035(&names[key], &path.child(key), errors);
        }
    }
    for key in ["kind", "listKind"] {
        let problems = names::label_1035(&names[key].str().to_lowercase());
        if !names[key].is_empty() && !problems.is_empty() {
            let detail = format!("may have mixed case, but should otherwise match: {}", problems.join(","));
            errors.push(Error::invalid(&path.child(key), &names[key], detail));
        }
    }
    for key in ["shortNames", "categories"] {
        if key == "categories" && !names["kind"].is_empty() && names["kind"] == names["listKind"] {
            let detail = "kind and listKind may not be the same";
            errors.push(Error::invalid(&path.child("listKind"), &names["listKind"], detail));
        }
        for (i, name) in names[key].items().iter().enumerate() {
            label_1035(name, &path.child(key).index(i), errors);
        }
    }
}

fn deprecation(version: &Json, path: &Path, errors: &mut Vec<Error>) {
    let Some(warning) = version["deprecationWarning"].as_str() else { return };
    if version["deprecated"].as_bool() != Some(true) {
        return errors.push(Error::invalid(path, warning, "can only be set for deprecated versions"));
    }
    if warning.len() > 256 {
        errors.push(Error::invalid(path, warning, "must be <= 256 characters long"));
    }
    if warning.is_empty() {
        errors.push(Error::invalid(path, warning, "must not be an empty string"));
    }
    if let Some((i, _)) = warning.char_indices().find(|(_, c)| c.is_control()) {
        let detail = format!(
            "must only contain printable UTF-8 characters; non-printable character found at index {i}"
        );
        errors.push(Error::invalid(path, warning, detail));
    }
}

fn columns(version: &Json, path: &Path, errors: &mut Vec<Error>) {
    for (i, column) in version["additionalPrinterColumns"].items().iter().enumerate() {
        let at = path.child("additionalPrinterColumns").index(i);
        if column["name"].is_empty() {
            errors.push(Error::required(&at.child("name"), ""));
        }
        let (kind, detail) = (column["type"].str(), format!("must be one of {COLUMN_TYPES}"));
        if kind.is_empty() {
            errors.push(Error::required(&at.child("type"), detail));
        } else if !COLUMN_TYPES.split(',').any(|known| known == kind) {
            errors.push(Error::invalid(&at.child("type"), kind, detail));
        }
        let format = column["format"].str();
        if !format.is_empty() && !COLUMN_FORMATS.contains(&format) {
            let detail = format!("must be one of {}", COLUMN_FORMATS.join(","));
            errors.push(Error::invalid(&at.child("format"), format, detail));
        }
        let json_path = at.child("JSONPath");
        match column["jsonPath"].str() {
            "" => errors.push(Error::required(&json_path, "")),
            text => simple_path(text, &json_path, errors),
        }
    }
}

fn simple_path(text: &str, path: &Path, errors: &mut Vec<Error>) {
    if !text.starts_with('.') {
        errors.push(Error::invalid(path, text, "must be a simple json path starting with ."));
    }
}

fn subresources(parts: &Json, path: &Path, errors: &mut Vec<Error>) {
    let scale = &parts["scale"];
    if scale.is_null() {
        return;
    }
    let paths =
        [("specReplicasPath", &[".spec."][..], ".spec"), ("statusReplicasPath", &[".status."], ".status")];
    for (key, below, place) in paths {
        let (text, at) = (scale[key].str(), path.child(&format!("scale.{key}")));
        if text.is_empty() {
            errors.push(Error::required(&at, ""));
        } else if !text.starts_with('.') {
            simple_path(text, &at, errors);
        } else if !below.iter().any(|prefix| text.starts_with(prefix)) {
            errors.push(Error::invalid(&at, text, format!("should be a json path under {place}")));
        }
    }
    let (text, at) = (scale["labelSelectorPath"].str(), path.child("scale.labelSelectorPath"));
    if !text.is_empty() && !text.starts_with('.') {
        simple_path(text, &at, errors);
    } else if !text.is_empty() && !text.starts_with(".spec.") && !text.starts_with(".status.") {
        errors.push(Error::invalid(&at, text, "should be a json path under either .spec or .status"));
    }
}

fn selectable(version: &Json, schema: &Json, path: &Path, errors: &mut Vec<Error>) {
    let list = path.child("selectableFields");
    let mut seen: Vec<&str> = Vec::new();
    for (i, field) in version["selectableFields"].items().iter().enumerate() {
        let (text, at) = (field["jsonPath"].str(), list.index(i).child("jsonPath"));
        if text.is_empty() {
            errors.push(Error::required(&at, ""));
            continue;
        }
        let found = match schema::at_path(schema, text) {
            Ok(found) => found,
            Err(why) => {
                errors.push(Error::invalid(&at, text, format!("is an invalid path: {why}")));
                continue;
            }
        };
        if text.trim_start_matches('.').split('.').next() == Some("metadata") {
            errors.push(Error::invalid(&at, text, "must not point to fields in metadata"));
        }
        if !matches!(found["type"].str(), "string" | "boolean" | "integer") {
            let detail = "must point to a field of type string, boolean or integer. Enum string fields and strings with formats are allowed.";
            errors.push(Error::invalid(&at, text, detail));
        }
        match seen.contains(&text) {
            true => errors.push(Error::duplicate(&at, text)),
            false => seen.push(text),
        }
    }
    if seen.len() > MAX_SELECTABLE {
        errors.push(Error::too_many(&list, seen.len(), MAX_SELECTABLE));
    }
}

fn conversion(conversion: &Json, path: &Path, errors: &mut Vec<Error>) {
    if conversion.is_null() {
        return;
    }
    word(conversion, path, "strategy", &["None", "Webhook"], errors);
    let (webhook, client) = (&conversion["webhook"], path.child("webhookClientConfig"));
    let versions = path.child("conversionReviewVersions");
    if conversion["strategy"].str() == "Webhook" {
        let config = &webhook["clientConfig"];
        match config.is_null() {
            true => errors.push(Error::required(&client, "required when strategy is set to Webhook")),
            false => webhook_client(config, &client, errors),
        }
        let accepted = &webhook["conversionReviewVersions"];
        if accepted.is_empty() {
            errors.push(Error::required(&versions, ""));
        } else if !accepted.items().iter().any(|v| matches!(v.str(), "v1" | "v1beta1")) {
            errors.push(Error::invalid(&versions, accepted, "must include at least one of v1, v1beta1"));
        }
    } else if !webhook.is_null() {
        if !webhook["clientConfig"].is_null() {
            let detail = "should not be set when strategy is not set to Webhook";
            errors.push(Error::forbidden(&client, detail));
        }
        if !webhook["conversionReviewVersions"].is_empty() {
            let detail = "should not be set when strategy is not set to Webhook";
            errors.push(Error::forbidden(&versions, detail));
        }
    }
}

/// Groups of the community need an approval (`validateAPIApproval`).
fn approval(crd: &Json, old: Option<&Json>, errors: &mut Vec<Error>) {
    let group = crd["spec"]["group"].str();
    let protected =
        ["k8s.io", "kubernetes.io"].iter().any(|own| group == *own || group.ends_with(&format!(".{own}")));
    let annotation = |crd: &Json| crd["metadata"]["annotations"][APPROVED].str().to_string();
    let state = |text: &str| match text {
        "" => 0,
        text if text.starts_with("unapproved") => 1,
        text if text
            .split_once("://")
            .is_some_and(|(scheme, rest)| !scheme.is_empty() && !rest.is_empty()) =>
        {
            2
        }
        _ => 3,
    };
    let text = annotation(crd);
    if !protected || old.is_some_and(|old| state(&annotation(old)) == state(&text)) {
        return;
    }
    let path = Path::new("metadata").child("annotations").key(APPROVED);
    let see = "see https://github.com/kubernetes/enhancements/pull/1111";
    match state(&text) {
        0 => {
            let detail = format!("protected groups must have approval annotation {APPROVED:?}, {see}");
            errors.push(Error::required(&path, detail));
        }
        3 => {
            let detail = format!(
                "protected groups must have approval annotation {APPROVED:?} with either a URL or a reason starting with \"unapproved\", {see}"
            );
            errors.push(Error::invalid(&path, text, detail));
        }
        _ => {}
    }
}

fn preserving(crd: &Json, errors: &mut Vec<Error>) {
    let value = &crd["spec"]["preserveUnknownFields"];
    if value.as_bool() == Some(true) {
        let detail = "cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead";
        errors.push(Error::invalid(&Path::new("spec").child("preserveUnknownFields"), value, detail));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_labels() {
        assert!(names::label_1035("boats").is_empty());
        assert_eq!(names::label_1035("1boats").len(), 1);
        assert_eq!(names::label_1035(&"b".repeat(64)).len(), 1);
    }
}
