//! Taints and the tolerations for them.

use crate::json::Json;

/// Whether a toleration is for a taint (`Toleration.ToleratesTaint`).
pub fn tolerates(toleration: &Json, taint: &Json) -> bool {
    let field = |key: &str| toleration[key].str();
    (field("effect").is_empty() || field("effect") == taint["effect"].str())
        && (field("key").is_empty() || field("key") == taint["key"].str())
        && match field("operator") {
            "Exists" => true,
            _ => field("value") == taint["value"].str(),
        }
}
