//! `alias`: words that stand for other text where a command begins, at a shell that a person types into.
//!
//! The parser stops at such a word; the text is put in its place, and the line is parsed again. Inside that text the same
//! word means itself, as in `alias ls='ls -l'`.

use super::applets::{Call, Outcome};
use super::lexer::{Fault, SyntaxError};
use super::messages;
use super::parser::{self, Line};
use super::task::{Script, Task, Text};
use crate::collections::Map;

/// A line with more of them is left as it is.
const MOST: usize = 100;
/// Neither does a line grow longer than this by them.
const MOST_BYTES: usize = 1 << 20;

/// The aliases, and where in the text some have been put in already.
#[derive(Debug, Default)]
pub(super) struct Aliases {
    known: Map<Text, Text>,
    done: Vec<(usize, usize, Text)>,
}

impl Aliases {
    /// Whether the word at a place is one.
    pub(super) fn stands(&self, at: usize, word: &[u8]) -> bool {
        self.known.contains_key(word)
            && !self.done.iter().any(|(from, to, name)| (*from..*to).contains(&at) && **name == *word)
    }
}

/// Parses the next command of a script, with the task's aliases in it.
pub(super) fn parse(task: &Task, script: &mut Script) -> Result<Option<Line>, SyntaxError> {
    if !task.interactive || task.aliases.is_empty() {
        return parser::parse_line(&script.text, script.at, script.line, task.dialect, None);
    }
    let mut aliases = Aliases { known: task.aliases.clone(), done: Vec::new() };
    loop {
        let parsed = parser::parse_line(&script.text, script.at, script.line, task.dialect, Some(&aliases));
        let Err(SyntaxError { fault: Fault::Alias { from, to }, .. }) = parsed else { return parsed };
        let name: Text = script.text[from..to].into();
        let value = aliases.known.get(&name).cloned().unwrap_or_default();
        if aliases.done.len() >= MOST || script.text.len() + value.len() > MOST_BYTES {
            return parser::parse_line(&script.text, script.at, script.line, task.dialect, None);
        }
        script.text = [&script.text[..from], &value, &script.text[to..]].concat().into();
        for (start, end, _) in &mut aliases.done {
            if (*start..*end).contains(&from) {
                *end = *end + value.len() - (to - from);
            }
        }
        aliases.done.push((from, from + value.len(), name));
    }
}

/// `alias [NAME[=TEXT] …]`
pub(super) fn alias(call: &mut Call) -> Outcome {
    let shown = |name: &[u8], text: &[u8]| {
        let text = String::from_utf8_lossy(text).replace('\'', "'\\''");
        format!("alias {}='{text}'\n", String::from_utf8_lossy(name))
    };
    let mut status = 0;
    let args: Vec<_> = call.args.iter().filter(|arg| *arg != b"-p").cloned().collect();
    if args.is_empty() {
        let all: String = call.task.aliases.iter().map(|(name, text)| shown(name, text)).collect();
        call.out(&all);
    }
    for arg in args {
        match arg.iter().position(|c| *c == b'=').filter(|at| *at > 0) {
            Some(at) => {
                call.task.aliases.insert(arg[..at].into(), arg[at + 1..].into());
            }
            None => match call.task.aliases.get(arg.as_slice()).cloned() {
                Some(text) => call.out(&shown(&arg, &text)),
                None => status = missing(call, &arg),
            },
        }
    }
    Outcome::Done(status)
}

/// `unalias [-a] NAME …`
pub(super) fn unalias(call: &mut Call) -> Outcome {
    let mut status = 0;
    for arg in call.args {
        if arg == b"-a" {
            call.task.aliases.clear();
        } else if call.task.aliases.remove(arg.as_slice()).is_none() {
            status = missing(call, arg);
        }
    }
    Outcome::Done(status)
}

fn missing(call: &mut Call, name: &[u8]) -> i32 {
    let prefix = messages::prefix(call.task, Some(call.name));
    call.task.write(2, format!("{prefix}{}: not found\n", String::from_utf8_lossy(name)));
    1
}
