//! From a template's text to its actions.

use super::{Action, Bounds, Step};
use crate::json::Json;

/// Reads a template.
pub(super) fn template(text: &str) -> Result<Vec<Action>, String> {
    Parser { chars: text.chars().collect(), at: 0 }.template()
}

struct Parser {
    chars: Vec<char>,
    at: usize,
}

fn terminates(c: char) -> bool {
    " \t\r\n.,[]$@{}".contains(c)
}

impl Parser {
    fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    fn take(&mut self, word: &str) -> bool {
        let found = word.chars().enumerate().all(|(i, c)| self.chars.get(self.at + i) == Some(&c));
        self.at += if found { word.chars().count() } else { 0 };
        found
    }

    /// The characters while it holds for them.
    fn run(&mut self, of: impl Fn(char) -> bool) -> String {
        let from = self.at;
        while self.peek().is_some_and(&of) {
            self.at += 1;
        }
        self.chars[from..self.at].iter().collect()
    }

    fn template(&mut self) -> Result<Vec<Action>, String> {
        let mut out = Vec::new();
        while self.peek().is_some() {
            if self.take("{") {
                out.push(self.action()?);
            } else {
                out.push(vec![Step::Text(self.run(|c| c != '{'))]);
            }
        }
        Ok(out)
    }

    /// What stands between braces, up to the second one.
    fn action(&mut self) -> Result<Action, String> {
        let mut out = Action::new();
        loop {
            if self.take("}") {
                return Ok(out);
            }
            if self.take("[?(") {
                out.push(self.filter()?);
                continue;
            }
            if self.take("..") {
                if matches!(out.last(), Some(Step::Recursive)) {
                    return Err("invalid multiple recursive descent".into());
                }
                out.push(Step::Recursive);
                if self.peek().is_some_and(|c| c == '_' || c.is_alphanumeric()) {
                    out.push(self.field());
                }
                continue;
            }
            match self.peek() {
                None | Some('\r' | '\n') => return Err("unclosed action".into()),
                Some(' ' | '@' | '$') => self.at += 1,
                Some('[') => self.brackets(&mut out)?,
                Some(quote @ ('"' | '\'')) => out.push(Step::Text(self.quoted(quote)?)),
                Some('.') => {
                    self.at += 1;
                    out.push(self.field());
                }
                Some(c) if c == '+' || c == '-' || c.is_ascii_digit() => {
                    self.at += 1;
                    let number = c.to_string() + &self.run(|c| c == '.' || c.is_ascii_digit());
                    let plain = number.trim_start_matches('+');
                    let value = plain.parse().map(Json::Int).or_else(|_| plain.parse().map(Json::Float));
                    let value = value.map_err(|_| format!("cannot parse number {number}"))?;
                    out.push(Step::Value(value));
                }
                Some(c) if c == '_' || c.is_alphanumeric() => {
                    let word = self.run(|c| !terminates(c));
                    out.push(match word.as_str() {
                        "true" | "false" => Step::Value((word == "true").into()),
                        _ => Step::Word(word),
                    });
                }
                Some(c) => {
                    return Err(format!("unrecognized character in action: U+{:04X} '{c}'", u32::from(c)));
                }
            }
        }
    }

    fn field(&mut self) -> Step {
        let mut name = String::new();
        while let Some(c) = self.peek().filter(|c| !terminates(*c)) {
            self.at += 1;
            if c == '\\' {
                name.extend(self.peek());
                self.at += 1;
            } else {
                name.push(c);
            }
        }
        if name == "*" { Step::Wildcard } else { Step::Field(name) }
    }

    fn quoted(&mut self, quote: char) -> Result<String, String> {
        self.at += 1;
        let mut out = String::new();
        while let Some(c) = self.peek() {
            self.at += 1;
            match c {
                '\n' => break,
                c if c == quote => return Ok(out),
                '\\' => {
                    let escaped = self.peek().unwrap_or('\\');
                    self.at += 1;
                    out.push(match escaped {
                        'n' => '\n',
                        't' => '\t',
                        'r' => '\r',
                        other => other,
                    });
                }
                other => out.push(other),
            }
        }
        Err("unterminated quoted string".into())
    }

    /// A text as if it stood between braces.
    fn inner(text: &str) -> Result<Action, String> {
        Parser { chars: text.chars().chain(['}']).collect(), at: 0 }.action()
    }

    fn brackets(&mut self, out: &mut Action) -> Result<(), String> {
        self.at += 1;
        let text = self.run(|c| c != ']' && c != '\n');
        if !self.take("]") {
            return Err("unterminated array".into());
        }
        if text.contains(',') {
            let paths = text.split(',').map(|part| Parser::inner(&format!("[{}]", part.trim_matches(' '))));
            out.push(Step::Union(paths.collect::<Result<_, _>>()?));
            return Ok(());
        }
        let key = text.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\''));
        if let Some(key) = key.filter(|key| !key.contains('\'')) {
            // Of a key with dots each part is a field.
            out.extend(Parser::inner(&format!(".{key}"))?);
            return Ok(());
        }
        let wrong = || format!("invalid array index {text}");
        let numbers = if text == "*" { ":" } else { text.as_str() };
        let parts: Vec<&str> = numbers.split(':').collect();
        let mut bounds = [None; 3];
        if parts.len() > 3 {
            return Err(wrong());
        }
        for (bound, part) in bounds.iter_mut().zip(&parts) {
            let digits = part.strip_prefix('-').unwrap_or(part);
            if !digits.bytes().all(|b| b.is_ascii_digit()) {
                return Err(wrong());
            }
            if !part.is_empty() {
                *bound = Some(part.parse().map_err(|_| format!("array index {part} is not a number"))?);
            }
        }
        let [from, to, by] = bounds;
        out.push(Step::Slice(Bounds { from, to, by, single: parts.len() == 1 }));
        Ok(())
    }

    /// `@.a=="b")]`, of which the first quote has to be closed.
    fn filter(&mut self) -> Result<Step, String> {
        let (from, mut open, mut closed) = (self.at, None, false);
        loop {
            let c = self.peek().filter(|c| *c != '\n').ok_or("unterminated filter")?;
            self.at += 1;
            match c {
                '"' | '\'' if open.is_none() => open = Some(c),
                '"' | '\'' if open == Some(c) && self.chars[self.at - 2] != '\\' => closed = true,
                ')' if open.is_some() == closed => break,
                _ => {}
            }
        }
        let text: String = self.chars[from..self.at - 1].iter().collect();
        if !self.take("]") {
            return Err("unclosed array expect ]".into());
        }
        let signs = |c: char| "!<>=".contains(c);
        let compared = text.find(signs).filter(|at| *at > 0).and_then(|at| {
            let rest = text[at..].trim_start_matches(signs);
            (!rest.is_empty()).then(|| (&text[..at], &text[at..text.len() - rest.len()], rest))
        });
        Ok(match compared {
            Some((left, op, right)) => Step::Filter(Parser::inner(left)?, op.into(), Parser::inner(right)?),
            None => Step::Filter(Parser::inner(&text)?, "exists".into(), Action::new()),
        })
    }
}
