//! The CEL rules of a schema (`x-kubernetes-validations`): are they sound, does an object keep them
//! (`apis/apiextensions/validation`, `apiserver/schema/cel/validation.go`).

use super::structural::{META, field, is, is_embedded, list_type};
use super::validate::{is_blocking, old_element};
use crate::api::field::{Error, Path};
use crate::cel::{self, Program, Type, Value};
use crate::json::Json;
use std::sync::Arc;

const RULES: &str = "x-kubernetes-validations";

/// What is wrong with the rules of a schema and of all schemas in it.
pub fn compile(schema: &Json, path: &Path, errors: &mut Vec<Error>) {
    each(schema, true, path, None, errors);
}

/// `uncorrelated`: the first place above where nobody can tell which old value a new one comes from.
fn each(schema: &Json, root: bool, path: &Path, uncorrelated: Option<&Path>, errors: &mut Vec<Error>) {
    if let Json::Object(_) = schema["additionalProperties"] {
        let at = path.child("additionalProperties");
        each(&schema["additionalProperties"], false, &at, uncorrelated, errors);
    }
    let atomic = schema["x-kubernetes-map-type"].str() == "atomic";
    for (key, inner) in schema["properties"].entries() {
        let below = uncorrelated.or(atomic.then_some(path));
        each(inner, false, &path.child("properties").key(key), below, errors);
    }
    if let Json::Object(_) = schema["items"] {
        let below = uncorrelated.or((list_type(schema) != "map").then_some(path));
        each(&schema["items"], false, &path.child("items"), below, errors);
    }
    let Some(ty) = type_of(schema, root) else { return };
    for (i, rule) in schema[RULES].items().iter().enumerate() {
        let at = path.child(RULES).index(i);
        let mut invalid = |key: &str, detail: String| {
            errors.push(Error::invalid_shown(&at.child(key), Some(&go_rule(rule)), detail));
        };
        match program(rule, "rule", &ty) {
            Err(why) => invalid("rule", format!("compilation failed: {why}")),
            Ok(program) if !program.result().fits(&Type::Bool) => {
                invalid("rule", "cel expression must evaluate to a bool".into());
            }
            Ok(program) => {
                let optional = &rule["optionalOldSelf"];
                if program.uses("oldSelf") {
                    if let Some(place) = uncorrelated {
                        let detail = format!(
                            "oldSelf cannot be used on the uncorrelatable portion of the schema within {place}"
                        );
                        errors.push(Error::invalid(&at.child("rule"), &rule["rule"], detail));
                    }
                } else if !optional.is_null() {
                    let detail = "may not be set if oldSelf is not used in rule";
                    errors.push(Error::invalid(&at.child("optionalOldSelf"), optional, detail));
                }
            }
        }
        if !rule["messageExpression"].is_empty() {
            let mut invalid = |detail: String| {
                let at = at.child("messageExpression");
                errors.push(Error::invalid_shown(&at, Some(&go_rule(rule)), detail));
            };
            match program(rule, "messageExpression", &ty) {
                Err(why) => invalid(format!("messageExpression compilation failed: {why}")),
                Ok(program) if !program.result().fits(&Type::Str) => {
                    invalid("messageExpression must evaluate to a string".into());
                }
                Ok(_) => {}
            }
        }
    }
}

fn type_of(schema: &Json, root: bool) -> Option<Type> {
    if root { Some(Type::Resource(schema.clone())) } else { Type::of_schema(schema) }
}

fn program(rule: &Json, key: &str, ty: &Type) -> Result<Program, String> {
    let optional = rule["optionalOldSelf"].as_bool() == Some(true);
    let old = if optional { Type::Optional(Box::new(ty.clone())) } else { ty.clone() };
    Program::compile(rule[key].str(), &[("self", ty.clone()), ("oldSelf", old)])
}

/// A rule as Go shows its struct: JSON whose fields have no other names, with what HTML would read escaped.
fn go_rule(rule: &Json) -> String {
    let text = |key: &str| {
        let quoted = Json::from(rule[key].str()).to_string();
        quoted.replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026")
    };
    let or_null = |key: &str| if rule[key].is_null() { "null".to_string() } else { rule[key].to_string() };
    format!(
        r#"{{"Rule":{},"Message":{},"MessageExpression":{},"Reason":{},"FieldPath":{},"OptionalOldSelf":{}}}"#,
        text("rule"),
        text("message"),
        text("messageExpression"),
        or_null("reason"),
        text("fieldPath"),
        or_null("optionalOldSelf"),
    )
}

fn has_rules(schema: &Json) -> bool {
    let mut found = false;
    super::structural::each(schema, &mut |inner| found |= !inner[RULES].is_empty());
    found
}

/// Checks an object, as far as nothing else about it is so wrong that rules cannot be asked.
pub fn check(schema: &Json, object: &Json, old: Option<&Json>, errors: &mut Vec<Error>) {
    if !has_rules(schema) {
        return;
    }
    if errors.iter().any(is_blocking) {
        let detail = "some validation rules were not checked because the object was invalid; correct the existing errors to complete validation";
        return errors.push(Error::invalid(&Path::new("<nil>"), Json::Null, detail));
    }
    value(schema, true, object, old, &Path::default(), errors);
}

/// A rule's error has no place to stand at the root.
fn shown(path: &Path) -> Path {
    if *path == Path::default() { Path::new("<nil>") } else { path.clone() }
}

fn value(schema: &Json, root: bool, object: &Json, old: Option<&Json>, path: &Path, errors: &mut Vec<Error>) {
    if object.is_null() {
        return;
    }
    let rules = schema[RULES].items();
    if let Some(ty) = type_of(schema, root).filter(|_| !rules.is_empty()) {
        for rule in rules {
            one(rule, &ty, schema, object, old, path, errors);
        }
    }
    for (key, part) in object.entries() {
        if (root || is_embedded(schema)) && META.contains(&key.as_str()) {
            continue;
        }
        if let Some(inner) = field(schema, key) {
            let declared = schema["properties"].get(key).is_some();
            let at = if declared { path.child(key) } else { path.key(key) };
            value(inner, false, part, old.and_then(|old| old.get(key)), &at, errors);
        }
    }
    for (i, item) in object.items().iter().enumerate() {
        let before = old.and_then(|old| old_element(schema, item, old));
        value(&schema["items"], false, item, before, &path.index(i), errors);
    }
}

fn one(
    rule: &Json,
    ty: &Type,
    schema: &Json,
    object: &Json,
    old: Option<&Json>,
    path: &Path,
    errors: &mut Vec<Error>,
) {
    let kind = schema["type"].str();
    let Ok(compiled) = program(rule, "rule", ty) else { return };
    let optional = rule["optionalOldSelf"].as_bool() == Some(true);
    if compiled.uses("oldSelf") && old.is_none() && !optional {
        return;
    }
    // What an older rule allowed may stay as long as nobody touches it.
    if !compiled.uses("oldSelf") && old == Some(object) {
        return;
    }
    let before = old.map(|old| cel::typed(old, schema));
    let before = if optional { Value::Optional(before.map(Arc::new)) } else { before.unwrap_or(Value::Null) };
    let variables = [("self", cel::typed(object, schema)), ("oldSelf", before)];
    let said = rule["message"].str().trim();
    let name = if said.is_empty() { rule["rule"].str().trim() } else { said };
    match compiled.eval(&variables).map(|value| value.as_bool()) {
        Ok(Some(true)) => return,
        Ok(_) => {}
        Err(why) => {
            let why = match why.as_str() {
                "no such overload" => format!(
                    "'{why}': call arguments did not match a supported operator, function or macro signature for rule: {name}"
                ),
                _ => format!("{why} evaluating rule: {name}"),
            };
            return errors.push(Error::invalid(&shown(path), kind, why));
        }
    }
    let message = || {
        let program = program(rule, "messageExpression", ty).ok()?;
        let value = program.eval(&variables).ok()?;
        let text = value.as_str()?.trim().to_string();
        (!text.is_empty() && !text.contains('\n')).then_some(text)
    };
    let own = if rule["messageExpression"].is_empty() { None } else { message() };
    let detail = own.unwrap_or_else(|| match said {
        "" => format!("failed rule: {name}"),
        said => said.to_string(),
    });
    let at = match rule["fieldPath"].str().trim_start_matches('.') {
        "" => path.clone(),
        field => path.child(field),
    };
    let at = shown(&at);
    let hidden = matches!(kind, "object" | "array") || is(schema, "x-kubernetes-preserve-unknown-fields");
    errors.push(match rule["reason"].str() {
        "FieldValueForbidden" => Error::forbidden(&at, detail),
        "FieldValueRequired" => Error::required(&at, detail),
        "FieldValueDuplicate" => Error::duplicate(&at, object),
        _ if hidden => Error::invalid_shown(&at, None, detail),
        _ => Error::invalid(&at, object, detail),
    });
}
