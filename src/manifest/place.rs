//! [`Place`]: where something stands in a text, and [`Places`]: where each field of a document stands.

use crate::json::Step;

/// A stretch of text. Lines and columns count from 1, columns in characters; ends are exclusive.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// First line.
    pub line: usize,
    /// First column.
    pub column: usize,
    /// Last line.
    pub end_line: usize,
    /// Column behind the last character.
    pub end_column: usize,
    /// The first byte, from 0.
    pub byte: usize,
}

impl Place {
    /// The character at a byte of the text.
    pub fn at_byte(text: &str, byte: usize) -> Place {
        let mut byte = byte.min(text.len());
        while !text.is_char_boundary(byte) {
            byte -= 1;
        }
        let before = &text[..byte];
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or("").chars().count() + 1;
        Place { line, column, end_line: line, end_column: column + 1, byte }
    }
}

/// Where a field's key and its value stand.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The path from the document's root.
    pub path: Vec<Step>,
    /// The key; for list elements and the root the value itself.
    pub key: Place,
    /// The value.
    pub value: Place,
}

/// Where each field of a document stands, in the order of the text.
#[derive(Clone, Debug, Default)]
pub struct Places {
    pub(super) entries: Vec<Entry>,
}

impl Places {
    /// The field at a path, as error messages write it: `spec.containers[0].image`. Where there is no such field (a
    /// required one is missing), the nearest one around it.
    pub fn find(&self, path: &str) -> Option<&Entry> {
        let mut steps = steps(path);
        loop {
            if let Some(entry) = self.at(&steps) {
                return Some(entry);
            }
            steps.pop()?;
        }
    }

    /// The field at exactly this path; of duplicates the last.
    pub fn at(&self, path: &[Step]) -> Option<&Entry> {
        self.entries.iter().rev().find(|e| e.path == path)
    }

    /// All fields.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }
}

/// `a.b[0].c[key]` → its steps.
fn steps(path: &str) -> Vec<Step> {
    let mut out = Vec::new();
    let mut rest = path.trim_start_matches('.');
    while !rest.is_empty() {
        if let Some(inner) = rest.strip_prefix('[') {
            let (key, after) = inner.split_once(']').unwrap_or((inner, ""));
            out.push(key.parse().map_or_else(|_| Step::Field(key.trim_matches('"').into()), Step::Index));
            rest = after.trim_start_matches('.');
        } else {
            let end = rest.find(['.', '[']).unwrap_or(rest.len());
            out.push(Step::Field(rest[..end].into()));
            rest = rest[end..].trim_start_matches('.');
        }
    }
    out
}
