//! Text of a script → tokens. Words come out with their quoting resolved into [`Part`]s (see [`super::words`]).
//!
//! A shell cannot be tokenised ahead of parsing (`$(…)` holds commands, a here-document begins after the line it is
//! named on), so the parser pulls one token at a time, and command substitutions call back into the parser.

use super::Dialect;
use super::aliases::Aliases;
use super::ast::{Part, Word};

/// Why a script cannot be parsed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyntaxError {
    /// Line of the source it was noticed on, from 1.
    pub line: u32,
    /// What is wrong.
    pub fault: Fault,
}

/// What is wrong with a script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// A token that cannot stand here; in ash's words for it (`end of file`, `word`, `"fi"`), with its own text.
    Unexpected {
        /// As ash and dash name it.
        token: String,
        /// Its own text, as bash shows it; empty at the end of the script.
        text: String,
        /// The only token that could.
        expecting: Option<&'static str>,
    },
    /// A quote without its end.
    UnterminatedQuote(u8),
    /// A backquote without its end.
    UnterminatedBackquote,
    /// `${` without `}`
    MissingBrace,
    /// `${x!}`
    BadSubstitution,
    /// `for 1x in`
    BadForVariable,
    /// `1x() …`
    BadFunctionName,
    /// Deeper than this simulation goes.
    TooDeep,
    /// No fault: a word that stands for other text, and where it is.
    Alias {
        /// Its first byte.
        from: usize,
        /// The byte after it.
        to: usize,
    },
}

/// A token.
#[derive(Debug, Clone)]
pub enum Token {
    /// A word, quotes and expansions inside.
    Word(Word),
    /// Digits right before a redirection operator.
    IoNumber(u32),
    /// An operator.
    Op(&'static str),
    /// End of a line.
    Newline,
    /// End of the script.
    End,
}

/// Longest first, so that the first that matches is the token.
const OPERATORS: &[&str] =
    &["<<-", ";;", "&&", "||", "<<", ">>", "<&", ">&", "<>", ">|", ";", "&", "|", "<", ">", "(", ")"];

/// The position in a script and what has been read ahead.
pub struct Lexer<'a> {
    pub(super) src: &'a [u8],
    pub(super) pos: usize,
    pub(super) line: u32,
    pub(super) dialect: Dialect,
    /// How many constructs are open around the position.
    pub(super) depth: u32,
    pub(super) peeked: Option<Token>,
    /// Where the line after the pending here-documents begins.
    pub(super) after_here: Option<usize>,
    /// Words that stand for other text.
    pub(super) aliases: Option<&'a Aliases>,
    /// Where the newest word begins.
    pub(super) word_at: usize,
}

/// Ends an unquoted word.
pub(super) fn is_meta(c: u8) -> bool {
    matches!(c, b' ' | b'\t' | b'\n' | b';' | b'&' | b'|' | b'<' | b'>' | b'(' | b')')
}

impl<'a> Lexer<'a> {
    pub(super) fn new(src: &'a [u8], pos: usize, line: u32, dialect: Dialect, depth: u32) -> Self {
        Lexer { src, pos, line, dialect, depth, peeked: None, after_here: None, aliases: None, word_at: 0 }
    }

    pub(super) fn error<T>(&self, fault: Fault) -> Result<T, SyntaxError> {
        Err(SyntaxError { line: self.line, fault })
    }

    pub(super) fn at(&self, offset: usize) -> u8 {
        self.src.get(self.pos + offset).copied().unwrap_or(0)
    }

    pub(super) fn looking_at(&self, text: &str) -> bool {
        self.src.get(self.pos..).is_some_and(|rest| rest.starts_with(text.as_bytes()))
    }

    pub(super) fn peek(&mut self) -> Result<&Token, SyntaxError> {
        if self.peeked.is_none() {
            let token = self.lex()?;
            self.peeked = Some(token);
        }
        Ok(self.peeked.as_ref().expect("filled above"))
    }

    pub(super) fn next(&mut self) -> Result<Token, SyntaxError> {
        self.peek()?;
        Ok(self.peeked.take().expect("peeked"))
    }

    fn lex(&mut self) -> Result<Token, SyntaxError> {
        loop {
            match self.at(0) {
                b' ' | b'\t' | b'\r' => self.pos += 1,
                b'\\' if self.at(1) == b'\n' => {
                    self.pos += 2;
                    self.line += 1;
                }
                b'#' => {
                    while self.pos < self.src.len() && self.src[self.pos] != b'\n' {
                        self.pos += 1;
                    }
                }
                _ => break,
            }
        }
        if self.pos >= self.src.len() {
            return Ok(Token::End);
        }
        if self.at(0) == b'\n' {
            self.newline();
            return Ok(Token::Newline);
        }
        if self.dialect != Dialect::Dash {
            for op in ["&>>", "&>"] {
                if self.looking_at(op) {
                    self.pos += op.len();
                    return Ok(Token::Op(op));
                }
            }
        }
        if self.dialect == Dialect::Bash && self.looking_at("<<<") {
            self.pos += 3;
            return Ok(Token::Op("<<<"));
        }
        if let Some(op) = OPERATORS.iter().find(|op| self.looking_at(op)) {
            self.pos += op.len();
            return Ok(Token::Op(op));
        }
        let digits = self.src[self.pos..].iter().take_while(|c| c.is_ascii_digit()).count();
        if (1..=2).contains(&digits) && matches!(self.at(digits), b'<' | b'>') {
            let number =
                self.src[self.pos..self.pos + digits].iter().fold(0, |n, d| n * 10 + u32::from(d - b'0'));
            self.pos += digits;
            return Ok(Token::IoNumber(number));
        }
        self.word_at = self.pos;
        Ok(Token::Word(self.word()?))
    }

    /// Steps over a newline, and over the here-documents that were named on its line.
    pub(super) fn newline(&mut self) {
        self.pos += 1;
        self.line += 1;
        if let Some(resume) = self.after_here.take()
            && resume > self.pos
        {
            self.line += self.src[self.pos..resume].iter().filter(|c| **c == b'\n').count() as u32;
            self.pos = resume;
        }
    }

    /// Reads the body of a here-document whose delimiter has just been read.
    pub(super) fn here_document(&mut self, delimiter: &Word, strip_tabs: bool) -> Result<Word, SyntaxError> {
        let quoted = delimiter.0.iter().any(|part| !matches!(part, Part::Text(_)));
        let mut end = Vec::new();
        for part in &delimiter.0 {
            if let Part::Text(text) | Part::Quoted(text) = part {
                end.extend_from_slice(text);
            }
        }
        let mut at = match self.after_here {
            Some(at) => at,
            None => {
                let rest = &self.src[self.pos..];
                self.pos + rest.iter().position(|c| *c == b'\n').map_or(rest.len(), |n| n + 1)
            }
        };
        let mut body = Vec::new();
        while at < self.src.len() {
            let rest = &self.src[at..];
            let length = rest.iter().position(|c| *c == b'\n').unwrap_or(rest.len());
            let mut line = &rest[..length];
            while strip_tabs && line.first() == Some(&b'\t') {
                line = &line[1..];
            }
            at = (at + length + 1).min(self.src.len());
            if line == end {
                break;
            }
            body.extend_from_slice(line);
            if rest.len() > length {
                body.push(b'\n');
            }
        }
        self.after_here = Some(at);
        if quoted {
            return Ok(Word(vec![Part::Quoted(body.into())]));
        }
        Lexer::new(&body, 0, self.line + 1, self.dialect, self.depth).here_body()
    }

    /// Enters a nested construct; the matching [`Lexer::leave`] need not be called when there is an error.
    pub(super) fn enter(&mut self) -> Result<(), SyntaxError> {
        self.depth += 1;
        if self.depth > super::parser::MAX_DEPTH { self.error(Fault::TooDeep) } else { Ok(()) }
    }

    pub(super) fn leave(&mut self) {
        self.depth -= 1;
    }
}

/// `word` if it is one unquoted literal: what reserved words and function names must be.
pub(super) fn literal(word: &Word) -> Option<&[u8]> {
    match word.0.as_slice() {
        [Part::Text(text)] => Some(text),
        _ => None,
    }
}

/// Puts parts side by side, joining literal text.
#[derive(Default)]
pub(super) struct PartsBuilder {
    parts: Vec<Part>,
    text: Vec<u8>,
    quoted: bool,
}

impl PartsBuilder {
    pub(super) fn push(&mut self, c: u8, quoted: bool) {
        if self.quoted != quoted {
            self.flush();
            self.quoted = quoted;
        }
        self.text.push(c);
    }

    pub(super) fn extend(&mut self, text: &[u8], quoted: bool) {
        for c in text {
            self.push(*c, quoted);
        }
    }

    pub(super) fn part(&mut self, part: Part) {
        self.flush();
        self.parts.push(part);
    }

    /// `""`: a field even though it is empty.
    pub(super) fn empty_quotes(&mut self) {
        self.part(Part::Quoted(Box::default()));
    }

    fn flush(&mut self) {
        if !self.text.is_empty() {
            let text = std::mem::take(&mut self.text).into();
            self.parts.push(if self.quoted { Part::Quoted(text) } else { Part::Text(text) });
        }
    }

    pub(super) fn finish(mut self) -> Word {
        self.flush();
        Word(self.parts)
    }
}
