//! Tools that change files: `mkdir rmdir touch rm cp mv ln chmod chown`, and those that look at their paths.

use std::sync::Arc;

use super::lines::options;
use super::{Call, Outcome};
use crate::collections::{sort_by, sort_by_key};
use crate::shell::fs::{Entry, FsError, Node};
use crate::shell::paths::{clean, split};
use crate::shell::pattern;

fn has(flags: &[(char, String)], letters: &str) -> bool {
    flags.iter().any(|(flag, _)| letters.contains(*flag))
}

pub(super) fn mkdir(call: &mut Call) -> Outcome {
    let (flags, paths) = options(&call.strings(), "m");
    let mut status = 0;
    for path in paths {
        let (cwd, now) = (call.cwd(), call.cx.now);
        let mut view = call.cx.view();
        let mut result = view.create(&cwd, &path, Entry::directory(now));
        if has(&flags, "p") {
            let full = clean(&cwd, &path);
            let mut at = 1;
            result = loop {
                let end = full[at..].find('/').map_or(full.len(), |slash| at + slash);
                let made = view.create("/", &full[..end], Entry::directory(now));
                match made {
                    Err(FsError::Exists) if view.is_directory("/", &full[..end]) => {}
                    Err(error) => break Err(error),
                    Ok(()) => {}
                }
                if end == full.len() {
                    break Ok(());
                }
                at = end + 1;
            };
        }
        if let Err(error) = result {
            let what = if call.gnu() { "cannot create" } else { "can't create" };
            let quote = if call.gnu() { ("\u{2018}", "\u{2019}") } else { ("'", "'") };
            call.err(&format!("{what} directory {}{path}{}: {}", quote.0, quote.1, error.text()));
            status = 1;
        }
    }
    Outcome::Done(status)
}

pub(super) fn rmdir(call: &mut Call) -> Outcome {
    let mut status = 0;
    for path in call.strings() {
        let cwd = call.cwd();
        let mut view = call.cx.view();
        let result = match view.stat(&cwd, &path, false) {
            Ok(entry) if !entry.is_directory() => Err(FsError::NotDirectory),
            Ok(_) => view.remove(&cwd, &path),
            Err(error) => Err(error),
        };
        if let Err(error) = result {
            call.err(&format!("'{path}': {}", error.text()));
            status = 1;
        }
    }
    Outcome::Done(status)
}

pub(super) fn touch(call: &mut Call) -> Outcome {
    let (_, paths) = options(&call.strings(), "dtr");
    let mut status = 0;
    for path in paths {
        let (cwd, now) = (call.cwd(), call.cx.now);
        let mut view = call.cx.view();
        let result = match view.stat(&cwd, &path, true) {
            Ok(_) => view.update(&cwd, &path, |entry| entry.mtime = now),
            Err(FsError::NotFound) => view.create(&cwd, &path, Entry::file("", now)),
            Err(error) => Err(error),
        };
        if let Err(error) = result {
            let text = if call.gnu() {
                format!("cannot touch '{path}': {}", error.text())
            } else {
                format!("{path}: {}", error.text())
            };
            call.err(&text);
            status = 1;
        }
    }
    Outcome::Done(status)
}

fn remove_tree(call: &mut Call, path: &str) -> Result<(), FsError> {
    let cwd = call.cwd();
    let mut view = call.cx.view();
    let is_directory = view.stat(&cwd, path, false)?.is_directory();
    if is_directory {
        let resolved = view.resolve(&cwd, path, false)?;
        let mut below = view.walk(&resolved);
        sort_by_key(&mut below, |(path, _)| std::cmp::Reverse(path.matches('/').count()));
        for (inner, _) in below {
            view.remove("/", &format!("{resolved}{inner}"))?;
        }
    }
    view.remove(&cwd, path)
}

pub(super) fn rm(call: &mut Call) -> Outcome {
    let (flags, paths) = options(&call.strings(), "");
    let (force, recursive) = (has(&flags, "f"), has(&flags, "rR"));
    let mut status = 0;
    for path in paths {
        let cwd = call.cwd();
        let found = call.cx.view().stat(&cwd, &path, false).map(Entry::is_directory);
        let (error, gnu) = match found {
            Err(FsError::NotFound) if force => continue,
            Err(error) => (error, call.gnu()),
            Ok(true) if !recursive => {
                let text = if call.gnu() {
                    format!("cannot remove '{path}': Is a directory")
                } else {
                    format!("'{path}' is a directory")
                };
                call.err(&text);
                status = 1;
                continue;
            }
            Ok(_) => match remove_tree(call, &path) {
                Ok(()) => continue,
                Err(error) => (error, call.gnu()),
            },
        };
        let verb = if gnu { "cannot" } else { "can't" };
        call.err(&format!("{verb} remove '{path}': {}", error.text()));
        status = 1;
    }
    Outcome::Done(status)
}

/// Where a copy of `source` goes if `target` is a directory: into it.
fn into(call: &mut Call, source: &str, target: &str) -> String {
    let cwd = call.cwd();
    if call.cx.view().is_directory(&cwd, target) {
        let name = split(&clean(&cwd, source)).1.to_string();
        return format!("{}/{name}", target.trim_end_matches('/'));
    }
    target.to_string()
}

fn copy_one(call: &mut Call, source: &str, target: &str, entry: &Entry) -> Result<(), FsError> {
    let (cwd, now) = (call.cwd(), call.cx.now);
    call.cx.charge(entry.size());
    let mut view = call.cx.view();
    match &entry.node {
        Node::Directory => match view.create(&cwd, target, Entry { mtime: now, ..entry.clone() }) {
            Err(FsError::Exists) => Ok(()),
            other => other,
        },
        Node::Symlink(_) => view.create(&cwd, target, entry.clone()),
        _ => {
            let content = view.read(&cwd, source)?;
            view.open_write(&cwd, target, true)?;
            let path = view.resolve(&cwd, target, true)?;
            view.write(&path, Some(0), &content)?;
            view.update("/", &path, |new| new.mode = entry.mode)
        }
    }
}

fn copy_tree(call: &mut Call, source: &str, target: &str) -> Result<(), FsError> {
    let cwd = call.cwd();
    let entry = call.cx.view().stat(&cwd, source, true)?.clone();
    copy_one(call, source, target, &entry)?;
    if entry.is_directory() {
        let resolved = call.cx.view().resolve(&cwd, source, true)?;
        for (inner, entry) in call.cx.view().walk(&resolved) {
            copy_one(call, &format!("{resolved}{inner}"), &format!("{target}{inner}"), &entry)?;
        }
    }
    Ok(())
}

pub(super) fn cp(call: &mut Call) -> Outcome {
    let (flags, mut paths) = options(&call.strings(), "");
    let recursive = has(&flags, "rRa");
    let target = match paths.pop() {
        Some(target) if !paths.is_empty() => target,
        _ => return call.fail("missing file operand"),
    };
    let mut status = 0;
    for source in paths {
        let cwd = call.cwd();
        let verb = if call.gnu() { "cannot" } else { "can't" };
        let found = call.cx.view().stat(&cwd, &source, true).map(Entry::is_directory);
        let result = match found {
            Err(error) => Err(format!("{verb} stat '{source}': {}", error.text())),
            Ok(true) if !recursive && call.gnu() => {
                Err(format!("-r not specified; omitting directory '{source}'"))
            }
            Ok(true) if !recursive => Err(format!("omitting directory '{source}'")),
            Ok(_) => {
                let target = into(call, &source, &target);
                copy_tree(call, &source, &target)
                    .map_err(|error| format!("{verb} create '{target}': {}", error.text()))
            }
        };
        if let Err(message) = result {
            call.err(&message);
            status = 1;
        }
    }
    Outcome::Done(status)
}

pub(super) fn mv(call: &mut Call) -> Outcome {
    let (_, mut paths) = options(&call.strings(), "");
    let target = match paths.pop() {
        Some(target) if !paths.is_empty() => target,
        _ => return call.fail("missing file operand"),
    };
    let mut status = 0;
    for source in paths {
        let target = into(call, &source, &target);
        let cwd = call.cwd();
        if clean(&cwd, &target) == clean(&cwd, &source) {
            continue;
        }
        let result = copy_tree(call, &source, &target).and_then(|()| remove_tree(call, &source));
        if let Err(error) = result {
            let text = if call.gnu() {
                format!("cannot stat '{source}': {}", error.text())
            } else {
                format!("can't rename '{source}': {}", error.text())
            };
            call.err(&text);
            status = 1;
        }
    }
    Outcome::Done(status)
}

pub(super) fn ln(call: &mut Call) -> Outcome {
    let (flags, paths) = options(&call.strings(), "");
    let [source, target] = paths.as_slice() else { return call.fail("missing file operand") };
    let target = into(call, source, target);
    let (cwd, now) = (call.cwd(), call.cx.now);
    if has(&flags, "f") {
        let _ = call.cx.view().remove(&cwd, &target);
    }
    let result = if has(&flags, "s") {
        call.cx.view().create(&cwd, &target, Entry::symlink(source, now))
    } else {
        copy_tree(call, source, &target)
    };
    match result {
        Ok(()) => Outcome::Done(0),
        Err(error) => call.fail(&format!("{target}: {}", error.text())),
    }
}

/// `755`, `u+x`, `+x`, `go-w`
fn new_mode(old: u16, text: &str) -> Option<u16> {
    if let Ok(mode) = u16::from_str_radix(text, 8) {
        return Some(mode & 0o7777);
    }
    let mut mode = old;
    for clause in text.split(',') {
        let at = clause.find(['+', '-', '='])?;
        let (who, rest) = clause.split_at(at);
        let bits = rest[1..].chars().try_fold(0u16, |bits, c| {
            Some(
                bits | match c {
                    'r' => 4,
                    'w' => 2,
                    'x' | 'X' => 1,
                    _ => return None,
                },
            )
        })?;
        for (letter, shift) in [('u', 6), ('g', 3), ('o', 0)] {
            if who.is_empty() || who.contains('a') || who.contains(letter) {
                match &rest[..1] {
                    "+" => mode |= bits << shift,
                    "-" => mode &= !(bits << shift),
                    _ => mode = mode & !(7 << shift) | bits << shift,
                }
            }
        }
    }
    Some(mode)
}

pub(super) fn chmod(call: &mut Call) -> Outcome {
    let mut args: Vec<String> =
        call.strings().into_iter().filter(|arg| arg != "-R" && arg != "-v" && arg != "-f").collect();
    if args.len() < 2 {
        return call.fail("missing operand");
    }
    let mode = args.remove(0);
    let mut status = 0;
    for path in args {
        let cwd = call.cwd();
        let mut view = call.cx.view();
        let old = view.stat(&cwd, &path, true).map(|entry| entry.mode);
        let result = old.map(|old| new_mode(old, &mode));
        let result = match result {
            Ok(Some(new)) => view.update(&cwd, &path, |entry| entry.mode = new),
            Ok(None) => return call.fail(&format!("invalid mode '{mode}'")),
            Err(error) => Err(error),
        };
        if let Err(error) = result {
            call.err(&format!("{path}: {}", error.text()));
            status = 1;
        }
    }
    Outcome::Done(status)
}

pub(super) fn chown(call: &mut Call) -> Outcome {
    let (_, mut args) = options(&call.strings(), "");
    if args.len() < 2 {
        return call.fail("missing operand");
    }
    let owner = args.remove(0);
    let (user, group) = owner.split_once(':').unwrap_or((&owner, ""));
    let number = |text: &str| if text == "root" { Some(0) } else { text.parse::<u32>().ok() };
    for path in args {
        let cwd = call.cwd();
        let result = call.cx.view().update(&cwd, &path, |entry| {
            entry.owner = number(user).unwrap_or(entry.owner);
            entry.group = number(group).unwrap_or(entry.group);
        });
        if let Err(error) = result {
            return call.fail(&format!("{path}: {}", error.text()));
        }
    }
    Outcome::Done(0)
}

pub(super) fn readlink(call: &mut Call) -> Outcome {
    let (flags, paths) = options(&call.strings(), "");
    let full = call.name == "realpath" || has(&flags, "fe");
    let mut status = 0;
    for path in paths {
        let cwd = call.cwd();
        let view = call.cx.view();
        let found = if full {
            view.resolve(&cwd, &path, true)
        } else {
            view.stat(&cwd, &path, false).and_then(|entry| match &entry.node {
                Node::Symlink(target) => Ok(target.to_string()),
                _ => Err(FsError::Invalid),
            })
        };
        match found {
            Ok(text) => call.out(&format!("{text}\n")),
            Err(_) => status = 1,
        }
    }
    Outcome::Done(status)
}

pub(super) fn find(call: &mut Call) -> Outcome {
    let args = call.strings();
    let roots: Vec<String> = args.iter().take_while(|arg| !arg.starts_with('-')).cloned().collect();
    let mut tests = args.iter().skip(roots.len());
    let (mut name, mut kind, mut depth) = (None, None, usize::MAX);
    while let Some(test) = tests.next() {
        match test.as_str() {
            "-name" => name = tests.next().cloned(),
            "-type" => kind = tests.next().cloned(),
            "-maxdepth" => depth = tests.next().and_then(|n| n.parse().ok()).unwrap_or(usize::MAX),
            "-print" => {}
            other => return call.fail(&format!("unrecognized: {other}")),
        }
    }
    let mut text = String::new();
    let mut status = 0;
    for root in if roots.is_empty() { vec![String::from(".")] } else { roots } {
        let cwd = call.cwd();
        let view = call.cx.view();
        let entry = match view.stat(&cwd, &root, false) {
            Ok(entry) => entry.clone(),
            Err(error) => {
                call.err(&format!("{root}: {}", error.text()));
                status = 1;
                continue;
            }
        };
        let resolved = view.resolve(&cwd, &root, false).unwrap_or_default();
        let mut found = vec![(String::new(), entry)];
        if found[0].1.is_directory() {
            found.extend(view.walk(&resolved));
        }
        sort_by(&mut found, |left, right| left.0.cmp(&right.0));
        for (path, entry) in found {
            let full = format!("{}{path}", root.trim_end_matches('/'));
            let base = split(&full).1;
            let right_kind = kind.as_deref().is_none_or(|kind| match entry.node {
                Node::Directory => kind == "d",
                Node::Symlink(_) => kind == "l",
                _ => kind == "f",
            });
            let right_name =
                name.as_ref().is_none_or(|name| pattern::matches(name.as_bytes(), base.as_bytes()));
            if right_kind && right_name && path.matches('/').count() <= depth {
                text += &format!("{full}\n");
            }
        }
    }
    call.out(&text);
    Outcome::Done(status)
}

pub(super) fn stat(call: &mut Call) -> Outcome {
    let (flags, paths) = options(&call.strings(), "c");
    let format = flags.iter().find(|(flag, _)| *flag == 'c').map_or("%n %s", |(_, value)| value).to_string();
    for path in paths {
        let cwd = call.cwd();
        let found = call.cx.view().stat(&cwd, &path, false).cloned();
        match found {
            Ok(entry) => {
                let text = format
                    .replace("%n", &path)
                    .replace("%s", &entry.size().to_string())
                    .replace("%a", &format!("{:o}", entry.mode))
                    .replace("%u", &entry.owner.to_string())
                    .replace("%g", &entry.group.to_string())
                    .replace("%Y", &(entry.mtime / 1_000_000_000).to_string());
                call.out(&format!("{text}\n"));
            }
            Err(error) => return call.fail(&format!("can't stat '{path}': {}", error.text())),
        }
    }
    Outcome::Done(0)
}

pub(super) fn mktemp(call: &mut Call) -> Outcome {
    let (flags, _) = options(&call.strings(), "p");
    let mut suffix = String::new();
    for _ in 0..6 {
        let alphabet = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
        let random = crate::shell::kernel::random(&mut call.cx.kernel.random);
        suffix.push(char::from(alphabet[(random % alphabet.len() as u64) as usize]));
    }
    let path = format!("/tmp/tmp.{suffix}");
    let now = call.cx.now;
    let node = if has(&flags, "d") { Node::Directory } else { Node::File(Arc::default()) };
    let mode = if has(&flags, "d") { 0o700 } else { 0o600 };
    match call.cx.view().create("/", &path, Entry::new(node, mode, now)) {
        Ok(()) => {
            call.out(&format!("{path}\n"));
            Outcome::Done(0)
        }
        Err(error) => call.fail(&format!("{path}: {}", error.text())),
    }
}
