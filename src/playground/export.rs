//! A run as text: what it started from, and what was done. Everything else follows by replaying.
//!
//! ```json
//! {"kubestep": 1, "seed": 7, "nodes": 3, "files": {"job.yaml": "…"},
//!  "branches": [{"name": "main", "log": [{"run": "kubectl apply -f job.yaml"}, 40, -2, 3]},
//!               {"name": "branch-2", "from": 0, "at": 12, "log": [5]}],
//!  "current": 1, "position": 17, "breakpoints": [["job-controller", "manage-pods"]]}
//! ```
//!
//! In a log, a positive number is that many default steps, a negative one is the choice at that place of the list, an
//! object is a command with the files that changed since the last one (`null`: removed), or a fault
//! (`{"fault": "node-down node-2"}`), who types from then on (`{"user": "jane", "groups": […]}`) or a client's request (`{"request": "DELETE /api/v1/…", "type": …, "body": …}`), `"^C"` is
//! an interrupt. Where something breaks by itself, `"faults"` says what, and after how many seconds:
//! `[{"after": 30, "fault": "node-down node-2"}]`; where APIs are switched off, `"runtimeConfig": "batch/v1=false"`. A branch names the one it left and after how many inputs. Breakpoints are
//! there if there are any: they belong to no step, but whoever gives a run away may want it to stop.

use super::{Breakpoint, Desk, Files, Input, Playground, Record};
use crate::api::{RuntimeConfig, User};
use crate::cluster::{Call, Config, Fault};
use crate::http;
use crate::json;
use crate::json::{Json, Str};
use crate::sim::{Fingerprint, Machine};
use std::sync::Arc;
use std::time::Duration;

/// The newest form of the text that this program reads, and the one it writes.
const VERSION: i64 = 1;
/// Longer runs are refused: replaying them would keep a page busy for minutes.
const MOST_STEPS: i64 = 5_000_000;
/// More nodes than this are refused.
const MOST_NODES: i64 = 100;

/// More breakpoints than this are refused.
const MOST_BREAKPOINTS: usize = 100;

/// Why a text is no run.
#[derive(Clone, Debug, PartialEq)]
pub enum RunError {
    /// It is not JSON, or cut off.
    NotJson(String),
    /// It was written by a newer program.
    Newer(i64),
    /// It is JSON, but not a run; where.
    Malformed(&'static str),
    /// It asks for more than this program does.
    TooLarge,
    /// A choice that was not there: the run was changed, or belongs to another version of the engine.
    Impossible {
        /// The branch's name.
        branch: String,
        /// Its input, from 0.
        input: usize,
    },
}

/// A run that was read but not yet replayed.
#[derive(Clone, Debug)]
pub struct RunFile {
    config: Config,
    files: Files,
    branches: Vec<Course>,
    current: usize,
    position: usize,
    breakpoints: Vec<Breakpoint>,
}

#[derive(Clone, Debug)]
struct Course {
    name: String,
    origin: Option<(usize, usize)>,
    log: Vec<Json>,
}

impl Playground {
    /// The run as text, one line.
    pub fn export(&self) -> String {
        let branches: Vec<Json> = self
            .timeline
            .branches()
            .iter()
            .map(|branch| {
                let from = branch.origin.map_or(0, |(_, at)| at);
                let inputs = || branch.entries().iter().map(|(input, _)| input);
                let mut json = json!({ "name": branch.name.as_str() });
                if let Some((parent, at)) = branch.origin {
                    json.set("from", parent);
                    json.set("at", at);
                }
                json.set("log", encode(inputs().skip(from), last_files(inputs().take(from))));
                json
            })
            .collect();
        let mut run = json!({
            "kubestep": VERSION, "seed": self.config.seed as i64, "nodes": self.config.nodes.len(),
            "files": files_json(&self.files), "branches": branches,
            "current": self.timeline.current(), "position": self.timeline.position(),
        });
        if !self.breakpoints.is_empty() {
            let place = |b: &Breakpoint| json!([&b.controller, &b.place]);
            run.set("breakpoints", self.breakpoints.iter().map(place).collect::<Vec<Json>>());
        }
        if !self.config.runtime.text().is_empty() {
            run.set("runtimeConfig", self.config.runtime.text());
        }
        for (after, fault) in &self.config.faults {
            let fault = json!({ "after": after.as_secs() as i64, "fault": fault.to_string() });
            run.object_mut().slot(Str::fixed("faults")).push(fault);
        }
        run.to_string()
    }
}

impl RunFile {
    /// Reads the text.
    pub fn parse(text: &str) -> Result<RunFile, RunError> {
        RunFile::read(&json::parse(text).map_err(|e| RunError::NotJson(e.message))?)
    }

    /// Reads the tree of such a text.
    pub fn read(json: &Json) -> Result<RunFile, RunError> {
        let number = |key: &'static str, most: i64| match json[key].as_i64() {
            Some(n) if (0..=most).contains(&n) => Ok(n as usize),
            Some(_) => Err(RunError::TooLarge),
            None => Err(RunError::Malformed(key)),
        };
        match json["kubestep"].as_i64() {
            Some(VERSION) => {}
            Some(newer) if newer > VERSION => return Err(RunError::Newer(newer)),
            _ => return Err(RunError::Malformed("kubestep")),
        }
        let mut branches = Vec::new();
        for branch in json["branches"].items() {
            let origin = match (branch["from"].as_i64(), branch["at"].as_i64()) {
                (Some(from), Some(at)) if (0..branches.len() as i64).contains(&from) && at >= 0 => {
                    Some((from as usize, at as usize))
                }
                (None, None) if branches.is_empty() => None,
                _ => return Err(RunError::Malformed("branches.from")),
            };
            branches.push(Course {
                name: branch["name"].str().into(),
                origin,
                log: branch["log"].items().to_vec(),
            });
        }
        if branches.is_empty() {
            return Err(RunError::Malformed("branches"));
        }
        let steps = branches
            .iter()
            .flat_map(|b| &b.log)
            .filter_map(Json::as_i64)
            .fold(0i64, |sum, n| sum.saturating_add(n.max(1)));
        if steps > MOST_STEPS {
            return Err(RunError::TooLarge);
        }
        let seed = json["seed"].as_i64().ok_or(RunError::Malformed("seed"))? as u64;
        let mut config = Config::new(seed, number("nodes", MOST_NODES)?);
        config.runtime = RuntimeConfig::parse(json["runtimeConfig"].str())
            .map_err(|_| RunError::Malformed("runtimeConfig"))?;
        for fault in json["faults"].items() {
            let what = Fault::parse(fault["fault"].str()).ok_or(RunError::Malformed("faults.fault"))?;
            let after = fault["after"].as_i64().and_then(|s| u64::try_from(s).ok());
            let after = Duration::from_secs(after.ok_or(RunError::Malformed("faults.after"))?);
            config.faults.push((after, what));
        }
        Ok(RunFile {
            config,
            files: json["files"].entries().iter().map(|(k, v)| (k.clone(), Str::from(v.str()))).collect(),
            current: number("current", branches.len() as i64 - 1)?,
            position: number("position", MOST_STEPS)?,
            branches,
            breakpoints: breakpoints(&json["breakpoints"])?,
        })
    }

    /// What its cluster is made of.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// The files that were in the editor when it was written.
    pub fn files(&self) -> &Files {
        &self.files
    }

    /// Replays it.
    pub fn replay(&self) -> Result<Playground, RunError> {
        let start = Playground::new(self.config.clone(), Files::new());
        self.replay_from(&start, &mut |_, _| true)
    }

    /// Replays it on a playground of the same config in which nothing was done yet (a booted cluster is worth keeping),
    /// and shows each step to somebody, who may say that it is enough: the run then is too large.
    pub fn replay_from(
        &self,
        start: &Playground,
        see: &mut dyn FnMut(&Playground, &Record) -> bool,
    ) -> Result<Playground, RunError> {
        let mut playground = start.clone();
        playground.files = self.files.clone();
        for (i, course) in self.branches.iter().enumerate() {
            if let Some((parent, at)) = course.origin {
                playground.timeline.switch(parent, at);
                if playground.timeline.position() != at {
                    return Err(RunError::Malformed("branches.at"));
                }
                playground.timeline.fork();
                let current = playground.timeline.current();
                playground.timeline.rename(current, &course.name);
            }
            let past = playground.timeline.branch().entries().iter().map(|(input, _)| input);
            let mut files = last_files(past);
            for entry in &course.log {
                let impossible = |at: usize| RunError::Impossible { branch: course.name.clone(), input: at };
                let (input, times) = decode(entry, &mut files).ok_or(RunError::Malformed("log"))?;
                for _ in 0..times {
                    let possible = match &input {
                        Input::Step(index) => playground.desk().choice(*index).is_some(),
                        Input::Fault(fault) => playground.desk().world().can_suffer(fault),
                        Input::Command { .. } | Input::Interrupt | Input::User(_) | Input::Request(_) => true,
                    };
                    if !possible {
                        return Err(impossible(playground.timeline.position()));
                    }
                    let record = playground.timeline.act(input.clone());
                    if !see(&playground, &record) {
                        return Err(RunError::TooLarge);
                    }
                }
            }
            debug_assert_eq!(playground.timeline.current(), i);
        }
        playground.timeline.switch(self.current, self.position);
        playground.breakpoints.clone_from(&self.breakpoints);
        Ok(playground)
    }
}

fn breakpoints(json: &Json) -> Result<Vec<Breakpoint>, RunError> {
    if json.items().len() > MOST_BREAKPOINTS {
        return Err(RunError::TooLarge);
    }
    let one = |place: &Json| match place.items() {
        [Json::Str(controller), Json::Str(place)] => {
            Ok(Breakpoint { controller: controller.clone(), place: place.clone() })
        }
        _ => Err(RunError::Malformed("breakpoints")),
    };
    json.items().iter().map(one).collect()
}

fn last_files<'a>(inputs: impl Iterator<Item = &'a Input>) -> Files {
    let files = inputs.filter_map(|input| match input {
        Input::Command { files, .. } => Some(files),
        _ => None,
    });
    files.last().cloned().unwrap_or_default()
}

fn files_json(files: &Files) -> Json {
    files.iter().fold(Json::object(), |mut json, (name, text)| {
        json.set(name, text);
        json
    })
}

fn encode<'a>(inputs: impl Iterator<Item = &'a Input>, mut files: Files) -> Json {
    let mut log: Vec<Json> = Vec::new();
    for input in inputs {
        match input {
            Input::Step(0) => match log.last_mut() {
                Some(Json::Int(n)) if *n > 0 => *n += 1,
                _ => log.push(Json::Int(1)),
            },
            Input::Step(index) => log.push(Json::Int(-i64::from(*index))),
            Input::Interrupt => log.push("^C".into()),
            Input::Request(request) => log.push(encode_request(request)),
            Input::User(user) => log.push(encode_user(user.as_deref())),
            Input::Fault(fault) => log.push(json!({ "fault": fault.to_string() })),
            Input::Command { line, files: now } => {
                let mut entry = json!({ "run": line });
                let mut changed = Json::object();
                for (name, text) in now.iter().filter(|(name, text)| files.get(*name) != Some(*text)) {
                    changed.set(name, text);
                }
                for name in files.keys().filter(|name| !now.contains_key(*name)) {
                    changed.set(name, Json::Null);
                }
                if !changed.is_empty() {
                    entry.set("files", changed);
                }
                files = now.clone();
                log.push(entry);
            }
        }
    }
    log.into()
}

fn encode_user(user: Option<&User>) -> Json {
    let mut entry = json!({ "user": user.map_or("", |user| &*user.name) });
    let groups: Vec<&Str> = user.into_iter().flat_map(|user| &user.groups).collect();
    if !groups.is_empty() {
        entry.set("groups", groups.into_iter().collect::<Json>());
    }
    entry
}

fn decode_user(entry: &Json) -> Option<Arc<User>> {
    let groups: Vec<String> = entry["groups"].items().iter().map(|group| group.str().to_string()).collect();
    let name = entry["user"].str();
    (!name.is_empty()).then(|| User::impersonated(name, "", &groups, Json::Null))
}

fn encode_request(request: &http::Request) -> Json {
    let mut entry = json!({ "request": format!("{} {}", request.method, request.target) });
    let http::Request { content_type, accept, agent, body, .. } = request;
    for (key, value) in [("type", content_type), ("accept", accept), ("agent", agent), ("body", body)] {
        if !value.is_empty() {
            entry.set(key, value);
        }
    }
    entry
}

fn decode_request(entry: &Json) -> Option<http::Request> {
    let (method, target) = entry["request"].as_str()?.split_once(' ')?;
    let headers = [("content-type", "type"), ("accept", "accept"), ("user-agent", "agent")].into_iter();
    Some(http::Request::new(
        method,
        target,
        headers.map(|(header, key)| (header, entry[key].str())),
        entry["body"].str(),
    ))
}

/// An entry's input, and how often it is repeated.
fn decode(entry: &Json, files: &mut Files) -> Option<(Input, usize)> {
    let once = |input| Some((input, 1));
    match entry {
        Json::Int(n) if *n > 0 => Some((Input::Step(0), usize::try_from(*n).ok()?)),
        Json::Int(n) if *n < 0 => once(Input::Step(u32::try_from(n.unsigned_abs()).ok()?)),
        Json::Str(s) if s.as_str() == "^C" => once(Input::Interrupt),
        Json::Object(_) if !entry["fault"].is_null() => {
            once(Input::Fault(Fault::parse(entry["fault"].str())?))
        }
        Json::Object(_) if !entry["user"].is_null() => once(Input::User(decode_user(entry))),
        Json::Object(_) if !entry["request"].is_null() => once(Input::Request(decode_request(entry)?)),
        Json::Object(_) => {
            for (name, text) in entry["files"].entries() {
                match text.as_str() {
                    Some(text) => files.insert(name.clone(), text.into()),
                    None => files.remove(name),
                };
            }
            once(Input::Command { line: entry.get("run")?.as_str()?.into(), files: files.clone() })
        }
        _ => None,
    }
}

/// A run's fingerprint: the same for the same seed and log, on every machine.
pub fn trace_hash(playground: &Playground) -> Trace {
    let mut desk = Desk::new(playground.config());
    let mut hash = Trace::default();
    for (input, _) in playground.timeline.branch().entries() {
        hash.add(&desk.apply(input));
    }
    hash
}

/// The fingerprint of a run as it goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Trace(Fingerprint);

impl std::fmt::Display for Trace {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:016x}", self.0.0)
    }
}

impl Trace {
    /// One step more.
    pub fn add(&mut self, record: &Record) {
        let step = &record.step;
        let call = |c: &Call| format!("{:?} {} {} {}", c.result, c.key, c.revision_after, c.after);
        let calls: Vec<String> = step.calls.iter().map(call).collect();
        let trace = format!("{} {} {:?} {:?} {calls:?}", step.step, step.time, step.action, step.notes);
        self.0.add(trace.bytes());
    }
}
