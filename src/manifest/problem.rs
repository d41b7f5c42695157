//! The parser's faults in go-yaml's words and with go-yaml's line numbers.
//!
//! go-yaml counts lines from 0. For a fault of its scanner it adds one, for a fault of its parser it does not, so
//! these read one too low; in the first line it names no line at all. People have these texts in their search
//! engines, so they are kept.

use crate::json::Json;
use saphyr_parser::{Marker, ScanError};

/// What go-yaml says of the fault.
pub(super) fn message(text: &str, fault: &ScanError) -> String {
    let info = fault.info();
    if info.contains("unknown anchor") {
        let name = alias_name(text, *fault.marker());
        // saphyr allows any character in a name, go-yaml letters and digits.
        if name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-') {
            return format!("yaml: unknown anchor '{name}' referenced");
        }
        return format!(
            "yaml: line {}: did not find expected alphabetic or numeric character",
            fault.marker().line()
        );
    }
    let zero_based = fault.marker().line().saturating_sub(1);
    let (at, scanner, words) = match info {
        "invalid indentation in quoted scalar" => left_open(text, fault.marker().index(), zero_based),
        _ => translate(text, info, zero_based),
    };
    let line = if at == 0 && !scanner { 0 } else { at + usize::from(scanner) };
    // A mark in the very first line counts as no mark.
    if at == 0 || line == 0 { format!("yaml: {words}") } else { format!("yaml: line {line}: {words}") }
}

/// The line that a message of go-yaml's names.
pub(super) fn told_line(message: &str) -> Option<usize> {
    let (_, after) = message.split_once("yaml: line ")?;
    after.split_once(':')?.0.parse().ok().filter(|line| *line > 0)
}

/// The line from 0, whether go-yaml's scanner (not its parser) would find the fault, and its words.
fn translate<'a>(text: &str, info: &'a str, line: usize) -> (usize, bool, &'a str) {
    let here = text.lines().nth(line).unwrap_or("");
    let last = text.matches('\n').count();
    let has = |words: &str| info.contains(words);
    if has("unexpected character") || has("cannot start") {
        return (line, true, "found character that cannot start any token");
    }
    if has("tab") {
        let words = if here.trim_start_matches(' ').starts_with('\t') && here.starts_with(' ') {
            "found a tab character that violates indentation"
        } else if has("block scalar") {
            "found a tab character where an indentation space is expected"
        } else {
            "found character that cannot start any token"
        };
        return (line, true, words);
    }
    if has("unexpected end of stream") {
        return (last, true, "found unexpected end of stream");
    }
    if has("unknown escape character") {
        return (line, true, "found unknown escape character");
    }
    if has("alphabetic or numeric character") {
        return (line, true, "did not find expected alphabetic or numeric character");
    }
    if has("mapping values are not allowed") || has("illegal placement of ':'") {
        return (line, true, "mapping values are not allowed in this context");
    }
    if has("simple key expect") {
        return (line, true, "could not find expected ':'");
    }
    if has("block sequence entries are not allowed") || has("\"-\" is only valid inside a block") {
        return (line, true, "block sequence entries are not allowed in this context");
    }
    if has("flow construct") {
        // saphyr sees the indentation, go-yaml that the bracket is still open.
        let before: Vec<&str> = text.lines().take(line).collect();
        let open = |a: char, b: char| {
            before.iter().map(|l| l.matches(a).count()).sum::<usize>()
                > before.iter().map(|l| l.matches(b).count()).sum()
        };
        let words = if open('{', '}') {
            "did not find expected ',' or '}'"
        } else {
            "did not find expected ',' or ']'"
        };
        return (line, false, words);
    }
    if has("flow mapping") {
        return (line, false, "did not find expected ',' or '}'");
    }
    if has("flow sequence") {
        return (line, false, "did not find expected ',' or ']'");
    }
    if has("node content") || has("unexpected eof") {
        return (line, false, "did not find expected node content");
    }
    if has("block collection") {
        return (line, false, "did not find expected '-' indicator");
    }
    if has("block mapping") || has("trailing content") || has("invalid indentation") {
        return (line, false, "did not find expected key");
    }
    if has("document start") || has("<document") {
        return (line, false, "did not find expected <document start>");
    }
    (line, true, info.rsplit(", ").next().unwrap_or(info))
}

/// A quoted text that goes on in lines that are less indented: go-yaml reads it up to the next quote, behind which it finds
/// no key, or to the end.
fn left_open(text: &str, mark: usize, line: usize) -> (usize, bool, &'static str) {
    let chars: Vec<char> = text.chars().collect();
    let here = mark.min(chars.len().saturating_sub(1));
    let start = (0..=here).rev().find(|at| matches!(chars.get(*at), Some('"' | '\'')));
    let Some(start) = start else { return (line, false, "did not find expected key") };
    let mut at = start + 1;
    while at < chars.len() {
        match (chars[start], chars[at], chars.get(at + 1)) {
            ('"', '\\', _) | ('\'', '\'', Some('\'')) => at += 1,
            (quote, found, _) if quote == found => {
                let line = chars[..at].iter().filter(|c| **c == '\n').count();
                return (line, false, "did not find expected key");
            }
            _ => {}
        }
        at += 1;
    }
    (text.matches('\n').count(), true, "found unexpected end of stream")
}

/// The name in `*name` at a mark.
pub(super) fn alias_name(text: &str, mark: Marker) -> String {
    let line = text.lines().nth(mark.line().saturating_sub(1)).unwrap_or("");
    let name = line.chars().skip(mark.col()).skip_while(|c| *c == '*');
    name.take_while(|c| !c.is_whitespace() && !",[]{}".contains(*c)).collect()
}

/// A tree as Go's `%#v` shows what go-yaml made of it.
pub(super) fn go_syntax(value: &Json) -> String {
    let list = |parts: Vec<String>| parts.join(", ");
    match value {
        Json::Null => "interface {}(nil)".into(),
        Json::Str(s) => format!("{:?}", s.as_str()),
        Json::Array(items) => format!("[]interface {{}}{{{}}}", list(items.iter().map(go_syntax).collect())),
        Json::Object(o) => {
            let field = |(k, v): &(crate::json::Str, Json)| format!("{:?}:{}", k.as_str(), go_syntax(v));
            format!("map[interface {{}}]interface {{}}{{{}}}", list(o.entries().iter().map(field).collect()))
        }
        other => other.to_string(),
    }
}
