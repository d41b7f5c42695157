//! What a lesson allows, and what in a run goes beyond it, or cannot have come about.

use super::lesson::{Allow, Lesson};
use crate::cluster::Fault;
use crate::json::Str;
use crate::playground::{Input, Playground};

/// Something that makes a submission worthless.
#[derive(Clone, Debug, PartialEq)]
pub struct Offence {
    /// Which.
    pub kind: OffenceKind,
    /// The branch, by its name; `""` where it is about the whole.
    pub branch: String,
    /// The step, where it is about one.
    pub step: Option<usize>,
    /// What it was: the command, the file, the fault.
    pub detail: String,
}

/// Kinds of offences.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OffenceKind {
    /// It was made for another lesson.
    OtherLesson,
    /// It was made for this lesson, but as it was at another time, or changed.
    OtherVersion,
    /// The run does not begin as the lesson does.
    OtherStart,
    /// The run does something that could not be done then.
    Impossible,
    /// The steps are not the ones that the learner's page saw.
    OtherTrace,
    /// A command that is not allowed.
    Command,
    /// A file was changed that is not to be.
    File,
    /// A fault that is not allowed.
    Fault,
    /// A switch that is not allowed.
    Switch,
    /// Another than the default happened, and that is not allowed.
    Choice,
    /// The past was changed, and that is not allowed.
    Back,
    /// A question was answered at a step that is not in the run.
    Answer,
}

const CODES: [(OffenceKind, &str); 12] = [
    (OffenceKind::OtherLesson, "other-lesson"),
    (OffenceKind::OtherVersion, "other-version"),
    (OffenceKind::OtherStart, "other-start"),
    (OffenceKind::Impossible, "impossible"),
    (OffenceKind::OtherTrace, "other-trace"),
    (OffenceKind::Command, "command"),
    (OffenceKind::File, "file"),
    (OffenceKind::Fault, "fault"),
    (OffenceKind::Switch, "switch"),
    (OffenceKind::Choice, "choice"),
    (OffenceKind::Back, "back"),
    (OffenceKind::Answer, "answer"),
];

impl OffenceKind {
    /// Its code in reports.
    pub fn code(self) -> &'static str {
        CODES.iter().find(|(kind, _)| *kind == self).map_or("", |(_, code)| code)
    }
}

impl Offence {
    pub(super) fn of(kind: OffenceKind, detail: impl Into<String>) -> Offence {
        Offence { kind, branch: String::new(), step: None, detail: detail.into() }
    }
}

/// What an input does that is not allowed.
pub fn forbidden(allow: &Allow, lesson: &Lesson, input: &Input) -> Option<(OffenceKind, String)> {
    match input {
        Input::Step(0) | Input::Interrupt => None,
        Input::Step(_) => (!allow.choices).then(|| (OffenceKind::Choice, String::new())),
        Input::User(user) => {
            let name = user.as_ref().map_or("", |user| &user.name);
            Some((OffenceKind::Command, format!("@user {name}")))
        }
        // What a lesson allows are kubectl's commands; another client's requests are none of them.
        Input::Request(request) => {
            Some((OffenceKind::Command, format!("{} {}", request.method, request.target)))
        }
        Input::Fault(fault) => {
            let words = fault.to_string();
            let first = words.split(' ').next().unwrap_or_default();
            let (kind, allowed) = match fault {
                Fault::Switch(..) => (OffenceKind::Switch, &allow.switches),
                _ => (OffenceKind::Fault, &allow.faults),
            };
            (!allowed.has(first)).then(|| (kind, words.clone()))
        }
        Input::Command { line, files } => {
            if verbs(line).iter().any(|verb| !allow.commands.has(verb)) {
                return Some((OffenceKind::Command, line.to_string()));
            }
            let changed = files.iter().find(|(name, text)| {
                lesson.files.get(name.as_str()) != Some(*text) && !allow.files.has(name)
            });
            let removed =
                lesson.files.keys().find(|name| !files.contains_key(*name) && !allow.files.has(name));
            let name: Option<&Str> = changed.map(|(name, _)| name).or(removed);
            name.map(|name| (OffenceKind::File, name.to_string()))
        }
    }
}

/// The verbs of the kubectl commands in a line. Other commands only look at files; those by which kubectl could be run under
/// another name count as verbs of their own.
fn verbs(line: &str) -> Vec<&str> {
    let mut verbs = Vec::new();
    for command in line.split(['|', ';', '&', '\n', '(', '`', '{']) {
        let mut words = command.split_whitespace().peekable();
        if let Some(first) = words.peek()
            && (["alias", "eval", "source", "."].contains(first) || first.starts_with(['$', '\\', '\'', '"']))
        {
            verbs.push(*first);
        }
        // Behind `time`, `do`, `!`, an assignment.
        if !words.any(|word| word.rsplit('/').next() == Some("kubectl")) {
            continue;
        }
        while let Some(word) = words.next() {
            if ["-n", "--namespace", "--context", "--kubeconfig", "-v", "-s"].contains(&word) {
                words.next();
            } else if !word.starts_with('-') {
                verbs.push(word);
                break;
            }
        }
    }
    verbs
}

/// What is wrong with a run that was replayed, given the moment at which the learner begins.
pub fn offences(lesson: &Lesson, begun: &Playground, run: &Playground) -> Vec<Offence> {
    let mut found = Vec::new();
    let begin = begun.timeline().len();
    let start = begun.timeline().branch().entries();
    for (i, branch) in run.timeline().branches().iter().enumerate() {
        let from = branch.origin.map_or(0, |(_, at)| at);
        let mut add = |kind, step, detail: String| {
            // A file stays changed: the first command with it says so.
            if !found.iter().any(|told: &Offence| told.kind == kind && told.detail == detail) {
                found.push(Offence { kind, branch: branch.name.clone(), step, detail });
            }
        };
        let as_begun = branch.entries().iter().zip(start.iter()).all(|((a, _), (b, _))| a == b);
        if !as_begun || branch.entries().len() < begin || (i > 0 && from < begin) {
            add(OffenceKind::OtherStart, None, String::new());
            continue;
        }
        if i > 0 && !lesson.allow.back {
            add(OffenceKind::Back, Some(from), String::new());
        }
        for (at, (input, _)) in branch.entries().iter().enumerate().skip(begin.max(from)) {
            if let Some((kind, detail)) = forbidden(&lesson.allow, lesson, input) {
                add(kind, Some(at + 1), detail);
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    #[test]
    fn verbs_are_found_wherever_they_stand() {
        for (line, verbs) in [
            ("kubectl get pods", "get"),
            ("kubectl -n default delete job pi", "delete"),
            ("cat a.yaml | kubectl apply -f -", "apply"),
            ("ls; kubectl --v=6 scale job/pi", "scale"),
            ("kubectl get pods && kubectl delete pod x", "get delete"),
            ("cat kubectl", ""),
            ("for i in 1 2; do kubectl delete pod x; done", "delete"),
            ("X=1 kubectl scale job/pi; echo `kubectl get pods`", "scale get"),
            ("alias k=kubectl; eval k delete pod x; $K get pods", "alias eval $K"),
        ] {
            assert_eq!(super::verbs(line).join(" "), verbs, "{line}");
        }
    }
}
