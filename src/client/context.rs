//! [`Api`], the door to the API server, and [`Context`], what a component is given while it acts.

use crate::api::{Request, Response, Served, Status, WatchEvent, WatchId};
use crate::json::{Json, Str};
use crate::sim::{Rng, Time};

/// The door to the API server. Whoever implements it may record each call, let it fail, or stop the caller there.
pub trait Api {
    /// Asks, and waits for the answer.
    fn call(&mut self, request: Request) -> Result<Response, Status>;
    /// Takes the next change of an open watch, if there is one.
    fn next_event(&mut self, watch: WatchId) -> Option<WatchEvent>;
    /// Closes a watch.
    fn stop_watch(&mut self, watch: WatchId);
    /// The virtual time.
    fn now(&self) -> Time;
    /// What discovery tells.
    fn served(&self) -> Served {
        Served::default()
    }
    /// The caller has made this many notes; a recorder can tell with it which calls came after which note.
    fn noted(&mut self, _count: usize) {}
    /// Whether the caller has died at one of its calls. What it does after that nobody will know.
    fn crashed(&self) -> bool {
        false
    }
}

/// What a component is given while it acts: the door, the time, chance, and a place for its reasons.
pub struct Context<'a> {
    /// The door to the API server.
    pub api: &'a mut dyn Api,
    /// The virtual time; it stands still while a component acts.
    pub now: Time,
    /// The run's source of chance.
    pub rng: &'a mut Rng,
    /// What the component said of its reasons so far.
    pub notes: Vec<Note>,
}

impl Context<'_> {
    /// Says what the component does now and with which values.
    pub fn note<const N: usize>(&mut self, phase: &'static str, values: [(&'static str, Json); N]) {
        self.note_all(phase, values.into());
    }

    /// The same, where the number of values is not known beforehand.
    pub fn note_all(&mut self, phase: &'static str, values: Vec<(&'static str, Json)>) {
        let values = values.into_iter().map(|(k, v)| (Str::fixed(k), v)).collect();
        self.notes.push(Note { phase: Str::fixed(phase), values });
        self.api.noted(self.notes.len());
    }
}

/// A reason, as data: the page renders it in the reader's language.
#[derive(Clone, Debug, PartialEq)]
pub struct Note {
    /// One of the phases that the component names: `read-cache`, `expectations`, `manage-pods`, …
    pub phase: Str,
    /// The values that decided.
    pub values: Vec<(Str, Json)>,
}

/// A moment at which a component will have something to do although nobody else acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Timer {
    /// When.
    pub at: Time,
    /// Housekeeping that goes on for ever (heartbeats, resyncs): a world with only such timers is idle.
    pub background: bool,
}
