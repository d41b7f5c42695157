//! The other programs of a pipeline: `cat`, `echo`, `ls`, `grep`, `head`, `tail`, `wc`, `sort`, `uniq`, `cut`, `base64`.

use crate::api::base64;
use crate::collections::{Map, sort_by};
use crate::json::Str;

/// What a program leaves behind.
#[derive(Default)]
pub(super) struct Outcome {
    /// What it printed.
    pub text: String,
    /// What it printed to standard error.
    pub complaint: String,
    /// Its exit code.
    pub exit: i32,
}

fn printed(text: String) -> Outcome {
    Outcome { text, ..Outcome::default() }
}

fn complained(complaint: impl Into<String>, exit: i32) -> Outcome {
    Outcome { complaint: complaint.into(), exit, ..Outcome::default() }
}

/// Runs a program on some input.
pub(super) fn run(words: &[String], input: &str, files: &Map<Str, Str>) -> Outcome {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let (program, args) = words.split_first().map_or(("", &[][..]), |(p, a)| (*p, a));
    match program {
        "true" | ":" => Outcome::default(),
        "false" => complained("", 1),
        "echo" => {
            let (newline, args) = match args.split_first() {
                Some((&"-n", rest)) => ("", rest),
                _ => ("\n", args),
            };
            printed(format!("{}{newline}", args.join(" ")))
        }
        "ls" => printed(files.keys().map(|name| format!("{name}\n")).collect()),
        "cat" if args.is_empty() => printed(input.into()),
        "cat" => {
            let mut done = Outcome::default();
            for name in args {
                match files.get(*name) {
                    Some(text) => done.text.push_str(text),
                    None if *name == "-" => done.text.push_str(input),
                    None => {
                        done.complaint.push_str(&format!("cat: {name}: No such file or directory\n"));
                        done.exit = 1;
                    }
                }
            }
            done
        }
        "grep" => grep(args, input),
        "head" => printed(lines(input, count(args, 10), false)),
        "tail" => printed(lines(input, count(args, 10), true)),
        "wc" => printed(format!("{}\n", input.lines().count())),
        "sort" => {
            let mut all: Vec<&str> = input.lines().collect();
            sort_by(&mut all, Ord::cmp);
            if args.contains(&"-r") {
                all.reverse();
            }
            if args.contains(&"-u") {
                all.dedup();
            }
            printed(all.iter().map(|l| format!("{l}\n")).collect())
        }
        "uniq" => {
            let mut all: Vec<&str> = input.lines().collect();
            all.dedup();
            printed(all.iter().map(|l| format!("{l}\n")).collect())
        }
        "base64" if args.iter().any(|arg| matches!(*arg, "-d" | "-D" | "--decode")) => decoded(input),
        "base64" => {
            let wraps = !args.iter().any(|arg| matches!(*arg, "-w0" | "--wrap=0"))
                && !args.windows(2).any(|pair| pair == ["-w", "0"]);
            let text = base64::encode(input.as_bytes());
            let lines = text.as_bytes().chunks(76).map(String::from_utf8_lossy);
            printed(if wraps { lines.map(|line| format!("{line}\n")).collect() } else { text })
        }
        "cut" => cut(args, input),
        other => complained(format!("sh: {other}: not found\n"), 127),
    }
}

/// `base64 -d`, which writes what it has read before it finds a mistake.
fn decoded(input: &str) -> Outcome {
    let text = input.trim_end();
    let (bytes, whole) = match base64::decode(text) {
        Ok(bytes) => (bytes, true),
        Err(at) => {
            // The groups of four letters before the bad one, and what a group that is cut short still holds.
            let sound: String = text.chars().take(at + 4).take_while(|c| c.is_ascii()).collect();
            let letters: Vec<char> = sound.chars().filter(|c| *c != '\n').collect();
            let longest = (0..=letters.len()).rev().find_map(|n| {
                let padding = ["", "", "==", "="][n % 4];
                base64::decode(&format!("{}{padding}", letters[..n].iter().collect::<String>())).ok()
            });
            (longest.unwrap_or_default(), false)
        }
    };
    let text = String::from_utf8_lossy(&bytes).into_owned();
    if whole { printed(text) } else { Outcome { text, ..complained("base64: invalid input\n", 1) } }
}

/// `cut -d X -f N[,N…]`
fn cut(args: &[&str], input: &str) -> Outcome {
    let value = |flag: &str| {
        let mut rest = args.iter().skip_while(|a| !a.starts_with(flag));
        let first = rest.next()?.strip_prefix(flag)?;
        if first.is_empty() { rest.next().copied() } else { Some(first) }
    };
    let delimiter = value("-d").unwrap_or("\t");
    let fields: Option<Vec<usize>> =
        value("-f").map(|list| list.split(',').filter_map(|n| n.parse().ok()).collect());
    let Some(fields) = fields.filter(|f| !f.is_empty() && !f.contains(&0)) else {
        return complained("cut: you must specify a list of fields\n", 1);
    };
    let line = |line: &str| {
        let all: Vec<&str> = line.split(delimiter).collect();
        let kept: Vec<&str> = fields.iter().filter_map(|n| all.get(n - 1).copied()).collect();
        // A line without the delimiter is passed on whole.
        if all.len() == 1 { format!("{line}\n") } else { format!("{}\n", kept.join(delimiter)) }
    };
    printed(input.lines().map(line).collect())
}

fn count(args: &[&str], default: usize) -> usize {
    let number = args.iter().find_map(|a| a.trim_start_matches(['-', 'n', '=']).parse().ok());
    number.unwrap_or(default)
}

fn lines(input: &str, n: usize, last: bool) -> String {
    let all: Vec<&str> = input.lines().collect();
    let range = if last { &all[all.len().saturating_sub(n)..] } else { &all[..n.min(all.len())] };
    range.iter().map(|l| format!("{l}\n")).collect()
}

/// `grep` for plain text, with `^`, `$`, `|` (as `\|` or under `-E`), and the flags `-i -v -c -q`.
fn grep(args: &[&str], input: &str) -> Outcome {
    let mut flags = String::new();
    let mut pattern = None;
    for arg in args {
        match arg.strip_prefix('-') {
            Some(more) if pattern.is_none() && !more.is_empty() => flags.push_str(more),
            _ if pattern.is_none() => pattern = Some((*arg).to_string()),
            _ => {}
        }
    }
    let Some(mut pattern) = pattern else {
        return complained("Usage: grep [-ivcqE] PATTERN\n", 2);
    };
    let ignore_case = flags.contains('i');
    if ignore_case {
        pattern = pattern.to_lowercase();
    }
    let alternatives: Vec<String> = pattern.replace("\\|", "|").split('|').map(String::from).collect();
    let matches = |line: &str| {
        let line = if ignore_case { line.to_lowercase() } else { line.into() };
        alternatives.iter().any(|p| {
            let (start, p) = p.strip_prefix('^').map_or((false, p.as_str()), |p| (true, p));
            let (end, p) = p.strip_suffix('$').map_or((false, p), |p| (true, p));
            let p = p.replace('\\', "");
            match (start, end) {
                (true, true) => line == p,
                (true, false) => line.starts_with(&p),
                (false, true) => line.ends_with(&p),
                (false, false) => line.contains(&p),
            }
        })
    };
    let found: Vec<&str> = input.lines().filter(|l| matches(l) != flags.contains('v')).collect();
    let exit = i32::from(found.is_empty());
    let text = match () {
        () if flags.contains('q') => String::new(),
        () if flags.contains('c') => format!("{}\n", found.len()),
        () => found.iter().map(|l| format!("{l}\n")).collect(),
    };
    Outcome { text, exit, ..Outcome::default() }
}
