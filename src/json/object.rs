//! [`Object`]: a shared map from keys to values, in key order.

use super::string::{order, same};
use super::{Json, Str};
use crate::collections::sort_by;
use std::sync::Arc;

/// Up to so many entries are looked at one by one.
const FEW: usize = 24;

/// A shared map whose entries are sorted by key. Reading is a binary search; writing copies the entries only when
/// somebody else still holds them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Object(Arc<Vec<(Str, Json)>>);

impl Object {
    /// An empty object.
    pub fn new() -> Object {
        Object::default()
    }

    /// An object of these entries; the last of several equal keys wins, as in Go's decoder.
    pub fn of(mut entries: Vec<(Str, Json)>) -> Object {
        if !entries.is_sorted_by(|a, b| order(&a.0, &b.0).is_lt()) {
            sort_by(&mut entries, |a, b| order(&a.0, &b.0));
            entries.reverse();
            entries.dedup_by(|a, b| a.0 == b.0);
            entries.reverse();
        }
        Object(Arc::new(entries))
    }

    /// Where `key` is, or where it would go.
    fn find(&self, key: &str) -> Result<usize, usize> {
        self.0.binary_search_by(|(k, _)| order(k, key))
    }

    /// Where `key` is. Most objects have few fields, and those differ in length or are the schema's own strings, so that
    /// looking at each is faster than halving.
    fn position(&self, key: &str) -> Option<usize> {
        if self.0.len() > FEW {
            return self.find(key).ok();
        }
        self.0.iter().position(|(k, _)| same(k, key))
    }

    /// The value of `key`.
    pub fn get(&self, key: &str) -> Option<&Json> {
        self.position(key).map(|i| &self.0[i].1)
    }

    /// The value of `key`, for changing.
    pub fn get_mut(&mut self, key: &str) -> Option<&mut Json> {
        let i = self.position(key)?;
        Some(&mut Arc::make_mut(&mut self.0)[i].1)
    }

    /// The value of `key`, for changing; `Null` is put there first where it is absent.
    pub fn slot(&mut self, key: Str) -> &mut Json {
        let found = self.find(&key);
        let entries = Arc::make_mut(&mut self.0);
        let i = found.unwrap_or_else(|i| {
            entries.insert(i, (key, Json::Null));
            i
        });
        &mut entries[i].1
    }

    /// Sets `key`.
    pub fn insert(&mut self, key: Str, value: Json) {
        *self.slot(key) = value;
    }

    /// Removes `key` and gives what was there.
    pub fn remove(&mut self, key: &str) -> Option<Json> {
        let i = self.position(key)?;
        Some(Arc::make_mut(&mut self.0).remove(i).1)
    }

    /// The entries in key order.
    #[inline]
    pub fn entries(&self) -> &[(Str, Json)] {
        &self.0
    }

    /// How many entries there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is no entry.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether both are the same piece of memory.
    pub fn same(&self, other: &Object) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl FromIterator<(Str, Json)> for Object {
    fn from_iter<I: IntoIterator<Item = (Str, Json)>>(entries: I) -> Object {
        Object::of(entries.into_iter().collect())
    }
}
