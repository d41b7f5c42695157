//! Frames that expand words: substitutions and their output, the words of `for`, the patterns of `case`, redirections.

use std::sync::Arc;

use super::ast::{Command, CommandKind, List, RedirectKind};
use super::exec::{Step, exit_shell, fatal, push_list, undo_frame};
use super::expand::{Expander, Stop};
use super::io::Read;
use super::kernel::Cx;
use super::paths::View;
use super::task::{Descriptor, Frame, Outputs, Task, Wait};
use super::{Dialect, builtins, io, messages, pattern, redirect};

/// Runs an expansion, with the variables put back if it has to be begun again. `None`: the shell is ending.
pub(super) fn expanded<T>(
    task: &mut Task,
    cx: &mut Cx,
    outputs: &Outputs,
    expand: impl FnOnce(&mut Expander) -> Result<T, Stop>,
) -> Option<Result<T, Arc<List>>> {
    let (variables, bytes) = (task.variables.clone(), task.variable_bytes);
    let kernel = &mut *cx.kernel;
    let view =
        View { fs: &mut kernel.fs, volumes: cx.volumes, user: kernel.user, group: kernel.group, now: cx.now };
    let mut expander = Expander { task, view, random: &mut kernel.random, outputs, used: 0 };
    match expand(&mut expander) {
        Ok(value) => Some(Ok(value)),
        Err(Stop::Substitute(list)) => {
            (task.variables, task.variable_bytes) = (variables, bytes);
            Some(Err(list))
        }
        Err(Stop::Fatal(message)) => {
            fatal(task, &message);
            None
        }
        Err(Stop::Memory) => {
            cx.kernel.oom_killed = true;
            None
        }
    }
}

/// Runs the command of a substitution; its output goes to the frame that is on top now.
pub(super) fn substitute(task: &mut Task, cx: &mut Cx, list: Arc<List>) {
    let Some(child) = cx.kernel.fork(task, vec![Frame::List { list, at: 0 }]) else { return };
    let pipe = cx.kernel.new_handle();
    if let Some(child) = cx.kernel.task_mut(child) {
        child.fds.insert(1, Descriptor::Pipe { id: pipe, write: true });
    }
    // The reading end is held by the parent, below any descriptor a script can name.
    task.fds.insert(u32::MAX - task.frames.len() as u32, Descriptor::Pipe { id: pipe, write: false });
    task.frames.push(Frame::Capture { pipe, child, output: Vec::new() });
}

pub(super) fn capture(task: &mut Task, cx: &mut Cx, pipe: u32, child: u32, mut output: Vec<u8>) -> Step {
    let fd = u32::MAX - task.frames.len() as u32;
    loop {
        match io::read(task, cx, fd, 65_536) {
            Read::Bytes(bytes) => output.extend(bytes),
            Read::Wait(wait) => {
                task.frames.push(Frame::Capture { pipe, child, output });
                return Step::Block(wait);
            }
            Read::End => break,
        }
        if output.len() > super::expand::MAX_EXPANSION {
            cx.kernel.oom_killed = true;
            return Step::Continue;
        }
    }
    let Some(status) = cx.kernel.take_status(child) else {
        if cx.kernel.is_running(child) {
            task.frames.push(Frame::Capture { pipe, child, output });
            return Step::Block(Wait::Child(child));
        }
        task.fds.remove(&fd);
        return Step::Continue;
    };
    task.fds.remove(&fd);
    task.substitution_status = status;
    task.status = status;
    output.retain(|c| *c != 0);
    let output = output.into();
    match task.frames.last_mut() {
        Some(Frame::Simple(expanding)) => {
            expanding.substituted = true;
            expanding.outputs.push(output);
        }
        Some(
            Frame::ForWords { outputs, .. } | Frame::Case { outputs, .. } | Frame::Redirect { outputs, .. },
        ) => {
            outputs.push(output);
        }
        _ => {}
    }
    Step::Continue
}

pub(super) fn for_words(
    task: &mut Task,
    cx: &mut Cx,
    command: Arc<Command>,
    at: usize,
    mut items: Vec<Vec<u8>>,
    outputs: Outputs,
) -> Step {
    let CommandKind::For { words: Some(words), .. } = &command.kind else { return Step::Continue };
    let Some(word) = words.get(at) else {
        task.frames.push(Frame::For { command, items: Arc::new(items), at: 0 });
        return Step::Continue;
    };
    match expanded(task, cx, &outputs, |expander| expander.fields(word)) {
        Some(Ok(fields)) => {
            items.extend(fields);
            task.frames.push(Frame::ForWords { command, at: at + 1, items, outputs: Vec::new() });
        }
        Some(Err(list)) => {
            task.frames.push(Frame::ForWords { command, at, items, outputs });
            substitute(task, cx, list);
        }
        None => {}
    }
    Step::Continue
}

pub(super) fn case(
    task: &mut Task,
    cx: &mut Cx,
    command: Arc<Command>,
    subject: Option<Vec<u8>>,
    (arm, at): (usize, usize),
    outputs: Outputs,
) -> Step {
    let CommandKind::Case { subject: word, arms } = &command.kind else { return Step::Continue };
    let next = |subject, arm, pattern, outputs| Frame::Case {
        command: command.clone(),
        subject,
        arm,
        pattern,
        outputs,
    };
    let Some(text) = subject else {
        match expanded(task, cx, &outputs, |expander| expander.single(word)) {
            Some(Ok(text)) => task.frames.push(next(Some(text), 0, 0, Vec::new())),
            Some(Err(list)) => {
                task.frames.push(next(None, 0, 0, outputs));
                substitute(task, cx, list);
            }
            None => {}
        }
        return Step::Continue;
    };
    let Some((patterns, body)) = arms.get(arm) else {
        task.status = 0;
        return Step::Continue;
    };
    let Some(word) = patterns.get(at) else {
        task.frames.push(next(Some(text), arm + 1, 0, Vec::new()));
        return Step::Continue;
    };
    match expanded(task, cx, &outputs, |expander| expander.pattern(word)) {
        Some(Ok(found)) if pattern::matches(&found, &text) => {
            task.status = 0;
            push_list(task, body);
        }
        Some(Ok(_)) => task.frames.push(next(Some(text), arm, at + 1, Vec::new())),
        Some(Err(list)) => {
            task.frames.push(next(Some(text), arm, at, outputs));
            substitute(task, cx, list);
        }
        None => {}
    }
    Step::Continue
}

pub(super) fn redirects(
    task: &mut Task,
    cx: &mut Cx,
    command: Arc<Command>,
    at: usize,
    mut saved: Vec<(u32, Option<Descriptor>)>,
    outputs: Outputs,
    then: Box<Frame>,
) {
    task.line = command.line;
    let Some(redirect) = command.redirects.get(at) else {
        let stays = matches!(&*then, Frame::Run { argv, .. } if argv.len() == 1 && argv[0] == b"exec");
        if !stays {
            task.frames.push(Frame::Restore(saved));
        }
        task.frames.push(*then);
        return;
    };
    let (RedirectKind::Read(word)
    | RedirectKind::Write(word)
    | RedirectKind::Append(word)
    | RedirectKind::ReadWrite(word)
    | RedirectKind::Duplicate(word)
    | RedirectKind::Both(word)
    | RedirectKind::Here(word)) = &redirect.kind;
    match expanded(task, cx, &outputs, |expander| expander.single(word)) {
        Some(Ok(target)) => match redirect::apply(task, cx, redirect, target) {
            Ok(changed) => {
                saved.extend(changed);
                let outputs = Vec::new();
                task.frames.push(Frame::Redirect {
                    command: command.clone(),
                    at: at + 1,
                    saved,
                    outputs,
                    then,
                });
            }
            Err(message) => {
                undo_frame(task, Frame::Restore(saved));
                let message = format!("{}{message}\n", messages::prefix(task, None));
                task.write(2, message);
                task.status = if task.dialect == Dialect::Dash { 2 } else { 1 };
                if let Frame::Run { argv, .. } = &*then
                    && task.dialect != Dialect::Bash
                    && argv.first().is_some_and(|name| builtins::is_special(name))
                {
                    let status = task.status;
                    exit_shell(task, status);
                }
            }
        },
        Some(Err(list)) => {
            task.frames.push(Frame::Redirect { command: command.clone(), at, saved, outputs, then });
            substitute(task, cx, list);
        }
        None => {}
    }
}
