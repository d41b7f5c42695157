//! bash's brace expansion: `a{b,c}d` → `abd acd`, `{1..5}`, `{a..e}`.

use super::ast::{Part, Word};

/// How many words one word may become; bash itself has no bound but memory.
const MAX_WORDS: usize = 100_000;

/// The words `word` stands for; `None` if there is no brace expression in it.
pub(super) fn expand(word: &Word) -> Option<Vec<Word>> {
    let mut words = vec![word.clone()];
    let mut changed = false;
    let mut index = 0;
    while index < words.len() && words.len() < MAX_WORDS {
        match step(&words[index]) {
            Some(alternatives) => {
                words.splice(index..=index, alternatives);
                changed = true;
            }
            None => index += 1,
        }
    }
    changed.then_some(words)
}

/// Replaces the first brace expression.
fn step(word: &Word) -> Option<Vec<Word>> {
    for (index, part) in word.0.iter().enumerate() {
        let Part::Text(text) = part else { continue };
        for open in (0..text.len()).filter(|at| text[*at] == b'{') {
            let Some((close, alternatives)) = alternatives(&text[open + 1..]) else { continue };
            let make = |alternative: Vec<u8>| {
                let mut parts = word.0[..index].to_vec();
                let mut joined = text[..open].to_vec();
                joined.extend(alternative);
                joined.extend_from_slice(&text[open + close + 2..]);
                parts.push(Part::Text(joined.into()));
                parts.extend_from_slice(&word.0[index + 1..]);
                Word(parts)
            };
            return Some(alternatives.into_iter().map(make).collect());
        }
    }
    None
}

/// After `{`: the offset of its `}`, and what it stands for.
fn alternatives(text: &[u8]) -> Option<(usize, Vec<Vec<u8>>)> {
    let mut depth = 0;
    let mut commas = Vec::new();
    let mut end = None;
    for (at, c) in text.iter().enumerate() {
        match c {
            b'{' => depth += 1,
            b'}' if depth == 0 => {
                end = Some(at);
                break;
            }
            b'}' => depth -= 1,
            b',' if depth == 0 => commas.push(at),
            _ => {}
        }
    }
    let end = end?;
    if commas.is_empty() {
        return sequence(&text[..end]).map(|items| (end, items));
    }
    commas.push(end);
    let mut from = 0;
    let mut items = Vec::new();
    for comma in commas {
        items.push(text[from..comma].to_vec());
        from = comma + 1;
    }
    Some((end, items))
}

fn sequence(text: &[u8]) -> Option<Vec<Vec<u8>>> {
    let text = std::str::from_utf8(text).ok()?;
    let mut parts = text.split("..");
    let (first, last, by) = (parts.next()?, parts.next()?, parts.next());
    if parts.next().is_some() {
        return None;
    }
    let letters = first.len() == 1 && last.len() == 1 && !first.as_bytes()[0].is_ascii_digit();
    let number = |text: &str| if letters { text.bytes().next().map(i64::from) } else { text.parse().ok() };
    let (first_value, last_value): (i64, i64) = (number(first)?, number(last)?);
    let by = by.map_or(Some(1), |by| by.parse::<i64>().ok())?.unsigned_abs().max(1);
    let count = (first_value.abs_diff(last_value) / by).saturating_add(1).min(MAX_WORDS as u64);
    let padded = |text: &str| text.trim_start_matches('-').starts_with('0') && text.len() > 1;
    let width = if padded(first) || padded(last) { first.len().max(last.len()) } else { 0 };
    let item = |index: u64| {
        let offset = (index * by) as i64;
        let value = if first_value <= last_value { first_value + offset } else { first_value - offset };
        if letters { vec![value as u8] } else { format!("{value:0width$}").into_bytes() }
    };
    Some((0..count).map(item).collect())
}
