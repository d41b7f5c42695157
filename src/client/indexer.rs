//! [`Indexer`]: a component's copy of the objects of one resource, found by key or by a secondary index (client-go's
//! `tools/cache/thread_safe_store.go`).
//!
//! It is persistent: a clone shares everything, so a world with thousands of objects is copied for nothing.

use crate::api::{ObjectKey, meta};
use crate::collections::{Map, Set};
use crate::json::{Json, Str};

/// A secondary index: a name, and the values under which an object is to be found.
#[derive(Clone, Copy, Debug)]
pub struct Index {
    /// What lookups call it.
    pub name: &'static str,
    /// The values of an object; none: the object is not in this index.
    pub values: fn(&Json) -> Vec<Str>,
}

/// Objects by the uid of their controller owner; what has none is found under [`orphans`] of its namespace
/// (`controller.PodControllerIndex`).
pub const BY_CONTROLLER: Index = Index {
    name: "controller",
    values: |object| match meta::controller_of(object) {
        Some(owner) => vec![Str::from(owner.uid())],
        None => vec![orphans(object["metadata"]["namespace"].str())],
    },
};

/// The value of [`BY_CONTROLLER`] for the objects of a namespace that nobody controls.
pub fn orphans(namespace: &str) -> Str {
    format!("orphans in {namespace}").into()
}

/// Objects by key, and by whatever else was asked for.
#[derive(Clone, Debug, Default)]
pub struct Indexer {
    objects: Map<ObjectKey, Json>,
    indexes: Vec<(Index, Set<(Str, ObjectKey)>)>,
}

impl Indexer {
    /// An empty store with these indexes.
    pub fn new(indexes: &[Index]) -> Indexer {
        Indexer { objects: Map::new(), indexes: indexes.iter().map(|index| (*index, Set::new())).collect() }
    }

    /// The object, as last heard.
    pub fn get(&self, key: &ObjectKey) -> Option<&Json> {
        self.objects.get(key)
    }

    /// All objects in key order.
    pub fn iter(&self) -> impl Iterator<Item = (&ObjectKey, &Json)> {
        self.objects.iter()
    }

    /// The objects of a namespace in name order; `""`: of all.
    pub fn in_namespace<'a>(&'a self, namespace: &'a str) -> impl Iterator<Item = &'a Json> {
        let first = ObjectKey::new(namespace, "");
        let within = move |key: &ObjectKey| namespace.is_empty() || key.namespace == namespace;
        self.objects.range(first..).take_while(move |(key, _)| within(key)).map(|(_, object)| object)
    }

    /// The objects that an index holds under a value, in key order.
    pub fn by_index<'a>(&'a self, index: Index, value: &'a str) -> impl Iterator<Item = &'a Json> {
        let found = self.indexes.iter().find(|(i, _)| i.name == index.name).map(|(_, set)| set);
        let first = (Str::from(value), ObjectKey::default());
        let entries = found.into_iter().flat_map(move |set| set.range(first.clone()..));
        entries.take_while(move |(v, _)| v == value).filter_map(|(_, key)| self.objects.get(key))
    }

    /// How many objects there are.
    pub fn len(&self) -> usize {
        self.objects.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.objects.is_empty()
    }

    /// Puts an object in the place of what has its key, which it gives back.
    pub fn put(&mut self, object: Json) -> Option<Json> {
        let key = ObjectKey::of(&object);
        let old = self.objects.insert(key.clone(), object.clone());
        for (index, set) in &mut self.indexes {
            let was = old.as_ref().map(index.values).unwrap_or_default();
            let is = (index.values)(&object);
            // Hardly any change moves an object to another value.
            if was != is {
                for value in was {
                    set.remove(&(value, key.clone()));
                }
                for value in is {
                    set.insert((value, key.clone()));
                }
            }
        }
        old
    }

    /// Takes an object out.
    pub fn remove(&mut self, key: &ObjectKey) -> Option<Json> {
        let old = self.objects.remove(key)?;
        for (index, set) in &mut self.indexes {
            for value in (index.values)(&old) {
                set.remove(&(value, key.clone()));
            }
        }
        Some(old)
    }
}
