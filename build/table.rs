//! Prints `schema_table.rs`: one static entry a type, for decoding, defaulting, merging and explaining.

use super::facts::{Facts, Field, Shape};
use std::fmt::Write;

pub fn generate(facts: &Facts) -> String {
    let mut out = String::from("/// All types of the API, by id.\npub static TYPES: &[Type] = &[\n");
    for ty in &facts.types {
        let gvk = ty
            .gvk
            .first()
            .filter(|_| ty.gvk.len() == 1)
            .map(|(g, v, k)| format!("Some(({g:?}, {v:?}, {k:?}))"));
        let gvk = gvk.unwrap_or("None".into());
        let special = ty.special.map_or("None".to_string(), |s| format!("Some(Special::{s})"));
        writeln!(
            out,
            "Type {{ name: {:?}, gvk: {gvk}, special: {special}, atomic: {}, fields: &[",
            ty.name, ty.atomic
        )
        .unwrap();
        for field in &ty.fields {
            writeln!(out, "  {},", field_entry(field)).unwrap();
        }
        out.push_str("] },\n");
    }
    out.push_str("];\n");
    out
}

fn field_entry(f: &Field) -> String {
    let default = f.default.as_ref().map(|d| d.to_string());
    let plain = f.default.is_none()
        && f.allowed.is_empty()
        && f.list_type.is_empty()
        && f.merge_key.is_empty()
        && f.strategy.is_empty()
        && !f.atomic_map;
    let more = if plain {
        "&PLAIN".to_string()
    } else {
        let list = match f.list_type.as_str() {
            "map" => format!("ListType::Map(&{:?})", f.list_keys),
            "set" => "ListType::Set".into(),
            _ => "ListType::Atomic".into(),
        };
        let retain = f.strategy.contains("retainKeys");
        let merge = f.strategy.contains("merge");
        format!(
            "&More {{ default: {default:?}, allowed: &{:?}, list: {list}, merge_key: {:?}, merge: {merge}, retain_keys: {retain}, atomic_map: {} }}",
            f.allowed, f.merge_key, f.atomic_map
        )
    };
    format!(
        "Field {{ name: {:?}, shape: {}, required: {}, more: {more} }}",
        f.name,
        shape(&f.shape),
        f.required
    )
}

fn shape(s: &Shape) -> String {
    match s {
        Shape::Str => "Shape::Str".into(),
        Shape::Bytes => "Shape::Bytes".into(),
        Shape::Bool => "Shape::Bool".into(),
        Shape::Int32 => "Shape::Int32".into(),
        Shape::Int64 => "Shape::Int64".into(),
        Shape::Float => "Shape::Float".into(),
        Shape::Ref(id) => format!("Shape::Ref(TypeId({id}))"),
        Shape::List(item) => format!("Shape::List(&{})", shape(item)),
        Shape::Map(value) => format!("Shape::Map(&{})", shape(value)),
    }
}
