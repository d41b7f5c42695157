//! The timeline's marks: one a step, or the most salient step of a bucket of them.
//!
//! A branch only grows, so the marks are kept and only what is new is looked at; a timeline of a hundred thousand steps
//! costs a frame no more than one of a hundred.

use super::model::{BranchView, Mark, TimelineView};
use super::names;
use crate::playground::{Brief, Playground, Salience};

/// The marks of one branch, as far as it was looked at.
#[derive(Clone, Debug, Default)]
pub struct Marks {
    branch: usize,
    most: usize,
    /// Steps a mark stands for: a power of two, so that a longer branch merges marks in pairs.
    bucket: usize,
    seen: usize,
    marks: Vec<(usize, Brief)>,
}

impl Marks {
    /// The current branch in at most `most` marks.
    pub fn timeline(&mut self, playground: &Playground, most: usize) -> TimelineView {
        let timeline = playground.timeline();
        let entries = timeline.branch().entries();
        let length = entries.len();
        if self.branch != timeline.current() || self.most != most.max(1) || self.seen > length {
            *self = Marks { branch: timeline.current(), most: most.max(1), bucket: 1, ..Marks::default() };
        }
        while self.seen < length {
            let Some((_, brief)) = entries.get(self.seen) else { break };
            self.add(brief);
        }
        let world = playground.desk().world();
        let mark = |(step, brief): &(usize, Brief)| Mark {
            step: *step as u32,
            actor: names::actor(world, brief.actor, brief.controller()),
            salience: match brief.salience() {
                Salience::Routine => 0,
                Salience::Work => 1,
                Salience::Write => 2,
                Salience::Person => 3,
            },
        };
        let branches = timeline.branches().iter().enumerate().map(|(id, branch)| BranchView {
            id: id as u32,
            name: branch.name.clone(),
            parent: branch.origin.map(|(parent, _)| parent as u32),
            forked_at: branch.origin.map_or(0, |(_, at)| at as u32),
            length: branch.entries().len() as u32,
            current: id == timeline.current(),
        });
        TimelineView {
            position: timeline.position() as u32,
            length: length as u32,
            bucket: self.bucket as u32,
            marks: self.marks.iter().map(mark).collect(),
            branches: branches.collect(),
        }
    }

    fn add(&mut self, brief: &Brief) {
        let new = (self.seen + 1, brief.clone());
        if !self.seen.is_multiple_of(self.bucket) {
            if let Some(last) = self.marks.last_mut()
                && salience(last) < salience(&new)
            {
                *last = new;
            }
        } else {
            if self.marks.len() == self.most {
                self.merge();
                return self.add(brief);
            }
            self.marks.push(new);
        }
        self.seen += 1;
    }

    /// Pairs of marks become one.
    fn merge(&mut self) {
        self.bucket *= 2;
        let more = |a, b| if salience(a) < salience(b) { b } else { a };
        self.marks = self.marks.chunks(2).filter_map(|pair| pair.iter().reduce(more)).cloned().collect();
    }
}

fn salience(mark: &(usize, Brief)) -> Salience {
    mark.1.salience()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::Config;
    use crate::playground::Files;

    #[test]
    fn marks_grow_as_if_they_were_made_at_once() {
        let mut playground = Playground::new(Config::new(1, 1), Files::default());
        let mut kept = Marks::default();
        for _ in 0..60 {
            playground.step(0);
            let (grown, fresh) = (kept.timeline(&playground, 10), Marks::default().timeline(&playground, 10));
            assert_eq!(grown, fresh);
            assert!(grown.marks.len() <= 10);
        }
        assert_eq!(kept.timeline(&playground, 10).bucket, 8);
    }
}
