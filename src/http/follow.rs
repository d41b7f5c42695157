//! [`Follow`]: an answer that goes on for as long as somebody listens, a watch or a followed log. It keeps nothing open in the
//! world, which may be rewound under it: each time, it asks anew for what came after what it has told.

use super::body::Form;
use super::log::Log;
use crate::api::{EventType, Reason, Request, Status, WatchEvent};
use crate::client::Api;
use crate::json;
use crate::json::{Json, Str};
use crate::sim::Time;
use std::time::Duration;

/// Who may be sent bookmarks is sent one so often (`defaultBookmarkFrequency`).
const BOOKMARKS: Duration = Duration::from_secs(60);

/// A stream that somebody listens to.
#[derive(Clone, Debug)]
pub struct Follow {
    of: Of,
    /// When the server ends it.
    ends: Option<Time>,
    over: bool,
}

/// What is followed.
#[derive(Clone, Debug)]
enum Of {
    Watch(Watch),
    Log(Log),
}

/// The changes of a collection.
#[derive(Clone, Debug)]
struct Watch {
    request: Request,
    form: Form,
    /// Everything up to this revision was told; `None`: nothing yet.
    seen: Option<u64>,
    /// When it was opened, or had its last bookmark; `None`: it wants none.
    bookmark: Option<Time>,
    /// Whether the first row of a table has gone out: it alone carries the columns.
    columns_sent: bool,
}

impl Follow {
    pub(super) fn watch(request: Request, form: Form, ends: Option<Time>, now: Time) -> Follow {
        let wants = request.options.query.iter().any(|(k, v)| *k == "allowWatchBookmarks" && *v != "false");
        let bookmark = wants.then_some(now);
        let of = Of::Watch(Watch { request, form, seen: None, bookmark, columns_sent: false });
        Follow { of, ends, over: false }
    }

    pub(super) fn log(log: Log) -> Follow {
        Follow { of: Of::Log(log), ends: None, over: false }
    }

    /// Whether nothing will come any more.
    pub fn is_over(&self) -> bool {
        self.over
    }

    /// Leaves its end to the caller, whose clock is another than the world's: how long it may last.
    pub fn take_end(&mut self, now: Time) -> Option<Duration> {
        self.ends.take().map(|ends| ends.since(now))
    }

    /// What has come, in a world whose store is at `revision`: lines of JSON, or of the log. What is asked of `api` leaves a watch
    /// open in it: give it a copy of the world.
    pub fn read(&mut self, api: &mut dyn Api, revision: u64) -> String {
        let mut text = String::new();
        if self.over {
            return text;
        }
        self.over = match &mut self.of {
            Of::Watch(watch) => watch.read(api, revision, &mut text),
            Of::Log(log) => log.read(api, &mut text),
        };
        self.over |= self.ends.is_some_and(|ends| api.now() >= ends);
        text
    }
}

impl Watch {
    /// Adds what is new; true: it is over.
    fn read(&mut self, api: &mut dyn Api, revision: u64, lines: &mut String) -> bool {
        if self.seen.is_some_and(|seen| revision < seen) {
            // Somebody went back in time. What was told is not true here: the client has to list anew.
            let seen = self.seen.unwrap_or_default();
            let message = format!("too old resource version: {seen} ({revision})");
            self.tell(EventType::Error, &Status::new(Reason::Expired, message).to_json(), lines);
            return true;
        }
        let mut over = false;
        if self.seen != Some(revision) {
            match api.call(self.request.clone()) {
                Ok(response) => {
                    while let Some(event) = response.watch.and_then(|watch| api.next_event(watch)) {
                        let WatchEvent { event, object } = event;
                        over |= event == EventType::Error;
                        self.tell(event, &object, lines);
                    }
                }
                Err(status) => {
                    self.tell(EventType::Error, &status.to_json(), lines);
                    over = true;
                }
            }
            self.seen = Some(revision);
            self.request.options.resource_version = Str::from(revision.to_string());
            self.request.options.query.retain(|(key, _)| *key != "sendInitialEvents");
        }
        let now = api.now();
        if self.bookmark.is_some_and(|last| now.since(last) >= BOOKMARKS) && !over {
            let resource = &self.request.resource;
            let bookmark = json!({
                "apiVersion": resource.api_version(), "kind": &resource.kind,
                "metadata": { "resourceVersion": revision.to_string() },
            });
            self.tell(EventType::Bookmark, &bookmark, lines);
            self.bookmark = Some(now);
        }
        over
    }

    fn tell(&mut self, event: EventType, object: &Json, lines: &mut String) {
        let mut object = match event {
            EventType::Error => object.clone(),
            _ => self.form.shape(object),
        };
        if self.form == Form::Table && !matches!(event, EventType::Error | EventType::Bookmark) {
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
