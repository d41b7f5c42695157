//! `exec` and `attach`: what a process writes and reads, over a connection of its own.
//!
//! Upstream: `streaming/pkg/httpstream`, `apiserver/pkg/util/proxy/streamtranslator.go`, `cri-streaming/pkg/streaming/remotecommand`.

use super::channels::{CLOSE, Channels, ERROR, STDERR, STDIN, STDOUT};
use super::connection::Server;
use kubestep::api::{self, Status, Verb, base64};
use kubestep::http::{Follow, Upgrade};
use kubestep::json;
use kubestep::json::{Json, Str};
use std::pin::pin;
use std::time::Duration;
use tokio_tungstenite::tungstenite;

/// How long a client has to get ready before the first message.
const HEAD_START: Duration = Duration::from_millis(100);
/// So many bytes may wait to be read by a process before more is taken from the client.
const MOST_UNREAD: usize = 256 << 10;
/// What is handed over at once.
const PIECE: usize = 64 << 10;

/// Where what comes from the client goes.
struct Input {
    /// `PUT pods/x/exec`, its body still missing.
    put: api::Request,
    /// The input is what a person types: they see it, and it is read line by line.
    line: Option<Line>,
    /// The process may be told that there is no more.
    ends: bool,
    /// What is still to be handed over.
    waiting: Vec<u8>,
    /// The client sends no more.
    over: bool,
}

/// What is written, and until when.
enum Source {
    /// By a command: where it runs, and how many bytes of it were told.
    Command { ask: Box<api::Request>, told: usize },
    /// By a container.
    Container(Box<Follow>),
}

/// What there is to tell.
struct Told {
    pieces: Vec<(u8, Vec<u8>)>,
    /// The exit code, at the end.
    exit: Option<i64>,
    /// How much the process has not read yet.
    unread: usize,
}

/// Serves a connection to its end.
pub async fn speak(server: &Server, mut channels: Channels, upgrade: Upgrade) {
    let _inside = server.live.enter();
    // A client that is told something before it has made its streams (which it does after the handshake) throws it away.
    tokio::time::sleep(HEAD_START).await;
    let (source, input, tty) = match upgrade {
        Upgrade::Attach { follow, input, once, tty } => {
            let input = input.map(|put| Input::new(*put, tty, once));
            (Source::Container(follow), input, tty)
        }
        Upgrade::Exec { start, stdin, tty } => match begin(server, *start, stdin, tty) {
            Ok(ask) => {
                let put = api::Request { verb: Verb::Update, ..ask.clone() };
                (
                    Source::Command { ask: Box::new(ask), told: 0 },
                    stdin.then(|| Input::new(put, tty, true)),
                    tty,
                )
            }
            Err(status) => return finish(channels, Err(status)).await,
        },
    };
    // It tells the client that somebody is there.
    if channels.send(STDOUT, b"").await.is_err() {
        return;
    }
    // Who is gone is told nothing.
    if let Ok(code) = pass_on(server, &mut channels, source, input, tty).await {
        finish(channels, Ok(code)).await;
    }
}

/// Says how it ended.
async fn finish(mut channels: Channels, how: Result<i64, Status>) {
    let verdict = match how {
        Ok(0) => json!({ "metadata": {}, "status": "Success" }),
        Ok(code) => json!({
            "metadata": {}, "status": "Failure", "reason": "NonZeroExitCode",
            "message": format!("command terminated with non-zero exit code: exit status {code}"),
            "details": { "causes": [{ "reason": "ExitCode", "message": code.to_string() }] },
        }),
        Err(status) => status.to_json(),
    };
    let text = match channels.tells_status {
        true => verdict.to_string(),
        false => verdict["message"].str().to_owned(),
    };
    if text.is_empty() || channels.send(ERROR, text.as_bytes()).await.is_ok() {
        channels.close().await;
    }
}

/// Starts the command; gives the request that reads what it writes.
fn begin(server: &Server, mut start: api::Request, stdin: bool, tty: bool) -> Result<api::Request, Status> {
    start.options.query.retain(|(key, _)| !matches!(key.as_str(), "tty" | "stdin" | "stdout" | "stderr"));
    if stdin {
        start.options.query.push((if tty { "tty" } else { "sent" }.into(), "true".into()));
    }
    let session = server.live.user(|api| api.call(start.clone()))?.body.as_i64().unwrap_or_default();
    start.options.query.retain(|(key, _)| *key == "container");
    start.options.query.push(("session".into(), Str::from(session.to_string())));
    (start.verb, start.body) = (Verb::Get, Json::Null);
    Ok(start)
}

/// Passes on what is written, and what the client sends, until one side ends; the exit code.
async fn pass_on(
    server: &Server,
    channels: &mut Channels,
    mut source: Source,
    mut input: Option<Input>,
    tty: bool,
) -> Result<i64, tungstenite::Error> {
    let mut changes = server.live.changes();
    loop {
        changes.mark_unchanged();
        let told = source.read(server);
        for (stream, bytes) in told.pieces {
            let (stream, bytes) = if tty { (STDOUT, as_shown(&bytes)) } else { (stream, bytes) };
            channels.send(stream, &bytes).await?;
        }
        if let Some(code) = told.exit {
            return Ok(code);
        }
        if input.as_mut().is_some_and(|input| input.hand_over(server, told.unread)) {
            continue;
        }
        let full = input.as_ref().is_some_and(|input| input.waiting.len() > MOST_UNREAD);
        tokio::select! {
            _ = changes.changed() => {}
            message = pin!(channels.receive()), if !full => {
                match (message, &mut input) {
                    (Some((STDIN, bytes)), Some(input)) => {
                        let echo = input.take(server, &bytes);
                        if !echo.is_empty() {
                            channels.send(STDOUT, echo.as_bytes()).await?;
                        }
                    }
                    (Some((CLOSE, which)), Some(input)) if which == [STDIN] => input.over = true,
                    // The size of its terminal, say.
                    (Some(_), _) => {}
                    (None, input) => {
                        if let Some(input) = input {
                            input.over = true;
                            while input.hand_over(server, 0) {}
                        }
                        return Err(tungstenite::Error::ConnectionClosed);
                    }
                }
            }
        }
    }
}

/// A terminal goes back to the margin at the end of a line.
fn as_shown(bytes: &[u8]) -> Vec<u8> {
    let shown = |byte: &u8| if *byte == b'\n' { vec![b'\r', b'\n'] } else { vec![*byte] };
    bytes.iter().flat_map(shown).collect()
}

impl Source {
    /// What is new.
    fn read(&mut self, server: &Server) -> Told {
        match self {
            Source::Container(follow) => {
                let text = server.live.read(follow);
                let pieces = if text.is_empty() { Vec::new() } else { vec![(STDOUT, text.into_bytes())] };
                Told { pieces, exit: follow.is_over().then_some(0), unread: 0 }
            }
            Source::Command { ask, told } => {
                let mut asked = ask.as_ref().clone();
                asked.options.query.push(("bytes".into(), "true".into()));
                // Where the pod is gone, the command went with it.
                let answer = server.live.look(|api| api.call(asked));
                let answer = answer.map_or_else(|_| json!({ "exit": 137 }), |response| response.body);
                let (mut at, mut pieces) = (0, Vec::new());
                for piece in answer["output"].items() {
                    let bytes = base64::decode(piece[1].str()).unwrap_or_default();
                    let new = &bytes[told.saturating_sub(at).min(bytes.len())..];
                    at += bytes.len();
                    if !new.is_empty() {
                        let stream = if piece[0].str() == "stderr" { STDERR } else { STDOUT };
                        pieces.push((stream, new.to_vec()));
                    }
                }
                *told = at.max(*told);
                let unread = answer["unread"].as_i64().and_then(|count| usize::try_from(count).ok());
                Told { pieces, exit: answer["exit"].as_i64(), unread: unread.unwrap_or_default() }
            }
        }
    }
}

impl Input {
    fn new(put: api::Request, tty: bool, ends: bool) -> Input {
        Input { put, line: tty.then(Line::default), ends, waiting: Vec::new(), over: false }
    }

    /// Takes what the client sends; gives what a terminal shows of it.
    fn take(&mut self, server: &Server, bytes: &[u8]) -> String {
        let Some(line) = &mut self.line else {
            self.waiting.extend(bytes);
            return String::new();
        };
        let typed = line.take(bytes);
        self.waiting.extend(typed.lines.as_bytes());
        self.over |= typed.ends;
        if typed.interrupts {
            self.waiting.clear();
            self.put(server, json!({ "interrupt": true }));
        }
        typed.echo
    }

    /// Hands over to the process what it has room for; false: there is nothing to hand over now.
    fn hand_over(&mut self, server: &Server, unread: usize) -> bool {
        if self.waiting.is_empty() {
            if self.over && self.ends {
                self.ends = false;
                self.put(server, json!({}));
                return true;
            }
            return false;
        }
        if unread > MOST_UNREAD {
            return false;
        }
        let piece: Vec<u8> = self.waiting.drain(..self.waiting.len().min(PIECE)).collect();
        self.put(server, json!({ "bytes": base64::encode(&piece) }));
        true
    }

    /// A process that has ended reads nothing: then there is nobody to tell that to.
    fn put(&self, server: &Server, body: Json) {
        let _ = server.live.user(|api| api.call(self.put.clone().with_body(body)));
    }
}

/// What is typed until a line is whole.
#[derive(Default)]
struct Line(String);

/// What came of it.
#[derive(Default)]
struct Typed {
    /// The lines that are whole.
    lines: String,
    /// What the terminal shows.
    echo: String,
    /// Ctrl-D, where nothing stood.
    ends: bool,
    /// Ctrl-C.
    interrupts: bool,
}

impl Line {
    fn take(&mut self, bytes: &[u8]) -> Typed {
        let mut typed = Typed::default();
        for c in String::from_utf8_lossy(bytes).chars() {
            match c {
                '\r' | '\n' => {
                    typed.lines.push_str(&std::mem::take(&mut self.0));
                    typed.lines.push('\n');
                    typed.echo.push_str("\r\n");
                }
                '\u{7f}' | '\u{8}' => {
                    if self.0.pop().is_some() {
                        typed.echo.push_str("\u{8} \u{8}");
                    }
                }
                '\u{3}' => {
                    self.0.clear();
                    typed.interrupts = true;
                    typed.echo.push_str("^C\r\n");
                }
                '\u{4}' if self.0.is_empty() => typed.ends = true,
                '\u{4}' => typed.lines.push_str(&std::mem::take(&mut self.0)),
                c if c.is_control() => {}
                c => {
                    self.0.push(c);
                    typed.echo.push(c);
                }
            }
        }
        typed
    }
}
