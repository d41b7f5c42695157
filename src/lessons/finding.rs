//! [`Finding`]: how it stands with a check, as data: what is, what should be, which objects are in the way.

use super::check::{Ask, Id, Limit};
use super::compare::{self, Op};
use super::history::{Course, Standing};
use super::lesson::{Lesson, Texts};
use super::source::{Moment, Part, Source, named, unfinished};
use crate::json;
use crate::json::{Json, Str};

/// At most so many objects are named.
const MOST_NAMED: usize = 10;

/// How it stands with a check.
#[derive(Clone, Debug, Default)]
pub struct Finding {
    /// Where the check stands in lesson.yaml.
    pub check: String,
    /// What it asks: `one`, `condition`, `each`, `count`, `always`, `eventually`, `never`, `before`, `steps`, `seconds`,
    /// `all`, `any`, `not`.
    pub kind: &'static str,
    /// It holds.
    pub holds: bool,
    /// The first step at which it held.
    pub first: Option<usize>,
    /// The first step at which it did not.
    pub failed: Option<usize>,
    /// What it is about: `job/pi`, `pods`.
    pub subject: String,
    /// What narrows it down: `job-name=pi, status.phase eq Running`.
    pub narrowed: String,
    /// The field; the condition's type.
    pub path: String,
    /// The operator.
    pub op: Option<Op>,
    /// What should stand there; the limit.
    pub wanted: Json,
    /// What stands there, where one has looked.
    pub is: Json,
    /// Whether one has looked.
    pub looked: bool,
    /// The object is not there at all.
    pub missing: bool,
    /// Objects that are in the way: they have not ended yet, or are not as they should be, or are too many.
    pub objects: Vec<String>,
    /// Whether those objects are the ones that still run.
    pub running: bool,
    /// The checks that it is made of.
    pub parts: Vec<Finding>,
    /// What the author says instead of a sentence made from it.
    pub says: Option<Texts>,
}

impl Finding {
    /// How it stands with a check at a moment of a course.
    pub fn of(lesson: &Lesson, course: &Course, id: Id, moment: &Moment, position: usize) -> Finding {
        find(lesson, course.standing(position), id, Some(moment))
    }

    /// The same without a look at the world: what it asks, and when it held.
    pub fn said(lesson: &Lesson, course: &Course, id: Id, position: usize) -> Finding {
        find(lesson, course.standing(position), id, None)
    }

    /// As JSON; what says nothing is left out.
    pub fn to_json(&self) -> Json {
        let mut json = json!({ "check": self.check.as_str(), "kind": self.kind, "holds": self.holds });
        let named = [("subject", &self.subject), ("narrowed", &self.narrowed), ("path", &self.path)];
        for (key, text) in named.into_iter().filter(|(_, text)| !text.is_empty()) {
            json.set(key, text.as_str());
        }
        if let Some(op) = self.op {
            json.set("op", op.name());
        }
        if self.looked && self.op.is_some() {
            json.set("is", &self.is);
        }
        if !self.wanted.is_null() {
            json.set("wanted", &self.wanted);
        }
        for (key, step) in [("first", self.first), ("failed", self.failed)] {
            if let Some(step) = step {
                json.set(key, step);
            }
        }
        if !self.objects.is_empty() {
            json.set("objects", self.objects.clone());
        }
        if !self.parts.is_empty() {
            json.set("parts", self.parts.iter().map(Finding::to_json).collect::<Vec<_>>());
        }
        json
    }
}

fn find(lesson: &Lesson, standing: &Standing, id: Id, moment: Option<&Moment>) -> Finding {
    let check = &lesson.checks[id];
    let cell = standing.cells[id];
    let mut found = Finding {
        check: check.place.clone(),
        holds: cell.holds,
        first: cell.first.map(|(position, _)| position),
        failed: cell.failed,
        says: check.says.clone(),
        looked: moment.is_some(),
        ..Finding::default()
    };
    let things = |source: &Source| moment.map(|moment| source.things(moment)).unwrap_or_default();
    let mut part = |id: &Id| find(lesson, standing, *id, moment);
    match &check.ask {
        Ask::One(source, test, condition) => {
            let thing = things(source).pop().unwrap_or_default();
            (found.kind, found.path) = match condition {
                Some(kind) => ("condition", kind.to_string()),
                None => ("one", test.path.to_string()),
            };
            asked(&mut found, source, Some(test.op), &test.value);
            found.is = brief(compare::at(&thing, &test.path));
            found.missing = thing.is_null();
            if let Some(moment) = moment.filter(|_| !found.holds && matches!(source.part, Part::Object(..))) {
                found.objects = unfinished(moment.desk.world(), &thing);
                found.running = true;
            }
        }
        Ask::Each(source, test) => {
            let things = things(source);
            (found.kind, found.path) = ("each", test.path.to_string());
            asked(&mut found, source, Some(test.op), &test.value);
            found.missing = things.is_empty();
            let wrong = things.iter().filter(|thing| !test.holds(thing));
            found.is =
                wrong.clone().next().map(|thing| brief(compare::at(thing, &test.path))).unwrap_or_default();
            found.objects = wrong.take(MOST_NAMED).map(|thing| source.name(thing)).collect();
        }
        Ask::Count(source, op, count) => {
            let things = things(source);
            found.kind = "count";
            asked(&mut found, source, Some(*op), &Json::Int(*count));
            found.is = things.len().into();
            if !found.holds && things.len() as i64 >= *count {
                found.objects = things.iter().take(MOST_NAMED).map(|thing| source.name(thing)).collect();
            }
        }
        Ask::Always(of) => (found.kind, found.parts) = ("always", vec![part(of)]),
        Ask::Eventually(of) => (found.kind, found.parts) = ("eventually", vec![part(of)]),
        Ask::Never(of) => (found.kind, found.parts) = ("never", vec![part(of)]),
        Ask::Not(of) => (found.kind, found.parts) = ("not", vec![part(of)]),
        Ask::Before(a, b) => (found.kind, found.parts) = ("before", vec![part(a), part(b)]),
        Ask::Within { limit, after, check } => {
            (found.kind, found.wanted) = match limit {
                Limit::Steps(steps) => ("steps", Json::Int(*steps as i64)),
                Limit::Time(time) => ("seconds", Json::Int(time.as_secs() as i64)),
            };
            found.parts = std::iter::once(check).chain(after).map(&mut part).collect();
        }
        Ask::All(of) => (found.kind, found.parts) = ("all", of.iter().map(&mut part).collect()),
        Ask::Any(of) => (found.kind, found.parts) = ("any", of.iter().map(&mut part).collect()),
    }
    found.objects.truncate(MOST_NAMED);
    found
}

fn asked(found: &mut Finding, source: &Source, op: Option<Op>, wanted: &Json) {
    found.op = op;
    found.wanted = wanted.clone();
    found.subject = match &source.part {
        Part::Object(resource, key) | Part::Cache(resource, Some(key)) => named(resource, key),
        Part::Objects(resource) | Part::Cache(resource, None) | Part::Calls(Some(resource)) => {
            resource.plural.to_string()
        }
        Part::Queue(name) => name.to_string(),
        Part::Expectations(controller, key) => format!("{controller}: {key}"),
        Part::Logs(Some(pod)) => format!("logs pod/{}", pod.name),
        Part::Logs(None) => "logs".into(),
        Part::World(path) => path.to_string(),
        Part::Calls(None) => "any".into(),
        Part::Notes(phase) => phase.to_string(),
    };
    let mut narrowed: Vec<String> = Vec::new();
    narrowed.extend(source.namespace.iter().map(|namespace: &Str| format!("namespace {namespace}")));
    narrowed.extend(source.selector.iter().map(|(text, _)| text.to_string()));
    for test in &source.filter {
        // As in a label selector: `path` is set, `!path` is not.
        narrowed.push(match test.op {
            Op::Exists => test.path.to_string(),
            Op::Absent => format!("!{}", test.path),
            op => format!("{} {} {}", test.path, symbol(op), compare::plain(&test.value)),
        });
    }
    found.narrowed = narrowed.join(", ");
}

/// An operator in few letters.
fn symbol(op: Op) -> &'static str {
    match op {
        Op::Eq => "=",
        Op::Ne => "≠",
        Op::Lt => "<",
        Op::Le => "≤",
        Op::Gt => ">",
        Op::Ge => "≥",
        Op::In => "∈",
        Op::Contains => "∋",
        Op::Matches => "~",
        Op::Exists | Op::Absent => "",
    }
}

/// What is shown of a value: not a whole object.
fn brief(value: &Json) -> Json {
    match value {
        Json::Object(_) => Json::from("{…}"),
        other => other.clone(),
    }
}
