//! JSON patch (RFC 6902), with the liberties that upstream's library takes: a path without a leading slash, negative
//! indexes, and `replace` of a key that is not there.

use crate::json::Json;

/// How many bytes all copies of a patch may add (`JSONPatchMaxCopyBytes` of the API server's configuration).
const MAX_COPIED: usize = 3 * 1024 * 1024;
/// How deep a value may come to stand, as deep as text is read (`json::parse`): copies of a value in itself have no other end.
const MAX_DEPTH: usize = 512;

/// The object after all operations, or why one cannot be done.
pub fn apply(old: &Json, patch: &Json) -> Result<Json, String> {
    let mut object = old.clone();
    let mut copied = 0;
    for operation in patch.items() {
        let kind = operation["op"].as_str().unwrap_or("unknown");
        let place = |key: &str| {
            let named = operation[key].as_str();
            named.ok_or_else(|| format!("{kind} operation failed to decode {key}: missing value"))
        };
        let value = &operation["value"];
        match kind {
            "add" => write(&mut object, place("path")?, value.clone(), true)?,
            "replace" if operation["path"].as_str() == Some("") => {
                if !matches!(value, Json::Object(_) | Json::Array(_)) {
                    return Err("replace operation value must be object or array".into());
                }
                object = value.clone();
            }
            "replace" => write(&mut object, place("path")?, value.clone(), false)?,
            "remove" => drop(take(&mut object, place("path")?)?),
            "test" => {
                let path = place("path")?;
                let found = if path.is_empty() { &object } else { find(&object, path)? };
                if found != value {
                    return Err(format!("testing value {path} failed: test failed"));
                }
            }
            "move" => {
                let moved = take(&mut object, place("from")?)?;
                write(&mut object, place("path")?, moved, true)?;
            }
            "copy" => {
                let found = find(&object, place("from")?)?.clone();
                copied += found.to_string().len();
                if copied > MAX_COPIED {
                    return Err(format!(
                        "Unable to complete the copy, the accumulated size increase of copy is {copied}, exceeding the limit {MAX_COPIED}"
                    ));
                }
                write(&mut object, place("path")?, found, true)?;
            }
            other => return Err(format!("Unexpected kind: {other}")),
        }
    }
    Ok(object)
}

/// The steps of a path; whatever stands before the first slash is not looked at. `None`: there is no slash.
fn pointer(path: &str) -> Option<Vec<String>> {
    let unescape = |part: &str| {
        // In one pass, as upstream's replacer goes: `~01` is `~1`.
        let mut out = String::with_capacity(part.len());
        let mut rest = part;
        while let Some(at) = rest.find('~') {
            out.push_str(&rest[..at]);
            let (plain, length) = match rest.as_bytes().get(at + 1) {
                Some(b'0') => ('~', 2),
                Some(b'1') => ('/', 2),
                _ => ('~', 1),
            };
            out.push(plain);
            rest = &rest[at + length..];
        }
        out + rest
    };
    let (_, rest) = path.split_once('/')?;
    Some(rest.split('/').map(unescape).collect())
}

fn index(part: &str, len: usize) -> Option<usize> {
    let i: i64 = part.parse().ok()?;
    let i = if i < 0 { i + i64::try_from(len).ok()? } else { i };
    usize::try_from(i).ok().filter(|i| *i < len)
}

fn missing(path: &str) -> String {
    format!("doc is missing path: {path:?}: missing value")
}

/// What stands at a path; a key that a map has not stands for `null`.
fn find<'a>(object: &'a Json, path: &str) -> Result<&'a Json, String> {
    let steps = pointer(path).ok_or_else(|| missing(path))?;
    let mut json = object;
    for (i, part) in steps.iter().enumerate() {
        let inner = match json {
            Json::Array(items) => index(part, items.len()).and_then(|i| items.get(i)),
            Json::Object(fields) => fields.get(part).or((i + 1 == steps.len()).then_some(&Json::Null)),
            _ => None,
        };
        json = inner.ok_or_else(|| missing(path))?;
    }
    Ok(json)
}

/// The container of the path's last part, for changing.
fn parent<'a>(object: &'a mut Json, path: &[String]) -> Option<&'a mut Json> {
    let mut json = object;
    for part in &path[..path.len().checked_sub(1)?] {
        json = match json {
            Json::Array(_) => {
                let items = json.array_mut();
                let i = index(part, items.len())?;
                &mut items[i]
            }
            _ => json.get_mut(part)?,
        };
    }
    Some(json)
}

fn depth(json: &Json) -> usize {
    let values = json.entries().iter().map(|(_, value)| value).chain(json.items());
    1 + values.map(depth).max().unwrap_or(0)
}

fn write(object: &mut Json, path: &str, value: Json, insert: bool) -> Result<(), String> {
    let missing = || missing(path);
    let steps = pointer(path).ok_or_else(missing)?;
    if steps.len() + depth(&value) > MAX_DEPTH {
        return Err("exceeded max depth".to_owned());
    }
    let last = steps.last().ok_or_else(missing)?;
    let parent = parent(object, &steps).ok_or_else(missing)?;
    match parent {
        Json::Array(_) => {
            let items = parent.array_mut();
            if !insert {
                let i = index(last, items.len()).ok_or_else(missing)?;
                items[i] = value;
            } else if last == "-" {
                items.push(value);
            } else {
                let i = index(last, items.len() + 1).ok_or_else(missing)?;
                items.insert(i, value);
            }
        }
        Json::Object(_) => parent.set(last.as_str(), value),
        _ => return Err(missing()),
    }
    Ok(())
}

fn take(object: &mut Json, path: &str) -> Result<Json, String> {
    let missing = || format!("Unable to remove nonexistent key: {path}: missing value");
    let steps = pointer(path).ok_or_else(missing)?;
    let last = steps.last().ok_or_else(missing)?;
    let parent = parent(object, &steps).ok_or_else(missing)?;
    match parent {
        Json::Array(_) => {
            let items = parent.array_mut();
            let i = index(last, items.len()).ok_or_else(missing)?;
            Ok(items.remove(i))
        }
        _ => parent.remove(last).ok_or_else(missing),
    }
}
