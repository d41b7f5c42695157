//! Completion: commands, resources, object names.

use super::cli::Cli;
use super::{COMMANDS, Env, auth, generate, names};

/// What may stand behind these words, of which `kubectl` is the first, where `part` of it is typed already; `None`: the
/// name of a file.
pub fn complete(words: &[&str], part: &str, env: &mut Env<'_>) -> Option<Vec<String>> {
    let plain: Vec<&str> = words.iter().filter(|w| !w.starts_with('-')).copied().collect();
    Some(match (words, plain.as_slice()) {
        ([.., "-f" | "--filename" | "-k" | "--patch-file"], _) => return None,
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
        (_, ["kubectl", "auth"]) => auth::COMMANDS.iter().map(|c| (*c).to_string()).collect(),
        (_, ["kubectl", command]) if COMMANDS.contains(command) => {
            if let Some((kind, _)) = part.split_once('/') {
                return Some(objects(kind, env).into_iter().map(|n| format!("{kind}/{n}")).collect());
            }
            env.discovery.refresh(env.api);
            let all = names::preferred(env.discovery.all());
            all.iter().map(|r| r.plural.to_string()).collect()
        }
        (_, ["kubectl", _, kind, ..]) => objects(kind, env),
        _ => Vec::new(),
    })
}

fn objects(kind: &str, env: &mut Env<'_>) -> Vec<String> {
    let mut out = Vec::new();
    let mut cli = Cli { env, out: &mut out, stdin: "" };
    let Some(resource) = names::found(&mut cli, kind) else { return Vec::new() };
    let found = cli.list(&resource, "default", "", "").unwrap_or_default();
    found.iter().map(|o| o["metadata"]["name"].str().into()).collect()
}
