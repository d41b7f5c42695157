//! [`Cli`]: what a command is given while it runs: the door to the server, the files, a place for its output.

use super::failure::Failure;
use super::{Env, Stream};
use crate::api::{Request, Resource, Response, Status, WatchId, kinds};
use crate::json::{Json, Str};
use crate::sim::Time;

/// The agent's name in the server's records.
pub(super) const AGENT: &str = "kubectl";

/// What a command is given while it runs.
pub(super) struct Cli<'e, 'a> {
    /// The world outside.
    pub env: &'e mut Env<'a>,
    /// What it printed.
    pub out: &'e mut Vec<(Stream, String)>,
    /// What it may read as `-`.
    pub stdin: &'e str,
}

impl Cli<'_, '_> {
    /// Prints.
    pub fn print(&mut self, text: impl AsRef<str>) {
        self.write(Stream::Stdout, text.as_ref());
    }

    /// Prints a line.
    pub fn line(&mut self, text: impl std::fmt::Display) {
        self.write(Stream::Stdout, &format!("{text}\n"));
    }

    /// Prints a line to standard error.
    pub fn error_line(&mut self, text: impl std::fmt::Display) {
        self.write(Stream::Stderr, &format!("{text}\n"));
    }

    /// Prints to a stream.
    pub fn write(&mut self, stream: Stream, text: &str) {
        if !text.is_empty() {
            self.out.push((stream, text.into()));
        }
    }

    /// The text of a file.
    pub fn text(&self, path: &str) -> Option<Str> {
        if path == "/dev/stdin" { Some(self.stdin.into()) } else { self.env.files.text(path) }
    }

    /// The virtual time.
    pub fn now(&self) -> Time {
        self.env.api.now()
    }

    /// Asks the server; its warnings go to standard error, each but once.
    pub fn call(&mut self, request: Request) -> Result<Response, Status> {
        let response = self.env.api.call(request.by(AGENT));
        let warnings = match &response {
            Ok(response) => &response.warnings,
            Err(status) => &status.warnings,
        };
        for warning in warnings {
            let line = format!("Warning: {warning}\n");
            if !self.out.iter().any(|(stream, text)| *stream == Stream::Stderr && *text == line) {
                self.write(Stream::Stderr, &line);
            }
        }
        response
    }

    /// One object, with its kind.
    pub fn get(&mut self, resource: &Resource, namespace: &str, name: &str) -> Result<Json, Status> {
        let namespace = if resource.namespaced { namespace } else { "" };
        let response = self.call(Request::get(resource.clone(), namespace, name));
        let body = response.map_err(|status| self.nearest(status, namespace))?.body;
        Ok(with_kind(resource, body))
    }

    /// Of an object that is not there it is said first that its namespace is not there either (`resource.Info.Get`).
    pub fn nearest(&mut self, status: Status, namespace: &str) -> Status {
        if !status.is_not_found() || matches!(namespace, "" | "default") {
            return status;
        }
        match self.env.api.call(Request::get(kinds::NAMESPACES, "", namespace).by(AGENT)) {
            Err(missing) if missing.is_not_found() => missing,
            _ => status,
        }
    }

    /// All objects, with their kinds.
    pub fn list(
        &mut self,
        resource: &Resource,
        namespace: &str,
        labels: &str,
        fields: &str,
    ) -> Result<Vec<Json>, Failure> {
        let namespace = if resource.namespaced { namespace } else { "" };
        let request = Request::list(resource.clone(), namespace).with(|o| {
            o.label_selector = labels.into();
            o.field_selector = fields.into();
        });
        let body = self.call(request).map_err(|s| super::get::list_error(resource, s, labels, fields))?.body;
        Ok(body["items"].items().iter().map(|o| with_kind(resource, o.clone())).collect())
    }

    /// Opens a watch of the objects, from a list's version on.
    pub fn watch(
        &mut self,
        resource: &Resource,
        namespace: &str,
        labels: &str,
        fields: &str,
        version: &str,
        tables: bool,
    ) -> Result<WatchId, Status> {
        let namespace = if resource.namespaced { namespace } else { "" };
        let request = Request::new(crate::api::Verb::Watch, resource.clone(), namespace, "").with(|o| {
            o.label_selector = labels.into();
            o.field_selector = fields.into();
            o.resource_version = version.into();
            o.table = tables;
        });
        let response = self.call(request)?;
        response.watch.ok_or_else(|| Status::bad_request("the server opened no watch"))
    }
}

/// The items of lists carry no kind; `kubectl` shows one.
pub(super) fn with_kind(resource: &Resource, mut object: Json) -> Json {
    if object["kind"].is_null() {
        object.set("kind", &resource.kind);
        object.set("apiVersion", resource.api_version());
    }
    object
}
