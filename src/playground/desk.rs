//! [`Desk`]: a cluster and a terminal, as one machine with inputs.

use super::terminal::{Files, Terminal};
use crate::api::{ObjectKey, Resource, User};
use crate::cluster::{Action, Actor, Config, Fault, StepRecord, World};
use crate::http;
use crate::json::Str;
use crate::sim::{Machine, Time};
use std::sync::Arc;

/// What a person can do.
#[derive(Clone, Debug, PartialEq)]
pub enum Input {
    /// Let the enabled choice at this place happen; 0 is the default.
    Step(u32),
    /// Type a command.
    Command {
        /// The line.
        line: Str,
        /// The files beside the terminal when it was typed.
        files: Files,
    },
    /// Interrupt the running command.
    Interrupt,
    /// From now on whoever types is this user; nobody: the administrator.
    User(Option<Arc<User>>),
    /// Let something break, or be mended.
    Fault(Fault),
    /// Let a client other than the terminal's send a request that may write.
    Request(http::Request),
}

/// Something that may happen next.
#[derive(Clone, Debug, PartialEq)]
pub enum Choice {
    /// The running command gets what it waits for.
    Resume,
    /// The cluster does something.
    World(Action),
}

/// How much a step matters to somebody who looks at the whole run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Salience {
    /// An event was delivered, or time passed.
    #[default]
    Routine,
    /// A component worked.
    Work,
    /// The store was written.
    Write,
    /// A person acted.
    Person,
}

/// The part of a step's record that is kept for every step: enough to say in a line what it was, so that a step's
/// causes can be told without replaying them.
#[derive(Clone, Debug)]
pub struct Brief {
    /// Who acted.
    pub actor: Actor,
    /// What happened; `None` for what a person did.
    pub action: Option<Action>,
    /// The object it was about, where there was one.
    pub object: Option<(Resource, ObjectKey)>,
    /// For a delivery: the event's type, or `LIST`; for a stage of the controllers' start: which.
    pub event: Str,
    /// When it happened.
    pub time: Time,
    /// Writes to the store in it.
    pub writes: u32,
    /// The command line, where one was typed; the method and the path of a client's request.
    pub line: Option<Str>,
    /// Whether it was the running command that went on.
    pub resumed: bool,
    /// Whether it was a client's request.
    pub requested: bool,
}

impl Brief {
    /// The queue whose key was worked on, where a controller did.
    pub fn controller(&self) -> &str {
        match &self.action {
            Some(Action::Sync { controller, .. }) => controller,
            _ => "",
        }
    }

    /// How much it matters.
    pub fn salience(&self) -> Salience {
        match &self.action {
            _ if self.line.is_some() => Salience::Person,
            Some(Action::Fault(_)) => Salience::Person,
            _ if self.writes > 0 => Salience::Write,
            Some(Action::Sync { .. } | Action::Schedule { .. } | Action::Kubelet { .. }) => Salience::Work,
            _ => Salience::Routine,
        }
    }
}

/// What one input led to.
#[derive(Clone, Debug)]
pub struct Record {
    /// The step.
    pub step: StepRecord,
    /// The command line, where one was typed; the method and the path of a client's request.
    pub line: Option<Str>,
    /// Whether it was the running command that went on.
    pub resumed: bool,
    /// What a client was answered.
    pub answer: Option<http::Answer>,
}

impl Record {
    /// Of a step of the cluster.
    pub fn of(step: StepRecord) -> Record {
        Record { step, line: None, resumed: false, answer: None }
    }
}

/// A cluster and a terminal.
#[derive(Clone)]
pub struct Desk {
    world: World,
    terminal: Terminal,
    /// The default choice: asked for several times a step, found once.
    default: Option<Choice>,
}

impl Desk {
    /// A booted cluster and an empty terminal.
    pub fn new(config: &Config) -> Desk {
        let mut desk =
            Desk { world: World::booted(config), terminal: Terminal::new(config.start), default: None };
        desk.default = desk.find_default();
        desk
    }

    /// An empty terminal over a world, which may be changed from outside.
    #[cfg(not(target_arch = "wasm32"))]
    pub fn over(world: World) -> Desk {
        let terminal = Terminal::new(world.now());
        Desk { world, terminal, default: None }
    }

    /// The world, for showing another cluster in it.
    #[cfg(not(target_arch = "wasm32"))]
    pub fn world_mut(&mut self) -> &mut World {
        &mut self.world
    }

    /// The cluster.
    pub fn world(&self) -> &World {
        &self.world
    }

    /// The terminal.
    pub fn terminal(&self) -> &Terminal {
        &self.terminal
    }

    /// Everything that may happen next, the default first.
    pub fn choices(&self) -> Vec<Choice> {
        let resume = self.terminal.is_ready(&self.world).then_some(Choice::Resume);
        let world = self.world.enabled().into_iter().map(|a| Choice::World(self.until_deadline(a)));
        resume.into_iter().chain(world).chain(self.deadline_only()).collect()
    }

    /// The choice at a place of that list.
    pub fn choice(&self, index: u32) -> Option<Choice> {
        match index {
            0 => self.default.clone(),
            _ => self.choices().into_iter().nth(index as usize),
        }
    }

    fn find_default(&self) -> Option<Choice> {
        if self.terminal.is_ready(&self.world) {
            return Some(Choice::Resume);
        }
        let world = self.world.default_action().map(|a| Choice::World(self.until_deadline(a)));
        world.or_else(|| self.deadline_only())
    }

    /// A jump of the clock stops where the running command's patience ends.
    fn until_deadline(&self, action: Action) -> Action {
        match (action, self.terminal.deadline()) {
            (Action::Advance { to, .. }, Some(deadline)) if deadline < to => {
                Action::Advance { to: deadline, background: false }
            }
            (action, _) => action,
        }
    }

    /// Where no component has a timer, the running command's patience is one.
    fn deadline_only(&self) -> Option<Choice> {
        let deadline = self.terminal.deadline().filter(|_| self.world.default_action().is_none())?;
        Some(Choice::World(Action::Advance { to: deadline, background: false }))
    }

    /// Whether nothing is left to do but housekeeping. (A command that waits for ever does not count.)
    pub fn is_idle(&self) -> bool {
        match &self.default {
            None => true,
            Some(Choice::World(Action::Advance { background, .. })) => {
                *background && self.terminal.deadline().is_none()
            }
            Some(_) => false,
        }
    }

    /// The world in the middle of the step that an input makes: the store as after the step's first `calls` API calls,
    /// everything else as before the step, but that the worker has its key in hand.
    pub fn midway(&self, input: &Input, calls: usize) -> World {
        let mut after = self.clone();
        after.world.limit_calls(Some(calls));
        after.apply(input);
        let action = match input {
            Input::Step(index) => match self.choice(*index) {
                Some(Choice::World(action)) => Some(action),
                _ => None,
            },
            _ => None,
        };
        let mut world = self.world.clone();
        world.stand_in(action.as_ref(), after.world.server().clone());
        world
    }

    /// Whether only time can go on now.
    pub fn rests(&self) -> bool {
        matches!(self.choice(0), None | Some(Choice::World(Action::Advance { .. })))
    }

    /// Where the default choice would move the clock, if it would.
    pub fn next_jump(&self) -> Option<Time> {
        match self.default.as_ref()? {
            Choice::World(Action::Advance { to, .. }) => Some(*to),
            _ => None,
        }
    }
}

impl Machine for Desk {
    type Input = Input;
    type Record = Record;
    type Brief = Brief;

    fn apply(&mut self, input: &Input) -> Record {
        let Desk { world, terminal, .. } = self;
        terminal.begin();
        let record = match input {
            Input::Command { line, files } => {
                let step = terminal.start(world, line, files);
                Record { line: Some(line.clone()), ..Record::of(step) }
            }
            Input::Interrupt => Record::of(terminal.interrupt(world)),
            Input::Fault(fault) => {
                let step = world.step(&Action::Fault(fault.clone()));
                terminal.follow(world);
                Record::of(step)
            }
            Input::User(user) => {
                terminal.log_in(user.clone());
                let name = user.as_ref().map_or("admin", |user| &*user.name);
                let line = format!("login {name}").into();
                Record { line: Some(line), ..Record::of(world.user(|_| ()).1) }
            }
            Input::Request(request) => {
                let request = &terminal.sign(request);
                let (answer, step) = world.user(|api| http::answer(api, request));
                terminal.follow(world);
                let path = request.target.split('?').next().unwrap_or("");
                let line = format!("{} {path}", request.method).into();
                Record { line: Some(line), answer: Some(answer), ..Record::of(step) }
            }
            Input::Step(index) => match self.choice(*index) {
                Some(Choice::World(action)) => {
                    let mut step = self.world.step(&action);
                    // The clock may have stopped for the running command.
                    if let Action::Advance { to, .. } = action
                        && self.terminal.deadline() == Some(to)
                    {
                        step.causes.extend(self.terminal.running_since());
                    }
                    self.terminal.follow(&self.world);
                    Record::of(step)
                }
                Some(Choice::Resume) => {
                    let step = self.terminal.resume(&mut self.world);
                    Record { resumed: true, ..Record::of(step) }
                }
                None => Record::of(self.world.user(|_| ()).1),
            },
        };
        self.default = self.find_default();
        record
    }

    fn thin(&mut self) {
        self.world.thin();
    }

    fn recall(&mut self, later: &Desk) {
        self.world.recall(&later.world);
    }

    fn brief(record: &Record) -> Brief {
        let step = &record.step;
        Brief {
            actor: step.actor,
            action: step.action.clone(),
            object: step.object.clone(),
            event: step.event.clone(),
            time: step.time,
            writes: step.writes().count() as u32,
            line: record.line.clone(),
            resumed: record.resumed,
            requested: record.answer.is_some(),
        }
    }
}
