//! `cargo xtask`: the project's own build, test and serve commands.
fn main() {}
