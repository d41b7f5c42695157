//! The CEL rules of a schema (`x-kubernetes-validations`): are they sound, does an object keep them.

use crate::api::field::{Error, Path};
use crate::json::Json;

/// What is wrong with the rules of a schema.
pub fn compile(_schema: &Json, _path: &Path, _errors: &mut Vec<Error>) {}

/// Checks an object.
pub fn check(_schema: &Json, _object: &Json, _old: Option<&Json>, _errors: &mut Vec<Error>) {}
