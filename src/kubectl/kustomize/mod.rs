//! `kubectl kustomize` and `-k`: objects made of a folder's `kustomization.yaml` (kustomize, `api/internal/target/kusttarget.go`).
//!
//! - `generate`: ConfigMaps and Secrets out of literals and files, and the hash that ends their names.
//! - `transform`: prefixes, labels, images, …, each a list of the fields that it changes.
//! - `names`: an object that gets another name is called so wherever it is meant.
//!
//! *Absent:* what comes from elsewhere (URLs, Helm), and what is deprecated or a program of its own (`vars`, `replacements`,
//! plugins).

mod generate;
mod names;
mod transform;

use super::Flow;
use super::cli::Cli;
use super::failure::Failure;
use super::flags::{self, Takes};
use crate::collections::sort_by_key;
use crate::json::{Json, Str, yaml};
use crate::manifest;

const FILES: [&str; 3] = ["kustomization.yaml", "kustomization.yml", "Kustomization"];
/// How deep a kustomization may stand on others.
const DEPTH: usize = 32;
/// The fields of a kustomization that are understood.
const FIELDS: &[&str] = &[
    "apiVersion",
    "bases",
    "buildMetadata",
    "commonAnnotations",
    "commonLabels",
    "components",
    "configMapGenerator",
    "generatorOptions",
    "images",
    "kind",
    "labels",
    "metadata",
    "namePrefix",
    "nameSuffix",
    "namespace",
    "patches",
    "patchesJson6902",
    "patchesStrategicMerge",
    "replicas",
    "resources",
    "secretGenerator",
    "sortOptions",
];
/// Those that are better called otherwise.
const DEPRECATED: &[(&str, &str)] = &[
    ("bases", "resources"),
    ("commonLabels", "labels"),
    ("patchesJson6902", "patches"),
    ("patchesStrategicMerge", "patches"),
];
/// Those that upstream has beside them.
const MORE: &[&str] = &[
    "configurations",
    "crds",
    "generators",
    "helmChartInflationGenerator",
    "helmCharts",
    "helmGlobals",
    "imageTags",
    "openapi",
    "replacements",
    "transformers",
    "validators",
    "vars",
];

/// An object on its way.
#[derive(Clone)]
struct Item {
    object: Json,
    /// All names that it has had, with the namespaces it then had; the first is that of its file.
    past: Vec<(String, String)>,
    /// Its name ends with a hash of what is in it.
    hashed: bool,
    /// `behavior` of what a generator made.
    behavior: Str,
}

impl Item {
    fn of(object: Json) -> Item {
        Item { object, past: Vec::new(), hashed: false, behavior: Str::default() }
    }

    fn name(&self) -> &str {
        self.object["metadata"]["name"].str()
    }

    fn namespace(&self) -> &str {
        self.object["metadata"]["namespace"].str()
    }

    fn kind(&self) -> &str {
        self.object["kind"].str()
    }

    /// The group of its kind.
    fn group(&self) -> &str {
        self.object["apiVersion"].str().split_once('/').map_or("", |(group, _)| group)
    }

    /// `ConfigMap.v1.[noGrp]/name.[noNs]`, as kustomize calls it.
    fn id(&self) -> String {
        let version = self.object["apiVersion"].str();
        let (group, version) = version.split_once('/').unwrap_or(("[noGrp]", version));
        let namespace = if self.namespace().is_empty() { "[noNs]" } else { self.namespace() };
        format!("{}.{version}.{group}/{}.{namespace}", self.kind(), self.name())
    }

    /// Whether it is, or was, called so.
    fn was(&self, name: &str) -> bool {
        self.name() == name || self.past.iter().any(|(past, _)| past == name)
    }

    /// The name of its file.
    fn first_name(&self) -> &str {
        self.past.first().map_or(self.name(), |(name, _)| name)
    }

    /// Keeps what it is called now, before that changes.
    fn remember(&mut self) {
        let now = (self.name().to_string(), self.namespace().to_string());
        if self.past.last() != Some(&now) {
            self.past.push(now);
        }
    }
}

pub(super) fn run(cli: &mut Cli, args: &[String]) -> Result<Flow, Failure> {
    let flags = [
        ("enable-alpha-plugins", ' ', Takes::Nothing),
        ("enable-helm", ' ', Takes::Nothing),
        ("load-restrictor", ' ', Takes::Value),
        ("output", 'o', Takes::Value),
        ("reorder", ' ', Takes::Value),
    ];
    let args = flags::parse("kustomize", args, &flags)?;
    let folder = match args.words.as_slice() {
        [] => ".",
        [folder] => folder,
        _ => return Err(Failure::error("specify one path to kustomization.yaml")),
    };
    let text = build(cli, folder)?;
    cli.print(text);
    Ok(Flow::Exit(0))
}

/// The objects that a folder makes, as YAML documents.
pub(super) fn build(cli: &mut Cli, folder: &str) -> Result<String, Failure> {
    if cli.env.files.folder(folder).is_none() {
        let why = match cli.text(folder) {
            Some(_) => format!("must build at directory: '{folder}': file is not directory"),
            None => format!("must build at directory: {}", not_valid(folder)),
        };
        return Err(Failure::error(why));
    }
    let mut items = target(cli, &clean(folder), Vec::new(), 0).map_err(Failure::error)?;
    for item in items.iter_mut().filter(|item| item.hashed) {
        item.remember();
        let name = format!("{}-{}", item.name(), generate::hash(&item.object));
        item.object.set_at(&["metadata", "name"], name);
    }
    names::fix(&mut items);
    items.retain(|item| {
        item.object["metadata"]["annotations"]["config.kubernetes.io/local-config"].str() != "true"
    });
    order(&mut items);
    Ok(items.iter().map(|item| yaml::to_yaml(&item.object)).collect::<Vec<String>>().join("---\n"))
}

fn not_valid(folder: &str) -> String {
    format!(
        "not a valid directory: evalsymlink failure on '{folder}' : lstat {folder}: no such file or directory"
    )
}

/// The order in which objects can be made: namespaces first (kustomize's `legacy`).
fn order(items: &mut [Item]) {
    const FIRST: &[&str] = &[
        "Namespace",
        "ResourceQuota",
        "StorageClass",
        "CustomResourceDefinition",
        "ServiceAccount",
        "PodSecurityPolicy",
        "Role",
        "ClusterRole",
        "RoleBinding",
        "ClusterRoleBinding",
        "ConfigMap",
        "Secret",
        "Endpoints",
        "Service",
        "LimitRange",
        "PriorityClass",
        "PersistentVolume",
        "PersistentVolumeClaim",
        "Deployment",
        "StatefulSet",
        "CronJob",
        "PodDisruptionBudget",
    ];
    const LAST: [&str; 2] = ["MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"];
    sort_by_key(items, |item| {
        let kind = item.kind();
        let rank = match (FIRST.iter().position(|k| *k == kind), LAST.iter().position(|k| *k == kind)) {
            (Some(at), _) => at,
            (_, Some(at)) => FIRST.len() + 1 + at,
            _ => FIRST.len(),
        };
        let or = |word: &str, none: &str| if word.is_empty() { none.to_string() } else { word.to_string() };
        let version = item.object["apiVersion"].str().rsplit('/').next().unwrap_or_default();
        format!(
            "{rank:02} {}_{version}_{kind}|{}|{}",
            or(item.group(), "~G"),
            or(item.namespace(), "~X"),
            or(item.name(), "~N")
        )
    });
}

/// A path without `.` and `..`.
fn clean(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/').filter(|part| !part.is_empty() && *part != ".") {
        match part {
            ".." if parts.last().is_some_and(|last| *last != "..") => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    let root = if path.starts_with('/') { "/" } else { "" };
    if parts.is_empty() && root.is_empty() { ".".into() } else { format!("{root}{}", parts.join("/")) }
}

fn join(folder: &str, path: &str) -> String {
    if path.starts_with('/') { clean(path) } else { clean(&format!("{folder}/{path}")) }
}

/// A file of a kustomization; it must lie in its folder or below.
fn load(cli: &Cli, folder: &str, path: &str) -> Result<Str, String> {
    let full = join(folder, path);
    let text = cli.text(&full).ok_or_else(|| {
        format!("evalsymlink failure on '{full}' : lstat {full}: no such file or directory")
    })?;
    let inside = match folder {
        "." => !full.starts_with("../") && !full.starts_with('/'),
        folder => full.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/')),
    };
    if inside { Ok(text) } else { Err(format!("security; file '{full}' is not in or below '{folder}'")) }
}

/// The accumulated objects of a folder; a component gets those there are already.
fn target(cli: &mut Cli, folder: &str, given: Vec<Item>, depth: usize) -> Result<Vec<Item>, String> {
    if depth > DEPTH {
        return Err(format!("cycle detected: '{folder}' stands on itself"));
    }
    let found: Vec<Str> = FILES.iter().filter_map(|name| cli.text(&join(folder, name))).collect();
    let text = match found.as_slice() {
        [] => {
            let [a, b, c] = FILES;
            return Err(format!("unable to find one of '{a}', '{b}' or '{c}' in directory '{folder}'"));
        }
        [text] => text,
        _ => return Err(format!("Found multiple kustomization files under: {folder}")),
    };
    let document = manifest::document(text).map_err(|e| {
        format!("invalid Kustomization: {}", e.message.trim_start_matches("error converting YAML to JSON: "))
    })?;
    let kustomization = document.value;
    check(folder, &kustomization)?;
    for (field, instead) in DEPRECATED {
        if !kustomization[*field].is_null() {
            cli.error_line(format!(
                "# Warning: '{field}' is deprecated. Please use '{instead}' instead. Run 'kustomize edit fix' to update your Kustomization automatically."
            ));
        }
    }
    let mut items = given;
    for field in ["resources", "bases"] {
        for path in kustomization[field].items() {
            accumulate(cli, folder, path.str(), depth, &mut items)
                .map_err(|why| format!("accumulating resources: {why}"))?;
        }
    }
    for field in ["configMapGenerator", "secretGenerator"] {
        for generator in kustomization[field].items() {
            let made = generate::make(cli, folder, field, generator, &kustomization["generatorOptions"])?;
            generate::absorb(&mut items, made)?;
        }
    }
    for path in kustomization["components"].items() {
        let path = join(folder, path.str());
        items = target(cli, &path, items, depth + 1)
            .map_err(|why| format!("accumulating components: accumulateDirectory: {why:?}"))?;
    }
    transform::all(cli, folder, &kustomization, &mut items)?;
    Ok(items)
}

fn check(folder: &str, kustomization: &Json) -> Result<(), String> {
    let mut meant = kustomization.entries().iter().filter(|(key, _)| *key != "kind" && *key != "apiVersion");
    if meant.next().is_none() {
        return Err("kustomization.yaml is empty".into());
    }
    for (key, _) in kustomization.entries() {
        if MORE.contains(&key.as_str()) {
            return Err(format!("{key}: kustomize has this field; the one in this page does not"));
        }
        if !FIELDS.contains(&key.as_str()) {
            return Err(format!("invalid Kustomization: json: unknown field {:?}", key.as_str()));
        }
    }
    let kind = kustomization["kind"].as_str().unwrap_or("Kustomization");
    let (version, known) = match kind {
        "Component" => ("kustomize.config.k8s.io/v1alpha1", true),
        _ => ("kustomize.config.k8s.io/v1beta1", kind == "Kustomization"),
    };
    let mut wrong = Vec::new();
    if !known {
        wrong.push("kind should be Kustomization or Component".to_string());
    }
    if kustomization["apiVersion"].as_str().is_some_and(|own| own != version) {
        wrong.push(format!("apiVersion for {kind} should be {version}"));
    }
    if wrong.is_empty() {
        return Ok(());
    }
    Err(format!("Failed to read kustomization file under {folder}:\n{}", wrong.join("\n")))
}

/// Adds what a file or another kustomization has.
fn accumulate(
    cli: &mut Cli,
    folder: &str,
    path: &str,
    depth: usize,
    items: &mut Vec<Item>,
) -> Result<(), String> {
    let full = join(folder, path);
    let from = format!("accumulating resources from '{path}'");
    let found = match load(cli, folder, path) {
        Ok(text) => objects(&text).map_err(|why| format!("{from}: {why}"))?,
        Err(_) if cli.env.files.folder(&full).is_some() => {
            let made = target(cli, &full, Vec::new(), depth + 1);
            let not_a_file = format!("accumulation err='{from}': '{full}' must resolve to a file'");
            made.map_err(|why| format!("{not_a_file}: recursed accumulation of path '{full}': {why}"))?
        }
        Err(why) => {
            let other = match cli.text(&full) {
                Some(_) => format!("'{full}': file is not directory"),
                None => not_valid(&full),
            };
            return Err(format!("accumulation err='{from}: {why}': must build at directory: {other}"));
        }
    };
    for item in found {
        if items.iter().any(|known| known.id() == item.id()) {
            let id = item.id();
            return Err(format!(
                "merging resources from '{path}': may not add resource with an already registered id: {id}"
            ));
        }
        items.push(item);
    }
    Ok(())
}

/// The objects of a file; a List is what is in it.
fn objects(text: &str) -> Result<Vec<Item>, String> {
    let mut out = Vec::new();
    for document in manifest::documents(text) {
        let value = document.map_err(|e| format!("MalformedYAMLError: {}", e.message))?.value;
        let list = value["kind"].str().ends_with("List") && matches!(value["items"], Json::Array(_));
        let all = if list { value["items"].items().to_vec() } else { vec![value] };
        for object in all.into_iter().filter(|object| !object.is_null()) {
            for (field, path) in [("kind", "kind"), ("metadata.name", "name")] {
                let there = if path == "kind" { &object["kind"] } else { &object["metadata"]["name"] };
                if there.str().is_empty() {
                    return Err(format!("missing {field} in object {object}"));
                }
            }
            out.push(Item::of(object));
        }
    }
    Ok(out)
}
