//! Lists under a strategic merge patch: elements merged by their key, values added and deleted, and the order of both.

use super::places::Place;
use super::strategic::{Refusal, bad_argument, bad_type, go_map, go_type, merge_map};
use crate::json::Json;

pub(super) type Items = Vec<Json>;

const DIRECTIVE: &str = "$patch";
pub(super) const BAD_ORDER: Refusal = Refusal::Malformed("invalid patch format of setElementOrder list");

/// Two lists together (`mergeSlice`); `deletes`: the second one's values go.
pub(super) fn merge(
    place: Place,
    old: &[Json],
    patch: &[Json],
    key: &str,
    deletes: bool,
) -> Result<Items, Refusal> {
    if old.is_empty() && patch.is_empty() {
        return Ok(Vec::new());
    }
    let element = element_type(&[old, patch])?;
    if element != Element::Map {
        if deletes {
            return Ok(old.iter().filter(|item| !patch.contains(item)).cloned().collect());
        }
        let all: Items = old.iter().chain(patch).cloned().collect();
        return ordered(deduplicated(all), patch, old, key, element, patch);
    }
    if key.is_empty() {
        return Err(Refusal::Failed(format!("cannot merge lists without merge key for {}", place.kind)));
    }
    let (kept, patch) = special(old, patch, key)?;
    let mut merged = kept.clone();
    for item in &patch {
        let id = item.get(key).ok_or_else(|| no_key(item, key))?;
        match find(&merged, key, id)? {
            Some(at) => merged[at] = merge_map(place, &merged[at], item)?,
            None => merged.push(item.clone()),
        }
    }
    ordered(merged, &patch, &kept, key, element, &patch)
}

/// What is left of a list, and of its patch, when the elements with directives have had their effect
/// (`mergeSliceWithSpecialElements`).
fn special(old: &[Json], patch: &[Json], key: &str) -> Result<(Items, Items), Refusal> {
    let mut kept = old.to_vec();
    let mut plain = Vec::new();
    let mut replaces = false;
    for item in patch {
        let Some(directive) = item.get(DIRECTIVE) else {
            plain.push(item.clone());
            continue;
        };
        match directive.str() {
            "delete" => {
                let id = item.get(key).ok_or_else(|| no_key(item, key))?;
                while let Some(at) = find(&kept, key, id)? {
                    kept.remove(at);
                }
            }
            "replace" => replaces = true,
            "merge" => {
                return Err(Refusal::Failed("merging lists cannot yet be specified in the patch".into()));
            }
            _ => return Err(bad_type(directive, item)),
        }
    }
    Ok(if replaces { (plain, Vec::new()) } else { (kept, plain) })
}

/// What upstream's list of the old elements holds after the merge, which it is still compared with: what was added stands in
/// the places that became free.
pub(super) fn overwritten(old: &[Json], patch: &[Json], key: &str) -> Items {
    if key.is_empty() {
        return old.to_vec();
    }
    let deleted = |item: &Json| {
        patch.iter().any(|p| p[DIRECTIVE].str() == "delete" && p.get(key).is_some() && p[key] == item[key])
    };
    if patch.iter().any(|p| p[DIRECTIVE].str() == "replace") {
        return old.to_vec();
    }
    let added = patch.iter().filter(|p| p.get(DIRECTIVE).is_none());
    let added = added.filter(|p| !old.iter().any(|o| o[key] == p[key] && !deleted(o)));
    old.iter().filter(|item| !deleted(item)).chain(added).take(old.len()).cloned().collect()
}

/// Go's kind of all elements.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Element {
    /// Maps, which have a key.
    Map,
    /// Numbers, strings, booleans.
    Value,
}

/// What the elements of both lists are: of one type (`sliceElementType`).
pub(super) fn element_type(lists: &[&[Json]]) -> Result<Element, Refusal> {
    let mut first: Option<&Json> = None;
    for item in lists.iter().copied().flatten() {
        match first {
            None if item.is_null() => return Err(Refusal::panicked()),
            None if matches!(item, Json::Array(_)) => {
                return Err(Refusal::Unprocessable("lists of lists are not supported"));
            }
            None => first = Some(item),
            Some(first) if go_type(first) != go_type(item) => {
                let shown: Vec<String> =
                    lists.iter().map(|list| go_map(&list.iter().cloned().collect())).collect();
                return Err(Refusal::Failed(format!(
                    "list element types are not identical: [{}]",
                    shown.join(" ")
                )));
            }
            Some(_) => {}
        }
    }
    match first {
        None => Err(Refusal::Failed("no elements in any of the given slices".into())),
        Some(Json::Object(_)) => Ok(Element::Map),
        Some(_) => Ok(Element::Value),
    }
}

/// Each value once; where one is repeated, the last one of all takes its place (`deduplicateScalars`).
fn deduplicated(mut items: Items) -> Items {
    let mut i = 0;
    while i + 1 < items.len() {
        let mut j = i + 1;
        while j < items.len() {
            if items[i] == items[j] {
                items.swap_remove(j);
            } else {
                j += 1;
            }
        }
        i += 1;
    }
    items
}

/// Refuses a patch whose elements stand in another order than `$setElementOrder` gives them
/// (`validatePatchWithSetOrderList`).
pub(super) fn check_order(patch: &[Json], order: &[Json], key: &str) -> Result<(), Refusal> {
    if patch.is_empty() || order.is_empty() {
        return Ok(());
    }
    if !key.is_empty()
        && let Some(item) = patch.iter().find(|item| !matches!(item, Json::Object(_)))
    {
        return Err(bad_argument("map[string]interface {}", item));
    }
    let marked = |item: &Json| item.get(DIRECTIVE).is_some();
    let deletes = |item: &Json| !key.is_empty() && item[DIRECTIVE].str() == "delete";
    let mut left = patch.iter().filter(|item| !deletes(item)).peekable();
    let mut places = order.iter();
    while let Some(item) = left.peek() {
        if marked(item) {
            left.next();
            continue;
        }
        let Some(place) = places.next() else {
            return Err(Refusal::Failed(format!(
                "The order in patch list:\n{}\n doesn't match $setElementOrder list:\n{}\n",
                go_map(&patch.iter().cloned().collect()),
                go_map(&order.iter().cloned().collect())
            )));
        };
        if equal(item, place, key)? {
            left.next();
        }
    }
    Ok(())
}

fn equal(a: &Json, b: &Json, key: &str) -> Result<bool, Refusal> {
    if key.is_empty() {
        return comparable(a, b);
    }
    let id = |item: &Json| match item {
        Json::Object(_) => item.get(key).cloned().ok_or_else(|| no_key(item, key)),
        other => Err(bad_argument("map[string]interface {}", other)),
    };
    comparable(&id(a)?, &id(b)?)
}

/// Whether two values are equal. Go cannot say it of two maps or two lists.
fn comparable(a: &Json, b: &Json) -> Result<bool, Refusal> {
    if go_type(a) == go_type(b) && unhashable(a) { Err(Refusal::panicked()) } else { Ok(a == b) }
}

/// Whether Go can neither compare a value nor use it as a key.
pub(super) fn unhashable(value: &Json) -> bool {
    matches!(value, Json::Object(_) | Json::Array(_))
}

fn find(items: &[Json], key: &str, id: &Json) -> Result<Option<usize>, Refusal> {
    for (i, item) in items.iter().enumerate() {
        if !matches!(item, Json::Object(_)) {
            return Err(Refusal::Failed(format!("value for key {i} is not a map")));
        }
        if let Some(own) = item.get(key)
            && comparable(own, id)?
        {
            return Ok(Some(i));
        }
    }
    Ok(None)
}

fn no_key(map: &Json, key: &str) -> Refusal {
    Refusal::Failed(format!("map: {} does not contain declared merge key: {key}", go_map(map)))
}

/// A merged list in order: what `asked` names, as `order` has it, and between it the others, as they stood before: each before
/// the first asked one that stood behind it (`normalizeElementOrder`).
pub(super) fn ordered(
    merged: Items,
    asked: &[Json],
    before: &[Json],
    key: &str,
    element: Element,
    order: &[Json],
) -> Result<Items, Refusal> {
    let (mut named, mut others) = (Vec::new(), Vec::new());
    if key.is_empty() && asked.iter().chain(&merged).any(unhashable) {
        return Err(Refusal::panicked());
    }
    for item in merged {
        let is_named = if key.is_empty() {
            asked.contains(&item)
        } else {
            match &item {
                Json::Object(_) => {}
                other => return Err(bad_argument("map[string]interface {}", other)),
            }
            let id = item.get(key).ok_or_else(|| no_key(&item, key))?;
            find(asked, key, id)?.is_some()
        };
        if is_named { named.push(item) } else { others.push(item) }
    }
    let id = |item: &Json| match element {
        Element::Map => item[key].clone(),
        Element::Value => item.clone(),
    };
    if element == Element::Map {
        check_keys(&[&named, order, &others, before], key)?;
    }
    let place = |list: &[Json], item: &Json| list.iter().position(|other| id(other) == id(item));
    sort(&mut named, &|item| place(order, item));
    sort(&mut others, &|item| place(before, item));
    let mut out = Vec::with_capacity(named.len() + others.len());
    let mut others = others.into_iter().peekable();
    for item in named {
        let was = place(before, &item);
        let stood_before = |other: &Json| matches!((place(before, other), was), (Some(a), Some(b)) if a < b);
        while let Some(other) = others.next_if(stood_before) {
            out.push(other);
        }
        out.push(item);
    }
    out.extend(others);
    Ok(out)
}

fn check_keys(lists: &[&[Json]], key: &str) -> Result<(), Refusal> {
    for item in lists.iter().copied().flatten() {
        match item {
            Json::Object(_) if item.get(key).is_some() => {}
            Json::Object(_) => return Err(no_key(item, key)),
            other => return Err(bad_argument("map[string]interface {}", other)),
        }
    }
    Ok(())
}

/// By insertion, as Go sorts stably what is short; what has no place goes to the front (`normalizeSliceOrder`).
fn sort(items: &mut [Json], place: &dyn Fn(&Json) -> Option<usize>) {
    for i in 1..items.len() {
        let mut j = i;
        while j > 0 {
            let less = match (place(&items[j]), place(&items[j - 1])) {
                (Some(a), Some(b)) => a < b,
                _ => true,
            };
            if !less {
                break;
            }
            items.swap(j, j - 1);
            j -= 1;
        }
    }
}
