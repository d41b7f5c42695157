//! `-f`: files, folders and standard input → objects, checked as far as the client checks them.

use super::cli::Cli;
use super::failure::Failure;
use super::flags::{Arguments, boolean};
use super::kustomize;
use crate::api::Resource;
use crate::api::schema::{OBJECT_META, Shape};
use crate::json::Json;
use crate::manifest;
use crate::sim::Time;

/// An object of a file.
#[derive(Clone, Debug)]
pub(super) struct Info {
    /// Its resource.
    pub resource: Resource,
    /// The object, with its namespace.
    pub object: Json,
    /// The file, as error messages call it.
    pub source: String,
    /// Whether it stood in a List.
    pub of_list: bool,
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

/// Files, or words: not both.
pub(super) fn either(args: &Arguments) -> Result<(), Failure> {
    if !args.words.is_empty() && (args.has("filename") || args.has("kustomize")) {
        return Err(both());
    }
    Ok(())
}

/// Files and words were given.
pub(super) fn both() -> Failure {
    Failure::error(
        "when paths, URLs, or stdin is provided as input, you may not specify resource arguments as well",
    )
}

/// A command that takes its objects from files only must be given some, and in one way.
pub(super) fn given(args: &Arguments) -> Result<(), Failure> {
    match (args.has("filename"), args.has("kustomize")) {
        (false, false) => Err(Failure::error("must specify one of -f and -k")),
        (true, true) => Err(Failure::error("only one of -f or -k can be specified")),
        (_, true) if args.is("recursive") => Err(Failure::error("the -k flag can't be used with -f or -R")),
        _ => Ok(()),
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
    if args.has("kustomize") {
        let path = args.get("kustomize");
        sources.push((path.to_string(), kustomize::build(cli, path)?));
    }
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
        let faults = faults(value);
        if !faults.is_empty() {
            let what = if faults.len() == 1 { faults.concat() } else { format!("[{}]", faults.join(", ")) };
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
    if let Json::Array(items) = &value["items"] {
        let first = infos.len();
        for item in items.iter() {
            let item = of_list(value, item);
            let (version, kind) = (item["apiVersion"].str(), item["kind"].str());
            if find(cli, version, kind).is_none() {
                let text = format!("unable to recognize no matches for kind {kind:?} in version {version:?}");
                failures.push(Failure::text(text));
            } else {
                objects(cli, source, &item, args, false, infos, failures);
            }
        }
        infos[first..].iter_mut().for_each(|info| info.of_list = true);
        return;
    }
    if kind == "List" && value["apiVersion"].str() == "v1" {
        return;
    }
    if let Some(message) = metadata_fault(&value["metadata"]) {
        failures.push(Failure::error(format!("unable to decode {source:?}: {message}")));
        return;
    }
    let version = value["apiVersion"].str();
    let Some(resource) = find(cli, version, kind) else {
        let name = value["metadata"]["name"].str();
        let namespace = value["metadata"]["namespace"].str();
        failures.push(Failure::error(format!(
            "resource mapping not found for name: {name:?} namespace: {namespace:?} from {source:?}: no matches for kind {kind:?} in version {version:?}\n\
             ensure CRDs are installed first"
        )));
        return;
    };
    let mut object = value.clone();
    if resource.namespaced && !args.is("local") {
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
    infos.push(Info { resource, object, source: source.into(), of_list: false });
}

fn find(cli: &mut Cli, version: &str, kind: &str) -> Option<Resource> {
    cli.env.discovery.search(cli.env.api, &|all| by_kind(all, version, kind))
}

/// The client matches kinds without regard to case, where none fits as written; the server then refuses them.
fn by_kind(all: &[Resource], version: &str, kind: &str) -> Option<Resource> {
    let of_version = || all.iter().filter(|r| r.api_version() == version);
    let loose = || of_version().find(|r| r.kind.eq_ignore_ascii_case(kind));
    of_version().find(|r| r.kind == kind).or_else(loose).cloned()
}

/// What is wrong with a document even before it is an object (`validation.SchemaValidation`).
fn faults(value: &Json) -> Vec<String> {
    if !matches!(value, Json::Object(_)) {
        return vec!["invalid object to validate".into()];
    }
    let mut faults = Vec::new();
    for field in ["apiVersion", "kind"] {
        match &value[field] {
            Json::Null => faults.push(format!("{field} not set")),
            Json::Str(_) => {}
            _ => faults.push(format!("{field} isn't string type")),
        }
    }
    let version = value["apiVersion"].str();
    if faults.is_empty() && version.matches('/').count() > 1 {
        faults.push(format!("unexpected GroupVersion string: {version}"));
    }
    if faults.is_empty() && version == "v1" && value["kind"].str() == "List" {
        match &value["items"] {
            Json::Array(items) => faults.extend(items.iter().flat_map(self::faults)),
            _ => faults.push("invalid object to validate".into()),
        }
    }
    faults
}

/// An item of a list of one kind need not say it.
fn of_list(list: &Json, item: &Json) -> Json {
    let mut item = item.clone();
    let kind = list["kind"].str().strip_suffix("List").unwrap_or("");
    if item["kind"].is_null() && !kind.is_empty() {
        item.set("kind", kind);
        if item["apiVersion"].is_null() {
            item.set("apiVersion", &list["apiVersion"]);
        }
    }
    item
}

/// What the client cannot decode of metadata: it reads it into Go's own struct.
fn metadata_fault(meta: &Json) -> Option<String> {
    if !matches!(meta, Json::Null | Json::Object(_)) {
        let found = meta.go_kind();
        return Some(format!(
            "json: cannot unmarshal {found} into Go struct field .metadata of type v1.ObjectMeta"
        ));
    }
    for field in OBJECT_META.get().fields {
        let value = &meta[field.name];
        let wrong = |value: &Json, wanted: &str| {
            let number = match value {
                Json::Int(_) | Json::Float(_) if wanted.starts_with("int") => format!("number {value}"),
                _ => value.go_kind().to_owned(),
            };
            Some(format!(
                "json: cannot unmarshal {number} into Go struct field ObjectMeta.metadata.{} of type {wanted}",
                field.name
            ))
        };
        match (&field.shape, value) {
            (_, Json::Null) => {}
            (Shape::Str, Json::Str(_)) => {}
            (Shape::Str, _) => return wrong(value, if field.name == "uid" { "types.UID" } else { "string" }),
            (Shape::Int64, Json::Int(_)) => {}
            (Shape::Int64, _) => return wrong(value, "int64"),
            (Shape::Map(_), Json::Object(entries)) => {
                let bad = entries.entries().iter().find(|(_, v)| !matches!(v, Json::Str(_) | Json::Null));
                if let Some((_, bad)) = bad {
                    return wrong(bad, "string");
                }
            }
            (Shape::Map(_), _) => return wrong(value, "map[string]string"),
            (Shape::List(Shape::Str), Json::Array(items)) => {
                if let Some(bad) = items.iter().find(|v| !matches!(v, Json::Str(_) | Json::Null)) {
                    return wrong(bad, "string");
                }
            }
            (Shape::List(Shape::Str), _) => return wrong(value, "[]string"),
            (Shape::List(_), Json::Array(_)) => {}
            (Shape::List(_), _) if field.name == "ownerReferences" => {
                return wrong(value, "[]v1.OwnerReference");
            }
            (Shape::List(_), _) => return wrong(value, "[]v1.ManagedFieldsEntry"),
            (_, Json::Str(text)) => {
                if Time::parse(text).is_none() {
                    return Some(format!(
                        "parsing time {:?} as \"2006-01-02T15:04:05Z07:00\": cannot parse {:?} as \"2006\"",
                        text.as_str(),
                        text.as_str()
                    ));
                }
            }
            _ => return wrong(value, "string"),
        }
    }
    None
}
