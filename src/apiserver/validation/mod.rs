//! Validation that many kinds share: names, labels, metadata.

pub mod meta;
pub mod names;
