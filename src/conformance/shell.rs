//! [`Shell`]: a playground that is driven by command lines alone, as the recordings of a real cluster are.

use super::{Cluster, Output};
use crate::cluster::Config;
use crate::playground::{Files, Playground};

/// How many seconds the recordings waited for controllers to come to rest.
const SETTLE: u64 = 4;
/// A command that has not ended after this many steps never will.
const MOST_STEPS: u32 = 2_000_000;

/// A playground at its newest moment.
pub struct Shell {
    playground: Playground,
}

impl Shell {
    /// A fresh cluster with files beside the shell.
    pub fn new(config: Config, files: Files) -> Shell {
        Shell { playground: Playground::new(config, files) }
    }
}

impl Shell {
    /// Lets everybody do what takes no time: until a person has typed the next command, a real cluster has long done it.
    fn catch_up(&mut self) {
        let mut steps = 0;
        while self.playground.desk().choice(0).is_some()
            && self.playground.desk().next_jump().is_none()
            && steps < MOST_STEPS
        {
            self.playground.step(0);
            steps += 1;
        }
    }
}

impl Cluster for Shell {
    fn command(&mut self, line: &str) -> Output {
        self.playground.command(line);
        let mut steps = 0;
        while self.playground.desk().terminal().is_running() && steps < MOST_STEPS {
            if self.playground.step(0).is_none() {
                break;
            }
            steps += 1;
        }
        self.catch_up();
        let mut output = Output { exit: -1, ..Output::default() };
        if let Some(entry) = self.playground.desk().terminal().entries().back() {
            for piece in &entry.output {
                if piece.error {
                    output.stderr.push_str(&piece.text)
                } else {
                    output.stdout.push_str(&piece.text)
                }
            }
            output.exit = entry.exit.unwrap_or(-1);
        }
        output
    }

    fn settle(&mut self) {
        self.advance(SETTLE);
    }

    fn advance(&mut self, seconds: u64) {
        self.command(&format!("sleep {seconds}"));
    }
}
