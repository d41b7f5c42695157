//! The API server: the one place where objects are kept, checked and changed, and from which everybody hears of it.
//!
//! - [`server`](ApiServer): the door. `create`, `update`, `delete`, `patch` are the writes, one path for all kinds.
//! - [`store`](Revision): every revision of every object; `watch`: who hears of which change.
//! - `decode`, `body`: from any JSON to an object of its schema; `validation`, `resources`: what each kind demands.
//! - `authorizer`: who may do it.
//! - `admission`: what the cluster adds or forbids; `subresource`: binding, eviction; `scale`.
//! - `custom`: the kinds that definitions add.
//! - `table`, `columns`: how `kubectl get` prints objects.
//!
//! Controllers, scheduler, kubelets and users all come through [`ApiServer::handle`]; there is no other way in.

mod admission;
mod authorizer;
mod body;
mod columns;
mod create;
mod custom;
mod decode;
mod delete;
mod eviction;
mod expiry;
mod fields;
mod internal;
mod internal_diff;
mod internal_kinds;
mod kubernetes_service;
mod options;
mod paging;
mod patch;
mod pod_spec;
mod pod_warnings;
mod policy;
mod quota;
mod resources;
mod scale;
mod selection;
mod server;
mod store;
mod subresource;
mod table;
mod token;
mod update;
mod validation;
mod versions;
mod watch;

#[cfg(test)]
mod tests;

pub use columns::pod_status_column;
pub use fields::written::written;
pub use server::ApiServer;
pub use store::{Change, Revision, Write};
