//! `--record`: the command line itself as the cause of a change. Deprecated for years, and still in every textbook.

use super::cli::Cli;
use super::flags::{Arguments, Flag, Takes};

/// The flag.
pub(super) const FLAG: Flag = ("record", ' ', Takes::Nothing);

/// The cause to be recorded, where one asked for it; `raw`: the words after the command.
pub(super) fn cause(cli: &mut Cli, command: &str, raw: &[String], args: &Arguments) -> Option<String> {
    if !args.has("record") {
        return None;
    }
    cli.error_line("Flag --record has been deprecated, --record will be removed in the future");
    let words = raw
        .iter()
        .filter(|word| !word.starts_with("--:"))
        .map(|word| if word == "--record" { "--record=true" } else { word });
    let line = words.fold(format!("kubectl {command}"), |line, word| line + " " + word);
    args.is("record").then_some(line)
}
