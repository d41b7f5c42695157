//! [`Channels`]: several streams in one WebSocket, whose messages begin with the number of theirs
//! (`streaming/pkg/httpstream/wsstream`, `apimachinery/pkg/util/remotecommand`).

use super::connection::{Reply, plain};
use hyper::body::Incoming;
use hyper::header::{CONNECTION, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_PROTOCOL, UPGRADE};
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use kubestep::api::base64;
use std::future::Future;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, Role};
use tokio_tungstenite::tungstenite::{self, Message, Utf8Bytes};

/// The protocols that are spoken; the one without a name is for clients that name none.
const PROTOCOLS: [&str; 6] = [
    "",
    "v5.channel.k8s.io",
    "v4.channel.k8s.io",
    "v4.base64.channel.k8s.io",
    "channel.k8s.io",
    "base64.channel.k8s.io",
];

pub const STDIN: u8 = 0;
pub const STDOUT: u8 = 1;
pub const STDERR: u8 = 2;
/// How it ended.
pub const ERROR: u8 = 3;
/// A message on this says which stream its sender closes (`v5` only).
pub const CLOSE: u8 = 255;

type Socket = WebSocketStream<TokioIo<hyper::upgrade::Upgraded>>;

/// The streams of one connection.
pub struct Channels {
    socket: Socket,
    /// Messages are text: a digit, and base64.
    base64: bool,
    /// How it ended is told as a Status, not as a sentence.
    pub tells_status: bool,
}

/// Takes over the connection, and gives it to `speak`.
pub fn accept<F: Future<Output = ()> + 'static>(
    request: &mut Request<Incoming>,
    speak: impl FnOnce(Channels) -> F + 'static,
) -> Response<Reply> {
    let header = |name| request.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or("");
    let offered: Vec<&str> = header(SEC_WEBSOCKET_PROTOCOL).split(',').map(str::trim).collect();
    // The client's first that is known.
    let Some(protocol) = offered.iter().find_map(|name| PROTOCOLS.into_iter().find(|known| known == name))
    else {
        let (asked, known) = (offered.join(" "), PROTOCOLS.join(" "));
        return plain(
            403,
            &format!("requested protocol(s) are not supported: [{asked}]; supports [{}]", known.trim()),
        );
    };
    let key = derive_accept_key(header(SEC_WEBSOCKET_KEY).as_bytes());
    let upgraded = hyper::upgrade::on(request);
    tokio::task::spawn_local(async move {
        let Ok(upgraded) = upgraded.await else { return };
        let socket = WebSocketStream::from_raw_socket(TokioIo::new(upgraded), Role::Server, None).await;
        let (base64, tells_status) = (protocol.contains("base64"), protocol.starts_with('v'));
        speak(Channels { socket, base64, tells_status }).await;
    });
    let mut response = Response::new(Reply::Whole(None));
    *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
    let headers = [
        (UPGRADE, "websocket"),
        (CONNECTION, "Upgrade"),
        (SEC_WEBSOCKET_ACCEPT, key.as_str()),
        (SEC_WEBSOCKET_PROTOCOL, protocol),
    ];
    for (name, value) in headers.into_iter().filter(|(_, value)| !value.is_empty()) {
        response.headers_mut().insert(name, value.parse().expect("it is a header's value"));
    }
    response
}

impl Channels {
    /// Sends on a stream.
    pub async fn send(&mut self, stream: u8, bytes: &[u8]) -> Result<(), tungstenite::Error> {
        let message = if self.base64 {
            Message::text(format!("{stream}{}", base64::encode(bytes)))
        } else {
            Message::binary([&[stream], bytes].concat())
        };
        futures_util::SinkExt::send(&mut self.socket, message).await
    }

    /// The next message, as the number of its stream and its bytes; `None`: the client has gone.
    pub async fn receive(&mut self) -> Option<(u8, Vec<u8>)> {
        loop {
            let bytes = match futures_util::StreamExt::next(&mut self.socket).await?.ok()? {
                Message::Binary(bytes) => bytes.to_vec(),
                Message::Text(text) => text.as_bytes().to_vec(),
                Message::Close(_) => return None,
                _ => continue,
            };
            let Some((stream, bytes)) = bytes.split_first() else { continue };
            if !self.base64 {
                return Some((*stream, bytes.to_vec()));
            }
            let text = std::str::from_utf8(bytes).unwrap_or("");
            if let Ok(bytes) = base64::decode(text) {
                return Some((stream.wrapping_sub(b'0'), bytes));
            }
        }
    }

    /// Says good-bye, and waits for the client to go.
    pub async fn close(mut self) {
        let normal = CloseFrame { code: CloseCode::Normal, reason: Utf8Bytes::default() };
        if self.socket.close(Some(normal)).await.is_ok() {
            // It may still have something on its way.
            while self.receive().await.is_some() {}
        }
    }
}
