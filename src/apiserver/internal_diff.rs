//! How two pod specs differ, as the message of a forbidden Pod update shows it.

use super::internal::pod_spec;
use crate::json::Json;
use std::fmt::Write;
use std::ops::Range;

/// The lines in which two pod specs differ, with context, as a unified diff of their indented internal JSON.
pub fn pod_spec_diff(old: &Json, new: &Json) -> String {
    diff(&pod_spec(old), &pod_spec(new))
}

/// Lines of what stays the same around what changes.
const CONTEXT: usize = 3;

/// The same of any two internal structs, as JSON.
pub fn diff(old: &str, new: &str) -> String {
    let (old, new) = (indented(old), indented(new));
    let mut same = Vec::new();
    let whole = (0..old.len(), 0..new.len());
    matches(&old, &new, &popular(&new), whole, &mut same);
    let mut out = String::new();
    for hunk in hunks(&same, old.len(), new.len()) {
        let (first, last) = (&hunk[0], &hunk[hunk.len() - 1]);
        let _ = writeln!(
            out,
            "@@ -{} +{} @@",
            range(first.old.start, last.old.end),
            range(first.new.start, last.new.end)
        );
        for part in &hunk {
            let mut put = |sign: char, lines: &[String]| {
                for line in lines {
                    let _ = writeln!(out, "{sign}{line}");
                }
            };
            if part.same {
                put(' ', &old[part.old.clone()]);
            } else {
                put('-', &old[part.old.clone()]);
                put('+', &new[part.new.clone()]);
            }
        }
    }
    out.truncate(out.trim_end().len());
    out
}

/// Lines of the old text and what stands for them in the new one.
struct Part {
    same: bool,
    old: Range<usize>,
    new: Range<usize>,
}

fn range(start: usize, end: usize) -> String {
    match end - start {
        0 => format!("{start},0"),
        1 => format!("{}", start + 1),
        length => format!("{},{length}", start + 1),
    }
}

/// Whether a line comes so often in a long text that no match is sought from it (`difflib`'s heuristic).
fn popular(lines: &[String]) -> Vec<bool> {
    let most = lines.len() / 100 + 1;
    let often = |line: &String| lines.iter().filter(|other| *other == line).count() > most;
    lines.iter().map(|line| lines.len() >= 200 && often(line)).collect()
}

/// The longest block of lines that both have, then those before and behind it (`difflib`, by which upstream compares).
fn matches(
    old: &[String],
    new: &[String],
    popular: &[bool],
    (a, b): (Range<usize>, Range<usize>),
    found: &mut Vec<(usize, usize, usize)>,
) {
    let (mut i, mut j, mut size) = (a.start, b.start, 0);
    let mut lengths = vec![0; b.len() + 1];
    for at in a.clone() {
        let mut next = vec![0; b.len() + 1];
        for other in b.clone().filter(|other| !popular[*other] && old[at] == new[*other]) {
            let length = lengths[other - b.start] + 1;
            next[other - b.start + 1] = length;
            if length > size {
                (i, j, size) = (at + 1 - length, other + 1 - length, length);
            }
        }
        lengths = next;
    }
    while i > a.start && j > b.start && old[i - 1] == new[j - 1] {
        (i, j, size) = (i - 1, j - 1, size + 1);
    }
    while i + size < a.end && j + size < b.end && old[i + size] == new[j + size] {
        size += 1;
    }
    if size == 0 {
        return;
    }
    if a.start < i && b.start < j {
        matches(old, new, popular, (a.start..i, b.start..j), found);
    }
    found.push((i, j, size));
    if i + size < a.end && j + size < b.end {
        matches(old, new, popular, (i + size..a.end, j + size..b.end), found);
    }
}

/// What changes, in groups that are more than twice the context apart, each with its context.
fn hunks(same: &[(usize, usize, usize)], old: usize, new: usize) -> Vec<Vec<Part>> {
    let (mut i, mut j) = (0, 0);
    let (mut all, mut group): (Vec<Vec<Part>>, Vec<Part>) = (Vec::new(), Vec::new());
    let end = (old, new, 0);
    for (at, other, size) in same.iter().chain([&end]).copied() {
        if i < at || j < other {
            group.push(Part { same: false, old: i..at, new: j..other });
        }
        let (first, last) = (group.is_empty() && all.is_empty(), at + size == old && other + size == new);
        let part = |from: usize, to: usize| Part {
            same: true,
            old: at + from..at + to,
            new: other + from..other + to,
        };
        let few = size.min(CONTEXT);
        match (first, last) {
            _ if size == 0 => {}
            (true, true) => {}
            (true, false) => group.push(part(size - few, size)),
            (false, true) => group.push(part(0, few)),
            (false, false) if size > 2 * CONTEXT => {
                group.push(part(0, CONTEXT));
                all.push(std::mem::take(&mut group));
                group.push(part(size - CONTEXT, size));
            }
            (false, false) => group.push(part(0, size)),
        }
        (i, j) = (at + size, other + size);
    }
    if group.iter().any(|part| !part.same) {
        all.push(group);
    }
    all
}

/// Compact JSON with one member a line, one blank deeper a level. (Strings keep what they contain.)
fn indented(text: &str) -> Vec<String> {
    let mut lines = vec![String::new()];
    let (mut depth, mut quoted, mut escaped) = (0usize, false, false);
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let line = lines.last_mut().expect("never empty");
        if quoted {
            line.push(c);
            (quoted, escaped) = (escaped || c != '"', c == '\\' && !escaped);
            continue;
        }
        match c {
            '{' | '[' if matches!(chars.peek(), Some('}' | ']')) => {
                line.push(c);
                line.extend(chars.next());
            }
            '{' | '[' => {
                line.push(c);
                depth += 1;
                lines.push(" ".repeat(depth));
            }
            '}' | ']' => {
                depth -= 1;
                lines.push(format!("{}{c}", " ".repeat(depth)));
            }
            ',' => {
                line.push(c);
                lines.push(" ".repeat(depth));
            }
            ':' => line.push_str(": "),
            '"' => {
                line.push(c);
                quoted = true;
            }
            _ => line.push(c),
        }
    }
    lines
}
