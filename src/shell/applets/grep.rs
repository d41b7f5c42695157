//! `grep`

use std::sync::Arc;

use super::filter::{Complaint, Reader, put, start};
use super::lines::{copy, options};
use super::regex::Regex;
use super::{Call, Outcome};

#[derive(Debug, Clone)]
struct Grep {
    patterns: Arc<Vec<Regex>>,
    flags: String,
    named: bool,
    name: String,
    number: usize,
    hits: usize,
    any: bool,
    most: usize,
    /// `-B`, `-A`: how many lines around are shown.
    around: (usize, usize),
    /// The lines before, as many as are shown.
    before: Vec<Vec<u8>>,
    /// So many lines after are still to be shown.
    after: usize,
    /// The line that was shown last; 0: none.
    shown: usize,
}

impl Grep {
    fn has(&self, flag: char) -> bool {
        self.flags.contains(flag)
    }

    /// What stands before a line: `:` after the name and number of one that matches, `-` of one around it.
    fn head(&self, number: usize, sign: char) -> String {
        let mut head = if self.named { format!("{}{sign}", self.name) } else { String::new() };
        if self.has('n') {
            head += &format!("{number}{sign}");
        }
        head
    }

    /// A line around a hit.
    fn context(&mut self, number: usize, line: &[u8], out: &mut Vec<u8>) {
        out.extend_from_slice(self.head(number, '-').as_bytes());
        put(line, true, out);
        self.shown = number;
    }

    fn matches(&self, line: &[u8], regex: &Regex, from: usize) -> Option<(usize, usize)> {
        let mut from = from;
        while let Some(found) = regex.find(line, from) {
            let (start, end) = (found.start, found.end);
            let part = |c: Option<&u8>| c.is_some_and(|c| c.is_ascii_alphanumeric() || *c == b'_');
            let whole_word = !part(start.checked_sub(1).and_then(|at| line.get(at))) && !part(line.get(end));
            let whole_line = start == 0 && end == line.len();
            if (!self.has('w') || whole_word) && (!self.has('x') || whole_line) {
                return Some((start, end));
            }
            from = start + 1;
            if from > line.len() {
                break;
            }
        }
        None
    }
}

impl Reader for Grep {
    fn file(&mut self, name: &str, _: &mut Vec<u8>) {
        self.name = if name == "-" { String::from("(standard input)") } else { name.to_string() };
        (self.number, self.hits, self.after) = (0, 0, 0);
        self.before.clear();
    }

    fn line(&mut self, line: &[u8], _: bool, out: &mut Vec<u8>) -> bool {
        self.number += 1;
        let found = self.patterns.iter().any(|regex| self.matches(line, regex, 0).is_some());
        if found == self.has('v') {
            if self.after > 0 {
                self.after -= 1;
                self.context(self.number, line, out);
            } else if self.around.0 > 0 {
                self.before.push(line.to_vec());
                if self.before.len() > self.around.0 {
                    self.before.remove(0);
                }
            }
            return true;
        }
        self.hits += 1;
        self.any = true;
        if self.has('q') {
            return false;
        }
        if self.has('c') || self.has('l') || self.has('L') {
            return self.has('c') && self.hits < self.most;
        }
        let before = std::mem::take(&mut self.before);
        let first = self.number - before.len();
        if self.has('g') && self.shown > 0 && (first > self.shown + 1 || self.hits == 1) && !self.has('o') {
            put(b"--", true, out);
        }
        if !self.has('o') {
            before.iter().enumerate().for_each(|(i, line)| self.context(first + i, line, out));
            self.after = self.around.1;
        }
        self.shown = self.number;
        let head = self.head(self.number, ':');
        if self.has('o') && !self.has('v') {
            let mut from = 0;
            while from <= line.len() {
                let next = self
                    .patterns
                    .iter()
                    .filter_map(|regex| self.matches(line, regex, from))
                    .min_by_key(|(start, end)| (*start, usize::MAX - end));
                let Some((start, end)) = next else { break };
                if end > start {
                    out.extend_from_slice(head.as_bytes());
                    put(&line[start..end], true, out);
                }
                from = end.max(start + 1);
            }
        } else {
            out.extend_from_slice(head.as_bytes());
            put(line, true, out);
        }
        self.hits < self.most
    }

    fn file_end(&mut self, out: &mut Vec<u8>) {
        if self.has('q') {
            return;
        }
        if self.has('c') {
            let head = if self.named { format!("{}:", self.name) } else { String::new() };
            put(format!("{head}{}", self.hits).as_bytes(), true, out);
        } else if self.has('l') && self.hits > 0 || self.has('L') && self.hits == 0 {
            put(self.name.as_bytes(), true, out);
        }
    }

    fn end(&mut self, _: &mut Vec<u8>) -> i32 {
        i32::from(!self.any)
    }

    copy!();
}

/// An option in its short form: `--ignore-case` as `-i`, `-3` as `-C3`; `None` for what changes nothing here.
fn short(word: &str) -> Option<String> {
    const LONG: &[(&str, &str)] = &[
        ("after-context", "A"),
        ("before-context", "B"),
        ("context", "C"),
        ("count", "c"),
        ("extended-regexp", "E"),
        ("files-with-matches", "l"),
        ("fixed-strings", "F"),
        ("ignore-case", "i"),
        ("invert-match", "v"),
        ("line-number", "n"),
        ("line-regexp", "x"),
        ("max-count", "m"),
        ("no-filename", "h"),
        ("only-matching", "o"),
        ("perl-regexp", "E"),
        ("quiet", "q"),
        ("recursive", "r"),
        ("regexp", "e"),
        ("silent", "q"),
        ("word-regexp", "w"),
    ];
    if word.len() > 1 && word.starts_with('-') && word[1..].bytes().all(|b| b.is_ascii_digit()) {
        return Some(format!("-C{}", &word[1..]));
    }
    let Some(long) = word.strip_prefix("--").filter(|long| !long.is_empty()) else {
        return Some(word.to_owned());
    };
    let (name, value) = long.split_once('=').unwrap_or((long, ""));
    let (_, letter) = LONG.iter().find(|(own, _)| *own == name)?;
    Some(format!("-{letter}{value}"))
}

pub(super) fn grep(call: &mut Call) -> Outcome {
    let given: Vec<String> = call.strings().iter().filter_map(|word| short(word)).collect();
    let (found, mut words) = options(&given, "efmABC");
    let mut flags: String = found.iter().map(|(flag, _)| *flag).filter(|flag| *flag != 'g').collect();
    let lines = |letters: &str| {
        let last = found.iter().rev().find(|(flag, _)| letters.contains(*flag));
        last.and_then(|(_, value)| value.parse().ok()).unwrap_or(0)
    };
    let around: (usize, usize) = (lines("BC"), lines("AC"));
    if found.iter().any(|(flag, _)| "ABC".contains(*flag)) {
        // Groups of lines are kept apart.
        flags.push('g');
    }
    match call.name {
        "egrep" => flags.push('E'),
        "fgrep" => flags.push('F'),
        _ => {}
    }
    let mut patterns: Vec<String> =
        found.iter().filter(|(flag, _)| *flag == 'e').map(|(_, value)| value.clone()).collect();
    if patterns.is_empty() {
        if words.is_empty() {
            let usage = if call.gnu() {
                "Usage: grep [OPTION]... PATTERNS [FILE]...\nTry 'grep --help' for more information.\n"
            } else {
                "grep: missing pattern\n"
            };
            call.task.write(2, usage);
            return Outcome::Done(2);
        }
        patterns.push(words.remove(0));
    }
    let fold = flags.contains('i') || flags.contains('y');
    let mut compiled = Vec::new();
    for pattern in patterns.iter().flat_map(|pattern| pattern.split('\n')) {
        if flags.contains('F') {
            compiled.push(Regex::literal(pattern.as_bytes(), fold));
            continue;
        }
        match Regex::new(pattern.as_bytes(), flags.contains('E'), fold) {
            Ok(regex) => compiled.push(regex),
            Err(message) => {
                call.err(&format!("bad regex '{pattern}': {message}"));
                return Outcome::Done(2);
            }
        }
    }
    let cwd = call.cwd();
    if flags.contains('r') || flags.contains('R') {
        let roots = if words.is_empty() { vec![String::from(".")] } else { std::mem::take(&mut words) };
        for root in roots {
            let view = call.cx.view();
            match view.resolve(&cwd, &root, true) {
                Ok(resolved) if view.is_directory("/", &resolved) => {
                    let below = view
                        .walk(&resolved)
                        .into_iter()
                        .filter(|(_, entry)| matches!(entry.node, crate::shell::fs::Node::File(_)));
                    words.extend(below.map(|(path, _)| format!("{root}{path}")));
                }
                _ => words.push(root),
            }
        }
        flags.push('H');
    }
    let most =
        found.iter().find(|(flag, _)| *flag == 'm').and_then(|(_, n)| n.parse().ok()).unwrap_or(usize::MAX);
    let named = (words.len() > 1 || flags.contains('H')) && !flags.contains('h');
    let reader = Grep {
        patterns: Arc::new(compiled),
        flags,
        named,
        name: String::new(),
        number: 0,
        hits: 0,
        any: false,
        most,
        around,
        before: Vec::new(),
        after: 0,
        shown: 0,
    };
    start(call, &words, Box::new(reader), Complaint::Plain)
}
