//! The type checker: every name is known, every operator and function fits its operands.

use super::Value;
use super::ast::{Each, Expr, Node, What};
use super::functions::{self, SIGNATURES};
use super::types::Type;

/// The type of an expression, or what is wrong with it.
pub fn check(expr: &Expr, variables: &[(&str, Type)]) -> Result<Type, Vec<(usize, String)>> {
    let scope = variables.iter().map(|(name, ty)| ((*name).to_string(), ty.clone())).collect();
    let mut checker = Checker { scope, problems: Vec::new() };
    let ty = checker.of(expr);
    if checker.problems.is_empty() { Ok(ty) } else { Err(checker.problems) }
}

struct Checker {
    scope: Vec<(String, Type)>,
    problems: Vec<(usize, String)>,
}

fn boxed(ty: Type) -> Box<Type> {
    Box::new(ty)
}

/// What two values of a list, or two branches, have in common.
fn join(a: Type, b: Type) -> Type {
    if a == b || a == Type::Null {
        b
    } else if b == Type::Null {
        a
    } else {
        Type::Dyn
    }
}

impl Checker {
    fn problem(&mut self, at: usize, why: String) -> Type {
        self.problems.push((at, why));
        Type::Dyn
    }

    fn of(&mut self, expr: &Expr) -> Type {
        match &expr.node {
            Node::Literal(value) => match value {
                Value::Null => Type::Null,
                Value::Bool(_) => Type::Bool,
                Value::Int(_) => Type::Int,
                Value::Uint(_) => Type::Uint,
                Value::Double(_) => Type::Double,
                Value::Bytes(_) => Type::Bytes,
                _ => Type::Str,
            },
            Node::Ident(name) => match self.scope.iter().rev().find(|(known, _)| known == name) {
                Some((_, ty)) => ty.clone(),
                None if functions::is_type(name) => Type::Type,
                None => self.problem(expr.at, format!("undeclared reference to '{name}' (in container '')")),
            },
            Node::Select(operand, field) => {
                let ty = self.of(operand);
                self.field(expr.at, &ty, field)
            }
            Node::Has(operand, field) => {
                let ty = self.of(operand);
                self.field(expr.at, &ty, field);
                Type::Bool
            }
            Node::Maybe(operand, key) => {
                let ty = self.of(operand);
                self.of(key);
                let inner = match (&ty, &key.node) {
                    (Type::List(inner), _) => (**inner).clone(),
                    (Type::Map(_, value), _) => (**value).clone(),
                    (Type::Optional(_), _) => Type::Dyn,
                    (ty, Node::Literal(Value::Str(name))) => self.field(expr.at, &ty.clone(), name),
                    _ => Type::Dyn,
                };
                Type::Optional(boxed(inner))
            }
            Node::List(items) => {
                let types: Vec<Type> = items.iter().map(|item| self.of(item)).collect();
                Type::List(boxed(types.into_iter().reduce(join).unwrap_or(Type::Dyn)))
            }
            Node::Map(entries) => {
                let types: Vec<(Type, Type)> =
                    entries.iter().map(|(k, v)| (self.of(k), self.of(v))).collect();
                let (keys, values): (Vec<Type>, Vec<Type>) = types.into_iter().unzip();
                let common = |types: Vec<Type>| boxed(types.into_iter().reduce(join).unwrap_or(Type::Dyn));
                Type::Map(common(keys), common(values))
            }
            Node::Bind(name, value, body) => {
                let ty = self.of(value);
                self.scope.push((name.clone(), ty));
                let ty = self.of(body);
                self.scope.pop();
                ty
            }
            Node::Each(each) => self.each(expr.at, each),
            Node::Call(name, target, args) => self.call(expr.at, name, target.as_deref(), args),
        }
    }

    fn field(&mut self, at: usize, ty: &Type, name: &str) -> Type {
        let selectable =
            matches!(ty, Type::Dyn | Type::Map(..) | Type::Object(_) | Type::Resource(_) | Type::Optional(_));
        match ty.field(name) {
            Some(ty) => ty,
            None if selectable => self.problem(at, format!("undefined field '{name}'")),
            None => self.problem(at, format!("type '{ty}' does not support field selection")),
        }
    }

    fn each(&mut self, at: usize, each: &Each) -> Type {
        let range = self.of(&each.range);
        let (first, second) = match &range {
            Type::List(inner) if each.variables.len() == 2 => (Type::Int, (**inner).clone()),
            Type::List(inner) | Type::Optional(inner) => ((**inner).clone(), Type::Dyn),
            Type::Map(key, value) => ((**key).clone(), (**value).clone()),
            Type::Dyn => (Type::Dyn, Type::Dyn),
            other => {
                let why = format!(
                    "expression of type '{other}' cannot be range of a comprehension (must be list, map, or dynamic)"
                );
                (self.problem(at, why), Type::Dyn)
            }
        };
        let depth = self.scope.len();
        for (name, ty) in each.variables.iter().zip([first.clone(), second]) {
            self.scope.push((name.clone(), ty));
        }
        if let Some(filter) = &each.filter {
            let ty = self.of(filter);
            self.wanted(filter.at, &ty, &Type::Bool);
        }
        let body = self.of(&each.body);
        self.scope.truncate(depth);
        match each.what {
            What::Map => Type::List(boxed(body)),
            What::Filter => Type::List(boxed(first)),
            What::Optional(flat) => {
                if flat {
                    body
                } else {
                    Type::Optional(boxed(body))
                }
            }
            What::All | What::Exists | What::ExistsOne => {
                self.wanted(each.body.at, &body, &Type::Bool);
                Type::Bool
            }
        }
    }

    fn wanted(&mut self, at: usize, ty: &Type, wanted: &Type) {
        if !ty.fits(wanted) {
            self.problem(at, format!("expected type '{wanted}' but found '{ty}'"));
        }
    }

    fn call(&mut self, at: usize, name: &str, target: Option<&Expr>, args: &[Expr]) -> Type {
        let on = target.map(|target| self.of(target));
        let types: Vec<Type> = args.iter().map(|arg| self.of(arg)).collect();
        let found = match (&on, types.as_slice()) {
            (None, [a, b]) if name.starts_with(['_', '@']) => binary(name, a, b),
            (None, [a]) if name == "!_" => a.fits(&Type::Bool).then_some(Type::Bool),
            (None, [a]) if name == "-_" => {
                matches!(a, Type::Int | Type::Double | Type::Dyn).then(|| a.clone())
            }
            (None, [condition, a, b]) if name == "_?_:_" => {
                let fits = condition.fits(&Type::Bool) && (a.fits(b) || b.fits(a));
                fits.then(|| join(a.clone(), b.clone()))
            }
            _ => {
                if !SIGNATURES.iter().any(|s| s.name == name) {
                    return self.problem(at, format!("undeclared reference to '{name}' (in container '')"));
                }
                functions::result(name, on.as_ref(), &types)
            }
        };
        found.unwrap_or_else(|| {
            let list = types.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
            let applied = match &on {
                Some(on) => format!("'{on}.({list})'"),
                None => format!("'({list})'"),
            };
            self.problem(at, format!("found no matching overload for '{name}' applied to {applied}"))
        })
    }
}

/// The result of an operator.
fn binary(name: &str, a: &Type, b: &Type) -> Option<Type> {
    let either_dyn = a.is_dyn() || b.is_dyn();
    let both = |ty: &Type| a.fits(ty) && b.fits(ty);
    match name {
        "_&&_" | "_||_" => both(&Type::Bool).then_some(Type::Bool),
        "_==_" | "_!=_" => (a.fits(b) || b.fits(a)).then_some(Type::Bool),
        "_<_" | "_<=_" | "_>_" | "_>=_" => {
            let ordered = |ty: &Type| {
                ty.is_number()
                    || matches!(ty, Type::Str | Type::Bool | Type::Bytes | Type::Timestamp | Type::Duration)
            };
            let fits = either_dyn || a.is_number() && b.is_number() || a == b && ordered(a);
            fits.then_some(Type::Bool)
        }
        "@in" => match b {
            Type::List(inner) => (a.fits(inner) || inner.fits(a)).then_some(Type::Bool),
            Type::Map(key, _) => (a.fits(key) || key.fits(a)).then_some(Type::Bool),
            Type::Dyn => Some(Type::Bool),
            _ => None,
        },
        "_[_]" => match a {
            Type::List(inner) => (b.is_dyn() || b.is_number()).then(|| (**inner).clone()),
            Type::Map(key, value) => b.fits(key).then(|| (**value).clone()),
            Type::Dyn => Some(Type::Dyn),
            _ => None,
        },
        "_+_" => match (a, b) {
            (Type::Str, Type::Str) | (Type::Bytes, Type::Bytes) => Some(a.clone()),
            (Type::List(x), Type::List(y)) => Some(Type::List(boxed(join((**x).clone(), (**y).clone())))),
            (Type::Timestamp, Type::Duration) | (Type::Duration, Type::Timestamp) => Some(Type::Timestamp),
            (Type::Duration, Type::Duration) => Some(Type::Duration),
            _ => arithmetic(a, b),
        },
        "_-_" => match (a, b) {
            (Type::Timestamp, Type::Timestamp) | (Type::Duration, Type::Duration) => Some(Type::Duration),
            (Type::Timestamp, Type::Duration) => Some(Type::Timestamp),
            _ => arithmetic(a, b),
        },
        "_*_" | "_/_" => arithmetic(a, b),
        "_%_" => arithmetic(a, b).filter(|ty| *ty != Type::Double),
        _ => None,
    }
}

fn arithmetic(a: &Type, b: &Type) -> Option<Type> {
    match (a, b) {
        (Type::Dyn, Type::Dyn) => Some(Type::Dyn),
        (Type::Dyn, known) | (known, Type::Dyn) => Some(known.clone()),
        (a, b) => (a == b && a.is_number()).then(|| a.clone()),
    }
}
