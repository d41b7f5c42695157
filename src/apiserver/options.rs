//! What the options of a write must keep to (`apimachinery/pkg/apis/meta/v1/validation`).

use crate::api::field::{Error, Path};
use crate::api::{self, PatchType, Request, Status, Verb};

/// Refuses a request that says what no request can.
pub fn check(request: &Request) -> Result<(), Status> {
    let options = &request.options;
    if let Some(status) = &options.misread {
        return Err((**status).clone());
    }
    let kind = match request.verb {
        Verb::Create => "CreateOptions",
        Verb::Update => "UpdateOptions",
        Verb::Patch(_) => "PatchOptions",
        _ => return Ok(()),
    };
    let mut errors = Vec::new();
    let applies = request.verb == Verb::Patch(PatchType::Apply);
    check_manager(&options.field_manager, applies, &mut errors);
    Status::options(kind, &errors)
}

/// A manager's name, which who applies must say.
fn check_manager(name: &str, applies: bool, errors: &mut Vec<Error>) {
    if applies && name.is_empty() {
        errors.push(Error::required(&Path::new("fieldManager"), "is required for apply patch"));
    }
    api::manager_errors(name, errors);
}
