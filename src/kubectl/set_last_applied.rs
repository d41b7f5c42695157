//! `kubectl apply set-last-applied`: writes what `apply` remembers, and nothing else.

use super::Flow;
use super::apply::{DryRun, LAST_APPLIED, with_last_applied};
use super::cli::Cli;
use super::failure::Failure;
use super::flags::{self, Flag, Takes};
use super::printers::{Format, typed_name};
use super::{files, names};
use crate::api::{PatchType, Request};
use crate::json::Json;

const FLAGS: &[Flag] = &[
    ("create-annotation", ' ', Takes::Nothing),
    ("filename", 'f', Takes::Value),
    ("output", 'o', Takes::Value),
    ("template", ' ', Takes::Value),
    ("allow-missing-template-keys", ' ', Takes::Nothing),
    ("show-managed-fields", ' ', Takes::Nothing),
    ("dry-run", ' ', Takes::Optional("unchanged")),
];

pub(super) fn run(cli: &mut Cli, args: &[String]) -> Result<Flow, Failure> {
    let args = flags::parse("apply set-last-applied", args, FLAGS)?;
    let dry_run = DryRun::of(&args)?;
    let format = Format::of_write(&args)?;
    if !args.has("filename") {
        return Err(names::required());
    }
    let mut changes = Vec::new();
    for info in files::read(cli, &args)? {
        let current = cli.get(&info.resource, info.namespace(), info.name())?;
        let remembered = current["metadata"]["annotations"].get(LAST_APPLIED).map(|v| v.str().to_owned());
        if remembered.is_none() && !args.is("create-annotation") {
            return Err(Failure::error(format!(
                "no last-applied-configuration annotation found on resource: {}, to create the annotation, run the command with --create-annotation",
                info.name()
            )));
        }
        let wanted = with_last_applied(&info.object)["metadata"]["annotations"][LAST_APPLIED].clone();
        changes.push((remembered.is_none_or(|old| old != wanted.str()), info, wanted, current));
    }
    for (changed, info, wanted, mut object) in changes {
        if !changed {
            cli.line(format!("set-last-applied {}: no changes required.", info.name()));
            continue;
        }
        let mut body = Json::object();
        body.set_at(&["metadata", "annotations", LAST_APPLIED], wanted);
        if dry_run != DryRun::Client {
            let kind = PatchType::Merge;
            let request = Request::patch(kind, info.resource.clone(), info.namespace(), info.name(), body)
                .with(|o| o.dry_run = dry_run == DryRun::Server);
            object = super::cli::with_kind(&info.resource, cli.call(request)?.body);
        }
        match &format {
            Some(format) => {
                let text = format.print(&info.resource, &object)?;
                cli.print(text);
            }
            None => {
                let what = typed_name(&info.resource, info.name());
                cli.line(format!("{what} configured{}", dry_run.suffix()));
            }
        }
    }
    Ok(Flow::Exit(0))
}
