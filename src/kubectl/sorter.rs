//! `--sort-by` (`kubectl/pkg/cmd/get/sorter.go`).

use super::failure::Failure;
use super::printers;
use crate::api::jsonpath;
use crate::api::quantity::Quantity;
use crate::json;
use crate::json::Json;
use std::cmp::Ordering;

/// Sorts by a path; objects where it is missing come first.
pub(super) fn sort(path: &str, objects: &mut Vec<Json>, table: &mut Json) -> Result<(), Failure> {
    let is_table = !table.is_null();
    if objects.len() < if is_table { 2 } else { 1 } {
        return Ok(());
    }
    let found = printers::relaxed(path)
        .and_then(|path| Ok((jsonpath::Template::parse(&path)?, path)))
        .and_then(|(template, path)| {
            let key = |object: &Json| Ok(template.values(object)?.into_iter().next());
            let keys = objects.iter().map(key).collect::<Result<Vec<Option<Json>>, String>>()?;
            let none = keys.iter().all(Option::is_none);
            let why = || format!("couldn't find any field with path {path:?} in the list of objects");
            if none { Err(why()) } else { Ok(keys) }
        });
    let mut keys = match found {
        Ok(keys) => keys,
        // The printer of a table fails, and nobody asks why.
        Err(_) if is_table => {
            table.set("rows", json!([]));
            objects.clear();
            return Ok(());
        }
        Err(why) => return Err(Failure::error(why)),
    };
    let mut rows: Vec<Json> = table["rows"].items().to_vec();
    // Go's own sort of what is short, for "is absent" is less than anything, itself too.
    for end in 1..keys.len() {
        for at in (1..=end).rev() {
            if !is_less(&keys[at], &keys[at - 1]) {
                break;
            }
            keys.swap(at, at - 1);
            objects.swap(at, at - 1);
            if rows.len() > at {
                rows.swap(at, at - 1);
            }
        }
    }
    if is_table {
        table.set("rows", rows);
    }
    Ok(())
}

fn is_less(a: &Option<Json>, b: &Option<Json>) -> bool {
    match (a, b) {
        (None, _) => true,
        (_, None) => false,
        (Some(a), Some(b)) => compare_keys(a, b) == Ordering::Less,
    }
}

fn compare_keys(a: &Json, b: &Json) -> Ordering {
    if let (Json::Str(x), Json::Str(y)) = (a, b) {
        let quantities = (Quantity::parse(x), Quantity::parse(y));
        if let (Some(x), Some(y)) = quantities {
            return x.cmp(&y);
        }
    }
    jsonpath::compare(a, b).unwrap_or(Ordering::Equal)
}
