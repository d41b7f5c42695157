//! Values against their schema (`kube-openapi/pkg/validation/validate`), with the errors of `apiserver/validation/validation.go`.
//!
//! The checks of one value run in upstream's order: type, junctors, text, format, number, list, enumeration, object.

use super::formats;
use super::structural::{is, types};
use super::validate::old_element;
use crate::api::field::{Error, Path};
use crate::json::Json;
use crate::regex::Regex;

/// What checking found, and how many checks went well, by which the best of several alternatives is chosen.
#[derive(Default)]
struct Found {
    errors: Vec<Error>,
    matches: usize,
}

impl Found {
    fn merge(&mut self, other: Found) {
        self.errors.extend(other.errors);
        self.matches += other.matches;
    }
}

/// Checks a value. `old` is what it takes the place of: an error in what did not change is forgiven.
pub fn check(schema: &Json, value: &Json, old: Option<&Json>, prefix: &Path, errors: &mut Vec<Error>) {
    errors.extend(Checker { prefix }.value(schema, value, old, "").errors);
}

struct Checker<'p> {
    prefix: &'p Path,
}

impl Checker<'_> {
    /// Where an error is: upstream shows no path, `<nil>`, where there is none.
    fn at(&self, path: &str) -> Path {
        let path = path.strip_prefix('.').unwrap_or(path);
        let whole = if path.is_empty() { self.prefix.clone() } else { self.prefix.child(path) };
        if whole == Path::default() { Path::new("<nil>") } else { whole }
    }

    fn invalid(&self, path: &str, value: impl Into<Json>, rule: String) -> Error {
        Error::invalid(&self.at(path), value, format!("{path} in body {rule}"))
    }

    fn wrong_type(&self, path: &str, wanted: &str, found: &str) -> Error {
        let detail = format!("{path} in body must be of type {wanted}: {found:?}");
        Error::type_invalid(&self.at(path), found, detail)
    }

    /// An error of no field in particular.
    fn general(&self, message: String) -> Error {
        Error::invalid(&self.at(""), "", message)
    }

    fn value(&self, schema: &Json, value: &Json, old: Option<&Json>, path: &str) -> Found {
        let mut found = self.checks(schema, value, old, path);
        if !found.errors.is_empty() && old.is_some_and(|old| old == value) {
            found.errors.clear();
        }
        found
    }

    fn checks(&self, schema: &Json, value: &Json, old: Option<&Json>, path: &str) -> Found {
        let mut found = Found::default();
        let (types, nullable) = (types(schema), is(schema, "nullable"));
        if value.is_null() {
            if !types.is_empty() && !nullable {
                found.errors.push(self.wrong_type(path, &types.join(","), "null"));
            }
            self.enumeration(schema, value, path, &mut found);
            return found;
        }
        let format = schema["format"].str();
        let format = if formats::is_recognized(&types, format) { format } else { "" };
        if !types.is_empty() || !format.is_empty() {
            match self.of_type(&types, format, value, path) {
                Some(error) => found.errors.push(error),
                None => found.matches += 1,
            }
            found.matches += 1;
        }
        found.merge(self.junctors(schema, value, path));
        found.matches += 1;
        match value {
            Json::Str(text) => {
                self.text(schema, text, path, &mut found);
                if !format.is_empty() && !formats::is_valid(format, text) {
                    found.errors.push(self.wrong_type(path, format, text));
                }
                found.matches += 2;
            }
            Json::Int(_) | Json::Float(_) => self.number(schema, &types, format, value, path, &mut found),
            Json::Array(items) => {
                for (i, item) in items.iter().enumerate() {
                    let before = old.and_then(|old| old_element(schema, item, old));
                    if !schema["items"].is_null() {
                        found.merge(self.value(&schema["items"], item, before, &format!("{path}[{i}]")));
                    }
                }
                let (size, detail) =
                    (items.len() as i64, |word: &str, n: i64| format!("should have at {word} {n} items"));
                if let Some(min) = schema["minItems"].as_i64().filter(|min| size < *min) {
                    found.errors.push(self.invalid(path, size, detail("least", min)));
                }
                if let Some(max) = schema["maxItems"].as_i64().filter(|max| size > *max) {
                    found.errors.push(Error::too_many(&self.at(path), items.len(), max as usize));
                }
                if is(schema, "uniqueItems") && (1..items.len()).any(|i| items[..i].contains(&items[i])) {
                    found.errors.push(self.invalid(path, "", "shouldn't contain duplicates".into()));
                }
                found.matches += 2;
            }
            _ => {}
        }
        self.enumeration(schema, value, path, &mut found);
        if let Json::Object(_) = value {
            found.merge(self.object(schema, value, old, path));
        }
        found.matches += 1;
        found
    }

    fn of_type(&self, types: &[&str], format: &str, value: &Json, path: &str) -> Option<Error> {
        let (kind, native) = match value {
            Json::Bool(_) => ("boolean", ""),
            Json::Int(_) => ("integer", "int64"),
            Json::Float(_) => ("number", "float64"),
            Json::Str(_) => ("string", ""),
            Json::Array(_) => ("array", ""),
            _ => ("object", ""),
        };
        let is_whole = matches!(value, Json::Float(f) if f.fract() == 0.0) && types.contains(&"integer");
        let fits = types.contains(&kind) || is_whole || kind == "integer" && types.contains(&"number");
        let textual = matches!(value, Json::Str(_) | Json::Array(_));
        if !textual && !format.is_empty() && !fits && native != format {
            return Some(self.wrong_type(path, format, native));
        }
        let numeric = types.contains(&"number") || types.contains(&"integer");
        if !numeric && !format.is_empty() && textual || fits {
            return None;
        }
        Some(self.wrong_type(path, &types.join(","), kind))
    }

    fn junctors(&self, schema: &Json, value: &Json, path: &str) -> Found {
        let mut found = Found::default();
        let each = |key: &str| -> Vec<Found> {
            schema[key].items().iter().map(|inner| self.value(inner, value, None, path)).collect()
        };
        let valid = |found: &Found| found.errors.is_empty();
        let best = |all: Vec<Found>| {
            all.into_iter().reduce(|best, next| if next.matches > best.matches { next } else { best })
        };
        let any = each("anyOf");
        if !any.is_empty() {
            if !any.iter().any(valid) {
                found
                    .errors
                    .push(self.general(format!("{path:?} must validate at least one schema (anyOf)")));
                found.merge(best(any).unwrap_or_default());
            } else {
                found.merge(any.into_iter().find(valid).unwrap_or_default());
            }
        }
        let one = each("oneOf");
        if !one.is_empty() {
            match one.iter().filter(|f| valid(f)).count() {
                1 => found.merge(one.into_iter().find(valid).unwrap_or_default()),
                n => {
                    let why = if n == 0 {
                        "Found none valid".into()
                    } else {
                        format!("Found {n} valid alternatives")
                    };
                    let message = format!("{path:?} must validate one and only one schema (oneOf). {why}");
                    found.errors.push(self.general(message));
                    if n == 0 {
                        found.merge(best(one).unwrap_or_default());
                    }
                }
            }
        }
        let all = each("allOf");
        let (count, good) = (all.len(), all.iter().filter(|f| valid(f)).count());
        all.into_iter().for_each(|f| found.merge(f));
        if good != count {
            let none = if good == 0 { ". None validated" } else { "" };
            found.errors.push(self.general(format!("{path:?} must validate all the schemas (allOf){none}")));
        }
        if let Some(not) = schema.get("not")
            && valid(&self.value(not, value, None, path))
        {
            found.errors.push(self.general(format!("{path:?} must not validate the schema (not)")));
        }
        found
    }

    fn text(&self, schema: &Json, text: &str, path: &str, found: &mut Found) {
        let length = text.chars().count() as i64;
        if let Some(max) = schema["maxLength"].as_i64().filter(|max| length > *max) {
            return found.errors.push(Error::too_long(&self.at(path), max as usize));
        }
        if let Some(min) = schema["minLength"].as_i64().filter(|min| length < *min) {
            let rule = format!("should be at least {min} chars long");
            return found.errors.push(self.invalid(path, text, rule));
        }
        let pattern = schema["pattern"].str();
        if !pattern.is_empty() {
            let rule = match Regex::new(pattern) {
                Ok(regex) if regex.is_match(text) => return,
                Ok(_) => format!("should match '{pattern}'"),
                Err(why) => format!("should match '{pattern}, but pattern is invalid: {why}'"),
            };
            found.errors.push(self.invalid(path, text, rule));
        }
    }

    fn number(
        &self,
        schema: &Json,
        types: &[&str],
        format: &str,
        value: &Json,
        path: &str,
        found: &mut Found,
    ) {
        found.errors.extend(self.in_range(types, format, value, "Checked", path));
        let (number, whole) = (value.as_f64().unwrap_or(0.0), value.as_i64());
        if let Some(factor) = schema["multipleOf"].as_f64() {
            let fits = match whole {
                Some(n) if factor >= 1.0 => n % (factor as i64) == 0,
                _ => (number / factor).fract() == 0.0,
            };
            if !fits {
                found.errors.push(self.invalid(
                    path,
                    value,
                    format!("should be a multiple of {}", shown(factor)),
                ));
            }
        }
        let bounds = [
            ("minimum", "exclusiveMinimum", "greater than", "Minimum boundary"),
            ("maximum", "exclusiveMaximum", "less than", "Maximum boundary"),
        ];
        for (key, exclusive, words, name) in bounds {
            let Some(limit) = schema[key].as_f64() else { continue };
            found.errors.extend(self.in_range(types, format, &schema[key], name, path));
            // An integer is compared with the whole part of the bound.
            let limit = if whole.is_some() { limit.trunc() } else { limit };
            let exclusive = is(schema, exclusive);
            let ahead = if key == "minimum" { number - limit } else { limit - number };
            if ahead < 0.0 || exclusive && ahead == 0.0 {
                let or_equal = if exclusive { "" } else { " or equal to" };
                let rule = format!("should be {words}{or_equal} {}", shown(limit));
                found.errors.push(self.invalid(path, value, rule));
            }
        }
        found.matches += 2;
    }

    /// A number that its type cannot hold.
    fn in_range(&self, types: &[&str], format: &str, value: &Json, what: &str, path: &str) -> Option<Error> {
        let ["integer"] = types else { return None };
        let whole = value.as_i64().or_else(|| value.as_f64().filter(|f| f.fract() == 0.0).map(|f| f as i64));
        let fits = whole.is_some_and(|n| format != "int32" || i32::try_from(n).is_ok());
        let format =
            if format.is_empty() { "(default format)".into() } else { format!("with format {format}") };
        (!fits).then(|| self.general(format!("{what} value must be of type integer {format} in {path}")))
    }

    fn enumeration(&self, schema: &Json, value: &Json, path: &str, found: &mut Found) {
        let allowed = schema["enum"].items();
        let same = |a: &Json| a == value || a.as_f64().is_some_and(|n| value.as_f64() == Some(n));
        if allowed.is_empty() || allowed.iter().any(same) {
            return;
        }
        let words: Vec<String> =
            allowed.iter().map(|a| a.as_str().map_or(a.to_string(), Into::into)).collect();
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        found.errors.push(Error::not_supported(&self.at(path), value, &words));
    }

    fn object(&self, schema: &Json, value: &Json, old: Option<&Json>, path: &str) -> Found {
        let mut found = Found::default();
        let size = value.entries().len();
        if let Some(min) = schema["minProperties"].as_i64().filter(|min| (size as i64) < *min) {
            found.errors.push(self.invalid(path, size, format!("should have at least {min} properties")));
        }
        if let Some(max) = schema["maxProperties"].as_i64().filter(|max| (size as i64) > *max) {
            found.errors.push(Error::too_many(&self.at(path), size, max as usize));
        }
        let declared = &schema["properties"];
        let before = |key: &str| old.and_then(|old| old.get(key));
        for (key, part) in value.entries().iter().filter(|(key, _)| declared.get(key).is_none()) {
            let below = format!("{path}.{key}");
            match &schema["additionalProperties"] {
                Json::Bool(false) => {
                    let detail = format!("{path}.{key} in body is a forbidden property");
                    found.errors.push(Error::invalid(&self.at(path), key, detail));
                }
                Json::Object(_) => {
                    found.merge(self.value(&schema["additionalProperties"], part, before(key), &below));
                }
                _ => {}
            }
        }
        for (key, schema) in declared.entries() {
            if let Some(part) = value.get(key) {
                let below = if path.is_empty() { key.to_string() } else { format!("{path}.{key}") };
                // Nobody sees that the version of the whole object changes.
                let old = if path.is_empty() && matches!(&**key, "kind" | "apiVersion") {
                    None
                } else {
                    before(key)
                };
                found.merge(self.value(schema, part, old, &below));
            }
        }
        for key in schema["required"].items() {
            if value.get(key.str()).is_none() {
                found.errors.push(Error::required(&self.at(&format!("{path}.{}", key.str())), ""));
            }
        }
        found
    }
}

/// A bound as Go's `%v` shows it.
fn shown(number: f64) -> String {
    if number.fract() == 0.0 && number.abs() < 1e21 { format!("{number:.0}") } else { format!("{number}") }
}
