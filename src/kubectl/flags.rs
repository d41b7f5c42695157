//! Command-line flags, read as spf13/pflag reads them.

use super::about;
use super::failure::Failure;
use crate::api::parse_duration;
use crate::collections::Map;
use crate::json::Str;
use std::time::Duration;

/// What a flag takes.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Takes {
    /// Nothing; `--watch=false` is possible.
    Nothing,
    /// A value.
    Value,
    /// A value after `=`, or this one.
    Optional(&'static str),
}

/// A flag: its name, its short form (or a blank), what it takes.
pub(super) type Flag = (&'static str, char, Takes);

/// Flags that every command has.
const GLOBAL: &[Flag] = &[
    ("namespace", 'n', Takes::Value),
    ("context", ' ', Takes::Value),
    ("kubeconfig", ' ', Takes::Value),
    ("cluster", ' ', Takes::Value),
    ("user", ' ', Takes::Value),
    ("as", ' ', Takes::Value),
    ("as-group", ' ', Takes::Value),
    ("as-uid", ' ', Takes::Value),
    ("as-user-extra", ' ', Takes::Value),
    ("request-timeout", ' ', Takes::Value),
    ("server", 's', Takes::Value),
    ("v", 'v', Takes::Value),
    ("warnings-as-errors", ' ', Takes::Nothing),
    ("help", 'h', Takes::Nothing),
    (OF_CONTEXT, ' ', Takes::Value),
];

/// The flag by which a command is told the namespace of its context; nobody types it.
pub(super) const OF_CONTEXT: &str = ":namespace";

/// Flags of the commands that write what files hold.
pub(super) const WRITE: &[Flag] = &[
    ("filename", 'f', Takes::Value),
    ("kustomize", 'k', Takes::Value),
    ("recursive", 'R', Takes::Nothing),
    ("output", 'o', Takes::Value),
    ("dry-run", ' ', Takes::Optional("unchanged")),
    ("validate", ' ', Takes::Optional("strict")),
    ("save-config", ' ', Takes::Nothing),
    ("field-manager", ' ', Takes::Value),
    ("show-managed-fields", ' ', Takes::Nothing),
    ("template", ' ', Takes::Value),
    ("allow-missing-template-keys", ' ', Takes::Nothing),
    ("windows-line-endings", ' ', Takes::Nothing),
];

/// Two tables as one.
pub(super) const fn join<const N: usize>(a: &[Flag], b: &[Flag]) -> [Flag; N] {
    assert!(a.len() + b.len() == N);
    let mut out = [("", ' ', Takes::Nothing); N];
    let mut i = 0;
    while i < N {
        out[i] = if i < a.len() { a[i] } else { b[i - a.len()] };
        i += 1;
    }
    out
}

/// Arguments, taken apart.
#[derive(Clone, Debug, Default)]
pub(super) struct Arguments {
    flags: Map<&'static str, Vec<String>>,
    /// What is no flag, before `--`.
    pub words: Vec<String>,
    /// What stands after `--`; `None` where there is no `--`.
    pub rest: Option<Vec<String>>,
}

/// A truth value, as Go reads it.
pub(super) fn boolean(text: &str) -> Option<bool> {
    match text {
        "true" | "1" | "t" | "T" | "TRUE" | "True" => Some(true),
        "false" | "0" | "f" | "F" | "FALSE" | "False" => Some(false),
        _ => None,
    }
}

impl Arguments {
    /// The flag's last value; `""` where it is absent.
    pub fn get(&self, name: &str) -> &str {
        self.flags.get(name).and_then(|v| v.last()).map_or("", String::as_str)
    }

    /// All the flag's values.
    pub fn all(&self, name: &str) -> &[String] {
        self.flags.get(name).map_or(&[], Vec::as_slice)
    }

    /// All the flag's values, with commas as separators too; an empty one is none.
    pub fn list(&self, name: &str) -> Vec<String> {
        let given = self.all(name).iter().filter(|v| !v.is_empty());
        given.flat_map(|v| v.split(',')).map(String::from).collect()
    }

    /// Whether the flag was given.
    pub fn has(&self, name: &str) -> bool {
        self.flags.contains_key(name)
    }

    /// Whether a flag without value is on.
    pub fn is(&self, name: &str) -> bool {
        boolean(self.get(name)) == Some(true)
    }

    /// A number.
    pub fn number(&self, name: &str) -> Option<i64> {
        self.get(name).parse().ok()
    }

    /// A duration that was checked when it was read: whether it is negative, and how long; `None` where it was not given.
    pub fn duration(&self, name: &str) -> Option<(bool, Duration)> {
        parse_duration(self.get(name)).ok()
    }

    /// Who owns what the command writes: `--field-manager`, or the command's own name for itself.
    pub fn manager(&self, own: &'static str) -> Str {
        if self.has("field-manager") { self.get("field-manager").into() } else { Str::fixed(own) }
    }

    /// The namespace that the command works in.
    pub fn namespace(&self) -> &str {
        let flag = if self.has("namespace") { "namespace" } else { OF_CONTEXT };
        if self.has(flag) { self.get(flag) } else { "default" }
    }
}

/// Reads the arguments of a command (`get`, `create job`).
pub(super) fn parse(command: &str, args: &[String], flags: &[Flag]) -> Result<Arguments, Failure> {
    if args.iter().take_while(|arg| *arg != "--").any(|arg| arg == "--help" || arg == "-h") {
        return Err(Failure::help(about::command(command, flags)));
    }
    read(args, flags).map_err(|message| {
        let path = if command.is_empty() { "kubectl".into() } else { format!("kubectl {command}") };
        Failure::text(format!("error: {message}\nSee '{path} --help' for usage."))
    })
}

fn read(args: &[String], flags: &[Flag]) -> Result<Arguments, String> {
    let mut out = Arguments::default();
    let all = || flags.iter().chain(GLOBAL);
    let mut args = args.iter();
    while let Some(arg) = args.next() {
        if arg == "--" {
            out.rest = Some(args.cloned().collect());
            break;
        }
        if let Some(long) = arg.strip_prefix("--") {
            let (name, value) = match long.split_once('=') {
                Some((name, value)) => (name, Some(value.to_string())),
                None => (long, None),
            };
            let flag = all().find(|f| f.0 == name).ok_or_else(|| format!("unknown flag: --{name}"))?;
            let value = match (value, flag.2) {
                (Some(value), _) => value,
                (None, Takes::Nothing) => "true".into(),
                (None, Takes::Optional(value)) => value.into(),
                (None, Takes::Value) => {
                    args.next().cloned().ok_or_else(|| format!("flag needs an argument: --{name}"))?
                }
            };
            check(flag, &value)?;
            out.flags.slot(flag.0).push(value);
        } else if arg.len() > 1 && arg.starts_with('-') {
            let cluster = &arg[1..];
            for (i, c) in cluster.char_indices() {
                let flag = all().find(|f| f.1 == c && c != ' ');
                let flag = flag.ok_or_else(|| format!("unknown shorthand flag: '{c}' in -{cluster}"))?;
                let rest = &cluster[i + c.len_utf8()..];
                let value = match flag.2 {
                    Takes::Nothing if rest.starts_with('=') => rest[1..].to_string(),
                    Takes::Nothing => {
                        out.flags.slot(flag.0).push("true".into());
                        continue;
                    }
                    _ if !rest.is_empty() => rest.strip_prefix('=').unwrap_or(rest).to_string(),
                    Takes::Optional(value) => value.into(),
                    Takes::Value => {
                        let missing = || format!("flag needs an argument: '{c}' in -{cluster}");
                        args.next().cloned().ok_or_else(missing)?
                    }
                };
                check(flag, &value)?;
                out.flags.slot(flag.0).push(value);
                break;
            }
        } else {
            out.words.push(arg.clone());
        }
    }
    Ok(out)
}

fn check(flag: &Flag, value: &str) -> Result<(), String> {
    let (name, short, takes) = *flag;
    let bools = ["true", "false", "1", "0", "t", "f", "T", "F", "TRUE", "FALSE", "True", "False"];
    let shown = if short == ' ' { format!("--{name}") } else { format!("-{short}, --{name}") };
    if takes == Takes::Nothing && !bools.contains(&value) {
        let why = format!("strconv.ParseBool: parsing {value:?}: invalid syntax");
        return Err(format!("invalid argument {value:?} for \"{shown}\" flag: {why}"));
    }
    if ["timeout", "since", "duration"].contains(&name)
        && let Err(why) = parse_duration(value)
    {
        return Err(format!("invalid argument {value:?} for \"{shown}\" flag: {why}"));
    }
    const WHOLE: &[&str] = &[
        "chunk-size",
        "current-replicas",
        "grace-period",
        "limit-bytes",
        "max-log-requests",
        "node-port",
        "replicas",
        "revision",
        "skip-wait-for-delete-timeout",
        "tail",
        "to-revision",
        "value",
    ];
    if WHOLE.contains(&name) && value.parse::<i64>().is_err() {
        let why = format!("strconv.ParseInt: parsing {value:?}: invalid syntax");
        return Err(format!("invalid argument {value:?} for \"{shown}\" flag: {why}"));
    }
    Ok(())
}
