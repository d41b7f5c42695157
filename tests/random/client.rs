//! A client of a cluster with an object of almost every kind, that holds every answer to what answers keep to.

use super::{BASES, count};
use kubestep::api::{Resource, kinds};
use kubestep::cluster::{Config, World};
use kubestep::http::{Answer, Body, Request, answer};
use kubestep::json::{Json, parse};
use kubestep::playground::{Files, Playground, Until};
use std::fmt::Write;

/// A cluster with an object of almost every kind.
pub fn world() -> World {
    let mut playground = Playground::new(Config::new(1, 2), Files::default());
    for base in BASES.iter().filter(|base| base["metadata"]["name"].str() == "a") {
        let target = collection(base, "default").expect("a kind of ours");
        playground.request(Request::new("POST", &target, [].into_iter(), &base.to_string()));
    }
    playground.command("kubectl create deployment web --image=nginx --replicas=2");
    playground.run(&Until::Idle, |steps| steps < 3_000);
    playground.desk().world().clone()
}

/// Where objects like this are created.
pub fn collection(object: &Json, namespace: &str) -> Option<String> {
    let info = kinds::ALL.iter().find(|info| {
        info.api_version() == *object["apiVersion"].str() && info.kind == object["kind"].str()
    })?;
    Some(path(&(*info).into(), namespace, "", ""))
}

pub fn path(resource: &Resource, namespace: &str, name: &str, subresource: &str) -> String {
    let mut path = match &*resource.group {
        "" => format!("/api/{}", resource.version),
        group => format!("/apis/{group}/{}", resource.version),
    };
    if resource.namespaced {
        let _ = write!(path, "/namespaces/{namespace}");
    }
    for part in [&*resource.plural, name, subresource].into_iter().filter(|part| !part.is_empty()) {
        let _ = write!(path, "/{part}");
    }
    path
}

/// All objects that there are.
pub fn objects(world: &World) -> Vec<(Resource, Vec<Json>)> {
    let counts = world.server().counts().into_iter();
    counts
        .map(|(resource, _)| {
            let list = world.server().list(&resource);
            (resource, list)
        })
        .collect()
}

/// The reasons that go with a code.
const REASONS: &[(u16, &[&str])] = &[
    (400, &["BadRequest"]),
    (401, &["Unauthorized"]),
    // A policy that changes objects and cannot says `Invalid` with this code (`policy/mutating/dispatcher.go`).
    (403, &["Forbidden", "Invalid"]),
    (404, &["NotFound"]),
    (405, &["MethodNotAllowed"]),
    (406, &["NotAcceptable"]),
    (409, &["AlreadyExists", "Conflict"]),
    (410, &["Gone", "Expired"]),
    (413, &["RequestEntityTooLarge"]),
    (415, &["UnsupportedMediaType"]),
    (422, &["Invalid"]),
    (429, &["TooManyRequests"]),
    (500, &["InternalError", ""]),
    (503, &["ServiceUnavailable"]),
    (504, &["Timeout"]),
];

/// What upstream's own libraries say without saying whose fault it is. Every other 500 would be ours.
const FAULTS_OF_NOBODY: &[&str] = &[
    // Strategic merge (`strategicpatch/patch.go`, `meta.go`).
    "unknown patch type: ",
    "map: map[",
    "expected a ",
    "expected slice or array type, ",
    "list element types are not identical: ",
    "no elements in any of the given slices",
    "The order in patch list:",
    "unable to find api field in struct ",
    "merging an object in json but data type is not struct, ",
    "merging lists cannot yet be specified in the patch",
    "cannot merge lists without merge key for ",
    "value for key ",
    // Where it panics: what is no map and no list cannot be compared in Go.
    "This request caused apiserver to panic. ",
    // Server-side apply (`structured-merge-diff`).
    "failed to create typed patch object (",
    // Versions that are none, or that are not for the author (`apiserver/pkg/storage`).
    "strconv.ParseUint: parsing ",
    "resourceVersion should not be set on objects to be created",
    // A binding to nothing.
    "target.",
    "[target.",
    // The scale of a custom object.
    "Internal error occurred: the spec replicas field ",
];

/// Sends a request and holds the answer to what every answer keeps to.
pub fn sent(world: &mut World, request: &Request) -> Result<(u16, Json), String> {
    let before = world.server().revision();
    let all = objects(world);
    let (mut answer, step) = world.user(|api| answer(api, request));
    let shown = format!("{} {}", request.method, request.target);
    let text = match &mut answer.body {
        Body::Text(text) => std::mem::take(text),
        Body::Stream(follow) => {
            let now = world.server().revision();
            world.clone().user(|api| follow.read(api, now)).0
        }
    };
    let json = parse(&text).unwrap_or_default();
    count(format!("{} {}", request.method.chars().take(6).collect::<String>().escape_debug(), answer.code));
    if answer.code >= 400 {
        is_status(&answer, &text, &json).map_err(|why| format!("{shown}: {} {text}: {why}", answer.code))?;
    }
    let reads = matches!(&*request.method, "GET" | "HEAD");
    let nothing = answer.code >= 400 || request.target.contains("dryRun=All") || reads;
    if nothing && (step.changes() || world.server().revision() != before || objects(world) != all) {
        return Err(format!("{shown}: {} {text}: something was written", answer.code));
    }
    Ok((answer.code, json))
}

fn is_status(answer: &Answer, text: &str, json: &Json) -> Result<(), String> {
    if text == "404 page not found\n" && answer.code == 404 {
        return Ok(());
    }
    let fits = REASONS.iter().find(|(code, _)| *code == answer.code);
    let fits = fits.is_some_and(|(_, reasons)| reasons.contains(&json["reason"].str()));
    if answer.code == 500 {
        let message = json["message"].str();
        let Some(class) = FAULTS_OF_NOBODY.iter().find(|class| message.starts_with(**class)) else {
            return Err("a fault of ours".into());
        };
        count(class);
    }
    match () {
        () if json["kind"].str() != "Status" || json["apiVersion"].str() != "v1" => Err("no Status".into()),
        () if json["status"].str() != "Failure" => Err("not a failure".into()),
        () if json["code"].as_i64() != Some(answer.code.into()) => Err("the codes differ".into()),
        () if !fits => Err("the reason does not fit the code".into()),
        () if json["message"].is_empty() => Err("no message".into()),
        () => Ok(()),
    }
}

/// A client creates something.
pub fn post(target: &str, media: &str, body: &str) -> Request {
    Request::new("POST", target, [("Content-Type", media), ("User-Agent", "any/1")].into_iter(), body)
}
