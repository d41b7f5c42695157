//! [`judge`]: what a run is worth, as a [`Report`].

use super::finding::Finding;
use super::history::Course;
use super::lesson::{Answer, Hint, Lesson, Question, Right, Task, Texts};
use super::rules::{self, Offence, OffenceKind};
use super::source::{Moment, Part};
use super::submission::{Given, Submission};
use super::{compare, words};
use crate::json;
use crate::json::{Json, Str};
use crate::playground::{Input, Playground, Record, RunError, Trace};

/// What a run is worth.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// The lesson.
    pub lesson: Str,
    /// The fingerprint of the lesson.
    pub hash: Str,
    /// Who handed it in.
    pub name: Str,
    /// When the learner began and ended, as they say.
    pub times: [Str; 2],
    /// What makes it worthless; empty where nothing does.
    pub offences: Vec<Offence>,
    /// The tasks.
    pub tasks: Vec<TaskReport>,
    /// Steps on all branches.
    pub steps: usize,
    /// Virtual seconds at the end of the current branch.
    pub seconds: u64,
    /// How often somebody tried: the branches of the run, the commands typed on them, and the hints that came.
    pub tries: Tries,
    /// Where the learner stopped: the branch that they were on, and its last step; where all is passed, the step at which
    /// it was. None where the run was not replayed.
    pub at: Option<(usize, usize)>,
    /// Tasks that are left out, because a cluster does not show from outside what they ask.
    pub unseen: Vec<Str>,
}

/// How much somebody tried.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Tries {
    /// Branches of the run: who never went back to do something else has one.
    pub branches: usize,
    /// Commands that were typed, on all branches.
    pub commands: usize,
    /// Hints that came while their task was not passed.
    pub hints: usize,
}

/// How it stands with a task.
#[derive(Clone, Debug)]
pub struct TaskReport {
    /// Its name.
    pub id: Str,
    /// Where it was passed: the branch and the step. None where it was not.
    pub passed: Option<(usize, usize)>,
    /// What it is worth.
    pub of: i64,
    /// How it stands with its checks: when it was passed, else at the end.
    pub checks: Vec<Finding>,
    /// The hints that apply.
    pub hints: Vec<(Str, Texts)>,
    /// How it stands with its questions.
    pub questions: Vec<QuestionReport>,
}

/// How it stands with a question.
#[derive(Clone, Debug)]
pub struct QuestionReport {
    /// Its name.
    pub id: Str,
    /// The answer, where there is one.
    pub given: Option<Given>,
    /// Whether it is right.
    pub right: bool,
    /// The right answer at the moment at which it was given; `Null` where it was not.
    pub wanted: Json,
}

/// Judges a run: along all its branches, each step looked at once.
pub fn judge(lesson: &Lesson, playground: &Playground, answers: &[Given]) -> Report {
    let Ok(begun) = lesson.begin() else { return Report::default() };
    let mut courses: Vec<Course> = Vec::new();
    let mut along = playground.clone();
    for (i, branch) in playground.timeline().branches().iter().enumerate() {
        let mut course = match branch.origin {
            Some((parent, at)) => courses[parent].fork(at),
            None => Course::begin(lesson, &begun),
        };
        along.timeline_mut().switch(i, branch.entries().len());
        course.catch_up(lesson, &along);
        courses.push(course);
    }
    let mut report = Report::of(lesson, playground, &courses, answers);
    report.offences = rules::offences(lesson, &begun, playground);
    report
}

/// Replays what was handed in on the trusted lesson, and judges it. `begun` is the moment at which the learner begins, and
/// `booted` its cluster with nothing done. Longer runs than `most` steps are refused.
pub fn grade(
    lesson: &Lesson,
    booted: &Playground,
    begun: &Playground,
    handed: &Submission,
    most: usize,
) -> Result<Report, RunError> {
    let mut offences = Vec::new();
    if let Some(other) = handed.lesson.as_ref().filter(|other| **other != lesson.id) {
        offences.push(Offence::of(OffenceKind::OtherLesson, other.as_str()));
    } else if let Some(other) = handed.hash.as_ref().filter(|other| **other != lesson.hash) {
        offences.push(Offence::of(OffenceKind::OtherVersion, other.as_str()));
    }
    if *handed.run.config() != lesson.config {
        offences.push(Offence::of(OffenceKind::OtherStart, ""));
    }
    if !offences.is_empty() {
        return Ok(Report::refused(lesson, handed, offences));
    }
    let mut courses: Vec<Course> = Vec::new();
    let mut traces: Vec<Vec<Trace>> = Vec::new();
    // A branch may have no step of its own.
    let begin_branches =
        |courses: &mut Vec<Course>, traces: &mut Vec<Vec<Trace>>, count: usize, run: &Playground| {
            for branch in run.timeline().branches().iter().take(count).skip(courses.len()) {
                let (course, trace) = match branch.origin {
                    Some((parent, at)) => {
                        (courses[parent].fork(at), traces[parent].iter().take(at + 1).copied().collect())
                    }
                    None => (Course::begin(lesson, begun), vec![Trace::default()]),
                };
                courses.push(course);
                traces.push(trace);
            }
        };
    let mut steps = 0;
    let mut see = |run: &Playground, record: &Record| {
        let timeline = run.timeline();
        begin_branches(&mut courses, &mut traces, timeline.current() + 1, run);
        let at = timeline.current();
        courses[at].step(lesson, run.desk(), record, timeline.position());
        if handed.trace.is_some() {
            let mut trace = traces[at][traces[at].len() - 1];
            trace.add(record);
            traces[at].push(trace);
        }
        steps += 1;
        steps <= most
    };
    let run = match handed.run.replay_from(booted, &mut see) {
        Ok(run) => run,
        Err(RunError::Impossible { branch, input }) => {
            let step = Some(input + 1);
            let offence = Offence { branch, step, ..Offence::of(OffenceKind::Impossible, "") };
            return Ok(Report::refused(lesson, handed, vec![offence]));
        }
        Err(error) => return Err(error),
    };
    begin_branches(&mut courses, &mut traces, run.timeline().branches().len(), &run);
    let mut report = Report::of(lesson, &run, &courses, &handed.answers);
    let (name, times) = (handed.name.clone(), handed.times.clone());
    (report.name, report.times) = (name, times);
    report.offences.extend(rules::offences(lesson, begun, &run));
    let trace = traces[run.timeline().current()].last().map(Trace::to_string);
    if let Some(claimed) = handed.trace.as_ref().filter(|claimed| Some(claimed.as_str()) != trace.as_deref())
    {
        report.offences.push(Offence::of(OffenceKind::OtherTrace, claimed.as_str()));
    }
    Ok(report)
}

impl Report {
    /// A report on what is not worth replaying.
    fn refused(lesson: &Lesson, handed: &Submission, offences: Vec<Offence>) -> Report {
        let (name, times) = (handed.name.clone(), handed.times.clone());
        let task = |task: &Task| TaskReport {
            id: task.id.clone(),
            passed: None,
            of: task.points,
            checks: Vec::new(),
            hints: Vec::new(),
            questions: Vec::new(),
        };
        let tasks = lesson.tasks.iter().map(task).collect();
        let (id, hash) = (lesson.id.clone(), lesson.hash.clone());
        Report { lesson: id, hash, name, times, offences, tasks, ..Report::default() }
    }

    /// From the checks along each branch of a run.
    fn of(lesson: &Lesson, run: &Playground, courses: &[Course], answers: &[Given]) -> Report {
        let timeline = run.timeline();
        let mut report = Report {
            lesson: lesson.id.clone(),
            hash: lesson.hash.clone(),
            steps: timeline
                .branches()
                .iter()
                .map(|b| b.entries().len() - b.origin.map_or(0, |(_, at)| at))
                .sum(),
            ..Report::default()
        };
        let current = timeline.current();
        let end = timeline.state_at(timeline.len());
        report.seconds = end.world().now().since(run.config().start).as_secs();
        let moment = Moment { desk: &end, record: None, start: run.config().start };
        let course = &courses[current];
        report.tries = Tries::of(lesson, run, courses);
        for (i, task) in lesson.tasks.iter().enumerate() {
            let (questions, offences) = questions(lesson, run, courses, task, answers);
            report.offences.extend(offences);
            let order = std::iter::once(current).chain((0..courses.len()).filter(|b| *b != current));
            let only_asks = task.checks.is_empty().then_some((current, course.begin));
            let mut checked = order.filter_map(|b| courses[b].now().tasks[i].map(|at| (b, at)));
            let checked = only_asks.or_else(|| checked.next());
            let last = questions.iter().filter_map(|q| q.given.as_ref().map(|g| g.position)).max();
            let right = questions.iter().all(|q| q.right);
            let passed = checked.filter(|_| right).map(|(branch, at)| (branch, at.max(last.unwrap_or(0))));
            let checks = task.checks.iter().map(|id| match checked {
                Some((branch, at)) => Finding::said(lesson, &courses[branch], *id, at),
                None => Finding::of(lesson, course, *id, &moment, course.seen()),
            });
            let applies = |when: Option<usize>| when.is_none_or(|id| course.now().cells[id].holds);
            let hints = task.hints.iter().filter(|hint| passed.is_none() && applies(hint.when));
            report.tasks.push(TaskReport {
                id: task.id.clone(),
                passed,
                of: task.points,
                checks: checks.collect(),
                hints: hints.map(|hint| (hint.id.clone(), hint.text.clone())).collect(),
                questions,
            });
        }
        let last = report.tasks.iter().map(|task| task.passed).collect::<Option<Vec<_>>>();
        let last = last.and_then(|passed| passed.into_iter().max_by_key(|(_, step)| *step));
        report.at = Some(last.unwrap_or((current, timeline.len())));
        report
    }

    /// The task at which the learner stopped: the first that is not passed.
    pub fn stuck(&self) -> Option<&TaskReport> {
        self.tasks.iter().find(|task| task.passed.is_none())
    }

    /// Nothing is wrong with it and every task is passed.
    pub fn passed(&self) -> bool {
        self.offences.is_empty() && self.tasks.iter().all(|task| task.passed.is_some())
    }

    /// The points, and how many there are to be had.
    pub fn points(&self) -> (i64, i64) {
        let valid = self.offences.is_empty();
        let got = self.tasks.iter().filter(|task| valid && task.passed.is_some()).map(|task| task.of).sum();
        (got, self.tasks.iter().map(|task| task.of).sum())
    }

    /// The native report, with sentences in these languages.
    pub fn to_json(&self, languages: &[Str]) -> Json {
        let in_each = |say: &dyn Fn(&str) -> String| {
            languages.iter().fold(Json::object(), |mut json, language| {
                json.set(language, say(language));
                json
            })
        };
        let (points, of) = self.points();
        let mut json = json!({
            "report": 1, "lesson": &self.lesson, "hash": &self.hash, "passed": self.passed(), "points": points, "of": of,
            "steps": self.steps, "seconds": self.seconds as i64, "branches": self.tries.branches,
            "commands": self.tries.commands, "hints": self.tries.hints,
        });
        json.set("stuck", self.stuck().map(|task| &task.id));
        json.set("at", self.at.map(|(branch, step)| json!({ "branch": branch, "step": step })));
        for (key, text) in [("name", &self.name), ("started", &self.times[0]), ("finished", &self.times[1])] {
            if !text.is_empty() {
                json.set(key, text);
            }
        }
        let offences = self.offences.iter().map(|offence| {
            let mut json = json!({ "kind": offence.kind.code(), "branch": offence.branch.as_str() });
            json.set("step", offence.step);
            json.set("detail", offence.detail.as_str());
            json.set("says", in_each(&|language| words::offence(offence, language)));
            json
        });
        json.set("offences", offences.collect::<Vec<Json>>());
        let tasks = self.tasks.iter().map(|task| {
            let points = if task.passed.is_some() && self.offences.is_empty() { task.of } else { 0 };
            let checks = task.checks.iter().map(|check| {
                let mut json = check.to_json();
                json.set("says", in_each(&|language| words::why(check, language)));
                json
            });
            let hints = task.hints.iter().map(|(id, text)| {
                json!({ "id": id, "says": in_each(&|language| text.in_language(language).into()) })
            });
            let questions = task.questions.iter().map(|question| {
                let mut json =
                    json!({ "id": &question.id, "right": question.right, "wanted": &question.wanted });
                if let Some(given) = &question.given {
                    json.set("given", &given.value);
                    json.set("step", given.position);
                }
                json
            });
            json!({
                "id": &task.id, "passed": task.passed.is_some(), "step": task.passed.map(|(_, at)| at),
                "branch": task.passed.map(|(branch, _)| branch), "points": points, "of": task.of,
                "checks": checks.collect::<Vec<Json>>(), "questions": questions.collect::<Vec<Json>>(),
                "hints": hints.collect::<Vec<Json>>(),
            })
        });
        json.set("tasks", tasks.collect::<Vec<Json>>());
        if !self.unseen.is_empty() {
            json.set("unseen", self.unseen.iter().collect::<Json>());
        }
        json
    }
}

impl Tries {
    fn of(lesson: &Lesson, run: &Playground, courses: &[Course]) -> Tries {
        let branches = run.timeline().branches();
        let own = branches.iter().flat_map(|b| b.entries().iter().skip(b.origin.map_or(0, |(_, at)| at)));
        let typed = own.filter(|(input, _)| matches!(input, Input::Command { .. })).count();
        let begun = courses[0].begin;
        let before = branches[0].entries().iter().take(begun);
        let before = before.filter(|(input, _)| matches!(input, Input::Command { .. })).count();
        let comes = |task: usize, hint: &&Hint| {
            hint.when.is_some_and(|check| courses.iter().any(|course| course.comes(check, task)))
        };
        let tasks = lesson.tasks.iter().enumerate();
        let hints = tasks.map(|(i, task)| task.hints.iter().filter(|hint| comes(i, hint)).count());
        Tries { branches: branches.len(), commands: typed.saturating_sub(before), hints: hints.sum() }
    }
}

/// How it stands with a task's questions: of several answers to one, the last counts.
fn questions(
    lesson: &Lesson,
    run: &Playground,
    courses: &[Course],
    task: &Task,
    answers: &[Given],
) -> (Vec<QuestionReport>, Vec<Offence>) {
    let mut offences = Vec::new();
    let mut reports = Vec::new();
    for question in &task.questions {
        let given = answers.iter().rev().find(|given| given.question == question.id).cloned();
        let mut report = QuestionReport { id: question.id.clone(), given, right: false, wanted: Json::Null };
        if let Some(given) = &report.given {
            let branches = run.timeline().branches();
            let there = branches.get(given.branch).is_some_and(|b| given.position <= b.entries().len());
            if !there || given.position < courses[0].begin {
                let step = Some(given.position);
                offences.push(Offence { step, ..Offence::of(OffenceKind::Answer, question.id.as_str()) });
            } else {
                (report.right, report.wanted) = answer(lesson, run, &courses[given.branch], question, given);
            }
        }
        reports.push(report);
    }
    (reports, offences)
}

/// Whether an answer is right, and what the right one is at that moment.
pub fn answer(
    lesson: &Lesson,
    run: &Playground,
    course: &Course,
    question: &Question,
    given: &Given,
) -> (bool, Json) {
    let cells = &course.standing(given.position).cells;
    let asked = question.asked.is_none_or(|id| cells[id].holds);
    let wanted = right_answer(lesson, run, course, question, (given.branch, given.position));
    let right = match &question.answer {
        Answer::Choose { several: false, .. } => wanted.items().contains(&given.value),
        Answer::Choose { .. } => {
            let chosen = given.value.items();
            chosen.len() == wanted.items().len() && wanted.items().iter().all(|right| chosen.contains(right))
        }
        Answer::Read(..) => is_said(&given.value, &wanted),
    };
    (asked && right, wanted)
}

/// The right answer at a moment: a value, or the right options.
pub fn right_answer(
    _lesson: &Lesson,
    run: &Playground,
    course: &Course,
    question: &Question,
    (branch, position): (usize, usize),
) -> Json {
    match &question.answer {
        Answer::Choose { options, .. } => {
            let cells = &course.standing(position).cells;
            let right = options.iter().filter(|option| match option.right {
                Right::Said(right) => right,
                Right::Checked(id) => cells[id].holds,
            });
            right.map(|option| &option.id).collect()
        }
        Answer::Read(source, path) => {
            let mut run = run.clone();
            let timeline = run.timeline_mut();
            if (timeline.current(), timeline.position()) != (branch, position) {
                timeline.switch(branch, position);
            }
            let of_step = matches!(source.part, Part::Calls(_) | Part::Notes(_));
            let record = if of_step { timeline.record(position) } else { None };
            let moment = Moment { desk: run.desk(), record: record.as_ref(), start: run.config().start };
            let things = source.things(&moment);
            match (source.is_one(), path) {
                (true, path) => {
                    let thing = things.into_iter().next().unwrap_or_default();
                    compare::at(&thing, path.as_deref().unwrap_or("")).clone()
                }
                (false, None) => things.len().into(),
                (false, Some(path)) => things.iter().map(|thing| compare::at(thing, path).clone()).collect(),
            }
        }
    }
}

/// Whether a person's words say a value: blanks and the order of a list do not matter. A key of the default namespace may
/// be said by its name, as the page shows it.
fn is_said(given: &Json, wanted: &Json) -> bool {
    let given = compare::plain(given);
    let is = |wanted: &String, word: &str| wanted == word || wanted.strip_prefix("default/") == Some(word);
    let said: Vec<&str> = given.split([',', ' ', '\n', '，', '、']).filter(|word| !word.is_empty()).collect();
    let nothing =
        said.is_empty() || ["none", "nothing", "0", "-", "无", "没有"].contains(&said.join(" ").as_str());
    match wanted {
        Json::Array(items) if items.is_empty() => nothing,
        Json::Null => nothing,
        Json::Array(items) => {
            let mut wanted: Vec<String> = items.iter().map(compare::plain).collect();
            wanted.len() == said.len()
                && said.iter().all(|word| match wanted.iter().position(|w| is(w, word)) {
                    Some(at) => {
                        wanted.remove(at);
                        true
                    }
                    None => false,
                })
        }
        scalar => compare::plain(scalar).eq_ignore_ascii_case(given.trim()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_may_be_said_in_a_persons_words() {
        for (given, wanted, right) in [
            ("b a", json!(["a", "b"]), true),
            ("hello", json!(["default/hello"]), true),
            ("default/hello", json!(["default/hello"]), true),
            ("hello", json!(["kube-system/hello"]), false),
            ("none", json!([]), true),
            (" True", json!("true"), true),
        ] {
            assert_eq!(is_said(&given.into(), &wanted), right, "{given}");
        }
    }
}
