//! [`Follow`]: the stream of a watch. It keeps no watch open in the world, which may be rewound under it: each time, it asks
//! anew for what came after the revision that it has seen.

use super::body::Form;
use crate::api::{EventType, Reason, Request, Status, WatchEvent};
use crate::client::Api;
use crate::json;
use crate::json::{Json, Str};
use crate::sim::Time;

/// A watch that somebody listens to.
#[derive(Clone, Debug)]
pub struct Follow {
    request: Request,
    form: Form,
    /// When the server ends it.
    ends: Option<Time>,
    /// Everything up to this revision was told; `None`: nothing yet.
    seen: Option<u64>,
    over: bool,
    /// Whether the first row of a table has gone out: it alone carries the columns.
    columns_sent: bool,
}

impl Follow {
    pub(super) fn new(request: Request, form: Form, ends: Option<Time>) -> Follow {
        Follow { request, form, ends, seen: None, over: false, columns_sent: false }
    }

    /// Whether nothing will come any more.
    pub fn is_over(&self) -> bool {
        self.over
    }

    /// The lines that have come, in a world whose store is at `revision`. What is asked of `api` leaves a watch open in it:
    /// give it a copy of the world.
    pub fn read(&mut self, api: &mut dyn Api, revision: u64) -> String {
        let mut lines = String::new();
        if self.over {
            return lines;
        }
        if self.seen.is_some_and(|seen| revision < seen) {
            // Somebody went back in time. What was told is not true here: the client has to list anew.
            let seen = self.seen.unwrap_or_default();
            let message = format!("too old resource version: {seen} ({revision})");
            self.tell(EventType::Error, &Status::new(Reason::Expired, message).to_json(), &mut lines);
            self.over = true;
            return lines;
        }
        if self.seen != Some(revision) || self.seen.is_none() {
            match api.call(self.request.clone()) {
                Ok(response) => {
                    while let Some(event) = response.watch.and_then(|watch| api.next_event(watch)) {
                        let WatchEvent { event, object } = event;
                        self.over |= event == EventType::Error;
                        self.tell(event, &object, &mut lines);
                    }
                }
                Err(status) => {
                    self.tell(EventType::Error, &status.to_json(), &mut lines);
                    self.over = true;
                }
            }
            self.seen = Some(revision);
            self.request.options.resource_version = Str::from(revision.to_string());
            self.request.options.query.retain(|(key, _)| *key != "sendInitialEvents");
        }
        self.over |= self.ends.is_some_and(|ends| api.now() >= ends);
        lines
    }

    fn tell(&mut self, event: EventType, object: &Json, lines: &mut String) {
        let mut object = match event {
            EventType::Error => object.clone(),
            _ => self.form.shape(object),
        };
        if self.form == Form::Table && event != EventType::Error {
            if self.columns_sent {
                object.remove("columnDefinitions");
            }
            self.columns_sent = true;
        }
        let line = json!({ "type": event.name(), "object": object });
        lines.push_str(&line.to_string());
        lines.push('\n');
    }
}
