//! Transcripts of a real cluster, played to this one and compared.
//!
//! Native only: nothing of it is in the page.

mod normal;

pub use normal::normalise;
