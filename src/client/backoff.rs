//! [`Backoff`]: waits that double, up to a limit (`client-go/util/flowcontrol`, `workqueue`'s item failure limiter).

use std::time::Duration;

/// A first wait that doubles with each failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backoff {
    base: Duration,
    max: Duration,
}

impl Backoff {
    /// Starts at `base`, never exceeds `max`.
    pub const fn new(base: Duration, max: Duration) -> Backoff {
        Backoff { base, max }
    }

    /// The wait after `failures` earlier failures: `base` × 2^failures.
    pub fn after(self, failures: u32) -> Duration {
        2u32.checked_pow(failures).and_then(|f| self.base.checked_mul(f)).unwrap_or(self.max).min(self.max)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doubles_up_to_the_limit() {
        let backoff = Backoff::new(Duration::from_secs(10), Duration::from_secs(600));
        let waits: Vec<u64> = [0, 1, 2, 5, 6, 40, u32::MAX].map(|n| backoff.after(n).as_secs()).into();
        assert_eq!(waits, [10, 20, 40, 320, 600, 600, 600]);
    }
}
