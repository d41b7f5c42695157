//! Simple commands: expand the words, assign, redirect, find what the name stands for, run it.

use std::sync::Arc;

use super::Dialect;
use super::applets::{self, Call, Outcome};
use super::ast::{Command, CommandKind};
use super::exec::{Step, become_program, fatal, with_redirects};
use super::kernel::Cx;
use super::start::{self, Found};
use super::steps::{expanded, substitute};
use super::task::{Expanding, Frame, Task};
use super::userland::Executable;
use super::{builtins, messages};

pub(super) fn begin(command: Arc<Command>) -> Frame {
    Frame::Simple(Box::new(Expanding {
        command,
        at: 0,
        argv: Vec::new(),
        assigns: Vec::new(),
        outputs: Vec::new(),
        substituted: false,
    }))
}

/// Expands one more word or assignment.
pub(super) fn expand(task: &mut Task, cx: &mut Cx, mut expanding: Box<Expanding>) -> Step {
    let command = expanding.command.clone();
    task.line = command.line;
    let CommandKind::Simple { assigns, words } = &command.kind else { return Step::Continue };
    let at = expanding.at;
    let result = if let Some(word) = words.get(at) {
        // `export a=$b` and `[[ $a = b ]]` do not split what they are given.
        let first = expanding.argv.first().map(Vec::as_slice);
        let whole = matches!(first, Some(b"[["))
            || matches!(first, Some(b"export" | b"local" | b"readonly" | b"declare" | b"typeset"))
                && word
                    .0
                    .first()
                    .is_some_and(|part| matches!(part, super::ast::Part::Text(text) if text.contains(&b'=')));
        let pattern = first == Some(b"[[")
            && matches!(expanding.argv.last().map(Vec::as_slice), Some(b"=" | b"==" | b"!="));
        expanded(task, cx, &expanding.outputs, |expander| {
            if pattern {
                Ok(vec![expander.pattern(word)?])
            } else if whole {
                Ok(vec![expander.single(word)?])
            } else {
                expander.fields(word)
            }
        })
        .map(|result| result.map(|fields| expanding.argv.extend(fields)))
    } else if let Some((name, word)) = assigns.get(at - words.len()) {
        // Assignments alone act at once, so that the next one sees them.
        let now = expanding.argv.is_empty();
        let value = expanded(task, cx, &expanding.outputs, |expander| expander.single(word));
        match value {
            Some(Ok(value)) => {
                if now && task.set(name, value.as_slice()).is_err() {
                    let message = messages::read_only(task.dialect, name);
                    fatal(task, &message);
                    return Step::Continue;
                }
                expanding.assigns.push((name.clone().into(), value.into()));
                Some(Ok(()))
            }
            Some(Err(list)) => Some(Err(list)),
            None => None,
        }
    } else {
        ready(task, *expanding);
        return Step::Continue;
    };
    match result {
        Some(Ok(())) => {
            expanding.at += 1;
            expanding.outputs.clear();
            task.frames.push(Frame::Simple(expanding));
        }
        Some(Err(list)) => {
            task.frames.push(Frame::Simple(expanding));
            substitute(task, cx, list);
        }
        None => {}
    }
    Step::Continue
}

/// Everything is expanded: set the stage, and leave the running to a frame above it.
fn ready(task: &mut Task, expanding: Expanding) {
    let Expanding { command, argv, assigns, substituted, .. } = expanding;
    if task.options.xtrace {
        trace(task, &assigns, &argv);
    }
    if argv.is_empty() {
        let status = if substituted { task.substitution_status } else { 0 };
        task.frames.push(with_redirects(command, Frame::Assigned(status)));
        return;
    }
    let keeps = builtins::is_special(&argv[0]) && task.dialect != Dialect::Bash;
    let mut saved = Vec::new();
    for (name, value) in assigns {
        let old = task.variables.get(&name).cloned();
        if task.set(&name, value).is_err() {
            let message = messages::read_only(task.dialect, &name);
            fatal(task, &message);
            return;
        }
        if !keeps {
            if let Some(variable) = task.variables.get_mut(&name) {
                variable.exported = true;
            }
            saved.push((name, old));
        }
    }
    if !saved.is_empty() {
        task.frames.push(Frame::RestoreVariables(saved));
    }
    let line = command.line;
    task.frames.push(with_redirects(command, Frame::Run { argv, line, functions: true }));
}

fn trace(task: &mut Task, assigns: &[(super::task::Text, super::task::Text)], argv: &[Vec<u8>]) {
    let mut line = String::from("+");
    for (name, value) in assigns {
        let value = quote(&String::from_utf8_lossy(value), task.dialect);
        line += &format!(" {}={value}", String::from_utf8_lossy(name));
    }
    for word in argv {
        line += " ";
        line += &quote(&String::from_utf8_lossy(word), task.dialect);
    }
    line += "\n";
    task.write(2, line);
}

/// A word as `set -x` shows it; dash shows it as it is.
pub(super) fn quote(word: &str, dialect: Dialect) -> String {
    let plain = |c: char| c.is_alphanumeric() || "_-./:=,+@%^".contains(c);
    if dialect == Dialect::Dash || !word.is_empty() && word.chars().all(plain) {
        return word.to_string();
    }
    format!("'{}'", word.replace('\'', "'\\''"))
}

/// Runs a command whose words are expanded.
pub(super) fn run(task: &mut Task, cx: &mut Cx, argv: Vec<Vec<u8>>, line: u32, functions: bool) -> Step {
    task.line = line;
    let name = argv[0].clone();
    let special = builtins::is_special(&name);
    if functions
        && !special
        && let Some(body) = task.functions.get(name.as_slice()).cloned()
    {
        let parameters = std::mem::replace(&mut task.parameters, Arc::new(argv[1..].to_vec()));
        task.frames.push(Frame::Call { parameters, locals: Vec::new() });
        task.frames.push(Frame::Command(body));
        return Step::Continue;
    }
    if let Some(builtin) = builtins::find(&name, task.dialect) {
        call(task, cx, &argv, builtin);
        return Step::Continue;
    }
    let text = String::from_utf8_lossy(&name).into_owned();
    let found = match start::find(task, cx, &text) {
        Ok(found) => found,
        Err(failure) => {
            let message =
                format!("{}{}\n", messages::prefix(task, None), failure.shell_message(task.dialect, &text));
            task.write(2, message);
            task.status = failure.status();
            return Step::Continue;
        }
    };
    if let Found::Program(Executable::Applet) = found
        && !applets::replaces_itself(applet_name(&text))
        && let Some(applet) = applets::find(applet_name(&text))
    {
        call(task, cx, &argv, applet);
        return Step::Continue;
    }
    if is_last(task) {
        become_program(task, cx, found, argv);
        return Step::Continue;
    }
    if let Some(pid) = cx.kernel.fork(task, Vec::new()) {
        if let Some(mut child) = cx.kernel.take_task(pid) {
            start::exec_into(&mut child, cx.kernel, found, argv);
            cx.kernel.insert(child);
        }
        task.frames.push(Frame::Await { children: vec![pid], statuses: Vec::new() });
    }
    Step::Continue
}

/// The last part of a path.
pub(super) fn applet_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// Calls a builtin or an applet in this task.
pub(super) fn call(task: &mut Task, cx: &mut Cx, argv: &[Vec<u8>], tool: applets::Tool) {
    let name = String::from_utf8_lossy(&argv[0]).into_owned();
    let mut call = Call { name: applet_name(&name), args: &argv[1..], task, cx };
    match tool(&mut call) {
        Outcome::Done(status) => task.status = status & 255,
        Outcome::Running(program) => task.frames.push(Frame::Program(Box::new(program))),
        Outcome::Pushed => {}
    }
}

/// Is the command the very last thing the shell would do? Then the shell becomes it, as ash, dash and bash do.
fn is_last(task: &Task) -> bool {
    if !task.traps.is_empty() {
        return false;
    }
    task.frames.iter().all(|frame| match frame {
        Frame::Script(script) => {
            script.kind == super::task::ScriptKind::Main
                && !task.numbered
                && script.text[script.at.min(script.text.len())..].iter().all(u8::is_ascii_whitespace)
        }
        Frame::List { list, at } => *at == list.items.len(),
        Frame::AndOr { list, item, ran, .. } => {
            let chain = &list.items[*item].chain;
            *ran == Some(chain.len() - 1) && !chain[chain.len() - 1].1.negated
        }
        Frame::Restore(_) | Frame::RestoreVariables(_) => true,
        _ => false,
    })
}
