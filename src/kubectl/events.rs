//! `kubectl events`, and the events that `describe` ends with.

use super::cli::{Cli, with_kind};
use super::failure::Failure;
use super::flags::{self, Arguments, Flag, Takes};
use super::printers::Format;
use super::printers::human;
use super::printers::table::Columns;
use super::{Flow, Task, Wait};
use crate::api::{EventType, Request, Resource, WatchId, kinds};
use crate::collections::sort_by_key;
use crate::json;
use crate::json::Json;
use crate::sim::Time;

pub(super) const FLAGS: &[Flag] = &[
    ("for", ' ', Takes::Value),
    ("types", ' ', Takes::Value),
    ("watch", 'w', Takes::Nothing),
    ("all-namespaces", 'A', Takes::Nothing),
    ("no-headers", ' ', Takes::Nothing),
    ("chunk-size", ' ', Takes::Value),
    ("output", 'o', Takes::Value),
    ("template", ' ', Takes::Value),
    ("allow-missing-template-keys", ' ', Takes::Nothing),
    ("show-managed-fields", ' ', Takes::Nothing),
];

/// A followed `events`.
#[derive(Clone)]
pub(super) struct Watch {
    watch: WatchId,
    args: Arguments,
    format: Option<Format>,
    /// The headings are printed.
    begun: bool,
}

pub(super) fn run(cli: &mut Cli, args: &[String]) -> Result<Flow, Failure> {
    let args = flags::parse("events", args, FLAGS)?;
    let fields = about(cli, args.get("for"))?;
    let format = Format::of_write(&args)?;
    let known = |kind: &String| ["normal", "warning"].contains(&kind.to_ascii_lowercase().as_str());
    if !args.list("types").iter().all(known) {
        return Err(Failure::error("valid --types are Normal or Warning"));
    }
    let namespace = if args.is("all-namespaces") { "" } else { args.namespace() };
    let resource: Resource = kinds::EVENTS.into();
    let request =
        Request::list(resource.clone(), namespace).with(|o| o.field_selector = fields.as_str().into());
    let list = cli.call(request)?.body;
    let of_kind = |event: &&Json| is_asked(&args, event);
    let mut events: Vec<Json> = list["items"]
        .items()
        .iter()
        .filter(of_kind)
        .map(|event| with_kind(&resource, event.clone()))
        .collect();
    if args.is("watch") {
        let version = list["metadata"]["resourceVersion"].str();
        let watch = cli.watch(&resource, namespace, "", &fields, version, false)?;
        let mut task = Watch { watch, args: args.clone(), format, begun: false };
        for event in &events {
            task.show(cli, event)?;
        }
        return Ok(Flow::Wait(Task::Events(task)));
    }
    if events.is_empty() {
        let place = if namespace.is_empty() { String::new() } else { format!(" in {namespace} namespace") };
        cli.error_line(format!("No events found{place}."));
        return Ok(Flow::Exit(0));
    }
    sort_by_key(&mut events, last_seen);
    match &format {
        None => {
            let text = table(&args, cli.now(), &events, !args.is("no-headers"));
            cli.print(text);
        }
        Some(Format::Name) => {
            events.iter().for_each(|e| cli.line(format!("event/{}", e["metadata"]["name"].str())));
        }
        Some(format) => {
            let list = json!({ "apiVersion": "v1", "items": events, "kind": "EventList", "metadata": {} });
            cli.print(format.print(&resource, &list)?);
        }
    }
    Ok(Flow::Exit(0))
}

/// The field selector of what `--for` names.
fn about(cli: &mut Cli, named: &str) -> Result<String, Failure> {
    if named.is_empty() {
        return Ok(String::new());
    }
    let Some((kind, name)) = named.split_once('/') else {
        return Err(Failure::error("--for must be in resource/name form"));
    };
    if name.contains('/') {
        return Err(Failure::error("arguments in resource/name form may not have more than one slash"));
    }
    let Some(resource) = super::names::found(cli, kind) else {
        return Err(Failure::error(format!("no matches for /, Resource={}", kind.to_ascii_lowercase())));
    };
    let version = resource.api_version();
    Ok(format!(
        "involvedObject.kind={},involvedObject.apiVersion={version},involvedObject.name={name}",
        resource.kind
    ))
}

fn is_asked(args: &Arguments, event: &Json) -> bool {
    !args.has("types") || args.list("types").iter().any(|kind| kind.eq_ignore_ascii_case(event["type"].str()))
}

fn table(args: &Arguments, now: Time, events: &[Json], headers: bool) -> String {
    let mut out = Columns::default();
    let all = args.is("all-namespaces");
    if headers {
        let mut head = if all { vec!["NAMESPACE"] } else { Vec::new() };
        head.extend(["LAST SEEN", "TYPE", "REASON", "OBJECT", "MESSAGE"]);
        out.line(head);
    }
    for event in events {
        let about = &event["involvedObject"];
        let mut line = if all { vec![event["metadata"]["namespace"].str().to_string()] } else { Vec::new() };
        line.extend([
            interval(now, event),
            event["type"].str().into(),
            event["reason"].str().into(),
            format!("{}/{}", about["kind"].str(), about["name"].str()),
            event["message"].str().trim().into(),
        ]);
        out.line(line);
    }
    out.print()
}

impl Watch {
    pub(super) fn blocked(&self) -> Wait {
        Wait::Blocked { watches: vec![self.watch], until: None, any_step: false }
    }

    pub(super) fn resume(&mut self, cli: &mut Cli) -> Result<Option<i32>, Failure> {
        while let Some(event) = cli.env.api.next_event(self.watch) {
            match event.event {
                // An event is deleted when it is old.
                EventType::Bookmark | EventType::Deleted => {}
                EventType::Error => {
                    cli.env.api.stop_watch(self.watch);
                    return Ok(Some(0));
                }
                _ if is_asked(&self.args, &event.object) => {
                    self.show(cli, &with_kind(&kinds::EVENTS.into(), event.object))?;
                }
                _ => {}
            }
        }
        Ok(None)
    }

    fn show(&mut self, cli: &mut Cli, event: &Json) -> Result<(), Failure> {
        let headers = !std::mem::replace(&mut self.begun, true) && !self.args.is("no-headers");
        let text = match &self.format {
            None => table(&self.args, cli.now(), std::slice::from_ref(event), headers),
            Some(format) => format.print(kinds::EVENTS, event)?,
        };
        cli.print(text);
        Ok(())
    }
}

/// When an event was seen last.
pub(super) fn last_seen(event: &Json) -> String {
    let series = &event["series"]["lastObservedTime"];
    let candidates = [series, &event["lastTimestamp"], &event["eventTime"], &event["firstTimestamp"]];
    let found = candidates.iter().find(|t| !t.str().is_empty());
    // Whole seconds: within one, the server's order stays.
    found.and_then(|t| Time::parse(t.str())).map_or(String::new(), |t| t.rfc3339())
}

/// `5s`, or `5s (x3 over 1m)`.
pub(super) fn interval(now: Time, event: &Json) -> String {
    let first =
        if event["firstTimestamp"].str().is_empty() { &event["eventTime"] } else { &event["firstTimestamp"] };
    let since_first = human::age(now, first);
    if !event["series"].is_null() {
        let last = human::age(now, &event["series"]["lastObservedTime"]);
        return format!("{last} (x{} over {since_first})", event["series"]["count"].as_i64().unwrap_or(1));
    }
    match event["count"].as_i64() {
        Some(count) if count > 1 => {
            format!("{} (x{count} over {since_first})", human::age(now, &event["lastTimestamp"]))
        }
        _ => since_first,
    }
}
