//! [`Rng`]: the only source of chance. The same seed gives the same run.

/// SplitMix64: eight bytes of state, so that the world stays cheap to clone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rng(u64);

/// The letters of generated names (`apimachinery/pkg/util/rand`): no vowels, nothing that looks like another.
const NAME_LETTERS: &[u8] = b"bcdfghjklmnpqrstvwxz2456789";

impl Rng {
    /// A generator for a seed.
    pub fn new(seed: u64) -> Rng {
        Rng(seed)
    }

    /// The next 64 bits.
    pub fn next_u64(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `n` (0 where `n` is 0).
    pub fn below(&mut self, n: u64) -> u64 {
        ((u128::from(self.next_u64()) * u128::from(n)) >> 64) as u64
    }

    /// `length` letters for a generated name.
    pub fn name(&mut self, length: usize) -> String {
        (0..length).map(|_| NAME_LETTERS[self.below(NAME_LETTERS.len() as u64) as usize] as char).collect()
    }

    /// A version 4 UUID.
    pub fn uuid(&mut self) -> String {
        let (a, b) = (self.next_u64(), self.next_u64());
        let (c, d) = ((a & 0xfff) | 0x4000, (b >> 48) & 0x3fff | 0x8000);
        format!("{:08x}-{:04x}-{c:04x}-{d:04x}-{:012x}", a >> 32, (a >> 16) & 0xffff, b & 0xffff_ffff_ffff)
    }
}
