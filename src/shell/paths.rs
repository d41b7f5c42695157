//! Path names → files: the view a process has of its container's tree and the volumes on it.

use std::sync::Arc;

use super::fs::{Entry, Fs, FsError, Node, Tree, Volumes, inner_path};

/// Links followed before `Too many levels of symbolic links`.
const MAX_LINKS: u32 = 40;

/// Makes a path absolute, and resolves `.`, `..` and doubled slashes by text alone.
pub fn clean(cwd: &str, path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    let base = if path.starts_with('/') { "" } else { cwd };
    for part in base.split('/').chain(path.split('/')) {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            _ => parts.push(part),
        }
    }
    format!("/{}", parts.join("/"))
}

/// `dir` and `name` as one path.
pub(super) fn join(dir: &str, name: &str) -> String {
    if dir == "/" { format!("/{name}") } else { format!("{dir}/{name}") }
}

/// The directory part of an absolute path, and the last name.
pub(super) fn split(path: &str) -> (&str, &str) {
    match path.rfind('/') {
        Some(0) | None => ("/", path.trim_start_matches('/')),
        Some(at) => (&path[..at], &path[at + 1..]),
    }
}

/// Files as a process sees them.
pub(super) struct View<'a> {
    pub(super) fs: &'a mut Fs,
    pub(super) volumes: &'a mut Volumes,
    pub(super) user: u32,
    pub(super) group: u32,
    pub(super) now: i64,
}

impl View<'_> {
    /// The tree an absolute, link-free path lies in, the path there, and whether it may not be written.
    fn locate(&self, path: &str) -> (Option<&Tree>, String, bool, Option<usize>) {
        let mut best: Option<(usize, &str)> = None;
        for (index, mount) in self.fs.mounts.iter().enumerate() {
            let rest = match path.strip_prefix(mount.path.as_str()) {
                Some(rest) if rest.is_empty() || rest.starts_with('/') => rest,
                _ if mount.path == "/" => path,
                _ => continue,
            };
            if best.is_none_or(|(at, _)| self.fs.mounts[at].path.len() <= mount.path.len()) {
                best = Some((index, rest));
            }
        }
        match best {
            None => (Some(&self.fs.tree), path.to_string(), self.fs.read_only, None),
            Some((index, rest)) => {
                let mount = &self.fs.mounts[index];
                (self.volumes.get(&mount.volume), inner_path(mount, rest), mount.read_only, Some(index))
            }
        }
    }

    fn entry_at(&self, path: &str) -> Option<&Entry> {
        let (tree, inner, _, _) = self.locate(path);
        tree?.get(&inner)
    }

    /// The link-free form of `path`. Everything but the last name must exist; the last one is followed if it is a
    /// link and `follow` is set.
    pub(super) fn resolve(&self, cwd: &str, path: &str, follow: bool) -> Result<String, FsError> {
        if path.is_empty() {
            return Err(FsError::NotFound);
        }
        let mut pending: Vec<String> = path.split('/').rev().map(String::from).collect();
        let mut at = if path.starts_with('/') { String::from("/") } else { cwd.to_string() };
        let mut links = 0;
        while let Some(name) = pending.pop() {
            if name.is_empty() || name == "." {
                continue;
            }
            if !self.entry_at(&at).is_some_and(Entry::is_directory) {
                return Err(if self.entry_at(&at).is_some() {
                    FsError::NotDirectory
                } else {
                    FsError::NotFound
                });
            }
            if name == ".." {
                at = split(&at).0.to_string();
                continue;
            }
            let next = join(&at, &name);
            let last = pending.iter().all(|rest| rest.is_empty());
            match self.entry_at(&next).map(|entry| &entry.node) {
                Some(Node::Symlink(target)) if follow || !last => {
                    links += 1;
                    if links > MAX_LINKS {
                        return Err(FsError::Loop);
                    }
                    if target.starts_with('/') {
                        at = String::from("/");
                    }
                    pending.extend(target.split('/').rev().map(String::from));
                }
                Some(_) => at = next,
                None if last => return Ok(next),
                None => return Err(FsError::NotFound),
            }
        }
        Ok(at)
    }

    /// What is at `path`.
    pub(super) fn stat(&self, cwd: &str, path: &str, follow: bool) -> Result<&Entry, FsError> {
        let resolved = self.resolve(cwd, path, follow)?;
        let entry = self.entry_at(&resolved).ok_or(FsError::NotFound)?;
        if path.ends_with('/') && !entry.is_directory() {
            return Err(FsError::NotDirectory);
        }
        Ok(entry)
    }

    pub(super) fn is_directory(&self, cwd: &str, path: &str) -> bool {
        self.stat(cwd, path, true).is_ok_and(Entry::is_directory)
    }

    /// The content of a regular file; devices give what a single read of them would.
    pub(super) fn read(&self, cwd: &str, path: &str) -> Result<Arc<Vec<u8>>, FsError> {
        let entry = self.stat(cwd, path, true)?;
        match &entry.node {
            Node::Directory => Err(FsError::IsDirectory),
            _ if !self.allowed(entry, 4) => Err(FsError::Denied),
            Node::File(content) => Ok(content.clone()),
            _ => Ok(Arc::default()),
        }
    }

    /// Whether the user has the permission `bit` (4 read, 2 write, 1 execute) on an entry.
    pub(super) fn allowed(&self, entry: &Entry, bit: u16) -> bool {
        let shift = if self.user == entry.owner {
            6
        } else if self.group == entry.group {
            3
        } else {
            0
        };
        if self.user == 0 {
            bit != 1 || entry.mode & 0o111 != 0 || entry.is_directory()
        } else {
            entry.mode >> shift & bit != 0
        }
    }

    /// The names in a directory, with what they are, in order.
    pub(super) fn list(&self, cwd: &str, path: &str) -> Result<Vec<(String, Entry)>, FsError> {
        let resolved = self.resolve(cwd, path, true)?;
        let entry = self.entry_at(&resolved).ok_or(FsError::NotFound)?;
        if !entry.is_directory() {
            return Err(FsError::NotDirectory);
        }
        if !self.allowed(entry, 4) {
            return Err(FsError::Denied);
        }
        let (tree, inner, _, _) = self.locate(&resolved);
        let mut names: Vec<(String, Entry)> = tree
            .map(|tree| {
                tree.children(&inner).map(|(name, entry)| (name.to_string(), entry.clone())).collect()
            })
            .unwrap_or_default();
        for (name, entry) in &mut names {
            if let Some(top) = self.entry_at(&join(&resolved, name)) {
                entry.clone_from(top);
            }
        }
        Ok(names)
    }

    fn tree_mut(&mut self, path: &str) -> Result<(&mut Tree, String), FsError> {
        let (_, inner, read_only, mount) = self.locate(path);
        if read_only {
            return Err(FsError::ReadOnly);
        }
        match mount {
            None => Ok((&mut self.fs.tree, inner)),
            Some(index) => {
                let name = self.fs.mounts[index].volume.clone();
                self.volumes.get_mut(&name).map(|tree| (tree, inner)).ok_or(FsError::NotFound)
            }
        }
    }

    /// May names be added to or removed from the directory of `path`?
    fn directory_writable(&self, path: &str) -> Result<(), FsError> {
        let parent = self.entry_at(split(path).0).ok_or(FsError::NotFound)?;
        if !parent.is_directory() {
            return Err(FsError::NotDirectory);
        }
        if self.allowed(parent, 2) { Ok(()) } else { Err(FsError::Denied) }
    }

    /// Makes a new entry; it must not exist.
    pub(super) fn create(&mut self, cwd: &str, path: &str, mut entry: Entry) -> Result<(), FsError> {
        let resolved = self.resolve(cwd, path.trim_end_matches('/'), false)?;
        if self.entry_at(&resolved).is_some() {
            return Err(FsError::Exists);
        }
        (entry.owner, entry.group) = (self.user, self.group);
        let (_, _, read_only, _) = self.locate(&resolved);
        if read_only {
            return Err(FsError::ReadOnly);
        }
        self.directory_writable(&resolved)?;
        let (tree, inner) = self.tree_mut(&resolved)?;
        tree.insert(&inner, entry)
    }

    /// Opens a file for writing, making it if need be; gives its link-free path, or the device it is.
    pub(super) fn open_write(&mut self, cwd: &str, path: &str, truncate: bool) -> Result<Opened, FsError> {
        let resolved = self.resolve(cwd, path, true)?;
        match self.entry_at(&resolved) {
            Some(Entry { node: Node::Directory, .. }) => return Err(FsError::IsDirectory),
            Some(Entry { node: Node::Device(device), .. }) => return Ok(Opened::Device(*device)),
            Some(entry) => {
                if !self.allowed(entry, 2) {
                    return Err(FsError::Denied);
                }
                let mut entry = entry.clone();
                let now = self.now;
                let (tree, inner) = self.tree_mut(&resolved)?;
                if truncate {
                    entry.node = Node::File(Arc::default());
                    entry.mtime = now;
                    tree.insert(&inner, entry)?;
                }
            }
            None if path.ends_with('/') => return Err(FsError::IsDirectory),
            None => self.create(cwd, &resolved, Entry::file("", self.now))?,
        }
        Ok(Opened::File(resolved))
    }

    /// Writes at an offset of a file that has been opened (`None`: at its end); gives the offset after it.
    pub(super) fn write(
        &mut self,
        path: &str,
        offset: Option<usize>,
        bytes: &[u8],
    ) -> Result<usize, FsError> {
        let Some(Entry { node: Node::File(content), mode, owner, group, .. }) = self.entry_at(path) else {
            // Deleted while open: the bytes go where nobody can read them.
            return Ok(offset.unwrap_or(0) + bytes.len());
        };
        let at = offset.unwrap_or(content.len());
        if at + bytes.len() > super::fs::TREE_BYTES {
            return Err(FsError::NoSpace);
        }
        let (mode, owner, group, mtime) = (*mode, *owner, *group, self.now);
        let mut content = content.clone();
        let (tree, inner) = self.tree_mut(path)?;
        // Let go of the tree's reference, so that appending to a long file does not copy it each time.
        tree.insert(&inner, Entry { node: Node::File(Arc::default()), mode, owner, group, mtime })?;
        let buffer = Arc::make_mut(&mut content);
        if buffer.len() < at + bytes.len() {
            buffer.resize(at + bytes.len(), 0);
        }
        buffer[at..at + bytes.len()].copy_from_slice(bytes);
        let (tree, inner) = self.tree_mut(path)?;
        tree.insert(&inner, Entry { node: Node::File(content), mode, owner, group, mtime })?;
        Ok(at + bytes.len())
    }

    /// Removes a file or an empty directory.
    pub(super) fn remove(&mut self, cwd: &str, path: &str) -> Result<(), FsError> {
        let resolved = self.resolve(cwd, path.trim_end_matches('/'), false)?;
        if self.fs.mounts.iter().any(|mount| mount.path == resolved) {
            return Err(FsError::Busy);
        }
        self.entry_at(&resolved).ok_or(FsError::NotFound)?;
        if self.locate(&resolved).2 {
            return Err(FsError::ReadOnly);
        }
        self.directory_writable(&resolved)?;
        let (tree, inner) = self.tree_mut(&resolved)?;
        tree.remove(&inner)
    }

    /// Changes an entry in place (mode, time).
    pub(super) fn update(
        &mut self,
        cwd: &str,
        path: &str,
        change: impl FnOnce(&mut Entry),
    ) -> Result<(), FsError> {
        let resolved = self.resolve(cwd, path, true)?;
        let mut entry = self.entry_at(&resolved).ok_or(FsError::NotFound)?.clone();
        if self.user != 0 && self.user != entry.owner {
            return Err(FsError::Denied);
        }
        change(&mut entry);
        let (tree, inner) = self.tree_mut(&resolved)?;
        tree.insert(&inner, entry)
    }

    /// Everything below a directory, deepest last: relative paths.
    pub(super) fn walk(&self, resolved: &str) -> Vec<(String, Entry)> {
        let mut out = Vec::new();
        let mut pending = vec![String::new()];
        while let Some(dir) = pending.pop() {
            for (name, entry) in self.list("/", &format!("{resolved}{dir}")).unwrap_or_default() {
                let path = format!("{dir}/{name}");
                if entry.is_directory() {
                    pending.push(path.clone());
                }
                out.push((path, entry));
            }
        }
        out
    }
}

/// What [`View::open_write`] opened.
pub(super) enum Opened {
    /// A regular file, by its link-free path.
    File(String),
    /// A device.
    Device(super::fs::Device),
}
