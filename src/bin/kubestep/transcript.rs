//! `kubestep transcript`: recordings of a real cluster, played to this one.

use kubestep::cluster::Config;
use kubestep::conformance::{self, Shell, Transcript};
use kubestep::json::Str;
use kubestep::playground::Files;
use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;

/// What `kubestep transcript` takes.
#[derive(clap::Args)]
pub struct Arguments {
    /// Transcripts, or folders of them.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Compare nothing; print what this cluster prints, one JSON document a file.
    #[arg(long)]
    json: bool,
    /// Show how the output differs.
    #[arg(long)]
    diff: bool,
}

/// The cluster that the recordings were made on.
fn cluster(files: Files) -> Shell {
    Shell::new(Config::recorded(), files)
}

/// Compares. 0: all pass; 1: some differ; 2: a file cannot be read.
pub fn run(arguments: &Arguments) -> ExitCode {
    let mut paths = Vec::new();
    for path in &arguments.files {
        match fs::read_dir(path) {
            Ok(entries) => {
                let inside = entries.filter_map(|e| e.ok().map(|e| e.path()));
                let mut inside: Vec<PathBuf> =
                    inside.filter(|p| p.extension().is_some_and(|e| e == "yaml")).collect();
                inside.sort();
                paths.extend(inside);
            }
            Err(_) => paths.push(path.clone()),
        }
    }
    let (mut passed, mut failed) = (0, 0);
    for path in &paths {
        let name = path.display().to_string();
        let transcript =
            fs::read_to_string(path).map_err(|e| e.to_string()).and_then(|text| Transcript::parse(&text));
        let transcript = match transcript {
            Ok(transcript) => transcript,
            Err(message) => {
                eprintln!("kubestep transcript: {name}: {message}");
                return ExitCode::from(2);
            }
        };
        let files = transcript.files.iter().map(|(name, text)| (Str::from(name), Str::from(text))).collect();
        let played = conformance::play(&transcript, &mut cluster(files));
        if arguments.json {
            println!("{}", played.to_json(&name));
            continue;
        }
        let differences = conformance::compare(&transcript, &played);
        if differences.is_empty() {
            passed += 1;
            println!("ok    {name}");
        } else {
            failed += 1;
            println!("DIFF  {name}: {}", differences[0].summary());
            if arguments.diff {
                differences.iter().for_each(|d| println!("{d}"));
            }
        }
    }
    if arguments.json {
        return ExitCode::SUCCESS;
    }
    println!("{passed} passed, {failed} failed");
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
