//! `paste` and `column -t`: lines beside each other, and words below each other.

use super::filter::{Complaint, Reader, put, start};
use super::lines::{copy, options};
use super::{Call, Outcome};

#[derive(Debug, Clone)]
struct Paste {
    delimiters: Vec<u8>,
    /// Each file's lines become one line.
    serial: bool,
    files: Vec<Vec<Vec<u8>>>,
    held: usize,
}

impl Reader for Paste {
    fn file(&mut self, _: &str, _: &mut Vec<u8>) {
        self.files.push(Vec::new());
    }

    fn line(&mut self, line: &[u8], _: bool, _: &mut Vec<u8>) -> bool {
        self.held += line.len() + 32;
        if let Some(file) = self.files.last_mut() {
            file.push(line.to_vec());
        }
        true
    }

    fn end(&mut self, out: &mut Vec<u8>) -> i32 {
        let rows: Vec<Vec<Vec<u8>>> = if self.serial {
            std::mem::take(&mut self.files)
        } else {
            let most = self.files.iter().map(Vec::len).max().unwrap_or(0);
            let cell = |file: &Vec<Vec<u8>>, at: usize| file.get(at).cloned().unwrap_or_default();
            (0..most).map(|at| self.files.iter().map(|file| cell(file, at)).collect()).collect()
        };
        for row in rows {
            let mut line = Vec::new();
            for (at, cell) in row.iter().enumerate() {
                if at > 0 && !self.delimiters.is_empty() {
                    line.push(self.delimiters[(at - 1) % self.delimiters.len()]);
                }
                line.extend_from_slice(cell);
            }
            put(&line, true, out);
        }
        0
    }

    fn measure(&self) -> usize {
        self.held
    }

    copy!();
}

pub(super) fn paste(call: &mut Call) -> Outcome {
    let (flags, files) = options(&call.strings(), "d");
    let given = flags.iter().rev().find(|(flag, _)| *flag == 'd').map(|(_, value)| value.as_str());
    let delimiters = given.unwrap_or("\t").replace("\\t", "\t").replace("\\n", "\n").replace("\\0", "");
    let serial = flags.iter().any(|(flag, _)| *flag == 's');
    let paste = Paste { delimiters: delimiters.into_bytes(), serial, files: Vec::new(), held: 0 };
    start(call, &files, Box::new(paste), Complaint::Plain)
}

#[derive(Debug, Clone)]
struct Column {
    separators: Option<Vec<char>>,
    between: String,
    rows: Vec<Vec<String>>,
    held: usize,
}

impl Reader for Column {
    fn line(&mut self, line: &[u8], _: bool, _: &mut Vec<u8>) -> bool {
        self.held += line.len() + 64;
        let text = String::from_utf8_lossy(line).into_owned();
        let row: Vec<String> = match &self.separators {
            Some(signs) => text.split(|c| signs.contains(&c)).map(String::from).collect(),
            None => text.split_whitespace().map(String::from).collect(),
        };
        if !text.is_empty() {
            self.rows.push(row);
        }
        true
    }

    fn end(&mut self, out: &mut Vec<u8>) -> i32 {
        let mut widths: Vec<usize> = Vec::new();
        for (at, cell) in self.rows.iter().flat_map(|row| row.iter().enumerate()) {
            if widths.len() <= at {
                widths.push(0);
            }
            widths[at] = widths[at].max(cell.chars().count());
        }
        for row in &self.rows {
            let mut line = String::new();
            for (at, cell) in row.iter().enumerate() {
                line.push_str(cell);
                if at + 1 < row.len() {
                    line.push_str(&" ".repeat(widths[at] - cell.chars().count()));
                    line.push_str(&self.between);
                }
            }
            put(line.as_bytes(), true, out);
        }
        0
    }

    fn measure(&self) -> usize {
        self.held
    }

    copy!();
}

pub(super) fn column(call: &mut Call) -> Outcome {
    let (flags, files) = options(&call.strings(), "soc");
    let value = |letter: char| flags.iter().rev().find(|(flag, _)| *flag == letter).map(|(_, v)| v.clone());
    if !flags.iter().any(|(flag, _)| *flag == 't') {
        // Without a table the lines are filled into columns of the terminal, of which a pipe has none.
        return super::lines::cat(call);
    }
    let separators = value('s').map(|signs| signs.chars().collect());
    let between = value('o').unwrap_or_else(|| "  ".into());
    start(call, &files, Box::new(Column { separators, between, rows: Vec::new(), held: 0 }), Complaint::Plain)
}
