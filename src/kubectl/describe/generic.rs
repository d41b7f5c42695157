//! `kubectl describe` of a kind without a description of its own: every field, title by title.

use super::{Columns, Describer, head, or};
use crate::json::Json;

pub(super) fn describe(d: &mut Describer<'_>, object: &Json, out: &mut Columns) {
    head(object, out);
    let mut rest = object.clone();
    if let Some(meta) = rest.get_mut("metadata") {
        for key in ["name", "namespace", "labels", "annotations", "managedFields"] {
            meta.remove(key);
        }
    }
    fields(&rest, "", out);
    d.events(object, out);
}

fn fields(object: &Json, indent: &str, out: &mut Columns) {
    for (key, value) in object.entries() {
        let title = title(key);
        match value {
            Json::Object(_) => {
                out.add(&format!("{indent}{title}:\n"));
                fields(value, &format!("{indent}  "), out);
            }
            Json::Array(items) => {
                out.add(&format!("{indent}{title}:\n"));
                for item in items.iter() {
                    match item {
                        Json::Object(_) => fields(item, &format!("{indent}  "), out),
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
    const ACRONYMS: [&str; 5] = ["API", "URL", "UID", "OSB", "GUID"];
    // What is not only letters stays as it is.
    if key.chars().any(|c| !c.is_alphabetic() && c != '-') {
        return key.into();
    }
    let mut parts: Vec<String> = Vec::new();
    let class = |c: char| match c {
        c if c.is_lowercase() => 1,
        c if c.is_uppercase() => 2,
        _ => 3,
    };
    let mut last = 0;
    for c in key.chars() {
        match parts.last_mut() {
            Some(part) if class(c) == last => part.push(c),
            // The last capital of `HTTPServer` begins the next word.
            Some(part) if class(c) == 1 && last == 2 => {
                let first = part.pop().unwrap_or_default();
                let word = format!("{first}{c}");
                match part.is_empty() {
                    true => *part = word,
                    false => parts.push(word),
                }
            }
            _ => parts.push(c.to_string()),
        }
        last = class(c);
    }
    let shown = parts.into_iter().map(|part| {
        let upper = part.to_uppercase();
        if ACRONYMS.contains(&upper.as_str()) {
            return upper;
        }
        let mut chars = part.chars();
        chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
    });
    shown.collect::<Vec<String>>().join(" ")
}
