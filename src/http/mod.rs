//! The API server over HTTP, without a network: a method, a path, a query, a few headers and a body in; a code, headers
//! and a body out. An ordinary Kubernetes client can talk through it, in the page or to a native server.
//!
//! - `route`: the path and the query → an [`api::Request`](crate::api::Request).
//! - `body`: bodies in the forms that clients write, and answers in the forms that they ask for.
//! - `discovery`: what is served, as `/api` and `/apis` tell it.
//! - [`Follow`]: the stream of a watch, read on as the world goes on.
//!
//! *Absent:* sockets, authentication, protobuf and CBOR, upgraded connections (`exec`, `attach`, `port-forward`).

mod body;
mod discovery;
mod follow;
mod route;

pub use follow::Follow;

use crate::api::{Reason, Resource, Status, Verb};
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
    /// Lines of JSON, for as long as somebody listens.
    Watch(Box<Follow>),
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
    let form = match Form::accepted(&request.accept) {
        Ok(form) => form,
        Err(status) => return refused(&status),
    };
    match route::read(request, &api.custom_resources()) {
        Ok(Route::Text(text)) => plain(200, text.into()),
        Ok(Route::Document(document)) => body::answer(200, &document, form, &[]),
        Ok(Route::Unknown) => plain(404, "404 page not found\n".into()),
        Ok(Route::Ask(ask)) => ask_server(api, *ask, form),
        Err(status) => refused(&status),
    }
}

fn ask_server(api: &mut dyn Api, ask: Ask, form: Form) -> Answer {
    let Ask { mut request, timeout } = ask;
    request.options.table = form == Form::Table;
    if request.verb == Verb::Watch {
        let ends = timeout.map(|seconds| api.now() + seconds);
        let follow = Follow::new(request, form, ends);
        let headers = vec![("content-type".into(), "application/json".into())];
        return Answer { code: 200, headers, body: Body::Watch(Box::new(follow)) };
    }
    match api.call(request) {
        Ok(response) => match &response.body {
            Json::Str(text) => plain(response.code, text.to_string()),
            body => body::answer(response.code, body, form, &response.warnings),
        },
        Err(status) => refused(&status),
    }
}

fn refused(status: &Status) -> Answer {
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
