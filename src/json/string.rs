//! [`Str`]: an immutable string that is cheap to clone.

use std::borrow::Borrow;
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
        let (a, b) = (self.as_str(), other.as_str());
        a.len() == b.len() && (std::ptr::eq(a, b) || a == b)
    }
}
impl Eq for Str {}
impl PartialEq<str> for Str {
    fn eq(&self, other: &str) -> bool {
        self.as_str() == other
    }
}
impl PartialEq<&str> for Str {
    fn eq(&self, other: &&str) -> bool {
        self.as_str() == *other
    }
}
impl PartialOrd for Str {
    fn partial_cmp(&self, other: &Str) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Str {
    fn cmp(&self, other: &Str) -> std::cmp::Ordering {
        self.as_str().cmp(other.as_str())
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
