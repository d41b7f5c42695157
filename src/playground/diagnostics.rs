//! What is wrong with a file, without applying it: the YAML reader's, the decoder's and the validation's own words, at
//! the place that they are about.

use crate::api::{FieldValidation, Reason, Request, Status};
use crate::cluster::World;
use crate::manifest::{self, Document, Place};

/// A fault in a file.
#[derive(Clone, Debug, PartialEq)]
pub struct Diagnostic {
    /// Where.
    pub place: Place,
    /// A warning only.
    pub warning: bool,
    /// In kubectl's or the server's words.
    pub message: String,
}

/// All faults of a file, as far as they can be known now. Each object is tried against the API server as a dry run.
pub fn diagnose(name: &str, text: &str, world: &World) -> Vec<Diagnostic> {
    let manifest = [".yaml", ".yml", ".json"].iter().any(|end| name.ends_with(end));
    if !manifest {
        return Vec::new();
    }
    let mut world = world.clone();
    let mut found = Vec::new();
    for document in manifest::documents(text) {
        match document {
            Ok(document) if document.value.is_null() => {}
            Ok(document) => check(&document, &mut world, &mut found),
            Err(error) => {
                found.push(Diagnostic { place: error.place, warning: false, message: error.message })
            }
        }
    }
    found
}

fn check(document: &Document, world: &mut World, found: &mut Vec<Diagnostic>) {
    let object = &document.value;
    let mut tell = |path: &str, warning: bool, message: &str| {
        let entry = document.places.find(path);
        let place = entry.map_or(Place::default(), |e| {
            // What is too much or too large is told by its name; one word that is wrong, by itself.
            let whole = path.is_empty() || e.value.line != e.value.end_line || message.starts_with("unknown");
            if whole { e.key } else { e.value }
        });
        found.push(Diagnostic { place, warning, message: message.into() });
    };
    if object.as_object().is_none() {
        return tell("", false, "this is no object: a manifest is a map with apiVersion, kind and metadata");
    }
    let (api_version, kind) = (object["apiVersion"].str(), object["kind"].str());
    match (api_version.is_empty(), kind.is_empty()) {
        (true, true) => return tell("", false, "[apiVersion not set, kind not set]"),
        (true, false) => return tell("kind", false, "apiVersion not set"),
        (false, true) => return tell("apiVersion", false, "kind not set"),
        _ => {}
    }
    let Some(resource) = world.server().served().of_kind(api_version, kind) else {
        return tell("kind", false, &format!("no matches for kind \"{kind}\" in version \"{api_version}\""));
    };
    let mut body = object.clone();
    if resource.namespaced && body["metadata"]["namespace"].str().is_empty() {
        body.set_at(&["metadata", "namespace"], "default");
    }
    let request = Request::create(resource, body).by("kubectl-editor").with(|o| {
        o.dry_run = true;
        o.field_validation = FieldValidation::Strict;
    });
    match world.user(|api| api.call(request)).0 {
        Ok(response) => response.warnings.iter().for_each(|w| tell(warned(w), true, w)),
        Err(status) => refused(&status, &mut tell),
    }
}

/// Warnings begin with the field: `spec.template.spec.containers[0].ports[1]: duplicate port …`.
fn warned(warning: &str) -> &str {
    let path = warning.split(": ").next().unwrap_or("");
    if path.contains(' ') { "" } else { path }
}

fn refused(status: &Status, tell: &mut dyn FnMut(&str, bool, &str)) {
    match status.reason {
        // The object is there already: the file can be applied, or not, but that is no fault of the file.
        Some(Reason::AlreadyExists) => {}
        Some(Reason::BadRequest) => {
            let message = status.message.as_str();
            let unknown = message.split("strict decoding error: ").nth(1);
            match unknown {
                Some(list) => {
                    for part in list.split("\", ") {
                        let (what, path) = part.split_once('"').unwrap_or((part, ""));
                        let path = path.trim_end_matches('"');
                        tell(path, false, &format!("{what}\"{path}\""));
                    }
                }
                None => {
                    tell(&unmarshalled(message), false, message.split(": json: ").last().unwrap_or(message))
                }
            }
        }
        _ => match status.details.as_ref().filter(|d| !d.causes.is_empty()) {
            Some(details) => {
                let each = details.causes.iter();
                each.for_each(|c| tell(&c.field, false, &format!("{}: {}", c.field, c.message)));
            }
            None => tell("", false, &status.message),
        },
    }
}

/// The path in `… into Go struct field JobSpec.spec.completions of type int32`.
fn unmarshalled(message: &str) -> String {
    let after = message.split("Go struct field ").nth(1).unwrap_or("");
    let path = after.split(" of type").next().unwrap_or("");
    path.split_once('.').map_or("", |(_, path)| path).into()
}
