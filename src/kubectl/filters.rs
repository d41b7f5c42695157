//! The other programs of a pipeline: `cat`, `echo`, `ls`, `grep`, `head`, `tail`, `wc`, `sort`, `uniq`, `cut`, `base64`.

use super::Env;
use crate::api::base64;
use crate::collections::{Map, sort_by};
use crate::json::Str;

/// What a program prints, with its exit code; or its complaint.
type Outcome = Result<(String, i32), (String, i32)>;

/// Runs a program in front of `kubectl`, or alone.
pub(super) fn run(words: &[String], input: &str, env: &Env<'_>) -> Outcome {
    filter(words, input, env.files)
}

/// Runs a program on some input.
pub(super) fn filter(words: &[String], input: &str, files: &Map<Str, Str>) -> Outcome {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let (program, args) = words.split_first().map_or(("", &[][..]), |(p, a)| (*p, a));
    match program {
        "true" | ":" => Ok((String::new(), 0)),
        "false" => Ok((String::new(), 1)),
        "echo" => {
            let (newline, args) = match args.split_first() {
                Some((&"-n", rest)) => ("", rest),
                _ => ("\n", args),
            };
            Ok((format!("{}{newline}", args.join(" ")), 0))
        }
        "ls" => Ok((files.keys().map(|name| format!("{name}\n")).collect(), 0)),
        "cat" if args.is_empty() || args == ["-"] => Ok((input.into(), 0)),
        "cat" => {
            let mut out = String::new();
            for name in args {
                match files.get(*name) {
                    Some(text) => out.push_str(text),
                    None => return Err((format!("cat: {name}: No such file or directory\n"), 1)),
                }
            }
            Ok((out, 0))
        }
        "grep" => grep(args, input),
        "head" => Ok((lines(input, count(args, 10), false), 0)),
        "tail" => Ok((lines(input, count(args, 10), true), 0)),
        "wc" => Ok((format!("{}\n", input.lines().count()), 0)),
        "sort" => {
            let mut all: Vec<&str> = input.lines().collect();
            sort_by(&mut all, Ord::cmp);
            if args.contains(&"-r") {
                all.reverse();
            }
            if args.contains(&"-u") {
                all.dedup();
            }
            Ok((all.iter().map(|l| format!("{l}\n")).collect(), 0))
        }
        "uniq" => {
            let mut all: Vec<&str> = input.lines().collect();
            all.dedup();
            Ok((all.iter().map(|l| format!("{l}\n")).collect(), 0))
        }
        "base64" if args.iter().any(|arg| matches!(*arg, "-d" | "-D" | "--decode")) => {
            let bytes = base64::decode(input.trim());
            let bytes = bytes.map_err(|_| ("base64: invalid input\n".to_string(), 1))?;
            Ok((String::from_utf8_lossy(&bytes).into_owned(), 0))
        }
        "base64" => {
            let text = base64::encode(input.as_bytes());
            let lines = text.as_bytes().chunks(76).map(String::from_utf8_lossy);
            Ok((lines.map(|line| format!("{line}\n")).collect(), 0))
        }
        "cut" => cut(args, input),
        other => Err((format!("sh: {other}: not found\n"), 127)),
    }
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
        return Err(("cut: you must specify a list of fields\n".into(), 1));
    };
    let line = |line: &str| {
        let all: Vec<&str> = line.split(delimiter).collect();
        let kept: Vec<&str> = fields.iter().filter_map(|n| all.get(n - 1).copied()).collect();
        // A line without the delimiter is passed on whole.
        if all.len() == 1 { format!("{line}\n") } else { format!("{}\n", kept.join(delimiter)) }
    };
    Ok((input.lines().map(line).collect(), 0))
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
        return Err(("Usage: grep [-ivcqE] PATTERN\n".into(), 2));
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
    Ok((text, exit))
}
