//! `kubestep run`: command lines against a fresh cluster, or a run that was exported, with a trace of every step.

use kubestep::cluster::Config;
use kubestep::json::Str;
use kubestep::playground::script::{self, Line};
use kubestep::playground::{Files, Playground, RunFile, trace_hash};
use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;

/// What `kubestep run` takes.
#[derive(clap::Args)]
pub struct Arguments {
    /// Files beside the shell.
    #[arg(short, long = "file")]
    files: Vec<PathBuf>,
    /// A run to replay (a file exported from the page) instead of commands.
    #[arg(long, conflicts_with = "commands")]
    replay: Option<PathBuf>,
    /// The seed of the run.
    #[arg(long, default_value_t = 1)]
    seed: u32,
    /// How many nodes there are.
    #[arg(long, default_value_t = 3)]
    nodes: usize,
    /// Print every step.
    #[arg(long)]
    trace: bool,
    /// Print the trace's hash at the end.
    #[arg(long)]
    hash: bool,
    /// Command lines, each run to rest before the next: 'kubectl apply -f job.yaml'. '@wait 60' lets 60 seconds pass;
    /// '@node-down node-2', '@restart-controllers' and the other faults happen, and '@node-down node-2 +60' leaves them so long.
    /// The rest ('@type', '@step', '@choose', '@until', '@edit', '@seek', '@interrupt') is told in docs/lessons.md.
    commands: Vec<String>,
}

/// Runs it. 0: it ran; 2: the input cannot be read.
pub fn run(arguments: &Arguments) -> ExitCode {
    let mut playground = match start(arguments) {
        Ok(playground) => playground,
        Err(message) => {
            eprintln!("kubestep run: {message}");
            return ExitCode::from(2);
        }
    };
    for line in &arguments.commands {
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
            for position in before + 1..=playground.timeline().position() {
                if let Some(record) = playground.timeline_mut().record(position) {
                    println!("{}", describe(&record.step));
                }
            }
        }
        let entry = playground.desk().terminal().entries().back();
        for output in entry.filter(|_| typed).into_iter().flat_map(|e| &e.output) {
            if output.error { eprint!("{}", output.text) } else { print!("{}", output.text) }
        }
    }
    if arguments.hash {
        println!("{:016x}", trace_hash(&playground));
    }
    ExitCode::SUCCESS
}

fn refused(line: &str, message: &str) -> ExitCode {
    eprintln!("kubestep run: {line}: {message}");
    ExitCode::from(2)
}

fn start(arguments: &Arguments) -> Result<Playground, String> {
    let read = |path: &PathBuf| fs::read_to_string(path).map_err(|e| format!("{}: {e}", path.display()));
    if let Some(path) = &arguments.replay {
        let run = RunFile::parse(&read(path)?).map_err(|e| format!("{}: {e:?}", path.display()))?;
        return run.replay().map_err(|e| format!("{}: {e:?}", path.display()));
    }
    let mut files = Files::new();
    for path in &arguments.files {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        files.insert(Str::from(name), Str::from(read(path)?));
    }
    Ok(Playground::new(Config::new(u64::from(arguments.seed), arguments.nodes), files))
}

fn describe(step: &kubestep::cluster::StepRecord) -> String {
    let object = step.object.as_ref().map(|(r, k)| format!(" {} {k}", r.qualified())).unwrap_or_default();
    let mut text = format!(
        "{:5} {} {:?} {:?}{object} {} <- {:?}",
        step.step, step.time, step.actor, step.action, step.event, step.causes
    );
    for note in &step.notes {
        let values: Vec<String> = note.values.iter().map(|(k, v)| format!("{k}={v}")).collect();
        text.push_str(&format!("\n        · {} {}", note.phase, values.join(" ")));
    }
    for call in &step.calls {
        let result = match &call.result {
            Ok(code) => code.to_string(),
            Err(status) => format!("{} {}", status.code, status.message),
        };
        let slash = if call.subresource.is_empty() { "" } else { "/" };
        text.push_str(&format!(
            "\n        → {} {}{slash}{} {} = {result}",
            call.verb.name(),
            call.resource.plural,
            call.subresource,
            call.key
        ));
    }
    text
}
