//! JSON text from a tree, escaped as Go's encoder does.

use super::Json;
use std::fmt::{self, Write};

/// `{}` prints compactly, `{:#}` with an indent of four blanks, as `kubectl -o json` does.
impl fmt::Display for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let indent = if f.alternate() { Some(0) } else { None };
        write(self, indent, f)
    }
}

fn write(json: &Json, indent: Option<usize>, out: &mut dyn Write) -> fmt::Result {
    match json {
        Json::Null => out.write_str("null"),
        Json::Bool(b) => write!(out, "{b}"),
        Json::Int(i) => write!(out, "{i}"),
        Json::Float(v) => out.write_str(&float(*v)),
        Json::Str(s) => quoted(s, out),
        Json::Array(items) => {
            sequence(('[', ']'), items.len(), indent, out, |i, indent, out| write(&items[i], indent, out))
        }
        Json::Object(o) => sequence(('{', '}'), o.len(), indent, out, |i, indent, out| {
            let (key, value) = &o.entries()[i];
            quoted(key, out)?;
            out.write_str(if indent.is_some() { ": " } else { ":" })?;
            write(value, indent, out)
        }),
    }
}

fn sequence(
    (open, close): (char, char),
    len: usize,
    indent: Option<usize>,
    out: &mut dyn Write,
    element: impl Fn(usize, Option<usize>, &mut dyn Write) -> fmt::Result,
) -> fmt::Result {
    let inner = indent.map(|n| n + 4);
    out.write_char(open)?;
    for i in 0..len {
        if i > 0 {
            out.write_char(',')?;
        }
        new_line(inner, out)?;
        element(i, inner, out)?;
    }
    if len > 0 {
        new_line(indent, out)?;
    }
    out.write_char(close)
}

fn new_line(indent: Option<usize>, out: &mut dyn Write) -> fmt::Result {
    match indent {
        Some(n) => write!(out, "\n{:n$}", ""),
        None => Ok(()),
    }
}

/// A float as Go's `encoding/json` writes it: plain between 1e-6 and 1e21, with an exponent outside.
pub fn float(v: f64) -> String {
    let size = v.abs();
    if v == 0.0 || (1e-6..1e21).contains(&size) {
        return format!("{v}");
    }
    let text = format!("{v:e}");
    match text.split_once('e') {
        Some((digits, exp)) if !exp.starts_with('-') => format!("{digits}e+{exp}"),
        _ => text,
    }
}

/// A string as Go's `encoding/json` quotes it: `<`, `>`, `&` and the line separators are escaped too.
pub fn quoted(s: &str, out: &mut dyn Write) -> fmt::Result {
    out.write_char('"')?;
    let mut rest = s;
    while let Some(i) = rest.find(needs_escape) {
        let c = rest[i..].chars().next().unwrap_or_default();
        out.write_str(&rest[..i])?;
        match c {
            '"' => out.write_str("\\\"")?,
            '\\' => out.write_str("\\\\")?,
            '\n' => out.write_str("\\n")?,
            '\r' => out.write_str("\\r")?,
            '\t' => out.write_str("\\t")?,
            '\u{8}' => out.write_str("\\b")?,
            '\u{c}' => out.write_str("\\f")?,
            c => write!(out, "\\u{:04x}", c as u32)?,
        }
        rest = &rest[i + c.len_utf8()..];
    }
    out.write_str(rest)?;
    out.write_char('"')
}

fn needs_escape(c: char) -> bool {
    matches!(c, '\0'..='\u{1f}' | '"' | '\\' | '<' | '>' | '&' | '\u{2028}' | '\u{2029}')
}

#[cfg(test)]
mod tests {
    use crate::json;

    #[test]
    fn prints_as_go_does() {
        let cases = [
            (
                json!({"b": [1, 2.5, null], "a": "x<y> & \"z\"\n"}),
                r#"{"a":"x\u003cy\u003e \u0026 \"z\"\n","b":[1,2.5,null]}"#,
            ),
            (json!([]), "[]"),
            (json!(1e21), "1e+21"),
            (json!(1e-7), "1e-7"),
        ];
        for (value, expected) in cases {
            assert_eq!(value.to_string(), expected);
        }
        assert_eq!(
            format!("{:#}", json!({"a": [1], "b": {}})),
            "{\n    \"a\": [\n        1\n    ],\n    \"b\": {}\n}"
        );
    }
}
