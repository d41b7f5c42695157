//! YAML text from a tree, as `kubectl -o yaml` prints it (sigs.k8s.io/yaml over go-yaml v2).

use super::{Json, print};

/// The tree as a YAML document. Ends with a newline.
pub fn to_yaml(json: &Json) -> String {
    let mut out = String::new();
    match json {
        Json::Object(o) if !o.is_empty() => block(json, 0, &mut out),
        Json::Array(a) if !a.is_empty() => block(json, 0, &mut out),
        _ => {
            scalar(json, 0, &mut out);
            out.push('\n');
        }
    }
    out
}

fn is_block(json: &Json) -> bool {
    match json {
        Json::Object(o) => !o.is_empty(),
        Json::Array(a) => !a.is_empty(),
        _ => false,
    }
}

fn pad(indent: usize, out: &mut String) {
    out.extend(std::iter::repeat_n(' ', indent));
}

/// A non-empty map or list at `indent`, the first line included.
fn block(json: &Json, indent: usize, out: &mut String) {
    match json {
        Json::Object(o) => {
            for (i, (key, value)) in o.entries().iter().enumerate() {
                if i > 0 || !out.ends_with("- ") {
                    pad(indent, out);
                }
                string(key, None, out);
                out.push(':');
                entry(value, indent, out);
            }
        }
        Json::Array(items) => {
            for (i, item) in items.iter().enumerate() {
                if i > 0 || !out.ends_with("- ") {
                    pad(indent, out);
                }
                out.push_str("- ");
                if is_block(item) {
                    block(item, indent + 2, out);
                } else {
                    scalar(item, indent, out);
                    out.push('\n');
                }
            }
        }
        _ => {}
    }
}

/// What follows `key:`. Lists sit at their key's own indent, as go-yaml puts them.
fn entry(value: &Json, indent: usize, out: &mut String) {
    if is_block(value) {
        out.push('\n');
        let deeper = if matches!(value, Json::Object(_)) { indent + 2 } else { indent };
        block(value, deeper, out);
    } else {
        out.push(' ');
        scalar(value, indent, out);
        out.push('\n');
    }
}

fn scalar(json: &Json, indent: usize, out: &mut String) {
    match json {
        Json::Str(s) => string(s, Some(indent), out),
        Json::Float(v) => out.push_str(&float(*v)),
        other => out.push_str(&other.to_string()),
    }
}

fn float(v: f64) -> String {
    let text = print::float(v);
    match text.split_once('e') {
        Some((d, e)) if e.trim_start_matches(['+', '-']).len() == 1 => {
            format!("{d}e{}0{}", &e[..1], &e[1..])
        }
        _ => text,
    }
}

/// A line that has come so far is broken at the next blank.
const WIDTH: usize = 80;

/// A string in the way it may be written. A value knows the indent of its map or list, and its lines may be broken; a key's may not.
fn string(s: &str, indent: Option<usize>, out: &mut String) {
    let literal_at = indent.filter(|_| s.contains('\n') && literal_allowed(s));
    if let Some(indent) = literal_at {
        literal(s, indent, out);
    } else if !s.is_empty() && s.chars().all(printable) && !s.contains('\n') {
        if resolves_to_other(s) {
            double_quoted(s, indent, out);
        } else if plain_allowed(s) {
            folded(s, indent, 0, out);
        } else {
            out.push('\'');
            folded(&s.replace('\'', "''"), indent, 1, out);
            out.push('\'');
        }
    } else {
        double_quoted(s, indent, out);
    }
}

/// How many characters the last line has.
fn column(out: &str) -> usize {
    out[out.rfind('\n').map_or(0, |i| i + 1)..].chars().count()
}

/// Text without line breaks of its own, broken where it is too wide: at a single blank, and not within `edge` characters of its ends.
fn folded(s: &str, indent: Option<usize>, edge: usize, out: &mut String) {
    let mut column = column(out);
    let mut before = 'x';
    let mut chars = s.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let next = chars.peek().map(|(_, c)| *c);
        match indent {
            Some(indent)
                if c == ' '
                    && before != ' '
                    && column > WIDTH
                    && next.is_some_and(|n| n != ' ')
                    && at >= edge =>
            {
                out.push('\n');
                pad(indent + 2, out);
                column = indent + 2;
            }
            _ => {
                out.push(c);
                column += 1;
            }
        }
        before = c;
    }
}

/// What go-yaml writes without an escape: the basic plane's printable characters, without the tab.
fn printable(c: char) -> bool {
    matches!(c, '\n' | ' '..='~' | '\u{85}' | '\u{a0}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}')
        && c != '\u{feff}'
}

fn literal_allowed(s: &str) -> bool {
    // go-yaml falls back to double quotes where a block scalar would lose something.
    let printable_all = s.chars().all(printable);
    printable_all && !s.lines().any(|l| l.ends_with(' ')) && !s.ends_with(' ')
}

fn literal(s: &str, indent: usize, out: &mut String) {
    out.push('|');
    if s.starts_with([' ', '\n']) {
        out.push('2');
    }
    let body = s.trim_end_matches('\n');
    match s.len() - body.len() {
        0 => out.push('-'),
        1 if !body.is_empty() => {}
        _ => out.push('+'),
    }
    let lines = s.strip_suffix('\n').unwrap_or(s);
    for line in lines.split('\n') {
        out.push('\n');
        if !line.is_empty() {
            pad(indent + 2, out);
            out.push_str(line);
        }
    }
}

fn double_quoted(s: &str, indent: Option<usize>, out: &mut String) {
    out.push('"');
    let mut column = column(out);
    let mut before = 'x';
    for (at, c) in s.char_indices() {
        let length = out.len();
        match c {
            ' ' if before != ' ' && column > WIDTH && at > 0 && at + 1 < s.len() && indent.is_some() => {
                let indent = indent.unwrap_or(0) + 2;
                out.push('\n');
                pad(indent, out);
                // The reader drops blanks at the start of a line.
                if s[at + 1..].starts_with(' ') {
                    out.push('\\');
                }
                (column, before) = (indent, c);
                continue;
            }
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            '\0' => out.push_str("\\0"),
            '\u{7}' => out.push_str("\\a"),
            '\u{8}' => out.push_str("\\b"),
            '\u{b}' => out.push_str("\\v"),
            '\u{c}' => out.push_str("\\f"),
            '\u{1b}' => out.push_str("\\e"),
            '\u{85}' => out.push_str("\\N"),
            '\u{a0}' => out.push_str("\\_"),
            c if printable(c) => out.push(c),
            c if (c as u32) < 0x100 => out.push_str(&format!("\\x{:02X}", c as u32)),
            c if (c as u32) < 0x10000 => out.push_str(&format!("\\u{:04X}", c as u32)),
            c => out.push_str(&format!("\\U{:08X}", c as u32)),
        }
        column += out[length..].chars().count();
        before = c;
    }
    out.push('"');
}

/// Whether a YAML 1.1 reader would take the plain text for something other than a string.
pub fn resolves_to_other(s: &str) -> bool {
    matches!(
        s,
        "" | "~"
            | "null"
            | "Null"
            | "NULL"
            | "<<"
            | "="
            | "y"
            | "Y"
            | "yes"
            | "Yes"
            | "YES"
            | "n"
            | "N"
            | "no"
            | "No"
            | "NO"
            | "true"
            | "True"
            | "TRUE"
            | "false"
            | "False"
            | "FALSE"
            | "on"
            | "On"
            | "ON"
            | "off"
            | "Off"
            | "OFF"
            | ".inf"
            | ".Inf"
            | ".INF"
            | "+.inf"
            | "-.inf"
            | ".nan"
            | ".NaN"
            | ".NAN"
    ) || number(s)
        || timestamp(s)
        || base60(s)
}

fn number(s: &str) -> bool {
    if s.contains('_') && s.bytes().next().is_some_and(|b| b.is_ascii_digit() || b == b'-' || b == b'+') {
        return number(&s.replace('_', ""));
    }
    let body = s.strip_prefix(['-', '+']).unwrap_or(s);
    let radix = |prefix: &str, radix: u32| {
        body.strip_prefix(prefix).is_some_and(|d| !d.is_empty() && d.chars().all(|c| c.is_digit(radix)))
    };
    if radix("0x", 16) || radix("0b", 2) || radix("0o", 8) {
        return true;
    }
    let mantissa = body.split(['e', 'E']).next().unwrap_or("");
    let digits = mantissa.bytes().filter(u8::is_ascii_digit).count();
    digits > 0
        && body.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'e' | b'E' | b'+' | b'-'))
        && body.parse::<f64>().is_ok()
}

/// `2024-01-02` and longer: go-yaml quotes what it would read as a time.
fn timestamp(s: &str) -> bool {
    let b = s.as_bytes();
    let digits =
        |range: std::ops::Range<usize>| b.get(range).is_some_and(|d| d.iter().all(u8::is_ascii_digit));
    if !(digits(0..4) && b.get(4) == Some(&b'-')) {
        return false;
    }
    if b.len() == 10 {
        return digits(5..7) && b[7] == b'-' && digits(8..10);
    }
    let Some((date, time)) = s.split_once(['T', 't', ' ']) else {
        return false;
    };
    let date: Vec<&str> = date.split('-').collect();
    let ok = |part: &&str| (1..=4).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
    date.len() == 3
        && date.iter().all(ok)
        && time.split(':').count() >= 3
        && time.starts_with(|c: char| c.is_ascii_digit())
}

/// `12:30:45`: YAML 1.1's sexagesimal numbers, which go-yaml writes quoted although it does not read them.
fn base60(s: &str) -> bool {
    let body = s.strip_prefix(['-', '+']).unwrap_or(s);
    let mut parts = body.split(':');
    let first = parts.next().unwrap_or("");
    let rest: Vec<&str> = parts.collect();
    !rest.is_empty()
        && first.starts_with(|c: char| c.is_ascii_digit())
        && first.bytes().all(|b| b.is_ascii_digit() || b == b'_')
        && rest.iter().enumerate().all(|(i, p)| {
            let p = if i + 1 == rest.len() { p.split('.').next().unwrap_or("") } else { p };
            let d: &[u8] = p.as_bytes();
            matches!(d, [b'0'..=b'9'] | [b'0'..=b'5', b'0'..=b'9'])
        })
}

/// Whether a string may stand without quotes in block context.
fn plain_allowed(s: &str) -> bool {
    let bytes = s.as_bytes();
    let first = bytes[0];
    if s.starts_with("---") || s.starts_with("...") || s.starts_with(' ') || s.ends_with(' ') {
        return false;
    }
    let followed_by_text = bytes.get(1).is_some_and(|b| *b != b' ');
    if b"#,[]{}&*!|>'\"%@`".contains(&first) || (b"-?:".contains(&first) && !followed_by_text) {
        return false;
    }
    !s.contains(": ") && !s.ends_with(':') && !s.contains(" #")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json;
    use expect_test::expect;

    #[test]
    fn prints_as_kubectl_does() {
        let value = json!({
            "list": [{"a": 1, "b": [{"c": "x"}]}, "plain", [1, 2]],
            "empty": {}, "none": [], "null": null, "time": "2026-01-02T03:04:05Z", "number": "12", "bool": "yes",
            "text": "two\nlines\n", "clip": "two\nlines", "keep": "a\n\n", "odd": "- x", "colon": "a: b", "quote": "it's: 'x'",
            "tab": "a\tb", "bang": "!x", "ratio": 1.5, "hash": "a #b", "blank": "", "sixty": "12:30:45", "star": "*", "id": "1e3",
            "under": "-x", "pct": "50%", "trail": "x \ny\n",
        });
        expect![[r#"
            bang: '!x'
            blank: ""
            bool: "yes"
            clip: |-
              two
              lines
            colon: 'a: b'
            empty: {}
            hash: 'a #b'
            id: "1e3"
            keep: |+
              a

            list:
            - a: 1
              b:
              - c: x
            - plain
            - - 1
              - 2
            none: []
            "null": null
            number: "12"
            odd: '- x'
            pct: 50%
            quote: 'it''s: ''x'''
            ratio: 1.5
            sixty: "12:30:45"
            star: '*'
            tab: "a\tb"
            text: |
              two
              lines
            time: "2026-01-02T03:04:05Z"
            trail: "x \ny\n"
            under: -x
        "#]]
        .assert_eq(&to_yaml(&value));
    }
}
