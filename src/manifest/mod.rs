//! Manifests: YAML or JSON text → objects, with the place of every field.
//!
//! The text is read as `kubectl` reads it (`apimachinery/pkg/util/yaml` over go-yaml v2): cut into chunks at lines
//! of `---`, one document a chunk, YAML 1.1 scalars, the last of duplicate keys wins. Error texts and their line
//! numbers are go-yaml's.
//!
//! - [`documents`]: the whole of it.
//! - [`scalar`]: which plain text is a number, a boolean, nothing.
//! - `load`: the parser's events → a tree; aliases share, and their expansion is bounded.
//! - `problem`: the parser's faults in go-yaml's words.

mod load;
mod place;
mod problem;
pub mod scalar;

pub use place::{Place, Places};

use crate::json::Json;
use crate::json::parse::parse_prefix;

/// The most bytes a manifest may have: what the API server takes in one request.
pub const MAX_BYTES: usize = 3 * 1024 * 1024;

/// One document.
#[derive(Clone, Debug)]
pub struct Document {
    /// The tree; `Null` where the document holds nothing.
    pub value: Json,
    /// Where its fields stand in the text.
    pub places: Places,
}

/// Why a text, or a chunk of it, cannot be read.
#[derive(Clone, Debug, PartialEq)]
pub struct Error {
    /// What `kubectl` prints after `error parsing FILE: `.
    pub message: String,
    /// Where, in the whole text.
    pub place: Place,
}

/// A stretch of lines between two separators.
struct Chunk<'a> {
    text: &'a str,
    /// Lines of the whole text before it.
    line: usize,
    /// Bytes of the whole text before it.
    byte: usize,
}

/// Reads all documents of a text. A chunk that cannot be read ends it, as it ends `kubectl`'s reader.
pub fn documents(text: &str) -> Vec<Result<Document, Error>> {
    let start = Place::default();
    if text.len() > MAX_BYTES {
        let message = format!("the file is too large: {} bytes, and the limit is {MAX_BYTES}", text.len());
        return vec![Err(Error { message, place: start })];
    }
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.trim_start().starts_with('{') {
        return json_documents(text);
    }
    let mut out = Vec::new();
    for chunk in chunks(text) {
        let read = chunk.and_then(|chunk| load::document(chunk.text, chunk.line, chunk.byte));
        let failed = read.is_err();
        out.push(read);
        if failed {
            break;
        }
    }
    out
}

/// One document of a text that is known to hold one; used for files that are no manifests.
pub fn document(text: &str) -> Result<Document, Error> {
    load::document(text, 0, 0)
}

/// Cuts at lines that are `---`, with nothing but a comment after it.
fn chunks(text: &str) -> Vec<Result<Chunk<'_>, Error>> {
    let mut out = Vec::new();
    let (mut start, mut start_line, mut at) = (0, 0, 0);
    for (line, content) in text.split_inclusive('\n').enumerate() {
        let next = at + content.len();
        if let Some(rest) = content.strip_prefix("---") {
            let rest = rest.trim();
            if !rest.is_empty() && !rest.starts_with('#') {
                let message =
                    format!("error converting YAML to JSON: invalid Yaml document separator: {rest}");
                let place = Place {
                    line: line + 1,
                    column: 1,
                    end_line: line + 1,
                    end_column: 4 + rest.len(),
                    byte: at,
                };
                out.push(Err(Error { message, place }));
                return out;
            }
            out.push(Ok(Chunk { text: &text[start..at], line: start_line, byte: start }));
            (start, start_line) = (next, line + 1);
        }
        at = next;
    }
    out.push(Ok(Chunk { text: &text[start..], line: start_line, byte: start }));
    out.retain(|chunk| chunk.as_ref().map_or(true, |c| !c.text.is_empty()));
    out
}

/// A stream of JSON objects. What is not quite JSON is tried as YAML, which forgives more.
fn json_documents(text: &str) -> Vec<Result<Document, Error>> {
    let mut out = Vec::new();
    let mut rest = text;
    while !rest.trim().is_empty() {
        let offset = text.len() - rest.len();
        match parse_prefix(rest) {
            Ok((value, used)) => {
                let line = text[..offset].matches('\n').count();
                // The tree of a JSON text is also its tree as YAML, which knows the places.
                let places =
                    load::document(&rest[..used], line, offset).map(|d| d.places).unwrap_or_default();
                out.push(Ok(Document { value, places }));
                rest = &rest[used..];
            }
            Err(error) => {
                let line = text[..offset].matches('\n').count();
                let as_yaml = load::document(rest, line, offset);
                out.push(as_yaml.map_err(|_| {
                    // A text that only ends too early is no fault of its syntax to Go.
                    let message = match error.message.as_str() {
                        "unexpected end of JSON input" => "unexpected EOF".into(),
                        message => format!("json: offset {}: {message}", error.offset),
                    };
                    Error { message, place: Place::at_byte(text, offset + error.offset.saturating_sub(1)) }
                }));
                break;
            }
        }
    }
    out
}

#[cfg(test)]
mod tests;
