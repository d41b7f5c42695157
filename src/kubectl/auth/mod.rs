//! `kubectl auth`: who one is and what one may do.

mod can_i;
mod reconcile;
mod whoami;

use super::Flow;
use super::cli::Cli;
use super::failure::Failure;
use super::{flags, help};

/// The commands below it.
pub(super) const COMMANDS: &[&str] = &["can-i", "reconcile", "whoami"];

pub(super) fn run(cli: &mut Cli, args: &[String]) -> Result<Flow, Failure> {
    match args.first().map(String::as_str) {
        Some("can-i") => can_i::run(cli, &args[1..]),
        Some("reconcile") => reconcile::run(cli, &args[1..]),
        Some("whoami") => whoami::run(cli, &args[1..]),
        _ => {
            let args = flags::parse("auth", args, &[])?;
            if !args.words.is_empty() {
                return Err(Failure::usage("auth", format!("unknown command {:?}", args.words.join(" "))));
            }
            cli.error_line(help::of(&["auth"]).trim_end());
            Ok(Flow::Exit(1))
        }
    }
}
