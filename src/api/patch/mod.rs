//! What a patch makes of an object: the libraries that the server and `kubectl --local` share (`apimachinery/pkg/util`).
//!
//! - [`json_patch`]: RFC 6902; [`merge`]: RFC 7396; [`strategic`]: a merge patch that knows the schema (`places`), with its
//!   lists (`strategic_list`).

pub mod json_patch;
pub mod merge;
mod places;
pub mod strategic;
mod strategic_list;
