//! Completion: commands, resources, object names, files.

use super::cli::Cli;
use super::{COMMANDS, Env, generate, names};
use crate::collections::sort_by;

/// What may stand at the cursor: from which byte on it would replace the line, and the candidates.
pub fn complete(line: &str, cursor: usize, env: &mut Env<'_>) -> (usize, Vec<String>) {
    let mut cursor = cursor.min(line.len());
    while !line.is_char_boundary(cursor) {
        cursor -= 1;
    }
    let before = &line[..cursor];
    let from = before.rfind([' ', ',']).map_or(0, |i| i + 1);
    let (words, part) = (&before[..from], &before[from..]);
    let words: Vec<&str> = words.split_whitespace().collect();
    let mut candidates = candidates(&words, part, env);
    candidates.retain(|c| c.starts_with(part) && c != part);
    sort_by(&mut candidates, Ord::cmp);
    candidates.dedup();
    (from, candidates)
}

fn candidates(words: &[&str], part: &str, env: &mut Env<'_>) -> Vec<String> {
    let all_files = |env: &Env<'_>| env.files.keys().map(|k| k.as_str().to_string()).collect();
    let plain: Vec<&str> = words.iter().filter(|w| !w.starts_with('-')).copied().collect();
    match (words, plain.as_slice()) {
        ([], _) => {
            vec!["kubectl".into(), "ls".into(), "cat".into(), "sleep".into(), "clear".into(), "help".into()]
        }
        ([.., "-f" | "--filename"], _) | (_, ["cat", ..]) => all_files(env),
        ([.., "-o" | "--output"], _) => {
            ["yaml", "json", "name", "wide", "jsonpath=", "custom-columns="].map(String::from).into()
        }
        (_, ["kubectl"]) => COMMANDS.iter().map(|c| (*c).to_string()).collect(),
        (_, ["kubectl", "logs" | "exec"]) => {
            let mut all = objects("pods", env);
            all.extend(objects("jobs", env).into_iter().map(|n| format!("job/{n}")));
            all
        }
        (_, ["kubectl", "create"]) => {
            let first = |command: &'static str| command.split(' ').next().map(String::from);
            generate::commands().chain(["token"]).filter_map(first).collect()
        }
        (_, ["kubectl", "rollout"]) => {
            ["status", "history", "undo", "restart", "pause", "resume"].map(String::from).into()
        }
        (_, ["kubectl", command]) if COMMANDS.contains(command) => {
            if let Some((kind, _)) = part.split_once('/') {
                return objects(kind, env).into_iter().map(|n| format!("{kind}/{n}")).collect();
            }
            names::all().map(|r| r.plural.to_string()).collect()
        }
        (_, ["kubectl", _, kind, ..]) => objects(kind, env),
        _ => Vec::new(),
    }
}

fn objects(kind: &str, env: &mut Env<'_>) -> Vec<String> {
    let Some(resource) = names::find(kind) else { return Vec::new() };
    let mut out = Vec::new();
    let mut cli = Cli { env, out: &mut out, stdin: "" };
    let found = cli.list(&resource, "default", "", "").unwrap_or_default();
    found.iter().map(|o| o["metadata"]["name"].str().into()).collect()
}
