//! Tools that read: standard input or files, line by line or in chunks, as much as is there.

use std::collections::VecDeque;
use std::sync::Arc;

use super::{Advance, Call, Outcome, Running};
use crate::shell::fs::{Device, FsError, Node};
use crate::shell::io::{self, Read};
use crate::shell::kernel::Cx;
use crate::shell::task::Task;
use crate::shell::userland::Tools;

/// What a tool makes of its input.
pub(super) trait Reader: std::fmt::Debug + Send + Sync {
    /// A file begins; standard input has the name `-`.
    fn file(&mut self, _name: &str, _out: &mut Vec<u8>) {}
    /// A line, without its newline, and whether it had one. False: it has seen enough.
    fn line(&mut self, line: &[u8], ended: bool, out: &mut Vec<u8>) -> bool;
    /// Some bytes, for tools that do not care for lines; false if it does.
    fn bytes(&mut self, _bytes: &[u8], _out: &mut Vec<u8>) -> bool {
        false
    }
    /// A file ends.
    fn file_end(&mut self, _out: &mut Vec<u8>) {}
    /// The end: last output, and the status.
    fn end(&mut self, _out: &mut Vec<u8>) -> i32 {
        0
    }
    /// What GNU's tool says of its input once it has read it.
    fn complaint(&self) -> &'static str {
        ""
    }
    /// Bytes it holds.
    fn measure(&self) -> usize {
        0
    }
    /// A copy.
    fn copy(&self) -> Box<dyn Reader>;
}

/// Something to be read.
#[derive(Debug, Clone)]
enum Input {
    Stdin,
    Data(Arc<Vec<u8>>, usize),
    Device(Device),
}

/// A reading tool on its way.
#[derive(Debug)]
pub(in super::super) struct Filter {
    reader: Box<dyn Reader>,
    inputs: VecDeque<(String, Input)>,
    begun: bool,
    partial: Vec<u8>,
    status: i32,
    enough: bool,
    /// Where output goes: standard output, and for `tee` files as well.
    copies: Vec<(String, bool)>,
}

impl Clone for Filter {
    fn clone(&self) -> Filter {
        Filter {
            reader: self.reader.copy(),
            inputs: self.inputs.clone(),
            begun: self.begun,
            partial: self.partial.clone(),
            status: self.status,
            enough: self.enough,
            copies: self.copies.clone(),
        }
    }
}

/// How a tool says that a file cannot be read; busybox is not of one mind.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Complaint {
    /// `cat: can't open 'x': No such file or directory`
    CantOpen,
    /// `head: x: No such file or directory`
    Plain,
}

/// Starts a reading tool on the given files, or on standard input if there are none.
pub(super) fn start(
    call: &mut Call,
    files: &[String],
    reader: Box<dyn Reader>,
    complaint: Complaint,
) -> Outcome {
    let mut inputs = VecDeque::new();
    let mut status = 0;
    let cwd = call.cwd();
    for name in files {
        if name == "-" {
            inputs.push_back((String::from("-"), Input::Stdin));
            continue;
        }
        let view = call.cx.view();
        let found = view.stat(&cwd, name, true).map(|entry| entry.node.clone());
        let opened = match found {
            Ok(Node::Device(Device::Descriptor(_))) => Ok(Input::Stdin),
            Ok(Node::Device(device)) => Ok(Input::Device(device)),
            Ok(_) => view.read(&cwd, name).map(|data| Input::Data(data, 0)),
            Err(error) => Err(error),
        };
        match opened {
            Ok(input) => inputs.push_back((name.clone(), input)),
            Err(error) => {
                status = if call.name.ends_with("grep") { 2 } else { 1 };
                let text = match (complaint, error) {
                    (Complaint::CantOpen, FsError::IsDirectory) if !call.gnu() => {
                        String::from("read error: Is a directory")
                    }
                    (Complaint::CantOpen, _) if !call.gnu() => {
                        format!("can't open '{name}': {}", error.text())
                    }
                    (Complaint::Plain, _) if call.gnu() && matches!(call.name, "head" | "tail") => {
                        format!("cannot open '{name}' for reading: {}", error.text())
                    }
                    _ => format!("{name}: {}", error.text()),
                };
                call.err(&text);
            }
        }
    }
    if files.is_empty() {
        inputs.push_back((String::from("-"), Input::Stdin));
    }
    let filter = Filter {
        reader,
        inputs,
        begun: false,
        partial: Vec::new(),
        status,
        enough: false,
        copies: Vec::new(),
    };
    Outcome::Running(Running::Filter(Box::new(filter)))
}

/// Like [`start`], with everything that is printed going to files as well (`append`).
pub(super) fn start_copying(reader: Box<dyn Reader>, copies: Vec<(String, bool)>) -> Outcome {
    let inputs = VecDeque::from([(String::from("-"), Input::Stdin)]);
    let filter =
        Filter { reader, inputs, begun: false, partial: Vec::new(), status: 0, enough: false, copies };
    Outcome::Running(Running::Filter(Box::new(filter)))
}

impl Filter {
    pub(super) fn measure(&self) -> usize {
        self.partial.len() + self.reader.measure()
    }

    pub(super) fn advance(&mut self, task: &mut Task, cx: &mut Cx) -> Advance {
        let mut out = Vec::new();
        let advance = self.step(task, cx, &mut out);
        if self.measure() > crate::shell::MAX_MEMORY as usize {
            cx.kernel.oom_killed = true;
        }
        for (path, append) in &mut self.copies {
            let mut view = cx.view();
            let opened = view.open_write(&task.cwd, path, !*append).is_ok();
            *append = true;
            if opened {
                let resolved = view.resolve(&task.cwd, path, true).unwrap_or_default();
                let _ = view.write(&resolved, None, &out);
            }
        }
        task.write(1, out);
        advance
    }

    fn step(&mut self, task: &mut Task, cx: &mut Cx, out: &mut Vec<u8>) -> Advance {
        let Some((name, input)) = self.inputs.front_mut() else {
            let status = self.reader.end(out);
            if cx.kernel.userland.tools == Tools::Gnu {
                task.write(2, self.reader.complaint());
            }
            return Advance::Done(status.max(self.status));
        };
        if !self.begun {
            self.begun = true;
            self.reader.file(name, out);
        }
        let read = match input {
            _ if self.enough => Read::End,
            Input::Stdin => io::read(task, cx, 0, 8_192),
            Input::Device(device) => match io::device_bytes(*device, 4_096, &mut cx.kernel.random) {
                Some(bytes) => Read::Bytes(bytes),
                None => Read::End,
            },
            Input::Data(data, at) => {
                let chunk = data[*at..data.len().min(*at + 8_192)].to_vec();
                *at += chunk.len();
                if chunk.is_empty() { Read::End } else { Read::Bytes(chunk) }
            }
        };
        match read {
            Read::Wait(wait) => return Advance::Wait(wait),
            Read::Bytes(bytes) => {
                cx.charge(bytes.len());
                if self.reader.bytes(&bytes, out) {
                    return Advance::Again;
                }
                self.partial.extend_from_slice(&bytes);
                if !bytes.contains(&b'\n') {
                    return Advance::Again;
                }
                let partial = std::mem::take(&mut self.partial);
                let mut rest = partial.as_slice();
                while let Some(at) = rest.iter().position(|c| *c == b'\n') {
                    if !self.enough && !self.reader.line(&rest[..at], true, out) {
                        self.enough = true;
                    }
                    rest = &rest[at + 1..];
                }
                self.partial = rest.to_vec();
            }
            Read::End => {
                let partial = std::mem::take(&mut self.partial);
                if !partial.is_empty() && !self.enough {
                    self.reader.line(&partial, false, out);
                }
                self.reader.file_end(out);
                self.enough = false;
                self.begun = false;
                self.inputs.pop_front();
            }
        }
        Advance::Again
    }
}

/// A line, with the newline it had.
pub(super) fn put(line: &[u8], ended: bool, out: &mut Vec<u8>) {
    out.extend_from_slice(line);
    if ended {
        out.push(b'\n');
    }
}
