//! JSON merge patch (RFC 7396): objects merge, `null` deletes, everything else replaces.

use crate::json::Json;

/// The object after the patch.
pub fn apply(old: &Json, patch: &Json) -> Json {
    let Json::Object(fields) = patch else { return patch.clone() };
    let mut out = if matches!(old, Json::Object(_)) { old.clone() } else { Json::object() };
    for (key, value) in fields.entries() {
        if value.is_null() {
            out.remove(key);
        } else {
            out.set(key.clone(), apply(&old[key.as_str()], value));
        }
    }
    out
}
