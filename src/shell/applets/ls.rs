//! `ls`

use super::lines::options;
use super::{Call, Outcome};
use crate::collections::sort_by_key;
use crate::shell::calendar;
use crate::shell::fs::{Entry, Node};

pub(super) fn ls(call: &mut Call) -> Outcome {
    let (flags, mut paths) = options(&call.strings(), "");
    let has = |letter: char| flags.iter().any(|(flag, _)| *flag == letter);
    if paths.is_empty() {
        paths.push(String::from("."));
    }
    let many = paths.len() > 1;
    let cwd = call.cwd();
    let mut status = 0;
    let gnu = call.gnu();
    let (mut plain, mut directories) = (Vec::new(), Vec::new());
    for path in paths {
        let view = call.cx.view();
        match view.stat(&cwd, &path, has('L') || !has('l') && !has('d')) {
            Ok(entry) if entry.is_directory() && !has('d') => directories.push(path),
            Ok(entry) => plain.push((path, entry.clone())),
            Err(error) if gnu => {
                call.err(&format!("cannot access '{path}': {}", error.text()));
                status = 2;
            }
            Err(error) => {
                call.err(&format!("{path}: {}", error.text()));
                status = 1;
            }
        }
    }
    let mut text = String::new();
    print(call, &plain, has('l'), has('F'), &mut text);
    for (index, path) in directories.iter().enumerate() {
        if many {
            let gap = if index > 0 || !plain.is_empty() { "\n" } else { "" };
            text += &format!("{gap}{path}:\n");
        }
        let listed = call.cx.view().list(&cwd, path);
        let mut entries = match listed {
            Ok(entries) => entries,
            Err(error) => {
                call.err(&format!("can't open '{path}': {}", error.text()));
                status = 1;
                continue;
            }
        };
        if has('L') {
            let view = call.cx.view();
            for (name, entry) in &mut entries {
                if let Ok(found) = view.stat(&cwd, &format!("{path}/{name}"), true) {
                    *entry = found.clone();
                }
            }
        }
        entries.retain(|(name, _)| has('a') || has('A') || !name.starts_with('.'));
        if has('a') {
            let view = call.cx.view();
            let itself = |name: &str| {
                let found = view.stat(&cwd, &format!("{path}/{name}"), true);
                (name.to_string(), found.map_or_else(|_| Entry::directory(0), Entry::clone))
            };
            entries.splice(0..0, [itself("."), itself("..")]);
        }
        if has('t') {
            sort_by_key(&mut entries, |(_, entry)| std::cmp::Reverse(entry.mtime));
        }
        if has('r') {
            entries.reverse();
        }
        if has('l') {
            text += &format!("total {}\n", entries.iter().map(|(_, entry)| blocks(entry)).sum::<usize>());
        }
        print(call, &entries, has('l'), has('F'), &mut text);
    }
    call.out(&text);
    Outcome::Done(status)
}

/// Kilobytes on the disk. A short link lies in its inode.
fn blocks(entry: &Entry) -> usize {
    if matches!(entry.node, Node::Symlink(_)) { 0 } else { entry.size().div_ceil(4096) * 4 }
}

fn print(call: &Call, entries: &[(String, Entry)], long: bool, classify: bool, text: &mut String) {
    let width = entries.iter().map(|(_, entry)| entry.size().to_string().len()).max().unwrap_or(0);
    // busybox has fixed columns, GNU's are as wide as need be.
    let width = if call.gnu() { width } else { width.max(9) };
    for (name, entry) in entries {
        let mut shown = name.clone();
        if classify && entry.is_directory() {
            shown.push('/');
        }
        if !long {
            *text += &format!("{shown}\n");
            continue;
        }
        if let Node::Symlink(target) = &entry.node {
            shown += &format!(" -> {target}");
        }
        let owner = |id: u32| if id == 0 { String::from("root") } else { id.to_string() };
        let recent = (call.cx.now - entry.mtime).abs() < 180 * 86_400 * 1_000_000_000;
        let time = calendar::format(entry.mtime, if recent { "%b %e %H:%M" } else { "%b %e  %Y" });
        let links = if entry.is_directory() { 2 } else { 1 };
        let (user, group) = (owner(entry.owner), owner(entry.group));
        *text += &if call.gnu() {
            format!("{} {links} {user} {group} {:>width$} {time} {shown}\n", mode(entry), entry.size())
        } else {
            format!("{} {links:4} {user:8} {group:8} {:>width$} {time} {shown}\n", mode(entry), entry.size())
        };
    }
}

fn mode(entry: &Entry) -> String {
    let kind = match entry.node {
        Node::Directory => 'd',
        Node::File(_) => '-',
        Node::Symlink(_) => 'l',
        Node::Device(_) => 'c',
    };
    let mut text = String::from(kind);
    for shift in [6, 3, 0] {
        for (bit, letter) in [(4, 'r'), (2, 'w'), (1, 'x')] {
            text.push(if entry.mode >> shift & bit != 0 { letter } else { '-' });
        }
    }
    if entry.mode & 0o1000 != 0 {
        text.pop();
        text.push('t');
    }
    text
}
