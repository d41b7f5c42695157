//! `kubectl`, in the terminal of the page and in the tests: upstream's commands, flags, output and errors.
//!
//! A command line becomes a [`Session`]. It runs at once as far as it can; a command that waits (`get -w`, `wait`, `delete`,
//! `logs -f`) says for what, and goes on when it is resumed. One command = one file.
//!
//! - `commandline`: the shell's part: quotes, here-documents, pipes.
//! - `flags`, `names`, `files`: arguments → what to work on.
//! - `printers`: objects → text.
//! - `merge`: the three-way patch of `apply`.

mod apply;
mod cli;
mod commandline;
mod complete;
mod create;
mod data;
mod delete;
pub mod describe;
mod describe_command;
mod events;
mod exec;
mod expose;
mod failure;
mod files;
mod filters;
mod flags;
mod generate;
mod get;
mod help;
mod here_document;
mod label;
mod logs;
mod merge;
mod misc;
mod names;
mod patch;
mod printers;
mod quota;
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
mod token;
mod typed;
mod view_last_applied;
mod wait;

pub use complete::complete;
pub use names::{find as resource_named, object_named};

use crate::api::{Resource, WatchId};
use crate::client::Api;
use crate::collections::Map;
use crate::json::{Json, Str};
use crate::sim::Time;
use cli::Cli;
use commandline::{Pipeline, Stage, When};
use failure::Failure;
use std::collections::VecDeque;

/// What a command runs in.
pub struct Env<'a> {
    /// The door to the API server, which also tells the time.
    pub api: &'a mut dyn Api,
    /// The files beside the terminal, by path.
    pub files: &'a Map<Str, Str>,
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

/// A running command line. Cheap to clone, so that a world with one in it is.
#[derive(Clone)]
pub struct Session {
    /// Pipelines that have not begun.
    queue: VecDeque<Pipeline>,
    /// The stages behind the command that runs.
    rest: VecDeque<Stage>,
    /// What the running command prints into its pipe.
    piped: String,
    task: Option<Task>,
    output: Vec<(Stream, String)>,
    wait: Wait,
}

impl Session {
    /// Starts a whole shell line.
    pub fn start(line: &str, env: &mut Env<'_>) -> Session {
        let mut session = Session {
            queue: VecDeque::new(),
            rest: VecDeque::new(),
            piped: String::new(),
            task: None,
            output: Vec::new(),
            wait: Wait::Done(0),
        };
        match commandline::split(line) {
            Ok(pipelines) => session.queue = pipelines.into(),
            Err(message) => {
                session.output.push((Stream::Stderr, format!("sh: {message}\n")));
                session.wait = Wait::Done(2);
                return session;
            }
        }
        session.advance(env, 0);
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
        let mut out = Vec::new();
        let result = act(&mut task, &mut Cli { env, out: &mut out, stdin: "" });
        self.take_in(out);
        match result {
            Ok(None) => {
                self.wait = task.blocked();
                self.task = Some(task);
            }
            Ok(Some(exit)) => self.end(env, exit),
            Err(failure) => {
                let exit = self.fail(&failure);
                self.end(env, exit);
            }
        }
    }

    /// Whether the running command reads what is typed.
    pub fn reads(&self) -> bool {
        matches!(&self.task, Some(Task::Exec(task)) if task.reads())
    }

    /// Types a line for the running command to read.
    pub fn type_line(&mut self, line: &str, env: &mut Env<'_>) {
        self.go_on(env, |task, cli| match task {
            Task::Exec(task) => task.type_line(cli, line),
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

    /// Runs pipelines until one waits or none is left.
    fn advance(&mut self, env: &mut Env<'_>, mut exit: i32) {
        while let Some(pipeline) = self.queue.pop_front() {
            let runs = match pipeline.when {
                When::Always => true,
                When::Success => exit == 0,
                When::Failure => exit != 0,
            };
            if !runs {
                continue;
            }
            match self.pipeline(env, pipeline.stages.into(), String::new(), 0) {
                Some(done) => exit = done,
                None => return,
            }
        }
        self.wait = Wait::Done(exit);
    }

    /// Runs a pipeline, whose first stage reads `stdin`; `None` where it waits.
    fn pipeline(
        &mut self,
        env: &mut Env<'_>,
        mut stages: VecDeque<Stage>,
        mut stdin: String,
        mut exit: i32,
    ) -> Option<i32> {
        while let Some(stage) = stages.pop_front() {
            match stage.stdin {
                Some(document) if document.expands => {
                    let (text, complaints) = here_document::expand(&document.text, env);
                    self.push(Stream::Stderr, &complaints);
                    stdin = text;
                }
                Some(document) => stdin = document.text,
                None => {}
            }
            if stage.words.first().map(String::as_str) != Some("kubectl") {
                let done = filters::run(&stage.words, &stdin, env.files);
                self.push(Stream::Stderr, &done.complaint);
                (stdin, exit) = (done.text, done.exit);
                if stages.is_empty() {
                    self.push(Stream::Stdout, &stdin);
                }
                continue;
            }
            self.rest = stages;
            let mut out = Vec::new();
            let flow = run_command(&stage.words[1..], &mut Cli { env, out: &mut out, stdin: &stdin });
            self.take_in(out);
            exit = match flow {
                Ok(Flow::Exit(exit)) => exit,
                Ok(Flow::Wait(task)) => {
                    self.wait = task.blocked();
                    self.task = Some(task);
                    return None;
                }
                Err(failure) => self.fail(&failure),
            };
            (stages, stdin) = (std::mem::take(&mut self.rest), std::mem::take(&mut self.piped));
        }
        Some(exit)
    }

    /// Goes on with what stands behind the command that has ended, and with the lines after it.
    fn end(&mut self, env: &mut Env<'_>, exit: i32) {
        let (stages, piped) = (std::mem::take(&mut self.rest), std::mem::take(&mut self.piped));
        if let Some(exit) = self.pipeline(env, stages, piped, exit) {
            self.advance(env, exit);
        }
    }

    fn fail(&mut self, failure: &Failure) -> i32 {
        self.push(Stream::Stderr, &failure.print());
        failure.exit
    }

    fn push(&mut self, stream: Stream, text: &str) {
        if !text.is_empty() {
            self.output.push((stream, text.into()));
        }
    }

    /// Output of the command: out, or into its pipe.
    fn take_in(&mut self, out: Vec<(Stream, String)>) {
        for (stream, text) in out {
            if stream == Stream::Stdout && !self.rest.is_empty() {
                self.piped.push_str(&text);
            } else {
                self.push(stream, &text);
            }
        }
    }
}

/// All commands, in the order of their help.
const COMMANDS: &[&str] = &[
    "create",
    "expose",
    "run",
    "get",
    "delete",
    "rollout",
    "scale",
    "set",
    "describe",
    "logs",
    "exec",
    "wait",
    "events",
    "patch",
    "replace",
    "apply",
    "label",
    "annotate",
    "api-resources",
    "version",
    "help",
];

fn run_command(args: &[String], cli: &mut Cli) -> Result<Flow, Failure> {
    // Flags may stand before the command: `kubectl -n x get pods`.
    let at = args.iter().enumerate().position(|(i, a)| {
        let takes =
            i > 0 && matches!(args[i - 1].as_str(), "-n" | "--namespace" | "--context" | "--as" | "-v");
        !a.starts_with('-') && !takes
    });
    let Some(at) = at else {
        cli.print(misc::HELP);
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
    if rest.iter().take_while(|a| *a != "--").any(|a| a == "--help" || a == "-h") {
        let words: Vec<&str> = rest.iter().map(String::as_str).take_while(|a| !a.starts_with('-')).collect();
        cli.print(help::of(&[&[command], words.as_slice()].concat()));
        return Ok(Flow::Exit(0));
    }
    match command {
        "apply" => apply::run(cli, &rest),
        "create" => create::run(cli, &rest),
        "get" => get::run(cli, &rest),
        "delete" => delete::run(cli, &rest),
        "describe" => describe_command::run(cli, &rest),
        "logs" | "log" => logs::run(cli, &rest),
        "exec" => exec::run(cli, &rest),
        "wait" => wait::run(cli, &rest),
        "patch" => patch::run(cli, &rest),
        "replace" => replace::run(cli, &rest),
        "run" => run::run(cli, &rest),
        "expose" => expose::run(cli, &rest),
        "rollout" => rollout::run(cli, &rest),
        "scale" => scale::run(cli, &rest),
        "label" => label::run(cli, &rest, label::What::Labels),
        "annotate" => label::run(cli, &rest, label::What::Annotations),
        "set" => set::run(cli, &rest),
        "events" | "event" => events::run(cli, &rest),
        "api-resources" => misc::api_resources(cli, &rest),
        "version" => misc::version(cli),
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
