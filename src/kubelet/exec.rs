//! `kubectl exec`: a process beside the others in a running container.
//!
//! Upstream: `GetExec` in `pkg/kubelet/kubelet_pods.go`, `cri/streaming/remotecommand`. There its input and output are
//! streams of one connection; here who asked reads what has been written, until there is an exit code.

use super::container::{Container, State};
use super::pod_worker::{Host, PodWorker};
use super::runtime::{Input, Session, Stream};
use crate::api::{Reason, Status, base64};
use crate::json;
use crate::json::Json;
use crate::sim::{Rng, Time};

/// The exit code of what ended with its container.
pub const KILLED: i32 = 137;
/// The ends of so many execs are remembered for each container.
const MOST: usize = 8;
/// More than this of one's output is not kept.
const MOST_BYTES: usize = 256 << 10;

/// What is to run.
#[derive(Debug)]
pub struct ExecRequest<'a> {
    /// In which container.
    pub container: &'a str,
    /// The program and its arguments.
    pub command: Vec<String>,
    /// What it can read.
    pub input: Input<'a>,
}

/// What comes to a process while it runs.
#[derive(Clone, Copy, Debug)]
pub enum Typed<'a> {
    /// Something to read.
    Bytes(&'a [u8]),
    /// There will be nothing more to read.
    End,
    /// Ctrl-C.
    Interrupt,
}

/// A process that was started in a running container.
#[derive(Clone, Debug)]
pub struct Exec {
    /// Its session, which is its number.
    pub session: Session,
    /// What it wrote.
    output: Vec<(Stream, Vec<u8>)>,
    /// Its exit code, once it has ended.
    pub exit: Option<i32>,
}

/// Takes what a process of a session wrote.
pub fn write(execs: &mut [Exec], session: Session, stream: Stream, bytes: &[u8]) {
    let Some(exec) = execs.iter_mut().find(|exec| exec.session == session) else { return };
    if exec.output.iter().map(|(_, bytes)| bytes.len()).sum::<usize>() + bytes.len() > MOST_BYTES {
        return;
    }
    match exec.output.last_mut() {
        Some((last, written)) if *last == stream => written.extend(bytes),
        _ => exec.output.push((stream, bytes.to_vec())),
    }
}

/// What an exec wrote so far: `{"output": [["stdout", "…"], …], "exit": 0}`, its bytes as base64 where they are asked for. One that
/// is not known any more was killed.
pub fn output(container: Option<&Container>, number: i64, as_bytes: bool) -> Json {
    let mut execs = container.into_iter().flat_map(|c| &c.execs);
    let Some(exec) = execs.find(|exec| i64::from(exec.session.0) == number) else {
        return json!({ "output": [], "exit": KILLED });
    };
    let output = exec.output.iter().map(|(stream, bytes)| {
        let name = if *stream == Stream::Stdout { "stdout" } else { "stderr" };
        let text = if as_bytes { base64::encode(bytes) } else { String::from_utf8_lossy(bytes).into_owned() };
        json!([name, text])
    });
    let unread = match container.map(|container| &container.state) {
        Some(State::Running { task, .. }) => task.unread(exec.session),
        _ => 0,
    };
    let mut answer = json!({ "output": output.collect::<Json>(), "unread": unread as i64 });
    if let Some(code) = exec.exit {
        answer.set("exit", code);
    }
    answer
}

fn internal(why: &str) -> Status {
    Status::new(Reason::InternalError, format!("Internal error occurred: {why}"))
}

/// The id of an exec: chance, but the same in the same run.
fn id(now: Time) -> String {
    let mut rng = Rng::new(now.0.unsigned_abs());
    (0..4).map(|_| format!("{:016x}", rng.next_u64())).collect()
}

/// The kubelet finds no running container of that name.
pub fn no_such_container(request: &ExecRequest<'_>) -> Status {
    internal(&format!("unable to upgrade connection: container not found ({:?})", request.container))
}

impl Exec {
    /// All that it wrote.
    pub fn text(&self) -> String {
        self.output.iter().map(|(_, bytes)| String::from_utf8_lossy(bytes)).collect()
    }
}

impl PodWorker {
    /// Starts a command of the kubelet's own in a running container, and lets it have its first turn. An error is the
    /// runtime's sentence.
    pub(super) fn start_command(
        &mut self,
        index: usize,
        command: &[String],
        now: Time,
        host: &mut Host<'_>,
    ) -> Result<Session, String> {
        let container = &mut self.containers[index];
        let State::Running { task, .. } = &mut container.state else { return Err(String::new()) };
        let started = task.exec(command, Input::Text(""), now, &mut self.volumes);
        let session = started.map_err(|error| error.exec_message(&id(now)))?;
        container.execs.push(Exec { session, output: Vec::new(), exit: None });
        self.run_container(index, now, host);
        Ok(session)
    }

    /// Types into a process.
    pub(super) fn type_in(
        &mut self,
        container: &str,
        number: i64,
        typed: Typed<'_>,
        now: Time,
        host: &mut Host<'_>,
    ) {
        let Some(index) = self.containers.iter().position(|c| c.name == *container) else { return };
        if let State::Running { task, .. } = &mut self.containers[index].state {
            let session = Session(u32::try_from(number).unwrap_or(0));
            match typed {
                Typed::Bytes(bytes) => task.type_in(session, bytes),
                Typed::End => task.end_input(session),
                Typed::Interrupt => task.interrupt(session),
            }
            self.run_container(index, now, host);
        }
    }

    /// Starts a process, and lets it have its first turn; gives its number.
    pub(super) fn exec(
        &mut self,
        request: &ExecRequest<'_>,
        now: Time,
        host: &mut Host<'_>,
    ) -> Result<i64, Status> {
        let found = self.containers.iter().position(|c| c.name == *request.container && c.is_running());
        let Some(index) = found else { return Err(no_such_container(request)) };
        let container = &mut self.containers[index];
        let State::Running { task, .. } = &mut container.state else {
            return Err(no_such_container(request));
        };
        let session =
            task.exec(&request.command, request.input, now, &mut self.volumes).map_err(|error| {
                let why = format!("error executing command in container: {}", error.exec_message(&id(now)));
                // The API server, which passes the kubelet's answer on, wraps it once more.
                internal(&format!("Internal error occurred: {why}"))
            })?;
        if container.execs.len() >= MOST
            && let Some(old) = container.execs.iter().position(|exec| exec.exit.is_some())
        {
            container.execs.remove(old);
        }
        container.execs.push(Exec { session, output: Vec::new(), exit: None });
        self.run_container(index, now, host);
        Ok(i64::from(session.0))
    }
}
