//! `kubectl diff`: what an apply would change, as `diff -u -N` prints it of two folders, one with the objects as they are and
//! one as they would be.

use super::apply::{self, DryRun};
use super::cli::{Cli, with_kind};
use super::failure::Failure;
use super::files::{self, Info};
use super::flags::{self, Arguments, Flag, Takes};
use super::{Flow, merge, server_side, unified};
use crate::api::meta::without_managed_fields;
use crate::api::{PatchType, Request};
use crate::json::{Json, Str, parse, yaml};

const FLAGS: &[Flag] = &[
    ("filename", 'f', Takes::Value),
    ("kustomize", 'k', Takes::Value),
    ("recursive", 'R', Takes::Nothing),
    ("selector", 'l', Takes::Value),
    ("server-side", ' ', Takes::Nothing),
    ("force-conflicts", ' ', Takes::Nothing),
    ("field-manager", ' ', Takes::Value),
    ("show-managed-fields", ' ', Takes::Nothing),
    ("show-secrets", ' ', Takes::Nothing),
    ("concurrency", ' ', Takes::Value),
    ("prune", ' ', Takes::Nothing),
    ("prune-allowlist", ' ', Takes::Value),
];

pub(super) fn run(cli: &mut Cli, args: &[String]) -> Result<Flow, Failure> {
    // 1 means that there are differences, so what goes wrong is more.
    diff(cli, args).map_err(|failure| failure.with_exit(2))
}

fn diff(cli: &mut Cli, args: &[String]) -> Result<Flow, Failure> {
    let args = flags::parse("diff", args, FLAGS)?;
    if !args.words.is_empty() {
        return Err(Failure::usage("diff", format!("Unexpected args: [{}]", args.words.join(" "))));
    }
    files::given(&args)?;
    if args.is("force-conflicts") && !args.is("server-side") {
        return Err(Failure::error("--force-conflicts only works with --server-side"));
    }
    let mut names: Vec<(String, String, String)> = Vec::new();
    for info in files::read(cli, &args)? {
        let live = match cli.get(&info.resource, info.namespace(), info.name()) {
            Ok(live) => live,
            Err(status) if status.is_not_found() => Json::Null,
            Err(status) => return Err(status.into()),
        };
        let merged = merged(cli, &args, &info, &live)?;
        if !live["metadata"]["deletionTimestamp"].is_null() {
            cli.error_line(format!(
                "Warning: Detected changes to resource {} which is currently being deleted.",
                info.name()
            ));
        }
        let (mut live, mut merged) = (live, with_kind(&info.resource, merged));
        if !args.is("show-managed-fields") {
            (live, merged) = (without_managed_fields(&live), without_managed_fields(&merged));
        }
        if info.resource.kind == "Secret" && !args.is("show-secrets") {
            mask(&mut live, &mut merged);
        }
        let group =
            if info.resource.group.is_empty() { String::new() } else { format!("{}.", info.resource.group) };
        let (version, kind) = (&info.resource.version, &info.resource.kind);
        let file = format!("{group}{version}.{kind}.{}.{}", info.namespace(), info.name());
        let text = |object: &Json| if object.is_null() { String::new() } else { yaml::to_yaml(object) };
        names.push((file, text(&live), text(&merged)));
    }
    crate::collections::sort_by(&mut names, Ord::cmp);
    // The folders get numbers that no two commands of a run share.
    let now = cli.now();
    let number = (now.0 / 1_000_000).unsigned_abs() % 4_000_000_000;
    let time = now.rfc3339().replace('T', " ").replace('Z', ".000000000 +0000");
    let mut exit = 0;
    for (file, live, merged) in names.iter().filter(|(_, live, merged)| live != merged) {
        let (from, to) = (format!("/tmp/LIVE-{number}/{file}"), format!("/tmp/MERGED-{}/{file}", number + 1));
        cli.line(format!("diff -u -N {from} {to}\n--- {from}\t{time}\n+++ {to}\t{time}"));
        cli.print(unified::hunks(live, merged));
        exit = 1;
    }
    Ok(Flow::Exit(exit))
}

/// What the server would make of it.
fn merged(cli: &mut Cli, args: &Arguments, info: &Info, live: &Json) -> Result<Json, Failure> {
    if args.is("server-side") {
        return server_side::apply(cli, args, DryRun::Server, info);
    }
    if live.is_null() {
        let request = Request::create(info.resource.clone(), info.object.clone()).with(|o| o.dry_run = true);
        return Ok(cli.call(request)?.body);
    }
    let modified = apply::with_last_applied(&info.object);
    let last = live["metadata"]["annotations"][apply::LAST_APPLIED].str();
    let original = parse(last).unwrap_or_default();
    let patch = merge::three_way(info.resource.ty, &original, &modified, live);
    if patch.is_empty() {
        return Ok(live.clone());
    }
    let kind = if info.resource.ty.is_some() { PatchType::Strategic } else { PatchType::Merge };
    let request =
        Request::patch(kind, info.resource.clone(), info.namespace(), info.name(), patch).with(|o| {
            o.dry_run = true;
            o.field_manager = args.manager(server_side::CLIENT);
        });
    Ok(cli.call(request)?.body)
}

/// Hides what a Secret holds, but not that it changes.
fn mask(from: &mut Json, to: &mut Json) {
    let (old, new) = (from["data"].clone(), to["data"].clone());
    let masked = |own: &Json, other: &Json, word: &'static str| {
        let mut out = own.clone();
        for (key, value) in own.entries() {
            let changed = other.get(key).is_some_and(|other| other != value);
            out.set(key.clone(), Str::fixed(if changed { word } else { "***" }));
        }
        out
    };
    for (object, data) in
        [(from, masked(&old, &new, "*** (before)")), (to, masked(&new, &old, "*** (after)"))]
    {
        if !data.is_empty() {
            object.set("data", data);
        }
    }
}
