//! `kubectl auth whoami`: as whom the server knows one.

use crate::api::rbac::list_text;
use crate::api::{Reason, Request, kinds};
use crate::json;
use crate::kubectl::Flow;
use crate::kubectl::cli::Cli;
use crate::kubectl::failure::Failure;
use crate::kubectl::flags::{self, Flag, Takes};
use crate::kubectl::printers::Format;
use crate::kubectl::printers::table::Columns;

const FLAGS: &[Flag] = &[
    ("output", 'o', Takes::Value),
    ("template", ' ', Takes::Value),
    ("allow-missing-template-keys", ' ', Takes::Nothing),
    ("show-managed-fields", ' ', Takes::Nothing),
];
const UNKNOWN: &str = "the selfsubjectreviews API is not enabled in the cluster";

pub fn run(cli: &mut Cli, args: &[String]) -> Result<Flow, Failure> {
    let args = flags::parse("auth whoami", args, FLAGS)?;
    let format = Format::of_write(&args)?;
    let kind = kinds::SELFSUBJECTREVIEWS;
    let body = json!({ "apiVersion": kind.api_version(), "kind": &kind.kind, "metadata": {} });
    let review = cli.call(Request::create(kind, body)).map_err(|status| match status.reason {
        Some(Reason::Forbidden) => {
            Failure::error(format!("{UNKNOWN} or you do not have permission to call it"))
        }
        Some(Reason::NotFound) => Failure::error(UNKNOWN),
        _ => Failure::from(status),
    })?;
    if let Some(format) = &format {
        let text = format.print(kind, &review.body)?;
        cli.print(text);
        return Ok(Flow::Exit(0));
    }
    let info = &review.body["status"]["userInfo"];
    let mut out = Columns::default();
    out.line(["ATTRIBUTE", "VALUE"]);
    for (title, field) in [("Username", "username"), ("UID", "uid")] {
        if !info[field].is_empty() {
            out.line([title, info[field].str()]);
        }
    }
    if !info["groups"].is_empty() {
        out.line(["Groups".to_string(), list_text(&info["groups"])]);
    }
    for (key, values) in info["extra"].entries() {
        out.line([format!("Extra: {key}"), list_text(values)]);
    }
    cli.print(out.print());
    Ok(Flow::Exit(0))
}
