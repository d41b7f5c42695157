//! [`List`]: a sequence whose clones share.

use super::Element;
use super::tree::{Items, Tree, owned, typed, typed_mut};
use std::fmt;
use std::marker::PhantomData;
use std::ops::Index;
use std::sync::Arc;

/// A sequence. Every operation at either end or at a position takes logarithmic time.
pub struct List<T> {
    tree: Tree,
    types: PhantomData<T>,
}

impl<T> Clone for List<T> {
    fn clone(&self) -> Self {
        List { tree: self.tree.clone(), types: PhantomData }
    }
}
impl<T> Default for List<T> {
    fn default() -> Self {
        List { tree: Tree::default(), types: PhantomData }
    }
}

impl<T: Element> List<T> {
    /// An empty list.
    pub fn new() -> Self {
        List::default()
    }

    /// How many elements there are.
    pub fn len(&self) -> usize {
        self.tree.len()
    }

    /// Whether there is no element.
    pub fn is_empty(&self) -> bool {
        self.tree.len() == 0
    }

    /// The element at a position.
    pub fn get(&self, at: usize) -> Option<&T> {
        self.tree.get(at).map(typed)
    }

    /// The element at a position, for changing.
    pub fn get_mut(&mut self, at: usize) -> Option<&mut T> {
        self.tree.get_mut(at).map(typed_mut)
    }

    /// The first element.
    pub fn front(&self) -> Option<&T> {
        self.get(0)
    }

    /// The last element.
    pub fn back(&self) -> Option<&T> {
        self.get(self.len().checked_sub(1)?)
    }

    /// The last element, for changing.
    pub fn back_mut(&mut self) -> Option<&mut T> {
        self.get_mut(self.len().checked_sub(1)?)
    }

    /// Appends an element.
    pub fn push_back(&mut self, value: T) {
        self.tree.insert(self.tree.len(), Arc::new(value));
    }

    /// Removes the first element and gives it.
    pub fn pop_front(&mut self) -> Option<T> {
        self.tree.remove(0).map(owned)
    }

    /// Removes the element at a position and gives it.
    pub fn remove(&mut self, at: usize) -> Option<T> {
        self.tree.remove(at).map(owned)
    }

    /// Keeps only the first `len` elements.
    pub fn truncate(&mut self, len: usize) {
        self.tree.cut(0, len);
    }

    /// Removes the first `n` elements.
    pub fn remove_first(&mut self, n: usize) {
        self.tree.cut(n, self.len());
    }

    /// Keeps the elements of which `keep` says so.
    pub fn retain(&mut self, mut keep: impl FnMut(&T) -> bool) {
        for at in (0..self.len()).rev() {
            if !self.get(at).is_some_and(&mut keep) {
                self.tree.remove(at);
            }
        }
    }

    /// Removes everything.
    pub fn clear(&mut self) {
        *self = List::new();
    }

    /// The elements in order.
    pub fn iter(&self) -> Iter<'_, T> {
        self.skip(0)
    }

    /// The elements from a position on.
    pub fn skip(&self, from: usize) -> Iter<'_, T> {
        Iter { items: self.tree.range(from, self.tree.len()), types: PhantomData }
    }
}

/// Elements in order.
pub struct Iter<'a, T> {
    items: Items<'a>,
    types: PhantomData<&'a T>,
}

impl<T> Clone for Iter<'_, T> {
    fn clone(&self) -> Self {
        Iter { items: self.items.clone(), types: PhantomData }
    }
}
impl<'a, T: Element> Iterator for Iter<'a, T> {
    type Item = &'a T;
    fn next(&mut self) -> Option<&'a T> {
        self.items.front().map(typed)
    }
    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.items.len(), Some(self.items.len()))
    }
}
impl<T: Element> DoubleEndedIterator for Iter<'_, T> {
    fn next_back(&mut self) -> Option<Self::Item> {
        self.items.back().map(typed)
    }
}
impl<T: Element> ExactSizeIterator for Iter<'_, T> {}

impl<'a, T: Element> IntoIterator for &'a List<T> {
    type Item = &'a T;
    type IntoIter = Iter<'a, T>;
    fn into_iter(self) -> Iter<'a, T> {
        self.iter()
    }
}
impl<T: Element> Extend<T> for List<T> {
    fn extend<I: IntoIterator<Item = T>>(&mut self, values: I) {
        for value in values {
            self.push_back(value);
        }
    }
}
impl<T: Element> FromIterator<T> for List<T> {
    fn from_iter<I: IntoIterator<Item = T>>(values: I) -> Self {
        let mut list = List::new();
        list.extend(values);
        list
    }
}
impl<T: Element> Index<usize> for List<T> {
    type Output = T;
    fn index(&self, at: usize) -> &T {
        self.get(at).expect("the position is in the list")
    }
}
impl<T: Element + PartialEq> PartialEq for List<T> {
    fn eq(&self, other: &Self) -> bool {
        self.tree.same(&other.tree) || (self.len() == other.len() && self.iter().eq(other.iter()))
    }
}
impl<T: Element + Eq> Eq for List<T> {}
impl<T: Element + fmt::Debug> fmt::Debug for List<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self).finish()
    }
}
