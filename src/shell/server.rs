//! Programs that start up, serve, and stop when told to: web servers, databases. Their description is data of the image
//! catalogue; what they would answer is not simulated here, only that they listen.

use super::applets::Advance;
use super::kernel::Cx;
use super::task::{Task, Wait};
use super::{SIGTERM, Stream};

/// A port a server listens on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Listener {
    /// TCP port.
    pub port: u16,
    /// It answers HTTP requests; otherwise it only accepts connections.
    pub http: bool,
}

/// A server.
#[derive(Debug)]
pub struct Server {
    /// Its name, for messages.
    pub name: &'static str,
    /// Where it listens once it is up.
    pub listeners: &'static [Listener],
    /// How long it takes to come up, in milliseconds.
    pub startup_ms: i64,
    /// One of these variables must be set, else it prints the text and exits with 1.
    pub requires: Option<(&'static [&'static str], &'static str)>,
    /// What it prints at its start.
    pub banner: &'static [(Stream, &'static str)],
    /// What it prints once it is up.
    pub ready: &'static [(Stream, &'static str)],
    /// What it prints when it is told to stop.
    pub farewell: &'static [(Stream, &'static str)],
    /// Signals that stop it. It ignores the others, as PID 1 does.
    pub stops_on: &'static [i32],
    /// How long stopping takes, in milliseconds.
    pub stop_ms: i64,
    /// It only prints its banner and exits with 0.
    pub exits: bool,
}

impl Server {
    /// One that comes up at once, is silent, and stops at SIGTERM with 0.
    pub const PLAIN: Server = Server {
        name: "",
        listeners: &[],
        startup_ms: 0,
        requires: None,
        banner: &[],
        ready: &[],
        farewell: &[],
        stops_on: &[2, 3, SIGTERM],
        stop_ms: 0,
        exits: false,
    };
}

/// How far a server is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    New,
    Starting(i64),
    Serving,
    Told,
    Stopping(i64),
}

/// A server that runs.
#[derive(Debug, Clone)]
pub(super) struct State {
    server: &'static Server,
    phase: Phase,
}

impl State {
    pub(super) fn new(server: &'static Server) -> State {
        State { server, phase: Phase::New }
    }

    pub(super) fn advance(&mut self, task: &mut Task, cx: &mut Cx) -> Advance {
        let server = self.server;
        match self.phase {
            Phase::New => {
                if let Some((names, text)) = server.requires
                    && !names.iter().any(|name| task.text(name).is_some())
                {
                    print(task, cx, &[(Stream::Stderr, text)]);
                    return Advance::Done(1);
                }
                print(task, cx, server.banner);
                if server.exits {
                    return Advance::Done(0);
                }
                self.phase = Phase::Starting(cx.now + server.startup_ms * 1_000_000);
                Advance::Again
            }
            Phase::Starting(until) if cx.now < until => Advance::Wait(Wait::Until(until)),
            Phase::Starting(_) => {
                print(task, cx, server.ready);
                self.phase = Phase::Serving;
                Advance::Again
            }
            Phase::Serving => Advance::Wait(Wait::Forever),
            Phase::Told => {
                print(task, cx, server.farewell);
                self.phase = Phase::Stopping(cx.now + server.stop_ms * 1_000_000);
                Advance::Again
            }
            Phase::Stopping(until) if cx.now < until => Advance::Wait(Wait::Until(until)),
            Phase::Stopping(_) => Advance::Done(0),
        }
    }

    pub(super) fn signal(&mut self, signal: i32) -> bool {
        let stops = self.server.stops_on.contains(&signal);
        if stops && !matches!(self.phase, Phase::Stopping(_)) {
            self.phase = Phase::Told;
        }
        stops
    }

    pub(super) fn listeners(&self) -> Option<&'static [Listener]> {
        (self.phase == Phase::Serving).then_some(self.server.listeners)
    }
}

/// Prints lines, with `{slash}`, `{iso}`, `{redis}`, `{apache}` standing for the time in these programs' formats and
/// `{pid}` for the process.
fn print(task: &mut Task, cx: &mut Cx, lines: &[(Stream, &str)]) {
    for (stream, line) in lines {
        let mut text = line.replace("{pid}", &task.pid.to_string());
        if text.contains('{') {
            let time = |format: &str| super::calendar::format(cx.now, format);
            let millis = format!("{:03}", cx.now.rem_euclid(1_000_000_000) / 1_000_000);
            text = text
                .replace("{slash}", &time("%Y/%m/%d %H:%M:%S"))
                .replace("{iso}", &format!("{}.{millis}000Z", time("%Y-%m-%dT%H:%M:%S")))
                .replace("{redis}", &format!("{}.{millis}", time("%d %b %Y %H:%M:%S")))
                .replace("{apache}", &format!("{}.{millis}000 {}", time("%a %b %d %H:%M:%S"), time("%Y")));
        }
        text.push('\n');
        task.write(if *stream == Stream::Stdout { 1 } else { 2 }, text);
    }
}
