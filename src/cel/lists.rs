//! The functions of lists (`library/lists.go`, `cel-go/ext/{lists,sets}.go`).

use super::eval::Evaluated;
use super::functions::no_overload;
use super::value::Value;
use std::cmp::Ordering;
use std::sync::Arc;

fn list(items: Vec<Value>) -> Evaluated {
    Ok(Value::List(Arc::new(items)))
}

/// Calls a function of a list.
pub fn call(name: &str, items: &Arc<Vec<Value>>, rest: &[Value]) -> Evaluated {
    let place = |i: Option<usize>| Ok(Value::Int(i.map_or(-1, |i| i as i64)));
    let has = |all: &[Value], wanted: &Value| all.iter().any(|item| item.equals(wanted));
    let optional = |item: Option<&Value>| Ok(Value::Optional(item.cloned().map(Arc::new)));
    match (name, rest) {
        ("isSorted", []) => {
            let sorted = items.windows(2).all(|pair| pair[0].compare(&pair[1]).is_some_and(Ordering::is_le));
            Ok(Value::Bool(sorted))
        }
        ("sum", []) => sum(items),
        ("min" | "max", []) => {
            let wanted = if name == "min" { Ordering::Less } else { Ordering::Greater };
            let better = |best: &Value, next: &Value| next.compare(best) == Some(wanted);
            let best = items.iter().reduce(|best, next| if better(best, next) { next } else { best });
            best.cloned().ok_or_else(|| format!("{name} called on empty list"))
        }
        ("indexOf", [wanted]) => place(items.iter().position(|item| item.equals(wanted))),
        ("lastIndexOf", [wanted]) => place(items.iter().rposition(|item| item.equals(wanted))),
        ("slice", [Value::Int(from), Value::Int(to)]) => {
            let why = |why: &str| Err(format!("cannot slice({from}, {to}), {why}"));
            if *from < 0 || *to < 0 {
                return why("negative indexes not supported");
            }
            if from > to {
                return why("start index must be less than or equal to end index");
            }
            match items.get(*from as usize..*to as usize) {
                Some(part) => list(part.to_vec()),
                None => why(&format!("list is length {}", items.len())),
            }
        }
        ("first", []) => optional(items.first()),
        ("last", []) => optional(items.last()),
        ("distinct", []) => {
            let mut out: Vec<Value> = Vec::new();
            for item in items.iter().filter(|item| !matches!(item, Value::Null)) {
                if !has(&out, item) {
                    out.push(item.clone());
                }
            }
            list(out)
        }
        ("reverse", []) => list(items.iter().rev().cloned().collect()),
        ("sort", []) => sorted_by(items, items),
        ("flatten", []) => list(flattened(items, 1)),
        ("flatten", [Value::Int(depth)]) => match *depth {
            depth if depth < 0 => Err("level must be non-negative".into()),
            depth => list(flattened(items, depth)),
        },
        ("sets.contains", [Value::List(other)]) => Ok(Value::Bool(other.iter().all(|item| has(items, item)))),
        ("sets.intersects", [Value::List(other)]) => {
            Ok(Value::Bool(other.iter().any(|item| has(items, item))))
        }
        ("sets.equivalent", [Value::List(other)]) => {
            let both = other.iter().all(|item| has(items, item)) && items.iter().all(|item| has(other, item));
            Ok(Value::Bool(both))
        }
        ("optional.unwrap" | "unwrapOpt", []) => {
            let inner = items.iter().filter_map(|item| match item {
                Value::Optional(inner) => inner.as_ref().map(|inner| (**inner).clone()),
                other => Some(other.clone()),
            });
            list(inner.collect())
        }
        _ => Err(no_overload()),
    }
}

fn sum(items: &[Value]) -> Evaluated {
    let zero = match items.first() {
        Some(Value::Double(_)) => Value::Double(0.0),
        Some(Value::Uint(_)) => Value::Uint(0),
        Some(Value::Duration(_)) => Value::Duration(0),
        _ => Value::Int(0),
    };
    items.iter().try_fold(zero, |sum, item| super::eval::binary("_+_", &sum, item))
}

fn flattened(items: &[Value], depth: i64) -> Vec<Value> {
    let mut out = Vec::new();
    for item in items {
        match item {
            Value::List(inner) if depth > 0 => out.extend(flattened(inner, depth - 1)),
            other => out.push(other.clone()),
        }
    }
    out
}

/// The elements in the order of their keys.
pub fn sorted_by(items: &[Value], keys: &[Value]) -> Evaluated {
    let same = |key: &Value| keys.first().is_some_and(|first| first.type_name() == key.type_name());
    if keys.first().is_some_and(|first| first.compare(first).is_none()) {
        return Err("list elements must be comparable".into());
    }
    if !keys.iter().all(same) {
        return Err("list elements must have the same type".into());
    }
    let mut places: Vec<usize> = (0..items.len()).collect();
    crate::collections::sort_by(&mut places, |a, b| keys[*a].compare(&keys[*b]).unwrap_or(Ordering::Equal));
    list(places.into_iter().map(|i| items[i].clone()).collect())
}
