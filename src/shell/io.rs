//! Descriptors: terminals, files, pipes; reading and writing that may have to wait.

use std::collections::VecDeque;
use std::sync::Arc;

use super::fs::Device;
use super::kernel::{Cx, random};
use super::task::{Descriptor, Task, Wait};

/// What a pipe holds before its writer waits, as on Linux.
const PIPE_BYTES: usize = 65_536;

/// What one read of a device gives at most.
const CHUNK: usize = 4_096;

/// Ctrl-D: who reads a terminal is at its end.
const END_OF_INPUT: u8 = 4;

/// A pipe's bytes on their way.
#[derive(Debug, Clone, Default)]
pub(super) struct Pipe(VecDeque<u8>);

impl Pipe {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn room(&self) -> usize {
        PIPE_BYTES.saturating_sub(self.0.len())
    }
}

/// What an open file is.
#[derive(Debug, Clone)]
pub(super) enum Opened {
    /// A regular file, by its link-free path.
    File(String),
    /// A here-document.
    Text(Arc<Vec<u8>>),
    /// A device.
    Device(Device),
}

/// An open file, shared by all descriptors that were duplicated from one opening of it.
#[derive(Debug, Clone)]
pub(super) struct OpenFile {
    pub(super) what: Opened,
    pub(super) offset: usize,
    pub(super) append: bool,
}

impl OpenFile {
    /// Memory it holds of its own.
    pub(super) fn own_bytes(&self) -> usize {
        match &self.what {
            Opened::Text(text) => text.len() + 100,
            _ => 100,
        }
    }
}

/// What a read gives.
pub(super) enum Read {
    /// Some bytes, at least one.
    Bytes(Vec<u8>),
    /// Nothing more will come.
    End,
    /// Nothing yet.
    Wait(Wait),
}

/// Reads at most `most` bytes.
pub(super) fn read(task: &Task, cx: &mut Cx, fd: u32, most: usize) -> Read {
    match task.fds.get(&fd) {
        Some(Descriptor::Pipe { id, write: false }) => {
            let pipe = cx.kernel.pipes.slot(*id);
            if !pipe.is_empty() {
                let bytes: Vec<u8> = pipe.0.drain(..pipe.len().min(most)).collect();
                cx.charge(bytes.len());
                return Read::Bytes(bytes);
            }
            if cx.kernel.has_end(*id, true, Some(task)) { Read::Wait(Wait::Readable(*id)) } else { Read::End }
        }
        Some(Descriptor::File(id)) => {
            let Some(file) = cx.kernel.files.get(id).cloned() else { return Read::End };
            let content = match file.what {
                Opened::Device(device) => {
                    return match device_bytes(device, most.min(CHUNK), &mut cx.kernel.random) {
                        Some(bytes) => {
                            cx.charge(bytes.len());
                            Read::Bytes(bytes)
                        }
                        None => Read::End,
                    };
                }
                Opened::Text(text) => text,
                Opened::File(path) => match cx.view().read("/", &path) {
                    Ok(content) => content,
                    Err(_) => return Read::End,
                },
            };
            let from = file.offset.min(content.len());
            let bytes = content[from..content.len().min(from.saturating_add(most))].to_vec();
            if bytes.is_empty() {
                return Read::End;
            }
            if let Some(file) = cx.kernel.files.get_mut(id) {
                file.offset = from + bytes.len();
            }
            cx.charge(bytes.len());
            Read::Bytes(bytes)
        }
        Some(input @ (Descriptor::Console | Descriptor::Sent)) => {
            let ended = cx.kernel.closed.contains(&task.session);
            let typed = cx.kernel.typed.slot(task.session);
            let terminal = *input == Descriptor::Console;
            if terminal && typed.first() == Some(&END_OF_INPUT) {
                typed.remove(0);
                return Read::End;
            }
            // A terminal gives a line at a time.
            let ends = |c: &u8| terminal && (*c == b'\n' || *c == END_OF_INPUT);
            let line = typed.iter().position(ends);
            let all = line.map_or(typed.len(), |at| at + usize::from(typed[at] == b'\n'));
            if all == 0 {
                return if ended { Read::End } else { Read::Wait(Wait::Typed) };
            }
            let bytes: Vec<u8> = typed.drain(..all.min(most)).collect();
            cx.charge(bytes.len());
            Read::Bytes(bytes)
        }
        _ => Read::End,
    }
}

/// What reading a device gives; `None` at its end.
pub(super) fn device_bytes(device: Device, most: usize, seed: &mut u64) -> Option<Vec<u8>> {
    match device {
        Device::Zero | Device::Full => Some(vec![0; most]),
        Device::Random => Some((0..most).map(|_| random(seed) as u8).collect()),
        Device::Null | Device::Descriptor(_) => None,
    }
}

/// Gives bytes back that were read too far (`read` wants one line only).
pub(super) fn unread(task: &Task, cx: &mut Cx, fd: u32, bytes: &[u8]) {
    match task.fds.get(&fd) {
        Some(Descriptor::Pipe { id, .. }) => {
            let pipe = cx.kernel.pipes.slot(*id);
            for c in bytes.iter().rev() {
                pipe.0.push_front(*c);
            }
        }
        Some(Descriptor::File(id)) => {
            if let Some(file) = cx.kernel.files.get_mut(id) {
                file.offset = file.offset.saturating_sub(bytes.len());
            }
        }
        _ => {}
    }
}

/// How delivering a task's output went.
pub(super) enum Flushed {
    /// All is delivered.
    Done,
    /// A pipe is full.
    Wait(Wait),
    /// Nobody reads the pipe any more.
    Broken,
}

/// Delivers what a task has written.
pub(super) fn flush(task: &mut Task, cx: &mut Cx) -> Flushed {
    while !task.pending.is_empty() {
        let (fd, mut bytes) = task.pending.remove(0);
        match task.fds.get(&fd).cloned() {
            Some(Descriptor::Terminal(stream)) => {
                cx.charge(bytes.len());
                cx.out.write(task.session, stream, &bytes);
            }
            Some(Descriptor::Pipe { id, write: true }) => {
                if !cx.kernel.has_end(id, false, Some(task)) {
                    return Flushed::Broken;
                }
                let pipe = cx.kernel.pipes.slot(id);
                let rest = bytes.split_off(pipe.room().min(bytes.len()));
                pipe.0.extend(&bytes);
                cx.charge(bytes.len());
                if !rest.is_empty() {
                    task.pending.insert(0, (fd, rest));
                    return Flushed::Wait(Wait::Writable(id));
                }
            }
            Some(Descriptor::File(id)) => write_file(task, cx, id, &bytes),
            _ => {}
        }
    }
    Flushed::Done
}

fn write_file(task: &mut Task, cx: &mut Cx, id: u32, bytes: &[u8]) {
    let Some(file) = cx.kernel.files.get(&id).cloned() else { return };
    cx.charge(bytes.len());
    let result = match &file.what {
        Opened::File(path) => cx.view().write(path, (!file.append).then_some(file.offset), bytes),
        Opened::Device(Device::Full) => Err(super::fs::FsError::NoSpace),
        _ => return,
    };
    match result {
        Ok(offset) => {
            if let Some(file) = cx.kernel.files.get_mut(&id) {
                file.offset = offset;
            }
        }
        Err(error) => {
            let is_log = task.fds.get(&2) == Some(&Descriptor::File(id));
            if !is_log {
                let name = String::from_utf8_lossy(&task.name).into_owned();
                task.write(2, format!("{name}: write error: {}\n", error.text()));
            }
        }
    }
}
