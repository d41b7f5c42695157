//! Skips a build step whose inputs have not changed since it last succeeded.
//!
//! A stamp is a hash of the names and contents of the inputs, kept in the target folder. Contents, not times: a
//! checkout or a branch switch touches files without changing them.

use crate::run;
use anyhow::{Context, Result};
use std::collections::hash_map::DefaultHasher;
use std::fs;
use std::hash::{Hash, Hasher};
use std::path::{Path, PathBuf};

/// Runs `work` unless the inputs are as they were and all `outputs` exist. Returns whether it ran.
pub fn unless_fresh(
    name: &str,
    inputs: &[PathBuf],
    outputs: &[PathBuf],
    work: impl FnOnce() -> Result<()>,
) -> Result<bool> {
    let file = run::target_dir().join("xtask").join(format!("{name}.stamp"));
    let now = fingerprint(inputs)?;
    if outputs.iter().all(|output| output.exists()) && fs::read_to_string(&file).is_ok_and(|then| then == now)
    {
        println!("{name}: up to date");
        return Ok(false);
    }
    // A step that fails half-way must run again, whatever the inputs then are.
    let _ = fs::remove_file(&file);
    work()?;
    fs::create_dir_all(file.parent().expect("has a parent"))?;
    fs::write(&file, now).with_context(|| format!("writing {}", file.display()))?;
    Ok(true)
}

/// A hash over all files in `inputs`; folders are walked, what does not exist counts as absent.
fn fingerprint(inputs: &[PathBuf]) -> Result<String> {
    let mut hasher = DefaultHasher::new();
    for input in inputs {
        for file in files_below(input)? {
            file.hash(&mut hasher);
            fs::read(&file).with_context(|| format!("reading {}", file.display()))?.hash(&mut hasher);
        }
    }
    Ok(format!("{:016x}", hasher.finish()))
}

/// The file itself, or every file in the folder and below, in the order of their names.
pub fn files_below(path: &Path) -> Result<Vec<PathBuf>> {
    if path.is_file() {
        return Ok(vec![path.to_path_buf()]);
    }
    let mut found = Vec::new();
    if path.is_dir() {
        let mut entries =
            fs::read_dir(path)?.map(|entry| Ok(entry?.path())).collect::<Result<Vec<PathBuf>>>()?;
        entries.sort();
        for entry in entries {
            found.extend(files_below(&entry)?);
        }
    }
    Ok(found)
}
