//! `kubectl`, in the terminal of the page and in the tests: upstream's commands, flags, output and errors.
//!
//! A command, whose words a shell has split, becomes a [`Session`]. It runs at once as far as it can; a command that waits
//! (`get -w`, `wait`, `delete`, `logs -f`) says for what, and goes on when it is resumed. One command = one file.
//!
//! - `flags`, `names`, `files`: arguments → what to work on.
//! - `printers`: objects → text.
//! - `merge`: the three-way patch of `apply`.

mod about;
mod absent;
mod api_resources;
mod apply;
mod attach;
mod auth;
mod autoscale;
mod budget;
mod certificate;
mod cli;
mod complete;
mod config;
mod create;
mod data;
mod delete;
pub mod describe;
mod describe_command;
mod diff;
mod discovery;
mod drain;
mod edit;
mod events;
mod exec;
mod explain;
mod expose;
mod failure;
mod files;
mod flags;
mod generate;
mod get;
mod help;
mod impersonate;
mod ingress;
mod kustomize;
mod label;
mod logs;
mod merge;
mod misc;
mod names;
mod patch;
mod printers;
mod priority_class;
mod prune;
mod quota;
mod raw;
mod rbac;
mod record;
mod replace;
mod rollout;
mod run;
mod scale;
mod secret;
mod server_side;
mod service;
mod set;
mod set_env;
mod set_last_applied;
mod sorter;
mod taint;
mod token;
mod typed;
mod unified;
mod view_last_applied;
mod wait;

pub use complete::complete;
pub use config::FILE as KUBECONFIG;
pub use discovery::Discovery;
pub use edit::BESIDE;
pub use names::{find as resource_named, object_named};
pub use raw::Ask as AskRaw;

use crate::api::{Resource, User, WatchId};
use crate::client::{Api, AsUser};
use crate::collections::Map;
use crate::json::{Json, Str};
use crate::sim::Time;
use cli::Cli;
use failure::Failure;
use std::sync::Arc;

/// What a command runs in.
pub struct Env<'a> {
    /// The door to the API server, which also tells the time.
    pub api: &'a mut dyn Api,
    /// The files beside the terminal.
    pub files: &'a dyn Files,
    /// What is known of the kinds that the server has beside its own.
    pub discovery: &'a mut Discovery,
    /// How to ask over HTTP.
    pub raw: AskRaw,
}

/// Files, as a command names them.
pub trait Files {
    /// The text of a file.
    fn text(&self, path: &str) -> Option<Str>;
    /// The files in a folder and below it, by their paths from there; `None`: it is none.
    fn folder(&self, path: &str) -> Option<Vec<(Str, Str)>>;
}

/// A folder is there where anything is in it.
impl Files for Map<Str, Str> {
    fn text(&self, path: &str) -> Option<Str> {
        self.get(path.trim_start_matches("./")).cloned()
    }

    fn folder(&self, path: &str) -> Option<Vec<(Str, Str)>> {
        let prefix = match path.trim_start_matches("./").trim_end_matches('/') {
            "" | "." => String::new(),
            folder => format!("{folder}/"),
        };
        let inside: Vec<(Str, Str)> = self
            .iter()
            .filter_map(|(name, text)| Some((name.strip_prefix(&prefix)?.into(), text.clone())))
            .collect();
        (!inside.is_empty()).then_some(inside)
    }
}

/// What a session waits for.
#[derive(Clone, Debug, PartialEq)]
pub enum Wait {
    /// Nothing: it ended with this exit code.
    Done(i32),
    /// Any of these.
    Blocked {
        /// An event of one of these watches.
        watches: Vec<WatchId>,
        /// This moment.
        until: Option<Time>,
        /// Anything that happens in the world.
        any_step: bool,
    },
}

/// Where output goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stream {
    /// Standard output.
    Stdout,
    /// Standard error.
    Stderr,
    /// The kubeconfig, which is written anew ([`KUBECONFIG`]).
    Config,
}

/// A command that waits.
#[derive(Clone)]
enum Task {
    Watch(get::Watch),
    Delete(delete::Waiting),
    Wait(wait::Waiting),
    Rollout(rollout::Following),
    Logs(logs::Follow),
    Exec(exec::Running),
    Attach(attach::Attached),
    Events(events::Watch),
    Drain(Box<drain::Draining>),
}

impl Task {
    fn blocked(&self) -> Wait {
        match self {
            Task::Watch(t) => t.blocked(),
            Task::Delete(t) => t.blocked(),
            Task::Wait(t) => t.blocked(),
            Task::Rollout(t) => t.blocked(),
            Task::Logs(t) => t.blocked(),
            Task::Exec(t) => t.blocked(),
            Task::Attach(t) => t.blocked(),
            Task::Events(t) => t.blocked(),
            Task::Drain(t) => t.blocked(),
        }
    }

    fn resume(&mut self, cli: &mut Cli) -> Result<Option<i32>, Failure> {
        match self {
            Task::Watch(t) => t.resume(cli),
            Task::Delete(t) => t.resume(cli),
            Task::Wait(t) => t.resume(cli),
            Task::Rollout(t) => t.resume(cli),
            Task::Logs(t) => t.resume(cli),
            Task::Exec(t) => t.resume(cli),
            Task::Attach(t) => t.resume(cli),
            Task::Events(t) => t.resume(cli),
            Task::Drain(t) => t.resume(cli),
        }
    }
}

/// How far a command came.
enum Flow {
    /// It ended.
    Exit(i32),
    /// It waits.
    Wait(Task),
}

/// A running command. Cheap to clone, so that a world with one in it is.
#[derive(Clone)]
pub struct Session {
    /// As whom it asks; nobody: as the administrator.
    user: Option<Arc<User>>,
    task: Option<Task>,
    output: Vec<(Stream, String)>,
    wait: Wait,
}

impl Session {
    /// Starts a command: the words behind `kubectl`, and what it can read.
    pub fn start(args: &[String], stdin: &str, env: &mut Env<'_>) -> Session {
        let mut session = Session { user: None, task: None, output: Vec::new(), wait: Wait::Done(0) };
        let flow = impersonate::user(args).and_then(|user| {
            session.user = user;
            let mut api = AsUser { api: &mut *env.api, user: session.user.clone() };
            let mut env =
                Env { api: &mut api, files: env.files, discovery: &mut *env.discovery, raw: env.raw };
            run_command(args, &mut Cli { env: &mut env, out: &mut session.output, stdin })
        });
        match flow {
            Ok(Flow::Exit(exit)) => session.wait = Wait::Done(exit),
            Ok(Flow::Wait(task)) => {
                session.wait = task.blocked();
                session.task = Some(task);
            }
            Err(failure) => session.fail(&failure),
        }
        session
    }

    /// Goes on after what it waited for has come.
    pub fn resume(&mut self, env: &mut Env<'_>) {
        self.go_on(env, Task::resume);
    }

    fn go_on(
        &mut self,
        env: &mut Env<'_>,
        act: impl FnOnce(&mut Task, &mut Cli) -> Result<Option<i32>, Failure>,
    ) {
        let Some(mut task) = self.task.take() else { return };
        let mut api = AsUser { api: &mut *env.api, user: self.user.clone() };
        let mut env = Env { api: &mut api, files: env.files, discovery: &mut *env.discovery, raw: env.raw };
        match act(&mut task, &mut Cli { env: &mut env, out: &mut self.output, stdin: "" }) {
            Ok(None) => {
                self.wait = task.blocked();
                self.task = Some(task);
            }
            Ok(Some(exit)) => self.wait = Wait::Done(exit),
            Err(failure) => self.fail(&failure),
        }
    }

    /// Whether the command reads what is typed.
    pub fn reads(&self) -> bool {
        match &self.task {
            Some(Task::Exec(task)) => task.reads(),
            Some(Task::Attach(task)) => task.reads(),
            _ => false,
        }
    }

    /// Types a line for the command to read.
    pub fn type_line(&mut self, line: &str, env: &mut Env<'_>) {
        self.go_on(env, |task, cli| match task {
            Task::Exec(task) => task.type_line(cli, line),
            Task::Attach(task) => task.type_line(cli, line),
            _ => Ok(None),
        });
    }

    /// What it waits for.
    pub fn wait(&self) -> &Wait {
        &self.wait
    }

    /// What it printed since the last call, in order.
    pub fn take_output(&mut self) -> Vec<(Stream, String)> {
        std::mem::take(&mut self.output)
    }

    fn fail(&mut self, failure: &Failure) {
        if !failure.printed.is_empty() {
            self.output.push((Stream::Stdout, failure.printed.clone()));
        }
        let stream = if failure.exit == 0 { Stream::Stdout } else { Stream::Stderr };
        self.output.push((stream, failure.print()));
        self.wait = Wait::Done(failure.exit);
    }
}

/// Whether a command, `kubectl` and its arguments, reads its standard input.
pub fn reads_input(argv: &[Vec<u8>]) -> bool {
    let own = || argv.iter().skip(1).map(Vec::as_slice).take_while(|arg| *arg != b"--");
    let short_i = |arg: &[u8]| arg.starts_with(b"-") && !arg.starts_with(b"--") && arg.contains(&b'i');
    let file =
        |arg: &[u8]| matches!(arg, b"-" | b"-f-") || arg.ends_with(b"=-") || arg.ends_with(b"/dev/stdin");
    let types = |arg: &[u8]| matches!(arg, b"exec" | b"attach" | b"run");
    let stdin = |arg: &[u8]| short_i(arg) || arg.starts_with(b"--stdin");
    own().any(file) || own().any(types) && own().any(stdin)
}

/// All commands, in the order of upstream's groups (`cmd.go`), in which one that was mistyped is searched.
const COMMANDS: &[&str] = &[
    "create",
    "expose",
    "run",
    "set",
    "explain",
    "get",
    "edit",
    "delete",
    "rollout",
    "scale",
    "autoscale",
    "certificate",
    "cluster-info",
    "top",
    "cordon",
    "uncordon",
    "drain",
    "taint",
    "describe",
    "logs",
    "attach",
    "exec",
    "port-forward",
    "proxy",
    "cp",
    "debug",
    "auth",
    "events",
    "diff",
    "apply",
    "patch",
    "replace",
    "wait",
    "kustomize",
    "label",
    "annotate",
    "completion",
    "api-resources",
    "api-versions",
    "config",
    "plugin",
    "version",
    "help",
];

fn run_command(args: &[String], cli: &mut Cli) -> Result<Flow, Failure> {
    // Flags may stand before the command: `kubectl -n x get pods`.
    let at = args.iter().enumerate().position(|(i, a)| {
        let takes = i > 0
            && matches!(
                args[i - 1].as_str(),
                "-n" | "--namespace" | "--context" | "--as" | "--as-group" | "--as-uid" | "-v"
            );
        !a.starts_with('-') && !takes
    });
    let Some(at) = at else {
        cli.print(about::all());
        return Ok(Flow::Exit(0));
    };
    let command = args[at].as_str();
    let rest: Vec<String> = args[at + 1..].iter().cloned().chain(args[..at].iter().cloned()).collect();
    // What stands behind `--` must stay last.
    let rest = if at == 0 {
        args[1..].to_vec()
    } else {
        keep_dashes_last(&args[at + 1..], &args[..at]).unwrap_or(rest)
    };
    let mut rest = rest;
    printers::read_files(cli, &mut rest)?;
    config::add_namespace(cli, &mut rest)?;
    if rest.iter().take_while(|a| *a != "--").any(|a| a == "--help" || a == "-h") {
        let words: Vec<&str> = rest.iter().map(String::as_str).take_while(|a| !a.starts_with('-')).collect();
        // A command without a page of its own tells its flags where it reads them.
        if let Some(page) = help::page(&[&[command], words.as_slice()].concat()) {
            cli.print(page);
            return Ok(Flow::Exit(0));
        }
    }
    match command {
        "apply" => apply::run(cli, &rest),
        "create" => create::run(cli, &rest),
        "get" => get::run(cli, &rest),
        "delete" => delete::run(cli, &rest),
        "describe" => describe_command::run(cli, &rest),
        "logs" | "log" => logs::run(cli, &rest),
        "exec" => exec::run(cli, &rest),
        "auth" => auth::run(cli, &rest),
        "wait" => wait::run(cli, &rest),
        "patch" => patch::run(cli, &rest),
        "edit" => edit::run(cli, &rest),
        "replace" => replace::run(cli, &rest),
        "run" => run::run(cli, &rest),
        "expose" => expose::run(cli, &rest),
        "rollout" => rollout::run(cli, &rest),
        "scale" => scale::run(cli, &rest),
        "autoscale" => autoscale::run(cli, &rest),
        "label" => label::run(cli, &rest, label::What::Labels),
        "annotate" => label::run(cli, &rest, label::What::Annotations),
        "set" => set::run(cli, &rest),
        "events" | "event" => events::run(cli, &rest),
        "api-resources" => api_resources::run(cli, &rest),
        "api-versions" => api_resources::versions(cli, &rest),
        "explain" => explain::run(cli, &rest),
        "cordon" => drain::cordon(cli, &rest, true),
        "uncordon" => drain::cordon(cli, &rest, false),
        "drain" => drain::run(cli, &rest),
        "taint" => taint::run(cli, &rest),
        "diff" => diff::run(cli, &rest),
        "kustomize" => kustomize::run(cli, &rest),
        "top" => absent::top(cli, &rest),
        "attach" => attach::run(cli, &rest),
        "port-forward" => absent::port_forward(cli, &rest),
        "cp" => absent::cp(&rest),
        "debug" => absent::debug(&rest),
        "proxy" | "completion" | "plugin" => absent::of_the_host(command, &rest),
        "certificate" => certificate::run(cli, &rest),
        "options" => about::options(cli, &rest),
        "alpha" => {
            cli.error_line("No alpha commands are available in this version of kubectl");
            Ok(Flow::Exit(0))
        }
        "config" => config::run(cli, &rest),
        "cluster-info" => misc::cluster_info(cli, &rest),
        "version" => misc::version(cli, &rest),
        "help" => {
            let words: Vec<&str> = rest.iter().map(String::as_str).collect();
            cli.print(help::of(&words));
            Ok(Flow::Exit(0))
        }
        other => Err(misc::unknown_command(other)),
    }
}

fn keep_dashes_last(after: &[String], before: &[String]) -> Option<Vec<String>> {
    let dashes = after.iter().position(|a| a == "--")?;
    Some(after[..dashes].iter().chain(before).chain(&after[dashes..]).cloned().collect())
}

/// The page's inspector: what `kubectl describe` says of an object.
pub fn describe(resource: &Resource, object: &Json, env: &mut Env<'_>) -> String {
    let mut out = Vec::new();
    describe_command::object(&mut Cli { env, out: &mut out, stdin: "" }, resource, object, true)
}

#[cfg(test)]
mod tests;
