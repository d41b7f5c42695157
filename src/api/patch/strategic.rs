//! Strategic merge patch: a merge patch that knows from the schema which lists are sets of things with a key.
//!
//! Directives: `$patch: replace|delete|merge`, `$deleteFromPrimitiveList/<field>`, `$setElementOrder/<field>`,
//! `$retainKeys`.

use crate::api::schema::{Field, Shape, Type, TypeId};
use crate::collections::sort_by_key;
use crate::json::{Json, Str};

/// The object after the patch, or why it cannot be applied, in upstream's words.
pub fn apply(ty: TypeId, old: &Json, patch: &Json) -> Result<Json, String> {
    merge(Some(ty.get()), old, patch)
}

fn merge(ty: Option<&'static Type>, old: &Json, patch: &Json) -> Result<Json, String> {
    let Json::Object(fields) = patch else { return Ok(patch.clone()) };
    match &patch["$patch"] {
        Json::Null => {}
        directive => match directive.str() {
            "replace" => {
                let mut replaced = patch.clone();
                replaced.remove("$patch");
                return Ok(replaced);
            }
            "delete" => return Ok(Json::object()),
            "merge" => {}
            other => return Err(format!("unknown patch type: {other} in map: {}", go_map(patch))),
        },
    }
    let mut out = if matches!(old, Json::Object(_)) { old.clone() } else { Json::object() };
    if let Some(Json::Array(keep)) = patch.get("$retainKeys") {
        for (key, _) in old.entries() {
            if !keep.iter().any(|k| k.str() == &**key) {
                out.remove(key);
            }
        }
    }
    for (key, list) in fields.entries() {
        if let Some(field) = key.strip_prefix("$deleteFromPrimitiveList/")
            && !out[field].is_null()
        {
            let kept: Json =
                out[field].items().iter().filter(|i| !list.items().contains(i)).cloned().collect();
            out.set(Str::from(field), kept);
        }
    }
    for (key, value) in fields.entries() {
        if key.starts_with('$') {
            continue;
        }
        let field = ty.and_then(|t| t.field(key));
        if value.is_null() {
            out.remove(key);
            continue;
        }
        let merged = match (value, field) {
            (Json::Object(_), _) => merge(field.and_then(object_type), &out[key.as_str()], value)?,
            (Json::Array(_), Some(field)) if field.more.merge => {
                let order = patch.get(&format!("$setElementOrder/{key}"));
                merge_list(field, &out[key.as_str()], value, order)?
            }
            _ => value.clone(),
        };
        out.set(key.clone(), merged);
    }
    // An order may be given for a list that the patch does not touch otherwise.
    for (key, order) in fields.entries() {
        if let Some(name) = key.strip_prefix("$setElementOrder/")
            && patch.get(name).is_none()
            && let Some(field) = ty.and_then(|t| t.field(name))
            && !out[name].is_null()
        {
            let items = out[name].items().to_vec();
            let before = items.clone();
            out.set(Str::from(name), arrange(field.more.merge_key, items, order.items(), &before));
        }
    }
    Ok(out)
}

fn object_type(field: &'static Field) -> Option<&'static Type> {
    match field.shape {
        Shape::Ref(id) => Some(id.get()),
        _ => None,
    }
}

fn element_type(field: &'static Field) -> Option<&'static Type> {
    match field.shape {
        Shape::List(Shape::Ref(id)) => Some(id.get()),
        _ => None,
    }
}

fn merge_list(field: &'static Field, old: &Json, patch: &Json, order: Option<&Json>) -> Result<Json, String> {
    let key = field.more.merge_key;
    let wanted = order.unwrap_or(patch).items();
    if key.is_empty() {
        let mut items = old.items().to_vec();
        for item in patch.items() {
            if !items.contains(item) {
                items.push(item.clone());
            }
        }
        return Ok(arrange(key, items, wanted, old.items()));
    }
    if patch.items().iter().any(|i| i["$patch"].str() == "replace") {
        let items = patch.items().iter().filter(|i| i["$patch"].is_null()).cloned();
        return Ok(items.collect());
    }
    let mut items = old.items().to_vec();
    for item in patch.items() {
        let id = &item[key];
        if id.is_null() {
            return Err(format!("map: {} does not contain declared merge key: {key}", go_map(item)));
        }
        let at = items.iter().position(|o| o[key] == *id);
        match (item["$patch"].str(), at) {
            ("delete", Some(i)) => drop(items.remove(i)),
            ("delete", None) => {}
            ("" | "merge", Some(i)) => items[i] = merge(element_type(field), &items[i], item)?,
            ("" | "merge", None) => items.push(merge(element_type(field), &Json::Null, item)?),
            (other, _) => return Err(format!("unknown patch type: {other} in map: {}", go_map(item))),
        }
    }
    // Where an order is given, upstream compares with a list in whose memory it has deleted and added meanwhile: what was
    // added stands in the places that became free.
    let before = match order {
        Some(_) => items[..items.len().min(old.items().len())].to_vec(),
        None => old.items().to_vec(),
    };
    Ok(arrange(key, items, wanted, &before))
}

/// Puts the items that are wanted into their order, and the others, which only the object had, between them by the order
/// that they had there: each before the first wanted one that stood behind it (`normalizeElementOrder`).
fn arrange(key: &str, items: Vec<Json>, wanted: &[Json], before: &[Json]) -> Json {
    let same = |a: &Json, b: &Json| if key.is_empty() { a == b } else { a[key] == b[key] };
    let place = |list: &[Json], item: &Json| list.iter().position(|other| same(other, item));
    let mut ordered: Vec<(usize, Json)> = Vec::new();
    let mut others = Vec::new();
    for item in items {
        match place(wanted, &item) {
            Some(at) => ordered.push((at, item)),
            None => others.push((place(before, &item).unwrap_or(usize::MAX), item)),
        }
    }
    sort_by_key(&mut ordered, |(at, _)| *at);
    let mut out: Vec<Json> = Vec::with_capacity(ordered.len() + others.len());
    let mut others = others.into_iter().peekable();
    for (_, item) in ordered {
        let was = place(before, &item);
        while let Some((_, other)) = others.next_if(|(at, _)| was.is_some_and(|was| *at < was)) {
            out.push(other);
        }
        out.push(item);
    }
    out.extend(others.map(|(_, other)| other));
    out.into()
}

/// A value as Go's `%v` prints it.
pub fn go_map(json: &Json) -> String {
    match json {
        Json::Null => "<nil>".into(),
        Json::Str(s) => s.to_string(),
        Json::Array(items) => {
            let all: Vec<String> = items.iter().map(go_map).collect();
            format!("[{}]", all.join(" "))
        }
        Json::Object(fields) => {
            let all: Vec<String> =
                fields.entries().iter().map(|(k, v)| format!("{k}:{}", go_map(v))).collect();
            format!("map[{}]", all.join(" "))
        }
        other => other.to_string(),
    }
}
