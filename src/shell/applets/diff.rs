//! `diff` and `cmp`: where two files differ.

use super::{Call, Outcome};
use crate::shell::fs::Node;
use crate::shell::io::{self, Read};

/// More lines than that are not compared one by one.
const MOST: usize = 4_000;

/// A stretch of one file in the place of a stretch of the other, by line numbers from 0.
struct Change {
    old: std::ops::Range<usize>,
    new: std::ops::Range<usize>,
}

pub(super) fn diff(call: &mut Call) -> Outcome {
    let words = call.strings();
    let (flags, files): (Vec<&String>, Vec<&String>) =
        words.iter().partition(|word| word.len() > 1 && word.starts_with('-'));
    let short = |letter: char| flags.iter().any(|flag| !flag.starts_with("--") && flag.contains(letter));
    let has = |letter: char, long: &str| short(letter) || flags.iter().any(|flag| *flag == long);
    let [old, new] = files.as_slice() else {
        let missing = files.last().map_or("diff".to_owned(), |last| (*last).clone());
        let why = match files.len() {
            0 | 1 => format!("missing operand after '{missing}'"),
            _ => format!("extra operand '{}'", files[2]),
        };
        call.err(&why);
        let name = call.name.to_owned();
        call.task.write(2, format!("{name}: Try '{name} --help' for more information.\n"));
        return Outcome::Done(2);
    };
    let (a, b) = match (read(call, old), read(call, new)) {
        (Ok(a), Ok(b)) => (a, b),
        (a, b) => {
            for why in [a.err(), b.err()].into_iter().flatten() {
                call.err(&why);
            }
            return Outcome::Done(2);
        }
    };
    if a == b {
        return Outcome::Done(0);
    }
    if call.name == "cmp" {
        let at = a.iter().zip(&b).take_while(|(a, b)| a == b).count();
        if at == a.len().min(b.len()) {
            let shorter = if a.len() < b.len() { old } else { new };
            call.err(&format!("EOF on {shorter} after byte {at}"));
        } else if !short('s') {
            let line = 1 + a[..at].iter().filter(|byte| **byte == b'\n').count();
            call.out(&format!("{old} {new} differ: byte {}, line {line}\n", at + 1));
        }
        return Outcome::Done(1);
    }
    if has('q', "--brief") {
        call.out(&format!("Files {old} and {new} differ\n"));
        return Outcome::Done(1);
    }
    let split = |bytes: &[u8]| -> Vec<String> {
        String::from_utf8_lossy(bytes).split_inclusive('\n').map(String::from).collect()
    };
    let (a, b) = (split(&a), split(&b));
    let key = |line: &str| -> String {
        let mut key = line.to_owned();
        if has('w', "--ignore-all-space") {
            key.retain(|c| !c.is_whitespace());
        } else if has('b', "--ignore-space-change") {
            key = key.split_whitespace().collect::<Vec<_>>().join(" ");
        }
        if has('i', "--ignore-case") { key.to_lowercase() } else { key }
    };
    let (keys_a, keys_b): (Vec<String>, Vec<String>) =
        (a.iter().map(|line| key(line)).collect(), b.iter().map(|line| key(line)).collect());
    call.cx.charge(a.len() * b.len() / 8);
    let changes = changes(&keys_a, &keys_b);
    if changes.is_empty() {
        return Outcome::Done(0);
    }
    let text =
        if has('u', "--unified") { unified(&changes, &a, &b, old, new) } else { plain(&changes, &a, &b) };
    call.out(&text);
    Outcome::Done(1)
}

fn read(call: &mut Call, name: &str) -> Result<Vec<u8>, String> {
    if name == "-" {
        let mut all = Vec::new();
        while let Read::Bytes(bytes) = io::read(call.task, call.cx, 0, 65_536) {
            all.extend(bytes);
        }
        return Ok(all);
    }
    let cwd = call.cwd();
    let view = call.cx.view();
    let device = view.stat(&cwd, name, true).is_ok_and(|entry| matches!(entry.node, Node::Device(_)));
    if device {
        return Ok(Vec::new());
    }
    view.read(&cwd, name).map(|bytes| bytes.to_vec()).map_err(|error| format!("{name}: {}", error.text()))
}

/// What differs, by the longest common run of lines.
fn changes(a: &[String], b: &[String]) -> Vec<Change> {
    let start = a.iter().zip(b).take_while(|(a, b)| a == b).count();
    let rest = a[start..].iter().rev().zip(b[start..].iter().rev());
    let end = rest.take_while(|(a, b)| a == b).count();
    let (inner_a, inner_b) = (&a[start..a.len() - end], &b[start..b.len() - end]);
    if inner_a.len().max(inner_b.len()) > MOST {
        return vec![Change { old: start..a.len() - end, new: start..b.len() - end }];
    }
    let width = inner_b.len() + 1;
    let mut longest = vec![0_u16; (inner_a.len() + 1) * width];
    for i in (0..inner_a.len()).rev() {
        for j in (0..inner_b.len()).rev() {
            longest[i * width + j] = match inner_a[i] == inner_b[j] {
                true => longest[(i + 1) * width + j + 1] + 1,
                false => longest[(i + 1) * width + j].max(longest[i * width + j + 1]),
            };
        }
    }
    let mut out: Vec<Change> = Vec::new();
    let (mut i, mut j) = (0, 0);
    while i < inner_a.len() || j < inner_b.len() {
        if i < inner_a.len() && j < inner_b.len() && inner_a[i] == inner_b[j] {
            (i, j) = (i + 1, j + 1);
            continue;
        }
        let (from_i, from_j) = (i, j);
        while !(i < inner_a.len() && j < inner_b.len() && inner_a[i] == inner_b[j])
            && (i < inner_a.len() || j < inner_b.len())
        {
            let drop = j == inner_b.len()
                || i < inner_a.len() && longest[(i + 1) * width + j] >= longest[i * width + j + 1];
            if drop { i += 1 } else { j += 1 }
        }
        out.push(Change { old: start + from_i..start + i, new: start + from_j..start + j });
    }
    out
}

fn marked(sign: &str, line: &str) -> String {
    match line.ends_with('\n') {
        true => format!("{sign}{line}"),
        false => format!("{sign}{line}\n\\ No newline at end of file\n"),
    }
}

fn plain(changes: &[Change], a: &[String], b: &[String]) -> String {
    let range = |range: &std::ops::Range<usize>| match range.len() {
        0 => range.start.to_string(),
        1 => (range.start + 1).to_string(),
        _ => format!("{},{}", range.start + 1, range.end),
    };
    let mut out = String::new();
    for Change { old, new } in changes {
        let letter = if old.is_empty() {
            'a'
        } else if new.is_empty() {
            'd'
        } else {
            'c'
        };
        out.push_str(&format!("{}{letter}{}\n", range(old), range(new)));
        a[old.clone()].iter().for_each(|line| out.push_str(&marked("< ", line)));
        if letter == 'c' {
            out.push_str("---\n");
        }
        b[new.clone()].iter().for_each(|line| out.push_str(&marked("> ", line)));
    }
    out
}

fn unified(changes: &[Change], a: &[String], b: &[String], old: &str, new: &str) -> String {
    const AROUND: usize = 3;
    let mut out = format!("--- {old}\n+++ {new}\n");
    let mut at = 0;
    while at < changes.len() {
        let mut last = at;
        while last + 1 < changes.len() && changes[last + 1].old.start <= changes[last].old.end + 2 * AROUND {
            last += 1;
        }
        let before = changes[at].old.start.min(AROUND);
        let (from_a, from_b) = (changes[at].old.start - before, changes[at].new.start - before);
        let to_a = (changes[last].old.end + AROUND).min(a.len());
        let to_b = changes[last].new.end + (to_a - changes[last].old.end);
        let range = |from: usize, to: usize| match to - from {
            0 => format!("{from},0"),
            1 => format!("{}", from + 1),
            count => format!("{},{count}", from + 1),
        };
        out.push_str(&format!("@@ -{} +{} @@\n", range(from_a, to_a), range(from_b, to_b)));
        let mut line = from_a;
        for Change { old, new } in &changes[at..=last] {
            a[line..old.start].iter().for_each(|text| out.push_str(&marked(" ", text)));
            a[old.clone()].iter().for_each(|text| out.push_str(&marked("-", text)));
            b[new.clone()].iter().for_each(|text| out.push_str(&marked("+", text)));
            line = old.end;
        }
        a[line..to_a].iter().for_each(|text| out.push_str(&marked(" ", text)));
        at = last + 1;
    }
    out
}
