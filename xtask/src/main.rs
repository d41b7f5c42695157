//! `cargo xtask`: the project's own commands, so that a clone needs nothing but Rust and Node.
//!
//! One command = one file with a `run` function and a row in [`COMMANDS`]. Shared parts: [`wasm`] (the engine's
//! module), [`page`] (what the browser loads), [`http`] (the loopback server), [`browser`] (find or install one),
//! [`stamp`] (skip what is up to date), [`phases`] (timing), [`run`] (child processes).

// The engine may not read the wall clock or start threads; the tool that builds and serves it must.
#![allow(clippy::disallowed_methods)]

mod bench;
mod browser;
mod build;
mod clients;
mod deny;
mod element;
mod http;
mod page;
mod phases;
mod run;
mod serve;
mod split;
mod stamp;
mod test;
mod wasm;

use anyhow::{Result, bail};
use std::process::ExitCode;

/// One command of `cargo xtask`.
struct Command {
    /// What is typed after `cargo xtask`.
    name: &'static str,
    /// Its options, as shown in the help.
    options: &'static str,
    /// What it will do: shown in the help, and first thing when it runs.
    about: &'static str,
    /// Gets the arguments after the name.
    run: fn(&[String]) -> Result<()>,
}

const COMMANDS: &[Command] = &[
    Command {
        name: "serve",
        options: "[--port N] [--no-open]",
        about: "build everything, serve the playground on 127.0.0.1 and open it in a browser",
        run: serve::run,
    },
    Command {
        name: "build",
        options: "",
        about: "build the engine's module, the page into www/dist and the element into pkg/dist, and print their sizes",
        run: build::run,
    },
    Command {
        name: "pkg",
        options: "",
        about: "build the engine's module and the element that docs pages embed into pkg/dist, and print its sizes",
        run: element::run,
    },
    Command {
        name: "test",
        options: "[--no-browser]",
        about: "check formatting, lints, licences and types, then run every test, in Rust, in Node and in a browser",
        run: test::run,
    },
    Command {
        name: "bench",
        options: "[--no-page]",
        about: "measure Jobs and CronJobs natively and in the module, the page's size, and the time to its first step",
        run: bench::run,
    },
];

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match dispatch(&args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(args: &[String]) -> Result<()> {
    let Some((name, rest)) = args.split_first() else {
        print_help();
        return Ok(());
    };
    if matches!(name.as_str(), "help" | "-h" | "--help") {
        print_help();
        return Ok(());
    }
    let Some(command) = COMMANDS.iter().find(|command| command.name == name) else {
        print_help();
        bail!("there is no command {name:?}");
    };
    println!("cargo xtask {}: {}", command.name, command.about);
    (command.run)(rest)
}

fn print_help() {
    println!("Usage: cargo xtask COMMAND\n");
    for command in COMMANDS {
        println!("  {:<32} {}", format!("{} {}", command.name, command.options), command.about);
    }
}
