//! [`Course`]: a lesson's checks along a run. Each step is looked at once; a check of the state is asked anew only when the
//! step could have changed it; and what is remembered is remembered only where it changed, so a long run costs little and
//! going back costs nothing.

use super::check::{Ask, Limit};
use super::lesson::Lesson;
use super::source::{Moment, Source, Tally, Test};
use crate::cluster::Change;
use crate::json::Json;
use crate::playground::{Desk, Playground, Record};
use crate::sim::{Machine, Time};

/// What is known of a check at a position.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Cell {
    /// It holds now.
    pub holds: bool,
    /// The first position at which it held, and when that was.
    pub first: Option<(usize, Time)>,
    /// The first position at which it did not hold.
    pub failed: Option<usize>,
}

/// What is known at a position.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Standing {
    /// Of each check, in the lesson's order.
    pub cells: Vec<Cell>,
    /// Of each task with checks: the first position at which all of them held.
    pub tasks: Vec<Option<usize>>,
}

/// The checks along one branch of a run.
#[derive(Clone, Debug)]
pub struct Course {
    /// Where the learner began.
    pub begin: usize,
    began: Time,
    start: Time,
    /// The last position that was looked at.
    seen: usize,
    /// What is known from each position on at which it changed.
    standings: Vec<(usize, Standing)>,
    /// What was counted for each check at the last position that was looked at.
    tallies: Vec<Tally>,
    /// The store's revision then; `None`: what was counted was at another position.
    counted: Option<u64>,
}

impl Course {
    /// At the moment at which a learner begins.
    pub fn begin(lesson: &Lesson, playground: &Playground) -> Course {
        let position = playground.timeline().position();
        Course::at(lesson, playground.desk(), playground.config().start, position)
    }

    /// At a moment of any world, whose clock started then.
    pub fn at(lesson: &Lesson, desk: &Desk, start: Time, position: usize) -> Course {
        let mut course = Course {
            begin: position,
            began: desk.world().now(),
            start,
            seen: position,
            standings: Vec::new(),
            tallies: vec![Tally::default(); lesson.checks.len()],
            counted: None,
        };
        course.look(lesson, desk, None, position);
        course
    }

    /// The last position that was looked at.
    pub fn seen(&self) -> usize {
        self.seen
    }

    /// What is known at a position.
    pub fn standing(&self, position: usize) -> &Standing {
        let after = self.standings.partition_point(|(from, _)| *from <= position);
        &self.standings[after.saturating_sub(1)].1
    }

    /// What is known at the last position that was looked at.
    pub fn now(&self) -> &Standing {
        self.standing(self.seen)
    }

    /// Whether a check held at some moment at which a task was not passed.
    pub fn comes(&self, check: usize, task: usize) -> bool {
        self.standings
            .iter()
            .any(|(_, standing)| standing.cells[check].holds && standing.tasks[task].is_none())
    }

    /// The same up to a position, from which another branch goes.
    pub fn fork(&self, position: usize) -> Course {
        let mut course = self.clone();
        let keep = course.standings.partition_point(|(from, _)| *from <= position).max(1);
        course.standings.truncate(keep);
        course.counted = self.counted.filter(|_| position == self.seen);
        course.seen = position.max(self.begin);
        course
    }

    /// Looks at a step that was just made.
    pub fn step(&mut self, lesson: &Lesson, desk: &Desk, record: &Record, position: usize) {
        if position > self.seen {
            self.seen = position;
            self.look(lesson, desk, Some(record), position);
        }
    }

    /// Looks at the steps of the current branch, up to the current position, that were not looked at yet.
    pub fn catch_up(&mut self, lesson: &Lesson, playground: &Playground) {
        let timeline = playground.timeline();
        if timeline.position() <= self.seen {
            return;
        }
        let mut desk = timeline.state_at(self.seen);
        let ahead = timeline.position() - self.seen;
        for (input, _) in timeline.branch().entries().skip(self.seen).take(ahead) {
            let record = desk.apply(input);
            self.step(lesson, &desk, &record, self.seen + 1);
        }
    }

    fn look(&mut self, lesson: &Lesson, desk: &Desk, record: Option<&Record>, position: usize) {
        let moment = Moment { desk, record, start: self.start };
        let before = self.standings.last().map(|(_, standing)| standing);
        let mut now = before.cloned().unwrap_or_default();
        now.cells.resize(lesson.checks.len(), Cell::default());
        now.tasks.resize(lesson.tasks.len(), None);
        let time = desk.world().now();
        let server = desk.world().server();
        // What the store forgot in the meantime cannot be followed.
        let counted = self.counted.filter(|revision| *revision >= server.compacted());
        let changes: Vec<&Change> =
            counted.into_iter().flat_map(|revision| server.changes_after(revision)).collect();
        let follow = record.filter(|_| counted.is_some()).map(|record| (&record.step, changes.as_slice()));
        for (id, check) in lesson.checks.iter().enumerate() {
            let untouched =
                |source: &Source| follow.is_some_and(|(step, changes)| !source.touched_by(step, changes));
            let tally = |source: &Source, test: Option<&Test>| {
                let on = follow.and_then(|(_, changes)| source.tally_on(self.tallies[id], changes, test));
                on.unwrap_or_else(|| source.tally(&moment, test))
            };
            let holds = match &check.ask {
                Ask::One(source, ..) | Ask::Each(source, _) | Ask::Count(source, ..) if untouched(source) => {
                    now.cells[id].holds
                }
                Ask::One(source, test, _) => source.things(&moment).iter().all(|thing| test.holds(thing)),
                Ask::Each(source, test) => {
                    self.tallies[id] = tally(source, Some(test));
                    let Tally { all, good } = self.tallies[id];
                    all > 0 && good == all
                }
                Ask::Count(source, op, count) => {
                    self.tallies[id] = tally(source, None);
                    op.holds(&Json::Int(self.tallies[id].all), &Json::Int(*count))
                }
                history => self.holds(history, &now.cells, id, position, time),
            };
            let cell = &mut now.cells[id];
            cell.holds = holds;
            if holds && cell.first.is_none() {
                cell.first = Some((position, time));
            }
            if !holds && cell.failed.is_none() {
                cell.failed = Some(position);
            }
        }
        for (task, passed) in lesson.tasks.iter().zip(&mut now.tasks) {
            let asked = passed.is_none() && !task.checks.is_empty();
            if asked && task.checks.iter().all(|id| now.cells[*id].holds) {
                *passed = Some(position);
            }
        }
        self.counted = Some(server.revision());
        if before != Some(&now) {
            self.standings.push((position, now));
        }
    }

    /// Whether a check of history, or one that is made of others, holds.
    fn holds(&self, ask: &Ask, cells: &[Cell], id: usize, at: usize, now: Time) -> bool {
        match ask {
            Ask::One(..) | Ask::Each(..) | Ask::Count(..) => cells[id].holds,
            Ask::Always(of) => cells[*of].failed.is_none(),
            Ask::Eventually(of) => cells[*of].first.is_some(),
            Ask::Never(of) => cells[*of].first.is_none(),
            Ask::Before(a, b) => match (cells[*a].first, cells[*b].first) {
                (Some((a, _)), Some((b, _))) => a < b,
                (first, _) => first.is_some(),
            },
            Ask::Within { limit, after, check } => {
                let from = match after {
                    Some(after) => cells[*after].first,
                    None => Some((self.begin, self.began)),
                };
                cells[id].holds
                    || cells[*check].holds
                        && from.is_some_and(|(position, time)| match limit {
                            Limit::Steps(steps) => (at - position) as u64 <= *steps,
                            Limit::Time(limit) => now.since(time) <= *limit,
                        })
            }
            Ask::All(of) => of.iter().all(|id| cells[*id].holds),
            Ask::Any(of) => of.iter().any(|id| cells[*id].holds),
            Ask::Not(of) => !cells[*of].holds,
        }
    }
}
