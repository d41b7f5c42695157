//! Phases of a command: each is announced when it starts, and timed in a table at the end.

use anyhow::Result;
use std::time::{Duration, Instant};

/// What has run so far, and how long each took.
pub struct Phases {
    started: Instant,
    done: Vec<(&'static str, Duration)>,
}

impl Phases {
    /// Starts the clock of the whole command.
    pub fn start() -> Phases {
        Phases { started: Instant::now(), done: Vec::new() }
    }

    /// Announces `name`, runs `work` and notes its time, also when it fails.
    pub fn run<T>(&mut self, name: &'static str, work: impl FnOnce() -> Result<T>) -> Result<T> {
        println!("── {name}");
        let started = Instant::now();
        let result = work();
        self.done.push((name, started.elapsed()));
        result
    }

    /// Prints a line a phase and the total.
    pub fn print(&self) {
        println!("── time");
        for (name, took) in &self.done {
            println!("{:>8.1} s  {name}", took.as_secs_f64());
        }
        println!("{:>8.1} s  in all", self.started.elapsed().as_secs_f64());
    }
}
