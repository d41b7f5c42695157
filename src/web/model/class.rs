//! What one submission of a class is worth, in one language.

use super::{OptionView, TaskStanding};
use serde::Serialize;

outward! {
    /// What a submission is worth.
    pub struct GradedView {
        /// Who handed it in, as it says.
        pub name: String,
        /// When they began and ended, as it says.
        pub started: String,
        /// When they ended.
        pub finished: String,
        /// Why it cannot be read, as a sentence; empty: it was.
        pub refused: String,
        /// What makes it worthless: a kind of offence, and its sentence.
        pub offences: Vec<OptionView>,
        /// Nothing is wrong with it and every task is passed.
        pub passed: bool,
        /// What it is worth.
        pub points: i32,
        /// Steps on all branches.
        pub steps: u32,
        /// Branches of the run.
        pub branches: u32,
        /// Commands that were typed.
        pub commands: u32,
        /// Hints that came.
        pub hints: u32,
        /// The tasks, in the lesson's order.
        pub tasks: Vec<TaskStanding>,
        /// Where the learner stopped; none where the run was not replayed.
        pub at: Option<PlaceView>,
        /// Its line in the table for spreadsheets.
        pub line: String,
    }
}

outward! {
    /// A place in a run.
    pub struct PlaceView {
        /// The branch, in the order of the run.
        pub branch: u32,
        /// The position on it.
        pub step: u32,
    }
}
