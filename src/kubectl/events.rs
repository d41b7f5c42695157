//! `kubectl events`, and the events that `describe` ends with.

use super::Flow;
use super::cli::Cli;
use super::failure::Failure;
use super::flags::{self, Flag, Takes};
use super::printers::human;
use super::printers::table::Columns;
use crate::api::kinds;
use crate::collections::sort_by_key;
use crate::json::Json;
use crate::sim::Time;

pub(super) const FLAGS: &[Flag] = &[
    ("for", ' ', Takes::Value),
    ("types", ' ', Takes::Value),
    ("watch", 'w', Takes::Nothing),
    ("all-namespaces", 'A', Takes::Nothing),
    ("no-headers", ' ', Takes::Nothing),
    ("output", 'o', Takes::Value),
];

pub(super) fn run(cli: &mut Cli, args: &[String]) -> Result<Flow, Failure> {
    let args = flags::parse("events", args, FLAGS)?;
    let namespace = if args.is("all-namespaces") { "" } else { args.namespace() };
    let mut fields = String::new();
    if args.has("for") {
        let target = super::names::targets(cli, &[args.get("for").to_string()])?.remove(0);
        fields = format!("involvedObject.kind={},involvedObject.name={}", target.resource.kind, target.name);
    }
    let mut events = cli.list(&kinds::EVENTS.into(), namespace, "", &fields)?;
    if args.has("types") {
        let types = args.list("types");
        events.retain(|e| types.iter().any(|t| t.eq_ignore_ascii_case(e["type"].str())));
    }
    if events.is_empty() {
        let place = if namespace.is_empty() {
            "No events found.".into()
        } else {
            format!("No events found in {namespace} namespace.")
        };
        cli.error_line(place);
        return Ok(Flow::Exit(0));
    }
    sort_by_key(&mut events, last_seen);
    let now = cli.now();
    let mut out = Columns::default();
    let all = namespace.is_empty();
    if !args.is("no-headers") {
        let mut head = if all { vec!["NAMESPACE"] } else { Vec::new() };
        head.extend(["LAST SEEN", "TYPE", "REASON", "OBJECT", "MESSAGE"]);
        out.line(head);
    }
    for event in &events {
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
    cli.print(out.print());
    Ok(Flow::Exit(0))
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
