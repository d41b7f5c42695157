//! Validation that many kinds share: names, labels, metadata, pod specs.

pub mod container;
pub mod env;
pub mod fields;
pub mod ip;
pub mod meta;
pub mod names;
pub mod pod;
pub mod selector;
pub mod volume;
