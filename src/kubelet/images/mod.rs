//! What images hold: the files that every container has, and the [servers] that some of them run; and the [registry] that
//! wants to know who pulls. Which image has what is the catalogue in [`super::runtime`].

pub mod registry;
pub mod servers;

use crate::json::Str;
use crate::shell::fs::{Entry, Fs, FsError};

/// The files every container has, and those that its pod gives it.
pub fn files(given: &[(Str, String)], now: i64) -> Result<Fs, FsError> {
    let mut fs = Fs::unix(now)?;
    for (path, text) in given {
        fs.tree.insert(path, Entry::file(text.as_str(), now))?;
    }
    Ok(fs)
}
