//! What the layout promises, held by machine: who may import whom, a header in every file, files that fit in a head.
//!
//! Each rule reads the sources as text and adds its offences as `file:line: what is wrong`; all are shown at once.

use std::fs;
use std::path::{Path, PathBuf};

/// A module of `src/`, and the modules whose names it may write. The order is the order data flows.
const MAY_IMPORT: &[(&str, &[&str])] = &[
    ("collections", &[]),
    ("json", &["collections"]),
    ("regex", &[]),
    ("sim", &["collections"]),
    ("shell", &["collections"]),
    ("api", &["collections", "json", "sim"]),
    ("manifest", &["collections", "json", "api"]),
    ("cel", &["collections", "json", "regex", "sim", "api"]),
    ("apiserver", &["collections", "json", "regex", "sim", "api", "cel"]),
    ("client", &["collections", "json", "sim", "api"]),
    ("controllers", &["collections", "client", "api", "json", "sim", "cel"]),
    ("scheduler", &["collections", "client", "api", "json", "sim"]),
    ("kubelet", &["collections", "shell", "client", "api", "json", "sim"]),
    ("kubectl", &["collections", "manifest", "client", "api", "json", "sim"]),
    ("http", &["collections", "manifest", "client", "api", "json", "sim"]),
    (
        "cluster",
        &["collections", "apiserver", "client", "controllers", "scheduler", "kubelet", "api", "json", "sim"],
    ),
    (
        "playground",
        &["collections", "shell", "cluster", "http", "kubectl", "manifest", "client", "api", "json", "sim"],
    ),
    ("conformance", &["collections", "playground", "cluster", "manifest", "json"]),
    ("lessons", &["collections", "playground", "cluster", "kubectl", "manifest", "api", "json", "sim"]),
];

/// On top of everything, so free to import it; also the only ones that may touch the world outside.
const TOP: &[&str] = &["lib", "web", "bin"];

/// Where sources are looked for, below the repository's folder.
const SOURCES: &[&str] = &[
    "build.rs",
    "build",
    "src",
    "tests",
    "xtask/src",
    "www/src",
    "www/build",
    "www/tests",
    "www/vite.config.ts",
];

/// Built, not written.
const GENERATED: &[&str] = &["www/src/wasm/"];

/// The ceiling for one file.
const MAX_LINES: usize = 500;

/// Files that may be longer, how long, and why.
const LONGER: &[(&str, usize, &str)] =
    &[("tests/nodes.rs", 520, "one small world and the scenarios played in it")];

/// What only the top may name: the engine's time is virtual, its order fixed, its thread one.
const OUTSIDE_WORLD: &[&str] = &[
    "Instant::now",
    "SystemTime",
    "Date::now",
    "performance.now",
    "HashMap",
    "HashSet",
    "thread::",
    "async fn",
    "getrandom",
];

#[test]
fn imports_follow_the_table() {
    let mut offences = Vec::new();
    for file in rust_below("src") {
        let module = module_of(&file.path);
        if TOP.contains(&module.as_str()) {
            continue;
        }
        let Some((_, allowed)) = MAY_IMPORT.iter().find(|(name, _)| *name == module) else {
            offences.push(format!("{}:1: {module} has no row in the import table", file.path));
            continue;
        };
        for (line, imported) in imports(&file.text) {
            let known =
                MAY_IMPORT.iter().any(|(name, _)| *name == imported) || TOP.contains(&imported.as_str());
            if known && imported != module && !allowed.contains(&imported.as_str()) {
                offences.push(format!("{}:{line}: {module} may not import {imported}", file.path));
            }
        }
    }
    report(&offences);
}

#[test]
fn every_file_says_what_it_is() {
    let mut offences = Vec::new();
    for file in sources() {
        let first = file.text.lines().next().unwrap_or("");
        let (wanted, has) = match file.extension() {
            "rs" => ("a `//!` header", first.starts_with("//!")),
            _ => ("a leading comment", first.starts_with("//") || first.starts_with("/*")),
        };
        if !has {
            offences.push(format!("{}:1: {wanted} is missing", file.path));
        }
    }
    report(&offences);
}

#[test]
fn files_stay_short() {
    let mut offences = Vec::new();
    for file in sources() {
        let lines = file.text.lines().count();
        let excepted = LONGER.iter().find(|(path, _, _)| *path == file.path);
        let max = excepted.map_or(MAX_LINES, |(_, max, _)| *max);
        if lines > max {
            offences.push(format!("{}:{max}: {lines} lines, {max} are allowed", file.path));
        }
        if excepted.is_some() && lines <= MAX_LINES {
            offences.push(format!("{}:1: needs no exception any more", file.path));
        }
    }
    report(&offences);
}

#[test]
fn nothing_is_left_to_do() {
    let marks =
        [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("todo", "!("), concat!("unimplemented", "!(")];
    let mut offences = Vec::new();
    for file in sources() {
        for (number, line) in file.text.lines().enumerate() {
            for mark in marks.iter().filter(|mark| line.contains(**mark)) {
                offences.push(format!("{}:{}: {mark}", file.path, number + 1));
            }
        }
    }
    report(&offences);
}

#[test]
fn the_engine_does_not_name_the_outside_world() {
    let mut offences = Vec::new();
    for file in rust_below("src") {
        if TOP.contains(&module_of(&file.path).as_str()) {
            continue;
        }
        for (number, line) in code(&file.text) {
            for name in OUTSIDE_WORLD.iter().filter(|name| line.contains(**name)) {
                offences.push(format!("{}:{number}: the engine may not name {name}", file.path));
            }
        }
    }
    report(&offences);
}

#[test]
fn an_import_is_found_however_it_is_written() {
    let text = "use crate::json::Json;\n// crate::web is only mentioned\nuse crate::{\n    api::Object,\n    client::{lister, cluster},\n};\nlet x = crate::sim::Rng::new(1);\n";
    let found: Vec<String> = imports(text).into_iter().map(|(line, name)| format!("{line} {name}")).collect();
    assert_eq!(found, ["1 json", "4 api", "5 client", "7 sim"]);
}

/// A source file: its path below the repository with `/`, and what it says.
struct Source {
    path: String,
    text: String,
}

impl Source {
    fn extension(&self) -> &str {
        self.path.rsplit('.').next().unwrap_or("")
    }
}

fn sources() -> Vec<Source> {
    SOURCES
        .iter()
        .flat_map(|place| below(place))
        .filter(|file| matches!(file.extension(), "rs" | "ts" | "mjs"))
        .collect()
}

fn rust_below(place: &str) -> Vec<Source> {
    below(place).into_iter().filter(|file| file.extension() == "rs").collect()
}

fn below(place: &str) -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    walk(&root.join(place), &mut files);
    files.sort();
    let named = files.into_iter().filter_map(|file| {
        let path = file.strip_prefix(root).ok()?.to_str()?.replace('\\', "/");
        (!GENERATED.iter().any(|place| path.starts_with(place))).then_some((file, path))
    });
    // A file that is not text has no lines to judge.
    named.filter_map(|(file, path)| Some(Source { path, text: fs::read_to_string(file).ok()? })).collect()
}

fn walk(path: &Path, files: &mut Vec<PathBuf>) {
    if path.is_file() {
        files.push(path.to_path_buf());
    } else if let Ok(entries) = fs::read_dir(path) {
        entries.flatten().for_each(|entry| walk(&entry.path(), files));
    }
}

/// `src/json/tree.rs` and `src/json.rs` belong to `json`.
fn module_of(path: &str) -> String {
    let inside = path.strip_prefix("src/").unwrap_or(path);
    inside.split('/').next().unwrap_or("").trim_end_matches(".rs").to_owned()
}

/// The numbered lines without comments.
fn code(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines().enumerate().filter(|(_, line)| !line.trim_start().starts_with("//")).map(|(number, line)| {
        let code = line.split_once(" // ").map_or(line, |(code, _)| code);
        (number + 1, code)
    })
}

/// The top-level modules named by `crate::a` or `crate::{a, b::{c}}`, each with its line.
fn imports(text: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    // How deep we are inside the braces of a `crate::{`; names at depth 1 are modules.
    let mut depth = 0;
    for (number, line) in code(text) {
        let mut rest = line;
        loop {
            if depth == 0 {
                let Some(at) = rest.find("crate::") else { break };
                rest = &rest[at + "crate::".len()..];
                if let Some(inside) = rest.strip_prefix('{') {
                    (depth, rest) = (1, inside);
                } else {
                    found.push((number, identifier(rest)));
                }
                continue;
            }
            let Some(first) = rest.chars().next() else { break };
            let name = identifier(rest);
            match first {
                '{' => depth += 1,
                '}' => depth -= 1,
                _ if !name.is_empty() => {
                    if depth == 1 {
                        found.push((number, name.clone()));
                    }
                    // The whole path, so that only its first part counts.
                    let end = rest
                        .find(|c: char| !(c.is_alphanumeric() || c == '_' || c == ':'))
                        .unwrap_or(rest.len());
                    rest = &rest[end..];
                    continue;
                }
                _ => {}
            }
            rest = &rest[first.len_utf8()..];
        }
    }
    found
}

/// The identifier that `text` starts with; empty where it starts with none.
fn identifier(text: &str) -> String {
    text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
}

fn report(offences: &[String]) {
    assert!(offences.is_empty(), "{} offences:\n{}", offences.len(), offences.join("\n"));
}
