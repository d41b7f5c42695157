//! `kubectl delete`: asks for the deletion, then waits until the objects are gone.

use super::apply::DryRun;
use super::cli::Cli;
use super::failure::Failure;
use super::files;
use super::flags::{self, Arguments, Flag, Takes};
use super::names;
use super::printers::typed_name;
use super::{Flow, Task, Wait};
use crate::api::{Propagation, Request, Resource};
use crate::sim::Time;

pub(super) const FLAGS: &[Flag] = &[
    ("filename", 'f', Takes::Value),
    ("kustomize", 'k', Takes::Value),
    ("recursive", 'R', Takes::Nothing),
    ("output", 'o', Takes::Value),
    ("selector", 'l', Takes::Value),
    ("field-selector", ' ', Takes::Value),
    ("all", ' ', Takes::Nothing),
    ("all-namespaces", 'A', Takes::Nothing),
    ("ignore-not-found", ' ', Takes::Nothing),
    ("cascade", ' ', Takes::Optional("background")),
    ("grace-period", ' ', Takes::Value),
    ("now", ' ', Takes::Nothing),
    ("force", ' ', Takes::Nothing),
    ("wait", ' ', Takes::Nothing),
    ("timeout", ' ', Takes::Value),
    ("dry-run", ' ', Takes::Optional("unchanged")),
    ("interactive", 'i', Takes::Nothing),
    ("raw", ' ', Takes::Value),
];

/// An object to delete, or one whose end is waited for.
#[derive(Clone)]
struct Victim {
    resource: Resource,
    namespace: String,
    name: String,
    uid: String,
    source: Option<String>,
}

/// A `delete` that waits.
#[derive(Clone)]
pub(super) struct Waiting {
    left: Vec<Victim>,
    until: Option<Time>,
}

pub(super) fn run(cli: &mut Cli, args: &[String]) -> Result<Flow, Failure> {
    let args = flags::parse("delete", args, FLAGS)?;
    if args.has("raw") {
        return super::raw::run(cli, "DELETE", &args);
    }
    let dry_run = DryRun::of(&args)?;
    let propagation = match args.get("cascade") {
        "" | "background" => Propagation::Background,
        "foreground" => Propagation::Foreground,
        "orphan" => Propagation::Orphan,
        old @ ("true" | "false") => {
            let (new, way) = match old {
                "true" => ("background", Propagation::Background),
                _ => ("orphan", Propagation::Orphan),
            };
            let old = format!("--cascade={old} is deprecated (boolean value)");
            cli.error_line(format!("warning: {old} and can be replaced with --cascade={new}."));
            way
        }
        other => {
            return Err(Failure::error(format!(
                "invalid cascade value ({other}). Must be \"background\", \"foreground\", or \"orphan\""
            )));
        }
    };
    for flag in ["selector", "field-selector"] {
        if args.is("all") && args.has(flag) {
            return Err(Failure::error(format!("cannot set --all and --{flag} at the same time")));
        }
    }
    if !matches!(args.get("output"), "" | "name") {
        let what = args.get("output");
        let message = format!("unexpected -o output mode: {what}. We only support '-o name'");
        return Err(Failure::error(message));
    }
    let grace = grace_period(&args)?;
    if grace == Some(0) {
        let message = "Warning: Immediate deletion does not wait for confirmation that the running resource has been terminated. The resource may continue to run on the cluster indefinitely.";
        cli.error_line(message);
    }
    let (victims, mut failures) = victims(cli, &args)?;
    if victims.is_empty() && failures.is_empty() {
        cli.line("No resources found");
        return Ok(Flow::Exit(0));
    }
    // Who selects does not mean a certain object.
    let selects = args.is("all") || args.has("selector") || args.has("field-selector");
    let forgiving = if args.has("ignore-not-found") { args.is("ignore-not-found") } else { selects };
    let mut waiting = Vec::new();
    for mut victim in victims {
        if let Err(failure) = delete(cli, dry_run, (propagation, grace), &mut victim) {
            if !(failure.is_not_found() && forgiving) {
                failures.push(failure);
            }
            continue;
        }
        say(cli, &args, dry_run, grace == Some(0), &victim);
        waiting.push(victim);
    }
    Failure::many(failures)?;
    let waits = args.get("wait") != "false" && dry_run == DryRun::No;
    if !waits || waiting.is_empty() {
        return Ok(Flow::Exit(0));
    }
    let patience = args.duration("timeout").map(|(_, d)| d).filter(|d| !d.is_zero());
    let mut task = Waiting { left: waiting, until: patience.map(|d| cli.now() + d) };
    match task.resume(cli)? {
        Some(exit) => Ok(Flow::Exit(exit)),
        None => Ok(Flow::Wait(Task::Delete(task))),
    }
}

/// What the flags say of the time that a deletion gives; zero only with `--force`.
fn grace_period(args: &Arguments) -> Result<Option<i64>, Failure> {
    let asked = args.number("grace-period").filter(|seconds| *seconds >= 0);
    let force = args.is("force");
    if args.is("now") && asked.is_some() {
        return Err(Failure::error("--now and --grace-period cannot be specified together"));
    }
    let grace = if args.is("now") { Some(1) } else { asked };
    match grace {
        Some(1..) if force => {
            Err(Failure::error("--force and --grace-period greater than 0 cannot be specified together"))
        }
        None if force => Ok(Some(0)),
        Some(0) if !force => Ok(Some(1)),
        _ => Ok(grace),
    }
}

fn victims(cli: &mut Cli, args: &Arguments) -> Result<(Vec<Victim>, Vec<Failure>), Failure> {
    let mut out = Vec::new();
    let mut failures = Vec::new();
    files::either(args)?;
    if args.has("filename") || args.has("kustomize") {
        files::given(args)?;
        let (infos, faults) = files::read_all(cli, args, false)?;
        failures = faults;
        for info in infos {
            let (namespace, name) = (info.namespace().to_string(), info.name().to_string());
            out.push(Victim {
                resource: info.resource,
                namespace,
                name,
                uid: String::new(),
                source: Some(info.source),
            });
        }
        return Ok((out, failures));
    }
    if args.words.is_empty() && (args.is("all") || args.has("selector") || args.has("field-selector")) {
        return Err(Failure::error("at least one resource must be specified to use a selector"));
    }
    if args.words.is_empty() {
        return Err(names::required());
    }
    let selects = args.is("all") || args.has("selector") || args.has("field-selector");
    for target in names::targets(cli, &args.words)? {
        let namespace = if target.resource.namespaced { args.namespace() } else { "" };
        if !target.name.is_empty() {
            if selects {
                return Err(Failure::error("name cannot be provided when a selector is specified"));
            }
            let namespace = namespace.to_string();
            out.push(Victim {
                resource: target.resource,
                namespace,
                name: target.name,
                uid: String::new(),
                source: None,
            });
            continue;
        }
        if !selects {
            return Err(Failure::error("resource(s) were provided, but no name was specified"));
        }
        let namespace = if args.is("all-namespaces") { "" } else { namespace };
        for object in
            cli.list(&target.resource, namespace, args.get("selector"), args.get("field-selector"))?
        {
            let meta = &object["metadata"];
            out.push(Victim {
                resource: target.resource.clone(),
                namespace: meta["namespace"].str().into(),
                name: meta["name"].str().into(),
                uid: String::new(),
                source: None,
            });
        }
    }
    Ok((out, failures))
}

fn delete(
    cli: &mut Cli,
    dry_run: DryRun,
    (propagation, grace): (Propagation, Option<i64>),
    victim: &mut Victim,
) -> Result<(), Failure> {
    if dry_run == DryRun::Client {
        cli.get(&victim.resource, &victim.namespace, &victim.name)?;
        return Ok(());
    }
    let request = Request::delete(victim.resource.clone(), victim.namespace.as_str(), victim.name.as_str())
        .with(|o| {
            o.propagation = Some(propagation);
            o.dry_run = dry_run == DryRun::Server;
            o.grace_period = grace;
        });
    let body = cli
        .call(request)
        .map_err(|s| match &victim.source {
            Some(source) => Failure::from_source("deleting", source, s),
            None => s.into(),
        })?
        .body;
    // A deletion answers with the object, or with a Status that carries its uid.
    let uid = if body["kind"].str() == "Status" { &body["details"]["uid"] } else { &body["metadata"]["uid"] };
    victim.uid = uid.str().into();
    Ok(())
}

fn say(cli: &mut Cli, args: &Arguments, dry_run: DryRun, forced: bool, victim: &Victim) {
    if args.get("output") == "name" {
        cli.line(typed_name(&victim.resource, &victim.name));
        return;
    }
    let word = if forced { "force deleted" } else { "deleted" };
    let from = if victim.namespace.is_empty() {
        String::new()
    } else {
        format!(" from {} namespace", victim.namespace)
    };
    let kind = victim.resource.qualified_singular();
    cli.line(format!("{kind} {:?} {word}{from}{}", victim.name, dry_run.suffix()));
}

impl Waiting {
    pub(super) fn blocked(&self) -> Wait {
        Wait::Blocked { watches: Vec::new(), until: self.until, any_step: true }
    }

    pub(super) fn resume(&mut self, cli: &mut Cli) -> Result<Option<i32>, Failure> {
        self.left.retain(|v| match cli.get(&v.resource, &v.namespace, &v.name) {
            // An object with another uid is a successor.
            Ok(object) => v.uid.is_empty() || object["metadata"]["uid"].str() == v.uid,
            Err(_) => false,
        });
        if self.left.is_empty() {
            return Ok(Some(0));
        }
        if self.until.is_some_and(|t| t <= cli.now()) {
            let v = &self.left[0];
            let what = format!("{}/{}", v.resource.plural, v.name);
            return Err(Failure::error(format!("timed out waiting for the condition on {what}")));
        }
        Ok(None)
    }
}
