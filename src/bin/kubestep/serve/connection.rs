//! One request of a client: hyper's types to those of `kubestep::http` and back.

use super::identity::Identity;
use super::live::Live;
use super::{channels, exec, gzip, openapi, protobuf};
use http_body_util::{BodyExt, Limited};
use hyper::body::{Body, Bytes, Frame, Incoming};
use hyper::header::{ACCEPT_ENCODING, CONNECTION, UPGRADE};
use hyper::{Request, Response};
use kubestep::api::{Reason, Status};
use kubestep::http::{self, Answer, Follow, MOST_BODY};
use std::convert::Infallible;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::sync::mpsc;

/// What the server of one cluster knows.
pub struct Server {
    /// The cluster.
    pub live: Live,
    /// Who its clients are.
    pub identity: Identity,
    /// The documents of the API's schema.
    pub openapi: openapi::Documents,
    /// How protobuf is read.
    pub protobuf: protobuf::Numbers,
    /// Print a line for each request.
    pub verbose: bool,
}

/// The body of an answer: pieces that come from somewhere.
pub enum Reply {
    /// All of it.
    Whole(Option<Bytes>),
    /// As it comes.
    Stream(mpsc::Receiver<Bytes>),
}

impl Body for Reply {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let frame = |bytes: Option<Bytes>| bytes.map(|bytes| Ok(Frame::data(bytes)));
        match self.get_mut() {
            Reply::Whole(bytes) => Poll::Ready(frame(bytes.take())),
            Reply::Stream(pieces) => pieces.poll_recv(cx).map(frame),
        }
    }

    fn is_end_stream(&self) -> bool {
        matches!(self, Reply::Whole(None))
    }

    fn size_hint(&self) -> hyper::body::SizeHint {
        match self {
            Reply::Whole(bytes) => {
                hyper::body::SizeHint::with_exact(bytes.as_ref().map_or(0, |bytes| bytes.len() as u64))
            }
            Reply::Stream(_) => hyper::body::SizeHint::default(),
        }
    }
}

/// Answers a request.
pub async fn serve(server: Rc<Server>, request: Request<Incoming>) -> Result<Response<Reply>, Infallible> {
    let line = format!("{} {}", request.method(), request.uri());
    let verbose = server.verbose;
    let response = respond(server, request).await;
    if verbose {
        eprintln!("{line} {}", response.status().as_u16());
    }
    Ok(response)
}

async fn respond(server: Rc<Server>, mut request: Request<Incoming>) -> Response<Reply> {
    let header = |name| request.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or("");
    let squeezed = gzip::accepted(header(ACCEPT_ENCODING));
    let mut asked = text(&request, String::new());
    if let Err(status) = server.identity.of(&server.live, request.headers(), &mut asked) {
        return refuse(&status);
    }
    let upgraded = header(UPGRADE).to_ascii_lowercase();
    if !upgraded.is_empty()
        && header(CONNECTION).to_ascii_lowercase().contains("upgrade")
        && let Some(upgrade) = server.live.look(|api| http::upgrade(api, &asked))
    {
        return match upgrade {
            Ok(upgrade) if upgraded == "websocket" => channels::accept(&mut request, async move |channels| {
                exec::speak(&server, channels, upgrade).await;
            }),
            Ok(_) => refuse(&Status::bad_request("unable to upgrade: only the protocol websocket is served")),
            Err(status) => refuse(&status),
        };
    }
    let body = match Limited::new(request.into_body(), MOST_BODY).collect().await {
        Ok(body) => body.to_bytes(),
        // Whether it was too large or broke off: a client that still listens sent too much.
        Err(_) => {
            let message = format!("Request entity too large: limit is {MOST_BODY}");
            return refuse(&Status::new(Reason::RequestEntityTooLarge, message));
        }
    };
    if asked.content_type.starts_with("application/vnd.kubernetes.protobuf") && !body.is_empty() {
        match server.protobuf.decode(&server.openapi.facts, &body) {
            Ok(object) => {
                (asked.content_type, asked.body) = ("application/json".into(), object.to_string().into())
            }
            Err(why) => {
                return refuse(&Status::bad_request(format!("the protobuf body cannot be read: {why}")));
            }
        }
    } else {
        asked.body = String::from_utf8_lossy(&body).as_ref().into();
    }
    if asked.target.starts_with("/openapi")
        && asked.user.is_some()
        && let Err(status) = server.live.look(|api| http::check_path(api, &asked))
    {
        return refuse(&status);
    }
    let served = server.live.look(|api| api.served());
    if let Some(bytes) = server.openapi.protobuf(&asked, &served) {
        return whole(200, &[("content-type".into(), openapi::PROTOBUF.into())], bytes, squeezed);
    }
    let answer = match server.openapi.answer(&asked, &served) {
        Some(answer) => answer,
        None => server.live.answer(&asked),
    };
    let Answer { code, headers, body } = answer;
    match body {
        http::Body::Text(text) => whole(code, &headers, text.into_bytes(), squeezed),
        http::Body::Stream(follow) => {
            let (pieces, received) = mpsc::channel(16);
            tokio::task::spawn_local(follow_on(server, *follow, pieces));
            response(code, &headers, Reply::Stream(received))
        }
    }
}

/// Sends what a stream has to tell for as long as somebody listens.
async fn follow_on(server: Rc<Server>, mut follow: Follow, pieces: mpsc::Sender<Bytes>) {
    // How long a watch may last is meant in the client's time, which the cluster's clock may run ahead of.
    let end = follow.take_end(server.live.now());
    let end = tokio::time::sleep(end.unwrap_or(Duration::from_secs(24 * 3600)));
    tokio::pin!(end);
    let mut changes = server.live.changes();
    loop {
        changes.mark_unchanged();
        let text = server.live.read(&mut follow);
        if !text.is_empty() && pieces.send(text.into()).await.is_err() {
            return;
        }
        if follow.is_over() {
            return;
        }
        tokio::select! {
            changed = changes.changed() => if changed.is_err() { return },
            () = pieces.closed() => return,
            () = &mut end => return,
        }
    }
}

fn text<T>(request: &Request<T>, body: String) -> http::Request {
    let headers = request.headers().iter();
    let headers = headers.filter_map(|(name, value)| Some((name.as_str(), value.to_str().ok()?)));
    let target = request.uri().path_and_query().map_or("/", |target| target.as_str());
    http::Request::new(request.method().as_str(), target, headers, &body)
}

/// An answer in words.
pub fn plain(code: u16, text: &str) -> Response<Reply> {
    let headers = [("content-type".into(), "text/plain; charset=utf-8".into())];
    whole(code, &headers, text.as_bytes().to_vec(), false)
}

/// The answer that says why there is none.
pub fn refuse(status: &Status) -> Response<Reply> {
    let Answer { code, headers, body } = http::refused(status);
    match body {
        http::Body::Text(text) => whole(code, &headers, text.into_bytes(), false),
        http::Body::Stream(_) => response(code, &headers, Reply::Whole(None)),
    }
}

type Headers = [(kubestep::json::Str, kubestep::json::Str)];

fn whole(code: u16, headers: &Headers, bytes: Vec<u8>, squeezed: bool) -> Response<Reply> {
    if squeezed && bytes.len() >= gzip::THRESHOLD {
        let mut response = response(code, headers, Reply::Whole(Some(gzip::gzip(&bytes).into())));
        response.headers_mut().insert("content-encoding", "gzip".parse().expect("it is a header's value"));
        return response;
    }
    response(code, headers, Reply::Whole(Some(bytes.into())))
}

fn response(code: u16, headers: &Headers, body: Reply) -> Response<Reply> {
    let mut builder = Response::builder().status(code);
    for (name, value) in headers {
        // What cannot stand in a header (a warning that quotes a name of odd bytes) is left out.
        if let Ok(value) = hyper::header::HeaderValue::from_str(value) {
            builder = builder.header(name.as_str(), value);
        }
    }
    let empty = || Response::new(Reply::Whole(None));
    if !headers.iter().any(|(name, _)| *name == "cache-control") {
        builder = builder.header("cache-control", "no-cache, private");
    }
    builder.body(body).unwrap_or_else(|_| empty())
}
