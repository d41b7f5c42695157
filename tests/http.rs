//! What an ordinary client asks, and what it gets: each case is a request as it goes over the wire.

use expect_test::{Expect, expect};
use kubestep::cluster::{Config, World};
use kubestep::http::{Answer, Body, Follow, Request, answer};
use kubestep::json;

const JSON: &str = "application/json";
const CONFIG: &str =
    r#"{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"},"data":{"k":"1","l":"2"}}"#;

fn world() -> World {
    World::booted(&Config::new(1, 1))
}

fn ask(world: &mut World, line: &str, content_type: &str, body: &str) -> Answer {
    let (method, target) = line.split_once(' ').expect("METHOD PATH");
    let headers = [("Content-Type", content_type), ("User-Agent", "test/1.0")];
    let request = Request::new(method, target, headers.into_iter(), body);
    world.user(|api| answer(api, &request)).0
}

fn text(answer: &Answer) -> &str {
    match &answer.body {
        Body::Text(text) => text,
        Body::Stream(_) => "(a watch)",
    }
}

/// The code, and what of the body a case looks at.
fn told(answer: &Answer, path: &[&str]) -> String {
    let json = json::parse(text(answer)).unwrap_or_default();
    format!(
        "{} {}",
        answer.code,
        if path.is_empty() { text(answer).trim().to_string() } else { json.at(path).to_string() }
    )
}

#[test]
fn an_object_is_written_in_every_way_and_read_again() {
    let mut world = world();
    let at = "/api/v1/namespaces/default/configmaps";
    let one = &format!("{at}/a");
    let yaml = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: b}\ndata: {k: 'y'}\n";
    let apply = "apiVersion: v1\nkind: ConfigMap\ndata: {k: '7'}\n";
    let changed = CONFIG.replace(r#""1""#, r#""3""#);
    let cases: Vec<(String, &str, &str, &[&str], Expect)> = vec![
        (format!("POST {at}"), JSON, CONFIG, &["data"], expect![[r#"201 {"k":"1","l":"2"}"#]]),
        (
            format!("POST {at}"),
            JSON,
            CONFIG,
            &["message"],
            expect![[r#"409 "configmaps \"a\" already exists""#]],
        ),
        (format!("POST {at}?dryRun=All"), "application/yaml", yaml, &["data"], expect![[r#"201 {"k":"y"}"#]]),
        (format!("GET {at}/b"), "", "", &["reason"], expect![[r#"404 "NotFound""#]]),
        (format!("PUT {one}"), JSON, &changed, &["data", "k"], expect![[r#"200 "3""#]]),
        (
            format!("PATCH {one}"),
            "application/merge-patch+json",
            r#"{"data":{"l":null}}"#,
            &["data"],
            expect![[r#"200 {"k":"3"}"#]],
        ),
        (
            format!("PATCH {one}"),
            "application/json-patch+json",
            r#"[{"op":"add","path":"/data/m","value":"4"}]"#,
            &["data"],
            expect![[r#"200 {"k":"3","m":"4"}"#]],
        ),
        (
            format!("PATCH {one}"),
            "application/strategic-merge-patch+json",
            r#"{"data":{"m":"5"}}"#,
            &["data", "m"],
            expect![[r#"200 "5""#]],
        ),
        (
            format!("PATCH {one}?fieldManager=me&force=true"),
            "application/apply-patch+yaml",
            apply,
            &["data", "k"],
            expect![[r#"200 "7""#]],
        ),
        (
            format!("PATCH {one}"),
            "text/plain",
            "",
            &["message"],
            expect![[
                r#"415 "the body of the request was in an unknown format - accepted media types include: application/json-patch+json, application/merge-patch+json, application/strategic-merge-patch+json, application/apply-patch+yaml""#
            ]],
        ),
        (format!("GET {one}"), "", "", &["metadata", "managedFields"], expect!["1"]),
        (
            format!("DELETE {one}"),
            JSON,
            r#"{"preconditions":{"uid":"other"}}"#,
            &["reason"],
            expect![[r#"409 "Conflict""#]],
        ),
        (format!("DELETE {one}"), "", "", &["status"], expect![[r#"200 "Success""#]]),
        (format!("DELETE {at}?labelSelector=x%3Dy"), "", "", &["items"], expect![[r#"200 []"#]]),
        (format!("POST {one}"), JSON, "{", &["reason"], expect![[r#"405 "MethodNotAllowed""#]]),
        (
            format!("POST {at}"),
            JSON,
            "{",
            &["message"],
            expect![[
                r#"400 "the object provided is unrecognized (must be of type ConfigMap): couldn't get version/kind; json parse error: unexpected end of JSON input ({)""#
            ]],
        ),
        (format!("PUT {at}"), JSON, CONFIG, &["reason"], expect![[r#"405 "MethodNotAllowed""#]]),
    ];
    for (line, content_type, body, path, expected) in cases {
        let mut answer = told(&ask(&mut world, &line, content_type, body), path);
        if path.last() == Some(&"managedFields") {
            answer = answer.matches(r#""manager":"test""#).count().to_string();
        }
        expected.assert_eq(&answer);
    }
}

#[test]
fn the_server_tells_what_it_serves() {
    let mut world = world();
    let cases: Vec<(&str, &[&str], Expect)> = vec![
        ("GET /healthz", &[], expect!["200 ok"]),
        ("GET /version", &["gitVersion"], expect![[r#"200 "v1.36.2""#]]),
        ("GET /api", &["versions"], expect![[r#"200 ["v1"]"#]]),
        (
            "GET /apis/batch",
            &["preferredVersion"],
            expect![[r#"200 {"groupVersion":"batch/v1","version":"v1"}"#]],
        ),
        ("GET /apis/autoscaling", &["preferredVersion", "version"], expect![[r#"200 "v2""#]]),
        ("GET /apis/nowhere/v1", &[], expect!["404 404 page not found"]),
        (
            "GET /api/v1/nothings",
            &[],
            expect![[
                r#"404 {"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"the server could not find the requested resource","reason":"NotFound","details":{"causes":[{"reason":"UnexpectedServerResponse","message":"404: Page Not Found"}]},"code":404}"#
            ]],
        ),
        (
            "GET /api/v1/pods/x",
            &[],
            expect![[
                r#"404 {"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"the server could not find the requested resource","reason":"NotFound","details":{"causes":[{"reason":"UnexpectedServerResponse","message":"404: Page Not Found"}]},"code":404}"#
            ]],
        ),
        ("GET /api/v1/namespaces/default", &["metadata", "name"], expect![[r#"200 "default""#]]),
        ("GET /api/v1/namespaces?limit=1", &["metadata", "remainingItemCount"], expect!["200 3"]),
        ("GET /api/v1/namespaces?fieldSelector=metadata.name%3Dkube-public", &["items"], expect!["1"]),
        (
            "GET /api/v1/namespaces/default/pods/x/exec?command=ls",
            &["message"],
            expect![[r#"400 "Upgrade request required""#]],
        ),
        (
            "GET /api/v1/namespaces/default/pods/x/log",
            &["message"],
            expect![[r#"404 "pods \"x\" not found""#]],
        ),
    ];
    for (line, path, expected) in cases {
        let mut answer = told(&ask(&mut world, line, "", ""), path);
        if path == ["items"] {
            answer = answer.matches(r#""uid""#).count().to_string();
        }
        expected.assert_eq(&answer);
    }
    let jobs = told(&ask(&mut world, "GET /apis/batch/v1", "", ""), &["resources"]);
    assert!(jobs.contains(r#""kind":"Job","name":"jobs/status","namespaced":true"#), "{jobs}");
}

#[test]
fn forms_are_asked_for() {
    let mut world = world();
    let form = |world: &mut World, accept: &str| {
        let request = Request::new("GET", "/api/v1/namespaces", [("accept", accept)].into_iter(), "");
        let answer = world.user(|api| answer(api, &request)).0;
        let kind = told(&answer, &["kind"]);
        format!("{kind} {}", answer.headers[0].1)
    };
    expect![[r#"200 "Table" application/json"#]]
        .assert_eq(&form(&mut world, "application/json;as=Table;v=v1;g=meta.k8s.io,application/json"));
    expect![[r#"200 "PartialObjectMetadataList" application/json"#]]
        .assert_eq(&form(&mut world, "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"));
    expect!["200 null application/yaml"].assert_eq(&form(&mut world, "application/yaml"));
    expect![[r#"406 "Status" application/json"#]]
        .assert_eq(&form(&mut world, "application/vnd.kubernetes.protobuf"));
}

fn read(follow: &mut Follow, world: &World) -> String {
    let revision = world.server().revision();
    let lines = world.clone().user(|api| follow.read(api, revision)).0;
    let line = |line: &str| {
        let event = json::parse(line).unwrap_or_default();
        format!(
            "{} {} {}",
            event["type"].str(),
            event["object"]["metadata"]["name"].str(),
            event["object"]["code"]
        )
    };
    lines.lines().map(line).collect::<Vec<_>>().join("; ").replace(" null", "")
}

#[test]
fn a_watch_goes_on_with_the_world_and_ends_when_time_runs_back() {
    let mut world = world();
    let at = "/api/v1/namespaces/default/configmaps";
    let opened = ask(
        &mut world,
        &format!("GET {at}?watch=true&fieldSelector=metadata.name!%3Dkube-root-ca.crt"),
        "",
        "",
    );
    let Body::Stream(mut follow) = opened.body else { panic!("no watch") };
    expect![""].assert_eq(&read(&mut follow, &world));
    let before = world.clone();
    ask(&mut world, &format!("POST {at}"), JSON, CONFIG);
    expect!["ADDED a"].assert_eq(&read(&mut follow, &world));
    expect![""].assert_eq(&read(&mut follow, &world));
    ask(&mut world, &format!("PATCH {at}/a"), "application/merge-patch+json", r#"{"data":{"k":"2"}}"#);
    ask(&mut world, &format!("DELETE {at}/a"), "", "");
    expect!["MODIFIED a; DELETED a"].assert_eq(&read(&mut follow, &world));
    assert!(!follow.is_over());
    expect!["ERROR  410"].assert_eq(&read(&mut follow, &before));
    assert!(follow.is_over());
}
