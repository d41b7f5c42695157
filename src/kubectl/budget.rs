//! `kubectl create poddisruptionbudget`.

use super::cli::Cli;
use super::failure::Failure;
use super::flags::{Arguments, Flag, Takes};
use crate::api::selector::Labels;
use crate::json;
use crate::json::Json;

pub(super) const FLAGS: &[Flag] = &[
    ("max-unavailable", ' ', Takes::Value),
    ("min-available", ' ', Takes::Value),
    ("selector", ' ', Takes::Value),
];

pub(super) fn make(_: &mut Cli, args: &Arguments, name: &str) -> Result<Json, Failure> {
    let (least, most) = (args.get("min-available"), args.get("max-unavailable"));
    let is_amount = |text: &str| {
        let digits = text.strip_suffix('%').unwrap_or(text);
        !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit())
    };
    let wrong = match (least, most) {
        _ if args.get("selector").is_empty() => "a selector must be specified",
        ("", "") => "one of min-available or max-unavailable must be specified",
        (least, "") if !is_amount(least) => "invalid format specified for min-available",
        ("", most) if !is_amount(most) => "invalid format specified for max-unavailable",
        (_, "") | ("", _) => "",
        _ => "min-available and max-unavailable cannot be both specified",
    };
    if !wrong.is_empty() {
        return Err(Failure::error(wrong));
    }
    let (field, text) = if least.is_empty() { ("maxUnavailable", most) } else { ("minAvailable", least) };
    let amount = text.parse::<i64>().map_or_else(|_| Json::from(text), Json::from);
    let selector = Labels::parse(args.get("selector")).map_err(Failure::error)?;
    let mut spec = json!({ "selector": selector.to_object() });
    spec.set(field, amount);
    let status =
        json!({ "currentHealthy": 0, "desiredHealthy": 0, "disruptionsAllowed": 0, "expectedPods": 0 });
    Ok(json!({ "metadata": { "name": name }, "spec": spec, "status": status }))
}
