//! `kubectl exec`: runs a command in a container.

use super::cli::{AGENT, Cli};
use super::failure::Failure;
use super::flags::{self, Flag, Takes};
use super::{Flow, Stream, Task, Wait, logs, names};
use crate::api::{ObjectKey, Reason, Request, Status, kinds};
use crate::json::{Json, Str};

pub(super) const FLAGS: &[Flag] = &[
    ("container", 'c', Takes::Value),
    ("stdin", 'i', Takes::Nothing),
    ("tty", 't', Takes::Nothing),
    ("quiet", 'q', Takes::Nothing),
    ("filename", 'f', Takes::Value),
    ("pod-running-timeout", ' ', Takes::Value),
];

/// A command that runs in a container.
#[derive(Clone)]
pub(super) struct Running {
    pod: ObjectKey,
    container: String,
    /// The kubelet's number for it.
    session: i64,
    /// It reads what is typed.
    interactive: bool,
    /// How many bytes of each piece of its output are printed already.
    printed: usize,
}

pub(super) fn run(cli: &mut Cli, args: &[String]) -> Result<Flow, Failure> {
    let args = flags::parse("exec", args, FLAGS)?;
    let namespace = args.namespace().to_string();
    let Some(target) = args.words.first() else {
        return Err(Failure::error("pod, type/name or --filename must be specified"));
    };
    if args.words.len() > 1 && args.rest.is_none() {
        let message = "exec [POD] [COMMAND] is not supported anymore. Use exec [POD] -- [COMMAND] instead";
        return Err(Failure::usage("exec", message));
    }
    let command = args.rest.clone().unwrap_or_default();
    if command.is_empty() {
        return Err(Failure::error("you must specify at least one command for the container"));
    }
    let pod = if target.contains('/') {
        let targets = names::targets(cli, &args.words[..1])?;
        let Some(found) = targets.first() else { return Err(names::unknown(target)) };
        let object = cli.get(&found.resource, &namespace, &found.name)?;
        match &*found.resource.plural {
            "pods" => object,
            _ => best(logs::pods_of(cli, &found.resource, &object, &namespace, "attach to")?)
                .ok_or_else(|| Failure::error("timed out waiting for the condition"))?,
        }
    } else {
        cli.get(&kinds::PODS.into(), &namespace, target)?
    };
    let phase = pod["status"]["phase"].str();
    if matches!(phase, "Succeeded" | "Failed") {
        return Err(Failure::error(format!(
            "cannot exec into a container in a completed pod; current phase is {phase}"
        )));
    }
    let named = match args.get("container") {
        "" => logs::annotated_container(&pod),
        name => name,
    };
    let container = match named {
        "" => logs::first_container(cli, &pod, args.is("quiet")),
        name => logs::named_container(&pod, name)?,
    };
    let mut query: Vec<(Str, Str)> = vec![("container".into(), container.as_str().into())];
    query.extend(command.iter().map(|word| ("command".into(), Str::from(word.as_str()))));
    for flag in ["stdin", "tty"] {
        // A terminal without input is only a way to write.
        if args.is(flag) && (flag == "stdin" || args.is("stdin")) {
            query.push((flag.into(), "true".into()));
        }
    }
    let stdin = if args.is("stdin") { cli.stdin } else { "" };
    let key = ObjectKey::of(&pod);
    let mut request =
        Request::new(crate::api::Verb::Create, kinds::PODS, key.namespace.clone(), key.name.clone())
            .with_subresource("exec")
            .with(|options| options.query = query)
            .by(AGENT);
    if !stdin.is_empty() {
        request.body = stdin.into();
    }
    let started = cli.env.api.call(request).map_err(streaming)?;
    let session = started.body.as_i64().unwrap_or_default();
    let interactive = args.is("stdin") && args.is("tty") && stdin.is_empty();
    let mut running = Running { pod: key, container, session, interactive, printed: 0 };
    match running.resume(cli)? {
        Some(exit) => Ok(Flow::Exit(exit)),
        None => Ok(Flow::Wait(Task::Exec(running))),
    }
}

/// The pod that is most alive: running, ready, seldom restarted, old (`podutils.ActivePods`).
pub(super) fn best(pods: Vec<Json>) -> Option<Json> {
    let rank = |pod: &Json| {
        let status = &pod["status"];
        let mut conditions = status["conditions"].items().iter();
        let ready = conditions.any(|c| c["type"].str() == "Ready" && c["status"].str() == "True");
        let restarts: i64 =
            status["containerStatuses"].items().iter().filter_map(|c| c["restartCount"].as_i64()).sum();
        (status["phase"].str() == "Running", ready, -restarts)
    };
    let older = |a: &Json, b: &Json| {
        a["metadata"]["creationTimestamp"].str() < b["metadata"]["creationTimestamp"].str()
    };
    pods.into_iter().reduce(|best, pod| {
        let better = rank(&pod) > rank(&best) || (rank(&pod) == rank(&best) && older(&pod, &best));
        if better { pod } else { best }
    })
}

/// What went wrong inside the stream is printed as it came; what went wrong before that keeps the connection from becoming one.
fn streaming(status: Status) -> Failure {
    match status.reason {
        Some(Reason::InternalError) => Failure::error(status.message.to_string()),
        _ => Failure::error(format!("unable to upgrade connection: {}", status.message)),
    }
}

impl Running {
    pub(super) fn blocked(&self) -> Wait {
        Wait::Blocked { watches: Vec::new(), until: None, any_step: true }
    }

    /// Whether it reads what is typed.
    pub(super) fn reads(&self) -> bool {
        self.interactive
    }

    /// Types a line.
    pub(super) fn type_line(&mut self, cli: &mut Cli, line: &str) -> Result<Option<i32>, Failure> {
        let query = vec![
            ("container".into(), self.container.as_str().into()),
            ("session".into(), Str::from(self.session.to_string())),
        ];
        let (namespace, name) = (self.pod.namespace.clone(), self.pod.name.clone());
        let request = Request::new(crate::api::Verb::Update, kinds::PODS, namespace, name)
            .with_subresource("exec")
            .with(|options| options.query = query)
            .with_body(format!("{line}\n"))
            .by(AGENT);
        cli.env.api.call(request).map_err(streaming)?;
        self.resume(cli)
    }

    pub(super) fn resume(&mut self, cli: &mut Cli) -> Result<Option<i32>, Failure> {
        let query = vec![
            ("container".into(), self.container.as_str().into()),
            ("session".into(), Str::from(self.session.to_string())),
        ];
        let request = Request::get(kinds::PODS, self.pod.namespace.clone(), self.pod.name.clone())
            .with_subresource("exec")
            .with(|options| options.query = query)
            .by(AGENT);
        let answer = match cli.env.api.call(request) {
            Ok(response) => response.body,
            // The pod is gone, and the command with it.
            Err(_) => crate::json!({ "exit": 137 }),
        };
        let mut at = 0;
        for piece in answer["output"].items() {
            let text = piece[1].str();
            let new = text.get(self.printed.saturating_sub(at).min(text.len())..).unwrap_or("");
            at += text.len();
            let stream = if piece[0].str() == "stderr" { Stream::Stderr } else { Stream::Stdout };
            cli.write(stream, new);
        }
        self.printed = self.printed.max(at);
        let Some(code) = answer["exit"].as_i64() else { return Ok(None) };
        if code != 0 {
            cli.error_line(format!("command terminated with exit code {code}"));
        }
        Ok(Some(i32::try_from(code).unwrap_or(1)))
    }
}

#[cfg(test)]
mod tests {
    use super::streaming;
    use crate::api::{Reason, Status};

    #[test]
    fn errors_of_the_stream_are_printed_plainly() {
        let inside = Status::new(Reason::InternalError, "Internal error occurred: no");
        assert_eq!(streaming(inside).print(), "error: Internal error occurred: no\n");
        let refused = Status::bad_request("container x is not valid for pod y");
        assert_eq!(
            streaming(refused).print(),
            "error: unable to upgrade connection: container x is not valid for pod y\n"
        );
    }
}
