//! `kubectl edit`: an editor that changes nothing, for there is none in the terminal.
//!
//! Upstream: `editor_options.go` in `kubectl/pkg/cmd/util/editor`.

use super::cli::Cli;
use super::failure::Failure;
use super::flags::{self, Flag, Takes};
use super::{Flow, files, names};

/// What every editor of the terminal says.
pub const BESIDE: &str =
    "The editor is the panel beside this terminal: what you change there is what the commands read.\n";

pub(super) const FLAGS: &[Flag] = &[
    ("filename", 'f', Takes::Value),
    ("kustomize", 'k', Takes::Value),
    ("output", 'o', Takes::Value),
    ("recursive", 'R', Takes::Nothing),
    ("save-config", ' ', Takes::Nothing),
    ("show-managed-fields", ' ', Takes::Nothing),
    ("subresource", ' ', Takes::Value),
    ("validate", ' ', Takes::Value),
];

/// `kubectl apply edit-last-applied`: the same editor.
pub(super) fn last_applied(cli: &mut Cli, args: &[String]) -> Result<Flow, Failure> {
    run(cli, args)
}

pub(super) fn run(cli: &mut Cli, args: &[String]) -> Result<Flow, Failure> {
    let args = flags::parse("edit", args, FLAGS)?;
    let namespace = args.namespace().to_string();
    if !matches!(args.get("output"), "" | "json" | "yaml") {
        let asked = args.get("output");
        return Err(Failure::error(format!(
            "unable to match a printer suitable for the output format {asked:?}, allowed formats are: json,yaml"
        )));
    }
    let infos = files::read(cli, &args)?;
    if infos.is_empty() && args.words.is_empty() {
        return Err(names::required());
    }
    for info in infos {
        cli.get(&info.resource, info.namespace(), info.name())?;
    }
    for target in names::targets(cli, &args.words)?.into_iter().filter(|target| !target.name.is_empty()) {
        cli.get(&target.resource, &namespace, &target.name)?;
    }
    cli.error_line(BESIDE.trim_end());
    cli.error_line("Edit cancelled, no changes made.");
    Ok(Flow::Exit(1))
}
