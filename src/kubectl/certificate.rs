//! `kubectl certificate approve` and `deny`: writes a condition to the request's `approval`.
//!
//! Upstream: `certificates.go` in `kubectl/pkg/cmd/certificates`.

use super::cli::Cli;
use super::failure::Failure;
use super::flags::{self, Flag, Takes};
use super::printers::{Format, typed_name};
use super::{Flow, files, help, names};
use crate::api::{Request, Verb, kinds};
use crate::json;

const FLAGS: &[Flag] = &[
    ("filename", 'f', Takes::Value),
    ("kustomize", 'k', Takes::Value),
    ("recursive", 'R', Takes::Nothing),
    ("force", ' ', Takes::Nothing),
    ("output", 'o', Takes::Value),
    ("template", ' ', Takes::Value),
    ("allow-missing-template-keys", ' ', Takes::Nothing),
    ("show-managed-fields", ' ', Takes::Nothing),
];

pub(super) fn run(cli: &mut Cli, args: &[String]) -> Result<Flow, Failure> {
    let (command, kind, done) = match args.first().map_or("", String::as_str) {
        "approve" => ("certificate approve", "Approved", "approved"),
        "deny" => ("certificate deny", "Denied", "denied"),
        _ => return help::group(cli, "certificate", args),
    };
    let (reason, message) = match kind {
        "Approved" => ("KubectlApprove", "This CSR was approved by kubectl certificate approve."),
        _ => ("KubectlDeny", "This CSR was denied by kubectl certificate deny."),
    };
    let args = flags::parse(command, &args[1..], FLAGS)?;
    let format = Format::of_write(&args)?;
    if args.words.is_empty() && !args.has("filename") && !args.has("kustomize") {
        return Err(Failure::error("one or more CSRs must be specified as <name> or -f <filename>"));
    }
    let mut named: Vec<String> = args.words.clone();
    named.extend(files::read(cli, &args)?.iter().map(|info| info.name().to_owned()));
    let resource = kinds::CERTIFICATESIGNINGREQUESTS.into();
    let mut failures = Vec::new();
    for word in named {
        let name = match word.split_once('/') {
            Some((kind, name)) => match names::found(cli, kind).filter(|found| *found == resource) {
                Some(_) => name.to_owned(),
                None => return Err(names::unknown(kind)),
            },
            None => word,
        };
        let mut request = match cli.get(&resource, "", &name) {
            Ok(request) => request,
            Err(status) => {
                failures.push(status.into());
                continue;
            }
        };
        let conditions = request["status"]["conditions"].items().to_vec();
        let has = |kind: &str| conditions.iter().any(|condition| condition["type"].str() == kind);
        let (approved, denied) = (has("Approved"), has("Denied"));
        let (there, other) = match kind {
            "Approved" => (approved, denied.then_some("Denied")),
            _ => (denied, approved.then_some("Approved")),
        };
        if let Some(other) = other {
            let message = format!("certificate signing request {name:?} is already {other}");
            failures.push(Failure::error(message));
            continue;
        }
        if !there || args.is("force") {
            let now = cli.now().rfc3339();
            let mut conditions = conditions;
            conditions.retain(|condition| condition["type"].str() != kind);
            conditions.push(json!({
                "type": kind, "status": "True", "reason": reason, "message": message,
                "lastUpdateTime": now.as_str(), "lastTransitionTime": now.as_str(),
            }));
            request.set_at(&["status", "conditions"], conditions);
            let write = Request::new(Verb::Update, kinds::CERTIFICATESIGNINGREQUESTS, "", name.as_str())
                .with_subresource("approval")
                .with_body(request.clone());
            match cli.call(write) {
                Ok(response) => request = super::cli::with_kind(&resource, response.body),
                Err(status) => {
                    failures.push(status.into());
                    continue;
                }
            }
        }
        match &format {
            Some(format) => {
                let text = format.print(&resource, &request)?;
                cli.print(text);
            }
            None => cli.line(format!("{} {done}", typed_name(&resource, &name))),
        }
    }
    Failure::many(failures)?;
    Ok(Flow::Exit(0))
}
