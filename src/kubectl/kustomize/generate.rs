//! `configMapGenerator` and `secretGenerator` (`api/internal/generators`), and the hash of what they make (`api/hasher`).

use super::{Item, load};
use crate::api::{base64, sha256};
use crate::json;
use crate::json::{Json, Str};
use crate::kubectl::cli::Cli;

/// What a generator's entry makes.
pub fn make(cli: &Cli, folder: &str, field: &str, args: &Json, global: &Json) -> Result<Item, String> {
    let secret = field == "secretGenerator";
    let kind = if secret { "Secret" } else { "ConfigMap" };
    if args["name"].str().is_empty() {
        return Err("configmap must have a name".replace("configmap", &kind.to_lowercase()));
    }
    let mut metadata = json!({ "name": &args["name"] });
    if !args["namespace"].str().is_empty() {
        metadata.set("namespace", &args["namespace"]);
    }
    let own = &args["options"];
    for key in ["labels", "annotations"] {
        let mut all = global[key].clone();
        own[key].entries().iter().for_each(|(name, value)| all.set(name.clone(), value));
        if !all.is_empty() {
            metadata.set(key, all);
        }
    }
    let set = |key: &str| global[key].as_bool() == Some(true) || own[key].as_bool() == Some(true);
    let mut object = json!({ "apiVersion": "v1", "kind": kind, "metadata": metadata });
    if secret {
        object.set("type", args["type"].as_str().filter(|t| !t.is_empty()).unwrap_or("Opaque"));
    }
    let pairs = pairs(cli, folder, args).map_err(|why| format!("loading KV pairs: {why}"))?;
    for (key, value) in pairs {
        let mut data = object["data"].clone();
        if data.get(&key).is_some() {
            let name = args["name"].str();
            return Err(format!("configmap {name} illegally repeats the key `{key}`")
                .replace("configmap", &kind.to_lowercase()));
        }
        let value = if secret {
            Json::from(wrapped(&base64::encode(value.as_bytes())))
        } else {
            Json::from(value.as_str())
        };
        data.set(Str::from(key.as_str()), value);
        object.set("data", data);
    }
    if set("immutable") {
        object.set("immutable", true);
    }
    let behavior = args["behavior"].str().into();
    Ok(Item { hashed: !set("disableNameSuffixHash"), behavior, ..Item::of(object) })
}

/// Base64 of some length is broken into lines.
fn wrapped(encoded: &str) -> String {
    const LINE: usize = 70;
    if encoded.len() < LINE {
        return encoded.into();
    }
    let mut out = String::new();
    for (at, c) in encoded.char_indices() {
        if at > 0 && at % LINE == 0 {
            out.push('\n');
        }
        out.push(c);
    }
    out + "\n"
}

/// The keys and values: of files of variables, of literals, of files.
fn pairs(cli: &Cli, folder: &str, args: &Json) -> Result<Vec<(String, String)>, String> {
    let mut out = Vec::new();
    let load = |path: &str| load(cli, folder, path);
    let env = args["env"].as_str().map(Json::from);
    for path in args["envs"].items().iter().chain(&env) {
        let text = load(path.str()).map_err(|why| format!("env source files: [{}]: {why}", path.str()))?;
        for line in
            text.lines().map(str::trim_start).filter(|line| !line.is_empty() && !line.starts_with('#'))
        {
            let (key, value) = line.split_once('=').unwrap_or((line, ""));
            out.push((key.into(), value.into()));
        }
    }
    for literal in args["literals"].items() {
        let Some((key, value)) = literal.str().split_once('=').filter(|(key, _)| !key.is_empty()) else {
            let shown: Vec<&str> = args["literals"].items().iter().map(Json::str).collect();
            return Err(format!(
                "literal sources [{}]: invalid literal source {}, expected key=value",
                shown.join(" "),
                literal.str()
            ));
        };
        let quoted = ['"', '\''].into_iter().find_map(|q| value.strip_prefix(q)?.strip_suffix(q));
        out.push((key.into(), quoted.unwrap_or(value).into()));
    }
    for file in args["files"].items() {
        let (key, path) = match file.str().split_once('=') {
            Some((key, path)) if !key.is_empty() && !path.is_empty() => (key, path),
            Some(_) => {
                return Err(format!(
                    "file sources: [{0}]: key name or file path for file path {0} missing",
                    file.str()
                ));
            }
            None => (file.str().rsplit('/').next().unwrap_or_default(), file.str()),
        };
        let text = load(path).map_err(|why| format!("file sources: [{}]: {why}", file.str()))?;
        out.push((key.into(), text.to_string()));
    }
    Ok(out)
}

/// Adds what was made; or puts it into, or in place of, what there is.
pub fn absorb(items: &mut Vec<Item>, made: Item) -> Result<(), String> {
    let same = |item: &&mut Item| {
        item.kind() == made.kind()
            && item.group() == made.group()
            && item.first_name() == made.name()
            && (made.namespace().is_empty() || made.namespace() == item.namespace())
    };
    let found = items.iter_mut().find(same);
    match (&*made.behavior, found) {
        ("merge" | "replace", None) => {
            Err(format!("merging from generator: id {} does not exist; cannot merge or replace", made.id()))
        }
        ("merge" | "replace", Some(item)) => {
            let merges = &*made.behavior == "merge";
            let mut data = if merges { item.object["data"].clone() } else { Json::object() };
            made.object["data"].entries().iter().for_each(|(key, value)| data.set(key.clone(), value));
            item.object.set("data", data);
            for key in ["labels", "annotations"] {
                let mut all = item.object["metadata"][key].clone();
                let more = made.object["metadata"][key].entries();
                more.iter().for_each(|(name, value)| all.set(name.clone(), value));
                if !all.is_empty() {
                    let mut metadata = item.object["metadata"].clone();
                    metadata.set(Str::fixed(key), all);
                    item.object.set("metadata", metadata);
                }
            }
            item.hashed |= made.hashed;
            Ok(())
        }
        ("" | "create" | "unspecified", None) => {
            items.push(made);
            Ok(())
        }
        (_, Some(_)) => {
            Err(format!("merging from generator: id {} exists; behavior must be merge or replace", made.id()))
        }
        (other, None) => Err(format!("unknown behavior {other:?}")),
    }
}

/// Ten letters that stand for what a ConfigMap, a Secret or something else holds.
pub fn hash(object: &Json) -> String {
    // Upstream looks for the name where it never is, so it counts for nothing.
    let name = "";
    let or_empty = |field: &str| object.get(field).cloned().unwrap_or_else(|| "".into());
    let encoded = match object["kind"].str() {
        "ConfigMap" => {
            let mut held = json!({ "data": or_empty("data"), "kind": "ConfigMap", "name": name });
            if let Some(binary @ Json::Object(_)) = object.get("binaryData") {
                held.set("binaryData", binary);
            }
            held
        }
        "Secret" => {
            let mut held =
                json!({ "data": or_empty("data"), "kind": "Secret", "name": name, "type": or_empty("type") });
            if let Some(plain @ Json::Object(_)) = object.get("stringData") {
                held.set("stringData", plain);
            }
            held
        }
        _ => object.clone(),
    };
    let letter = |c: char| match c {
        '0' => 'g',
        '1' => 'h',
        '3' => 'k',
        'a' => 'm',
        'e' => 't',
        c => c,
    };
    sha256::hex(encoded.to_string().as_bytes(), 5).chars().map(letter).collect()
}
