//! Opening what redirections name.

use std::sync::Arc;

use super::Dialect;
use super::ast::{Redirect, RedirectKind};
use super::fs::{Device, FsError, Node};
use super::io::{OpenFile, Opened};
use super::kernel::Cx;
use super::paths;
use super::task::{Descriptor, Task};

/// Puts a redirection's target in place; returns what was there, for each descriptor changed, or the message.
pub(super) fn apply(
    task: &mut Task,
    cx: &mut Cx,
    redirect: &Redirect,
    target: Vec<u8>,
) -> Result<Vec<(u32, Option<Descriptor>)>, String> {
    let path = String::from_utf8_lossy(&target).into_owned();
    let mut fds = vec![redirect.fd];
    let new = match &redirect.kind {
        RedirectKind::Read(_) => {
            Some(open_read(task, cx, &path).map_err(|error| read_message(task, &path, error))?)
        }
        RedirectKind::Write(_) => Some(open_write(task, cx, &path, true)?),
        RedirectKind::Append(_) | RedirectKind::ReadWrite(_) => Some(open_write(task, cx, &path, false)?),
        RedirectKind::Both(_) => {
            fds = vec![1, 2];
            Some(open_write(task, cx, &path, true)?)
        }
        RedirectKind::Here(_) => Some(open(cx, Opened::Text(Arc::new(target)))),
        RedirectKind::Duplicate(_) if path == "-" => None,
        RedirectKind::Duplicate(_) => {
            let found = path.parse().ok().and_then(|fd: u32| task.fds.get(&fd).cloned());
            match found {
                Some(found) => Some(found),
                None if task.dialect == Dialect::Bash => return Err(format!("{path}: Bad file descriptor")),
                None => return Err(format!("dup2({path},{}): Bad file descriptor", redirect.fd)),
            }
        }
    };
    let mut saved = Vec::new();
    for fd in fds {
        let old = match &new {
            Some(new) => task.fds.insert(fd, new.clone()),
            None => task.fds.remove(&fd),
        };
        saved.push((fd, old));
    }
    Ok(saved)
}

fn open(cx: &mut Cx, what: Opened) -> Descriptor {
    let id = cx.kernel.new_handle();
    cx.kernel.files.insert(id, OpenFile { what, offset: 0, append: false });
    Descriptor::File(id)
}

fn open_device(task: &Task, cx: &mut Cx, device: Device) -> Descriptor {
    match device {
        Device::Null => Descriptor::Null,
        Device::Descriptor(fd) => task.fds.get(&fd).cloned().unwrap_or(Descriptor::Null),
        _ => open(cx, Opened::Device(device)),
    }
}

/// Opens a file for reading.
pub(super) fn open_read(task: &Task, cx: &mut Cx, path: &str) -> Result<Descriptor, FsError> {
    let view = cx.view();
    let entry = view.stat(&task.cwd, path, true)?.clone();
    if !view.allowed(&entry, 4) {
        return Err(FsError::Denied);
    }
    let resolved = view.resolve(&task.cwd, path, true)?;
    Ok(match entry.node {
        Node::Device(device) => open_device(task, cx, device),
        _ => open(cx, Opened::File(resolved)),
    })
}

fn open_write(task: &Task, cx: &mut Cx, path: &str, truncate: bool) -> Result<Descriptor, String> {
    let mut view = cx.view();
    view.now = view.now.max(0);
    match view.open_write(&task.cwd, path, truncate) {
        Ok(paths::Opened::Device(device)) => Ok(open_device(task, cx, device)),
        Ok(paths::Opened::File(resolved)) => {
            let descriptor = open(cx, Opened::File(resolved));
            if let Descriptor::File(id) = &descriptor
                && let Some(file) = cx.kernel.files.get_mut(id)
            {
                file.append = !truncate;
            }
            Ok(descriptor)
        }
        Err(error) => Err(match (task.dialect, error) {
            (Dialect::Bash, _) => format!("{path}: {}", error.text()),
            (Dialect::Ash, FsError::NotFound) => format!("can't create {path}: nonexistent directory"),
            (Dialect::Ash, _) => format!("can't create {path}: {}", error.text()),
            (Dialect::Dash, FsError::NotFound) => format!("cannot create {path}: Directory nonexistent"),
            (Dialect::Dash, _) => format!("cannot create {path}: {}", error.text()),
        }),
    }
}

fn read_message(task: &Task, path: &str, error: FsError) -> String {
    match (task.dialect, error) {
        (Dialect::Bash, _) => format!("{path}: {}", error.text()),
        (Dialect::Ash, FsError::NotFound) => format!("can't open {path}: no such file"),
        (Dialect::Ash, _) => format!("can't open {path}: {}", error.text()),
        (Dialect::Dash, FsError::NotFound) => format!("cannot open {path}: No such file"),
        (Dialect::Dash, _) => format!("cannot open {path}: {}", error.text()),
    }
}
