//! Maps, sets and lists whose clones share: what the world is made of, so that an older world costs next to nothing.
//!
//! - [`Map`], [`Set`]: ordered by key, as `BTreeMap` and `BTreeSet` are.
//! - [`List`]: a sequence that grows and shrinks at both ends.
//!
//! All three are a thin, typed skin over one [`tree`] of items whose type is erased. That is the reason to have them at
//! all: a generic library compiles its whole machinery again for every pair of types, and with some fifty pairs that
//! was a third of the module which a page downloads. Here a new pair of types costs little more than its comparison.
//!
//! *Absent:* hash maps (their order is no order), and any knowledge of what is kept.

mod list;
mod map;
mod set;
mod sort;
mod tree;

pub use list::List;
pub use map::Map;
pub use set::Set;
pub use sort::{sort_by, sort_by_key};

/// What can be kept: plain data that can be cloned, so that a shared item can be changed by copying it.
pub trait Element: Clone + Send + Sync + 'static {}
impl<T: Clone + Send + Sync + 'static> Element for T {}
