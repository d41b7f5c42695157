//! `kubestep run`: command lines against a fresh cluster or a run that the page gave away, with a trace of every step.

use crate::{source, trace::describe};
use kubestep::api::RuntimeConfig;
use kubestep::cluster::Config;
use kubestep::json::Str;
use kubestep::playground::script::{self, Line};
use kubestep::playground::{Entry, Files, Playground, trace_hash};
use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// What `kubestep run` takes.
#[derive(clap::Args)]
pub struct Arguments {
    /// Files beside the shell.
    #[arg(short, long = "file")]
    files: Vec<PathBuf>,
    /// A run to replay instead of commands.
    #[arg(long, conflicts_with = "commands")]
    replay: Option<PathBuf>,
    /// The seed of the run.
    #[arg(long, default_value_t = 1)]
    seed: u32,
    /// How many nodes there are.
    #[arg(long, default_value_t = 3)]
    nodes: usize,
    /// APIs that are switched off, as kube-apiserver's flag says it: batch/v1=false.
    #[arg(long, default_value = "", value_parser = RuntimeConfig::parse)]
    runtime_config: RuntimeConfig,
    /// Print every step.
    #[arg(long)]
    trace: bool,
    /// Print the trace's hash at the end.
    #[arg(long)]
    hash: bool,
    /// A run to replay: a link, or a file that the page saved. Or command lines, each run to rest before the next: 'kubectl apply -f job.yaml'. '@wait 60' lets 60 seconds pass;
    /// '@node-down node-2', '@restart-controllers' and the other faults happen, and '@node-down node-2 +60' leaves them so long.
    /// The rest ('@type', '@step', '@choose', '@until', '@edit', '@seek', '@interrupt') is told in docs/lessons.md.
    commands: Vec<String>,
}

/// Runs it. 0: it ran; 2: the input cannot be read.
pub fn run(arguments: &Arguments) -> ExitCode {
    let (mut playground, commands) = match start(arguments) {
        Ok(started) => started,
        Err(message) => {
            eprintln!("kubestep run: {message}");
            return ExitCode::from(2);
        }
    };
    show_past(&mut playground, arguments.trace);
    for line in commands {
        println!("$ {line}");
        let before = playground.timeline().position();
        let typed = match script::parse(line) {
            Ok(None) => continue,
            Ok(Some(parsed)) => {
                let typed = matches!(parsed, Line::Command(_) | Line::Type(_));
                match playground.follow(&parsed) {
                    Err(message) if typed => println!("({message})"),
                    Err(message) => return refused(line, &message),
                    Ok(()) => {}
                }
                typed
            }
            Err(message) => return refused(line, &message),
        };
        if arguments.trace {
            let here = playground.timeline().position();
            trace(&mut playground, before + 1..here + 1);
        }
        if let Some(entry) = playground.terminal_entries().last().filter(|_| typed) {
            show_output(entry);
        }
    }
    if arguments.hash {
        println!("{}", trace_hash(&playground));
    }
    ExitCode::SUCCESS
}

/// A replayed run as it would have looked: each command, what happened until the next, and what it printed.
fn show_past(playground: &mut Playground, with_trace: bool) {
    let here = playground.timeline().position();
    let entries: Vec<Entry> = playground.desk().terminal().entries().iter().cloned().collect();
    let step_of = |at: usize| entries.get(at).map_or(here + 1, |entry| entry.step as usize);
    if with_trace {
        trace(playground, 1..step_of(0));
    }
    for (i, entry) in entries.iter().enumerate() {
        println!("$ {}", entry.line);
        if with_trace {
            trace(playground, step_of(i)..step_of(i + 1));
        }
        show_output(entry);
    }
}

fn trace(playground: &mut Playground, positions: Range<usize>) {
    for position in positions {
        if let Some(record) = playground.timeline_mut().record(position) {
            println!("{}", describe(&record.step));
        }
    }
}

fn show_output(entry: &Entry) {
    for output in &entry.output {
        if output.error { eprint!("{}", output.text) } else { print!("{}", output.text) }
    }
}

fn refused(line: &str, message: &str) -> ExitCode {
    eprintln!("kubestep run: {line}: {message}");
    ExitCode::from(2)
}

/// The playground to begin with, and the commands to type into it.
fn start(arguments: &Arguments) -> Result<(Playground, &[String]), String> {
    let commands = arguments.commands.as_slice();
    if let Some(path) = &arguments.replay {
        return Ok((source::run(path)?, &[]));
    }
    match commands {
        [only] if source::is_run(only) => return Ok((source::run(Path::new(only))?, &[])),
        [first, ..] if source::is_run(first) => return Err("a run takes no commands after it".into()),
        _ => {}
    }
    let mut files = Files::new();
    for path in &arguments.files {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let text = fs::read_to_string(path).map_err(|e| format!("{}: {e}", path.display()))?;
        files.insert(Str::from(name), Str::from(text));
    }
    let config = Config::new(u64::from(arguments.seed), arguments.nodes);
    let config = Config { runtime: arguments.runtime_config.clone(), ..config };
    Ok((Playground::new(config, files), commands))
}
