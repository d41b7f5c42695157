//! The data of `create configmap` and `create secret generic`: literals, files, folders, environment files.

use super::cli::Cli;
use super::failure::Failure;
use super::flags::{Arguments, Flag, Takes};
use crate::api::sha256;
use crate::json;
use crate::json::{Json, Str};

pub(super) const FLAGS: &[Flag] = &[
    ("from-literal", ' ', Takes::Value),
    ("from-file", ' ', Takes::Value),
    ("from-env-file", ' ', Takes::Value),
    ("append-hash", ' ', Takes::Nothing),
];
const KEY_RULE: &str = "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')";
const ENV_RULE: &str = "a valid environment variable name must consist of alphabetic characters, digits, '_', '-', or '.', and must not start with a digit (e.g. 'my.env-name',  or 'MY_ENV.NAME',  or 'MyEnvName1', regex used for validation is '[-._a-zA-Z][-._a-zA-Z0-9]*')";

pub(super) fn config_map(cli: &mut Cli, args: &Arguments, name: &str) -> Result<Json, Failure> {
    let data = collect(cli, args, name, false)?;
    let mut object = json!({ "metadata": { "name": name } });
    if args.is("append-hash") {
        append_hash(&mut object, json!({ "data": &data, "kind": "ConfigMap", "name": name }));
    }
    if !data.is_empty() {
        object.set("data", data);
    }
    Ok(object)
}

/// Ends the object's name with a digest of its content (`kubectl/pkg/util/hash`), in letters that spell no words.
pub(super) fn append_hash(object: &mut Json, content: Json) {
    let hex = sha256::hex(content.to_string().as_bytes(), 5);
    let letter = |c: char| match c {
        '0' => 'g',
        '1' => 'h',
        '3' => 'k',
        'a' => 'm',
        'e' => 't',
        other => other,
    };
    let hash: String = hex.chars().map(letter).collect();
    let name = format!("{}-{hash}", object["metadata"]["name"].str());
    object.set_at(&["metadata", "name"], name);
}

/// What is wrong with a variable's name (`IsEnvVarName`); nothing, where it may be called so.
pub(super) fn env_name(name: &str) -> Vec<&'static str> {
    let fits = !name.starts_with(|c: char| c.is_ascii_digit()) && plain(name);
    (!fits).then_some(ENV_RULE).into_iter().chain(reserved(name)).collect()
}

/// What is wrong with a key (`IsConfigMapKey`).
fn key_name(key: &str) -> Vec<&'static str> {
    let long = (key.len() > 253).then_some("must be no more than 253 characters");
    long.into_iter().chain((!plain(key)).then_some(KEY_RULE)).chain(reserved(key)).collect()
}

fn plain(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._".contains(&b))
}

/// Names that mean a folder.
fn reserved(name: &str) -> Option<&'static str> {
    match name {
        "." => Some("must not be '.'"),
        ".." => Some("must not be '..'"),
        _ => name.starts_with("..").then_some("must not start with '..'"),
    }
}

/// The keys and texts that the flags name; `secret`: mistakes are worded for a Secret.
pub(super) fn collect(cli: &Cli, args: &Arguments, name: &str, secret: bool) -> Result<Json, Failure> {
    let (files, literals) = (args.list("from-file"), args.all("from-literal"));
    let env_files = args.list("from-env-file");
    if !(env_files.is_empty() || files.is_empty() && literals.is_empty()) {
        return Err(Failure::error("from-env-file cannot be combined with from-file or from-literal"));
    }
    let mut data = Json::object();
    let mut add = |key: &str, value: &str| -> Result<(), Failure> {
        let problems = key_name(key);
        if !problems.is_empty() {
            return Err(Failure::error(if secret {
                format!("{key:?} is not valid key name for a Secret {}", problems.join(";"))
            } else {
                format!("{key:?} is not a valid key name for a ConfigMap: {}", problems.join(","))
            }));
        }
        if data.get(key).is_some() {
            return Err(Failure::error(if secret {
                format!("cannot add key {key}, another key by that name already exists")
            } else {
                format!(
                    "cannot add key {key:?}, another key by that name already exists in Data for ConfigMap {name:?}"
                )
            }));
        }
        data.set(key, value);
        Ok(())
    };
    // A Secret begins with the literals, a ConfigMap with the files.
    for literal in [secret, !secret] {
        for literal in literals.iter().filter(|_| literal) {
            let (key, value) = key_value(literal)?;
            add(key, value)?;
        }
        for path in files.iter().filter(|_| !literal) {
            for (key, text) in file(cli, path)? {
                add(&key, &text)?;
            }
        }
    }
    for path in env_files {
        let text = match read(cli, &path)? {
            Found::File(text) => text,
            Found::Folder(_) => {
                let what = if secret { "secret" } else { "config" };
                return Err(Failure::error(format!("env {what} file cannot be a directory")));
            }
        };
        for line in text.strip_prefix('\u{feff}').unwrap_or(&text).lines() {
            let line = line.trim_start();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let (key, value) = line.split_once('=').unwrap_or((line, ""));
            let problems = env_name(key);
            if !problems.is_empty() {
                return Err(Failure::error(format!(
                    "{key:?} is not a valid key name: {}",
                    problems.join(";")
                )));
            }
            add(key, value)?;
        }
    }
    Ok(data)
}

fn key_value(literal: &str) -> Result<(&str, &str), Failure> {
    let split = literal.split_once('=').filter(|(key, _)| !key.is_empty());
    split.ok_or_else(|| Failure::error(format!("invalid literal source {literal}, expected key=value")))
}

/// What stands at a path.
enum Found {
    File(Str),
    /// The files in it, by name.
    Folder(Vec<(String, String)>),
}

/// Looks beside the terminal.
fn read(cli: &Cli, given: &str) -> Result<Found, Failure> {
    if let Some(text) = cli.text(given) {
        return Ok(Found::File(text));
    }
    let Some(inside) = cli.env.files.folder(given).filter(|_| !given.is_empty()) else {
        return Err(Failure::error(format!("error reading {given}: no such file or directory")));
    };
    let files = inside.into_iter().filter(|(name, _)| !name.contains('/'));
    Ok(Found::Folder(files.map(|(name, text)| (name.to_string(), text.to_string())).collect()))
}

/// `[KEY=]PATH`; a folder gives all its files.
pub(super) fn file(cli: &Cli, source: &str) -> Result<Vec<(String, String)>, Failure> {
    let parts: Vec<&str> = source.split('=').collect();
    let (key, path) = match parts.as_slice() {
        [path] => (None, *path),
        ["", path] => return Err(Failure::error(format!("key name for file path {path} missing"))),
        [key, ""] => return Err(Failure::error(format!("file path for key name {key} missing"))),
        [key, path] => (Some(*key), *path),
        _ => return Err(Failure::error("key names or file paths cannot contain '='")),
    };
    match (read(cli, path)?, key) {
        (Found::File(text), key) => {
            let base = path.rsplit('/').next().unwrap_or(path);
            Ok(vec![(key.unwrap_or(base).into(), text.as_str().into())])
        }
        (Found::Folder(_), Some(_)) => Err(Failure::error("cannot give a key name for a directory path")),
        (Found::Folder(files), None) => Ok(files),
    }
}
