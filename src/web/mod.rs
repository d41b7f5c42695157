//! The only module that knows JavaScript: what the page can call.

use wasm_bindgen::prelude::wasm_bindgen;

/// This build's version, as in Cargo.toml.
#[wasm_bindgen]
pub fn version() -> String {
    env!("CARGO_PKG_VERSION").to_owned()
}
