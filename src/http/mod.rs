//! The API server over HTTP, without a network: a method, a path, a query, a few headers and a body in; a code, headers
//! and a body out. An ordinary Kubernetes client can talk through it, in the page or to a native server.
//!
//! - `route`: the path and the query → an [`api::Request`](crate::api::Request).
//! - `body`: bodies in the forms that clients write, and answers in the forms that they ask for.
//! - `discovery`: what is served, as `/api` and `/apis` tell it.
//! - `aggregated`: the same in one document, for clients that ask for it.
//! - [`Follow`]: the stream of a watch or of a log, read on as the world goes on.
//! - [`Upgrade`]: what a connection that is upgraded is for; the connection is its owner's.
//!
//! *Absent:* sockets, authentication, protobuf and CBOR.

mod aggregated;
mod body;
mod discovery;
mod follow;
mod log;
mod route;
mod upgrade;

pub use body::MOST as MOST_BODY;
pub use follow::Follow;
pub use upgrade::{Upgrade, upgrade};

use crate::api::{self, Reason, Resource, Status, Verb};
use crate::client::Api;
use crate::json::{Json, Str};
use body::Form;
use route::{Ask, Route};

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
}

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
        for (name, value) in headers {
            let slot = match name.to_ascii_lowercase().as_str() {
                "accept" => &mut request.accept,
                "content-type" => &mut request.content_type,
                "user-agent" => &mut request.agent,
                _ => continue,
            };
            *slot = value.into();
        }
        request
    }

    /// Whether it could change something; what cannot is no step of a run. `custom`: what discovery tells beside the built-in.
    pub fn writes(&self, custom: &[Resource]) -> bool {
        match route::read(self, custom) {
            Ok(Route::Ask(ask)) => ask.request.verb.writes() && !ask.request.options.dry_run,
            _ => false,
        }
    }
}

/// Answers a request.
pub fn answer(api: &mut dyn Api, request: &Request) -> Answer {
    answered(api, request).unwrap_or_else(|status| refused(&status))
}

fn answered(api: &mut dyn Api, request: &Request) -> Result<Answer, Status> {
    let form = || Form::accepted(&request.accept, false);
    let custom = api.custom_resources();
    let route = route::read(request, &custom)?;
    let reads = matches!(&*request.method, "GET" | "HEAD");
    if !reads && matches!(route, Route::Text(_) | Route::Document(_) | Route::Versions { .. }) {
        return Err(method_not_allowed());
    }
    Ok(match route {
        Route::Text(text) => plain(200, text.into()),
        Route::Document(document) => body::answer(200, &document, form()?, &[]),
        Route::Versions { core } => match Form::accepted(&request.accept, true)? {
            Form::Aggregated => aggregated::answer(&custom, core),
            form => {
                let document = if core { discovery::core_versions() } else { discovery::groups(&custom) };
                body::answer(200, &document, form, &[])
            }
        },
        Route::Unknown => plain(404, "404 page not found\n".into()),
        Route::Ask(ask) if is_followed(&ask.request) => {
            let log = log::Log::open(api, ask.request)?;
            stream("text/plain", Follow::log(log))
        }
        Route::Ask(ask) => ask_server(api, *ask, form()?)?,
    })
}

/// Whether it asks for a log that goes on.
fn is_followed(request: &api::Request) -> bool {
    request.verb == Verb::Get
        && request.subresource == "log"
        && request.options.query.iter().any(|(key, value)| *key == "follow" && route::is_true(value))
}

fn ask_server(api: &mut dyn Api, ask: Ask, form: Form) -> Result<Answer, Status> {
    let Ask { mut request, timeout } = ask;
    request.options.table = form == Form::Table;
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

/// The method does not fit the path.
fn method_not_allowed() -> Status {
    Status::new(Reason::MethodNotAllowed, "the server does not allow this method on the requested resource")
}
