//! `test`, `[` and `[[`.

use super::{Call, Outcome};
use crate::shell::Dialect;
use crate::shell::fs::{Device, Node};
use crate::shell::pattern;
use crate::shell::task::Descriptor;

/// How deep `( )` and `!` may nest.
const MAX_DEPTH: u32 = 50;

struct Test<'a, 'b, 'c> {
    call: &'a mut Call<'b, 'c>,
    args: Vec<Vec<u8>>,
    at: usize,
    depth: u32,
    double: bool,
}

pub(in super::super) fn test(call: &mut Call) -> Outcome {
    let mut args = call.args.to_vec();
    let double = call.name == "[[";
    if call.name != "test" {
        let end: &[u8] = if double { b"]]" } else { b"]" };
        if args.pop().as_deref() != Some(end) {
            let text = match call.task.dialect {
                Dialect::Ash => "sh: missing ]\n".to_string(),
                _ => format!("{}missing `]'\n", prefix(call)),
            };
            call.task.write(2, text);
            return Outcome::Done(2);
        }
    }
    if args.is_empty() {
        return Outcome::Done(1);
    }
    let mut test = Test { call, args, at: 0, depth: 0, double };
    match test.or() {
        Ok(value) if test.at >= test.args.len() => Outcome::Done(i32::from(!value)),
        Ok(_) => {
            let word = String::from_utf8_lossy(&test.args[test.at]).into_owned();
            complain(
                call,
                &match call.task.dialect {
                    Dialect::Ash => format!("{word}: unknown operand"),
                    Dialect::Dash => format!("{word}: unexpected operator"),
                    Dialect::Bash => String::from("too many arguments"),
                },
            )
        }
        Err(message) => complain(call, &message),
    }
}

fn prefix(call: &Call) -> String {
    match call.task.dialect {
        // busybox prints the applet's name, which is the shell's.
        Dialect::Ash => String::from("sh: "),
        _ => crate::shell::messages::prefix(call.task, Some(call.name)),
    }
}

fn complain(call: &mut Call, message: &str) -> Outcome {
    let text = format!("{}{message}\n", prefix(call));
    call.task.write(2, text);
    Outcome::Done(2)
}

impl Test<'_, '_, '_> {
    fn word(&self, offset: usize) -> Option<&[u8]> {
        self.args.get(self.at + offset).map(Vec::as_slice)
    }

    fn accept(&mut self, words: &[&[u8]]) -> bool {
        let found = self.word(0).is_some_and(|word| words.contains(&word));
        self.at += usize::from(found);
        found
    }

    fn or(&mut self) -> Result<bool, String> {
        let mut value = self.and()?;
        while self.accept(if self.double { &[b"||"] } else { &[b"-o"] }) {
            value |= self.and()?;
        }
        Ok(value)
    }

    fn and(&mut self) -> Result<bool, String> {
        let mut value = self.not()?;
        while self.accept(if self.double { &[b"&&"] } else { &[b"-a"] }) {
            value &= self.not()?;
        }
        Ok(value)
    }

    fn not(&mut self) -> Result<bool, String> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(String::from("too many arguments"));
        }
        let left = self.args.len() - self.at;
        let value = if self.word(0) == Some(b"!") && left > 1 && !(left >= 3 && self.is_binary(1)) {
            self.at += 1;
            !self.not()?
        } else {
            self.primary()?
        };
        self.depth -= 1;
        Ok(value)
    }

    fn is_binary(&self, offset: usize) -> bool {
        matches!(
            self.word(offset),
            Some(
                b"=" | b"=="
                    | b"!="
                    | b"<"
                    | b">"
                    | b"=~"
                    | b"-eq"
                    | b"-ne"
                    | b"-lt"
                    | b"-le"
                    | b"-gt"
                    | b"-ge"
                    | b"-nt"
                    | b"-ot"
                    | b"-ef"
            )
        )
    }

    fn primary(&mut self) -> Result<bool, String> {
        if self.is_binary(1) && self.args.len() - self.at >= 3 {
            let (left, operator, right) =
                (self.args[self.at].clone(), self.args[self.at + 1].clone(), self.args[self.at + 2].clone());
            self.at += 3;
            return self.binary(&left, &operator, &right);
        }
        if self.word(0) == Some(b"(") && self.args.len() - self.at > 2 {
            self.at += 1;
            let value = self.or()?;
            return if self.accept(&[b")"]) {
                Ok(value)
            } else {
                Err(String::from("closing paren expected"))
            };
        }
        let Some(word) = self.word(0).map(<[u8]>::to_vec) else {
            return Err(String::from("argument expected"));
        };
        let unary = word.len() == 2 && word[0] == b'-' && b"bcdefghkLnOGprSstuwxz".contains(&word[1]);
        if unary && let Some(operand) = self.word(1).map(<[u8]>::to_vec) {
            self.at += 2;
            return Ok(self.unary(word[1], &operand));
        }
        self.at += 1;
        if self.is_binary(0) && self.at + 1 == self.args.len() {
            let operator = String::from_utf8_lossy(&self.args[self.at]).into_owned();
            return Err(format!("{operator}: argument expected"));
        }
        Ok(!word.is_empty())
    }

    fn unary(&mut self, operator: u8, operand: &[u8]) -> bool {
        match operator {
            b'n' => return !operand.is_empty(),
            b'z' => return operand.is_empty(),
            b't' => return false,
            _ => {}
        }
        let path = String::from_utf8_lossy(operand).into_owned();
        let cwd = self.call.cwd();
        let follow = !matches!(operator, b'L' | b'h');
        let descriptor = self.call.task.fds.get(&1).cloned();
        let view = self.call.cx.view();
        let Ok(entry) = view.stat(&cwd, &path, follow) else { return false };
        match operator {
            b'f' => matches!(entry.node, Node::File(_)),
            b'd' => entry.is_directory(),
            b'L' | b'h' => matches!(entry.node, Node::Symlink(_)),
            b'c' => matches!(
                entry.node,
                Node::Device(Device::Null | Device::Zero | Device::Full | Device::Random)
            ),
            b'p' => matches!(descriptor, Some(Descriptor::Pipe { .. })) && path == "/dev/stdout",
            b's' => entry.size() > 0,
            b'r' => view.allowed(entry, 4),
            b'w' => view.allowed(entry, 2),
            b'x' => view.allowed(entry, 1),
            b'b' | b'S' | b'u' | b'g' | b'k' => false,
            _ => true,
        }
    }

    fn binary(&mut self, left: &[u8], operator: &[u8], right: &[u8]) -> Result<bool, String> {
        match operator {
            b"=" | b"==" if self.double => return Ok(pattern::matches(right, left)),
            b"!=" if self.double => return Ok(!pattern::matches(right, left)),
            b"=" | b"==" => return Ok(left == right),
            b"!=" => return Ok(left != right),
            b"<" => return Ok(left < right),
            b">" => return Ok(left > right),
            b"=~" => {
                let regex = super::regex::Regex::new(right, true, false).map_err(String::from)?;
                return Ok(regex.find(left, 0).is_some());
            }
            b"-nt" | b"-ot" | b"-ef" => {
                let cwd = self.call.cwd();
                let view = self.call.cx.view();
                let time = |path: &[u8]| {
                    view.stat(&cwd, &String::from_utf8_lossy(path), true).ok().map(|entry| entry.mtime)
                };
                let (left, right) = (time(left), time(right));
                return Ok(match operator {
                    b"-nt" => left > right,
                    b"-ot" => left < right,
                    _ => left.is_some() && left == right,
                });
            }
            _ => {}
        }
        let (left, right) = (self.number(left)?, self.number(right)?);
        Ok(match operator {
            b"-eq" => left == right,
            b"-ne" => left != right,
            b"-lt" => left < right,
            b"-le" => left <= right,
            b"-gt" => left > right,
            _ => left >= right,
        })
    }

    fn number(&self, text: &[u8]) -> Result<i64, String> {
        let text = String::from_utf8_lossy(text);
        let text = text.trim();
        text.parse().map_err(|_| match self.call.task.dialect {
            Dialect::Ash => format!("{text}: bad number"),
            Dialect::Dash => format!("Illegal number: {text}"),
            Dialect::Bash => format!("{text}: integer expression expected"),
        })
    }
}
