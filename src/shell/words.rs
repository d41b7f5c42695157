//! Inside a word: quotes, `$name`, `${…}`, `$(…)`, `$((…))` and backquotes.

use std::sync::Arc;

use super::Dialect;
use super::ast::{Action, List, Part, Word};
use super::lexer::{Fault, Lexer, PartsBuilder, SyntaxError, is_meta};

/// Where the text of a word ends and which characters in it are special.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    /// A word of a command: up to a blank or an operator.
    Token,
    /// Up to `"`.
    DoubleQuotes,
    /// The word of `${x:-word}`: up to `}` or one of the given characters; inside double quotes or not.
    Brace { quoted: bool, stops: &'static [u8] },
    /// Up to `))`.
    Arithmetic,
    /// To the end of the text.
    Here,
}

impl Mode {
    fn quoted(self) -> bool {
        !matches!(self, Mode::Token | Mode::Brace { quoted: false, .. })
    }
}

impl Lexer<'_> {
    /// A word of a command.
    pub(super) fn word(&mut self) -> Result<Word, SyntaxError> {
        self.text(Mode::Token)
    }

    /// The whole of the text as the body of a here-document.
    pub(super) fn here_body(&mut self) -> Result<Word, SyntaxError> {
        self.text(Mode::Here)
    }

    fn text(&mut self, mode: Mode) -> Result<Word, SyntaxError> {
        let mut out = PartsBuilder::default();
        let quoted = mode.quoted();
        let mut parentheses = 0;
        loop {
            let Some(&c) = self.src.get(self.pos) else {
                return match mode {
                    Mode::Token | Mode::Here => Ok(out.finish()),
                    Mode::DoubleQuotes => self.error(Fault::UnterminatedQuote(b'"')),
                    Mode::Brace { .. } => self.error(Fault::MissingBrace),
                    Mode::Arithmetic => self.unterminated("))"),
                };
            };
            match mode {
                Mode::Token if is_meta(c) => return Ok(out.finish()),
                Mode::DoubleQuotes if c == b'"' => return Ok(out.finish()),
                Mode::Brace { stops, .. } if c == b'}' || stops.contains(&c) => return Ok(out.finish()),
                Mode::Arithmetic if c == b'(' => parentheses += 1,
                Mode::Arithmetic if c == b')' && parentheses > 0 => parentheses -= 1,
                Mode::Arithmetic if c == b')' => return Ok(out.finish()),
                _ => {}
            }
            self.pos += 1;
            match c {
                b'\\' => self.backslash(mode, &mut out),
                b'\'' if !quoted => self.single_quotes(&mut out)?,
                b'"' if !matches!(mode, Mode::Here | Mode::Arithmetic) => {
                    if matches!(mode, Mode::Brace { quoted: true, .. }) {
                        continue;
                    }
                    self.double_quotes(&mut out)?;
                }
                b'"' if mode == Mode::Arithmetic => {}
                b'$' => self.dollar(quoted, mode, &mut out)?,
                b'`' => {
                    let body = self.backquotes(quoted)?;
                    out.part(Part::Command { body, quoted });
                }
                b'\n' => {
                    self.line += 1;
                    out.push(c, quoted);
                }
                _ => out.push(c, quoted),
            }
        }
    }

    fn backslash(&mut self, mode: Mode, out: &mut PartsBuilder) {
        let Some(&c) = self.src.get(self.pos) else {
            out.push(b'\\', true);
            return;
        };
        let escapes = match mode {
            Mode::Token | Mode::Brace { quoted: false, .. } => true,
            Mode::Here | Mode::Arithmetic => matches!(c, b'$' | b'`' | b'\\' | b'\n'),
            Mode::DoubleQuotes => matches!(c, b'$' | b'`' | b'"' | b'\\' | b'\n'),
            Mode::Brace { quoted: true, .. } => matches!(c, b'$' | b'`' | b'"' | b'\\' | b'\n' | b'}'),
        };
        if !escapes {
            out.push(b'\\', true);
            return;
        }
        self.pos += 1;
        if c == b'\n' {
            self.line += 1;
        } else {
            out.push(c, true);
        }
    }

    fn single_quotes(&mut self, out: &mut PartsBuilder) -> Result<(), SyntaxError> {
        let rest = &self.src[self.pos..];
        let Some(length) = rest.iter().position(|c| *c == b'\'') else {
            return self.error(Fault::UnterminatedQuote(b'\''));
        };
        if length == 0 {
            out.empty_quotes();
        }
        out.extend(&rest[..length], true);
        self.line += rest[..length].iter().filter(|c| **c == b'\n').count() as u32;
        self.pos += length + 1;
        Ok(())
    }

    fn double_quotes(&mut self, out: &mut PartsBuilder) -> Result<(), SyntaxError> {
        self.enter()?;
        let inner = self.text(Mode::DoubleQuotes)?;
        self.leave();
        self.pos += 1;
        if inner.0.is_empty() {
            out.empty_quotes();
        }
        for part in inner.0 {
            match part {
                Part::Text(text) | Part::Quoted(text) => out.extend(&text, true),
                other => out.part(other),
            }
        }
        Ok(())
    }

    /// After a `$`.
    fn dollar(&mut self, quoted: bool, mode: Mode, out: &mut PartsBuilder) -> Result<(), SyntaxError> {
        let c = self.at(0);
        match c {
            b'(' => {
                self.enter()?;
                let part = self.parenthesis(quoted)?;
                self.leave();
                out.part(part);
            }
            b'{' => {
                self.enter()?;
                self.pos += 1;
                let part = self.brace(quoted)?;
                self.leave();
                out.part(part);
            }
            b'\'' if mode == Mode::Token && self.dialect != Dialect::Dash => {
                self.pos += 1;
                self.c_quotes(out)?;
            }
            _ => {
                let length = self.name_length();
                if length == 0 {
                    out.push(b'$', quoted);
                } else {
                    let name = self.src[self.pos..self.pos + length].into();
                    self.pos += length;
                    out.part(Part::Parameter { name, action: Action::Value, quoted });
                }
            }
        }
        Ok(())
    }

    /// Length of the parameter name at the position: a variable's, one digit, or one special character.
    fn name_length(&self) -> usize {
        match self.at(0) {
            b'?' | b'$' | b'#' | b'@' | b'*' | b'!' | b'-' | b'0'..=b'9' => 1,
            b'a'..=b'z' | b'A'..=b'Z' | b'_' => {
                self.src[self.pos..].iter().take_while(|c| c.is_ascii_alphanumeric() || **c == b'_').count()
            }
            _ => 0,
        }
    }

    /// At `(` after `$`: arithmetic, or a command substitution.
    fn parenthesis(&mut self, quoted: bool) -> Result<Part, SyntaxError> {
        let (start, line) = (self.pos, self.line);
        if self.at(1) == b'(' {
            self.pos += 2;
            let arithmetic = self.text(Mode::Arithmetic);
            if self.looking_at("))") {
                let expression = Arc::new(arithmetic?);
                self.pos += 2;
                return Ok(Part::Arithmetic { expression, quoted });
            }
            if self.pos >= self.src.len() {
                return self.unterminated("))");
            }
            // `$((` may also begin a subshell inside a command substitution.
            (self.pos, self.line) = (start, line);
        }
        self.pos += 1;
        let body = self.substitution_body()?;
        Ok(Part::Command { body, quoted })
    }

    /// At the first of two opening parentheses that hold an expression.
    pub(super) fn arithmetic_part(&mut self) -> Result<Part, SyntaxError> {
        self.parenthesis(true)
    }

    fn unterminated<T>(&self, expecting: &'static str) -> Result<T, SyntaxError> {
        let token = String::from("end of file");
        self.error(Fault::Unexpected { token, text: String::new(), expecting: Some(expecting) })
    }

    fn backquotes(&mut self, quoted: bool) -> Result<Arc<List>, SyntaxError> {
        let mut text = Vec::new();
        let line = self.line;
        loop {
            let Some(&c) = self.src.get(self.pos) else {
                return self.error(Fault::UnterminatedBackquote);
            };
            self.pos += 1;
            match c {
                b'`' => break,
                b'\\' if matches!(self.at(0), b'`' | b'\\' | b'$') || (quoted && self.at(0) == b'"') => {
                    text.push(self.at(0));
                    self.pos += 1;
                }
                b'\n' => {
                    self.line += 1;
                    text.push(c);
                }
                _ => text.push(c),
            }
        }
        self.enter()?;
        let body = super::parser::parse_all(&text, line, self.dialect, self.depth)?;
        self.leave();
        Ok(Arc::new(body))
    }

    /// After `${`.
    fn brace(&mut self, quoted: bool) -> Result<Part, SyntaxError> {
        let length_of = self.at(0) == b'#'
            && !matches!(self.at(1), b'}' | b':' | b'-' | b'=' | b'+' | b'?' | b'%' | b'#');
        if length_of {
            self.pos += 1;
        }
        let mut length = self.name_length();
        if self.at(0).is_ascii_digit() {
            length = self.src[self.pos..].iter().take_while(|c| c.is_ascii_digit()).count();
        }
        if length == 0 {
            return self.error(if self.pos >= self.src.len() {
                Fault::MissingBrace
            } else {
                Fault::BadSubstitution
            });
        }
        let name: Box<[u8]> = self.src[self.pos..self.pos + length].into();
        self.pos += length;
        if length_of {
            return match self.at(0) {
                b'}' => {
                    self.pos += 1;
                    Ok(Part::Parameter { name, action: Action::Length, quoted })
                }
                _ => self.error(Fault::BadSubstitution),
            };
        }
        let colon = self.at(0) == b':' && matches!(self.at(1), b'-' | b'=' | b'+' | b'?');
        if colon {
            self.pos += 1;
        }
        let operator = self.at(0);
        let double = self.at(1) == operator;
        if self.pos >= self.src.len() {
            return self.error(Fault::MissingBrace);
        }
        self.pos += 1;
        let extended = self.dialect != Dialect::Dash;
        let action = match operator {
            b'}' => return Ok(Part::Parameter { name, action: Action::Value, quoted }),
            b'-' => Action::Default(colon, self.brace_word(quoted, b"")?),
            b'=' => Action::Assign(colon, self.brace_word(quoted, b"")?),
            b'+' => Action::Alternative(colon, self.brace_word(quoted, b"")?),
            b'?' => Action::Require(colon, self.brace_word(quoted, b"")?),
            b'#' | b'%' => {
                self.pos += usize::from(double);
                // A pattern's wildcards stay active inside double quotes.
                let pattern = self.brace_word(false, b"")?;
                if operator == b'#' {
                    Action::TrimStart(double, pattern)
                } else {
                    Action::TrimEnd(double, pattern)
                }
            }
            b':' if extended => {
                let offset = self.brace_word(true, b":")?;
                let length = if self.at(0) == b':' {
                    self.pos += 1;
                    Some(self.brace_word(true, b"")?)
                } else {
                    None
                };
                Action::Slice(offset, length)
            }
            b'/' if extended => {
                self.pos += usize::from(double);
                let pattern = self.brace_word(false, b"/")?;
                let mut text = Arc::new(Word::default());
                if self.at(0) == b'/' {
                    self.pos += 1;
                    text = self.brace_word(quoted, b"")?;
                }
                Action::Replace(double, pattern, text)
            }
            _ => return self.error(Fault::BadSubstitution),
        };
        if self.at(0) != b'}' {
            return self.error(Fault::MissingBrace);
        }
        self.pos += 1;
        Ok(Part::Parameter { name, action, quoted })
    }

    fn brace_word(&mut self, quoted: bool, stops: &'static [u8]) -> Result<Arc<Word>, SyntaxError> {
        self.text(Mode::Brace { quoted, stops }).map(Arc::new)
    }

    /// After `$'`: C's escapes.
    fn c_quotes(&mut self, out: &mut PartsBuilder) -> Result<(), SyntaxError> {
        let rest = &self.src[self.pos..];
        let mut length = 0;
        while length < rest.len() && rest[length] != b'\'' {
            length += if rest[length] == b'\\' { 2 } else { 1 };
        }
        if length >= rest.len() {
            return self.error(Fault::UnterminatedQuote(b'\''));
        }
        out.empty_quotes();
        out.extend(&super::escapes::unescape(&rest[..length]).0, true);
        self.pos += length + 1;
        Ok(())
    }
}

/// `name=…` → the name and the word of the value.
pub(super) fn split_assignment(word: &Word) -> Option<(Box<[u8]>, Word)> {
    let Some(Part::Text(text)) = word.0.first() else { return None };
    let equals = text.iter().position(|c| *c == b'=')?;
    if !super::parser::is_name(&text[..equals]) {
        return None;
    }
    let mut parts = Vec::with_capacity(word.0.len());
    if equals + 1 < text.len() {
        parts.push(Part::Text(text[equals + 1..].into()));
    }
    parts.extend_from_slice(&word.0[1..]);
    Some((text[..equals].into(), Word(parts)))
}
