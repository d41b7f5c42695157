//! What images hold: the files that every container has, and the [servers] that some of them run; and the [registry] that
//! wants to know who pulls. Which image has what is the catalogue in [`super::runtime`].

pub mod registry;
pub mod servers;

use crate::json::Str;
use crate::shell::fs::{Device, Entry, Fs, FsError, Node, Tree};

/// The files every container has, and those that its pod gives it.
pub fn files(given: &[(Str, String)], now: i64) -> Result<Fs, FsError> {
    let mut tree = Tree::new(now);
    for directory in
        ["/etc", "/home", "/mnt", "/opt", "/proc", "/root", "/run", "/srv", "/usr/bin", "/var/log"]
    {
        tree.insert(directory, Entry::directory(now))?;
    }
    tree.insert("/tmp", Entry::new(Node::Directory, 0o1777, now))?;
    for (path, text) in given {
        tree.insert(path, Entry::file(text.as_str(), now))?;
    }
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
