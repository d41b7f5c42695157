//! [`Switch`]: mechanisms that can be turned off, so that one can see what they are for.

/// A mechanism of the controllers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Switch {
    /// Waiting for what one asked for to show in the cache before asking for more.
    Expectations,
    /// Waiting at the start until every cache holds its whole collection.
    CacheSync,
    /// Waiting longer after each failure.
    RateLimiter,
}

/// All switches, in the order in which they are shown.
pub const ALL: [Switch; 3] = [Switch::Expectations, Switch::CacheSync, Switch::RateLimiter];

impl Switch {
    /// Its word.
    pub fn name(self) -> &'static str {
        match self {
            Switch::Expectations => "expectations",
            Switch::CacheSync => "cache-sync",
            Switch::RateLimiter => "rate-limiter",
        }
    }

    /// The one of a word.
    pub fn parse(word: &str) -> Option<Switch> {
        ALL.into_iter().find(|switch| switch.name() == word)
    }
}

/// Which mechanisms are on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Switches([bool; ALL.len()]);

impl Default for Switches {
    fn default() -> Switches {
        Switches([true; ALL.len()])
    }
}

impl Switches {
    /// Whether a mechanism is on.
    pub fn is_on(self, switch: Switch) -> bool {
        self.0[switch as usize]
    }

    /// Turns it on or off.
    pub fn set(&mut self, switch: Switch, on: bool) {
        self.0[switch as usize] = on;
    }
}
