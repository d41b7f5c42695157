//! JSON merge patch (RFC 7396): objects merge, `null` deletes, everything else replaces.

use super::strategic::without_nulls;
use crate::json::Json;

/// The object after the patch. What is new comes without its nulls, also in lists; only a list that takes the place of a map
/// keeps them, as upstream's library (`evanphx/json-patch`) leaves it.
pub fn apply(old: &Json, patch: &Json) -> Json {
    let (Json::Object(_), Json::Object(fields)) = (old, patch) else {
        return if matches!(old, Json::Object(_)) { patch.clone() } else { without_nulls(patch.clone()) };
    };
    let mut out = old.clone();
    for (key, value) in fields.entries() {
        if value.is_null() {
            out.remove(key);
        } else {
            out.set(key.clone(), apply(&old[key.as_str()], value));
        }
    }
    out
}
