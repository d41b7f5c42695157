//! The few commands of the terminal that are not kubectl: looking at the files beside it, and waiting.

use super::terminal::Files;
use crate::sim::Time;
use std::time::Duration;

/// What a built-in command does.
#[derive(Debug, PartialEq)]
pub(super) enum Builtin {
    /// It is done.
    Done {
        /// What it printed.
        stdout: String,
        /// What went wrong.
        stderr: String,
        /// Its exit code.
        exit: i32,
    },
    /// It waits for the clock.
    Sleep(Time),
}

const HELP: &str = "kubectl COMMAND   talk to the cluster (kubectl help)\n\
                    ls                the files in the editor\n\
                    cat FILE …        show files\n\
                    sleep SECONDS     let virtual time pass\n\
                    clear             empty the terminal\n";

/// Runs a line, where its first word is a built-in command.
pub(super) fn run(line: &str, files: &Files, now: Time) -> Option<Builtin> {
    let mut words = line.split_whitespace();
    let command = words.next().unwrap_or("");
    let words: Vec<&str> = words.collect();
    let plain = !line.contains(['|', '<', '>', ';', '&', '\'', '"', '$']);
    if !plain {
        return None;
    }
    match (command, words.as_slice()) {
        ("" | "clear", _) => Some(done(String::new())),
        ("help", []) => Some(done(HELP.into())),
        ("ls", []) => Some(done(files.keys().map(|name| format!("{name}\n")).collect())),
        ("cat", names) if !names.is_empty() => Some(cat(names, files)),
        ("sleep", [amount]) => Some(sleep(amount, now)),
        _ => None,
    }
}

fn done(stdout: String) -> Builtin {
    Builtin::Done { stdout, stderr: String::new(), exit: 0 }
}

fn cat(names: &[&str], files: &Files) -> Builtin {
    let (mut stdout, mut stderr) = (String::new(), String::new());
    for name in names {
        match files.get(*name) {
            Some(text) => stdout.push_str(text),
            None => stderr.push_str(&format!("cat: {name}: No such file or directory\n")),
        }
    }
    let exit = i32::from(!stderr.is_empty());
    Builtin::Done { stdout, stderr, exit }
}

fn sleep(amount: &str, now: Time) -> Builtin {
    let (number, unit) = match amount.as_bytes().last() {
        Some(b's') => (&amount[..amount.len() - 1], 1.0),
        Some(b'm') => (&amount[..amount.len() - 1], 60.0),
        Some(b'h') => (&amount[..amount.len() - 1], 3600.0),
        Some(b'd') => (&amount[..amount.len() - 1], 86_400.0),
        _ => (amount, 1.0),
    };
    let seconds = number.parse::<f64>().ok().map(|n| n * unit);
    match seconds.and_then(|s| Duration::try_from_secs_f64(s).ok()) {
        Some(time) => Builtin::Sleep(now + time),
        None => {
            let stderr = format!("sleep: invalid time interval '{amount}'\n");
            Builtin::Done { stdout: String::new(), stderr, exit: 1 }
        }
    }
}
