//! Every key of the format, in one place: decoding goes by these tables, and the JSON Schema and the authors' editor are
//! made of them.

use crate::json::Json;

/// What a value may be.
#[derive(Debug)]
pub enum Type {
    /// Anything.
    Any,
    /// A word, a number, true or false.
    Scalar,
    /// A text that is not empty.
    Text,
    /// True or false.
    Bool,
    /// A whole number from … to ….
    Number(i64, i64),
    /// One of these words.
    Word(&'static [&'static str]),
    /// A list with something in it.
    List(&'static Type),
    /// The first of these that fits.
    OneOf(&'static [Type]),
    /// Keys of a table.
    Table(&'static Table),
    /// A check. (Checks are made of checks, and a constant cannot name itself.)
    Check,
}

impl Type {
    /// Whether a value looks like this type.
    pub fn fits(&self, value: &Json) -> bool {
        match self {
            Type::Any => true,
            Type::Scalar => !matches!(value, Json::Array(_) | Json::Object(_) | Json::Null),
            Type::Text | Type::Word(_) => matches!(value, Json::Str(_)),
            Type::Bool => matches!(value, Json::Bool(_)),
            Type::Number(..) => matches!(value, Json::Int(_)),
            Type::List(_) => matches!(value, Json::Array(_)),
            Type::OneOf(types) => types.iter().any(|ty| ty.fits(value)),
            Type::Table(_) | Type::Check => matches!(value, Json::Object(_)),
        }
    }

    /// What it is called.
    pub fn name(&self) -> String {
        match self {
            Type::Any => "anything".into(),
            Type::Scalar => "a word, a number, true or false".into(),
            Type::Text => "a text".into(),
            Type::Bool => "true or false".into(),
            Type::Number(least, most) => format!("a whole number from {least} to {most}"),
            Type::Word(words) => format!("one of {}", words.join(", ")),
            Type::List(of) => format!("a list ({} each)", of.name()),
            Type::OneOf(types) => types.iter().map(Type::name).collect::<Vec<_>>().join(" or "),
            Type::Table(table) => table.is.into(),
            Type::Check => CHECKS.is.into(),
        }
    }
}

/// A key.
#[derive(Debug)]
pub struct Field {
    /// Its name.
    pub name: &'static str,
    /// What it holds.
    pub ty: Type,
    /// Whether it must be there.
    pub required: bool,
    /// What it is for. Empty in the page's module.
    pub about: &'static str,
}

/// A map with known keys.
#[derive(Debug)]
pub struct Table {
    /// What it is called in messages: `a task`.
    pub is: &'static str,
    /// The name of its definition in the JSON Schema.
    pub name: &'static str,
    /// Its keys.
    pub fields: &'static [Field],
    /// Exactly one of these must be there, if there are any.
    pub one_of: &'static [&'static str],
}

/// The page's module does not carry the explanations.
const fn about(text: &'static str) -> &'static str {
    if cfg!(target_arch = "wasm32") { "" } else { text }
}

const fn must(name: &'static str, ty: Type, text: &'static str) -> Field {
    Field { name, ty, required: true, about: about(text) }
}

const fn may(name: &'static str, ty: Type, text: &'static str) -> Field {
    Field { name, ty, required: false, about: about(text) }
}

/// The languages that lessons can be written in: those in which reports have words.
pub const LANGUAGES: [&str; 2] = ["en", "zh-CN"];

const TEXTS: Type = Type::Table(&Table {
    is: "a text in each language",
    name: "texts",
    fields: &[may("en", Type::Text, "In English."), may("zh-CN", Type::Text, "In simplified Chinese.")],
    one_of: &[],
});

const LINES: Type = Type::OneOf(&[Type::Text, Type::List(&Type::Text)]);
const CHECK: Type = Type::Check;
const MANY: Type = Type::List(&CHECK);
const ALLOWED: Type = Type::OneOf(&[Type::Bool, Type::List(&Type::Text)]);
const MOST: i64 = 1_000_000_000;

/// The operators, in the order in which they are documented.
pub const OPERATORS: [&str; 11] =
    ["eq", "ne", "lt", "le", "gt", "ge", "in", "contains", "matches", "exists", "absent"];

/// `lesson.yaml`.
pub static LESSON: Table = Table {
    is: "a lesson",
    name: "lesson",
    fields: &[
        must("lesson", Type::Number(1, 1), "The version of this format: 1."),
        must("id", Type::Text, "The name of the lesson's folder: letters, digits and dashes."),
        must("title", TEXTS, "The title in each language. The languages named here are those of the lesson."),
        may("about", TEXTS, "One sentence for the list of lessons."),
        may("minutes", Type::Number(1, 600), "How long it takes."),
        may("cluster", Type::Table(&CLUSTER), "The cluster. Three nodes where nothing is said."),
        may(
            "user",
            Type::Text,
            "Who the learner is to the API server; the administrator where it is not said.",
        ),
        may("groups", Type::List(&Type::Text), "The groups that this user is in."),
        may("start", Type::Table(&START), "What has happened before the learner begins."),
        may("allow", Type::Table(&ALLOW), "What the learner may touch."),
        must("tasks", Type::List(&Type::Table(&TASK)), "The tasks, in order."),
    ],
    one_of: &[],
};

static CLUSTER: Table = Table {
    is: "a cluster",
    name: "cluster",
    fields: &[
        may("nodes", Type::Number(1, 100), "How many nodes; 3 where it is not said."),
        may(
            "seed",
            Type::Number(0, u32::MAX as i64),
            "The seed: the same one gives the same names and the same run; 1.",
        ),
        may("runtimeConfig", Type::Text, "APIs that are switched off: batch/v1=false."),
        may("faults", Type::List(&Type::Table(&COMING)), "What breaks by itself, in the order of time."),
    ],
    one_of: &[],
};

static COMING: Table = Table {
    is: "a fault to come",
    name: "coming",
    fields: &[
        must("after", Type::Number(0, MOST), "Seconds of virtual time since the cluster's start."),
        must("fault", Type::Text, "What breaks: node-down node-2, restart-controllers, expectations off …"),
    ],
    one_of: &[],
};

static START: Table = Table {
    is: "a start",
    name: "start",
    fields: &[
        may(
            "files",
            Type::List(&Type::Text),
            "The files of start/ in the order of the editor's tabs; all, where it is not said.",
        ),
        may(
            "run",
            LINES,
            "A script that was run before the learner begins; the learner begins where it ends.",
        ),
    ],
    one_of: &[],
};

static ALLOW: Table = Table {
    is: "what is allowed",
    name: "allow",
    fields: &[
        may(
            "commands",
            ALLOWED,
            "Commands in the terminal: true (all), false (none but looking at files), or kubectl's verbs.",
        ),
        may("files", ALLOWED, "Changing files: true, false, or the names of those that may be changed."),
        may(
            "faults",
            ALLOWED,
            "Breaking things: true, false (so where it is not said), or their first words: node-down …",
        ),
        may(
            "switches",
            ALLOWED,
            "Switching mechanisms: true, false (so where it is not said), or their names: expectations …",
        ),
        may("choices", Type::Bool, "Choosing what happens next, other than the default."),
        may("back", Type::Bool, "Going back and doing something else there."),
    ],
    one_of: &[],
};

static TASK: Table = Table {
    is: "a task",
    name: "task",
    fields: &[
        must(
            "id",
            Type::Text,
            "Its name; the section of the prose whose heading ends with {#id} is about it.",
        ),
        may("points", Type::Number(0, 1000), "What it is worth; 1 where it is not said."),
        may("checks", MANY, "It is passed at the first moment at which all of these hold."),
        may(
            "hints",
            Type::List(&Type::Table(&HINT)),
            "Shown when their condition holds and the task is not passed.",
        ),
        may(
            "questions",
            Type::List(&Type::Table(&QUESTION)),
            "All must be answered rightly for the task to be passed.",
        ),
    ],
    one_of: &[],
};

static HINT: Table = Table {
    is: "a hint",
    name: "hint",
    fields: &[
        must(
            "id",
            Type::Text,
            "Its name; hints/<id>.txt is a script that leads to it, where the solution does not.",
        ),
        may("when", CHECK, "When it is shown; always, where it is not said."),
        must("text", TEXTS, "What it says."),
    ],
    one_of: &[],
};

static QUESTION: Table = Table {
    is: "a question",
    name: "question",
    fields: &[
        must("id", Type::Text, "Its name."),
        must("text", TEXTS, "What is asked."),
        may("options", Type::List(&Type::Table(&OPTION)), "To choose from."),
        may("several", Type::Bool, "Several options are to be chosen: exactly the right ones."),
        may(
            "answer",
            Type::Table(&READING),
            "A value that is read from the world at the moment of the answer.",
        ),
        may("asked", CHECK, "The moments at which it can be answered; any, where it is not said."),
        may("because", TEXTS, "Shown when it was answered."),
    ],
    one_of: &["options", "answer"],
};

static OPTION: Table = Table {
    is: "an option",
    name: "option",
    fields: &[
        must("id", Type::Text, "Its name."),
        must("text", TEXTS, "What it says."),
        may(
            "right",
            Type::OneOf(&[Type::Bool, CHECK]),
            "Whether it is right: said, or a check of the world at the moment of the answer.",
        ),
    ],
    one_of: &[],
};

const SOURCES: &[&str] =
    &["object", "objects", "cache", "queue", "expectations", "logs", "world", "calls", "notes"];

static READING: Table = Table {
    is: "a value to read",
    name: "reading",
    fields: &[
        may("object", Type::Text, OBJECT),
        may("objects", Type::Text, OBJECTS),
        may("cache", Type::Text, CACHE),
        may("queue", Type::Text, QUEUE),
        may("expectations", Type::Text, EXPECTATIONS),
        may("logs", Type::Text, LOGS),
        may("world", Type::Text, WORLD),
        may("calls", Type::Text, CALLS),
        may("notes", Type::Text, NOTES),
        may("namespace", Type::Text, NAMESPACE),
        may("selector", Type::Text, SELECTOR),
        may("where", Type::List(&Type::Table(&TEST)), WHERE),
        may(
            "path",
            Type::Text,
            "Which field of it. Of several things: of each. Where it is not said: the number of things, or the thing itself.",
        ),
    ],
    one_of: SOURCES,
};

const OBJECT: &str = "One object: job/pi, or pod/kube-system/x in another namespace than default.";
const OBJECTS: &str = "All objects of a kind: pods.";
const CACHE: &str = "The controllers' cache: all of a kind (pods), or one (job/pi).";
const QUEUE: &str =
    "A controller's work queue: job-controller. It has ready, waiting, working (lists of keys) and workers.";
const EXPECTATIONS: &str =
    "What a controller expects of its cache for a key: job-controller/default/pi. It has adds and dels.";
const LOGS: &str =
    "What containers wrote: of one pod (pod/x), or of all (pods). Each has pod, container and text.";
const WORLD: &str = "The rest of the world, by a path: seconds, step, idle, synced, switches.expectations, delivers.pods, nodes.node-1 (is it up), terminal.running.";
const CALLS: &str = "The API calls of the step just made, on this resource (or any). Each has verb, name, subresource, agent, code, reason.";
const NOTES: &str =
    "The reasons given in the step just made, of this phase (or any): each has phase, queue and its values.";
const NAMESPACE: &str = "Only in this namespace; all, where it is not said.";
const SELECTOR: &str = "Only those whose labels match, as kubectl's -l.";
const WHERE: &str = "Only those that pass all these tests.";

static TEST: Table = Table {
    is: "a test",
    name: "test",
    fields: &[
        must("path", Type::Text, "Which field."),
        may("op", Type::Word(&OPERATORS), "How it is compared; eq, or exists where there is no value."),
        may("value", Type::Any, "With what."),
    ],
    one_of: &[],
};

static COUNT: Table = Table {
    is: "a count",
    name: "count",
    fields: &[
        must("op", Type::Word(&["eq", "ne", "lt", "le", "gt", "ge"]), "How the number is compared."),
        must("value", Type::Number(0, MOST), "With what."),
    ],
    one_of: &[],
};

static WITHIN: Table = Table {
    is: "a limit",
    name: "within",
    fields: &[
        may("steps", Type::Number(0, MOST), "At most so many steps."),
        may("seconds", Type::Number(0, MOST), "At most so many seconds of virtual time."),
        may(
            "after",
            CHECK,
            "Counted from the first moment at which this held; from the learner's beginning, where it is not said.",
        ),
        must("check", CHECK, "What must hold by then."),
    ],
    one_of: &["steps", "seconds"],
};

/// A check.
pub static CHECKS: Table = Table {
    is: "a check",
    name: "check",
    fields: &[
        may("object", Type::Text, OBJECT),
        may("objects", Type::Text, OBJECTS),
        may("cache", Type::Text, CACHE),
        may("queue", Type::Text, QUEUE),
        may("expectations", Type::Text, EXPECTATIONS),
        may("logs", Type::Text, LOGS),
        may("world", Type::Text, WORLD),
        may("calls", Type::Text, CALLS),
        may("notes", Type::Text, NOTES),
        may("namespace", Type::Text, NAMESPACE),
        may("selector", Type::Text, SELECTOR),
        may("where", Type::List(&Type::Table(&TEST)), WHERE),
        may(
            "path",
            Type::Text,
            "Which field is tested: status.succeeded, spec.containers[0].image, spec.containers[name=main].image, metadata.labels[app.kubernetes.io/name].",
        ),
        may("op", Type::Word(&OPERATORS), "How it is compared; eq, or exists where there is no value."),
        may("value", Type::Any, "With what."),
        may("condition", Type::Text, "The type of a condition in the object's status: Complete."),
        may("status", Type::Scalar, "The condition's status; True where it is not said."),
        may(
            "count",
            Type::OneOf(&[Type::Number(0, MOST), Type::Table(&COUNT)]),
            "How many things there must be.",
        ),
        may("always", CHECK, "It has held at every step since the learner began."),
        may("eventually", CHECK, "It has held at some step."),
        may("never", CHECK, "It has held at no step."),
        may("before", MANY, "Two checks: the first has held, and the second had not held before that."),
        may("within", Type::Table(&WITHIN), "It held in time."),
        may("all", MANY, "All of these hold."),
        may("any", MANY, "One of these holds."),
        may("not", CHECK, "This does not hold."),
        may("says", TEXTS, "What the learner reads instead of the sentence made from the check."),
    ],
    one_of: &[
        "object",
        "objects",
        "cache",
        "queue",
        "expectations",
        "logs",
        "world",
        "calls",
        "notes",
        "always",
        "eventually",
        "never",
        "before",
        "within",
        "all",
        "any",
        "not",
    ],
};

/// A live widget in the prose: a fenced block of the language `kubestep`.
pub static WIDGET: Table = Table {
    is: "a widget",
    name: "widget",
    fields: &[
        must(
            "widget",
            Type::Word(&["loop", "step", "objects", "terminal", "yaml", "task", "question"]),
            "What is shown.",
        ),
        may(
            "at",
            LINES,
            "A paused moment: a script from the lesson's start. The learner's own run, where it is not said.",
        ),
        may("task", Type::Text, "Whose checks are shown; the section's, where it is not said."),
        may("question", Type::Text, "Which question."),
        may("file", Type::Text, "Which file."),
        may("command", Type::Text, "A command that can be run with one click."),
        may(
            "focus",
            Type::Text,
            "What stands out: a component (job-controller, scheduler, node-1) or an object (job/pi).",
        ),
    ],
    one_of: &[],
};
