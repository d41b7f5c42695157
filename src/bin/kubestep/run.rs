//! `kubestep run`: command lines against a fresh cluster, or a run that was exported, with a trace of every step.

use kubestep::cluster::{Config, Fault};
use kubestep::json::Str;
use kubestep::playground::{Files, Playground, RunEnd, RunFile, Until, trace_hash};
use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

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
    commands: Vec<String>,
}

/// More steps than this without coming to rest is said and ends a command.
const MOST_STEPS: u32 = 1_000_000;

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
        let until = match line.strip_prefix('@') {
            Some(directive) => match direct(&mut playground, directive) {
                Ok(until) => until,
                Err(message) => {
                    eprintln!("kubestep run: {line}: {message}");
                    return ExitCode::from(2);
                }
            },
            None => {
                playground.command(line);
                Until::Idle
            }
        };
        let mut trace = Vec::new();
        let progress = playground.run(&until, |steps| steps < MOST_STEPS);
        if arguments.trace {
            for position in playground.timeline().position().saturating_sub(progress.steps as usize) + 1
                ..=playground.timeline().position()
            {
                trace.extend(playground.timeline_mut().record(position));
            }
        }
        for record in trace {
            println!("{}", describe(&record.step));
        }
        if line.starts_with('@') {
            continue;
        }
        for output in playground.desk().terminal().entries().back().into_iter().flat_map(|e| &e.output) {
            if output.error { eprint!("{}", output.text) } else { print!("{}", output.text) }
        }
        if progress.end == RunEnd::Budget {
            println!("(not at rest after {MOST_STEPS} steps)");
        }
    }
    if arguments.hash {
        println!("{:016x}", trace_hash(&playground));
    }
    ExitCode::SUCCESS
}

/// `wait SECONDS`, or a fault and, where the cluster is not to come to rest after it, `+SECONDS`: what to run until.
fn direct(playground: &mut Playground, directive: &str) -> Result<Until, String> {
    let now = playground.desk().world().now();
    let after = |seconds: &str| {
        let seconds = seconds.parse::<u64>().map_err(|e| format!("{seconds}: {e}"))?;
        Ok::<_, String>(Until::Time(now + Duration::from_secs(seconds)))
    };
    if let Some(seconds) = directive.strip_prefix("wait ") {
        return after(seconds);
    }
    let (words, until) = match directive.rsplit_once(" +") {
        Some((words, seconds)) => (words, after(seconds)?),
        None => (directive, Until::Idle),
    };
    let fault = Fault::parse(words).ok_or("no such fault")?;
    playground.fault(fault).ok_or("what it names is not there, or it is so already")?;
    Ok(until)
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
