//! `echo`, `printf`, `yes`, `seq`.

use super::{Advance, Call, Outcome, Running};
use crate::shell::Dialect;
use crate::shell::escapes::unescape;
use crate::shell::kernel::Cx;
use crate::shell::task::Task;

pub(in super::super) fn echo(call: &mut Call) -> Outcome {
    let mut args = call.args;
    // dash knows only -n and always resolves escapes.
    let dash = call.task.dialect == Dialect::Dash;
    let (mut newline, mut escapes) = (true, dash);
    while let Some(arg) = args.first() {
        let flags = if dash { &b"n"[..] } else { &b"neE"[..] };
        if arg.len() < 2 || arg[0] != b'-' || !arg[1..].iter().all(|c| flags.contains(c)) {
            break;
        }
        for flag in &arg[1..] {
            match flag {
                b'n' => newline = false,
                b'e' => escapes = true,
                _ => escapes = false,
            }
        }
        args = &args[1..];
    }
    let mut text = args.join(&b' ');
    if escapes {
        let (resolved, stop) = unescape(&text);
        text = resolved;
        newline &= !stop;
    }
    if newline {
        text.push(b'\n');
    }
    call.cx.charge(text.len());
    call.task.write(1, text);
    Outcome::Done(0)
}

pub(in super::super) fn printf(call: &mut Call) -> Outcome {
    let args = if call.args.first().is_some_and(|arg| arg == b"--") { &call.args[1..] } else { call.args };
    let Some(format) = args.first().cloned() else {
        return call.fail("usage: printf FORMAT [ARG]...");
    };
    let mut rest = args[1..].iter().cloned().peekable();
    let mut out = Vec::new();
    let mut status = 0;
    loop {
        let before = rest.len();
        let stop = once(call, &format, &mut rest, &mut out, &mut status);
        if stop || rest.peek().is_none() || rest.len() == before || out.len() > 1 << 20 {
            break;
        }
    }
    call.cx.charge(out.len());
    call.task.write(1, out);
    Outcome::Done(status)
}

type Args<'a> = std::iter::Peekable<std::iter::Cloned<std::slice::Iter<'a, Vec<u8>>>>;

fn once(call: &mut Call, format: &[u8], args: &mut Args<'_>, out: &mut Vec<u8>, status: &mut i32) -> bool {
    let mut at = 0;
    while at < format.len() {
        let start = at;
        if format[at] != b'%' {
            while at < format.len() && format[at] != b'%' {
                at += 1 + usize::from(format[at] == b'\\' && at + 1 < format.len());
            }
            let (text, stop) = unescape(&format[start..at.min(format.len())]);
            out.extend(text);
            if stop {
                return true;
            }
            continue;
        }
        at += 1;
        let (mut left, mut zero, mut plus) = (false, false, "");
        while let Some(flag) = format.get(at).filter(|c| b"-0+ #".contains(c)) {
            match flag {
                b'-' => left = true,
                b'0' => zero = true,
                b'+' => plus = "+",
                b' ' => plus = " ",
                _ => {}
            }
            at += 1;
        }
        let number = |at: &mut usize, args: &mut Args<'_>| {
            if format.get(*at) == Some(&b'*') {
                *at += 1;
                return args
                    .next()
                    .and_then(|arg| String::from_utf8_lossy(&arg).parse().ok())
                    .unwrap_or(0)
                    .min(10_000);
            }
            let mut value = 0usize;
            while let Some(digit) = format.get(*at).filter(|c| c.is_ascii_digit()) {
                value = (value * 10 + usize::from(digit - b'0')).min(10_000);
                *at += 1;
            }
            value
        };
        let width = number(&mut at, args);
        let mut precision = None;
        if format.get(at) == Some(&b'.') {
            at += 1;
            precision = Some(number(&mut at, args));
        }
        while format.get(at).is_some_and(|c| b"lhqjzt".contains(c)) {
            at += 1;
        }
        let Some(conversion) = format.get(at) else {
            out.push(b'%');
            return false;
        };
        at += 1;
        if *conversion == b'%' {
            out.push(b'%');
            continue;
        }
        let arg = args.next().unwrap_or_default();
        let text = String::from_utf8_lossy(&arg).into_owned();
        let mut stop = false;
        let mut body: Vec<u8> = match conversion {
            b's' => arg[..precision.unwrap_or(arg.len()).min(arg.len())].to_vec(),
            b'b' => {
                let (resolved, ended) = unescape(&arg);
                stop = ended;
                resolved
            }
            b'q' => crate::shell::simple::quote(&text, Dialect::Bash).into_bytes(),
            b'c' => arg.first().copied().into_iter().collect(),
            b'd' | b'i' | b'u' | b'x' | b'X' | b'o' => {
                let value = integer(call, &text, status);
                let mut digits = match conversion {
                    b'x' => format!("{value:x}"),
                    b'X' => format!("{value:X}"),
                    b'o' => format!("{value:o}"),
                    b'u' => format!("{}", value as u64),
                    _ => value.unsigned_abs().to_string(),
                };
                if let Some(precision) = precision {
                    digits = format!("{digits:0>precision$}");
                }
                let signed = matches!(conversion, b'd' | b'i');
                let sign = if signed && value < 0 {
                    "-"
                } else if signed {
                    plus
                } else {
                    ""
                };
                if zero && !left && precision.is_none() {
                    let width = width.saturating_sub(sign.len());
                    digits = format!("{digits:0>width$}");
                }
                format!("{sign}{digits}").into_bytes()
            }
            b'f' | b'F' | b'e' | b'g' => {
                let value: f64 = text.trim().parse().unwrap_or(0.0);
                let precision = precision.unwrap_or(6).min(100);
                let mut digits = match conversion {
                    b'e' => exponent(value, precision),
                    b'g' => format!("{value}"),
                    _ => format!("{value:.precision$}"),
                };
                if value >= 0.0 {
                    digits = format!("{plus}{digits}");
                }
                if zero && !left {
                    digits = format!("{digits:0>width$}");
                }
                digits.into_bytes()
            }
            other => {
                let message = format!("%{}: invalid format", char::from(*other));
                call.err(&message);
                *status = 1;
                return true;
            }
        };
        let pad = width.saturating_sub(body.len());
        if left {
            body.resize(body.len() + pad, b' ');
        } else {
            out.resize(out.len() + pad, b' ');
        }
        out.extend(body);
        if stop {
            return true;
        }
    }
    false
}

fn exponent(value: f64, precision: usize) -> String {
    let text = format!("{value:.precision$e}");
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    format!("{mantissa}e{}{:02}", if exponent < 0 { '-' } else { '+' }, exponent.abs())
}

fn integer(call: &mut Call, text: &str, status: &mut i32) -> i64 {
    if let Some(quoted) = text.strip_prefix(['\'', '"']) {
        return quoted.bytes().next().map_or(0, i64::from);
    }
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let value = if let Some(hex) = digits.strip_prefix("0x") {
        i64::from_str_radix(hex, 16).ok()
    } else if digits.len() > 1 && digits.starts_with('0') {
        i64::from_str_radix(digits, 8).ok()
    } else if text.is_empty() {
        Some(0)
    } else {
        digits.parse().ok()
    };
    match value {
        Some(value) => {
            if negative {
                -value
            } else {
                value
            }
        }
        None => {
            *status = 1;
            match call.task.dialect {
                // busybox names the shell here, not the applet.
                Dialect::Ash => call.task.write(2, format!("sh: invalid number '{text}'\n")),
                _ => call.err(&format!("{text}: expected numeric value")),
            }
            let length = digits.bytes().take_while(u8::is_ascii_digit).count();
            digits[..length].parse().unwrap_or(0)
        }
    }
}

pub(super) fn yes(call: &mut Call) -> Outcome {
    let mut line = if call.args.is_empty() { b"y".to_vec() } else { call.args.join(&b' ') };
    line.push(b'\n');
    Outcome::Running(Running::Yes(line))
}

/// `seq` on its way.
#[derive(Debug, Clone)]
pub(in super::super) struct Sequence {
    next: i64,
    last: i64,
    step: i64,
    decimals: usize,
    width: usize,
    separator: String,
    started: bool,
}

impl Sequence {
    pub(super) fn advance(&mut self, task: &mut Task, cx: &mut Cx) -> Advance {
        let mut text = String::new();
        for _ in 0..500 {
            let done = if self.step > 0 { self.next > self.last } else { self.next < self.last };
            if done {
                if self.started {
                    text.push('\n');
                }
                cx.charge(text.len());
                task.write(1, text);
                return Advance::Done(0);
            }
            if self.started {
                text += &self.separator;
            }
            self.started = true;
            let (scale, width) = (10i64.pow(self.decimals as u32), self.width);
            let sign = if self.next < 0 { "-" } else { "" };
            let (whole, part) = (self.next.abs() / scale, self.next.abs() % scale);
            let width = width.saturating_sub(sign.len());
            text += &match self.decimals {
                0 => format!("{sign}{whole:0width$}"),
                decimals => format!("{sign}{whole:0width$}.{part:0decimals$}"),
            };
            match self.next.checked_add(self.step) {
                Some(next) => self.next = next,
                None => self.last = self.next - self.step.signum(),
            }
        }
        cx.charge(text.len());
        task.write(1, text);
        Advance::Again
    }
}

pub(super) fn seq(call: &mut Call) -> Outcome {
    let mut numbers: Vec<String> = Vec::new();
    let (mut wide, mut separator) = (false, String::from("\n"));
    let args = call.strings();
    let mut args = args.into_iter();
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "-w" => wide = true,
            "-s" => separator = args.next().unwrap_or_default(),
            glued if glued.starts_with("-s") => separator = glued[2..].to_string(),
            _ => numbers.push(arg),
        }
    }
    let decimals =
        numbers.iter().map(|n| n.split_once('.').map_or(0, |(_, part)| part.len())).max().unwrap_or(0).min(9);
    let mut values = Vec::new();
    for number in &numbers {
        let scaled = number
            .parse::<f64>()
            .ok()
            .filter(|n| n.is_finite())
            .map(|n| (n * 10f64.powi(decimals as i32)).round());
        match scaled {
            Some(value) => values.push(value as i64),
            None if call.gnu() => return call.fail(&format!("invalid floating point argument: '{number}'")),
            None => return call.fail(&format!("invalid number '{number}'")),
        }
    }
    let one = 10i64.pow(decimals as u32);
    let (next, step, last) = match values[..] {
        [last] => (one, one, last),
        [first, last] => (first, one, last),
        [first, step, last] if step != 0 => (first, step, last),
        _ => return call.fail("usage: seq [-w] [-s SEP] [FIRST [INC]] LAST"),
    };
    let width = if wide { (next / one).to_string().len().max((last / one).to_string().len()) } else { 0 };
    Outcome::Running(Running::Seq(Sequence { next, last, step, decimals, width, separator, started: false }))
}
