//! Validation of `metadata` (`apimachinery/pkg/api/validation/objectmeta.go`).

use super::names::{self, Problems};
use crate::api::field::{Error, Path};
use crate::json::{Json, Str};

/// What is held against a finalizer without a domain; of a custom kind, it is a warning.
pub const UNQUALIFIED: &str = "name is neither a standard finalizer name nor is it fully qualified";
const ANNOTATIONS_LIMIT: usize = 256 * 1024;

/// Checks the metadata of a new object.
pub fn create(meta: &Json, namespaced: bool, name_rule: fn(&str) -> Problems, errors: &mut Vec<Error>) {
    let path = Path::new("metadata");
    let generate = meta["generateName"].str();
    if !generate.is_empty() {
        // A generated name's suffix may replace a trailing dash.
        let prefix = generate.strip_suffix('-').map(|p| format!("{p}a")).unwrap_or(generate.into());
        for problem in name_rule(&prefix) {
            errors.push(Error::invalid(&path.child("generateName"), generate, problem));
        }
    }
    let name = meta["name"].str();
    if name.is_empty() {
        errors.push(Error::required(&path.child("name"), "name or generateName is required"));
    } else {
        for problem in name_rule(name) {
            errors.push(Error::invalid(&path.child("name"), name, problem));
        }
    }
    if namespaced {
        let namespace = meta["namespace"].str();
        if namespace.is_empty() {
            errors.push(Error::required(&path.child("namespace"), ""));
        } else {
            for problem in names::label(namespace) {
                errors.push(Error::invalid(&path.child("namespace"), namespace, problem));
            }
        }
    }
    common(meta, errors);
}

/// Checks the metadata of a changed object.
pub fn update(new: &Json, old: &Json, errors: &mut Vec<Error>) {
    let path = Path::new("metadata");
    let immutable =
        ["name", "namespace", "uid", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds"];
    for field in immutable {
        if new[field] != old[field] {
            errors.push(Error::invalid(&path.child(field), &new[field], "field is immutable"));
        }
    }
    if !old["deletionTimestamp"].is_null() {
        let added: Vec<&str> = new["finalizers"]
            .items()
            .iter()
            .filter(|f| !old["finalizers"].items().contains(f))
            .map(Json::str)
            .collect();
        if !added.is_empty() {
            let shown: Vec<String> = added.iter().map(|f| format!("{f:?}")).collect();
            let detail = format!(
                "no new finalizers can be added if the object is being deleted, found new finalizers []string{{{}}}",
                shown.join(", ")
            );
            errors.push(Error::forbidden(&path.child("finalizers"), detail));
        }
    }
    if new["generation"].as_i64() < old["generation"].as_i64() {
        errors.push(Error::invalid(&path.child("generation"), &new["generation"], "must not be decremented"));
    }
    for field in ["labels", "annotations", "ownerReferences", "finalizers"] {
        if !new[field].same(&old[field]) {
            common(new, errors);
            break;
        }
    }
}

fn common(meta: &Json, errors: &mut Vec<Error>) {
    let path = Path::new("metadata");
    if meta["generation"].as_i64().unwrap_or(0) < 0 {
        let detail = "must be greater than or equal to 0";
        errors.push(Error::invalid(&path.child("generation"), &meta["generation"], detail));
    }
    labels(&meta["labels"], &path.child("labels"), errors);
    annotations(&meta["annotations"], &path.child("annotations"), errors);
    owners(&meta["ownerReferences"], &path.child("ownerReferences"), errors);
    finalizers(&meta["finalizers"], &path.child("finalizers"), errors);
}

/// Checks labels (`metav1validation.ValidateLabels`).
pub fn labels(labels: &Json, path: &Path, errors: &mut Vec<Error>) {
    for (key, value) in labels.entries() {
        for problem in names::qualified(key) {
            errors.push(Error::invalid(path, key, problem));
        }
        for problem in names::label_value(value.str()) {
            errors.push(Error::invalid(path, value.str(), problem));
        }
    }
}

/// Checks annotations.
pub fn annotations(annotations: &Json, path: &Path, errors: &mut Vec<Error>) {
    let mut size = 0;
    for (key, value) in annotations.entries() {
        for problem in names::qualified(&key.to_lowercase()) {
            errors.push(Error::invalid(path, key, problem));
        }
        size += key.len() + value.str().len();
    }
    if size > ANNOTATIONS_LIMIT {
        errors.push(Error::too_long(path, ANNOTATIONS_LIMIT));
    }
}

/// Drops owners that are said more than once, and warns of them (`dedupOwnerReferencesAndAddWarning`).
pub fn dedup_owners(object: &mut Json, after_admission: bool, warnings: &mut Vec<Str>) {
    let owners = object["metadata"]["ownerReferences"].items();
    let repeated = |i: usize| owners[..i].contains(&owners[i]);
    let uids: Vec<&str> =
        (0..owners.len()).filter(|i| repeated(*i)).map(|i| owners[i]["uid"].str()).collect();
    if uids.is_empty() {
        return;
    }
    let when = if after_admission { " after mutating admission happens" } else { "" };
    warnings.push(
        format!(
            ".metadata.ownerReferences contains duplicate entries{when}; API server dedups owner references in 1.20+, and may reject such requests as early as 1.24; please fix your requests; duplicate UID(s) observed: {}",
            uids.join(", ")
        )
        .into(),
    );
    let kept: Json = (0..owners.len()).filter(|i| !repeated(*i)).map(|i| owners[i].clone()).collect();
    object.set_at(&["metadata", "ownerReferences"], kept);
}

fn owners(owners: &Json, path: &Path, errors: &mut Vec<Error>) {
    for owner in owners.items() {
        let version = owner["apiVersion"].str();
        if version.is_empty() {
            errors.push(Error::invalid(&path.child("apiVersion"), "", "version must not be empty"));
        }
        for (field, value) in [("kind", &owner["kind"]), ("name", &owner["name"]), ("uid", &owner["uid"])] {
            if value.str().is_empty() {
                errors.push(Error::invalid(&path.child(field), "", "must not be empty"));
            }
        }
        // An event may go at any time.
        if version == "v1" && owner["kind"].str() == "Event" {
            let detail = "/v1, Kind=Event is disallowed from being an owner";
            errors.push(Error::invalid_shown(path, Some(&owner_shown(owner)), detail));
        }
    }
    let mut controllers = owners.items().iter().filter(|owner| owner["controller"].as_bool() == Some(true));
    let Some(first) = controllers.next() else { return };
    for owner in controllers {
        let detail = format!(
            "Only one reference can have Controller set to true. Found \"true\" in references for {}/{} and {}/{}",
            first["kind"].str(),
            first["name"].str(),
            owner["kind"].str(),
            owner["name"].str()
        );
        let shown: Vec<String> = owners.items().iter().map(owner_shown).collect();
        errors.push(Error::invalid_shown(path, Some(&format!("[{}]", shown.join(","))), detail));
    }
}

/// An owner as JSON in the order of its Go struct.
fn owner_shown(owner: &Json) -> String {
    let fields = ["apiVersion", "kind", "name", "uid", "controller", "blockOwnerDeletion"];
    let set = fields.iter().filter_map(|field| Some(format!("\"{field}\":{}", owner.get(field)?)));
    format!("{{{}}}", set.collect::<Vec<String>>().join(","))
}

fn finalizers(finalizers: &Json, path: &Path, errors: &mut Vec<Error>) {
    let (mut orphan, mut foreground) = (false, false);
    for name in finalizers.items().iter().map(Json::str) {
        for problem in names::qualified(name) {
            errors.push(Error::invalid(path, name, problem));
        }
        orphan |= name == "orphan";
        foreground |= name == "foregroundDeletion";
    }
    if orphan && foreground {
        let detail = "finalizer orphan and foregroundDeletion cannot be both set";
        errors.push(Error::invalid(path, finalizers, detail));
    }
    for (i, name) in finalizers.items().iter().map(Json::str).enumerate() {
        if !name.contains('/') && !matches!(name, "orphan" | "foregroundDeletion" | "kubernetes") {
            errors.push(Error::invalid(&path.index(i), name, UNQUALIFIED));
        }
    }
}
