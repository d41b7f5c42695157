//! `-o kyaml`: the dialect of YAML that quotes every string and counts no blanks (KEP-5295, `sigs.k8s.io/yaml/kyaml`).

use crate::json::{Json, yaml};

/// One document, with its separator.
pub fn text(value: &Json) -> String {
    let mut out = String::from("---\n");
    write(value, 0, &mut out);
    out.push('\n');
    out
}

fn pad(indent: usize, out: &mut String) {
    out.extend(std::iter::repeat_n("  ", indent));
}

fn write(value: &Json, indent: usize, out: &mut String) {
    match value {
        Json::Object(o) if o.is_empty() => out.push_str("{}"),
        Json::Object(o) => {
            out.push_str("{\n");
            for (key, value) in o.entries() {
                pad(indent + 1, out);
                if plain(key) {
                    out.push_str(key)
                } else {
                    string(key, None, out)
                }
                out.push_str(": ");
                write(value, indent + 1, out);
                out.push_str(",\n");
            }
            pad(indent, out);
            out.push('}');
        }
        Json::Array(items) if items.is_empty() => out.push_str("[]"),
        Json::Array(items) => {
            // Brackets of a list and of what it holds share their lines where all of it is maps, or lists.
            let cuddled = items.iter().all(|item| matches!(item, Json::Object(_) | Json::Array(_)));
            let inner = if cuddled { indent } else { indent + 1 };
            out.push_str(if cuddled { "[" } else { "[\n" });
            for (i, item) in items.iter().enumerate() {
                if !cuddled {
                    pad(inner, out);
                } else if i > 0 {
                    out.push_str(", ");
                }
                write(item, inner, out);
                if !cuddled {
                    out.push_str(",\n");
                }
            }
            if !cuddled {
                pad(indent, out);
            }
            out.push(']');
        }
        Json::Str(s) => string(s, Some(indent + 1), out),
        other => out.push_str(&other.to_string()),
    }
}

/// Whether a key needs no quotes.
fn plain(key: &str) -> bool {
    let fits = |(at, c): (usize, char)| {
        let interior = at > 0 && at + c.len_utf8() < key.len();
        c.is_alphanumeric() || c == '_' || interior && matches!(c, '-' | '.' | '/')
    };
    let truth = ["t", "f", "T", "F"].contains(&key);
    !truth && !yaml::resolves_to_other(key) && key.char_indices().all(fits)
}

/// A string in double quotes; one of several lines has each on a line of its own, at that indent.
fn string(text: &str, folded: Option<usize>, out: &mut String) {
    const FOLD: &str = "\\\n";
    let indent = folded.unwrap_or(0);
    let lines = folded.is_some() && text.contains('\n');
    out.push('"');
    if lines {
        out.push_str(FOLD);
    }
    for c in text.chars() {
        if lines && out.ends_with('\n') {
            pad(indent, out);
            out.push(if c.is_whitespace() && c != '\n' { '\\' } else { ' ' });
        }
        match c {
            '\n' if lines => out.push_str("\\n\\\n"),
            '\n' => out.push_str("\\n"),
            '\t' if folded.is_none() => out.push_str("\\t"),
            '"' | '\\' => out.extend(['\\', c]),
            '\0' => out.push_str("\\0"),
            '\t' => out.push(c),
            '\x07' => out.push_str("\\a"),
            '\x08' => out.push_str("\\b"),
            '\x0b' => out.push_str("\\v"),
            '\x0c' => out.push_str("\\f"),
            '\r' => out.push_str("\\r"),
            '\x1b' => out.push_str("\\e"),
            c if (c as u32) < 0x20 || c as u32 == 0x7f => out.push_str(&format!("\\x{:02x}", c as u32)),
            c => out.push(c),
        }
    }
    if lines {
        if !out.ends_with('\n') {
            out.push_str(FOLD);
        }
        pad(indent, out);
    }
    out.push('"');
}
