//! `sleep`, `kill`, `ps`, and the tools that run another program: `env`, `timeout`, `nohup`, `xargs`.

use super::{Advance, Call, Outcome, Running};
use crate::collections::sort_by;
use crate::shell::builtins::signal_number;
use crate::shell::io::{self, Read};
use crate::shell::kernel::Cx;
use crate::shell::start;
use crate::shell::task::{Task, Variable, Wait};

/// `1`, `0.5`, `2m`, `1h`, `infinity` → nanoseconds.
fn duration(text: &str) -> Option<i64> {
    if matches!(text, "inf" | "infinity") {
        return Some(i64::MAX / 4);
    }
    let (number, unit) = match text.as_bytes().last()? {
        b's' => (&text[..text.len() - 1], 1.0),
        b'm' => (&text[..text.len() - 1], 60.0),
        b'h' => (&text[..text.len() - 1], 3_600.0),
        b'd' => (&text[..text.len() - 1], 86_400.0),
        _ => (text, 1.0),
    };
    if !number.bytes().all(|c| c.is_ascii_digit() || c == b'.') || number.is_empty() {
        return None;
    }
    Some(((number.parse::<f64>().ok()? * unit * 1e9) as i64).min(i64::MAX / 4))
}

pub(super) fn sleep(call: &mut Call) -> Outcome {
    if call.args.is_empty() {
        if call.gnu() {
            call.err("missing operand\nTry 'sleep --help' for more information.");
        } else {
            call.task.write(2, "BusyBox v1.37.0 multi-call binary.\n\nUsage: sleep [N]...\n\nPause for a time equal to the total of the args given, where each arg can\nhave an optional suffix of (s)econds, (m)inutes, (h)ours, or (d)ays\n");
        }
        return Outcome::Done(1);
    }
    let mut total: i64 = 0;
    for arg in call.strings() {
        match duration(&arg) {
            Some(time) => total = total.saturating_add(time),
            None if call.gnu() => {
                call.err(&format!("invalid time interval '{arg}'\nTry 'sleep --help' for more information."));
                return Outcome::Done(1);
            }
            None => return call.fail(&format!("invalid number '{arg}'")),
        }
    }
    if call.name == "usleep" {
        total /= 1_000_000;
    }
    Outcome::Running(Running::Sleep(call.cx.now.saturating_add(total)))
}

pub(in super::super) fn kill(call: &mut Call) -> Outcome {
    let mut signal = 15;
    let args = call.strings();
    let mut args = args.iter().peekable();
    while let Some(arg) = args.peek().and_then(|arg| arg.strip_prefix('-')) {
        args.next();
        let name = match arg {
            "l" => {
                let text = args.next().and_then(|name| signal_number(name)).map(|n| format!("{n}\n"));
                call.out(&text.unwrap_or_default());
                return Outcome::Done(0);
            }
            "s" | "n" => args.next().map_or("", String::as_str),
            "-" => break,
            name => name,
        };
        match signal_number(name) {
            Some(number) => signal = number,
            None => return call.fail(&format!("bad signal name '{name}'")),
        }
    }
    if args.peek().is_none() {
        call.task.write(2, "sh: you need to specify whom to kill\n");
        return Outcome::Done(1);
    }
    let mut status = 0;
    for arg in args {
        let pid = match arg.strip_prefix('%') {
            Some(job) => super::super::waiting::job(call.task, job),
            None => arg.parse::<u32>().ok(),
        };
        let Some(pid) = pid else {
            call.task.write(2, format!("sh: invalid number '{arg}'\n"));
            status = 1;
            continue;
        };
        if pid == call.task.pid {
            match call.task.traps.get(&signal) {
                Some(action) if !action.is_empty() => call.task.signals.push(signal),
                Some(_) => {}
                None if pid == 1 || matches!(signal, 0 | 17..=23 | 28) => {}
                None => {
                    call.task.frames.clear();
                    call.task.traps.remove(&0);
                    return Outcome::Done(128 + signal);
                }
            }
        } else if !call.cx.kernel.signal(pid, signal) {
            call.task.write(2, format!("sh: can't kill pid {pid}: No such process\n"));
            status = 1;
        }
    }
    Outcome::Done(status)
}

pub(super) fn ps(call: &mut Call) -> Outcome {
    let mut text = String::from("PID   USER     TIME  COMMAND\n");
    let mut rows: Vec<(u32, String)> = Vec::new();
    for task in call.cx.kernel.tasks().chain(std::iter::once(&*call.task)) {
        rows.push((task.pid, String::from_utf8_lossy(&task.argv.join(&b' ')).into_owned()));
    }
    sort_by(&mut rows, Ord::cmp);
    let user = if call.cx.kernel.user == 0 { String::from("root") } else { call.cx.kernel.user.to_string() };
    for (pid, command) in rows {
        text += &format!("{pid:5} {user:8}  0:00 {command}\n");
    }
    call.out(&text);
    Outcome::Done(0)
}

pub(super) fn printenv(call: &mut Call) -> Outcome {
    let names = call.strings();
    let mut status = 0;
    if names.is_empty() {
        return print_environment(call);
    }
    for name in names {
        match call.task.variables.get(name.as_bytes()).filter(|v| v.exported).and_then(|v| v.value.clone()) {
            Some(value) => call.out(&format!("{}\n", String::from_utf8_lossy(&value))),
            None => status = 1,
        }
    }
    Outcome::Done(status)
}

fn print_environment(call: &mut Call) -> Outcome {
    let mut text = String::new();
    for (name, value) in call.task.environment() {
        text += &format!("{}={}\n", String::from_utf8_lossy(&name), String::from_utf8_lossy(&value));
    }
    call.out(&text);
    Outcome::Done(0)
}

/// Makes this task another program; it is a process of its own (see [`super::replaces_itself`]).
fn become_command(call: &mut Call, argv: &[Vec<u8>]) -> Outcome {
    let name = String::from_utf8_lossy(&argv[0]).into_owned();
    match start::find(call.task, call.cx, &name) {
        Ok(found) => {
            start::exec_into(call.task, call.cx.kernel, found, argv.to_vec());
            Outcome::Pushed
        }
        Err(failure) => {
            let text = if call.gnu() {
                format!("'{name}': No such file or directory")
            } else {
                format!("can't execute '{name}': No such file or directory")
            };
            call.err(&text);
            Outcome::Done(failure.status())
        }
    }
}

pub(super) fn env(call: &mut Call) -> Outcome {
    let mut args = call.args;
    while let Some(arg) = args.first() {
        match arg.as_slice() {
            b"-i" | b"-" => call.task.variables.clear(),
            b"-u" => {
                args = &args[1..];
                if let Some(name) = args.first() {
                    call.task.variables.remove(name.as_slice());
                }
            }
            other => {
                let Some(at) = other.iter().position(|c| *c == b'=').filter(|_| other[0] != b'-') else {
                    break;
                };
                let _ = call.task.set(&other[..at], &other[at + 1..]);
                if let Some(variable) = call.task.variables.get_mut(&other[..at]) {
                    *variable = Variable { exported: true, ..variable.clone() };
                }
            }
        }
        args = args.get(1..).unwrap_or_default();
    }
    if args.is_empty() { print_environment(call) } else { become_command(call, args) }
}

pub(super) fn wrap(call: &mut Call) -> Outcome {
    let mut args = call.args;
    if args.first().is_some_and(|arg| arg == b"-n") {
        args = args.get(2..).unwrap_or_default();
    }
    if args.is_empty() { call.fail("missing operand") } else { become_command(call, args) }
}

/// What `timeout` and `xargs` wait for.
#[derive(Debug, Clone)]
pub(in super::super) enum Wrapped {
    /// The child, when it is to be told to end, with which signal, and whether it was told.
    Timeout { child: u32, deadline: i64, signal: i32, told: bool },
    /// The command, how many items it takes, and what has been read.
    Reading { argv: Vec<Vec<u8>>, most: usize, replace: Option<Vec<u8>>, input: Vec<u8> },
    /// The command lines left to be run, the running child, and the status so far.
    Batches { batches: Vec<Vec<Vec<u8>>>, child: Option<u32>, status: i32 },
}

fn spawn(task: &mut Task, cx: &mut Cx, argv: &[Vec<u8>]) -> Result<u32, i32> {
    let name = String::from_utf8_lossy(&argv[0]).into_owned();
    let found = start::find(task, cx, &name).map_err(|failure| {
        let text = format!("{}: {name}: No such file or directory\n", String::from_utf8_lossy(&task.name));
        task.write(2, text);
        failure.status()
    })?;
    let pid = cx.kernel.fork(task, Vec::new()).ok_or(1)?;
    if let Some(mut child) = cx.kernel.take_task(pid) {
        start::exec_into(&mut child, cx.kernel, found, argv.to_vec());
        cx.kernel.insert(child);
    }
    Ok(pid)
}

pub(super) fn timeout(call: &mut Call) -> Outcome {
    let mut args = call.args.to_vec();
    let mut signal = 15;
    while args.first().is_some_and(|arg| arg.starts_with(b"-")) {
        let flag = args.remove(0);
        if matches!(flag.as_slice(), b"-s" | b"-k") && !args.is_empty() {
            let value = args.remove(0);
            if flag == b"-s" {
                signal = signal_number(&String::from_utf8_lossy(&value)).unwrap_or(15);
            }
        }
    }
    let time = args.first().and_then(|time| duration(&String::from_utf8_lossy(time)));
    let (Some(time), true) = (time, args.len() > 1) else { return call.fail("invalid time interval") };
    match spawn(call.task, call.cx, &args[1..]) {
        Ok(child) => {
            let deadline = call.cx.now.saturating_add(time);
            Outcome::Running(Running::Wrapped(Wrapped::Timeout { child, deadline, signal, told: false }))
        }
        Err(status) => Outcome::Done(status),
    }
}

pub(super) fn xargs(call: &mut Call) -> Outcome {
    let mut args = call.args.to_vec();
    let (mut most, mut replace) = (usize::MAX, None);
    while args.first().is_some_and(|arg| arg.starts_with(b"-")) {
        let flag = String::from_utf8_lossy(&args.remove(0)).into_owned();
        let mut value = |inline: &str| {
            if inline.is_empty() && !args.is_empty() { args.remove(0) } else { inline.as_bytes().to_vec() }
        };
        if let Some(inline) = flag.strip_prefix("-n").or(flag.strip_prefix("-L")) {
            most = String::from_utf8_lossy(&value(inline)).parse().unwrap_or(usize::MAX).max(1);
        } else if let Some(inline) = flag.strip_prefix("-I") {
            replace = Some(value(inline));
        } else if let Some(inline) = flag.strip_prefix("-P") {
            value(inline);
        }
    }
    if args.is_empty() {
        args.push(b"echo".to_vec());
    }
    Outcome::Running(Running::Wrapped(Wrapped::Reading { argv: args, most, replace, input: Vec::new() }))
}

impl Wrapped {
    pub(super) fn advance(&mut self, task: &mut Task, cx: &mut Cx) -> Advance {
        match self {
            Wrapped::Timeout { child, deadline, signal, told } => {
                if !cx.kernel.is_running(*child) {
                    let status = cx.kernel.take_status(*child).unwrap_or(0);
                    return Advance::Done(if *told { 128 + *signal } else { status });
                }
                if *deadline <= cx.now && !*told {
                    *told = true;
                    cx.kernel.signal(*child, *signal);
                    return Advance::Again;
                }
                // Two things to wait for, and only one wait: look at the child now and then.
                let next = if *told { cx.now + 100_000_000 } else { (*deadline).min(cx.now + 100_000_000) };
                Advance::Wait(Wait::Until(next))
            }
            Wrapped::Reading { argv, most, replace, input } => {
                match io::read(task, cx, 0, 65_536) {
                    Read::Bytes(bytes) => {
                        input.extend(bytes);
                        if input.len() > 1 << 20 {
                            cx.kernel.oom_killed = true;
                        }
                        return Advance::Again;
                    }
                    Read::Wait(wait) => return Advance::Wait(wait),
                    Read::End => {}
                }
                let mut batches: Vec<Vec<Vec<u8>>> = Vec::new();
                if let Some(mark) = replace {
                    for line in input.split(|c| *c == b'\n').filter(|line| !line.is_empty()) {
                        let line = String::from_utf8_lossy(line).into_owned();
                        let mark = String::from_utf8_lossy(mark).into_owned();
                        let put =
                            |word: &Vec<u8>| String::from_utf8_lossy(word).replace(&mark, &line).into_bytes();
                        batches.push(argv.iter().map(put).collect());
                    }
                } else {
                    let words: Vec<&[u8]> =
                        input.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty()).collect();
                    for chunk in words.chunks((*most).min(words.len().max(1))) {
                        batches.push(
                            argv.iter().cloned().chain(chunk.iter().map(|word| word.to_vec())).collect(),
                        );
                    }
                }
                batches.reverse();
                *self = Wrapped::Batches { batches, child: None, status: 0 };
                Advance::Again
            }
            Wrapped::Batches { batches, child, status } => {
                if let Some(pid) = *child {
                    if cx.kernel.is_running(pid) {
                        return Advance::Wait(Wait::Child(pid));
                    }
                    if cx.kernel.take_status(pid).is_some_and(|status| status != 0) {
                        *status = 123;
                    }
                    *child = None;
                }
                let Some(argv) = batches.pop() else { return Advance::Done(*status) };
                match spawn(task, cx, &argv) {
                    Ok(pid) => *child = Some(pid),
                    Err(status) => return Advance::Done(status),
                }
                Advance::Again
            }
        }
    }
}
