//! [`At`]: a value of an object together with its path, which is what a rule speaks of.
//!
//! Each check adds its error under upstream's words; a check of a value that must not be there says so by its name. So the
//! rules of a kind read as a list, in upstream's order.

use super::names::Problems;
use crate::api::field::{Error, Path};
use crate::api::quantity::Quantity;
use crate::json::{Json, Str};

/// A place in an object.
#[derive(Clone)]
pub struct At<'a> {
    /// The value there; `Null` where it is absent.
    pub json: &'a Json,
    /// Its path.
    pub path: Path,
}

/// The errors found so far.
pub type Errors<'e> = &'e mut Vec<Error>;

impl<'a> At<'a> {
    /// A place by its path.
    pub fn new(json: &'a Json, path: &Path) -> At<'a> {
        At { json, path: path.clone() }
    }
    /// A field of an object that stands alone.
    pub fn top(object: &'a Json, field: &str) -> At<'a> {
        At { json: &object[field], path: Path::new(field) }
    }
    /// A field below.
    pub fn get(&self, field: &str) -> At<'a> {
        At { json: &self.json[field], path: self.path.child(field) }
    }
    /// The elements of the list.
    pub fn each(&self) -> Vec<At<'a>> {
        self.json.items().iter().enumerate().map(|(i, json)| At { json, path: self.path.index(i) }).collect()
    }
    /// The entries of the map.
    pub fn entries(&self) -> Vec<(&'a Str, At<'a>)> {
        self.json.entries().iter().map(|(k, json)| (k, At { json, path: self.path.key(k) })).collect()
    }
    /// The string; `""` where it is absent.
    pub fn str(&self) -> &'a str {
        self.json.str()
    }
    /// The number, where there is one.
    pub fn int(&self) -> Option<i64> {
        self.json.as_i64()
    }
    /// Whether it is `true`.
    pub fn yes(&self) -> bool {
        self.json.as_bool() == Some(true)
    }
    /// Whether it is there.
    pub fn set(&self) -> bool {
        !self.json.is_null()
    }
    /// Whether it is absent, or a string, list or map of nothing.
    pub fn empty(&self) -> bool {
        self.json.is_empty()
    }
    /// The amount, where there is one.
    pub fn quantity(&self) -> Option<Quantity> {
        Quantity::of_json(self.json)
    }

    /// `path: Invalid value: …: detail`
    pub fn invalid(&self, detail: impl Into<Str>, errors: Errors) {
        errors.push(Error::invalid(&self.path, self.json, detail));
    }
    /// `path: Forbidden: detail`
    pub fn forbidden(&self, detail: impl Into<Str>, errors: Errors) {
        errors.push(Error::forbidden(&self.path, detail));
    }
    /// `path: Required value: detail`
    pub fn missing(&self, detail: impl Into<Str>, errors: Errors) {
        errors.push(Error::required(&self.path, detail));
    }
    /// `path: Duplicate value: …`
    pub fn duplicate(&self, errors: Errors) {
        errors.push(Error::duplicate(&self.path, self.json));
    }
    /// `path: Unsupported value: …: supported values: …`
    pub fn unsupported(&self, allowed: &[&str], errors: Errors) {
        let shown = if self.json.is_null() { &Json::from("") } else { self.json };
        errors.push(Error::not_supported(&self.path, shown, allowed));
    }

    /// It must be there; whether it is.
    pub fn required(&self, errors: Errors) -> bool {
        if self.empty() {
            self.missing("", errors);
        }
        !self.empty()
    }
    /// Where it is set, its text must follow a rule.
    pub fn rule(&self, rule: fn(&str) -> Problems, errors: Errors) {
        if !self.empty() {
            self.must(rule, errors);
        }
    }
    /// Its text, even an empty one, must follow a rule.
    pub fn must(&self, rule: fn(&str) -> Problems, errors: Errors) {
        errors.extend(
            rule(self.str()).into_iter().map(|problem| Error::invalid(&self.path, self.str(), problem)),
        );
    }
    /// It must be there and follow a rule.
    pub fn name(&self, rule: fn(&str) -> Problems, errors: Errors) {
        if self.required(errors) {
            self.must(rule, errors);
        }
    }
    /// Where it is set, it must be one of a few.
    pub fn one_of(&self, allowed: &[&str], errors: Errors) {
        if self.set() && !allowed.contains(&self.str()) {
            self.unsupported(allowed, errors);
        }
    }
    /// It must be there and be one of a few.
    pub fn choice(&self, allowed: &[&str], errors: Errors) {
        if self.required(errors) {
            self.one_of(allowed, errors);
        }
    }
    /// Where it is set, it must not be negative.
    pub fn not_negative(&self, errors: Errors) {
        if self.int().is_some_and(|n| n < 0) {
            self.invalid("must be greater than or equal to 0", errors);
        }
    }
    /// Where it is set, it must be in a range.
    pub fn within(&self, low: i64, high: i64, errors: Errors) {
        if self.int().is_some_and(|n| !(low..=high).contains(&n)) {
            self.invalid(format!("must be between {low} and {high}, inclusive"), errors);
        }
    }
    /// Where it is set, it must be a port's number.
    pub fn port(&self, errors: Errors) {
        self.within(1, 65535, errors);
    }
    /// It must be as it was.
    pub fn same(&self, old: &Json, errors: Errors) {
        if self.json != old {
            self.invalid("field is immutable", errors);
        }
    }
    /// An amount that must not be negative, where it is set.
    pub fn amount(&self, errors: Errors) {
        if self.quantity().is_some_and(|amount| amount.nano() < 0) {
            self.invalid("must be greater than or equal to 0", errors);
        }
    }
    /// The kinds of a union that are set, in upstream's order: the first, and an error for each of the others.
    pub fn union(
        &self,
        kinds: &[&'static str],
        detail: &'static str,
        errors: Errors,
    ) -> Option<&'static str> {
        let mut set = kinds.iter().filter(|kind| !self.json[**kind].is_null());
        let first = set.next();
        set.for_each(|kind| self.get(kind).forbidden(detail, errors));
        first.copied()
    }
}
