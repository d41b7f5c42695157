//! A class as a table, for spreadsheets (RFC 4180): one line a submission, with a column for each task. The native program and
//! the page write the same.

use super::judge::{Report, TaskReport};
use super::lesson::Lesson;
use super::words;
use crate::json::Str;

/// What every table begins with, before the tasks.
const HEAD: [&str; 11] = [
    "file", "name", "passed", "points", "of", "steps", "branches", "commands", "hints", "started", "finished",
];

/// The names of the columns.
pub fn head(lesson: &Lesson) -> String {
    let tasks = lesson.tasks.iter().map(|task| task.id.as_str());
    row(HEAD.into_iter().chain(tasks).chain(["stuck", "problem"]))
}

/// The line of a submission: for each task the step at which it was passed.
pub fn line(file: &str, report: &Report, language: &str) -> String {
    let (points, of) = report.points();
    let tries = report.tries;
    let numbers =
        [points, of, report.steps as i64, tries.branches as i64, tries.commands as i64, tries.hints as i64];
    let mut cells = vec![file.to_owned(), report.name.to_string(), report.passed().to_string()];
    cells.extend(numbers.iter().map(i64::to_string));
    cells.extend(report.times.iter().map(Str::to_string));
    let step = |task: &TaskReport| task.passed.map_or(String::new(), |(_, step)| step.to_string());
    cells.extend(report.tasks.iter().map(step));
    cells.push(report.stuck().map_or(String::new(), |task| task.id.to_string()));
    cells.push(offences(report, language).trim().into());
    row(cells.iter().map(String::as_str))
}

/// The line of what cannot be read.
pub fn refused(file: &str, message: &str, lesson: &Lesson) -> String {
    let blank = std::iter::repeat_n("", HEAD.len() - 4 + lesson.tasks.len() + 1);
    row([file, "", "false", "0"].into_iter().chain(blank).chain([message]))
}

/// What makes a submission worthless, a line each.
pub fn offences(report: &Report, language: &str) -> String {
    report.offences.iter().map(|offence| words::offence(offence, language) + "\n").collect()
}

fn row<'a>(cells: impl Iterator<Item = &'a str>) -> String {
    let mut row = String::new();
    for (i, cell) in cells.enumerate() {
        if i > 0 {
            row.push(',');
        }
        push(&mut row, cell);
    }
    row.push_str("\r\n");
    row
}

/// A spreadsheet takes a cell that begins like a formula for a formula, and a name may be anything.
fn push(row: &mut String, text: &str) {
    let formula = if text.starts_with(['=', '+', '-', '@', '\t']) { "'" } else { "" };
    if text.contains([',', '"', '\n', '\r']) {
        let quoted = text.replace('"', "\"\"");
        row.extend(["\"", formula, &quoted, "\""]);
    } else {
        row.extend([formula, text]);
    }
}
