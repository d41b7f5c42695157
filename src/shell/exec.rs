//! Steps a task: pops its top frame, does one small thing, pushes what is left to do.

use std::sync::Arc;

use super::applets::{Advance, Running};
use super::ast::{AndOr, Command, CommandKind, Joint, List};
use super::io::Flushed;
use super::kernel::{Cx, TURN};
use super::steps::{capture, case, for_words, redirects};
use super::task::{Descriptor, Frame, MAX_FRAMES, Script, ScriptKind, Task, Wait};
use super::{Dialect, aliases, io, messages, prompt, simple, start, waiting};

/// What a step led to.
pub(super) enum Step {
    /// There is more to do.
    Continue,
    /// Nothing can be done before this.
    Block(Wait),
    /// The task has ended.
    Exit(i32),
}

/// Lets a task run until it blocks, ends (with the status returned), or has used its turn.
pub(super) fn turn(task: &mut Task, cx: &mut Cx) -> Option<i32> {
    let start = *cx.fuel;
    loop {
        match io::flush(task, cx) {
            Flushed::Done => {}
            Flushed::Wait(wait) => {
                task.wait = wait;
                return None;
            }
            Flushed::Broken => {
                task.pending.clear();
                if !task.traps.contains_key(&13) {
                    return Some(128 + 13);
                }
            }
        }
        if cx.kernel.oom_killed || *cx.fuel <= 0 || start - *cx.fuel > TURN {
            return None;
        }
        *cx.fuel -= 1;
        if task.frames.len() > MAX_FRAMES {
            cx.kernel.oom_killed = true;
            return None;
        }
        match step(task, cx) {
            Step::Continue => {}
            Step::Block(wait) => {
                task.wait = wait;
                // What was written before blocking is delivered first.
                if task.pending.is_empty() {
                    return None;
                }
                if let Flushed::Wait(wait) = io::flush(task, cx) {
                    task.wait = wait;
                }
                return None;
            }
            Step::Exit(status) => return Some(status & 255),
        }
    }
}

fn step(task: &mut Task, cx: &mut Cx) -> Step {
    if let Some(signal) = task.signals.first().copied()
        && matches!(
            task.frames.last(),
            None | Some(Frame::Script(_) | Frame::List { .. } | Frame::Wait { .. })
        )
    {
        task.signals.remove(0);
        if let Some(action) = task.traps.get(&signal).cloned() {
            if matches!(task.frames.last(), Some(Frame::Wait { .. })) {
                task.frames.pop();
                task.status = 128 + signal;
            }
            task.frames.push(Frame::Trap(task.status));
            push_script(task, &action, ScriptKind::Eval);
            return Step::Continue;
        }
    }
    let Some(frame) = task.frames.pop() else { return finish(task) };
    match frame {
        Frame::Script(script) => script_step(task, script),
        Frame::List { list, at } => {
            let Some(item) = list.items.get(at) else { return Step::Continue };
            let background = item.background;
            task.frames.push(Frame::List { list: list.clone(), at: at + 1 });
            let frame = Frame::AndOr { list, item: at, at: 0, ran: None };
            if background {
                start_background(task, cx, frame)
            } else {
                task.frames.push(frame)
            }
            Step::Continue
        }
        Frame::AndOr { list, item, at, ran } => and_or(task, cx, list, item, at, ran),
        Frame::Command(command) => {
            start_command(task, cx, command);
            Step::Continue
        }
        Frame::Body(command) => {
            body(task, command);
            Step::Continue
        }
        Frame::If { command, branch } => {
            let CommandKind::If { branches, otherwise } = &command.kind else { return Step::Continue };
            if task.status == 0 {
                push_list(task, &branches[branch].1);
            } else if let Some((condition, _)) = branches.get(branch + 1) {
                let condition = condition.clone();
                task.frames.push(Frame::If { command, branch: branch + 1 });
                push_list(task, &condition);
            } else {
                task.status = 0;
                if let Some(list) = otherwise {
                    push_list(task, list);
                }
            }
            Step::Continue
        }
        Frame::While { command, body, status } => {
            let CommandKind::While { until, condition, body: list } = &command.kind else {
                return Step::Continue;
            };
            if body {
                let condition = condition.clone();
                let status = task.status;
                task.frames.push(Frame::While { command, body: false, status });
                push_list(task, &condition);
            } else if (task.status == 0) != *until {
                let list = list.clone();
                task.frames.push(Frame::While { command, body: true, status });
                push_list(task, &list);
            } else {
                task.status = status;
            }
            Step::Continue
        }
        Frame::ForWords { command, at, items, outputs } => for_words(task, cx, command, at, items, outputs),
        Frame::For { command, items, at } => {
            let CommandKind::For { name, body, .. } = &command.kind else { return Step::Continue };
            if let Some(item) = items.get(at) {
                if task.set(name, item.as_slice()).is_err() {
                    let message = messages::read_only(task.dialect, name);
                    fatal(task, &message);
                    return Step::Continue;
                }
                let body = body.clone();
                if at == 0 {
                    task.status = 0;
                }
                task.frames.push(Frame::For { command, items, at: at + 1 });
                push_list(task, &body);
            } else if items.is_empty() {
                task.status = 0;
            }
            Step::Continue
        }
        Frame::Case { command, subject, arm, pattern, outputs } => {
            case(task, cx, command, subject, (arm, pattern), outputs)
        }
        Frame::Simple(expanding) => simple::expand(task, cx, expanding),
        Frame::Redirect { command, at, saved, outputs, then } => {
            redirects(task, cx, command, at, saved, outputs, then);
            Step::Continue
        }
        Frame::Run { argv, line, functions } => simple::run(task, cx, argv, line, functions),
        Frame::Assigned(status) => {
            task.status = status;
            Step::Continue
        }
        Frame::Timed(since) => {
            let millis = (cx.now - since) / 1_000_000;
            let real = format!("{}m{}.{:03}s", millis / 60_000, millis / 1_000 % 60, millis % 1_000);
            task.write(2, format!("\nreal\t{real}\nuser\t0m0.000s\nsys\t0m0.000s\n"));
            Step::Continue
        }
        undo @ (Frame::Restore(_) | Frame::RestoreVariables(_) | Frame::Call { .. } | Frame::Trap(_)) => {
            undo_frame(task, undo);
            Step::Continue
        }
        Frame::Await { children, mut statuses } => {
            while let Some(child) = children.get(statuses.len()) {
                match cx.kernel.take_status(*child) {
                    Some(status) => statuses.push(status),
                    None if cx.kernel.is_running(*child) => {
                        let wait = Wait::Child(*child);
                        task.frames.push(Frame::Await { children, statuses });
                        return Step::Block(wait);
                    }
                    None => statuses.push(127),
                }
            }
            let last = statuses.last().copied().unwrap_or(0);
            let failed = statuses.iter().rev().find(|status| **status != 0).copied().unwrap_or(0);
            task.status = if task.options.pipefail { failed } else { last };
            Step::Continue
        }
        Frame::Capture { pipe, child, output } => capture(task, cx, pipe, child, output),
        Frame::Wait { children, any } => waiting::wait_step(task, cx, children, any),
        Frame::Read(reading) => waiting::read_step(task, cx, reading),
        Frame::Program(mut program) => match program.advance(task, cx) {
            Advance::Again => {
                task.frames.push(Frame::Program(program));
                Step::Continue
            }
            Advance::Wait(wait) => {
                task.frames.push(Frame::Program(program));
                Step::Block(wait)
            }
            Advance::Done(status) => {
                task.status = status;
                Step::Continue
            }
            Advance::Line(text) => {
                task.frames.push(Frame::Program(program));
                push_script(task, &text, ScriptKind::Main);
                Step::Continue
            }
            Advance::Script(text) => {
                push_script(task, &text, ScriptKind::Main);
                Step::Continue
            }
        },
    }
}

/// No frames are left: the EXIT trap, then the end.
fn finish(task: &mut Task) -> Step {
    if !task.exiting
        && let Some(action) = task.traps.get(&0).cloned()
    {
        task.exiting = true;
        task.frames.push(Frame::Trap(task.status));
        push_script(task, &action, ScriptKind::Eval);
        return Step::Continue;
    }
    Step::Exit(task.status)
}

pub(super) fn push_list(task: &mut Task, list: &Arc<List>) {
    task.frames.push(Frame::List { list: list.clone(), at: 0 });
}

pub(super) fn push_script(task: &mut Task, text: &[u8], kind: ScriptKind) {
    let line = if kind == ScriptKind::Eval { task.line.max(1) } else { 1 };
    task.frames.push(Frame::Script(Script { text: text.into(), at: 0, line, kind }));
}

fn script_step(task: &mut Task, mut script: Script) -> Step {
    match aliases::parse(task, &mut script) {
        Ok(None) => Step::Continue,
        Ok(Some(line)) => {
            task.frames.push(Frame::Script(Script { at: line.next, line: line.line, ..script }));
            if !task.options.noexec {
                push_list(task, &line.list);
            }
            Step::Continue
        }
        Err(error) => {
            task.line = error.line;
            let mut message = messages::syntax(task, &error, &script.text);
            if script.kind == ScriptKind::Eval && task.dialect == Dialect::Ash && !task.numbered {
                message = message.replacen(": syntax", ": eval: line 0: syntax", 1);
            }
            task.write(2, message);
            abandon(task, 2);
            Step::Continue
        }
    }
}

/// Is the status of what runs above these frames tested by one of them, so that `set -e` lets it pass?
pub(super) fn is_tested(frames: &[Frame]) -> bool {
    frames.iter().any(|frame| match frame {
        Frame::If { .. } | Frame::While { body: false, .. } => true,
        Frame::AndOr { list, item, ran: Some(ran), .. } => {
            let chain = &list.items[*item].chain;
            ran + 1 < chain.len() || chain[*ran].1.negated
        }
        _ => false,
    })
}

fn and_or(task: &mut Task, cx: &mut Cx, list: Arc<List>, item: usize, at: usize, ran: Option<usize>) -> Step {
    let AndOr { chain, .. } = &list.items[item];
    if let Some(ran) = ran {
        let pipeline = &chain[ran].1;
        if pipeline.negated {
            task.status = i32::from(task.status == 0);
        } else if task.options.errexit && task.status != 0 && ran + 1 == chain.len() {
            let kind = &pipeline.commands[0].kind;
            let simple = matches!(kind, CommandKind::Simple { .. } | CommandKind::Subshell(_));
            if (simple || pipeline.commands.len() > 1) && !task.tested && !is_tested(&task.frames) {
                let status = task.status;
                exit_shell(task, status);
                return Step::Continue;
            }
        }
    }
    let next =
        (at..chain.len()).find(|index| *index == 0 || (chain[*index].0 == Joint::And) == (task.status == 0));
    let Some(index) = next else { return Step::Continue };
    let commands = &chain[index].1.commands;
    let (first, count) = (commands[0].clone(), commands.len());
    task.frames.push(Frame::AndOr { list: list.clone(), item, at: index + 1, ran: Some(index) });
    if chain[index].1.timed {
        task.frames.push(Frame::Timed(cx.now));
    }
    if count == 1 {
        task.frames.push(Frame::Command(first));
    } else {
        pipeline(task, cx, &list.items[item].chain[index].1.commands);
    }
    Step::Continue
}

fn pipeline(task: &mut Task, cx: &mut Cx, commands: &[Arc<Command>]) {
    let mut children = Vec::new();
    let mut input = None;
    for (index, command) in commands.iter().enumerate() {
        let Some(pid) = cx.kernel.fork(task, vec![Frame::Command(command.clone())]) else { return };
        let output = (index + 1 < commands.len()).then(|| cx.kernel.new_handle());
        if let Some(child) = cx.kernel.task_mut(pid) {
            if let Some(id) = input {
                child.fds.insert(0, Descriptor::Pipe { id, write: false });
            }
            if let Some(id) = output {
                child.fds.insert(1, Descriptor::Pipe { id, write: true });
            }
        }
        input = output;
        children.push(pid);
    }
    task.frames.push(Frame::Await { children, statuses: Vec::new() });
}

fn start_background(task: &mut Task, cx: &mut Cx, frame: Frame) {
    let Some(pid) = cx.kernel.fork(task, vec![frame]) else { return };
    if let Some(child) = cx.kernel.task_mut(pid) {
        child.fds.insert(0, Descriptor::Null);
        child.job = if child.job == 0 { pid } else { child.job };
    }
    task.background.push(pid);
    if is_prompt(task) {
        task.write(2, format!("[{}] {pid}\n", task.background.len()));
    }
    task.last_background = Some(pid);
    task.status = 0;
}

fn start_command(task: &mut Task, cx: &mut Cx, command: Arc<Command>) {
    match &command.kind {
        CommandKind::Simple { .. } => task.frames.push(simple::begin(command)),
        CommandKind::Subshell(list) => {
            let list = Frame::List { list: list.clone(), at: 0 };
            let frame = with_redirects(command, list);
            if let Some(pid) = cx.kernel.fork(task, vec![frame]) {
                task.frames.push(Frame::Await { children: vec![pid], statuses: Vec::new() });
            }
        }
        _ => {
            let frame = with_redirects(command.clone(), Frame::Body(command));
            task.frames.push(frame);
        }
    }
}

/// `then` with the command's redirections around it.
pub(super) fn with_redirects(command: Arc<Command>, then: Frame) -> Frame {
    if command.redirects.is_empty() {
        return then;
    }
    Frame::Redirect { command, at: 0, saved: Vec::new(), outputs: Vec::new(), then: Box::new(then) }
}

fn body(task: &mut Task, command: Arc<Command>) {
    match &command.kind {
        CommandKind::Group(list) => push_list(task, list),
        CommandKind::If { branches, .. } => {
            let condition = branches[0].0.clone();
            task.frames.push(Frame::If { command, branch: 0 });
            push_list(task, &condition);
        }
        CommandKind::While { condition, .. } => {
            let condition = condition.clone();
            task.frames.push(Frame::While { command, body: false, status: 0 });
            push_list(task, &condition);
        }
        CommandKind::For { words: None, .. } => {
            let items = task.parameters.clone();
            task.frames.push(Frame::For { command, items, at: 0 });
        }
        CommandKind::For { .. } => {
            task.frames.push(Frame::ForWords { command, at: 0, items: Vec::new(), outputs: Vec::new() });
        }
        CommandKind::Case { .. } => {
            let frame = Frame::Case { command, subject: None, arm: 0, pattern: 0, outputs: Vec::new() };
            task.frames.push(frame);
        }
        CommandKind::Function { name, body } => {
            task.functions.insert(name.clone().into(), body.clone());
            task.status = 0;
        }
        CommandKind::Simple { .. } | CommandKind::Subshell(_) => {}
    }
}

/// Undoes what a frame stands for when it is left in whatever way.
pub(super) fn undo_frame(task: &mut Task, frame: Frame) {
    match frame {
        Frame::Restore(saved) => {
            for (fd, old) in saved.into_iter().rev() {
                match old {
                    Some(old) => task.fds.insert(fd, old),
                    None => task.fds.remove(&fd),
                };
            }
        }
        Frame::RestoreVariables(saved) => {
            for (name, old) in saved.into_iter().rev() {
                task.put_back(&name, old);
            }
        }
        Frame::Call { parameters, locals } => {
            task.parameters = parameters;
            for (name, old) in locals.into_iter().rev() {
                task.put_back(&name, old);
            }
        }
        Frame::Trap(status) => task.status = status,
        _ => {}
    }
}

/// Prints a message and ends the shell, as errors of expansion do.
pub(super) fn fatal(task: &mut Task, message: &str) {
    let message = format!("{}{message}\n", messages::prefix(task, None));
    task.write(2, &message);
    let status = match task.dialect {
        Dialect::Bash if message.contains("unbound variable") => 127,
        Dialect::Bash => 1,
        _ => 2,
    };
    abandon(task, status);
}

/// An error ends a script; a person is asked for the next line.
fn abandon(task: &mut Task, status: i32) {
    match task.frames.first() {
        Some(Frame::Program(program))
            if matches!(**program, Running::Interactive { .. } | Running::Prompt) =>
        {
            prompt::unwind(task, status);
        }
        _ => exit_shell(task, status),
    }
}

/// Whether a person types into this very shell.
fn is_prompt(task: &Task) -> bool {
    matches!(task.frames.first(), Some(Frame::Program(program)) if matches!(**program, Running::Prompt))
}

/// Leaves every frame; the EXIT trap is still to run.
pub(super) fn exit_shell(task: &mut Task, status: i32) {
    task.frames.clear();
    task.status = status & 255;
}

/// Ends the task with a message if what it was to become cannot be run.
pub(super) fn become_program(task: &mut Task, cx: &mut Cx, found: start::Found, argv: Vec<Vec<u8>>) {
    start::exec_into(task, cx.kernel, found, argv);
}
