//! Streams that go both ways while a process runs: `exec -i`, `attach -i`, and the protocols of older clients.

use crate::served::{Served, has_kubectl, told};
use expect_test::expect;
use futures_util::{SinkExt, StreamExt};
use kubestep::api::base64;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdout, Stdio};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;

const READER: &str = "
apiVersion: v1
kind: Pod
metadata: {name: reader}
spec:
  containers:
  - name: main
    image: busybox
    stdin: true
    stdinOnce: true
    command: [sh, -c, 'while read line; do echo got $line; done; echo bye; sleep infinity']
";

/// A kubectl that is talked to.
struct Talk {
    child: Child,
    lines: std::io::Lines<BufReader<ChildStdout>>,
}

impl Talk {
    fn start(served: &Served, words: &[&str]) -> Talk {
        let mut command = served.command(words);
        let command = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("kubectl starts");
        let lines = BufReader::new(child.stdout.take().expect("it has an output")).lines();
        Talk { child, lines }
    }

    /// Writes a line, and reads the next one.
    fn say(&mut self, line: &str) -> String {
        let stdin = self.child.stdin.as_mut().expect("it has an input");
        writeln!(stdin, "{line}").expect("it reads");
        self.next()
    }

    fn next(&mut self) -> String {
        self.lines.next().and_then(Result::ok).unwrap_or_else(|| "(no more)".into())
    }

    /// Says no more, and reads the rest.
    fn end(mut self) -> String {
        drop(self.child.stdin.take());
        let rest: Vec<String> = self.lines.map_while(Result::ok).collect();
        let code = self.child.wait().expect("it ends").code();
        format!("{} (exit {})", rest.join(" / "), code.unwrap_or(-1))
    }
}

#[test]
fn a_process_is_talked_to() {
    if !has_kubectl("exec -i, attach -i") {
        return;
    }
    let served = Served::start("streams", &[]);
    served.file("reader.yaml", READER);
    served.kubectl("apply -f reader.yaml");
    served.kubectl("wait --for=condition=Ready pod/reader --timeout=60s");

    let mut cat = Talk::start(&served, &["exec", "-i", "reader", "--", "cat", "-"]);
    assert_eq!((cat.say("one"), cat.say("two")), ("one".into(), "two".into()));
    expect![" (exit 0)"].assert_eq(&cat.end());
    let mut exits =
        Talk::start(&served, &["exec", "-i", "reader", "--", "sh", "-c", "read x; echo $x; exit 5"]);
    assert_eq!(exits.say("five"), "five");
    expect![" (exit 5)"].assert_eq(&exits.end());
    // What was sent is there byte for byte, and so is what comes back.
    let large: String = (0..4000).map(|n| format!("{n:05}é\n")).collect();
    assert_eq!(told(&served.kubectl_with("exec -i reader -- cat", &large)), large);
    expect!["32000\n"].assert_eq(&told(&served.kubectl_with("exec -i reader -- wc -c", &large)));
    expect!["a\nb\n"].assert_eq(&told(&served.kubectl_with("exec -i reader -- sh", "echo a\necho b\n")));

    let mut attached = Talk::start(&served, &["attach", "-i", "-q", "reader"]);
    assert_eq!((attached.say("a"), attached.say("b")), ("got a".into(), "got b".into()));
    drop(attached.child.stdin.take());
    assert_eq!(attached.next(), "bye");
    let _ = attached.child.kill();
    let _ = attached.child.wait();
    expect!["got a\ngot b\nbye\n"].assert_eq(&told(&served.kubectl("logs reader")));
}

/// What a WebSocket's messages are, in the protocol that is asked for, until it closes.
async fn messages(served: &Served, protocol: &str, query: &str, sent: &[Message]) -> Vec<String> {
    let url = format!("ws://{}/api/v1/namespaces/default/pods/reader/exec?{query}", served.address);
    let mut request = url.into_client_request().expect("it is a request");
    if !protocol.is_empty() {
        request.headers_mut().insert("sec-websocket-protocol", protocol.parse().expect("a header's value"));
    }
    let stream = tokio::net::TcpStream::connect(&served.address).await.expect("it listens");
    let (mut socket, _) = match tokio_tungstenite::client_async(request, stream).await {
        Ok(connected) => connected,
        Err(tokio_tungstenite::tungstenite::Error::Http(answer)) => {
            let text = String::from_utf8_lossy(answer.body().as_deref().unwrap_or_default()).into_owned();
            return vec![format!("{}: {text}", answer.status().as_u16())];
        }
        Err(other) => return vec![other.to_string()],
    };
    for message in sent {
        socket.send(message.clone()).await.expect("it listens");
    }
    let mut told = Vec::new();
    while let Some(Ok(message)) = socket.next().await {
        match message {
            Message::Binary(bytes) => {
                told.push(format!("{} {}", bytes[0], String::from_utf8_lossy(&bytes[1..])))
            }
            Message::Text(text) => {
                let bytes = base64::decode(&text[1..]).expect("it is base64");
                told.push(format!("'{}' {}", &text[..1], String::from_utf8_lossy(&bytes)));
            }
            Message::Close(_) => break,
            _ => {}
        }
    }
    told
}

#[test]
fn older_protocols_are_spoken() {
    let served = Served::start("protocols", &[]);
    let pod = READER.replace("stdin: true", "stdin: false");
    served.file("reader.yaml", &pod);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        crate::wire::create(&served, "/api/v1/namespaces/default/pods", &pod);
        let echo = "command=sh&command=-c&command=echo+out;+echo+err+%3E%262;+exit+3&stdout=true&stderr=true";
        let mut all = String::new();
        for protocol in [
            "v5.channel.k8s.io",
            "v4.channel.k8s.io",
            "v4.base64.channel.k8s.io",
            "base64.channel.k8s.io",
            "",
        ] {
            let told = messages(&served, protocol, echo, &[]).await;
            all.push_str(&format!("{protocol}\n  {}\n", told.join("\n  ")));
        }
        let size = Message::binary(b"\x04{\"Width\":80,\"Height\":24}".to_vec());
        let typed = [size, Message::binary(b"\0abc\x7f\r".to_vec()), Message::binary(b"\0\x04".to_vec())];
        let told =
            messages(&served, "v4.channel.k8s.io", "command=cat&stdin=true&stdout=true&tty=true", &typed)
                .await;
        all.push_str(&format!("typed\n  {}\n", told.join("\n  ").escape_debug()));
        let sent = [Message::text(format!("0{}", base64::encode(b"x\n")))];
        let told = messages(
            &served,
            "base64.channel.k8s.io",
            "command=head&command=-n1&stdin=true&stdout=true",
            &sent,
        )
        .await;
        all.push_str(&format!("sent\n  {}\n", told.join("\n  ").escape_debug()));
        let told = messages(&served, "v9.channel.k8s.io", echo, &[]).await;
        all.push_str(&format!("unknown\n  {}\n", told.join("\n  ")));
        expect![[r#"
            v5.channel.k8s.io
              1 
              1 out

              2 err

              3 {"details":{"causes":[{"message":"3","reason":"ExitCode"}]},"message":"command terminated with non-zero exit code: exit status 3","metadata":{},"reason":"NonZeroExitCode","status":"Failure"}
            v4.channel.k8s.io
              1 
              1 out

              2 err

              3 {"details":{"causes":[{"message":"3","reason":"ExitCode"}]},"message":"command terminated with non-zero exit code: exit status 3","metadata":{},"reason":"NonZeroExitCode","status":"Failure"}
            v4.base64.channel.k8s.io
              '1' 
              '1' out

              '2' err

              '3' {"details":{"causes":[{"message":"3","reason":"ExitCode"}]},"message":"command terminated with non-zero exit code: exit status 3","metadata":{},"reason":"NonZeroExitCode","status":"Failure"}
            base64.channel.k8s.io
              '1' 
              '1' out

              '2' err

              '3' command terminated with non-zero exit code: exit status 3

              1 
              1 out

              2 err

              3 command terminated with non-zero exit code: exit status 3
            typed
              1 \n  1 abc\u{8} \u{8}\r\n\n  1 ab\r\n\n  3 {\"metadata\":{},\"status\":\"Success\"}
            sent
              \'1\' \n  \'1\' x\n
            unknown
              403: requested protocol(s) are not supported: [v9.channel.k8s.io]; supports [v5.channel.k8s.io v4.channel.k8s.io v4.base64.channel.k8s.io channel.k8s.io base64.channel.k8s.io]
        "#]].assert_eq(&all);
    });
}
