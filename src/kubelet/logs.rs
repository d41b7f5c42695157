//! [`Log`]: what a container wrote, line by line, as far back as is kept.

use super::runtime::Stream;
use crate::collections::List;
use crate::sim::Time;
use std::sync::Arc;

/// A line, or the beginning of one that is not finished.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Line {
    at: Time,
    text: Arc<str>,
    open: bool,
}

/// The newest lines of a container.
#[derive(Clone, Debug, Default)]
pub struct Log {
    lines: List<Line>,
    bytes: usize,
    dropped: u64,
}

/// Upstream keeps 10 MiB a file; a page cannot afford that for each container.
const MOST_BYTES: usize = 256 << 10;
/// The page shows no longer line than this.
const LONGEST_LINE: usize = 16 << 10;

/// Which part of a log is asked for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LogQuery {
    /// Only so many last lines.
    pub tail: Option<usize>,
    /// Only lines from this moment on.
    pub since: Option<Time>,
    /// Each line's time before it.
    pub timestamps: bool,
    /// No more than so many bytes.
    pub limit_bytes: Option<usize>,
}

impl Log {
    /// Takes what a process wrote. Bytes that are no UTF-8 become U+FFFD.
    pub fn write(&mut self, at: Time, _stream: Stream, bytes: &[u8]) {
        for part in String::from_utf8_lossy(bytes).split_inclusive('\n') {
            let (text, open) = part.strip_suffix('\n').map_or((part, true), |t| (t, false));
            match self.lines.back_mut().filter(|line| line.open) {
                Some(last) if last.text.len() + text.len() <= LONGEST_LINE => {
                    last.text = format!("{}{text}", last.text).into();
                    last.open = open;
                }
                _ => self.lines.push_back(Line { at, text: text.into(), open }),
            }
            self.bytes += text.len();
        }
        while self.bytes > MOST_BYTES && self.lines.len() > 1 {
            if let Some(line) = self.lines.pop_front() {
                self.bytes = self.bytes.saturating_sub(line.text.len());
                self.dropped += 1;
            }
        }
    }

    /// Whether nothing was written.
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// How many lines there have been, kept or not.
    pub fn total_lines(&self) -> u64 {
        self.dropped + self.lines.len() as u64
    }

    /// The text that a query asks for.
    pub fn read(&self, query: &LogQuery) -> String {
        let skip = query.tail.map_or(0, |n| self.lines.len().saturating_sub(n));
        let lines = self.lines.iter().skip(skip);
        let mut text = String::new();
        for line in lines.filter(|l| query.since.is_none_or(|since| l.at >= since)) {
            if query.timestamps {
                text.push_str(&nanos(line.at));
                text.push(' ');
            }
            text.push_str(&line.text);
            if !line.open {
                text.push('\n');
            }
        }
        if let Some(limit) = query.limit_bytes {
            let mut end = limit.min(text.len());
            while !text.is_char_boundary(end) {
                end -= 1;
            }
            text.truncate(end);
        }
        text
    }

    /// The last lines, for a termination message (`FallbackToLogsOnError`: 80 lines, 2048 bytes).
    pub fn ending(&self) -> String {
        let text = self.read(&LogQuery { tail: Some(80), ..LogQuery::default() });
        let mut start = text.len().saturating_sub(2048);
        while !text.is_char_boundary(start) {
            start += 1;
        }
        text[start..].to_owned()
    }
}

/// RFC 3339 with nanoseconds, as the runtime stamps lines.
fn nanos(at: Time) -> String {
    let seconds = at.rfc3339();
    format!("{}.{:09}Z", &seconds[..seconds.len() - 1], at.0.rem_euclid(1_000_000_000))
}
