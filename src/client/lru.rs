//! [`Lru`]: a map that forgets what was used least recently (what client-go's correlators keep their counts in).

use crate::collections::{Element, Map};
use crate::sim::Fingerprint;

/// So many entries are kept (`maxLruCacheEntries`).
const CAPACITY: usize = 4096;

/// Values under texts, of which the newest 4,096 are kept. The texts are long and never asked for, so only their
/// fingerprints are kept.
#[derive(Clone, Debug)]
pub struct Lru<V: Element> {
    values: Map<u64, (u64, V)>,
    /// The keys by when they were used.
    used: Map<u64, u64>,
    uses: u64,
}

impl<V: Element> Default for Lru<V> {
    fn default() -> Lru<V> {
        Lru { values: Map::default(), used: Map::default(), uses: 0 }
    }
}

impl<V: Element> Lru<V> {
    /// The value under a key. Looking does not count as use: whoever looks here writes next.
    pub fn get(&self, key: &str) -> Option<&V> {
        Some(&self.values.get(&Fingerprint::of(key))?.1)
    }

    /// Puts a value under a key; what was used least recently may go.
    pub fn insert(&mut self, key: &str, value: V) {
        self.uses += 1;
        let key = Fingerprint::of(key);
        self.used.insert(self.uses, key);
        if let Some((before, _)) = self.values.insert(key, (self.uses, value)) {
            self.used.remove(&before);
        }
        if self.values.len() > CAPACITY
            && let Some((_, oldest)) = self.used.pop_first()
        {
            self.values.remove(&oldest);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_least_recently_used_goes() {
        let mut lru = Lru::default();
        let key = |i: usize| i.to_string();
        for i in 0..CAPACITY {
            lru.insert(&key(i), i);
        }
        lru.insert(&key(0), 7);
        lru.insert(&key(CAPACITY), CAPACITY);
        assert_eq!(
            [0, 1, 2, CAPACITY].map(|i| lru.get(&key(i)).copied()),
            [Some(7), None, Some(2), Some(CAPACITY)]
        );
    }
}
