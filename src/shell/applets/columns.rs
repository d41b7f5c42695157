//! `cut tr`

use super::filter::{Complaint, Reader, put, start};
use super::lines::{copy, options};
use super::{Call, Outcome};
use crate::shell::pattern::in_class;

#[derive(Debug, Clone)]
struct Cut {
    fields: bool,
    delimiter: u8,
    /// What stands between the fields that are printed.
    between: Vec<u8>,
    ranges: Vec<(usize, usize)>,
    only_delimited: bool,
}

impl Reader for Cut {
    fn line(&mut self, line: &[u8], _: bool, out: &mut Vec<u8>) -> bool {
        let chosen = |index: usize| self.ranges.iter().any(|(from, to)| (*from..=*to).contains(&(index + 1)));
        if !self.fields {
            let text: Vec<u8> =
                line.iter().enumerate().filter(|(at, _)| chosen(*at)).map(|(_, c)| *c).collect();
            put(&text, true, out);
        } else if !line.contains(&self.delimiter) {
            if !self.only_delimited {
                put(line, true, out);
            }
        } else {
            let parts = line.split(|c| *c == self.delimiter).enumerate();
            let parts: Vec<&[u8]> = parts.filter(|(at, _)| chosen(*at)).map(|(_, part)| part).collect();
            put(&parts.join(self.between.as_slice()), true, out);
        }
        true
    }

    copy!();
}

pub(super) fn cut(call: &mut Call) -> Outcome {
    let (long, words): (Vec<String>, Vec<String>) =
        call.strings().into_iter().partition(|word| word.starts_with("--output-delimiter="));
    let (flags, files) = options(&words, "dfcb");
    let (between, ranges) = (Vec::new(), Vec::new());
    let mut cut = Cut { fields: false, delimiter: b'\t', between, ranges, only_delimited: false };
    for (flag, value) in flags {
        match flag {
            'd' => cut.delimiter = value.bytes().next().unwrap_or(b'\t'),
            's' => cut.only_delimited = true,
            _ => {
                cut.fields = flag == 'f';
                for range in value.split(',') {
                    let (from, to) = range.split_once('-').unwrap_or((range, range));
                    let from = if from.is_empty() { Ok(1) } else { from.parse() };
                    let to = if to.is_empty() { Ok(usize::MAX) } else { to.parse() };
                    match (from, to) {
                        (Ok(from), Ok(to)) if from > 0 => cut.ranges.push((from, to)),
                        _ => return call.fail(&format!("invalid range '{range}'")),
                    }
                }
            }
        }
    }
    cut.between = match long.last().and_then(|word| word.split_once('=')) {
        Some((_, between)) => between.as_bytes().to_vec(),
        None => vec![cut.delimiter],
    };
    if cut.ranges.is_empty() {
        return call.fail("expected a list of bytes, characters, or fields");
    }
    start(call, &files, Box::new(cut), Complaint::Plain)
}

#[derive(Debug, Clone)]
struct Translate {
    /// What each byte becomes; `None` is deleted.
    map: Vec<Option<u8>>,
    squeeze: Vec<bool>,
    last: Option<u8>,
}

impl Reader for Translate {
    fn bytes(&mut self, bytes: &[u8], out: &mut Vec<u8>) -> bool {
        for c in bytes {
            if let Some(new) = self.map[usize::from(*c)] {
                if self.squeeze[usize::from(new)] && self.last == Some(new) {
                    continue;
                }
                self.last = Some(new);
                out.push(new);
            }
        }
        true
    }

    fn line(&mut self, _: &[u8], _: bool, _: &mut Vec<u8>) -> bool {
        true
    }

    copy!();
}

/// `a-z`, `[:upper:]`, `\n` → bytes.
fn set(text: &str) -> Vec<u8> {
    let text = crate::shell::escapes::unescape(text.as_bytes()).0;
    let mut out = Vec::new();
    let mut at = 0;
    while at < text.len() {
        if text[at..].starts_with(b"[:")
            && let Some(end) = text[at..].windows(2).position(|w| w == b":]")
        {
            let class = &text[at + 2..at + end];
            out.extend((0..=255u8).filter(|c| in_class(class, *c)));
            at += end + 2;
        } else if at + 2 < text.len() && text[at + 1] == b'-' && text[at] <= text[at + 2] {
            out.extend(text[at]..=text[at + 2]);
            at += 3;
        } else {
            out.push(text[at]);
            at += 1;
        }
    }
    out
}

pub(super) fn tr(call: &mut Call) -> Outcome {
    let (flags, sets) = options(&call.strings(), "");
    let has = |letter: char| flags.iter().any(|(flag, _)| *flag == letter);
    let Some(first) = sets.first() else { return call.fail("missing operand") };
    let mut from = set(first);
    if has('c') || has('C') {
        from = (0..=255).filter(|c| !from.contains(c)).collect();
    }
    let to = sets.get(1).map(|text| set(text)).unwrap_or_default();
    let mut map: Vec<Option<u8>> = (0..=255).map(Some).collect();
    for (index, c) in from.iter().enumerate() {
        if has('d') {
            map[usize::from(*c)] = None;
        } else if let Some(last) = to.last() {
            map[usize::from(*c)] = Some(*to.get(index).unwrap_or(last));
        }
    }
    let mut squeeze = vec![false; 256];
    if has('s') {
        for c in if to.is_empty() { &from } else { &to } {
            squeeze[usize::from(*c)] = true;
        }
    }
    start(call, &[], Box::new(Translate { map, squeeze, last: None }), Complaint::Plain)
}
