//! [`Remote`]: a lesson's checks on a cluster that is not ours, seen from outside: what is there, and what happens while one looks.
//!
//! Its objects are shown in a world of their own, in which nothing happens by itself. Each change is a step, so checks of the state
//! and of history are evaluated as along any run; history begins when one began to look. Caches, queues, expectations, calls,
//! reasons and logs do not show from outside; tasks that ask for them are left out.

use super::check::{Ask, Id, Limit};
use super::finding::Finding;
use super::judge::{Report, TaskReport};
use super::source::{Moment, Part, Source};
use super::{Course, Lesson};
use crate::api::{ObjectKey, Resource};
use crate::cluster::World;
use crate::json::Json;
use crate::playground::{Desk, Record};
use crate::sim::Time;

/// A lesson on another cluster.
pub struct Remote<'l> {
    lesson: &'l Lesson,
    desk: Desk,
    start: Time,
    position: usize,
    /// From the moment on at which it is known what is there.
    course: Option<Course>,
}

impl<'l> Remote<'l> {
    /// Nothing is known yet.
    pub fn new(lesson: &'l Lesson, now: Time) -> Remote<'l> {
        Remote { lesson, desk: Desk::over(World::mirror(now)), start: now, position: 0, course: None }
    }

    /// The resources that its tasks ask for, as far as they can be seen.
    pub fn resources(&self) -> Vec<Resource> {
        let mut found = Vec::new();
        for task in self.lesson.tasks.iter().filter(|task| self.is_seen(&task.checks)) {
            task.checks.iter().for_each(|id| self.asked(*id, &mut found));
        }
        found.sort();
        found.dedup();
        found
    }

    /// An object is so, or (`None`) is not there any more.
    pub fn show(&mut self, now: Time, resource: &Resource, key: &ObjectKey, object: Option<Json>) {
        let step = self.desk.world_mut().show(now, resource, key, object);
        if let Some(course) = &mut self.course {
            self.position += 1;
            course.step(self.lesson, &self.desk, &Record::of(step), self.position);
        }
    }

    /// The objects of a resource that are shown.
    pub fn shown(&self, resource: &Resource) -> Vec<ObjectKey> {
        self.desk.world().server().list(resource).iter().map(ObjectKey::of).collect()
    }

    /// All that is there has been shown: history begins.
    pub fn begin(&mut self) {
        self.course = Some(Course::at(self.lesson, &self.desk, self.start, 0));
    }

    /// How it stands. Nothing stands before it has begun.
    pub fn report(&self, now: Time) -> Report {
        let lesson = self.lesson;
        let mut report = Report {
            lesson: lesson.id.clone(),
            hash: lesson.hash.clone(),
            steps: self.position,
            seconds: now.since(self.start).as_secs(),
            ..Report::default()
        };
        let Some(course) = &self.course else { return report };
        let moment = Moment { desk: &self.desk, record: None, start: self.start };
        for (i, task) in lesson.tasks.iter().enumerate() {
            if !self.is_seen(&task.checks) {
                report.unseen.push(task.id.clone());
                continue;
            }
            let passed = course.now().tasks[i];
            let finding = |id: &Id| match passed {
                Some(at) => Finding::said(lesson, course, *id, at),
                None => Finding::of(lesson, course, *id, &moment, course.seen()),
            };
            let applies =
                |when: Option<Id>| when.is_none_or(|id| self.is_seen(&[id]) && course.now().cells[id].holds);
            let hints = task.hints.iter().filter(|hint| passed.is_none() && applies(hint.when));
            report.tasks.push(TaskReport {
                id: task.id.clone(),
                passed: passed.map(|at| (0, at)),
                of: task.points,
                checks: task.checks.iter().map(finding).collect(),
                hints: hints.map(|hint| (hint.id.clone(), hint.text.clone())).collect(),
                questions: Vec::new(),
            });
        }
        report
    }

    /// Whether all that these checks ask can be seen from outside. (Nothing asked is nothing seen.)
    fn is_seen(&self, checks: &[Id]) -> bool {
        let seen = |source: &Source| matches!(source.part, Part::Object(..) | Part::Objects(_));
        !checks.is_empty()
            && checks.iter().all(|id| match &self.lesson.checks[*id].ask {
                Ask::One(source, ..) | Ask::Each(source, _) | Ask::Count(source, ..) => seen(source),
                Ask::Within { limit: Limit::Steps(_), .. } => false,
                made => self.is_seen(&parts(made)),
            })
    }

    fn asked(&self, id: Id, found: &mut Vec<Resource>) {
        match &self.lesson.checks[id].ask {
            Ask::One(source, ..) | Ask::Each(source, _) | Ask::Count(source, ..) => {
                if let Part::Object(resource, _) | Part::Objects(resource) = &source.part {
                    found.push(resource.clone());
                }
            }
            made => parts(made).iter().for_each(|id| self.asked(*id, found)),
        }
    }
}

/// The checks that one is made of.
fn parts(ask: &Ask) -> Vec<Id> {
    match ask {
        Ask::One(..) | Ask::Each(..) | Ask::Count(..) => Vec::new(),
        Ask::Always(of) | Ask::Eventually(of) | Ask::Never(of) | Ask::Not(of) => vec![*of],
        Ask::Before(a, b) => vec![*a, *b],
        Ask::Within { after, check, .. } => after.iter().chain([check]).copied().collect(),
        Ask::All(of) | Ask::Any(of) => of.clone(),
    }
}
