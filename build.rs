//! Turns the facts of the API (`schema/*.json`) into Rust: a static schema table, a resource table, typed views.
//!
//! The generated files land in `OUT_DIR` and are included by `src/api/{schema,kinds,views}.rs`, which say how to
//! read them.

#[path = "build/facts.rs"]
mod facts;
#[path = "build/resources.rs"]
mod resources;
#[path = "build/table.rs"]
mod table;
#[path = "build/views.rs"]
mod views;

use std::{env, fs, path::Path};

fn main() {
    println!("cargo:rerun-if-changed=schema");
    println!("cargo:rerun-if-changed=build");
    let read = |file: &str| {
        let text = fs::read_to_string(Path::new("schema").join(file)).expect("schema file");
        serde_json::from_str::<serde_json::Value>(&text).expect("schema file is JSON")
    };
    let go = fs::read_to_string("schema/go-types.txt").expect("schema file");
    let facts = facts::Facts::read(&read("kubernetes-v1.36.json"), &go);
    let out = env::var("OUT_DIR").expect("set by cargo");
    let write =
        |file: &str, text: String| fs::write(Path::new(&out).join(file), text).expect("OUT_DIR is writable");
    write("schema_table.rs", table::generate(&facts));
    write("views.rs", views::generate(&facts));
    write("kinds.rs", resources::generate(&facts, &read("discovery-v1.36.json")));
}
