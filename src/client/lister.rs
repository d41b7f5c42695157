//! [`Lister`]: reads a cache as the API would be read, through views (client-go's `listers`).

use super::{Index, Indexer};
use crate::api::selector::Labels;
use crate::api::{ObjectKey, View};
use std::marker::PhantomData;

/// A cache, read as objects of one kind.
#[derive(Clone, Copy, Debug)]
pub struct Lister<'a, T> {
    indexer: &'a Indexer,
    of: PhantomData<T>,
}

impl<'a, T: View + 'a> Lister<'a, T> {
    /// Over a cache.
    pub fn new(indexer: &'a Indexer) -> Lister<'a, T> {
        Lister { indexer, of: PhantomData }
    }

    /// One object.
    pub fn get(&self, key: &ObjectKey) -> Option<T> {
        self.indexer.get(key).cloned().map(T::from)
    }

    /// All objects of a namespace; `""`: of all.
    pub fn list(&self, namespace: &'a str) -> impl Iterator<Item = T> + 'a {
        self.indexer.in_namespace(namespace).cloned().map(T::from)
    }

    /// The objects of a namespace whose labels match.
    pub fn select(&self, namespace: &'a str, labels: &'a Labels) -> impl Iterator<Item = T> + 'a {
        let objects = self.indexer.in_namespace(namespace);
        objects.filter(|o| labels.matches(&o["metadata"]["labels"])).cloned().map(T::from)
    }

    /// The objects under a value of an index.
    pub fn by_index(&self, index: Index, value: &'a str) -> impl Iterator<Item = T> + 'a {
        self.indexer.by_index(index, value).cloned().map(T::from)
    }
}
