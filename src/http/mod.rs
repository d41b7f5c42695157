//! The API server over HTTP, without a network: a method, a path, a query, a few headers and a body in; a code, headers
//! and a body out. An ordinary Kubernetes client can talk through it, in the page or to a native server.
//!
//! - `route`: the path and the query → an [`api::Request`](crate::api::Request).
//! - `options`: what the query and a deletion's options say.
//! - `body`: bodies in the forms that clients write, and answers in the forms that they ask for.
//! - `discovery`: what is served, as `/api` and `/apis` tell it.
//! - `aggregated`: the same in one document, for clients that ask for it.
//! - [`Follow`]: the stream of a watch or of a log, read on as the world goes on.
//! - [`Upgrade`]: what a connection that is upgraded is for; the connection is its owner's.
//!
//! Who asks as somebody else says so in `Impersonate-User` and its like.
//!
//! *Absent:* sockets, authentication, protobuf and CBOR.

mod aggregated;
mod body;
mod discovery;
mod follow;
mod log;
mod options;
mod route;
mod upgrade;

pub use body::MOST as MOST_BODY;
pub use follow::Follow;
pub use upgrade::{Upgrade, upgrade};

use crate::api::{self, Reason, Served, Status, User, Verb, kinds};
use crate::client::{Api, AsUser};
use crate::json;
use crate::json::{Json, Str};
use body::Form;
use route::{Ask, Route};
use std::sync::Arc;

/// A request, with the headers that decide something.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Request {
    /// `GET`, `POST`, …
    pub method: Str,
    /// Path and query: `/api/v1/pods?limit=5`.
    pub target: Str,
    /// The header `Accept`.
    pub accept: Str,
    /// The header `Content-Type`.
    pub content_type: Str,
    /// The header `User-Agent`: whose the written fields are, where the query does not say.
    pub agent: Str,
    /// The body as text.
    pub body: Str,
    /// The headers `Impersonate-*`: as whom it is asked; nobody: as the administrator.
    pub user: Option<Arc<User>>,
}

const EXTRA: &str = "impersonate-extra-";

/// An answer.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The HTTP status.
    pub code: u16,
    /// The headers, in lower case.
    pub headers: Vec<(Str, Str)>,
    /// What follows them.
    pub body: Body,
}

/// An answer's body.
#[derive(Clone, Debug)]
pub enum Body {
    /// All of it.
    Text(String),
    /// Lines of JSON or of a log, for as long as somebody listens.
    Stream(Box<Follow>),
}

impl Request {
    /// From what a client sends. Names of headers are compared as HTTP compares them.
    pub fn new<'h>(
        method: &str,
        target: &str,
        headers: impl Iterator<Item = (&'h str, &'h str)>,
        body: &str,
    ) -> Request {
        let mut request = Request {
            method: method.to_ascii_uppercase().into(),
            target: target.into(),
            body: body.into(),
            ..Request::default()
        };
        let (mut name_of, mut uid_of, mut groups, mut extra) = ("", "", Vec::new(), Json::Null);
        for (name, value) in headers {
            let lower = name.to_ascii_lowercase();
            let slot = match lower.as_str() {
                "impersonate-user" => {
                    name_of = value;
                    continue;
                }
                "impersonate-uid" => {
                    uid_of = value;
                    continue;
                }
                "impersonate-group" => {
                    groups.push(value.to_string());
                    continue;
                }
                other if other.starts_with(EXTRA) => {
                    let key = &other[EXTRA.len()..];
                    let mut list = extra[key].items().to_vec();
                    list.push(value.into());
                    extra.set(Str::from(key), list);
                    continue;
                }
                "accept" => &mut request.accept,
                "content-type" => &mut request.content_type,
                "user-agent" => &mut request.agent,
                _ => continue,
            };
            *slot = value.into();
        }
        if !name_of.is_empty() {
            request.user = Some(User::impersonated(name_of, uid_of, &groups, extra));
        }
        request
    }

    /// Whether it could change something; what cannot is no step of a run. `custom`: what discovery tells beside the built-in.
    pub fn writes(&self, served: &Served) -> bool {
        match route::read(self, served) {
            Ok(Route::Ask(ask)) => ask.request.writes(),
            _ => false,
        }
    }
}

/// Answers a request.
pub fn answer(api: &mut dyn Api, request: &Request) -> Answer {
    answered(api, request).unwrap_or_else(|status| refused(&status))
}

fn answered(api: &mut dyn Api, request: &Request) -> Result<Answer, Status> {
    if request.user.is_some() {
        check_path(&mut AsUser { api: &mut *api, user: request.user.clone() }, request)?;
    }
    let form = || Form::accepted(&request.accept, false);
    let served = api.served();
    let route = route::read(request, &served)?;
    let reads = matches!(&*request.method, "GET" | "HEAD");
    if !reads && matches!(route, Route::Text(_) | Route::Document(_) | Route::Versions { .. }) {
        return Err(Status::unrouted(true));
    }
    Ok(match route {
        Route::Text(text) => plain(200, text.into()),
        Route::Document(document) => body::answer(200, &document, form()?, &[]),
        Route::Versions { core } => match Form::accepted(&request.accept, true)? {
            Form::Aggregated => aggregated::answer(&served, core),
            form => {
                let document = if core { discovery::core_versions() } else { discovery::groups(&served) };
                body::answer(200, &document, form, &[])
            }
        },
        Route::Unknown => plain(404, "404 page not found\n".into()),
        Route::Unrouted => return Err(Status::unrouted(false)),
        Route::Ask(mut ask) if is_followed(&ask.request) => {
            ask.request.user = request.user.clone();
            let log = log::Log::open(api, ask.request)?;
            stream("text/plain", Follow::log(log))
        }
        Route::Ask(mut ask) => {
            ask.request.user = request.user.clone();
            ask_server(api, *ask, form()?)?
        }
    })
}

/// Whether it asks for a log that goes on.
fn is_followed(request: &api::Request) -> bool {
    request.verb == Verb::Get
        && request.subresource == "log"
        && request.options.query.iter().any(|(key, value)| *key == "follow" && route::is_true(value))
}

/// Refuses a path that is nothing of the API, or nothing that there is in it, to who may not ask for it. Who may not even ask
/// that is nobody.
pub fn check_path(api: &mut dyn Api, request: &Request) -> Result<(), Status> {
    if matches!(route::read(request, &api.served()), Ok(Route::Ask(_))) {
        return Ok(());
    }
    let ask = |kind: &'static api::ResourceInfo, spec: Json| {
        let body = json!({ "apiVersion": kind.api_version(), "kind": &kind.kind, "spec": spec });
        api::Request::create(kind, body)
    };
    let about = route::unknown(request);
    let path = request.target.split('?').next().unwrap_or_default();
    let verb = request.method.to_ascii_lowercase();
    let spec = match &about {
        Some(about) => json!({ "resourceAttributes": about }),
        None => json!({ "nonResourceAttributes": { "verb": verb.as_str(), "path": path } }),
    };
    let answer =
        api.call(ask(kinds::SELFSUBJECTACCESSREVIEWS, spec)).map(|answer| answer.body["status"].clone());
    let answer = answer.unwrap_or_default();
    if answer["allowed"].as_bool() == Some(true) {
        return Ok(());
    }
    let own =
        api.call(ask(kinds::SELFSUBJECTREVIEWS, Json::Null)).map(|answer| answer.body).unwrap_or_default();
    let user = own["status"]["userInfo"]["username"].str();
    let because = match answer["reason"].str() {
        "" => String::new(),
        reason => format!(": {reason}"),
    };
    let Some(about) = about else {
        let message = format!("forbidden: User {user:?} cannot {verb} path {path:?}{because}");
        let mut status = Status::new(Reason::Forbidden, message);
        status.details = Some(Box::default());
        return Err(status);
    };
    let part = |key: &str| about[key].str();
    let below =
        if part("subresource").is_empty() { String::new() } else { format!("/{}", part("subresource")) };
    let scope = match part("namespace") {
        "" => "at the cluster scope".to_owned(),
        namespace => format!("in the namespace {namespace:?}"),
    };
    let why = format!(
        "User {user:?} cannot {} resource \"{}{below}\" in API group {:?} {scope}{because}",
        part("verb"),
        part("resource"),
        part("group")
    );
    Err(Status::forbidden_named((part("group"), part("resource")), part("name"), &why))
}

fn ask_server(api: &mut dyn Api, ask: Ask, form: Form) -> Result<Answer, Status> {
    let Ask { mut request, timeout } = ask;
    request.options.table = form == Form::Table;
    if request.options.table
        && request.options.misread.is_none()
        && let Err(misread) = options::table(&request)
    {
        request.options.misread = Some(Box::new(misread));
    }
    if request.verb == Verb::Watch {
        let now = api.now();
        let ends = timeout.map(|seconds| now + seconds);
        // What cannot be watched is refused now; what can is opened anew each time that somebody reads on.
        if let Some(watch) = api.call(request.clone())?.watch {
            api.stop_watch(watch);
        }
        return Ok(stream("application/json", Follow::watch(request, form, ends, now)));
    }
    let response = api.call(request)?;
    Ok(match &response.body {
        Json::Str(text) => plain(response.code, text.to_string()),
        body => body::answer(response.code, body, form, &response.warnings),
    })
}

fn stream(media: &'static str, follow: Follow) -> Answer {
    let headers = vec![("content-type".into(), media.into())];
    Answer { code: 200, headers, body: Body::Stream(Box::new(follow)) }
}

/// The answer that says why there is none.
pub fn refused(status: &Status) -> Answer {
    body::answer(status.code, &status.to_json(), Form::Json, &status.warnings)
}

fn plain(code: u16, text: String) -> Answer {
    let headers = vec![("content-type".into(), "text/plain; charset=utf-8".into())];
    Answer { code, headers, body: Body::Text(text) }
}
