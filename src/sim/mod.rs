//! What a simulation needs and Kubernetes does not know: virtual time, seeded chance, a timeline to rewind.

mod clock;
mod rng;
mod timeline;

pub use clock::Time;
pub use rng::Rng;
pub use timeline::{Branch, Machine, Timeline};
