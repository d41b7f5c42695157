//! A person at the page: one manifest, lines that are typed, and what they print.

use kubestep::cluster::Config;
use kubestep::conformance::normalise;
use kubestep::json::Str;
use kubestep::playground::{Files, Playground};

/// A playground with one manifest, `f.yaml`, and what was typed so far.
pub struct Page {
    pub playground: Playground,
    transcript: String,
}

impl Page {
    /// At rest, with nothing typed.
    pub fn new(manifest: &str) -> Page {
        let files: Files = [(Str::from("f.yaml"), Str::from(manifest))].into_iter().collect();
        Page::of(Playground::new(Config::recorded(), files))
    }

    /// In a cluster of one's own.
    pub fn of(playground: Playground) -> Page {
        Page { playground, transcript: String::new() }
    }

    /// Types a line and waits for its end; what it printed.
    pub fn run(&mut self, line: &str) -> String {
        self.playground.command(line);
        while self.playground.desk().terminal().is_running() && self.playground.step(0).is_some() {}
        let entry = self.playground.desk().terminal().entries().back().expect("the command");
        entry.output.iter().map(|piece| piece.text.to_string()).collect()
    }

    /// Types lines, and adds to the transcript what those print that begin with a blank, without what is chance in it.
    pub fn play(mut self, lines: &[&str]) -> String {
        for line in lines {
            let output = self.run(line.trim_start());
            if line.starts_with(' ') {
                let line = line.trim_start();
                self.transcript.push_str(&format!("$ {line}\n{}", normalise(line, &output)));
            }
        }
        self.transcript
    }
}

/// Compares a transcript with what it should be.
pub fn check(transcript: &str, expected: expect_test::Expect) {
    expected.assert_eq(transcript);
}
