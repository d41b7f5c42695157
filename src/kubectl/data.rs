//! The data of `create configmap` and `create secret generic`: literals, files, folders, environment files.

use super::cli::Cli;
use super::failure::Failure;
use super::flags::{Arguments, Flag, Takes};
use crate::api::sha256;
use crate::json;
use crate::json::Json;

pub(super) const FLAGS: &[Flag] = &[
    ("from-literal", ' ', Takes::Value),
    ("from-file", ' ', Takes::Value),
    ("from-env-file", ' ', Takes::Value),
    ("append-hash", ' ', Takes::Nothing),
];
const KEY_RULE: &str = "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')";
pub(super) const ENV_RULE: &str = "a valid environment variable name must consist of alphabetic characters, digits, '_', '-', or '.', and must not start with a digit (e.g. 'my.env-name',  or 'MY_ENV.NAME',  or 'MyEnvName1', regex used for validation is '[-._a-zA-Z][-._a-zA-Z0-9]*')";

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

/// Whether a variable may be called so.
pub(super) fn is_env_name(name: &str) -> bool {
    !name.is_empty()
        && !name.starts_with(|c: char| c.is_ascii_digit())
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._".contains(&b))
}

/// The keys and texts that the flags name; `secret`: mistakes are worded for a Secret.
pub(super) fn collect(cli: &Cli, args: &Arguments, name: &str, secret: bool) -> Result<Json, Failure> {
    if args.has("from-env-file") && (args.has("from-file") || args.has("from-literal")) {
        return Err(Failure::error("from-env-file cannot be combined with from-file or from-literal"));
    }
    let mut data = Json::object();
    let mut add = |key: &str, value: &str| -> Result<(), Failure> {
        if let Err(why) = check_key(key) {
            return Err(Failure::error(if secret {
                format!("{key:?} is not valid key name for a Secret {why}")
            } else {
                format!("{key:?} is not a valid key name for a ConfigMap: {why}")
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
    for path in args.list("from-file") {
        for (key, text) in file(cli, &path)? {
            add(&key, &text)?;
        }
    }
    for literal in args.all("from-literal") {
        match literal.split_once('=') {
            Some((key, value)) if !key.is_empty() => add(key, value)?,
            _ => return Err(Failure::error(format!("invalid literal source {literal}, expected key=value"))),
        }
    }
    for path in args.list("from-env-file") {
        let text = cli.env.files.get(path.as_str()).cloned();
        let text = text.ok_or_else(|| missing(&path))?;
        for line in text.lines() {
            let line = line.trim_start();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let (key, value) = line.split_once('=').unwrap_or((line, ""));
            if !is_env_name(key) {
                return Err(Failure::error(format!("{key:?} is not a valid key name: {ENV_RULE}")));
            }
            add(key, value)?;
        }
    }
    Ok(data)
}

fn missing(path: &str) -> Failure {
    Failure::error(format!("error reading {path}: no such file or directory"))
}

fn check_key(key: &str) -> Result<(), String> {
    match key {
        "." => return Err("must not be '.'".into()),
        ".." => return Err("must not be '..'".into()),
        _ => {}
    }
    if key.is_empty() || !key.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._".contains(&b)) {
        return Err(KEY_RULE.into());
    }
    Ok(())
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
    let path = path.trim_start_matches("./");
    if let Some(text) = cli.env.files.get(path) {
        let base = path.rsplit('/').next().unwrap_or(path);
        return Ok(vec![(key.unwrap_or(base).into(), text.as_str().into())]);
    }
    let prefix = format!("{}/", path.trim_end_matches('/'));
    let inside = cli.env.files.iter().filter_map(|(name, text)| {
        let rest = name.strip_prefix(&prefix)?;
        (!rest.contains('/')).then(|| (rest.to_string(), text.as_str().to_string()))
    });
    let found: Vec<(String, String)> = inside.collect();
    match key {
        _ if found.is_empty() => Err(missing(path)),
        Some(_) => Err(Failure::error("cannot give a key name for a directory path")),
        None => Ok(found),
    }
}
