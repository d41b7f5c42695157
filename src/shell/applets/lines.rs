//! `cat head tail wc uniq tee rev nl tac`

use std::collections::VecDeque;

use super::filter::{Complaint, Reader, put, start, start_copying};
use super::{Call, Outcome, Running};
use crate::shell::paths::clean;

/// Splits arguments into flags (`-n5`, `-n 5` for letters in `valued`) and files.
pub(super) fn options(args: &[String], valued: &str) -> (Vec<(char, String)>, Vec<String>) {
    let (mut flags, mut files) = (Vec::new(), Vec::new());
    let mut args = args.iter();
    while let Some(arg) = args.next() {
        if arg == "--" {
            files.extend(args.by_ref().cloned());
        } else if arg.len() < 2 || !arg.starts_with('-') {
            files.push(arg.clone());
        } else {
            for (at, letter) in arg[1..].char_indices() {
                if !valued.contains(letter) {
                    flags.push((letter, String::new()));
                    continue;
                }
                let rest = &arg[1 + at + letter.len_utf8()..];
                let value =
                    if rest.is_empty() { args.next().cloned().unwrap_or_default() } else { rest.to_string() };
                flags.push((letter, value));
                break;
            }
        }
    }
    (flags, files)
}

macro_rules! copy {
    () => {
        fn copy(&self) -> Box<dyn Reader> {
            Box::new(self.clone())
        }
    };
}
pub(super) use copy;

#[derive(Debug, Clone)]
struct Cat {
    number: Option<usize>,
}

impl Reader for Cat {
    fn bytes(&mut self, bytes: &[u8], out: &mut Vec<u8>) -> bool {
        if self.number.is_none() {
            out.extend_from_slice(bytes);
        }
        self.number.is_none()
    }

    fn line(&mut self, line: &[u8], ended: bool, out: &mut Vec<u8>) -> bool {
        if let Some(number) = &mut self.number {
            *number += 1;
            out.extend_from_slice(format!("{number:6}\t").as_bytes());
        }
        put(line, ended, out);
        true
    }

    copy!();
}

pub(super) fn cat(call: &mut Call) -> Outcome {
    let (flags, files) = options(&call.strings(), "");
    let number = flags.iter().any(|(flag, _)| *flag == 'n').then_some(0);
    start(call, &files, Box::new(Cat { number }), Complaint::CantOpen)
}

#[derive(Debug, Clone)]
struct Head {
    lines: Option<usize>,
    bytes: usize,
    left: usize,
    /// Print the file's name above it; then, whether one has been printed.
    titles: Option<bool>,
}

fn title(titles: &mut Option<bool>, name: &str, out: &mut Vec<u8>) {
    if let Some(second) = titles {
        let gap = if *second { "\n" } else { "" };
        let name = if name == "-" { "standard input" } else { name };
        out.extend_from_slice(format!("{gap}==> {name} <==\n").as_bytes());
        *second = true;
    }
}

impl Reader for Head {
    fn file(&mut self, name: &str, out: &mut Vec<u8>) {
        title(&mut self.titles, name, out);
        self.left = self.lines.unwrap_or(self.bytes);
    }

    fn line(&mut self, line: &[u8], ended: bool, out: &mut Vec<u8>) -> bool {
        if self.left == 0 {
            return false;
        }
        if self.lines.is_some() {
            put(line, ended, out);
            self.left -= 1;
        } else {
            let mut text = Vec::new();
            put(line, ended, &mut text);
            text.truncate(self.left);
            self.left -= text.len();
            out.extend(text);
        }
        self.left > 0
    }

    fn bytes(&mut self, bytes: &[u8], out: &mut Vec<u8>) -> bool {
        if self.lines.is_some() || self.left == 0 {
            return false;
        }
        let taken = bytes.len().min(self.left);
        out.extend_from_slice(&bytes[..taken]);
        self.left -= taken;
        true
    }

    copy!();
}

/// `-5` as `-n 5`.
fn classic(args: Vec<String>) -> Vec<String> {
    let number =
        |arg: &String| arg.len() > 1 && arg.starts_with('-') && arg[1..].bytes().all(|c| c.is_ascii_digit());
    args.into_iter().map(|arg| if number(&arg) { format!("-n{}", &arg[1..]) } else { arg }).collect()
}

pub(super) fn head(call: &mut Call) -> Outcome {
    let (flags, files) = options(&classic(call.strings()), "nc");
    let (mut lines, mut bytes) = (Some(10), 0);
    for (flag, value) in flags {
        let Ok(number) = value.parse::<usize>() else {
            return call.fail(&format!("invalid number '{value}'"));
        };
        if flag == 'c' { (lines, bytes) = (None, number) } else { lines = Some(number) }
    }
    let titles = (files.len() > 1).then_some(false);
    start(call, &files, Box::new(Head { lines, bytes, left: 0, titles }), Complaint::Plain)
}

#[derive(Debug, Clone)]
struct Tail {
    lines: usize,
    /// `+n`: from line n on.
    from: Option<usize>,
    as_bytes: bool,
    kept: VecDeque<(Vec<u8>, bool)>,
    size: usize,
    titles: Option<bool>,
}

impl Reader for Tail {
    fn file(&mut self, name: &str, out: &mut Vec<u8>) {
        title(&mut self.titles, name, out);
        self.kept.clear();
        self.size = 0;
    }

    fn line(&mut self, line: &[u8], ended: bool, out: &mut Vec<u8>) -> bool {
        if let Some(from) = self.from {
            self.size += 1;
            if self.size >= from {
                put(line, ended, out);
            }
            return true;
        }
        self.size += line.len() + 32;
        self.kept.push_back((line.to_vec(), ended));
        while self.kept.len() > self.lines
            && let Some((old, _)) = self.kept.pop_front()
        {
            self.size -= old.len() + 32;
        }
        true
    }

    fn file_end(&mut self, out: &mut Vec<u8>) {
        let mut text = Vec::new();
        for (line, ended) in self.kept.drain(..) {
            put(&line, ended, &mut text);
        }
        let from = if self.as_bytes { text.len().saturating_sub(self.lines) } else { 0 };
        out.extend_from_slice(&text[from..]);
    }

    fn measure(&self) -> usize {
        self.size
    }

    copy!();
}

pub(super) fn tail(call: &mut Call) -> Outcome {
    let (flags, files) = options(&classic(call.strings()), "ncs");
    let (mut lines, mut from, mut as_bytes, mut follow) = (10, None, false, false);
    for (flag, value) in flags {
        match flag {
            'f' | 'F' => follow = true,
            'n' | 'c' => {
                let number = value.trim_start_matches(['+', '-']).parse::<usize>();
                let Ok(number) = number else { return call.fail(&format!("invalid number '{value}'")) };
                as_bytes = flag == 'c';
                lines = number;
                from = value.starts_with('+').then_some(number);
            }
            _ => {}
        }
    }
    if follow && let [file] = files.as_slice() {
        let path = clean(&call.task.cwd, file);
        let node = call.cx.view().stat("/", &path, true).map(|entry| entry.node.clone());
        return match node {
            Ok(crate::shell::fs::Node::Device(_)) => Outcome::Running(Running::Sleep(i64::MAX / 4)),
            Ok(_) => {
                let content = call.cx.view().read("/", &path).unwrap_or_default();
                let ends: Vec<usize> = content
                    .iter()
                    .enumerate()
                    .filter(|(at, c)| **c == b'\n' && at + 1 < content.len())
                    .map(|(at, _)| at + 1)
                    .collect();
                let seen = if lines == 0 {
                    content.len()
                } else {
                    ends.len().checked_sub(lines).map_or(0, |at| ends[at])
                };
                Outcome::Running(Running::Follow(path, seen))
            }
            Err(error) => call.fail(&format!("can't open '{file}': {}\ntail: no files", error.text())),
        };
    }
    let titles = (files.len() > 1).then_some(false);
    let reader = Tail { lines, from, as_bytes, kept: VecDeque::new(), size: 0, titles };
    start(call, &files, Box::new(reader), Complaint::CantOpen)
}

#[derive(Debug, Clone)]
struct Count {
    which: [bool; 3],
    counts: [usize; 3],
    total: [usize; 3],
    files: usize,
    name: String,
    padded: bool,
}

impl Count {
    fn print(&self, counts: [usize; 3], name: &str, out: &mut Vec<u8>) {
        let chosen: Vec<usize> =
            counts.iter().zip(self.which).filter(|(_, on)| *on).map(|(count, _)| *count).collect();
        let mut line = if chosen.len() == 1 && !self.padded {
            chosen[0].to_string()
        } else {
            let numbers: Vec<String> = chosen.iter().map(|count| format!("{count:9}")).collect();
            numbers.join(" ")
        };
        if name != "-" {
            line += &format!(" {name}");
        }
        put(line.as_bytes(), true, out);
    }
}

impl Reader for Count {
    fn file(&mut self, name: &str, _: &mut Vec<u8>) {
        self.name = name.to_string();
        self.counts = [0; 3];
        self.files += 1;
    }

    fn line(&mut self, line: &[u8], ended: bool, _: &mut Vec<u8>) -> bool {
        self.counts[0] += usize::from(ended);
        self.counts[1] += line.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty()).count();
        self.counts[2] += line.len() + usize::from(ended);
        true
    }

    fn file_end(&mut self, out: &mut Vec<u8>) {
        self.print(self.counts, &self.name, out);
        for (total, count) in self.total.iter_mut().zip(self.counts) {
            *total += count;
        }
    }

    fn end(&mut self, out: &mut Vec<u8>) -> i32 {
        if self.files > 1 {
            self.print(self.total, "total", out);
        }
        0
    }

    copy!();
}

pub(super) fn wc(call: &mut Call) -> Outcome {
    let (flags, files) = options(&call.strings(), "");
    let has = |letters: &str| flags.iter().any(|(flag, _)| letters.contains(*flag));
    let mut which = [has("l"), has("w"), has("cm")];
    if which == [false; 3] {
        which = [true; 3];
    }
    let reader = Count { which, counts: [0; 3], total: [0; 3], files: 0, name: String::new(), padded: false };
    start(call, &files, Box::new(reader), Complaint::Plain)
}

#[derive(Debug, Clone)]
struct Uniq {
    count: bool,
    repeated: bool,
    single: bool,
    current: Option<(Vec<u8>, usize)>,
}

impl Uniq {
    fn emit(&mut self, out: &mut Vec<u8>) {
        let Some((line, times)) = self.current.take() else { return };
        if self.repeated && times < 2 || self.single && times > 1 {
            return;
        }
        if self.count {
            out.extend_from_slice(format!("{times:7} ").as_bytes());
        }
        put(&line, true, out);
    }
}

impl Reader for Uniq {
    fn line(&mut self, line: &[u8], _: bool, out: &mut Vec<u8>) -> bool {
        match &mut self.current {
            Some((current, times)) if current == line => *times += 1,
            _ => {
                self.emit(out);
                self.current = Some((line.to_vec(), 1));
            }
        }
        true
    }

    fn end(&mut self, out: &mut Vec<u8>) -> i32 {
        self.emit(out);
        0
    }

    copy!();
}

pub(super) fn uniq(call: &mut Call) -> Outcome {
    let (flags, files) = options(&call.strings(), "");
    let has = |letter: char| flags.iter().any(|(flag, _)| *flag == letter);
    let reader = Uniq { count: has('c'), repeated: has('d'), single: has('u'), current: None };
    start(call, &files, Box::new(reader), Complaint::Plain)
}

pub(super) fn tee(call: &mut Call) -> Outcome {
    let (flags, files) = options(&call.strings(), "");
    let append = flags.iter().any(|(flag, _)| *flag == 'a');
    let cwd = call.cwd();
    let mut copies = Vec::new();
    for file in files {
        let opened = call.cx.view().open_write(&cwd, &file, !append);
        match opened {
            Ok(_) => copies.push((clean(&cwd, &file), true)),
            Err(error) => call.err(&format!("{file}: {}", error.text())),
        }
    }
    start_copying(Box::new(Cat { number: None }), copies)
}

#[derive(Debug, Clone)]
struct Reverse {
    /// Whole input, last line first (`tac`).
    lines: Option<Vec<Vec<u8>>>,
    size: usize,
}

impl Reader for Reverse {
    fn line(&mut self, line: &[u8], _: bool, out: &mut Vec<u8>) -> bool {
        match &mut self.lines {
            Some(lines) => {
                self.size += line.len() + 32;
                lines.push(line.to_vec());
            }
            None => {
                let text: String = String::from_utf8_lossy(line).chars().rev().collect();
                put(text.as_bytes(), true, out);
            }
        }
        true
    }

    fn end(&mut self, out: &mut Vec<u8>) -> i32 {
        for line in self.lines.iter().flatten().rev() {
            put(line, true, out);
        }
        0
    }

    fn measure(&self) -> usize {
        self.size
    }

    copy!();
}

pub(super) fn rev(call: &mut Call) -> Outcome {
    let files = call.strings();
    start(call, &files, Box::new(Reverse { lines: None, size: 0 }), Complaint::CantOpen)
}

pub(super) fn tac(call: &mut Call) -> Outcome {
    let files = call.strings();
    start(call, &files, Box::new(Reverse { lines: Some(Vec::new()), size: 0 }), Complaint::CantOpen)
}

#[derive(Debug, Clone)]
struct Number(usize);

impl Reader for Number {
    fn line(&mut self, line: &[u8], _: bool, out: &mut Vec<u8>) -> bool {
        if line.is_empty() {
            out.extend_from_slice(b"       ");
        } else {
            self.0 += 1;
            out.extend_from_slice(format!("{:6}\t", self.0).as_bytes());
        }
        put(line, true, out);
        true
    }

    copy!();
}

pub(super) fn nl(call: &mut Call) -> Outcome {
    let (_, files) = options(&call.strings(), "bsvw");
    start(call, &files, Box::new(Number(0)), Complaint::CantOpen)
}
