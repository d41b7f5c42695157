//! The commands that are part of the shell, because they change its own state.

use super::applets::{Call, Outcome, Tool, test};
use super::exec::{exit_shell, push_script, undo_frame};
use super::paths::clean;
use super::start;
use super::task::{Frame, ScriptKind};
use super::variables::{declare, local, set, shift, unset};
use super::waiting::{read, wait};
use super::{Dialect, messages};

/// Special builtins come before functions, and assignments in front of them stay.
pub(super) fn is_special(name: &[u8]) -> bool {
    matches!(
        name,
        b":" | b"."
            | b"break"
            | b"continue"
            | b"eval"
            | b"exec"
            | b"exit"
            | b"export"
            | b"readonly"
            | b"return"
            | b"set"
            | b"shift"
            | b"trap"
            | b"unset"
            | b"source"
            | b"times"
    )
}

/// The builtin of this name, if the shell has it.
pub(super) fn find(name: &[u8], dialect: Dialect) -> Option<Tool> {
    let tool: Tool = match name {
        b":" | b"true" => |_| Outcome::Done(0),
        b"false" => |_| Outcome::Done(1),
        b"exit" => exit,
        b"cd" => cd,
        b"pwd" => pwd,
        b"export" => |call| declare(call, true, false),
        b"readonly" => |call| declare(call, false, true),
        b"local" => local,
        b"declare" | b"typeset" if dialect == Dialect::Bash => local,
        b"unset" => unset,
        b"set" => set,
        b"shift" => shift,
        b"break" => |call| leave_loop(call, false),
        b"continue" => |call| leave_loop(call, true),
        b"return" => return_,
        b"eval" => eval,
        b"." => source,
        b"source" if dialect != Dialect::Dash => source,
        b"exec" => exec,
        b"trap" => trap,
        b"wait" => wait,
        b"read" => read,
        b"command" => command,
        b"type" => type_,
        b"kill" => super::applets::process::kill,
        b"umask" => umask,
        b"let" if dialect != Dialect::Dash => let_,
        b"echo" => super::applets::print::echo,
        b"printf" => super::applets::print::printf,
        b"test" | b"[" => test::test,
        b"[[" if dialect != Dialect::Dash => test::test,
        b"alias" => super::aliases::alias,
        b"unalias" => super::aliases::unalias,
        b"hash" | b"ulimit" | b"shopt" | b"disown" | b"jobs" => |_| Outcome::Done(0),
        _ => return None,
    };
    Some(tool)
}

/// Prints a builtin's complaint.
pub(super) fn complain(call: &mut Call, message: &str) -> Outcome {
    let text = format!("{}{message}\n", messages::prefix(call.task, Some(call.name)));
    call.task.write(2, text);
    Outcome::Done(if call.task.dialect == Dialect::Bash { 1 } else { 2 })
}

/// A complaint of a special builtin: a script ends with it, but for bash.
pub(super) fn complain_and_exit(call: &mut Call, message: &str) -> Outcome {
    complain(call, message);
    if call.task.dialect == Dialect::Bash {
        return Outcome::Done(1);
    }
    exit_shell(call.task, 2);
    Outcome::Pushed
}

pub(super) fn number(call: &Call, index: usize) -> Option<Result<i32, String>> {
    let text = call.args.get(index)?;
    let text = String::from_utf8_lossy(text).into_owned();
    Some(text.parse().ok().filter(|n| *n >= 0).ok_or(text))
}

fn exit(call: &mut Call) -> Outcome {
    let status = match number(call, 0) {
        None => call.task.status,
        Some(Ok(status)) => status,
        Some(Err(text)) if call.task.dialect == Dialect::Bash => {
            complain(call, &format!("{text}: numeric argument required"));
            2
        }
        Some(Err(text)) => return complain_and_exit(call, &format!("Illegal number: {text}")),
    };
    exit_shell(call.task, status);
    Outcome::Pushed
}

fn cd(call: &mut Call) -> Outcome {
    let mut args = call.strings();
    args.retain(|arg| arg != "--" && arg != "-P" && arg != "-L");
    let target = match args.first().map(String::as_str) {
        None => call.task.text("HOME").unwrap_or_else(|| String::from("/")),
        Some("-") => call.task.text("OLDPWD").unwrap_or_else(|| String::from("/")),
        Some(path) => path.to_string(),
    };
    let path = clean(&call.task.cwd, &target);
    let found = call.cx.view().stat("/", &path, true).map(|entry| entry.is_directory());
    let error = match found {
        Ok(true) => {
            let old = call.task.cwd.clone();
            call.task.cwd = path.as_str().into();
            let _ = call.task.set(b"OLDPWD", old.as_bytes());
            let _ = call.task.set(b"PWD", path.as_bytes());
            if args.first().is_some_and(|arg| arg == "-") {
                call.out(&format!("{path}\n"));
            }
            return Outcome::Done(0);
        }
        Ok(false) => super::fs::FsError::NotDirectory.text(),
        Err(error) => error.text(),
    };
    let message = match call.task.dialect {
        Dialect::Ash => format!("can't cd to {target}: {error}"),
        Dialect::Dash => format!("can't cd to {target}"),
        Dialect::Bash => format!("{target}: {error}"),
    };
    complain(call, &message)
}

fn pwd(call: &mut Call) -> Outcome {
    let text = format!("{}\n", call.task.cwd);
    call.out(&text);
    Outcome::Done(0)
}

fn leave_loop(call: &mut Call, again: bool) -> Outcome {
    let mut levels = match number(call, 0) {
        Some(Ok(levels)) => levels.max(1),
        _ => 1,
    };
    let frames = &call.task.frames;
    let is_loop = |frame: &Frame| matches!(frame, Frame::For { .. } | Frame::While { .. });
    let inside = frames.iter().rev().take_while(|frame| !matches!(frame, Frame::Call { .. })).any(is_loop);
    if !inside {
        return Outcome::Done(0);
    }
    call.task.status = 0;
    while let Some(frame) = call.task.frames.pop() {
        match frame {
            Frame::Call { .. } => {
                call.task.frames.push(frame);
                break;
            }
            Frame::For { .. } | Frame::While { .. } => {
                levels -= 1;
                let outermost = !call.task.frames.iter().any(is_loop);
                if levels <= 0 || outermost {
                    if again {
                        // A `continue` in the condition goes back to the condition.
                        let frame = match frame {
                            Frame::While { command, status, .. } => {
                                Frame::While { command, body: true, status }
                            }
                            other => other,
                        };
                        call.task.frames.push(frame);
                    }
                    break;
                }
            }
            other => undo_frame(call.task, other),
        }
    }
    Outcome::Pushed
}

fn return_(call: &mut Call) -> Outcome {
    let status = match number(call, 0) {
        None => call.task.status,
        Some(Ok(status)) => status & 255,
        Some(Err(text)) => return complain_and_exit(call, &format!("Illegal number: {text}")),
    };
    call.task.status = status;
    while let Some(frame) = call.task.frames.pop() {
        match &frame {
            Frame::Call { .. } => {
                undo_frame(call.task, frame);
                break;
            }
            Frame::Script(script) if script.kind == ScriptKind::Sourced => break,
            Frame::Trap(_) => {}
            _ => undo_frame(call.task, frame),
        }
    }
    call.task.status = status;
    Outcome::Pushed
}

fn eval(call: &mut Call) -> Outcome {
    let text = call.args.join(&b' ');
    call.task.status = 0;
    push_script(call.task, &text, ScriptKind::Eval);
    Outcome::Pushed
}

fn source(call: &mut Call) -> Outcome {
    let Some(path) = call.strings().into_iter().next() else {
        return complain(call, "filename argument required");
    };
    let cwd = call.task.cwd.clone();
    match call.cx.view().read(&cwd, &path) {
        Ok(text) => {
            call.task.status = 0;
            push_script(call.task, &text, ScriptKind::Sourced);
            Outcome::Pushed
        }
        Err(error) => {
            let text = match call.task.dialect {
                Dialect::Ash => format!("can't open '{path}': {}", error.text()),
                Dialect::Dash => format!("cannot open {path}: No such file"),
                Dialect::Bash => {
                    let text = format!("{}{path}: {}\n", messages::prefix(call.task, None), error.text());
                    call.task.write(2, text);
                    return Outcome::Done(1);
                }
            };
            complain_and_exit(call, &text)
        }
    }
}

fn exec(call: &mut Call) -> Outcome {
    let Some(name) = call.strings().into_iter().next() else { return Outcome::Done(0) };
    match start::find(call.task, call.cx, &name) {
        Ok(found) => {
            start::exec_into(call.task, call.cx.kernel, found, call.args.to_vec());
            Outcome::Pushed
        }
        Err(failure) => {
            let text = failure.shell_message(call.task.dialect, &name);
            let status = failure.status();
            let builtin =
                if call.task.dialect == Dialect::Bash && name.contains('/') { None } else { Some("exec") };
            let text = format!(
                "{}{}\n",
                messages::prefix(call.task, builtin),
                text.replace(": command not", ": not")
            );
            call.task.write(2, text);
            exit_shell(call.task, status);
            Outcome::Pushed
        }
    }
}

const SIGNALS: &[(i32, &str)] = &[
    (0, "EXIT"),
    (1, "HUP"),
    (2, "INT"),
    (3, "QUIT"),
    (9, "KILL"),
    (10, "USR1"),
    (12, "USR2"),
    (13, "PIPE"),
    (14, "ALRM"),
    (15, "TERM"),
    (17, "CHLD"),
    (18, "CONT"),
    (19, "STOP"),
    (20, "TSTP"),
    (28, "WINCH"),
];

/// A signal by number or by name, with or without `SIG`.
pub(super) fn signal_number(text: &str) -> Option<i32> {
    if let Ok(number) = text.parse() {
        return (0..=64).contains(&number).then_some(number);
    }
    let name = text.to_ascii_uppercase();
    let name = name.strip_prefix("SIG").unwrap_or(&name);
    SIGNALS.iter().find(|(_, known)| *known == name).map(|(number, _)| *number)
}

fn trap(call: &mut Call) -> Outcome {
    let args = call.strings();
    let args: Vec<&str> = args.iter().map(String::as_str).filter(|arg| *arg != "--").collect();
    if args.is_empty() || args == ["-p"] {
        let mut text = String::new();
        for (signal, action) in call.task.traps.iter() {
            let name = SIGNALS.iter().find(|(number, _)| number == signal).map_or("", |(_, name)| *name);
            let action = String::from_utf8_lossy(action).replace('\'', "'\\''");
            let sig = if call.task.dialect == Dialect::Bash && *signal != 0 { "SIG" } else { "" };
            text += &format!("trap -- '{action}' {sig}{name}\n");
        }
        call.out(&text);
        return Outcome::Done(0);
    }
    let alone = args.len() == 1 || args[0].parse::<i32>().is_ok();
    let (action, names) = if alone { (None, &args[..]) } else { (Some(args[0]), &args[1..]) };
    let mut status = 0;
    for name in names {
        let Some(signal) = signal_number(name) else {
            complain(call, &format!("{name}: invalid signal specification"));
            status = 1;
            continue;
        };
        match action {
            None | Some("-") => call.task.traps.remove(&signal),
            Some(action) => call.task.traps.insert(signal, action.as_bytes().into()),
        };
    }
    Outcome::Done(status)
}

fn describe(call: &mut Call, name: &str) -> Option<&'static str> {
    if call.task.functions.contains_key(name.as_bytes()) {
        Some("function")
    } else if find(name.as_bytes(), call.task.dialect).is_some() {
        Some("builtin")
    } else {
        start::find(call.task, call.cx, name).is_ok().then_some("program")
    }
}

fn command(call: &mut Call) -> Outcome {
    let names = call.strings();
    if matches!(names.first().map(String::as_str), Some("-v" | "-V")) {
        let mut status = 0;
        for name in &names[1..] {
            match describe(call, name) {
                Some("program") if !name.contains('/') => call.out(&format!("/bin/{name}\n")),
                Some(_) => call.out(&format!("{name}\n")),
                None => status = if call.task.dialect == Dialect::Bash { 1 } else { 127 },
            }
        }
        return Outcome::Done(status);
    }
    let argv: Vec<_> = call.args.iter().skip_while(|arg| arg.as_slice() == b"-p").cloned().collect();
    if argv.is_empty() {
        return Outcome::Done(0);
    }
    let line = call.task.line;
    call.task.frames.push(Frame::Run { argv, line, functions: false });
    Outcome::Pushed
}

fn type_(call: &mut Call) -> Outcome {
    let mut status = 0;
    for name in call.strings() {
        if let Some(text) = call.task.aliases.get(name.as_bytes()).cloned() {
            call.out(&format!("{name} is aliased to `{}'\n", String::from_utf8_lossy(&text)));
            continue;
        }
        let text = match describe(call, &name) {
            Some("function") => format!("{name} is a function\n"),
            Some("builtin") => format!("{name} is a shell builtin\n"),
            Some(_) => format!("{name} is /bin/{name}\n"),
            None => {
                let prefix = messages::prefix(call.task, Some("type"));
                let bash = call.task.dialect == Dialect::Bash;
                if bash {
                    call.task.write(2, format!("{prefix}{name}: not found\n"));
                    status = 1;
                    continue;
                }
                status = 127;
                format!("{name}: not found\n")
            }
        };
        call.out(&text);
    }
    Outcome::Done(status)
}

fn umask(call: &mut Call) -> Outcome {
    match call.strings().first() {
        None => {
            let text = format!("{:04o}\n", call.task.umask);
            call.out(&text);
        }
        Some(mode) => call.task.umask = u16::from_str_radix(mode, 8).unwrap_or(0o022) & 0o777,
    }
    Outcome::Done(0)
}

fn let_(call: &mut Call) -> Outcome {
    let mut last = 0;
    for expression in call.args {
        match super::steps::expanded(call.task, call.cx, &Vec::new(), |expander| {
            expander.evaluate(expression)
        }) {
            Some(Ok(value)) => last = value,
            _ => return Outcome::Pushed,
        }
    }
    Outcome::Done(i32::from(last == 0))
}
