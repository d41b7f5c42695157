//! Transcripts of a real cluster, played to this one and compared.
//!
//! A [`Transcript`] is a list of command lines with what a real `kubectl` printed. [`play`] types them into a
//! [`Cluster`]; [`compare`] normalises both sides and tells where they differ. Native only: nothing of it is in the page.

mod normal;
mod shell;
mod transcript;

pub use normal::normalise;
pub use shell::Shell;
pub use transcript::{Difference, Output, Played, Step, Transcript, compare, play};

/// What a transcript is played to: a shell with `kubectl` and some files, whose time passes only when asked.
pub trait Cluster {
    /// Types a line and waits for its end.
    fn command(&mut self, line: &str) -> Output;
    /// Lets the controllers come to rest.
    fn settle(&mut self);
    /// Lets time pass.
    fn advance(&mut self, seconds: u64);
}
