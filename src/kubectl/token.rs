//! `kubectl create token`: asks the server for a service account's token.

use super::Flow;
use super::cli::Cli;
use super::failure::Failure;
use super::flags::{self, Flag, Takes};
use super::generate::only_name;
use super::printers::Format;
use crate::api::{Request, kinds};
use crate::json;

const FLAGS: &[Flag] = &[
    ("audience", ' ', Takes::Value),
    ("bound-object-kind", ' ', Takes::Value),
    ("bound-object-name", ' ', Takes::Value),
    ("bound-object-uid", ' ', Takes::Value),
    ("duration", ' ', Takes::Value),
    ("output", 'o', Takes::Value),
    ("template", ' ', Takes::Value),
    ("allow-missing-template-keys", ' ', Takes::Nothing),
    ("show-managed-fields", ' ', Takes::Nothing),
];
const BOUND: [&str; 3] = ["Node", "Pod", "Secret"];

pub(super) fn run(cli: &mut Cli, args: &[String]) -> Result<Flow, Failure> {
    let args = flags::parse("create token", args, FLAGS)?;
    let name = only_name("create token", &args)?;
    let format = Format::of_write(&args)?;
    if name.is_empty() {
        return Err(Failure::error("service account name is required"));
    }
    let (negative, duration) = args.duration("duration").unwrap_or_default();
    if negative {
        return Err(Failure::error("--duration must be greater than or equal to 0"));
    }
    if duration.subsec_nanos() != 0 {
        return Err(Failure::error("--duration cannot be expressed in units less than seconds"));
    }
    if args.all("audience").iter().any(String::is_empty) {
        return Err(Failure::error("--audience must not be an empty string"));
    }
    let [kind, object, uid] =
        ["bound-object-kind", "bound-object-name", "bound-object-uid"].map(|f| args.get(f));
    if kind.is_empty() {
        for (flag, value) in [("bound-object-name", object), ("bound-object-uid", uid)] {
            if !value.is_empty() {
                let message = format!("--{flag} can only be set if --bound-object-kind is provided");
                return Err(Failure::error(message));
            }
        }
    } else if !BOUND.contains(&kind) {
        let message = format!("supported --bound-object-kind values are {}", BOUND.join(", "));
        return Err(Failure::error(message));
    } else if object.is_empty() {
        return Err(Failure::error("--bound-object-name is required if --bound-object-kind is provided"));
    }

    let mut spec = json!({ "audiences": args.all("audience").to_vec() });
    if !duration.is_zero() {
        spec.set("expirationSeconds", duration.as_secs() as i64);
    }
    if !kind.is_empty() {
        let reference = json!({ "kind": kind, "apiVersion": "v1", "name": object, "uid": uid });
        spec.set("boundObjectRef", reference);
    }
    let body = json!({ "apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": spec });
    let mut request = Request::create(kinds::SERVICEACCOUNTS, body).with_subresource("token");
    request.namespace = args.namespace().into();
    request.name = name.into();
    let failed = |message: &str| Failure::error(format!("failed to create token: {message}"));
    let answer = cli.call(request).map_err(|status| failed(&status.message))?.body;
    match &format {
        Some(format) => {
            let text = format.print(kinds::SERVICEACCOUNTS, &answer)?;
            cli.print(text);
        }
        None => cli.line(answer["status"]["token"].str()),
    }
    Ok(Flow::Exit(0))
}
