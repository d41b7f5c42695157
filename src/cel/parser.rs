//! Tokens → expressions, by the grammar of the language's specification.

use super::Value;
use super::ast::{Each, Expr, Node, What};
use super::functions::is_function;
use super::lexer::{Problem, Token, tokens};
use super::types::RESERVED;

/// Reads an expression.
pub fn parse(text: &str) -> Result<Expr, Vec<Problem>> {
    let length = text.chars().count();
    if length > MAX_LENGTH {
        return Err(vec![(
            0,
            format!("expression code point size exceeds limit: size: {length}, limit {MAX_LENGTH}"),
        )]);
    }
    let (tokens, mut problems) = tokens(text);
    let mut parser = Parser { tokens, at: 0, depth: 0 };
    let expr = parser.expr().and_then(|expr| match parser.peek() {
        Token::End => Ok(expr),
        _ => Err(parser.mismatch("<EOF>")),
    });
    match expr {
        Ok(expr) if problems.is_empty() => Ok(expr),
        Ok(_) => Err(problems),
        Err(problem) => {
            let place = problems.iter().filter(|(at, _)| *at <= problem.0).count();
            problems.insert(place, problem);
            Err(problems)
        }
    }
}

const MAX_DEPTH: usize = 250;
/// More characters no expression has.
const MAX_LENGTH: usize = 100_000;
/// What an operand can begin with, as the generated parser lists it.
const OPERAND: &str = "'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER";

struct Parser {
    tokens: Vec<(usize, Token)>,
    at: usize,
    depth: usize,
}

type Parsed = Result<Expr, Problem>;

fn too_deep(at: usize) -> Problem {
    (at, format!("expression recursion limit exceeded: {MAX_DEPTH}"))
}

/// The next terms, one more than there are operators between them, as a tree of little height.
fn balanced(name: &str, terms: &mut dyn Iterator<Item = Expr>, places: &[usize]) -> Expr {
    let nothing = || Expr { at: 0, node: Node::Literal(Value::Null) };
    if places.is_empty() {
        return terms.next().unwrap_or_else(nothing);
    }
    let middle = places.len() / 2;
    let left = balanced(name, terms, &places[..middle]);
    let right = balanced(name, terms, &places[middle + 1..]);
    call(places[middle], name, vec![left, right])
}

fn call(at: usize, name: &str, args: Vec<Expr>) -> Expr {
    Expr { at, node: Node::Call(name.into(), None, args) }
}

impl Parser {
    fn peek(&self) -> &Token {
        &self.tokens[self.at].1
    }

    fn place(&self) -> usize {
        self.tokens[self.at].0
    }

    fn next(&mut self) -> (usize, Token) {
        let token = self.tokens[self.at].clone();
        self.at += usize::from(self.at + 1 < self.tokens.len());
        token
    }

    fn eat(&mut self, mark: &'static str) -> bool {
        let hit = *self.peek() == Token::Mark(mark);
        if hit {
            self.next();
        }
        hit
    }

    fn expect(&mut self, mark: &'static str) -> Result<(), Problem> {
        if self.eat(mark) { Ok(()) } else { Err(self.mismatch(&format!("'{mark}'"))) }
    }

    /// The token that should not be there, as the generated parser complains of it; `expecting`: a set of tokens.
    fn mismatch(&self, expecting: &str) -> Problem {
        let shown = match self.peek() {
            Token::End => "<EOF>".to_string(),
            Token::Mark(mark) => (*mark).to_string(),
            Token::Ident(word) => word.clone(),
            Token::Literal(Value::Str(text)) => format!("'{text}'"),
            Token::Literal(value) => value.shown(),
        };
        // Where only one token is too much, it alone is what is wrong.
        let next = self.tokens.get(self.at + 1).map(|(_, token)| token);
        let extra = expecting == "<EOF>" && matches!(next, Some(Token::End));
        let what = if extra { "extraneous" } else { "mismatched" };
        (self.place(), format!("Syntax error: {what} input '{shown}' expecting {expecting}"))
    }

    fn unexpected(&self) -> Problem {
        self.mismatch(&format!("{{{OPERAND}}}"))
    }

    fn expr(&mut self) -> Parsed {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(too_deep(self.place()));
        }
        let condition = self.or()?;
        let at = self.place();
        let expr = if self.eat("?") {
            let yes = self.or()?;
            self.expect(":")?;
            let no = self.expr()?;
            call(at, "_?_:_", vec![condition, yes, no])
        } else {
            condition
        };
        self.depth -= 1;
        Ok(expr)
    }

    fn or(&mut self) -> Parsed {
        self.binary(0)
    }

    /// The operator that comes next, if it binds at least so tightly, and how tightly it does.
    fn operator(&self, level: usize) -> Option<(usize, &'static str)> {
        const LEVELS: [&[&str]; 5] =
            [&["||"], &["&&"], &["<", "<=", ">=", ">", "==", "!=", "in"], &["+", "-"], &["*", "/", "%"]];
        let Token::Mark(next) = self.peek() else { return None };
        let found = LEVELS.iter().position(|marks| marks.contains(next)).filter(|found| *found >= level);
        found.map(|found| (found, *next))
    }

    /// Operands with operators between them that bind at least so tightly.
    fn binary(&mut self, level: usize) -> Parsed {
        let mut left = self.unary()?;
        let mut chained = 0;
        while let Some((found, mark)) = self.operator(level) {
            // Of `&&` and `||` there may be any number, since their tree can be made flat.
            if found < 2 {
                let (mut terms, mut places) = (vec![left], Vec::new());
                while *self.peek() == Token::Mark(mark) {
                    places.push(self.next().0);
                    terms.push(self.binary(found + 1)?);
                }
                left = balanced(&format!("_{mark}_"), &mut terms.into_iter(), &places);
                continue;
            }
            let at = self.next().0;
            chained += 1;
            if chained > MAX_DEPTH {
                return Err(too_deep(at));
            }
            let right = self.binary(found + 1)?;
            let name = if mark == "in" { "@in".to_string() } else { format!("_{mark}_") };
            left = call(at, &name, vec![left, right]);
        }
        Ok(left)
    }

    fn unary(&mut self) -> Parsed {
        let at = self.place();
        let not = self.eat("!");
        if !not && !self.eat("-") {
            return self.member();
        }
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(too_deep(at));
        }
        let operand = self.unary()?;
        self.depth -= 1;
        Ok(match operand.node {
            _ if not => call(at, "!_", vec![operand]),
            Node::Literal(Value::Int(n)) => Expr { at, node: Node::Literal(Value::Int(n.wrapping_neg())) },
            Node::Literal(Value::Double(n)) => Expr { at, node: Node::Literal(Value::Double(-n)) },
            _ => call(at, "-_", vec![operand]),
        })
    }

    fn member(&mut self) -> Parsed {
        let mut expr = self.primary()?;
        for depth in 0.. {
            let at = self.place();
            if depth > MAX_DEPTH {
                return Err(too_deep(at));
            }
            if self.eat(".") {
                let optional = self.eat("?");
                let Token::Ident(name) = self.peek().clone() else {
                    return Err((at, "Syntax error: no viable alternative at input '.'".into()));
                };
                self.next();
                let open = self.place();
                if optional {
                    let key = Expr { at, node: Node::Literal(Value::Str(name.into())) };
                    expr = Expr { at, node: Node::Maybe(Box::new(expr), Box::new(key)) };
                } else if self.eat("(") {
                    let args = self.list(")")?;
                    expr = member_call(open, expr, name, args)?;
                } else if *self.peek() == Token::Mark("{")
                    && let Some(of) = expr.qualified().map(|of| format!("{of}.{name}"))
                {
                    self.next();
                    expr = Expr { at: open, node: Node::Struct(of, self.fields()?) };
                } else {
                    expr = Expr { at, node: Node::Select(Box::new(expr), name) };
                }
            } else if self.eat("[") {
                let optional = self.eat("?");
                let index = self.expr()?;
                self.expect("]")?;
                expr = match optional {
                    true => Expr { at, node: Node::Maybe(Box::new(expr), Box::new(index)) },
                    false => call(at, "_[_]", vec![expr, index]),
                };
            } else {
                break;
            }
        }
        Ok(expr)
    }

    fn primary(&mut self) -> Parsed {
        if *self.peek() == Token::Mark(".") {
            self.next();
        }
        let (at, token) = self.next();
        Ok(match token {
            Token::Literal(value) => Expr { at, node: Node::Literal(value) },
            Token::Ident(name) => {
                if RESERVED.contains(&name.as_str()) {
                    return Err((at, format!("reserved identifier: {name}")));
                }
                let open = self.place();
                if self.eat("(") {
                    let args = self.list(")")?;
                    return global_call(open, name, args);
                }
                if self.eat("{") {
                    return Ok(Expr { at: open, node: Node::Struct(name, self.fields()?) });
                }
                Expr { at, node: Node::Ident(name) }
            }
            Token::Mark("(") => {
                let expr = self.expr()?;
                self.expect(")")?;
                expr
            }
            Token::Mark("[") => Expr { at, node: Node::List(self.list("]")?) },
            Token::Mark("{") => {
                let mut entries = Vec::new();
                while !self.eat("}") {
                    let optional = self.eat("?");
                    let key = self.expr()?;
                    self.expect(":")?;
                    let value = self.expr()?;
                    entries.push((key, spread(optional, value)));
                    if !self.eat(",") {
                        self.expect("}")?;
                        break;
                    }
                }
                Expr { at, node: Node::Map(entries) }
            }
            _ => {
                self.at -= usize::from(self.at > 0 && token != Token::End);
                return Err(self.unexpected());
            }
        })
    }

    /// Expressions up to the closing mark, which is read too.
    fn list(&mut self, close: &'static str) -> Result<Vec<Expr>, Problem> {
        let mut items = Vec::new();
        while !self.eat(close) {
            let optional = self.eat("?");
            let item = self.expr()?;
            items.push(spread(optional, item));
            if !self.eat(",") {
                self.expect(close)?;
                break;
            }
        }
        Ok(items)
    }

    /// `name: value` up to the closing brace.
    fn fields(&mut self) -> Result<Vec<(String, Expr)>, Problem> {
        let mut fields = Vec::new();
        while !self.eat("}") {
            let optional = self.eat("?");
            let Token::Ident(name) = self.peek().clone() else {
                return Err(self.mismatch("{'}', ',', '?', IDENTIFIER, ESC_IDENTIFIER}"));
            };
            self.next();
            self.expect(":")?;
            let value = self.expr()?;
            fields.push((name, spread(optional, value)));
            if !self.eat(",") {
                self.expect("}")?;
                break;
            }
        }
        Ok(fields)
    }
}

fn spread(optional: bool, value: Expr) -> Expr {
    if optional { Expr { at: value.at, node: Node::Spread(Box::new(value)) } } else { value }
}

fn global_call(at: usize, name: String, mut args: Vec<Expr>) -> Parsed {
    if name == "has" && args.len() == 1 {
        let arg = args.remove(0);
        return match arg.node {
            Node::Select(operand, field) => Ok(Expr { at, node: Node::Has(operand, field) }),
            _ => Err((arg.at, "invalid argument to has() macro".into())),
        };
    }
    Ok(call(at, &name, args))
}

fn member_call(at: usize, target: Expr, name: String, mut args: Vec<Expr>) -> Parsed {
    if let Some(qualified) = target.qualified().map(|space| format!("{space}.{name}"))
        && is_function(&qualified)
    {
        return Ok(call(at, &qualified, args));
    }
    let (what, count) = match (name.as_str(), args.len()) {
        ("all", 2) => (What::All, 1),
        ("all", 3) => (What::All, 2),
        ("exists", 2) => (What::Exists, 1),
        ("exists", 3) => (What::Exists, 2),
        ("exists_one" | "existsOne", 2) => (What::ExistsOne, 1),
        ("exists_one" | "existsOne", 3) => (What::ExistsOne, 2),
        ("map", 2 | 3) => (What::Map, 1),
        ("filter", 2) => (What::Filter, 1),
        ("transformList", 3 | 4) => (What::Map, 2),
        ("transformMap", 3 | 4) => (What::Values, 2),
        ("transformMapEntry", 3 | 4) => (What::Entries, 2),
        ("sortBy", 2) => (What::Sort, 1),
        ("optMap", 2) => (What::Optional(false), 1),
        ("optFlatMap", 2) => (What::Optional(true), 1),
        _ => {
            let node = Node::Call(name, Some(Box::new(target)), args);
            return Ok(Expr { at, node });
        }
    };
    let Some(body) = args.pop() else { return Err((at, "missing argument".into())) };
    let filter = (args.len() > count).then(|| args.pop()).flatten();
    let said = match what {
        What::Map | What::Filter if count == 1 => "argument is not an identifier",
        _ => "argument must be a simple name",
    };
    let variables = args.iter().map(|arg| variable(arg, said)).collect::<Result<Vec<String>, Problem>>()?;
    if let [first, second] = variables.as_slice()
        && first == second
    {
        return Err((args[1].at, format!("duplicate variable name: {second}")));
    }
    let each = Each { what, range: target, variables, filter, body };
    Ok(Expr { at, node: Node::Each(Box::new(each)) })
}

fn variable(expr: &Expr, said: &str) -> Result<String, Problem> {
    match &expr.node {
        Node::Ident(name) => Ok(name.clone()),
        _ => Err((expr.at, said.into())),
    }
}
