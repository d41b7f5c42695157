//! `kubestep export`: the objects of a run as manifests that `kubectl apply` takes.

use crate::source;
use kubestep::cluster::manifests;
use std::path::PathBuf;
use std::process::ExitCode;

/// What `kubestep export` takes.
#[derive(clap::Args)]
pub struct Arguments {
    /// A run: a file that the page saved, or a link to it.
    run: PathBuf,
}

/// Prints them, as of the step at which the run was left. 0: done; 2: the run cannot be read.
pub fn run(arguments: &Arguments) -> ExitCode {
    match source::run(&arguments.run) {
        Ok(playground) => {
            print!("{}", manifests(playground.desk().world()));
            ExitCode::SUCCESS
        }
        Err(message) => {
            eprintln!("kubestep export: {message}");
            ExitCode::from(2)
        }
    }
}
