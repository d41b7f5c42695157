//! Decoding by the tables: is each key known, is what must be there there, has each value its type? What is wrong is told
//! with its place, and what was perhaps meant.
//!
//! YAML is read by [`manifest`](crate::manifest), which the module holds already and which knows where each value stands.
//! A continuation of `serde_yaml` would be a second YAML parser in the module, and tells no places of values that are
//! well-formed but wrong.

use super::tables::{self, Table, Type};
use crate::json::Json;
use crate::manifest::{self, Document, Place};

/// Something wrong in a file of a lesson.
#[derive(Clone, Debug, PartialEq)]
pub struct Mistake {
    /// The file, below the lesson's folder.
    pub file: String,
    /// Where.
    pub place: Place,
    /// In words (English: it is for authors).
    pub message: String,
}

/// A document that was read, and what is wrong with it so far.
pub(super) struct Reader {
    pub file: String,
    pub document: Document,
    /// Lines of the file before the document.
    pub line: usize,
    pub mistakes: Vec<Mistake>,
}

impl Reader {
    /// Reads a text and checks it by a table.
    pub fn read(file: &str, text: &str, table: &'static Table, line: usize) -> Result<Reader, Mistake> {
        let document = manifest::document(text).map_err(|error| {
            let message = error.message.trim_start_matches("error converting YAML to JSON: ").to_owned();
            Mistake { file: file.into(), place: down(error.place, line), message }
        })?;
        let mut reader = Reader { file: file.into(), document, line, mistakes: Vec::new() };
        let value = reader.document.value.clone();
        reader.check(&value, "", &Type::Table(table));
        Ok(reader)
    }

    /// Notes a mistake at a path.
    pub fn wrong(&mut self, path: &str, message: impl Into<String>) {
        let place = self.document.places.find(path).map_or(Place::default(), |entry| entry.key);
        let place =
            down(if place.line == 0 { Place { line: 1, column: 1, ..place } } else { place }, self.line);
        self.mistakes.push(Mistake { file: self.file.clone(), place, message: message.into() });
    }

    fn check(&mut self, value: &Json, path: &str, ty: &Type) {
        let is = described(value);
        let expected = |what: &str| format!("{} must be {what}, and is {is}", name(path));
        match ty {
            Type::Any => {}
            Type::Scalar => {
                if matches!(value, Json::Array(_) | Json::Object(_) | Json::Null) {
                    self.wrong(path, expected("a word, a number, true or false"));
                }
            }
            Type::Text if value.as_str().is_none_or(str::is_empty) => {
                let hint = match value {
                    Json::Int(_) | Json::Float(_) | Json::Bool(_) => ": write it in quotes",
                    _ => "",
                };
                self.wrong(path, expected("a text") + hint);
            }
            Type::Bool if value.as_bool().is_none() => self.wrong(path, expected("true or false")),
            Type::Number(least, most) if !value.as_i64().is_some_and(|n| (*least..=*most).contains(&n)) => {
                let wanted = if least == most { least.to_string() } else { ty.name() };
                self.wrong(path, expected(&wanted));
            }
            Type::Word(words) if !words.contains(&value.str()) => {
                let meant = value.as_str().and_then(|word| closest(word, words));
                let meant = meant.map_or(String::new(), |word| format!("; did you mean {word}?"));
                self.wrong(path, expected(&format!("one of {}", words.join(", "))) + &meant);
            }
            Type::List(of) => match value {
                Json::Array(items) if !items.is_empty() => {
                    for (i, item) in items.iter().enumerate() {
                        self.check(item, &format!("{path}[{i}]"), of);
                    }
                }
                _ => self.wrong(path, expected("a list with something in it")),
            },
            Type::OneOf(types) => {
                if let Some(ty) = types.iter().find(|ty| ty.fits(value)) {
                    self.check(value, path, ty);
                } else {
                    let names: Vec<String> = types.iter().map(|ty| ty.name()).collect();
                    self.wrong(path, expected(&names.join(" or ")));
                }
            }
            Type::Table(table) => self.table(value, path, table),
            Type::Check => self.table(value, path, &tables::CHECKS),
            Type::Text | Type::Bool | Type::Number(..) | Type::Word(_) => {}
        }
    }

    fn table(&mut self, value: &Json, path: &str, table: &Table) {
        if value.as_object().is_none() {
            let message =
                format!("{} must be {}: key: value lines, and is {}", name(path), table.is, described(value));
            return self.wrong(path, message);
        }
        let mut misspelt = false;
        for (key, inner) in value.entries() {
            let below = child(path, key);
            match table.fields.iter().find(|f| f.name == key.as_str()) {
                Some(field) => self.check(inner, &below, &field.ty),
                None => {
                    let names: Vec<&str> = table.fields.iter().map(|f| f.name).collect();
                    let message = match closest(key, &names) {
                        Some(meant) => {
                            misspelt |= table.one_of.contains(&meant);
                            format!("unknown key {:?}; did you mean {meant:?}?", key.as_str())
                        }
                        None => {
                            format!(
                                "unknown key {:?}; {} can have: {}",
                                key.as_str(),
                                table.is,
                                names.join(", ")
                            )
                        }
                    };
                    self.wrong(&below, message);
                }
            }
        }
        for field in table.fields.iter().filter(|f| f.required && value.get(f.name).is_none()) {
            self.wrong(path, format!("{} is missing: {} needs it", field.name, table.is));
        }
        let heads: Vec<&str> =
            table.one_of.iter().copied().filter(|head| value.get(head).is_some()).collect();
        match heads.as_slice() {
            [] if !table.one_of.is_empty() && !misspelt => {
                self.wrong(path, format!("{} needs one of: {}", table.is, table.one_of.join(", ")));
            }
            [_, second, ..] => {
                let message =
                    format!("{} asks one thing: {} cannot both be there", table.is, heads.join(" and "));
                self.wrong(&child(path, second), message);
            }
            _ => {}
        }
    }
}

/// A place of a part, as a place of the whole.
fn down(mut place: Place, lines: usize) -> Place {
    place.line += lines;
    place.end_line += lines;
    place
}

/// The path of a field.
pub(super) fn child(path: &str, key: &str) -> String {
    let plain = key.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    match (path.is_empty(), plain) {
        (true, true) => key.into(),
        (false, true) => format!("{path}.{key}"),
        (_, false) => format!("{path}[{key}]"),
    }
}

fn name(path: &str) -> &str {
    if path.is_empty() { "the file" } else { path }
}

fn described(value: &Json) -> String {
    match value {
        Json::Null => "empty".into(),
        Json::Str(text) if text.is_empty() => "empty".into(),
        Json::Array(_) => "a list".into(),
        Json::Object(_) => "a map".into(),
        scalar => format!("{scalar}"),
    }
}

/// The word that is nearest to a misspelt one, if any is near.
pub(super) fn closest<'a>(word: &str, words: &[&'a str]) -> Option<&'a str> {
    let near = words.iter().map(|w| (distance(word, w), *w)).min_by_key(|(d, _)| *d)?;
    let begins = |w: &&&str| word.len() > 1 && (w.starts_with(word) || word.starts_with(**w));
    if near.0 <= 1 + word.len() / 4 { Some(near.1) } else { words.iter().find(begins).copied() }
}

/// How many letters must be put in, left out, changed or swapped with the next.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut rows: Vec<Vec<usize>> = vec![(0..=b.len()).collect()];
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let change = rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut best = change.min(rows[i - 1][j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                best = best.min(rows[i - 2][j - 2] + 1);
            }
            row.push(best);
        }
        rows.push(row);
    }
    rows[a.len()][b.len()]
}
