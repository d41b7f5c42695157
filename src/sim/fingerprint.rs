//! [`Fingerprint`]: a number that tells contents apart, the same on every machine (FNV-1a, 64 bits). No protection against
//! whoever looks for two contents with one number.

/// The fingerprint of what was added so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fingerprint(pub u64);

impl Default for Fingerprint {
    fn default() -> Fingerprint {
        Fingerprint(0xcbf2_9ce4_8422_2325)
    }
}

impl Fingerprint {
    /// Of one text.
    pub fn of(text: &str) -> u64 {
        let mut fingerprint = Fingerprint::default();
        fingerprint.add(text.bytes());
        fingerprint.0
    }

    /// Adds bytes.
    pub fn add(&mut self, bytes: impl Iterator<Item = u8>) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
}
