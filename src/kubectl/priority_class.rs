//! `kubectl create priorityclass`.

use super::cli::Cli;
use super::failure::Failure;
use super::flags::{Arguments, Flag, Takes};
use crate::json;
use crate::json::Json;

pub(super) const FLAGS: &[Flag] = &[
    ("description", ' ', Takes::Value),
    ("global-default", ' ', Takes::Nothing),
    ("preemption-policy", ' ', Takes::Value),
    ("value", ' ', Takes::Value),
];

/// The PriorityClass.
pub(super) fn make(_: &mut Cli, args: &Arguments, name: &str) -> Result<Json, Failure> {
    let policy =
        if args.has("preemption-policy") { args.get("preemption-policy") } else { "PreemptLowerPriority" };
    let mut made = json!({
        "metadata": { "name": name }, "preemptionPolicy": policy, "value": args.number("value").unwrap_or(0),
    });
    if args.is("global-default") {
        made.set("globalDefault", true);
    }
    if !args.get("description").is_empty() {
        made.set("description", args.get("description"));
    }
    Ok(made)
}
