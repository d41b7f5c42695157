//! MutatingAdmissionPolicies: expressions that change an object before it is validated (`policy/mutating`).
//!
//! A policy says how by an `Object` that is merged as an applied configuration is, or by a list of `JSONPatch` operations. Nobody
//! owns the fields that it sets.

use super::evaluation::{Evaluation, OUT_OF_BUDGET};
use super::{Attributes, Operation, matching, params, webhook};
use crate::api::patch::json_patch;
use crate::api::{Cause, Reason, Resource, Status, kinds};
use crate::apiserver::fields::walk::{Form, Kind};
use crate::apiserver::fields::{merge, typed};
use crate::apiserver::{ApiServer, admission, body, resources};
use crate::cel::{Type, Value, misnamed};
use crate::json;
use crate::json::{Json, Str};

/// A policy that cannot do what it should.
struct Failure {
    message: String,
    reason: Option<Reason>,
}

/// Lets the policies, then the webhooks change an object. Whether they did, so that the plugins before them look again.
///
/// `again`: they have all been asked already, and only those are asked that want to see what others did.
pub fn mutate(
    server: &ApiServer,
    admission: &mut admission::Attributes,
    again: bool,
) -> Result<bool, Status> {
    let policies: Resource = kinds::MUTATINGADMISSIONPOLICIES.into();
    let webhooks: Resource = kinds::MUTATINGWEBHOOKCONFIGURATIONS.into();
    if !server.has_any(&policies) && !server.has_any(&webhooks) {
        return Ok(false);
    }
    let bindings: Resource = kinds::MUTATINGADMISSIONPOLICYBINDINGS.into();
    let request = admission.request;
    let null = Json::Null;
    let old = admission.old.unwrap_or(&null);
    let operation = if admission.old.is_some() { Operation::Update } else { Operation::Create };
    let name = match &*request.name {
        "" => Str::from(admission.object["metadata"]["name"].str()),
        name => name.into(),
    };
    let mut failures: Vec<Failure> = Vec::new();
    let mut changed = false;
    let before = admission.object.clone();
    let asked = Attributes { request, operation, name: &name, object: &before, old };
    if asked.is_exempt() {
        return Ok(false);
    }
    for (key, policy) in server.store.list(&policies, "") {
        let spec = &policy["spec"];
        let named = |(_, binding): &(_, &Json)| binding["spec"]["policyName"].str() == &*key.name;
        let bound: Vec<_> = server.store.list(&bindings, "").filter(named).collect();
        let wants = !again || spec["reinvocationPolicy"].str() == "IfNeeded";
        if bound.is_empty() || !wants {
            continue;
        }
        let fails = spec["failurePolicy"].str() != "Ignore";
        let mut fail = |binding: Option<&Str>, why: String, reason: Option<Reason>| {
            if fails {
                let message = match binding {
                    Some(binding) => {
                        format!("policy '{}' with binding '{binding}' denied request: {why}", key.name)
                    }
                    None => format!("policy {:?} denied request: {why}", key.name.as_str()),
                };
                failures.push(Failure { message, reason });
            }
        };
        let matched = match matching::matched(server, &spec["matchConstraints"], "resourceRules", &asked) {
            Ok(Some(matched)) => matched,
            Ok(None) => continue,
            Err(status) => {
                fail(None, format!("failed to configure policy: {}", status.message), None);
                continue;
            }
        };
        if let Some(why) = params::unknown_kind(server, spec) {
            fail(None, format!("failed to configure policy: {why}"), None);
            continue;
        }
        for (bound, binding) in bound {
            let own = &binding["spec"];
            let unusable = |why: String| format!("failed to configure binding: {why}");
            match matching::matched(server, &own["matchResources"], "resourceRules", &asked) {
                Ok(Some(_)) => {}
                Ok(None) => continue,
                Err(status) => {
                    fail(Some(&bound.name), unusable(status.message.to_string()), None);
                    continue;
                }
            }
            let all = match params::collect(server, spec, &own["paramRef"], &asked) {
                Ok(all) => all,
                Err(why) => {
                    fail(Some(&bound.name), unusable(why), None);
                    continue;
                }
            };
            for params in &all {
                let now = admission.object.clone();
                let asked = Attributes { object: &now, ..asked };
                let evaluation = Evaluation::new(server, spec, params, &asked, &matched, true);
                match evaluation.matches(&spec["matchConditions"]) {
                    Ok(true) => {}
                    Ok(false) => continue,
                    Err(why) => {
                        fail(Some(&bound.name), why, Some(Reason::Invalid));
                        continue;
                    }
                }
                for mutation in spec["mutations"].items() {
                    let now = admission.object.clone();
                    let asked = Attributes { object: &now, ..asked };
                    let evaluation = Evaluation::new(server, spec, params, &asked, &matched, true);
                    match patched(&evaluation, mutation, &asked) {
                        Ok(new) => {
                            changed |= new != now;
                            *admission.object = new;
                        }
                        Err(Why::Policy(why)) => fail(Some(&bound.name), why, Some(Reason::Invalid)),
                        Err(Why::Server(status)) => return Err(*status),
                    }
                }
            }
        }
    }
    if let Some(status) = denied(&failures, &request.resource, &name) {
        return Err(status);
    }
    if !again {
        let now = admission.object.clone();
        let asked = Attributes { object: &now, ..asked };
        webhook::call(server, &webhooks, &asked)?;
    }
    Ok(changed)
}

/// The refusal: the first failure speaks for all.
fn denied(failures: &[Failure], resource: &Resource, name: &str) -> Option<Status> {
    let first = failures.first()?;
    let mut status = Status::forbidden(resource, name, "admission request denied by policy");
    status.message = first.message.as_str().into();
    if let Some(reason) = first.reason {
        status.reason = Some(reason);
    }
    let causes = failures.iter().map(|failure| Cause {
        reason: Str::default(),
        message: failure.message.as_str().into(),
        field: Str::default(),
    });
    status.details.get_or_insert_default().causes = causes.collect();
    Some(status)
}

/// Why an object was not changed.
enum Why {
    Policy(String),
    Server(Box<Status>),
}

/// The object after one mutation.
fn patched(evaluation: &Evaluation, mutation: &Json, asked: &Attributes) -> Result<Json, Why> {
    let object = asked.object;
    let mut budget = Evaluation::budget();
    let mut run = |expression: &Json, result: Type| {
        let value = evaluation.run(expression["expression"].str(), &[result], &mut budget);
        value.map_err(|why| Why::Policy(why.unwrap_or_else(|| OUT_OF_BUDGET.into())))
    };
    let new = if mutation["patchType"].str() == "JSONPatch" {
        let patches = Type::List(Box::new(Type::Message("JSONPatch".into())));
        let value = run(&mutation["jsonPatch"], patches)?;
        let operations = operations(&value).map_err(Why::Policy)?;
        match json_patch::apply(object, &operations) {
            Ok(new) => new,
            // A test that fails only means that nothing is to be done.
            Err(why) if why.starts_with("testing value") => return Ok(object.clone()),
            Err(why) => return Err(Why::Policy(format!("JSON Patch: {why}"))),
        }
    } else {
        let value = run(&mutation["applyConfiguration"], Type::Message("Object".into()))?;
        let mut problems = Vec::new();
        misnamed(&value, "Object", &mut problems);
        if !problems.is_empty() {
            return Err(Why::Policy(format!("type mismatch: {}", problems.join("\n"))));
        }
        let mut config = value.to_json().map_err(Why::Policy)?;
        config.set("apiVersion", &object["apiVersion"]);
        config.set("kind", &object["kind"]);
        let kind = Kind::of_resource(&asked.request.resource);
        applied(kind, object, &config).map_err(|why| Why::Policy(format!("error applying patch: {why}")))?
    };
    if new == *object {
        return Ok(new);
    }
    let refused = |status: Status| Why::Server(Box::new(Status::internal(status.message.to_string())));
    let mut request = asked.request.clone();
    request.options.field_validation = crate::api::FieldValidation::Strict;
    let mut new = body::decode(&request, &new, object, &mut Vec::new()).map_err(refused)?;
    (resources::of(&asked.request.resource).defaults)(&mut new);
    Ok(new)
}

/// The operations of a JSON patch, from the values that an expression made.
fn operations(value: &Value) -> Result<Json, String> {
    let Value::List(items) = value else {
        return Err("type mismatch: JSONPatchType.expression should evaluate to array".into());
    };
    let mut out: Vec<Json> = Vec::new();
    for item in items.iter() {
        let mut operation = json!({ "op": "", "path": "" });
        for key in ["op", "path", "from", "value"] {
            let Some(value) = item.get(key) else { continue };
            if let Value::Message(name, _) = &value {
                let mut problems = Vec::new();
                misnamed(&value, name, &mut problems);
                if !problems.is_empty() {
                    return Err(format!("type mismatch: {}", problems.join("\n")));
                }
            }
            let json = value.to_json().map_err(|why| {
                format!("JSONPath valueExpression evaluated to a type that could not marshal to JSON: {why}")
            })?;
            operation.set(key, json);
        }
        out.push(operation);
    }
    Ok(out.into())
}

/// The object under a configuration; lists and maps that are one value cannot be changed so.
fn applied(kind: Kind, object: &Json, config: &Json) -> Result<Json, String> {
    typed::check(kind, config)
        .map_err(|why| format!("failed to convert patch object to typed object: {why}"))?;
    let mut atomics = Vec::new();
    find_atomics(kind, config, "", &mut atomics);
    if !atomics.is_empty() {
        let all = atomics.join(", ");
        return Err(format!(
            "invalid ApplyConfiguration: may not mutate atomic arrays, maps or structs: {all}"
        ));
    }
    Ok(merge::merge(kind, object, config))
}

fn find_atomics(kind: Kind, value: &Json, path: &str, out: &mut Vec<String>) {
    if kind.form() == Form::Leaf && matches!(value, Json::Object(_) | Json::Array(_)) {
        return out.push(path.to_string());
    }
    for (key, part) in value.entries() {
        if let Some(child) = kind.child(key) {
            find_atomics(child, part, &format!("{path}.{key}"), out);
        }
    }
    for (i, item) in value.items().iter().enumerate() {
        if kind.form() == Form::Elements {
            find_atomics(kind.element(), item, &format!("{path}[{i}]"), out);
        }
    }
}
