//! Checks of single fields.

use crate::api::field::{Error, Path};
use crate::json::Json;

/// A number that must not be negative, where it is set.
pub fn not_negative(object: &Json, path: &Path, field: &str, errors: &mut Vec<Error>) {
    if object[field].as_i64().is_some_and(|n| n < 0) {
        errors.push(Error::invalid(&path.child(field), &object[field], "must be greater than or equal to 0"));
    }
}

/// A string that must be one of a few, where it is set.
pub fn one_of(object: &Json, path: &Path, field: &str, allowed: &[&str], errors: &mut Vec<Error>) {
    let value = &object[field];
    if !value.is_empty() && !allowed.contains(&value.str()) {
        errors.push(Error::not_supported(&path.child(field), value, allowed));
    }
}
