//! From any JSON to an object of a custom kind (`customresource_handler.go`, `unstructuredSchemaCoercer`): fields that the schema
//! does not declare are found and dropped (`schema/pruning`), nulls that mean nothing too, what is left out gets its default
//! (`schema/defaulting`), and metadata is read as that of every object.

use super::structural::{META, field, is, is_embedded, preserves};
use crate::api::kinds;
use crate::apiserver::decode;
use crate::json;
use crate::json::{Json, Str};

/// The object, with the paths of what was dropped; an error where its metadata is none.
pub fn decode(schema: &Json, json: &Json) -> Result<(Json, Vec<String>), String> {
    let mut unknown = Vec::new();
    let mut object = json.clone();
    if let Some(metadata) = json.get("metadata") {
        object.set("metadata", object_meta(metadata, "", &mut unknown)?);
    }
    let first = unknown.len();
    let mut object = coerced(schema, &object, &mut unknown);
    let pruned = unknown.split_off(first);
    unknown.extend(sorted(pruned));
    embedded(schema, &mut object, &mut String::new(), &mut unknown)?;
    Ok((object, unknown))
}

fn sorted(mut paths: Vec<String>) -> Vec<String> {
    crate::collections::sort_by(&mut paths, Ord::cmp);
    paths
}

/// The object pruned and defaulted.
pub fn coerced(schema: &Json, object: &Json, unknown: &mut Vec<String>) -> Json {
    let pruned = prune(schema, object, true, &mut String::new(), unknown);
    let mut object = without_nulls(schema, &pruned);
    default(schema, &mut object);
    object
}

/// Metadata as Go's decoder leaves it.
fn object_meta(metadata: &Json, prefix: &str, unknown: &mut Vec<String>) -> Result<Json, String> {
    let Some(ty) = kinds::CONFIGMAPS.ty else { return Ok(metadata.clone()) };
    let (object, findings) = decode::decode(ty, &json!({ "metadata": metadata }), &Json::Null)
        .map_err(|mistake| mistake.message.replace("ObjectMeta.metadata.", "ObjectMeta."))?;
    unknown.extend(findings.unknown.into_iter().map(|path| format!("{prefix}{path}")));
    Ok(object["metadata"].clone())
}

/// The metadata of objects inside the object.
fn embedded(
    schema: &Json,
    value: &mut Json,
    path: &mut String,
    unknown: &mut Vec<String>,
) -> Result<(), String> {
    if !has_embedded(schema) {
        return Ok(());
    }
    if is_embedded(schema)
        && let Some(metadata) = value.get("metadata").cloned()
    {
        let prefix = format!("{path}.");
        value.set("metadata", object_meta(&metadata, prefix.trim_start_matches('.'), unknown)?);
    }
    let length = path.len();
    let parts: Vec<Str> = value.entries().iter().map(|(key, _)| key.clone()).collect();
    for key in parts {
        if let (Some(schema), Some(part)) = (field(schema, &key), value.get_mut(&key)) {
            push_key(path, &key);
            embedded(schema, part, path, unknown)?;
            path.truncate(length);
        }
    }
    if let Json::Array(_) = value {
        for (i, item) in value.array_mut().iter_mut().enumerate() {
            path.push_str(&format!("[{i}]"));
            embedded(&schema["items"], item, path, unknown)?;
            path.truncate(length);
        }
    }
    Ok(())
}

fn has_embedded(schema: &Json) -> bool {
    let mut found = false;
    super::structural::each(schema, &mut |inner| found |= is_embedded(inner));
    found
}

fn push_key(path: &mut String, key: &str) {
    if !path.is_empty() {
        path.push('.');
    }
    path.push_str(key);
}

/// Drops what the schema does not declare. Where unknown fields are preserved, only the declared ones are looked into.
fn prune(schema: &Json, value: &Json, root: bool, path: &mut String, unknown: &mut Vec<String>) -> Json {
    let length = path.len();
    let kept = preserves(schema);
    match value {
        Json::Object(_) => {
            let mut out = Vec::with_capacity(value.entries().len());
            for (key, part) in value.entries() {
                let is_meta = META.contains(&key.as_str());
                if is_meta && (root || is_embedded(schema)) {
                    out.push((key.clone(), part.clone()));
                    continue;
                }
                push_key(path, key);
                match field(schema, key) {
                    Some(schema) => out.push((key.clone(), prune(schema, part, false, path, unknown))),
                    None if kept => out.push((key.clone(), part.clone())),
                    None => unknown.push(path.clone()),
                }
                path.truncate(length);
            }
            Json::Object(out.into_iter().collect())
        }
        Json::Array(items) => {
            let mut out = Vec::with_capacity(items.len());
            for (i, item) in items.iter().enumerate() {
                path.push_str(&format!("[{i}]"));
                let schema = &schema["items"];
                // What may hold anything says nothing of its elements.
                let free = kept && schema.is_null();
                out.push(if free { item.clone() } else { prune(schema, item, false, path, unknown) });
                path.truncate(length);
            }
            out.into()
        }
        scalar => scalar.clone(),
    }
}

fn is_null_without_meaning(value: &Json, schema: Option<&Json>) -> bool {
    value.is_null() && schema.is_some_and(|s| matches!(s, Json::Object(_)) && !is(s, "nullable"))
}

/// Drops nulls where the schema allows none and has no default for them.
fn without_nulls(schema: &Json, value: &Json) -> Json {
    match value {
        Json::Object(_) => {
            let parts = value.entries().iter().filter_map(|(key, part)| {
                let schema = field(schema, key);
                let gone = is_null_without_meaning(part, schema)
                    && schema.is_some_and(|schema| schema["default"].is_null());
                (!gone).then(|| (key.clone(), without_nulls(schema.unwrap_or(&Json::Null), part)))
            });
            Json::Object(parts.collect())
        }
        Json::Array(items) => items.iter().map(|item| without_nulls(&schema["items"], item)).collect(),
        scalar => scalar.clone(),
    }
}

/// Fills in what is left out.
pub fn default(schema: &Json, value: &mut Json) {
    match value {
        Json::Object(_) => {
            for (key, own) in schema["properties"].entries() {
                let default = &own["default"];
                let wanting = value.get(key).is_none_or(|part| is_null_without_meaning(part, Some(own)));
                if !default.is_null() && wanting {
                    value.set(key.clone(), default);
                }
            }
            let keys: Vec<Str> = value.entries().iter().map(|(key, _)| key.clone()).collect();
            for key in keys {
                let (Some(schema), Some(part)) = (field(schema, &key), value.get_mut(&key)) else { continue };
                if is_null_without_meaning(part, Some(schema)) {
                    *part = schema["default"].clone();
                }
                default(schema, part);
            }
        }
        Json::Array(_) => {
            let schema = &schema["items"];
            for item in value.array_mut() {
                if is_null_without_meaning(item, Some(schema)) {
                    *item = schema["default"].clone();
                }
                default(schema, item);
            }
        }
        _ => {}
    }
}
