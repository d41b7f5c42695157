//! The cluster: the only place that holds all components, and lets one of them act at a time.
//!
//! ```text
//! World ──enabled()──▶ [Action, …] ──step(action)──▶ StepRecord { actor, action, causes, notes, calls }
//! ```
//!
//! A [`World`] is everything there is: the API server with its store, the controller manager, the scheduler, a kubelet
//! a node, the clock, chance. It is cheap to clone. [`World::enabled`] lists what may happen next in a fixed order;
//! [`World::step`] does one of these things and tells what it was, why it could happen, what it asked of the API
//! server and what that changed. When nothing is enabled, the clock jumps to the next timer: that too is an action.
//!
//! Absent on purpose: threads, a scheduler of its own, randomness outside the seed. Which of the enabled actions comes
//! next is the caller's choice; the first one is the default.

mod action;
mod causes;
mod door;
mod fault;
mod manifests;
#[cfg(not(target_arch = "wasm32"))]
mod mirror;
mod outlook;
mod record;
mod world;

pub use action::{Action, Actor};
pub use door::Door;
pub use fault::Fault;
pub use manifests::manifests;
pub use record::{Call, StepRecord};
pub use world::{Config, World};

pub use crate::apiserver::Change;
