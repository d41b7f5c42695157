//! From a program's text to its rules.

use super::super::regex::Regex;
use super::{Expression, Pattern, Place, Rule, Statement};

type Result<T> = std::result::Result<T, String>;

#[derive(Debug, Clone, PartialEq)]
enum Token {
    Number(f64),
    Text(String),
    Regex(String),
    Name(String),
    /// A name with `(` at once behind it.
    Function(String),
    Sign(&'static str),
    Newline,
    End,
}

/// Signs, the longer before those that they begin with.
const SIGNS: &[&str] = &[
    "&&", "||", "==", "!=", "<=", ">=", "++", "--", "+=", "-=", "*=", "/=", "%=", "^=", "!~", "{", "}", "(",
    ")", "[", "]", ";", ",", "+", "-", "*", "/", "%", "^", "!", "<", ">", "~", "?", ":", "=", "$", "|",
];

/// What the language has, with what it takes at most.
const FUNCTIONS: &[&str] = &[
    "length", "substr", "index", "split", "sub", "gsub", "match", "sprintf", "toupper", "tolower", "int",
    "rand", "srand", "sqrt", "exp", "log", "sin", "cos",
];

/// Whether it can be the name of a variable.
pub(super) fn is_name(text: &str) -> bool {
    let part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    !text.is_empty() && text.chars().all(part) && !text.starts_with(|c: char| c.is_ascii_digit())
}

/// A text with its escapes read: `\t`, `\n`.
pub(super) fn unescaped(text: &str) -> String {
    let mut out = String::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match (c, c == '\\') {
            (_, true) => match chars.next() {
                Some('n') => out.push('\n'),
                Some('t') => out.push('\t'),
                Some('r') => out.push('\r'),
                Some(c @ ('\\' | '"' | '/')) => out.push(c),
                Some(other) => out.extend(['\\', other]),
                None => out.push('\\'),
            },
            (c, _) => out.push(c),
        }
    }
    out
}

fn tokens(program: &str) -> Result<Vec<Token>> {
    let chars: Vec<char> = program.chars().collect();
    let mut out: Vec<Token> = Vec::new();
    let mut at = 0;
    while let Some(&c) = chars.get(at) {
        let run = |from: usize, of: fn(char) -> bool| chars[from..].iter().take_while(|c| of(**c)).count();
        // A slash divides behind a value, and begins an expression elsewhere.
        let after_value = match out.last() {
            Some(Token::Number(_) | Token::Text(_) | Token::Name(_)) => true,
            Some(Token::Sign(sign)) => matches!(*sign, ")" | "]" | "$" | "++" | "--"),
            _ => false,
        };
        match c {
            '\n' => {
                out.push(Token::Newline);
                at += 1;
            }
            c if c.is_whitespace() => at += 1,
            '\\' if chars.get(at + 1) == Some(&'\n') => at += 2,
            '#' => at += run(at, |c| c != '\n'),
            '"' | '/' if c == '"' || !after_value => {
                let mut text = String::new();
                at += 1;
                loop {
                    match chars.get(at) {
                        None | Some('\n') => {
                            let what = if c == '"' { "string" } else { "regular expression" };
                            return Err(format!("line 1: runaway {what} ..."));
                        }
                        Some(end) if *end == c => break,
                        Some('\\') => {
                            text.push('\\');
                            text.extend(chars.get(at + 1));
                            at += 2;
                        }
                        Some(other) => {
                            text.push(*other);
                            at += 1;
                        }
                    }
                }
                at += 1;
                out.push(match c {
                    '"' => Token::Text(unescaped(&text)),
                    _ => Token::Regex(text.replace("\\/", "/")),
                });
            }
            c if c.is_ascii_digit() || c == '.' && chars.get(at + 1).is_some_and(char::is_ascii_digit) => {
                let length = run(at, |c| c.is_ascii_digit() || c == '.');
                let text: String = chars[at..at + length].iter().collect();
                out.push(Token::Number(text.parse().map_err(|_| format!("syntax error at or near {text}"))?));
                at += length;
            }
            c if c.is_ascii_alphabetic() || c == '_' => {
                let length = run(at, |c| c.is_ascii_alphanumeric() || c == '_');
                let name: String = chars[at..at + length].iter().collect();
                at += length;
                out.push(match chars.get(at) {
                    Some('(') => Token::Function(name),
                    _ => Token::Name(name),
                });
            }
            _ => {
                let fits =
                    |sign: &&&str| sign.chars().enumerate().all(|(i, c)| chars.get(at + i) == Some(&c));
                let sign = SIGNS.iter().find(fits);
                let sign = sign.ok_or_else(|| format!("line 1: unexpected character '{c}'"))?;
                out.push(Token::Sign(sign));
                at += sign.len();
            }
        }
    }
    out.push(Token::End);
    Ok(out)
}

struct Parser {
    tokens: Vec<Token>,
    at: usize,
    /// `>` and `in` are no operators here (`print a > "f"`, `for (k in a)`).
    no_in: bool,
}

/// Reads a program.
pub(super) fn parse(program: &str) -> Result<Vec<Rule>> {
    let mut parser = Parser { tokens: tokens(program)?, at: 0, no_in: false };
    let mut rules = Vec::new();
    loop {
        parser.blank(true);
        if parser.peek() == &Token::End {
            return Ok(rules);
        }
        let pattern = match parser.peek().clone() {
            Token::Name(name) if name == "BEGIN" || name == "END" => {
                parser.at += 1;
                if name == "BEGIN" { Pattern::Begin } else { Pattern::End }
            }
            Token::Sign("{") => Pattern::Always,
            _ => {
                let from = parser.expression()?;
                match parser.take(",") {
                    true => {
                        parser.blank(false);
                        Pattern::Range(from, parser.expression()?)
                    }
                    false => Pattern::When(from),
                }
            }
        };
        let body = match parser.peek() {
            Token::Sign("{") => Some(parser.block()?),
            _ if matches!(pattern, Pattern::Begin | Pattern::End) => return Err(parser.wrong()),
            _ => None,
        };
        rules.push(Rule { pattern, body });
    }
}

impl Parser {
    fn peek(&self) -> &Token {
        &self.tokens[self.at.min(self.tokens.len() - 1)]
    }

    fn take(&mut self, sign: &str) -> bool {
        let found = matches!(self.peek(), Token::Sign(own) if *own == sign);
        self.at += usize::from(found);
        found
    }

    fn word(&mut self, word: &str) -> bool {
        let found = matches!(self.peek(), Token::Name(own) | Token::Function(own) if own == word);
        self.at += usize::from(found);
        found
    }

    fn must(&mut self, sign: &str) -> Result<()> {
        if self.take(sign) { Ok(()) } else { Err(self.wrong()) }
    }

    fn wrong(&self) -> String {
        let near = match self.peek() {
            Token::End => "end of file".to_owned(),
            Token::Newline => "end of line".to_owned(),
            Token::Sign(sign) => (*sign).to_owned(),
            Token::Name(text) | Token::Function(text) | Token::Text(text) | Token::Regex(text) => {
                text.clone()
            }
            Token::Number(n) => n.to_string(),
        };
        format!("line 1: syntax error at or near {near}")
    }

    /// Newlines, and semicolons where those may stand as well.
    fn blank(&mut self, semicolons: bool) {
        while *self.peek() == Token::Newline || semicolons && *self.peek() == Token::Sign(";") {
            self.at += 1;
        }
    }

    fn block(&mut self) -> Result<Vec<Statement>> {
        self.must("{")?;
        let mut out = Vec::new();
        loop {
            self.blank(true);
            if self.take("}") {
                return Ok(out);
            }
            out.push(self.statement()?);
            if !matches!(self.peek(), Token::Newline | Token::Sign(";" | "}")) && !self.ended_with_block() {
                return Err(self.wrong());
            }
        }
    }

    fn ended_with_block(&self) -> bool {
        matches!(self.tokens.get(self.at.wrapping_sub(1)), Some(Token::Sign("}" | ";") | Token::Newline))
    }

    /// What `if` or a loop does: one statement, or a block.
    fn body(&mut self) -> Result<Vec<Statement>> {
        self.blank(false);
        if self.take(";") {
            return Ok(Vec::new());
        }
        match self.peek() {
            Token::Sign("{") => self.block(),
            _ => Ok(vec![self.statement()?]),
        }
    }

    fn statement(&mut self) -> Result<Statement> {
        if *self.peek() == Token::Sign("{") {
            return Ok(Statement::Block(self.block()?));
        }
        if self.word("if") {
            self.must("(")?;
            let condition = self.expression()?;
            self.must(")")?;
            let then = self.body()?;
            let before = self.at;
            self.blank(true);
            let otherwise = if self.word("else") {
                self.body()?
            } else {
                self.at = before;
                Vec::new()
            };
            return Ok(Statement::If(condition, then, otherwise));
        }
        if self.word("while") {
            self.must("(")?;
            let condition = self.expression()?;
            self.must(")")?;
            return Ok(Statement::Loop(Some(condition), self.body()?, None, false));
        }
        if self.word("do") {
            let body = self.body()?;
            self.blank(true);
            if !self.word("while") {
                return Err(self.wrong());
            }
            self.must("(")?;
            let condition = self.expression()?;
            self.must(")")?;
            return Ok(Statement::Loop(Some(condition), body, None, true));
        }
        if self.word("for") {
            return self.for_loop();
        }
        self.simple()
    }

    fn for_loop(&mut self) -> Result<Statement> {
        self.must("(")?;
        if let [Token::Name(key), Token::Name(word), Token::Name(array), Token::Sign(")")] =
            &self.tokens[self.at..(self.at + 4).min(self.tokens.len())]
            && word == "in"
        {
            let (key, array) = (key.clone(), array.clone());
            self.at += 4;
            return Ok(Statement::ForIn(key, array, self.body()?));
        }
        let mut first = Vec::new();
        if !self.take(";") {
            first.push(self.simple()?);
            self.must(";")?;
        }
        let condition = if *self.peek() == Token::Sign(";") { None } else { Some(self.expression()?) };
        self.must(";")?;
        let after = if *self.peek() == Token::Sign(")") { None } else { Some(Box::new(self.simple()?)) };
        self.must(")")?;
        first.push(Statement::Loop(condition, self.body()?, after, false));
        Ok(Statement::Block(first))
    }

    fn simple(&mut self) -> Result<Statement> {
        let ends = |token: &Token| matches!(token, Token::Newline | Token::End | Token::Sign(";" | "}"));
        if self.word("next") {
            return Ok(Statement::Next);
        }
        if self.word("break") {
            return Ok(Statement::Break);
        }
        if self.word("continue") {
            return Ok(Statement::Continue);
        }
        if self.word("exit") {
            let code = if ends(self.peek()) { None } else { Some(self.expression()?) };
            return Ok(Statement::Exit(code));
        }
        if self.word("delete") {
            return match self.place()? {
                Place::Variable(name) => Ok(Statement::Delete(name, None)),
                Place::Element(name, mut keys) => {
                    let key = joined(&mut keys);
                    Ok(Statement::Delete(name, Some(key)))
                }
                Place::Field(_) => Err(self.wrong()),
            };
        }
        let printf = self.word("printf");
        if !printf && !self.word("print") {
            return Ok(Statement::Expression(self.expression()?));
        }
        let mut values = Vec::new();
        let whole = *self.peek() == Token::Sign("(");
        if !ends(self.peek()) {
            // `print (a, b)` and `print (a) b`
            let before = self.at;
            if whole {
                self.at += 1;
                values = self.list(")")?;
            }
            if !whole || !ends(self.peek()) {
                self.at = before;
                self.no_in = true;
                values = vec![self.expression()?];
                while self.take(",") {
                    self.blank(false);
                    values.push(self.expression()?);
                }
                self.no_in = false;
            }
        }
        if matches!(self.peek(), Token::Sign(">" | "|")) {
            return Err("output to files and commands is not supported here: use the shell's > and |".into());
        }
        Ok(if printf { Statement::Printf(values) } else { Statement::Print(values) })
    }

    /// Expressions up to a closing sign, which is taken.
    fn list(&mut self, close: &str) -> Result<Vec<Expression>> {
        let mut out = Vec::new();
        if self.take(close) {
            return Ok(out);
        }
        loop {
            self.blank(false);
            out.push(self.expression()?);
            self.blank(false);
            if self.take(close) {
                return Ok(out);
            }
            self.must(",")?;
        }
    }

    fn place(&mut self) -> Result<Place> {
        if self.take("$") {
            return Ok(Place::Field(Box::new(self.primary()?)));
        }
        let Token::Name(name) = self.peek().clone() else { return Err(self.wrong()) };
        self.at += 1;
        if self.take("[") {
            let keys = self.list("]")?;
            return Ok(Place::Element(name, keys));
        }
        Ok(Place::Variable(name))
    }

    fn expression(&mut self) -> Result<Expression> {
        let left = self.choice()?;
        let Expression::Place(place) = &left else { return Ok(left) };
        let signs =
            [("=", ' '), ("+=", '+'), ("-=", '-'), ("*=", '*'), ("/=", '/'), ("%=", '%'), ("^=", '^')];
        for (sign, operator) in signs {
            if self.take(sign) {
                self.blank(false);
                return Ok(Expression::Assign(place.clone(), operator, Box::new(self.expression()?)));
            }
        }
        Ok(left)
    }

    fn choice(&mut self) -> Result<Expression> {
        let condition = self.binary(0)?;
        if !self.take("?") {
            return Ok(condition);
        }
        let yes = self.expression()?;
        self.must(":")?;
        let no = self.expression()?;
        Ok(Expression::Choice(Box::new(condition), Box::new(yes), Box::new(no)))
    }

    /// The operators that bind no looser than a level.
    fn binary(&mut self, level: usize) -> Result<Expression> {
        const LEVELS: &[&[&str]] = &[
            &["||"],
            &["&&"],
            &["in"],
            &["~", "!~"],
            &["<=", ">=", "==", "!=", "<", ">"],
            &[" "],
            &["+", "-"],
            &["*", "/", "%"],
        ];
        let Some(signs) = LEVELS.get(level) else { return self.unary() };
        let mut left = self.binary(level + 1)?;
        loop {
            if signs == &["in"] {
                if !matches!(self.peek(), Token::Name(word) if word == "in") {
                    return Ok(left);
                }
                self.at += 1;
                let Token::Name(array) = self.peek().clone() else { return Err(self.wrong()) };
                self.at += 1;
                left = Expression::In(Box::new(left), array);
                continue;
            }
            let sign = if signs == &[" "] {
                // Two values side by side are one text.
                let begins = match self.peek() {
                    Token::Name(word) => word != "in",
                    Token::Number(_) | Token::Text(_) | Token::Function(_) => true,
                    Token::Sign(sign) => matches!(*sign, "(" | "$" | "!" | "-" | "++" | "--"),
                    _ => false,
                };
                if !begins {
                    return Ok(left);
                }
                " "
            } else {
                let found = signs.iter().find(|sign| matches!(self.peek(), Token::Sign(own) if own == *sign));
                let Some(sign) = found.filter(|sign| !(self.no_in && **sign == ">")) else {
                    return Ok(left);
                };
                self.at += 1;
                self.blank(false);
                sign
            };
            let right = self.binary(level + 1)?;
            left = Expression::Binary(sign, Box::new(left), Box::new(right));
        }
    }

    fn unary(&mut self) -> Result<Expression> {
        for (sign, operator) in [("!", '!'), ("-", '-'), ("+", '+')] {
            if self.take(sign) {
                return Ok(Expression::Unary(operator, Box::new(self.unary()?)));
            }
        }
        let base = self.primary()?;
        if self.take("^") {
            return Ok(Expression::Binary("^", Box::new(base), Box::new(self.unary()?)));
        }
        Ok(base)
    }

    fn primary(&mut self) -> Result<Expression> {
        for (sign, step) in [("++", 1.0), ("--", -1.0)] {
            if self.take(sign) {
                return Ok(Expression::Step(self.place()?, step, false));
            }
        }
        let token = self.peek().clone();
        match token {
            Token::Number(n) => {
                self.at += 1;
                Ok(Expression::Number(n))
            }
            Token::Text(text) => {
                self.at += 1;
                Ok(Expression::Text(text))
            }
            Token::Regex(text) => {
                self.at += 1;
                let regex = Regex::new(text.as_bytes(), true, false).map_err(|why| format!("{why}"))?;
                Ok(Expression::Regex(regex))
            }
            Token::Sign("(") => {
                self.at += 1;
                let no_in = std::mem::take(&mut self.no_in);
                let mut inside = self.list(")")?;
                self.no_in = no_in;
                match inside.len() {
                    0 => Err(self.wrong()),
                    _ => Ok(joined(&mut inside)),
                }
            }
            Token::Function(name) => {
                let known = FUNCTIONS.iter().find(|known| **known == name);
                let known = known.ok_or_else(|| format!("line 1: function {name} never defined"))?;
                self.at += 1;
                self.must("(")?;
                Ok(Expression::Call(known, self.list(")")?))
            }
            Token::Name(name) if name == "length" => {
                self.at += 1;
                Ok(Expression::Call("length", Vec::new()))
            }
            Token::Name(_) | Token::Sign("$") => {
                let place = self.place()?;
                for (sign, step) in [("++", 1.0), ("--", -1.0)] {
                    if self.take(sign) {
                        return Ok(Expression::Step(place, step, true));
                    }
                }
                Ok(Expression::Place(place))
            }
            _ => Err(self.wrong()),
        }
    }
}

/// Several keys as one, with `SUBSEP` between them.
fn joined(keys: &mut Vec<Expression>) -> Expression {
    let mut keys = keys.drain(..);
    let first = keys.next().unwrap_or_else(|| Expression::Text(String::new()));
    keys.fold(first, |left, right| {
        let separator = Expression::Place(Place::Variable("SUBSEP".into()));
        let left = Expression::Binary(" ", Box::new(left), Box::new(separator));
        Expression::Binary(" ", Box::new(left), Box::new(right))
    })
}
