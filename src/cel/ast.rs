//! [`Expr`]: an expression as a tree. Macros stay what they are; what they cost is what upstream's expansion of them costs.

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
    /// `Object.spec{replicas: 1}`
    Struct(String, Vec<(String, Expr)>),
    /// `?x` in a list, a map or a struct: what the optional holds, or no element at all.
    Spread(Box<Expr>),
    /// A macro over the elements of a list or the keys of a map.
    Each(Box<Each>),
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
    /// `transformMap`
    Values,
    /// `transformMapEntry`
    Entries,
    /// `sortBy`
    Sort,
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
            Node::Select(operand, _) | Node::Has(operand, _) | Node::Spread(operand) => {
                operand.mentions(name)
            }
            Node::Maybe(operand, key) => operand.mentions(name) || key.mentions(name),
            Node::Call(_, target, args) => target.as_ref().is_some_and(|t| t.mentions(name)) || any(args),
            Node::List(items) => any(items),
            Node::Map(entries) => {
                entries.iter().any(|(key, value)| key.mentions(name) || value.mentions(name))
            }
            Node::Struct(_, fields) => fields.iter().any(|(_, value)| value.mentions(name)),
            Node::Each(each) => {
                let filter = each.filter.as_ref().is_some_and(|filter| filter.mentions(name));
                each.range.mentions(name) || filter || each.body.mentions(name)
            }
        }
    }

    /// A chain of names, `a.b.c`, as one.
    pub fn qualified(&self) -> Option<String> {
        match &self.node {
            Node::Ident(name) => Some(name.clone()),
            Node::Select(operand, field) => Some(format!("{}.{field}", operand.qualified()?)),
            _ => None,
        }
    }
}
