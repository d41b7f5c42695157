//! Whatever a client sends, the API server answers: any body, any path, any header, any patch of any object. A refusal is
//! a Status whose code and reason fit, and leaves everything as it was; what is accepted is what is read afterwards.
//!
//! `KUBESTEP_CASES=100 cargo test --release --test anything` tries a hundred times as many cases as every test run does.

mod random;

use kubestep::api::{Resource, kinds};
use kubestep::cluster::{Config, World};
use kubestep::http::{self, Request};
use kubestep::json::{Json, yaml::to_yaml};
use kubestep::playground::{Files, Playground, Until};
use proptest::prelude::*;
use random::client::{collection, objects, path, post, sent, world};
use random::{BASES, Edits, Step, count, cut, cuts, edited, edits, odd, odd_text, places, tried};

/// What of the query decides something.
fn query() -> impl Strategy<Value = String> {
    let word = prop::sample::select(vec![
        "dryRun=All",
        "fieldValidation=Strict",
        "fieldValidation=Ignore",
        "fieldManager=me",
        "force=true",
        "force=1",
        "resourceVersion=1",
        "resourceVersion=0",
        "limit=1",
        "limit=-1",
        "continue=x",
        "watch=1",
        "watch=false",
        "labelSelector=a%20in%20(",
        "labelSelector=a%3Da",
        "fieldSelector=metadata.name%3Da",
        "fieldSelector=x",
        "gracePeriodSeconds=0",
        "gracePeriodSeconds=-9",
        "propagationPolicy=Orphan",
        "timeoutSeconds=99999999999999999999",
        "timeoutSeconds=18446744073709551615",
        "follow=true",
        "tailLines=-1",
        "sinceSeconds=9223372036854775807",
        "container=a",
        "limitBytes=0",
        "pretty=true",
        "resourceVersionMatch=Exact",
        "%",
        "&&=",
        "%ff=%00",
        "sendInitialEvents=true",
    ]);
    let word = prop_oneof![9 => word.prop_map(str::to_owned), 1 => odd_text().prop_map(|t| format!("fieldManager={t}"))];
    prop::collection::vec(word, 0..3).prop_map(|words| words.join("&"))
}

#[test]
fn manifests_that_chance_has_changed() {
    let world = world();
    let strategy = (any::<prop::sample::Index>(), edits(3), query(), any::<bool>());
    tried(300, &strategy, |(base, edits, query, yaml)| {
        let base = base.get(&BASES);
        let object = edited(base, &edits);
        let target = collection(&object, "default").or_else(|| collection(base, "default"));
        let Some(target) = target else { return Ok(()) };
        let (media, body) = if yaml {
            ("application/yaml", to_yaml(&object))
        } else {
            ("application/json", object.to_string())
        };
        let mut world = world.clone();
        let (code, made) = sent(&mut world, &post(&format!("{target}?{query}"), media, &body))?;
        if code != 201 || query.contains("dryRun") || made["metadata"]["uid"].is_empty() {
            return Ok(());
        }
        // What was made is there, and writing it back changes nothing.
        let one = format!("{target}/{}", made["metadata"]["name"].str());
        let (code, read) = sent(&mut world, &Request::new("GET", &one, [].into_iter(), ""))?;
        if code != 200 || read != made {
            return Err(format!("{one}: made {made}, read {code} {read}"));
        }
        let before = world.server().revision();
        let put = Request::new(
            "PUT",
            &one,
            [("Content-Type", media), ("User-Agent", "any/1")].into_iter(),
            &made.to_string(),
        );
        let (code, put) = sent(&mut world, &put)?;
        if code != 200 || world.server().revision() != before {
            return Err(format!("{one}: made {made}, put back {code} {put}"));
        }
        Ok(())
    });
}

#[test]
fn texts_that_chance_has_changed() {
    let world = world();
    let media = prop::sample::select(vec![
        "application/yaml",
        "application/json",
        "",
        "application/apply-patch+yaml",
    ]);
    let strategy = (any::<prop::sample::Index>(), cuts(3), media, any::<bool>());
    tried(300, &strategy, |(base, cuts, media, yaml)| {
        let base = base.get(&BASES);
        let Some(target) = collection(base, "default") else { return Ok(()) };
        let text = if yaml { to_yaml(base) } else { base.to_string() };
        sent(&mut world.clone(), &post(&target, media, &cut(&text, &cuts))).map(drop)
    });
}

/// A patch before it is known of which object.
#[derive(Clone, Debug)]
struct Patch {
    media: &'static str,
    /// Of a JSON patch: operation, from which place, to which, what is added to the pointer, the value.
    operations: Vec<(&'static str, u32, u32, Option<String>, Json)>,
    edits: Edits,
    /// At which place which directive, with what.
    directives: Vec<(u32, u8, Json)>,
    /// Which of the object's fields stay in the patch.
    fields: u8,
}

fn patches() -> impl Strategy<Value = Patch> {
    let media = prop::sample::select(vec![
        "application/json-patch+json",
        "application/merge-patch+json",
        "application/strategic-merge-patch+json",
        "application/apply-patch+yaml",
    ]);
    let operation = prop::sample::select(vec!["add", "replace", "remove", "test", "copy", "move", "frob"]);
    let more = prop::sample::select(vec!["/-", "/0", "/-1", "/99999999999999999999", "/", "~", "~2", "x"]);
    let more = prop::option::weighted(0.3, prop_oneof![4 => more.prop_map(str::to_owned), 1 => odd_text()]);
    let operations = prop::collection::vec((operation, any::<u32>(), any::<u32>(), more, odd()), 0..4);
    let directives = prop::collection::vec((any::<u32>(), any::<u8>(), odd()), 0..3);
    (media, operations, edits(3), directives, any::<u8>()).prop_map(
        |(media, operations, edits, directives, fields)| Patch {
            media,
            operations,
            edits,
            directives,
            fields,
        },
    )
}

impl Patch {
    fn of(&self, object: &Json) -> Json {
        let places = places(object);
        let pointer = |number: u32| {
            places[number as usize % places.len()].iter().fold(String::new(), |text, step| match step {
                Step::Key(key) => text + "/" + &key.replace('~', "~0").replace('/', "~1"),
                Step::At(i) => format!("{text}/{i}"),
            })
        };
        if self.media == "application/json-patch+json" {
            let operation = |(op, from, to, more, value): &(&str, u32, u32, Option<String>, Json)| {
                let path = pointer(*to) + more.as_deref().unwrap_or("");
                kubestep::json!({ "op": *op, "from": pointer(*from), "path": path, "value": value })
            };
            return self.operations.iter().map(operation).collect();
        }
        let mut patch = object.clone();
        let mut bits = self.fields;
        for field in ["managedFields", "resourceVersion", "uid", "creationTimestamp"] {
            let mut metadata = patch["metadata"].clone();
            if bits & 3 != 3 || field == "managedFields" {
                metadata.remove(field);
            }
            patch.set("metadata", metadata);
            bits >>= 2;
        }
        for (i, (key, _)) in object.entries().iter().enumerate() {
            if self.fields & (1 << (i % 8)) == 0 && !matches!(key.as_str(), "apiVersion" | "kind") {
                patch.remove(key);
            }
        }
        let mut edits = self.edits.clone();
        if self.media.contains("strategic") {
            for (number, kind, value) in &self.directives {
                edits.push((*number, random::Edit::Direct(*kind, value.clone())));
            }
        }
        edited(&patch, &edits)
    }
}

/// No text is so deep, but a JSON patch can build what no text may say: a copy of itself in itself, again and again.
#[test]
fn a_patch_that_grows_beyond_all_bounds_is_refused() {
    let map = kubestep::json!({
        "apiVersion": "apps/v1", "kind": "ControllerRevision", "metadata": { "name": "r" }, "revision": 1, "data": { "a": {} },
    });
    let at = "/apis/apps/v1/namespaces/default/controllerrevisions";
    let copy = |from: &str, path: &str| kubestep::json!({ "op": "copy", "from": from, "path": path });
    // Each copy is twice as wide, or twice as deep.
    let wide: Json = (0..40).map(|i| copy("/data", &format!("/data/{i}"))).collect();
    let deep: Json = (0..17).map(|i| copy("/data", &format!("/data{}", "/a".repeat(1 << i)))).collect();
    let add = kubestep::json!({ "op": "add", "path": "/data/b", "value": "x".repeat(1_000_000) });
    let large: Json =
        [add].into_iter().chain((0..30).map(|i| copy("/data/b", &format!("/data/c{i}")))).collect();
    let many: Json =
        (0..10_001).map(|_| kubestep::json!({ "op": "test", "path": "/revision", "value": 1 })).collect();
    let mut world = World::booted(&Config::new(1, 1));
    let (code, _) = sent(&mut world, &post(at, "application/json", &map.to_string())).expect("an answer");
    assert_eq!(code, 201);
    for (patch, refused) in [(wide, 422), (deep, 422), (large, 422), (many, 413)] {
        let headers = [("Content-Type", "application/json-patch+json")];
        let request = Request::new("PATCH", &format!("{at}/r"), headers.into_iter(), &patch.to_string());
        let (code, answer) = sent(&mut world, &request).expect("an answer");
        assert_eq!(code, refused, "{answer}");
    }
}

const SUBRESOURCES: &[&str] = &[
    "",
    "",
    "",
    "",
    "",
    "",
    "",
    "",
    "",
    "",
    "",
    "",
    "",
    "",
    "",
    "",
    "",
    "status",
    "status",
    "status",
    "status",
    "scale",
    "resize",
    "ephemeralcontainers",
    "binding",
    "eviction",
    "approval",
    "finalize",
    "token",
    "log",
    "nope",
];

#[test]
fn patches_that_chance_has_written() {
    let world = world();
    let all: Vec<(Resource, Json)> = objects(&world)
        .into_iter()
        .flat_map(|(resource, list)| list.into_iter().map(move |object| (resource.clone(), object)))
        .collect();
    let strategy = (any::<prop::sample::Index>(), prop::sample::select(SUBRESOURCES), patches(), query());
    tried(400, &strategy, |(index, subresource, patch, query)| {
        let (resource, object) = index.get(&all);
        let meta = &object["metadata"];
        let one = path(resource, meta["namespace"].str(), meta["name"].str(), "");
        let place = path(resource, meta["namespace"].str(), meta["name"].str(), subresource);
        let body = patch.of(object);
        let headers = [("Content-Type", patch.media), ("User-Agent", "any/1")];
        let request =
            Request::new("PATCH", &format!("{place}?{query}"), headers.into_iter(), &body.to_string());
        let mut world = world.clone();
        let (code, made) = sent(&mut world, &request)?;
        let whole = matches!(subresource, "" | "status");
        if code != 200 || !whole || query.contains("dryRun") {
            return Ok(());
        }
        let (code, read) = sent(&mut world, &Request::new("GET", &one, [].into_iter(), ""))?;
        let gone = code == 404 && !made["metadata"]["deletionTimestamp"].is_null();
        if gone {
            return Ok(());
        }
        if code != 200 || read != made {
            return Err(format!("{place} {body}: made {made}, read {code} {read}"));
        }
        // The same again changes nothing more.
        let before = world.server().revision();
        let (code, again) = sent(&mut world, &request)?;
        let same = world.server().revision() == before || patch.media.contains("json-patch");
        if code == 200 && !same {
            return Err(format!("{place} {body}: made {made}, then {again}"));
        }
        Ok(())
    });
}

#[test]
fn any_path_and_any_header() {
    let world = world();
    let part = prop::sample::select(vec![
        "api",
        "apis",
        "v1",
        "v2",
        "apps",
        "batch",
        "namespaces",
        "default",
        "pods",
        "a",
        "web",
        "configmaps",
        "nodes",
        "node-1",
        "deployments",
        "jobs",
        "status",
        "scale",
        "log",
        "exec",
        "proxy",
        "eviction",
        "binding",
        "token",
        "events",
        "services",
        "version",
        "healthz",
        "openapi",
        "v3",
        "metrics",
        "..",
        "",
        "%2e%2e",
        "%00",
        "%",
        "%ff",
        "a%2Fb",
        "secrets",
        "leases",
        "serviceaccounts",
        "authorization.k8s.io",
        "selfsubjectaccessreviews",
        "autoscaling",
        "horizontalpodautoscalers",
    ]);
    let part = prop_oneof![9 => part.prop_map(str::to_owned), 1 => odd_text()];
    let start = prop::sample::select(vec![
        "/",
        "/api/v1/",
        "/apis/apps/v1/",
        "/api/v1/namespaces/default/",
        "",
        "//",
        "x",
        "/apis/batch/v1/namespaces/default/",
    ]);
    let method = prop::sample::select(vec![
        "GET", "GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "get", "", "\0", "FROB",
    ]);
    let header = (
        prop::sample::select(vec![
            "Accept",
            "Content-Type",
            "User-Agent",
            "Impersonate-User",
            "Impersonate-Group",
            "Impersonate-Uid",
            "Impersonate-Extra-",
            "impersonate-extra-a%2fb",
            "X",
        ]),
        prop_oneof![
            4 => prop::sample::select(vec![
                "application/json", "application/yaml", "application/json;as=Table;v=v1;g=meta.k8s.io",
                "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io", "application/vnd.kubernetes.protobuf", "*/*", ";;,,;",
                "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList", "application/merge-patch+json",
                "application/json-patch+json", "application/strategic-merge-patch+json", "application/apply-patch+yaml", "text/plain",
                "application/json; charset=utf-8", "system:admin", "alice", "system:masters", "system:serviceaccount:default:default",
                "system:node:node-1", "/", "//",
            ]).prop_map(str::to_owned),
            1 => odd_text(),
        ],
    );
    let body = prop_oneof![
        2 => Just(String::new()),
        3 => (prop::sample::select(BASES.as_slice()), edits(3)).prop_map(|(base, edits)| edited(&base, &edits).to_string()),
        2 => odd().prop_map(|json| json.to_string()),
        1 => any::<String>(),
        1 => Just("x".repeat(http::MOST_BODY + 1)),
    ];
    let known = (
        prop::sample::select(kinds::ALL),
        prop::sample::select(vec!["", "a", "web", "default"]),
        prop::sample::select(SUBRESOURCES),
    );
    let known = known.prop_map(|(info, name, subresource)| path(&info.into(), "default", name, subresource));
    let anywhere = (start, prop::collection::vec(part, 0..6))
        .prop_map(|(start, parts)| format!("{start}{}", parts.join("/")));
    let strategy = (method, prop_oneof![known, anywhere], query(), prop::collection::vec(header, 0..3), body);
    tried(400, &strategy, |(method, target, query, headers, body)| {
        let target = format!("{target}?{query}");
        let headers = headers.iter().map(|(name, value)| (*name, value.as_str()));
        sent(&mut world.clone(), &Request::new(method, &target, headers, &body)).map(drop)
    });
}

/// What the server has let in, the controllers, the scheduler and the kubelets have to live with.
#[test]
fn the_cluster_goes_on_with_what_was_let_in() {
    let strategy = (
        prop::collection::vec((any::<prop::sample::Index>(), edits(3)), 1..4),
        prop::collection::vec(0..4u32, 80..160),
    );
    tried(25, &strategy, |(manifests, choices)| {
        let mut playground = Playground::new(Config::new(1, 2), Files::default());
        for (base, edits) in manifests {
            let object = edited(base.get(&BASES), &edits);
            let Some(target) = collection(&object, "default") else { continue };
            count(playground.request(post(&target, "application/json", &object.to_string())).code);
        }
        for choice in choices {
            if playground.step(choice).or_else(|| playground.step(0)).is_none() {
                break;
            }
        }
        let progress = playground.run(&Until::Idle, |steps| steps < 400);
        count(format!("{:?}", progress.end));
        Ok(())
    });
}
