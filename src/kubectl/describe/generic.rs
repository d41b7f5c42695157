//! `kubectl describe` of a kind without a description of its own: every field, title by title.

use super::{Columns, Describer, head, or};
use crate::json::Json;

pub(super) fn describe(d: &mut Describer<'_>, object: &Json, out: &mut Columns) {
    head(object, out);
    out.add(&format!("API Version:\t{}\nKind:\t{}\n", object["apiVersion"].str(), object["kind"].str()));
    let shown = ["apiVersion", "kind"];
    let mut rest = object.clone();
    if let Some(meta) = rest.get_mut("metadata") {
        for key in ["name", "namespace", "labels", "annotations", "managedFields"] {
            meta.remove(key);
        }
    }
    fields(&rest, &shown, "", out);
    d.events(object, out);
}

fn fields(object: &Json, skipped: &[&str], indent: &str, out: &mut Columns) {
    for (key, value) in object.entries().iter().filter(|(k, _)| !skipped.contains(&k.as_str())) {
        let title = title(key);
        match value {
            Json::Object(_) => {
                out.add(&format!("{indent}{title}:\n"));
                fields(value, &[], &format!("{indent}  "), out);
            }
            Json::Array(items) => {
                out.add(&format!("{indent}{title}:\n"));
                for item in items.iter() {
                    match item {
                        Json::Object(_) => fields(item, &[], &format!("{indent}  "), out),
                        other => out.add(&format!("{indent}  {}\n", or(other, ""))),
                    }
                }
            }
            other => out.add(&format!("{indent}{title}:\t{}\n", or(other, "<nil>"))),
        }
    }
}

/// `creationTimestamp` as `Creation Timestamp`.
fn title(key: &str) -> String {
    let mut out = String::new();
    for (i, c) in key.chars().enumerate() {
        if i == 0 {
            out.extend(c.to_uppercase());
        } else {
            if c.is_uppercase() {
                out.push(' ');
            }
            out.push(c);
        }
    }
    out
}
