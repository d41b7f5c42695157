//! `spec.successPolicy`: when an Indexed Job has succeeded although not all indexes have.

use super::indexed::Intervals;
use crate::api::View;
use crate::api::views::batch_v1::JobSpec;

/// The message of the first rule that the succeeded indexes fulfil.
pub fn matched(spec: &JobSpec, succeeded: &Intervals) -> Option<String> {
    let policy = spec.success_policy();
    if succeeded.total() == 0 {
        return None;
    }
    let completions = i64::from(spec.completions().unwrap_or(0));
    let met = policy.rules().iter().position(|rule| {
        let count = rule.succeeded_count().map(i64::from);
        if !rule.json()["succeededIndexes"].is_null() {
            let required = Intervals::parse(rule.succeeded_indexes(), completions);
            let have = required.overlap(succeeded);
            required.total() > 0 && (have == required.total() || count.is_some_and(|count| have >= count))
        } else {
            count.is_some_and(|count| succeeded.total() >= count)
        }
    });
    met.map(|i| format!("Matched rules at index {i}"))
}
