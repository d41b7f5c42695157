//! [`write`]: how the files of a ConfigMap reach a volume all at once.
//!
//! ```text
//! app.conf ──▶ ..data/app.conf        ..data ──▶ ..2026_01_05_09_00_12.1882934501/
//! ```
//!
//! The files lie in a directory named after the moment; `..data` points at it, and what a container sees points into
//! `..data`. New content goes into a new directory, and one rename of `..data` shows all of it.
//!
//! Upstream: `pkg/volume/util/atomic_writer.go`.

use crate::shell::fs::{Entry, Node, Tree};
use crate::sim::{Rng, Time};

const DATA: &str = "/..data";

/// A file that is to be in the volume.
#[derive(Clone, Debug, PartialEq)]
pub struct File {
    /// Relative to the volume.
    pub path: String,
    /// What it holds.
    pub bytes: Vec<u8>,
    /// Its permission bits.
    pub mode: u16,
    /// Its owner and group.
    pub owner: (u32, u32),
}

/// Makes the volume hold these files and no others; whether anything had to change. What does not fit into the
/// simulated disk is not there.
pub fn write(tree: &mut Tree, files: &[File], now: Time, rng: &mut Rng) -> bool {
    let old = match tree.get(DATA).map(|entry| &entry.node) {
        Some(Node::Symlink(target)) => Some(format!("/{target}")),
        _ => None,
    };
    if let Some(old) = &old
        && is_current(tree, old, files)
    {
        return false;
    }
    let (year, month, day, hour, minute, second) = now.civil();
    let name = format!(
        "..{year:04}_{month:02}_{day:02}_{hour:02}_{minute:02}_{second:02}.{}",
        rng.below(u64::from(u32::MAX))
    );
    let _ = tree.insert(&format!("/{name}"), Entry::directory(now.0));
    let mut visible: Vec<&str> = Vec::new();
    for file in files {
        let mut entry = Entry::file(file.bytes.clone(), now.0);
        entry.mode = file.mode;
        (entry.owner, entry.group) = file.owner;
        let _ = tree.insert(&format!("/{name}/{}", file.path), entry);
        visible.push(file.path.split('/').next().unwrap_or_default());
    }
    for link in &visible {
        if tree.get(&format!("/{link}")).is_none() {
            let _ = tree.insert(&format!("/{link}"), Entry::symlink(&format!("..data/{link}"), now.0));
        }
    }
    let _ = tree.insert(DATA, Entry::symlink(&name, now.0));
    let stale: Vec<String> = tree
        .children("/")
        .map(|(name, _)| name)
        .filter(|name| !name.starts_with("..") && !visible.contains(name))
        .map(|name| format!("/{name}"))
        .collect();
    for path in stale {
        let _ = tree.remove(&path);
    }
    if let Some(old) = old {
        let mut below: Vec<String> = tree.below(&old).map(|(path, _)| path.to_owned()).collect();
        below.insert(0, old);
        for path in below.iter().rev() {
            let _ = tree.remove(path);
        }
    }
    true
}

/// Whether a directory holds these files, and no others.
fn is_current(tree: &Tree, directory: &str, files: &[File]) -> bool {
    let held = tree.below(directory).filter(|(_, entry)| !entry.is_directory()).count();
    let same = |file: &File| match tree.get(&format!("{directory}/{}", file.path)).map(|entry| &entry.node) {
        Some(Node::File(bytes)) => **bytes == file.bytes,
        _ => false,
    };
    held == files.len() && files.iter().all(same)
}
