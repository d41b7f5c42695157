//! The view model: what the page may know, as plain Rust values.
//!
//! Everything that crosses from the module to the page is one of these structs; the TypeScript types are generated
//! from them, so the two cannot drift. They hold **facts, never sentences**: a step says which phase was
//! reached with which values, and the page turns that into words in the reader's language.
//!
//! Two rules keep a frame short however large the cluster grows: a [`Listed`] carries the total and only the first
//! few items, and nothing here is computed for a panel that did not ask.
//!
//! Units: times are milliseconds of virtual time since the start of the run; steps are counted from 1, and position 0 is the
//! world before anything happened; revisions are the store's.

use serde::{Deserialize, Serialize};

/// Declares a struct or enum that goes to the page: serde's names in camelCase, TypeScript generated on wasm.
macro_rules! outward {
    ($(#[$meta:meta])* pub struct $($rest:tt)*) => {
        $(#[$meta])*
        #[derive(Clone, Debug, Default, PartialEq, Serialize)]
        #[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
        #[serde(rename_all = "camelCase")]
        pub struct $($rest)*
    };
}

mod calendar;
mod class;
mod http;
mod lessons;
mod mechanisms;
mod objects;
mod step;
mod timeline;
mod world;

pub use calendar::*;
pub use class::*;
pub use http::*;
pub use lessons::*;
pub use mechanisms::*;
pub use objects::*;
pub use step::*;
pub use timeline::*;
pub use world::*;

/// Names an object wherever it appears; the page makes it a link to the inspector.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct ObjectRef {
    /// `Job`
    pub kind: String,
    /// Plural with its group where it has one, as `kubectl` accepts it: `jobs.batch`, `pods`.
    pub resource: String,
    /// Empty for cluster-scoped objects.
    pub namespace: String,
    /// `metadata.name`
    pub name: String,
}

/// A list cut to its first items.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct Listed<T> {
    /// How many there are in all.
    pub total: u32,
    /// The first of them.
    pub items: Vec<T>,
}

/// Which kind of component acts. The page gives each one colour and one shape.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub enum Role {
    /// The API server and its store.
    #[default]
    ApiServer,
    /// A controller of the controller manager; [`Actor::name`] says which.
    Controller,
    /// kube-scheduler.
    Scheduler,
    /// The kubelet of one node, with the containers it runs.
    Kubelet,
    /// The person at the terminal.
    Kubectl,
    /// Virtual time: a jump to the next timer.
    Clock,
}

/// Who acts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct Actor {
    /// The kind of component.
    pub role: Role,
    /// `job-controller`, `kube-scheduler`, `node-1`, `kubectl`, …
    pub name: String,
}

/// One value in a note or an action.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(tag = "type", content = "value", rename_all = "camelCase")]
pub enum Value {
    /// A count.
    Number(i64),
    /// Words of Kubernetes' own (a reason, a condition's type, an image), shown as they are.
    Text(String),
    /// Yes or no.
    Bool(bool),
    /// Milliseconds.
    Duration(u64),
    /// One object.
    Object(ObjectRef),
    /// Several objects.
    Objects(Listed<ObjectRef>),
}

/// A value and what it is called; names are the variables of the page's sentences.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct NamedValue {
    /// `want`, `have`, `create`, …
    pub name: String,
    /// The value.
    pub value: Value,
}

outward! {
    /// What is done: one [`crate::cluster`] action, for display. `kind` is one of
    /// `deliver` (a watch event reaches a watcher; the object, and values `resource`, `type` = ADDED|MODIFIED|DELETED|BOOKMARK),
    /// `list` (a reflector's first list; `resource`), `reconcile` (a worker takes one key), `schedule` (one pod), `syncPod` (one pod worker),
    /// `process` (a container's next slice), `timer` (time passes; `duration`, and the first object of those that are then due), `command` (`line`), `fault` (`fault`).
    /// The page shows a kind that it does not know by its name.
    pub struct ActionView {
        /// What is done.
        pub kind: String,
        /// Whom it concerns, the main object first.
        pub objects: Vec<ObjectRef>,
        /// What else there is to say.
        pub values: Vec<NamedValue>,
    }
}
