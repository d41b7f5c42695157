//! The `Class` class: grades what a class handed in for one lesson, one submission at a time, as `kubestep grade` does.
//!
//! ```ts
//! class Class {
//!   constructor(files: Files)                                   // lesson.yaml and start/*; throws where they are no lesson
//!   view(language: string): LessonView
//!   grade(file: string, text: string, languages: string[]): GradedView[] // replays it; a view for each language
//!   head(): string                                              // the first line of the table for spreadsheets
//!   refused(file: string, message: string): string              // its line of what cannot be read
//! }
//! ```

use super::door::{fault, to_js};
use super::lessons::{folder, said, standing, view};
use super::model::{GradedView, OptionView, PlaceView};
use crate::lessons::judge::{Report, grade};
use crate::lessons::submission::{Refusal, Submission};
use crate::lessons::{Lesson, sheet, words};
use crate::playground::{Files, Playground};
use wasm_bindgen::prelude::*;

/// A submission may have so many steps, as natively where nothing else is said.
const MOST_STEPS: usize = 200_000;

/// What a class is graded by.
#[wasm_bindgen]
pub struct Class {
    lesson: Lesson,
    booted: Playground,
    begun: Playground,
}

#[wasm_bindgen]
impl Class {
    /// Reads lesson.yaml and start/.
    #[wasm_bindgen(constructor)]
    pub fn new(#[wasm_bindgen(unchecked_param_type = "Files")] files: JsValue) -> Result<Class, JsValue> {
        let read = Lesson::without_texts(&folder(files)?);
        let lesson = read.map_err(|found| fault("badLesson", found.first().map(said).unwrap_or_default()))?;
        let begun = lesson.begin().map_err(|message| fault("badLesson", message))?;
        let booted = Playground::new(lesson.config.clone(), Files::new());
        Ok(Class { lesson, booted, begun })
    }

    /// What the lesson asks.
    #[wasm_bindgen(unchecked_return_type = "LessonView")]
    pub fn view(&self, language: &str) -> JsValue {
        to_js(&view(&self.lesson, language))
    }

    /// Replays a submission, and says what it is worth, in each of the languages.
    #[wasm_bindgen(unchecked_return_type = "GradedView[]")]
    pub fn grade(&self, file: &str, text: &str, languages: Vec<String>) -> JsValue {
        let graded = Submission::parse(text).and_then(|handed| {
            grade(&self.lesson, &self.booted, &self.begun, &handed, MOST_STEPS).map_err(Refusal::Run)
        });
        let views = languages.iter().map(|language| match &graded {
            Ok(report) => graded_view(file, report, language),
            Err(refusal) => {
                let refused = words::refusal(refusal, language);
                let line = sheet::refused(file, &refused, &self.lesson);
                GradedView { refused, line, ..GradedView::default() }
            }
        });
        to_js(&views.collect::<Vec<GradedView>>())
    }

    /// The first line of the table for spreadsheets.
    pub fn head(&self) -> String {
        sheet::head(&self.lesson)
    }

    /// The line of a file that is not even looked into.
    pub fn refused(&self, file: &str, message: &str) -> String {
        sheet::refused(file, message, &self.lesson)
    }
}

fn graded_view(file: &str, report: &Report, language: &str) -> GradedView {
    let offences = report.offences.iter();
    GradedView {
        name: report.name.to_string(),
        started: report.times[0].to_string(),
        finished: report.times[1].to_string(),
        refused: String::new(),
        offences: offences
            .map(|offence| OptionView {
                id: offence.kind.code().into(),
                text: words::offence(offence, language),
            })
            .collect(),
        passed: report.passed(),
        points: report.points().0 as i32,
        steps: report.steps as u32,
        branches: report.tries.branches as u32,
        commands: report.tries.commands as u32,
        hints: report.tries.hints as u32,
        tasks: report.tasks.iter().map(|task| standing(task, &[], language)).collect(),
        at: report.at.map(|(branch, step)| PlaceView { branch: branch as u32, step: step as u32 }),
        line: sheet::line(file, report, language),
    }
}
