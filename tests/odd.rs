//! Odd input, one by one rather than by chance: a value of every wrong type in every field of every kind, bodies that are hardly
//! text, and definitions of custom kinds with whatever chance makes of them and of their objects. Everything is answered,
//! by a Status where it is refused, and nothing but what upstream's libraries leave unexplained is a 500.

mod random;

use kubestep::api::{Resource, kinds};
use kubestep::cluster::{Config, World};
use kubestep::http::{Body, Request, answer};
use kubestep::json::{Json, parse};
use proptest::prelude::*;
use random::client::{collection, path, post, sent};
use random::{BASES, Step, count, edited, edits, odd, places, tried};

fn world() -> World {
    World::booted(&Config::new(1, 1))
}

/// The code of an answer, and what it says.
fn asked(world: &mut World, method: &str, target: &str, media: &str, body: &str) -> (u16, Json) {
    let headers = [("Content-Type", media), ("User-Agent", "any/1")];
    let request = Request::new(method, target, headers.into_iter(), body);
    let answer = world.user(|api| answer(api, &request)).0;
    let Body::Text(text) = answer.body else { return (answer.code, Json::Null) };
    (answer.code, parse(&text).unwrap_or_default())
}

fn put(object: &mut Json, place: &[Step], value: &Json) {
    match place {
        [] => *object = value.clone(),
        [Step::Key(key), rest @ ..] => {
            if let Some(inner) = object.get_mut(key) {
                put(inner, rest, value);
            }
        }
        [Step::At(i), rest @ ..] => put(&mut object.array_mut()[*i], rest, value),
    }
}

#[test]
fn a_value_of_every_wrong_type_in_every_field() {
    let mut world = world();
    let wrong = [
        "null",
        "true",
        "5",
        "-1",
        "1.5",
        "1e300",
        r#""x""#,
        r#""""#,
        "[]",
        "[null]",
        "[[]]",
        "{}",
        r#"{"x":null}"#,
    ];
    let wrong: Vec<Json> = wrong.iter().map(|text| parse(text).expect(text)).collect();
    let mut tried = 0;
    let mut seen: Vec<String> = Vec::new();
    for base in BASES.iter() {
        let kind = format!("{} {}", base["apiVersion"], base["kind"]);
        let Some(target) = collection(base, "default") else { continue };
        if seen.contains(&kind) {
            continue;
        }
        seen.push(kind);
        for place in places(base) {
            for value in &wrong {
                let mut object = base.clone();
                put(&mut object, &place, value);
                let (code, said) = asked(
                    &mut world,
                    "POST",
                    &format!("{target}?dryRun=All"),
                    "application/json",
                    &object.to_string(),
                );
                tried += 1;
                // A version that is none is the storage's to refuse; a review says what it says.
                assert!(code < 500, "{target} {object}: {said}");
                count(code);
            }
        }
    }
    assert!(tried > 5_000, "{tried}");
}

#[test]
fn bodies_that_are_hardly_text() {
    let mut world = world();
    let object = r#"{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"},"data":{"k":"v"}}"#;
    let (code, _) =
        asked(&mut world, "POST", "/api/v1/namespaces/default/configmaps", "application/json", object);
    assert_eq!(code, 201);
    let nested = |open: &str, close: &str, depth: usize| open.repeat(depth) + &close.repeat(depth);
    let bomb: String = (0..30).fold("a0: &a0 [x]\n".to_owned(), |text, i| {
        format!(
            "{text}a{}: &a{} [*a{i}, *a{i}, *a{i}, *a{i}, *a{i}, *a{i}, *a{i}, *a{i}, *a{i}]\n",
            i + 1,
            i + 1
        )
    });
    let bodies = [
        String::new(),
        "\0".into(),
        "\u{feff}{}".into(),
        "\u{fffd}\u{fffd}".into(),
        format!("\u{feff}{object}"),
        format!("{object}{object}"),
        format!("{object}\0"),
        object.replace("\"v\"", "\"\\u0000\\ud800\""),
        object.replace("\"v\"", "\"\u{1}\""),
        object.replace("\"v\"", "1e400"),
        object.replace("\"v\"", "-1e400"),
        object.replace("\"v\"", &"9".repeat(10_000)),
        object.replace("\"v\"", &format!("0.{}", "0".repeat(10_000))),
        object.replace("\"v\"", &nested("[", "]", 10_000)),
        object.replace("\"v\"", &nested("{\"a\":", "}", 10_000)),
        "[".repeat(10_000),
        "{\"a\":".repeat(10_000),
        "- ".repeat(10_000),
        "a: ".repeat(10_000),
        "? ".repeat(10_000),
        "&a ".repeat(10_000),
        "!!a ".repeat(10_000),
        "{".repeat(10_000),
        "a: &a [*a]".into(),
        "&a : *a".into(),
        "<<: {<<: {a: b}}".into(),
        "a: !!binary x".into(),
        "---\n...\n---\na: b".into(),
        "%YAML 9.9\n---\na".into(),
        bomb,
        object.replace("\"a\"}", &format!("\"{}\"}}", "a".repeat(100_000))),
        object.replace("{\"k\":\"v\"}", &format!("{{{}}}", ["\"k\":\"v\""; 5_000].join(","))),
        object.replace("\"name\":\"a\"", r#""name":"a","name":"b""#),
        // Found by fuzzing: moments that the clock cannot reach.
        object.replace("\"name\"", r#""creationTimestamp":"4004-01-01T00:00:00Z","name""#),
        object.replace("\"name\"", r#""creationTimestamp":"0001-01-01T00:00:00+99999999999:00","name""#),
    ];
    for body in &bodies {
        for media in [
            "application/json",
            "application/yaml",
            "application/json-patch+json",
            "application/merge-patch+json",
            "application/strategic-merge-patch+json",
            "application/apply-patch+yaml",
            "application/vnd.kubernetes.protobuf",
            "",
            ";",
        ] {
            for (method, target) in [
                ("POST", "/api/v1/namespaces/default/configmaps?dryRun=All"),
                ("PUT", "/api/v1/namespaces/default/configmaps/a?dryRun=All"),
                ("PATCH", "/api/v1/namespaces/default/configmaps/a?dryRun=All&fieldManager=x"),
                ("DELETE", "/api/v1/namespaces/default/configmaps/nope"),
                ("POST", "/apis/apps/v1/namespaces/default/controllerrevisions?dryRun=All"),
            ] {
                let (code, said) = asked(&mut world, method, target, media, body);
                let shown: String = body.chars().take(80).collect();
                let typed = said["message"].str().starts_with("failed to create typed patch object");
                assert!(code < 500 || typed, "{method} {target} {media} {shown:?}: {said}");
                assert!(
                    code < 400 || said["kind"].str() == "Status",
                    "{method} {target} {media} {shown:?}: {said}"
                );
            }
        }
    }
}

/// A definition with much in its schema that can be wrong.
const DEFINITION: &str = r#"{"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition","metadata":{"name":"kettles.x.io"},
"spec":{"group":"x.io","scope":"Namespaced","names":{"plural":"kettles","singular":"kettle","kind":"Kettle","shortNames":["kt"],"categories":["all"]},
"versions":[{"name":"v1","served":true,"storage":true,"subresources":{"status":{},"scale":{"specReplicasPath":".spec.n","statusReplicasPath":".status.n","labelSelectorPath":".status.s"}},
"additionalPrinterColumns":[{"name":"N","type":"integer","jsonPath":".spec.n"},{"name":"At","type":"date","jsonPath":".metadata.creationTimestamp"}],
"selectableFields":[{"jsonPath":".spec.mode"}],
"schema":{"openAPIV3Schema":{"type":"object","properties":{
"spec":{"type":"object","required":["mode"],"x-kubernetes-validations":[{"rule":"self.n <= 5 || self.mode == 'big'","message":"too many"}],"properties":{
"n":{"type":"integer","minimum":0,"maximum":9,"default":1},"mode":{"type":"string","enum":["big","small"],"default":"small"},"f":{"type":"number","multipleOf":0.5},
"parts":{"type":"array","maxItems":3,"x-kubernetes-list-type":"map","x-kubernetes-list-map-keys":["name"],"items":{"type":"object","required":["name"],"properties":{"name":{"type":"string","pattern":"^[a-z]+$"},"v":{"x-kubernetes-int-or-string":true}}}},
"tags":{"type":"array","x-kubernetes-list-type":"set","items":{"type":"string"}},"any":{"type":"object","x-kubernetes-preserve-unknown-fields":true},
"map":{"type":"object","additionalProperties":{"type":"string","nullable":true,"format":"date-time"}},"at":{"type":"string","format":"date-time"},
"pod":{"type":"object","x-kubernetes-embedded-resource":true,"x-kubernetes-preserve-unknown-fields":true}}},
"status":{"type":"object","properties":{"n":{"type":"integer"},"s":{"type":"string"}}}}}}}]}}"#;

const KETTLE: &str = r#"{"apiVersion":"x.io/v1","kind":"Kettle","metadata":{"name":"k","labels":{"a":"b"},"finalizers":["x.io/y"]},
"spec":{"n":2,"mode":"small","f":1.5,"parts":[{"name":"a","v":1},{"name":"b","v":"5%"}],"tags":["a","b"],"any":{"x":[1,{"y":null}]},"map":{"k":"2026-01-05T09:00:00Z","l":null},
"at":"2026-01-05T09:00:00Z","pod":{"apiVersion":"v1","kind":"Pod","metadata":{"name":"p"},"spec":{"x":1}}},"status":{"n":1,"s":"a=b"}}"#;

const KETTLES: &str = "/apis/x.io/v1/namespaces/default/kettles";

/// Defines the kind, and lets it be established.
fn defined(world: &mut World, definition: &Json) -> u16 {
    let target = path(&Resource::from(kinds::CUSTOMRESOURCEDEFINITIONS), "", "", "");
    let (code, _) = asked(world, "POST", &target, "application/json", &definition.to_string());
    for _ in 0..40 {
        let Some(action) = world.enabled().into_iter().next() else { break };
        world.step(&action);
    }
    code
}

#[test]
fn custom_kinds_that_chance_has_changed() {
    let definition = parse(DEFINITION).expect("a definition");
    let kettle = parse(KETTLE).expect("an object");
    let media = prop::sample::select(vec![
        "application/json-patch+json",
        "application/merge-patch+json",
        "application/strategic-merge-patch+json",
        "application/apply-patch+yaml",
    ]);
    let below = prop::sample::select(vec!["", "", "", "/status", "/scale"]);
    let changed = prop::option::weighted(0.5, edits(2));
    let strategy = (changed, edits(2), edits(2), media, below, odd());
    let mut plain = world();
    assert_eq!(defined(&mut plain, &definition), 201);
    tried(250, &strategy, |(changed, first, second, media, below, value)| {
        let mut world = plain.clone();
        if let Some(changed) = &changed {
            world = self::world();
            count(format!("definition {}", defined(&mut world, &edited(&definition, changed))));
        }
        let object = edited(&kettle, &first);
        let (_, _) = sent(&mut world, &post(KETTLES, "application/json", &object.to_string()))?;
        sent(&mut world, &post(KETTLES, "application/json", &kettle.to_string()))?;
        let body = match media {
            "application/json-patch+json" => {
                let place = &places(&kettle)[first.len() * 7 % places(&kettle).len()];
                let pointer = place.iter().fold(String::new(), |text, step| match step {
                    Step::Key(key) => format!("{text}/{key}"),
                    Step::At(i) => format!("{text}/{i}"),
                });
                let add = kubestep::json!({ "op": "add", "path": pointer, "value": value });
                Json::from(vec![add])
            }
            _ => edited(&kettle, &second),
        };
        let headers = [("Content-Type", media), ("User-Agent", "any/1")];
        let target = format!("{KETTLES}/k{below}?fieldManager=any");
        sent(&mut world, &Request::new("PATCH", &target, headers.into_iter(), &body.to_string()))?;
        for accept in ["application/json", "application/json;as=Table;v=v1;g=meta.k8s.io", "application/yaml"]
        {
            for target in [KETTLES.to_owned(), format!("{KETTLES}/k"), format!("{KETTLES}/k/scale")] {
                sent(&mut world, &Request::new("GET", &target, [("Accept", accept)].into_iter(), ""))?;
            }
        }
        for _ in 0..30 {
            let Some(action) = world.enabled().into_iter().next() else { break };
            world.step(&action);
        }
        sent(&mut world, &Request::new("DELETE", KETTLES, [].into_iter(), ""))?;
        Ok(())
    });
}
