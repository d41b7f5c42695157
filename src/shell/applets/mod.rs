//! The small tools of an image: busybox's applets, or GNU's programs of the same names.
//!
//! Most do all they do at once and are a function of a [`Call`]. The others are a [`Running`] that is advanced until it
//! is done: `sleep`, whatever reads (see [`filter`]), and whatever never ends by itself.

mod align;
mod awk;
mod columns;
mod diff;
mod encode;
mod expr;
mod files;
mod filter;
mod grep;
mod info;
mod lines;
mod ls;
pub(super) mod perl;
mod pi;
pub(super) mod print;
pub(super) mod process;
mod regex;
mod sed;
mod sort;
pub(super) mod test;

use super::kernel::Cx;
use super::outside;
use super::server::{self, Listener};
use super::task::{Task, Text, Wait};
use super::userland::{Dialect, Tools};
use filter::Filter;

/// A tool or a builtin being called.
pub(super) struct Call<'a, 'b> {
    /// The name it was called by, without directories.
    pub(super) name: &'a str,
    /// Its arguments, without the name.
    pub(super) args: &'a [Vec<u8>],
    /// Who calls.
    pub(super) task: &'a mut Task,
    /// Everything else.
    pub(super) cx: &'a mut Cx<'b>,
}

impl Call<'_, '_> {
    /// The arguments as text.
    pub(super) fn strings(&self) -> Vec<String> {
        self.args.iter().map(|arg| String::from_utf8_lossy(arg).into_owned()).collect()
    }

    /// Writes to standard output.
    pub(super) fn out(&mut self, text: &str) {
        self.cx.charge(text.len());
        self.task.write(1, text);
    }

    /// Writes a message with the tool's name to standard error.
    pub(super) fn err(&mut self, message: &str) {
        let text = format!("{}: {message}\n", self.name);
        self.task.write(2, text);
    }

    /// A message, and status 1.
    pub(super) fn fail(&mut self, message: &str) -> Outcome {
        self.err(message);
        Outcome::Done(1)
    }

    /// The tools are GNU's.
    pub(super) fn gnu(&self) -> bool {
        self.cx.kernel.userland.tools == Tools::Gnu
    }

    /// The directory it is called in.
    pub(super) fn cwd(&self) -> String {
        self.task.cwd.to_string()
    }
}

/// What calling a tool led to.
pub(super) enum Outcome {
    /// It is done.
    Done(i32),
    /// It goes on.
    Running(Running),
    /// A builtin has put frames on the stack (or taken some off), and the status in place.
    Pushed,
}

/// A tool.
pub(super) type Tool = fn(&mut Call) -> Outcome;

/// What advancing a program led to.
pub(super) enum Advance {
    /// It can go on.
    Again,
    /// It waits.
    Wait(Wait),
    /// It is done.
    Done(i32),
    /// A shell has read its script, which takes its place.
    Script(Text),
    /// A shell has read a line; it goes on after that.
    Line(Text),
}

/// A program on its way.
#[derive(Debug, Clone)]
pub(super) enum Running {
    /// A tool to be called, by name.
    Pending(String, Vec<Vec<u8>>),
    /// `sleep`, until a time.
    Sleep(i64),
    /// `yes`
    Yes(Vec<u8>),
    /// `seq`: next, last, step, decimals, width, separator.
    Seq(print::Sequence),
    /// Something that reads lines.
    Filter(Box<Filter>),
    /// `tail -f`: the file, and how much of it has been seen.
    Follow(String, usize),
    /// A server.
    Server(server::State),
    /// A perl one-liner.
    Perl(perl::State),
    /// A shell reading its script from standard input.
    Script(Vec<u8>),
    /// A program from outside.
    Outside(outside::State),
    /// A shell that is given its lines by whoever owns the machine.
    Prompt,
    /// A shell that a person types into.
    Interactive {
        /// It has said that it waits for a line.
        prompted: bool,
    },
    /// A shell given a file and arguments.
    ScriptFile(Vec<Vec<u8>>),
    /// A child that `env`, `nohup`, `timeout` or `xargs` has become or started.
    Wrapped(process::Wrapped),
}

impl Running {
    pub(super) fn perl(args: &[Vec<u8>]) -> Running {
        Running::Perl(perl::State::new(args))
    }

    pub(super) fn advance(&mut self, task: &mut Task, cx: &mut Cx) -> Advance {
        match self {
            Running::Pending(name, args) => {
                let (name, args) = (std::mem::take(name), std::mem::take(args));
                let Some(tool) = find(&name) else { return Advance::Done(127) };
                let frames = task.frames.len();
                match tool(&mut Call { name: &name, args: &args, task, cx }) {
                    Outcome::Done(status) => Advance::Done(status),
                    Outcome::Running(next) => {
                        *self = next;
                        Advance::Again
                    }
                    Outcome::Pushed if task.frames.len() >= frames => Advance::Done(task.status),
                    Outcome::Pushed => Advance::Done(task.status),
                }
            }
            Running::Sleep(until) => {
                if *until <= cx.now {
                    Advance::Done(0)
                } else {
                    Advance::Wait(Wait::Until(*until))
                }
            }
            Running::Yes(line) => {
                task.write(1, line.repeat(1 + 4_096 / line.len().max(1)));
                cx.charge(4_096);
                Advance::Again
            }
            Running::Seq(sequence) => sequence.advance(task, cx),
            Running::Filter(filter) => filter.advance(task, cx),
            Running::Follow(path, seen) => {
                if let Ok(content) = cx.view().read("/", path) {
                    *seen = (*seen).min(content.len());
                    task.write(1, &content[*seen..]);
                    *seen = content.len();
                }
                Advance::Wait(Wait::Until(cx.now + 1_000_000_000))
            }
            Running::Server(server) => server.advance(task, cx),
            Running::Perl(perl) => perl.advance(task, cx),
            Running::Script(text) => match super::io::read(task, cx, 0, 65_536) {
                super::io::Read::Bytes(bytes) => {
                    text.extend(bytes);
                    if text.len() > super::expand::MAX_EXPANSION {
                        cx.kernel.oom_killed = true;
                    }
                    Advance::Again
                }
                super::io::Read::Wait(wait) => Advance::Wait(wait),
                super::io::Read::End => Advance::Script(std::mem::take(text).into()),
            },
            Running::Interactive { prompted: prompted @ false } => {
                *prompted = true;
                let cwd = if &*task.cwd == "/root" { "~" } else { &*task.cwd };
                let sign = if cx.kernel.user == 0 { '#' } else { '$' };
                let prompt = match task.dialect {
                    Dialect::Ash => format!("{cwd} {sign} "),
                    Dialect::Dash => format!("{sign} "),
                    Dialect::Bash => format!("root@{}:{cwd}{sign} ", cx.kernel.hostname),
                };
                task.write(1, prompt);
                Advance::Again
            }
            Running::Interactive { prompted } => match super::io::read(task, cx, 0, 65_536) {
                super::io::Read::Bytes(line) => {
                    *prompted = false;
                    Advance::Line(line.into())
                }
                super::io::Read::Wait(wait) => Advance::Wait(wait),
                super::io::Read::End => Advance::Done(task.status),
            },
            Running::Prompt => Advance::Wait(Wait::Outside),
            Running::Outside(state) => state.advance(task, cx),
            Running::ScriptFile(args) => super::start::open_script(task, cx, args),
            Running::Wrapped(wrapped) => wrapped.advance(task, cx),
        }
    }

    /// Handles a signal as the program itself would; false if it leaves that to the kernel.
    pub(super) fn signal(&mut self, signal: i32) -> bool {
        match self {
            Running::Server(server) => server.signal(signal),
            _ => false,
        }
    }

    pub(super) fn listeners(&self) -> Option<&'static [Listener]> {
        match self {
            Running::Server(server) => server.listeners(),
            _ => None,
        }
    }

    /// Bytes it holds, roughly.
    pub(super) fn measure(&self) -> usize {
        match self {
            Running::Filter(filter) => filter.measure(),
            Running::Script(text) => text.len(),
            Running::Outside(state) => state.measure(),
            Running::Perl(perl) => perl.measure(),
            _ => 0,
        }
    }
}

/// Tools that become another program: they need a process of their own.
pub(super) fn replaces_itself(name: &str) -> bool {
    matches!(name, "env" | "nohup" | "timeout" | "xargs" | "nice" | "setsid" | "time")
}

/// Does an image with these tools have this one?
pub(super) fn exists(name: &str, tools: Tools) -> bool {
    let only_busybox = matches!(
        name,
        "vi" | "less" | "nslookup" | "ping" | "wget" | "nc" | "ps" | "hostname" | "which" | "xxd"
    );
    find(name).is_some() && (tools == Tools::Busybox || !only_busybox || matches!(name, "hostname" | "which"))
}

/// The tool of this name.
pub(super) fn find(name: &str) -> Option<Tool> {
    Some(match name {
        "true" => |_| Outcome::Done(0),
        "false" => |_| Outcome::Done(1),
        "sync" => |_| Outcome::Done(0),
        "echo" => print::echo,
        "printf" => print::printf,
        "yes" => print::yes,
        "seq" => print::seq,
        "sleep" | "usleep" => process::sleep,
        "kill" => process::kill,
        "ps" => process::ps,
        "env" => process::env,
        "printenv" => process::printenv,
        "nohup" | "nice" | "setsid" | "time" => process::wrap,
        "timeout" => process::timeout,
        "xargs" => process::xargs,
        "test" | "[" => test::test,
        "expr" => expr::expr,
        "pwd" => info::pwd,
        "date" => info::date,
        "hostname" => info::hostname,
        "id" => info::id,
        "whoami" => info::whoami,
        "uname" => info::uname,
        "nproc" => info::nproc,
        "which" => info::which,
        "basename" => info::basename,
        "dirname" => info::dirname,
        "ls" => ls::ls,
        "mkdir" => files::mkdir,
        "rmdir" => files::rmdir,
        "touch" => files::touch,
        "rm" => files::rm,
        "cp" => files::cp,
        "mv" => files::mv,
        "ln" => files::ln,
        "chmod" => files::chmod,
        "chown" | "chgrp" => files::chown,
        "readlink" | "realpath" => files::readlink,
        "find" => files::find,
        "stat" => files::stat,
        "mktemp" => files::mktemp,
        "cat" | "less" | "more" => lines::cat,
        "head" => lines::head,
        "tail" => lines::tail,
        "wc" => lines::wc,
        "cut" => columns::cut,
        "tr" => columns::tr,
        "uniq" => lines::uniq,
        "tee" => lines::tee,
        "rev" => lines::rev,
        "nl" => lines::nl,
        "tac" => lines::tac,
        "sort" => sort::sort,
        "grep" | "egrep" | "fgrep" => grep::grep,
        "sed" => sed::sed,
        "awk" | "mawk" => awk::awk,
        "diff" | "cmp" => diff::diff,
        "paste" => align::paste,
        "column" => align::column,
        "base64" => encode::base64,
        _ => return None,
    })
}
