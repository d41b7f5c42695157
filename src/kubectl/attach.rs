//! `kubectl attach`, and `run` that attaches: what a container's main process writes, and typing to it.
//!
//! Upstream: `attach.go` in `kubectl/pkg/cmd/attach`, and the end of `run.go`. There it is one connection; here the container's
//! log is read, and each line is typed by a request.

use super::cli::{AGENT, Cli};
use super::failure::Failure;
use super::flags::{self, Arguments, Flag, Takes};
use super::{Flow, Task, Wait, logs, names};
use crate::api::{ObjectKey, Propagation, Request, Resource, Status, Verb, kinds};
use crate::json::{Json, Str};
use crate::sim::Time;
use std::time::Duration;

const FLAGS: &[Flag] = &[
    ("container", 'c', Takes::Value),
    ("detach-keys", ' ', Takes::Value),
    ("pod-running-timeout", ' ', Takes::Value),
    ("quiet", 'q', Takes::Nothing),
    ("stdin", 'i', Takes::Nothing),
    ("tty", 't', Takes::Nothing),
];

/// `--pod-running-timeout`
const PATIENCE: Duration = Duration::from_secs(60);

/// Ctrl-D, which ends an input.
const END_OF_INPUT: &str = "\u{4}";

/// How far it has come.
#[derive(Clone, Copy, PartialEq)]
enum Stage {
    /// The pod is not ready yet; it is waited for until then.
    Starting(Time),
    /// It follows the container.
    Attached,
    /// The container has ended; `run` waits for the pod to end as well.
    Ended,
}

/// What `run` adds.
#[derive(Clone)]
pub(super) struct Run {
    /// It made these, and deletes them at the end (`--rm`).
    pub made: Vec<(Resource, ObjectKey)>,
    /// `--restart`
    pub restart: String,
}

/// A terminal at a container's main process.
#[derive(Clone)]
pub(super) struct Attached {
    pod: ObjectKey,
    container: String,
    /// The run of the container that it follows.
    id: String,
    stage: Stage,
    stdin: bool,
    tty: bool,
    quiet: bool,
    /// What came through a pipe and is to be typed.
    piped: String,
    /// How many bytes of the log are printed already.
    printed: usize,
    /// It has to write, and may from this moment on: who only follows what happens must not.
    due: Option<Time>,
    run: Option<Run>,
}

pub(super) fn run(cli: &mut Cli, args: &[String]) -> Result<Flow, Failure> {
    let args = flags::parse("attach", args, FLAGS)?;
    if args.words.is_empty() {
        return Err(Failure::error("at least 1 argument is required for attach"));
    }
    if args.words.len() > 2 {
        let (count, all) = (args.words.len(), args.words.join(" "));
        let why =
            format!("expected POD, TYPE/NAME, or TYPE NAME, (at most 2 arguments) saw {count}: [{all}]");
        return Err(Failure::error(why));
    }
    if args.duration("pod-running-timeout").is_some_and(|(negative, time)| negative || time.is_zero()) {
        return Err(Failure::error("--pod-running-timeout must be higher than zero"));
    }
    let namespace = args.namespace().to_string();
    let pod = match args.words.as_slice() {
        [word] if !word.contains('/') => cli.get(&kinds::PODS.into(), &namespace, word)?,
        words => {
            let targets = names::targets(cli, words)?;
            let Some(found) = targets.first() else { return Err(names::unknown(&words[0])) };
            let object = cli.get(&found.resource, &namespace, &found.name)?;
            match &*found.resource.plural {
                "pods" => object,
                _ => {
                    let pods = logs::pods_of(cli, &found.resource, &object, &namespace, "attach to")?;
                    super::exec::best(pods)
                        .ok_or_else(|| Failure::error("timed out waiting for the condition"))?
                }
            }
        }
    };
    let phase = pod["status"]["phase"].str();
    if matches!(phase, "Succeeded" | "Failed") {
        return Err(Failure::error(format!(
            "cannot attach a container in a completed pod; current phase is {phase}"
        )));
    }
    let mut task = Attached::new(cli, &args, &pod, None)?;
    // What it wrote before is not shown.
    task.printed = task.log(cli, false).map_or(0, |log| log.len());
    task.begin(cli, &pod)?;
    task.go(cli)
}

/// `run` attaches to the pod that it made.
pub(super) fn of_run(cli: &mut Cli, args: &Arguments, pod: &Json, run: Run) -> Result<Flow, Failure> {
    Attached::new(cli, args, pod, Some(run))?.go(cli)
}

impl Attached {
    fn new(cli: &mut Cli, args: &Arguments, pod: &Json, run: Option<Run>) -> Result<Attached, Failure> {
        let container = match args.get("container") {
            "" => match logs::annotated_container(pod) {
                "" => logs::first_container(cli, pod, args.is("quiet")),
                name => logs::named_container(pod, name)?,
            },
            name => name.to_string(),
        };
        if spec(pod, &container).is_null() {
            let name = pod["metadata"]["name"].str();
            return Err(Failure::error(format!(
                "cannot attach to the container: container {container} not found in pod {name}"
            )));
        }
        let patience = args.duration("pod-running-timeout").map_or(PATIENCE, |(_, time)| time);
        let stdin = args.is("stdin");
        Ok(Attached {
            pod: ObjectKey::of(pod),
            container,
            id: String::new(),
            stage: Stage::Starting(cli.now() + patience),
            stdin,
            tty: args.is("tty"),
            quiet: args.is("quiet"),
            piped: if stdin { cli.stdin.into() } else { String::new() },
            printed: 0,
            due: None,
            run,
        })
    }

    fn go(mut self, cli: &mut Cli) -> Result<Flow, Failure> {
        Ok(match self.resume(cli)? {
            Some(exit) => Flow::Exit(exit),
            None => Flow::Wait(Task::Attach(Box::new(self))),
        })
    }

    pub(super) fn blocked(&self) -> Wait {
        let until = match (self.due, self.stage) {
            (Some(due), _) => Some(due),
            (None, Stage::Starting(until)) => Some(until),
            _ => None,
        };
        Wait::Blocked { watches: Vec::new(), until, any_step: self.due.is_none() }
    }

    /// Whether it may write now; where not, it asks to be resumed for that.
    fn may_write(&mut self, cli: &mut Cli) -> bool {
        let may = self.due.take().is_some();
        if !may {
            self.due = Some(cli.now());
        }
        may
    }

    /// Whether it reads what is typed.
    pub(super) fn reads(&self) -> bool {
        self.stdin && self.piped.is_empty() && self.stage == Stage::Attached
    }

    /// Types a line.
    pub(super) fn type_line(&mut self, cli: &mut Cli, line: &str) -> Result<Option<i32>, Failure> {
        self.type_in(cli, format!("{line}\n"))?;
        self.resume(cli)
    }

    fn request(&self, verb: Verb, subresource: &str) -> Request {
        let query = vec![("container".into(), self.container.as_str().into())];
        Request::new(verb, kinds::PODS, self.pod.namespace.clone(), self.pod.name.clone())
            .with_subresource(subresource)
            .with(|options| options.query = query)
            .by(AGENT)
    }

    fn type_in(&self, cli: &mut Cli, text: String) -> Result<(), Failure> {
        cli.env.api.call(self.request(Verb::Update, "attach").with_body(text))?;
        Ok(())
    }

    fn log(&self, cli: &mut Cli, previous: bool) -> Result<String, Status> {
        let mut request = self.request(Verb::Get, "log");
        if previous {
            request.options.query.push(("previous".into(), Str::fixed("true")));
        }
        Ok(cli.env.api.call(request)?.body.str().to_string())
    }

    fn print_new(&mut self, cli: &mut Cli, previous: bool) {
        if let Ok(log) = self.log(cli, previous) {
            let new = log.get(self.printed.min(log.len())..).unwrap_or("").to_string();
            self.printed = log.len();
            cli.print(new);
        }
    }

    /// The container runs: from now on it is followed.
    fn begin(&mut self, cli: &mut Cli, pod: &Json) -> Result<(), Failure> {
        self.id = status(pod, &self.container)["containerID"].str().into();
        self.stage = Stage::Attached;
        let has_tty = spec(pod, &self.container)["tty"].as_bool() == Some(true);
        if self.tty && !has_tty && !self.quiet {
            let why = format!("container {} did not allocate one", self.container);
            cli.error_line(format!("error: Unable to use a TTY - {why}"));
        }
        self.tty = has_tty;
        if !self.quiet {
            cli.error_line("All commands and output from this session will be recorded in container logs, including credentials and sensitive information passed through the command prompt.");
            cli.error_line("If you don't see a command prompt, try pressing enter.");
        }
        cli.env.api.call(self.request(Verb::Create, "attach"))?;
        if !self.piped.is_empty() {
            self.type_in(cli, format!("{}{END_OF_INPUT}", self.piped))?;
        }
        Ok(())
    }

    pub(super) fn resume(&mut self, cli: &mut Cli) -> Result<Option<i32>, Failure> {
        let (namespace, name) = (self.pod.namespace.to_string(), self.pod.name.to_string());
        let pod = match cli.get(&kinds::PODS.into(), &namespace, &name) {
            Ok(pod) => pod,
            Err(status) if status.is_not_found() && self.stage != Stage::Ended => return Ok(Some(0)),
            Err(status) => return Err(status.into()),
        };
        let phase = pod["status"]["phase"].str();
        let completed = matches!(phase, "Succeeded" | "Failed");
        if let Stage::Starting(until) = self.stage {
            let mut conditions = pod["status"]["conditions"].items().iter();
            let ready = conditions.any(|c| c["type"].str() == "Ready" && c["status"].str() == "True");
            if completed {
                self.print_new(cli, false);
                self.stage = Stage::Ended;
            } else if phase == "Running" && ready {
                if !self.may_write(cli) {
                    return Ok(None);
                }
                self.begin(cli, &pod)?;
            } else if until <= cli.now() {
                return self.finish(cli, Err(Failure::error("timed out waiting for the condition")));
            } else {
                return Ok(None);
            }
        }
        if self.stage == Stage::Attached {
            let status = status(&pod, &self.container);
            let restarted = status["containerID"].str() != self.id;
            self.print_new(cli, restarted);
            if !restarted && status["state"]["terminated"].is_null() {
                return Ok(None);
            }
            if self.stdin && self.tty && !self.quiet {
                let what = format!("kubectl attach {name} -c {} -n {namespace} -i -t", self.container);
                cli.line(format!("Session ended, resume using '{what}' command"));
            }
            self.stage = Stage::Ended;
        }
        let waits = self.run.as_ref().is_some_and(|run| run.restart != "Always");
        match phase {
            _ if !waits => self.finish(cli, Ok(0)),
            "Succeeded" => self.finish(cli, Ok(0)),
            "Failed" => {
                let end = &status(&pod, &self.container)["state"]["terminated"];
                let exit = end["exitCode"].as_i64().and_then(|code| i32::try_from(code).ok());
                let failure = match exit.filter(|code| *code != 0) {
                    Some(code) => Failure::text(format!(
                        "pod {namespace}/{name} terminated ({})\n{}",
                        end["reason"].str(),
                        end["message"].str()
                    ))
                    .with_exit(code),
                    None => Failure::error(format!("pod {namespace}/{name} failed with unknown exit code")),
                };
                self.finish(cli, Err(failure))
            }
            _ => Ok(None),
        }
    }

    /// Deletes what `run --rm` made; how it ended is told after that.
    fn finish(&mut self, cli: &mut Cli, end: Result<i32, Failure>) -> Result<Option<i32>, Failure> {
        let removes = self.run.as_ref().is_some_and(|run| !run.made.is_empty());
        if removes && !self.may_write(cli) {
            return Ok(None);
        }
        for (resource, key) in self.run.take().into_iter().flat_map(|run| run.made) {
            let request = Request::delete(resource.clone(), key.namespace.clone(), key.name.clone())
                .with(|options| options.propagation = Some(Propagation::Background));
            if cli.call(request).is_ok() && !self.quiet {
                let kind = resource.qualified_singular();
                cli.line(format!("{kind} {:?} deleted from {} namespace", key.name.as_str(), key.namespace));
            }
        }
        end.map(Some)
    }
}

fn spec(pod: &Json, container: &str) -> Json {
    let lists = ["containers", "initContainers", "ephemeralContainers"];
    let mut all = lists.iter().flat_map(|list| pod["spec"][*list].items());
    all.find(|spec| spec["name"].str() == container).cloned().unwrap_or_default()
}

fn status(pod: &Json, container: &str) -> Json {
    let lists = ["containerStatuses", "initContainerStatuses", "ephemeralContainerStatuses"];
    let mut all = lists.iter().flat_map(|list| pod["status"][*list].items());
    all.find(|status| status["name"].str() == container).cloned().unwrap_or_default()
}
