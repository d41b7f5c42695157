//! `kubectl wait`: until a condition holds, a path has a value, or an object is gone.

use super::cli::Cli;
use super::failure::Failure;
use super::files;
use super::flags::{self, Flag, Takes};
use super::names::{self, Target};
use super::printers::{relaxed, typed_name};
use super::{Flow, Task, Wait};
use crate::api::Resource;
use crate::api::jsonpath::{self, Template};
use crate::json::Json;
use crate::sim::Time;

pub(super) const FLAGS: &[Flag] = &[
    ("for", ' ', Takes::Value),
    ("timeout", ' ', Takes::Value),
    ("selector", 'l', Takes::Value),
    ("field-selector", ' ', Takes::Value),
    ("all", ' ', Takes::Nothing),
    ("all-namespaces", 'A', Takes::Nothing),
    ("filename", 'f', Takes::Value),
    ("recursive", 'R', Takes::Nothing),
    ("output", 'o', Takes::Value),
];

/// What is waited for.
#[derive(Clone)]
enum Goal {
    Delete,
    Create,
    Condition { kind: String, status: String },
    Path { template: Template, value: Option<String> },
}

/// An object that is waited for.
#[derive(Clone)]
struct Object {
    resource: Resource,
    namespace: String,
    name: String,
}

/// A `wait`.
#[derive(Clone)]
pub(super) struct Waiting {
    goals: Vec<Goal>,
    objects: Vec<Object>,
    /// The object and the goal that are looked at now: one after another, as `kubectl` does.
    at: (usize, usize),
    until: Time,
    /// Whether it waits at all.
    patience: bool,
    /// `-o name`
    named: bool,
    failures: Vec<Failure>,
}

fn goal(text: &str) -> Result<Goal, Failure> {
    if text.eq_ignore_ascii_case("delete") {
        return Ok(Goal::Delete);
    }
    if text.eq_ignore_ascii_case("create") {
        return Ok(Goal::Create);
    }
    if let Some(rest) = text.strip_prefix("condition=") {
        let (kind, status) = rest.split_once('=').unwrap_or((rest, "true"));
        return Ok(Goal::Condition { kind: kind.into(), status: status.into() });
    }
    if let Some(rest) = text.strip_prefix("jsonpath=") {
        let form = "--for=jsonpath='{.status.readyReplicas}'=3";
        let parts = split(rest);
        let (path, value) = match parts.as_slice() {
            [path] => (path, None),
            [path, value] => (path, Some(value.trim_matches(['"', '\'']).to_string())),
            _ => {
                let other = "--for=jsonpath='{.status.readyReplicas}'";
                return Err(Failure::error(format!("jsonpath wait format must be {form} or {other}")));
            }
        };
        let path = relaxed(path).map_err(Failure::error)?;
        if value.as_deref() == Some("") {
            let why = "jsonpath wait has to have a value after equal sign, like";
            return Err(Failure::error(format!("{why} {form}")));
        }
        if path.is_empty() {
            return Err(Failure::error("jsonpath expression cannot be empty"));
        }
        let template = Template::parse(&path).map_err(Failure::error)?;
        return Ok(Goal::Path { template, value });
    }
    Err(Failure::error(format!("unrecognized condition: {text:?}")))
}

/// A path and a value around a single `=`; two of them are part of the path.
fn split(text: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let double = c == '=' && chars.peek() == Some(&'=');
        match parts.last_mut() {
            Some(_) if c == '=' && !double => parts.push(String::new()),
            Some(part) => part.push(c),
            None => {}
        }
        if double && let Some(part) = parts.last_mut() {
            part.extend(chars.next());
        }
    }
    parts
}

pub(super) fn run(cli: &mut Cli, args: &[String]) -> Result<Flow, Failure> {
    let args = flags::parse("wait", args, FLAGS)?;
    if !args.has("for") {
        return Err(Failure::error("unrecognized condition: []"));
    }
    let goals: Vec<Goal> = args.all("for").iter().map(|f| goal(f)).collect::<Result<_, _>>()?;
    let (negative, patience) =
        args.duration("timeout").unwrap_or((false, std::time::Duration::from_secs(30)));
    // A negative timeout means a week.
    let patience = if negative { std::time::Duration::from_secs(7 * 86_400) } else { patience };
    let mut objects = Vec::new();
    let mut failures = Vec::new();
    files::either(&args)?;
    let mut targets = names::targets(cli, &args.words)?;
    for info in files::read(cli, &args)? {
        targets.push(Target { name: info.name().into(), resource: info.resource });
    }
    if targets.is_empty() {
        return Err(names::required());
    }
    let by_name = targets.iter().all(|t| !t.name.is_empty());
    for target in targets {
        let namespace = if args.is("all-namespaces") { "" } else { args.namespace() };
        let namespace = if target.resource.namespaced { namespace } else { "" };
        if !target.name.is_empty() {
            objects.push(Object {
                namespace: namespace.into(),
                name: target.name,
                resource: target.resource,
            });
            continue;
        }
        if !(args.is("all") || args.has("selector") || args.has("field-selector")) {
            return Err(Failure::error("resource(s) were provided, but no name was specified"));
        }
        for object in
            cli.list(&target.resource, namespace, args.get("selector"), args.get("field-selector"))?
        {
            let meta = &object["metadata"];
            let (namespace, name) = (meta["namespace"].str().into(), meta["name"].str().into());
            objects.push(Object { namespace, name, resource: target.resource.clone() });
        }
    }
    if objects.is_empty() && !goals.iter().any(|g| matches!(g, Goal::Delete)) {
        return Err(Failure::error("no matching resources found"));
    }
    // What does not exist is not waited for, unless it is its creation or its end.
    if by_name && !goals.iter().any(|g| matches!(g, Goal::Delete | Goal::Create)) {
        objects.retain(|o| match cli.get(&o.resource, &o.namespace, &o.name) {
            Ok(_) => true,
            Err(status) => {
                failures.push(status.into());
                false
            }
        });
    }
    let until = cli.now() + patience;
    let (named, patience) = (args.get("output") == "name", !patience.is_zero());
    let mut task = Waiting { goals, objects, at: (0, 0), until, patience, named, failures };
    match task.resume(cli)? {
        Some(exit) => Ok(Flow::Exit(exit)),
        None => Ok(Flow::Wait(Task::Wait(task))),
    }
}

impl Waiting {
    pub(super) fn blocked(&self) -> Wait {
        Wait::Blocked { watches: Vec::new(), until: Some(self.until), any_step: true }
    }

    pub(super) fn resume(&mut self, cli: &mut Cli) -> Result<Option<i32>, Failure> {
        if self.goals.iter().any(|goal| matches!(goal, Goal::Create)) && !self.all_there(cli) {
            if self.until > cli.now() {
                return Ok(None);
            }
            return Err(Failure::error("timed out waiting for the condition"));
        }
        while let Some(object) = self.objects.get(self.at.0).cloned() {
            let Some(goal) = self.goals.get(self.at.1) else {
                self.at = (self.at.0 + 1, 0);
                continue;
            };
            let found = cli.get(&object.resource, &object.namespace, &object.name);
            if let Err(status) = &found
                && !status.is_not_found()
            {
                return Err(status.clone().into());
            }
            let found = found.ok();
            if matches!(goal, Goal::Delete) && found.is_none() {
                self.at.1 += 1;
                continue;
            }
            if let (Goal::Path { template, .. }, Some(found)) = (goal, &found) {
                let values = template.values(found).unwrap_or_default();
                if values.len() > 1 {
                    let why = "given jsonpath expression matches more than one value";
                    return Err(Failure::error(why));
                }
                if matches!(values.first(), Some(Json::Object(_) | Json::Array(_))) {
                    let why = "jsonpath leads to a nested object or list which is not supported";
                    return Err(Failure::error(why));
                }
            }
            if found.as_ref().is_some_and(|o| holds(goal, o)) {
                let met = if self.named { "" } else { " condition met" };
                cli.line(format!("{}{met}", typed_name(&object.resource, &object.name)));
                self.at.1 += 1;
                continue;
            }
            if self.until > cli.now() {
                return Ok(None);
            }
            let what = format!("{}/{}", object.resource.plural, object.name);
            // Who does not wait is told at once.
            let condition = match self.patience {
                true => format!("timed out waiting for the condition on {what}"),
                false => format!("condition not met for {what}"),
            };
            self.failures.push(Failure::error(condition));
            self.at = (self.at.0 + 1, 0);
        }
        Failure::many(std::mem::take(&mut self.failures))?;
        Ok(Some(0))
    }
}

impl Waiting {
    /// A creation is always waited for first, and of all.
    fn all_there(&self, cli: &mut Cli) -> bool {
        self.objects.iter().all(|o| cli.get(&o.resource, &o.namespace, &o.name).is_ok())
    }
}

fn holds(goal: &Goal, object: &Json) -> bool {
    match goal {
        Goal::Delete => false,
        Goal::Create => true,
        Goal::Condition { kind, status } => {
            // A condition of an older generation says nothing.
            let generation = object["metadata"]["generation"].as_i64();
            object["status"]["conditions"].items().iter().any(|c| {
                let observed =
                    c["observedGeneration"].as_i64().or(object["status"]["observedGeneration"].as_i64());
                let stale = observed.is_some_and(|o| generation.is_some_and(|g| o < g));
                c["type"].str().eq_ignore_ascii_case(kind)
                    && c["status"].str().eq_ignore_ascii_case(status)
                    && !stale
            })
        }
        Goal::Path { template, value } => {
            let values = template.values(object).unwrap_or_default();
            match value {
                None => values.iter().any(|v| !jsonpath::text(v).is_empty()),
                Some(value) => values.first().is_some_and(|v| jsonpath::text(v) == *value),
            }
        }
    }
}
