//! [`Submission`]: what a learner hands in.
//!
//! ```json
//! {"submission": 1, "lesson": "first-job", "hash": "…", "name": "…", "started": "…", "finished": "…", "trace": "…",
//!  "run": {"kubestep": 1, …},
//!  "answers": [{"question": "in-queue", "branch": 0, "step": 12, "value": "default/pi"}]}
//! ```
//!
//! Nothing in it is believed: the run is replayed on the teacher's copy of the lesson. Name and times are passed on as they
//! are. A run by itself is a submission too; it just does not say what lesson it is for.

use super::lesson::Lesson;
use crate::json;
use crate::json::{Json, Str};
use crate::playground::{Playground, RunError, RunFile};

/// The newest form that this program reads, and the one that it writes.
const VERSION: i64 = 1;
/// More answers than this are refused.
const MOST_ANSWERS: usize = 1000;
/// A longer name, answer or time is cut.
const MOST_TEXT: usize = 200;

/// What was handed in.
#[derive(Clone, Debug)]
pub struct Submission {
    /// The lesson that it says it is for.
    pub lesson: Option<Str>,
    /// The fingerprint of the lesson as the learner had it.
    pub hash: Option<Str>,
    /// Who handed it in, where it says so.
    pub name: Str,
    /// When the learner began and ended, where it says so.
    pub times: [Str; 2],
    /// The fingerprint of the run's current branch, as the learner's page saw it.
    pub trace: Option<Str>,
    /// The run.
    pub run: RunFile,
    /// The answers.
    pub answers: Vec<Given>,
}

/// An answer to a question.
#[derive(Clone, Debug, PartialEq)]
pub struct Given {
    /// Which question.
    pub question: Str,
    /// On which branch of the run.
    pub branch: usize,
    /// At which position of it.
    pub position: usize,
    /// An option, or several; or a value.
    pub value: Json,
}

/// Why a text is no submission.
#[derive(Clone, Debug, PartialEq)]
pub enum Refusal {
    /// Its run cannot be read.
    Run(RunError),
    /// It was written by a newer program.
    Newer(i64),
    /// It is JSON, but something in it is not as it should be; where.
    Malformed(&'static str),
}

impl Submission {
    /// Reads the text.
    pub fn parse(text: &str) -> Result<Submission, Refusal> {
        let json = json::parse(text).map_err(|e| Refusal::Run(RunError::NotJson(e.message)))?;
        if json.get("submission").is_none() {
            let run = RunFile::read(&json).map_err(Refusal::Run)?;
            let (name, times) = (Str::default(), [Str::default(), Str::default()]);
            return Ok(Submission {
                lesson: None,
                hash: None,
                name,
                times,
                trace: None,
                run,
                answers: Vec::new(),
            });
        }
        match json["submission"].as_i64() {
            Some(VERSION) => {}
            Some(newer) if newer > VERSION => return Err(Refusal::Newer(newer)),
            _ => return Err(Refusal::Malformed("submission")),
        }
        let text = |key: &'static str| match &json[key] {
            Json::Str(text) => Ok(Str::from(cut(text))),
            Json::Null => Ok(Str::default()),
            _ => Err(Refusal::Malformed(key)),
        };
        let said = |key| text(key).map(|text| (!text.is_empty()).then_some(text));
        if json["answers"].items().len() > MOST_ANSWERS {
            return Err(Refusal::Malformed("answers"));
        }
        let number = |json: &Json, key: &str| json[key].as_i64().and_then(|n| usize::try_from(n).ok());
        let mut answers = Vec::new();
        for answer in json["answers"].items() {
            let (branch, position) = (number(answer, "branch"), number(answer, "step"));
            answers.push(Given {
                question: answer["question"].as_str().ok_or(Refusal::Malformed("answers.question"))?.into(),
                branch: branch.ok_or(Refusal::Malformed("answers.branch"))?,
                position: position.ok_or(Refusal::Malformed("answers.step"))?,
                value: match &answer["value"] {
                    Json::Str(text) => cut(text).into(),
                    Json::Array(items) => items.iter().map(|item| cut(item.str())).collect(),
                    _ => return Err(Refusal::Malformed("answers.value")),
                },
            });
        }
        Ok(Submission {
            lesson: said("lesson")?,
            hash: said("hash")?,
            name: text("name")?,
            times: [text("started")?, text("finished")?],
            trace: said("trace")?,
            run: RunFile::read(&json["run"]).map_err(Refusal::Run)?,
            answers,
        })
    }
}

/// A submission as text, one line. `name` and `times` may be empty: then they are left out.
pub fn write(
    lesson: &Lesson,
    playground: &Playground,
    answers: &[Given],
    name: &str,
    times: [&str; 2],
) -> String {
    let trace = crate::playground::trace_hash(playground).to_string();
    let said = [("name", name), ("started", times[0]), ("finished", times[1]), ("trace", &trace)];
    text(lesson, playground, answers, &said)
}

/// The same without the fingerprint of its steps, which takes as long as the run did: to go on with later.
pub fn keep(lesson: &Lesson, playground: &Playground, answers: &[Given], started: &str) -> String {
    text(lesson, playground, answers, &[("started", started)])
}

fn text(lesson: &Lesson, playground: &Playground, answers: &[Given], said: &[(&str, &str)]) -> String {
    let given = |a: &Given| {
        let (branch, step) = (a.branch, a.position);
        json!({ "question": &a.question, "branch": branch, "step": step, "value": &a.value })
    };
    let mut json = json!({ "submission": VERSION, "lesson": &lesson.id, "hash": &lesson.hash });
    for (key, text) in said.iter().filter(|(_, text)| !text.is_empty()) {
        json.set(*key, *text);
    }
    json.set("run", json::parse(&playground.export()).unwrap_or_default());
    json.set("answers", answers.iter().map(given).collect::<Vec<Json>>());
    json.to_string()
}

fn cut(text: &str) -> &str {
    let end = text.char_indices().nth(MOST_TEXT).map_or(text.len(), |(at, _)| at);
    &text[..end]
}
