//! Strategic merge patch: a merge patch that knows from the schema which lists are sets of things with a key
//! (`apimachinery/pkg/util/strategicpatch/patch.go`).
//!
//! Directives: `$patch: replace|delete`, `$deleteFromPrimitiveList/<field>`, `$setElementOrder/<field>`, `$retainKeys`. They
//! mean something where the object has something to merge with; in what is new, only `$patch` is looked for.
//! Maps are merged here, lists in `strategic_list`.

use super::places::Place;
use super::strategic_list::{self as list, Items};
use crate::api::schema::TypeId;
use crate::json::{Json, Str};

const DIRECTIVE: &str = "$patch";
const RETAIN: &str = "$retainKeys";
const DELETE_FROM: &str = "$deleteFromPrimitiveList";
const ORDER: &str = "$setElementOrder";

/// Why a patch cannot be applied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The patch is badly written (400).
    Malformed(&'static str),
    /// The patch fits, but asks for what there is not (422).
    Unprocessable(&'static str),
    /// Upstream's library fails without saying whose fault it is (500).
    Failed(String),
}

impl Refusal {
    /// Where upstream's library panics, as it does when it compares two maps: what the server's outermost handler says then.
    pub(super) fn panicked() -> Refusal {
        Refusal::Failed("This request caused apiserver to panic. Look in the logs for details.".into())
    }
}

impl From<Refusal> for String {
    fn from(refusal: Refusal) -> String {
        match refusal {
            Refusal::Malformed(why) | Refusal::Unprocessable(why) => why.into(),
            Refusal::Failed(why) => why,
        }
    }
}

/// The object after the patch, or why it cannot be applied, in upstream's words.
pub fn apply(ty: TypeId, old: &Json, patch: &Json) -> Result<Json, Refusal> {
    merge_map(Place::of(ty), old, patch)
}

/// A map under a patch that is a map, too (`mergeMap`).
pub(super) fn merge_map(place: Place, old: &Json, patch: &Json) -> Result<Json, Refusal> {
    if let Some(directive) = patch.get(DIRECTIVE) {
        return match directive.str() {
            "replace" => {
                let mut replaced = patch.clone();
                replaced.remove(DIRECTIVE);
                Ok(replaced)
            }
            "delete" => Ok(Json::object()),
            _ => Err(bad_type(directive, patch)),
        };
    }
    let mut out = if old.is_null() { Json::object() } else { old.clone() };
    let mut patch = patch.clone();
    if let Some(keep) = patch.remove(RETAIN) {
        retain(&mut out, &patch, &keep)?;
    }
    set_orders(place, &mut out, &mut patch)?;
    for (key, value) in patch.entries() {
        let (key, deletes) = match deleted_from(key)? {
            Some(list) => (list, true),
            None => (key.clone(), false),
        };
        if value.is_null() {
            out.remove(&key);
            continue;
        }
        let before = out.get(&key).cloned();
        let Some(before) = before.filter(|before| same_type(before, value)) else {
            if !deletes {
                take(&mut out, key, without_nulls(value.clone()));
            }
            continue;
        };
        let merged = match value {
            Json::Object(_) => {
                let (inner, replaces) = place.map(&key)?;
                if replaces { value.clone() } else { merge_map(inner, &before, value)? }
            }
            Json::Array(items) => {
                let (inner, merge) = place.list(&key)?;
                match deletes || merge.merges {
                    true => list::merge(inner, before.items(), items, merge.key, deletes)?.into(),
                    false => value.clone(),
                }
            }
            _ => value.clone(),
        };
        out.set(key, merged);
    }
    Ok(out)
}

/// Of which list the directive of this name deletes; `None`: it is no such directive.
fn deleted_from(key: &Str) -> Result<Option<Str>, Refusal> {
    if !key.starts_with(DELETE_FROM) {
        return Ok(None);
    }
    match key.split_once('/') {
        Some((DELETE_FROM, "")) => Ok(Some(key.clone())),
        Some((DELETE_FROM, list)) => Ok(Some(list.into())),
        _ => Err(Refusal::Malformed("invalid patch format of primitive list")),
    }
}

/// Takes away what `$retainKeys` does not name (`applyRetainKeysDirective`).
fn retain(out: &mut Json, patch: &Json, keep: &Json) -> Result<(), Refusal> {
    const MALFORMED: Refusal = Refusal::Malformed("invalid patch format of retainKeys");
    let Json::Array(keep) = keep else { return Err(MALFORMED) };
    if keep.iter().any(list::unhashable) {
        return Err(Refusal::panicked());
    }
    let kept = |key: &str| keep.iter().any(|k| k.as_str() == Some(key));
    let other = |key: &str| key.starts_with(DELETE_FROM) || key.starts_with(ORDER);
    if patch.entries().iter().any(|(key, value)| !value.is_null() && !other(key) && !kept(key)) {
        return Err(MALFORMED);
    }
    for (key, _) in out.clone().entries() {
        if !kept(key) {
            out.remove(key);
        }
    }
    Ok(())
}

/// Merges each list for which there is an order, and takes it out of the patch (`mergePatchIntoOriginal`).
fn set_orders(place: Place, out: &mut Json, patch: &mut Json) -> Result<(), Refusal> {
    for (directive, order) in patch.clone().entries() {
        if !directive.starts_with(ORDER) {
            continue;
        }
        patch.remove(directive);
        let order = items_of(order)?;
        let Some((ORDER, key)) = directive.split_once('/') else { return Err(list::BAD_ORDER) };
        let (old, asked) = (out.get(key).cloned(), patch.get(key).cloned());
        let old_items = old.as_ref().map(items_of).transpose()?;
        let asked_items = asked.as_ref().map(items_of).transpose()?;
        let (inner, merge) = place.list(key)?;
        list::check_order(asked_items.unwrap_or_default(), order, merge.key)?;
        let (merged, before): (Items, Items) = match (old_items, asked_items) {
            (None, None) => continue,
            (Some(old), None) => (old.to_vec(), old.to_vec()),
            (None, Some(asked)) => {
                let kept = asked.iter().cloned().filter_map(without_directives);
                (kept.collect(), Vec::new())
            }
            (Some(old), Some(asked)) if merge.merges => {
                let merged = list::merge(inner, old, asked, merge.key, false)?;
                // Upstream compares with a list in whose memory it has deleted and added meanwhile.
                (merged, list::overwritten(old, asked, merge.key))
            }
            (Some(old), Some(asked)) => (asked.to_vec(), old.to_vec()),
        };
        let element = list::element_type(&[old_items.unwrap_or_default(), asked_items.unwrap_or_default()])?;
        out.set(Str::from(key), list::ordered(merged, order, &before, merge.key, element, order)?);
        patch.remove(key);
    }
    Ok(())
}

fn items_of(value: &Json) -> Result<&[Json], Refusal> {
    match value {
        Json::Array(items) => Ok(items),
        other => Err(bad_argument("[]interface {}", other)),
    }
}

/// Puts a value into a map, if there is something left of it without its directives.
fn take(out: &mut Json, key: Str, value: Json) {
    match without_directives(value) {
        Some(value) => out.set(key, value),
        None => drop(out.remove(&key)),
    }
}

/// A new value without what is marked by `$patch`; `None`: it is marked itself (`removeDirectives`).
fn without_directives(value: Json) -> Option<Json> {
    Some(match &value {
        Json::Object(fields) => {
            if fields.get(DIRECTIVE).is_some() {
                return None;
            }
            let kept = fields.entries().iter();
            Json::Object(
                kept.filter_map(|(k, v)| Some((k.clone(), without_directives(v.clone())?))).collect(),
            )
        }
        Json::Array(items) => items.iter().cloned().filter_map(without_directives).collect(),
        _ => value,
    })
}

/// A new value without the nulls of its maps (`discardNullValuesFromPatch`).
pub(super) fn without_nulls(value: Json) -> Json {
    match &value {
        Json::Object(fields) => {
            let kept = fields.entries().iter().filter(|(_, value)| !value.is_null());
            Json::Object(kept.map(|(k, v)| (k.clone(), without_nulls(v.clone()))).collect())
        }
        Json::Array(items) => items.iter().cloned().map(without_nulls).collect(),
        _ => value,
    }
}

/// Whether Go holds both values in variables of one type.
fn same_type(a: &Json, b: &Json) -> bool {
    go_type(a) == go_type(b)
}

/// The Go type of a decoded value, as `%s` prints it.
pub(super) fn go_type(value: &Json) -> &'static str {
    match value {
        Json::Null => "%!s(<nil>)",
        Json::Bool(_) => "bool",
        Json::Int(_) => "int64",
        Json::Float(_) => "float64",
        Json::Str(_) => "string",
        Json::Array(_) => "[]interface {}",
        Json::Object(_) => "map[string]interface {}",
    }
}

/// `ErrBadArgType`
pub(super) fn bad_argument(expected: &str, found: &Json) -> Refusal {
    Refusal::Failed(format!("expected a {expected}, but received a {}", go_type(found)))
}

/// `ErrBadPatchType`
pub(super) fn bad_type(directive: &Json, map: &Json) -> Refusal {
    Refusal::Failed(format!("unknown patch type: {} in map: {}", go_string(directive), go_map(map)))
}

/// A value as Go's `%s` prints it.
fn go_string(json: &Json) -> String {
    match json {
        Json::Null => "%!s(<nil>)".into(),
        Json::Bool(_) | Json::Int(_) | Json::Float(_) => format!("%!s({}={json})", go_type(json)),
        Json::Str(s) => s.to_string(),
        Json::Array(items) => {
            format!("[{}]", items.iter().map(go_string).collect::<Vec<_>>().join(" "))
        }
        Json::Object(fields) => {
            let all = fields.entries().iter().map(|(k, v)| format!("{k}:{}", go_string(v)));
            format!("map[{}]", all.collect::<Vec<_>>().join(" "))
        }
    }
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
