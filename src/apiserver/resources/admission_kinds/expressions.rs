//! The expressions of policies and webhooks, compiled when they are written.

use crate::api::field::Error;
use crate::apiserver::validation::at::At;
use crate::apiserver::validation::names;
use crate::cel::admission::{self, Names};
use crate::cel::{RESERVED, Type};

const MOST_CONDITIONS: usize = 64;

/// An expression that must give one of the types; it is compiled as it is written.
pub fn expression(at: &At, names: &Names, results: &[Type], errors: &mut Vec<Error>) {
    trimmed(at, at.str(), names, results, errors);
}

/// The same of an expression that is compiled, and shown, without the blanks around it.
fn trimmed(at: &At, text: &str, names: &Names, results: &[Type], errors: &mut Vec<Error>) {
    if let Err(why) = admission::compile(text, names, results) {
        errors.push(Error::invalid(&at.path, text, why));
    }
}

/// The conditions under which something is asked at all.
pub fn conditions(list: &At, params: bool, errors: &mut Vec<Error>) {
    let params = params.then_some(Type::Dyn);
    let known = Names { params, authorizer: true, ..Names::default() };
    let all = list.each();
    if all.len() > MOST_CONDITIONS {
        errors.push(Error::too_many(&list.path, all.len(), MOST_CONDITIONS));
    }
    for (i, condition) in all.iter().enumerate() {
        let expression = condition.get("expression");
        match expression.str().trim() {
            "" => expression.missing("", errors),
            text => trimmed(&expression, text, &known, &[Type::Bool], errors),
        }
        let name = condition.get("name");
        name.name(names::qualified, errors);
        if !name.empty() && all[..i].iter().any(|other| other.json["name"] == *name.json) {
            name.duplicate(errors);
        }
    }
}

/// The variables of a policy, of which each knows those before it; those after know it, too.
pub fn variables(list: &At, known: &mut Names, errors: &mut Vec<Error>) {
    for variable in list.each() {
        let name = variable.get("name");
        let word = |c: char| c.is_ascii_alphanumeric() || c == '_';
        if name.str().trim().is_empty() {
            name.missing("name is not specified", errors);
        } else if name.str().starts_with(|c: char| c.is_ascii_digit())
            || !name.str().chars().all(word)
            || RESERVED.contains(&name.str())
        {
            name.invalid("name is not a valid CEL identifier", errors);
        }
        let text = variable.get("expression");
        if text.str().trim().is_empty() {
            text.missing("expression is not specified", errors);
            continue;
        }
        expression(&text, known, &[], errors);
        let program = admission::compile(text.str(), known, &[]);
        let ty = program.map_or(Type::Dyn, |program| program.result().clone());
        known.variables.get_or_insert_default().push((name.str().into(), ty));
    }
}
