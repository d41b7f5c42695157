//! Prints `views.rs`: a newtype over `Json` for each type, with a getter and a setter for each field.

use super::facts::{Facts, Field, Shape, Type};
use std::collections::BTreeMap;
use std::fmt::Write;

pub fn generate(facts: &Facts) -> String {
    let mut modules: BTreeMap<&str, Vec<&Type>> = BTreeMap::new();
    for ty in facts.types.iter().filter(|t| t.special.is_none()) {
        modules.entry(&ty.module).or_default().push(ty);
    }
    let mut out = String::new();
    for (module, types) in modules {
        writeln!(out, "/// Views of the types of `{module}`.\npub mod {module} {{\n#[allow(unused_imports)] use super::*;").unwrap();
        for ty in types {
            writeln!(out, "view! {{ {} {{", ty.name).unwrap();
            for field in &ty.fields {
                writeln!(out, "  {}", field_entry(facts, ty, field)).unwrap();
            }
            out.push_str("} }\n");
        }
        out.push_str("}\n");
    }
    out
}

fn field_entry(facts: &Facts, ty: &Type, f: &Field) -> String {
    let getter = snake(&f.name);
    let setter = format!("set_{}", getter.trim_end_matches('_'));
    let getter = if KEYWORDS.contains(&getter.as_str()) { format!("r#{getter}") } else { getter };
    let getter = if getter == "r#self" { "self_".into() } else { getter };
    format!("{getter} {setter} {:?} {};", f.name, accessor(facts, ty, &f.shape))
}

const KEYWORDS: &[&str] =
    &["type", "ref", "continue", "self", "match", "enum", "static", "in", "as", "use", "where", "for"];

fn accessor(facts: &Facts, ty: &Type, shape: &Shape) -> String {
    match shape {
        Shape::Str | Shape::Bytes => "text".into(),
        Shape::Bool => "bool".into(),
        Shape::Int32 => "int32".into(),
        Shape::Int64 => "int64".into(),
        Shape::Float => "float".into(),
        Shape::Ref(id) => match facts.types[*id].special {
            Some("Time" | "MicroTime" | "Quantity") => "text".into(),
            Some(_) => "any".into(),
            None => format!("view({})", path(facts, ty, *id)),
        },
        Shape::List(item) => match &**item {
            Shape::Ref(id) if facts.types[*id].special.is_none() => format!("list({})", path(facts, ty, *id)),
            Shape::Str => "texts".into(),
            _ => "any".into(),
        },
        Shape::Map(_) => "any".into(),
    }
}

fn path(facts: &Facts, from: &Type, id: usize) -> String {
    let to = &facts.types[id];
    if to.module == from.module { to.name.clone() } else { format!("super::{}::{}", to.module, to.name) }
}

fn snake(name: &str) -> String {
    let chars: Vec<char> = name.trim_start_matches('$').chars().collect();
    let mut out = String::new();
    for (i, c) in chars.iter().enumerate() {
        let starts_word = c.is_uppercase()
            && i > 0
            && (chars[i - 1].is_lowercase()
                || chars[i - 1].is_ascii_digit()
                || chars.get(i + 1).is_some_and(|n| {
                    n.is_lowercase() && *n != 's'
                        || *n == 's' && chars.get(i + 2).is_some_and(|m| m.is_lowercase())
                }));
        if starts_word && !out.ends_with('_') {
            out.push('_');
        }
        out.extend(c.to_lowercase().filter(|c| c.is_alphanumeric() || *c == '_'));
        if *c == '-' {
            out.push('_');
        }
    }
    out
}
