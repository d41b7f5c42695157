//! What every client of the API server is built from (client-go): the door itself, and the machinery around it.

mod context;

pub use context::{Api, Context, Note, Timer};
