//! How two pod specs differ, as the message of a forbidden Pod update shows it.

use super::internal::pod_spec;
use crate::json::Json;
use std::fmt::Write;

/// The lines in which two pod specs differ, with context, as a unified diff of their indented internal JSON.
pub fn pod_spec_diff(old: &Json, new: &Json) -> String {
    diff(&pod_spec(old), &pod_spec(new))
}

/// The same of any two internal structs, as JSON.
pub fn diff(old: &str, new: &str) -> String {
    let (old, new) = (indented(old), indented(new));
    let first = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
    let rest = old[first..].iter().rev().zip(new[first..].iter().rev()).take_while(|(a, b)| a == b).count();
    let (start, old_end, new_end) = (first.saturating_sub(3), old.len() - rest, new.len() - rest);
    let tail = rest.min(3);
    let mut out = format!(
        "@@ -{},{} +{},{} @@\n",
        start + 1,
        old_end + tail - start,
        start + 1,
        new_end + tail - start
    );
    let mut put = |sign: char, lines: &[String]| {
        for line in lines {
            let _ = writeln!(out, "{sign}{line}");
        }
    };
    put(' ', &old[start..first]);
    put('-', &old[first..old_end]);
    put('+', &new[first..new_end]);
    put(' ', &old[old_end..old_end + tail]);
    out.truncate(out.trim_end().len());
    out
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
