//! CEL, the Common Expression Language, as Kubernetes v1.36 uses it for rules and policies (`cel-go`, `apiserver/pkg/cel`).
//!
//! - `lexer`, `parser`: text → an expression. `check`: is every name known, does every operator fit its operands, what may it
//!   cost; `cost` says what things cost.
//! - `eval`: a program and an [`Activation`] → a [`Value`]. `functions`: what can be called, and where it is: `strings`, `lists`,
//!   `calendar`, `net`, `semver`, `authorizer`.
//! - [`admission`]: what policies and webhooks know. [`Type`]: what a variable may hold, by a structural schema, by a built-in type, or anything.
//!
//! *Absent:* messages of protocol buffers, namespaces of names.

pub mod admission;
mod ast;
mod authorizer;
mod calendar;
mod check;
mod cost;
mod eval;
mod functions;
mod lexer;
mod lists;
mod net;
mod parser;
mod semver;
mod strings;
mod types;
mod value;

#[cfg(test)]
mod tests;

pub use authorizer::{AUTHORIZER, RESOURCE};
pub use cost::{LARGEST_REQUEST, least_bytes};
pub use eval::{Authorize, misnamed};
pub use types::{RESERVED, Type};
pub use value::Value;

use crate::json::{Json, Str};
use ast::Expr;
use std::cell::{Cell, RefCell};

/// A compiled expression.
#[derive(Clone, Debug)]
pub struct Program {
    expr: Expr,
    ty: Type,
    most: u64,
}

impl Program {
    /// Reads and checks an expression; the error is what `cel-go` prints: `ERROR: <input>:1:10: undefined field 'nope'` and the
    /// place below.
    pub fn compile(text: &str, variables: &[(&str, Type)]) -> Result<Program, String> {
        Program::compile_for(text, variables, &Json::Null)
    }

    /// The same, where all variables hold what a structural schema describes, by which it can be estimated what the program costs.
    pub fn compile_for(text: &str, variables: &[(&str, Type)], schema: &Json) -> Result<Program, String> {
        let located = |problems: Vec<(usize, String)>| {
            let shown: Vec<String> = problems.iter().map(|(at, why)| located(text, *at, why)).collect();
            shown.join("\n")
        };
        let expr = parser::parse(text).map_err(located)?;
        let known = check::check(&expr, variables, schema).map_err(located)?;
        Ok(Program { expr, ty: known.ty, most: known.cost.max })
    }

    /// What it evaluates to.
    pub fn result(&self) -> &Type {
        &self.ty
    }

    /// The most that it can cost.
    pub fn most(&self) -> u64 {
        self.most
    }

    /// Whether it uses a variable.
    pub fn uses(&self, variable: &str) -> bool {
        self.expr.mentions(variable)
    }

    /// Evaluates, and what that cost; the error is `cel-go`'s: `no such key: max`.
    pub fn run(&self, activation: &Activation) -> (Result<Value, String>, u64) {
        eval::eval(&self.expr, activation)
    }
}

/// What an expression can ask for while it runs.
pub struct Activation<'a> {
    /// The variables.
    pub values: &'a [(&'a str, Value)],
    /// What `variables.x` stands for.
    pub variables: &'a [Variable],
    /// Who knows who may do what.
    pub authorize: Option<Authorize<'a>>,
    /// What is wrong with a text by a named format.
    pub format: fn(&str, &str) -> Vec<String>,
    /// How many expressions are being evaluated, each for another.
    pub depth: Cell<usize>,
}

impl<'a> Activation<'a> {
    /// With variables and nothing else.
    pub fn of(values: &'a [(&'a str, Value)]) -> Activation<'a> {
        Activation { values, variables: &[], authorize: None, format: eval::no_formats, depth: Cell::new(0) }
    }
}

/// A composed variable. It is evaluated when it is first asked for, and never where nobody does.
#[derive(Debug)]
pub struct Variable {
    /// Its name.
    pub name: Str,
    /// What it is made by, or why that cannot be compiled.
    pub program: Result<Program, String>,
    value: RefCell<Option<Result<Value, String>>>,
}

impl Variable {
    /// One that nobody has asked for yet.
    pub fn new(name: &str, program: Result<Program, String>) -> Variable {
        Variable { name: name.into(), program, value: RefCell::new(None) }
    }
}

/// A tree that a schema describes, as a value.
pub fn typed(json: &Json, schema: &Json) -> Value {
    Value::of(json, Some(schema))
}

/// A tree that nothing describes, as a value.
pub fn dynamic(json: &Json) -> Value {
    Value::of(json, None)
}

/// A problem and where it is.
fn located(text: &str, at: usize, why: &str) -> String {
    let before: Vec<char> = text.chars().take(at).collect();
    let line = before.iter().filter(|c| **c == '\n').count();
    let column = before.iter().rev().take_while(|c| **c != '\n').count();
    let shown = text.split('\n').nth(line).unwrap_or_default();
    format!("ERROR: <input>:{}:{}: {why}\n | {shown}\n | {}^", line + 1, column + 1, ".".repeat(column))
}
