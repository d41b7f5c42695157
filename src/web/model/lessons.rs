//! A lesson as a learner has it before them: what is asked, how it stands, and what is wrong with its files. Sentences come
//! in the reader's language.

use serde::Serialize;

outward! {
    /// What a lesson asks.
    pub struct LessonView {
        /// Its folder's name.
        pub id: String,
        /// The fingerprint of what judging depends on.
        pub hash: String,
        /// Its title.
        pub title: String,
        /// How long it takes; 0: not said.
        pub minutes: u32,
        /// Its languages: `en`, `zh-CN`.
        pub languages: Vec<String>,
        /// The files in the editor, in the order of their tabs.
        pub tabs: Vec<String>,
        /// The learner may cause or switch something.
        pub mechanisms: bool,
        /// The tasks.
        pub tasks: Vec<TaskView>,
    }
}

outward! {
    /// What a task asks.
    pub struct TaskView {
        /// Its name.
        pub id: String,
        /// What it is worth.
        pub points: i32,
        /// Its questions.
        pub questions: Vec<QuestionView>,
    }
}

outward! {
    /// A question.
    pub struct QuestionView {
        /// Its name.
        pub id: String,
        /// What is asked.
        pub text: String,
        /// Several options may be right.
        pub several: bool,
        /// To choose from; empty: a value is asked for.
        pub options: Vec<OptionView>,
        /// What is said after the answer; empty: nothing.
        pub because: String,
    }
}

outward! {
    /// An option of a question.
    pub struct OptionView {
        /// Its name.
        pub id: String,
        /// What it says.
        pub text: String,
    }
}

outward! {
    /// How it stands with a lesson at the current position of a run.
    pub struct LessonStanding {
        /// The tasks, in the lesson's order.
        pub tasks: Vec<TaskStanding>,
        /// Points so far.
        pub points: i32,
        /// Points to be had.
        pub of: i32,
    }
}

outward! {
    /// How it stands with a task.
    pub struct TaskStanding {
        /// Its name.
        pub id: String,
        /// It is passed, and stays so.
        pub passed: bool,
        /// The step at which it was.
        pub step: Option<u32>,
        /// Its checks.
        pub checks: Vec<CheckStanding>,
        /// The hints that apply now.
        pub hints: Vec<OptionView>,
        /// Its questions.
        pub questions: Vec<QuestionStanding>,
    }
}

outward! {
    /// How it stands with a check.
    pub struct CheckStanding {
        /// It holds.
        pub holds: bool,
        /// What it asks.
        pub asks: String,
        /// Why it does not hold; empty where it does.
        pub why: String,
    }
}

outward! {
    /// How it stands with a question.
    pub struct QuestionStanding {
        /// Its name.
        pub id: String,
        /// It can be answered at this moment.
        pub open: bool,
        /// The answer that was given, an option or several, or a value; empty: none.
        pub given: Vec<String>,
        /// It was right.
        pub right: bool,
    }
}

outward! {
    /// A live widget of a lesson's text.
    pub struct WidgetView {
        /// `loop`, `step`, `objects`, `terminal`, `yaml`, `task`, `question`.
        pub kind: String,
        /// It shows a moment of its own.
        pub paused: bool,
        /// Which task; empty: its section's.
        pub task: String,
        /// Which question.
        pub question: String,
        /// Which file.
        pub file: String,
        /// A command to run with one click.
        pub command: String,
        /// What stands out: a component, or an object.
        pub focus: String,
    }
}

outward! {
    /// What is wrong with a lesson's files.
    pub struct Mistakes {
        /// In the order of the files.
        pub mistakes: Vec<MistakeView>,
        /// Steps of the solution, where it was proven.
        pub steps: u32,
    }
}

outward! {
    /// Something wrong in a file.
    pub struct MistakeView {
        /// The file, below the lesson's folder.
        pub file: String,
        /// From 1.
        pub line: u32,
        /// From 1.
        pub column: u32,
        /// Where it ends.
        pub end_line: u32,
        /// Where it ends.
        pub end_column: u32,
        /// In words (English: it is for authors).
        pub message: String,
    }
}
