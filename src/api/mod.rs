//! The nouns that all components share: objects, kinds, requests, responses, watch events, errors.
//!
//! Components never touch each other; they meet here.
//!
//! - [`kinds`]: what resources there are (from the discovery documents).
//! - [`RuntimeConfig`], [`Served`]: which of them a server has.
//! - [`schema`]: what fields their objects have (from the OpenAPI document).
//! - [`views`]: typed getters and setters over the shared tree, generated from the schema.
//! - [`Request`], [`Response`], [`WatchEvent`], [`Status`]: the whole of the wire; [`User`]: who is at the other end.
//! - [`rbac`]: what the rules of roles allow.
//! - [`ObjectKey`], [`selector`], [`quantity`], [`meta`]: what travels inside. [`jsonpath`]: how columns and clients point into it.

pub mod affinity;
pub mod base64;
pub mod cron;
pub mod disruption;
mod duration;
pub mod endpoints;
pub mod field;
pub mod jsonpath;
pub mod key_pair;
pub mod kinds;
pub mod meta;
pub mod patch;
pub mod quantity;
pub mod quota;
pub mod rbac;
mod request;
pub mod revision;
mod runtime_config;
pub mod schema;
pub mod selector;
pub mod sha256;
mod status;
pub mod storage;
pub mod taint;
pub mod token;
pub mod user;
pub mod views;
mod watch;
pub mod zone;

pub use duration::{human_duration, parse_duration};
pub use kinds::{Resource, ResourceInfo};
pub use meta::ObjectKey;
pub use request::{
    FieldValidation, Options, PatchType, Propagation, Request, Response, Verb, is_print, manager_errors,
};
pub use runtime_config::{RuntimeConfig, Served};
pub use status::{Cause, Details, Reason, Status};
pub use user::User;
pub use views::{List, Texts, View};
pub use watch::{EventType, WatchEvent, WatchId};
