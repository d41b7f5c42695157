//! [`Timeline`]: a run that can be rewound and branched.
//!
//! A run is a start and a log of inputs; everything else follows from them. The timeline keeps checkpoints (clones of
//! the machine, which share almost everything), so seeking is: take the nearest checkpoint, replay the rest. Acting in
//! the past never loses anything: it makes a new branch.

use crate::collections::Map;
use crate::collections::{Element, List};

/// Something whose state follows from its inputs alone.
pub trait Machine: Element {
    /// What can be done to it.
    type Input: Element + PartialEq;
    /// What one input led to.
    type Record: Element;
    /// The part of a record that is kept for every step.
    type Brief: Element;
    /// Does it. The same state and input give the same state and record.
    fn apply(&mut self, input: &Self::Input) -> Self::Record;
    /// The part of a record to keep.
    fn brief(record: &Self::Record) -> Self::Brief;
    /// Forgets what people only look back at. It behaves as before.
    fn thin(&mut self) {}
    /// Takes over what the same machine, later in the same run, still knows of the time before this moment.
    fn recall(&mut self, _later: &Self) {}
}

/// At most this many checkpoints a branch; beyond it every other one is dropped and the distance doubles.
const MAX_CHECKPOINTS: usize = 256;
/// The distance between the first checkpoints. Those of a run that is too long for it are thin.
const FIRST_DISTANCE: usize = 32;
/// At most this many whole records are kept; older ones are made again by replaying.
const MAX_RECORDS: usize = 256;
/// So many positions before one that was sought lies a passing checkpoint: whoever goes back step by step comes there next.
const PASSING: usize = 16;

/// One of the courses that a run took.
#[derive(Clone)]
pub struct Branch<M: Machine> {
    /// The name that people see.
    pub name: String,
    /// The branch it left and after how many inputs; `None` for the first.
    pub origin: Option<(usize, usize)>,
    entries: List<(M::Input, M::Brief)>,
    checkpoints: Map<usize, M>,
    distance: usize,
}

impl<M: Machine> Branch<M> {
    /// The inputs, first to last, with what is kept of their records.
    pub fn entries(&self) -> &List<(M::Input, M::Brief)> {
        &self.entries
    }
}

/// A run: its branches, and where one stands.
#[derive(Clone)]
pub struct Timeline<M: Machine> {
    branches: Vec<Branch<M>>,
    current: usize,
    position: usize,
    state: M,
    records: Map<usize, M::Record>,
    /// The state at one position of the current branch, shortly before the one that was sought last.
    passing: Option<(usize, M)>,
}

impl<M: Machine> Timeline<M> {
    /// A run that has not begun, in a branch called `main`.
    pub fn new(start: M) -> Timeline<M> {
        let main = Branch {
            name: "main".into(),
            origin: None,
            entries: List::new(),
            checkpoints: Map::from([(0, start.clone())]),
            distance: FIRST_DISTANCE,
        };
        Timeline {
            branches: vec![main],
            current: 0,
            position: 0,
            state: start,
            records: Map::new(),
            passing: None,
        }
    }

    /// The machine as it is at the current position.
    pub fn state(&self) -> &M {
        &self.state
    }

    /// How many inputs lie behind the current position.
    pub fn position(&self) -> usize {
        self.position
    }

    /// How many inputs the current branch has.
    pub fn len(&self) -> usize {
        self.branch().entries.len()
    }

    /// Whether nothing was ever done in the current branch.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The current branch.
    pub fn branch(&self) -> &Branch<M> {
        &self.branches[self.current]
    }

    /// All branches, oldest first.
    pub fn branches(&self) -> &[Branch<M>] {
        &self.branches
    }

    /// The current branch's place in [`Timeline::branches`].
    pub fn current(&self) -> usize {
        self.current
    }

    /// Does something at the current position. In the past, the same input as then just moves forward; any other one
    /// makes a branch.
    pub fn act(&mut self, input: M::Input) -> M::Record {
        let replayed = self.branch().entries.get(self.position).is_some_and(|(then, _)| *then == input);
        if self.position < self.len() && !replayed {
            self.fork();
        }
        let record = self.state.apply(&input);
        if !replayed {
            self.branches[self.current].entries.push_back((input, M::brief(&record)));
        }
        self.position += 1;
        self.remember(record.clone());
        record
    }

    /// Moves one input forward along the branch, where there is one.
    pub fn redo(&mut self) -> Option<M::Record> {
        let (input, _) = self.branch().entries.get(self.position)?.clone();
        Some(self.act(input))
    }

    /// Goes to a position of the current branch (its end, where the number is larger).
    pub fn seek(&mut self, position: usize) {
        let target = position.min(self.len());
        if target < self.position || !self.near(target) {
            let (at, mut state) = self.checkpoint_before(target);
            if at < self.position {
                state.recall(&self.state);
            }
            (self.position, self.state) = (at, state);
        }
        let passing = target.saturating_sub(PASSING);
        while self.position < target && self.redo().is_some() {
            if self.position == passing {
                self.passing = Some((passing, self.state.clone()));
            }
        }
    }

    /// The whole record of the input that led to `position` (1 is the first); made again where it is not at hand.
    pub fn record(&mut self, position: usize) -> Option<M::Record> {
        if position == 0 || position > self.len() {
            return None;
        }
        if let Some(record) = self.records.get(&position) {
            return Some(record.clone());
        }
        let (mut at, mut state) = self.checkpoint_before(position - 1);
        let entries = &self.branch().entries;
        loop {
            let record = state.apply(&entries.get(at)?.0);
            at += 1;
            if at == position {
                return Some(record);
            }
        }
    }

    /// The machine as it was at a position, without moving there.
    pub fn state_at(&self, position: usize) -> M {
        if position == self.position {
            return self.state.clone();
        }
        let target = position.min(self.len());
        let (mut at, mut state) = self.checkpoint_before(target);
        while at < target {
            state.apply(&self.branch().entries[at].0);
            at += 1;
        }
        state
    }

    /// Goes to another branch: to where it left this one's past, or to the same number of inputs.
    pub fn switch(&mut self, branch: usize, position: usize) {
        if branch < self.branches.len() {
            self.current = branch;
            self.records.clear();
            self.passing = None;
            let (at, state) = self.checkpoint_before(position.min(self.len()));
            (self.position, self.state) = (at, state);
            self.seek(position);
        }
    }

    /// Gives a branch another name.
    pub fn rename(&mut self, branch: usize, name: &str) {
        if let Some(branch) = self.branches.get_mut(branch) {
            branch.name = name.into();
        }
    }

    /// Leaves the current branch at the current position.
    pub fn fork(&mut self) {
        let old = &self.branches[self.current];
        let mut branch = Branch {
            name: format!("branch-{}", self.branches.len() + 1),
            origin: Some((self.current, self.position)),
            entries: old.entries.clone(),
            checkpoints: old.checkpoints.range(..=self.position).map(|(at, m)| (*at, m.clone())).collect(),
            distance: old.distance,
        };
        branch.entries.truncate(self.position);
        self.branches.push(branch);
        self.current = self.branches.len() - 1;
        self.records.split_off(&(self.position + 1));
        self.passing = self.passing.take().filter(|(at, _)| *at <= self.position);
    }

    fn near(&self, target: usize) -> bool {
        target - self.position <= self.branch().distance
    }

    fn checkpoint_before(&self, position: usize) -> (usize, M) {
        let found = self.branch().checkpoints.range(..=position).next_back();
        let (at, state) = found.expect("the start is always a checkpoint");
        match &self.passing {
            Some((passing, state)) if *at < *passing && *passing <= position => (*passing, state.clone()),
            _ => (*at, state.clone()),
        }
    }

    fn remember(&mut self, record: M::Record) {
        self.records.insert(self.position, record);
        if self.records.len() > MAX_RECORDS {
            // The one farthest from here goes.
            let ends = [self.records.first(), self.records.last()].map(|end| end.map_or(0, |(at, _)| *at));
            let far = if ends[1] - self.position > self.position - ends[0] { ends[1] } else { ends[0] };
            self.records.remove(&far);
        }
        let (position, state) = (self.position, &self.state);
        let branch = &mut self.branches[self.current];
        if position.is_multiple_of(branch.distance) && !branch.checkpoints.contains_key(&position) {
            let mut checkpoint = state.clone();
            if branch.distance > FIRST_DISTANCE {
                checkpoint.thin();
            }
            branch.checkpoints.insert(position, checkpoint);
            if branch.checkpoints.len() > MAX_CHECKPOINTS {
                branch.distance *= 2;
                let distance = branch.distance;
                branch.checkpoints.retain(|at, _| at.is_multiple_of(distance));
                branch.checkpoints.for_each_mut(|_, checkpoint| checkpoint.thin());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A number that inputs are added to.
    #[derive(Clone)]
    struct Sum(i64);
    impl Machine for Sum {
        type Input = i64;
        type Record = String;
        type Brief = ();
        fn apply(&mut self, input: &i64) -> String {
            self.0 += input;
            format!("{:+} = {}", input, self.0)
        }
        fn brief(_: &String) {}
    }

    #[test]
    fn seeking_equals_replaying_and_the_past_branches() {
        let mut run = Timeline::new(Sum(0));
        for i in 1..=1000 {
            run.act(i);
        }
        for position in [0, 1, 31, 32, 33, 999, 998, 990, 983, 982, 1000, 500] {
            run.seek(position);
            assert_eq!(run.state().0, (1..=position as i64).sum::<i64>(), "at {position}");
        }
        assert_eq!(run.record(3).as_deref(), Some("+3 = 6"));
        run.act(501);
        assert_eq!((run.current(), run.position()), (0, 501), "the same input moves forward");
        run.act(-1);
        assert_eq!((run.current(), run.position(), run.len()), (1, 502, 502), "another one branches");
        assert_eq!(run.branch().origin, Some((0, 501)));
        let here = run.state().0;
        run.switch(0, 1000);
        assert_eq!((run.len(), run.state().0), (1000, 500_500), "nothing is lost");
        run.switch(1, 502);
        assert_eq!(run.state().0, here);
    }
}
