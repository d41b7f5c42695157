//! `kubectl create quota`.

use super::cli::Cli;
use super::failure::Failure;
use super::flags::{Arguments, Flag, Takes};
use crate::api::quantity::{self, Quantity};
use crate::json;
use crate::json::{Json, Str};

pub(super) const FLAGS: &[Flag] = &[("hard", ' ', Takes::Value), ("scopes", ' ', Takes::Value)];

pub(super) fn make(_: &mut Cli, args: &Arguments, name: &str) -> Result<Json, Failure> {
    let mut spec = Json::object();
    if !args.get("hard").is_empty() {
        let mut hard = Json::object();
        for statement in args.get("hard").split(',') {
            let parts: Vec<&str> = statement.split('=').collect();
            let [resource, amount] = parts.as_slice() else {
                let message = format!("Invalid argument syntax {statement}, expected <resource>=<value>");
                return Err(Failure::error(message));
            };
            let amount = Quantity::parse(amount).ok_or_else(|| Failure::error(quantity::RULE))?;
            hard.set(Str::from(*resource), amount.to_string());
        }
        spec.set("hard", hard);
    }
    if !args.get("scopes").is_empty() {
        let scopes: Vec<&str> = args.get("scopes").split(',').collect();
        if scopes.contains(&"") {
            return Err(Failure::error("invalid resource quota scope \"\""));
        }
        spec.set("scopes", scopes);
    }
    Ok(json!({ "metadata": { "name": name }, "spec": spec, "status": {} }))
}
