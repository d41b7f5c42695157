//! The type checker: every name is known, every operator and function fits its operands. On its way it estimates what the
//! expression may cost at most, since that depends on the types.

use super::Value;
use super::ast::{Each, Expr, Node, What};
use super::cost::{self, Arg, Kind, NEW_LIST, NEW_MAP, NEW_STRUCT, NOTHING, ONE, Place, Range, UNKNOWN};
use super::functions::{self, is_function};
use super::types::Type;
use crate::json::Json;

/// What is known of an expression before it runs.
#[derive(Clone, Debug)]
pub struct Known {
    pub ty: Type,
    pub cost: Range,
    /// How many characters or elements; `None`: nobody knows.
    size: Option<Range>,
    /// The sizes of the keys and of the values or elements of a list or map that the expression makes.
    parts: Option<(Range, Range)>,
    place: Place,
}

impl Known {
    fn of(ty: Type, cost: Range) -> Known {
        Known { ty, cost, size: None, parts: None, place: Place::Nowhere }
    }

    fn sized(self, size: u64) -> Known {
        Known { size: Some(Range::of(size)), ..self }
    }

    fn size(&self) -> Option<Range> {
        let scalar = || {
            let one = matches!(
                self.ty,
                Type::Bool | Type::Int | Type::Uint | Type::Double | Type::Timestamp | Type::Duration
            );
            one.then_some(ONE)
        };
        self.size.or_else(|| self.place.size()).or_else(scalar)
    }

    fn size_or_unknown(&self) -> Range {
        self.size().unwrap_or(UNKNOWN)
    }

    fn arg(&self, root: &Json) -> Arg {
        let element = match &self.ty {
            Type::List(inner) => {
                let size =
                    self.place.part("@items", root).size().filter(|_| !matches!(self.place, Place::Nowhere));
                cost::comparison(inner, size.unwrap_or(UNKNOWN))
            }
            _ => ONE,
        };
        Arg { kind: Kind::of(&self.ty), size: self.size_or_unknown(), element }
    }
}

/// What is wrong, and where.
pub type Problems = Vec<(usize, String)>;

/// What is known of an expression, or what is wrong with it. `root`: the schema of what the variables hold, where there is one.
pub fn check(expr: &Expr, variables: &[(&str, Type)], root: &Json) -> Result<Known, Problems> {
    let variable = |(name, ty): &(&str, Type)| {
        let place = if root.is_null() { Place::Lost } else { Place::At(root.clone()) };
        ((*name).to_string(), Known { place, ..Known::of(ty.clone(), ONE) })
    };
    let scope = variables.iter().map(variable).collect();
    let mut checker = Checker { scope, problems: Vec::new(), root };
    let known = checker.of(expr);
    if checker.problems.is_empty() { Ok(known) } else { Err(checker.problems) }
}

struct Checker<'r> {
    scope: Vec<(String, Known)>,
    problems: Problems,
    root: &'r Json,
}

fn boxed(ty: Type) -> Box<Type> {
    Box::new(ty)
}

/// What two branches have in common.
fn join(a: Type, b: Type) -> Type {
    if a == b || a == Type::Null {
        b
    } else if b == Type::Null {
        a
    } else {
        Type::Dyn
    }
}

impl Checker<'_> {
    fn problem(&mut self, at: usize, why: String) -> Type {
        self.problems.push((at, why));
        Type::Dyn
    }

    fn variable(&self, name: &str) -> Option<Known> {
        self.scope.iter().rev().find(|(known, _)| known == name).map(|(_, known)| known.clone())
    }

    fn of(&mut self, expr: &Expr) -> Known {
        match &expr.node {
            Node::Literal(value) => literal(value),
            Node::Ident(name) => match self.variable(name) {
                Some(known) => known,
                None => match functions::type_named(name) {
                    Some(ty) => Known::of(Type::Type(boxed(ty)), ONE),
                    None => {
                        let why = format!("undeclared reference to '{name}' (in container '')");
                        Known::of(self.problem(expr.at, why), ONE)
                    }
                },
            },
            Node::Select(operand, field) => {
                // `authorizer.requestResource` is the name of a variable.
                let name = expr.qualified().unwrap_or_default();
                if let Some(known) = self.variable(&name) {
                    return known;
                }
                if let Some(ty) = functions::type_named(&name) {
                    return Known::of(Type::Type(boxed(ty)), ONE);
                }
                let on = self.of(operand);
                let ty = self.field(expr.at, &on.ty, field);
                let read =
                    matches!(on.ty, Type::Map(..) | Type::Object(_) | Type::Resource(_) | Type::Native(_));
                let cost = if read { on.cost.plus(ONE) } else { on.cost };
                Known { place: on.place.part(field, self.root), ..Known::of(ty, cost) }
            }
            Node::Has(operand, field) => {
                let on = self.of(operand);
                self.field(expr.at, &on.ty, field);
                Known::of(Type::Bool, on.cost)
            }
            Node::Maybe(operand, key) => {
                let (on, by) = (self.of(operand), self.of(key));
                let ty = if let Type::Optional(inner) = &on.ty { (**inner).clone() } else { on.ty };
                let inner = match (&ty, &key.node) {
                    (Type::List(inner), _) => (**inner).clone(),
                    (Type::Map(_, value), _) => (**value).clone(),
                    (ty, Node::Literal(Value::Str(name))) => self.field(expr.at, ty, name),
                    _ => Type::Dyn,
                };
                let ty = if let Type::Optional(_) = inner { inner } else { Type::Optional(boxed(inner)) };
                Known::of(ty, on.cost.plus(by.cost).plus(ONE))
            }
            Node::List(items) => {
                let (ty, cost, size) = self.same(items.iter());
                let known = Known::of(Type::List(boxed(ty)), cost.plus(NEW_LIST)).sized(items.len() as u64);
                Known { parts: Some((ONE, size)), ..known }
            }
            Node::Map(entries) => {
                let (key, key_cost, keys) = self.same(entries.iter().map(|(key, _)| key));
                let (value, cost, values) = self.same(entries.iter().map(|(_, value)| value));
                let ty = Type::Map(boxed(key), boxed(value));
                let known = Known::of(ty, cost.plus(key_cost).plus(NEW_MAP)).sized(entries.len() as u64);
                Known { parts: Some((keys, values)), ..known }
            }
            Node::Struct(name, fields) => self.construct(expr.at, name, fields),
            Node::Spread(value) => {
                let known = self.of(value);
                let ty = match known.ty.clone() {
                    Type::Optional(inner) => *inner,
                    Type::Dyn => Type::Dyn,
                    other => {
                        self.wanted(value.at, &other, &Type::Optional(boxed(other.clone())));
                        other
                    }
                };
                Known { ty, ..known }
            }
            Node::Each(each) => self.each(each),
            Node::Call(name, target, args) => self.call(expr.at, name, target.as_deref(), args),
        }
    }

    /// The common type of several expressions, which must have one, their cost, and their sizes.
    fn same<'e>(&mut self, all: impl Iterator<Item = &'e Expr>) -> (Type, Range, Range) {
        let (mut common, mut cost, mut sizes): (Option<Type>, Range, Option<Range>) = (None, NOTHING, None);
        for expr in all {
            let known = self.of(expr);
            cost = cost.plus(known.cost);
            let size = known.size_or_unknown();
            sizes = Some(sizes.map_or(size, |sizes| sizes.or(size)));
            common = Some(match common {
                None => known.ty,
                Some(Type::Dyn) => Type::Dyn,
                Some(earlier) if known.ty.fits(&earlier) => join(known.ty, earlier),
                Some(earlier) if earlier.fits(&known.ty) => known.ty,
                Some(earlier) => {
                    self.wanted(expr.at, &known.ty, &earlier);
                    earlier
                }
            });
        }
        (common.unwrap_or(Type::Dyn), cost, sizes.unwrap_or(NOTHING))
    }

    fn construct(&mut self, at: usize, name: &str, fields: &[(String, Expr)]) -> Known {
        let known = |name: &str| matches!(name, "Object" | "JSONPatch") || name.starts_with("Object.");
        // Only where objects are changed they can be made.
        let ty = Type::Message(name.into());
        let ty = match self.variable("Object").filter(|_| known(name)) {
            Some(_) => ty,
            None => self.problem(at, format!("undeclared reference to '{name}' (in container '')")),
        };
        let mut cost = NEW_STRUCT;
        for (field, value) in fields {
            let value = self.of(value);
            cost = cost.plus(value.cost);
            match ty.field(field) {
                Some(wanted) if !value.ty.fits(&wanted) => {
                    let found = value.ty;
                    let why = format!(
                        "expected type of field '{field}' is '{wanted}' but provided type is '{found}'"
                    );
                    self.problem(at, why);
                }
                _ => {}
            }
        }
        Known::of(ty, cost)
    }

    fn field(&mut self, at: usize, ty: &Type, name: &str) -> Type {
        let inner = if let Type::Optional(inner) = ty { inner } else { ty };
        let selectable = matches!(
            inner,
            Type::Dyn
                | Type::Map(..)
                | Type::Object(_)
                | Type::Resource(_)
                | Type::Native(_)
                | Type::Message(_)
                | Type::Variables(_)
        );
        match ty.field(name) {
            Some(ty) => ty,
            None if selectable => self.problem(at, format!("undefined field '{name}'")),
            None => self.problem(at, format!("type '{ty}' does not support field selection")),
        }
    }

    fn each(&mut self, each: &Each) -> Known {
        let range = self.of(&each.range);
        let two = each.variables.len() == 2;
        let (first, second, places) = match &range.ty {
            Type::List(inner) if two => (Type::Int, (**inner).clone(), ("@indices", "@items")),
            Type::List(inner) | Type::Optional(inner) => ((**inner).clone(), Type::Dyn, ("@items", "")),
            Type::Map(key, value) => ((**key).clone(), (**value).clone(), ("@keys", "@values")),
            Type::Dyn => (Type::Dyn, Type::Dyn, ("@keys", "@values")),
            other => {
                let why = format!(
                    "expression of type '{other}' cannot be range of a comprehension (must be list, map, or dynamic)"
                );
                (self.problem(each.range.at, why), Type::Dyn, ("@items", ""))
            }
        };
        let depth = self.scope.len();
        for (i, (name, ty)) in each.variables.iter().zip([first.clone(), second]).enumerate() {
            let place = range.place.part(if i == 0 { places.0 } else { places.1 }, self.root);
            let of_key = i == 0 && (two || !matches!(range.ty, Type::List(_)));
            let size = range.parts.map(|(keys, values)| if of_key { keys } else { values });
            // A size that a place tells counts more.
            let size = if place.size().is_some() { None } else { size };
            self.scope.push((name.clone(), Known { size, place, ..Known::of(ty, ONE) }));
        }
        let filter = each.filter.as_ref().map(|filter| {
            let known = self.of(filter);
            self.wanted(filter.at, &known.ty, &Type::Bool);
            known.cost
        });
        let body = self.of(&each.body);
        self.scope.truncate(depth);
        let ty = match each.what {
            What::Map => Type::List(boxed(body.ty.clone())),
            What::Filter => Type::List(boxed(first)),
            What::Values => Type::Map(boxed(first), boxed(body.ty.clone())),
            What::Entries => match body.ty.clone() {
                map @ Type::Map(..) => map,
                _ => Type::Map(boxed(Type::Dyn), boxed(Type::Dyn)),
            },
            What::Sort => range.ty.clone(),
            What::Optional(true) => body.ty.clone(),
            What::Optional(false) => Type::Optional(boxed(body.ty.clone())),
            What::All | What::Exists | What::ExistsOne => {
                self.wanted(each.body.at, &body.ty, &Type::Bool);
                Type::Bool
            }
        };
        if each.what == What::Filter {
            self.wanted(each.body.at, &body.ty, &Type::Bool);
        }
        estimate(each, &range, filter, &body, ty)
    }

    fn wanted(&mut self, at: usize, ty: &Type, wanted: &Type) {
        if !ty.fits(wanted) {
            self.problem(at, format!("expected type '{wanted}' but found '{ty}'"));
        }
    }

    fn call(&mut self, at: usize, name: &str, target: Option<&Expr>, args: &[Expr]) -> Known {
        let on = target.map(|target| self.of(target));
        let known: Vec<Known> = args.iter().map(|arg| self.of(arg)).collect();
        let types: Vec<Type> = known.iter().map(|known| known.ty.clone()).collect();
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
            _ if is_function(name) => functions::result(name, on.as_ref().map(|on| &on.ty), &types),
            _ => {
                let why = format!("undeclared reference to '{name}' (in container '')");
                return Known::of(self.problem(at, why), ONE);
            }
        };
        let Some(ty) = found else {
            let list = types.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
            let applied = match &on {
                Some(on) => format!("'{}.({list})'", on.ty),
                None => format!("'({list})'"),
            };
            let why = format!("found no matching overload for '{name}' applied to {applied}");
            return Known::of(self.problem(at, why), ONE);
        };
        self.literals(name, args);
        let all: Vec<Known> = on.into_iter().chain(known).collect();
        priced(name, &all, ty, self.root)
    }

    /// What a literal argument can already be told of (`cel.ValidateDurationLiterals` and its like).
    fn literals(&mut self, name: &str, args: &[Expr]) {
        let text = args.last().and_then(|arg| match &arg.node {
            Node::Literal(Value::Str(text)) => Some((arg.at, text)),
            _ => None,
        });
        let (Some((at, text)), "duration" | "timestamp" | "matches") = (text, name) else { return };
        let fails = match name {
            "matches" => crate::regex::Regex::new(text).is_err(),
            name => functions::call(name, None, &[Value::Str(text.clone())]).is_err(),
        };
        if fails {
            self.problem(at, format!("invalid {name} argument"));
        }
    }
}

fn literal(value: &Value) -> Known {
    let ty = match value {
        Value::Null => Type::Null,
        Value::Bool(_) => Type::Bool,
        Value::Int(_) => Type::Int,
        Value::Uint(_) => Type::Uint,
        Value::Double(_) => Type::Double,
        Value::Bytes(_) => Type::Bytes,
        _ => Type::Str,
    };
    Known::of(ty, NOTHING).sized(value.size())
}

/// What a call costs with its arguments.
fn priced(name: &str, all: &[Known], ty: Type, root: &Json) -> Known {
    let sum = all.iter().fold(NOTHING, |sum, known| sum.plus(known.cost));
    match (name, all) {
        ("_&&_" | "_||_", [a, b]) => Known::of(ty, Range { min: a.cost.min, max: a.cost.plus(b.cost).max }),
        ("_?_:_", [condition, a, b]) => {
            let size = a.size_or_unknown().or(b.size_or_unknown());
            let parts = a.parts.zip(b.parts).map(|((k, v), (l, w))| (k.or(l), v.or(w)));
            let known = Known::of(ty, condition.cost.plus(a.cost.or(b.cost)));
            Known { size: Some(size), parts, ..known }
        }
        ("dyn", [value]) => Known { ty, cost: sum.plus(ONE), ..value.clone() },
        ("_[_]", [on, _]) => {
            let place = on.place.part(if let Type::List(_) = on.ty { "@items" } else { "@values" }, root);
            let size = on.parts.map(|(_, value)| value);
            Known { size, place, ..Known::of(ty, sum.plus(ONE)) }
        }
        _ => {
            let args: Vec<Arg> = all.iter().map(|known| known.arg(root)).collect();
            let (cost, size) = cost::call(name, &args, false);
            let parts = match (name, all) {
                ("_+_", [a, b]) => a.parts.zip(b.parts).map(|((k, v), (l, w))| (k.or(l), v.or(w))),
                _ => None,
            };
            Known { size, parts, ..Known::of(ty, sum.plus(cost)) }
        }
    }
}

/// What a macro costs: that of the loop which upstream makes of it.
fn estimate(each: &Each, range: &Known, filter: Option<Range>, body: &Known, ty: Type) -> Known {
    let count = range.size_or_unknown();
    let chosen = |step: Range| match filter {
        Some(filter) => filter.plus(step.or(ONE)),
        None => step,
    };
    let added = Range::of(12);
    // What it begins with, the condition to go on, the step, the result.
    let (first, condition, step, last) = match each.what {
        What::All | What::Exists => {
            let go_on = if each.what == What::All { Range::of(2) } else { Range::of(3) };
            (NOTHING, go_on, Range { min: 1, max: body.cost.plus(ONE).max }, ONE)
        }
        What::ExistsOne => (NOTHING, NOTHING, body.cost.plus(Range { min: 1, max: 2 }), Range::of(2)),
        What::Map => (NEW_LIST, NOTHING, chosen(added.plus(body.cost)), ONE),
        What::Filter => (NEW_LIST, NOTHING, body.cost.plus(Range { min: 1, max: 13 }), ONE),
        What::Values | What::Entries => (NEW_MAP, NOTHING, chosen(Range::of(2).plus(body.cost)), ONE),
        What::Sort => (NEW_LIST, NOTHING, added.plus(body.cost), ONE.plus(ONE)),
        What::Optional(_) => {
            let cost = range.cost.plus(Range::of(2)).plus(body.cost.or(ONE));
            return Known::of(ty, cost);
        }
    };
    let cost = range.cost.plus(first).plus(last).plus(count.times(condition.plus(step)));
    let size = match each.what {
        What::All | What::Exists | What::ExistsOne => ONE,
        _ => count,
    };
    Known { size: Some(size), ..Known::of(ty, cost) }
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
            let one_dyn = either_dyn && (a.is_dyn() || ordered(a)) && (b.is_dyn() || ordered(b));
            let fits = one_dyn || a.is_number() && b.is_number() || a == b && ordered(a);
            fits.then_some(Type::Bool)
        }
        "@in" => match b {
            Type::List(inner) => (a.fits(inner) || inner.fits(a)).then_some(Type::Bool),
            Type::Map(key, _) => (a.fits(key) || key.fits(a)).then_some(Type::Bool),
            Type::Dyn => Some(Type::Bool),
            _ => None,
        },
        "_[_]" => match a {
            Type::List(inner) => matches!(b, Type::Dyn | Type::Int).then(|| (**inner).clone()),
            Type::Map(key, value) => b.fits(key).then(|| (**value).clone()),
            Type::Optional(inner) => binary(name, inner, b).map(|ty| Type::Optional(boxed(ty))),
            Type::Dyn => Some(Type::Dyn),
            _ => None,
        },
        "_+_" => match (a, b) {
            (Type::Str, Type::Str) | (Type::Bytes, Type::Bytes) => Some(a.clone()),
            (Type::List(x), Type::List(y)) if x.fits(y) || y.fits(x) => {
                Some(Type::List(boxed(join((**x).clone(), (**y).clone()))))
            }
            (Type::Timestamp, Type::Duration) | (Type::Duration, Type::Timestamp) => Some(Type::Timestamp),
            (Type::Duration, Type::Duration) => Some(Type::Duration),
            (Type::Dyn, Type::Str | Type::Bytes | Type::List(_)) => Some(b.clone()),
            (Type::Str | Type::Bytes | Type::List(_), Type::Dyn) => Some(a.clone()),
            (Type::Dyn, Type::Timestamp | Type::Duration) | (Type::Timestamp | Type::Duration, Type::Dyn) => {
                Some(Type::Dyn)
            }
            _ => arithmetic(a, b),
        },
        "_-_" => match (a, b) {
            (Type::Timestamp, Type::Timestamp) | (Type::Duration, Type::Duration) => Some(Type::Duration),
            (Type::Timestamp, Type::Duration) => Some(Type::Timestamp),
            (Type::Dyn, Type::Timestamp | Type::Duration) | (Type::Timestamp | Type::Duration, Type::Dyn) => {
                Some(Type::Dyn)
            }
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
        (Type::Dyn, known) | (known, Type::Dyn) => known.is_number().then(|| known.clone()),
        (a, b) => (a == b && a.is_number()).then(|| a.clone()),
    }
}
