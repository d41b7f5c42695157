//! JSON in the order of Go's structs: what `create --dry-run=client -o json` prints, which never was a map.

use crate::collections::sort_by_key;
use crate::json::{Json, print};

/// Fields in the order in which the structs that `create` fills declare them; others follow in byte order.
const ORDER: &[&str] = &[
    "kind",
    "apiVersion",
    "metadata",
    "name",
    "generateName",
    "namespace",
    "uid",
    "labels",
    "annotations",
    "ownerReferences",
    "spec",
    "schedule",
    "jobTemplate",
    "backoffLimit",
    "template",
    "containers",
    "image",
    "command",
    "args",
    "verbs",
    "apiGroups",
    "resources",
    "resourceNames",
    "nonResourceURLs",
    "terminationMessagePath",
    "terminationMessagePolicy",
    "imagePullPolicy",
    "restartPolicy",
    "terminationGracePeriodSeconds",
    "dnsPolicy",
    "securityContext",
    "schedulerName",
    "data",
    "binaryData",
    "type",
    "status",
    "rules",
    "aggregationRule",
    "subjects",
    "roleRef",
];

/// Fields that are maps, whose keys Go sorts.
const MAPS: &[&str] = &[
    "annotations",
    "binaryData",
    "data",
    "hard",
    "labels",
    "limits",
    "matchLabels",
    "nodeSelector",
    "requests",
];

/// The object as JSON text, with a newline.
pub(super) fn to_json(value: &Json) -> String {
    let mut out = String::new();
    write(value, 0, false, &mut out);
    out.push('\n');
    out
}

fn write(value: &Json, indent: usize, map: bool, out: &mut String) {
    let pad = |n: usize, out: &mut String| out.extend(std::iter::repeat_n(' ', n * 4));
    match value {
        Json::Object(o) if !o.is_empty() => {
            let rank = |k: &str| ORDER.iter().position(|o| *o == k).unwrap_or(ORDER.len());
            let mut fields: Vec<_> = o.entries().iter().collect();
            if !map {
                sort_by_key(&mut fields, |(k, _)| rank(k));
            }
            out.push_str("{\n");
            for (i, (key, value)) in fields.iter().enumerate() {
                pad(indent + 1, out);
                // Writing to a string cannot fail.
                let _ = print::quoted(key, out);
                out.push_str(": ");
                write(value, indent + 1, !map && MAPS.contains(&key.as_str()), out);
                out.push_str(if i + 1 < fields.len() { ",\n" } else { "\n" });
            }
            pad(indent, out);
            out.push('}');
        }
        Json::Array(items) if !items.is_empty() => {
            out.push_str("[\n");
            for (i, item) in items.iter().enumerate() {
                pad(indent + 1, out);
                write(item, indent + 1, false, out);
                out.push_str(if i + 1 < items.len() { ",\n" } else { "\n" });
            }
            pad(indent, out);
            out.push(']');
        }
        other => out.push_str(&other.to_string()),
    }
}
