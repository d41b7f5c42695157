//! Completion at the prompt: which command of a line is meant, its programs and files; `kubectl`'s own words are its own.

use super::machine::Machine;
use super::programs::ask_raw;
use crate::client::AsUser;
use crate::cluster::World;
use crate::collections::sort_by;
use crate::kubectl::{self, Discovery, Env};

/// Commands that learners use; the machine has more.
const COMMANDS: [&str; 36] = [
    "kubectl", "alias", "base64", "cat", "cd", "clear", "cp", "cut", "date", "echo", "export", "find", "for",
    "grep", "head", "help", "if", "ls", "mkdir", "mv", "printf", "pwd", "rm", "sed", "seq", "sleep", "sort",
    "tail", "tee", "time", "touch", "tr", "watch", "wc", "while", "xargs",
];
/// Words behind which a command begins.
const BEFORE: [&str; 15] = [
    "!", "{", "if", "then", "elif", "else", "while", "until", "do", "time", "watch", "xargs", "sudo", "exec",
    "env",
];

/// What may stand at the cursor: from which byte on it would replace the line, and the candidates.
pub(super) fn complete(machine: &Machine, line: &str, cursor: usize, world: &World) -> (usize, Vec<String>) {
    let mut cursor = cursor.min(line.len());
    while !line.is_char_boundary(cursor) {
        cursor -= 1;
    }
    let place = Place::find(&line[..cursor]);
    let part = &line[place.from..cursor];
    let named = machine.process().named();
    let first = place.words.first().map_or("", String::as_str);
    let alias = named.iter().find(|(name, _)| name == first).and_then(|(_, text)| text.as_deref());
    // A name that stands for a command is completed as that is.
    let words: Vec<&str> = match alias {
        Some(text) => text.split_whitespace().chain(place.words[1..].iter().map(String::as_str)).collect(),
        None => place.words.iter().map(String::as_str).collect(),
    };
    let files = || files(machine, part);
    let mut candidates = match words.as_slice() {
        _ if place.redirected => files(),
        [] if part.contains('/') => files(),
        [] => {
            let own = named.iter().map(|(name, _)| name.clone());
            COMMANDS.iter().map(|c| (*c).to_string()).chain(own).collect()
        }
        ["kubectl", ..] => {
            let look = machine.look();
            let ask = |api: &mut dyn crate::client::Api| {
                let discovery = &mut Discovery::default();
                let api = &mut AsUser { api, user: machine.user.clone() };
                kubectl::complete(&words, part, &mut Env { api, files: &look, discovery, raw: ask_raw })
            };
            world.clone().user(ask).0.unwrap_or_else(files)
        }
        _ => files(),
    };
    candidates.retain(|candidate| candidate.starts_with(part) && candidate != part);
    sort_by(&mut candidates, Ord::cmp);
    candidates.dedup();
    (place.from, candidates)
}

/// The names in the folder that is typed so far.
fn files(machine: &Machine, part: &str) -> Vec<String> {
    let folder = part.rfind('/').map_or("", |at| &part[..=at]);
    let hidden = part[folder.len()..].starts_with('.');
    let names = machine.look().names(if folder.is_empty() { "." } else { folder });
    names
        .into_iter()
        .filter(|name| hidden || !name.starts_with('.'))
        .map(|name| format!("{folder}{name}"))
        .collect()
}

/// Where a text ends: the words of its last command, and the beginning of what is being typed.
#[derive(Debug, Default)]
struct Place {
    words: Vec<String>,
    from: usize,
    /// It is what a redirection names.
    redirected: bool,
}

impl Place {
    fn find(text: &str) -> Place {
        let mut place = Place::default();
        let mut stack: Vec<Vec<String>> = Vec::new();
        let mut word = String::new();
        let mut quote = None;
        let mut chars = text.char_indices().peekable();
        while let Some((at, c)) = chars.next() {
            let next = at + c.len_utf8();
            match (quote, c) {
                (Some(open), c) if c == open => quote = None,
                (Some('"') | None, '$') if chars.peek().is_some_and(|(_, c)| *c == '(') => {
                    chars.next();
                    stack.push(std::mem::take(&mut place.words));
                    (word, quote) = (String::new(), None);
                    (place.from, place.redirected) = (next + 1, false);
                }
                (Some(_), c) => word.push(c),
                (None, '\'' | '"') => quote = Some(c),
                (None, ' ' | '\t') => {
                    place.end(&mut word);
                    place.from = next;
                }
                (None, ',') => {
                    word.push(c);
                    place.from = next;
                }
                (None, ')') => {
                    place.words = stack.pop().unwrap_or_default();
                    (word, place.redirected) = (String::from(c), false);
                }
                (None, '|' | '&' | ';' | '\n' | '(' | '`') => {
                    place = Place { from: next, ..Place::default() };
                    word.clear();
                }
                (None, '<' | '>') => {
                    word.clear();
                    (place.from, place.redirected) = (next, true);
                }
                (None, c) => word.push(c),
            }
        }
        place
    }

    fn end(&mut self, word: &mut String) {
        let word = std::mem::take(word);
        if word.is_empty() {
            return;
        }
        if std::mem::take(&mut self.redirected) {
            return;
        }
        let assigns = word
            .split_once('=')
            .is_some_and(|(name, _)| name.chars().all(|c| c.is_alphanumeric() || c == '_'));
        if self.words.is_empty() && (BEFORE.contains(&word.as_str()) || assigns) {
            return;
        }
        self.words.push(word);
    }
}
