//! `-f`: files, folders and standard input → objects, checked as far as the client checks them.

use super::cli::Cli;
use super::failure::Failure;
use super::flags::{Arguments, boolean};
use crate::api::{Resource, kinds};
use crate::json::Json;
use crate::manifest;

/// An object of a file.
#[derive(Clone, Debug)]
pub(super) struct Info {
    /// Its resource.
    pub resource: Resource,
    /// The object, with its namespace.
    pub object: Json,
    /// The file, as error messages call it.
    pub source: String,
}

impl Info {
    /// The object's name.
    pub fn name(&self) -> &str {
        self.object["metadata"]["name"].str()
    }
    /// The object's namespace; `""` where its resource has none.
    pub fn namespace(&self) -> &str {
        self.object["metadata"]["namespace"].str()
    }
}

/// All objects that `-f` names; the first fault ends it.
pub(super) fn read(cli: &mut Cli, args: &Arguments) -> Result<Vec<Info>, Failure> {
    let (infos, failures) = read_all(cli, args, false)?;
    Failure::many(failures)?;
    Ok(infos)
}

/// All objects that `-f` names, and the faults of those that have some. A path that does not exist ends it.
pub(super) fn read_all(
    cli: &mut Cli,
    args: &Arguments,
    validate: bool,
) -> Result<(Vec<Info>, Vec<Failure>), Failure> {
    let mut sources = Vec::new();
    for path in args.list("filename") {
        sources.extend(open(cli, &path, args.is("recursive"))?);
    }
    let (mut infos, mut failures) = (Vec::new(), Vec::new());
    for (name, text) in sources {
        for document in manifest::documents(&text) {
            match document {
                Err(error) => {
                    failures.push(Failure::error(format!("error parsing {name}: {}", error.message)))
                }
                Ok(document) if document.value.is_null() => {}
                Ok(document) => {
                    objects(cli, &name, &document.value, args, validate, &mut infos, &mut failures)
                }
            }
        }
    }
    Ok((infos, failures))
}

/// The texts behind a path.
fn open(cli: &Cli, path: &str, recursive: bool) -> Result<Vec<(String, String)>, Failure> {
    if path == "-" {
        return Ok(vec![("STDIN".into(), cli.stdin.into())]);
    }
    let path = path.trim_start_matches("./");
    if let Some(text) = cli.text(path) {
        return Ok(vec![(path.into(), text.as_str().into())]);
    }
    let Some(there) = cli.env.files.folder(path) else {
        return Err(Failure::error(format!("the path {path:?} does not exist")));
    };
    let folder = path.trim_end_matches('/');
    let prefix = if folder == "." || folder.is_empty() { String::new() } else { format!("{folder}/") };
    let known = |name: &str| [".json", ".yaml", ".yml"].iter().any(|e| name.ends_with(e));
    let found: Vec<(String, String)> = there
        .iter()
        .filter(|(name, _)| (recursive || !name.contains('/')) && known(name))
        .map(|(name, text)| (format!("{prefix}{name}"), text.to_string()))
        .collect();
    if found.is_empty() {
        let message = format!("error reading [{path}]: recognized file extensions are [.json .yaml .yml]");
        return Err(Failure::error(message));
    }
    Ok(found)
}

fn objects(
    cli: &mut Cli,
    source: &str,
    value: &Json,
    args: &Arguments,
    validate: bool,
    infos: &mut Vec<Info>,
    failures: &mut Vec<Failure>,
) {
    let ignored = args.get("validate") == "ignore" || boolean(args.get("validate")) == Some(false);
    if validate && !ignored {
        let mut missing = Vec::new();
        if !matches!(value, Json::Object(_)) {
            missing.push("invalid object to validate");
        } else {
            if value["apiVersion"].is_null() {
                missing.push("apiVersion not set");
            }
            if value["kind"].is_null() {
                missing.push("kind not set");
            }
        }
        if !missing.is_empty() {
            let what =
                if missing.len() == 1 { missing.concat() } else { format!("[{}]", missing.join(", ")) };
            failures.push(Failure::error(format!(
                "error validating {source:?}: error validating data: {what}; if you choose to ignore these errors, turn validation off with --validate=false"
            )));
            return;
        }
    }
    let kind = value["kind"].str();
    if kind.is_empty() {
        failures.push(Failure::error(format!(
            "unable to decode {source:?}: Object 'Kind' is missing in '{value}'"
        )));
        return;
    }
    if kind == "List" && value["apiVersion"].str() == "v1" {
        for item in value["items"].items() {
            objects(cli, source, item, args, false, infos, failures);
        }
        return;
    }
    if let Some(message) = metadata_fault(&value["metadata"]) {
        failures.push(Failure::error(format!("unable to decode {source:?}: json: {message}")));
        return;
    }
    let version = value["apiVersion"].str();
    let discovery = &mut cli.env.discovery;
    let found = kinds::by_kind(version, kind).map(Resource::from);
    let found = found.or_else(|| discovery.search(cli.env.api, &|all| by_loose_kind(all, version, kind)));
    let Some(resource) = found else {
        let name = value["metadata"]["name"].str();
        let namespace = value["metadata"]["namespace"].str();
        failures.push(Failure::error(format!(
            "resource mapping not found for name: {name:?} namespace: {namespace:?} from {source:?}: no matches for kind {kind:?} in version {version:?}\n\
             ensure CRDs are installed first"
        )));
        return;
    };
    let mut object = value.clone();
    if resource.namespaced {
        let own = object["metadata"]["namespace"].str();
        if own.is_empty() {
            object.set_at(&["metadata", "namespace"], args.namespace());
        } else if args.has("namespace") && own != args.namespace() {
            failures.push(Failure::error(format!(
                "the namespace from the provided object {own:?} does not match the namespace {:?}. You must pass '--namespace={own}' to perform this operation.",
                args.namespace()
            )));
            return;
        }
    }
    infos.push(Info { resource, object, source: source.into() });
}

/// The client matches kinds without regard to case; the server then refuses them.
fn by_loose_kind(all: &[Resource], version: &str, kind: &str) -> Option<Resource> {
    all.iter().find(|r| r.api_version() == version && r.kind.eq_ignore_ascii_case(kind)).cloned()
}

/// What the client cannot decode of metadata.
fn metadata_fault(meta: &Json) -> Option<String> {
    let word = |v: &Json| match v {
        Json::Bool(_) => "bool",
        Json::Int(_) | Json::Float(_) => "number",
        Json::Str(_) => "string",
        Json::Array(_) => "array",
        _ => "object",
    };
    if !matches!(meta, Json::Null | Json::Object(_)) {
        return Some(format!(
            "cannot unmarshal {} into Go struct field .metadata of type v1.ObjectMeta",
            word(meta)
        ));
    }
    for key in ["annotations", "labels"] {
        for (_, value) in meta[key].entries() {
            if !matches!(value, Json::Str(_) | Json::Null) {
                let kind = word(value);
                return Some(format!(
                    "cannot unmarshal {kind} into Go struct field ObjectMeta.metadata.{key} of type string"
                ));
            }
        }
    }
    for key in ["name", "namespace", "generateName"] {
        if !matches!(meta[key], Json::Str(_) | Json::Null) {
            let kind = word(&meta[key]);
            return Some(format!(
                "cannot unmarshal {kind} into Go struct field ObjectMeta.metadata.{key} of type string"
            ));
        }
    }
    None
}
