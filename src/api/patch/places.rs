//! What the schema says of a place that a strategic merge comes to (`strategicpatch/meta.go`, which asks Go's struct tags).

use super::strategic::Refusal;
use crate::api::schema::{Field, Form, Shape, Type, TypeId};

/// What a value is of.
#[derive(Clone, Copy)]
pub(super) struct Place {
    /// The struct; `None`: it is none, and has no fields that could be looked up.
    ty: Option<&'static Type>,
    /// Go's kind of it.
    pub(super) kind: &'static str,
}

/// How a list is merged.
#[derive(Clone, Copy)]
pub(super) struct Merge {
    /// It is, and not replaced.
    pub(super) merges: bool,
    /// The key by which its elements are told apart; `""`: by themselves.
    pub(super) key: &'static str,
}

impl Place {
    pub(super) fn of(ty: TypeId) -> Place {
        Place { ty: Some(ty.get()), kind: "struct" }
    }

    fn of_shape(shape: &Shape) -> Place {
        let kind = match shape {
            Shape::Ref(ty) => return Place::of(*ty),
            Shape::Str => "string",
            Shape::Bytes | Shape::List(_) => "slice",
            Shape::Bool => "bool",
            Shape::Int32 => "int32",
            Shape::Int64 => "int64",
            Shape::Float => "float64",
            Shape::Map(_) => "map",
        };
        Place { ty: None, kind }
    }

    fn field(self, name: &str) -> Result<(&'static Type, &'static Field), Refusal> {
        let Some(ty) = self.ty else {
            return Err(Refusal::Failed(format!(
                "merging an object in json but data type is not struct, instead is: {}",
                self.kind
            )));
        };
        let found = ty.field(name).or_else(|| ty.fields.iter().find(|f| f.name.eq_ignore_ascii_case(name)));
        let found = found.filter(|_| ty.special.is_none());
        let missing = || {
            Refusal::Failed(format!(
                "unable to find api field in struct {} for the json field {name:?}",
                ty.name
            ))
        };
        found.map(|field| (ty, field)).ok_or_else(missing)
    }

    /// The place of a map below, and whether a patch replaces it whole.
    pub(super) fn map(self, name: &str) -> Result<(Place, bool), Refusal> {
        let (ty, field) = self.field(name)?;
        // The one field of the API whose strategy says so.
        let replaces = (ty.name, field.name) == ("PodDisruptionBudgetSpec", "selector");
        let mut place = Place::of_shape(&field.shape);
        if place.ty.is_some() && is_pointer(field) {
            place.kind = "ptr";
        }
        Ok((place, replaces))
    }

    /// The place of the elements of a list below, and how it is merged.
    pub(super) fn list(self, name: &str) -> Result<(Place, Merge), Refusal> {
        let (_, field) = self.field(name)?;
        let merge = Merge { merges: field.more.merge, key: field.more.merge_key };
        match field.shape {
            Shape::List(item) => Ok((Place::of_shape(item), merge)),
            Shape::Bytes => Ok((Place { ty: None, kind: "uint8" }, merge)),
            _ if is_pointer(field) => Ok((Place::of_shape(&field.shape), merge)),
            _ => Err(Refusal::Failed(format!("expected slice or array type, but got: {}", self.kind))),
        }
    }
}

/// Whether the field's Go type is a pointer: of a struct, where it may be left out.
fn is_pointer(field: &Field) -> bool {
    match field.shape {
        Shape::Ref(_) => !field.required && field.more.default.is_none(),
        _ => field.form == Form::Pointer,
    }
}
