//! From a path and a query to what is asked (`apiserver/pkg/endpoints/request/requestinfo.go`).

use super::proxy::Proxy;
use super::{Request, body, discovery, method_not_allowed, options};
use crate::api::{
    self, FieldValidation, PatchType, Propagation, Resource, ResourceInfo, Served, Status, Verb,
};
use crate::json::Json;
use std::time::Duration;

/// What a request wants.
pub enum Route {
    /// Something of the API.
    Ask(Box<Ask>),
    /// A document about the API.
    Document(Json),
    /// The versions of the core group, or the other groups: `/api` or `/apis`.
    Versions {
        /// The core group.
        core: bool,
    },
    /// A word: that the server lives.
    Text(&'static str),
    /// Something behind the server.
    Proxy(Proxy),
    /// Nothing is served there.
    Unknown,
}

/// A request to the API.
pub struct Ask {
    /// What is asked.
    pub request: api::Request,
    /// How long a watch may stay open.
    pub timeout: Option<Duration>,
}

/// Subresources that are a connection of their own.
const UPGRADES: &[&str] = &["attach", "exec", "portforward", "proxy"];

/// Reads a request.
pub fn read(request: &Request, served: &Served) -> Result<Route, Status> {
    let (path, query) = request.target.split_once('?').unwrap_or((&request.target, ""));
    let parts: Vec<String> =
        path.split('/').filter(|part| !part.is_empty()).map(|part| decoded(part, false)).collect();
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    let (group, version, rest) = match parts.as_slice() {
        ["healthz" | "livez" | "readyz", ..] => return Ok(Route::Text("ok")),
        ["version"] => return Ok(Route::Document(discovery::version())),
        ["api"] => return Ok(Route::Versions { core: true }),
        ["apis"] => return Ok(Route::Versions { core: false }),
        ["apis", group] => return Ok(discovery::group(served, group).map_or(Route::Unknown, Route::Document)),
        ["api", version, rest @ ..] => ("", *version, rest),
        ["apis", group, version, rest @ ..] => (*group, *version, rest),
        _ => return Ok(Route::Unknown),
    };
    if rest.is_empty() {
        return Ok(discovery::resources(served, group, version).map_or(Route::Unknown, Route::Document));
    }
    if let ("", "v1", ["namespaces", namespace, kind @ ("services" | "pods"), id, "proxy", ..]) =
        (group, version, rest)
    {
        let (namespace, id) = ((*namespace).to_owned(), (*id).to_owned());
        return Ok(Route::Proxy(Proxy { namespace, service: *kind == "services", id }));
    }
    let Some((resource, namespace, name, subresource)) = target(served, group, version, rest) else {
        return Ok(Route::Unknown);
    };
    if UPGRADES.contains(&subresource) {
        return Err(Status::bad_request("Upgrade request required"));
    }
    let query = pairs(query);
    let verb = verb(request, name, &query)?;
    // Objects are created in their collection, and those of a namespace nowhere else.
    let whole = resource.namespaced && namespace.is_empty();
    if verb == Verb::Create && (whole || name.is_empty() != subresource.is_empty()) {
        return Err(method_not_allowed());
    }
    let mut asked = api::Request::new(verb, resource, namespace, name).with_subresource(subresource);
    let agent = request.agent.split('/').next().unwrap_or("").trim();
    let agent = if agent.is_empty() { "client" } else { agent };
    asked.agent = format!("client/{agent}").into();
    if verb != Verb::Patch(PatchType::Apply) {
        asked.options.field_manager = agent.into();
    }
    let body = match verb {
        Verb::Get | Verb::List | Verb::Watch => Json::Null,
        _ => body::read(request, verb)?,
    };
    let deletes = matches!(verb, Verb::Delete | Verb::DeleteCollection);
    options::check(verb, &query, if deletes { &body } else { &Json::Null })?;
    let mut timeout = None;
    for (key, value) in query {
        if key == "timeoutSeconds" {
            timeout = value.parse().ok().map(Duration::from_secs);
        } else {
            option(&mut asked.options, &key, value);
        }
    }
    if deletes {
        delete_options(&mut asked.options, &body);
    } else {
        asked.body = body;
    }
    Ok(Route::Ask(Box::new(Ask { request: asked, timeout })))
}

/// A query's keys and values.
pub(super) fn pairs(query: &str) -> Vec<(String, String)> {
    let pairs = query.split('&').filter(|pair| !pair.is_empty());
    let pairs = pairs.map(|pair| pair.split_once('=').unwrap_or((pair, "")));
    pairs.map(|(key, value)| (decoded(key, true), decoded(value, true))).collect()
}

/// The resource, namespace, name and subresource of a path below a group's version.
pub(super) fn target<'p>(
    served: &Served,
    group: &str,
    version: &str,
    rest: &[&'p str],
) -> Option<(Resource, &'p str, &'p str, &'p str)> {
    let is_it =
        |r: &ResourceInfo, plural: &str| r.group == group && r.version == version && r.plural == plural;
    let find = |plural: &str| {
        let built_in = served.built_in().find(|r| is_it(r, plural)).map(Resource::from);
        built_in.or_else(|| served.custom.iter().find(|r| is_it(r, plural)).cloned())
    };
    let (namespace, rest) = match rest {
        ["namespaces", _, "status" | "finalize"] => ("", rest),
        ["namespaces", namespace, rest @ ..] if !rest.is_empty() => (*namespace, rest),
        _ => ("", rest),
    };
    let (plural, name, subresource) = match rest {
        [plural] => (*plural, "", ""),
        [plural, name] => (*plural, *name, ""),
        [plural, name, subresource] => (*plural, *name, *subresource),
        _ => return None,
    };
    let resource = find(plural)?;
    // Only collections can be asked for in all namespaces.
    if resource.namespaced && namespace.is_empty() && !name.is_empty() {
        return None;
    }
    (resource.namespaced || namespace.is_empty()).then_some((resource, namespace, name, subresource))
}

fn verb(request: &Request, name: &str, query: &[(String, String)]) -> Result<Verb, Status> {
    let watches = query.iter().any(|(key, value)| key == "watch" && is_true(value));
    Ok(match (&*request.method, name.is_empty()) {
        ("GET", _) if watches => Verb::Watch,
        ("GET", true) => Verb::List,
        ("GET", false) => Verb::Get,
        ("POST", _) => Verb::Create,
        ("PUT", false) => Verb::Update,
        ("PATCH", false) => Verb::Patch(body::patch_type(&request.content_type)?),
        ("DELETE", true) => Verb::DeleteCollection,
        ("DELETE", false) => Verb::Delete,
        _ => return Err(method_not_allowed()),
    })
}

/// As `apimachinery` reads a flag of the query.
pub(super) fn is_true(value: &str) -> bool {
    !matches!(value, "0") && !value.eq_ignore_ascii_case("false")
}

fn option(options: &mut api::Options, key: &str, value: String) {
    match key {
        "labelSelector" => options.label_selector = value.into(),
        "fieldSelector" => options.field_selector = value.into(),
        "resourceVersion" => options.resource_version = value.into(),
        "limit" => options.limit = value.parse().unwrap_or(0),
        "continue" => options.continue_token = value.into(),
        "dryRun" => options.dry_run = value == "All",
        "fieldManager" => options.field_manager = value.into(),
        "force" => options.force = is_true(&value),
        "gracePeriodSeconds" => options.grace_period = value.parse().ok(),
        "propagationPolicy" => options.propagation = propagation(&value),
        "orphanDependents" if is_true(&value) => options.propagation = Some(Propagation::Orphan),
        "fieldValidation" => {
            options.field_validation = match value.as_str() {
                "Strict" => FieldValidation::Strict,
                "Ignore" => FieldValidation::Ignore,
                _ => FieldValidation::Warn,
            }
        }
        _ => options.query.push((key.into(), value.into())),
    }
}

fn propagation(word: &str) -> Option<Propagation> {
    match word {
        "Background" => Some(Propagation::Background),
        "Foreground" => Some(Propagation::Foreground),
        "Orphan" => Some(Propagation::Orphan),
        _ => None,
    }
}

/// A deletion's options stand in its body, or in the query.
fn delete_options(options: &mut api::Options, body: &Json) {
    if let Some(seconds) = body["gracePeriodSeconds"].as_i64() {
        options.grace_period = Some(seconds);
    }
    if let Some(policy) = propagation(body["propagationPolicy"].str()) {
        options.propagation = Some(policy);
    }
    let preconditions = &body["preconditions"];
    if let Some(uid) = preconditions["uid"].as_str() {
        options.uid = Some(uid.into());
    }
    if let Some(version) = preconditions["resourceVersion"].as_str() {
        options.resource_version = version.into();
    }
    options.dry_run |= body["dryRun"].items().iter().any(|word| word.str() == "All");
}

/// Percent-decoding; a form's query writes blanks as `+`.
pub(super) fn decoded(text: &str, form: bool) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        let mut ahead = rest.clone();
        let digits = (ahead.next(), ahead.next());
        let hex = |digit: Option<u8>| digit.and_then(|d| char::from(d).to_digit(16));
        match (byte, hex(digits.0), hex(digits.1)) {
            (b'%', Some(high), Some(low)) => {
                bytes.push((high * 16 + low) as u8);
                rest = ahead;
            }
            (b'+', _, _) if form => bytes.push(b' '),
            _ => bytes.push(byte),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
