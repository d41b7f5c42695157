//! [`Selection`]: which objects of a resource a list or a watch sees.

use super::resources;
use super::validation::names;
use crate::api::selector::{Fields, Labels};
use crate::api::{ObjectKey, Request, Status, meta};
use crate::json::{Json, Str};

/// A namespace, a name, and conditions on labels and fields.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// `""`: all.
    pub namespace: Str,
    /// `""`: all.
    pub name: Str,
    labels: Labels,
    fields: Fields,
    /// Only changes that concern who owns whom are told.
    ownership: bool,
}

impl Selection {
    /// What a request selects; an error for selectors that cannot be read, or fields the resource cannot select by.
    pub fn of(request: &Request) -> Result<Selection, Status> {
        let options = &request.options;
        let labels = Labels::parse(&options.label_selector).map_err(Status::bad_request)?;
        check_labels(&labels).map_err(Status::bad_request)?;
        let mut fields = Fields::parse(&options.field_selector)?;
        let supported = resources::of(&request.resource).selectable;
        for condition in &mut fields.0 {
            let path = condition.path.as_str();
            let known =
                path == "metadata.name" || path == "metadata.namespace" && request.resource.namespaced;
            let own = request.resource.definition["selectable"].items();
            let own = own.iter().any(|field| field["jsonPath"].str().trim_start_matches('.') == path);
            if !known && !own && !supported.contains(&path) {
                return Err(Status::bad_request(unsupported(request, path)));
            }
            // The one field that is selected under another name; it is absent where it is zero.
            if path == "status.successful" {
                condition.path = "status.succeeded".into();
                if condition.value == "0" {
                    condition.value = Default::default();
                }
            }
        }
        Ok(Selection {
            namespace: request.namespace.clone(),
            name: Str::default(),
            labels,
            fields,
            ownership: options.ownership,
        })
    }

    /// Whether a watch tells of a change that it sees; of an object that comes, `before` is absent.
    pub fn tells(&self, before: &Json, after: &Json) -> bool {
        !self.ownership || meta::concerns_ownership(before, after)
    }

    /// Whether it sees the object.
    pub fn matches(&self, key: &ObjectKey, object: &Json) -> bool {
        (self.namespace.is_empty() || self.namespace == key.namespace)
            && (self.name.is_empty() || self.name == key.name)
            && (self.labels.is_empty() || self.labels.matches(&object["metadata"]["labels"]))
            && (self.fields.0.is_empty() || self.fields.matches(object))
    }
}

/// Refuses keys and values that no label has (`labels.NewRequirement`).
fn check_labels(labels: &Labels) -> Result<(), String> {
    for (key, values) in labels.terms() {
        let joined = |problems: names::Problems| problems.join("; ");
        let why = joined(names::qualified(key));
        if !why.is_empty() {
            return Err(format!("unable to parse requirement: <nil>: Invalid value: {key:?}: {why}"));
        }
        for (i, value) in values.iter().enumerate() {
            let why = joined(names::label_value(value));
            if !why.is_empty() {
                return Err(format!(
                    "unable to parse requirement: values[{i}][{key}]: Invalid value: {value:?}: {why}"
                ));
            }
        }
    }
    Ok(())
}

fn unsupported(request: &Request, path: &str) -> String {
    if request.resource.is_custom() {
        return format!("field label not supported: {path}");
    }
    match request.resource.names() {
        ("", "pods" | "nodes" | "namespaces" | "secrets" | "events" | "replicationcontrollers") => {
            format!("field label not supported: {path}")
        }
        ("batch", "jobs") => format!("field label \"{path}\" not supported for Job"),
        _ => format!(
            "\"{path}\" is not a known field selector: only \"metadata.name\", \"metadata.namespace\""
        ),
    }
}
