//! [`WatchEvent`]: one change, as a watch delivers it.

use crate::json::Json;

/// An open watch of the API server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct WatchId(pub u32);

/// What happened to the object, as far as the watch's selectors see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventType {
    /// It came into view.
    Added,
    /// It changed.
    Modified,
    /// It is gone, or out of view; the object is its last state.
    Deleted,
    /// Nothing happened up to this resource version.
    Bookmark,
    /// The watch ended; the object is a `Status` (410: the history it asks for is compacted).
    Error,
}

impl EventType {
    /// The wire's word.
    pub fn name(self) -> &'static str {
        match self {
            EventType::Added => "ADDED",
            EventType::Modified => "MODIFIED",
            EventType::Deleted => "DELETED",
            EventType::Bookmark => "BOOKMARK",
            EventType::Error => "ERROR",
        }
    }
}

/// One change.
#[derive(Clone, Debug, PartialEq)]
pub struct WatchEvent {
    /// What happened.
    pub event: EventType,
    /// The object after it (before it, for a deletion).
    pub object: Json,
}
