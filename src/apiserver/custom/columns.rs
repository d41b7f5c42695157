//! The table of a custom kind: its name, and what the definition's columns find (`customresource/tableconvertor`).

use crate::api::jsonpath::{Template, text};
use crate::api::{Resource, human_duration};
use crate::json;
use crate::json::Json;
use crate::sim::Time;

/// The columns, as a table declares them.
pub fn definitions(resource: &Resource) -> Vec<Json> {
    let mut out = vec![json!({
        "name": "Name", "type": "string", "format": "name", "description": "", "priority": 0,
    })];
    for column in columns(resource) {
        let path = column["jsonPath"].str();
        let description = match column["description"].str() {
            "" => format!("Custom resource definition column (in JSONPath format): {path}"),
            own => own.to_string(),
        };
        out.push(json!({
            "name": &column["name"], "type": &column["type"], "format": column["format"].str(),
            "description": description, "priority": column["priority"].as_i64().unwrap_or(0),
        }));
    }
    out
}

/// The cells of an object's row.
pub fn cells(resource: &Resource, object: &Json, now: Time) -> Vec<Json> {
    let mut out = vec![object["metadata"]["name"].clone()];
    for column in columns(resource) {
        let path = format!("{{{}}}", column["jsonPath"].str());
        let found = Template::parse(&path).and_then(|template| template.values(object)).unwrap_or_default();
        out.push(found.first().map_or(Json::Null, |value| cell(column["type"].str(), value, now)));
    }
    out
}

/// Without columns of its own, a kind shows its age.
fn columns(resource: &Resource) -> Vec<Json> {
    let own = resource.definition["columns"].items();
    if own.is_empty() {
        return vec![json!({
            "name": "Age", "type": "date", "jsonPath": ".metadata.creationTimestamp",
            "description": "",
        })];
    }
    own.to_vec()
}

fn cell(kind: &str, value: &Json, now: Time) -> Json {
    match (kind, value) {
        (_, Json::Null) => Json::Null,
        ("string", value) => text(value).into(),
        ("integer", Json::Int(_))
        | ("number", Json::Int(_) | Json::Float(_))
        | ("boolean", Json::Bool(_)) => value.clone(),
        ("integer", Json::Float(f)) => (*f as i64).into(),
        ("date", Json::Str(moment)) => match Time::parse(moment) {
            Some(moment) => human_duration(now.since(moment)).into(),
            None => "<invalid>".into(),
        },
        _ => Json::Null,
    }
}
