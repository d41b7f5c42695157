//! `kubectl cordon`, `uncordon` and `drain`: a node that takes no new pods, and one that has none left
//! (`kubectl/pkg/cmd/drain`, `kubectl/pkg/drain`).

use super::apply::DryRun;
use super::cli::Cli;
use super::failure::Failure;
use super::flags::{self, Arguments, Flag, Takes};
use super::{Flow, Task, Wait};
use crate::api::selector::Labels;
use crate::api::{PatchType, Reason, Request, Resource, Verb, kinds};
use crate::json;
use crate::json::Json;
use crate::sim::Time;
use std::time::Duration;

const CORDON: &[Flag] = &[("selector", 'l', Takes::Value), ("dry-run", ' ', Takes::Optional("unchanged"))];
const DRAIN: &[Flag] = &[
    ("selector", 'l', Takes::Value),
    ("dry-run", ' ', Takes::Optional("unchanged")),
    ("chunk-size", ' ', Takes::Value),
    ("delete-emptydir-data", ' ', Takes::Nothing),
    ("disable-eviction", ' ', Takes::Nothing),
    ("force", ' ', Takes::Nothing),
    ("grace-period", ' ', Takes::Value),
    ("ignore-daemonsets", ' ', Takes::Nothing),
    ("pod-selector", ' ', Takes::Value),
    ("skip-wait-for-delete-timeout", ' ', Takes::Value),
    ("timeout", ' ', Takes::Value),
];
/// How often one looks whether pods are gone.
const POLL: Duration = Duration::from_secs(1);
/// How long one waits after a disruption budget said no.
const RETRY: Duration = Duration::from_secs(5);

/// A `drain` that waits.
#[derive(Clone)]
pub(super) struct Draining {
    args: Arguments,
    dry_run: DryRun,
    /// The nodes that are left, the present one first.
    nodes: Vec<String>,
    /// The pods of the present node that are not gone yet.
    pods: Vec<Leaving>,
    /// What went wrong on the present node.
    errors: Vec<String>,
    /// The nodes that could not be drained.
    pending: Vec<String>,
    fatal: Vec<Failure>,
    /// When patience with the present node ends.
    until: Option<Time>,
    next: Time,
}

/// A pod that must go.
#[derive(Clone)]
struct Leaving {
    namespace: String,
    name: String,
    uid: String,
    /// When it is to be asked to go; `None`: it was.
    ask: Option<Time>,
}

/// `cordon` and `uncordon`.
pub(super) fn cordon(cli: &mut Cli, args: &[String], desired: bool) -> Result<Flow, Failure> {
    let command = if desired { "cordon" } else { "uncordon" };
    let args = flags::parse(command, args, CORDON)?;
    let nodes = nodes(cli, &args, command)?;
    mark(cli, DryRun::of(&args)?, &nodes, desired);
    Ok(Flow::Exit(0))
}

/// The nodes that were named or selected.
fn nodes(cli: &mut Cli, args: &Arguments, command: &str) -> Result<Vec<Json>, Failure> {
    if args.words.is_empty() && !args.has("selector") {
        return Err(Failure::usage(command, format!("USAGE: {command} NODE [flags]")));
    }
    if !args.words.is_empty() && args.has("selector") {
        let why = "error: cannot specify both a node name and a --selector option";
        return Err(Failure::usage(command, why));
    }
    DryRun::of(args)?;
    if Labels::parse(args.get("pod-selector")).is_err() {
        return Err(Failure::error("--pod-selector=<pod_selector> must be a valid label selector"));
    }
    let resource: Resource = kinds::NODES.into();
    if args.has("selector") {
        return cli.list(&resource, "", args.get("selector"), "");
    }
    let name = |word: &String| word.rsplit('/').next().unwrap_or(word).to_string();
    args.words.iter().map(|word| Ok(cli.get(&resource, "", &name(word))?)).collect()
}

fn mark(cli: &mut Cli, dry_run: DryRun, nodes: &[Json], desired: bool) {
    for node in nodes {
        let name = node["metadata"]["name"].str();
        let word = if desired { "cordoned" } else { "uncordoned" };
        let is_so = node["spec"]["unschedulable"].as_bool().unwrap_or(false) == desired;
        if !is_so && dry_run != DryRun::Client {
            let value = if desired { Json::Bool(true) } else { Json::Null };
            let body = json!({ "spec": { "unschedulable": value } });
            let request = Request::patch(PatchType::Strategic, kinds::NODES, "", name, body)
                .with(|o| o.dry_run = dry_run == DryRun::Server);
            if let Err(status) = cli.call(request) {
                let verb = word.trim_end_matches("ed");
                cli.error_line(format!("error: unable to {verb} node {name:?}: {}", status.message));
                continue;
            }
        }
        let already = if is_so { "already " } else { "" };
        cli.line(format!("node/{name} {already}{word}{}", dry_run.suffix()));
    }
}

/// `drain`
pub(super) fn run(cli: &mut Cli, args: &[String]) -> Result<Flow, Failure> {
    let args = flags::parse("drain", args, DRAIN)?;
    let nodes = nodes(cli, &args, "drain")?;
    let dry_run = DryRun::of(&args)?;
    mark(cli, dry_run, &nodes, true);
    let nodes: Vec<String> = nodes.iter().map(|node| node["metadata"]["name"].str().into()).collect();
    let mut task = Draining {
        args,
        dry_run,
        nodes,
        pods: Vec::new(),
        errors: Vec::new(),
        pending: Vec::new(),
        fatal: Vec::new(),
        until: None,
        next: cli.now(),
    };
    task.begin(cli);
    match task.resume(cli)? {
        Some(exit) => Ok(Flow::Exit(exit)),
        None => Ok(Flow::Wait(Task::Drain(Box::new(task)))),
    }
}

/// What becomes of a pod.
enum Verdict {
    Delete,
    Leave,
    /// It is deleted, or left, and that is told.
    Warn(bool, String),
    Refuse(String),
}

/// The filters of `kubectl/pkg/drain/filters.go`, in their order; the last word on a pod is what is told of it.
fn judge(cli: &mut Cli, args: &Arguments, pod: &Json) -> Verdict {
    let meta = &pod["metadata"];
    let skip = args.number("skip-wait-for-delete-timeout").unwrap_or(0);
    if is_long_deleted(meta, skip, cli.now()) {
        return Verdict::Leave;
    }
    let finished = matches!(pod["status"]["phase"].str(), "Succeeded" | "Failed");
    let owner = meta["ownerReferences"].items().iter().find(|o| o["controller"].as_bool() == Some(true));
    let mut verdict = Verdict::Delete;
    if let Some(owner) = owner
        && owner["kind"].str() == "DaemonSet"
        && owner["apiVersion"].str() == "apps/v1"
        && !finished
    {
        match cli.get(&kinds::DAEMONSETS.into(), meta["namespace"].str(), owner["name"].str()) {
            Ok(_) if args.is("ignore-daemonsets") => {
                return Verdict::Warn(false, "ignoring DaemonSet-managed Pods".into());
            }
            Ok(_) => {
                return Verdict::Refuse("DaemonSet-managed Pods (use --ignore-daemonsets to ignore)".into());
            }
            // The pods of one that is gone stay behind.
            Err(status) if status.is_not_found() && args.is("force") => {
                verdict = Verdict::Warn(true, status.message.to_string());
            }
            Err(status) => return Verdict::Refuse(status.message.to_string()),
        }
    }
    if meta["annotations"].get("kubernetes.io/config.mirror").is_some() {
        return Verdict::Leave;
    }
    if finished {
        return Verdict::Delete;
    }
    if pod["spec"]["volumes"].items().iter().any(|volume| !volume["emptyDir"].is_null()) {
        if !args.is("delete-emptydir-data") {
            return Verdict::Refuse(
                "Pods with local storage (use --delete-emptydir-data to override)".into(),
            );
        }
        verdict = Verdict::Warn(true, "deleting Pods with local storage".into());
    }
    match owner {
        // A filter that has nothing to say takes back what one before it said.
        Some(_) => match verdict {
            Verdict::Warn(true, _) => Verdict::Delete,
            other => other,
        },
        None if args.is("force") => Verdict::Warn(true, "deleting Pods that declare no controller".into()),
        None => Verdict::Refuse("Pods that declare no controller (use --force to override)".into()),
    }
}

fn is_long_deleted(meta: &Json, seconds: i64, now: Time) -> bool {
    let deleted = Time::parse(meta["deletionTimestamp"].str());
    seconds > 0 && deleted.is_some_and(|at| now.since(at).as_secs() as i64 > seconds)
}

/// Pods of which the same is to be said: `what: default/a, default/b`.
#[derive(Default)]
struct Told(Vec<(String, Vec<String>)>);

impl Told {
    fn add(&mut self, what: String, pod: String) {
        match self.0.iter_mut().find(|(known, _)| *known == what) {
            Some((_, pods)) => pods.push(pod),
            None => self.0.push((what, vec![pod])),
        }
    }

    fn lines(&self, prefix: &str) -> Vec<String> {
        self.0.iter().map(|(what, pods)| format!("{prefix}{what}: {}", pods.join(", "))).collect()
    }
}

fn in_brackets(all: &[String]) -> String {
    if all.len() == 1 { all.concat() } else { format!("[{}]", all.join(", ")) }
}

impl Draining {
    /// The pods of the present node that are to go, and those that stand in the way.
    fn look(&self, cli: &mut Cli) -> Result<(Vec<Json>, Told, Told), Failure> {
        let Some(node) = self.nodes.first() else { return Ok(Default::default()) };
        let fields = format!("spec.nodeName={node}");
        let pods = cli.list(&kinds::PODS.into(), "", self.args.get("pod-selector"), &fields)?;
        let (mut leaving, mut warnings, mut refused) = (Vec::new(), Told::default(), Told::default());
        for pod in pods {
            let name = format!("{}/{}", pod["metadata"]["namespace"].str(), pod["metadata"]["name"].str());
            match judge(cli, &self.args, &pod) {
                Verdict::Leave => {}
                Verdict::Delete => leaving.push(pod),
                Verdict::Warn(deletes, what) => {
                    warnings.add(what, name);
                    leaving.extend(deletes.then_some(pod));
                }
                Verdict::Refuse(what) => refused.add(what, name),
            }
        }
        Ok((leaving, warnings, refused))
    }

    /// Begins with the present node.
    fn begin(&mut self, cli: &mut Cli) {
        let (leaving, warnings, refused) = match self.look(cli) {
            Ok(found) => found,
            Err(failure) => return self.give_up(cli, vec![failure.print().trim_end().into()]),
        };
        if !refused.0.is_empty() {
            return self.give_up(cli, refused.lines("cannot delete "));
        }
        if !warnings.0.is_empty() {
            cli.error_line(format!("Warning: {}", warnings.lines("").join("; ")));
        }
        let now = cli.now();
        let patience = self.args.duration("timeout").filter(|(negative, d)| !negative && !d.is_zero());
        self.until = patience.map(|(_, patience)| now + patience);
        for pod in leaving {
            let meta = &pod["metadata"];
            let pod = Leaving {
                namespace: meta["namespace"].str().into(),
                name: meta["name"].str().into(),
                uid: meta["uid"].str().into(),
                ask: Some(now),
            };
            if self.dry_run == DryRun::Client {
                cli.line(format!("evicting pod {}/{} (dry run)", pod.namespace, pod.name));
            } else {
                self.pods.push(pod);
            }
        }
    }

    fn give_up(&mut self, cli: &mut Cli, errors: Vec<String>) {
        let Some(node) = self.nodes.first().cloned() else { return };
        let why = in_brackets(&errors);
        cli.error_line(format!(
            "error: unable to drain node {node:?} due to error: {why}, continuing command..."
        ));
        self.fatal.extend(errors.into_iter().map(Failure::text));
        self.pending.push(node);
        self.nodes.remove(0);
        if !self.nodes.is_empty() {
            self.begin(cli);
        }
    }

    pub(super) fn blocked(&self) -> Wait {
        Wait::Blocked { watches: Vec::new(), until: Some(self.next), any_step: false }
    }

    pub(super) fn resume(&mut self, cli: &mut Cli) -> Result<Option<i32>, Failure> {
        while !self.nodes.is_empty() {
            self.step(cli);
            if !self.pods.is_empty() {
                self.next = cli.now() + POLL;
                return Ok(None);
            }
            let errors = std::mem::take(&mut self.errors);
            if !errors.is_empty() {
                self.tell_pending(cli, &in_brackets(&errors));
                self.give_up(cli, errors);
                continue;
            }
            let node = self.nodes.remove(0);
            cli.line(format!("node/{node} drained{}", self.dry_run.suffix()));
            if !self.nodes.is_empty() {
                self.begin(cli);
            }
        }
        if !self.pending.is_empty() {
            cli.error_line("There are pending nodes to be drained:");
            self.pending.iter().for_each(|node| cli.error_line(format!(" {node}")));
        }
        Failure::one_by_one(std::mem::take(&mut self.fatal))?;
        Ok(Some(0))
    }

    fn tell_pending(&self, cli: &mut Cli, why: &str) {
        let left = self.look(cli).map(|(leaving, ..)| leaving).unwrap_or_default();
        if let Some(node) = self.nodes.first().filter(|_| !left.is_empty()) {
            cli.error_line(format!("There are pending pods in node {node:?} when an error occurred: {why}"));
        }
        left.iter().for_each(|pod| cli.error_line(format!("pod/{}", pod["metadata"]["name"].str())));
    }

    /// Asks those to go whose time it is, and looks who is gone.
    fn step(&mut self, cli: &mut Cli) {
        let now = cli.now();
        let evicts = !self.args.is("disable-eviction");
        let late = self.until.is_some_and(|until| until <= now);
        let mut left = Vec::new();
        for mut pod in std::mem::take(&mut self.pods) {
            let asks = pod.ask.is_some_and(|at| at <= now);
            if asks && evicts {
                let dry = if self.dry_run == DryRun::Server { self.dry_run.suffix() } else { "" };
                cli.line(format!("evicting pod {}/{}{dry}", pod.namespace, pod.name));
            }
            if late {
                self.errors.push(self.too_late(&pod, asks));
                continue;
            }
            if asks && !self.ask(cli, &mut pod, evicts) {
                continue;
            }
            if pod.ask.is_none() && self.is_gone(cli, &pod, evicts) {
                continue;
            }
            left.push(pod);
        }
        self.pods = left;
    }

    fn too_late(&self, pod: &Leaving, asks: bool) -> String {
        let Leaving { name, namespace, .. } = pod;
        if !asks {
            return format!(
                "error when waiting for pod {name:?} in namespace {namespace:?} to terminate: context deadline exceeded"
            );
        }
        let patience = self.args.duration("timeout").map_or_else(Duration::default, |(_, d)| d);
        let secs = patience.as_secs();
        let text = match (secs / 3600, secs / 60 % 60, secs % 60) {
            (0, 0, s) => format!("{s}s"),
            (0, m, s) => format!("{m}m{s}s"),
            (h, m, s) => format!("{h}h{m}m{s}s"),
        };
        format!("error when evicting pods/{name:?} -n {namespace:?}: global timeout reached: {text}")
    }

    /// Asks a pod to go; false: there is nothing to wait for.
    fn ask(&mut self, cli: &mut Cli, pod: &mut Leaving, evicts: bool) -> bool {
        let Leaving { namespace, name, .. } = &*pod;
        let grace = self.args.number("grace-period").filter(|seconds| *seconds >= 0);
        let server = self.dry_run == DryRun::Server;
        let request = if evicts {
            let mut options = json!({});
            if let Some(seconds) = grace {
                options.set("gracePeriodSeconds", seconds);
            }
            let body = json!({
                "apiVersion": "policy/v1", "kind": "Eviction", "deleteOptions": options,
                "metadata": { "name": name.as_str(), "namespace": namespace.as_str() },
            });
            Request::new(Verb::Create, kinds::PODS, namespace.as_str(), name.as_str())
                .with_subresource("eviction")
                .with_body(body)
        } else {
            Request::delete(kinds::PODS, namespace.as_str(), name.as_str())
        };
        let request = request.with(|o| {
            o.dry_run = server;
            o.grace_period = grace;
        });
        match cli.call(request) {
            Ok(_) if server => return false,
            Ok(_) => pod.ask = None,
            Err(status) if status.is_not_found() && evicts => return false,
            Err(status) if status.is_not_found() => pod.ask = None,
            Err(status) if evicts && status.reason == Some(Reason::TooManyRequests) => {
                cli.error_line(format!(
                    "error when evicting pods/{name:?} -n {namespace:?} (will retry after 5s): {}",
                    status.message
                ));
                pod.ask = Some(cli.now() + RETRY);
            }
            Err(status) => {
                self.errors.push(match evicts {
                    true => format!("error when evicting pods/{name:?} -n {namespace:?}: {}", status.message),
                    false => status.message.to_string(),
                });
                return false;
            }
        }
        true
    }

    fn is_gone(&self, cli: &mut Cli, pod: &Leaving, evicts: bool) -> bool {
        let found = cli.get(&kinds::PODS.into(), &pod.namespace, &pod.name);
        let skip = self.args.number("skip-wait-for-delete-timeout").unwrap_or(0);
        match found {
            Ok(there) if there["metadata"]["uid"].str() == pod.uid => {
                let skips = is_long_deleted(&there["metadata"], skip, cli.now());
                if skips {
                    cli.line(format!(
                        "pod {:?} has DeletionTimestamp older than {skip} seconds, skipping",
                        pod.name
                    ));
                }
                skips
            }
            _ => {
                let word = if evicts { "evicted" } else { "deleted" };
                cli.line(format!("pod/{} {word}", pod.name));
                true
            }
        }
    }
}
