//! Typed views of objects, generated from the schema.
//!
//! A view is a newtype over the shared tree: `Job`, `PodSpec`, `JobStatus`, one for each type of the API, in a module
//! for its group and version. It costs nothing to make and needs no (de)serialisation:
//!
//! ```
//! use kubestep::{api::{View, views::batch_v1::Job}, json};
//!
//! let mut job = Job::from(json!({ "metadata": { "name": "pi" }, "spec": { "parallelism": 2 } }));
//! assert_eq!(job.metadata().name(), "pi");
//! assert_eq!(job.spec().parallelism(), Some(2));
//! assert_eq!(job.spec().completions(), None);
//! assert!(!job.status().exists());
//!
//! let mut status = job.status();
//! status.set_active(2);
//! job.set_status(status);
//! assert_eq!(job.json().at(&["status", "active"]).as_i64(), Some(2));
//! ```
//!
//! How a field reads, by its type in the schema:
//!
//! | schema | getter | absent |
//! | --- | --- | --- |
//! | string, bytes, Time, Quantity | `&str` | `""` |
//! | boolean, int32, int64, number | `Option<…>` | `None` |
//! | a struct | its view, by value | an empty view; [`View::exists`] tells |
//! | list of structs | [`List`] of views | empty |
//! | list of strings | [`Texts`] | empty |
//! | map, IntOrString, anything else | `&Json` | `Json::Null` |
//!
//! Setters take the same; a setter given an absent value (`None`, `Json::Null`) removes the field. A changed view
//! shares all it did not change with what it was made from; write it back with its parent's setter.

use crate::json::{Json, Str};
use std::marker::PhantomData;

/// What all views have in common.
pub trait View: From<Json> + Clone {
    /// The tree below.
    fn json(&self) -> &Json;
    /// The tree below, for changing.
    fn json_mut(&mut self) -> &mut Json;
    /// The tree below, by value.
    fn into_json(self) -> Json;
    /// Whether there is anything: false for the view of an absent field.
    fn exists(&self) -> bool {
        !self.json().is_null()
    }
}

/// A list of views.
#[derive(Clone, Debug)]
pub struct List<'a, T> {
    items: &'a [Json],
    of: PhantomData<T>,
}

impl<'a, T: View> List<'a, T> {
    /// A list over an array; empty where it is none.
    pub fn of(json: &'a Json) -> List<'a, T> {
        List { items: json.items(), of: PhantomData }
    }
    /// The elements.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = T> + ExactSizeIterator + 'a {
        self.items.iter().map(|json| T::from(json.clone()))
    }
    /// How many there are.
    pub fn len(&self) -> usize {
        self.items.len()
    }
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }
    /// The element at `i`.
    pub fn get(&self, i: usize) -> Option<T> {
        self.items.get(i).map(|json| T::from(json.clone()))
    }
}

impl<'a, T: View + 'a> IntoIterator for List<'a, T> {
    type Item = T;
    type IntoIter = std::vec::IntoIter<T>;
    fn into_iter(self) -> Self::IntoIter {
        self.iter().collect::<Vec<T>>().into_iter()
    }
}

/// A list of strings.
#[derive(Clone, Copy, Debug)]
pub struct Texts<'a>(&'a [Json]);

impl<'a> Texts<'a> {
    /// The strings.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &'a str> + ExactSizeIterator + 'a {
        self.0.iter().map(Json::str)
    }
    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
    /// Whether `text` is one of them.
    pub fn contains(&self, text: &str) -> bool {
        self.iter().any(|t| t == text)
    }
}

fn put(json: &mut Json, key: &'static str, value: Json) {
    if value.is_null() {
        json.remove(key);
    } else {
        json.set(Str::fixed(key), value);
    }
}

macro_rules! view {
    ($name:ident { $($get:ident $set:ident $key:literal $kind:ident $(($of:path))?;)* }) => {
        #[doc = concat!("A view of a `", stringify!($name), "`.")]
        #[derive(Clone, Debug, Default, PartialEq)]
        pub struct $name(Json);
        impl View for $name {
            #[inline]
            fn json(&self) -> &Json { &self.0 }
            fn json_mut(&mut self) -> &mut Json { &mut self.0 }
            fn into_json(self) -> Json { self.0 }
        }
        impl From<Json> for $name {
            #[inline]
            fn from(json: Json) -> Self { $name(json) }
        }
        impl From<$name> for Json {
            fn from(view: $name) -> Json { view.0 }
        }
        impl $name {
            $( accessor! { $get $set $key $kind $(($of))? } )*
        }
    };
}

macro_rules! accessor {
    ($get:ident $set:ident $key:literal text) => {
        accessor! { @ $get $set $key &str, impl Into<Str>, |j| j.str(), |v| { let v: Str = v.into(); Json::Str(v) } }
    };
    ($get:ident $set:ident $key:literal bool) => {
        accessor! { @ $get $set $key Option<bool>, impl Into<Option<bool>>, |j| j.as_bool(), |v| v.into().into() }
    };
    ($get:ident $set:ident $key:literal int32) => {
        accessor! { @ $get $set $key Option<i32>, impl Into<Option<i32>>, |j| j.as_i64().and_then(|i| i.try_into().ok()), |v| v.into().into() }
    };
    ($get:ident $set:ident $key:literal int64) => {
        accessor! { @ $get $set $key Option<i64>, impl Into<Option<i64>>, |j| j.as_i64(), |v| v.into().into() }
    };
    ($get:ident $set:ident $key:literal float) => {
        accessor! { @ $get $set $key Option<f64>, impl Into<Option<f64>>, |j| j.as_f64(), |v| v.into().into() }
    };
    ($get:ident $set:ident $key:literal any) => {
        accessor! { @ $get $set $key &Json, impl Into<Json>, |j| j, |v| v.into() }
    };
    ($get:ident $set:ident $key:literal texts) => {
        accessor! { @ $get $set $key Texts<'_>, impl Into<Json>, |j| Texts(j.items()), |v| v.into() }
    };
    ($get:ident $set:ident $key:literal view($of:path)) => {
        accessor! { @ $get $set $key $of, impl Into<Json>, |j| <$of>::from(j.clone()), |v| v.into() }
    };
    ($get:ident $set:ident $key:literal list($of:path)) => {
        accessor! { @ $get $set $key List<'_, $of>, impl Into<Json>, |j| List::of(j), |v| v.into() }
    };
    (@ $get:ident $set:ident $key:literal $out:ty, $in:ty, |$j:ident| $read:expr, |$v:ident| $write:expr) => {
        #[doc = concat!("`", $key, "`")]
        #[inline]
        pub fn $get(&self) -> $out { let $j = &self.0[$key]; $read }
        #[doc = concat!("Sets `", $key, "`; an absent value removes it.")]
        pub fn $set(&mut self, $v: $in) { put(&mut self.0, $key, $write) }
    };
}

include!(concat!(env!("OUT_DIR"), "/views.rs"));
