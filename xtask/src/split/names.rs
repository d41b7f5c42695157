//! The names under which the halves find each other: short ones, for there are more than a thousand.

use super::module::Module;
use std::collections::{BTreeMap, BTreeSet};
use wasm_encoder::ExportKind;
use wasm_encoder::reencode::{Reencode, RoundtripReencoder};
use wasmparser::ExternalKind;

/// Under which names the first half exports what the second imports, each in the order of its index.
pub struct Names {
    pub memory: String,
    pub tables: Vec<String>,
    pub globals: Vec<String>,
    /// Of the functions.
    pub lent: Vec<String>,
    /// What the module did not export.
    pub new: Vec<(String, ExportKind, u32)>,
}

impl Names {
    /// For the functions that the second half calls, in that order.
    pub fn make(module: &Module<'_>, lent: &[u32]) -> Self {
        let known: BTreeMap<(u8, u32), &str> =
            module.exports.iter().map(|export| ((export.kind as u8, export.index), export.name)).collect();
        let taken: BTreeSet<&str> = known.values().copied().collect();
        let (mut new, mut count) = (Vec::new(), 0);
        let mut name = |kind: ExternalKind, index: u32| {
            if let Some(name) = known.get(&(kind as u8, index)) {
                return (*name).to_owned();
            }
            loop {
                let name = short(count);
                count += 1;
                if !taken.contains(name.as_str()) {
                    let kind = RoundtripReencoder.export_kind(kind).expect("is of the first version");
                    new.push((name.clone(), kind, index));
                    return name;
                }
            }
        };
        Self {
            memory: name(ExternalKind::Memory, 0),
            tables: (0..module.tables.len()).map(|index| name(ExternalKind::Table, index as u32)).collect(),
            // One global more: whether the second half is there.
            globals: (0..=module.globals.len())
                .map(|index| name(ExternalKind::Global, index as u32))
                .collect(),
            lent: lent.iter().map(|function| name(ExternalKind::Func, *function)).collect(),
            new,
        }
    }
}

/// The n-th name: `a`, `b`, … `z`, `aa`, ….
fn short(mut n: usize) -> String {
    let mut name = Vec::new();
    loop {
        name.insert(0, b'a' + (n % 26) as u8);
        if n < 26 {
            return String::from_utf8(name).expect("is ASCII");
        }
        n = n / 26 - 1;
    }
}
