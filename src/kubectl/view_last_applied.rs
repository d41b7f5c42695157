//! `kubectl apply view-last-applied`: what `apply` remembers of an object.

use super::Flow;
use super::apply::LAST_APPLIED;
use super::cli::Cli;
use super::failure::Failure;
use super::files;
use super::flags::{self, Flag, Takes};
use super::names::{self, Target};
use crate::json::{parse, yaml};

const FLAGS: &[Flag] = &[
    ("all", ' ', Takes::Nothing),
    ("filename", 'f', Takes::Value),
    ("recursive", 'R', Takes::Nothing),
    ("output", 'o', Takes::Value),
    ("selector", 'l', Takes::Value),
];

pub(super) fn run(cli: &mut Cli, args: &[String]) -> Result<Flow, Failure> {
    let args = flags::parse("apply view-last-applied", args, FLAGS)?;
    let form = if args.has("output") { args.get("output") } else { "yaml" };
    if !matches!(form, "yaml" | "json") {
        let message =
            format!("Unexpected -o output mode: {form}, the flag 'output' must be one of yaml|json");
        return Err(Failure::usage("apply view-last-applied", message));
    }
    let mut targets = names::targets(cli, &args.words)?;
    for info in files::read(cli, &args)? {
        targets.push(Target { name: info.name().into(), resource: info.resource });
    }
    if targets.is_empty() {
        return Err(names::required());
    }
    for target in targets {
        let mut objects = Vec::new();
        if target.name.is_empty() {
            objects = cli.list(&target.resource, args.namespace(), args.get("selector"), "")?;
        } else {
            objects.push(cli.get(&target.resource, args.namespace(), &target.name)?);
        }
        for object in objects {
            let Some(text) = object["metadata"]["annotations"].get(LAST_APPLIED) else { continue };
            let remembered = parse(text.str()).unwrap_or_default();
            let printed = match form {
                "json" => narrow(&format!("{remembered:#}\n")),
                _ => yaml::to_yaml(&remembered),
            };
            cli.print(printed);
        }
    }
    Ok(Flow::Exit(0))
}

/// The same with an indent of two.
fn narrow(text: &str) -> String {
    let line = |line: &str| {
        let blanks = line.len() - line.trim_start().len();
        format!("{}{}\n", " ".repeat(blanks / 2), line.trim_start())
    };
    text.lines().map(line).collect()
}
