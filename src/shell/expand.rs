//! Word expansion: parameters, command substitution, arithmetic, field splitting, path names, quote removal.
//!
//! Expansion never runs a command. When it meets a command substitution whose output is not there yet it stops with
//! [`Stop::Substitute`]; the interpreter runs the command, adds its output to the list, takes the variables back to
//! what they were, and expands the same word again from its beginning. So a half-expanded word needs no state of its own.

use crate::collections::sort_by;
use std::sync::Arc;

use super::arith;
use super::ast::{Action, List, Part, Word};
use super::paths::{View, join};
use super::pattern;
use super::task::{Task, Text};
use super::{Dialect, messages};

/// No expansion may grow beyond this.
pub(super) const MAX_EXPANSION: usize = 4 << 20;

/// Why an expansion did not come to its end.
#[derive(Debug)]
pub(super) enum Stop {
    /// It needs the output of this command.
    Substitute(Arc<List>),
    /// The shell ends with this message.
    Fatal(String),
    /// It grows beyond all bounds.
    Memory,
}

/// What an expansion reads and (`${x:=y}`, `$((x++))`) writes.
pub(super) struct Expander<'a> {
    pub(super) task: &'a mut Task,
    pub(super) view: View<'a>,
    pub(super) random: &'a mut u64,
    /// Outputs of the substitutions so far.
    pub(super) outputs: &'a [Text],
    /// How many of them have been used.
    pub(super) used: usize,
}

/// How a word is to come out.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    /// Split into fields.
    Fields,
    /// One string.
    Single,
}

/// Fields being put together. Text is kept as a pattern: quoted wildcards are escaped.
struct Builder {
    done: Vec<Vec<u8>>,
    current: Option<Vec<u8>>,
    form: Form,
    separators: Vec<u8>,
    after_blank: bool,
    bytes: usize,
}

impl Builder {
    fn count(&mut self, bytes: usize) -> Result<(), Stop> {
        self.bytes += bytes;
        if self.bytes > MAX_EXPANSION { Err(Stop::Memory) } else { Ok(()) }
    }

    fn quoted(&mut self, text: &[u8]) -> Result<(), Stop> {
        self.count(text.len())?;
        self.after_blank = false;
        pattern::escape(text, self.current.get_or_insert_default());
        Ok(())
    }

    /// Unquoted text of the script itself: never split.
    fn literal(&mut self, text: &[u8]) -> Result<(), Stop> {
        self.count(text.len())?;
        self.after_blank = false;
        self.current.get_or_insert_default().extend_from_slice(text);
        Ok(())
    }

    /// The result of an unquoted expansion: split, its wildcards active.
    fn split(&mut self, text: &[u8]) -> Result<(), Stop> {
        self.count(text.len())?;
        for c in text {
            let separator = self.form == Form::Fields && self.separators.contains(c);
            if !separator {
                let current = self.current.get_or_insert_default();
                if *c == b'\\' {
                    current.push(b'\\');
                }
                current.push(*c);
                self.after_blank = false;
            } else if matches!(c, b' ' | b'\t' | b'\n') {
                self.after_blank |= self.current.is_some();
                self.end_field()?;
            } else if self.after_blank {
                self.after_blank = false;
            } else {
                self.current.get_or_insert_default();
                self.end_field()?;
            }
        }
        Ok(())
    }

    fn end_field(&mut self) -> Result<(), Stop> {
        if let Some(field) = self.current.take() {
            self.count(32)?;
            self.done.push(field);
        }
        Ok(())
    }

    fn add(&mut self, text: &[u8], quoted: bool) -> Result<(), Stop> {
        if quoted { self.quoted(text) } else { self.split(text) }
    }
}

impl Expander<'_> {
    /// A word of a command → its arguments.
    pub(super) fn fields(&mut self, word: &Word) -> Result<Vec<Vec<u8>>, Stop> {
        if self.task.dialect == Dialect::Bash
            && let Some(words) = super::braces::expand(word)
        {
            let mut all = Vec::new();
            for word in &words {
                all.extend(self.fields_of(word)?);
            }
            return Ok(all);
        }
        self.fields_of(word)
    }

    fn fields_of(&mut self, word: &Word) -> Result<Vec<Vec<u8>>, Stop> {
        let mut builder = self.builder(Form::Fields);
        self.word(word, &mut builder)?;
        builder.end_field()?;
        let mut out = Vec::with_capacity(builder.done.len());
        for field in builder.done {
            if self.task.options.noglob || !pattern::is_active(&field) {
                out.push(pattern::unescape(&field));
                continue;
            }
            let found = self.glob(&field);
            if found.is_empty() {
                out.push(pattern::unescape(&field));
            } else {
                out.extend(found.into_iter().map(String::into_bytes));
            }
        }
        Ok(out)
    }

    /// A word where no splitting happens: an assignment, a redirection's target, a here-document.
    pub(super) fn single(&mut self, word: &Word) -> Result<Vec<u8>, Stop> {
        Ok(pattern::unescape(&self.pattern(word)?))
    }

    /// A word as a pattern: what is quoted stands for itself.
    pub(super) fn pattern(&mut self, word: &Word) -> Result<Vec<u8>, Stop> {
        let mut builder = self.builder(Form::Single);
        self.word(word, &mut builder)?;
        Ok(builder.current.unwrap_or_default())
    }

    fn builder(&self, form: Form) -> Builder {
        let separators = self.task.variable(b"IFS").map_or(b" \t\n".to_vec(), |ifs| ifs.to_vec());
        Builder { done: Vec::new(), current: None, form, separators, after_blank: false, bytes: 0 }
    }

    fn word(&mut self, word: &Word, out: &mut Builder) -> Result<(), Stop> {
        for (index, part) in word.0.iter().enumerate() {
            match part {
                Part::Text(text) if index == 0 && text.starts_with(b"~") => {
                    let rest = &text[1..];
                    let alone = word.0.len() == 1 && rest.is_empty();
                    if alone || rest.starts_with(b"/") {
                        let home = self.task.variable(b"HOME").cloned();
                        out.quoted(home.as_deref().unwrap_or(b"/root"))?;
                        out.literal(rest)?;
                    } else {
                        out.literal(text)?;
                    }
                }
                Part::Text(text) => out.literal(text)?,
                Part::Quoted(text) => out.quoted(text)?,
                Part::Parameter { name, action, quoted } => self.parameter(name, action, *quoted, out)?,
                Part::Command { body, quoted } => {
                    let Some(output) = self.outputs.get(self.used) else {
                        return Err(Stop::Substitute(body.clone()));
                    };
                    self.used += 1;
                    let end = output.iter().rposition(|c| *c != b'\n').map_or(0, |at| at + 1);
                    out.add(&output[..end], *quoted)?;
                }
                Part::Arithmetic { expression, quoted } => {
                    let value = self.arithmetic(expression)?;
                    out.add(value.to_string().as_bytes(), *quoted)?;
                }
            }
        }
        Ok(())
    }

    fn arithmetic(&mut self, expression: &Word) -> Result<i64, Stop> {
        let text = self.single(expression)?;
        self.evaluate(&text)
    }

    /// The value of an arithmetic expression.
    pub(super) fn evaluate(&mut self, text: &[u8]) -> Result<i64, Stop> {
        let dialect = self.task.dialect;
        arith::evaluate(text, self).map_err(|error| Stop::Fatal(messages::arithmetic(dialect, text, &error)))
    }

    /// The value of a parameter, `None` if it is not set. `$@` and `$*` are joined here.
    pub(super) fn value(&mut self, name: &[u8]) -> Option<Vec<u8>> {
        let task = &mut *self.task;
        Some(match name {
            b"?" => task.status.to_string().into_bytes(),
            b"$" => task.shell_pid.to_string().into_bytes(),
            b"#" => task.parameters.len().to_string().into_bytes(),
            b"!" => task.last_background?.to_string().into_bytes(),
            b"-" => {
                let options = task.options;
                let letters = [
                    (options.errexit, 'e'),
                    (options.noglob, 'f'),
                    (options.nounset, 'u'),
                    (options.xtrace, 'x'),
                ];
                letters.iter().filter(|(on, _)| *on).map(|(_, letter)| *letter as u8).collect()
            }
            b"@" | b"*" => {
                if task.parameters.is_empty() {
                    return None;
                }
                let separator = match task.variable(b"IFS") {
                    Some(ifs) if name == b"*" => ifs.first().map_or(Vec::new(), |c| vec![*c]),
                    _ => vec![b' '],
                };
                task.parameters.join(&separator[..])
            }
            b"0" => task.name.to_vec(),
            _ if name[0].is_ascii_digit() => {
                let index: usize = std::str::from_utf8(name).ok()?.parse().ok()?;
                task.parameters.get(index - 1)?.clone()
            }
            _ => match task.variable(name) {
                Some(value) => value.to_vec(),
                None => match name {
                    b"RANDOM" if task.dialect != Dialect::Dash => {
                        (super::kernel::random(self.random) >> 49).to_string().into_bytes()
                    }
                    b"LINENO" => task.line.to_string().into_bytes(),
                    b"EPOCHSECONDS" if task.dialect != Dialect::Dash => {
                        (self.view.now / 1_000_000_000).to_string().into_bytes()
                    }
                    _ => return None,
                },
            },
        })
    }

    fn parameter(
        &mut self,
        name: &[u8],
        action: &Action,
        quoted: bool,
        out: &mut Builder,
    ) -> Result<(), Stop> {
        if matches!(action, Action::Value)
            && (name == b"@" || name == b"*" && !quoted)
            && out.form == Form::Fields
        {
            let parameters = self.task.parameters.clone();
            for (index, parameter) in parameters.iter().enumerate() {
                if index > 0 {
                    out.end_field()?;
                }
                out.add(parameter, quoted)?;
            }
            return Ok(());
        }
        let value = self.value(name);
        let present = |colon: bool| value.as_ref().is_some_and(|value| !colon || !value.is_empty());
        let needed = match action {
            Action::Default(..) | Action::Assign(..) | Action::Alternative(..) | Action::Require(..) => false,
            _ => value.is_none() && self.task.options.nounset && name != b"@" && name != b"*",
        };
        if needed {
            return Err(Stop::Fatal(messages::unset(self.task.dialect, name)));
        }
        match action {
            Action::Value => match value {
                Some(value) => out.add(&value, quoted),
                None if quoted => out.quoted(b""),
                None => Ok(()),
            },
            Action::Length if name == b"@" || name == b"*" => {
                out.add(self.task.parameters.len().to_string().as_bytes(), quoted)
            }
            Action::Length => out.add(value.map_or(0, |value| value.len()).to_string().as_bytes(), quoted),
            Action::Default(colon, _) | Action::Assign(colon, _) if present(*colon) => {
                out.add(&value.unwrap_or_default(), quoted)
            }
            Action::Default(_, word) => self.alternative(word, quoted, out),
            Action::Assign(_, word) => {
                let text = self.single(word)?;
                if !super::parser::is_name(name) {
                    return Err(Stop::Fatal(String::from("syntax error: bad substitution")));
                }
                if self.task.set(name, text.as_slice()).is_err() {
                    return Err(Stop::Fatal(messages::read_only(self.task.dialect, name)));
                }
                out.add(&text, quoted)
            }
            Action::Alternative(colon, word) if present(*colon) => self.alternative(word, quoted, out),
            Action::Alternative(..) if quoted => out.quoted(b""),
            Action::Alternative(..) => Ok(()),
            Action::Require(colon, _) if present(*colon) => out.add(&value.unwrap_or_default(), quoted),
            Action::Require(colon, word) => {
                let name = String::from_utf8_lossy(name).into_owned();
                let text = self.single(word)?;
                Err(Stop::Fatal(match (text.is_empty(), self.task.dialect, colon) {
                    (false, _, _) => format!("{name}: {}", String::from_utf8_lossy(&text)),
                    (true, Dialect::Bash, true) => format!("{name}: parameter null or not set"),
                    (true, Dialect::Bash, false) => format!("{name}: parameter not set"),
                    (true, _, true) => format!("{name}: parameter not set or null"),
                    (true, _, false) => format!("{name}: parameter not set"),
                }))
            }
            Action::TrimStart(longest, word) => {
                let pattern = self.pattern(word)?;
                let value = value.unwrap_or_default();
                let mut cuts: Box<dyn Iterator<Item = usize>> =
                    if *longest { Box::new((0..=value.len()).rev()) } else { Box::new(0..=value.len()) };
                let cut = cuts.find(|cut| pattern::matches(&pattern, &value[..*cut])).unwrap_or(0);
                out.add(&value[cut..], quoted)
            }
            Action::TrimEnd(longest, word) => {
                let pattern = self.pattern(word)?;
                let value = value.unwrap_or_default();
                let mut cuts: Box<dyn Iterator<Item = usize>> =
                    if *longest { Box::new(0..=value.len()) } else { Box::new((0..=value.len()).rev()) };
                let cut = cuts.find(|cut| pattern::matches(&pattern, &value[*cut..])).unwrap_or(value.len());
                out.add(&value[..cut], quoted)
            }
            Action::Slice(offset, length) => {
                let value = value.unwrap_or_default();
                let size = value.len() as i64;
                let offset = self.arithmetic(offset)?;
                let start = if offset < 0 { size.saturating_add(offset) } else { offset }.clamp(0, size);
                let end = match length {
                    None => size,
                    Some(length) => match self.arithmetic(length)? {
                        length if length < 0 => size.saturating_add(length),
                        length => start.saturating_add(length),
                    },
                };
                out.add(&value[start as usize..end.clamp(start, size) as usize], quoted)
            }
            Action::Replace(all, pattern, with) => {
                let pattern = self.pattern(pattern)?;
                let with = self.single(with)?;
                let value = value.unwrap_or_default();
                out.add(&replace(&value, &pattern, &with, *all)?, quoted)
            }
        }
    }

    /// The word of `${x:-word}`: keeps its own quoting.
    fn alternative(&mut self, word: &Word, quoted: bool, out: &mut Builder) -> Result<(), Stop> {
        if quoted && word.0.is_empty() {
            return out.quoted(b"");
        }
        for part in &word.0 {
            match part {
                // Unquoted, it is split as the value would have been.
                Part::Text(text) if !quoted => out.split(text)?,
                _ => self.word(&Word(vec![part.clone()]), out)?,
            }
        }
        Ok(())
    }

    /// The files a pattern stands for, in order.
    fn glob(&mut self, pattern: &[u8]) -> Vec<String> {
        let absolute = pattern.first() == Some(&b'/');
        let mut found = vec![String::from(if absolute { "/" } else { "" })];
        let parts: Vec<&[u8]> = pattern.split(|c| *c == b'/').filter(|part| !part.is_empty()).collect();
        for (index, part) in parts.iter().enumerate() {
            let mut next = Vec::new();
            for dir in &found {
                let path_of = |name: &str| if dir.is_empty() { name.to_string() } else { join(dir, name) };
                if !pattern::is_active(part) {
                    let path = path_of(&String::from_utf8_lossy(&pattern::unescape(part)));
                    if self.view.stat(&self.task.cwd, &path, false).is_ok() {
                        next.push(path);
                    }
                    continue;
                }
                let names = self.view.list(&self.task.cwd, if dir.is_empty() { "." } else { dir });
                for (name, _) in names.unwrap_or_default() {
                    let hidden = name.starts_with('.') && part.first() != Some(&b'.');
                    if hidden || !pattern::matches(part, name.as_bytes()) {
                        continue;
                    }
                    let path = path_of(&name);
                    if index + 1 == parts.len() || self.view.is_directory(&self.task.cwd, &path) {
                        next.push(path);
                    }
                }
            }
            found = next;
        }
        sort_by(&mut found, Ord::cmp);
        found
    }
}

/// `${value/pattern/with}`
fn replace(value: &[u8], pattern: &[u8], with: &[u8], all: bool) -> Result<Vec<u8>, Stop> {
    let mut out = Vec::new();
    let mut at = 0;
    while at < value.len() {
        let end = (at + 1..=value.len()).rev().find(|end| pattern::matches(pattern, &value[at..*end]));
        match end {
            Some(end) if !pattern.is_empty() => {
                out.extend_from_slice(with);
                at = end;
                if !all {
                    break;
                }
            }
            _ => {
                out.push(value[at]);
                at += 1;
            }
        }
        if out.len() > MAX_EXPANSION {
            return Err(Stop::Memory);
        }
    }
    out.extend_from_slice(&value[at..]);
    Ok(out)
}

impl arith::Variables for Expander<'_> {
    fn get(&mut self, name: &[u8]) -> Option<Vec<u8>> {
        self.value(name)
    }

    fn set(&mut self, name: &[u8], value: i64) -> bool {
        self.task.set(name, value.to_string().as_bytes()).is_ok()
    }
}
