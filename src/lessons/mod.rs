//! Lessons and exercises: their format, the checks that judge state and history, and the report.
//!
//! ```text
//! lesson.yaml ──format──▶ Lesson ── tasks ▶ checks, hints, questions
//! en.md, zh-CN.md ─prose─▶ sections with widgets
//! run + answers (Submission) ──judge──▶ Report ──words──▶ sentences
//! ```
//!
//! - [`tables`]: every key of the format, once; `format` decodes by it, `schema` makes the JSON Schema of it.
//! - [`lesson`]: a lesson as a value. [`prose`]: its texts.
//! - [`check`]: what can be asked; [`source`]: of what; [`compare`]: paths and operators.
//! - [`history`]: the checks along a run, each step looked at once. [`finding`]: why a check fails, as data; [`words`]:
//!   as a sentence, in each language.
//! - [`submission`], [`rules`], [`judge`]: what a learner hands in, what is allowed, what it is worth.
//! - [`sheet`]: a class of them as a table.
//! - [`live`]: how it stands while a learner is at it.
//! - `remote`: how it stands on another cluster, seen from outside; native only.
//! - [`proof`]: that a lesson can be solved, is not solved at its start, and that its hints can come.
//!
//! Absent on purpose: checks of what was typed, the page, files on a disk.

pub mod check;
pub mod compare;
pub mod finding;
mod format;
pub mod history;
pub mod judge;
pub mod lesson;
pub mod live;
pub mod proof;
pub mod prose;
#[cfg(not(target_arch = "wasm32"))]
pub mod remote;
pub mod rules;
#[cfg(not(target_arch = "wasm32"))]
pub mod scaffold;
#[cfg(not(target_arch = "wasm32"))]
pub mod schema;
pub mod sheet;
pub mod source;
pub mod submission;
pub mod tables;
pub mod words;

pub use format::Mistake;
pub use history::Course;
pub use judge::{Report, judge};
pub use lesson::{Folder, Lesson};
pub use live::Live;
pub use submission::Submission;
