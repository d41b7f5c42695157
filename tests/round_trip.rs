//! Every field of every kind of the schema survives a write and a read.
//!
//! `round_trip/objects.txt` holds the least of each kind that is valid. From there every field that the schema knows is set,
//! one at a time (a type that a kind holds in several places is gone through in the first of them), with a value by its
//! shape or from `round_trip/values.txt`, which also says what must give way to it (the other members of a union). What is
//! refused or does not come back is in `round_trip/lost.txt`; `UPDATE_EXPECT=1` writes it anew.

use expect_test::expect_file;
use kubestep::api::kinds::{ALL, ResourceInfo};
use kubestep::api::patch::merge;
use kubestep::api::schema::{Field, Shape, Special, TYPES, Type, TypeId};
use kubestep::api::{FieldValidation, Request, kinds};
use kubestep::apiserver::ApiServer;
use kubestep::json::{Json, Str, parse};
use kubestep::sim::Time;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

const NOW: Time = Time::from_secs(1_800_000_000);

/// Lines of a name and JSON.
fn table(text: &'static str) -> BTreeMap<&'static str, Json> {
    let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines
        .map(|line| {
            let (name, json) = line.split_once(' ').expect(line);
            (name, parse(json).unwrap_or_else(|_| panic!("{line}")))
        })
        .collect()
}

struct Walk {
    info: &'static ResourceInfo,
    values: BTreeMap<&'static str, Json>,
    /// The types gone through.
    seen: BTreeSet<TypeId>,
    tried: usize,
    lost: String,
}

/// Where a struct stands in an object: fields, `0` for the first element of a list, a key of a map.
type Place = Vec<String>;

fn at<'a>(object: &'a Json, place: &[String]) -> &'a Json {
    static NULL: Json = Json::Null;
    place.iter().fold(object, |json, step| match json {
        Json::Array(_) => json.items().first().unwrap_or(&NULL),
        _ => &json[step.as_str()],
    })
}

/// `object` with `patch` merged into what stands at `place`.
fn patched(object: &Json, place: &[String], patch: &Json) -> Json {
    let Some((step, rest)) = place.split_first() else { return merge::apply(object, patch) };
    let inner = patched(at(object, std::slice::from_ref(step)), rest, patch);
    let mut object = object.clone();
    match &mut object {
        Json::Array(_) => object.array_mut()[0] = inner,
        _ => object.set(step.as_str(), inner),
    }
    object
}

/// Whether all of `small` is in `large`.
fn within(small: &Json, large: &Json) -> bool {
    match (small, large) {
        (Json::Object(_), Json::Object(_)) => {
            small.entries().iter().all(|(k, v)| within(v, &large[k.as_str()]))
        }
        (Json::Array(a), Json::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b.iter()).all(|(a, b)| within(a, b))
        }
        _ => small == large,
    }
}

impl Walk {
    fn sample(&self, name: &str, shape: &Shape, allowed: &[&'static str]) -> Json {
        match shape {
            Shape::Str => match (allowed.first(), self.values.get(format!(".{name}").as_str())) {
                (Some(first), _) => Json::from(*first),
                (None, Some(value)) => value.clone(),
                (None, None) => Json::from("a"),
            },
            Shape::Bytes => Json::from("YQ=="),
            Shape::Bool => Json::from(true),
            Shape::Int32 | Shape::Int64 | Shape::Float => Json::from(1),
            Shape::Ref(ty) => self.of_type(ty.get()),
            Shape::List(inner) => Json::from(vec![self.sample(name, inner, allowed)]),
            Shape::Map(inner) => {
                let mut map = Json::object();
                map.set("a", self.sample(name, inner, allowed));
                map
            }
        }
    }
    fn of_type(&self, ty: &'static Type) -> Json {
        match (ty.special, self.values.get(ty.name)) {
            (_, Some(value)) => value.clone(),
            (Some(Special::Quantity), _) => Json::from("1"),
            (Some(Special::Time), _) => Json::from("2026-01-05T09:00:00Z"),
            (Some(Special::MicroTime), _) => Json::from("2026-01-05T09:00:00.000001Z"),
            (Some(Special::IntOrString), _) => Json::from(1),
            (Some(Special::Any), _) => parse(r#"{"a":1}"#).expect("JSON"),
            (None, None) => {
                let mut object = Json::object();
                for field in ty.fields.iter().filter(|field| field.required) {
                    object.set(field.name, self.sample(field.name, &field.shape, field.more.allowed));
                }
                object
            }
        }
    }

    /// What is stored of `object`, or why it is not.
    fn stored(&self, object: &Json, status: bool) -> Result<Json, Str> {
        let mut server = ApiServer::new(1, NOW);
        let account = kubestep::json!({"metadata": {"name": "default", "namespace": "default"}});
        let _ = server.handle(NOW, &Request::create(kinds::SERVICEACCOUNTS, account));
        let strict = |request: Request| request.with(|o| o.field_validation = FieldValidation::Strict);
        let create = strict(Request::create(self.info, object.clone()));
        let mut answer = server.handle(NOW, &create).map_err(|status| status.message.clone())?;
        if status {
            let mut object = object.clone();
            object
                .set_at(&["metadata", "resourceVersion"], answer.body["metadata"]["resourceVersion"].clone());
            let update = strict(Request::update_status(self.info, object));
            answer = server.handle(NOW, &update).map_err(|status| status.message.clone())?;
        }
        let meta = &answer.body["metadata"];
        let get = Request::get(self.info, meta["namespace"].str(), meta["name"].str());
        server.handle(NOW, &get).map(|answer| answer.body).map_err(|status| status.message.clone())
    }

    /// Sets every field of the struct of type `ty` that stands at `place` of `base`.
    fn go(&mut self, base: &Json, place: &Place, ty: TypeId) {
        if ty.get().special.is_some() || !self.seen.insert(ty) {
            return;
        }
        for field in ty.get().fields {
            if place.is_empty() && matches!(field.name, "apiVersion" | "kind") {
                continue;
            }
            if place.as_slice() == ["metadata"] && matches!(field.name, "name" | "namespace") {
                continue;
            }
            if let Some(object) = self.set(base, place, ty.get(), field) {
                self.into(&object, place, field);
            }
        }
    }

    /// The object with the field, where it comes back as it went.
    fn set(&mut self, base: &Json, place: &Place, ty: &'static Type, field: &Field) -> Option<Json> {
        let mut own = place.clone();
        own.push(field.name.to_owned());
        let mut object = base.clone();
        let status = own[0] == "status" && self.info.subresources.iter().any(|(name, _)| *name == "status");
        let named = format!("{}.{}", ty.name, field.name);
        match self.values.get(named.as_str()) {
            Some(patch) => object = patched(&object, place, patch),
            None if !at(base, &own).is_empty() => return Some(object),
            None => {
                let mut patch = Json::object();
                patch.set(field.name, self.sample(field.name, &field.shape, field.more.allowed));
                object = patched(&object, place, &patch);
            }
        }
        self.tried += 1;
        let shown = own.join(".");
        match self.stored(&object, status) {
            Err(message) => {
                let message = message.replace('\n', " ");
                let _ = writeln!(self.lost, "{} {shown} ({named}): {message}", self.info.kind);
            }
            Ok(stored) => {
                let (sent, got) = (at(&object, &own), at(&stored, &own));
                if within(sent, got) {
                    return Some(object);
                }
                let _ = writeln!(self.lost, "{} {shown} ({named}): {sent} -> {got}", self.info.kind);
            }
        }
        None
    }

    /// Goes on into what the field holds.
    fn into(&mut self, object: &Json, place: &Place, field: &Field) {
        let mut place = place.clone();
        place.push(field.name.to_owned());
        let mut shape = &field.shape;
        loop {
            match shape {
                Shape::List(inner) => {
                    place.push("0".to_owned());
                    shape = inner;
                }
                Shape::Map(inner) => {
                    let entries = at(object, &place).entries();
                    let Some((key, _)) = entries.first() else { return };
                    place.push(key.to_string());
                    shape = inner;
                }
                Shape::Ref(ty) => return self.go(object, &place, *ty),
                _ => return,
            }
        }
    }
}

#[test]
fn every_field_comes_back() {
    let objects = table(include_str!("round_trip/objects.txt"));
    let mut lost = String::new();
    let mut tried = 0;
    for info in ALL.iter().filter(|info| ["create", "get"].iter().all(|verb| info.verbs.contains(verb))) {
        // The definitions of kinds have tests of their own.
        let Some(ty) = info.ty.filter(|_| info.group != "apiextensions.k8s.io") else { continue };
        let name = format!("{}/{}", info.api_version(), info.kind);
        let Some(object) = objects.get(name.as_str()) else {
            let _ = writeln!(lost, "{name}: no object");
            continue;
        };
        let mut object = object.clone();
        if object["metadata"]["name"].is_null() {
            object.set_at(&["metadata", "name"], "a");
        }
        if info.namespaced {
            object.set_at(&["metadata", "namespace"], "default");
        }
        let values = table(include_str!("round_trip/values.txt"));
        let mut walk = Walk { info, values, seen: BTreeSet::new(), tried: 0, lost: String::new() };
        for (name, of) in
            [("PodSpec", "Pod"), ("PersistentVolumeSpec", "PersistentVolume"), ("ObjectMeta", "ConfigMap")]
        {
            if info.kind != of {
                walk.seen.extend((0..).zip(TYPES).filter(|(_, ty)| ty.name == name).map(|(i, _)| TypeId(i)));
            }
        }
        match walk.stored(&object, false) {
            Ok(_) => walk.go(&object, &Vec::new(), ty),
            Err(message) => {
                let _ = writeln!(walk.lost, "{name}: {}", message.replace('\n', " "));
            }
        }
        tried += walk.tried;
        lost += &walk.lost;
    }
    let text = format!("{tried} fields were set; of them are refused or come back otherwise:\n{lost}");
    expect_file!["round_trip/lost.txt"].assert_eq(&text);
}
