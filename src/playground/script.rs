//! A script: what a person does, line by line, as `kubestep run` and lessons write it.
//!
//! ```text
//! # A comment.
//! kubectl apply -f job.yaml        typed, then run to rest
//! @wait 60                         60 seconds pass
//! @node-down node-2                something breaks (see `cluster::Fault`), then run to rest
//! @node-down node-2 +60            … and 60 seconds pass
//! @type kubectl apply -f job.yaml  typed, and nothing else happens
//! @step 12                         12 default steps
//! @choose 2                        the step at this place of the list of what may happen
//! @choose sync job-controller      the first such step of that list
//! @until sync job-controller       until a key of this queue was worked on
//! @until deliver jobs.batch        until the controllers were told of this resource, or listed it
//! @until event SuccessfulCreate    until an event with this reason is recorded
//! @until condition job/pi Complete until an object's condition is true
//! @until change                    until an object is written
//! @edit job.yaml "parallelism: 2" "parallelism: 3"
//! @seek 3                          back (or forth) to a step
//! @user jane developers            from here on the terminal is Jane's, who is in this group; @user: the administrator's
//! @interrupt                       Ctrl-C
//! ```

use super::{Choice, Playground, RunEnd, Until};
use crate::api::User;
use crate::cluster::{Action, Actor, Fault};
use crate::json::Json;
use crate::kubectl;
use std::time::Duration;

/// A line that has not come to its end after so many steps never will.
const MOST_STEPS: u32 = 1_000_000;

/// What a line of a script asks for.
#[derive(Clone, Debug, PartialEq)]
pub enum Line {
    /// A command is typed.
    Type(String),
    /// A command is typed and run to rest.
    Command(String),
    /// Something breaks, then it runs to rest or for so many seconds.
    Fault(Fault, Option<u64>),
    /// So many seconds pass.
    Wait(u64),
    /// So many default steps.
    Step(u64),
    /// The choice at this place.
    Choose(u32),
    /// The first choice that is such a step.
    ChooseSuch(Such),
    /// Run until something comes.
    Until(Goal),
    /// In a file, a text is replaced by another.
    Edit {
        /// Which file.
        file: String,
        /// What stands there.
        from: String,
        /// What is to stand there.
        to: String,
    },
    /// To a step of the run.
    Seek(usize),
    /// Who types from now on: a name and groups; no name: the administrator.
    User(Vec<String>),
    /// Ctrl-C.
    Interrupt,
    /// A directive that is not the playground's own: its words.
    Other(Vec<String>),
}

/// What `@until` waits for.
#[derive(Clone, Debug, PartialEq)]
pub enum Goal {
    /// Such a step was done.
    Step(Such),
    /// What a run can wait for.
    Run(Until),
}

/// Steps that a script can name.
#[derive(Clone, Debug, PartialEq)]
pub enum Such {
    /// A worker of this queue takes a key.
    Sync(String),
    /// The controllers are told of this resource, or list it.
    Deliver(String),
}

impl Such {
    fn read(words: &[&str]) -> Option<Such> {
        match words {
            ["sync", queue] => Some(Such::Sync((*queue).into())),
            ["deliver", resource] => Some(Such::Deliver((*resource).into())),
            _ => None,
        }
    }

    fn is(&self, action: &Action) -> bool {
        match (self, action) {
            (Such::Sync(queue), Action::Sync { controller, .. }) => controller == queue.as_str(),
            (Such::Deliver(name), Action::Deliver { to: Actor::Controllers, resource }) => {
                resource.qualified() == *name
            }
            _ => false,
        }
    }
}

/// Reads a line; nothing where it is blank or a comment.
pub fn parse(line: &str) -> Result<Option<Line>, String> {
    let line = line.trim();
    if line.is_empty() || line.starts_with('#') {
        return Ok(None);
    }
    let Some(directive) = line.strip_prefix('@') else { return Ok(Some(Line::Command(line.into()))) };
    let words = words(directive)?;
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let number = |word: &str| word.parse::<u64>().map_err(|e| format!("{word}: {e}"));
    Ok(Some(match words.as_slice() {
        ["type", ..] => Line::Type(directive["type".len()..].trim().into()),
        ["wait", seconds] => Line::Wait(number(seconds)?),
        ["step"] => Line::Step(1),
        ["step", count] => Line::Step(number(count)?),
        ["choose", such @ ..] => match Such::read(such) {
            Some(such) => Line::ChooseSuch(such),
            None => Line::Choose(number(&such.join(" "))? as u32),
        },
        ["seek", step] => Line::Seek(number(step)? as usize),
        ["user", who @ ..] => Line::User(who.iter().map(ToString::to_string).collect()),
        ["interrupt"] => Line::Interrupt,
        ["edit", file, from, to] => {
            Line::Edit { file: (*file).into(), from: (*from).into(), to: (*to).into() }
        }
        ["until", goal @ ..] => Line::Until(self::goal(goal)?),
        _ => {
            let (words, seconds) = match directive.rsplit_once(" +") {
                Some((words, seconds)) => (words, Some(number(seconds)?)),
                None => (directive, None),
            };
            match Fault::parse(words) {
                Some(fault) => Line::Fault(fault, seconds),
                None => Line::Other(self::words(directive)?),
            }
        }
    }))
}

fn goal(words: &[&str]) -> Result<Goal, String> {
    Ok(match words {
        ["event"] => Goal::Run(Until::Event("".into())),
        ["event", reason] => Goal::Run(Until::Event((*reason).into())),
        ["change"] => Goal::Run(Until::ObjectChange(None)),
        ["idle"] => Goal::Run(Until::Idle),
        ["condition", object, kind] => {
            let (resource, key) =
                kubectl::object_named(object).ok_or_else(|| format!("{object}: no such kind"))?;
            let (kind, status) = kind.split_once('=').unwrap_or((kind, "True"));
            Goal::Run(Until::Condition { object: (resource, key), kind: kind.into(), status: status.into() })
        }
        _ => Goal::Step(Such::read(words).ok_or(
            "it can wait until: sync QUEUE, deliver RESOURCE, event REASON, condition KIND/NAME TYPE, change, idle",
        )?),
    })
}

/// Words as a shell takes them apart: blanks between, quotes around.
fn words(text: &str) -> Result<Vec<String>, String> {
    let mut words = Vec::new();
    let (mut word, mut quote): (Option<String>, Option<char>) = (None, None);
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match (c, quote) {
            ('"' | '\'', None) => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (c, Some(open)) if c == open => quote = None,
            ('\\', Some('"')) => match chars.next() {
                Some('n') => word.get_or_insert_default().push('\n'),
                Some(c) => word.get_or_insert_default().push(c),
                None => {}
            },
            (c, None) if c.is_whitespace() => words.extend(word.take()),
            (c, _) => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    if quote.is_some() { Err("a quote is not closed".into()) } else { Ok(words) }
}

impl Playground {
    /// Does what a line asks for. An error says why it cannot be done.
    pub fn follow(&mut self, line: &Line) -> Result<(), String> {
        let now = self.desk().world().now();
        let after = |seconds: &u64| Until::Time(now + Duration::from_secs(*seconds));
        match line {
            Line::Type(line) => self.command(line),
            Line::Command(line) => {
                self.command(line);
                return self.rest(&Until::Idle);
            }
            Line::Wait(seconds) => return self.rest(&after(seconds)),
            Line::Fault(fault, seconds) => {
                self.fault(fault.clone()).ok_or("what it names is not there, or it is so already")?;
                return self.rest(&seconds.as_ref().map_or(Until::Idle, after));
            }
            Line::Step(count) => {
                for _ in 0..(*count).min(MOST_STEPS.into()) {
                    self.forward()?;
                }
            }
            Line::Choose(index) => drop(self.step(*index).ok_or("there are not so many choices")?),
            Line::ChooseSuch(such) => {
                let choices = self.desk().choices();
                let is = |choice: &Choice| matches!(choice, Choice::World(action) if such.is(action));
                let index = choices.iter().position(is).ok_or("this cannot happen now")?;
                self.step(index as u32);
            }
            Line::Until(goal) => return self.reach(goal),
            Line::Seek(step) => self.timeline_mut().seek(*step),
            Line::User(who) => self.log_in(
                who.split_first().map(|(name, groups)| User::impersonated(name, "", groups, Json::Null)),
            ),
            Line::Interrupt => drop(self.interrupt().ok_or("no command is running")?),
            Line::Edit { file, from, to } => {
                let text =
                    self.files().get(file.as_str()).ok_or_else(|| format!("there is no file {file}"))?;
                if text.matches(from.as_str()).count() != 1 {
                    return Err(format!("{from:?} does not stand exactly once in {file}"));
                }
                let text = text.replacen(from.as_str(), to, 1);
                self.set_file(file, Some(&text));
            }
            Line::Other(words) => return Err(format!("there is no @{}", words.first().map_or("", |w| w))),
        }
        Ok(())
    }

    fn forward(&mut self) -> Result<super::Record, String> {
        let ahead = self.timeline().position() < self.timeline().len();
        let record = if ahead { self.timeline_mut().redo() } else { self.step(0) };
        record.ok_or_else(|| "nothing can happen any more".into())
    }

    fn rest(&mut self, until: &Until) -> Result<(), String> {
        match self.run(until, |steps| steps < MOST_STEPS).end {
            RunEnd::Budget => Err(format!("not at rest after {MOST_STEPS} steps")),
            RunEnd::Idle if *until != Until::Idle => Err("it did not come, and nothing is left to do".into()),
            RunEnd::Loop if *until != Until::Idle => Err("it did not come, and only pods go on".into()),
            _ => Ok(()),
        }
    }

    fn reach(&mut self, goal: &Goal) -> Result<(), String> {
        let such = match goal {
            Goal::Run(until) => return self.rest(until),
            Goal::Step(such) => such,
        };
        for _ in 0..MOST_STEPS {
            let record = self.forward()?;
            if record.step.action.as_ref().is_some_and(|action| such.is(action)) {
                return Ok(());
            }
            if self.timeline().position() == self.timeline().len() && self.desk().is_idle() {
                break;
            }
        }
        Err("it did not come, and nothing is left to do".into())
    }
}
