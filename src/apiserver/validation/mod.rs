//! Validation that many kinds share: names, labels, metadata, pod specs.

pub mod affinity;
pub mod at;
pub mod claim;
pub mod container;
pub mod env;
pub mod fields;
pub mod handler;
pub mod ip;
pub mod meta;
pub mod mount;
pub mod names;
pub mod pod;
pub mod pod_update;
pub mod resource;
pub mod security;
pub mod selector;
pub mod volume;
pub mod volume_source;
