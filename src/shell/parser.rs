//! Tokens → the tree of one *complete command* (a line, with whatever its constructs span).
//!
//! A shell runs each complete command before it reads the next one, so a script's first lines run even if a later
//! line cannot be parsed; [`parse_line`] is called again and again by the interpreter.
//!
//! The grammar is the POSIX shell's, recursive descent with one token of look-ahead, with the error messages of
//! busybox ash. `brush-parser` was weighed: it is 100 kB of brotli, of a budget of 250 kB for the whole page.

use std::sync::Arc;

use super::Dialect;
use super::aliases::Aliases;
use super::ast::{AndOr, Command, CommandKind, Joint, List, Part, Pipeline, Word};
use super::lexer::{Fault, Lexer, SyntaxError, Token, literal};
use super::words::split_assignment;

/// How deep constructs may nest. Real shells go on until their stack ends; ours is a browser's.
pub const MAX_DEPTH: u32 = 60;

/// Words that end a list when they stand where a command would.
const CLOSERS: &[&str] = &["then", "elif", "else", "fi", "do", "done", "esac", "}"];

/// The result of parsing one complete command.
#[derive(Debug)]
pub struct Line {
    /// Its tree.
    pub list: Arc<List>,
    /// Where the next one begins.
    pub next: usize,
    /// The line number there.
    pub line: u32,
}

/// Parses the complete command at `pos`; `None` at the end of the script.
pub(super) fn parse_line(
    src: &[u8],
    pos: usize,
    line: u32,
    dialect: Dialect,
    aliases: Option<&Aliases>,
) -> Result<Option<Line>, SyntaxError> {
    let mut parser = Lexer { aliases, ..Lexer::new(src, pos, line, dialect, 0) };
    parser.skip_newlines()?;
    if matches!(parser.peek()?, Token::End) {
        return Ok(None);
    }
    let mut items = Vec::new();
    loop {
        items.push(parser.and_or()?);
        let background = items.last().is_some_and(|item: &AndOr| item.background);
        if matches!(parser.peek()?, Token::Newline | Token::End) {
            break;
        }
        if !background && !parser.accept(";")? {
            return parser.unexpected(None);
        }
        if matches!(parser.peek()?, Token::Newline | Token::End) {
            break;
        }
    }
    parser.next()?;
    Ok(Some(Line { list: Arc::new(List { items }), next: parser.pos, line: parser.line }))
}

/// Whether a text ends in the middle of a command: a person who types it has not come to its end. (A here-document without
/// its end is a whole command.)
pub fn unfinished(text: &str) -> bool {
    let (mut at, mut line) = (0, 1);
    loop {
        match parse_line(text.as_bytes(), at, line, Dialect::Bash, None) {
            Ok(Some(next)) => (at, line) = (next.next, next.line),
            Ok(None) => return false,
            Err(SyntaxError { fault, .. }) => {
                return match fault {
                    Fault::Unexpected { text, .. } => text.is_empty(),
                    Fault::UnterminatedQuote(_) | Fault::UnterminatedBackquote | Fault::MissingBrace => true,
                    _ => false,
                };
            }
        }
    }
}

/// Parses a whole text: what backquotes hold.
pub(super) fn parse_all(src: &[u8], line: u32, dialect: Dialect, depth: u32) -> Result<List, SyntaxError> {
    let mut parser = Lexer::new(src, 0, line, dialect, depth);
    let list = parser.list()?;
    match parser.peek()? {
        Token::End => Ok(list),
        _ => parser.unexpected(None),
    }
}

impl Lexer<'_> {
    /// After `$(`: commands up to `)`, which is consumed.
    pub(super) fn substitution_body(&mut self) -> Result<Arc<List>, SyntaxError> {
        let list = self.list()?;
        self.expect(")")?;
        Ok(Arc::new(list))
    }

    fn skip_newlines(&mut self) -> Result<(), SyntaxError> {
        while matches!(self.peek()?, Token::Newline) {
            self.next()?;
        }
        Ok(())
    }

    /// Consumes the operator `op` if it is next.
    fn accept(&mut self, op: &str) -> Result<bool, SyntaxError> {
        let found = matches!(self.peek()?, Token::Op(found) if *found == op);
        if found {
            self.next()?;
        }
        Ok(found)
    }

    fn expect(&mut self, op: &'static str) -> Result<(), SyntaxError> {
        if self.accept(op)? { Ok(()) } else { self.unexpected(Some(op)) }
    }

    /// Consumes the reserved word `word` if it is next.
    fn accept_word(&mut self, word: &str) -> Result<bool, SyntaxError> {
        let found = self.peek_literal()? == Some(word.as_bytes());
        if found {
            self.next()?;
        }
        Ok(found)
    }

    fn expect_word(&mut self, word: &'static str) -> Result<(), SyntaxError> {
        if self.accept_word(word)? { Ok(()) } else { self.unexpected(Some(word)) }
    }

    fn peek_literal(&mut self) -> Result<Option<&[u8]>, SyntaxError> {
        Ok(match self.peek()? {
            Token::Word(word) => literal(word),
            _ => None,
        })
    }

    pub(super) fn unexpected<T>(&mut self, expecting: Option<&'static str>) -> Result<T, SyntaxError> {
        let (token, text) = match self.peek()? {
            Token::End => (String::from("end of file"), String::new()),
            Token::Newline => {
                self.line -= 1;
                (String::from("newline"), String::from("newline"))
            }
            Token::IoNumber(_) => (String::from("redirection"), String::from("redirection")),
            Token::Op(op) if op.starts_with(['<', '>']) => (String::from("redirection"), String::from(*op)),
            Token::Op(op) => (format!("\"{op}\""), String::from(*op)),
            Token::Word(word) => match literal(word).map(String::from_utf8_lossy) {
                Some(text) if CLOSERS.contains(&&*text) => (format!("\"{text}\""), text.into_owned()),
                Some(text) => (String::from("word"), text.into_owned()),
                None => (String::from("word"), String::from("word")),
            },
        };
        self.error(Fault::Unexpected { token, text, expecting })
    }

    /// Commands up to something that cannot begin one. May be empty.
    fn list(&mut self) -> Result<List, SyntaxError> {
        let mut items = Vec::new();
        loop {
            self.skip_newlines()?;
            match self.peek()? {
                Token::End | Token::Op(")" | ";;") => break,
                Token::Word(word)
                    if literal(word)
                        .is_some_and(|text| CLOSERS.iter().any(|closer| closer.as_bytes() == text)) =>
                {
                    break;
                }
                _ => {}
            }
            let item = self.and_or()?;
            let background = item.background;
            items.push(item);
            if !background && !self.accept(";")? && !matches!(self.peek()?, Token::Newline) {
                break;
            }
        }
        Ok(List { items })
    }

    /// A list that must not be empty: the body of a construct.
    fn body(&mut self) -> Result<Arc<List>, SyntaxError> {
        let list = self.list()?;
        if list.items.is_empty() { self.unexpected(None) } else { Ok(Arc::new(list)) }
    }

    /// A list that must not be empty, ended by `closer`; if the text ends instead, that is what is missed.
    fn body_until(&mut self, closer: &'static str) -> Result<Arc<List>, SyntaxError> {
        let list = self.list()?;
        if list.items.is_empty() {
            let ended = matches!(self.peek()?, Token::End);
            return self.unexpected(ended.then_some(closer));
        }
        self.expect_word(closer)?;
        Ok(Arc::new(list))
    }

    fn and_or(&mut self) -> Result<AndOr, SyntaxError> {
        let mut chain = vec![(Joint::And, self.pipeline()?)];
        loop {
            let joint = match self.peek()? {
                Token::Op("&&") => Joint::And,
                Token::Op("||") => Joint::Or,
                _ => break,
            };
            self.next()?;
            self.skip_newlines()?;
            chain.push((joint, self.pipeline()?));
        }
        let background = self.accept("&")?;
        Ok(AndOr { chain, background })
    }

    fn pipeline(&mut self) -> Result<Pipeline, SyntaxError> {
        let timed = self.dialect == Dialect::Bash && self.accept_word("time")?;
        let mut negated = false;
        while self.accept_word("!")? {
            negated = !negated;
        }
        let mut commands = vec![self.command()?];
        while self.accept("|")? {
            self.skip_newlines()?;
            commands.push(self.command()?);
        }
        Ok(Pipeline { timed, negated, commands })
    }

    fn command(&mut self) -> Result<Arc<Command>, SyntaxError> {
        self.enter()?;
        self.peek()?;
        let line = self.line;
        let kind = match self.peek()? {
            Token::Op("(") => {
                self.next()?;
                if self.dialect == Dialect::Bash
                    && self.src.get(self.pos.wrapping_sub(1)) == Some(&b'(')
                    && self.at(0) == b'('
                {
                    self.arithmetic_command()?
                } else {
                    let list = self.list()?;
                    if list.items.is_empty() {
                        let ended = matches!(self.peek()?, Token::End);
                        return self.unexpected(ended.then_some(")"));
                    }
                    self.expect(")")?;
                    CommandKind::Subshell(Arc::new(list))
                }
            }
            Token::Word(word) => {
                let reserved = literal(word).map(<[u8]>::to_vec);
                match reserved.as_deref() {
                    Some(b"{") => {
                        self.next()?;
                        CommandKind::Group(self.body_until("}")?)
                    }
                    Some(b"if") => self.conditional()?,
                    Some(b"for") => self.for_loop()?,
                    Some(b"case") => self.case()?,
                    Some(word @ (b"while" | b"until")) => {
                        let until = word == b"until";
                        self.next()?;
                        let condition = self.body_until("do")?;
                        CommandKind::While { until, condition, body: self.body_until("done")? }
                    }
                    Some(b"function") if self.dialect != Dialect::Dash => {
                        self.next()?;
                        let Some(name) = self.peek_literal()?.map(Box::from) else {
                            return self.unexpected(None);
                        };
                        self.next()?;
                        if self.accept("(")? {
                            self.expect(")")?;
                        }
                        self.function(name)?
                    }
                    Some(b"[[") if self.dialect != Dialect::Dash => self.double_bracket()?,
                    Some(text) if CLOSERS.iter().any(|closer| closer.as_bytes() == text) => {
                        return self.unexpected(None);
                    }
                    _ => return self.simple(line),
                }
            }
            Token::Op(op) if op.contains(['<', '>']) => return self.simple(line),
            Token::IoNumber(_) => return self.simple(line),
            _ => return self.unexpected(None),
        };
        let mut redirects = Vec::new();
        while self.redirect(&mut redirects)? {}
        self.leave();
        Ok(Arc::new(Command { kind, redirects, line }))
    }

    fn simple(&mut self, line: u32) -> Result<Arc<Command>, SyntaxError> {
        let (mut assigns, mut words, mut redirects) = (Vec::new(), Vec::new(), Vec::new());
        loop {
            if self.redirect(&mut redirects)? {
                continue;
            }
            match self.peek()? {
                Token::Word(_) => {}
                Token::Op("(") if words.len() == 1 && assigns.is_empty() && redirects.is_empty() => {
                    let Some(name) = literal(&words[0]).map(Box::from) else { return self.unexpected(None) };
                    self.next()?;
                    self.expect(")")?;
                    let kind = self.function(name)?;
                    self.leave();
                    return Ok(Arc::new(Command { kind, redirects, line }));
                }
                Token::Op("(") => return self.unexpected(None),
                _ => break,
            }
            let Token::Word(word) = self.next()? else { unreachable!("peeked") };
            if words.is_empty()
                && let Some((aliases, name)) = self.aliases.zip(literal(&word))
                && aliases.stands(self.word_at, name)
            {
                let from = self.word_at;
                return self.error(Fault::Alias { from, to: from + name.len() });
            }
            match split_assignment(&word) {
                Some(assign) if words.is_empty() => assigns.push(assign),
                _ => words.push(word),
            }
        }
        self.leave();
        Ok(Arc::new(Command { kind: CommandKind::Simple { assigns, words }, redirects, line }))
    }

    fn function(&mut self, name: Box<[u8]>) -> Result<CommandKind, SyntaxError> {
        if !is_name(&name) && (self.dialect == Dialect::Dash || name.contains(&b'/') || name.contains(&b'='))
        {
            return self.error(Fault::BadFunctionName);
        }
        self.skip_newlines()?;
        Ok(CommandKind::Function { name, body: self.command()? })
    }

    fn conditional(&mut self) -> Result<CommandKind, SyntaxError> {
        self.next()?;
        let mut branches = Vec::new();
        let mut otherwise = None;
        loop {
            let condition = self.body_until("then")?;
            branches.push((condition, self.body_or_end("fi")?));
            if self.accept_word("elif")? {
                continue;
            }
            if self.accept_word("else")? {
                otherwise = Some(self.body_or_end("fi")?);
            }
            self.expect_word("fi")?;
            return Ok(CommandKind::If { branches, otherwise });
        }
    }

    fn body_or_end(&mut self, closer: &'static str) -> Result<Arc<List>, SyntaxError> {
        if matches!(
            {
                self.skip_newlines()?;
                self.peek()?
            },
            Token::End
        ) {
            return self.unexpected(Some(closer));
        }
        self.body()
    }

    fn for_loop(&mut self) -> Result<CommandKind, SyntaxError> {
        self.next()?;
        let Some(name) = self.peek_literal()?.filter(|name| is_name(name)).map(Box::from) else {
            return self.error(Fault::BadForVariable);
        };
        self.next()?;
        self.skip_newlines()?;
        let mut words = None;
        if self.accept_word("in")? {
            let mut list = Vec::new();
            while matches!(self.peek()?, Token::Word(_)) {
                if let Token::Word(word) = self.next()? {
                    list.push(word);
                }
            }
            words = Some(list);
            if !self.accept(";")? && !matches!(self.peek()?, Token::Newline) {
                let ended = matches!(self.peek()?, Token::End);
                return self.unexpected(ended.then_some("do"));
            }
        } else {
            self.accept(";")?;
        }
        self.skip_newlines()?;
        if self.accept_word("{")? {
            return Ok(CommandKind::For { name, words, body: self.body_until("}")? });
        }
        self.expect_word("do")?;
        Ok(CommandKind::For { name, words, body: self.body_until("done")? })
    }

    fn case(&mut self) -> Result<CommandKind, SyntaxError> {
        self.next()?;
        let Token::Word(subject) = self.next()? else {
            return self.unexpected(None);
        };
        self.skip_newlines()?;
        self.expect_word("in")?;
        let mut arms = Vec::new();
        loop {
            self.skip_newlines()?;
            if self.accept_word("esac")? {
                break;
            }
            self.accept("(")?;
            let mut patterns = Vec::new();
            loop {
                match self.peek()? {
                    Token::Word(_) => {}
                    Token::End => return self.unexpected(Some("esac")),
                    _ => return self.unexpected(None),
                }
                if let Token::Word(word) = self.next()? {
                    patterns.push(word);
                }
                if !self.accept("|")? {
                    break;
                }
            }
            self.expect(")")?;
            arms.push((patterns, Arc::new(self.list()?)));
            if self.accept(";;")? {
                continue;
            }
            self.expect_word("esac")?;
            break;
        }
        Ok(CommandKind::Case { subject, arms })
    }

    /// `[[ … ]]`: a command whose operators are words.
    fn double_bracket(&mut self) -> Result<CommandKind, SyntaxError> {
        let mut words = Vec::new();
        loop {
            match self.next()? {
                Token::Word(word) => {
                    let done = literal(&word) == Some(b"]]");
                    words.push(word);
                    if done {
                        return Ok(CommandKind::Simple { assigns: Vec::new(), words });
                    }
                }
                Token::Op(op) => words.push(Word(vec![Part::Text(op.as_bytes().into())])),
                Token::IoNumber(number) => {
                    words.push(Word(vec![Part::Text(number.to_string().into_bytes().into())]))
                }
                Token::Newline => {}
                Token::End => {
                    self.peeked = Some(Token::End);
                    return self.unexpected(Some("]]"));
                }
            }
        }
    }

    /// bash's `(( expression ))`, as `let "expression"`.
    fn arithmetic_command(&mut self) -> Result<CommandKind, SyntaxError> {
        // The second parenthesis was looked at, not read; reading `$((…))` at the first one gives the expression.
        self.peeked = None;
        self.pos -= 1;
        let part = self.arithmetic_part()?;
        let name = Word(vec![Part::Text(Box::from(&b"let"[..]))]);
        Ok(CommandKind::Simple { assigns: Vec::new(), words: vec![name, Word(vec![part])] })
    }
}

/// A variable's name: a letter or `_`, then letters, digits or `_`.
pub(super) fn is_name(text: &[u8]) -> bool {
    text.first().is_some_and(|c| c.is_ascii_alphabetic() || *c == b'_')
        && text.iter().all(|c| c.is_ascii_alphanumeric() || *c == b'_')
}
