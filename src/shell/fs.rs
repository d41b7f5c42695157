//! Files: an in-memory [`Tree`], and the [`Fs`] of a container, which is an image's tree with volumes mounted on it.
//!
//! Volumes are shared by the containers of a pod and outlive each of them, so an `Fs` only names them; their trees
//! ([`Volumes`]) are the pod's and are lent to a container while it runs. A change by the kubelet (a ConfigMap's
//! new content) or by a neighbour is thus seen at the next read, as with a real mount.

use std::sync::Arc;

use crate::collections::Map;

/// How many bytes of content and names a tree can hold: what the page can afford, not what a disk can.
pub const TREE_BYTES: usize = 8 << 20;

/// A file, directory, link or device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Node {
    /// A directory. What is in it, the [`Tree`] knows by its paths.
    Directory,
    /// A regular file's content.
    File(Arc<Vec<u8>>),
    /// A symbolic link's target.
    Symlink(Arc<str>),
    /// A device.
    Device(Device),
}

/// The devices a container has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Device {
    /// `/dev/null`
    Null,
    /// `/dev/zero`
    Zero,
    /// `/dev/full`
    Full,
    /// `/dev/urandom`, `/dev/random`
    Random,
    /// `/dev/stdin`, `/dev/stdout`, `/dev/stderr`: a descriptor of who opens it.
    Descriptor(u32),
}

/// A node and what is known about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// What it is.
    pub node: Node,
    /// Permission bits.
    pub mode: u16,
    /// Owner's user id.
    pub owner: u32,
    /// Owner's group id.
    pub group: u32,
    /// When it was last written, in nanoseconds since the epoch.
    pub mtime: i64,
}

impl Entry {
    /// An entry owned by root.
    pub fn new(node: Node, mode: u16, mtime: i64) -> Entry {
        Entry { node, mode, owner: 0, group: 0, mtime }
    }

    /// A regular file, mode 0644.
    pub fn file(content: impl Into<Vec<u8>>, mtime: i64) -> Entry {
        Entry::new(Node::File(Arc::new(content.into())), 0o644, mtime)
    }

    /// A directory, mode 0755.
    pub fn directory(mtime: i64) -> Entry {
        Entry::new(Node::Directory, 0o755, mtime)
    }

    /// A symbolic link.
    pub fn symlink(target: &str, mtime: i64) -> Entry {
        Entry::new(Node::Symlink(target.into()), 0o777, mtime)
    }

    /// It is a directory.
    pub fn is_directory(&self) -> bool {
        self.node == Node::Directory
    }

    /// Bytes of content, as `ls -l` shows them.
    pub fn size(&self) -> usize {
        match &self.node {
            Node::File(content) => content.len(),
            Node::Symlink(target) => target.len(),
            Node::Directory => 4096,
            Node::Device(_) => 0,
        }
    }
}

/// Why an operation on a file fails; [`FsError::text`] is the C library's sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FsError {
    /// ENOENT
    NotFound,
    /// ENOTDIR
    NotDirectory,
    /// EISDIR
    IsDirectory,
    /// EEXIST
    Exists,
    /// EROFS
    ReadOnly,
    /// ENOTEMPTY
    NotEmpty,
    /// ELOOP
    Loop,
    /// ENOSPC
    NoSpace,
    /// EACCES
    Denied,
    /// EINVAL
    Invalid,
    /// EBUSY
    Busy,
    /// ENXIO
    NoDevice,
}

impl FsError {
    /// What `strerror` says.
    pub fn text(self) -> &'static str {
        match self {
            FsError::NotFound => "No such file or directory",
            FsError::NotDirectory => "Not a directory",
            FsError::IsDirectory => "Is a directory",
            FsError::Exists => "File exists",
            FsError::ReadOnly => "Read-only file system",
            FsError::NotEmpty => "Directory not empty",
            FsError::Loop => "Too many levels of symbolic links",
            FsError::NoSpace => "No space left on device",
            FsError::Denied => "Permission denied",
            FsError::Invalid => "Invalid argument",
            FsError::Busy => "Device or resource busy",
            FsError::NoDevice => "No such device or address",
        }
    }
}

/// Files by absolute path without `.`, `..` or links in it. `/` is always there, and is a directory unless the tree
/// stands for a single file.
#[derive(Debug, Clone)]
pub struct Tree {
    entries: Map<Arc<str>, Entry>,
    bytes: usize,
}

impl Default for Tree {
    fn default() -> Self {
        Tree::new(0)
    }
}

impl Tree {
    /// An empty directory.
    pub fn new(mtime: i64) -> Tree {
        Tree { entries: Map::from([(Arc::from("/"), Entry::directory(mtime))]), bytes: 0 }
    }

    /// What is at `path`.
    pub fn get(&self, path: &str) -> Option<&Entry> {
        self.entries.get(path)
    }

    /// Puts an entry at `path`, making the directories above it. What was there is replaced.
    pub fn insert(&mut self, path: &str, entry: Entry) -> Result<(), FsError> {
        let mut at = 0;
        while let Some(slash) = path[at..].find('/') {
            let parent = if at + slash == 0 { "/" } else { &path[..at + slash] };
            match self.entries.get(parent) {
                Some(found) if !found.is_directory() => return Err(FsError::NotDirectory),
                Some(_) => {}
                None => {
                    self.bytes += parent.len() + 64;
                    self.entries.insert(Arc::from(parent), Entry::directory(entry.mtime));
                }
            }
            at += slash + 1;
        }
        let before = self.entries.get(path).map_or(0, |old| old.size() + path.len() + 64);
        let bytes = self.bytes + entry.size() + path.len() + 64 - before.min(self.bytes);
        if bytes > TREE_BYTES {
            return Err(FsError::NoSpace);
        }
        self.bytes = bytes;
        self.entries.insert(Arc::from(path), entry);
        Ok(())
    }

    /// Removes a file or an empty directory.
    pub fn remove(&mut self, path: &str) -> Result<(), FsError> {
        if path == "/" {
            return Err(FsError::Busy);
        }
        if self.children(path).next().is_some() {
            return Err(FsError::NotEmpty);
        }
        let old = self.entries.remove(path).ok_or(FsError::NotFound)?;
        self.bytes = self.bytes.saturating_sub(old.size() + path.len() + 64);
        Ok(())
    }

    /// Everything below `path`, in path order.
    pub fn below<'a>(&'a self, path: &str) -> impl Iterator<Item = (&'a str, &'a Entry)> + use<'a> {
        let prefix = if path == "/" { String::from("/") } else { format!("{path}/") };
        let skip = prefix.len();
        let start: Arc<str> = prefix.as_str().into();
        self.entries
            .range(start..)
            .map(|(path, entry)| (&**path, entry))
            .take_while(move |(path, _)| path.starts_with(&prefix))
            .filter(move |(path, _)| path.len() > skip)
    }

    /// The names in the directory `path`, with what they are, in order.
    pub fn children<'a>(&'a self, path: &str) -> impl Iterator<Item = (&'a str, &'a Entry)> + use<'a> {
        let skip = if path == "/" { 1 } else { path.len() + 1 };
        self.below(path)
            .map(move |(path, entry)| (&path[skip..], entry))
            .filter(|(name, _)| !name.contains('/'))
    }

    /// Whether two trees are one: nothing was written to either since the other was copied from it.
    pub fn same(&self, other: &Tree) -> bool {
        self.entries.same(&other.entries)
    }

    /// How many bytes it holds, names included.
    pub fn bytes(&self) -> usize {
        self.bytes
    }
}

/// The volumes of a pod, by name.
pub type Volumes = Map<Arc<str>, Tree>;

/// A volume seen at a path of a container.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mount {
    /// Absolute path in the container.
    pub path: String,
    /// Name in [`Volumes`].
    pub volume: Arc<str>,
    /// Path inside the volume, without a slash at either end; empty for all of it.
    pub sub_path: String,
    /// Writes fail with `Read-only file system`.
    pub read_only: bool,
}

/// The files of a container.
#[derive(Debug, Clone, Default)]
pub struct Fs {
    /// The image's files, and what the container wrote over them.
    pub tree: Tree,
    /// Mounted volumes, each over what is at its path; of two on one path the later wins.
    pub mounts: Arc<Vec<Mount>>,
    /// `securityContext.readOnlyRootFilesystem`
    pub read_only: bool,
}

impl Fs {
    /// What every machine has: the usual directories, and devices.
    pub fn unix(now: i64) -> Result<Fs, FsError> {
        let mut tree = Tree::new(now);
        for directory in
            ["/etc", "/home", "/mnt", "/opt", "/proc", "/root", "/run", "/srv", "/usr/bin", "/var/log"]
        {
            tree.insert(directory, Entry::directory(now))?;
        }
        tree.insert("/tmp", Entry::new(Node::Directory, 0o1777, now))?;
        tree.insert("/etc/passwd", Entry::file("root:x:0:0:root:/root:/bin/sh\n", now))?;
        let devices = [
            ("null", Device::Null),
            ("zero", Device::Zero),
            ("full", Device::Full),
            ("random", Device::Random),
            ("urandom", Device::Random),
            ("stdin", Device::Descriptor(0)),
            ("stdout", Device::Descriptor(1)),
            ("stderr", Device::Descriptor(2)),
        ];
        for (name, device) in devices {
            tree.insert(&format!("/dev/{name}"), Entry::new(Node::Device(device), 0o666, now))?;
        }
        Ok(Fs { tree, ..Fs::default() })
    }

    /// Mounts a volume, making the mount point: a directory, or a file where `sub_path` names a file.
    pub fn mount(&mut self, mut mount: Mount, volumes: &Volumes, now: i64) -> Result<(), FsError> {
        mount.path = super::paths::clean("/", &mount.path);
        let inner = inner_path(&mount, "");
        let is_file = volumes
            .get(&mount.volume)
            .and_then(|tree| tree.get(&inner))
            .is_some_and(|entry| !entry.is_directory());
        if self.tree.get(&mount.path).is_none() {
            self.tree
                .insert(&mount.path, if is_file { Entry::file("", now) } else { Entry::directory(now) })?;
        }
        Arc::make_mut(&mut self.mounts).push(mount);
        Ok(())
    }
}

/// The path inside a volume of `rest`, which is empty or begins with `/`, below the mount point.
pub(super) fn inner_path(mount: &Mount, rest: &str) -> String {
    let sub = mount.sub_path.trim_matches('/');
    let path = if sub.is_empty() { rest.to_string() } else { format!("/{sub}{rest}") };
    if path.is_empty() { String::from("/") } else { path }
}
