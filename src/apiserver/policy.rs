//! ValidatingAdmissionPolicies: rules in CEL that a cluster's owner adds (`pkg/admission/plugin/policy/validating`).
//!
//! They see a request after everything else has been said about it. A policy alone does nothing: bindings say where it holds.

use super::ApiServer;
use crate::api::selector::Labels;
use crate::api::{Cause, ObjectKey, Reason, Request, Resource, Status, User, kinds};
use crate::cel::{self, Program, Type, Value};
use crate::json;
use crate::json::{Json, Str};
use std::sync::Arc;

/// What is done.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Operation {
    Create,
    Update,
    Delete,
}

impl Operation {
    fn name(self) -> &'static str {
        match self {
            Operation::Create => "CREATE",
            Operation::Update => "UPDATE",
            Operation::Delete => "DELETE",
        }
    }
}

/// What a policy looks at.
pub struct Attributes<'a> {
    pub request: &'a Request,
    pub operation: Operation,
    pub name: &'a str,
    /// `Null` for a deletion.
    pub object: &'a Json,
    /// `Null` for a creation.
    pub old: &'a Json,
}

/// A policy's no.
struct Denial {
    message: String,
    reason: Reason,
}

/// Asks all policies that are bound to such a request.
pub fn admit(server: &ApiServer, attributes: &Attributes, warnings: &mut Vec<Str>) -> Result<(), Status> {
    let policies: Resource = kinds::VALIDATINGADMISSIONPOLICIES.into();
    let bindings: Resource = kinds::VALIDATINGADMISSIONPOLICYBINDINGS.into();
    let resource = &attributes.request.resource;
    if resource.group == "admissionregistration.k8s.io" {
        return Ok(());
    }
    let mut denied: Option<(String, Reason)> = None;
    for (key, policy) in server.store.list(&policies, "") {
        if !matches(server, &policy["spec"]["matchConstraints"], attributes, true) {
            continue;
        }
        for (bound, binding) in server.store.list(&bindings, "") {
            let spec = &binding["spec"];
            let chosen = matches(server, &spec["matchResources"], attributes, false);
            if spec["policyName"].str() != &*key.name || !chosen {
                continue;
            }
            for denial in decide(server, policy, spec, attributes) {
                let (policy, binding, why) = (&key.name, &bound.name, &denial.message);
                let does = |action: &str| spec["validationActions"].items().iter().any(|a| a.str() == action);
                if does("Warn") {
                    warnings.push(
                        format!("Validation failed for ValidatingAdmissionPolicy '{policy}' with binding '{binding}': {why}")
                            .into(),
                    );
                }
                if does("Deny") && denied.is_none() {
                    let message = format!(
                        "ValidatingAdmissionPolicy '{policy}' with binding '{binding}' denied request: {why}"
                    );
                    denied = Some((message, denial.reason));
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

/// Whether constraints choose a request. Without rules a binding takes what its policy takes; a policy takes nothing.
fn matches(server: &ApiServer, constraints: &Json, attributes: &Attributes, of_policy: bool) -> bool {
    let rules = constraints["resourceRules"].items();
    let chosen =
        if rules.is_empty() { !of_policy } else { rules.iter().any(|rule| covers(rule, attributes)) };
    if !chosen || constraints["excludeResourceRules"].items().iter().any(|rule| covers(rule, attributes)) {
        return false;
    }
    let selects = |selector: &Json, labels: &Json| {
        selector.is_empty()
            || Labels::from_object(selector).is_some_and(|labels_of| labels_of.matches(labels))
    };
    let (request, object) = (attributes.request, attributes.object);
    let labels = |object: &Json| object["metadata"]["labels"].clone();
    let selector = &constraints["objectSelector"];
    if !selects(selector, &labels(object))
        && (attributes.old.is_null() || !selects(selector, &labels(attributes.old)))
    {
        return false;
    }
    let selector = &constraints["namespaceSelector"];
    let namespaces: Resource = kinds::NAMESPACES.into();
    if request.resource == namespaces {
        let object = if object.is_null() { attributes.old } else { object };
        return selects(selector, &labels(object));
    }
    if !request.resource.namespaced {
        return true;
    }
    let namespace = server.store.get(&namespaces, &ObjectKey::new("", request.namespace.clone()));
    selects(selector, &namespace.map(labels).unwrap_or_default())
}

fn covers(rule: &Json, attributes: &Attributes) -> bool {
    let request = attributes.request;
    let resource = &request.resource;
    let one_of = |key: &str, value: &str| {
        rule[key].items().iter().any(|allowed| matches!(allowed.str(), "*") || allowed.str() == value)
    };
    let what = |pattern: &Json| {
        let (name, part) = pattern.str().split_once('/').unwrap_or((pattern.str(), ""));
        let parts = part == "*" || part == &*request.subresource;
        (name == "*" || resource.plural == name) && parts
    };
    let scope = match rule["scope"].str() {
        "Cluster" => !resource.namespaced,
        "Namespaced" => resource.namespaced,
        _ => true,
    };
    let named = rule["resourceNames"].items();
    one_of("apiGroups", &resource.group)
        && one_of("apiVersions", &resource.version)
        && one_of("operations", attributes.operation.name())
        && rule["resources"].items().iter().any(what)
        && scope
        && (named.is_empty() || named.iter().any(|name| name.str() == attributes.name))
}

/// What a policy says no to, for each of the objects that parametrise it.
fn decide(server: &ApiServer, policy: &Json, binding: &Json, attributes: &Attributes) -> Vec<Denial> {
    let spec = &policy["spec"];
    let fails = spec["failurePolicy"].str() != "Ignore";
    let broken = |message: String| match fails {
        true => vec![Denial { message, reason: Reason::Invalid }],
        false => Vec::new(),
    };
    match parameters(server, spec, &binding["paramRef"], attributes) {
        Ok(all) => all.iter().flat_map(|params| evaluate(server, spec, params, attributes, fails)).collect(),
        Err(why) => broken(why),
    }
}

/// The objects that a binding names as parameters; one `Null` where the policy has none.
fn parameters(
    server: &ApiServer,
    spec: &Json,
    reference: &Json,
    attributes: &Attributes,
) -> Result<Vec<Json>, String> {
    let kind = &spec["paramKind"];
    if kind.is_null() || reference.is_null() {
        return Ok(vec![Json::Null]);
    }
    let (version, kind) = (kind["apiVersion"].str(), kind["kind"].str());
    let Some(resource) = server.served().of_kind(version, kind) else {
        return Err(format!("failed to find resource referenced by paramKind: '{version}, Kind={kind}'"));
    };
    let namespace = match (resource.namespaced, reference["namespace"].str()) {
        (false, _) => Str::default(),
        (true, "") => attributes.request.namespace.clone(),
        (true, namespace) => namespace.into(),
    };
    let name = reference["name"].str();
    let found: Vec<Json> = match name.is_empty() {
        false => server.object(&resource, &ObjectKey::new(namespace, name)).into_iter().collect(),
        true => {
            let labels = Labels::from_object(&reference["selector"]);
            let chosen =
                |object: &Json| labels.as_ref().is_some_and(|l| l.matches(&object["metadata"]["labels"]));
            let all = server.store.list(&resource, &namespace).map(|(_, object)| object.clone());
            all.filter(chosen).collect()
        }
    };
    if found.is_empty() && reference["parameterNotFoundAction"].str() == "Deny" {
        return Err("no params found for policy binding with `Deny` parameterNotFoundAction".into());
    }
    Ok(found)
}

const VARIABLES: [&str; 6] = ["object", "oldObject", "request", "params", "namespaceObject", "variables"];

fn run(expression: &str, values: &[(&str, Value)]) -> Result<Value, String> {
    let types = VARIABLES.map(|name| (name, Type::Dyn));
    let program = Program::compile(expression, &types);
    let program = program.map_err(|why| format!("compilation error: compilation failed: {why}"))?;
    program.eval(values).map_err(|why| format!("expression '{}' resulted in error: {why}", expression.trim()))
}

fn evaluate(
    server: &ApiServer,
    spec: &Json,
    params: &Json,
    attributes: &Attributes,
    fails: bool,
) -> Vec<Denial> {
    let request = attributes.request;
    let namespace =
        server.store.get(&kinds::NAMESPACES.into(), &ObjectKey::new("", request.namespace.clone()));
    let mut values = vec![
        ("object", cel::dynamic(attributes.object)),
        ("oldObject", cel::dynamic(attributes.old)),
        ("request", cel::dynamic(&described(attributes))),
        ("params", cel::dynamic(params)),
        ("namespaceObject", namespace.map_or(Value::Null, cel::dynamic)),
        ("variables", Value::Map(Arc::default())),
    ];
    let mut denials = Vec::new();
    let mut broken = |why: String| {
        if fails {
            denials.push(Denial { message: why, reason: Reason::Invalid });
        }
    };
    for condition in spec["matchConditions"].items() {
        match run(condition["expression"].str(), &values) {
            Ok(Value::Bool(true)) => {}
            Ok(_) => return Vec::new(),
            Err(why) => {
                broken(why);
                return denials;
            }
        }
    }
    // A variable may use those before it. One that fails hurts only who asks for it.
    let mut variables: Vec<(Value, Value)> = Vec::new();
    for variable in spec["variables"].items() {
        if let Ok(value) = run(variable["expression"].str(), &values) {
            variables.push((Value::Str(variable["name"].str().into()), value));
            if let Some(slot) = values.last_mut() {
                slot.1 = Value::Map(Arc::new(variables.clone()));
            }
        }
    }
    for validation in spec["validations"].items() {
        let expression = validation["expression"].str();
        match run(expression, &values) {
            Ok(Value::Bool(true)) => {}
            Ok(_) => {
                let own = validation["messageExpression"].str();
                let own = if own.is_empty() { None } else { run(own, &values).ok() };
                let own = own.and_then(|value| Some(value.as_str()?.trim().to_string()));
                let said = validation["message"].str().trim();
                let message =
                    own.filter(|own| !own.is_empty() && !own.contains('\n')).unwrap_or_else(|| match said {
                        "" => format!("failed expression: {}", expression.trim()),
                        said => said.to_string(),
                    });
                let reason = match validation["reason"].str() {
                    "Forbidden" => Reason::Forbidden,
                    "Unauthorized" => Reason::Unauthorized,
                    "RequestEntityTooLarge" => Reason::RequestEntityTooLarge,
                    _ => Reason::Invalid,
                };
                denials.push(Denial { message, reason });
            }
            Err(message) if fails => denials.push(Denial { message, reason: Reason::Invalid }),
            Err(_) => {}
        }
    }
    denials
}

/// The request as expressions see it (`admission/v1` `AdmissionRequest`).
fn described(attributes: &Attributes) -> Json {
    let request = attributes.request;
    let resource = &request.resource;
    let version = json!({ "group": &resource.group, "version": &resource.version });
    let (mut kind, mut what) = (version.clone(), version);
    kind.set("kind", &resource.kind);
    what.set("resource", &resource.plural);
    let user = request.user.as_deref().map_or_else(|| User::admin().to_json(), User::to_json);
    json!({
        "kind": &kind, "resource": &what, "requestKind": &kind, "requestResource": &what,
        "subResource": &request.subresource, "requestSubResource": &request.subresource, "name": attributes.name,
        "namespace": &request.namespace, "operation": attributes.operation.name(),
        "dryRun": request.options.dry_run,
        "userInfo": user,
    })
}
