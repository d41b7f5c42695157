//! [`Script`]: runs a list of simple commands (`echo hello; sleep 2 && exit 1`), which is what most Jobs do.
//!
//! Known are `echo sleep exit true false date :`, joined by `;`, `&&`, `||` and line ends, with quotes and `$NAME`.
//! Anything else is not found, with the shell's message and exit code 127.

use super::runtime::{Blocked, Stream};
use crate::sim::Time;
use std::collections::VecDeque;
use std::time::Duration;

/// When a command runs: after what came before it ended how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Joint {
    Always,
    IfOk,
    IfFailed,
}

/// A script that is running.
#[derive(Clone, Debug)]
pub struct Script {
    commands: VecDeque<(Joint, Vec<String>)>,
    status: i32,
    sleeps_until: Option<Time>,
}

impl Script {
    /// From a command line: of `sh -c script`, the script, else the line itself is the one command.
    pub fn new(argv: &[String], env: &[(String, String)]) -> Script {
        let shell = argv.first().is_some_and(|a| matches!(a.rsplit('/').next(), Some("sh" | "bash" | "ash")));
        let commands = match (shell, argv.iter().position(|a| a == "-c")) {
            (true, Some(c)) => parse(argv.get(c + 1).map_or("", String::as_str), env),
            (true, None) => VecDeque::new(),
            (false, _) => VecDeque::from([(Joint::Always, argv.to_vec())]),
        };
        Script { commands, status: 0, sleeps_until: None }
    }

    /// Goes on until it sleeps or ends.
    pub fn run(&mut self, now: Time, write: &mut dyn FnMut(Stream, &[u8])) -> Blocked {
        if let Some(until) = self.sleeps_until.take_if(|_| true)
            && until > now
        {
            self.sleeps_until = Some(until);
            return Blocked::Until(until);
        }
        while let Some((joint, words)) = self.commands.pop_front() {
            match joint {
                Joint::IfOk if self.status != 0 => continue,
                Joint::IfFailed if self.status == 0 => continue,
                _ => {}
            }
            let Some((name, args)) = words.split_first() else { continue };
            let number =
                || args.first().and_then(|a| a.trim_end_matches('s').parse::<f64>().ok()).unwrap_or(0.0);
            self.status = match name.rsplit('/').next().unwrap_or(name) {
                "echo" => {
                    let (args, end) =
                        if args.first().is_some_and(|a| a == "-n") { (&args[1..], "") } else { (args, "\n") };
                    write(Stream::Stdout, format!("{}{end}", args.join(" ")).as_bytes());
                    0
                }
                "date" => {
                    write(Stream::Stdout, format!("{}\n", now.rfc3339()).as_bytes());
                    0
                }
                "sleep" => {
                    self.status = 0;
                    let until = now + Duration::from_secs_f64(number().clamp(0.0, 1e9));
                    self.sleeps_until = Some(until);
                    return Blocked::Until(until);
                }
                "exit" => {
                    let code = if args.is_empty() { self.status } else { number() as i32 & 255 };
                    return Blocked::Exited { code, oom_killed: false };
                }
                "true" | ":" => 0,
                "false" => 1,
                _ => {
                    write(Stream::Stderr, format!("sh: {name}: not found\n").as_bytes());
                    127
                }
            };
        }
        Blocked::Exited { code: self.status, oom_killed: false }
    }
}

fn parse(script: &str, env: &[(String, String)]) -> VecDeque<(Joint, Vec<String>)> {
    let mut commands = VecDeque::new();
    let (mut joint, mut words, mut word) = (Joint::Always, Vec::new(), None::<String>);
    let mut quote = None;
    let mut chars = script.chars().peekable();
    while let Some(c) = chars.next() {
        match (c, quote) {
            ('\'' | '"', None) => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (c, Some(q)) if c == q => quote = None,
            ('\\', None | Some('"')) => word.get_or_insert_default().extend(chars.next()),
            ('$', None | Some('"')) => {
                let mut name = String::new();
                let braced = chars.next_if_eq(&'{').is_some();
                while let Some(c) = chars.next_if(|c| c.is_ascii_alphanumeric() || *c == '_') {
                    name.push(c);
                }
                if braced {
                    chars.next_if_eq(&'}');
                }
                let value = env.iter().rev().find(|(n, _)| *n == name).map_or("", |(_, v)| v);
                word.get_or_insert_default().push_str(value);
            }
            (' ' | '\t', None) => words.extend(word.take()),
            (';' | '\n' | '&' | '|', None) => {
                words.extend(word.take());
                commands.push_back((joint, std::mem::take(&mut words)));
                let doubled = chars.next_if_eq(&c).is_some();
                joint = match (c, doubled) {
                    ('&', true) => Joint::IfOk,
                    ('|', true) => Joint::IfFailed,
                    _ => Joint::Always,
                };
            }
            (c, _) => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    commands.push_back((joint, words));
    commands
}
