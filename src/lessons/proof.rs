//! The proof of a lesson: its solution passes, its start does not, each hint can come, each question has an answer, each
//! paused moment can be reached.

use super::format::Mistake;
use super::history::Course;
use super::judge::{grade, right_answer};
use super::lesson::{Answer, Folder, Hint, Lesson};
use super::prose::{Part, Widget};
use super::submission::{self, Given, Submission};
use super::words;
use crate::json::Json;
use crate::manifest::Place;
use crate::playground::Playground;
use crate::playground::script::{self, Line};

/// No solution is longer.
const MOST_STEPS: usize = 1_000_000;

/// What was proven.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Proof {
    /// Steps of the solution, after the learner's beginning.
    pub steps: usize,
    /// Tasks, hints, questions and moments that were looked at.
    pub counts: [usize; 4],
    /// What does not hold.
    pub mistakes: Vec<Mistake>,
}

/// A script that was run to its end, or as far as it goes.
struct Played {
    playground: Playground,
    course: Course,
    answers: Vec<Given>,
}

fn at(file: &str, line: usize, message: impl Into<String>) -> Mistake {
    let place = Place { line, column: 1, end_line: line, end_column: 1, byte: 0 };
    Mistake { file: file.into(), place, message: message.into() }
}

/// Proves a lesson. `folder` is the one that it was read from.
pub fn prove(lesson: &Lesson, folder: &Folder) -> Proof {
    let mut proof = Proof::default();
    let line = |key: &str| place(folder, key);
    let begun = match lesson.begin() {
        Ok(begun) => begun,
        Err(message) => {
            proof.mistakes.push(at(
                "lesson.yaml",
                line("start.run"),
                format!("the start cannot be run: {message}"),
            ));
            return proof;
        }
    };
    let start = Course::begin(lesson, &begun);
    for (i, task) in lesson.tasks.iter().enumerate() {
        proof.counts[0] += 1;
        if start.now().tasks[i].is_some() {
            let message =
                format!("the checks of the task {} hold before the learner has done anything", task.id);
            proof.mistakes.push(at("lesson.yaml", line(&format!("tasks[{i}]")), message));
        }
    }
    let mut played = Vec::new();
    match folder.get("solution.txt") {
        Some(text) => match play(lesson, &begun, &start, "solution.txt", text) {
            Ok(solution) => {
                proof.steps = solution.playground.timeline().position() - start.begin;
                solved(lesson, &begun, &solution, text, &mut proof);
                played.push(solution);
            }
            Err(mistake) => proof.mistakes.push(mistake),
        },
        None => proof.mistakes.push(at(
            "solution.txt",
            1,
            "there is no such file: it shows that the lesson can be solved",
        )),
    }
    let mut hints = Vec::new();
    for (i, task) in lesson.tasks.iter().enumerate() {
        for hint in &task.hints {
            hints.push(hint.id.as_str());
            proof.counts[1] += 1;
            reach(lesson, folder, (&begun, &start), (i, hint), &played, &mut proof);
        }
    }
    for path in folder.keys().filter_map(|path| path.strip_prefix("hints/")) {
        if !hints.contains(&path.trim_end_matches(".txt")) {
            proof.mistakes.push(at(&format!("hints/{path}"), 1, "no hint has this name"));
        }
    }
    for prose in &lesson.prose {
        let parts = prose.sections.iter().flat_map(|section| &section.parts);
        let widgets =
            parts.filter_map(|part| if let Part::Widget(widget) = part { Some(widget) } else { None });
        for widget in widgets.filter(|widget| !widget.at.is_empty()) {
            proof.counts[3] += 1;
            if let Err(message) = moment(&begun, widget) {
                proof.mistakes.push(at(&format!("{}.md", prose.language), widget.line, message));
            }
        }
    }
    proof
}

/// A script's run from the learner's beginning, as it would be handed in: for a teacher to try the grading with.
pub fn hand_in(lesson: &Lesson, file: &str, text: &str, name: &str) -> Result<String, Mistake> {
    let begun = lesson.begin().map_err(|message| at("lesson.yaml", 1, message))?;
    let start = Course::begin(lesson, &begun);
    let played = play(lesson, &begun, &start, file, text)?;
    Ok(submission::write(lesson, &played.playground, &played.answers, name, ["", ""]))
}

fn place(folder: &Folder, path: &str) -> usize {
    let document = folder.get("lesson.yaml").and_then(|text| crate::manifest::document(text).ok());
    document.and_then(|document| document.places.find(path).map(|entry| entry.key.line)).unwrap_or(1)
}

/// Plays a widget's paused moment.
pub fn moment(begun: &Playground, widget: &Widget) -> Result<Playground, String> {
    let mut playground = begun.clone();
    for line in &widget.at {
        playground.follow(line).map_err(|message| format!("this moment does not come: {message}"))?;
    }
    Ok(playground)
}

/// Plays a script from the learner's beginning, with its answers.
fn play(
    lesson: &Lesson,
    begun: &Playground,
    start: &Course,
    file: &str,
    text: &str,
) -> Result<Played, Mistake> {
    let mut played = Played { playground: begun.clone(), course: start.clone(), answers: Vec::new() };
    for (i, line) in text.lines().enumerate() {
        let wrong = |message: String| at(file, i + 1, message);
        match script::parse(line).map_err(wrong)? {
            None => {}
            Some(Line::Other(words)) if words.first().is_some_and(|word| word == "answer") => {
                played.answer(lesson, &words[1..]).map_err(wrong)?;
            }
            Some(line) => {
                let before = played.playground.timeline().current();
                let from = played.playground.timeline().position();
                played.playground.follow(&line).map_err(wrong)?;
                // On another branch, what is known is what was known where it left.
                if played.playground.timeline().current() != before {
                    played.course = played.course.fork(from);
                }
                played.course.catch_up(lesson, &played.playground);
            }
        }
    }
    Ok(played)
}

impl Played {
    /// `@answer QUESTION [VALUE …]`: without a value, the right one.
    fn answer(&mut self, lesson: &Lesson, words: &[String]) -> Result<(), String> {
        let id = words.first().map_or("", String::as_str);
        let found = lesson.questions().find(|(_, question)| question.id == *id);
        let (_, question) = found.ok_or_else(|| format!("there is no question {id:?}"))?;
        let timeline = self.playground.timeline();
        let (branch, position) = (timeline.current(), timeline.position());
        if question.asked.is_some_and(|id| !self.course.standing(position).cells[id].holds) {
            return Err(format!("the question {id} cannot be answered at this moment: asked does not hold"));
        }
        let right = right_answer(lesson, &self.playground, &self.course, question, (branch, position));
        let value = match (&question.answer, words.len()) {
            (Answer::Choose { several: false, .. }, 1) if right.items().len() != 1 => {
                return Err(format!(
                    "{} options are right at this moment, and one is to be chosen",
                    right.items().len()
                ));
            }
            (Answer::Choose { several: false, .. }, 1) => right[0].clone(),
            (Answer::Read(..), 1) if right.is_null() => {
                return Err(format!("the question {id} has no answer at this moment: nothing stands there"));
            }
            (_, 1) => match &right {
                Json::Array(_) if matches!(question.answer, Answer::Choose { .. }) => right,
                Json::Array(items) => {
                    items.iter().map(super::compare::plain).collect::<Vec<_>>().join(", ").into()
                }
                value => super::compare::plain(value).into(),
            },
            (Answer::Choose { several: true, .. }, _) => words[1..].iter().map(String::as_str).collect(),
            _ => words[1..].join(" ").into(),
        };
        self.answers.push(Given { question: id.into(), branch, position, value });
        Ok(())
    }
}

/// Hands the solution in, as a learner would, and looks at the report.
fn solved(lesson: &Lesson, begun: &Playground, solution: &Played, text: &str, proof: &mut Proof) {
    let end = text.lines().count().max(1);
    let mut wrong = |message: String| proof.mistakes.push(at("solution.txt", end, message));
    let handed = submission::write(lesson, &solution.playground, &solution.answers, "", ["", ""]);
    let booted = Playground::new(lesson.config.clone(), Default::default());
    let read = Submission::parse(&handed).map_err(|e| format!("{e:?}"));
    let report =
        read.and_then(|read| grade(lesson, &booted, begun, &read, MOST_STEPS).map_err(|e| format!("{e:?}")));
    let report = match report {
        Ok(report) => report,
        Err(message) => return wrong(format!("the solution cannot be replayed: {message}")),
    };
    for offence in &report.offences {
        wrong(format!("the lesson does not allow its own solution: {}", words::offence(offence, "en")));
    }
    for (task, of) in report.tasks.iter().zip(&lesson.tasks) {
        for check in task.checks.iter().filter(|check| !check.holds) {
            wrong(format!(
                "the solution does not pass the task {}: {} ({})",
                of.id,
                words::why(check, "en"),
                check.check
            ));
        }
        for question in task.questions.iter().filter(|question| !question.right) {
            let message = match &question.given {
                Some(given) => format!(
                    "answers the question {} with {}, right is {}",
                    question.id, given.value, question.wanted
                ),
                None => format!("does not answer the question {}: @answer {}", question.id, question.id),
            };
            wrong(format!("the solution {message}"));
        }
        if task.passed.is_none()
            && task.checks.iter().all(|c| c.holds)
            && task.questions.iter().all(|q| q.right)
        {
            wrong(format!("the checks of the task {} hold, but never all at once", of.id));
        }
    }
    proof.counts[2] += lesson.questions().count();
}

/// Whether a hint comes on the way of the solution, or on its own.
fn reach(
    lesson: &Lesson,
    folder: &Folder,
    (begun, start): (&Playground, &Course),
    (task, hint): (usize, &Hint),
    played: &[Played],
    proof: &mut Proof,
) {
    let Some(when) = hint.when else { return };
    let comes = |course: &Course| course.comes(when, task);
    let file = format!("hints/{}.txt", hint.id);
    match folder.get(file.as_str()) {
        Some(text) => match play(lesson, begun, start, &file, text) {
            Ok(played) if comes(&played.course) => {}
            Ok(played) => {
                let end = text.lines().count().max(1);
                let passed = played.course.now().tasks[task].is_some();
                let message = if passed {
                    "the hint does not come before its task is passed"
                } else {
                    "the hint does not come"
                };
                proof.mistakes.push(at(&file, end, message));
            }
            Err(mistake) => proof.mistakes.push(mistake),
        },
        None if played.iter().any(|played| comes(&played.course)) => {}
        None => {
            let message =
                format!("the hint {} never comes on the solution's way: show how it does in {file}", hint.id);
            proof.mistakes.push(at("lesson.yaml", place(folder, &hint.place), message));
        }
    }
}
