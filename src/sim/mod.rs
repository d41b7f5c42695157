//! What a simulation needs and Kubernetes does not know: virtual time and seeded randomness.

mod clock;
mod rng;

pub use clock::Time;
pub use rng::Rng;
