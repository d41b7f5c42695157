//! What chance makes of manifests: objects to begin with, edits, odd values; and how many cases are tried.
//!
//! A case is a list of numbers and small choices, so that a failing one shrinks to the edits that matter. The numbers come
//! from a fixed seed: every run tries the same cases, and a longer one tries more.
#![allow(dead_code)] // Not every test needs all of it.

pub mod client;

use kubestep::json::{Json, Object, parse};
use kubestep::manifest;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestError, TestRng, TestRunner};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::LazyLock;

thread_local! {
    /// How often what came out, for the reader of a long run.
    static TALLY: RefCell<BTreeMap<String, u32>> = RefCell::default();
}

/// Counts an outcome.
pub fn count(outcome: impl ToString) {
    TALLY.with_borrow_mut(|tally| *tally.entry(outcome.to_string()).or_default() += 1);
}

/// Tries so many cases, or `KUBESTEP_CASES` times as many; the smallest that fails is shown.
pub fn tried<S: Strategy>(cases: u32, strategy: &S, test: impl Fn(S::Value) -> Result<(), String>)
where
    S::Value: Debug,
{
    let times = std::env::var("KUBESTEP_CASES").ok().and_then(|text| text.parse().ok()).unwrap_or(1);
    let cases = cases.saturating_mul(times);
    let config = Config { cases, failure_persistence: None, max_shrink_iters: 2_000, ..Config::default() };
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let result =
        TestRunner::new_with_rng(config, rng).run(strategy, |value| test(value).map_err(TestCaseError::fail));
    match result {
        Ok(()) => println!("{cases} cases: {:?}", TALLY.take()),
        Err(TestError::Fail(why, value)) => panic!("{why}\nthe smallest case: {value:?}"),
        Err(other) => panic!("{other}"),
    }
}

/// Objects to begin with: the least of every kind, and those of the manifests that are compared with the real kubectl's.
pub static BASES: LazyLock<Vec<Json>> = LazyLock::new(|| {
    let mut bases = Vec::new();
    for line in include_str!("../round_trip/objects.txt").lines().filter(|line| !line.starts_with('#')) {
        let (name, json) = line.split_once(' ').expect(line);
        let (version, kind) = name.rsplit_once('/').expect(name);
        let mut object = parse(json).expect(json);
        object.set("apiVersion", version);
        object.set("kind", kind);
        if object["metadata"]["name"].is_null() {
            object.set_at(&["metadata", "name"], "a");
        }
        bases.push(object);
    }
    for text in [
        include_str!("../differential/configuration.txt"),
        include_str!("../differential/decoding.txt"),
        include_str!("../differential/objects.txt"),
        include_str!("../differential/others.txt"),
        include_str!("../differential/patches.txt"),
        include_str!("../differential/pods.txt"),
        include_str!("../differential/services.txt"),
        include_str!("../differential/workloads.txt"),
    ] {
        for section in text.split("\n=== ").skip(1) {
            let lines = section.lines().skip(1).filter(|line| !line.starts_with("$ "));
            let text: String = lines.map(|line| format!("{line}\n")).collect();
            let documents = manifest::documents(&text).into_iter().filter_map(Result::ok);
            bases.extend(documents.map(|d| d.value).filter(|o| o["kind"].as_str().is_some()));
        }
    }
    bases
});

/// A change at some place of an object.
#[derive(Clone, Debug)]
pub enum Edit {
    Delete,
    /// A list's element stands there twice; a field's value also under another name.
    Duplicate,
    Set(Json),
    /// Another value of the same type.
    Alike(String, i64),
    /// The value of another place comes here.
    Swap(u32),
    /// The value stands in so many lists or maps.
    Deepen(u8),
    Rename(String),
    /// A directive of a strategic merge patch: which, and with what.
    Direct(u8, Json),
}

/// A place, by its number among all that there are, and what happens there.
pub type Edits = Vec<(u32, Edit)>;

pub fn edits(most: usize) -> impl Strategy<Value = Edits> {
    let edit = prop_oneof![
        4 => Just(Edit::Delete),
        3 => Just(Edit::Duplicate),
        3 => odd().prop_map(Edit::Set),
        12 => (odd_text(), odd_number()).prop_map(|(text, number)| Edit::Alike(text, number)),
        2 => any::<u32>().prop_map(Edit::Swap),
        1 => (1..=255u8).prop_map(Edit::Deepen),
        1 => odd_text().prop_map(Edit::Rename),
    ];
    prop::collection::vec((any::<u32>(), edit), 0..=most)
}

const TEXTS: &[&str] = &[
    "",
    "a",
    "A",
    "-",
    ".",
    "..",
    "/",
    "a/b/c",
    "a.b/c",
    "a b",
    "\0",
    "\u{1b}[0m",
    "ü",
    "💥",
    "\u{202e}x",
    "\t",
    "\n",
    "\"",
    "'",
    "0",
    "-1",
    "1.5",
    "1e9",
    "1e999",
    "0x10",
    "0o7",
    "9223372036854775808",
    "1Gi",
    "100m",
    "-1Ki",
    "1n",
    "99999999999999999999Ei",
    "1E",
    "true",
    "null",
    "~",
    "y",
    "10%",
    "101%",
    "-5%",
    "%",
    "1h",
    "1h2x",
    "9999999999h",
    "2026-01-05T09:00:00Z",
    "2026-99-05T09:00:00Z",
    "9999-12-31T23:59:59Z",
    "0001-01-01T00:00:00Z",
    "* * * * *",
    "*/0 * * * *",
    "60 24 32 13 8",
    "@every 1ns",
    "Etc/UTC",
    "TZ=x",
    "10.0.0.1",
    "10.96.0.1",
    "256.0.0.1",
    "10.0.0.0/8",
    "10.0.0.0/33",
    "::1",
    "fe80::1%a",
    "::/129",
    "None",
    "Never",
    "Always",
    "Delete",
    "Retain",
    "Foreground",
    "Exists",
    "In",
    "$(A)",
    "$(A",
    "{{.a}}",
    "*",
    "**",
    "metadata.name",
    "self.a",
    "object.spec.x > 1",
    "[1,2].all(x, x > 0)",
    "'a'.matches('(((')",
    "(((((((((",
    "a,b",
    "a=b",
    "!a",
    "a in (b",
    "a==b==c",
    "Deployment",
    "apps/v1",
    "v1",
    "/v1",
    "a/b/v1",
    "kube-system",
    "default",
    "node-1",
    "system:masters",
    "root",
    "YQ==",
    "YQ",
    "busybox",
    "busybox@sha256:0",
    "a:b:c",
    "kubernetes.io/hostname",
    "TCP",
    "udp",
];

pub fn odd_text() -> impl Strategy<Value = String> {
    prop_oneof![
        6 => prop::sample::select(TEXTS).prop_map(str::to_owned),
        1 => any::<String>(),
        1 => "[a-z0-9.-]{1,8}",
        1 => (1..400usize, prop::sample::select(vec!["x", "a.", "9", "(", "é", "/"])).prop_map(|(n, s)| s.repeat(n)),
    ]
}

fn odd_number() -> impl Strategy<Value = i64> {
    prop::sample::select(vec![
        0,
        1,
        -1,
        2,
        7,
        80,
        100,
        600,
        65_535,
        65_536,
        2_147_483_647,
        2_147_483_648,
        -2_147_483_649,
        i64::MAX,
        i64::MIN,
    ])
}

/// A value where another was expected.
pub fn odd() -> impl Strategy<Value = Json> {
    let float = prop::sample::select(vec![0.5, -0.0, 1e15, 1e300, -1e300, 5e-324]);
    prop_oneof![
        2 => Just(Json::Null),
        2 => any::<bool>().prop_map(Json::from),
        5 => odd_number().prop_map(Json::from),
        1 => float.prop_map(|f: f64| Json::from(f)),
        8 => odd_text().prop_map(Json::from),
        1 => Just(Json::object()),
        1 => Just(Json::from(Vec::<Json>::new())),
        1 => (odd_text(), odd_text()).prop_map(|(k, v)| one(&k, v)),
        1 => prop::collection::vec(odd_text(), 1..3).prop_map(Json::from),
        1 => prop::sample::select(BASES.as_slice()).prop_map(|base| base["spec"].clone()),
    ]
}

/// An object of one field.
pub fn one(key: &str, value: impl Into<Json>) -> Json {
    let mut object = Json::object();
    object.set(key, value);
    object
}

/// A step down an object.
#[derive(Clone, Debug)]
pub enum Step {
    Key(String),
    At(usize),
}

/// All places of an object but its root.
pub fn places(object: &Json) -> Vec<Vec<Step>> {
    fn walk(json: &Json, here: &mut Vec<Step>, out: &mut Vec<Vec<Step>>) {
        let keys = json.entries().iter().map(|(key, value)| (Step::Key(key.to_string()), value));
        let items = json.items().iter().enumerate().map(|(i, value)| (Step::At(i), value));
        for (step, value) in keys.chain(items) {
            here.push(step);
            out.push(here.clone());
            walk(value, here, out);
            here.pop();
        }
    }
    let mut out = Vec::new();
    walk(object, &mut Vec::new(), &mut out);
    out
}

/// The value at a place.
pub fn at(object: &Json, place: &[Step]) -> Json {
    let found = place.iter().fold(object, |json, step| match step {
        Step::Key(key) => &json[key.as_str()],
        Step::At(i) => &json[*i],
    });
    found.clone()
}

/// Changes what holds the last step of a place.
fn within(object: &mut Json, place: &[Step], change: &mut dyn FnMut(&mut Json, &Step)) {
    match place {
        [] => {}
        [last] => change(object, last),
        [Step::Key(key), rest @ ..] => {
            if let Some(inner) = object.get_mut(key) {
                within(inner, rest, change);
            }
        }
        [Step::At(i), rest @ ..] => within(&mut object.array_mut()[*i], rest, change),
    }
}

/// The object after the edits.
pub fn edited(base: &Json, edits: &[(u32, Edit)]) -> Json {
    let mut object = base.clone();
    for (number, edit) in edits {
        let places = places(&object);
        if places.is_empty() {
            break;
        }
        let pick = |n: u32| &places[n as usize % places.len()];
        let place = pick(*number);
        let value = at(&object, place);
        let new = match edit {
            Edit::Direct(kind, json) => directed(&value, *kind, json),
            Edit::Set(json) => json.clone(),
            Edit::Alike(text, number) => match &value {
                Json::Str(_) => Json::from(text.as_str()),
                Json::Int(_) | Json::Float(_) => Json::from(*number),
                Json::Bool(b) => Json::from(!b),
                Json::Array(_) => value.items().iter().rev().collect(),
                Json::Object(_) => value.entries().iter().skip(1).cloned().collect::<Object>().into(),
                Json::Null => Json::Null,
            },
            Edit::Swap(from) => at(&object, pick(*from)),
            Edit::Deepen(depth) => (0..*depth).fold(value.clone(), |inner, _| match number % 2 {
                0 => Json::from(vec![inner]),
                _ => one("a", inner),
            }),
            _ => value.clone(),
        };
        within(&mut object, place, &mut |holder, step| match (step, edit) {
            (Step::Key(key), Edit::Delete) => drop(holder.remove(key)),
            (Step::At(i), Edit::Delete) => drop(holder.array_mut().remove(*i)),
            (Step::Key(key), Edit::Duplicate) => holder.set(format!("{key}2"), value.clone()),
            (Step::At(i), Edit::Duplicate) => holder.array_mut().insert(*i, value.clone()),
            (Step::Key(key), Edit::Rename(name)) => {
                holder.remove(key);
                holder.set(name.as_str(), value.clone());
            }
            (Step::Key(key), _) => holder.set(key.as_str(), new.clone()),
            (Step::At(i), _) => holder.array_mut()[*i] = new.clone(),
        });
    }
    object
}

/// An object with a directive about it or about one of its fields.
fn directed(object: &Json, kind: u8, odd: &Json) -> Json {
    let entries = object.entries();
    let Some((field, value)) = entries.get(kind as usize / 8 % entries.len().max(1)) else {
        return object.clone();
    };
    let list = || if odd.is_null() { value.clone() } else { Json::from(vec![odd]) };
    let mut object = object.clone();
    match kind % 8 {
        0 => object.set("$patch", "delete"),
        1 => object.set("$patch", "replace"),
        2 => object.set("$patch", "merge"),
        3 => object.set("$patch", odd),
        4 => object.set("$retainKeys", entries_names(value)),
        5 => object.set("$retainKeys", odd),
        6 => object.set(format!("$deleteFromPrimitiveList/{field}"), list()),
        _ => object.set(format!("$setElementOrder/{field}"), list()),
    }
    object
}

fn entries_names(object: &Json) -> Json {
    object.entries().iter().map(|(key, _)| Json::from(key)).collect()
}

/// Changes of a text.
pub type Cuts = Vec<(u32, u8, String)>;

pub fn cuts(most: usize) -> impl Strategy<Value = Cuts> {
    let snippets: Vec<&str> = vec![
        "\t",
        "&a ",
        "*a",
        "<<: *a",
        "\n---\n",
        "...\n",
        "!!binary ",
        "!!set {",
        "? ",
        "- - - ",
        "|\n",
        ">-\n  ",
        "%YAML 1.1\n",
        "{",
        "}",
        "[",
        "]",
        "\"",
        "'",
        "\\u0000",
        "\\ud800",
        "\u{feff}",
        "\r",
        ": ",
        ",",
        "#",
        "{{{{{{{{",
        "[[[[[[[[",
        "1e999999",
        "0x",
        "\u{85}",
        "@",
        "`",
    ];
    let snippet = prop_oneof![
        6 => prop::sample::select(snippets).prop_map(str::to_owned),
        2 => odd_text(),
        1 => (1..2_000usize, prop::sample::select(vec!["[", "{\"a\":", "- ", "a: ", "*a ", "{a: "])).prop_map(|(n, s)| s.repeat(n)),
    ];
    prop::collection::vec((any::<u32>(), 0..4u8, snippet), 0..=most)
}

/// The text after the cuts: each puts its snippet in, in the place of so many characters (3: of all up to the end).
pub fn cut(text: &str, cuts: &[(u32, u8, String)]) -> String {
    let mut text: Vec<char> = text.chars().collect();
    for (number, length, snippet) in cuts {
        let from = *number as usize % (text.len() + 1);
        let to = if *length == 3 { text.len() } else { (from + *length as usize).min(text.len()) };
        text.splice(from..to, snippet.chars());
    }
    text.into_iter().collect()
}
