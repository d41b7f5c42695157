//! [`Lesson`]: a lesson as a value, read from its folder's files.

use super::check::{self, Check, Id};
use super::format::{Mistake, Reader, closest};
use super::prose::{self, Prose};
use super::source::Source;
use super::tables::{self, LANGUAGES};
use crate::api::{RuntimeConfig, User, sha256};
use crate::cluster::{Config, Fault};
use crate::collections::Map;
use crate::json::{Json, Str};
use crate::manifest::Place;
use crate::playground::script::{self, Line};
use crate::playground::{Files, Playground};
use std::sync::Arc;
use std::time::Duration;

/// The files of a lesson's folder, by their paths in it.
pub type Folder = Map<Str, Str>;

/// A text in the languages of a lesson.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Texts(Vec<(Str, Str)>);

impl Texts {
    pub(super) fn read(json: &Json) -> Texts {
        Texts(json.entries().iter().map(|(language, text)| (language.clone(), text.str().into())).collect())
    }

    /// In a language; in the lesson's first one, where it has not that.
    pub fn in_language(&self, language: &str) -> &str {
        let found = self.0.iter().find(|(l, _)| l == language).or(self.0.first());
        found.map_or("", |(_, text)| text.as_str())
    }
}

/// A lesson.
#[derive(Clone, Debug)]
pub struct Lesson {
    /// Its folder's name.
    pub id: Str,
    /// The fingerprint of what judging depends on: lesson.yaml and the files of start/.
    pub hash: Str,
    /// Its languages.
    pub languages: Vec<Str>,
    /// Its title.
    pub title: Texts,
    /// What it is about, in a sentence.
    pub about: Texts,
    /// How long it takes.
    pub minutes: Option<i64>,
    /// The cluster.
    pub config: Config,
    /// The files in the editor at the start, and the order of their tabs.
    pub files: Files,
    /// The order of the editor's tabs.
    pub tabs: Vec<Str>,
    /// What has happened before the learner begins.
    pub start: Vec<Line>,
    /// Who the learner is; nobody: the administrator.
    pub user: Option<Arc<User>>,
    /// What the learner may touch.
    pub allow: Allow,
    /// The tasks, in order.
    pub tasks: Vec<Task>,
    /// All checks; tasks, hints and questions name them by their places.
    pub checks: Vec<Check>,
    /// The texts, one for each language.
    pub prose: Vec<Prose>,
}

/// What a learner may touch.
#[derive(Clone, Debug, PartialEq)]
pub struct Allow {
    /// Commands: kubectl's verbs.
    pub commands: Allowed,
    /// Files.
    pub files: Allowed,
    /// Faults, by their first words.
    pub faults: Allowed,
    /// Switches.
    pub switches: Allowed,
    /// What happens next.
    pub choices: bool,
    /// The past.
    pub back: bool,
}

/// All, none, or some.
#[derive(Clone, Debug, PartialEq)]
pub enum Allowed {
    /// All or none.
    Any(bool),
    /// These.
    Only(Vec<Str>),
}

impl Allowed {
    fn read(json: &Json, default: bool) -> Allowed {
        match json {
            Json::Array(words) => Allowed::Only(words.iter().map(|word| word.str().into()).collect()),
            other => Allowed::Any(other.as_bool().unwrap_or(default)),
        }
    }

    /// Whether something is among it.
    pub fn has(&self, word: &str) -> bool {
        match self {
            Allowed::Any(any) => *any,
            Allowed::Only(words) => words.iter().any(|w| w == word),
        }
    }
}

/// A task.
#[derive(Clone, Debug)]
pub struct Task {
    /// Its name.
    pub id: Str,
    /// What it is worth.
    pub points: i64,
    /// Passed when all of these hold.
    pub checks: Vec<Id>,
    /// Its hints.
    pub hints: Vec<Hint>,
    /// Its questions.
    pub questions: Vec<Question>,
}

/// A hint.
#[derive(Clone, Debug)]
pub struct Hint {
    /// Its name.
    pub id: Str,
    /// When it is shown; always, where there is none.
    pub when: Option<Id>,
    /// What it says.
    pub text: Texts,
    /// Where it stands in lesson.yaml.
    pub place: String,
}

/// A question.
#[derive(Clone, Debug)]
pub struct Question {
    /// Its name.
    pub id: Str,
    /// What is asked.
    pub text: Texts,
    /// How it is answered.
    pub answer: Answer,
    /// When it can be answered; always, where there is none.
    pub asked: Option<Id>,
    /// What is said when it was answered.
    pub because: Texts,
    /// Where it stands in lesson.yaml.
    pub place: String,
}

/// How a question is answered.
#[derive(Clone, Debug)]
pub enum Answer {
    /// By choosing one or several options.
    Choose {
        /// Exactly the right ones are to be chosen.
        several: bool,
        /// To choose from.
        options: Vec<Choice>,
    },
    /// With a value that is read from the world: what, and which field of it.
    Read(Source, Option<Str>),
}

/// An option of a question.
#[derive(Clone, Debug)]
pub struct Choice {
    /// Its name.
    pub id: Str,
    /// What it says.
    pub text: Texts,
    /// Whether it is right.
    pub right: Right,
}

/// Whether an option is right.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Right {
    /// So the author says.
    Said(bool),
    /// So the world says.
    Checked(Id),
}

impl Lesson {
    /// Reads a lesson. `name` is its folder's, where there is a folder.
    pub fn read(folder: &Folder, name: Option<&str>) -> Result<Lesson, Vec<Mistake>> {
        let (lesson, mut mistakes) = Lesson::read_but_texts(folder, name);
        let Some(mut lesson) = lesson else { return Err(mistakes) };
        for language in lesson.languages.clone() {
            let file = format!("{language}.md");
            match folder.get(file.as_str()) {
                Some(text) => {
                    let ids: Vec<&str> = lesson.tasks.iter().map(|t| t.id.as_str()).collect();
                    let (prose, wrong) = prose::read(&language, &file, text, &ids, &lesson);
                    lesson.prose.push(prose);
                    mistakes.extend(wrong);
                }
                None => mistakes.push(missing(&file, "there is no such file: title names this language")),
            }
        }
        if mistakes.is_empty() { Ok(lesson) } else { Err(mistakes) }
    }

    /// Reads a lesson without its texts: lesson.yaml and start/. The page has the texts in a form of its own.
    pub fn without_texts(folder: &Folder) -> Result<Lesson, Vec<Mistake>> {
        match Lesson::read_but_texts(folder, None) {
            (Some(lesson), mistakes) if mistakes.is_empty() => Ok(lesson),
            (_, mistakes) => Err(mistakes),
        }
    }

    fn read_but_texts(folder: &Folder, name: Option<&str>) -> (Option<Lesson>, Vec<Mistake>) {
        let Some(text) = folder.get("lesson.yaml") else {
            return (None, vec![missing("lesson.yaml", "there is no such file: every lesson has one")]);
        };
        let mut reader = match Reader::read("lesson.yaml", text, &tables::LESSON, 0) {
            Ok(reader) => reader,
            Err(mistake) => return (None, vec![mistake]),
        };
        let json = reader.document.value.clone();
        let languages: Vec<Str> =
            json["title"].entries().iter().map(|(language, _)| language.clone()).collect();
        every_language(&mut reader, &json, "", &languages);
        let mut lesson = Lesson {
            id: json["id"].str().into(),
            hash: hash(folder).into(),
            title: Texts::read(&json["title"]),
            about: Texts::read(&json["about"]),
            minutes: json["minutes"].as_i64(),
            config: config(&mut reader, &json["cluster"]),
            files: Files::new(),
            tabs: Vec::new(),
            start: Vec::new(),
            user: None,
            allow: Allow {
                commands: Allowed::read(&json["allow"]["commands"], true),
                files: Allowed::read(&json["allow"]["files"], true),
                faults: Allowed::read(&json["allow"]["faults"], false),
                switches: Allowed::read(&json["allow"]["switches"], false),
                choices: json["allow"]["choices"].as_bool().unwrap_or(true),
                back: json["allow"]["back"].as_bool().unwrap_or(true),
            },
            tasks: Vec::new(),
            checks: Vec::new(),
            prose: Vec::new(),
            languages,
        };
        if let Some(name) = name.filter(|name| *name != lesson.id.as_str() && json["id"].as_str().is_some()) {
            reader.wrong("id", format!("the folder is called {name:?}: id must be its name"));
        }
        if let Some(name) = json["user"].as_str() {
            let groups: Vec<String> = json["groups"].items().iter().map(|g| g.str().to_string()).collect();
            lesson.user = Some(User::impersonated(name, "", &groups, Json::Null));
        } else if !json["groups"].is_null() {
            reader.wrong("groups", "whose groups are they? say user: too");
        }
        lesson.read_start(&mut reader, folder, &json["start"]);
        lesson.read_tasks(&mut reader, &json["tasks"]);
        (Some(lesson), reader.mistakes)
    }

    /// The moment at which a learner begins.
    pub fn begin(&self) -> Result<Playground, String> {
        let mut playground = Playground::new(self.config.clone(), self.files.clone());
        for line in &self.start {
            playground.follow(line)?;
        }
        if self.user.is_some() {
            playground.log_in(self.user.clone());
        }
        Ok(playground)
    }

    /// All questions, with their tasks.
    pub fn questions(&self) -> impl Iterator<Item = (&Task, &Question)> {
        self.tasks.iter().flat_map(|task| task.questions.iter().map(move |q| (task, q)))
    }

    fn read_start(&mut self, reader: &mut Reader, folder: &Folder, start: &Json) {
        let there: Vec<Str> =
            folder.keys().filter_map(|path| path.strip_prefix("start/").map(Str::from)).collect();
        self.tabs = match start["files"].items() {
            [] => there.clone(),
            files => files.iter().map(|file| file.str().into()).collect(),
        };
        for (i, tab) in self.tabs.iter().enumerate() {
            match folder.get(format!("start/{tab}").as_str()) {
                Some(text) => drop(self.files.insert(tab.clone(), text.clone())),
                None => {
                    let names: Vec<&str> = there.iter().map(Str::as_str).collect();
                    let meant =
                        closest(tab, &names).map_or(String::new(), |m| format!("; did you mean {m}?"));
                    reader
                        .wrong(&format!("start.files[{i}]"), format!("there is no file start/{tab}{meant}"));
                }
            }
        }
        for (path, line) in lines(&start["run"], "start.run") {
            match script::parse(line) {
                Ok(Some(Line::Other(words))) => {
                    reader.wrong(&path, format!("there is no @{}", words.first().map_or("", |w| w)));
                }
                Ok(line) => self.start.extend(line),
                Err(message) => reader.wrong(&path, message),
            }
        }
    }

    fn read_tasks(&mut self, reader: &mut Reader, tasks: &Json) {
        let mut ids = Vec::new();
        for (i, json) in tasks.items().iter().enumerate() {
            let path = format!("tasks[{i}]");
            let checks = &mut self.checks;
            let each = |key: &str| {
                let items = json[key].items().iter().enumerate();
                let path = path.clone();
                let key = key.to_owned();
                items.map(move |(i, item)| (item, format!("{path}.{key}[{i}]"))).collect::<Vec<_>>()
            };
            if json.get("checks").is_none() && json.get("questions").is_none() {
                reader
                    .wrong(&path, "a task has checks, or questions, or both: this one is passed by nothing");
            }
            let mut task = Task {
                id: json["id"].str().into(),
                points: json["points"].as_i64().unwrap_or(1),
                checks: each("checks")
                    .into_iter()
                    .map(|(c, at)| check::read(reader, checks, c, &at))
                    .collect(),
                hints: Vec::new(),
                questions: Vec::new(),
            };
            for (hint, at) in each("hints") {
                let when = hint.get("when").map(|c| check::read(reader, checks, c, &format!("{at}.when")));
                let text = Texts::read(&hint["text"]);
                task.hints.push(Hint { id: hint["id"].str().into(), when, text, place: at });
            }
            for (question, at) in each("questions") {
                task.questions.push(read_question(reader, checks, question, at));
            }
            let parts = task.hints.iter().map(|h| (&h.id, h.place.clone()));
            let parts = parts.chain(task.questions.iter().map(|q| (&q.id, q.place.clone())));
            for (id, at) in std::iter::once((&task.id, path)).chain(parts) {
                unique(reader, &mut ids, id, &at);
            }
            self.tasks.push(task);
        }
    }
}

/// Names of tasks, hints and questions stand in files and reports: they are simple, and none comes twice.
fn unique(reader: &mut Reader, ids: &mut Vec<Str>, id: &Str, path: &str) {
    let simple = id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    if !simple {
        reader
            .wrong(&format!("{path}.id"), format!("{:?}: an id is made of a-z, 0-9 and dashes", id.as_str()));
    }
    if !id.is_empty() && ids.contains(id) {
        reader.wrong(&format!("{path}.id"), format!("{:?} is the id of something else already", id.as_str()));
    }
    ids.push(id.clone());
}

fn read_question(reader: &mut Reader, checks: &mut Vec<Check>, json: &Json, path: String) -> Question {
    let mut options = Vec::new();
    for (i, option) in json["options"].items().iter().enumerate() {
        let right = match &option["right"] {
            Json::Object(_) => {
                let at = format!("{path}.options[{i}].right");
                Right::Checked(check::read(reader, checks, &option["right"], &at))
            }
            said => Right::Said(said.as_bool().unwrap_or(false)),
        };
        options.push(Choice { id: option["id"].str().into(), text: Texts::read(&option["text"]), right });
    }
    let several = json["several"].as_bool().unwrap_or(false);
    let said = options.iter().filter(|o| o.right == Right::Said(true)).count();
    let checked = options.iter().any(|o| matches!(o.right, Right::Checked(_)));
    if !options.is_empty() && !checked && (said == 0 || (said > 1 && !several)) {
        let message = if said == 0 {
            "no option is right: say right: true of one"
        } else {
            "more than one option is right: say several: true, or leave one right"
        };
        reader.wrong(&format!("{path}.options"), message);
    }
    let answer = match json.get("answer") {
        Some(reading) => {
            let source = check::source(reader, reading, &format!("{path}.answer"));
            Answer::Read(source, reading["path"].as_str().map(Str::from))
        }
        None => Answer::Choose { several, options },
    };
    let asked = json.get("asked").map(|c| check::read(reader, checks, c, &format!("{path}.asked")));
    Question {
        id: json["id"].str().into(),
        text: Texts::read(&json["text"]),
        answer,
        asked,
        because: Texts::read(&json["because"]),
        place: path,
    }
}

fn config(reader: &mut Reader, cluster: &Json) -> Config {
    let seed = cluster["seed"].as_i64().unwrap_or(1).unsigned_abs();
    let mut config = Config::new(seed, cluster["nodes"].as_i64().unwrap_or(3).unsigned_abs() as usize);
    match RuntimeConfig::parse(cluster["runtimeConfig"].str()) {
        Ok(runtime) => config.runtime = runtime,
        Err(message) => reader.wrong("cluster.runtimeConfig", message),
    }
    for (i, coming) in cluster["faults"].items().iter().enumerate() {
        let after = Duration::from_secs(coming["after"].as_i64().unwrap_or(0).unsigned_abs());
        match Fault::parse(coming["fault"].str()) {
            Some(fault) => {
                if config.faults.last().is_some_and(|(before, _)| *before > after) {
                    reader.wrong(
                        &format!("cluster.faults[{i}].after"),
                        "it comes before the one above: sort them",
                    );
                }
                config.faults.push((after, fault));
            }
            None => {
                let message = "no such fault: node-down NODE, node-up NODE, kill-container NAMESPACE/POD CONTAINER, \
                               restart-controllers, fail-call QUEUE CALL error|conflict|crash, workers QUEUE COUNT, \
                               delivery RESOURCE on|off, expectations on|off, cache-sync on|off, rate-limiter on|off";
                reader.wrong(&format!("cluster.faults[{i}].fault"), message);
            }
        }
    }
    config
}

/// The lines of a script that is a text or a list of lines, with their paths.
pub(super) fn lines<'a>(json: &'a Json, path: &str) -> Vec<(String, &'a str)> {
    match json {
        Json::Array(items) => {
            let items = items.iter().enumerate();
            items.map(|(i, item)| (format!("{path}[{i}]"), item.str())).collect()
        }
        text => text.str().lines().map(|line| (path.into(), line)).collect(),
    }
}

/// Every text must be there in every language of the lesson.
fn every_language(reader: &mut Reader, json: &Json, path: &str, languages: &[Str]) {
    match json {
        Json::Object(fields) => {
            let is_text = ["title", "about", "text", "because", "says"].iter().any(|key| path.ends_with(key));
            let texts = fields.entries().iter().any(|(key, _)| LANGUAGES.contains(&key.as_str()));
            if is_text && texts {
                for language in languages.iter().filter(|l| fields.get(l).is_none()) {
                    reader.wrong(
                        path,
                        format!("there is no {language} text, and the lesson has a title in {language}"),
                    );
                }
                return;
            }
            for (key, value) in fields.entries() {
                every_language(reader, value, &super::format::child(path, key), languages);
            }
        }
        Json::Array(items) => {
            for (i, item) in items.iter().enumerate() {
                every_language(reader, item, &format!("{path}[{i}]"), languages);
            }
        }
        _ => {}
    }
}

fn missing(file: &str, message: &str) -> Mistake {
    let place = Place { line: 1, column: 1, ..Place::default() };
    Mistake { file: file.into(), place, message: message.into() }
}

/// The fingerprint of what judging depends on. Line ends do not count: they change when files are copied.
fn hash(folder: &Folder) -> String {
    let mut text = String::new();
    for (path, content) in
        folder.iter().filter(|(p, _)| p.as_str() == "lesson.yaml" || p.starts_with("start/"))
    {
        let content = content.replace("\r\n", "\n");
        text.push_str(&format!("{path}\n{}\n{content}", content.len()));
    }
    sha256::hex(text.as_bytes(), 16)
}
