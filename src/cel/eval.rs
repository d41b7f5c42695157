//! Evaluation, and the account of what it costs. An error in one operand of `&&` or `||` does not matter where the other decides.

use super::ast::{Each, Expr, Node, What};
use super::cost::{self, Arg};
use super::functions::{self, no_overload};
use super::value::Value;
use super::{Activation, authorizer, lists, strings};
use crate::json::{Json, Str};
use crate::sim::Time;
use std::sync::Arc;

/// What one expression may cost (`celconfig.PerCallLimit`).
pub const PER_CALL_LIMIT: u64 = 1_000_000;
/// So many composed variables may ask for each other in a row.
const MOST_VARIABLES_DEEP: usize = 30;
/// More elements no list gets by being put together: upstream's lists share their parts, ours do not.
const MOST_ELEMENTS: usize = 1_000_000;

pub type Evaluated = Result<Value, String>;

/// Evaluates an expression; also what it cost.
pub fn eval(expr: &Expr, activation: &Activation) -> (Evaluated, u64) {
    let scope = activation.values.iter().map(|(name, value)| ((*name).to_string(), value.clone())).collect();
    let mut evaluator = Evaluator { scope, activation, cost: 0, composed: 0, stopped: false };
    let depth = activation.depth.get();
    activation.depth.set(depth + 1);
    let value = match depth < MOST_VARIABLES_DEEP {
        true => evaluator.of(expr),
        false => Err(format!("expression recursion limit exceeded: {MOST_VARIABLES_DEEP}")),
    };
    activation.depth.set(depth);
    (value, evaluator.cost.saturating_add(evaluator.composed))
}

struct Evaluator<'a> {
    scope: Vec<(String, Value)>,
    activation: &'a Activation<'a>,
    cost: u64,
    /// What the composed variables cost that this expression was the first to ask for.
    composed: u64,
    /// It has cost too much: nothing decides any more.
    stopped: bool,
}

impl Evaluator<'_> {
    fn charge(&mut self, cost: u64) -> Result<(), String> {
        self.cost = self.cost.saturating_add(cost);
        self.stopped |= self.cost > PER_CALL_LIMIT;
        if self.stopped { Err("operation cancelled: actual cost limit exceeded".into()) } else { Ok(()) }
    }

    fn find(&self, name: &str) -> Option<&Value> {
        self.scope.iter().rev().find(|(known, _)| known == name).map(|(_, value)| value)
    }

    fn of(&mut self, expr: &Expr) -> Evaluated {
        match &expr.node {
            Node::Literal(value) => Ok(value.clone()),
            Node::Ident(name) => {
                self.charge(1)?;
                match self.find(name) {
                    Some(value) => Ok(value.clone()),
                    None => match functions::type_named(name) {
                        Some(_) => Ok(Value::Type(name.as_str().into())),
                        None => Err(format!("no such attribute(s): {name}")),
                    },
                }
            }
            Node::Select(operand, field) => self.select(operand, field),
            Node::Has(operand, field) => {
                let on = self.of(operand)?;
                Ok(Value::Bool(match &on {
                    Value::Optional(inner) => inner.as_ref().is_some_and(|inner| inner.get(field).is_some()),
                    on => on.get(field).is_some(),
                }))
            }
            Node::Maybe(operand, key) => {
                let (operand, key) = (self.of(operand)?, self.of(key)?);
                self.charge(1)?;
                let operand = match operand {
                    Value::Optional(None) => return Ok(Value::Optional(None)),
                    Value::Optional(Some(inner)) => (*inner).clone(),
                    other => other,
                };
                Ok(Value::Optional(part(&operand, &key).map(Arc::new)))
            }
            Node::List(items) => {
                self.charge(10)?;
                let mut out = Vec::with_capacity(items.len());
                for item in items {
                    out.extend(self.element(item)?);
                }
                Ok(Value::List(Arc::new(out)))
            }
            Node::Map(entries) => {
                self.charge(30)?;
                let mut out = Vec::with_capacity(entries.len());
                for (key, value) in entries {
                    let key = self.of(key)?;
                    if let Some(value) = self.element(value)? {
                        out.push((key, value));
                    }
                }
                Ok(Value::Map(Arc::new(out)))
            }
            Node::Struct(name, fields) => {
                self.charge(40)?;
                let mut out: Vec<(Str, Value)> = Vec::with_capacity(fields.len());
                for (field, value) in fields {
                    let Some(value) = self.element(value)? else { continue };
                    if name == "JSONPatch" && !matches!(field.as_str(), "op" | "path" | "from" | "value") {
                        return Err(format!("unexpected JSONPatchType field: {field}"));
                    }
                    out.push((field.as_str().into(), value));
                }
                Ok(Value::Message(name.as_str().into(), Arc::new(out)))
            }
            Node::Spread(value) => self.of(value),
            Node::Each(each) => self.each(each),
            Node::Call(name, target, args) => self.call(name, target.as_deref(), args),
        }
    }

    /// An element of a list, a map or a struct; none where it is an optional without a value.
    fn element(&mut self, expr: &Expr) -> Result<Option<Value>, String> {
        let value = self.of(expr)?;
        match (&expr.node, value) {
            (Node::Spread(_), Value::Optional(inner)) => Ok(inner.map(|inner| (*inner).clone())),
            (Node::Spread(_), _) => Err(no_overload()),
            (_, value) => Ok(Some(value)),
        }
    }

    fn select(&mut self, operand: &Expr, field: &str) -> Evaluated {
        if let Node::Ident(name) = &operand.node {
            if name == "authorizer"
                && let Some(value) =
                    self.find("authorizer.requestResource").filter(|_| field == "requestResource")
            {
                return Ok(value.clone());
            }
            if name == "variables" && self.find(name).is_none() {
                self.charge(2)?;
                return self.variable(field);
            }
        }
        let on = match self.of(operand) {
            // `google.protobuf.Timestamp` is no field of anything.
            Err(why) if why.starts_with("no such attribute(s)") => {
                let name = operand.qualified().map(|name| format!("{name}.{field}"));
                return match name.filter(|name| functions::type_named(name).is_some()) {
                    Some(name) => Ok(Value::Type(name.into())),
                    None => Err(why),
                };
            }
            on => on?,
        };
        self.charge(1)?;
        if let Value::Optional(inner) = on {
            let found = inner.and_then(|inner| inner.get(field));
            return Ok(match found {
                Some(Value::Optional(inner)) => Value::Optional(inner),
                found => Value::Optional(found.map(Arc::new)),
            });
        }
        on.get(field).ok_or_else(|| format!("no such key: {field}"))
    }

    /// A composed variable, evaluated when it is first asked for.
    fn variable(&mut self, name: &str) -> Evaluated {
        let variables = self.activation.variables;
        let found = variables.iter().find(|variable| variable.name == name);
        let Some(variable) = found else { return Err(format!("no such key: {name}")) };
        let known = variable.value.borrow().clone();
        if let Some(value) = known {
            return value;
        }
        let value = match &variable.program {
            Err(why) => Err(format!("composited variable {name:?} fails to compile: {why}")),
            Ok(program) => {
                let (value, cost) = eval(&program.expr, self.activation);
                self.composed = self.composed.saturating_add(cost);
                value.map_err(|why| format!("composited variable {name:?} fails to evaluate: {why}"))
            }
        };
        *variable.value.borrow_mut() = Some(value.clone());
        value
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
        if let (Some(Value::Optional(inner)), "or" | "orValue", [other]) = (&target, name, args) {
            return match (inner, name) {
                (Some(inner), "orValue") => Ok((**inner).clone()),
                (Some(_), _) => Ok(Value::Optional(inner.clone())),
                (None, _) => self.of(other),
            };
        }
        let args: Result<Vec<Value>, String> = args.iter().map(|arg| self.of(arg)).collect();
        let args = args?;
        let sizes: Vec<Arg> = target.iter().chain(&args).map(Arg::of_value).collect();
        self.charge(cost::call(name, &sizes, true).0.max)?;
        match (target, args.as_slice()) {
            (None, [Value::List(x), Value::List(y)]) if name == "_+_" => {
                if x.len() + y.len() > MOST_ELEMENTS {
                    self.charge(PER_CALL_LIMIT)?;
                }
                Ok(Value::List(Arc::new([x.as_slice(), y.as_slice()].concat())))
            }
            (None, [a, b]) if name.starts_with(['_', '@']) => binary(name, a, b),
            (None, [Value::Bool(b)]) if name == "!_" => Ok(Value::Bool(!b)),
            (None, [a]) if name == "-_" => match a {
                Value::Int(n) => n.checked_neg().map(Value::Int).ok_or_else(overflow),
                Value::Double(n) => Ok(Value::Double(-n)),
                Value::Duration(n) => n.checked_neg().map(Value::Duration).ok_or_else(overflow),
                _ => Err(no_overload()),
            },
            (Some(on), [verb]) if name == "check" => {
                let asked = authorizer::question(&on, verb).ok_or_else(no_overload)?;
                let Some(authorize) = self.activation.authorize else { return Err(no_overload()) };
                Ok(Value::Opaque(authorizer::DECISION, authorize(&asked)))
            }
            (Some(Value::Opaque(strings::FORMAT, format)), [Value::Str(text)]) if name == "validate" => {
                let problems = (self.activation.format)(format.str(), text);
                let problems: Vec<Value> = problems.into_iter().map(|why| Value::Str(why.into())).collect();
                Ok(Value::Optional((!problems.is_empty()).then(|| Arc::new(Value::List(Arc::new(problems))))))
            }
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
        self.charge(0)?;
        let second = of_bool(self.of(b));
        self.charge(0)?;
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
        // What upstream's loop does apart from the body: at its begin and end, and in each turn.
        let (frame, turn) = match each.what {
            What::All => (1, 3),
            What::Exists => (1, 4),
            What::ExistsOne => (2, 1),
            What::Map | What::Filter | What::Sort => (11, 12),
            What::Values | What::Entries | What::Optional(_) => (31, 2),
        };
        self.charge(frame)?;
        let mut out = Vec::new();
        let mut entries: Vec<(Value, Value)> = Vec::new();
        let (mut count, mut failure) = (0, None);
        for (i, element) in elements.iter().enumerate() {
            self.charge(turn)?;
            let mut variables = vec![(each.variables[0].clone(), element.clone())];
            if let Some(second) = each.variables.get(1) {
                let (first, value) = match is_list {
                    true => (Value::Int(i as i64), element.clone()),
                    false => (element.clone(), range.entry(element).unwrap_or(Value::Null)),
                };
                variables = vec![(each.variables[0].clone(), first), (second.clone(), value)];
            }
            if let Some(filter) = &each.filter
                && !self.with(&variables, filter)?.as_bool().ok_or_else(no_overload)?
            {
                continue;
            }
            let value = self.with(&variables, &each.body);
            self.charge(0)?;
            match each.what {
                What::Map | What::Sort => {
                    out.push(value?);
                    continue;
                }
                What::Values => {
                    entries.push((variables[0].1.clone(), value?));
                    continue;
                }
                What::Entries => {
                    let value = value?;
                    for key in value.elements().filter(|_| !is_text(&value)).ok_or_else(no_overload)? {
                        if entries.iter().any(|(known, _)| known.equals(&key)) {
                            return Err(format!("insert failed: key {} already exists", key.shown()));
                        }
                        let own = value.entry(&key).unwrap_or(Value::Null);
                        entries.push((key, own));
                    }
                    continue;
                }
                _ => {}
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
                What::Filter if hit => out.push(element.clone()),
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
            What::Sort => return lists::sorted_by(&elements, &out),
            What::Values | What::Entries => Value::Map(Arc::new(entries)),
            What::Map | What::Filter | What::Optional(_) => Value::List(Arc::new(out)),
        })
    }
}

fn is_text(value: &Value) -> bool {
    matches!(value, Value::List(_))
}

fn overflow() -> String {
    "integer overflow".into()
}

/// What stands in a list at an index, or in a map under a key.
fn part(on: &Value, by: &Value) -> Option<Value> {
    match on {
        Value::List(items) => {
            let i = by.number().filter(|i| *i >= 0.0 && i.fract() == 0.0)?;
            items.get(i as usize).cloned()
        }
        other => other.entry(by),
    }
}

pub fn binary(name: &str, a: &Value, b: &Value) -> Evaluated {
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
            (Value::Optional(None), _) => Ok(Value::Optional(None)),
            (Value::Optional(Some(inner)), by) => Ok(Value::Optional(part(inner, by).map(Arc::new))),
            (Value::List(_), index) if index.number().is_none() => Err(no_overload()),
            (Value::List(_), index) => {
                part(a, index).ok_or_else(|| format!("index out of bounds: {}", index.shown()))
            }
            _ => part(a, b).ok_or_else(|| format!("no such key: {}", b.shown())),
        },
        _ => arithmetic(name, a, b),
    }
}

fn arithmetic(name: &str, a: &Value, b: &Value) -> Evaluated {
    let divides = matches!(name, "_/_" | "_%_");
    if divides && matches!(b, Value::Int(0) | Value::Uint(0)) && a.type_name() == b.type_name() {
        return Err(if name == "_/_" { "division by zero" } else { "modulus by zero" }.into());
    }
    match (a, b) {
        (Value::Int(x), Value::Int(y)) => {
            let value = match name {
                "_+_" => x.checked_add(*y),
                "_-_" => x.checked_sub(*y),
                "_*_" => x.checked_mul(*y),
                "_/_" => x.checked_div(*y),
                _ => x.checked_rem(*y),
            };
            value.map(Value::Int).ok_or_else(overflow)
        }
        (Value::Uint(x), Value::Uint(y)) => {
            let value = match name {
                "_+_" => x.checked_add(*y),
                "_-_" => x.checked_sub(*y),
                "_*_" => x.checked_mul(*y),
                "_/_" => x.checked_div(*y),
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
        (Value::Timestamp(t), Value::Duration(d)) | (Value::Duration(d), Value::Timestamp(t))
            if matches!(name, "_+_" | "_-_") =>
        {
            let moved = if name == "_+_" { t.0.checked_add(*d) } else { t.0.checked_sub(*d) };
            moved.map(|t| Value::Timestamp(Time(t))).ok_or_else(|| "timestamp overflow".into())
        }
        (Value::Timestamp(x), Value::Timestamp(y)) if name == "_-_" => {
            x.0.checked_sub(y.0).map(Value::Duration).ok_or_else(|| "duration overflow".into())
        }
        (Value::Duration(x), Value::Duration(y)) => {
            let value = match name {
                "_+_" => x.checked_add(*y),
                "_-_" => x.checked_sub(*y),
                _ => return Err(no_overload()),
            };
            value.map(Value::Duration).ok_or_else(|| "duration overflow".into())
        }
        _ => Err(no_overload()),
    }
}

/// The names that `JSONPatch` and objects that are made are checked by (`CheckTypeNamesMatchFieldPathNames`): what stands in a
/// field `spec` of an `Object` must be an `Object.spec`.
pub fn misnamed(value: &Value, path: &str, problems: &mut Vec<String>) {
    match value {
        Value::Message(name, fields) => {
            if name != path {
                problems.push(format!(
                    "unexpected type name {:?}, expected {path:?}, which matches field name path from root Object type",
                    name.as_str()
                ));
            }
            for (field, value) in fields.iter() {
                misnamed(value, &format!("{path}.{field}"), problems);
            }
        }
        Value::List(items) => items.iter().for_each(|item| misnamed(item, path, problems)),
        Value::Map(entries) => entries.iter().for_each(|(_, value)| misnamed(value, path, problems)),
        _ => {}
    }
}

/// No question is asked of this.
pub fn no_formats(_: &str, _: &str) -> Vec<String> {
    Vec::new()
}

/// What is asked of the authorizer, and its decision: `{allowed, reason, error}`.
pub type Authorize<'a> = &'a dyn Fn(&Json) -> Json;
