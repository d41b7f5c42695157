//! What a simulation needs and Kubernetes does not know: virtual time, seeded chance, a timeline to rewind.

mod clock;
mod fingerprint;
mod rng;
mod timeline;

pub use clock::Time;
pub use fingerprint::Fingerprint;
pub use rng::Rng;
pub use timeline::{Branch, Machine, Timeline};
