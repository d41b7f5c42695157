//! Events.

use super::{Printer, name, number, since, text, wide};
use crate::json::Json;
use crate::sim::Time;

pub static EVENT: Printer = Printer {
    columns: &[
        text("Last Seen"),
        text("Type"),
        text("Reason"),
        text("Object"),
        wide("Subobject"),
        wide("Source"),
        text("Message"),
        wide("First Seen"),
        wide_number("Count"),
        wide("Name"),
    ],
    cells: event,
};

const fn wide_number(name: &'static str) -> super::Column {
    super::Column { priority: 1, ..number(name) }
}

fn event(event: &Json, now: Time, out: &mut Vec<Json>) {
    let moment = |field: &str| event[field].str();
    let first =
        [moment("firstTimestamp"), moment("eventTime")].into_iter().find(|m| !m.is_empty()).unwrap_or("");
    let mut last = if moment("lastTimestamp").is_empty() { first } else { moment("lastTimestamp") };
    let mut count = event["count"].as_i64().filter(|n| *n > 0).unwrap_or(1);
    let series = &event["series"];
    if !series.is_null() {
        last = series["lastObservedTime"].str();
        count = series["count"].as_i64().unwrap_or(0);
    }
    let object = &event["involvedObject"];
    let kind = object["kind"].str().to_lowercase();
    let target = match object["name"].str() {
        "" => kind,
        name => format!("{kind}/{name}"),
    };
    let reporter = |a: &Json, b: &Json| if a.is_empty() { b.str().to_string() } else { a.str().to_string() };
    let component = reporter(&event["source"]["component"], &event["reportingComponent"]);
    let instance = reporter(&event["source"]["host"], &event["reportingInstance"]);
    let source = if instance.is_empty() { component } else { format!("{component}, {instance}") };
    out.extend([
        since(last, now),
        event["type"].str().into(),
        event["reason"].str().into(),
        target.into(),
        object["fieldPath"].str().into(),
        source.into(),
        event["message"].str().trim().into(),
        since(first, now),
        count.into(),
        name(event),
    ]);
}
