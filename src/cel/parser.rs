//! Tokens → expressions, by the grammar of the language's specification.

use super::Value;
use super::ast::{Each, Expr, Node, What};
use super::functions::NAMESPACES;
use super::lexer::{Problem, Token, tokens};

/// Reads an expression.
pub fn parse(text: &str) -> Result<Expr, Problem> {
    let mut parser = Parser { tokens: tokens(text)?, at: 0, depth: 0 };
    let expr = parser.expr()?;
    match parser.peek() {
        Token::End => Ok(expr),
        _ => Err(parser.unexpected()),
    }
}

const MAX_DEPTH: usize = 250;
/// Words that cannot be names.
const RESERVED: [&str; 18] = [
    "as",
    "break",
    "const",
    "continue",
    "else",
    "for",
    "function",
    "if",
    "import",
    "let",
    "loop",
    "package",
    "namespace",
    "return",
    "var",
    "void",
    "while",
    "in",
];

struct Parser {
    tokens: Vec<(usize, Token)>,
    at: usize,
    depth: usize,
}

type Parsed = Result<Expr, Problem>;

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
        if self.eat(mark) { Ok(()) } else { Err(self.unexpected()) }
    }

    fn unexpected(&self) -> Problem {
        let shown = match self.peek() {
            Token::End => "<EOF>".to_string(),
            Token::Mark(mark) => (*mark).to_string(),
            Token::Ident(word) => word.clone(),
            Token::Literal(value) => value.shown(),
        };
        let expecting = "'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER";
        let operand = matches!(self.peek(), Token::End | Token::Mark(_));
        let why = match operand {
            true => format!("Syntax error: mismatched input '{shown}' expecting {{{expecting}}}"),
            false => format!("Syntax error: extraneous input '{shown}' expecting <EOF>"),
        };
        (self.place(), why)
    }

    fn expr(&mut self) -> Parsed {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err((self.place(), format!("expression recursion limit exceeded: {MAX_DEPTH}")));
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

    /// Operators by how loosely they bind.
    fn binary(&mut self, level: usize) -> Parsed {
        const LEVELS: [&[&str]; 5] =
            [&["||"], &["&&"], &["<", "<=", ">=", ">", "==", "!=", "in"], &["+", "-"], &["*", "/", "%"]];
        let Some(operators) = LEVELS.get(level) else { return self.unary() };
        let mut left = self.binary(level + 1)?;
        loop {
            let at = self.place();
            let found = operators.iter().find(|mark| *self.peek() == Token::Mark(mark));
            let Some(mark) = found else { return Ok(left) };
            self.next();
            let right = self.binary(level + 1)?;
            let name = if *mark == "in" { "@in".to_string() } else { format!("_{mark}_") };
            left = call(at, &name, vec![left, right]);
        }
    }

    fn unary(&mut self) -> Parsed {
        let at = self.place();
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err((at, format!("expression recursion limit exceeded: {MAX_DEPTH}")));
        }
        let expr = if self.eat("!") {
            let operand = self.unary()?;
            call(at, "!_", vec![operand])
        } else if self.eat("-") {
            let operand = self.unary()?;
            match operand.node {
                Node::Literal(Value::Int(n)) => {
                    Expr { at, node: Node::Literal(Value::Int(n.wrapping_neg())) }
                }
                Node::Literal(Value::Double(n)) => Expr { at, node: Node::Literal(Value::Double(-n)) },
                _ => call(at, "-_", vec![operand]),
            }
        } else {
            self.member()?
        };
        self.depth -= 1;
        Ok(expr)
    }

    fn member(&mut self) -> Parsed {
        let mut expr = self.primary()?;
        loop {
            let at = self.place();
            if self.eat(".") {
                let optional = self.eat("?");
                let Token::Ident(name) = self.peek().clone() else { return Err(self.unexpected()) };
                self.next();
                let open = self.place();
                if optional {
                    let key = Expr { at, node: Node::Literal(Value::Str(name.into())) };
                    expr = Expr { at, node: Node::Maybe(Box::new(expr), Box::new(key)) };
                } else if self.eat("(") {
                    let args = self.list(")")?;
                    expr = member_call(open, expr, name, args)?;
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
                return Ok(expr);
            }
        }
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
                    self.eat("?");
                    let key = self.expr()?;
                    self.expect(":")?;
                    entries.push((key, self.expr()?));
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
            self.eat("?");
            items.push(self.expr()?);
            if !self.eat(",") {
                self.expect(close)?;
                break;
            }
        }
        Ok(items)
    }
}

fn global_call(at: usize, name: String, mut args: Vec<Expr>) -> Parsed {
    if name == "has" && args.len() == 1 {
        return match args.remove(0).node {
            Node::Select(operand, field) => Ok(Expr { at, node: Node::Has(operand, field) }),
            _ => Err((at, "invalid argument to has() macro".into())),
        };
    }
    Ok(call(at, &name, args))
}

fn member_call(at: usize, target: Expr, name: String, mut args: Vec<Expr>) -> Parsed {
    let is_cel = matches!(&target.node, Node::Ident(ident) if ident == "cel");
    if is_cel && name == "bind" && args.len() == 3 {
        let body = args.remove(2);
        let value = args.remove(1);
        let variable = variable(&args[0])?;
        return Ok(Expr { at, node: Node::Bind(variable, Box::new(value), Box::new(body)) });
    }
    if let Node::Ident(space) = &target.node
        && NAMESPACES.contains(&space.as_str())
    {
        return Ok(call(at, &format!("{space}.{name}"), args));
    }
    let what = match (name.as_str(), args.len()) {
        ("all", 2 | 3) => What::All,
        ("exists", 2 | 3) => What::Exists,
        ("exists_one" | "existsOne", 2 | 3) => What::ExistsOne,
        ("map", 2 | 3) | ("transformList", 3 | 4) => What::Map,
        ("filter", 2) => What::Filter,
        ("optMap", 2) => What::Optional(false),
        ("optFlatMap", 2) => What::Optional(true),
        _ => {
            let node = Node::Call(name, Some(Box::new(target)), args);
            return Ok(Expr { at, node });
        }
    };
    let two = name == "transformList" || args.len() == 3 && name != "map";
    let Some(body) = args.pop() else { return Err((at, "missing argument".into())) };
    let count = if two { 2 } else { 1 };
    let filter = (args.len() > count).then(|| args.pop()).flatten();
    let variables = args.iter().map(variable).collect::<Result<Vec<String>, Problem>>()?;
    let each = Each { what, range: target, variables, filter, body };
    Ok(Expr { at, node: Node::Each(Box::new(each)) })
}

fn variable(expr: &Expr) -> Result<String, Problem> {
    match &expr.node {
        Node::Ident(name) => Ok(name.clone()),
        _ => Err((expr.at, "argument must be a simple name".into())),
    }
}
