//! Stable sorting that compiles once.
//!
//! The standard library's sort is compiled again for each element type and each comparison, 6 kB of code every time. Here
//! it sorts positions, through one comparison behind a reference; the elements are moved once, at the end.

use std::cmp::Ordering;

/// Sorts `values`; equal ones keep their order.
pub fn sort_by<T>(values: &mut [T], mut compare: impl FnMut(&T, &T) -> Ordering) {
    let order = positions(values.len(), &mut |a, b| compare(&values[a], &values[b]));
    // Where position `i` takes its value from may have been moved by an earlier swap; follow it.
    for i in 0..order.len() {
        let mut from = order[i];
        while from < i {
            from = order[from];
        }
        values.swap(i, from);
    }
}

/// Sorts `values` by a key; equal ones keep their order.
pub fn sort_by_key<T, K: Ord>(values: &mut [T], mut key: impl FnMut(&T) -> K) {
    sort_by(values, |a, b| key(a).cmp(&key(b)));
}

fn positions(len: usize, compare: &mut dyn FnMut(usize, usize) -> Ordering) -> Vec<usize> {
    let mut order: Vec<usize> = (0..len).collect();
    order.sort_by(|a, b| compare(*a, *b));
    order
}
