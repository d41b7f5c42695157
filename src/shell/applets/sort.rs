//! `sort`

use crate::collections::sort_by;
use std::cmp::Ordering;

use super::filter::{Complaint, Reader, put, start};
use super::lines::{copy, options};
use super::{Call, Outcome};

#[derive(Debug, Clone)]
struct Sort {
    numeric: bool,
    reverse: bool,
    unique: bool,
    fold: bool,
    key: Option<(usize, usize)>,
    separator: Option<u8>,
    lines: Vec<Vec<u8>>,
    size: usize,
}

impl Sort {
    fn key<'a>(&self, line: &'a [u8]) -> &'a [u8] {
        let Some((from, to)) = self.key else { return line };
        let mut starts = Vec::new();
        match self.separator {
            Some(separator) => {
                let mut at = 0;
                for field in line.split(|c| *c == separator) {
                    starts.push((at, at + field.len()));
                    at += field.len() + 1;
                }
            }
            None => {
                let mut at = 0;
                while at < line.len() {
                    let start = at;
                    while at < line.len() && line[at].is_ascii_whitespace() {
                        at += 1;
                    }
                    while at < line.len() && !line[at].is_ascii_whitespace() {
                        at += 1;
                    }
                    starts.push((start, at));
                }
            }
        }
        match (starts.get(from - 1), starts.get(to.min(starts.len()).max(1) - 1)) {
            (Some((start, _)), Some((_, end))) => &line[*start..*end.max(start)],
            _ => &[],
        }
    }

    fn compare(&self, left: &[u8], right: &[u8]) -> Ordering {
        let (a, b) = (self.key(left), self.key(right));
        let by_key = if self.numeric {
            number(a).total_cmp(&number(b))
        } else if self.fold {
            a.to_ascii_lowercase().cmp(&b.to_ascii_lowercase())
        } else {
            a.cmp(b)
        };
        let order = if by_key.is_eq() && !self.unique { left.cmp(right) } else { by_key };
        if self.reverse { order.reverse() } else { order }
    }
}

fn number(text: &[u8]) -> f64 {
    let text = String::from_utf8_lossy(text);
    let text = text.trim_start();
    let end =
        text.char_indices().find(|(at, c)| !c.is_ascii_digit() && *c != '.' && !(*at == 0 && *c == '-'));
    text[..end.map_or(text.len(), |(at, _)| at)].parse().unwrap_or(0.0)
}

impl Reader for Sort {
    fn line(&mut self, line: &[u8], _: bool, _: &mut Vec<u8>) -> bool {
        self.size += line.len() + 32;
        self.lines.push(line.to_vec());
        true
    }

    fn end(&mut self, out: &mut Vec<u8>) -> i32 {
        let mut lines = std::mem::take(&mut self.lines);
        sort_by(&mut lines, |left, right| self.compare(left, right));
        if self.unique {
            lines.dedup_by(|left, right| self.compare(left, right).is_eq());
        }
        for line in lines {
            put(&line, true, out);
        }
        0
    }

    fn measure(&self) -> usize {
        self.size
    }

    copy!();
}

pub(super) fn sort(call: &mut Call) -> Outcome {
    let (flags, files) = options(&call.strings(), "ktoTS");
    let mut sort = Sort {
        numeric: false,
        reverse: false,
        unique: false,
        fold: false,
        key: None,
        separator: None,
        lines: Vec::new(),
        size: 0,
    };
    for (flag, value) in flags {
        match flag {
            'n' | 'g' | 'h' => sort.numeric = true,
            'r' => sort.reverse = true,
            'u' => sort.unique = true,
            'f' => sort.fold = true,
            't' => sort.separator = value.bytes().next(),
            'k' => {
                let (from, to) = value.split_once(',').unwrap_or((&value, ""));
                sort.numeric |= value.contains('n');
                sort.reverse |= value.contains('r');
                let digits = |text: &str| {
                    let length = text.bytes().take_while(u8::is_ascii_digit).count();
                    text[..length].parse::<usize>().ok()
                };
                let Some(from) = digits(from).filter(|n| *n > 0) else {
                    return call.fail("bad field specification");
                };
                sort.key = Some((from, digits(to).unwrap_or(usize::MAX)));
            }
            _ => {}
        }
    }
    start(call, &files, Box::new(sort), Complaint::Plain)
}
