//! The laws of merging, tried on random configurations of a Deployment: what was applied first, what somebody else changed
//! then, and what is applied next.
//!
//! - **Idempotence:** what is applied or patched twice is there once; the second time writes nothing.
//! - **The live object** applied to itself changes nothing but who applied what.
//! - **Three ways:** what the last configuration said and the new one does not is gone; what the new one says is there; what
//!   neither said is as somebody else left it.
//!
//! Both ways of applying keep them: kubectl's, by the annotation, and the server's, by the owners of fields.
//!
//! `KUBESTEP_CASES=100 cargo test --release --test laws` tries a hundred times as many cases as every test run does.

mod random;

use kubestep::api::ObjectKey;
use kubestep::api::kinds;
use kubestep::api::patch::{merge, strategic};
use kubestep::api::schema::{Field, Shape, TypeId};
use kubestep::cluster::Config;
use kubestep::json::{Json, Str};
use kubestep::playground::{Entry, Files, Playground};
use proptest::prelude::*;
use random::{one, tried};
use std::collections::BTreeMap;

/// Leaves by their paths. In lists with a merge key, the key's value is the step.
type Leaves = BTreeMap<Vec<String>, Json>;

fn leaves(object: &Json) -> Leaves {
    fn walk(
        ty: Option<TypeId>,
        field: Option<&Field>,
        json: &Json,
        path: &mut Vec<String>,
        out: &mut Leaves,
    ) {
        let inner = |shape: &Shape| match shape {
            Shape::Ref(ty) => Some(*ty),
            _ => None,
        };
        let mut down = |step: String, ty, field, json: &Json| {
            path.push(step);
            walk(ty, field, json, path, out);
            path.pop();
        };
        match (json, field.map(|f| (f, &f.shape))) {
            (Json::Object(_), _) if !json.is_empty() => {
                for (key, value) in json.entries() {
                    let field = ty.and_then(|ty| ty.get().field(key));
                    down(key.to_string(), field.and_then(|f| inner(&f.shape)), field, value);
                }
            }
            (Json::Array(items), Some((field, Shape::List(of)))) if field.more.merge => {
                for item in items.iter() {
                    let id = if field.more.merge_key.is_empty() { item } else { &item[field.more.merge_key] };
                    down(format!("[{id}]"), inner(of), None, item);
                }
            }
            _ => drop(out.insert(path.clone(), json.clone())),
        }
    }
    let mut out = Leaves::new();
    walk(kinds::DEPLOYMENTS.ty, None, object, &mut Vec::new(), &mut out);
    out
}

fn map(most: usize) -> impl Strategy<Value = Json> {
    let key = prop::sample::select(vec!["a", "b", "c", "d/e"]);
    let value = prop::sample::select(vec!["1", "2", ""]);
    prop::collection::vec((key, value), 0..=most).prop_map(|pairs| {
        pairs.into_iter().fold(Json::object(), |mut map, (key, value)| {
            map.set(key, value);
            map
        })
    })
}

/// Some of the names, each with something, in any order.
fn keyed<S: Strategy<Value = Json>>(
    key: &'static str,
    names: &'static [&'static str],
    least: usize,
    with: impl Fn() -> S,
) -> impl Strategy<Value = Json> {
    let some = prop::sample::subsequence(names, least..=names.len()).prop_shuffle();
    (some, prop::collection::vec(with(), names.len())).prop_map(move |(names, values)| {
        let item = |(name, value): (&&str, Json)| {
            let mut item = value;
            item.set(key, name.parse::<i64>().map_or_else(|_| Json::from(*name), Json::from));
            item
        };
        names.iter().zip(values).map(item).collect()
    })
}

fn container() -> impl Strategy<Value = Json> {
    let image = prop::sample::select(vec!["nginx", "busybox"]);
    let value = || prop::sample::select(vec!["1", "2"]).prop_map(|v| one("value", v));
    let name = || prop::sample::select(vec!["x", "y"]).prop_map(|v| one("name", v));
    let args = prop::collection::vec(prop::sample::select(vec!["-a", "-b"]), 0..3);
    (image, keyed("name", &["A", "B", "C"], 0, value), keyed("containerPort", &["80", "81"], 0, name), args)
        .prop_map(|(image, env, ports, args)| {
            let mut container = one("image", image);
            // Two ports of a container have two names.
            let ports: Json = ports
                .items()
                .iter()
                .map(|p| {
                    let mut p = p.clone();
                    p.set("name", format!("p{}", p["containerPort"]));
                    p
                })
                .collect();
            for (key, value) in [("env", env), ("ports", ports), ("args", Json::from(args))] {
                if !value.is_empty() {
                    container.set(key, value);
                }
            }
            container
        })
}

fn volume() -> impl Strategy<Value = Json> {
    prop_oneof![
        Just(one("emptyDir", Json::object())),
        Just(one("emptyDir", one("medium", "Memory"))),
        Just(one("configMap", one("name", "a"))),
        Just(one("secret", one("secretName", "a"))),
    ]
}

/// A configuration.
fn configuration() -> impl Strategy<Value = Json> {
    let pod = (
        keyed("name", &["one", "two", "three"], 1, container),
        keyed("name", &["v", "w"], 0, volume),
        keyed("name", &["s", "t"], 0, || Just(Json::object())),
        map(2),
        prop::option::of(prop::sample::select(vec!["s", "t"])),
    );
    (map(3), map(3), map(2), prop::option::of(1..4i64), pod).prop_map(
        |(labels, annotations, more, seconds, (containers, volumes, pulls, node, name))| {
            let mut template = more;
            template.set("app", "x");
            let mut spec = kubestep::json!({ "containers": containers });
            for (key, list) in [("volumes", volumes), ("imagePullSecrets", pulls), ("nodeSelector", node)] {
                if !list.is_empty() {
                    spec.set(key, list);
                }
            }
            if let Some(name) = name {
                spec.set("subdomain", name);
            }
            let mut object = kubestep::json!({
                "apiVersion": "apps/v1", "kind": "Deployment", "metadata": { "name": "it" },
                "spec": {
                    "replicas": 0, "selector": { "matchLabels": { "app": "x" } },
                    "template": { "metadata": { "labels": template }, "spec": spec },
                },
            });
            for (key, value) in [("labels", labels), ("annotations", annotations)] {
                if !value.is_empty() {
                    object.set_at(&["metadata", key], value);
                }
            }
            if let Some(seconds) = seconds {
                object.set_at(&["spec", "minReadySeconds"], seconds);
            }
            object
        },
    )
}

/// What somebody else does meanwhile: labels, an annotation, variables in containers, a container of their own.
fn others() -> impl Strategy<Value = Json> {
    let variable = || prop::sample::select(vec!["8", "9"]).prop_map(|v| one("value", v));
    let value = prop::sample::select(vec!["8", "9"]);
    let env = move || keyed("name", &["B", "X", "Y"], 0, variable).prop_map(|env| one("env", env));
    (map(2), prop::option::of(value), env(), any::<bool>()).prop_map(|(mut labels, note, env, sidecar)| {
        labels.set("their", "own");
        let mut containers = Vec::new();
        if !env["env"].is_empty() {
            let mut container = env;
            container.set("name", "one");
            containers.push(container);
        }
        if sidecar {
            containers.push(kubestep::json!({ "name": "sidecar", "image": "busybox" }));
        }
        kubestep::json!({
            "metadata": { "labels": labels, "annotations": { "their": note } },
            "spec": { "template": { "spec": { "containers": containers } } },
        })
    })
}

struct Session(Playground);

impl Session {
    fn new() -> Session {
        Session(Playground::new(Config::new(1, 1), Files::default()))
    }

    fn run(&mut self, line: &str, file: &Json) -> Result<String, String> {
        self.0.set_file("f.json", Some(&file.to_string()));
        self.0.command(line);
        for _ in 0..200 {
            if !self.0.desk().terminal().is_running() {
                break;
            }
            self.0.step(0);
        }
        let entry: &Entry = self.0.terminal_entries().last().expect("the command");
        let text: String = entry.output.iter().map(|o| o.text.to_string()).collect();
        if entry.exit == Some(0) { Ok(text) } else { Err(format!("{line}: {text}\n{file}")) }
    }

    fn live(&self) -> Json {
        let key = ObjectKey::new(Str::from("default"), Str::from("it"));
        self.0.desk().world().server().peek(&kinds::DEPLOYMENTS.into(), &key)
    }

    fn revision(&self) -> u64 {
        self.0.desk().world().server().revision()
    }
}

/// How a configuration is applied.
const WAYS: &[&str] = &["kubectl apply -f f.json", "kubectl apply --server-side --force-conflicts -f f.json"];
const PATCH: &str = "kubectl patch deployment it --field-manager=other --patch-file f.json";
const LAST: &str = "kubectl.kubernetes.io/last-applied-configuration";

/// The object without what the applying itself leaves behind.
fn plain(object: &Json) -> Json {
    let mut metadata = object["metadata"].clone();
    // A Deployment's generation counts its annotations' changes too.
    for field in ["generation", "managedFields", "resourceVersion"] {
        metadata.remove(field);
    }
    let mut annotations = metadata["annotations"].clone();
    annotations.remove(LAST);
    metadata.remove("annotations");
    if !annotations.is_empty() {
        metadata.set("annotations", annotations);
    }
    let mut object = object.clone();
    object.set("metadata", metadata);
    object
}

/// What neither configuration says may go, where it stood in something that went: an element of a list, or the other member
/// of a union.
fn stood_in_what_went(path: &[String], old: &Leaves, new: &Leaves) -> bool {
    (1..path.len()).any(|n| {
        let under = |leaves: &Leaves| leaves.keys().any(|p| p.starts_with(&path[..n]));
        under(old) && !under(new)
    })
}

#[test]
fn three_ways() {
    let strategy = (configuration(), others(), configuration(), prop::sample::select(WAYS));
    tried(60, &strategy, |(old, theirs, new, way)| {
        let mut session = Session::new();
        session.run(way, &old)?;

        // Their part of a container that is not there is none.
        let has_one = old
            .at(&["spec", "template", "spec", "containers"])
            .items()
            .iter()
            .any(|c| c["name"].str() == "one");
        let mut theirs = theirs;
        if !has_one {
            let kept: Json = theirs
                .at(&["spec", "template", "spec", "containers"])
                .items()
                .iter()
                .filter(|c| c["name"].str() != "one")
                .cloned()
                .collect();
            theirs.set_at(&["spec", "template", "spec", "containers"], kept);
        }
        session.run(PATCH, &theirs)?;
        let before = session.live();
        session.run(way, &new)?;
        let after = session.live();
        let revision = session.revision();
        session.run(way, &new)?;
        if session.revision() != revision {
            return Err(format!("{way}, again: {after}, then {}", session.live()));
        }
        let (old, theirs, new, was, is) =
            (leaves(&old), leaves(&theirs), leaves(&new), leaves(&before), leaves(&after));
        let told =
            |what: &str, path: &[String]| Err(format!("{way}: {} {what}: {before}\n{after}", path.join(" ")));
        for (path, value) in &new {
            if !value.is_empty() && is.get(path) != Some(value) {
                return told("is not as it was applied", path);
            }
        }
        let server = way.contains("server-side");
        for path in old.keys().filter(|path| !new.contains_key(*path)) {
            // The server takes away only what nobody else owns.
            let shared = server && theirs.contains_key(path);
            let holds = |leaves: &Leaves| leaves.keys().any(|p| p.starts_with(path));
            if !shared && !holds(&new) && is.get(path).is_some_and(|value| !value.is_empty()) {
                return told("is still there", path);
            }
        }
        for (path, value) in &was {
            let of_ours = old.contains_key(path) || new.contains_key(path);
            let of_server = ["managedFields", "resourceVersion", "generation"]
                .iter()
                .any(|field| path.get(1).is_some_and(|p| p == field))
                || path.last().is_some_and(|p| p == LAST);
            if !of_ours && !of_server && is.get(path) != Some(value) && !stood_in_what_went(path, &old, &new)
            {
                return told("was nobody's to change", path);
            }
        }
        Ok(())
    });
}

#[test]
fn applying_again_and_applying_the_live_object() {
    let strategy = (configuration(), others(), prop::sample::select(WAYS));
    tried(60, &strategy, |(object, theirs, way)| {
        let mut session = Session::new();
        session.run(way, &object)?;
        let (revision, first) = (session.revision(), session.live());
        session.run(way, &object)?;
        if session.revision() != revision {
            return Err(format!("{way}: {first}, again: {}", session.live()));
        }
        let note = kubestep::json!({ "metadata": &theirs["metadata"] });
        session.run(PATCH, &note)?;
        let live = session.live();
        let mut whole = live.clone();
        let mut metadata = whole["metadata"].clone();
        metadata.remove("managedFields");
        whole.set("metadata", metadata);
        session.run(way, &whole)?;
        let after = session.live();
        if plain(&after) != plain(&live) {
            return Err(format!("{way}: {live}, its own self applied: {after}"));
        }
        Ok(())
    });
}

/// The libraries themselves, which the server and kubectl share.
#[test]
fn patching_twice_is_patching_once() {
    let Some(ty) = kinds::DEPLOYMENTS.ty else { return };
    tried(400, &(configuration(), configuration(), others()), |(object, patch, theirs)| {
        for patch in [&patch, &theirs, &Json::object(), &object] {
            let merged = merge::apply(&object, patch);
            if merge::apply(&merged, patch) != merged {
                return Err(format!("merge of {patch} into {object}"));
            }
            let told = |why: &str| format!("strategic merge of {patch} into {object}: {why}");
            let merged = strategic::apply(ty, &object, patch).map_err(|why| told(&String::from(why)))?;
            let again = strategic::apply(ty, &merged, patch).map_err(|why| told(&String::from(why)))?;
            if again != merged {
                return Err(told(&format!("once {merged}, twice {again}")));
            }
            let (had, asked, has) = (leaves(&object), leaves(patch), leaves(&merged));
            let said = |path: &Vec<String>| asked.keys().any(|p| p.starts_with(path) || path.starts_with(p));
            for (path, value) in &asked {
                if !value.is_empty() && has.get(path) != Some(value) {
                    return Err(told(&format!("{} is not there", path.join(" "))));
                }
            }
            for (path, value) in had.iter().filter(|(path, _)| !said(path)) {
                if has.get(path) != Some(value) {
                    return Err(told(&format!("{} is not as it was", path.join(" "))));
                }
            }
            if (patch.is_empty() || patch == &object) && merged != object {
                return Err(told("it changed something"));
            }
        }
        Ok(())
    });
}
