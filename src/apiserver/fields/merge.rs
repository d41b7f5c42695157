//! What an object becomes under an applied configuration.

use super::walk::{Form, Kind};
use crate::api::schema::Shape;
use crate::json::{Json, Str};

/// The object with the configuration laid over it: maps and keyed lists merge, everything else is replaced.
pub fn merge(kind: Kind, live: &Json, config: &Json) -> Json {
    match kind.form() {
        Form::Fields if matches!(config, Json::Object(_)) => {
            let mut out = if matches!(live, Json::Object(_)) { live.clone() } else { Json::object() };
            for (key, value) in config.entries() {
                let child = kind.child(key).unwrap_or(Kind::Leaf);
                let text = matches!(kind, Kind::Map(Shape::Str | Shape::Bytes));
                let part = match value {
                    Json::Null if text => "".into(),
                    value => merge(child, &live[key.as_str()], value),
                };
                out.set(key.clone(), part);
            }
            out
        }
        Form::Elements if !live.items().is_empty() => list(kind, live.items(), config.items()),
        _ => config.clone(),
    }
}

/// Elements of both keep the order of the configuration; those of the object alone stay between the neighbours that they had.
fn list(kind: Kind, live: &[Json], config: &[Json]) -> Json {
    let keyed = |items: &[Json]| items.iter().map(|i| kind.key_of(i)).collect::<Vec<Str>>();
    let (left, right) = (keyed(live), keyed(config));
    let both = |l: &Json, r: &Json| merge(kind.element(), l, r);
    let find = |keys: &[Str], key: &Str| keys.iter().position(|k| k == key);
    let mut shared = right.iter().filter(|k| left.contains(k));
    let mut next = shared.next();
    let mut done: Vec<&Str> = Vec::new();
    let mut out = Vec::new();
    let (mut l, mut r) = (0, 0);
    while l < left.len() || r < right.len() {
        if l < left.len() && r < right.len() {
            let key = &left[l];
            if *key == right[r] {
                done.push(key);
                out.push(both(&live[l], &config[r]));
                (l, r, next) = (l + 1, r + 1, shared.next());
                continue;
            }
            if right.contains(key) && next.is_some_and(|n| n != key) {
                l += 1;
                continue;
            }
        }
        if l < left.len() {
            if !right.contains(&left[l]) {
                out.push(live[l].clone());
                l += 1;
                continue;
            } else if done.contains(&&left[l]) {
                l += 1;
            }
        }
        if r < right.len() {
            let key = &right[r];
            done.push(key);
            out.push(match find(&left, key) {
                Some(i) => both(&live[i], &config[r]),
                None => config[r].clone(),
            });
            r += 1;
            if next == Some(key) {
                next = shared.next();
            }
        }
    }
    out.into()
}
