//! Cuts the engine's module in two, by use.
//!
//! A visitor waits for what the first step needs, not for what the last lesson needs. So a copy of the module is run through
//! the beginning of a visit ([`profile`], `scenario.mjs`); the functions that it entered are the first half, and all others,
//! with the constants that only they name ([`links`]), the second ([`cut`]). The page fetches that in the background once it
//! shows something; a call that comes earlier waits for it (`second.js`).
//!
//! It is one program still: one memory, one table, the same code, the same course of every run. Nothing in the engine knows.
//! wasm-bindgen has no such thing and binaryen's `wasm-split` is not in its npm package; besides, that leaves all data in the
//! first half. The cut comes before wasm-opt, which else melts seldom used functions into others.

mod cut;
mod links;
mod module;
mod names;
mod profile;
mod write;

use crate::run;
use anyhow::{Context, Result, ensure};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// The first half has the module's own name.
pub const FIRST: &str = "kubestep_bg.wasm";
/// The second half, beside it.
pub const SECOND: &str = "kubestep_second.wasm";

/// The chapters of `scenario.mjs` that the first half is for.
const CHAPTERS: &[&str] = &["start", "typing", "lesson"];

/// What wasm-bindgen's script has to know of the second half: what to find, how often, and what to put in its place.
const SCRIPT: &[(&str, usize, &str)] = &[
    (
        "        \"./kubestep_bg.js\": import0,\n",
        1,
        "        \"./kubestep_bg.js\": import0,\n        \"./second.js\": second,\n",
    ),
    // Once for the first instance, once for the one after a panic.
    ("    wasm.__wbindgen_start();\n", 2, "    second.attach(wasm);\n    wasm.__wbindgen_start();\n"),
];
const TYPES: &str = "
/** The engine needs its second half, and it cannot be had. */
export class SecondHalfMissing extends Error {}
/** Brings the second half in the background. Whether it is there. */
export function fetchSecond(): Promise<boolean>;
/** The second half is in the page itself. */
export function giveSecond(bytes: () => Uint8Array<ArrayBuffer>): void;
";

/// Cuts what wasm-bindgen left in `folder`; `linked` is what the linker had left before.
pub fn halve(linked: &Path, folder: &Path) -> Result<()> {
    let path = folder.join(FIRST);
    let bytes = fs::read(&path)?;
    let module = module::Module::read(&bytes)?;
    let seen = profile(&module, folder)?;
    let links = links::Links::read(&fs::read(linked)?)?;
    let halves = cut::cut(&module, &seen, &links)?;
    fs::write(&path, halves.first)?;
    fs::write(folder.join(SECOND), halves.second)?;
    println!(
        "cut: {} functions stay and {} move, {} of them called from the first half; {} bytes of constants move",
        seen.len(),
        halves.moved,
        halves.slots,
        halves.constants
    );
    bind(folder)
}

/// The functions that the beginning of a visit enters.
fn profile(module: &module::Module<'_>, folder: &Path) -> Result<BTreeSet<u32>> {
    let copy = run::target_dir().join("xtask").join("profile.wasm");
    fs::create_dir_all(copy.parent().context("has a parent")?)?;
    fs::write(&copy, profile::instrument(module)?)?;
    let mut node = run::node("node", &["../xtask/src/split/scenario.mjs"]);
    node.args([folder, &copy, &run::root()]).args(CHAPTERS);
    let chapters: BTreeMap<String, Vec<u32>> = serde_json::from_str(&run::output(node)?)?;
    Ok(chapters.into_values().flatten().collect())
}

/// Lays `second.js` beside the script of wasm-bindgen, and tells that of it.
fn bind(folder: &Path) -> Result<()> {
    fs::copy(run::root().join("xtask/src/split/second.js"), folder.join("second.js"))?;
    let path = folder.join("kubestep.js");
    let mut script = fs::read_to_string(&path)?;
    for (place, count, put) in SCRIPT {
        ensure!(script.matches(place).count() == *count, "wasm-bindgen writes another script now: {place:?}");
        script = script.replace(place, put);
    }
    script.push_str("export { SecondHalfMissing, fetchSecond, giveSecond } from \"./second.js\";\n");
    fs::write(&path, format!("import * as second from \"./second.js\";\n{script}"))?;
    let types = folder.join("kubestep.d.ts");
    fs::write(&types, fs::read_to_string(&types)? + TYPES)?;
    Ok(())
}
