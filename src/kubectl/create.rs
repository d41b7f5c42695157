//! `kubectl create`: from files, or one object from flags (see `generate`).

use super::Flow;
use super::apply::{self, DryRun, write_options};
use super::cli::{Cli, with_kind};
use super::failure::Failure;
use super::files;
use super::flags::{self, Arguments, Flag, Takes};
use super::generate;
use super::printers::{Format, typed_name};
use super::{help, token};
use crate::api::{Request, Resource};
use crate::json::Json;

pub(super) const FLAGS: &[Flag] = &flags::join::<15>(
    flags::WRITE,
    &[("edit", ' ', Takes::Nothing), ("raw", ' ', Takes::Value), ("selector", 'l', Takes::Value)],
);

pub(super) fn run(cli: &mut Cli, args: &[String]) -> Result<Flow, Failure> {
    if let Some(made) = generate::run(cli, args) {
        return made;
    }
    match args.first().map(String::as_str) {
        Some("token") => return token::run(cli, &args[1..]),
        Some("secret") => return group(cli, "secret", &args[1..]),
        Some("service" | "svc") => return group(cli, "service", &args[1..]),
        _ => {}
    }
    let args = flags::parse("create", args, FLAGS)?;
    let dry_run = DryRun::of(&args)?;
    apply::validation(&args)?;
    if !args.words.is_empty() {
        return Err(Failure::usage("create", format!("Unexpected args: [{}]", args.words.join(" "))));
    }
    files::given(&args)?;
    if args.has("raw") {
        return super::raw::run(cli, "POST", &args);
    }
    if args.has("raw") {
        return super::raw::run(cli, "POST", &args);
    }
    let format = Format::of_write(&args)?;
    let (infos, mut failures) = files::read_all(cli, &args, true)?;
    if infos.is_empty() && failures.is_empty() {
        return Err(Failure::error("no objects passed to create"));
    }
    for info in infos {
        let mut object = info.object.clone();
        if let Some(meta) = object.get_mut("metadata") {
            meta.remove("resourceVersion");
            meta.remove("uid");
        }
        if args.is("save-config") {
            object = apply::with_last_applied(&object);
        }
        let result = send(cli, &args, ("kubectl-create", dry_run), &info.resource, object);
        match result {
            Ok(created) => report(cli, format.as_ref(), dry_run, &info.resource, created)?,
            Err(status) => failures.push(Failure::from_source("creating", &info.source, status)),
        }
    }
    Failure::many(failures)?;
    Ok(Flow::Exit(0))
}

/// `create secret` and `create service` without one of their kinds.
fn group(cli: &mut Cli, kind: &str, args: &[String]) -> Result<Flow, Failure> {
    let command = format!("create {kind}");
    let args = flags::parse(&command, args, &[])?;
    if !args.words.is_empty() {
        return Err(Failure::usage(&command, format!("unknown command {:?}", args.words.join(" "))));
    }
    cli.error_line(help::of(&["create", kind]).trim_end());
    Ok(Flow::Exit(1))
}

/// Creates, unless this is a client's dry run; `own`: what the command calls itself as an owner of fields.
pub(super) fn send(
    cli: &mut Cli,
    args: &Arguments,
    (own, dry_run): (&'static str, DryRun),
    resource: &Resource,
    object: Json,
) -> Result<Json, crate::api::Status> {
    if dry_run == DryRun::Client {
        return Ok(object);
    }
    let request = Request::create(resource.clone(), object).with(|o| {
        write_options(o, args, dry_run);
        o.field_manager = args.manager(own);
    });
    Ok(with_kind(resource, cli.call(request)?.body))
}

/// Says that an object was created, in the form that was asked for.
pub(super) fn report(
    cli: &mut Cli,
    format: Option<&Format>,
    dry_run: DryRun,
    resource: &Resource,
    created: Json,
) -> Result<(), Failure> {
    match format {
        Some(format) => {
            let text = format.print(resource, &created)?;
            cli.print(text);
        }
        None => {
            let name = created["metadata"]["name"].str();
            cli.line(format!("{} created{}", typed_name(resource, name), dry_run.suffix()));
        }
    }
    Ok(())
}
