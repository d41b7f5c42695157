//! The edges of the protocol: how HTTP may be spoken, options that do not fit, what nobody reaches through the server.

use crate::served::Served;
use crate::wire::ask;
use expect_test::expect;
use std::fmt::Write as _;
use std::io::{Read, Write};
use std::net::TcpStream;

/// What comes back for some bytes: the lines that begin an answer, and lone words of bodies.
fn said(served: &Served, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(&served.address).expect("it listens");
    stream.write_all(bytes).expect("it reads");
    let mut answer = Vec::new();
    let _ = stream.set_read_timeout(Some(std::time::Duration::from_secs(5)));
    let _ = stream.read_to_end(&mut answer);
    let text = String::from_utf8_lossy(&answer).into_owned();
    let told = |line: &&str| line.starts_with("HTTP/") || line.starts_with("ok") || line.contains("\"kind\"");
    let short = |line: &str| match line.find("HTTP/1.1 ").filter(|at| *at > 0) {
        Some(at) => format!("{} / {}", &line[..at.min(40)], &line[at..]),
        None => line.chars().take(60).collect(),
    };
    text.lines().filter(told).map(short).collect::<Vec<_>>().join("\n")
}

#[test]
fn http_is_spoken_as_it_may_be() {
    let served = Served::start("edges", &[]);
    let maps = "/api/v1/namespaces/default/configmaps";
    let body = r#"{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"NAME"}}"#;
    let chunked = body.replace("NAME", "chunked");
    let (first, second) = chunked.split_at(20);
    let awaited = body.replace("NAME", "awaited");
    let long = "x".repeat(500_000);
    let cases: [(&str, Vec<u8>); 8] = [
        (
            "two requests at once on one connection",
            b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\nGET /readyz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".to_vec(),
        ),
        ("HTTP/1.0", b"GET /healthz HTTP/1.0\r\n\r\n".to_vec()),
        (
            "a body in chunks",
            format!(
                "POST {maps} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n{:x}\r\n{first}\r\n{:x}\r\n{second}\r\n0\r\n\r\n",
                first.len(),
                second.len()
            )
            .into(),
        ),
        (
            "a body that waits to be asked for",
            format!(
                "POST {maps} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\nExpect: 100-continue\r\nContent-Length: {}\r\n\r\n{awaited}",
                awaited.len()
            )
            .into(),
        ),
        ("a header beyond measure", format!("GET /healthz HTTP/1.1\r\nHost: x\r\nX: {long}\r\n\r\n").into()),
        ("a path of odd bytes", b"GET /api/v1/namespaces/\xff\xfe/pods/%ff HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".to_vec()),
        ("no HTTP", b"hello\r\n\r\n".to_vec()),
        ("HEAD", b"HEAD /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".to_vec()),
    ];
    let mut all = String::new();
    for (what, bytes) in cases {
        let _ = writeln!(all, "--- {what}\n{}", said(&served, &bytes));
    }
    expect![[r#"
        --- two requests at once on one connection
        HTTP/1.1 200 OK
        ok / HTTP/1.1 200 OK
        ok
        --- HTTP/1.0
        HTTP/1.0 200 OK
        ok
        --- a body in chunks
        HTTP/1.1 201 Created
        {"apiVersion":"v1","kind":"ConfigMap","metadata":{"creationT
        --- a body that waits to be asked for
        HTTP/1.1 100 Continue
        HTTP/1.1 201 Created
        {"apiVersion":"v1","kind":"ConfigMap","metadata":{"creationT
        --- a header beyond measure
        HTTP/1.1 431 Request Header Fields Too Large
        --- a path of odd bytes
        HTTP/1.1 400 Bad Request
        --- no HTTP
        HTTP/1.1 400 Bad Request
        --- HEAD
        HTTP/1.1 200 OK
    "#]]
    .assert_eq(&all);
}

#[test]
fn options_have_to_fit() {
    let served = Served::start("options", &[]);
    let maps = "/api/v1/namespaces/default/configmaps";
    let body = br#"{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"}}"#;
    let service = br#"{"apiVersion":"v1","kind":"Service","metadata":{"name":"alone"},"spec":{"ports":[{"port":80}],"selector":{"a":"b"}}}"#;
    let lines: &[(&str, &[u8])] = &[
        (&format!("GET {maps}?resourceVersionMatch=Exact"), b""),
        (&format!("GET {maps}?resourceVersionMatch=Nope&resourceVersion=1&continue=x"), b""),
        (&format!("GET {maps}?resourceVersionMatch=Exact&resourceVersion=0"), b""),
        (&format!("GET {maps}?sendInitialEvents=true"), b""),
        (&format!("GET {maps}?watch=1&sendInitialEvents=true"), b""),
        (&format!("GET {maps}?watch=1&resourceVersionMatch=Exact&resourceVersion=1"), b""),
        (&format!("GET {maps}?continue=nope"), b""),
        (&format!("POST {maps}?dryRun=Some"), body),
        (&format!("POST {maps}?fieldValidation=Some"), body),
        (&format!("POST {maps}?dryRun=All&fieldValidation=Strict"), body),
        (&format!("DELETE {maps}/a?propagationPolicy=Some"), b""),
        (
            &format!("DELETE {maps}/a"),
            br#"{"propagationPolicy":"Orphan","orphanDependents":true,"dryRun":["No"]}"#,
        ),
        ("POST /api/v1/namespaces/default/services", service),
        ("GET /api/v1/namespaces/default/services/alone/proxy/", b""),
        ("GET /api/v1/namespaces/default/services/http:alone:80/proxy/x/y?z", b""),
        ("GET /api/v1/namespaces/default/services/alone:81/proxy", b""),
        ("GET /api/v1/namespaces/default/services/nope/proxy", b""),
        ("GET /api/v1/namespaces/default/services/a:b:c:d/proxy", b""),
        ("GET /api/v1/namespaces/default/pods/nope:8080/proxy/metrics", b""),
    ];
    let mut all = String::new();
    for (line, body) in lines {
        let told = ask(&served, line, &["Content-Type: application/json"], body).told();
        let _ = writeln!(all, "{line}\n  {told}");
    }
    expect![[r#"
        GET /api/v1/namespaces/default/configmaps?resourceVersionMatch=Exact
          422 Invalid: ListOptions.meta.k8s.io "" is invalid: resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden unless resourceVersion is provided
        GET /api/v1/namespaces/default/configmaps?resourceVersionMatch=Nope&resourceVersion=1&continue=x
          422 Invalid: ListOptions.meta.k8s.io "" is invalid: [resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden when continue is provided, resourceVersionMatch: Unsupported value: "Nope": supported values: "Exact", "NotOlderThan", ""]
        GET /api/v1/namespaces/default/configmaps?resourceVersionMatch=Exact&resourceVersion=0
          422 Invalid: ListOptions.meta.k8s.io "" is invalid: resourceVersionMatch: Forbidden: resourceVersionMatch "exact" is forbidden for resourceVersion "0"
        GET /api/v1/namespaces/default/configmaps?sendInitialEvents=true
          422 Invalid: ListOptions.meta.k8s.io "" is invalid: sendInitialEvents: Forbidden: sendInitialEvents is forbidden for list
        GET /api/v1/namespaces/default/configmaps?watch=1&sendInitialEvents=true
          422 Invalid: ListOptions.meta.k8s.io "" is invalid: resourceVersionMatch: Forbidden: sendInitialEvents requires setting resourceVersionMatch to NotOlderThan
        GET /api/v1/namespaces/default/configmaps?watch=1&resourceVersionMatch=Exact&resourceVersion=1
          422 Invalid: ListOptions.meta.k8s.io "" is invalid: [resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided, resourceVersionMatch: Unsupported value: "Exact": supported values: "NotOlderThan"]
        GET /api/v1/namespaces/default/configmaps?continue=nope
          400 BadRequest: invalid continue token: continue key is not valid: invalid character '�' looking for beginning of value
        POST /api/v1/namespaces/default/configmaps?dryRun=Some
          422 Invalid: CreateOptions.meta.k8s.io "" is invalid: dryRun: Unsupported value: ["Some"]: supported values: "All"
        POST /api/v1/namespaces/default/configmaps?fieldValidation=Some
          422 Invalid: CreateOptions.meta.k8s.io "" is invalid: fieldValidation: Unsupported value: "Some": supported values: "", "Ignore", "Strict", "Warn"
        POST /api/v1/namespaces/default/configmaps?dryRun=All&fieldValidation=Strict
          201 a ConfigMap
        DELETE /api/v1/namespaces/default/configmaps/a?propagationPolicy=Some
          422 Invalid: DeleteOptions.meta.k8s.io "" is invalid: propagationPolicy: Unsupported value: "Some": supported values: "Foreground", "Background", "Orphan", "nil"
        DELETE /api/v1/namespaces/default/configmaps/a
          422 Invalid: DeleteOptions.meta.k8s.io "" is invalid: [propagationPolicy: Invalid value: "Orphan": orphanDependents and deletionPropagation cannot be both set, dryRun: Unsupported value: ["No"]: supported values: "All"]
        POST /api/v1/namespaces/default/services
          201 a Service
        GET /api/v1/namespaces/default/services/alone/proxy/
          503 ServiceUnavailable: no endpoints available for service "alone"
        GET /api/v1/namespaces/default/services/http:alone:80/proxy/x/y?z
          503 ServiceUnavailable: no endpoints available for service "http:alone:80"
        GET /api/v1/namespaces/default/services/alone:81/proxy
          503 ServiceUnavailable: no service port 81 found for service "alone"
        GET /api/v1/namespaces/default/services/nope/proxy
          404 NotFound: services "nope" not found
        GET /api/v1/namespaces/default/services/a:b:c:d/proxy
          400 BadRequest: invalid service request "a:b:c:d"
        GET /api/v1/namespaces/default/pods/nope:8080/proxy/metrics
          404 NotFound: pods "nope" not found
    "#]].assert_eq(&all);
}
