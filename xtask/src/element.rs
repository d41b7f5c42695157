//! `cargo xtask pkg`: the element that docs pages embed, as a folder that can be copied and an npm package.

use crate::phases::Phases;
use crate::{page, run, stamp, wasm};
use anyhow::{Result, bail};
use std::path::PathBuf;

/// What a page loads in each state of an element: the beginnings of the files' names.
const LOADS: page::Loads = &[
    ("an element that waits to be run", &["kubestep.js", "chunks/element-"]),
    ("the panels", &["chunks/stage-", "chunks/engine-", "chunks/kubestep-", "chunks/en-"]),
    ("the engine's first half", &["chunks/kubestep_bg-"]),
    ("its second half, in the background", &["chunks/kubestep_second-"]),
    ("the editor, when somebody types", &["chunks/code-editor-", "chunks/editor-"]),
];

/// The folder.
pub fn dist() -> PathBuf {
    run::root().join("pkg").join("dist")
}

/// Builds what the element needs and prints its sizes.
pub fn run(args: &[String]) -> Result<()> {
    if let Some(argument) = args.first() {
        bail!("pkg takes no argument, so not {argument:?}");
    }
    let mut phases = Phases::start();
    phases.run("npm packages", page::install)?;
    phases.run("the engine as a module", wasm::build)?;
    phases.run("the element", bundle)?;
    print_sizes()?;
    phases.print();
    Ok(())
}

/// Bundles the element and lays a brotli copy beside each file that compresses.
pub fn bundle() -> Result<()> {
    let www = run::www();
    let inputs = [
        www.join("src"),
        www.join("embed.html"),
        www.join("package-lock.json"),
        www.join("vite.element.config.ts"),
        www.join("tsconfig.json"),
        run::root().join("xtask/src/brotli.mjs"),
    ];
    stamp::unless_fresh("vite build of the element", &inputs, &[dist().join("kubestep.js")], || {
        let config = ["build", "--logLevel", "warn", "--config", "vite.element.config.ts"];
        run::ok(page::tool("vite/bin/vite.js", &config))?;
        run::ok(run::node("node", &["../xtask/src/brotli.mjs", "../pkg/dist"]))
    })?;
    Ok(())
}

/// What a page that embeds the element loads, adding up.
pub fn print_sizes() -> Result<()> {
    page::print_loads("<kube-step>", &dist(), LOADS)
}
