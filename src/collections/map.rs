//! [`Map`]: an ordered map whose clones share.

use super::Element;
use super::tree::{Items, Tree, owned, typed, typed_mut};
use std::borrow::Borrow;
use std::cmp::Ordering;
use std::fmt;
use std::marker::PhantomData;
use std::ops::{Bound, Index, RangeBounds};
use std::sync::Arc;

/// An ordered map. Reads are a search; a write copies what somebody else still holds of the way to its entry.
pub struct Map<K, V> {
    tree: Tree,
    types: PhantomData<(K, V)>,
}

impl<K, V> Clone for Map<K, V> {
    fn clone(&self) -> Self {
        Map { tree: self.tree.clone(), types: PhantomData }
    }
}
impl<K, V> Default for Map<K, V> {
    fn default() -> Self {
        Map { tree: Tree::default(), types: PhantomData }
    }
}

impl<K: Element + Ord, V: Element> Map<K, V> {
    /// An empty map.
    pub fn new() -> Self {
        Map::default()
    }

    /// How many entries there are.
    pub fn len(&self) -> usize {
        self.tree.len()
    }

    /// Whether there is no entry.
    pub fn is_empty(&self) -> bool {
        self.tree.len() == 0
    }

    /// Whether both are the same piece of memory (so surely equal).
    pub fn same(&self, other: &Self) -> bool {
        self.tree.same(&other.tree)
    }

    fn find<Q: Ord + ?Sized>(&self, key: &Q) -> Result<(usize, &(K, V)), usize>
    where
        K: Borrow<Q>,
    {
        let probe = |item: &_| typed::<(K, V)>(item).0.borrow().cmp(key);
        self.tree.search(&probe).map(|(at, item)| (at, typed(item)))
    }

    fn entry_mut(&mut self, at: usize) -> Option<&mut (K, V)> {
        self.tree.get_mut(at).map(typed_mut)
    }

    /// The value of a key.
    pub fn get<Q: Ord + ?Sized>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        self.find(key).ok().map(|(_, entry)| &entry.1)
    }

    /// Whether a key has a value.
    pub fn contains_key<Q: Ord + ?Sized>(&self, key: &Q) -> bool
    where
        K: Borrow<Q>,
    {
        self.find(key).is_ok()
    }

    /// The value of a key, for changing.
    pub fn get_mut<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<&mut V>
    where
        K: Borrow<Q>,
    {
        let at = self.find(key).ok()?.0;
        self.entry_mut(at).map(|entry| &mut entry.1)
    }

    /// The value of a key, for changing; the default is put there first where there is none.
    pub fn slot(&mut self, key: K) -> &mut V
    where
        V: Default,
    {
        let found = self.find(&key).map(|(at, _)| at);
        let at = found.unwrap_or_else(|at| {
            self.tree.insert(at, Arc::new((key, V::default())));
            at
        });
        &mut self.entry_mut(at).expect("found or inserted above").1
    }

    /// Sets the value of a key and gives what it was.
    pub fn insert(&mut self, key: K, value: V) -> Option<V> {
        match self.find(&key).map(|(at, _)| at) {
            Ok(at) => self.entry_mut(at).map(|entry| std::mem::replace(&mut entry.1, value)),
            Err(at) => {
                self.tree.insert(at, Arc::new((key, value)));
                None
            }
        }
    }

    /// Changes each value in turn, in key order.
    pub fn for_each_mut(&mut self, mut change: impl FnMut(&K, &mut V)) {
        for at in 0..self.len() {
            if let Some((key, value)) = self.entry_mut(at) {
                change(key, value);
            }
        }
    }

    /// Removes a key and gives what its value was.
    pub fn remove<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
    {
        let at = self.find(key).ok()?.0;
        self.tree.remove(at).map(|item| owned::<(K, V)>(item).1)
    }

    /// Removes the first entry and gives it.
    pub fn pop_first(&mut self) -> Option<(K, V)> {
        self.tree.remove(0).map(owned)
    }

    /// The first entry.
    pub fn first(&self) -> Option<(&K, &V)> {
        self.iter().next()
    }

    /// The last entry.
    pub fn last(&self) -> Option<(&K, &V)> {
        self.iter().next_back()
    }

    /// Keeps the entries of which `keep` says so.
    pub fn retain(&mut self, mut keep: impl FnMut(&K, &V) -> bool) {
        for at in (0..self.len()).rev() {
            let (key, value) = typed::<(K, V)>(self.tree.get(at).expect("counts down"));
            if !keep(key, value) {
                self.tree.remove(at);
            }
        }
    }

    /// Splits off the entries from `key` on.
    pub fn split_off(&mut self, key: &K) -> Map<K, V> {
        let mut rest = Map::new();
        let (Ok(at) | Err(at)) = self.find(key).map(|(at, _)| at);
        while let Some(item) = self.tree.remove(at) {
            rest.tree.insert(rest.len(), item);
        }
        rest
    }

    /// Removes everything.
    pub fn clear(&mut self) {
        *self = Map::new();
    }

    /// The entries in key order.
    pub fn iter(&self) -> Iter<'_, K, V> {
        Iter { items: self.tree.range(0, self.tree.len()), types: PhantomData }
    }

    /// The keys in order.
    pub fn keys(&self) -> impl DoubleEndedIterator<Item = &K> + ExactSizeIterator {
        self.iter().map(|(key, _)| key)
    }

    /// The values in key order.
    pub fn values(&self) -> impl DoubleEndedIterator<Item = &V> + ExactSizeIterator {
        self.iter().map(|(_, value)| value)
    }

    /// The entries whose keys are in a range, in order.
    pub fn range<Q: Ord + ?Sized>(&self, range: impl RangeBounds<Q>) -> Iter<'_, K, V>
    where
        K: Borrow<Q>,
    {
        let from = match range.start_bound() {
            Bound::Unbounded => 0,
            Bound::Included(key) => self.position(key, true),
            Bound::Excluded(key) => self.position(key, false),
        };
        let to = match range.end_bound() {
            Bound::Unbounded => self.tree.len(),
            Bound::Included(key) => self.position(key, false),
            Bound::Excluded(key) => self.position(key, true),
        };
        Iter { items: self.tree.range(from, to), types: PhantomData }
    }

    /// How many keys stand before `key`: with it (`before`: without it).
    fn position<Q: Ord + ?Sized>(&self, key: &Q, before: bool) -> usize
    where
        K: Borrow<Q>,
    {
        match self.find(key) {
            Ok((at, _)) => at + usize::from(!before),
            Err(at) => at,
        }
    }
}

/// Entries in key order.
pub struct Iter<'a, K, V> {
    items: Items<'a>,
    types: PhantomData<&'a (K, V)>,
}

impl<K, V> Clone for Iter<'_, K, V> {
    fn clone(&self) -> Self {
        Iter { items: self.items.clone(), types: PhantomData }
    }
}
impl<'a, K: Element, V: Element> Iterator for Iter<'a, K, V> {
    type Item = (&'a K, &'a V);
    fn next(&mut self) -> Option<(&'a K, &'a V)> {
        self.items.front().map(|item| pair(typed(item)))
    }
    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.items.len(), Some(self.items.len()))
    }
}
impl<K: Element, V: Element> DoubleEndedIterator for Iter<'_, K, V> {
    fn next_back(&mut self) -> Option<Self::Item> {
        self.items.back().map(|item| pair(typed(item)))
    }
}
impl<K: Element, V: Element> ExactSizeIterator for Iter<'_, K, V> {}

fn pair<K, V>(entry: &(K, V)) -> (&K, &V) {
    (&entry.0, &entry.1)
}

impl<'a, K: Element + Ord, V: Element> IntoIterator for &'a Map<K, V> {
    type Item = (&'a K, &'a V);
    type IntoIter = Iter<'a, K, V>;
    fn into_iter(self) -> Iter<'a, K, V> {
        self.iter()
    }
}

/// Entries by value, in key order.
pub struct IntoIter<K, V> {
    map: Map<K, V>,
    at: usize,
}

impl<K: Element + Ord, V: Element> Iterator for IntoIter<K, V> {
    type Item = (K, V);
    fn next(&mut self) -> Option<(K, V)> {
        let item = self.map.tree.get(self.at)?.clone();
        self.at += 1;
        Some(owned(item))
    }
}
impl<K: Element + Ord, V: Element> IntoIterator for Map<K, V> {
    type Item = (K, V);
    type IntoIter = IntoIter<K, V>;
    fn into_iter(self) -> IntoIter<K, V> {
        IntoIter { map: self, at: 0 }
    }
}

impl<K: Element + Ord, V: Element> Extend<(K, V)> for Map<K, V> {
    fn extend<I: IntoIterator<Item = (K, V)>>(&mut self, entries: I) {
        for (key, value) in entries {
            self.insert(key, value);
        }
    }
}
/// The last of several equal keys wins.
impl<K: Element + Ord, V: Element> FromIterator<(K, V)> for Map<K, V> {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(entries: I) -> Self {
        let mut map = Map::new();
        map.extend(entries);
        map
    }
}
impl<K: Element + Ord, V: Element, const N: usize> From<[(K, V); N]> for Map<K, V> {
    fn from(entries: [(K, V); N]) -> Self {
        entries.into_iter().collect()
    }
}

impl<K: Element + Ord + Borrow<Q>, Q: Ord + ?Sized, V: Element> Index<&Q> for Map<K, V> {
    type Output = V;
    fn index(&self, key: &Q) -> &V {
        self.get(key).expect("the key has a value")
    }
}

impl<K: Element + Ord, V: Element + PartialEq> PartialEq for Map<K, V> {
    fn eq(&self, other: &Self) -> bool {
        self.same(other) || (self.len() == other.len() && self.iter().eq(other.iter()))
    }
}
impl<K: Element + Ord, V: Element + Eq> Eq for Map<K, V> {}
impl<K: Element + Ord, V: Element + Ord> PartialOrd for Map<K, V> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl<K: Element + Ord, V: Element + Ord> Ord for Map<K, V> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.iter().cmp(other.iter())
    }
}
impl<K: Element + Ord + fmt::Debug, V: Element + fmt::Debug> fmt::Debug for Map<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self).finish()
    }
}
