//! Text → program, by Go's syntax.

use super::{Assertion, Set, Step};

/// A program may not be longer: repetitions multiply.
const MAX_STEPS: usize = 20_000;
const MAX_DEPTH: usize = 100;

/// The switches of `(?…)`.
#[derive(Clone, Copy, Default)]
struct Flags {
    fold: bool,
    lines: bool,
    dot_all: bool,
}

/// What reads an expression.
pub(super) struct Compiler {
    text: Vec<char>,
    at: usize,
    steps: Vec<Step>,
    flags: Flags,
    depth: usize,
}

type Read<T> = Result<T, String>;

impl Compiler {
    /// Before an expression.
    pub(super) fn of(text: &str) -> Compiler {
        Compiler { text: text.chars().collect(), at: 0, steps: Vec::new(), flags: Flags::default(), depth: 0 }
    }

    /// The program.
    pub(super) fn steps(mut self) -> Read<Vec<Step>> {
        self.alternatives()?;
        if self.at < self.text.len() {
            return Err(format!("unexpected ): `{}`", self.text.iter().collect::<String>()));
        }
        self.steps.push(Step::Match);
        Ok(self.steps)
    }

    fn peek(&self) -> Option<char> {
        self.text.get(self.at).copied()
    }

    fn eat(&mut self, c: char) -> bool {
        let hit = self.peek() == Some(c);
        self.at += usize::from(hit);
        hit
    }

    fn from(&self, start: usize) -> String {
        self.text[start..self.at.min(self.text.len())].iter().collect()
    }

    /// What can stand on either side of `|`.
    fn alternatives(&mut self) -> Read<()> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err("expression nests too deeply".into());
        }
        let start = self.steps.len();
        self.sequence()?;
        let mut jumps = Vec::new();
        let mut branch = start;
        while self.eat('|') {
            jumps.push(self.steps.len() + 1);
            self.insert(branch, Step::Split(branch + 1, self.steps.len() + 2));
            self.steps.push(Step::Jump(0));
            branch = self.steps.len();
            self.sequence()?;
        }
        // Each later branch had a split put before it, behind the earlier jumps.
        let end = self.steps.len();
        jumps.iter().for_each(|jump| self.steps[*jump] = Step::Jump(end));
        self.depth -= 1;
        Ok(())
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

    fn sequence(&mut self) -> Read<()> {
        let outer = self.flags;
        let begin = self.at;
        while let Some(c) = self.peek() {
            if c == '|' || c == ')' && self.depth > 1 {
                break;
            }
            if c == ')' {
                return Err(format!("unexpected ): `{}`", self.text.iter().collect::<String>()));
            }
            let (start, from) = (self.steps.len(), self.at);
            if matches!(c, '*' | '+' | '?') {
                self.at += 1;
                return Err(format!("missing argument to repetition operator: `{}`", self.from(from)));
            }
            let repeats = self.atom()?;
            if repeats {
                self.repetitions(start)?;
            }
            if self.steps.len() > MAX_STEPS {
                return Err("expression too large".into());
            }
        }
        if begin != self.at && self.depth > 1 {
            self.flags = outer;
        }
        Ok(())
    }

    /// One thing to match; whether it can be repeated.
    fn atom(&mut self) -> Read<bool> {
        let from = self.at;
        let Some(c) = self.peek() else { return Ok(false) };
        self.at += 1;
        let assertion = match c {
            '(' => return self.group(from),
            '[' => {
                let set = self.brackets(from)?;
                self.steps.push(Step::Set(set));
                return Ok(true);
            }
            '.' => {
                let ranges = if self.flags.dot_all { Vec::new() } else { vec![('\n', '\n')] };
                self.steps.push(Step::Set(Set { ranges, negated: true, fold: false }));
                return Ok(true);
            }
            '\\' => return self.escape(from),
            '^' if self.flags.lines => Assertion::LineStart,
            '^' => Assertion::TextStart,
            '$' if self.flags.lines => Assertion::LineEnd,
            '$' => Assertion::TextEnd,
            c => {
                self.steps.push(Step::Set(Set {
                    ranges: vec![(c, c)],
                    negated: false,
                    fold: self.flags.fold,
                }));
                return Ok(true);
            }
        };
        self.steps.push(Step::Assert(assertion));
        Ok(true)
    }

    fn group(&mut self, from: usize) -> Read<bool> {
        let outer = self.flags;
        if self.eat('?') {
            if self.eat('P') || self.peek() == Some('<') {
                if !self.eat('<') || matches!(self.peek(), Some('=' | '!')) {
                    self.at += 1;
                    return Err(format!("invalid or unsupported Perl syntax: `{}`", self.from(from)));
                }
                while self.peek().is_some_and(|c| c != '>') {
                    self.at += 1;
                }
                if !self.eat('>') {
                    return Err(format!("invalid named capture: `{}`", self.from(from)));
                }
            } else {
                let mut on = true;
                loop {
                    let Some(c) = self.peek() else {
                        return Err(format!(
                            "missing argument to repetition operator: `{}`",
                            self.from(from)
                        ));
                    };
                    self.at += 1;
                    match c {
                        'i' => self.flags.fold = on,
                        'm' => self.flags.lines = on,
                        's' => self.flags.dot_all = on,
                        'U' => {}
                        '-' => on = false,
                        ':' => break,
                        ')' => return Ok(false),
                        _ => {
                            return Err(format!("invalid or unsupported Perl syntax: `{}`", self.from(from)));
                        }
                    }
                }
            }
        }
        self.alternatives()?;
        self.flags = outer;
        if !self.eat(')') {
            return Err(format!("missing closing ): `{}`", self.text.iter().collect::<String>()));
        }
        Ok(true)
    }

    fn escape(&mut self, from: usize) -> Read<bool> {
        let Some(c) = self.peek() else { return Err("trailing backslash at end of expression: ``".into()) };
        let assertion = match c {
            'A' => Some(Assertion::TextStart),
            'z' => Some(Assertion::TextEnd),
            'b' => Some(Assertion::Word(true)),
            'B' => Some(Assertion::Word(false)),
            _ => None,
        };
        if let Some(assertion) = assertion {
            self.at += 1;
            self.steps.push(Step::Assert(assertion));
            return Ok(true);
        }
        let mut set = self.escaped(from)?;
        set.fold = self.flags.fold;
        self.steps.push(Step::Set(set));
        Ok(true)
    }

    /// The characters that stand behind a backslash.
    fn escaped(&mut self, from: usize) -> Read<Set> {
        let invalid =
            |compiler: &Compiler| Err(format!("invalid escape sequence: `{}`", compiler.from(from)));
        let Some(c) = self.peek() else { return Err("trailing backslash at end of expression: ``".into()) };
        self.at += 1;
        let one = |c: char| vec![(c, c)];
        let mut negated = false;
        let ranges = match c {
            'd' | 'D' => vec![('0', '9')],
            'w' | 'W' => vec![('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z')],
            's' | 'S' => vec![('\t', '\n'), ('\x0c', '\r'), (' ', ' ')],
            'n' => one('\n'),
            't' => one('\t'),
            'r' => one('\r'),
            'f' => one('\x0c'),
            'v' => one('\x0b'),
            'a' => one('\x07'),
            'x' => {
                let braces = self.eat('{');
                let start = self.at;
                while self.peek().is_some_and(|c| c.is_ascii_hexdigit()) && (braces || self.at < start + 2) {
                    self.at += 1;
                }
                let code = u32::from_str_radix(&self.from(start), 16).ok().and_then(char::from_u32);
                match code {
                    Some(c) if !braces || self.eat('}') => one(c),
                    _ => return invalid(self),
                }
            }
            c if c.is_ascii_punctuation() => one(c),
            _ => return invalid(self),
        };
        negated |= matches!(c, 'D' | 'W' | 'S');
        Ok(Set { ranges, negated, fold: false })
    }

    fn brackets(&mut self, from: usize) -> Read<Set> {
        let mut set = Set { fold: self.flags.fold, negated: self.eat('^'), ..Set::default() };
        let first = self.at;
        loop {
            let at = self.at;
            let Some(c) = self.peek() else {
                return Err(format!("missing closing ]: `{}`", self.text[from..].iter().collect::<String>()));
            };
            self.at += 1;
            match c {
                ']' if at > first => return Ok(set),
                '[' if self.peek() == Some(':') => {
                    let name: String = self.text[self.at + 1..].iter().take_while(|c| **c != ':').collect();
                    self.at += name.chars().count() + 1;
                    if !(self.eat(':') && self.eat(']')) {
                        return Err(format!("invalid character class range: `{}`", self.from(at)));
                    }
                    set.ranges.extend(
                        class(&name)
                            .ok_or_else(|| format!("invalid character class range: `{}`", self.from(at)))?,
                    );
                    continue;
                }
                _ => {}
            }
            let low =
                if c == '\\' { self.escaped(at)? } else { Set { ranges: vec![(c, c)], ..Set::default() } };
            let single = matches!(low.ranges.as_slice(), [(a, b)] if a == b) && !low.negated;
            if single && self.peek() == Some('-') && self.text.get(self.at + 1).is_some_and(|c| *c != ']') {
                self.at += 1;
                let next = self.at;
                let Some(c) = self.peek() else { continue };
                self.at += 1;
                let high = if c == '\\' { self.escaped(next)?.ranges[0].0 } else { c };
                if low.ranges[0].0 > high {
                    return Err(format!("invalid character class range: `{}`", self.from(at)));
                }
                set.ranges.push((low.ranges[0].0, high));
            } else if low.negated {
                set.ranges.extend(complement(&low.ranges));
            } else {
                set.ranges.extend(low.ranges);
            }
        }
    }

    fn repetitions(&mut self, start: usize) -> Read<()> {
        let mut last: Option<usize> = None;
        loop {
            let from = self.at;
            let (least, most) = match self.peek() {
                Some('*') => (0, None),
                Some('+') => (1, None),
                Some('?') => (0, Some(1)),
                Some('{') => match self.bounds() {
                    Some(bounds) => bounds,
                    None => return Ok(()),
                },
                _ => return Ok(()),
            };
            if self.peek() != Some('{')
                || least > 1000
                || most.is_some_and(|most| most > 1000 || most < least)
            {
                if self.peek() == Some('{') {
                    while !self.eat('}') {
                        self.at += 1;
                    }
                    return Err(format!("invalid repeat count: `{}`", self.from(from)));
                }
                self.at += 1;
            } else {
                while !self.eat('}') {
                    self.at += 1;
                }
            }
            let lazy = self.eat('?');
            if let Some(last) = last {
                return Err(format!("invalid nested repetition operator: `{}`", self.from(last)));
            }
            last = Some(from);
            self.repeat(start, least, most, lazy)?;
        }
    }

    /// `{2,5}`, which is not read on over; none where the brace stands for itself.
    fn bounds(&self) -> Option<(usize, Option<usize>)> {
        let inner: String = self.text[self.at + 1..].iter().take_while(|c| **c != '}').collect();
        if self.text.get(self.at + 1 + inner.chars().count()) != Some(&'}') {
            return None;
        }
        let (least, most) = inner.split_once(',').unwrap_or((&inner, &inner));
        let least = least.parse().ok()?;
        Some((least, if most.is_empty() { None } else { Some(most.parse().ok()?) }))
    }

    /// `lazy`: rather less often than more.
    fn repeat(&mut self, start: usize, least: usize, most: Option<usize>, lazy: bool) -> Read<()> {
        let atom: Vec<Step> = self.steps.drain(start..).collect();
        if (atom.len() + 1) * least.max(most.unwrap_or(0)) > MAX_STEPS {
            return Err("expression too large".into());
        }
        let place = |steps: &mut Vec<Step>| {
            let by = steps.len();
            steps.extend(atom.iter().map(|step| match step {
                Step::Split(first, second) => Step::Split(first - start + by, second - start + by),
                Step::Jump(to) => Step::Jump(to - start + by),
                other => other.clone(),
            }));
        };
        (0..least).for_each(|_| place(&mut self.steps));
        let mut splits = Vec::new();
        let optional = most.map_or(1, |most| most - least);
        for _ in 0..optional {
            splits.push(self.steps.len());
            self.steps.push(Step::Match);
            place(&mut self.steps);
        }
        if most.is_none() {
            self.steps.push(Step::Jump(splits[0]));
        }
        let end = self.steps.len();
        for split in splits {
            self.steps[split] = if lazy { Step::Split(end, split + 1) } else { Step::Split(split + 1, end) };
        }
        Ok(())
    }
}

/// All other characters.
fn complement(ranges: &[(char, char)]) -> Vec<(char, char)> {
    let mut from = '\0';
    let mut out = Vec::new();
    for (low, high) in ranges {
        if let Some(before) =
            char::from_u32(*low as u32 - u32::from(*low > '\0')).filter(|c| *c >= from && *c < *low)
        {
            out.push((from, before));
        }
        from = char::from_u32(*high as u32 + 1).unwrap_or(char::MAX);
    }
    out.push((from, char::MAX));
    out
}

/// The characters of `[:name:]`.
fn class(name: &str) -> Option<Vec<(char, char)>> {
    Some(match name {
        "alnum" => vec![('0', '9'), ('A', 'Z'), ('a', 'z')],
        "alpha" => vec![('A', 'Z'), ('a', 'z')],
        "ascii" => vec![('\0', '\x7f')],
        "blank" => vec![('\t', '\t'), (' ', ' ')],
        "cntrl" => vec![('\0', '\x1f'), ('\x7f', '\x7f')],
        "digit" => vec![('0', '9')],
        "graph" => vec![('!', '~')],
        "lower" => vec![('a', 'z')],
        "print" => vec![(' ', '~')],
        "punct" => vec![('!', '/'), (':', '@'), ('[', '`'), ('{', '~')],
        "space" => vec![('\t', '\r'), (' ', ' ')],
        "upper" => vec![('A', 'Z')],
        "word" => vec![('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z')],
        "xdigit" => vec![('0', '9'), ('A', 'F'), ('a', 'f')],
        _ => return None,
    })
}
