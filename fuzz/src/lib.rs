//! What the targets share: a cluster with an object of many kinds, and what every answer keeps to.

use kubestep::api::kinds;
use kubestep::cluster::{Config, World};
use kubestep::http::{Body, Request, answer};
use kubestep::json::{Json, parse};
use std::sync::OnceLock;

/// The least object of every kind, one a line.
const OBJECTS: &str = include_str!("../../tests/round_trip/objects.txt");

/// The objects that there are, each with its path.
pub fn objects() -> &'static [(String, Json)] {
    static OBJECTS_OF: OnceLock<Vec<(String, Json)>> = OnceLock::new();
    OBJECTS_OF.get_or_init(|| {
        let lines = OBJECTS.lines().filter(|line| !line.starts_with('#'));
        lines.filter_map(|line| {
            let (name, json) = line.split_once(' ')?;
            let (version, kind) = name.rsplit_once('/')?;
            let info = kinds::by_kind(version, kind)?;
            let mut object = parse(json).ok()?;
            object.set("apiVersion", version);
            object.set("kind", kind);
            if object["metadata"]["name"].is_null() {
                object.set_at(&["metadata", "name"], "a");
            }
            let root = if info.group.is_empty() { "/api" } else { "/apis" };
            let namespace = if info.namespaced { "/namespaces/default" } else { "" };
            Some((format!("{root}/{version}{namespace}/{}", info.plural), object))
        }).collect()
    })
}

/// A cluster in which they are.
pub fn world() -> World {
    static WORLD: OnceLock<std::sync::Mutex<World>> = OnceLock::new();
    let world = WORLD.get_or_init(|| {
        let mut world = World::booted(&Config::new(1, 1));
        for (path, object) in objects() {
            let headers = [("Content-Type", "application/json")];
            let request = Request::new("POST", path, headers.into_iter(), &object.to_string());
            world.user(|api| answer(api, &request));
        }
        world.into()
    });
    world.lock().expect("one thread").clone()
}

/// Sends a request: an error is a Status, and nothing is written by what is refused.
pub fn ask(world: &mut World, request: &Request) -> (u16, Json) {
    let before = world.server().revision();
    let (answer, step) = world.user(|api| answer(api, request));
    let text = match answer.body {
        Body::Text(text) => text,
        Body::Stream(mut follow) => world.clone().user(|api| follow.read(api, before)).0,
    };
    let json = parse(&text).unwrap_or_default();
    if answer.code >= 400 {
        assert!(json["kind"].str() == "Status" || answer.code == 404, "{} {text}", answer.code);
        assert!(!step.changes() && world.server().revision() == before, "{} {text}", answer.code);
    }
    (answer.code, json)
}

/// The parts of an input, which zero bytes separate.
pub fn parts<const N: usize>(data: &[u8]) -> [String; N] {
    let mut parts = data.splitn(N, |byte| *byte == 0);
    std::array::from_fn(|_| String::from_utf8_lossy(parts.next().unwrap_or_default()).into_owned())
}
