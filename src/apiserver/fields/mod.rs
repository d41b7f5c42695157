//! Who owns which field: `metadata.managedFields`, and server-side apply (`sigs.k8s.io/structured-merge-diff`,
//! `apimachinery/pkg/util/managedfields`).
//!
//! - [`set`]: sets of fields, in the very form in which `fieldsV1` is written, so that nothing is translated.
//! - [`walk`]: from objects of the schema to sets, and back: what changed, what an object says, what is left without some.
//! - [`merge`]: an applied configuration laid over an object.
//! - [`typed`]: whether a configuration is one of its type.
//! - [`managers`]: the entries: a write takes what it changes from the others; an application takes only what it may.
//! - [`apply`]: the PATCH that does all of this.
//! - [`written`]: what is people's of an object, as a manifest.

pub mod apply;
pub mod managers;
pub mod merge;
mod set;
pub mod typed;
pub mod walk;
pub mod written;

#[cfg(test)]
mod tests;
