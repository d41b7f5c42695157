//! Pages of a list: the token that says where the next one begins (`apiserver/pkg/storage/continue.go`), and the revision that
//! a list is read at.

use crate::api::field::{Error, Path};
use crate::api::{ObjectKey, Reason, Request, Status, base64};
use crate::json;
use crate::json::{Json, parse};

/// The token of the page behind an object.
pub fn token(revision: u64, request: &Request, last: &ObjectKey) -> String {
    let start = format!("{}\0", path(request, last));
    let revision = i64::try_from(revision).unwrap_or(i64::MAX);
    // In the order of upstream's struct.
    let text =
        format!("{{\"v\":\"meta.k8s.io/v1\",\"rv\":{revision},\"start\":{}}}", Json::from(start.as_str()));
    base64::encode(text.as_bytes()).replace('+', "-").replace('/', "_").trim_end_matches('=').to_owned()
}

/// The revision and the first path of a page; `newest`: what is read where the token names no revision.
pub fn read(token: &str, newest: u64) -> Result<(u64, String), Status> {
    const INVALID: &str = "continue key is not valid";
    let refuse = |why: &str| Status::bad_request(format!("invalid continue token: {INVALID}{why}"));
    let is_url = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if let Some(at) = token.find(|c| !is_url(c)) {
        return Err(refuse(&format!(": illegal base64 data at input byte {at}")));
    }
    let plain = token.replace('-', "+").replace('_', "/");
    let padded = format!("{plain}{}", "=".repeat((4 - plain.len() % 4) % 4));
    if plain.len() % 4 == 1 {
        return Err(refuse(&format!(": illegal base64 data at input byte {}", plain.len() - 1)));
    }
    let bytes = base64::decode(&padded).unwrap_or_default();
    let json = parse(&String::from_utf8_lossy(&bytes)).map_err(|e| refuse(&format!(": {}", e.message)))?;
    match json["v"].str() {
        "meta.k8s.io/v1" => {}
        other => {
            return Err(refuse(&format!(": server does not recognize this encoded version {other}")));
        }
    }
    let revision = match json["rv"].as_i64().unwrap_or(0) {
        0 => return Err(refuse(": incorrect encoded start resourceVersion (version meta.k8s.io/v1)")),
        rv => u64::try_from(rv).unwrap_or(newest),
    };
    let start = json["start"].str();
    if start.is_empty() {
        return Err(refuse(": encoded start key empty (version meta.k8s.io/v1)"));
    }
    if start.split('/').any(|part| matches!(part, "" | "." | "..")) {
        return Err(refuse(&format!(": {start}")));
    }
    Ok((revision, start.to_owned()))
}

/// Whether an object stands at or behind the start of a page.
pub fn is_behind(request: &Request, key: &ObjectKey, start: &str) -> bool {
    path(request, key).as_bytes() >= start.as_bytes()
}

/// Where an object lies below what is listed.
fn path(request: &Request, key: &ObjectKey) -> String {
    match request.resource.namespaced && request.namespace.is_empty() {
        true => format!("{}/{}", key.namespace, key.name),
        false => key.name.to_string(),
    }
}

/// At which revision a list is read: at the newest one, or at the very one that the client asks for.
pub fn revision(request: &Request, newest: u64) -> Result<u64, Status> {
    let asked = request.options.resource_version.as_str();
    if matches!(asked, "" | "0") {
        return Ok(newest);
    }
    let Ok(revision) = asked.parse::<u64>() else {
        let path = Path::new("resourceVersion");
        let why = match asked.chars().all(|c| c.is_ascii_digit()) {
            true => "value out of range",
            false => "invalid syntax",
        };
        let why = format!("strconv.ParseUint: parsing {asked:?}: {why}");
        return Err(Status::bad_request(format!(
            "invalid resource version: {}",
            Error::invalid(&path, asked, why)
        )));
    };
    if revision > newest {
        let mut status = Status::new(
            Reason::Timeout,
            format!("Timeout: Too large resource version: {revision}, current: {newest}"),
        );
        let details = status.details.insert(Box::default());
        details.causes.push(crate::api::Cause {
            reason: json::Str::fixed("ResourceVersionTooLarge"),
            message: json::Str::fixed("Too large resource version"),
            field: json::Str::default(),
        });
        return Err(status);
    }
    let query = &request.options.query;
    let matched = query.iter().find(|(key, _)| *key == "resourceVersionMatch").map_or("", |(_, value)| value);
    let exact = matched == "Exact" || matched.is_empty() && request.options.limit > 0;
    Ok(if exact { revision } else { newest })
}

/// A list of a revision whose history is forgotten.
pub fn expired(continued: bool) -> Status {
    let message = match continued {
        false => "The resourceVersion for the provided list is too old.",
        true => {
            "The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list."
        }
    };
    Status::new(Reason::Expired, message)
}
