//! `cargo xtask build`: from a bare clone to `www/dist` and `pkg/dist`.

use crate::phases::Phases;
use crate::{element, page, wasm};
use anyhow::{Result, bail};

/// Builds and prints sizes and times.
pub fn run(args: &[String]) -> Result<()> {
    if let Some(argument) = args.first() {
        bail!("build takes no argument, so not {argument:?}");
    }
    let mut phases = Phases::start();
    all(&mut phases)?;
    page::print_sizes()?;
    phases.print();
    Ok(())
}

/// Everything that `www/dist` and `pkg/dist` need, skipping what is up to date.
pub fn all(phases: &mut Phases) -> Result<()> {
    phases.run("npm packages", page::install)?;
    phases.run("the engine as a module", wasm::build)?;
    phases.run("the page", page::bundle)?;
    phases.run("the element", element::bundle)
}
