//! What is handed in: which files and links the arguments name.

use crate::source;
use std::fs;
use std::path::PathBuf;

/// The submissions that the arguments name: links, files, and all files of folders, in the order of their names.
pub fn list(arguments: &[PathBuf]) -> Result<Vec<PathBuf>, String> {
    let mut found = Vec::new();
    for argument in arguments {
        if source::is_link(&argument.to_string_lossy()) || !argument.is_dir() {
            found.push(argument.clone());
            continue;
        }
        let entries = fs::read_dir(argument).map_err(|e| format!("{}: {e}", argument.display()))?;
        let mut files: Vec<PathBuf> =
            entries.flatten().map(|entry| entry.path()).filter(|p| p.is_file()).collect();
        files.sort();
        found.extend(files);
    }
    Ok(found)
}
