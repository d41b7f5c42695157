//! Regular expressions as Go has them (RE2), for schemas and rules: does a text match?
//!
//! An expression becomes a small program whose alternatives run side by side over the text (Pike's machine), so the time is
//! at most program × text, whatever the expression. What it cannot read, it says in the words of Go's `regexp/syntax`.

mod compile;

#[cfg(test)]
mod tests;

use compile::Compiler;

/// One instruction.
#[derive(Clone, Debug)]
enum Step {
    /// One character of the set.
    Set(Set),
    /// Goes on at both.
    Split(usize, usize),
    /// Goes on there.
    Jump(usize),
    /// Only where the assertion holds.
    Assert(Assertion),
    /// The end.
    Match,
}

#[derive(Clone, Copy, Debug)]
enum Assertion {
    TextStart,
    TextEnd,
    LineStart,
    LineEnd,
    Word(bool),
}

/// Ranges of characters, or all others.
#[derive(Clone, Debug, Default)]
struct Set {
    ranges: Vec<(char, char)>,
    negated: bool,
    fold: bool,
}

impl Set {
    fn has(&self, c: char) -> bool {
        let inside = |c: char| self.ranges.iter().any(|(from, to)| (*from..=*to).contains(&c));
        let swapped =
            |c: char| if c.is_lowercase() { c.to_uppercase().next() } else { c.to_lowercase().next() };
        (inside(c) || self.fold && swapped(c).is_some_and(inside)) != self.negated
    }
}

/// A compiled expression.
#[derive(Clone, Debug)]
pub struct Regex {
    steps: Vec<Step>,
}

impl Regex {
    /// Reads an expression; the error is Go's: ``error parsing regexp: missing closing ]: `[a` ``.
    pub fn new(text: &str) -> Result<Regex, String> {
        let steps = Compiler::of(text).steps().map_err(|why| format!("error parsing regexp: {why}"))?;
        Ok(Regex { steps })
    }

    /// Whether it matches anywhere in the text.
    pub fn is_match(&self, text: &str) -> bool {
        let chars: Vec<char> = text.chars().collect();
        self.run(&chars, 0, true).is_some()
    }

    /// The first match that begins at or after a byte; as bytes. Of those that begin there, the one that the expression prefers.
    pub fn find(&self, text: &str, from: usize) -> Option<(usize, usize)> {
        let places: Vec<(usize, char)> = text.char_indices().collect();
        let chars: Vec<char> = places.iter().map(|(_, c)| *c).collect();
        let byte = |at: usize| places.get(at).map_or(text.len(), |(byte, _)| *byte);
        let first = places.iter().position(|(byte, _)| *byte >= from).unwrap_or(places.len());
        self.run(&chars, first, false).map(|(start, end)| (byte(start), byte(end)))
    }

    /// Runs all alternatives side by side, the preferred ones first, each with the place where it began. `any`: whichever match
    /// is found first will do.
    fn run(&self, chars: &[char], first: usize, any: bool) -> Option<(usize, usize)> {
        let (mut current, mut found) = (Vec::new(), None);
        let mut seen = vec![usize::MAX; self.steps.len()];
        for at in first..=chars.len() {
            if found.is_none() {
                self.follow((0, at), chars, at, &mut current, &mut seen);
            } else if current.is_empty() {
                break;
            }
            let mut next = Vec::new();
            for (step, start) in std::mem::take(&mut current) {
                match (&self.steps[step], chars.get(at)) {
                    (Step::Match, _) => {
                        // What is preferred less does not matter any more.
                        found = Some((start, at));
                        break;
                    }
                    (Step::Set(set), Some(c)) if set.has(*c) => {
                        self.follow((step + 1, start), chars, at + 1, &mut next, &mut seen);
                    }
                    _ => {}
                }
            }
            if any && found.is_some() {
                break;
            }
            current = next;
        }
        found
    }

    /// Adds what can be reached without reading; `seen` holds the position for which a step was added last.
    fn follow(
        &self,
        (step, start): (usize, usize),
        text: &[char],
        at: usize,
        out: &mut Vec<(usize, usize)>,
        seen: &mut [usize],
    ) {
        let mut pending = vec![step];
        let word = |i: Option<usize>| {
            i.and_then(|i| text.get(i)).is_some_and(|c| c.is_ascii_alphanumeric() || *c == '_')
        };
        while let Some(step) = pending.pop() {
            if seen[step] == at {
                continue;
            }
            seen[step] = at;
            let before = at.checked_sub(1);
            match self.steps[step] {
                Step::Jump(to) => pending.push(to),
                Step::Split(first, second) => pending.extend([second, first]),
                Step::Assert(assertion) => {
                    let holds = match assertion {
                        Assertion::TextStart => at == 0,
                        Assertion::TextEnd => at == text.len(),
                        Assertion::LineStart => before.is_none_or(|i| text[i] == '\n'),
                        Assertion::LineEnd => text.get(at).is_none_or(|c| *c == '\n'),
                        Assertion::Word(wanted) => (word(before) != word(Some(at))) == wanted,
                    };
                    if holds {
                        pending.push(step + 1);
                    }
                }
                Step::Set(_) | Step::Match => out.push((step, start)),
            }
        }
    }
}
