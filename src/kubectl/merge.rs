//! The three-way strategic merge patch that `apply` sends (`strategicpatch.CreateThreeWayMergePatch`).
//!
//! What the new configuration says and the object does not is added or changed; what the last configuration said and the
//! new one does not is deleted; what neither says is left alone. Lists with a merge key are compared element by element.

use crate::api::schema::{Field, Shape, TypeId};
use crate::json;
use crate::json::{Json, Str};

/// How a value is merged.
#[derive(Clone, Copy)]
enum Rule {
    /// A struct of the schema.
    Type(TypeId),
    /// A map with values of some shape.
    Map(Shape),
    /// A list that is merged by a key of its elements.
    Keyed(&'static str, Shape),
    /// A list of scalars that is merged as a set.
    Set,
    /// Anything: a list is replaced as a whole, a map is merged.
    Plain,
}

fn rule_of(shape: Shape, field: Option<&Field>) -> Rule {
    match shape {
        Shape::Ref(id) if !id.get().fields.is_empty() => Rule::Type(id),
        Shape::Map(inner) => Rule::Map(*inner),
        Shape::List(inner) => match field {
            Some(f) if f.more.merge && !f.more.merge_key.is_empty() => Rule::Keyed(f.more.merge_key, *inner),
            Some(f) if f.more.merge => Rule::Set,
            _ => Rule::Plain,
        },
        _ => Rule::Plain,
    }
}

fn child(rule: Rule, key: &str) -> Rule {
    match rule {
        Rule::Type(id) => id.get().field(key).map_or(Rule::Plain, |f| rule_of(f.shape, Some(f))),
        Rule::Map(shape) => rule_of(shape, None),
        _ => Rule::Plain,
    }
}

/// The patch from the stored object to one that has the new configuration. `{}`: nothing is to be done.
pub(super) fn three_way(ty: Option<TypeId>, original: &Json, modified: &Json, current: &Json) -> Json {
    let rule = ty.map_or(Rule::Plain, Rule::Type);
    merge_maps(rule, original, modified, current)
}

fn merge_maps(rule: Rule, original: &Json, modified: &Json, current: &Json) -> Json {
    let mut patch = Json::object();
    for (key, new) in modified.entries() {
        let (old, now) = (&original[key.as_str()], &current[key.as_str()]);
        let rule = child(rule, key);
        let part = merge_value(rule, old, new, now);
        if let (Rule::Keyed(id, _), Json::Array(new), Json::Array(now)) = (rule, new, now) {
            let changed = part.iter().flat_map(Json::items).any(|e| e["$patch"].is_null());
            let same_order =
                new.len() == now.len() && new.iter().zip(now.iter()).all(|(a, b)| a[id] == b[id]);
            if changed || !same_order {
                patch.set(format!("$setElementOrder/{key}"), order(id, new));
            }
        }
        if let Some(part) = part {
            patch.set(key, part);
        }
    }
    for (key, old) in original.entries() {
        // What the stored object does not have any more needs no deletion, but upstream asks for it all the same.
        if modified.get(key).is_none() && !old.is_null() && current.get(key).is_some() {
            patch.set(key, Json::Null);
        }
    }
    patch
}

fn merge_value(rule: Rule, original: &Json, modified: &Json, current: &Json) -> Option<Json> {
    match (rule, modified, current) {
        // A null deletes what is there.
        (_, Json::Null, now) => (!now.is_null()).then_some(Json::Null),
        (_, Json::Object(_), Json::Object(_)) => {
            let patch = merge_maps(rule, original, modified, current);
            (!patch.is_empty()).then_some(patch)
        }
        (Rule::Keyed(key, shape), Json::Array(_), Json::Array(_)) => {
            keyed(key, shape, original, modified, current)
        }
        (Rule::Set, Json::Array(new), Json::Array(now)) => {
            let added: Vec<&Json> = new.iter().filter(|v| !now.contains(v)).collect();
            (!added.is_empty()).then(|| added.into_iter().cloned().collect())
        }
        _ => (modified != current).then(|| modified.clone()),
    }
}

/// The elements of a list by their keys alone, in the order that they shall have.
fn order(key: &'static str, items: &[Json]) -> Json {
    let named = items.iter().map(|item| {
        let mut name = Json::object();
        name.set(Str::fixed(key), &item[key]);
        name
    });
    named.collect()
}

fn keyed(key: &'static str, shape: Shape, original: &Json, modified: &Json, current: &Json) -> Option<Json> {
    let rule = rule_of(shape, None);
    let find = |list: &Json, id: &Json| list.items().iter().find(|e| e[key] == *id).cloned();
    let mut patch: Vec<Json> = Vec::new();
    for new in modified.items() {
        let id = &new[key];
        let Some(now) = find(current, id) else {
            patch.push(new.clone());
            continue;
        };
        let old = find(original, id).unwrap_or_default();
        let mut part = merge_maps(rule, &old, new, &now);
        if !part.is_empty() {
            part.set(Str::fixed(key), id);
            patch.push(part);
        }
    }
    for old in original.items() {
        let id = &old[key];
        if find(modified, id).is_none() && find(current, id).is_some() {
            let mut gone = json!({ "$patch": "delete" });
            gone.set(Str::fixed(key), id);
            patch.push(gone);
        }
    }
    (!patch.is_empty()).then(|| patch.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::kinds;

    #[test]
    fn asks_only_for_what_differs() {
        let cases = [
            (
                json!({"data": {"a": "1"}}),
                json!({"data": {"a": "1"}}),
                json!({"data": {"a": "1", "b": "2"}}),
                "{}",
            ),
            (
                json!({"data": {"a": "1", "b": "2"}}),
                json!({"data": {"a": "3"}}),
                json!({"data": {"a": "1", "b": "2", "c": "4"}}),
                r#"{"data":{"a":"3","b":null}}"#,
            ),
        ];
        for (original, modified, current, expected) in cases {
            assert_eq!(three_way(kinds::CONFIGMAPS.ty, &original, &modified, &current).to_string(), expected);
        }
        let pod = |containers: Json| json!({"spec": {"containers": containers}});
        let old = pod(json!([{"name": "a", "image": "x"}, {"name": "b", "image": "y"}]));
        let new = pod(json!([{"name": "a", "image": "z"}]));
        let patch = three_way(kinds::PODS.ty, &old, &new, &old);
        assert_eq!(
            patch.to_string(),
            r#"{"spec":{"$setElementOrder/containers":[{"name":"a"}],"containers":[{"image":"z","name":"a"},{"$patch":"delete","name":"b"}]}}"#
        );
    }
}
