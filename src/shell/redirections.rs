//! Redirections: tokens → what they change.

use super::ast::{Part, Redirect, RedirectKind, Word};
use super::lexer::{Lexer, SyntaxError, Token, literal};

impl Lexer<'_> {
    /// Parses a redirection, if one is next.
    pub(super) fn redirect(&mut self, out: &mut Vec<Redirect>) -> Result<bool, SyntaxError> {
        let number = match self.peek()? {
            Token::IoNumber(number) => {
                let number = *number;
                self.next()?;
                Some(number)
            }
            Token::Op("<" | ">" | ">|" | ">>" | "<>" | "<&" | ">&" | "<<" | "<<-" | "<<<" | "&>" | "&>>") => {
                None
            }
            _ => return Ok(false),
        };
        let Token::Op(op) = self.next()? else { return self.unexpected(None) };
        if !matches!(self.peek()?, Token::Word(_)) {
            return self.unexpected(None);
        }
        let Token::Word(target) = self.next()? else { unreachable!("peeked") };
        let kind = match op {
            "<" => RedirectKind::Read(target),
            ">>" => RedirectKind::Append(target),
            "<>" => RedirectKind::ReadWrite(target),
            "<&" => RedirectKind::Duplicate(target),
            // `>&file` is bash's older spelling of `&>file`.
            ">&" if literal(&target)
                .is_some_and(|text| text != b"-" && !text.iter().all(u8::is_ascii_digit)) =>
            {
                RedirectKind::Both(target)
            }
            ">&" => RedirectKind::Duplicate(target),
            "<<" => RedirectKind::Here(self.here_document(&target, false)?),
            "<<-" => RedirectKind::Here(self.here_document(&target, true)?),
            "<<<" => {
                let mut parts = target.0;
                parts.push(Part::Quoted(Box::from(&b"\n"[..])));
                RedirectKind::Here(Word(parts))
            }
            "&>" | "&>>" => RedirectKind::Both(target),
            _ => RedirectKind::Write(target),
        };
        let fd = number.unwrap_or(u32::from(!op.starts_with('<')));
        out.push(Redirect { fd, kind });
        Ok(true)
    }
}
