//! [`Expr`]: an expression as a tree. Macros are expanded by the parser.

use super::Value;

/// An expression, and where in the text its operator (or its first character) stands.
#[derive(Clone, Debug)]
pub struct Expr {
    pub at: usize,
    pub node: Node,
}

/// What an expression is.
#[derive(Clone, Debug)]
pub enum Node {
    Literal(Value),
    Ident(String),
    /// `operand.field`
    Select(Box<Expr>, String),
    /// `has(operand.field)`
    Has(Box<Expr>, String),
    /// `operand.?field` and `operand[?index]`: an optional.
    Maybe(Box<Expr>, Box<Expr>),
    /// A function or an operator (`_+_`), with what it is called on.
    Call(String, Option<Box<Expr>>, Vec<Expr>),
    List(Vec<Expr>),
    Map(Vec<(Expr, Expr)>),
    /// A macro over the elements of a list or the keys of a map.
    Each(Box<Each>),
    /// `cel.bind(name, value, body)`
    Bind(String, Box<Expr>, Box<Expr>),
}

/// What is done with each element.
#[derive(Clone, Debug)]
pub struct Each {
    pub what: What,
    pub range: Expr,
    /// The variable that holds the element (or the key); with two, the index (or the key) and the value.
    pub variables: Vec<String>,
    /// Which elements count.
    pub filter: Option<Expr>,
    pub body: Expr,
}

/// The macros.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    All,
    Exists,
    ExistsOne,
    Map,
    Filter,
    /// `optMap` and `optFlatMap`, whose range is an optional.
    Optional(bool),
}

impl Expr {
    /// Whether a variable is named anywhere.
    pub fn mentions(&self, name: &str) -> bool {
        let any = |all: &[Expr]| all.iter().any(|expr| expr.mentions(name));
        match &self.node {
            Node::Literal(_) => false,
            Node::Ident(ident) => ident == name,
            Node::Select(operand, _) | Node::Has(operand, _) => operand.mentions(name),
            Node::Maybe(operand, key) => operand.mentions(name) || key.mentions(name),
            Node::Call(_, target, args) => target.as_ref().is_some_and(|t| t.mentions(name)) || any(args),
            Node::List(items) => any(items),
            Node::Map(entries) => {
                entries.iter().any(|(key, value)| key.mentions(name) || value.mentions(name))
            }
            Node::Each(each) => {
                let filter = each.filter.as_ref().is_some_and(|filter| filter.mentions(name));
                each.range.mentions(name) || filter || each.body.mentions(name)
            }
            Node::Bind(_, value, body) => value.mentions(name) || body.mentions(name),
        }
    }
}
