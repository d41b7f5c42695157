//! Builtins that may have to wait: `wait` and `read`.

use super::applets::{Call, Outcome};
use super::builtins::complain;
use super::exec::{Step, fatal};
use super::io::{self, Read};
use super::kernel::Cx;
use super::task::{Frame, Reading, Task, Text, Wait};
use super::{Dialect, messages};

pub(super) fn wait(call: &mut Call) -> Outcome {
    let args = call.strings();
    let any = args.first().is_some_and(|arg| arg == "-n");
    let pid = |arg: &String| match arg.strip_prefix('%') {
        Some(text) => job(call.task, text),
        None => arg.parse().ok(),
    };
    let named: Vec<u32> = args.iter().filter_map(pid).collect();
    let children = if named.is_empty() { call.task.background.clone() } else { named };
    call.task.status = 0;
    call.task.frames.push(Frame::Wait { children, any });
    Outcome::Pushed
}

/// The task that a background job began with: `%1` is the oldest.
pub(super) fn job(task: &Task, number: &str) -> Option<u32> {
    let number: usize = number.parse().ok()?;
    task.background.get(number.checked_sub(1)?).copied()
}

pub(super) fn wait_step(task: &mut Task, cx: &mut Cx, mut children: Vec<u32>, any: bool) -> Step {
    while let Some(child) = children.first().copied() {
        if any && let Some(done) = children.iter().copied().find(|child| !cx.kernel.is_running(*child)) {
            task.status = cx.kernel.take_status(done).unwrap_or(127);
            task.background.retain(|other| *other != done);
            return Step::Continue;
        }
        if task.background.contains(&child) && cx.kernel.is_running(child) {
            let wait = if any { Wait::Until(cx.now + 1_000_000) } else { Wait::Child(child) };
            task.frames.push(Frame::Wait { children, any });
            return Step::Block(wait);
        }
        // Without arguments the status is 0, whatever the children's were.
        let all = children.len() > 1 || task.background.len() == children.len() && task.background.len() > 1;
        let status = cx.kernel.take_status(child).unwrap_or(127);
        if !all {
            task.status = status;
        }
        task.background.retain(|other| *other != child);
        children.remove(0);
    }
    Step::Continue
}

pub(super) fn read(call: &mut Call) -> Outcome {
    let mut reading = Reading {
        names: Vec::new(),
        raw: false,
        line: Vec::new(),
        escaped: false,
        fd: 0,
        deadline: None,
        limit: None,
    };
    let args = call.strings();
    let mut args = args.iter();
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "-r" => reading.raw = true,
            "-s" | "-e" => {}
            "-rs" | "-sr" => reading.raw = true,
            "-p" => {
                args.next();
            }
            "-u" => reading.fd = args.next().and_then(|n| n.parse().ok()).unwrap_or(0),
            "-n" | "-N" => reading.limit = args.next().and_then(|n| n.parse().ok()),
            "-t" => {
                let seconds: f64 = args.next().and_then(|n| n.parse().ok()).unwrap_or(0.0);
                reading.deadline = Some(call.cx.now.saturating_add((seconds * 1e9) as i64));
            }
            name => reading.names.push(name.as_bytes().into()),
        }
    }
    if reading.names.is_empty() {
        if call.task.dialect == Dialect::Dash {
            return complain(call, "arg count");
        }
        reading.names.push(Text::from(&b"REPLY"[..]));
    }
    call.task.frames.push(Frame::Read(Box::new(reading)));
    Outcome::Pushed
}

pub(super) fn read_step(task: &mut Task, cx: &mut Cx, mut reading: Box<Reading>) -> Step {
    let mut ended = false;
    'line: loop {
        let bytes = match io::read(task, cx, reading.fd, 256) {
            Read::Bytes(bytes) => bytes,
            Read::End => {
                ended = true;
                break;
            }
            Read::Wait(wait) => {
                let wait = match reading.deadline {
                    Some(deadline) if deadline <= cx.now => {
                        ended = true;
                        break;
                    }
                    Some(deadline) => Wait::Until(deadline.min(cx.now + 100_000_000)),
                    None => wait,
                };
                task.frames.push(Frame::Read(reading));
                return Step::Block(wait);
            }
        };
        for (at, c) in bytes.iter().enumerate() {
            let mut done = false;
            if reading.escaped {
                reading.escaped = false;
                if *c != b'\n' {
                    reading.line.extend_from_slice(&[b'\\', *c]);
                }
            } else if *c == b'\\' && !reading.raw {
                reading.escaped = true;
            } else if *c == b'\n' {
                done = true;
            } else {
                reading.line.push(*c);
            }
            done |= reading.limit.is_some_and(|limit| reading.line.len() >= limit);
            if done {
                io::unread(task, cx, reading.fd, &bytes[at + 1..]);
                break 'line;
            }
        }
        if reading.line.len() > super::expand::MAX_EXPANSION {
            cx.kernel.oom_killed = true;
            return Step::Continue;
        }
    }
    let ifs = task.variable(b"IFS").cloned().unwrap_or_else(|| Text::from(&b" \t\n"[..]));
    let values = split_line(&reading.line, &ifs, reading.names.len(), reading.raw);
    task.status = i32::from(ended);
    for (name, value) in reading.names.iter().zip(values) {
        if task.set(name, value).is_err() {
            let message = messages::read_only(task.dialect, name);
            fatal(task, &message);
            return Step::Continue;
        }
    }
    Step::Continue
}

/// A line as `read` splits it: the last variable takes the rest.
fn split_line(line: &[u8], ifs: &[u8], count: usize, raw: bool) -> Vec<Vec<u8>> {
    let blank = |c: u8| ifs.contains(&c) && matches!(c, b' ' | b'\t' | b'\n');
    let mut out = Vec::new();
    let mut at = 0;
    while at < line.len() && blank(line[at]) {
        at += 1;
    }
    let mut end = line.len();
    while end > at && blank(line[end - 1]) {
        end -= 1;
    }
    while out.len() < count {
        let last = out.len() + 1 == count;
        let mut field = Vec::new();
        while at < end {
            let c = line[at];
            if c == b'\\' && !raw && at + 1 < end {
                field.push(line[at + 1]);
                at += 2;
                continue;
            }
            if !last && ifs.contains(&c) {
                while at < end && blank(line[at]) {
                    at += 1;
                }
                if at < end && ifs.contains(&line[at]) {
                    at += 1;
                    while at < end && blank(line[at]) {
                        at += 1;
                    }
                }
                break;
            }
            field.push(c);
            at += 1;
        }
        out.push(field);
    }
    out
}
