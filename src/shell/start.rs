//! Starting programs: finding them, and making a task run one.

use std::sync::Arc;

use crate::collections::Map;

use super::applets::{self, Running};
use super::fs::Volumes;
use super::fs::{Entry, FsError, Node};
use super::io::{OpenFile, Opened};
use super::kernel::{Cx, INIT, Kernel};
use super::paths::{View, clean};
use super::simple::applet_name;
use super::task::{Descriptor, Frame, Options, Script, ScriptKind, Task, Text, Variable, Wait};
use super::userland::{Dialect, Executable, Userland};
use super::{Input, MAIN, ProcessSpec, Session, Stream, messages, outside};

/// Where programs are if `PATH` does not say.
const DEFAULT_PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// Longest single argument, as on Linux.
const MAX_ARGUMENT: usize = 131_072;

/// Why a container or an exec cannot be started, in runc's words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StartError {
    /// `exec: "foo": executable file not found in $PATH`
    pub reason: String,
    /// 127 or 126: what `kubectl exec` and a probe see as the exit code. A container's own is 128 (StartError).
    pub exit_code: i32,
}

impl StartError {
    /// The message the kubelet puts into the container's status, as containerd gives it.
    pub fn container_message(&self) -> String {
        format!(
            "failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create \
             failed: unable to start container process: error during container init: {}: unknown",
            self.reason
        )
    }

    /// The message of a failed exec, as containerd gives it. `id` is the exec's own id (64 hexadecimal digits).
    pub fn exec_message(&self, id: &str) -> String {
        format!(
            "failed to exec in container: failed to start exec \"{id}\": OCI runtime exec failed: exec failed: unable \
             to start container process: {}: unknown",
            self.reason
        )
    }
}

/// What a command's name was found to be.
pub(super) enum Found {
    /// One of the image's programs.
    Program(Executable),
    /// A script: its path and text.
    Script(String, Arc<Vec<u8>>),
}

/// Why a command's name leads to nothing that can be run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Failure {
    Missing,
    Denied,
    Directory,
    TooLong,
}

impl Failure {
    pub(super) fn status(self) -> i32 {
        if self == Failure::Missing { 127 } else { 126 }
    }

    pub(super) fn shell_message(self, dialect: Dialect, name: &str) -> String {
        match self {
            Failure::Missing => messages::not_found(dialect, name),
            Failure::Directory if dialect == Dialect::Bash => format!("{name}: Is a directory"),
            Failure::Denied | Failure::Directory => format!("{name}: Permission denied"),
            Failure::TooLong => format!("{name}: Argument list too long"),
        }
    }

    fn start_error(self, name: &str) -> StartError {
        let reason = match self {
            Failure::Missing if !name.contains('/') => {
                format!("exec: {name:?}: executable file not found in $PATH")
            }
            Failure::Missing => format!("exec: {name:?}: stat {name}: no such file or directory"),
            Failure::Directory => format!("exec: {name:?}: is a directory"),
            Failure::Denied => format!("exec: {name:?}: permission denied"),
            Failure::TooLong => String::from("argument list too long"),
        };
        StartError { reason, exit_code: self.status() }
    }
}

/// Finds what a command's name stands for.
pub(super) fn find(task: &Task, cx: &mut Cx, name: &str) -> Result<Found, Failure> {
    let userland = cx.kernel.userland;
    find_in(task, &cx.view(), &userland, name)
}

fn find_in(task: &Task, view: &View, userland: &Userland, name: &str) -> Result<Found, Failure> {
    if name.is_empty() {
        return Err(Failure::Missing);
    }
    if name.contains('/') {
        return match file(task, view, name) {
            Ok(found) => Ok(found),
            Err(Failure::Missing) => {
                let path = clean(&task.cwd, name);
                let (dir, base) = super::paths::split(&path);
                let known = DEFAULT_PATH.split(':').any(|known| known == dir);
                let own = userland.programs.iter().any(|(program, _)| *program == path);
                let lookup =
                    if own { userland.lookup(&path) } else { userland.lookup(base).filter(|_| known) };
                lookup.map(Found::Program).ok_or(Failure::Missing)
            }
            Err(failure) => Err(failure),
        };
    }
    let path = task.text("PATH").unwrap_or_else(|| String::from(DEFAULT_PATH));
    let mut failure = Failure::Missing;
    for dir in path.split(':') {
        match file(task, view, &format!("{}/{name}", if dir.is_empty() { "." } else { dir })) {
            Ok(found) => return Ok(found),
            Err(Failure::Denied) => failure = Failure::Denied,
            Err(_) => {}
        }
        if DEFAULT_PATH.split(':').any(|known| known == dir)
            && let Some(found) = userland.lookup(name)
        {
            return Ok(Found::Program(found));
        }
    }
    Err(failure)
}

fn file(task: &Task, view: &View, path: &str) -> Result<Found, Failure> {
    match view.stat(&task.cwd, path, true) {
        Err(FsError::Denied) => Err(Failure::Denied),
        Err(_) => Err(Failure::Missing),
        Ok(entry) => match &entry.node {
            Node::Directory => Err(Failure::Directory),
            _ if !view.allowed(entry, 1) => Err(Failure::Denied),
            Node::File(content) => Ok(Found::Script(path.to_string(), content.clone())),
            _ => Err(Failure::Denied),
        },
    }
}

/// Makes a task run a program, keeping only what outlives an exec.
pub(super) fn exec_into(task: &mut Task, kernel: &mut Kernel, found: Found, argv: Vec<Vec<u8>>) {
    task.frames.clear();
    task.functions = Map::new();
    task.aliases = Map::new();
    task.interactive = false;
    task.keep_ignored_signals();
    task.variables =
        task.variables.iter().filter(|(_, v)| v.exported).map(|(n, v)| (n.clone(), v.clone())).collect();
    task.options = Options::default();
    task.parameters = Arc::default();
    task.name = argv[0].as_slice().into();
    task.argv = Arc::new(argv.clone());
    task.status = 0;
    task.line = 0;
    task.tested = false;
    task.shell_pid = task.pid;
    match found {
        Found::Script(path, text) => {
            if let Some(rest) = text.strip_prefix(b"#!") {
                let line = rest.split(|c| *c == b'\n').next().unwrap_or_default();
                let line = String::from_utf8_lossy(line).into_owned();
                let mut words = line.split_whitespace();
                let mut interpreter = words.next().map(applet_name).unwrap_or("sh");
                if interpreter == "env" {
                    interpreter = words.next().unwrap_or("sh");
                }
                if let Some(Executable::Shell(dialect)) = kernel.userland.lookup(interpreter) {
                    start_script(task, dialect, &path, &text, &argv[1..]);
                    for flags in words.filter(|word| word.starts_with('-')) {
                        super::variables::set_letters(task, flags);
                    }
                } else {
                    let message = format!("{path}: not found\n");
                    task.write(2, message);
                    task.status = 127;
                }
            } else {
                let dialect = kernel.userland.sh.unwrap_or(task.dialect);
                start_script(task, dialect, &path, &text, &argv[1..]);
            }
        }
        Found::Program(Executable::Shell(dialect)) => start_shell(task, dialect, &argv[1..]),
        Found::Program(Executable::Applet) => {
            let base = String::from_utf8_lossy(&argv[0]).into_owned();
            let base = applet_name(&base).to_string();
            task.frames.push(Frame::Program(Box::new(Running::Pending(base, argv[1..].to_vec()))));
        }
        Found::Program(Executable::Server(server)) => {
            task.frames.push(Frame::Program(Box::new(Running::Server(super::server::State::new(server)))));
        }
        Found::Program(Executable::Perl) => {
            task.frames.push(Frame::Program(Box::new(Running::perl(&argv[1..]))));
        }
        Found::Program(Executable::Outside(reads)) => {
            task.frames.push(Frame::Program(Box::new(Running::Outside(outside::State::new(argv, reads)))));
        }
        Found::Program(Executable::NotSimulated) => {
            let message = format!("kubestep: {} is not simulated\n", String::from_utf8_lossy(&argv[0]));
            task.write(2, message);
            task.status = 1;
        }
    }
}

fn start_script(task: &mut Task, dialect: Dialect, path: &str, text: &[u8], arguments: &[Vec<u8>]) {
    begin_shell(task, dialect);
    task.numbered = true;
    task.name = path.as_bytes().into();
    task.parameters = Arc::new(arguments.to_vec());
    task.frames.push(Frame::Script(Script { text: text.into(), at: 0, line: 1, kind: ScriptKind::Main }));
}

/// A shell takes up its variables, and tells its children where it is and how deep.
fn begin_shell(task: &mut Task, dialect: Dialect) {
    task.dialect = dialect;
    task.under_shell = true;
    if dialect != Dialect::Bash {
        // What cannot be a variable is lost to a shell's children.
        let fit = task.variables.iter().filter(|(name, _)| super::parser::is_name(name));
        task.variables = fit.map(|(name, variable)| (name.clone(), variable.clone())).collect();
    }
    let depth = task.text("SHLVL").and_then(|depth| depth.parse::<u32>().ok()).unwrap_or(0);
    let depth = (dialect != Dialect::Dash).then(|| ("SHLVL", depth.saturating_add(1).to_string()));
    for (name, value) in depth.into_iter().chain([("PWD", task.cwd.to_string())]) {
        let _ = task.set(name.as_bytes(), value.as_bytes());
        task.variables.slot(name.as_bytes().into()).exported = true;
    }
}

/// `sh [-ex] [-o option] [-c script [name [args…]] | file [args…]]`
fn start_shell(task: &mut Task, dialect: Dialect, mut args: &[Vec<u8>]) {
    begin_shell(task, dialect);
    task.numbered = false;
    let mut command = false;
    while let Some(word) = args.first() {
        if !word.starts_with(b"-") && !word.starts_with(b"+") || word.len() < 2 {
            break;
        }
        args = &args[1..];
        let flags = String::from_utf8_lossy(word).into_owned();
        if flags == "--" {
            break;
        }
        if flags.starts_with("--") {
            continue;
        }
        command |= flags.contains('c');
        super::variables::set_letters(task, &flags);
        if flags.ends_with('o')
            && let Some(option) = args.first()
        {
            super::variables::set_option(task, &String::from_utf8_lossy(option), true);
            args = &args[1..];
        }
    }
    let shell = String::from_utf8_lossy(&task.name).into_owned();
    if command {
        let Some(script) = args.first() else {
            let message = match dialect {
                Dialect::Ash => format!("{shell}: -c requires an argument\n"),
                Dialect::Dash => format!("{shell}: 0: -c requires an argument\n"),
                Dialect::Bash => format!("{shell}: -c: option requires an argument\n"),
            };
            task.write(2, message);
            task.status = 2;
            return;
        };
        if let Some(name) = args.get(1) {
            task.name = name.as_slice().into();
            task.parameters = Arc::new(args[2..].to_vec());
        }
        let script = Script { text: script.as_slice().into(), at: 0, line: 1, kind: ScriptKind::Main };
        task.frames.push(Frame::Script(script));
    } else if args.is_empty() && task.fds.get(&0) == Some(&Descriptor::Console) {
        task.interactive = true;
        task.frames.push(Frame::Program(Box::new(Running::Interactive { prompted: false })));
    } else if args.is_empty() {
        task.frames.push(Frame::Program(Box::new(Running::Script(Vec::new()))));
    } else {
        task.frames.push(Frame::Program(Box::new(Running::ScriptFile(args.to_vec()))));
    }
}

/// The shell is given a file: reads it and runs it.
pub(super) fn open_script(task: &mut Task, cx: &mut Cx, args: &[Vec<u8>]) -> applets::Advance {
    let path = String::from_utf8_lossy(&args[0]).into_owned();
    let result = cx.view().read(&task.cwd.clone(), &path);
    match result {
        Ok(text) => {
            task.numbered = true;
            task.name = args[0].as_slice().into();
            task.parameters = Arc::new(args[1..].to_vec());
            applets::Advance::Script(text.as_slice().into())
        }
        Err(error) => {
            let shell = String::from_utf8_lossy(&task.name).into_owned();
            let (message, status) = match task.dialect {
                Dialect::Ash => (format!("{shell}: can't open '{path}': {}\n", error.text()), 2),
                Dialect::Dash => (format!("{shell}: 0: cannot open {path}: No such file\n"), 2),
                Dialect::Bash => (format!("{shell}: {path}: {}\n", error.text()), 127),
            };
            task.write(2, message);
            applets::Advance::Done(status)
        }
    }
}

impl Kernel {
    pub(super) fn start(spec: ProcessSpec, now: i64) -> Result<Kernel, StartError> {
        let mut variables = Map::new();
        let mut bytes = 0;
        let mut order: Vec<Text> = Vec::new();
        let path = (String::from("PATH"), String::from(DEFAULT_PATH));
        for (name, value) in [path].iter().chain(&spec.env) {
            bytes += name.len() + value.len() + 64;
            let value = Some(value.as_bytes().into());
            let name: Text = name.as_bytes().into();
            if !order.contains(&name) {
                order.push(name.clone());
            }
            variables.insert(name, Variable { value, exported: true, read_only: false });
        }
        let mut fds = crate::collections::Map::new();
        fds.insert(
            0,
            match spec.input {
                Input::Text(_) => Descriptor::Null,
                Input::Terminal => Descriptor::Console,
                Input::Sent => Descriptor::Sent,
            },
        );
        fds.insert(1, Descriptor::Terminal(Stream::Stdout));
        fds.insert(2, Descriptor::Terminal(Stream::Stderr));
        let cwd = clean("/", &spec.cwd);
        let task = Task {
            pid: INIT,
            parent: 0,
            session: MAIN,
            frames: Vec::new(),
            wait: Wait::Ready,
            fds,
            pending: Vec::new(),
            cwd: cwd.as_str().into(),
            umask: 0o022,
            variables,
            variable_bytes: bytes,
            given: order.into(),
            under_shell: false,
            functions: Map::new(),
            aliases: Map::new(),
            parameters: Arc::default(),
            name: Arc::from(&b"sh"[..]),
            options: Options::default(),
            traps: Map::new(),
            signals: Vec::new(),
            status: 0,
            substitution_status: 0,
            last_background: None,
            background: Vec::new(),
            dialect: spec.userland.sh.unwrap_or(Dialect::Ash),
            shell_pid: INIT,
            numbered: false,
            interactive: false,
            job: 0,
            line: 0,
            tested: false,
            exiting: false,
            argv: Arc::default(),
            measured: 0,
        };
        let mut kernel = Kernel::new(&spec, task.clone());
        if kernel.fs.tree.get(&cwd).is_none() {
            // As runc does; where it cannot, the shell will say so.
            let _ = kernel.fs.tree.insert(&cwd, Entry::directory(now));
        }
        kernel.spawn(task, &spec.argv, now, &mut Volumes::default())?;
        Ok(kernel)
    }

    fn spawn(
        &mut self,
        mut task: Task,
        argv: &[String],
        now: i64,
        volumes: &mut Volumes,
    ) -> Result<(), StartError> {
        let Some(name) = argv.first() else {
            return Err(StartError { reason: String::from("no command specified"), exit_code: 128 });
        };
        if argv.iter().any(|argument| argument.len() >= MAX_ARGUMENT) {
            return Err(Failure::TooLong.start_error(name));
        }
        let userland = self.userland;
        let (user, group) = (self.user, self.group);
        let view = View { fs: &mut self.fs, volumes, user, group, now };
        let found = find_in(&task, &view, &userland, name).map_err(|failure| failure.start_error(name))?;
        exec_into(&mut task, self, found, argv.iter().map(|word| word.clone().into_bytes()).collect());
        self.insert(task);
        Ok(())
    }

    pub(super) fn exec(
        &mut self,
        argv: &[String],
        input: Input<'_>,
        now: i64,
        volumes: &mut Volumes,
    ) -> Result<Session, StartError> {
        let pid = self.new_pid();
        let session = Session(pid);
        let mut task = Task { pid, session, shell_pid: pid, ..(*self.template).clone() };
        let descriptor = match input {
            Input::Text("") => Descriptor::Null,
            Input::Text(text) => {
                let handle = self.new_handle();
                let what = Opened::Text(Arc::new(text.as_bytes().to_vec()));
                self.files.insert(handle, OpenFile { what, offset: 0, append: false });
                Descriptor::File(handle)
            }
            Input::Terminal => Descriptor::Console,
            Input::Sent => Descriptor::Sent,
        };
        task.fds.insert(0, descriptor);
        self.spawn(task, argv, now, volumes)?;
        Ok(session)
    }
}
