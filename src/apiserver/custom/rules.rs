//! The CEL rules of a schema (`x-kubernetes-validations`): are they sound and cheap enough, does an object keep them
//! (`apis/apiextensions/validation`, `apiserver/schema/cel/validation.go`).

use super::structural::{META, field, is, is_embedded, list_type};
use super::validate::{is_blocking, old_element};
use crate::api::field::{Error, Path};
use crate::cel::{self, Activation, LARGEST_REQUEST, Program, Type, Value};
use crate::json::{Json, Str};
use std::sync::Arc;

const RULES: &str = "x-kubernetes-validations";
/// What one rule may be estimated to cost over all places where it can hold (`StaticEstimatedCostLimit`).
const RULE_LIMIT: u64 = 10_000_000;
/// The same for all rules of a schema.
const SCHEMA_LIMIT: u64 = 100_000_000;
/// What all rules may cost while an object is checked (`RuntimeCELCostBudget`).
const BUDGET: u64 = 10_000_000;
/// How many of the dearest rules are named where all together are too dear.
const NAMED: usize = 4;
const OUT_OF_BUDGET: &str =
    "validation failed due to running out of cost budget, no further validation rules will be run";
/// A message of more bytes is not shown (`MaxEvaluatedMessageExpressionSizeBytes`).
const LONGEST_MESSAGE: usize = 5 * 1024;

/// What is wrong with the rules of a schema and of all schemas in it.
pub fn compile(schema: &Json, path: &Path, errors: &mut Vec<Error>) {
    let mut compiler = Compiler { errors, total: 0, dearest: Vec::new() };
    compiler.each(schema, true, path, None, Some(1));
    let Compiler { total, mut dearest, errors } = compiler;
    if total > SCHEMA_LIMIT {
        crate::collections::sort_by(&mut dearest, |a, b| b.1.cmp(&a.1));
        for (at, _) in dearest.iter().take(NAMED) {
            let detail =
                "contributed to estimated rule cost total exceeding cost limit for entire OpenAPIv3 schema";
            errors.push(Error::forbidden(at, detail));
        }
        let what = "x-kubernetes-validations estimated rule cost total for entire OpenAPIv3 schema";
        errors.push(Error::forbidden(path, too_dear(what, total, SCHEMA_LIMIT)));
    }
}

/// That something costs more than it may (`getCostErrorMessage`).
fn too_dear(what: &str, cost: u64, limit: u64) -> String {
    let factor = cost as f64 / limit as f64;
    let factor = match factor {
        factor if factor > 100.0 => "more than 100x".to_string(),
        factor if factor < 1.5 => format!("{factor:.6}x"),
        factor => format!("{factor:.1}x"),
    };
    format!(
        "{what} exceeds budget by factor of {factor} (try simplifying the rule, or adding maxItems, maxProperties, and maxLength where arrays, maps, and strings are declared)"
    )
}

struct Compiler<'e> {
    errors: &'e mut Vec<Error>,
    total: u64,
    /// The rules that make up at least a hundredth of what a schema may cost.
    dearest: Vec<(Path, u64)>,
}

impl Compiler<'_> {
    /// `uncorrelated`: the first place above where nobody can tell which old value a new one comes from. `count`: how often the
    /// schema can hold in an object; `None`: as often as a request has room for.
    fn each(
        &mut self,
        schema: &Json,
        root: bool,
        path: &Path,
        uncorrelated: Option<&Path>,
        count: Option<u64>,
    ) {
        let most = |key: &str| schema[key].as_i64().map(|n| u64::try_from(n).unwrap_or(0));
        let inside = |most: Option<u64>| Some(count?.saturating_mul(most?));
        if let Json::Object(_) = schema["additionalProperties"] {
            let at = path.child("additionalProperties");
            let count = inside(most("maxProperties"));
            self.each(&schema["additionalProperties"], false, &at, uncorrelated, count);
        }
        let atomic = schema["x-kubernetes-map-type"].str() == "atomic";
        for (key, inner) in schema["properties"].entries() {
            let below = uncorrelated.or(atomic.then_some(path));
            self.each(inner, false, &path.child("properties").key(key), below, count);
        }
        if let Json::Object(_) = schema["items"] {
            let below = uncorrelated.or((list_type(schema) != "map").then_some(path));
            self.each(&schema["items"], false, &path.child("items"), below, inside(most("maxItems")));
        }
        let Some(ty) = type_of(schema, root) else { return };
        let times = count.unwrap_or_else(|| LARGEST_REQUEST / (cel::least_bytes(schema) + 1));
        for (i, rule) in schema[RULES].items().iter().enumerate() {
            self.rule(rule, &ty, schema, times, &path.child(RULES).index(i), uncorrelated);
        }
    }

    fn observe(&mut self, at: Path, cost: u64, what: &str) {
        if cost > RULE_LIMIT {
            self.errors.push(Error::forbidden(&at, too_dear(what, cost, RULE_LIMIT)));
        }
        self.total = self.total.saturating_add(cost);
        if cost >= SCHEMA_LIMIT / 100 {
            self.dearest.push((at, cost));
        }
    }

    fn rule(
        &mut self,
        rule: &Json,
        ty: &Type,
        schema: &Json,
        times: u64,
        at: &Path,
        uncorrelated: Option<&Path>,
    ) {
        let invalid =
            |key: &str, detail: String| Error::invalid_shown(&at.child(key), Some(&go_rule(rule)), detail);
        let compiled = program(rule, "rule", ty, schema);
        match &compiled {
            Err(why) => self.errors.push(invalid("rule", format!("compilation failed: {why}"))),
            Ok(program) if *program.result() != Type::Bool => {
                self.errors.push(invalid("rule", "cel expression must evaluate to a bool".into()));
            }
            Ok(program) => {
                let cost = program.most().saturating_mul(times);
                self.observe(at.child("rule"), cost, "estimated rule cost");
                self.message(rule, ty, schema, at);
            }
        }
        let optional = &rule["optionalOldSelf"];
        if compiled.is_ok_and(|program| *program.result() == Type::Bool && program.uses("oldSelf")) {
            if let Some(place) = uncorrelated {
                let detail = format!(
                    "oldSelf cannot be used on the uncorrelatable portion of the schema within {place}"
                );
                self.errors.push(Error::invalid(&at.child("rule"), &rule["rule"], detail));
            }
        } else if !optional.is_null() {
            let detail = "may not be set if oldSelf is not used in rule";
            self.errors.push(Error::invalid(&at.child("optionalOldSelf"), optional, detail));
        }
    }

    fn message(&mut self, rule: &Json, ty: &Type, schema: &Json, at: &Path) {
        if rule["messageExpression"].is_empty() {
            return;
        }
        let at = at.child("messageExpression");
        let mut invalid =
            |detail: String| self.errors.push(Error::invalid_shown(&at, Some(&go_rule(rule)), detail));
        match program(rule, "messageExpression", ty, schema) {
            Err(why) => invalid(format!("messageExpression compilation failed: {why}")),
            Ok(program) if *program.result() != Type::Str => {
                invalid("messageExpression must evaluate to a string".into());
            }
            Ok(program) => self.observe(at, program.most(), "estimated messageExpression cost"),
        }
    }
}

fn type_of(schema: &Json, root: bool) -> Option<Type> {
    if root { Some(Type::Resource(schema.clone())) } else { Type::of_schema(schema) }
}

fn program(rule: &Json, key: &str, ty: &Type, schema: &Json) -> Result<Program, String> {
    let optional = rule["optionalOldSelf"].as_bool() == Some(true);
    let old = if optional { Type::Optional(Box::new(ty.clone())) } else { ty.clone() };
    Program::compile_for(rule[key].str(), &[("self", ty.clone()), ("oldSelf", old)], schema)
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

/// Checks an object, as far as nothing else about it is so wrong that rules cannot be asked. What an older rule allowed may stay
/// as long as nobody touches it; its author is warned.
pub fn check(
    schema: &Json,
    object: &Json,
    old: Option<&Json>,
    errors: &mut Vec<Error>,
    warnings: &mut Vec<Str>,
) {
    if !has_rules(schema) {
        return;
    }
    if errors.iter().any(is_blocking) {
        let detail = "some validation rules were not checked because the object was invalid; correct the existing errors to complete validation";
        return errors.push(Error::invalid(&Path::new("<nil>"), Json::Null, detail));
    }
    let mut checker = Checker { errors, warnings, budget: Some(BUDGET) };
    checker.value(schema, true, (object, old, false), &Path::default());
}

/// A rule's error has no place to stand at the root.
fn shown(path: &Path) -> Path {
    if *path == Path::default() { Path::new("<nil>") } else { path.clone() }
}

struct Checker<'e> {
    errors: &'e mut Vec<Error>,
    warnings: &'e mut Vec<Str>,
    /// What may still be spent; `None`: too much was.
    budget: Option<u64>,
}

impl Checker<'_> {
    /// Of a value goes with it what it was, if anybody can tell, and whether the nearest place where one can is as it was.
    fn value(
        &mut self,
        schema: &Json,
        root: bool,
        (object, old, same): (&Json, Option<&Json>, bool),
        path: &Path,
    ) {
        if object.is_null() {
            return;
        }
        let same = old.map_or(same, |old| old == object);
        let rules = schema[RULES].items();
        if let Some(ty) = type_of(schema, root).filter(|_| !rules.is_empty()) {
            for rule in rules {
                if self.budget.is_none() {
                    return;
                }
                self.rule(rule, &ty, schema, (object, old, same), path);
            }
        }
        for (key, part) in object.entries() {
            if (root || is_embedded(schema)) && META.contains(&key.as_str()) {
                continue;
            }
            if let Some(inner) = field(schema, key) {
                let declared = schema["properties"].get(key).is_some();
                let at = if declared { path.child(key) } else { path.key(key) };
                self.value(inner, false, (part, old.and_then(|old| old.get(key)), same), &at);
            }
        }
        for (i, item) in object.items().iter().enumerate() {
            let before = old.and_then(|old| old_element(schema, item, old));
            self.value(&schema["items"], false, (item, before, same), &path.index(i));
        }
    }

    fn out_of_budget(&mut self, path: &Path, kind: &str, why: &str) {
        self.budget = None;
        self.errors.push(Error::invalid(&shown(path), kind, why));
    }

    /// Runs a program on the budget.
    fn run(&mut self, program: &Program, activation: &Activation) -> Option<Result<Value, String>> {
        let (value, cost) = program.run(activation);
        self.budget = self.budget.and_then(|budget| budget.checked_sub(cost));
        self.budget.map(|_| value)
    }

    fn rule(
        &mut self,
        rule: &Json,
        ty: &Type,
        schema: &Json,
        (object, old, same): (&Json, Option<&Json>, bool),
        path: &Path,
    ) {
        let kind = schema["type"].str();
        let Ok(compiled) = program(rule, "rule", ty, schema) else { return };
        let optional = rule["optionalOldSelf"].as_bool() == Some(true);
        let transition = compiled.uses("oldSelf");
        if transition && old.is_none() && !optional {
            return;
        }
        let before = old.map(|old| cel::typed(old, schema));
        let before = match optional {
            true => Value::Optional(before.map(Arc::new)),
            false => before.unwrap_or(Value::Null),
        };
        let values = [("self", cel::typed(object, schema)), ("oldSelf", before)];
        let activation = Activation::of(&values);
        let said = rule["message"].str().trim();
        let name = if said.is_empty() { rule["rule"].str().trim() } else { said };
        match self.run(&compiled, &activation).map(|value| value.map(|value| value.as_bool())) {
            None => return self.out_of_budget(path, kind, OUT_OF_BUDGET),
            Some(Ok(Some(true))) => return,
            Some(Ok(_)) => {}
            Some(Err(why)) => {
                if why.starts_with("operation cancelled") {
                    let why = format!(
                        "'{why}': no further validation rules will be run due to call cost exceeds limit for rule: {name}"
                    );
                    return self.out_of_budget(path, kind, &why);
                }
                let why = match why.as_str() {
                    "no such overload" => format!(
                        "'{why}': call arguments did not match a supported operator, function or macro signature for rule: {name}"
                    ),
                    _ => format!("{why} evaluating rule: {name}"),
                };
                return self.errors.push(Error::invalid(&shown(path), kind, why));
            }
        }
        let mut own = None;
        if let Ok(message) = program(rule, "messageExpression", ty, schema)
            && !rule["messageExpression"].is_empty()
        {
            let value = match self.run(&message, &activation) {
                None => {
                    let why = "messageExpression evaluation failed due to running out of cost budget";
                    return self.out_of_budget(path, kind, why);
                }
                Some(value) => value.ok(),
            };
            let text = value.and_then(|value| Some(value.as_str()?.trim().to_string()));
            own = text.filter(|t| !t.is_empty() && !t.contains('\n') && t.len() <= LONGEST_MESSAGE);
        }
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
        let error = match rule["reason"].str() {
            "FieldValueForbidden" => Error::forbidden(&at, detail),
            "FieldValueRequired" => Error::required(&at, detail),
            "FieldValueDuplicate" => Error::duplicate(&at, object),
            _ if hidden => Error::invalid_shown(&at, None, detail),
            _ => Error::invalid(&at, object, detail),
        };
        match same && !transition {
            true => self.warnings.push(error.to_string().into()),
            false => self.errors.push(error),
        }
    }
}
