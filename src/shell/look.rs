//! [`Look`]: the files of a machine, for whoever owns it to read.

use super::fs::{Fs, Node, Volumes};
use super::paths::View;
use crate::collections::sort_by;
use std::sync::Arc;

/// The files of a machine at a moment, seen from a directory.
#[derive(Debug, Clone)]
pub struct Look {
    pub(super) fs: Fs,
    pub(super) volumes: Volumes,
    pub(super) cwd: String,
    pub(super) user: u32,
    pub(super) group: u32,
}

impl Look {
    /// A copy costs a few references.
    fn with<T>(&self, see: impl FnOnce(&View) -> T) -> T {
        let mut copy = self.clone();
        let (user, group) = (self.user, self.group);
        see(&View { fs: &mut copy.fs, volumes: &mut copy.volumes, user, group, now: 0 })
    }

    /// The content of a regular file.
    pub fn read(&self, path: &str) -> Option<Arc<Vec<u8>>> {
        self.with(|view| view.read(&self.cwd, path).ok())
    }

    /// The paths of the regular files in a directory and below it, from there, in order; `None`: it is none.
    pub fn below(&self, path: &str) -> Option<Vec<String>> {
        self.with(|view| {
            let directory =
                view.resolve(&self.cwd, path, true).ok().filter(|at| view.is_directory("/", at))?;
            let files =
                view.walk(&directory).into_iter().filter(|(_, entry)| matches!(entry.node, Node::File(_)));
            let mut paths: Vec<String> =
                files.map(|(path, _)| path.trim_start_matches('/').to_string()).collect();
            sort_by(&mut paths, Ord::cmp);
            Some(paths)
        })
    }

    /// The names in a directory, those of directories with a slash at their end.
    pub fn names(&self, path: &str) -> Vec<String> {
        let entries = self.with(|view| view.list(&self.cwd, path).unwrap_or_default());
        let slash = |directory| if directory { "/" } else { "" };
        entries.into_iter().map(|(name, entry)| format!("{name}{}", slash(entry.is_directory()))).collect()
    }
}
