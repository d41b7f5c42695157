//! The native program: run a cluster, serve it, export what is in it, prove lessons and grade what is handed in, compare transcripts, measure.

mod bench;
mod export;
mod grade;
mod handout;
mod lesson;
mod run;
mod serve;
mod source;
mod trace;
mod transcript;

use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// A Kubernetes control plane that you can step through.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run kubectl command lines against a fresh cluster, with the given files beside the shell; or replay a run.
    Run(run::Arguments),
    /// Serve a cluster to kubectl and other clients, over HTTP on this machine.
    Serve(serve::Arguments),
    /// Print the objects of a run as manifests that kubectl applies.
    Export(export::Arguments),
    /// Grade what was handed in: replay it on a lesson and say what it is worth.
    Grade(grade::Arguments),
    /// Make, check and prove lessons.
    Lesson(lesson::Arguments),
    /// Compare transcripts of a real cluster with what this one prints.
    Transcript(transcript::Arguments),
    /// Measure the engine; prints one JSON document.
    Bench(bench::Arguments),
}

fn main() -> ExitCode {
    match Arguments::parse().command {
        Command::Run(arguments) => run::run(&arguments),
        Command::Serve(arguments) => serve::run(&arguments),
        Command::Export(arguments) => export::run(&arguments),
        Command::Grade(arguments) => grade::run(&arguments),
        Command::Lesson(arguments) => lesson::run(&arguments),
        Command::Transcript(arguments) => transcript::run(&arguments),
        Command::Bench(arguments) => bench::run(&arguments),
    }
}
