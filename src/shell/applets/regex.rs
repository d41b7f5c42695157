//! Regular expressions, basic and extended.
//!
//! An expression becomes a small program that is run over the text with all alternatives side by side (Pike's machine),
//! so the time is at most program × text, whatever the expression.

use std::sync::Arc;

use crate::shell::pattern;

#[derive(Debug, Clone)]
enum Step {
    Byte(u8),
    Any,
    Set(Box<[bool; 256]>),
    Split(usize, usize),
    Jump(usize),
    Save(usize),
    Begin,
    End,
    Word,
    Match,
}

/// A compiled expression.
#[derive(Debug, Clone)]
pub(super) struct Regex {
    steps: Vec<Step>,
    /// How many groups it has.
    pub(super) groups: usize,
    fold: bool,
}

/// Where an expression matched.
pub(super) struct Found {
    pub(super) start: usize,
    pub(super) end: usize,
    /// What each group matched; 0 is all of it.
    pub(super) groups: Vec<Option<(usize, usize)>>,
}

/// A program may not be longer: repetitions multiply.
const MAX_STEPS: usize = 2_000;
const MAX_DEPTH: u32 = 30;

struct Compiler<'a> {
    text: &'a [u8],
    at: usize,
    extended: bool,
    steps: Vec<Step>,
    groups: usize,
    depth: u32,
}

type Result<T> = std::result::Result<T, &'static str>;

impl Regex {
    pub(super) fn new(text: &[u8], extended: bool, fold: bool) -> Result<Regex> {
        let text = if fold { text.to_ascii_lowercase() } else { text.to_vec() };
        let mut compiler = Compiler { text: &text, at: 0, extended, steps: Vec::new(), groups: 0, depth: 0 };
        compiler.alternatives()?;
        if compiler.at < text.len() {
            return Err("Unmatched ) or \\)");
        }
        compiler.steps.push(Step::Match);
        Ok(Regex { steps: compiler.steps, groups: compiler.groups, fold })
    }

    /// A text that stands for itself.
    pub(super) fn literal(text: &[u8], fold: bool) -> Regex {
        let bytes = if fold { text.to_ascii_lowercase() } else { text.to_vec() };
        let mut steps: Vec<Step> = bytes.into_iter().map(Step::Byte).collect();
        steps.push(Step::Match);
        Regex { steps, groups: 0, fold }
    }

    /// The first match at or after `from`.
    pub(super) fn find(&self, text: &[u8], from: usize) -> Option<Found> {
        let slots = 2 * (self.groups + 1);
        let mut current: Vec<(usize, Arc<[usize]>)> = Vec::new();
        let mut best: Option<Arc<[usize]>> = None;
        let empty: Arc<[usize]> = vec![usize::MAX; slots].into();
        let mut seen = vec![usize::MAX; self.steps.len()];
        for at in from..=text.len() {
            if best.is_none() {
                let mut saved = empty.to_vec();
                saved[0] = at;
                self.follow(0, text, at, saved.into(), &mut current, &mut seen);
            }
            if current.is_empty() && best.is_some() {
                break;
            }
            let mut next = Vec::new();
            let byte = text.get(at).map(|c| if self.fold { c.to_ascii_lowercase() } else { *c });
            // `seen` is keyed by the position a thread was added for.
            for (step, saved) in std::mem::take(&mut current) {
                let hit = match (&self.steps[step], byte) {
                    (Step::Match, _) => {
                        let mut saved = saved.to_vec();
                        saved[1] = at;
                        best = Some(saved.into());
                        break;
                    }
                    (Step::Byte(wanted), Some(c)) => *wanted == c,
                    (Step::Any, Some(_)) => true,
                    (Step::Set(set), Some(c)) => set[usize::from(c)],
                    _ => false,
                };
                if hit {
                    self.follow(step + 1, text, at + 1, saved, &mut next, &mut seen);
                }
            }
            current = next;
        }
        let saved = best?;
        let groups = (0..=self.groups)
            .map(|group| (saved[2 * group], saved[2 * group + 1]))
            .map(|(start, end)| (end != usize::MAX && start <= end).then_some((start, end)))
            .collect();
        Some(Found { start: saved[0], end: saved[1], groups })
    }

    /// Adds the steps that can be reached from `step` without reading, most preferred first.
    fn follow(
        &self,
        step: usize,
        text: &[u8],
        at: usize,
        saved: Arc<[usize]>,
        out: &mut Vec<(usize, Arc<[usize]>)>,
        seen: &mut [usize],
    ) {
        let mut pending = vec![(step, saved)];
        while let Some((step, mut saved)) = pending.pop() {
            if seen[step] == at {
                continue;
            }
            seen[step] = at;
            let word =
                |index: usize| text.get(index).is_some_and(|c| c.is_ascii_alphanumeric() || *c == b'_');
            match &self.steps[step] {
                Step::Jump(to) => pending.push((*to, saved)),
                Step::Split(first, second) => {
                    pending.push((*second, saved.clone()));
                    pending.push((*first, saved));
                }
                Step::Save(slot) => {
                    let mut copy = saved.to_vec();
                    copy[*slot] = at;
                    saved = copy.into();
                    pending.push((step + 1, saved));
                }
                Step::Begin if at == 0 => pending.push((step + 1, saved)),
                Step::End if at == text.len() => pending.push((step + 1, saved)),
                Step::Word if (at > 0 && word(at - 1)) != word(at) => pending.push((step + 1, saved)),
                Step::Begin | Step::End | Step::Word => {}
                _ => out.push((step, saved)),
            }
        }
    }
}

impl Compiler<'_> {
    fn looking_at(&self, extended: &[u8], basic: &[u8]) -> usize {
        let token = if self.extended { extended } else { basic };
        if !token.is_empty() && self.text[self.at..].starts_with(token) { token.len() } else { 0 }
    }

    fn alternatives(&mut self) -> Result<()> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err("Regular expression too big");
        }
        let start = self.steps.len();
        self.sequence()?;
        loop {
            let length = self.looking_at(b"|", b"\\|");
            if length == 0 {
                break;
            }
            self.at += length;
            self.insert(start, Step::Split(start + 1, self.steps.len() + 2));
            let jump = self.steps.len();
            self.steps.push(Step::Jump(0));
            // The later alternatives nest in the second branch.
            self.alternatives_rest()?;
            self.steps[jump] = Step::Jump(self.steps.len());
        }
        self.depth -= 1;
        Ok(())
    }

    fn alternatives_rest(&mut self) -> Result<()> {
        self.sequence()
    }

    /// Inserts a step, moving what jumps behind it.
    fn insert(&mut self, at: usize, step: Step) {
        self.steps.insert(at, step);
        for moved in &mut self.steps[at + 1..] {
            match moved {
                Step::Split(first, second) => {
                    *first += usize::from(*first >= at);
                    *second += usize::from(*second >= at);
                }
                Step::Jump(to) => *to += usize::from(*to >= at),
                _ => {}
            }
        }
    }

    fn sequence(&mut self) -> Result<()> {
        let begin = self.at;
        while self.at < self.text.len() {
            if self.looking_at(b"|", b"\\|") > 0 || self.depth > 1 && self.looking_at(b")", b"\\)") > 0 {
                break;
            }
            let start = self.steps.len();
            let first = self.at == begin;
            self.atom(first)?;
            self.repetition(start)?;
            if self.steps.len() > MAX_STEPS {
                return Err("Regular expression too big");
            }
        }
        Ok(())
    }

    fn atom(&mut self, first: bool) -> Result<()> {
        let length = self.looking_at(b"(", b"\\(");
        if length > 0 {
            self.at += length;
            self.groups += 1;
            let group = self.groups;
            self.steps.push(Step::Save(2 * group));
            self.alternatives()?;
            let length = self.looking_at(b")", b"\\)");
            if length == 0 {
                return Err("Unmatched ( or \\(");
            }
            self.at += length;
            self.steps.push(Step::Save(2 * group + 1));
            return Ok(());
        }
        let c = self.text[self.at];
        self.at += 1;
        let step = match c {
            b'.' => Step::Any,
            b'^' if self.extended || first => Step::Begin,
            b'$' if self.extended
                || self.at == self.text.len()
                || self.text[self.at..].starts_with(b"\\)") =>
            {
                Step::End
            }
            b'[' => {
                let rest = &self.text[self.at..];
                let Some((length, _)) = pattern::bracket(rest, 0) else { return Err("Unmatched [, [^") };
                // In an expression only `^` negates, and a backslash is itself.
                let set: Vec<u8> = rest[..length]
                    .iter()
                    .flat_map(|c| if *c == b'\\' { vec![b'\\', b'\\'] } else { vec![*c] })
                    .collect();
                let set: &[u8] =
                    if set.first() == Some(&b'!') { &[b"\\", set.as_slice()].concat() } else { &set };
                let members =
                    std::array::from_fn(|c| pattern::bracket(set, c as u8).is_some_and(|(_, hit)| hit));
                self.at += length;
                Step::Set(Box::new(members))
            }
            b'\\' if self.at < self.text.len() => {
                let c = self.text[self.at];
                self.at += 1;
                let class =
                    |test: fn(u8) -> bool| Step::Set(Box::new(std::array::from_fn(|c| test(c as u8))));
                match c {
                    b'n' => Step::Byte(b'\n'),
                    b't' => Step::Byte(b'\t'),
                    b'b' | b'<' | b'>' => Step::Word,
                    b'd' => class(|c| c.is_ascii_digit()),
                    b'w' => class(|c| c.is_ascii_alphanumeric() || c == b'_'),
                    b'W' => class(|c| !(c.is_ascii_alphanumeric() || c == b'_')),
                    b's' => class(|c| c.is_ascii_whitespace()),
                    b'S' => class(|c| !c.is_ascii_whitespace()),
                    other => Step::Byte(other),
                }
            }
            other => Step::Byte(other),
        };
        self.steps.push(step);
        Ok(())
    }

    fn repetition(&mut self, start: usize) -> Result<()> {
        loop {
            let (least, most) = if self.text.get(self.at) == Some(&b'*') {
                self.at += 1;
                (0, None)
            } else if self.looking_at(b"+", b"\\+") > 0 {
                self.at += self.looking_at(b"+", b"\\+");
                (1, None)
            } else if self.looking_at(b"?", b"\\?") > 0 {
                self.at += self.looking_at(b"?", b"\\?");
                (0, Some(1))
            } else if self.looking_at(b"{", b"\\{") > 0 {
                let from = self.at + self.looking_at(b"{", b"\\{");
                let end: &[u8] = if self.extended { b"}" } else { b"\\}" };
                let Some(length) = self.text[from..].windows(end.len()).position(|w| w == end) else {
                    return Err("Unmatched { or \\{");
                };
                let bounds = String::from_utf8_lossy(&self.text[from..from + length]).into_owned();
                self.at = from + length + end.len();
                let (least, most) = bounds.split_once(',').unwrap_or((&bounds, &bounds));
                let number = |text: &str| text.parse::<usize>().ok();
                (
                    number(least).unwrap_or(0),
                    if most.is_empty() { None } else { Some(number(most).ok_or("Invalid content of {}")?) },
                )
            } else {
                return Ok(());
            };
            let atom: Vec<Step> = self.steps.drain(start..).collect();
            if least.max(most.unwrap_or(0)) * atom.len() > MAX_STEPS {
                return Err("Regular expression too big");
            }
            let place = |steps: &mut Vec<Step>| {
                let by = steps.len();
                steps.extend(atom.iter().map(|step| match step {
                    Step::Split(first, second) => Step::Split(first - start + by, second - start + by),
                    Step::Jump(to) => Step::Jump(to - start + by),
                    other => other.clone(),
                }));
            };
            for _ in 0..least {
                place(&mut self.steps);
            }
            match most {
                None => {
                    let split = self.steps.len();
                    self.steps.push(Step::Jump(0));
                    place(&mut self.steps);
                    self.steps.push(Step::Jump(split));
                    self.steps[split] = Step::Split(split + 1, self.steps.len());
                }
                Some(most) => {
                    let mut splits = Vec::new();
                    for _ in least..most {
                        splits.push(self.steps.len());
                        self.steps.push(Step::Jump(0));
                        place(&mut self.steps);
                    }
                    let end = self.steps.len();
                    for split in splits {
                        self.steps[split] = Step::Split(split + 1, end);
                    }
                }
            }
        }
    }
}
