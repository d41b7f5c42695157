//! What every client of the API server is built from (client-go): the door itself, and the machinery around it.
//!
//! ```text
//! API server ──list, watch──▶ Reflector ──▶ Indexer (the cache) ◀── Lister
//!                                 │ Delta
//!                                 ▼
//!                           event handlers ──key──▶ WorkQueue ──▶ one sync at a time ──Request──▶ API server
//!                                 │                                │                   ──Event──▶ (Recorder)
//!                                 └───────▶ Expectations ◀─────────┘
//! ```
//!
//! Everything here is `Clone`, cheap to clone, and can be looked into.

mod as_user;
mod backoff;
mod call_fault;
mod context;
mod expectations;
mod indexer;
mod informer;
mod lister;
mod lru;
mod recorder;
mod reflector;
mod workqueue;

pub use as_user::AsUser;
pub use backoff::Backoff;
pub use call_fault::CallFault;
pub use context::{Api, Context, Note, Timer};
pub use expectations::{Expectation, Expectations, TIMEOUT as EXPECTATIONS_TIMEOUT, UidExpectations};
pub use indexer::{BY_CONTROLLER, Index, Indexer, orphans};
pub use informer::{Delta, Informer};
pub use lister::Lister;
pub use recorder::{EventKind, Recorder};
pub use reflector::{Change, Reflector};
pub use workqueue::{DEFAULT_LIMIT, WorkQueue};
