//! `kubectl logs`: what a pod's containers printed, once or followed.

use super::cli::{AGENT, Cli};
use super::failure::Failure;
use super::flags::{self, Arguments, Flag, Takes};
use super::names;
use super::{Flow, Task, Wait};
use crate::api::{Request, Resource, Status, kinds};
use crate::collections::sort_by;
use crate::json::{Json, Str};
use crate::sim::Time;
use std::time::Duration;

pub(super) const FLAGS: &[Flag] = &[
    ("follow", 'f', Takes::Nothing),
    ("container", 'c', Takes::Value),
    ("previous", 'p', Takes::Nothing),
    ("tail", ' ', Takes::Value),
    ("since", ' ', Takes::Value),
    ("since-time", ' ', Takes::Value),
    ("timestamps", ' ', Takes::Nothing),
    ("selector", 'l', Takes::Value),
    ("all-containers", ' ', Takes::Nothing),
    ("all-pods", ' ', Takes::Nothing),
    ("prefix", ' ', Takes::Nothing),
    ("limit-bytes", ' ', Takes::Value),
    ("max-log-requests", ' ', Takes::Value),
    ("ignore-errors", ' ', Takes::Nothing),
    ("pod-running-timeout", ' ', Takes::Value),
];

/// `--pod-running-timeout`
const POD_TIMEOUT: Duration = Duration::from_secs(20);

/// A container whose log is read.
#[derive(Clone)]
struct Source {
    namespace: String,
    pod: String,
    container: String,
    /// How many bytes are printed already.
    read: usize,
    done: bool,
}

/// A `logs -f`.
#[derive(Clone)]
pub(super) struct Follow {
    sources: Vec<Source>,
    /// How long a first pod of `job/x` is waited for, where there is none yet.
    until: Option<Time>,
    args: Arguments,
}

pub(super) fn run(cli: &mut Cli, args: &[String]) -> Result<Flow, Failure> {
    let args = flags::parse("logs", args, FLAGS)?;
    let namespace = args.namespace().to_string();
    if args.words.len() > 2 || args.words.is_empty() && !args.has("selector") {
        return Err(Failure::text(
            "error: expected 'logs [-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]'.\nPOD or TYPE/NAME is a required argument for the logs command\nSee 'kubectl logs -h' for help and examples",
        ));
    }
    if !args.words.is_empty() && args.has("selector") {
        return Err(Failure::usage("logs", "only a selector (-l) or a POD name is allowed"));
    }
    if args.has("since") && args.has("since-time") {
        return Err(Failure::error("at most one of `sinceTime` or `sinceSeconds` may be specified"));
    }
    if args.number("limit-bytes").is_some_and(|bytes| bytes < 0) {
        return Err(Failure::error("--limit-bytes must be greater than 0"));
    }
    let pods: Resource = kinds::PODS.into();
    let mut chosen = Vec::new();
    if args.has("selector") {
        chosen = cli.list(&pods, &namespace, args.get("selector"), "")?;
        if chosen.is_empty() {
            cli.error_line(format!("No resources found in {namespace} namespace."));
            return Ok(Flow::Exit(0));
        }
    } else if args.words[0].contains('/') && args.is("all-pods") {
        for target in names::targets(cli, &args.words[..1])? {
            let object = cli.get(&target.resource, &namespace, &target.name)?;
            match &*target.resource.plural {
                "pods" => chosen.push(object),
                _ => chosen.extend(pods_of(cli, &target.resource, &object, &namespace, "get the logs from")?),
            }
        }
    } else if args.words[0].contains('/') {
        match pod_of(cli, &args, &namespace)? {
            Some(pod) => chosen.push(pod),
            None => {
                let until = Some(cli.now() + POD_TIMEOUT);
                return Ok(Flow::Wait(Task::Logs(Follow { sources: Vec::new(), until, args })));
            }
        }
    } else {
        let found = cli.get(&pods, &namespace, &args.words[0]);
        chosen.push(found.map_err(|status| missing(status, &namespace))?);
    }
    let mut args = args;
    if let Some(container) = args.words.get(1).cloned()
        && !args.has("container")
    {
        args = flags::parse("logs", &[args.words[0].clone(), "-c".into(), container], FLAGS)?;
    }
    let mut sources = Vec::new();
    for pod in &chosen {
        sources.extend(containers(cli, &args, pod)?);
    }
    let mut task = Follow { sources, until: None, args };
    let exit = task.resume(cli)?;
    match exit {
        Some(exit) => Ok(Flow::Exit(exit)),
        None => Ok(Flow::Wait(Task::Logs(task))),
    }
}

/// Whose log it would be is not there (`LogsOptions.Complete`).
fn missing(status: Status, namespace: &str) -> Failure {
    match status.is_not_found() {
        true => Failure::error(format!(
            "error from server (NotFound): {} in namespace {namespace:?}",
            status.message
        )),
        false => status.into(),
    }
}

/// The pod behind `job/x`, `deploy/x`: the first that its selector matches.
fn pod_of(cli: &mut Cli, args: &Arguments, namespace: &str) -> Result<Option<Json>, Failure> {
    let targets = names::targets(cli, &args.words[..1])?;
    let Some(target) = targets.first() else { return Err(names::unknown(&args.words[0])) };
    let found = cli.get(&target.resource, namespace, &target.name);
    let object = found.map_err(|status| missing(status, namespace))?;
    if target.resource.plural == "pods" {
        return Ok(Some(object));
    }
    let mut pods = pods_of(cli, &target.resource, &object, namespace, "get the logs from")?;
    sort_by(&mut pods, |a, b| {
        let time = |p: &Json| p["metadata"]["creationTimestamp"].str().to_string();
        time(a).cmp(&time(b))
    });
    if pods.is_empty() {
        return Ok(None);
    }
    let pod = pods.remove(0);
    if !pods.is_empty() {
        let count = pods.len() + 1;
        cli.error_line(format!("Found {count} pods, using pod/{}", pod["metadata"]["name"].str()));
    }
    Ok(Some(pod))
}

/// The pods that an object's selector matches; `what` could not be done without one.
pub(super) fn pods_of(
    cli: &mut Cli,
    resource: &Resource,
    object: &Json,
    namespace: &str,
    what: &str,
) -> Result<Vec<Json>, Failure> {
    let selector = &object["spec"]["selector"];
    let labels = if selector["matchLabels"].is_null() { selector } else { &selector["matchLabels"] };
    if labels.is_empty() {
        let kind = format!("*{}.{}", resource.version, resource.kind);
        return Err(Failure::error(format!("cannot {what} {kind}: selector for {kind} not implemented")));
    }
    let text = super::get::labels(labels, ",");
    cli.list(&kinds::PODS.into(), namespace, &text, "")
}

/// The containers' names, with what sort of one each is (`podcmd.AllContainerNames`).
fn all_names(pod: &Json) -> String {
    let lists = [("containers", ""), ("ephemeralContainers", " (ephem)"), ("initContainers", " (init)")];
    let names = |(list, mark): (&str, &str)| -> Vec<String> {
        pod["spec"][list].items().iter().map(|c| format!("{}{mark}", c["name"].str())).collect()
    };
    lists.into_iter().flat_map(names).collect::<Vec<String>>().join(", ")
}

fn has_container(pod: &Json, name: &str) -> bool {
    let lists = ["containers", "initContainers", "ephemeralContainers"];
    lists.iter().any(|list| pod["spec"][*list].items().iter().any(|c| c["name"].str() == name))
}

/// The container that somebody named.
pub(super) fn named_container(pod: &Json, name: &str) -> Result<String, Failure> {
    if has_container(pod, name) {
        return Ok(name.to_string());
    }
    let (of, all) = (pod["metadata"]["name"].str(), all_names(pod));
    Err(Failure::error(format!("container {name} is not valid for pod {of} out of: {all}")))
}

/// The container that the pod says is meant where none is named (`kubectl.kubernetes.io/default-container`).
pub(super) fn annotated_container(pod: &Json) -> &str {
    pod.at(&["metadata", "annotations"])["kubectl.kubernetes.io/default-container"].str()
}

/// The first container; if there are several, says so.
pub(super) fn first_container(cli: &mut Cli, pod: &Json, quiet: bool) -> String {
    let first = pod["spec"]["containers"][0]["name"].str();
    let all = all_names(pod);
    if all != first && !quiet {
        cli.error_line(format!("Defaulted container {first:?} out of: {all}"));
    }
    first.to_string()
}

/// The container whose log is meant where none is named.
fn default_container(cli: &mut Cli, pod: &Json, quiet: bool) -> String {
    let annotated = annotated_container(pod);
    if has_container(pod, annotated) {
        return annotated.to_string();
    }
    if !annotated.is_empty() {
        let of = pod["metadata"]["name"].str();
        cli.error_line(format!("Default container name {annotated:?} not found in pod {of}"));
    }
    first_container(cli, pod, quiet)
}

fn containers(cli: &mut Cli, args: &Arguments, pod: &Json) -> Result<Vec<Source>, Failure> {
    let meta = &pod["metadata"];
    let wanted: Vec<String> = if args.has("container") {
        vec![named_container(pod, args.get("container"))?]
    } else if args.is("all-containers") {
        let lists = ["initContainers", "containers", "ephemeralContainers"];
        let names = lists.iter().flat_map(|list| pod["spec"][*list].items());
        names.map(|c| c["name"].str().to_string()).collect()
    } else {
        vec![default_container(cli, pod, args.has("selector"))]
    };
    let source = |container| Source {
        namespace: meta["namespace"].str().into(),
        pod: meta["name"].str().into(),
        container,
        read: 0,
        done: false,
    };
    Ok(wanted.into_iter().map(source).collect())
}

impl Follow {
    pub(super) fn blocked(&self) -> Wait {
        Wait::Blocked { watches: Vec::new(), until: self.until, any_step: true }
    }

    pub(super) fn resume(&mut self, cli: &mut Cli) -> Result<Option<i32>, Failure> {
        if let Some(until) = self.until {
            let namespace = self.args.namespace().to_string();
            match pod_of(cli, &self.args, &namespace)? {
                Some(pod) => {
                    self.sources = containers(cli, &self.args, &pod)?;
                    self.until = None;
                }
                None if until <= cli.now() => {
                    return Err(Failure::error("timed out waiting for the condition"));
                }
                None => return Ok(None),
            }
        }
        let follows = self.args.is("follow");
        for source in self.sources.iter_mut().filter(|s| !s.done) {
            let first = source.read == 0;
            let result = read(cli, &self.args, source, follows);
            match result {
                Ok(text) => {
                    let from = source.read.min(text.len());
                    let mut new = text.get(from..).unwrap_or("").to_string();
                    source.read = text.len();
                    if follows
                        && first
                        && let Some(tail) = self.args.number("tail").filter(|t| *t >= 0)
                    {
                        let lines: Vec<&str> = new.split_inclusive('\n').collect();
                        new = lines[lines.len().saturating_sub(tail as usize)..].concat();
                    }
                    print(cli, &self.args, source, &new);
                }
                Err(_) if !first => source.done = true,
                // A container that has not started yet is waited for.
                Err(failure) if !follows || !is_starting(cli, source) => return Err(failure),
                Err(_) => continue,
            }
            if !follows || has_ended(cli, source) {
                source.done = true;
            }
        }
        Ok(self.sources.iter().all(|s| s.done).then_some(0))
    }
}

fn read(cli: &mut Cli, args: &Arguments, source: &Source, follows: bool) -> Result<String, Failure> {
    let mut query: Vec<(Str, Str)> = vec![("container".into(), source.container.as_str().into())];
    if args.is("previous") {
        query.push(("previous".into(), "true".into()));
    }
    if args.is("timestamps") {
        query.push(("timestamps".into(), "true".into()));
    }
    // A followed log is read whole each time, and its new end printed.
    let tail = args.number("tail").filter(|t| *t >= 0).or(args.has("selector").then_some(10));
    if let Some(tail) = tail.filter(|_| !follows) {
        query.push(("tailLines".into(), tail.to_string().into()));
    }
    if args.has("limit-bytes") {
        query.push(("limitBytes".into(), args.get("limit-bytes").into()));
    }
    if let Some((_, since)) = args.duration("since") {
        query.push(("sinceSeconds".into(), since.as_secs().to_string().into()));
    }
    if args.has("since-time") {
        query.push(("sinceTime".into(), args.get("since-time").into()));
    }
    let request = Request::get(kinds::PODS, source.namespace.as_str(), source.pod.as_str())
        .with_subresource("log")
        .with(|o| o.query = query)
        .by(AGENT);
    Ok(cli.env.api.call(request)?.body.str().to_string())
}

fn print(cli: &mut Cli, args: &Arguments, source: &Source, text: &str) {
    // Of all pods, one wants to know which says what.
    if !(args.is("prefix") || args.is("all-pods") && !args.has("prefix")) {
        cli.print(text);
        return;
    }
    for line in text.split_inclusive('\n') {
        cli.print(format!("[pod/{}/{}] {line}", source.pod, source.container));
    }
}

fn status(cli: &mut Cli, source: &Source) -> Json {
    let pod = cli.get(&kinds::PODS.into(), &source.namespace, &source.pod).unwrap_or_default();
    let all = ["containerStatuses", "initContainerStatuses"];
    let mut found = all.iter().flat_map(|key| pod["status"][*key].items().iter());
    let status = found.find(|c| c["name"].str() == source.container).cloned().unwrap_or_default();
    if pod.is_null() { crate::json!({ "state": { "terminated": {} } }) } else { status }
}

fn is_starting(cli: &mut Cli, source: &Source) -> bool {
    let status = status(cli, source);
    status["state"]["running"].is_null() && status["state"]["terminated"].is_null()
}

fn has_ended(cli: &mut Cli, source: &Source) -> bool {
    !status(cli, source)["state"]["terminated"].is_null()
}
