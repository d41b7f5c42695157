//! `kubectl replace`: PUT, or with `--force` delete and create.

use super::Flow;
use super::apply::{self, DryRun, write_options};
use super::cli::Cli;
use super::failure::Failure;
use super::files;
use super::flags::{self, Flag, Takes};
use super::printers::{Format, typed_name};
use crate::api::{Propagation, Request};

pub(super) const FLAGS: &[Flag] = &flags::join::<18>(
    flags::WRITE,
    &[
        ("force", ' ', Takes::Nothing),
        ("cascade", ' ', Takes::Optional("background")),
        ("grace-period", ' ', Takes::Value),
        ("timeout", ' ', Takes::Value),
        ("subresource", ' ', Takes::Value),
        ("raw", ' ', Takes::Value),
    ],
);

pub(super) fn run(cli: &mut Cli, args: &[String]) -> Result<Flow, Failure> {
    let args = flags::parse("replace", args, FLAGS)?;
    let dry_run = DryRun::of(&args)?;
    apply::validation(&args)?;
    let format = Format::of_write(&args)?;
    files::given(&args)?;
    if args.has("raw") {
        return super::raw::run(cli, "PUT", &args);
    }
    let grace = args.number("grace-period").filter(|seconds| *seconds >= 0);
    if grace.is_some() && !args.is("force") {
        return Err(Failure::error("--grace-period must have --force specified"));
    }
    if args.duration("timeout").is_some_and(|(_, time)| !time.is_zero()) && !args.is("force") {
        return Err(Failure::error("--timeout must have --force specified"));
    }
    let (infos, mut failures) = files::read_all(cli, &args, true)?;
    if args.is("force") {
        for info in &infos {
            let request = Request::delete(info.resource.clone(), info.namespace(), info.name()).with(|o| {
                o.propagation = Some(Propagation::Background);
                o.grace_period = Some(0);
            });
            match cli.call(request) {
                Ok(_) => {
                    let kind = info.resource.qualified_singular();
                    let from = if info.namespace().is_empty() {
                        String::new()
                    } else {
                        format!(" from {} namespace", info.namespace())
                    };
                    cli.line(format!("{kind} {:?} deleted{from}", info.name()));
                }
                Err(status) if status.is_not_found() => {}
                Err(status) => failures.push(status.into()),
            }
        }
    }
    for info in infos {
        let mut object = info.object.clone();
        if args.is("save-config") || !object["metadata"]["annotations"][apply::LAST_APPLIED].is_null() {
            object = apply::with_last_applied(&object);
        }
        // What the author has not seen he overwrites (cli-runtime's `Helper.Replace`).
        if !args.is("force") && object["metadata"]["resourceVersion"].is_empty() {
            let seen = Request::get(info.resource.clone(), info.namespace(), info.name());
            if let Ok(seen) = cli.call(seen) {
                let version = &seen.body["metadata"]["resourceVersion"];
                object.set_at(&["metadata", "resourceVersion"], version.clone());
            }
        }
        let request = if args.is("force") {
            Request::create(info.resource.clone(), object)
        } else {
            Request::update(info.resource.clone(), object).with_subresource(args.get("subresource"))
        };
        let request = request.with(|o| {
            write_options(o, &args, dry_run);
            o.field_manager = args.manager("kubectl-replace");
        });
        match cli.call(request) {
            Err(status) => failures.push(Failure::from_source("replacing", &info.source, status)),
            Ok(response) => match &format {
                Some(format) => {
                    let text = format
                        .print(&info.resource, &super::cli::with_kind(&info.resource, response.body))?;
                    cli.print(text);
                }
                None => cli.line(format!(
                    "{} replaced{}",
                    typed_name(&info.resource, info.name()),
                    dry_run.suffix()
                )),
            },
        }
    }
    Failure::many(failures)?;
    Ok(Flow::Exit(0))
}
