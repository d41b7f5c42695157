//! `kubectl apply`: creates what is missing, and changes what is there by a three-way merge of what was applied last,
//! what is to be applied, and what is stored.

use super::Flow;
use super::cli::Cli;
use super::failure::Failure;
use super::files::{self, Info};
use super::flags::{self, Arguments, Flag, Takes};
use super::merge;
use super::printers::{Format, typed_name};
use super::{prune, record, server_side, set_last_applied, view_last_applied};
use crate::api::selector::Labels;
use crate::api::{FieldValidation, Options, PatchType, Request};
use crate::json::{Json, parse};

pub(super) const FLAGS: &[Flag] = &[
    ("filename", 'f', Takes::Value),
    ("kustomize", 'k', Takes::Value),
    ("recursive", 'R', Takes::Nothing),
    ("output", 'o', Takes::Value),
    ("template", ' ', Takes::Value),
    ("allow-missing-template-keys", ' ', Takes::Nothing),
    ("show-managed-fields", ' ', Takes::Nothing),
    ("dry-run", ' ', Takes::Optional("unchanged")),
    ("validate", ' ', Takes::Optional("strict")),
    ("server-side", ' ', Takes::Nothing),
    ("force-conflicts", ' ', Takes::Nothing),
    ("field-manager", ' ', Takes::Value),
    ("selector", 'l', Takes::Value),
    ("force", ' ', Takes::Nothing),
    ("prune", ' ', Takes::Nothing),
    ("all", ' ', Takes::Nothing),
    ("wait", ' ', Takes::Nothing),
    ("timeout", ' ', Takes::Value),
    ("overwrite", ' ', Takes::Nothing),
    ("cascade", ' ', Takes::Optional("background")),
    ("grace-period", ' ', Takes::Value),
    ("openapi-patch", ' ', Takes::Nothing),
    ("prune-allowlist", ' ', Takes::Value),
    ("applyset", ' ', Takes::Value),
    ("subresource", ' ', Takes::Value),
    record::FLAG,
];

/// Where `apply` keeps what it applied last.
pub(super) const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";

/// How far a command goes.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum DryRun {
    /// All the way.
    No,
    /// Nothing is sent.
    Client,
    /// The server tries and stores nothing.
    Server,
}

impl DryRun {
    /// `--dry-run`
    pub fn of(args: &Arguments) -> Result<DryRun, Failure> {
        match args.get("dry-run") {
            "" | "none" => Ok(DryRun::No),
            "client" | "unchanged" => Ok(DryRun::Client),
            "server" => Ok(DryRun::Server),
            old => match flags::boolean(old) {
                Some(true) => Ok(DryRun::Client),
                Some(false) => Ok(DryRun::No),
                None => Err(Failure::error(format!(
                    "Invalid dry-run value ({old}). Must be \"none\", \"server\", or \"client\"."
                ))),
            },
        }
    }

    /// What a sentence ends with.
    pub fn suffix(self) -> &'static str {
        match self {
            DryRun::No => "",
            DryRun::Client => " (dry run)",
            DryRun::Server => " (server dry run)",
        }
    }
}

/// `--validate`: how a write is validated; `kubectl` asks for strictness.
pub(super) fn validation(args: &Arguments) -> Result<FieldValidation, Failure> {
    match args.get("validate") {
        "" | "strict" => Ok(FieldValidation::Strict),
        "ignore" => Ok(FieldValidation::Ignore),
        "warn" => Ok(FieldValidation::Warn),
        other => match flags::boolean(other) {
            Some(true) => Ok(FieldValidation::Strict),
            Some(false) => Ok(FieldValidation::Ignore),
            None => Err(Failure::error(format!(
                "invalid - validate option {other:?}; must be one of: strict (or true), warn, ignore (or false)"
            ))),
        },
    }
}

/// What a write asks of the server.
pub(super) fn write_options(o: &mut Options, args: &Arguments, dry_run: DryRun) {
    o.dry_run = dry_run == DryRun::Server;
    o.field_validation = validation(args).unwrap_or(FieldValidation::Strict);
}

pub(super) fn run(cli: &mut Cli, args: &[String]) -> Result<Flow, Failure> {
    match args.first().map_or("", String::as_str) {
        "view-last-applied" => return view_last_applied::run(cli, &args[1..]),
        "set-last-applied" => return set_last_applied::run(cli, &args[1..]),
        "edit-last-applied" => return super::edit::last_applied(cli, &args[1..]),
        _ => {}
    }
    let args = flags::parse("apply", args, FLAGS)?;
    let dry_run = DryRun::of(&args)?;
    validation(&args)?;
    if args.is("server-side") && dry_run == DryRun::Client {
        return Err(Failure::error(
            "--dry-run=client doesn't work with --server-side (did you mean --dry-run=server instead?)",
        ));
    }
    if args.is("force-conflicts") && !args.is("server-side") {
        return Err(Failure::error("--force-conflicts only works with --server-side"));
    }
    if args.is("force") && args.is("server-side") {
        return Err(Failure::error("--force cannot be used with --server-side"));
    }
    if args.is("force") && dry_run == DryRun::Server {
        return Err(Failure::error("--dry-run=server cannot be used with --force"));
    }
    prune::check(&args)?;
    if !args.words.is_empty() {
        return Err(Failure::usage("apply", format!("Unexpected args: [{}]", args.words.join(" "))));
    }
    files::given(&args)?;
    let format = Format::of_write(&args)?;
    let (mut infos, mut failures) = files::read_all(cli, &args, true)?;
    if args.has("selector") {
        let labels = Labels::parse(args.get("selector")).map_err(Failure::error)?;
        infos.retain(|info| labels.matches(&info.object["metadata"]["labels"]));
    }
    if infos.is_empty() && failures.is_empty() {
        return Err(Failure::error("no objects passed to apply"));
    }
    let mut applied = Vec::new();
    for info in infos {
        match apply(cli, &args, dry_run, format.as_ref(), &info) {
            Ok(object) => applied.push((info, object)),
            Err(failure) => failures.push(failure),
        }
    }
    Failure::many(failures)?;
    if args.is("prune") {
        prune::run(cli, &args, dry_run, format.as_ref(), &applied)?;
    }
    Ok(Flow::Exit(0))
}

fn apply(
    cli: &mut Cli,
    args: &Arguments,
    dry_run: DryRun,
    format: Option<&Format>,
    info: &Info,
) -> Result<Json, Failure> {
    let (object, verb) = if args.is("server-side") {
        (server_side::apply(cli, args, dry_run, info)?, "serverside-applied")
    } else {
        client_side(cli, args, dry_run, info)?
    };
    match format {
        Some(Format::Name) => cli.line(typed_name(&info.resource, object["metadata"]["name"].str())),
        Some(format) => {
            let text =
                format.print(&info.resource, &super::cli::with_kind(&info.resource, object.clone()))?;
            cli.print(text);
        }
        None => cli.line(format!("{} {verb}{}", typed_name(&info.resource, info.name()), dry_run.suffix())),
    }
    Ok(object)
}

/// The tree without the fields that are null.
fn without_nulls(value: &Json) -> Json {
    match value {
        Json::Object(_) => {
            let kept = value.entries().iter().filter(|(_, part)| !part.is_null());
            Json::Object(kept.map(|(key, part)| (key.clone(), without_nulls(part))).collect())
        }
        Json::Array(items) => items.iter().map(without_nulls).collect(),
        other => other.clone(),
    }
}

fn client_side(
    cli: &mut Cli,
    args: &Arguments,
    dry_run: DryRun,
    info: &Info,
) -> Result<(Json, &'static str), Failure> {
    let generate = info.object["metadata"]["generateName"].str();
    if info.name().is_empty() && !generate.is_empty() {
        return Err(Failure::error(format!("from {generate}: cannot use generate name with apply")));
    }
    let modified = with_last_applied(&info.object);
    if let Some(why) = unaskable(info.name()) {
        return Err(Failure::error(retrieving(info, &why)));
    }
    match cli.get(&info.resource, info.namespace(), info.name()) {
        Err(status) if status.is_not_found() => {
            // What a later apply would leave out is not written now either.
            let modified = without_nulls(&modified);
            if dry_run == DryRun::Client {
                return Ok((modified, "created"));
            }
            let request = Request::create(info.resource.clone(), modified).with(|o| {
                write_options(o, args, dry_run);
                o.field_manager = args.manager(server_side::CLIENT);
            });
            let created = cli.call(request).map_err(|s| Failure::from_source("creating", &info.source, s))?;
            Ok((created.body, "created"))
        }
        Err(mut status) => {
            status.message = retrieving(info, &status.message).into();
            Err(status.into())
        }
        Ok(current) => change(cli, args, dry_run, info, &modified, current),
    }
}

/// Why no request can be made of a name (`rest.Request.Name`).
fn unaskable(name: &str) -> Option<String> {
    if name.is_empty() {
        return Some("resource name may not be empty".into());
    }
    let problem = match name {
        "." | ".." => format!("may not be '{name}'"),
        _ => format!("may not contain '{}'", name.chars().find(|c| matches!(c, '/' | '%'))?),
    };
    Some(format!("invalid resource name {name:?}: [{problem}]"))
}

/// What `kubectl` says when it cannot even read the object.
fn retrieving(info: &Info, message: &str) -> String {
    let r = &info.resource;
    let group_version = r.api_version();
    format!(
        "error when retrieving current configuration of:\nResource: \"{}, Resource={}\", GroupVersionKind: \"{}, Kind={}\"\nName: {:?}, Namespace: {:?}\n\
         from server for: {:?}: {message}",
        if r.group.is_empty() { format!("/{}", r.version) } else { group_version.clone() },
        r.plural,
        if r.group.is_empty() { format!("/{}", r.version) } else { group_version },
        r.kind,
        info.name(),
        info.namespace(),
        info.source,
    )
}

fn change(
    cli: &mut Cli,
    args: &Arguments,
    dry_run: DryRun,
    info: &Info,
    modified: &Json,
    current: Json,
) -> Result<(Json, &'static str), Failure> {
    let last = current["metadata"]["annotations"].get(LAST_APPLIED).map(|v| v.str().to_string());
    if last.is_none() {
        cli.error_line(format!(
            "Warning: resource {}/{} is missing the {LAST_APPLIED} annotation which is required by kubectl apply. kubectl apply should only be used on \
             resources created declaratively by either kubectl create --save-config or kubectl apply. The missing annotation will be patched automatically.",
            info.resource.plural,
            info.name()
        ));
    }
    let original = last.and_then(|text| parse(&text).ok()).unwrap_or_default();
    let patch = merge::three_way(info.resource.ty, &original, modified, &current);
    if patch.is_empty() {
        if !current["metadata"]["deletionTimestamp"].is_null() {
            warn_deleting(cli, info);
        }
        return Ok((current, "unchanged"));
    }
    if dry_run == DryRun::Client {
        return Ok((modified.clone(), "configured"));
    }
    let kind = if info.resource.ty.is_some() { PatchType::Strategic } else { PatchType::Merge };
    let request = Request::patch(kind, info.resource.clone(), info.namespace(), info.name(), patch.clone())
        .with(|o| {
            write_options(o, args, dry_run);
            o.field_manager = args.manager(server_side::CLIENT);
        });
    let patched = cli.call(request).map_err(|mut status| {
        let r = &info.resource;
        let group = if r.group.is_empty() { format!("/{}", r.version) } else { r.api_version() };
        if status.reason != Some(crate::api::Reason::Invalid) || status.details.is_none() {
            status.message = format!(
                "error when applying patch:\n{patch}\nto:\nResource: \"{group}, Resource={}\", GroupVersionKind: \"{group}, Kind={}\"\nName: {:?}, Namespace: {:?}\nfor: {:?}: error when patching {:?}: {}",
                r.plural, r.kind, info.name(), info.namespace(), info.source, info.source, status.message
            )
            .into();
        }
        Failure::from(status)
    })?;
    if !current["metadata"]["deletionTimestamp"].is_null() {
        warn_deleting(cli, info);
    }
    Ok((patched.body, "configured"))
}

fn warn_deleting(cli: &mut Cli, info: &Info) {
    cli.error_line(format!(
        "Warning: Detected changes to resource {} which is currently being deleted.",
        info.name()
    ));
}

/// The object with the annotation that remembers it.
pub(super) fn with_last_applied(object: &Json) -> Json {
    let mut remembered = object.clone();
    let mut annotations = remembered["metadata"]["annotations"].clone();
    annotations.object_mut().remove(LAST_APPLIED);
    remembered.set_at(&["metadata", "annotations"], annotations.clone());
    annotations.set(LAST_APPLIED, format!("{remembered}\n"));
    let mut out = remembered;
    out.set_at(&["metadata", "annotations"], annotations);
    out
}
