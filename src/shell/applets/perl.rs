//! Perl, as far as the one-liners of Kubernetes examples go: `print` of strings and numbers, `bpi(N)`, `sleep N`,
//! `exit N`, `die "…"`. Anything else says that it is not simulated.

use super::{Advance, pi};
use crate::shell::escapes::unescape;
use crate::shell::kernel::Cx;
use crate::shell::task::{Task, Wait};

/// Nanoseconds that Perl's big numbers take for a digit of π, squared: 2,000 digits take about 3.5 s.
const PI_NS: i64 = 900;

/// More digits than this are not computed.
const MAX_DIGITS: usize = 20_000;

#[derive(Debug, Clone)]
enum Statement {
    Print(String),
    Pi(usize),
    Sleep(i64),
    Exit(i32),
    Die(String),
}

/// A one-liner on its way.
#[derive(Debug, Clone)]
pub(in super::super) struct State {
    /// The statements left, last one first; or the program that is not understood.
    program: Result<Vec<Statement>, String>,
    /// `-l`: each `print` ends a line.
    lines: bool,
    resume: Option<i64>,
}

impl State {
    pub(super) fn new(args: &[Vec<u8>]) -> State {
        let mut lines = false;
        let mut code = None;
        let mut args = args.iter().map(|arg| String::from_utf8_lossy(arg).into_owned());
        while let Some(arg) = args.next() {
            let Some(flags) = arg.strip_prefix('-') else {
                return State { program: Err(arg), lines, resume: None };
            };
            if flags.starts_with('M') {
                continue;
            }
            lines |= flags.contains('l');
            if flags.ends_with(['e', 'E']) {
                code = args.next();
            }
        }
        let code = code.unwrap_or_default();
        let program = parse(&code).map(|mut statements| {
            statements.reverse();
            statements
        });
        State { program: program.ok_or(code), lines, resume: None }
    }

    pub(super) fn measure(&self) -> usize {
        1_000
    }

    pub(super) fn advance(&mut self, task: &mut Task, cx: &mut Cx) -> Advance {
        if let Some(until) = self.resume {
            if cx.now < until {
                return Advance::Wait(Wait::Until(until));
            }
            self.resume = None;
        }
        let statements = match &mut self.program {
            Ok(statements) => statements,
            Err(code) => {
                let text = format!("kubestep: this perl program is not simulated: {code}\n");
                task.write(2, text);
                return Advance::Done(1);
            }
        };
        let Some(statement) = statements.pop() else { return Advance::Done(0) };
        let end = if self.lines { "\n" } else { "" };
        match statement {
            Statement::Print(text) => task.write(1, format!("{text}{end}")),
            Statement::Pi(digits) => {
                let text = pi::pi(digits);
                cx.charge(digits * 16);
                statements.push(Statement::Print(text));
                self.resume = Some(cx.now + PI_NS * (digits * digits) as i64);
            }
            Statement::Sleep(seconds) => {
                self.resume = Some(cx.now.saturating_add(seconds.saturating_mul(1_000_000_000)))
            }
            Statement::Exit(status) => return Advance::Done(status),
            Statement::Die(text) => {
                let place = if text.ends_with('\n') { "" } else { " at -e line 1.\n" };
                task.write(2, format!("{text}{place}"));
                return Advance::Done(255);
            }
        }
        Advance::Again
    }
}

fn parse(code: &str) -> Option<Vec<Statement>> {
    let mut out = Vec::new();
    let mut rest = code.trim();
    while !rest.is_empty() {
        let (word, after) =
            rest.split_at(rest.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(rest.len()));
        let (statement, after) = match word {
            "" if rest.starts_with(';') => {
                rest = rest[1..].trim_start();
                continue;
            }
            "print" | "say" | "die" => {
                let after = after.trim_start();
                if let Some(call) = after.strip_prefix("bpi(") {
                    let (digits, after) = call.split_once(')')?;
                    let digits = digits.trim().parse::<usize>().ok().filter(|n| *n <= MAX_DIGITS)?;
                    (Statement::Pi(digits), after)
                } else {
                    let (mut text, after) = strings(after)?;
                    if word == "say" {
                        text.push('\n');
                    }
                    (if word == "die" { Statement::Die(text) } else { Statement::Print(text) }, after)
                }
            }
            "sleep" | "exit" => {
                let after = after.trim_start();
                let after = after.strip_prefix('(').unwrap_or(after).trim_start();
                let length = after.bytes().take_while(u8::is_ascii_digit).count();
                let number = if length == 0 { 0 } else { after[..length].parse::<i32>().ok()? };
                let after = after[length..].trim_start();
                let after = after.strip_prefix(')').unwrap_or(after);
                (
                    if word == "exit" {
                        Statement::Exit(number)
                    } else {
                        Statement::Sleep(i64::from(number))
                    },
                    after,
                )
            }
            _ => return None,
        };
        out.push(statement);
        rest = after.trim_start();
        if !rest.is_empty() && !rest.starts_with(';') {
            return None;
        }
    }
    Some(out)
}

/// Literals joined by `.` or `,`: the text, and what is left.
fn strings(text: &str) -> Option<(String, &str)> {
    let mut out = String::new();
    let mut rest = text;
    loop {
        let quote = rest.chars().next()?;
        if quote.is_ascii_digit() {
            let length = rest.bytes().take_while(|c| c.is_ascii_digit() || *c == b'.').count();
            out += &rest[..length];
            rest = &rest[length..];
        } else if quote == '"' || quote == '\'' {
            let body = &rest[1..];
            let mut length = 0;
            while body[length..].starts_with(|c| c != quote) {
                let escape = body[length..].starts_with('\\');
                length +=
                    body[length..].chars().take(1 + usize::from(escape)).map(char::len_utf8).sum::<usize>();
            }
            let end = body.get(length..)?.strip_prefix(quote)?;
            let literal = &body[..length];
            if quote == '"' {
                if literal.contains(['$', '@']) {
                    return None;
                }
                out += &String::from_utf8_lossy(&unescape(literal.as_bytes()).0);
            } else {
                out += &literal.replace("\\'", "'");
            }
            rest = end;
        } else {
            return None;
        }
        rest = rest.trim_start();
        match rest.strip_prefix(['.', ',']) {
            Some(next) => rest = next.trim_start(),
            None => return Some((out, rest)),
        }
    }
}
