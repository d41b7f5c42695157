//! [`Informer`]: a reflector, the cache it fills, and the deltas it hands to event handlers (client-go's
//! `tools/cache/shared_informer.go`).

use super::reflector::Change;
use super::{Context, Index, Indexer, Lister, Reflector};
use crate::api::{EventType, ObjectKey, Resource, View};
use crate::collections::Set;
use crate::json::{Json, Str};

/// What happened to one object, as an event handler hears it.
#[derive(Clone, Debug, PartialEq)]
pub enum Delta {
    /// `OnAdd`
    Added(Json),
    /// `OnUpdate`: what the cache held, and what it holds now. A relist tells of unchanged objects too.
    Updated(Json, Json),
    /// `OnDelete`: the last state known.
    Deleted(Json),
}

impl Delta {
    /// The object after the change; before it, for a deletion.
    pub fn object(&self) -> &Json {
        match self {
            Delta::Added(object) | Delta::Updated(_, object) | Delta::Deleted(object) => object,
        }
    }
}

/// A cache that follows the API server.
#[derive(Clone, Debug)]
pub struct Informer {
    reflector: Reflector,
    indexer: Indexer,
}

impl Informer {
    /// An informer on all objects of a resource.
    pub fn new(resource: impl Into<Resource>, agent: impl Into<Str>, indexes: &[Index]) -> Informer {
        Informer::of(Reflector::new(resource, agent), indexes)
    }

    /// An informer on what a reflector brings.
    pub fn of(reflector: Reflector, indexes: &[Index]) -> Informer {
        Informer { reflector, indexer: Indexer::new(indexes) }
    }

    /// What keeps it up to date.
    pub fn reflector(&self) -> &Reflector {
        &self.reflector
    }

    /// What keeps it up to date, for resetting it.
    pub fn reflector_mut(&mut self) -> &mut Reflector {
        &mut self.reflector
    }

    /// The cache.
    pub fn indexer(&self) -> &Indexer {
        &self.indexer
    }

    /// The cache, read through a view.
    pub fn lister<'a, T: View + 'a>(&'a self) -> Lister<'a, T> {
        Lister::new(&self.indexer)
    }

    /// Whether the cache has held the whole collection once.
    pub fn has_synced(&self) -> bool {
        self.reflector.synced()
    }

    /// One move of the reflector: updates the cache and gives what the handlers are to hear.
    /// A list that fails is tried again later, as the reflector says.
    pub fn deliver(&mut self, cx: &mut Context) -> Vec<Delta> {
        match self.reflector.advance(cx) {
            Ok(Some(Change::Replaced(objects))) => self.replace(objects),
            Ok(Some(Change::Event(event))) if event.event == EventType::Deleted => {
                self.indexer.remove(&ObjectKey::of(&event.object));
                vec![Delta::Deleted(event.object)]
            }
            Ok(Some(Change::Event(event))) => vec![self.put(event.object)],
            Ok(None) | Err(_) => Vec::new(),
        }
    }

    fn put(&mut self, object: Json) -> Delta {
        match self.indexer.put(object.clone()) {
            Some(old) => Delta::Updated(old, object),
            None => Delta::Added(object),
        }
    }

    fn replace(&mut self, objects: Vec<Json>) -> Vec<Delta> {
        let keep: Set<ObjectKey> = objects.iter().map(ObjectKey::of).collect();
        let gone: Vec<ObjectKey> =
            self.indexer.iter().map(|(key, _)| key).filter(|key| !keep.contains(key)).cloned().collect();
        let mut deltas: Vec<Delta> = objects.into_iter().map(|object| self.put(object)).collect();
        deltas.extend(gone.iter().filter_map(|key| self.indexer.remove(key)).map(Delta::Deleted));
        deltas
    }
}
