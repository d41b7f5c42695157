//! `collections` against the standard library's, over random operations.

use kubestep::collections::{List, Map, sort_by_key};
use kubestep::sim::Rng;
use std::collections::{BTreeMap, VecDeque};

#[test]
fn a_map_does_what_a_btreemap_does() {
    let mut rng = Rng::new(7);
    let (mut ours, mut theirs) = (Map::new(), BTreeMap::new());
    let mut before = Vec::new();
    for round in 0..60_000 {
        // Grows for the first half, shrinks for the second.
        let key = rng.below(4_000);
        if rng.below(10) < if round < 30_000 { 7 } else { 2 } {
            assert_eq!(ours.insert(key, round), theirs.insert(key, round));
        } else {
            assert_eq!(ours.remove(&key), theirs.remove(&key));
        }
        if round % 5_000 == 0 {
            before.push((ours.clone(), theirs.clone()));
        }
        if round % 500 == 0 {
            let (low, high) = (rng.below(4_000), rng.below(4_000));
            let (low, high) = (low.min(high), low.max(high));
            assert!(ours.range(low..high).eq(theirs.range(low..high)));
            assert!(ours.range(..=high).rev().eq(theirs.range(..=high).rev()));
            assert_eq!(ours.get(&key), theirs.get(&key));
        }
    }
    while let Some(first) = theirs.pop_first() {
        assert_eq!(ours.pop_first(), Some(first));
    }
    assert!(ours.is_empty());
    for (ours, theirs) in before {
        assert!(ours.iter().eq(theirs.iter()), "an older clone is untouched");
        assert!(ours.into_iter().eq(theirs));
    }
}

#[test]
fn a_list_does_what_a_vecdeque_does() {
    let mut rng = Rng::new(8);
    let (mut ours, mut theirs) = (List::new(), VecDeque::new());
    for round in 0..20_000 {
        match rng.below(if round < 10_000 { 12 } else { 4 }) {
            0 | 1 => assert_eq!(ours.pop_front(), theirs.pop_front()),
            2 if !theirs.is_empty() => {
                let at = rng.below(theirs.len() as u64) as usize;
                *ours.get_mut(at).expect("there") += 1;
                theirs[at] += 1;
            }
            3 if round % 100 == 1 => {
                let (from, to) =
                    (rng.below(20) as usize, theirs.len().saturating_sub(rng.below(20) as usize));
                ours.truncate(to);
                theirs.truncate(to);
                ours.remove_first(from);
                theirs.drain(..from.min(theirs.len()));
            }
            3 if round % 100 == 0 => {
                ours.retain(|n| n % 3 > 0);
                theirs.retain(|n| n % 3 > 0);
            }
            _ => {
                ours.push_back(round);
                theirs.push_back(round);
            }
        }
        assert_eq!((ours.front(), ours.back(), ours.len()), (theirs.front(), theirs.back(), theirs.len()));
    }
    assert!(ours.iter().eq(&theirs) && ours.iter().rev().eq(theirs.iter().rev()));
    ours.truncate(3);
    assert!(ours.iter().eq(theirs.iter().take(3)));
}

#[test]
fn sorting_is_stable() {
    let mut rng = Rng::new(9);
    let mut ours: Vec<(u64, usize)> = (0..1_000).map(|i| (rng.below(50), i)).collect();
    let mut theirs = ours.clone();
    sort_by_key(&mut ours, |pair| pair.0);
    theirs.sort_by_key(|pair| pair.0);
    assert_eq!(ours, theirs);
}
