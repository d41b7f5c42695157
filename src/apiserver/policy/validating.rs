//! ValidatingAdmissionPolicies: rules in CEL that a request must keep (`policy/validating`).

use super::Attributes;
use super::evaluation::{Evaluation, OUT_OF_BUDGET};
use super::{matching, params};
use crate::api::{Cause, Reason, Resource, Status, kinds};
use crate::apiserver::ApiServer;
use crate::cel::{Type, Value};
use crate::json::{Json, Str};

/// A message of more bytes is not shown.
const LONGEST_MESSAGE: usize = 5 * 1024;

/// A policy's no.
struct Denial {
    message: String,
    reason: Reason,
    /// It stands whatever the binding says is to be done: the policy or the binding cannot be used.
    always: bool,
}

impl Denial {
    fn broken(message: String) -> Denial {
        Denial { message, reason: Reason::Invalid, always: false }
    }
}

/// Asks all policies that are bound to such a request.
pub fn admit(server: &ApiServer, attributes: &Attributes, warnings: &mut Vec<Str>) -> Result<(), Status> {
    let policies: Resource = kinds::VALIDATINGADMISSIONPOLICIES.into();
    let bindings: Resource = kinds::VALIDATINGADMISSIONPOLICYBINDINGS.into();
    let resource = &attributes.request.resource;
    let mut denied: Option<(String, Reason)> = None;
    let mut deny = |message: String, reason: Reason| {
        denied.get_or_insert((message, reason));
    };
    for (key, policy) in server.store.list(&policies, "") {
        let (name, spec) = (&key.name, &policy["spec"]);
        let fails = spec["failurePolicy"].str() != "Ignore";
        let mut bound =
            server.store.list(&bindings, "").filter(|(_, b)| b["spec"]["policyName"].str() == &**name);
        let first = bound.next();
        if first.is_none() {
            continue;
        }
        let matched = match matching::matched(server, &spec["matchConstraints"], "resourceRules", attributes)
        {
            Ok(Some(matched)) => matched,
            Ok(None) => continue,
            Err(status) => {
                if fails {
                    let why = format!("failed to configure policy: {}", status.message);
                    deny(
                        format!("ValidatingAdmissionPolicy '{name}' denied request: {why}"),
                        Reason::Invalid,
                    );
                }
                continue;
            }
        };
        if let Some(why) = params::unknown_kind(server, spec) {
            if fails {
                let why = format!("failed to configure policy: {why}");
                deny(format!("ValidatingAdmissionPolicy '{name}' denied request: {why}"), Reason::Invalid);
            }
            continue;
        }
        for (bound, binding) in first.into_iter().chain(bound) {
            let own = &binding["spec"];
            for denial in decide(server, spec, own, attributes, &matched) {
                let (binding, why) = (&bound.name, &denial.message);
                let does = |action: &str| own["validationActions"].items().iter().any(|a| a.str() == action);
                if does("Warn") && !denial.always {
                    let said = format!(
                        "Validation failed for ValidatingAdmissionPolicy '{name}' with binding '{binding}': {why}"
                    );
                    warnings.push(said.into());
                }
                if does("Deny") || denial.always {
                    let said = format!(
                        "ValidatingAdmissionPolicy '{name}' with binding '{binding}' denied request: {why}"
                    );
                    deny(said, denial.reason);
                }
            }
        }
    }
    let Some((message, reason)) = denied else { return Ok(()) };
    let mut status = Status::forbidden(resource, attributes.name, &message);
    (status.reason, status.code) = (Some(reason), reason.code());
    let cause = Cause { reason: Str::default(), message: message.into(), field: Str::default() };
    status.details.get_or_insert_default().causes.push(cause);
    Err(status)
}

/// What a policy says no to by one binding, for each of the objects that parametrise it.
fn decide(
    server: &ApiServer,
    spec: &Json,
    binding: &Json,
    attributes: &Attributes,
    matched: &Resource,
) -> Vec<Denial> {
    let fails = spec["failurePolicy"].str() != "Ignore";
    let broken = |why: String| {
        let message = format!("failed to configure binding: {why}");
        let denial = Denial { always: true, ..Denial::broken(message) };
        if fails { vec![denial] } else { Vec::new() }
    };
    match matching::matched(server, &binding["matchResources"], "resourceRules", attributes) {
        Ok(Some(_)) => {}
        Ok(None) => return Vec::new(),
        Err(status) => return broken(status.message.to_string()),
    }
    let all = match params::collect(server, spec, &binding["paramRef"], attributes) {
        Ok(all) => all,
        Err(why) => return broken(why),
    };
    let decided = all.iter().flat_map(|params| {
        let evaluation = Evaluation::new(server, spec, params, attributes, matched, false);
        evaluate(&evaluation, spec, fails)
    });
    decided.collect()
}

fn evaluate(evaluation: &Evaluation, spec: &Json, fails: bool) -> Vec<Denial> {
    let broken = |why: String| if fails { vec![Denial::broken(why)] } else { Vec::new() };
    match evaluation.matches(&spec["matchConditions"]) {
        Ok(true) => {}
        Ok(false) => return Vec::new(),
        Err(why) => return broken(why),
    }
    let mut budget = Evaluation::budget();
    let mut results: Vec<(&Json, Result<Value, String>)> = Vec::new();
    for validation in spec["validations"].items() {
        let expression = validation["expression"].str();
        match evaluation.run(expression, &[Type::Bool], &mut budget) {
            Ok(value) => results.push((validation, Ok(value))),
            Err(Some(why)) => results.push((validation, Err(why))),
            Err(None) => return broken(OUT_OF_BUDGET.into()),
        }
    }
    let mut denials = Vec::new();
    for (validation, result) in results {
        match result {
            Ok(Value::Bool(true)) => {}
            Err(why) => denials.extend(broken(why)),
            Ok(_) => {
                let reason = match validation["reason"].str() {
                    "Forbidden" => Reason::Forbidden,
                    "Unauthorized" => Reason::Unauthorized,
                    "RequestEntityTooLarge" => Reason::RequestEntityTooLarge,
                    _ => Reason::Invalid,
                };
                let message = message(evaluation, validation, &mut budget);
                denials.push(Denial { message, reason, always: false });
            }
        }
    }
    denials.extend(annotations(evaluation, &spec["auditAnnotations"], fails));
    denials
}

/// What is said of a validation that fails: by its expression, by its own words, or by itself.
fn message(evaluation: &Evaluation, validation: &Json, budget: &mut u64) -> String {
    let own = match validation["messageExpression"].str() {
        "" => None,
        expression => evaluation.run(expression, &[Type::Str], budget).ok(),
    };
    let own = own.and_then(|value| Some(value.as_str()?.trim().to_string()));
    let own = own.filter(|own| !own.is_empty() && !own.contains('\n') && own.len() <= LONGEST_MESSAGE);
    own.unwrap_or_else(|| match validation["message"].str().trim() {
        "" => format!("failed expression: {}", validation["expression"].str().trim()),
        said => said.to_string(),
    })
}

/// What would be written into the audit log, which is not kept; an annotation that cannot be made is a no.
fn annotations(evaluation: &Evaluation, annotations: &Json, fails: bool) -> Vec<Denial> {
    let mut budget = Evaluation::budget();
    let mut denials = Vec::new();
    for annotation in annotations.items() {
        let expression = annotation["valueExpression"].str();
        let why = match evaluation.run(expression.trim(), &[], &mut budget) {
            Ok(Value::Str(_) | Value::Null) | Err(None) => continue,
            Err(Some(why)) if fails => why,
            Err(_) => continue,
            Ok(other) => format!(
                "valueExpression '{expression}' resulted in unsupported return type: {}. Return type must be either string or null.",
                other.type_name()
            ),
        };
        denials.push(Denial { always: true, ..Denial::broken(why) });
    }
    denials
}
