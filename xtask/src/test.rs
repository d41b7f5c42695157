//! `cargo xtask test`: every check and every test there is.
//!
//! A check (formatting, lints, licences, types) counts as one test. All phases run even after one has failed, so that one
//! run shows everything that is wrong; the last line is the total.

use crate::phases::Phases;
use crate::{browser, build, clients, deny, http, page, run, wasm};
use anyhow::{Context, Result, bail};
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// The page's tests learn these from their environment (see www/tests).
const URL: &str = "KUBESTEP_URL";
const CHROMIUM: &str = "KUBESTEP_CHROMIUM";
const PROGRAM: &str = "KUBESTEP_BIN";

/// Checks, builds, tests, and prints `N passed, N failed` last.
pub fn run(args: &[String]) -> Result<()> {
    let browser = match args {
        [] => true,
        [only] if only == "--no-browser" => false,
        _ => bail!("test knows --no-browser, and nothing else"),
    };
    let mut phases = Phases::start();
    let mut total = Total::default();

    phases.run("rustfmt and clippy", ensure_components)?;
    total.check(phases.run("formatting", || run::ok(run::cargo(&["fmt", "--all", "--check"]))));
    total.check(phases.run("licences, bans, duplicates", deny::check));
    total.check(phases.run("lints, native", || {
        run::ok(run::cargo(&["clippy", "--quiet", "--workspace", "--all-targets", "--", "-D", "warnings"]))
    }));
    total.check(phases.run("lints, wasm", || {
        wasm::ensure_target()?;
        run::ok(run::cargo(&[
            "clippy",
            "--quiet",
            "--lib",
            "--package",
            "kubestep",
            "--target",
            "wasm32-unknown-unknown",
            "--",
            "-D",
            "warnings",
        ]))
    }));
    clients::ensure();
    total.tests(phases.run("tests in Rust", rust));
    // What follows needs the page; without it, one failure says so.
    match build::all(&mut phases) {
        Ok(()) => {
            total.check(phases.run("types of the page", || {
                run::ok(page::tool("typescript/bin/tsc", &["--noEmit", "--project", "tsconfig.json"]))
            }));
            total.tests(phases.run("tests of the page", || page_tests(browser)));
            page::print_sizes()?;
        }
        Err(error) => total.check(Err(error)),
    }
    phases.print();
    println!("{} passed, {} failed", total.passed, total.failed);
    if total.failed > 0 {
        std::process::exit(1);
    }
    Ok(())
}

/// Rust's minimal profile comes without them.
fn ensure_components() -> Result<()> {
    let there = |tool: &str| run::succeeds(run::cargo(&[tool, "--version"]));
    if there("fmt") && there("clippy") {
        return Ok(());
    }
    let mut rustup = Command::new("rustup");
    rustup.args(["component", "add", "rustfmt", "clippy"]).current_dir(run::root());
    run::ok(rustup)
}

#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Total {
    passed: u64,
    failed: u64,
}

impl Total {
    fn check(&mut self, result: Result<()>) {
        match result {
            Ok(()) => self.passed += 1,
            Err(error) => {
                self.failed += 1;
                println!("FAILED: {error:#}");
            }
        }
    }

    /// Adds up tests; a run that could not even count them is one failure.
    fn tests(&mut self, result: Result<Total>) {
        match result {
            Ok(more) => {
                self.passed += more.passed;
                self.failed += more.failed;
            }
            Err(error) => self.check(Err(error)),
        }
    }
}

/// Runs `cargo test`, showing its output as it comes and adding up its result lines.
fn rust() -> Result<Total> {
    let mut total = Total::default();
    let mut child = run::cargo(&["test", "--workspace", "--no-fail-fast"])
        .stdout(Stdio::piped())
        .spawn()
        .context("cannot start cargo test")?;
    for line in BufReader::new(child.stdout.take().context("cargo test has an output")?).lines() {
        let line = line?;
        println!("{line}");
        if let Some(counted) = result_line(&line) {
            total.tests(Ok(counted));
        }
    }
    let status = child.wait()?;
    if !status.success() && total.failed == 0 {
        bail!("cargo test failed ({status})");
    }
    Ok(total)
}

/// Reads `test result: ok. 3 passed; 0 failed; …`.
fn result_line(line: &str) -> Option<Total> {
    let counts = line.strip_prefix("test result: ")?.split_once(". ")?.1;
    let count = |what: &str| counts.split("; ").find_map(|part| part.strip_suffix(what)?.trim().parse().ok());
    Some(Total { passed: count("passed")?, failed: count("failed")? })
}

/// Runs the page's tests, with the built page served and a browser at hand.
fn page_tests(with_browser: bool) -> Result<Total> {
    let report = run::target_dir().join("xtask").join("vitest.json");
    let _ = std::fs::remove_file(&report);
    let mut vitest = page::tool("vitest/vitest.mjs", &["run", "--reporter=default", "--reporter=json"]);
    vitest.arg(format!("--outputFile.json={}", report.display())).env(PROGRAM, program()?);
    if with_browser {
        let (listener, address) = http::listen(0)?;
        std::thread::spawn(move || http::serve(&listener, &page::dist()));
        vitest.env(CHROMIUM, browser::chromium()?).env(URL, format!("http://{address}/"));
    } else {
        vitest.env_remove(CHROMIUM).env_remove(URL);
    }
    let ran = run::ok(vitest);
    let Ok(report) = std::fs::read_to_string(&report) else {
        return ran.and_then(|()| bail!("vitest left no report"));
    };
    let report: serde_json::Value = serde_json::from_str(&report)?;
    let count = |key: &str| report[key].as_u64().unwrap_or(0);
    let total = Total { passed: count("numPassedTests"), failed: count("numFailedTests") };
    // A file that does not load fails without any failed test.
    if total.failed == 0 { ran.map(|()| total) } else { Ok(total) }
}

/// The native program, for tests that compare it with the module.
fn program() -> Result<PathBuf> {
    run::ok(run::cargo(&["build", "--quiet", "--package", "kubestep", "--bin", "kubestep"]))?;
    Ok(run::target_dir().join("debug").join(format!("kubestep{}", std::env::consts::EXE_SUFFIX)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_result_line_of_cargo_test_is_counted() {
        assert_eq!(
            result_line(
                "test result: FAILED. 12 passed; 3 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.1s"
            ),
            Some(Total { passed: 12, failed: 3 })
        );
        assert_eq!(result_line("test json::reads ... ok"), None);
    }
}
