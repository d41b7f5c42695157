//! [`Failure`]: why a command ends badly, and how `kubectl` words it (`cmdutil.CheckErr`).

use crate::api::{Reason, Status};

/// An error that ends a command.
#[derive(Clone, Debug)]
pub(super) struct Failure {
    kind: Kind,
    /// The exit code.
    pub exit: i32,
    /// What is printed to the standard output before it.
    pub printed: String,
}

#[derive(Clone, Debug)]
enum Kind {
    /// Printed as it stands.
    Text(String),
    /// Printed after `error: `; as one of several without it.
    Plain(String),
    /// The server's.
    Server(Status),
    /// Several.
    Many(Vec<Failure>),
}

impl Failure {
    fn of(kind: Kind) -> Failure {
        Failure { kind, exit: 1, printed: String::new() }
    }

    /// Text that is complete.
    pub fn text(text: impl Into<String>) -> Failure {
        Failure::of(Kind::Text(text.into()))
    }

    /// `error: …`
    pub fn error(message: impl Into<String>) -> Failure {
        Failure::of(Kind::Plain(message.into()))
    }

    /// With what had been printed when it came.
    pub fn after(self, printed: String) -> Failure {
        Failure { printed, ..self }
    }

    /// Help, which is what was asked for.
    pub fn help(text: String) -> Failure {
        Failure { exit: 0, ..Failure::of(Kind::Text(text)) }
    }

    /// With another exit code, where it is a failure.
    pub fn with_exit(self, exit: i32) -> Failure {
        Failure { exit: if self.exit == 0 { 0 } else { exit }, ..self }
    }

    /// `error: …`, and where help is to be had.
    pub fn usage(command: &str, message: impl std::fmt::Display) -> Failure {
        Failure::text(format!("error: {message}\nSee 'kubectl {command} -h' for help and examples"))
    }

    /// An error of the server, while doing something with a source: `error when creating "f.yaml": …`.
    pub fn from_source(verb: &str, source: &str, mut status: Status) -> Failure {
        status.message = format!("error when {verb} {source:?}: {}", status.message).into();
        Failure::of(Kind::Server(status))
    }

    /// Several at once; one of them stands for itself.
    pub fn many(mut failures: Vec<Failure>) -> Result<(), Failure> {
        match failures.len() {
            0 => Ok(()),
            1 => Err(failures.remove(0)),
            _ => Err(Failure::of(Kind::Many(failures))),
        }
    }

    /// Several at once, or one, each without `error: `.
    pub fn one_by_one(failures: Vec<Failure>) -> Result<(), Failure> {
        if failures.is_empty() { Ok(()) } else { Err(Failure::of(Kind::Many(failures))) }
    }

    /// Those of a List's items, as one: `[a, b]`, without a word of where they come from (`utilerrors.Aggregate`).
    pub fn of_list(failures: Vec<Failure>) -> Option<Failure> {
        let mut told: Vec<String> = Vec::new();
        for failure in &failures {
            let text = match &failure.kind {
                Kind::Server(status) => status.message.to_string(),
                _ => failure.as_one_of_many(),
            };
            if !told.contains(&text) {
                told.push(text);
            }
        }
        let text = if told.len() > 1 { format!("[{}]", told.join(", ")) } else { told.concat() };
        (!text.is_empty()).then(|| Failure::text(text))
    }

    /// Whether the server said that there is no such object.
    pub fn is_not_found(&self) -> bool {
        matches!(&self.kind, Kind::Server(status) if status.is_not_found())
    }

    /// What is printed, with its newline.
    pub fn print(&self) -> String {
        let mut text = match &self.kind {
            Kind::Text(text) => text.clone(),
            Kind::Plain(message) => format!("error: {message}"),
            Kind::Server(status) => server(status),
            Kind::Many(all) => all.iter().map(Failure::as_one_of_many).collect::<Vec<_>>().join("\n"),
        };
        if !text.is_empty() && !text.ends_with('\n') {
            text.push('\n');
        }
        text
    }

    fn as_one_of_many(&self) -> String {
        match &self.kind {
            Kind::Plain(message) => message.clone(),
            Kind::Server(status) => standard(status),
            Kind::Text(text) => text.trim_start_matches("error: ").trim_end().into(),
            Kind::Many(_) => self.print().trim_end().into(),
        }
    }
}

impl From<Status> for Failure {
    fn from(status: Status) -> Failure {
        Failure::of(Kind::Server(status))
    }
}

/// `Error from server (NotFound): …`
pub(super) fn standard(status: &Status) -> String {
    match status.reason {
        Some(reason) => format!("Error from server ({}): {}", reason.name(), status.message),
        None => format!("Error from server: {}", status.message),
    }
}

/// An invalid object's causes get a line each.
fn server(status: &Status) -> String {
    if status.reason != Some(Reason::Invalid) {
        return standard(status);
    }
    let Some(details) = &status.details else {
        return format!("The request is invalid: {}", status.message);
    };
    let mut head = String::from("The request is invalid");
    if !details.kind.is_empty() || !details.name.is_empty() {
        head = format!("The {} {:?} is invalid", details.kind, details.name.as_str());
    } else if details.causes.is_empty() {
        head = format!("{head}: {}", status.message);
    }
    let mut causes: Vec<String> = Vec::new();
    for cause in &details.causes {
        let text = format!("{}: {}", cause.field, cause.message);
        if !causes.contains(&text) {
            causes.push(text);
        }
    }
    match causes.as_slice() {
        [] => head,
        [one] => format!("{head}: {one}"),
        many => many.iter().fold(format!("{head}: "), |text, cause| format!("{text}\n* {cause}")),
    }
}
