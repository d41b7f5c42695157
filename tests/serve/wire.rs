//! What goes over the wire, as bytes: forms that are asked for and refused, and requests that no friendly client sends. Each of
//! these gets a Status, and the server lives on.

use crate::served::Served;
use expect_test::{Expect, expect};
use kubestep::json;
use kubestep::sim::Rng;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::Command;

/// An answer as it came.
pub struct Answer {
    head: String,
    body: Vec<u8>,
}

impl Answer {
    /// The code, and what of the body counts: a Status's reason and message, or its beginning.
    pub fn told(&self) -> String {
        let code = self.head.split(' ').nth(1).unwrap_or("no answer");
        if let Some(line) = self.head.lines().find(|line| line.contains("protobuf")) {
            return format!("{code} {line}");
        }
        let text = String::from_utf8_lossy(&self.body);
        let body = json::parse(&text).unwrap_or_default();
        match body["kind"].str() {
            "Status" => format!("{code} {}: {}", body["reason"].str(), body["message"].str()),
            "" => format!("{code} {}", text.trim().chars().take(60).collect::<String>()),
            kind => format!("{code} a {kind}"),
        }
    }
}

pub fn ask(served: &Served, line: &str, headers: &[&str], body: &[u8]) -> Answer {
    let mut stream = TcpStream::connect(&served.address).expect("it listens");
    let mut head = format!("{line} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n");
    if !body.is_empty() {
        head.push_str(&format!("Content-Length: {}\r\n", body.len()));
    }
    headers.iter().for_each(|header| head.push_str(&format!("{header}\r\n")));
    // A server that has read enough may answer and close before all is written.
    let _ = stream.write_all(format!("{head}\r\n").as_bytes());
    let _ = stream.write_all(body);
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    let end = answer.windows(4).position(|w| w == b"\r\n\r\n").unwrap_or(answer.len());
    let head = String::from_utf8_lossy(&answer[..end]).into_owned();
    Answer { head, body: answer.get(end + 4..).unwrap_or_default().to_vec() }
}

/// Makes an object of a manifest, and waits until it is Ready.
pub fn create(served: &Served, at: &str, manifest: &str) {
    let made = ask(served, &format!("POST {at}"), &["Content-Type: application/yaml"], manifest.as_bytes());
    assert!(made.head.contains(" 201 "), "{}", made.told());
    for _ in 0..200 {
        let all = ask(served, &format!("GET {at}"), &[], b"");
        if String::from_utf8_lossy(&all.body).contains(r#""type":"Ready","status":"True""#)
            || String::from_utf8_lossy(&all.body).contains(r#""status":"True","type":"Ready""#)
        {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    panic!("{at} does not become ready");
}

#[test]
fn forms_are_asked_for_and_refused() {
    let served = Served::start("forms", &[]);
    let maps = "/api/v1/namespaces/default/configmaps";
    const JSON: &[&str] = &["Content-Type: application/json"];
    let large = vec![b' '; (3 << 20) + 1];
    let cases: Vec<(String, &[&str], &[u8], Expect)> = vec![
        (
            "GET /healthz".into(),
            &[],
            b"",
            expect![[r#"
            GET /healthz ()
            200 ok"#]],
        ),
        (
            "GET /livez?verbose".into(),
            &["Accept: text/plain"],
            b"",
            expect![[r#"
            GET /livez?verbose (Accept: text/plain)
            200 ok"#]],
        ),
        (
            "GET /version".into(),
            &[],
            b"",
            expect![[r#"
            GET /version ()
            200 {"buildDate":"1970-01-01T00:00:00Z","compiler":"gc","gitComm"#]],
        ),
        (
            format!("GET {maps}"),
            &["Accept: application/vnd.kubernetes.protobuf"],
            b"",
            expect![[r#"
            GET /api/v1/namespaces/default/configmaps (Accept: application/vnd.kubernetes.protobuf)
            406 NotAcceptable: only the following media types are accepted: application/json, application/yaml"#]],
        ),
        (
            format!("GET {maps}"),
            &["Accept: application/cbor"],
            b"",
            expect![[r#"
            GET /api/v1/namespaces/default/configmaps (Accept: application/cbor)
            406 NotAcceptable: only the following media types are accepted: application/json, application/yaml"#]],
        ),
        (
            format!("GET {maps}"),
            &["Accept: application/vnd.kubernetes.protobuf,application/json"],
            b"",
            expect![[r#"
                GET /api/v1/namespaces/default/configmaps (Accept: application/vnd.kubernetes.protobuf,application/json)
                200 a ConfigMapList"#]],
        ),
        (
            format!("GET {maps}"),
            &["Accept: application/json;as=Table;v=v1;g=meta.k8s.io"],
            b"",
            expect![[r#"
                GET /api/v1/namespaces/default/configmaps (Accept: application/json;as=Table;v=v1;g=meta.k8s.io)
                200 a Table"#]],
        ),
        (
            format!("GET {maps}"),
            &["Accept: application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io"],
            b"",
            expect![[r#"
                GET /api/v1/namespaces/default/configmaps (Accept: application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io)
                200 a PartialObjectMetadataList"#]],
        ),
        (
            "GET /apis".into(),
            &["Accept: application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"],
            b"",
            expect![[r#"
                GET /apis (Accept: application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList)
                200 a APIGroupDiscoveryList"#]],
        ),
        (
            "GET /apis".into(),
            &["Accept: application/json"],
            b"",
            expect![[r#"
            GET /apis (Accept: application/json)
            200 a APIGroupList"#]],
        ),
        (
            "GET /openapi/v2".into(),
            &["Accept: application/com.github.proto-openapi.spec.v2@v1.0+protobuf"],
            b"",
            expect![[r#"
                GET /openapi/v2 (Accept: application/com.github.proto-openapi.spec.v2@v1.0+protobuf)
                200 content-type: application/com.github.proto-openapi.spec.v2.v1.0+protobuf"#]],
        ),
        (
            format!("POST {maps}"),
            &["Content-Type: application/cbor"],
            b"\xa1",
            expect![[r#"
            POST /api/v1/namespaces/default/configmaps (Content-Type: application/cbor)
            415 UnsupportedMediaType: the body of the request was in an unknown format - accepted media types include: application/json, application/yaml"#]],
        ),
        (
            format!("POST {maps}"),
            &["Content-Type: application/vnd.kubernetes.protobuf"],
            b"k8s\0\x0a\xff\xff",
            expect![[r#"
                POST /api/v1/namespaces/default/configmaps (Content-Type: application/vnd.kubernetes.protobuf)
                400 BadRequest: the protobuf body cannot be read: it ends too early"#]],
        ),
        (
            format!("POST {maps}"),
            &["Content-Type: application/vnd.kubernetes.protobuf"],
            b"{}",
            expect![[r#"
                POST /api/v1/namespaces/default/configmaps (Content-Type: application/vnd.kubernetes.protobuf)
                400 BadRequest: the protobuf body cannot be read: it does not begin with k8s\0"#]],
        ),
        (
            format!("POST {maps}"),
            JSON,
            &large,
            expect![[r#"
            POST /api/v1/namespaces/default/configmaps (Content-Type: application/json)
            413 RequestEntityTooLarge: Request entity too large: limit is 3145728"#]],
        ),
        (
            format!("POST {maps}"),
            JSON,
            b"",
            expect![[r#"
                POST /api/v1/namespaces/default/configmaps (Content-Type: application/json)
                400 BadRequest: the object provided is unrecognized (must be of type ConfigMap): couldn't get version/kind; json parse error: unexpected end of JSON input (<empty>)"#]],
        ),
        (
            format!("POST {maps}"),
            JSON,
            b"\xff\xfe\0",
            expect![[r#"
                POST /api/v1/namespaces/default/configmaps (Content-Type: application/json)
                400 BadRequest: the object provided is unrecognized (must be of type ConfigMap): couldn't get version/kind; json parse error: invalid character '�' looking for beginning of value (efbfbdefbfbd00)"#]],
        ),
        (
            format!("POST {maps}"),
            JSON,
            b"[1]",
            expect![[r#"
                POST /api/v1/namespaces/default/configmaps (Content-Type: application/json)
                400 BadRequest: the object provided is unrecognized (must be of type ConfigMap): couldn't get version/kind; json parse error: json: cannot unmarshal array into Go value of type struct { APIVersion string "json:\"apiVersion,omitempty\""; Kind string "json:\"kind,omitempty\"" } (5b315d)"#]],
        ),
        (
            format!("POST {maps}"),
            JSON,
            br#"{"kind":"Pod","apiVersion":"v1"}"#,
            expect![[r#"
                POST /api/v1/namespaces/default/configmaps (Content-Type: application/json)
                400 BadRequest: Pod in version "v1" cannot be handled as a ConfigMap: converting (v1.Pod) to (core.ConfigMap): unknown conversion"#]],
        ),
        (
            format!("PATCH {maps}/kube-root-ca.crt"),
            JSON,
            b"{}",
            expect![[r#"
            PATCH /api/v1/namespaces/default/configmaps/kube-root-ca.crt (Content-Type: application/json)
            415 UnsupportedMediaType: the body of the request was in an unknown format - accepted media types include: application/json-patch+json, application/merge-patch+json, application/strategic-merge-patch+json, application/apply-patch+yaml"#]],
        ),
        (
            format!("PATCH {maps}/kube-root-ca.crt"),
            &["Content-Type: application/json-patch+json"],
            b"[{\"op\":\"no\"}]",
            expect![[r#"
                PATCH /api/v1/namespaces/default/configmaps/kube-root-ca.crt (Content-Type: application/json-patch+json)
                422 Invalid: the server rejected our request due to an error in our request"#]],
        ),
        (
            format!("GET {maps}?labelSelector=%3D%3D%3D"),
            &[],
            b"",
            expect![[r#"
                GET /api/v1/namespaces/default/configmaps?labelSelector=%3D%3D%3D ()
                400 BadRequest: found '==', expected: !, identifier, or 'end of string'"#]],
        ),
        (
            format!("GET {maps}?fieldSelector=x%3Dy"),
            &[],
            b"",
            expect![[r#"
            GET /api/v1/namespaces/default/configmaps?fieldSelector=x%3Dy ()
            400 BadRequest: "x" is not a known field selector: only "metadata.name", "metadata.namespace""#]],
        ),
        (
            format!("GET {maps}?limit=x&continue=%ff"),
            &[],
            b"",
            expect![[r#"
                GET /api/v1/namespaces/default/configmaps?limit=x&continue=%ff ()
                400 BadRequest: strconv.ParseInt: parsing "x": invalid syntax"#]],
        ),
        (
            format!("GET {maps}?watch=1&resourceVersion=x&timeoutSeconds=1"),
            &[],
            b"",
            expect![[r#"
                GET /api/v1/namespaces/default/configmaps?watch=1&resourceVersion=x&timeoutSeconds=1 ()
                400 BadRequest: invalid resource version "x""#]],
        ),
        (
            "GET /api/v1/namespaces/default/pods/%2e%2e/log".into(),
            &[],
            b"",
            expect![[r#"
            GET /api/v1/namespaces/default/pods/%2e%2e/log ()
            404 NotFound: pods ".." not found"#]],
        ),
        (
            "TRACE /api".into(),
            &[],
            b"",
            expect![[r#"
                TRACE /api ()
                405 MethodNotAllowed: the server does not allow this method on the requested resource"#]],
        ),
        (
            format!("PUT {maps}/a/b/c"),
            &[],
            b"",
            expect![[r#"
                PUT /api/v1/namespaces/default/configmaps/a/b/c ()
                404 NotFound: the server could not find the requested resource"#]],
        ),
        (
            "GET /api/v1/namespaces/default/pods/x/exec".into(),
            &["Connection: Upgrade", "Upgrade: SPDY/3.1"],
            b"",
            expect![[r#"
                GET /api/v1/namespaces/default/pods/x/exec (Connection: Upgrade)
                400 BadRequest: Upgrade request required"#]],
        ),
    ];
    for (line, headers, body, expected) in cases {
        let about = headers.first().unwrap_or(&"");
        expected.assert_eq(&format!("{line} ({about})\n{}", ask(&served, &line, headers, body).told()));
    }
}

#[test]
fn a_long_answer_is_compressed_for_who_takes_it() {
    let served = Served::start("gzip", &[]);
    let plain = ask(&served, "GET /openapi/v2", &[], b"");
    let squeezed = ask(&served, "GET /openapi/v2", &["Accept-Encoding: gzip"], b"");
    assert!(squeezed.head.to_ascii_lowercase().contains("content-encoding: gzip"), "{}", squeezed.head);
    let inflated = miniz_oxide::inflate::decompress_to_vec(&squeezed.body[10..squeezed.body.len() - 8]);
    assert!(inflated.is_ok_and(|text| text == plain.body));
    let short = ask(&served, "GET /version", &["Accept-Encoding: gzip"], b"");
    assert!(!short.head.contains("gzip"), "{}", short.head);
}

#[test]
fn a_watch_ends_when_it_was_told_to() {
    let served = Served::start("ends", &[]);
    let at = "GET /api/v1/namespaces?watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true&timeoutSeconds=1";
    let answer = ask(&served, at, &[], b"");
    let text = String::from_utf8_lossy(&answer.body).into_owned();
    let count = |what: &str| text.matches(what).count();
    assert_eq!(
        (count("\"type\":\"ADDED\""), count("\"type\":\"BOOKMARK\""), count("initial-events-end")),
        (4, 1, 1),
        "{text}"
    );
}

#[test]
fn whatever_comes_is_answered() {
    let served = Served::start("noise", &["--fast-forward"]);
    let mut rng = Rng::new(7);
    let paths = [
        "api/v1",
        "apis/batch/v1",
        "namespaces",
        "default",
        "pods",
        "jobs",
        "status",
        "scale",
        "exec",
        "log",
        "%00",
        "..",
        "é",
        "a b",
        "binding",
        "token",
    ];
    let medias = [
        "application/json",
        "application/yaml",
        "application/json-patch+json",
        "application/merge-patch+json",
        "application/strategic-merge-patch+json",
        "application/apply-patch+yaml",
        "application/vnd.kubernetes.protobuf",
        "\u{7f}",
    ];
    let bodies = [
        "{}",
        "[]",
        "null",
        "{\"metadata\":{\"name\":\"a\"}}",
        "{\"spec\":[[[]]]}",
        "- a: &a [*a]",
        "k8s\0\u{1}",
        "\u{0}\u{1}",
        "{\"a\":1e999}",
        "[{\"op\":\"add\",\"path\":\"/x/-/~\",\"value\":{}}]",
    ];
    for round in 0..600 {
        let mut pick = |n: usize| (rng.next_u64() % n as u64) as usize;
        let method = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"][pick(7)];
        let path: Vec<&str> = (0..pick(7)).map(|_| paths[pick(paths.len())]).collect();
        let query = [
            "",
            "?watch=true&timeoutSeconds=0",
            "?dryRun=All&dryRun=x",
            "?limit=-1&continue=%zz",
            "?fieldManager=%00&force=true",
        ][pick(5)];
        let line = format!("{method} /{}{query}", path.join("/"));
        let content_type = format!("Content-Type: {}", medias[pick(medias.len())]);
        let body = bodies[pick(bodies.len())];
        let answer = ask(&served, &line, &[&content_type], body.as_bytes());
        let code = answer.head.split(' ').nth(1).unwrap_or("none");
        assert!(
            code.len() == 3 && code != "500",
            "round {round}: {line} ({content_type}) {body:?}: {}",
            answer.told()
        );
    }
    assert_eq!(ask(&served, "GET /readyz", &[], b"").told(), "200 ok");
}

#[test]
fn beyond_loopback_a_flag_and_a_token_are_wanted() {
    let refused = Command::new(env!("CARGO_BIN_EXE_kubestep"))
        .args(["serve", "--port", "0", "--address", "0.0.0.0"])
        .output()
        .expect("kubestep starts");
    assert_eq!(refused.status.code(), Some(2));
    expect![[r#"
        kubestep serve: 0.0.0.0 can be reached from other machines: say --allow-remote if that is meant
    "#]]
    .assert_eq(&String::from_utf8_lossy(&refused.stderr));

    let served = Served::start("token", &["--token", "s3cret"]);
    expect![[r#"403 Forbidden: forbidden: User "system:anonymous" cannot get path "/api""#]]
        .assert_eq(&ask(&served, "GET /api", &[], b"").told());
    expect!["200 ok"].assert_eq(&ask(&served, "GET /healthz", &[], b"").told());
    expect![[r#"403 Forbidden: pods is forbidden: User "system:anonymous" cannot list resource "pods" in API group "" at the cluster scope"#]]
        .assert_eq(&ask(&served, "GET /api/v1/pods", &[], b"").told());
    expect!["401 Unauthorized: Unauthorized"]
        .assert_eq(&ask(&served, "GET /api", &["Authorization: Bearer s3cre"], b"").told());
    expect!["200 a APIVersions"]
        .assert_eq(&ask(&served, "GET /api", &["Authorization: Bearer s3cret"], b"").told());
    let config = std::fs::read_to_string(served.kubeconfig()).expect("it wrote a kubeconfig");
    assert!(config.contains("token: s3cret"), "{config}");
}
