//! Builtins for variables, positional parameters and options.

use std::sync::Arc;

use super::applets::{Call, Outcome};
use super::builtins::{complain, complain_and_exit, number};
use super::task::{Frame, Task, Text, Variable};
use super::{Dialect, messages};

pub(super) fn declare(call: &mut Call, export: bool, read_only: bool) -> Outcome {
    let args = call.args.to_vec();
    let names: Vec<_> = args.iter().filter(|arg| !arg.starts_with(b"-")).collect();
    if names.is_empty() {
        let chosen = |v: &&Variable| if export { v.exported } else { v.read_only };
        let mut text = String::new();
        for (name, variable) in call.task.variables.iter().filter(|(_, v)| chosen(v)) {
            let name = String::from_utf8_lossy(name);
            let value = variable.value.as_ref().map(|value| String::from_utf8_lossy(value).into_owned());
            let value = value.map(|value| format!("='{}'", value.replace('\'', "'\\''"))).unwrap_or_default();
            text += &format!("{} {name}{value}\n", call.name);
        }
        call.out(&text);
        return Outcome::Done(0);
    }
    for arg in names {
        let (name, value) = split(arg);
        if !super::parser::is_name(name) {
            let name = String::from_utf8_lossy(arg).into_owned();
            return match call.task.dialect {
                Dialect::Bash => complain(call, &format!("`{name}': not a valid identifier")),
                _ => complain_and_exit(call, &format!("{name}: bad variable name")),
            };
        }
        if let Some(value) = value
            && call.task.set(name, value).is_err()
        {
            let message = messages::read_only(call.task.dialect, name);
            return complain_and_exit(call, &message);
        }
        if !call.task.variables.contains_key(name) {
            call.task.variable_bytes += name.len() + 64;
        }
        let variable = call.task.variables.slot(name.into());
        variable.exported |= export;
        variable.read_only |= read_only;
    }
    Outcome::Done(0)
}

fn split(arg: &[u8]) -> (&[u8], Option<&[u8]>) {
    match arg.iter().position(|c| *c == b'=') {
        Some(at) => (&arg[..at], Some(&arg[at + 1..])),
        None => (arg, None),
    }
}

pub(super) fn local(call: &mut Call) -> Outcome {
    let args = call.args.to_vec();
    let Some(frame) = call.task.frames.iter().rposition(|frame| matches!(frame, Frame::Call { .. })) else {
        if call.name != "local" {
            return declare(call, false, false);
        }
        let message = match call.task.dialect {
            Dialect::Bash => "can only be used in a function",
            _ => "not in a function",
        };
        return complain_and_exit(call, message);
    };
    for arg in args.iter().filter(|arg| !arg.starts_with(b"-")) {
        let (name, value) = split(arg);
        let name: Text = name.into();
        let old = call.task.variables.get(&name).cloned();
        let attributes = old.as_ref().map_or((false, false), |old| (old.exported, old.read_only));
        if let Frame::Call { locals, .. } = &mut call.task.frames[frame]
            && !locals.iter().any(|(local, _)| *local == name)
        {
            locals.push((name.clone(), old));
        }
        let value = value.map(Text::from);
        call.task.variable_bytes += value.as_ref().map_or(0, |value| value.len());
        call.task.variables.insert(name, Variable { value, exported: attributes.0, read_only: attributes.1 });
    }
    Outcome::Done(0)
}

pub(super) fn unset(call: &mut Call) -> Outcome {
    let mut functions = false;
    for arg in call.args {
        match arg.as_slice() {
            b"-f" => functions = true,
            b"-v" => functions = false,
            name if functions => {
                call.task.functions.remove(name);
            }
            name if call.task.variables.get(name).is_some_and(|variable| variable.read_only) => {
                let message = messages::read_only(call.task.dialect, name);
                return complain_and_exit(call, &message);
            }
            name => {
                if let Some(old) = call.task.variables.remove(name) {
                    let bytes = name.len() + 64 + old.value.map_or(0, |value| value.len());
                    call.task.variable_bytes = call.task.variable_bytes.saturating_sub(bytes);
                }
            }
        }
    }
    Outcome::Done(0)
}

/// Options by letters: `-ex`, `+e`.
pub(super) fn set_letters(task: &mut Task, flags: &str) {
    let on = flags.starts_with('-');
    for letter in flags[1..].chars() {
        let options = &mut task.options;
        match letter {
            'e' => options.errexit = on,
            'x' => options.xtrace = on,
            'u' => options.nounset = on,
            'f' => options.noglob = on,
            'v' => options.verbose = on,
            'n' => options.noexec = on,
            'a' => options.allexport = on,
            _ => {}
        }
    }
}

/// An option by name; false if there is none.
pub(super) fn set_option(task: &mut Task, name: &str, on: bool) -> bool {
    let options = &mut task.options;
    match name {
        "errexit" => options.errexit = on,
        "xtrace" => options.xtrace = on,
        "nounset" => options.nounset = on,
        "noglob" => options.noglob = on,
        "verbose" => options.verbose = on,
        "allexport" => options.allexport = on,
        "pipefail" if task.dialect != Dialect::Dash => options.pipefail = on,
        _ => return false,
    }
    true
}

pub(super) fn set(call: &mut Call) -> Outcome {
    let mut args = call.args;
    if args.is_empty() {
        let mut text = String::new();
        for (name, variable) in call.task.variables.iter() {
            if let Some(value) = &variable.value {
                let value = String::from_utf8_lossy(value).replace('\'', "'\\''");
                text += &format!("{}='{value}'\n", String::from_utf8_lossy(name));
            }
        }
        call.out(&text);
        return Outcome::Done(0);
    }
    while let Some(arg) = args.first() {
        let text = String::from_utf8_lossy(arg).into_owned();
        if text == "--" || text == "-" {
            args = &args[1..];
            call.task.parameters = Arc::new(args.to_vec());
            return Outcome::Done(0);
        }
        if !text.starts_with(['-', '+']) || text.len() < 2 {
            break;
        }
        args = &args[1..];
        set_letters(call.task, &text);
        if text.ends_with('o')
            && let Some(option) = args.first()
        {
            let option = String::from_utf8_lossy(option).into_owned();
            args = &args[1..];
            if !set_option(call.task, &option, text.starts_with('-')) {
                let message = match call.task.dialect {
                    Dialect::Bash => format!("{option}: invalid option name"),
                    Dialect::Ash => format!("illegal option -o {option}"),
                    Dialect::Dash => format!("Illegal option -o {option}"),
                };
                return complain_and_exit(call, &message);
            }
        }
    }
    if !args.is_empty() {
        call.task.parameters = Arc::new(args.to_vec());
    }
    Outcome::Done(0)
}

pub(super) fn shift(call: &mut Call) -> Outcome {
    let by = match number(call, 0) {
        None => 1,
        Some(Ok(by)) => by as usize,
        Some(Err(text)) => return complain_and_exit(call, &format!("Illegal number: {text}")),
    };
    if by > call.task.parameters.len() {
        if call.task.dialect == Dialect::Dash {
            return complain_and_exit(call, "can't shift that many");
        }
        return Outcome::Done(1);
    }
    Arc::make_mut(&mut call.task.parameters).drain(..by);
    Outcome::Done(0)
}
