//! The recordings of a real v1.36, played to this cluster: those named in `conformance/passing.txt` must pass, so that
//! what once was right stays right. The others are counted and named; `kubestep transcript --diff FILE` shows why.

use kubestep::cluster::Config;
use kubestep::conformance::{Shell, Transcript, compare, play};
use kubestep::json::Str;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

fn differences(path: &Path) -> Vec<String> {
    let text = fs::read_to_string(path).expect("a recording");
    let transcript = Transcript::parse(&text).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let files = transcript.files.iter().map(|(name, text)| (Str::from(name), Str::from(text))).collect();
    let played = play(&transcript, &mut Shell::new(Config::recorded(), files));
    compare(&transcript, &played).iter().map(|d| d.summary()).collect()
}

#[test]
fn what_once_was_right_stays_right() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/conformance");
    let list = fs::read_to_string(root.join("passing.txt")).expect("the list");
    let passing: BTreeSet<&str> = list.lines().filter(|l| !l.is_empty() && !l.starts_with('#')).collect();
    assert!(!passing.is_empty());
    let mut broken = Vec::new();
    for file in &passing {
        if let Some(first) = differences(&root.join(file)).first() {
            broken.push(format!("{file}: {first}"));
        }
    }
    assert!(broken.is_empty(), "{} of {} differ:\n{}", broken.len(), passing.len(), broken.join("\n"));
}
