//! The `Lesson` class: a lesson that a reader of the page is at, or that an author writes. Thin, as the playground's door is.
//!
//! ```ts
//! class Lesson {
//!   constructor(files: Files)                  // lesson.yaml and start/*; throws where they are no lesson
//!   static mistakes(files: Files): Mistakes    // of a whole folder, texts included
//!   static prove(files: Files): Mistakes       // … and whether the lesson holds what it promises; seconds
//!   view(language: string): LessonView
//!   widget(block: string): WidgetView          // a block of its text
//!   begin(): Playground                        // the moment at which a learner begins
//!   moment(block: string): Playground          // a widget's paused moment
//!   resume(kept: string): Playground           // goes on with what `keep` or `submission` gave
//!   restart(): void
//!   standing(run: Playground, language: string): LessonStanding // looks at what is new in the run
//!   answer(run: Playground, question: string, value: string[]): boolean | undefined
//!   forbids(run: Playground, deed: string, detail: string, language: string): string // why not; empty: it is allowed
//!   keep(run: Playground, started: string): string // to go on with later
//!   submission(run: Playground, name: string, started: string, finished: string): string // to hand in
//! }
//! ```

use super::door::{Playground, fault, run_fault, to_js};
use super::model::{
    CheckStanding, Files, LessonStanding, LessonView, MistakeView, Mistakes, OptionView, QuestionStanding,
    QuestionView, TaskStanding, TaskView, WidgetView,
};
use crate::json::{Json, Str};
use crate::lessons::judge::TaskReport;
use crate::lessons::lesson::{Allowed, Answer, Question};
use crate::lessons::live::{Deed, Refusal};
use crate::lessons::prose::{self, Widget};
use crate::lessons::submission::{self, Submission};
use crate::lessons::{Folder, Lesson as Read, Live, Mistake, proof, words};
use wasm_bindgen::prelude::*;

/// A lesson that somebody is at.
#[wasm_bindgen]
pub struct Lesson {
    live: Live,
}

pub(super) fn folder(files: JsValue) -> Result<Folder, JsValue> {
    let files: Files = super::door::from_js(files)?;
    Ok(files.files.iter().map(|file| (Str::from(&file.name), Str::from(&file.text))).collect())
}

fn mistakes(found: Vec<Mistake>, steps: usize) -> JsValue {
    let view = |mistake: Mistake| MistakeView {
        line: mistake.place.line as u32,
        column: mistake.place.column as u32,
        end_line: mistake.place.end_line as u32,
        end_column: mistake.place.end_column as u32,
        file: mistake.file,
        message: mistake.message,
    };
    to_js(&Mistakes { mistakes: found.into_iter().map(view).collect(), steps: steps as u32 })
}

pub(super) fn said(mistake: &Mistake) -> String {
    format!("{}:{}:{}: {}", mistake.file, mistake.place.line, mistake.place.column, mistake.message)
}

fn texts(value: &Json) -> Vec<String> {
    match value {
        Json::Array(items) => items.iter().map(|item| item.str().to_owned()).collect(),
        text => vec![text.str().to_owned()],
    }
}

#[wasm_bindgen]
impl Lesson {
    /// Reads lesson.yaml and start/.
    #[wasm_bindgen(constructor)]
    pub fn new(#[wasm_bindgen(unchecked_param_type = "Files")] files: JsValue) -> Result<Lesson, JsValue> {
        let read = Read::without_texts(&folder(files)?);
        let lesson = read.map_err(|found| fault("badLesson", found.first().map(said).unwrap_or_default()))?;
        Ok(Lesson { live: Live::new(lesson).map_err(|message| fault("badLesson", message))? })
    }

    /// What is wrong with a folder.
    #[wasm_bindgen(unchecked_return_type = "Mistakes")]
    pub fn mistakes(
        #[wasm_bindgen(unchecked_param_type = "Files")] files: JsValue,
    ) -> Result<JsValue, JsValue> {
        Ok(mistakes(Read::read(&folder(files)?, None).err().unwrap_or_default(), 0))
    }

    /// What is wrong with a folder, and whether the lesson holds what it promises.
    #[wasm_bindgen(unchecked_return_type = "Mistakes")]
    pub fn prove(#[wasm_bindgen(unchecked_param_type = "Files")] files: JsValue) -> Result<JsValue, JsValue> {
        let folder = folder(files)?;
        Ok(match Read::read(&folder, None) {
            Ok(lesson) => {
                let proof = proof::prove(&lesson, &folder);
                mistakes(proof.mistakes, proof.steps)
            }
            Err(found) => mistakes(found, 0),
        })
    }

    /// What it asks.
    #[wasm_bindgen(unchecked_return_type = "LessonView")]
    pub fn view(&self, language: &str) -> JsValue {
        to_js(&view(&self.live.lesson, language))
    }

    fn block(&self, block: &str) -> Result<Box<Widget>, JsValue> {
        let (widget, mistakes) = prose::widget("", block, 0, &self.live.lesson);
        let wrong = || fault("badLesson", mistakes.first().map(|m| m.message.clone()).unwrap_or_default());
        widget.filter(|_| mistakes.is_empty()).map(Box::new).ok_or_else(wrong)
    }

    /// A block of its text.
    #[wasm_bindgen(unchecked_return_type = "WidgetView")]
    pub fn widget(&self, block: &str) -> Result<JsValue, JsValue> {
        let widget = self.block(block)?;
        Ok(to_js(&WidgetView {
            kind: widget.kind.to_string(),
            paused: !widget.at.is_empty(),
            task: widget.task.to_string(),
            question: widget.question.to_string(),
            file: widget.file.to_string(),
            command: widget.command.to_string(),
            focus: widget.focus.to_string(),
        }))
    }

    /// The moment at which a learner begins.
    pub fn begin(&self) -> Playground {
        Playground::over(self.live.begun().clone())
    }

    /// A widget's paused moment.
    pub fn moment(&self, block: &str) -> Result<Playground, JsValue> {
        let widget = self.block(block)?;
        let moment = proof::moment(self.live.begun(), &widget);
        moment.map(Playground::over).map_err(|message| fault("badLesson", message))
    }

    /// Goes on with what was kept.
    pub fn resume(&mut self, kept: &str) -> Result<Playground, JsValue> {
        let kept = Submission::parse(kept).map_err(|refusal| match refusal {
            submission::Refusal::Run(error) => run_fault(&error),
            submission::Refusal::Newer(version) => fault("badVersion", version.to_string()),
            submission::Refusal::Malformed(place) => fault("badRun", place),
        })?;
        let resumed = self.live.resume(&kept);
        resumed.map(Playground::over).map_err(|refusal| match refusal {
            Refusal::Other => fault("otherLesson", kept.lesson.map(|id| id.to_string()).unwrap_or_default()),
            Refusal::Run(error) => run_fault(&error),
        })
    }

    /// Forgets everything that was done and answered.
    pub fn restart(&mut self) {
        self.live.restart();
    }

    /// Looks at what is new in the run, and says how it stands.
    #[wasm_bindgen(unchecked_return_type = "LessonStanding")]
    pub fn standing(&mut self, run: &Playground, language: &str) -> JsValue {
        let (live, run) = (&mut self.live, &run.engine);
        live.follow(run);
        let tasks = live.tasks(run);
        let points = tasks.iter().filter(|task| task.passed.is_some()).map(|task| task.of as i32).sum();
        let of = tasks.iter().map(|task| task.of as i32).sum();
        let asked: Vec<(&str, bool)> =
            live.lesson.questions().map(|(_, q)| (q.id.as_str(), live.asks(run, q))).collect();
        let tasks = tasks.iter().map(|task| standing(task, &asked, language)).collect();
        to_js(&LessonStanding { tasks, points, of })
    }

    /// Takes an answer at the run's current position. Whether it is right.
    pub fn answer(&mut self, run: &Playground, question: &str, value: Vec<String>) -> Option<bool> {
        let several = |(_, q): (_, &Question)| {
            q.id == question && matches!(q.answer, Answer::Choose { several: true, .. })
        };
        let value = if self.live.lesson.questions().any(several) {
            value.iter().map(String::as_str).collect()
        } else {
            Json::from(value.first().map_or("", String::as_str))
        };
        self.live.answer(&run.engine, question, value)
    }

    /// Why the lesson does not allow a deed (`command`, `file`, `fault`, `choice`) now; empty where it does.
    pub fn forbids(&self, run: &Playground, deed: &str, detail: &str, language: &str) -> String {
        let deed = match deed {
            "command" => Deed::Command(detail),
            "file" => Deed::File(detail),
            "fault" => Deed::Fault(detail),
            _ => Deed::Choice(detail.parse().unwrap_or(0)),
        };
        let found = self.live.forbids(&run.engine, deed);
        found.map(|offence| words::offence(&offence, language)).unwrap_or_default()
    }

    /// The run and the answers, to go on with later.
    pub fn keep(&self, run: &Playground, started: &str) -> String {
        submission::keep(&self.live.lesson, &run.engine, &self.live.answers(), started)
    }

    /// The run and the answers, to hand in.
    pub fn submission(&self, run: &Playground, name: &str, started: &str, finished: &str) -> String {
        let answers = self.live.answers();
        submission::write(&self.live.lesson, &run.engine, &answers, name, [started, finished])
    }
}

/// What a lesson asks, in a language.
pub(super) fn view(lesson: &Read, language: &str) -> LessonView {
    let question = |question: &Question| {
        let (several, options) = match &question.answer {
            Answer::Choose { several, options } => (*several, options.as_slice()),
            Answer::Read(..) => (false, &[][..]),
        };
        let option = |(id, text): (&Str, &str)| OptionView { id: id.to_string(), text: text.into() };
        QuestionView {
            id: question.id.to_string(),
            text: question.text.in_language(language).into(),
            several,
            options: options.iter().map(|o| option((&o.id, o.text.in_language(language)))).collect(),
            because: question.because.in_language(language).into(),
        }
    };
    let allow = &lesson.allow;
    let none = |allowed: &Allowed| match allowed {
        Allowed::Any(any) => !any,
        Allowed::Only(words) => words.is_empty(),
    };
    LessonView {
        id: lesson.id.to_string(),
        hash: lesson.hash.to_string(),
        title: lesson.title.in_language(language).into(),
        minutes: lesson.minutes.unwrap_or_default() as u32,
        languages: lesson.languages.iter().map(Str::to_string).collect(),
        tabs: lesson.tabs.iter().map(Str::to_string).collect(),
        mechanisms: !(none(&allow.faults) && none(&allow.switches)),
        tasks: lesson
            .tasks
            .iter()
            .map(|task| TaskView {
                id: task.id.to_string(),
                points: task.points as i32,
                questions: task.questions.iter().map(question).collect(),
            })
            .collect(),
    }
}

pub(super) fn standing(task: &TaskReport, asked: &[(&str, bool)], language: &str) -> TaskStanding {
    TaskStanding {
        id: task.id.to_string(),
        passed: task.passed.is_some(),
        step: task.passed.map(|(_, step)| step as u32),
        checks: task
            .checks
            .iter()
            .map(|check| CheckStanding {
                holds: check.holds,
                asks: words::claim(check, language),
                why: if check.holds { String::new() } else { words::why(check, language) },
            })
            .collect(),
        hints: task
            .hints
            .iter()
            .map(|(id, text)| OptionView { id: id.to_string(), text: text.in_language(language).into() })
            .collect(),
        questions: task
            .questions
            .iter()
            .map(|question| QuestionStanding {
                id: question.id.to_string(),
                open: asked.iter().any(|(id, open)| *id == question.id.as_str() && *open),
                given: question.given.as_ref().map(|given| texts(&given.value)).unwrap_or_default(),
                right: question.right,
            })
            .collect(),
    }
}
