//! Prints `schema_table.rs`: one static entry a type, for decoding, defaulting, merging and explaining.

use super::facts::{Facts, Field, Shape, Type};
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
    let meta =
        facts.types.iter().position(|t| t.module == "meta_v1" && t.name == "ObjectMeta").expect("metadata");
    writeln!(out, "/// The type of `metadata`.\npub const OBJECT_META: TypeId = TypeId({meta});").unwrap();
    let v2 = |(i, ty): (usize, &Type)| (ty.module == "autoscaling_v2").then_some(i);
    let first = facts.types.iter().enumerate().find_map(v2).expect("types of autoscaling/v2");
    let last = facts.types.iter().enumerate().rev().find_map(v2).expect("types of autoscaling/v2");
    writeln!(out, "/// The types of autoscaling/v2; all others are of a v1.\npub const V2: std::ops::RangeInclusive<u16> = {first}..={last};").unwrap();
    writeln!(out, "/// The fields whose Go type has a name: a type, its fields each with its type's name.\npub static GO_TYPES: &str = {:?};", go_types(facts)).unwrap();
    out
}

/// `Container imagePullPolicy PullPolicy …`, one type a line.
fn go_types(facts: &Facts) -> String {
    let mut out = String::from("\n");
    for ty in &facts.types {
        let named: Vec<&Field> = ty.fields.iter().filter(|f| !f.go.is_empty()).collect();
        if !named.is_empty() {
            out.push_str(&ty.name);
            named.iter().for_each(|f| write!(out, " {} {}", f.name, f.go.trim_start_matches("v1.")).unwrap());
            out.push('\n');
        }
    }
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
        "Field {{ name: {:?}, shape: {}, required: {}, form: Form::{}, more: {more} }}",
        f.name,
        shape(&f.shape),
        f.required,
        f.form
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
