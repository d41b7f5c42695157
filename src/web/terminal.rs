//! The terminal as the page shows it: output in pieces, with the objects that it names made findable.

use super::model::{Completion, ObjectRef, Segment, TerminalEntry};
use super::names;
use crate::api::{ObjectKey, ResourceInfo, kinds};
use crate::cluster::World;
use crate::playground::Playground;

/// An entry shows at most its last pieces.
const MOST_PIECES: usize = 2_000;
/// At most this many completions are offered.
const MOST_WORDS: usize = 50;

/// Whose names are made links, in the order in which a name is looked for.
fn linked() -> [&'static ResourceInfo; 8] {
    [
        kinds::PODS,
        kinds::JOBS,
        kinds::CRONJOBS,
        kinds::DEPLOYMENTS,
        kinds::REPLICASETS,
        kinds::CONFIGMAPS,
        kinds::SECRETS,
        kinds::NODES,
    ]
}

/// The entries from one on, as of the current position.
pub fn entries(playground: &Playground, from: usize) -> Vec<TerminalEntry> {
    let world = playground.desk().world();
    let view = |(id, entry): (usize, &crate::playground::Entry)| {
        let skipped = entry.output.len().saturating_sub(MOST_PIECES);
        let pieces = entry.output.iter().skip(skipped);
        TerminalEntry {
            id: id as u32,
            line: entry.line.to_string(),
            step: entry.step as u32,
            output: pieces
                .flat_map(|p| match is_from_container(&entry.line) {
                    true => vec![Segment { text: p.text.to_string(), error: p.error, object: None }],
                    false => segments(world, &p.text, p.error),
                })
                .collect(),
            exit: entry.exit,
            running: entry.exit.is_none(),
        }
    };
    playground.terminal_entries().enumerate().skip(from).map(view).collect()
}

/// What a program in a container writes names no objects, whatever its words are.
fn is_from_container(line: &str) -> bool {
    let mut words = line.split_whitespace().filter(|word| !word.starts_with('-'));
    words.next() == Some("kubectl") && matches!(words.next(), Some("logs" | "exec" | "attach"))
}

/// Splits a text so that each name of an object that exists stands alone.
fn segments(world: &World, text: &str, error: bool) -> Vec<Segment> {
    let mut out = Vec::new();
    let mut plain = 0;
    let name_like = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '.');
    let mut at = 0;
    while at < text.len() {
        let rest = &text[at..];
        let skip = rest.find(name_like).unwrap_or(rest.len());
        let word_length = rest[skip..].find(|c| !name_like(c)).unwrap_or(rest.len() - skip);
        let (start, end) = (at + skip, at + skip + word_length);
        let word = &text[start..end];
        let whole = !text[..start].ends_with(|c: char| c.is_alphanumeric() || c == '_');
        if word_length > 1
            && whole
            && let Some(object) = find(world, word)
        {
            if plain < start {
                out.push(Segment { text: text[plain..start].into(), error, object: None });
            }
            out.push(Segment { text: word.into(), error, object: Some(object) });
            plain = end;
        }
        at = end.max(at + 1);
    }
    if plain < text.len() {
        out.push(Segment { text: text[plain..].into(), error, object: None });
    }
    out
}

fn find(world: &World, name: &str) -> Option<ObjectRef> {
    linked().into_iter().find_map(|info| {
        let resource = info.into();
        let key = ObjectKey::new(if info.namespaced { "default" } else { "" }, name);
        (!world.server().peek(&resource, &key).is_null()).then(|| names::object(&resource, &key))
    })
}

/// How a line could go on. `cursor` and the answer count UTF-16 code units.
pub fn complete(playground: &Playground, line: &str, cursor: usize) -> Completion {
    let byte = line.char_indices().scan(0, |units, (i, c)| {
        let before = *units;
        *units += c.len_utf16();
        Some((before, i))
    });
    let byte = byte.filter(|(units, _)| *units >= cursor).map(|(_, i)| i).next().unwrap_or(line.len());
    let (from, mut words) = playground.complete(line, byte);
    words.truncate(MOST_WORDS);
    Completion { from: line[..from].encode_utf16().count() as u32, words }
}
