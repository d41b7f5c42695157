//! From a program's text to its rules.

use super::super::regex::Regex;
use super::tokens::{Result, Token, tokens};
use super::{Expression, Pattern, Place, Rule, Statement};

/// What the language has, with what it takes at most.
const FUNCTIONS: &[&str] = &[
    "length", "substr", "index", "split", "sub", "gsub", "match", "sprintf", "toupper", "tolower", "int",
    "rand", "srand", "sqrt", "exp", "log", "sin", "cos",
];

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
                let regex = Regex::new(text.as_bytes(), true, false).map_err(|why| why.to_string())?;
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
