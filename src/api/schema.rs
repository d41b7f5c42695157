//! The schema table: every type of the API with its fields, as static data made by `build.rs` from
//! `schema/kubernetes-v1.36.json`.
//!
//! One table serves what upstream does in generated Go: strict decoding, type errors, schema defaults, strategic
//! merge, server-side apply, `explain`, completion.

use crate::json::order;

/// The id of a type: its place in [`TYPES`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TypeId(pub u16);

impl TypeId {
    /// The type's entry.
    pub fn get(self) -> &'static Type {
        &TYPES[self.0 as usize]
    }
}

/// A named type.
#[derive(Debug)]
pub struct Type {
    /// The Go struct's name, as decoding errors show it: `JobSpec`.
    pub name: &'static str,
    /// Group, version and kind of a top-level type.
    pub gvk: Option<(&'static str, &'static str, &'static str)>,
    /// Set where the type is no struct.
    pub special: Option<Special>,
    /// Server-side apply treats the whole struct as one value.
    pub atomic: bool,
    /// The fields in name order.
    pub fields: &'static [Field],
}

impl Type {
    /// The field of that name.
    pub fn field(&self, name: &str) -> Option<&'static Field> {
        let fields: &'static [Field] = self.fields;
        fields.binary_search_by(|f| order(f.name, name)).ok().map(|i| &fields[i])
    }
}

/// Types with a JSON form of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Special {
    /// A string or number such as `500m`.
    Quantity,
    /// RFC 3339, whole seconds.
    Time,
    /// RFC 3339 with microseconds.
    MicroTime,
    /// An int32 or a string.
    IntOrString,
    /// Any JSON.
    Any,
}

/// A field of a type.
#[derive(Debug)]
pub struct Field {
    /// The JSON name.
    pub name: &'static str,
    /// What it holds.
    pub shape: Shape,
    /// Whether the schema requires it.
    pub required: bool,
    /// What Go does with an empty value.
    pub form: Form,
    /// The facts that few fields have.
    pub more: &'static More,
}

/// What Go does with an empty value of a field (its type, and the `omitempty` of its tag).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// An empty string, list or map is left out; a number or a boolean is kept.
    Plain,
    /// A number or a boolean held by value: zero is left out.
    ZeroOmitted,
    /// A pointer to a string: `""` is kept.
    Pointer,
    /// A list, map or time that is written as `null` where it is absent.
    Null,
}

/// The name of a field's Go type, without the package `v1`, where it has one: `PullPolicy`.
pub fn go_type(ty: &str, field: &str) -> Option<&'static str> {
    let line =
        GO_TYPES.lines().find(|line| line.strip_prefix(ty).is_some_and(|rest| rest.starts_with(' ')))?;
    let mut words = line.split(' ').skip(1);
    while let Some(name) = words.next() {
        let go = words.next();
        if name == field {
            return go;
        }
    }
    None
}

/// What a field holds.
#[derive(Clone, Copy, Debug)]
pub enum Shape {
    /// A string.
    Str,
    /// Bytes, as base64 text.
    Bytes,
    /// A boolean.
    Bool,
    /// A 32-bit integer.
    Int32,
    /// A 64-bit integer.
    Int64,
    /// A float.
    Float,
    /// A named type.
    Ref(TypeId),
    /// A list.
    List(&'static Shape),
    /// A map with string keys.
    Map(&'static Shape),
}

/// The facts that few fields have.
#[derive(Debug)]
pub struct More {
    /// The schema's default, as JSON text.
    pub default: Option<&'static str>,
    /// The allowed values, where the schema lists them.
    pub allowed: &'static [&'static str],
    /// How a list's elements are told apart (server-side apply).
    pub list: ListType,
    /// The key by which strategic merge matches elements; `""`: none.
    pub merge_key: &'static str,
    /// Strategic merge merges this list instead of replacing it.
    pub merge: bool,
    /// Strategic merge's `retainKeys` strategy.
    pub retain_keys: bool,
    /// Server-side apply treats the map as one value.
    pub atomic_map: bool,
}

/// How a list's elements are told apart (`x-kubernetes-list-type`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListType {
    /// Not at all: the list is one value.
    Atomic,
    /// By their value.
    Set,
    /// By the named fields.
    Map(&'static [&'static str]),
}

static PLAIN: More = More {
    default: None,
    allowed: &[],
    list: ListType::Atomic,
    merge_key: "",
    merge: false,
    retain_keys: false,
    atomic_map: false,
};

include!(concat!(env!("OUT_DIR"), "/schema_table.rs"));
