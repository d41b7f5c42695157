//! `kubectl create secret generic|docker-registry|tls`.

use super::cli::Cli;
use super::data::{self, append_hash, collect};
use super::failure::Failure;
use super::flags::{self, Arguments, Flag, Takes};
use crate::api::{base64, key_pair};
use crate::json;
use crate::json::{Json, print};

pub(super) const GENERIC: &[Flag] = &flags::join::<5>(data::FLAGS, &[("type", ' ', Takes::Value)]);
pub(super) const DOCKER_REGISTRY: &[Flag] = &[
    ("docker-email", ' ', Takes::Value),
    ("docker-password", ' ', Takes::Value),
    ("docker-server", ' ', Takes::Value),
    ("docker-username", ' ', Takes::Value),
    ("from-file", ' ', Takes::Value),
    ("append-hash", ' ', Takes::Nothing),
];
pub(super) const TLS: &[Flag] =
    &[("cert", ' ', Takes::Value), ("key", ' ', Takes::Value), ("append-hash", ' ', Takes::Nothing)];

/// The server where none is named.
const DOCKER_HUB: &str = "https://index.docker.io/v1/";

pub(super) fn generic(cli: &mut Cli, args: &Arguments, name: &str) -> Result<Json, Failure> {
    let data = collect(cli, args, name, true)?;
    Ok(secret(args, name, args.get("type"), &data))
}

pub(super) fn docker_registry(cli: &mut Cli, args: &Arguments, name: &str) -> Result<Json, Failure> {
    const KEY: &str = ".dockerconfigjson";
    let server = if args.has("docker-server") { args.get("docker-server") } else { DOCKER_HUB };
    let (user, password) = (args.get("docker-username"), args.get("docker-password"));
    let mut data = Json::object();
    if args.has("from-file") {
        for source in args.list("from-file") {
            let source = if source.contains('=') { source } else { format!("{KEY}={source}") };
            for (key, text) in data::file(cli, &source)? {
                data.set(key.as_str(), text);
            }
        }
    } else if [server, user, password].contains(&"") {
        return Err(Failure::error(
            "either --from-file or the combination of --docker-username, --docker-password and --docker-server is required",
        ));
    } else {
        data.set(KEY, docker_config(server, user, password, args.get("docker-email")));
    }
    Ok(secret(args, name, "kubernetes.io/dockerconfigjson", &data))
}

/// What `docker login` would write, with the fields in Go's order.
fn docker_config(server: &str, user: &str, password: &str, email: &str) -> String {
    let auth = base64::encode(format!("{user}:{password}").as_bytes());
    let fields = [("username", user), ("password", password), ("email", email), ("auth", &auth)];
    let quoted = |text: &str| {
        let mut out = String::new();
        // Writing to a string cannot fail.
        let _ = print::quoted(text, &mut out);
        out
    };
    let fields: Vec<String> = fields
        .iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(key, value)| format!("{}:{}", quoted(key), quoted(value)))
        .collect();
    format!("{{\"auths\":{{{}:{{{}}}}}}}", quoted(server), fields.join(","))
}

pub(super) fn tls(cli: &mut Cli, args: &Arguments, name: &str) -> Result<Json, Failure> {
    if args.get("key").is_empty() || args.get("cert").is_empty() {
        return Err(Failure::error("key and cert must be specified"));
    }
    let read = |path: &str| {
        let missing = || format!("Cannot read file {path}, open {path}: no such file or directory");
        cli.text(path).ok_or_else(|| Failure::error(missing()))
    };
    let (cert, key) = (read(args.get("cert"))?, read(args.get("key"))?);
    key_pair::check(cert.as_bytes(), key.as_bytes()).map_err(Failure::error)?;
    Ok(secret(args, name, "kubernetes.io/tls", &json!({ "tls.crt": cert, "tls.key": key })))
}

/// A Secret of these texts.
fn secret(args: &Arguments, name: &str, kind: &str, data: &Json) -> Json {
    let encoded = data.entries().iter().map(|(k, v)| (k.clone(), base64::encode(v.str().as_bytes()).into()));
    let encoded = Json::Object(encoded.collect());
    let mut object = json!({ "metadata": { "name": name } });
    if args.is("append-hash") {
        let content = json!({ "data": &encoded, "kind": "Secret", "name": name, "type": kind });
        append_hash(&mut object, content);
    }
    if !encoded.is_empty() {
        object.set("data", encoded);
    }
    if !kind.is_empty() {
        object.set("type", kind);
    }
    object
}
