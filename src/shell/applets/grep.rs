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
}

impl Grep {
    fn has(&self, flag: char) -> bool {
        self.flags.contains(flag)
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
        (self.number, self.hits) = (0, 0);
    }

    fn line(&mut self, line: &[u8], _: bool, out: &mut Vec<u8>) -> bool {
        self.number += 1;
        let found = self.patterns.iter().any(|regex| self.matches(line, regex, 0).is_some());
        if found == self.has('v') {
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
        let mut head = if self.named { format!("{}:", self.name) } else { String::new() };
        if self.has('n') {
            head += &format!("{}:", self.number);
        }
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

pub(super) fn grep(call: &mut Call) -> Outcome {
    let (found, mut words) = options(&call.strings(), "efmABC");
    let mut flags: String = found.iter().map(|(flag, _)| *flag).collect();
    match call.name {
        "egrep" => flags.push('E'),
        "fgrep" => flags.push('F'),
        _ => {}
    }
    let mut patterns: Vec<String> =
        found.iter().filter(|(flag, _)| *flag == 'e').map(|(_, value)| value.clone()).collect();
    if patterns.is_empty() {
        if words.is_empty() {
            call.err("missing pattern");
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
    };
    start(call, &words, Box::new(reader), Complaint::Plain)
}
