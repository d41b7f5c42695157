//! [`Live`]: a lesson that somebody is at: how it stands at this moment, along every branch of the run, and what was
//! answered. A report says how it stands at the end; this says it while it goes on, and looks only at what is new.

use super::finding::Finding;
use super::history::Course;
use super::judge::{QuestionReport, TaskReport, answer};
use super::lesson::{Hint, Lesson, Question};
use super::rules::{self, Offence, OffenceKind};
use super::source::Moment;
use super::submission::{Given, Submission};
use crate::cluster::Fault;
use crate::json::{Json, Str};
use crate::playground::{Input, Playground, RunError};

/// Something that a learner is about to do.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Deed<'a> {
    /// To type a command.
    Command(&'a str),
    /// To change a file.
    File(&'a str),
    /// To let something break, or be switched.
    Fault(&'a str),
    /// To choose what happens next.
    Choice(u32),
}

/// Why what was kept or handed in cannot be gone on with.
#[derive(Clone, Debug, PartialEq)]
pub enum Refusal {
    /// It is for another lesson, or begins as the lesson no longer does.
    Other,
    /// Its run cannot be read or replayed.
    Run(RunError),
}

/// A lesson that somebody is at.
#[derive(Clone)]
pub struct Live {
    /// The lesson.
    pub lesson: Lesson,
    begun: Playground,
    /// The checks along each branch.
    courses: Vec<Course>,
    /// What was answered, and whether it was right.
    answers: Vec<(Given, bool)>,
}

impl Live {
    /// Before anything was done; an error where the lesson's own beginning fails.
    pub fn new(lesson: Lesson) -> Result<Live, String> {
        let begun = lesson.begin()?;
        let courses = vec![Course::begin(&lesson, &begun)];
        Ok(Live { lesson, begun, courses, answers: Vec::new() })
    }

    /// The moment at which the learner begins.
    pub fn begun(&self) -> &Playground {
        &self.begun
    }

    /// What was answered, in order.
    pub fn answers(&self) -> Vec<Given> {
        self.answers.iter().map(|(given, _)| given.clone()).collect()
    }

    /// Looks at what is new in a run. Any run of the lesson will do: what is known of another one is forgotten by
    /// [`Live::resume`].
    pub fn follow(&mut self, run: &Playground) {
        let timeline = run.timeline();
        for (i, branch) in timeline.branches().iter().enumerate() {
            if let (Some((parent, at)), true) = (branch.origin, i >= self.courses.len()) {
                let course = self.courses[parent].fork(at);
                self.courses.push(course);
            }
            let end = branch.entries().len();
            if self.courses[i].seen() >= end {
                continue;
            }
            if (timeline.current(), timeline.position()) == (i, end) {
                self.courses[i].catch_up(&self.lesson, run);
            } else {
                let mut along = run.clone();
                along.timeline_mut().switch(i, end);
                self.courses[i].catch_up(&self.lesson, &along);
            }
        }
    }

    /// How it stands with the tasks at the current position of a run that was followed. What was passed on any branch, or
    /// later on this one, stays passed.
    pub fn tasks(&self, run: &Playground) -> Vec<TaskReport> {
        let (branch, position) = (run.timeline().current(), run.timeline().position());
        let moment = Moment { desk: run.desk(), record: None, start: run.config().start };
        let course = &self.courses[branch];
        let here = course.standing(position);
        let mut tasks = Vec::new();
        for (i, task) in self.lesson.tasks.iter().enumerate() {
            let questions: Vec<QuestionReport> = task.questions.iter().map(|q| self.question(q)).collect();
            let order = std::iter::once(branch).chain((0..self.courses.len()).filter(|b| *b != branch));
            let mut checked = order.filter_map(|b| Some((b, self.courses[b].now().tasks[i]?)));
            let only_asks = task.checks.is_empty().then_some((branch, course.begin));
            let checked = only_asks.or_else(|| checked.next());
            let passed = checked.filter(|_| questions.iter().all(|question| question.right));
            let checks = task.checks.iter().map(|id| match checked {
                Some((b, at)) => Finding::said(&self.lesson, &self.courses[b], *id, at),
                None => Finding::of(&self.lesson, course, *id, &moment, position),
            });
            let comes = |hint: &&Hint| passed.is_none() && hint.when.is_none_or(|id| here.cells[id].holds);
            let hints = task.hints.iter().filter(comes);
            tasks.push(TaskReport {
                id: task.id.clone(),
                passed,
                of: task.points,
                checks: checks.collect(),
                hints: hints.map(|hint| (hint.id.clone(), hint.text.clone())).collect(),
                questions,
            });
        }
        tasks
    }

    /// Whether a question can be answered at the current position.
    pub fn asks(&self, run: &Playground, question: &Question) -> bool {
        let timeline = run.timeline();
        let cells = &self.courses[timeline.current()].standing(timeline.position()).cells;
        question.asked.is_none_or(|id| cells[id].holds)
    }

    /// Takes an answer at the current position. Whether it is right; nothing where there is no such question.
    pub fn answer(&mut self, run: &Playground, question: &str, value: Json) -> Option<bool> {
        let (branch, position) = (run.timeline().current(), run.timeline().position());
        self.give(run, Given { question: question.into(), branch, position, value })
    }

    fn give(&mut self, run: &Playground, given: Given) -> Option<bool> {
        let (_, question) = self.lesson.questions().find(|(_, q)| q.id == given.question)?;
        let course = self.courses.get(given.branch)?;
        let (right, _) = answer(&self.lesson, run, course, question, &given);
        // Of several answers only the last counts, so only it is kept.
        self.answers.retain(|(earlier, _)| earlier.question != given.question);
        self.answers.push((given, right));
        Some(right)
    }

    fn question(&self, question: &Question) -> QuestionReport {
        let given = self.answers.iter().find(|(given, _)| given.question == question.id);
        QuestionReport {
            id: question.id.clone(),
            given: given.map(|(given, _)| given.clone()),
            right: given.is_some_and(|(_, right)| *right),
            wanted: Json::Null,
        }
    }

    /// Goes on with what was kept: its run and its answers. What is allowed is not looked at: that is for who grades.
    pub fn resume(&mut self, kept: &Submission) -> Result<Playground, Refusal> {
        if kept.lesson.as_ref().is_some_and(|id| *id != self.lesson.id)
            || *kept.run.config() != self.lesson.config
        {
            return Err(Refusal::Other);
        }
        let run = kept.run.replay().map_err(Refusal::Run)?;
        let other = |offence: &Offence| offence.kind == OffenceKind::OtherStart;
        if rules::offences(&self.lesson, &self.begun, &run).iter().any(other) {
            return Err(Refusal::Other);
        }
        self.courses = vec![Course::begin(&self.lesson, &self.begun)];
        self.answers = Vec::new();
        self.follow(&run);
        for given in &kept.answers {
            let branches = run.timeline().branches();
            let there = |b: usize| branches.get(b).is_some_and(|b| given.position <= b.entries().len());
            if there(given.branch) && given.position >= self.courses[0].begin {
                self.give(&run, given.clone());
            }
        }
        Ok(run)
    }

    /// Forgets everything that was done and answered.
    pub fn restart(&mut self) {
        self.courses = vec![Course::begin(&self.lesson, &self.begun)];
        self.answers = Vec::new();
    }

    /// Why the lesson does not allow something now; nothing where it does.
    pub fn forbids(&self, run: &Playground, deed: Deed) -> Option<Offence> {
        let offence = |(kind, detail): (OffenceKind, String)| Offence::of(kind, detail);
        let allow = &self.lesson.allow;
        let past = run.timeline().position() < run.timeline().len();
        let input = match deed {
            Deed::File(name) => {
                return (!allow.files.has(name)).then(|| Offence::of(OffenceKind::File, name));
            }
            Deed::Command(line) => Input::Command { line: Str::from(line), files: self.lesson.files.clone() },
            Deed::Fault(words) => Input::Fault(Fault::parse(words)?),
            Deed::Choice(index) => Input::Step(index),
        };
        if let Some(found) = rules::forbidden(allow, &self.lesson, &input) {
            return Some(offence(found));
        }
        let branches = past && !matches!(input, Input::Step(0)) && !allow.back;
        branches.then(|| Offence::of(OffenceKind::Back, ""))
    }
}
