//! From a path and a query to what is asked (`apiserver/pkg/endpoints/request/requestinfo.go`).

use super::{Request, body, discovery, options};
use crate::api::{self, PatchType, Resource, ResourceInfo, Served, Status, Verb};
use crate::json;
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
    /// Nothing is served there.
    Unknown,
    /// Nothing is served there, in an API that is: its router says so.
    Unrouted,
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
    let Some((resource, namespace, name, subresource)) = target(served, group, version, rest) else {
        let built_in = served.built_in().any(|r| r.group == group && r.version == version);
        return Ok(if built_in { Route::Unrouted } else { Route::Unknown });
    };
    if UPGRADES.contains(&subresource) {
        return Err(Status::bad_request("Upgrade request required"));
    }
    let query = pairs(query);
    let verb = verb(request, name, &query)?;
    // Objects are created in their collection, and those of a namespace nowhere else.
    let whole = resource.namespaced && namespace.is_empty();
    if verb == Verb::Create && (whole || name.is_empty() != subresource.is_empty()) {
        return Err(Status::unrouted(true));
    }
    let kind = resource.kind.clone();
    let mut asked = api::Request::new(verb, resource, namespace, name).with_subresource(subresource);
    let agent = manager(&request.agent);
    asked.agent = format!("client/{agent}").into();
    if verb != Verb::Patch(PatchType::Apply) {
        asked.options.field_manager = agent.into();
    }
    let mut timeout = None;
    if let Err(misread) = rest_of(request, &kind, query, &mut asked, &mut timeout) {
        asked.options.misread = Some(Box::new(misread));
    }
    Ok(Route::Ask(Box::new(Ask { request: asked, timeout })))
}

/// What is read only after it is known that who asks may: the body, and the query.
fn rest_of(
    request: &Request,
    kind: &str,
    query: Vec<(String, String)>,
    asked: &mut api::Request,
    timeout: &mut Option<Duration>,
) -> Result<(), Status> {
    let verb = asked.verb;
    if let Verb::Patch(_) = verb {
        body::patch_type(&request.content_type)?;
    }
    let deletes = matches!(verb, Verb::Delete | Verb::DeleteCollection);
    let mut body = Json::Null;
    if !matches!(verb, Verb::Get | Verb::List | Verb::Watch) {
        (body, asked.options.repeated) = body::read(request, verb, kind)?;
    }
    options::read(query, asked, timeout, deletes && !request.body.is_empty())?;
    match deletes {
        true => options::deletion(&mut asked.options, &body)?,
        false => asked.body = body,
    }
    Ok(())
}

/// What rules are asked about a path that leads to nothing, if it looks like one to a resource
/// (`apiserver/pkg/endpoints/request/requestinfo.go`), as the attributes of a review.
pub fn unknown(request: &Request) -> Option<Json> {
    let (path, query) = request.target.split_once('?').unwrap_or((&request.target, ""));
    let parts: Vec<String> = path.trim_matches('/').split('/').map(|part| decoded(part, false)).collect();
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    let (group, version, rest) = match parts.as_slice() {
        ["api", version, rest @ ..] => ("", *version, rest),
        ["apis", group, version, rest @ ..] => (*group, *version, rest),
        _ => return None,
    };
    let (namespace, rest) = match rest {
        ["namespaces", namespace, below, ..] if !matches!(*below, "status" | "finalize") => {
            (*namespace, &rest[2..])
        }
        ["namespaces", namespace, ..] => (*namespace, rest),
        _ => ("", rest),
    };
    let part = |i: usize| rest.get(i).copied().unwrap_or_default();
    let name = part(1);
    let watches = pairs(query).iter().any(|(key, value)| key == "watch" && is_true(value));
    let verb = match (&*request.method, name.is_empty()) {
        ("POST", _) => "create",
        ("GET" | "HEAD", true) if watches => "watch",
        ("GET" | "HEAD", true) => "list",
        ("GET" | "HEAD", false) => "get",
        ("PUT", _) => "update",
        ("PATCH", _) => "patch",
        ("DELETE", true) => "deletecollection",
        ("DELETE", false) => "delete",
        _ => "",
    };
    (!rest.is_empty()).then(|| {
        json!({
            "verb": verb, "group": group, "version": version, "namespace": namespace, "resource": part(0), "name": name,
            "subresource": part(2),
        })
    })
}

/// Whose writes those of a client are that does not say (`prefixFromUserAgent`).
fn manager(agent: &str) -> String {
    const MOST: usize = 128;
    let name = agent.split('/').next().unwrap_or("");
    let mut out = String::new();
    for c in name.chars().filter(|c| api::is_print(*c)) {
        if out.len() + c.len_utf8() > MOST {
            break;
        }
        out.push(c);
    }
    if out.is_empty() { "unknown".into() } else { out }
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
        ("PATCH", false) => Verb::Patch(body::patch_type(&request.content_type).unwrap_or(PatchType::Merge)),
        ("DELETE", true) => Verb::DeleteCollection,
        ("DELETE", false) => Verb::Delete,
        _ => return Err(Status::unrouted(true)),
    })
}

/// As `apimachinery` reads a flag of the query.
pub(super) fn is_true(value: &str) -> bool {
    !matches!(value, "0") && !value.eq_ignore_ascii_case("false")
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
