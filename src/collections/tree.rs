//! [`Tree`]: a persistent sequence of items of any type, as a B+ tree that keeps count.
//!
//! Items are addressed by position. A sorted sequence is searched with a probe, which says how an item stands to what is
//! sought; that is all a map needs. A clone of the tree is one reference; a write copies the nodes on the way to its
//! item, and only those that somebody else still holds.

use std::any::Any;
use std::cmp::Ordering;
use std::sync::Arc;

/// One item. Only the typed skins know what it is.
pub(super) type Item = Arc<dyn Any + Send + Sync>;

/// How an item stands to what is sought.
pub(super) type Probe<'a> = &'a dyn Fn(&Item) -> Ordering;

/// A node holds no more than this many items or children.
const MOST: usize = 32;
/// A node that a removal leaves with fewer is joined with its neighbour.
const LEAST: usize = MOST / 4;

#[derive(Clone)]
enum Node {
    Leaf(Vec<Item>),
    Inner(Vec<Child>),
}

#[derive(Clone)]
struct Child {
    node: Arc<Node>,
    /// How many items are below.
    len: usize,
    /// The first of them, for searching. What it holds may be older than what is below, but it sorts the same.
    first: Item,
}

/// A persistent sequence.
#[derive(Clone)]
pub(super) struct Tree {
    root: Arc<Node>,
    len: usize,
}

impl Default for Tree {
    fn default() -> Tree {
        Tree { root: Arc::new(Node::Leaf(Vec::new())), len: 0 }
    }
}

impl Node {
    fn count(&self) -> usize {
        match self {
            Node::Leaf(items) => items.len(),
            Node::Inner(children) => children.len(),
        }
    }

    fn first(&self) -> &Item {
        match self {
            Node::Leaf(items) => &items[0],
            Node::Inner(children) => &children[0].first,
        }
    }

    /// Splits off the part from `at` on.
    fn split_off(&mut self, at: usize) -> Node {
        match self {
            Node::Leaf(items) => Node::Leaf(items.split_off(at)),
            Node::Inner(children) => Node::Inner(children.split_off(at)),
        }
    }

    /// Appends a node of the same height.
    fn append(&mut self, other: Node) {
        match (self, other) {
            (Node::Leaf(items), Node::Leaf(more)) => items.extend(more),
            (Node::Inner(children), Node::Inner(more)) => children.extend(more),
            _ => unreachable!("neighbours are of one height"),
        }
    }

    /// Inserts an item; what no longer fits comes back, to stand to the right of this node.
    fn insert(&mut self, at: usize, item: Item) -> Option<Child> {
        let appending = match self {
            Node::Leaf(items) => {
                items.insert(at, item);
                at + 1 == items.len()
            }
            Node::Inner(children) => {
                let (i, offset) = place(children, at, true);
                let child = &mut children[i];
                child.len += 1;
                if offset == 0 {
                    child.first = item.clone();
                }
                if let Some(right) = Arc::make_mut(&mut child.node).insert(offset, item) {
                    child.len -= right.len;
                    children.insert(i + 1, right);
                }
                i + 1 >= children.len() - 1
            }
        };
        (self.count() > MOST).then(|| {
            // Who appends will append again: leave full nodes behind.
            let right = self.split_off(if appending { MOST } else { MOST / 2 });
            right.into_child()
        })
    }

    fn remove(&mut self, at: usize) -> Item {
        match self {
            Node::Leaf(items) => items.remove(at),
            Node::Inner(children) => {
                let (i, offset) = place(children, at, false);
                let child = &mut children[i];
                child.len -= 1;
                let node = Arc::make_mut(&mut child.node);
                let item = node.remove(offset);
                let count = node.count();
                if count == 0 {
                    children.remove(i);
                    return item;
                }
                if offset == 0 {
                    child.first = node.first().clone();
                }
                if count < LEAST && children.len() > 1 {
                    mend(children, i.min(children.len() - 2));
                }
                item
            }
        }
    }

    /// Keeps the items at `from..to`, of which there is at least one. Nodes at the two edges may be left small.
    fn cut(&mut self, from: usize, to: usize) {
        match self {
            Node::Leaf(items) => {
                items.truncate(to);
                items.drain(..from);
            }
            Node::Inner(children) => {
                let mut start = 0;
                children.retain_mut(|child| {
                    let (first, last) = (from.saturating_sub(start), to.saturating_sub(start).min(child.len));
                    start += child.len;
                    if first >= last {
                        return false;
                    }
                    if last - first < child.len {
                        let node = Arc::make_mut(&mut child.node);
                        node.cut(first, last);
                        child.first = node.first().clone();
                        child.len = last - first;
                    }
                    true
                });
            }
        }
    }

    fn into_child(self) -> Child {
        let len = match &self {
            Node::Leaf(items) => items.len(),
            Node::Inner(children) => children.iter().map(|child| child.len).sum(),
        };
        Child { first: self.first().clone(), node: Arc::new(self), len }
    }
}

/// Joins the children `i` and `i + 1`, and splits them evenly where that is too much for one node.
fn mend(children: &mut Vec<Child>, i: usize) {
    let right = Arc::unwrap_or_clone(children.remove(i + 1).node);
    let mut left = Arc::unwrap_or_clone(children[i].node.clone());
    left.append(right);
    if left.count() > MOST {
        let half = left.count() / 2;
        children.insert(i + 1, left.split_off(half).into_child());
    }
    children[i] = left.into_child();
}

/// The child that holds position `at`, and the position in it. `between`: a position to insert at, so the end of a child
/// will do.
fn place(children: &[Child], mut at: usize, between: bool) -> (usize, usize) {
    let last = children.len() - 1;
    for (i, child) in children.iter().enumerate() {
        if at < child.len || (between && at == child.len) || i == last {
            return (i, at);
        }
        at -= child.len;
    }
    (last, at)
}

impl Tree {
    pub(super) fn len(&self) -> usize {
        self.len
    }

    pub(super) fn same(&self, other: &Tree) -> bool {
        Arc::ptr_eq(&self.root, &other.root)
    }

    /// The leaf that holds a position, and the position of the leaf's first item.
    fn leaf(&self, at: usize) -> (&[Item], usize) {
        let (mut node, mut offset) = (&*self.root, at);
        loop {
            match node {
                Node::Leaf(items) => return (items, at - offset),
                Node::Inner(children) => {
                    let (i, inside) = place(children, offset, false);
                    (node, offset) = (&children[i].node, inside);
                }
            }
        }
    }

    pub(super) fn get(&self, at: usize) -> Option<&Item> {
        if at >= self.len {
            return None;
        }
        let (leaf, first) = self.leaf(at);
        leaf.get(at - first)
    }

    pub(super) fn get_mut(&mut self, at: usize) -> Option<&mut Item> {
        if at >= self.len {
            return None;
        }
        let (mut node, mut offset) = (&mut self.root, at);
        loop {
            match Arc::make_mut(node) {
                Node::Leaf(items) => return items.get_mut(offset),
                Node::Inner(children) => {
                    let (i, inside) = place(children, offset, false);
                    (node, offset) = (&mut children[i].node, inside);
                }
            }
        }
    }

    /// Inserts before a position; at the end where the position is the length.
    pub(super) fn insert(&mut self, at: usize, item: Item) {
        let right = Arc::make_mut(&mut self.root).insert(at.min(self.len), item);
        self.len += 1;
        if let Some(right) = right {
            let left = Child {
                first: self.root.first().clone(),
                node: self.root.clone(),
                len: self.len - right.len,
            };
            self.root = Arc::new(Node::Inner(vec![left, right]));
        }
    }

    pub(super) fn remove(&mut self, at: usize) -> Option<Item> {
        if at >= self.len {
            return None;
        }
        let item = Arc::make_mut(&mut self.root).remove(at);
        self.len -= 1;
        self.lower();
        Some(item)
    }

    /// Keeps the items at the positions `from..to`.
    pub(super) fn cut(&mut self, from: usize, to: usize) {
        let to = to.min(self.len);
        if from >= to {
            *self = Tree::default();
        } else if to - from < self.len {
            Arc::make_mut(&mut self.root).cut(from, to);
            self.len = to - from;
            self.lower();
        }
    }

    /// Takes away roots with a single child.
    fn lower(&mut self) {
        while let Node::Inner(children) = &*self.root {
            self.root = match children.as_slice() {
                [] => Arc::new(Node::Leaf(Vec::new())),
                [only] => only.node.clone(),
                _ => break,
            };
        }
    }

    /// Where a sorted sequence has what is sought, with the item, or where it would go.
    pub(super) fn search(&self, probe: Probe<'_>) -> Result<(usize, &Item), usize> {
        let (mut node, mut before) = (&*self.root, 0);
        loop {
            match node {
                Node::Leaf(items) => {
                    return match items.binary_search_by(probe) {
                        Ok(i) => Ok((before + i, &items[i])),
                        Err(i) => Err(before + i),
                    };
                }
                Node::Inner(children) => {
                    let after = children[1..].partition_point(|child| probe(&child.first).is_le());
                    before += children[..after].iter().map(|child| child.len).sum::<usize>();
                    node = &children[after].node;
                }
            }
        }
    }

    /// The items at the positions `from..to`.
    pub(super) fn range(&self, from: usize, to: usize) -> Items<'_> {
        let to = to.min(self.len);
        Items { tree: self, from: from.min(to), to, front: (&[], 0), back: (&[], 0) }
    }
}

/// Items in order, from both ends.
#[derive(Clone)]
pub(super) struct Items<'a> {
    tree: &'a Tree,
    from: usize,
    to: usize,
    /// The leaf last read at either end, and its first position.
    front: (&'a [Item], usize),
    back: (&'a [Item], usize),
}

impl<'a> Items<'a> {
    pub(super) fn len(&self) -> usize {
        self.to - self.from
    }

    pub(super) fn front(&mut self) -> Option<&'a Item> {
        if self.from == self.to {
            return None;
        }
        let at = self.from;
        self.from += 1;
        read(self.tree, &mut self.front, at)
    }

    pub(super) fn back(&mut self) -> Option<&'a Item> {
        if self.from == self.to {
            return None;
        }
        self.to -= 1;
        read(self.tree, &mut self.back, self.to)
    }
}

fn read<'a>(tree: &'a Tree, leaf: &mut (&'a [Item], usize), at: usize) -> Option<&'a Item> {
    if at < leaf.1 || at - leaf.1 >= leaf.0.len() {
        *leaf = tree.leaf(at);
    }
    leaf.0.get(at - leaf.1)
}

/// The item as what it is. An item that is something else was put there by a bug of this module.
pub(super) fn typed<T: 'static>(item: &Item) -> &T {
    item.downcast_ref().expect("a collection holds one type")
}

/// The item for changing; a shared one is copied first.
pub(super) fn typed_mut<T: super::Element>(item: &mut Item) -> &mut T {
    if Arc::get_mut(item).is_none() {
        *item = Arc::new(typed::<T>(item).clone());
    }
    let own = Arc::get_mut(item).and_then(|any| any.downcast_mut());
    own.expect("nobody else holds it")
}

/// The item by value; a shared one is copied.
pub(super) fn owned<T: super::Element>(item: Item) -> T {
    Arc::downcast::<T>(item)
        .map(Arc::unwrap_or_clone)
        .unwrap_or_else(|_| unreachable!("a collection holds one type"))
}
