//! CEL, the Common Expression Language, as far as Kubernetes' rules and policies use it (`cel-go`, `apiserver/pkg/cel/library`).
//!
//! - `lexer`, `parser`: text → [`ast`](Expr). `check`: is every name known, does every operator fit its operands?
//! - `eval`: a program and its variables → a [`Value`]; `functions`, `strings`, `calendar`: what can be called.
//! - [`Type`]: what a variable may hold, from a structural schema, or anything.
//!
//! *Absent:* costs, messages of protocol buffers, namespaces of names, the authorizer.

mod ast;
mod calendar;
mod check;
mod eval;
mod functions;
mod lexer;
mod parser;
mod strings;
mod types;
mod value;

#[cfg(test)]
mod tests;

pub use types::Type;
pub use value::Value;

use crate::json::{Json, Str};
use ast::Expr;

/// A compiled expression.
#[derive(Clone, Debug)]
pub struct Program {
    expr: Expr,
    ty: Type,
    text: Str,
}

impl Program {
    /// Reads and checks an expression; the error is what `cel-go` prints: `ERROR: <input>:1:10: undefined field 'nope'` and the
    /// place below.
    pub fn compile(text: &str, variables: &[(&str, Type)]) -> Result<Program, String> {
        let located = |problems: Vec<(usize, String)>| {
            let shown: Vec<String> = problems.iter().map(|(at, why)| located(text, *at, why)).collect();
            shown.join("\n")
        };
        let expr = parser::parse(text).map_err(|problem| located(vec![problem]))?;
        let ty = check::check(&expr, variables).map_err(located)?;
        Ok(Program { expr, ty, text: text.into() })
    }

    /// What it evaluates to.
    pub fn result(&self) -> &Type {
        &self.ty
    }

    /// The expression.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether it uses a variable.
    pub fn uses(&self, variable: &str) -> bool {
        self.expr.mentions(variable)
    }

    /// Evaluates; the error is `cel-go`'s: `no such key: max`.
    pub fn eval(&self, variables: &[(&str, Value)]) -> Result<Value, String> {
        eval::eval(&self.expr, variables)
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
