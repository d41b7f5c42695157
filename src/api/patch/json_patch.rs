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
        let path = pointer(operation["path"].str());
        let value = &operation["value"];
        match operation["op"].str() {
            "add" => write(&mut object, &path, value.clone(), true)?,
            "replace" => write(&mut object, &path, value.clone(), false)?,
            "remove" => drop(take(&mut object, &path)?),
            "test" => {
                let found = find(&object, &path);
                if found.unwrap_or(&Json::Null) != value {
                    return Err(format!("testing value {} failed", operation["path"].str()));
                }
            }
            "copy" | "move" => {
                let from = pointer(operation["from"].str());
                let moved = match operation["op"].str() {
                    "move" => take(&mut object, &from)?,
                    _ => find(&object, &from).cloned().ok_or("nothing to copy")?,
                };
                if operation["op"].str() == "copy" {
                    copied += moved.to_string().len();
                    if copied > MAX_COPIED {
                        return Err(format!(
                            "Unable to complete the copy, the accumulated size increase of copy is {copied}, exceeding the limit {MAX_COPIED}"
                        ));
                    }
                }
                write(&mut object, &path, moved, true)?;
            }
            other => return Err(format!("Unexpected kind: {other}")),
        }
    }
    Ok(object)
}

fn pointer(path: &str) -> Vec<String> {
    let unescape = |part: &str| part.replace("~1", "/").replace("~0", "~");
    match path.split_once('/') {
        None => Vec::new(),
        Some((_, rest)) => rest.split('/').map(unescape).collect(),
    }
}

fn index(part: &str, len: usize) -> Option<usize> {
    let i: i64 = part.parse().ok()?;
    let i = if i < 0 { i + i64::try_from(len).ok()? } else { i };
    usize::try_from(i).ok().filter(|i| *i < len)
}

fn find<'a>(object: &'a Json, path: &[String]) -> Option<&'a Json> {
    path.iter().try_fold(object, |json, part| match json {
        Json::Array(items) => items.get(index(part, items.len())?),
        _ => json.get(part),
    })
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

fn write(object: &mut Json, path: &[String], value: Json, insert: bool) -> Result<(), String> {
    if path.len() + depth(&value) > MAX_DEPTH {
        return Err("exceeded max depth".to_owned());
    }
    let Some(last) = path.last() else {
        *object = value;
        return Ok(());
    };
    let missing = || format!("doc is missing path: /{}", path.join("/"));
    let parent = parent(object, path).ok_or_else(missing)?;
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

fn take(object: &mut Json, path: &[String]) -> Result<Json, String> {
    let missing = || format!("Unable to remove nonexistent key: /{}", path.join("/"));
    let last = path.last().ok_or_else(missing)?;
    let parent = parent(object, path).ok_or_else(missing)?;
    match parent {
        Json::Array(_) => {
            let items = parent.array_mut();
            let i = index(last, items.len()).ok_or_else(missing)?;
            Ok(items.remove(i))
        }
        _ => parent.remove(last).ok_or_else(missing),
    }
}
