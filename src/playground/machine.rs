//! [`Machine`]: the small computer behind the terminal. Its shell lives on from line to line, its home directory is the
//! editor's files, and its `kubectl` is a program from outside that talks to the cluster.

use super::programs::{self, EDITORS, HELP, HOME, VOLUME, ask_raw};
use super::terminal::Files;
use crate::api::{User, WatchId};
use crate::client::{Api, AsUser};
use crate::cluster::World;
use crate::json::Str;
use crate::kubectl::{self, BESIDE, Discovery, Env, KUBECONFIG, Session, Wait};
use crate::shell::fs::{Entry, Node, Tree, Volumes};
use crate::shell::{self, Blocked, Call, Look, MAIN, Output, Process, Stream};
use crate::sim::Time;
use std::sync::Arc;
use std::time::Duration;

/// What a line may compute in one step: about one unit a command.
const FUEL: i64 = 50_000;
/// What a program from outside costs of it.
const CALL: i64 = 100;
/// What passes when a line has used that up.
const BUSY: Duration = Duration::from_secs(1);
/// Who sleeps for longer (`sleep infinity`) waits for nothing but Ctrl-C.
const EVER: Duration = Duration::from_secs(10 * 365 * 24 * 3600);

/// What was printed, in order.
pub(super) type Printed = Vec<(Stream, Vec<u8>)>;

/// The computer behind the terminal.
#[derive(Clone)]
pub(super) struct Machine {
    process: Process,
    /// Who types; nobody: the administrator.
    pub(super) user: Option<Arc<User>>,
    volumes: Volumes,
    /// The files as the editor has them, and the home directory that shows them so.
    shown: (Files, Tree),
    /// The kubectls that wait, with the tasks that stand for them.
    sessions: Vec<(u32, Session)>,
    /// What its kubectls know of the kinds that there are.
    discovery: Discovery,
    blocked: Blocked,
    /// The last turn ended because it had lasted long enough.
    exhausted: bool,
    /// Watches whose readers are gone.
    orphans: Vec<WatchId>,
}

struct Collected(Printed);

impl Output for Collected {
    fn write(&mut self, _: shell::Session, stream: Stream, bytes: &[u8]) {
        match self.0.last_mut() {
            Some((last, text)) if *last == stream => text.extend(bytes),
            _ => self.0.push((stream, bytes.to_vec())),
        }
    }
}

impl kubectl::Files for Look {
    fn text(&self, path: &str) -> Option<Str> {
        self.read(path).map(|bytes| text(&bytes))
    }

    fn folder(&self, path: &str) -> Option<Vec<(Str, Str)>> {
        let within = |name: &str| format!("{}/{name}", if path.is_empty() { "." } else { path });
        let file =
            |name: String| Some((Str::from(name.as_str()), kubectl::Files::text(self, &within(&name))?));
        Some(self.below(path)?.into_iter().filter_map(file).collect())
    }
}

fn text(bytes: &[u8]) -> Str {
    String::from_utf8_lossy(bytes).as_ref().into()
}

impl Machine {
    /// A shell that has just begun, with no files.
    pub(super) fn new(now: Time) -> Machine {
        let volumes = Volumes::from([(VOLUME.into(), Tree::new(now.0))]);
        let spec = programs::machine(&volumes, now.0).expect("its few files fit");
        let process = Process::at_prompt(spec, now.0).expect("it has a bash");
        let shown = (Files::new(), Tree::new(now.0));
        let (sessions, orphans) = (Vec::new(), Vec::new());
        let mut machine = Machine {
            process,
            user: None,
            volumes,
            shown,
            sessions,
            discovery: Discovery::default(),
            blocked: Blocked::Forever,
            exhausted: false,
            orphans,
        };
        machine.run(None, now);
        machine
    }

    /// Another shell after the first has ended; the files stay.
    pub(super) fn restart(&mut self, now: Time) {
        let Machine { user, volumes, shown, mut orphans, sessions, .. } =
            std::mem::replace(self, Machine::new(now));
        orphans.extend(sessions.iter().flat_map(|(_, session)| watches(session)));
        (self.volumes, self.shown, self.orphans) = (volumes, shown, orphans);
        self.user = user;
    }

    /// Puts the editor's files into the home directory. Empty directories stay.
    pub(super) fn show(&mut self, files: &Files, now: Time) {
        let Some(home) = self.volumes.get_mut(VOLUME) else { return };
        let path = |name: &str| format!("/{name}");
        for name in self.shown.0.keys().filter(|name| !files.contains_key(*name)) {
            let _ = home.remove(&path(name));
        }
        for (name, text) in files.iter().filter(|(name, text)| self.shown.0.get(*name) != Some(*text)) {
            let mode = home.get(&path(name)).map_or(0o644, |entry| entry.mode);
            // A name that cannot be one here, or what does not fit, is not there; who misses it will say so.
            let _ = home.insert(&path(name), Entry { mode, ..Entry::file(text.as_str(), now.0) });
        }
        self.shown = (files.clone(), home.clone());
    }

    /// The files that were written, made or removed (`None`) since the last look.
    pub(super) fn written(&mut self) -> Vec<(Str, Option<Str>)> {
        let Some(home) = self.volumes.get(VOLUME).filter(|home| !home.same(&self.shown.1)) else {
            return Vec::new();
        };
        let mut out = Vec::new();
        for (path, entry) in home.below("/") {
            let (Node::File(bytes), name) = (&entry.node, &path[1..]) else { continue };
            let known = self.shown.0.get(name);
            if known.is_none_or(|known| known.as_bytes() != bytes.as_slice()) {
                out.push((Str::from(name), Some(text(bytes))));
            }
        }
        let gone =
            |name: &&Str| !matches!(home.get(&format!("/{name}")), Some(Entry { node: Node::File(_), .. }));
        // A file that could not be put here at all was not removed here.
        let was = |name: &&Str| self.shown.1.get(&format!("/{name}")).is_some();
        out.extend(self.shown.0.keys().filter(gone).filter(was).map(|name| (name.clone(), None)));
        self.shown.1 = home.clone();
        for (name, text) in &out {
            match text {
                Some(text) => self.shown.0.insert(name.clone(), text.clone()),
                None => self.shown.0.remove(name),
            };
        }
        out
    }

    /// Types a line at the prompt. What it prints comes with [`Machine::run`].
    pub(super) fn give(&mut self, line: &str) {
        self.process.give(line);
    }

    /// Types a line for what reads it in the foreground.
    pub(super) fn type_line(&mut self, line: &str, api: &mut dyn Api, now: Time) -> Printed {
        let at = self.sessions.iter().position(|(pid, s)| s.reads() && self.process.in_foreground(*pid));
        match at {
            Some(at) => self.advance(at, api, |session, env| session.type_line(line, env)),
            None => self.process.type_in(MAIN, format!("{line}\n").as_bytes()),
        }
        self.run(Some(api), now)
    }

    /// Whether something in the foreground reads what is typed.
    pub(super) fn reads(&self) -> bool {
        let kubectl = self.sessions.iter().any(|(pid, s)| s.reads() && self.process.in_foreground(*pid));
        kubectl || self.process.reads_typed()
    }

    /// Ctrl-C.
    pub(super) fn interrupt(&mut self, now: Time) -> Printed {
        self.process.interrupt();
        self.run(None, now)
    }

    /// Lets it run until nothing in it can go on. Without the cluster, no program from outside is started.
    pub(super) fn run(&mut self, mut api: Option<&mut dyn Api>, now: Time) -> Printed {
        let mut out = Collected(Vec::new());
        let mut fuel = FUEL;
        loop {
            self.blocked = self.process.run_within(now.0, &mut fuel, &mut self.volumes, &mut out);
            if let Blocked::Until(at) = self.blocked
                && Time(at).since(now) > EVER
            {
                self.blocked = Blocked::Forever;
            }
            self.exhausted = fuel <= 0;
            if self.exhausted && matches!(self.blocked, Blocked::Until(_)) {
                self.blocked = Blocked::Until((now + BUSY).0);
            }
            let Some(api) = api.as_deref_mut().filter(|_| !self.exhausted && self.process.has_calls()) else {
                break;
            };
            for call in self.process.take_calls() {
                fuel -= CALL;
                self.start(call, api);
            }
        }
        let Machine { process, sessions, orphans, .. } = self;
        sessions.retain(|(pid, session)| {
            let stays = process.is_called(*pid);
            if !stays {
                orphans.extend(watches(session));
            }
            stays
        });
        out.0
    }

    /// Lets those go on who have what they waited for.
    pub(super) fn resume(&mut self, ready: &[u32], api: &mut dyn Api, now: Time) -> Printed {
        for pid in ready {
            if let Some(at) = self.sessions.iter().position(|(of, _)| of == pid) {
                self.advance(at, api, Session::resume);
            }
        }
        self.run(Some(api), now)
    }

    /// Lets those look who follow the world; they only read.
    pub(super) fn follow(&mut self, world: &World) -> Printed {
        let follows = |session: &Session| matches!(session.wait(), Wait::Blocked { any_step: true, .. });
        let pids: Vec<u32> = self.sessions.iter().filter(|(_, s)| follows(s)).map(|(pid, _)| *pid).collect();
        if pids.is_empty() {
            return Vec::new();
        }
        world.clone().user(|api| {
            for pid in pids {
                if let Some(at) = self.sessions.iter().position(|(of, _)| *of == pid) {
                    self.advance(at, api, Session::resume);
                }
            }
        });
        self.run(None, world.now())
    }

    fn start(&mut self, call: Call, api: &mut dyn Api) {
        let Call { pid, argv, stdin, cwd } = call;
        let name = argv.first().map_or("", |name| name.rsplit('/').next().unwrap_or(name));
        match name {
            "kubectl" => {
                let files = self.process.look(&self.volumes, &cwd);
                let stdin = stdin.unwrap_or_default();
                let now = api.now();
                let api = &mut AsUser { api, user: self.user.clone() };
                let session = Session::start(
                    &argv[1..],
                    &stdin,
                    &mut Env { api, files: &files, discovery: &mut self.discovery, raw: ask_raw },
                );
                self.sessions.push((pid, session));
                self.take(self.sessions.len() - 1, now);
            }
            "help" => {
                self.process.write(pid, Stream::Stdout, HELP);
                self.process.finish(pid, 0);
            }
            editor if EDITORS.contains(&editor) => {
                self.process.write(pid, Stream::Stderr, BESIDE);
                self.process.finish(pid, 1);
            }
            _ => self.process.finish(pid, 0),
        }
    }

    fn advance(&mut self, at: usize, api: &mut dyn Api, act: impl FnOnce(&mut Session, &mut Env)) {
        let files = self.process.look(&self.volumes, HOME);
        let now = api.now();
        let api = &mut AsUser { api, user: self.user.clone() };
        let mut env = Env { api, files: &files, discovery: &mut self.discovery, raw: ask_raw };
        act(&mut self.sessions[at].1, &mut env);
        self.take(at, now);
    }

    /// Takes what a kubectl printed or wrote, and its end, into the machine.
    fn take(&mut self, at: usize, now: Time) {
        let (pid, session) = &mut self.sessions[at];
        for (stream, text) in session.take_output() {
            match stream {
                kubectl::Stream::Stdout => self.process.write(*pid, Stream::Stdout, &text),
                kubectl::Stream::Stderr => self.process.write(*pid, Stream::Stderr, &text),
                kubectl::Stream::Config => {
                    let path = KUBECONFIG.trim_start_matches(HOME);
                    if let Some(home) = self.volumes.get_mut(VOLUME) {
                        // What does not fit is not kept; the next kubectl finds the old one.
                        let _ = home.insert(path, Entry { mode: 0o600, ..Entry::file(text.as_str(), now.0) });
                    }
                }
            }
        }
        if let Wait::Done(exit) = *session.wait() {
            self.process.finish(*pid, exit);
            self.sessions.remove(at);
        }
    }

    /// The kubectls that can go on now.
    pub(super) fn ready(&self, world: &World) -> Vec<u32> {
        let can = |session: &Session| match session.wait() {
            Wait::Blocked { watches, until, .. } => {
                watches.iter().any(|watch| world.server().has_event(*watch))
                    || until.is_some_and(|until| until <= world.now())
            }
            Wait::Done(_) => false,
        };
        self.sessions.iter().filter(|(_, session)| can(session)).map(|(pid, _)| *pid).collect()
    }

    /// Whether anything in it can go on now.
    pub(super) fn is_ready(&self, world: &World) -> bool {
        !self.exhausted && self.process.has_calls()
            || self.deadline().is_some_and(|until| until <= world.now())
            || !self.ready(world).is_empty()
    }

    /// When something in it will go on by itself.
    pub(super) fn deadline(&self) -> Option<Time> {
        let own = match self.blocked {
            Blocked::Until(at) => Some(Time(at)),
            _ => None,
        };
        let until = |(_, session): &(u32, Session)| match session.wait() {
            Wait::Blocked { until, .. } => *until,
            Wait::Done(_) => None,
        };
        self.sessions.iter().filter_map(until).chain(own).min()
    }

    /// Whether it does anything but wait for the next line.
    pub(super) fn is_busy(&self) -> bool {
        self.process.prompts().is_none() || !self.sessions.is_empty() || self.deadline().is_some()
    }

    /// The status of the line, once it has ended; true: the shell has ended with it.
    pub(super) fn ended(&self) -> Option<(i32, bool)> {
        match self.blocked {
            Blocked::Exited(code) => Some((code, true)),
            _ => self.process.prompts().map(|status| (status, false)),
        }
    }

    /// Watches that nobody reads any more.
    pub(super) fn orphans(&mut self) -> Vec<WatchId> {
        std::mem::take(&mut self.orphans)
    }

    /// Whether the next line would mean the same to both shells.
    pub(super) fn remembers_as(&self, other: &Machine) -> bool {
        self.user == other.user && self.process.remembers_as(&other.process)
    }

    /// The shell's own state.
    pub(super) fn process(&self) -> &Process {
        &self.process
    }

    /// The files of the machine, from where its shell is.
    pub(super) fn look(&self) -> Look {
        self.process.look(&self.volumes, self.process.cwd())
    }
}

fn watches(session: &Session) -> Vec<WatchId> {
    match session.wait() {
        Wait::Blocked { watches, .. } => watches.clone(),
        Wait::Done(_) => Vec::new(),
    }
}
