//! [`Check`]: what is asked of the world and of its history. A lesson's checks stand in one list, each behind those that it
//! is made of, so one pass over the list evaluates all.

use super::compare::{self, Op};
use super::format::{Reader, child};
use super::lesson::Texts;
use super::source::{self, Part, Source, Test, resource};
use super::tables;
use crate::api::selector::Labels;
use crate::json::{Json, Str};
use crate::kubectl;
use std::time::Duration;

/// A check's place in its lesson's list.
pub type Id = usize;

/// One check.
#[derive(Clone, Debug)]
pub struct Check {
    /// Where it stands in lesson.yaml: `tasks[0].checks[1]`.
    pub place: String,
    /// What it asks.
    pub ask: Ask,
    /// What the author says instead of the sentence made from it.
    pub says: Option<Texts>,
}

/// What a check asks.
#[derive(Clone, Debug)]
pub enum Ask {
    /// Of one thing: a field stands so. The name of a condition where it is one's status.
    One(Source, Test, Option<Str>),
    /// Of several: each stands so, and there is one.
    Each(Source, Test),
    /// Of several: how many there are.
    Count(Source, Op, i64),
    /// It held at every step.
    Always(Id),
    /// It held at some step.
    Eventually(Id),
    /// It held at no step.
    Never(Id),
    /// The first held at a step before the second did.
    Before(Id, Id),
    /// It held in time.
    Within {
        /// How many steps or how much time.
        limit: Limit,
        /// From when: from the first moment at which this held, or from the beginning.
        after: Option<Id>,
        /// What.
        check: Id,
    },
    /// All hold.
    All(Vec<Id>),
    /// One holds.
    Any(Vec<Id>),
    /// It does not hold.
    Not(Id),
}

/// In time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Limit {
    /// So many steps.
    Steps(u64),
    /// So much virtual time.
    Time(Duration),
}

/// Reads a check, and those that it is made of, into the list. The reader has checked the keys and their types.
pub(super) fn read(reader: &mut Reader, checks: &mut Vec<Check>, json: &Json, path: &str) -> Id {
    let below = |key: &str| child(path, key);
    let mut one = |reader: &mut Reader, key: &str| read(reader, checks, &json[key], &below(key));
    let head = tables::CHECKS.one_of.iter().find(|head| json.get(head).is_some()).copied().unwrap_or("");
    for (key, _) in json.entries() {
        let timeline =
            ["always", "eventually", "never", "before", "within", "all", "any", "not"].contains(&head);
        if timeline && ![head, "says"].contains(&key.as_str()) {
            reader.wrong(
                &below(key),
                format!("{} belongs inside of {head}, to the check that it is about", key.as_str()),
            );
        }
    }
    let ask = match head {
        "always" => Ask::Always(one(reader, head)),
        "eventually" => Ask::Eventually(one(reader, head)),
        "never" => Ask::Never(one(reader, head)),
        "not" => Ask::Not(one(reader, head)),
        "within" => {
            let within = &json[head];
            let path = below(head);
            let limit = match within["steps"].as_i64() {
                Some(steps) => Limit::Steps(steps.unsigned_abs()),
                None => {
                    Limit::Time(Duration::from_secs(within["seconds"].as_i64().unwrap_or(0).unsigned_abs()))
                }
            };
            let after = within.get("after").map(|c| read(reader, checks, c, &child(&path, "after")));
            Ask::Within {
                limit,
                after,
                check: read(reader, checks, &within["check"], &child(&path, "check")),
            }
        }
        "before" | "all" | "any" => {
            let items = json[head].items().iter().enumerate();
            let ids: Vec<Id> =
                items.map(|(i, item)| read(reader, checks, item, &format!("{}[{i}]", below(head)))).collect();
            match (head, ids.as_slice()) {
                ("before", [first, second]) => Ask::Before(*first, *second),
                ("before", _) => {
                    reader.wrong(
                        &below(head),
                        "before takes two checks: the one that comes first, and the other",
                    );
                    Ask::All(ids)
                }
                ("all", _) => Ask::All(ids),
                _ => Ask::Any(ids),
            }
        }
        _ => state(reader, json, path),
    };
    let says = json.get("says").map(Texts::read);
    checks.push(Check { place: path.into(), ask, says });
    checks.len() - 1
}

/// A check of the state: what it is of, and what is to be so.
fn state(reader: &mut Reader, json: &Json, path: &str) -> Ask {
    let below = |key: &str| child(path, key);
    let source = self::source(reader, json, path);
    let is_one = source.is_one();
    let has = |key: &str| json.get(key).is_some();
    if has("condition") && (has("path") || has("op") || has("value")) {
        reader.wrong(
            &below("condition"),
            "condition stands for a path and its value: leave path, op and value out",
        );
    }
    if has("status") && !has("condition") {
        reader.wrong(
            &below("status"),
            "status is a condition's: condition is missing (or did you mean path: status…?)",
        );
    }
    if has("count") && (is_one || has("path") || has("op") || has("value")) {
        let message = if is_one {
            "count is for several things: objects, a cache, logs, calls, notes"
        } else {
            "count is what is compared: put path, op and value into where"
        };
        reader.wrong(&below("count"), message);
    }
    if let Some(kind) = json["condition"].as_str() {
        let status = match &json["status"] {
            Json::Null | Json::Bool(true) => "True".into(),
            Json::Bool(false) => "False".into(),
            other => compare::plain(other),
        };
        let path = Str::from(format!("status.conditions[type={kind}].status"));
        let test = Test { path, op: Op::Eq, value: status.into() };
        return if is_one { Ask::One(source, test, Some(kind.into())) } else { Ask::Each(source, test) };
    }
    match &json["count"] {
        Json::Int(count) => return Ask::Count(source, Op::Eq, *count),
        Json::Object(_) => {
            let op = Op::parse(json["count"]["op"].str()).unwrap_or(Op::Eq);
            return Ask::Count(source, op, json["count"]["value"].as_i64().unwrap_or(0));
        }
        _ => {}
    }
    if !is_one && !has("path") && !has("op") {
        if has("value") {
            reader.wrong(&below("value"), "of each of them which field? path is missing");
        }
        return Ask::Count(source, Op::Ge, 1);
    }
    let test = test(reader, json, path);
    if is_one { Ask::One(source, test, None) } else { Ask::Each(source, test) }
}

/// `path`, `op`, `value`.
fn test(reader: &mut Reader, json: &Json, path: &str) -> Test {
    let value = json.get("value");
    let op = match json["op"].as_str() {
        Some(word) => Op::parse(word).unwrap_or(Op::Eq),
        None if value.is_some() => Op::Eq,
        None => Op::Exists,
    };
    if op.needs_value() && value.is_none() {
        reader.wrong(&child(path, "op"), format!("{} compares with a value: value is missing", op.name()));
    }
    if !op.needs_value() && value.is_some() {
        reader.wrong(&child(path, "value"), format!("{} needs no value", op.name()));
    }
    if op == Op::In && json["value"].items().is_empty() {
        reader.wrong(&child(path, "value"), "in looks into a list: value must be one");
    }
    field(reader, json, path);
    Test { path: json["path"].str().into(), op, value: json["value"].clone() }
}

fn field(reader: &mut Reader, json: &Json, path: &str) {
    let field = json["path"].str();
    if let Some(fault) = compare::fault_of(field) {
        reader.wrong(&child(path, "path"), format!("{field:?} is no path: {fault}"));
    }
}

/// Reads what is asked of: one of the source keys, and what narrows it.
pub(super) fn source(reader: &mut Reader, json: &Json, path: &str) -> Source {
    let part = part(reader, json, path);
    let selector = json["selector"].as_str().and_then(|text| match Labels::parse(text) {
        Ok(labels) => Some((Str::from(text), labels)),
        Err(message) => {
            reader.wrong(&child(path, "selector"), message);
            None
        }
    });
    let mut filter = Vec::new();
    for (i, item) in json["where"].items().iter().enumerate() {
        let below = format!("{}[{i}]", child(path, "where"));
        filter.push(test(reader, item, &below));
    }
    let source = Source { part, namespace: json["namespace"].as_str().map(Str::from), selector, filter };
    if source.is_one() {
        for key in ["namespace", "selector", "where"].iter().filter(|key| json.get(key).is_some()) {
            let message = format!("{key} chooses among several things, and this is one: use objects");
            reader.wrong(&child(path, key), message);
        }
    }
    field(reader, json, path);
    source
}

fn part(reader: &mut Reader, json: &Json, path: &str) -> Part {
    let text = |key: &str| json[key].str();
    let mut unknown = |key: &str, word: &str| {
        reader.wrong(
            &child(path, key),
            format!("there is no kind {word:?}: write it as kubectl does (pods, job, deploy; backups.v1.example.com)"),
        );
        Part::World(Str::default())
    };
    if json.get("object").is_some() {
        let object = text("object");
        let Some((kind, name)) = object.split_once('/').filter(|(_, name)| !name.is_empty()) else {
            let message =
                format!("{object:?} names no object: write KIND/NAME, as in job/pi (or use objects)");
            reader.wrong(&child(path, "object"), message);
            return Part::World(Str::default());
        };
        let _ = name;
        return match kubectl::object_named(object) {
            Some((resource, key)) => Part::Object(resource, key),
            None => unknown("object", kind),
        };
    }
    if json.get("objects").is_some() {
        return resource(text("objects")).map_or_else(|| unknown("objects", text("objects")), Part::Objects);
    }
    if json.get("cache").is_some() {
        let cache = text("cache");
        return match (cache.contains('/'), kubectl::object_named(cache), resource(cache)) {
            (true, Some((resource, key)), _) => Part::Cache(resource, Some(key)),
            (false, _, Some(resource)) => Part::Cache(resource, None),
            _ => unknown("cache", cache),
        };
    }
    if json.get("calls").is_some() {
        return match text("calls") {
            "any" => Part::Calls(None),
            word => resource(word).map_or_else(|| unknown("calls", word), |r| Part::Calls(Some(r))),
        };
    }
    if json.get("logs").is_some() {
        return match text("logs") {
            "pods" => Part::Logs(None),
            word => match kubectl::object_named(word) {
                Some((resource, key)) if resource.plural == "pods" => Part::Logs(Some(key)),
                _ => {
                    reader.wrong(&child(path, "logs"), "logs are of pods, or of one pod: pod/NAME");
                    Part::Logs(None)
                }
            },
        };
    }
    if json.get("expectations").is_some() {
        let Some((controller, key)) = text("expectations").split_once('/') else {
            reader.wrong(
                &child(path, "expectations"),
                "write CONTROLLER/NAMESPACE/NAME: job-controller/default/pi",
            );
            return Part::World(Str::default());
        };
        return Part::Expectations(controller.into(), key.into());
    }
    if json.get("queue").is_some() {
        return Part::Queue(text("queue").into());
    }
    if json.get("notes").is_some() {
        return Part::Notes(text("notes").into());
    }
    let world = text("world");
    if json.get("world").is_some() && !source::WORLD.contains(&source::head(world)) {
        let message =
            format!("the world has no {:?}: it has {}", source::head(world), source::WORLD.join(", "));
        reader.wrong(&child(path, "world"), message);
    }
    Part::World(world.into())
}
