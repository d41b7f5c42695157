//! `sed`: the commands `s y p d q = i a c` with line, `$`, `/regex/` and range addresses.

use std::sync::Arc;

use super::filter::{Complaint, Reader, put, start};
use super::lines::{copy, options};
use super::regex::Regex;
use super::{Call, Outcome};

#[derive(Debug, Clone)]
enum Address {
    Line(usize),
    Last,
    Match(Regex),
}

#[derive(Debug, Clone)]
enum Action {
    Substitute {
        regex: Regex,
        with: Vec<u8>,
        global: bool,
        print: bool,
        nth: usize,
    },
    Print,
    Delete,
    /// `i`, `a` and `c`: a line before, after or in the place of this one.
    Text(u8, Vec<u8>),
    /// `y`: each byte of the first in the place of the one of the second.
    Exchange(Vec<u8>, Vec<u8>),
    Quit,
    Number,
}

#[derive(Debug, Clone)]
struct Command {
    from: Option<Address>,
    to: Option<Address>,
    negated: bool,
    action: Action,
}

#[derive(Debug, Clone)]
struct Sed {
    commands: Arc<Vec<Command>>,
    /// Ranges that are open.
    open: Vec<bool>,
    quiet: bool,
    number: usize,
    /// A line is held back, because it may be the last.
    held: Option<(Vec<u8>, bool)>,
}

impl Sed {
    fn matches(&self, address: &Address, line: &[u8], last: bool) -> bool {
        match address {
            Address::Line(number) => *number == self.number,
            Address::Last => last,
            Address::Match(regex) => regex.find(line, 0).is_some(),
        }
    }

    fn run(&mut self, line: Vec<u8>, ended: bool, last: bool, out: &mut Vec<u8>) -> bool {
        self.number += 1;
        let mut line = line;
        let mut on = true;
        let mut after = Vec::new();
        for (index, command) in self.commands.clone().iter().enumerate() {
            let hit = match (&command.from, &command.to) {
                (None, _) => true,
                (Some(from), None) => self.matches(from, &line, last),
                (Some(from), Some(to)) => {
                    if self.open[index] {
                        let done = match to {
                            Address::Line(number) => self.number >= *number,
                            other => self.matches(other, &line, last),
                        };
                        self.open[index] = !done;
                        true
                    } else {
                        let hit = self.matches(from, &line, last);
                        self.open[index] =
                            hit && !matches!(to, Address::Line(number) if *number <= self.number);
                        hit
                    }
                }
            };
            if hit == command.negated {
                continue;
            }
            match &command.action {
                Action::Print => put(&line, true, out),
                Action::Number => put(self.number.to_string().as_bytes(), true, out),
                Action::Delete => {
                    out.extend_from_slice(&after);
                    return true;
                }
                Action::Text(b'i', text) => put(text, true, out),
                Action::Text(b'a', text) => put(text, true, &mut after),
                Action::Text(_, text) => {
                    // A range is changed into one text, at its end.
                    if command.to.is_none() || command.negated || !self.open[index] {
                        put(text, true, out);
                    }
                    return true;
                }
                Action::Exchange(from, to) => {
                    for byte in &mut line {
                        if let Some(at) = from.iter().position(|own| own == byte) {
                            *byte = to.get(at).copied().unwrap_or(*byte);
                        }
                    }
                }
                Action::Quit => {
                    on = false;
                    break;
                }
                Action::Substitute { regex, with, global, print, nth } => {
                    let (text, changed) = substitute(&line, regex, with, *global, *nth);
                    line = text;
                    if changed && *print {
                        put(&line, true, out);
                    }
                }
            }
        }
        if !self.quiet {
            put(&line, ended || !after.is_empty(), out);
        }
        out.extend_from_slice(&after);
        on
    }
}

fn substitute(line: &[u8], regex: &Regex, with: &[u8], global: bool, nth: usize) -> (Vec<u8>, bool) {
    let (mut out, mut at, mut changed, mut count) = (Vec::new(), 0, false, 0);
    while at <= line.len() && out.len() < 1 << 20 {
        let Some(found) = regex.find(line, at) else { break };
        count += 1;
        out.extend_from_slice(&line[at..found.start]);
        if count >= nth {
            changed = true;
            let mut bytes = with.iter();
            while let Some(c) = bytes.next() {
                let group = match c {
                    b'&' => Some(0),
                    b'\\' => match bytes.next() {
                        Some(digit @ b'0'..=b'9') => Some(usize::from(digit - b'0')),
                        Some(b'n') => {
                            out.push(b'\n');
                            None
                        }
                        Some(other) => {
                            out.push(*other);
                            None
                        }
                        None => None,
                    },
                    other => {
                        out.push(*other);
                        None
                    }
                };
                if let Some(Some((start, end))) = group.and_then(|group| found.groups.get(group)) {
                    out.extend_from_slice(&line[*start..*end]);
                }
            }
        } else {
            out.extend_from_slice(&line[found.start..found.end]);
        }
        at = found.end;
        if found.end == found.start {
            out.extend(line.get(at));
            at += 1;
        }
        if changed && !global {
            break;
        }
    }
    out.extend_from_slice(line.get(at..).unwrap_or_default());
    (out, changed)
}

impl Reader for Sed {
    fn line(&mut self, line: &[u8], ended: bool, out: &mut Vec<u8>) -> bool {
        match self.held.replace((line.to_vec(), ended)) {
            Some((line, ended)) => {
                let on = self.run(line, ended, false, out);
                if !on {
                    self.held = None;
                }
                on
            }
            None => true,
        }
    }

    fn end(&mut self, out: &mut Vec<u8>) -> i32 {
        if let Some((line, ended)) = self.held.take() {
            self.run(line, ended, true, out);
        }
        0
    }

    copy!();
}

struct Parser<'a> {
    text: &'a [u8],
    at: usize,
    extended: bool,
}

impl Parser<'_> {
    fn peek(&self) -> u8 {
        self.text.get(self.at).copied().unwrap_or(0)
    }

    /// Text up to the delimiter.
    fn until(&mut self, delimiter: u8) -> Option<Vec<u8>> {
        let mut out = Vec::new();
        loop {
            let c = *self.text.get(self.at)?;
            self.at += 1;
            match c {
                _ if c == delimiter => return Some(out),
                b'\\' if self.peek() == delimiter && delimiter != b'&' => {
                    out.push(delimiter);
                    self.at += 1;
                }
                b'\\' => {
                    out.push(c);
                    out.extend(self.text.get(self.at));
                    self.at += 1;
                }
                _ => out.push(c),
            }
        }
    }

    fn address(&mut self) -> Result<Option<Address>, &'static str> {
        let c = self.peek();
        if c == b'$' {
            self.at += 1;
            return Ok(Some(Address::Last));
        }
        if c == b'/' {
            self.at += 1;
            let text = self.until(b'/').ok_or("unterminated address regex")?;
            return Ok(Some(Address::Match(Regex::new(&text, self.extended, false)?)));
        }
        let mut number = None;
        while self.peek().is_ascii_digit() {
            number = Some((number.unwrap_or(0usize) * 10 + usize::from(self.peek() - b'0')).min(1 << 30));
            self.at += 1;
        }
        Ok(number.map(Address::Line))
    }

    fn commands(&mut self) -> Result<Vec<Command>, &'static str> {
        let mut out = Vec::new();
        loop {
            while matches!(self.peek(), b' ' | b'\t' | b'\n' | b';') {
                self.at += 1;
            }
            if self.at >= self.text.len() {
                return Ok(out);
            }
            let from = self.address()?;
            let mut to = None;
            if self.peek() == b',' {
                self.at += 1;
                to = self.address()?;
            }
            let negated = self.peek() == b'!';
            self.at += usize::from(negated);
            let command = self.peek();
            self.at += 1;
            let action = match command {
                b'p' => Action::Print,
                b'd' => Action::Delete,
                b'q' => Action::Quit,
                b'=' => Action::Number,
                letter @ (b'i' | b'a' | b'c') => {
                    while matches!(self.peek(), b' ' | b'\t') {
                        self.at += 1;
                    }
                    if self.peek() == b'\\' {
                        self.at += 1;
                        while matches!(self.peek(), b' ' | b'\t' | b'\n') {
                            self.at += 1;
                        }
                    }
                    let rest = &self.text[self.at.min(self.text.len())..];
                    let text = rest.split(|c| *c == b'\n').next().unwrap_or_default().to_vec();
                    if text.is_empty() {
                        return Err("expected \\ after `a', `c' or `i'");
                    }
                    self.at += text.len();
                    Action::Text(letter, text)
                }
                b'y' => {
                    let delimiter = self.peek();
                    self.at += 1;
                    let from = self.until(delimiter).ok_or("unterminated `y' command")?;
                    let to = self.until(delimiter).ok_or("unterminated `y' command")?;
                    if from.len() != to.len() {
                        return Err("strings for `y' command are different lengths");
                    }
                    Action::Exchange(from, to)
                }
                b's' => {
                    let delimiter = self.peek();
                    self.at += 1;
                    let pattern = self.until(delimiter).ok_or("unterminated `s' command")?;
                    let with = self.until(delimiter).ok_or("unterminated `s' command")?;
                    let (mut global, mut print, mut fold, mut nth) = (false, false, false, 1);
                    loop {
                        match self.peek() {
                            b'g' => global = true,
                            b'p' => print = true,
                            b'i' | b'I' => fold = true,
                            digit @ b'1'..=b'9' => nth = usize::from(digit - b'0'),
                            _ => break,
                        }
                        self.at += 1;
                    }
                    let regex = Regex::new(&pattern, self.extended, fold)?;
                    Action::Substitute { regex, with, global, print, nth }
                }
                _ => return Err("unsupported command"),
            };
            out.push(Command { from, to, negated, action });
        }
    }
}

pub(super) fn sed(call: &mut Call) -> Outcome {
    let (flags, mut files) = options(&call.strings(), "ef");
    let has = |letters: &str| flags.iter().any(|(flag, _)| letters.contains(*flag));
    let mut script: Vec<String> =
        flags.iter().filter(|(flag, _)| *flag == 'e').map(|(_, value)| value.clone()).collect();
    if script.is_empty() {
        if files.is_empty() {
            return call.fail("no script");
        }
        script.push(files.remove(0));
    }
    let script = script.join("\n");
    let mut parser = Parser { text: script.as_bytes(), at: 0, extended: has("Er") };
    let commands = match parser.commands() {
        Ok(commands) => commands,
        Err(message) => return call.fail(message),
    };
    let open = vec![false; commands.len()];
    let sed = Sed { commands: Arc::new(commands), open, quiet: has("n"), number: 0, held: None };
    if !has("i") {
        return start(call, &files, Box::new(sed), Complaint::Plain);
    }
    let cwd = call.cwd();
    for file in files {
        let mut view = call.cx.view();
        let result = view.read(&cwd, &file).and_then(|text| {
            let (mut sed, mut out) = (sed.clone(), Vec::new());
            let ended = text.ends_with(b"\n");
            let body = if ended { &text[..text.len() - 1] } else { &text[..] };
            for line in body.split(|c| *c == b'\n') {
                if !sed.line(line, true, &mut out) {
                    break;
                }
            }
            sed.end(&mut out);
            view.open_write(&cwd, &file, true)?;
            let path = view.resolve(&cwd, &file, true)?;
            view.write(&path, Some(0), &out)
        });
        if let Err(error) = result {
            return call.fail(&format!("{file}: {}", error.text()));
        }
    }
    Outcome::Done(0)
}
