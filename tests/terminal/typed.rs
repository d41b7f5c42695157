//! Lines typed into a cluster such as the recordings were made on, and what they print.

use expect_test::Expect;
use kubestep::cluster::Config;
use kubestep::conformance::{Cluster, Shell};
use kubestep::playground::Files;

/// Types lines into a fresh cluster. A number lets so many seconds pass; what starts with `?` is shown with its output.
#[allow(dead_code)] // Not every test goes without files.
pub fn typed(lines: &[&str], expected: Expect) {
    typed_with(&[], lines, expected);
}

/// The same, with files beside the terminal.
#[allow(dead_code)] // Not every test has files.
pub fn typed_with(files: &[(&str, &str)], lines: &[&str], expected: Expect) {
    let files: Files = files.iter().map(|(name, text)| ((*name).into(), (*text).into())).collect();
    let mut shell = Shell::new(Config::recorded(), files);
    let mut out = String::new();
    for line in lines {
        if let Ok(seconds) = line.parse() {
            shell.advance(seconds);
            continue;
        }
        let output = shell.command(line.trim_start_matches('?').trim_start());
        if line.starts_with('?') {
            out.push_str(&output.stdout);
            out.push_str(&output.stderr);
            if !out.ends_with('\n') {
                out.push('\n');
            }
        } else {
            assert_eq!(output.exit, 0, "{line}: {}", output.stderr);
        }
    }
    expected.assert_eq(&out);
}
