//! Evaluation. An error in one operand of `&&` or `||` does not matter where the other decides.

use super::ast::{Each, Expr, Node, What};
use super::functions;
use super::value::Value;
use crate::sim::Time;
use std::sync::Arc;

/// Evaluates an expression.
pub fn eval(expr: &Expr, variables: &[(&str, Value)]) -> Result<Value, String> {
    let scope = variables.iter().map(|(name, value)| ((*name).to_string(), value.clone())).collect();
    let mut evaluator = Evaluator { scope, steps: 0 };
    evaluator.of(expr)
}

/// More is refused as too expensive.
const MOST_STEPS: usize = 1_000_000;

struct Evaluator {
    scope: Vec<(String, Value)>,
    steps: usize,
}

pub type Evaluated = Result<Value, String>;

fn no_overload() -> String {
    "no such overload".into()
}

impl Evaluator {
    fn of(&mut self, expr: &Expr) -> Evaluated {
        self.steps += 1;
        if self.steps > MOST_STEPS {
            return Err("operation cancelled: actual cost limit exceeded".into());
        }
        match &expr.node {
            Node::Literal(value) => Ok(value.clone()),
            Node::Ident(name) => {
                let found = self.scope.iter().rev().find(|(known, _)| known == name);
                match found {
                    Some((_, value)) => Ok(value.clone()),
                    None if functions::is_type(name) => Ok(Value::Type(name.as_str().into())),
                    None => Err(format!("no such attribute(s): {name}")),
                }
            }
            Node::Select(operand, field) => {
                let operand = self.of(operand)?;
                if let Value::Optional(inner) = operand {
                    let found = inner.and_then(|inner| inner.get(field));
                    return Ok(Value::Optional(found.map(Arc::new)));
                }
                operand.get(field).ok_or_else(|| format!("no such key: {field}"))
            }
            Node::Has(operand, field) => Ok(Value::Bool(self.of(operand)?.get(field).is_some())),
            Node::Maybe(operand, key) => {
                let (operand, key) = (self.of(operand)?, self.of(key)?);
                let operand = match operand {
                    Value::Optional(None) => return Ok(Value::Optional(None)),
                    Value::Optional(Some(inner)) => (*inner).clone(),
                    other => other,
                };
                let found = match (&operand, &key) {
                    (Value::List(items), Value::Int(i)) => {
                        usize::try_from(*i).ok().and_then(|i| items.get(i).cloned())
                    }
                    _ => operand.entry(&key),
                };
                Ok(Value::Optional(found.map(Arc::new)))
            }
            Node::List(items) => {
                let items: Result<Vec<Value>, String> = items.iter().map(|item| self.of(item)).collect();
                Ok(Value::List(Arc::new(items?)))
            }
            Node::Map(entries) => {
                let mut out = Vec::with_capacity(entries.len());
                for (key, value) in entries {
                    out.push((self.of(key)?, self.of(value)?));
                }
                Ok(Value::Map(Arc::new(out)))
            }
            Node::Bind(name, value, body) => {
                let value = self.of(value)?;
                self.with(&[(name.clone(), value)], body)
            }
            Node::Each(each) => self.each(each),
            Node::Call(name, target, args) => self.call(name, target.as_deref(), args),
        }
    }

    fn with(&mut self, variables: &[(String, Value)], body: &Expr) -> Evaluated {
        let depth = self.scope.len();
        self.scope.extend_from_slice(variables);
        let value = self.of(body);
        self.scope.truncate(depth);
        value
    }

    fn call(&mut self, name: &str, target: Option<&Expr>, args: &[Expr]) -> Evaluated {
        match (name, args) {
            ("_&&_", [a, b]) => return self.junction(a, b, false),
            ("_||_", [a, b]) => return self.junction(a, b, true),
            ("_?_:_", [condition, yes, no]) => {
                let condition = self.of(condition)?.as_bool().ok_or_else(no_overload)?;
                return self.of(if condition { yes } else { no });
            }
            _ => {}
        }
        let target = target.map(|target| self.of(target)).transpose()?;
        let args: Result<Vec<Value>, String> = args.iter().map(|arg| self.of(arg)).collect();
        let args = args?;
        match (target, args.as_slice()) {
            (None, [a, b]) if name.starts_with(['_', '@']) => binary(name, a, b),
            (None, [Value::Bool(b)]) if name == "!_" => Ok(Value::Bool(!b)),
            (None, [a]) if name == "-_" => match a {
                Value::Int(n) => n.checked_neg().map(Value::Int).ok_or_else(overflow),
                Value::Double(n) => Ok(Value::Double(-n)),
                Value::Duration(n) => Ok(Value::Duration(-n)),
                _ => Err(no_overload()),
            },
            (target, args) => functions::call(name, target.as_ref(), args),
        }
    }

    /// `&&` and `||`: `decisive` is the value that settles it.
    fn junction(&mut self, a: &Expr, b: &Expr, decisive: bool) -> Evaluated {
        let of_bool = |value: Evaluated| value.and_then(|v| v.as_bool().ok_or_else(no_overload));
        let first = of_bool(self.of(a));
        if first == Ok(decisive) {
            return Ok(Value::Bool(decisive));
        }
        let second = of_bool(self.of(b));
        match (first, second) {
            (_, Ok(value)) if value == decisive => Ok(Value::Bool(decisive)),
            (Err(why), _) | (_, Err(why)) => Err(why),
            _ => Ok(Value::Bool(!decisive)),
        }
    }

    fn each(&mut self, each: &Each) -> Evaluated {
        let range = self.of(&each.range)?;
        if let What::Optional(flat) = each.what {
            let Value::Optional(inner) = range else { return Err(no_overload()) };
            let Some(inner) = inner else { return Ok(Value::Optional(None)) };
            let value = self.with(&[(each.variables[0].clone(), (*inner).clone())], &each.body)?;
            return Ok(if flat { value } else { Value::Optional(Some(Arc::new(value))) });
        }
        let elements = range.elements().ok_or_else(no_overload)?;
        let is_list = matches!(range, Value::List(_));
        let mut out = Vec::new();
        let (mut count, mut failure) = (0, None);
        for (i, element) in elements.into_iter().enumerate() {
            let mut variables = vec![(each.variables[0].clone(), element.clone())];
            if let Some(second) = each.variables.get(1) {
                let (first, value) = match is_list {
                    true => (Value::Int(i as i64), element.clone()),
                    false => (element.clone(), range.entry(&element).unwrap_or(Value::Null)),
                };
                variables = vec![(each.variables[0].clone(), first), (second.clone(), value)];
            }
            if let Some(filter) = &each.filter
                && !self.with(&variables, filter)?.as_bool().ok_or_else(no_overload)?
            {
                continue;
            }
            let value = self.with(&variables, &each.body);
            if each.what == What::Map {
                out.push(value?);
                continue;
            }
            let hit = match value.and_then(|v| v.as_bool().ok_or_else(no_overload)) {
                Ok(hit) => hit,
                Err(why) if matches!(each.what, What::All | What::Exists) => {
                    failure = Some(why);
                    continue;
                }
                Err(why) => return Err(why),
            };
            match each.what {
                What::All if !hit => return Ok(Value::Bool(false)),
                What::Exists if hit => return Ok(Value::Bool(true)),
                What::Filter if hit => out.push(element),
                _ => count += usize::from(hit),
            }
        }
        if let Some(why) = failure {
            return Err(why);
        }
        Ok(match each.what {
            What::All => Value::Bool(true),
            What::Exists => Value::Bool(false),
            What::ExistsOne => Value::Bool(count == 1),
            _ => Value::List(Arc::new(out)),
        })
    }
}

fn overflow() -> String {
    "integer overflow".into()
}

fn binary(name: &str, a: &Value, b: &Value) -> Evaluated {
    let ordered = |holds: fn(std::cmp::Ordering) -> bool| {
        let same = a.number().is_some() && b.number().is_some() || a.type_name() == b.type_name();
        let order = if same { a.compare(b) } else { None };
        order.map(|order| Value::Bool(holds(order))).ok_or_else(no_overload)
    };
    match name {
        "_==_" => Ok(Value::Bool(a.equals(b))),
        "_!=_" => Ok(Value::Bool(!a.equals(b))),
        "_<_" => ordered(std::cmp::Ordering::is_lt),
        "_<=_" => ordered(std::cmp::Ordering::is_le),
        "_>_" => ordered(std::cmp::Ordering::is_gt),
        "_>=_" => ordered(std::cmp::Ordering::is_ge),
        "@in" => match b {
            Value::List(items) => Ok(Value::Bool(items.iter().any(|item| item.equals(a)))),
            Value::Map(_) | Value::Object(..) => Ok(Value::Bool(b.entry(a).is_some())),
            _ => Err(no_overload()),
        },
        "_[_]" => match (a, b) {
            (Value::List(items), index) => {
                let i = index.number().ok_or_else(no_overload)?;
                let found = (i >= 0.0 && i.fract() == 0.0).then(|| items.get(i as usize)).flatten();
                found.cloned().ok_or_else(|| format!("index out of bounds: {}", index.shown()))
            }
            _ => a.entry(b).ok_or_else(|| format!("no such key: {}", b.shown())),
        },
        _ => arithmetic(name, a, b),
    }
}

fn arithmetic(name: &str, a: &Value, b: &Value) -> Evaluated {
    match (a, b) {
        (Value::Int(x), Value::Int(y)) => {
            let value = match name {
                "_+_" => x.checked_add(*y),
                "_-_" => x.checked_sub(*y),
                "_*_" => x.checked_mul(*y),
                "_/_" if *y == 0 => return Err("division by zero".into()),
                "_/_" => x.checked_div(*y),
                "_%_" if *y == 0 => return Err("modulus by zero".into()),
                _ => x.checked_rem(*y),
            };
            value.map(Value::Int).ok_or_else(overflow)
        }
        (Value::Uint(x), Value::Uint(y)) => {
            let value = match name {
                "_+_" => x.checked_add(*y),
                "_-_" => x.checked_sub(*y),
                "_*_" => x.checked_mul(*y),
                "_/_" if *y == 0 => return Err("division by zero".into()),
                "_/_" => x.checked_div(*y),
                "_%_" if *y == 0 => return Err("modulus by zero".into()),
                _ => x.checked_rem(*y),
            };
            value.map(Value::Uint).ok_or_else(|| "unsigned integer overflow".into())
        }
        (Value::Double(x), Value::Double(y)) => match name {
            "_+_" => Ok(Value::Double(x + y)),
            "_-_" => Ok(Value::Double(x - y)),
            "_*_" => Ok(Value::Double(x * y)),
            "_/_" => Ok(Value::Double(x / y)),
            _ => Err(no_overload()),
        },
        (Value::Str(x), Value::Str(y)) if name == "_+_" => Ok(Value::Str(format!("{x}{y}").into())),
        (Value::Bytes(x), Value::Bytes(y)) if name == "_+_" => {
            Ok(Value::Bytes([x.as_ref(), y.as_ref()].concat().into()))
        }
        (Value::List(x), Value::List(y)) if name == "_+_" => {
            Ok(Value::List(Arc::new([x.as_slice(), y.as_slice()].concat())))
        }
        (Value::Timestamp(t), Value::Duration(d)) | (Value::Duration(d), Value::Timestamp(t)) => {
            let moved = if name == "_+_" { t.0.checked_add(*d) } else { t.0.checked_sub(*d) };
            moved.map(|t| Value::Timestamp(Time(t))).ok_or_else(|| "timestamp overflow".into())
        }
        (Value::Timestamp(x), Value::Timestamp(y)) if name == "_-_" => Ok(Value::Duration(x.0 - y.0)),
        (Value::Duration(x), Value::Duration(y)) => match name {
            "_+_" => Ok(Value::Duration(x.saturating_add(*y))),
            "_-_" => Ok(Value::Duration(x.saturating_sub(*y))),
            _ => Err(no_overload()),
        },
        _ => Err(no_overload()),
    }
}
