//! Objects and their schema → sets of fields, and objects without some fields.

use super::set;
use crate::api::schema::{Field, ListType, Shape, Type};
use crate::api::{ResourceInfo, kinds};
use crate::apiserver::custom::structural;
use crate::json::{Json, Str};
use std::cmp::Ordering;

/// How a value is taken apart: by the schema of a built-in kind, or by the structural schema of a custom one.
#[derive(Clone, Copy)]
pub enum Kind<'s> {
    /// Not at all: a scalar, or something that is owned as a whole.
    Leaf,
    /// By the fields of its type.
    Struct(&'static Type),
    /// By its keys.
    Map(&'static Shape),
    /// A list by the named fields of its elements.
    Keyed(&'static [&'static str], &'static Shape),
    /// A list by its elements.
    Set,
    /// A whole object of a custom kind.
    Custom(&'s Json),
    /// A part of one, as its schema says.
    Schema(&'s Json),
    /// What no schema tells of: maps by their keys, all else as a whole.
    Deduced,
}

/// What taking apart comes to.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Nothing.
    Leaf,
    /// Fields, or entries of a map.
    Fields,
    /// Elements of a list.
    Elements,
}

impl<'s> Kind<'s> {
    /// Of the objects of a resource.
    pub fn of_resource(info: &'s ResourceInfo) -> Kind<'s> {
        match info.ty {
            Some(ty) => Kind::of(ty.get()),
            None if info.definition.is_null() => Kind::Leaf,
            None => Kind::Custom(&info.definition["schema"]),
        }
    }

    /// Whether, and how, values are taken apart here.
    pub fn form(self) -> Form {
        match self {
            Kind::Leaf => Form::Leaf,
            Kind::Struct(_) | Kind::Map(_) | Kind::Custom(_) | Kind::Deduced => Form::Fields,
            Kind::Keyed(..) | Kind::Set => Form::Elements,
            Kind::Schema(schema) => match schema["type"].str() {
                "array" if matches!(structural::list_type(schema), "set" | "map") => Form::Elements,
                "object" if schema["x-kubernetes-map-type"].str() != "atomic" => Form::Fields,
                _ => Form::Leaf,
            },
        }
    }

    /// Whether the field of that name is one of a struct, so that a parent is not owned by itself.
    fn declares(self, key: &str) -> bool {
        match self {
            Kind::Struct(_) => true,
            Kind::Custom(schema) => {
                schema["properties"].get(key).is_some() || structural::META.contains(&key)
            }
            Kind::Schema(schema) => schema["properties"].get(key).is_some(),
            _ => false,
        }
    }

    /// Of an object.
    pub fn of(ty: &'static Type) -> Kind<'s> {
        if ty.special.is_some() || ty.atomic || ty.fields.is_empty() { Kind::Leaf } else { Kind::Struct(ty) }
    }

    fn of_shape(shape: &'static Shape, field: Option<&'static Field>) -> Kind<'s> {
        match (shape, field) {
            (Shape::Ref(id), _) => Kind::of(id.get()),
            (Shape::Map(_), Some(field)) if field.more.atomic_map => Kind::Leaf,
            (Shape::Map(inner), _) => Kind::Map(inner),
            (Shape::List(inner), Some(field)) => match field.more.list {
                ListType::Atomic => Kind::Leaf,
                ListType::Set => Kind::Set,
                ListType::Map(keys) => Kind::Keyed(keys, inner),
            },
            _ => Kind::Leaf,
        }
    }

    /// Of what stands under a key; `None`: the type has no such field.
    pub fn child(self, key: &str) -> Option<Kind<'s>> {
        match self {
            Kind::Struct(ty) => {
                let field = ty.field(key)?;
                Some(Kind::of_shape(&field.shape, Some(field)))
            }
            Kind::Map(inner) => Some(Kind::of_shape(inner, None)),
            Kind::Custom(_) if matches!(key, "apiVersion" | "kind") => Some(Kind::Leaf),
            Kind::Custom(_) if key == "metadata" => Some(object_meta()),
            Kind::Schema(schema) if key == "metadata" && structural::is_embedded(schema) => {
                Some(object_meta())
            }
            Kind::Custom(schema) | Kind::Schema(schema) => match structural::field(schema, key) {
                Some(Json::Null) => Some(Kind::Deduced),
                Some(inner) => Some(Kind::part(inner)),
                None => structural::preserves(schema).then_some(Kind::Deduced),
            },
            Kind::Deduced => Some(Kind::Deduced),
            Kind::Leaf | Kind::Keyed(..) | Kind::Set => None,
        }
    }

    /// Of a part of a custom object. A schema that tells nothing leaves it to the value.
    fn part(schema: &'s Json) -> Kind<'s> {
        let says_nothing = schema["type"].is_empty() && structural::preserves(schema);
        if says_nothing { Kind::Deduced } else { Kind::Schema(schema) }
    }

    /// Of a list's elements.
    pub fn element(self) -> Kind<'s> {
        match self {
            Kind::Schema(schema) if structural::list_type(schema) == "map" => Kind::part(&schema["items"]),
            Kind::Keyed(_, inner) => Kind::of_shape(inner, None),
            _ => Kind::Leaf,
        }
    }

    /// The keys by which the elements of a list are told apart; `None`: by themselves.
    pub fn keys(self) -> Option<Vec<&'s str>> {
        match self {
            Kind::Keyed(keys, _) => Some(keys.to_vec()),
            Kind::Schema(schema) if structural::list_type(schema) == "map" => {
                Some(schema["x-kubernetes-list-map-keys"].items().iter().map(Json::str).collect())
            }
            _ => None,
        }
    }

    /// Whether a value is taken apart here: not where it is empty.
    fn divides(self, value: &Json) -> bool {
        match self.form() {
            Form::Leaf => false,
            Form::Fields => !value.entries().is_empty(),
            Form::Elements => !value.items().is_empty(),
        }
    }

    /// The parts of a value with their names in a set.
    pub fn parts(self, value: &Json) -> Vec<(Str, Kind<'s>, &Json)> {
        match self.form() {
            Form::Fields => {
                let parts = value.entries().iter().filter(|(key, _)| key.as_str() != MANAGED);
                let named = parts.filter_map(|(key, value)| Some((name_of(key), self.child(key)?, value)));
                named.collect()
            }
            Form::Elements => {
                let items = value.items().iter();
                items.map(|item| (self.key_of(item), self.element(), item)).collect()
            }
            Form::Leaf => Vec::new(),
        }
    }

    /// The name of a list's element in a set.
    pub fn key_of(self, item: &Json) -> Str {
        let mut id = Json::object();
        if let Kind::Schema(schema) = self
            && structural::list_type(schema) == "map"
        {
            for key in schema["x-kubernetes-list-map-keys"].items() {
                let value = match item.get(key.str()) {
                    Some(value) => value,
                    None => &schema["items"]["properties"][key.str()]["default"],
                };
                if !value.is_null() {
                    id.set(key.str(), value);
                }
            }
            return format!("k:{id}").into();
        }
        let Kind::Keyed(keys, shape) = self else { return format!("v:{item}").into() };
        for key in keys {
            if let Some(value) = item.get(key) {
                id.set(Str::fixed(key), value);
            } else if let Shape::Ref(ty) = shape
                && let Some(default) = ty.get().field(key).and_then(|f| f.more.default)
            {
                id.set(Str::fixed(key), crate::json::parse(default).unwrap_or_default());
            }
        }
        format!("k:{id}").into()
    }
}

/// What the server keeps of owners is nobody's.
const MANAGED: &str = "managedFields";

fn name_of(key: &str) -> Str {
    format!("f:{key}").into()
}

/// What changed between two values: the fields that came, that have another value, that went.
#[derive(Debug, Default)]
pub struct Changes {
    pub added: Json,
    pub modified: Json,
    pub removed: Json,
}

/// Compares two values; parts that are the same memory are not walked. `None` is not there, which is not the same as `Null`.
pub fn compare(kind: Kind, old: Option<&Json>, new: Option<&Json>) -> Changes {
    let (before, after) = match (old, new) {
        (Some(old), Some(new)) if old.same(new) => return Changes::default(),
        _ => (old.unwrap_or(&Json::Null), new.unwrap_or(&Json::Null)),
    };
    if !kind.divides(before) && !kind.divides(after) {
        let leaf = Json::object();
        return match (old, new) {
            (None, _) => Changes { added: leaf, ..Changes::default() },
            (_, None) => Changes { removed: leaf, ..Changes::default() },
            _ if before == after => Changes::default(),
            _ => Changes { modified: leaf, ..Changes::default() },
        };
    }
    let mut parts = Parts::default();
    match kind.form() {
        Form::Fields => fields(kind, before.entries(), after.entries(), &mut parts),
        _ => elements(kind, before.items(), after.items(), &mut parts),
    }
    let Parts { added, modified, removed } = parts;
    Changes {
        added: set::node(old.is_none(), added),
        modified: set::node(false, modified),
        removed: set::node(new.is_none(), removed),
    }
}

/// The changes of a value's parts.
#[derive(Default)]
struct Parts {
    added: Vec<(Str, Json)>,
    modified: Vec<(Str, Json)>,
    removed: Vec<(Str, Json)>,
}

impl Parts {
    fn note(&mut self, name: impl Fn() -> Str, changes: Changes) {
        let Changes { added, modified, removed } = changes;
        let lists = [(&mut self.added, added), (&mut self.modified, modified), (&mut self.removed, removed)];
        for (list, part) in lists.into_iter().filter(|(_, part)| !part.is_null()) {
            list.push((name(), part));
        }
    }
}

/// Both have their fields in the order of their keys; what is the same is not even named.
fn fields(kind: Kind, before: &[(Str, Json)], after: &[(Str, Json)], out: &mut Parts) {
    let (mut i, mut j) = (0, 0);
    while i < before.len() || j < after.len() {
        let (old, new) = (before.get(i), after.get(j));
        let order = match (old, new) {
            (Some((a, _)), Some((b, _))) => a.cmp(b),
            (Some(_), None) => Ordering::Less,
            _ => Ordering::Greater,
        };
        let (old, new) = (old.filter(|_| order.is_le()), new.filter(|_| order.is_ge()));
        (i, j) = (i + usize::from(old.is_some()), j + usize::from(new.is_some()));
        let (Some((key, _)), old, new) = (old.or(new), old.map(|o| &o.1), new.map(|n| &n.1)) else { return };
        if let (Some(old), Some(new)) = (old, new)
            && old.same(new)
        {
            continue;
        }
        if let Some(child) = kind.child(key).filter(|_| key.as_str() != MANAGED) {
            out.note(|| name_of(key), compare(child, old, new));
        }
    }
}

/// Elements that are the same memory at the same place need no name to be told apart.
fn elements(kind: Kind, before: &[Json], after: &[Json], out: &mut Parts) {
    let same = |i: &usize| matches!((before.get(*i), after.get(*i)), (Some(a), Some(b)) if a.same(b));
    let named = |items: &[Json]| -> Vec<(Str, usize)> {
        (0..items.len()).filter(|i| !same(i)).map(|i| (kind.key_of(&items[i]), i)).collect()
    };
    let (left, right) = (named(before), named(after));
    let find = |list: &[(Str, usize)], key: &Str| list.iter().find(|(k, _)| k == key).map(|(_, i)| *i);
    for (key, i) in &right {
        let old = find(&left, key).map(|i| &before[i]);
        out.note(|| key.clone(), compare(kind.element(), old, Some(&after[*i])));
    }
    for (key, i) in &left {
        if find(&right, key).is_none() {
            out.note(|| key.clone(), compare(kind.element(), Some(&before[*i]), None));
        }
    }
}

/// Whether two values have the same fields, whatever these say.
pub fn alike(kind: Kind, a: &Json, b: &Json) -> bool {
    if a.same(b) {
        return true;
    }
    if !kind.divides(a) || !kind.divides(b) {
        return !kind.divides(a) && !kind.divides(b);
    }
    match kind {
        Kind::Struct(_) | Kind::Map(_) | Kind::Custom(_) => {
            let (a, b) = (a.entries(), b.entries());
            let same = |((j, v), (k, w)): (&(Str, Json), &(Str, Json))| {
                j == k && kind.child(j).is_none_or(|child| alike(child, v, w))
            };
            a.len() == b.len() && a.iter().zip(b).all(same)
        }
        Kind::Keyed(keys, _) => {
            let (a, b) = (a.items(), b.items());
            let same = |(v, w): (&Json, &Json)| {
                keys.iter().all(|key| v[*key] == w[*key]) && alike(kind.element(), v, w)
            };
            a.len() == b.len() && a.iter().zip(b).all(same)
        }
        _ => a == b,
    }
}

/// The fields that a value states (`ToFieldSet`).
pub fn stated(kind: Kind, value: &Json) -> Json {
    if kind.form() == Form::Leaf
        || value.is_null()
        || matches!(kind, Kind::Deduced) && value.entries().is_empty()
    {
        return Json::object();
    }
    let mut parts = Vec::new();
    for (key, child, value) in kind.parts(value) {
        let mut part = stated(child, value);
        let own = match key.strip_prefix("f:").is_some_and(|key| kind.declares(key)) {
            true => value.is_null() || matches!(value, Json::Object(o) if o.is_empty()),
            false => true,
        };
        if own {
            part = set::union(&part, &Json::object());
        }
        if !part.is_null() {
            parts.push((key, part));
        }
    }
    set::node(false, parts)
}

/// How the metadata of all objects is taken apart.
fn object_meta<'s>() -> Kind<'s> {
    let metadata = kinds::CONFIGMAPS.ty.and_then(|ty| Kind::of(ty.get()).child("metadata"));
    metadata.unwrap_or(Kind::Leaf)
}

/// What an object has before anybody has written it.
pub fn blank(kind: Kind) -> Json {
    match kind {
        Kind::Struct(ty) => blank_struct(ty),
        _ => crate::json!({ "metadata": {} }),
    }
}

/// Go's structs that are no pointers, and lists that are never left out.
fn blank_struct(ty: &'static Type) -> Json {
    let mut out = Json::object();
    for field in ty.fields {
        match field.shape {
            Shape::Ref(id) if field.more.default == Some("{}") && id.get().special.is_none() => {
                out.set(Str::fixed(field.name), blank_struct(id.get()));
            }
            Shape::List(_) if field.required => out.set(Str::fixed(field.name), Vec::<Json>::new()),
            _ => {}
        }
    }
    out
}

/// The set, with every field of a struct that has something of the set below it (`EnsureNamedFieldsAreMembers`).
pub fn with_parents(kind: Kind, set: &Json) -> Json {
    let mut parts = Vec::new();
    for (key, child) in set::children(set) {
        let below = match key.strip_prefix("f:") {
            Some(name) => kind.child(name),
            None => Some(kind.element()),
        };
        let Some(below) = below else {
            parts.push((key.clone(), child.clone()));
            continue;
        };
        let mut part = with_parents(below, child);
        if key.strip_prefix("f:").is_some_and(|key| kind.declares(key)) {
            part = set::union(&part, &Json::object());
        }
        parts.push((key.clone(), part));
    }
    set::node(set::is_member(set), parts)
}

/// The value without the fields of a set; `Null` where nothing is left of it.
pub fn without(kind: Kind, value: &Json, set: &Json) -> Json {
    if set::children(set).next().is_none() {
        return value.clone();
    }
    let kept = |key: &str, child: Kind, part: &Json| match &set[key] {
        Json::Null => Some(part.clone()),
        node if set::is_member(node) => None,
        node => Some(without(child, part, node)).filter(|rest| !rest.is_null()),
    };
    match kind.form() {
        Form::Leaf => Json::Null,
        Form::Fields => {
            let rest = value.entries().iter().filter_map(|(key, part)| match kind.child(key) {
                None => Some((key.clone(), part.clone())),
                Some(child) => Some((key.clone(), kept(&name_of(key), child, part)?)),
            });
            let rest: Json = Json::Object(rest.collect());
            if rest.is_empty() { Json::Null } else { rest }
        }
        Form::Elements => {
            let items = value.items().iter();
            let rest = items.filter_map(|item| kept(&kind.key_of(item), kind.element(), item));
            let rest: Json = rest.collect();
            if rest.is_empty() { Json::Null } else { rest }
        }
    }
}
