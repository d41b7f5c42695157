//! [`Str`]: an immutable string that is cheap to clone.

use std::borrow::Borrow;
use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::Deref;
use std::sync::Arc;

/// A string that is either part of the program or shared. Compares, orders and hashes as its text.
#[derive(Clone)]
pub enum Str {
    /// Part of the program: field names, kinds, reasons.
    Fixed(&'static str),
    /// Made at run time, shared by all clones.
    Shared(Arc<str>),
}

impl Str {
    /// A string that is part of the program; allocates nothing. (`From<&str>` copies.)
    #[inline]
    pub const fn fixed(s: &'static str) -> Str {
        Str::Fixed(s)
    }

    /// The text.
    #[inline]
    pub fn as_str(&self) -> &str {
        match self {
            Str::Fixed(s) => s,
            Str::Shared(s) => s,
        }
    }
}

/// The order of two texts, by bytes, as `str` has it. WebAssembly has no instruction for it, and the function that stands in
/// goes byte by byte, which took a quarter of a run's time; so there, eight bytes are compared at once.
#[inline]
pub fn order(a: &str, b: &str) -> Ordering {
    if cfg!(target_arch = "wasm32") { order_by_words(a.as_bytes(), b.as_bytes()) } else { a.cmp(b) }
}

/// Whether two texts are the same. Most that differ differ in length or in their last byte, and most that are the same are
/// one piece of memory.
#[inline]
pub(super) fn same(a: &str, b: &str) -> bool {
    a.len() == b.len()
        && (std::ptr::eq(a, b) || (a.as_bytes().last() == b.as_bytes().last() && order(a, b).is_eq()))
}

fn order_by_words(a: &[u8], b: &[u8]) -> Ordering {
    let (a_words, b_words) = (a.as_chunks::<8>().0, b.as_chunks::<8>().0);
    for (x, y) in a_words.iter().zip(b_words) {
        if x != y {
            return u64::from_be_bytes(*x).cmp(&u64::from_be_bytes(*y));
        }
    }
    let compared = 8 * a_words.len().min(b_words.len());
    for (x, y) in a[compared..].iter().zip(&b[compared..]) {
        if x != y {
            return x.cmp(y);
        }
    }
    a.len().cmp(&b.len())
}

impl Deref for Str {
    type Target = str;
    #[inline]
    fn deref(&self) -> &str {
        self.as_str()
    }
}
impl AsRef<str> for Str {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}
impl Borrow<str> for Str {
    fn borrow(&self) -> &str {
        self.as_str()
    }
}
impl Default for Str {
    fn default() -> Str {
        Str::Fixed("")
    }
}
impl PartialEq for Str {
    #[inline]
    fn eq(&self, other: &Str) -> bool {
        same(self, other)
    }
}
impl Eq for Str {}
impl PartialEq<str> for Str {
    fn eq(&self, other: &str) -> bool {
        same(self, other)
    }
}
impl PartialEq<&str> for Str {
    fn eq(&self, other: &&str) -> bool {
        same(self, other)
    }
}
impl PartialEq<Str> for &str {
    fn eq(&self, other: &Str) -> bool {
        same(self, other)
    }
}
impl PartialOrd for Str {
    fn partial_cmp(&self, other: &Str) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Str {
    #[inline]
    fn cmp(&self, other: &Str) -> Ordering {
        let (a, b) = (self.as_str(), other.as_str());
        // Clones are one piece of memory, and keys of the same namespace meet all the time.
        if std::ptr::eq(a, b) { Ordering::Equal } else { order(a, b) }
    }
}
impl Hash for Str {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_str().hash(state);
    }
}
impl fmt::Debug for Str {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}
impl fmt::Display for Str {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
impl From<&str> for Str {
    fn from(s: &str) -> Str {
        if s.is_empty() { Str::Fixed("") } else { Str::Shared(s.into()) }
    }
}
impl From<String> for Str {
    fn from(s: String) -> Str {
        Str::Shared(s.into())
    }
}
impl From<&String> for Str {
    fn from(s: &String) -> Str {
        s.as_str().into()
    }
}
impl From<&Str> for Str {
    fn from(s: &Str) -> Str {
        s.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::order_by_words;

    #[test]
    fn comparing_by_words_is_comparing_by_bytes() {
        let base = "measured-0123456789-\u{e9}\u{1f600}abcdefgh".as_bytes();
        let texts: Vec<Vec<u8>> = (0..=base.len())
            .flat_map(|n| (0..=n).map(move |i| (n, i)))
            .map(|(n, i)| {
                base[..n].iter().enumerate().map(|(j, b)| if j == i { b ^ 1 } else { *b }).collect()
            })
            .collect();
        for (a, b) in texts.iter().flat_map(|a| texts.iter().map(move |b| (a, b))) {
            assert_eq!(order_by_words(a, b), a.cmp(b), "{a:?} {b:?}");
        }
    }
}
