//! `exec` and `attach`: a WebSocket whose messages begin with the number of a stream (`v5.channel.k8s.io`).
//!
//! Upstream: `apiserver/pkg/util/... wsstream`, `apimachinery/pkg/util/remotecommand`.

use super::connection::{Reply, Server, refuse};
use hyper::body::Incoming;
use hyper::header::{CONNECTION, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_PROTOCOL, UPGRADE};
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use kubestep::api::{self, Status, Verb};
use kubestep::http::{Follow, Upgrade};
use kubestep::json;
use kubestep::json::{Json, Str};
use std::pin::pin;
use std::rc::Rc;
use std::time::Duration;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, Role};
use tokio_tungstenite::tungstenite::{self, Message, Utf8Bytes};

/// The protocols that are spoken, the best first. The last two are of clients that name none or an old one.
const PROTOCOLS: [&str; 3] = ["v5.channel.k8s.io", "v4.channel.k8s.io", "v3.channel.k8s.io"];
const STDIN: u8 = 0;
const STDOUT: u8 = 1;
const STDERR: u8 = 2;
const ERROR: u8 = 3;
/// A message on this says which stream its sender closes (`v5` only).
const CLOSE: u8 = 255;
/// A client that says when its input ends has it read whole, up to so many bytes.
const MOST_STDIN: usize = 1 << 20;

/// How long a client has to get ready before the first message.
const HEAD_START: Duration = Duration::from_millis(100);

type Socket = WebSocketStream<TokioIo<hyper::upgrade::Upgraded>>;

/// A running command: where it runs, and how much of it was told.
struct Running {
    ask: api::Request,
    told: usize,
}

/// Takes over the connection; what is wrong with the request is told before that.
pub fn accept(server: Rc<Server>, request: &mut Request<Incoming>, upgrade: Upgrade) -> Response<Reply> {
    let header = |name| request.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or("");
    let offered: Vec<&str> = header(SEC_WEBSOCKET_PROTOCOL).split(',').map(str::trim).collect();
    let Some(protocol) = PROTOCOLS.into_iter().find(|known| offered.contains(known)) else {
        return refuse(&Status::bad_request(format!(
            "unable to upgrade: the protocols are {}",
            PROTOCOLS.join(", ")
        )));
    };
    let key = derive_accept_key(header(SEC_WEBSOCKET_KEY).as_bytes());
    let upgraded = hyper::upgrade::on(request);
    tokio::task::spawn_local(async move {
        let Ok(upgraded) = upgraded.await else { return };
        let socket = WebSocketStream::from_raw_socket(TokioIo::new(upgraded), Role::Server, None).await;
        // A client that is gone is told nothing.
        let _ = speak(server, socket, protocol, upgrade).await;
    });
    let mut response = Response::new(Reply::Whole(None));
    *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
    for (name, value) in [
        (UPGRADE, "websocket"),
        (CONNECTION, "Upgrade"),
        (SEC_WEBSOCKET_ACCEPT, key.as_str()),
        (SEC_WEBSOCKET_PROTOCOL, protocol),
    ] {
        response.headers_mut().insert(name, value.parse().expect("it is a header's value"));
    }
    response
}

/// What is wrong before anything runs: the pod is not there, say. That is an answer of the API server, in whatever way a client
/// wants to go on.
pub fn check(server: &Server, upgrade: &Upgrade) -> Result<(), Status> {
    if let Upgrade::Exec { start, .. } = upgrade {
        let look = api::Request { verb: Verb::Get, ..(**start).clone() };
        server.live.user(|api| api.call(look))?;
    }
    Ok(())
}

/// Starts the command. `None`: its input will be typed.
fn begin(server: &Server, mut start: api::Request, stdin: Option<&str>) -> Result<Running, Status> {
    start.body = stdin.map_or(Json::Null, Json::from);
    if stdin.is_some() {
        start.options.query.retain(|(key, _)| *key != "tty");
    } else {
        start.options.query.push(("tty".into(), "true".into()));
    }
    let session = server.live.user(|api| api.call(start.clone()))?.body.as_i64().unwrap_or_default();
    start.options.query.retain(|(key, _)| *key == "container");
    start.options.query.push(("session".into(), Str::from(session.to_string())));
    (start.verb, start.body) = (Verb::Get, Json::Null);
    Ok(Running { ask: start, told: 0 })
}

async fn speak(
    server: Rc<Server>,
    mut socket: Socket,
    protocol: &str,
    upgrade: Upgrade,
) -> Result<(), tungstenite::Error> {
    // A client that is told something before it has made its streams (which it does after the handshake) throws it away.
    tokio::time::sleep(HEAD_START).await;
    let status = match upgrade {
        Upgrade::Attach(follow) => attached(&server, &mut socket, *follow).await?,
        Upgrade::Exec { start, stdin, tty } => {
            // Only newer clients say when their input ends; what others send is typed.
            let stdin = match stdin {
                false => Some(String::new()),
                true if !tty && protocol == PROTOCOLS[0] => Some(whole_input(&mut socket).await?),
                true => None,
            };
            match begin(&server, *start, stdin.as_deref()) {
                Ok(running) => {
                    let mut line = Line { tty, text: String::new() };
                    let typed = stdin.is_none().then_some(&mut line);
                    run(&server, &mut socket, running, typed).await?
                }
                Err(status) => Err(status),
            }
        }
    };
    let verdict = match status {
        Ok(0) => json!({ "metadata": {}, "status": "Success" }),
        Ok(code) => json!({
            "metadata": {}, "status": "Failure", "reason": "NonZeroExitCode",
            "message": format!("command terminated with non-zero exit code: exit status {code}"),
            "details": { "causes": [{ "reason": "ExitCode", "message": code.to_string() }] },
        }),
        Err(status) => status.to_json(),
    };
    send(&mut socket, ERROR, verdict.to_string().as_bytes()).await?;
    let normal = CloseFrame { code: CloseCode::Normal, reason: Utf8Bytes::default() };
    socket.close(Some(normal)).await?;
    // The client closes the connection; it may still have something on its way.
    while receive(&mut socket).await.is_some() {}
    Ok(())
}

async fn send(socket: &mut Socket, stream: u8, bytes: &[u8]) -> Result<(), tungstenite::Error> {
    let mut message = Vec::with_capacity(bytes.len() + 1);
    message.push(stream);
    message.extend(bytes);
    futures_util::SinkExt::send(socket, Message::binary(message)).await
}

/// The next message as the number of its stream and its bytes; `None`: the client has gone.
async fn receive(socket: &mut Socket) -> Option<(u8, Vec<u8>)> {
    loop {
        match futures_util::StreamExt::next(socket).await?.ok()? {
            Message::Binary(bytes) => {
                if let Some((stream, bytes)) = bytes.split_first() {
                    return Some((*stream, bytes.to_vec()));
                }
            }
            Message::Text(text) => {
                if let Some((stream, bytes)) = text.as_bytes().split_first() {
                    return Some((*stream, bytes.to_vec()));
                }
            }
            Message::Close(_) => return None,
            _ => {}
        }
    }
}

async fn whole_input(socket: &mut Socket) -> Result<String, tungstenite::Error> {
    let mut input = Vec::new();
    while let Some((stream, bytes)) = receive(socket).await {
        match stream {
            STDIN if input.len() + bytes.len() <= MOST_STDIN => input.extend(bytes),
            CLOSE if bytes == [STDIN] => break,
            _ => {}
        }
    }
    Ok(String::from_utf8_lossy(&input).into_owned())
}

/// What is typed until a line is whole.
struct Line {
    tty: bool,
    text: String,
}

impl Line {
    /// Takes what was typed: gives the lines that are whole, and what the terminal shows of it.
    fn take(&mut self, typed: &[u8]) -> (String, String) {
        let (mut lines, mut echo) = (String::new(), String::new());
        for c in String::from_utf8_lossy(typed).chars() {
            match c {
                '\r' | '\n' => {
                    lines.push_str(&std::mem::take(&mut self.text));
                    lines.push('\n');
                    echo.push_str("\r\n");
                }
                '\u{7f}' | '\u{8}' => {
                    if self.text.pop().is_some() {
                        echo.push_str("\u{8} \u{8}");
                    }
                }
                c if c.is_control() => {}
                c => {
                    self.text.push(c);
                    echo.push(c);
                }
            }
        }
        (lines, if self.tty { echo } else { String::new() })
    }
}

/// Passes on what the command writes, and to it what is typed, until it ends; its exit code.
async fn run(
    server: &Server,
    socket: &mut Socket,
    mut running: Running,
    mut typed: Option<&mut Line>,
) -> Result<Result<i64, Status>, tungstenite::Error> {
    let tty = typed.as_ref().is_some_and(|line| line.tty);
    let mut changes = server.live.changes();
    loop {
        changes.mark_unchanged();
        // Where the pod is gone, the command went with it.
        let answer = server.live.user(|api| api.call(running.ask.clone()));
        let answer = answer.map_or_else(|_| json!({ "exit": 137 }), |response| response.body);
        let mut at = 0;
        for piece in answer["output"].items() {
            let text = piece[1].str();
            let new = text.get(running.told.saturating_sub(at).min(text.len())..).unwrap_or("");
            at += text.len();
            if !new.is_empty() {
                let stream = if piece[0].str() == "stderr" && !tty { STDERR } else { STDOUT };
                let text = if tty { new.replace('\n', "\r\n") } else { new.to_owned() };
                send(socket, stream, text.as_bytes()).await?;
            }
        }
        running.told = running.told.max(at);
        if let Some(code) = answer["exit"].as_i64() {
            return Ok(Ok(code));
        }
        tokio::select! {
            _ = changes.changed() => {}
            message = pin!(receive(socket)) => {
                let Some((stream, bytes)) = message else { return Err(tungstenite::Error::ConnectionClosed) };
                if stream == STDIN && let Some(line) = typed.as_deref_mut() {
                    let (lines, echo) = line.take(&bytes);
                    if !echo.is_empty() {
                        send(socket, STDOUT, echo.as_bytes()).await?;
                    }
                    if !lines.is_empty() {
                        let put = api::Request { verb: Verb::Update, ..running.ask.clone() }.with_body(lines.as_str());
                        let _ = server.live.user(|api| api.call(put));
                    }
                }
            }
        }
    }
}

/// Passes on what a container writes, until it ends.
async fn attached(
    server: &Server,
    socket: &mut Socket,
    mut follow: Follow,
) -> Result<Result<i64, Status>, tungstenite::Error> {
    let mut changes = server.live.changes();
    loop {
        changes.mark_unchanged();
        let text = server.live.read(&mut follow);
        if !text.is_empty() {
            send(socket, STDOUT, text.as_bytes()).await?;
        }
        if follow.is_over() {
            return Ok(Ok(0));
        }
        tokio::select! {
            _ = changes.changed() => {}
            message = pin!(receive(socket)) => {
                if message.is_none() {
                    return Err(tungstenite::Error::ConnectionClosed);
                }
            }
        }
    }
}
