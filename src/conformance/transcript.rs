//! Reading, playing and comparing transcripts.

use super::{Cluster, normalise};
use crate::json;
use crate::json::Json;
use crate::manifest;
use std::fmt;

/// What a command printed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Output {
    /// Its exit code.
    pub exit: i32,
    /// Its standard output.
    pub stdout: String,
    /// Its standard error.
    pub stderr: String,
}

/// One step of a transcript.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// A command line and what it printed.
    Run(String, Output),
    /// The controllers come to rest.
    Settle,
    /// So many seconds pass.
    Advance(u64),
}

/// A recording.
#[derive(Clone, Debug)]
pub struct Transcript {
    /// What it shows.
    pub title: String,
    /// The files beside the shell.
    pub files: Vec<(String, String)>,
    /// What was typed, and what came of it.
    pub steps: Vec<Step>,
}

impl Transcript {
    /// Reads a transcript.
    pub fn parse(text: &str) -> Result<Transcript, String> {
        let document = manifest::document(text).map_err(|e| e.message)?.value;
        let files = document["files"].entries().iter();
        Ok(Transcript {
            title: document["title"].str().into(),
            files: files.map(|(name, text)| (name.to_string(), text.str().to_string())).collect(),
            steps: document["steps"].items().iter().map(step).collect::<Result<_, String>>()?,
        })
    }
}

fn step(json: &Json) -> Result<Step, String> {
    if let Some(line) = json["run"].as_str() {
        let output = Output {
            exit: json["exit"].as_i64().unwrap_or(0) as i32,
            stdout: json["stdout"].str().into(),
            stderr: json["stderr"].str().into(),
        };
        return Ok(Step::Run(line.into(), output));
    }
    if let Some(seconds) = json["advance"].as_i64() {
        return Ok(Step::Advance(seconds.max(0) as u64));
    }
    if json["settle"].as_bool() == Some(true) {
        return Ok(Step::Settle);
    }
    Err(format!("no step: {json}"))
}

/// A transcript as this cluster plays it.
#[derive(Clone, Debug)]
pub struct Played(pub Vec<Step>);

impl Played {
    /// One JSON document, on one line.
    pub fn to_json(&self, file: &str) -> Json {
        let steps = self.0.iter().map(|step| match step {
            Step::Settle => json!({ "settle": true }),
            Step::Advance(seconds) => json!({ "advance": *seconds as i64 }),
            Step::Run(line, output) => json!({
                "run": line.as_str(), "exit": output.exit, "stdout": output.stdout.as_str(), "stderr": output.stderr.as_str(),
            }),
        });
        json!({ "file": file, "steps": steps.collect::<Json>() })
    }
}

/// Types a transcript's lines into a cluster.
pub fn play(transcript: &Transcript, cluster: &mut dyn Cluster) -> Played {
    let step = |step: &Step| match step {
        Step::Run(line, _) => Step::Run(line.clone(), cluster.command(line)),
        Step::Settle => {
            cluster.settle();
            Step::Settle
        }
        Step::Advance(seconds) => {
            cluster.advance(*seconds);
            Step::Advance(*seconds)
        }
    };
    Played(transcript.steps.iter().map(step).collect())
}

/// A place where the cluster printed something else than the recording.
#[derive(Clone, Debug)]
pub struct Difference {
    /// The command line.
    pub line: String,
    /// What the recording has, normalised.
    pub expected: Output,
    /// What this cluster printed, normalised.
    pub actual: Output,
}

/// Where they differ, by the recordings' rules.
pub fn compare(transcript: &Transcript, played: &Played) -> Vec<Difference> {
    let mut differences = Vec::new();
    for (expected, actual) in transcript.steps.iter().zip(&played.0) {
        let (Step::Run(line, expected), Step::Run(_, actual)) = (expected, actual) else { continue };
        let (expected, actual) = (normal(line, expected), normal(line, actual));
        let same = expected.exit == actual.exit
            && same_text(&expected.stdout, &actual.stdout)
            && same_text(&expected.stderr, &actual.stderr);
        if !same {
            differences.push(Difference { line: line.clone(), expected, actual });
        }
    }
    differences
}

fn normal(line: &str, output: &Output) -> Output {
    let text = |t: &str| if t.is_empty() { String::new() } else { normalise(line, t) };
    Output { exit: output.exit, stdout: text(&output.stdout), stderr: text(&output.stderr) }
}

/// Equal, or equal but for the order of rows that Kubernetes does not promise: a table whose lines are the same set.
fn same_text(a: &str, b: &str) -> bool {
    let sorted = |text: &str| {
        let mut lines: Vec<String> = text.lines().map(String::from).collect();
        lines.sort();
        lines
    };
    let is_table =
        |text: &str| text.lines().next().is_some_and(|l| l.split("  ").all(|c| c == c.to_uppercase()));
    a == b || (is_table(a) && is_table(b) && a.lines().next() == b.lines().next() && sorted(a) == sorted(b))
}

impl Difference {
    /// The first line that differs, in one line.
    pub fn summary(&self) -> String {
        if self.expected.exit != self.actual.exit {
            let why = self.actual.stderr.lines().next().unwrap_or("");
            return format!(
                "`{}` exit {} instead of {} {why}",
                self.line, self.actual.exit, self.expected.exit
            );
        }
        for (expected, actual) in
            [(&self.expected.stdout, &self.actual.stdout), (&self.expected.stderr, &self.actual.stderr)]
        {
            let (mut e, mut a) = (expected.lines(), actual.lines());
            loop {
                match (e.next(), a.next()) {
                    (None, None) => break,
                    (x, y) if x == y => {}
                    (x, y) => {
                        return format!(
                            "`{}` {:?} instead of {:?}",
                            self.line,
                            y.unwrap_or(""),
                            x.unwrap_or("")
                        );
                    }
                }
            }
        }
        format!("`{}`", self.line)
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "  $ {}", self.line)?;
        if self.expected.exit != self.actual.exit {
            writeln!(f, "    exit {} instead of {}", self.actual.exit, self.expected.exit)?;
        }
        for (expected, actual) in
            [(&self.expected.stdout, &self.actual.stdout), (&self.expected.stderr, &self.actual.stderr)]
        {
            let (expected, actual): (Vec<&str>, Vec<&str>) =
                (expected.lines().collect(), actual.lines().collect());
            for line in expected.iter().filter(|l| !actual.contains(l)) {
                writeln!(f, "    - {line}")?;
            }
            for line in actual.iter().filter(|l| !expected.contains(l)) {
                writeln!(f, "    + {line}")?;
            }
        }
        Ok(())
    }
}
