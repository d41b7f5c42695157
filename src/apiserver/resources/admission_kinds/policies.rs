//! Policies and their bindings (`validateValidatingAdmissionPolicySpec`, `validateMutatingAdmissionPolicySpec`).

use super::super::{PLAIN, Strategy};
use super::{default_rules, expressions, rules};
use crate::api::field::Error;
use crate::apiserver::pod_spec::fill;
use crate::apiserver::validation::at::At;
use crate::apiserver::validation::{names, selector};
use crate::cel::Type;
use crate::cel::admission::Names;
use crate::json;
use crate::json::{Json, Str};

const MOST_ANNOTATIONS: usize = 20;
const LONGEST_ANNOTATION: usize = 5 * 1024;
/// What a policy can change an object of.
const CHANGES: &[&str] = &["*", "CREATE", "UPDATE"];

/// ValidatingAdmissionPolicies.
pub static POLICY: Strategy = Strategy {
    defaults: |policy| default_policy(policy, false),
    validate: |new, errors| policy(new, &Json::Null, errors),
    validate_update: policy,
    generation: true,
    ..PLAIN
};

/// ValidatingAdmissionPolicyBindings.
pub static BINDING: Strategy = Strategy {
    defaults: default_binding,
    validate: binding,
    validate_update: |new, _, errors| binding(new, errors),
    prepare_create: |binding| binding.set_at(&["metadata", "generation"], 1),
    generation: true,
    ..PLAIN
};

/// MutatingAdmissionPolicies.
pub static MUTATING_POLICY: Strategy = Strategy {
    defaults: |policy| default_policy(policy, true),
    validate: |new, errors| mutating(new, &Json::Null, errors),
    validate_update: mutating,
    generation: true,
    ..PLAIN
};

/// MutatingAdmissionPolicyBindings.
pub static MUTATING_BINDING: Strategy = Strategy {
    validate: mutating_binding,
    validate_update: |new, _, errors| mutating_binding(new, errors),
    ..BINDING
};

fn default_policy(policy: &mut Json, mutating: bool) {
    let Some(spec) = policy.get_mut("spec") else { return };
    fill(spec, "failurePolicy", "Fail");
    if mutating {
        fill(spec, "reinvocationPolicy", "Never");
    }
    default_match(spec, "matchConstraints");
}

fn default_binding(binding: &mut Json) {
    let Some(spec) = binding.get_mut("spec") else { return };
    default_match(spec, "matchResources");
}

fn default_match(spec: &mut Json, field: &'static str) {
    if let Some(constraints) = spec.get_mut(field) {
        fill(constraints, "matchPolicy", "Equivalent");
        fill(constraints, "namespaceSelector", json!({}));
        fill(constraints, "objectSelector", json!({}));
        default_rules(constraints, "resourceRules");
        default_rules(constraints, "excludeResourceRules");
    }
}

/// What both kinds of policies begin with; gives what their expressions may name.
fn begin(spec: &At, old: &Json, changes: bool, errors: &mut Vec<Error>) -> Names {
    spec.get("failurePolicy").choice(&["Fail", "Ignore"], errors);
    let params = spec.get("paramKind");
    if params.set() {
        param_kind(&params, errors);
    }
    let constraints = spec.get("matchConstraints");
    if constraints.set() {
        match_resources(&constraints, errors);
        let rules = constraints.get("resourceRules");
        rules.required(errors);
        if changes {
            operations(&rules, errors);
        }
    } else {
        constraints.missing("", errors);
    }
    let conditions = spec.get("matchConditions");
    let before = &old["spec"];
    if before.is_null()
        || before["paramKind"] != *params.json
        || before["matchConditions"] != *conditions.json
    {
        expressions::conditions(&conditions, params.set(), errors);
    }
    let variables = spec.get("variables");
    let own = params.set().then_some(Type::Dyn);
    let mut known = Names { params: own, authorizer: true, patches: changes, ..Names::default() };
    if !variables.empty() {
        known.variables = Some(Vec::new());
        expressions::variables(&variables, &mut known, errors);
    }
    known
}

fn policy(policy: &Json, old: &Json, errors: &mut Vec<Error>) {
    let spec = At::top(policy, "spec");
    let known = begin(&spec, old, false, errors);
    let (validations, annotations) = (spec.get("validations"), spec.get("auditAnnotations"));
    if validations.empty() && annotations.empty() {
        let detail = "validations or auditAnnotations must contain at least one item";
        validations.missing(detail, errors);
        return annotations.missing(detail, errors);
    }
    for one in validations.each() {
        validation(&one, &known, errors);
    }
    let all = annotations.each();
    if all.len() > MOST_ANNOTATIONS {
        let detail = format!("must not have more than {MOST_ANNOTATIONS} auditAnnotations");
        annotations.invalid(detail, errors);
    }
    for (i, annotation) in all.iter().enumerate() {
        let key = annotation.get("key");
        match policy["metadata"]["name"].str() {
            "" => key.invalid("requires metadata.name be non-empty", errors),
            name => {
                let whole = format!("{name}/{}", key.str());
                for problem in names::qualified(&whole) {
                    errors.push(Error::invalid(&key.path, whole.as_str(), problem));
                }
            }
        }
        let value = annotation.get("valueExpression");
        match value.str().trim() {
            "" => value.missing("valueExpression is not specified", errors),
            text if text.len() > LONGEST_ANNOTATION => {
                value.missing(format!("must not exceed {LONGEST_ANNOTATION} bytes in length"), errors);
            }
            _ => expressions::expression(&value, &known, &[Type::Str, Type::Null], errors),
        }
        if all[..i].iter().any(|other| other.json["key"] == *key.json) {
            key.duplicate(errors);
        }
    }
}

fn validation(validation: &At, known: &Names, errors: &mut Vec<Error>) {
    let lines = |text: &str| text.contains(['\n', '\r']);
    let blank = |at: &At| !at.empty() && at.str().trim().is_empty();
    let expression = validation.get("expression");
    match expression.str().trim() {
        "" => expression.missing("expression is not specified", errors),
        _ => expressions::expression(&expression, known, &[Type::Bool], errors),
    }
    let own = validation.get("messageExpression");
    if blank(&own) {
        own.invalid("must be non-empty if specified", errors);
    } else if !own.empty() {
        let known = Names { authorizer: false, ..known.clone() };
        expressions::expression(&own, &known, &[Type::Str], errors);
    }
    let message = validation.get("message");
    if blank(&message) {
        message.invalid("message must be non-empty if specified", errors);
    } else if lines(message.str().trim()) {
        message.invalid("message must not contain line breaks", errors);
    }
    validation.get("reason").one_of(&["Forbidden", "Invalid", "RequestEntityTooLarge"], errors);
}

fn param_kind(kind: &At, errors: &mut Vec<Error>) {
    let version = kind.get("apiVersion");
    if version.required(errors) {
        let text = version.str();
        if text.matches('/').count() > 1 {
            version.invalid(format!("unexpected GroupVersion string: {text}"), errors);
        } else {
            let (group, last) = text.split_once('/').unwrap_or(("", text));
            let mut wrong = |part: &str, problems: names::Problems| {
                if !problems.is_empty() {
                    errors.push(Error::invalid(&version.path, part, problems.join(",")));
                }
            };
            if !group.is_empty() {
                wrong(group, names::subdomain(group));
            }
            match last {
                "" => version.invalid("version must be specified", errors),
                last => wrong(last, names::label_1035(last)),
            }
        }
    }
    let name = kind.get("kind");
    if name.required(errors) {
        let problems = names::label_1035(&name.str().to_lowercase());
        if !problems.is_empty() {
            let detail = format!("may have mixed case, but should otherwise match: {}", problems.join(","));
            name.invalid(detail, errors);
        }
    }
}

fn match_resources(constraints: &At, errors: &mut Vec<Error>) {
    constraints.get("matchPolicy").choice(&["Equivalent", "Exact"], errors);
    for labels in ["namespaceSelector", "objectSelector"] {
        let labels = constraints.get(labels);
        match labels.set() {
            true => selector::label_selector(labels.json, &labels.path, errors),
            false => labels.missing("", errors),
        }
    }
    rules(&constraints.get("resourceRules"), errors);
    rules(&constraints.get("excludeResourceRules"), errors);
}

/// Only what makes or changes an object can be changed on its way.
fn operations(rules: &At, errors: &mut Vec<Error>) {
    let path = rules.path.child("operations");
    for operation in rules.json.items().iter().flat_map(|rule| rule["operations"].items()) {
        if !CHANGES.contains(&operation.str()) {
            errors.push(Error::not_supported(&path, operation, CHANGES));
        }
    }
}

fn begin_binding(spec: &At, errors: &mut Vec<Error>) {
    spec.get("policyName").name(names::subdomain, errors);
    let reference = spec.get("paramRef");
    if reference.set() {
        param_ref(&reference, errors);
    }
    let resources = spec.get("matchResources");
    if resources.set() {
        match_resources(&resources, errors);
    }
}

fn param_ref(reference: &At, errors: &mut Vec<Error>) {
    let (name, labels) = (reference.get("name"), reference.get("selector"));
    let both = "name and selector are mutually exclusive";
    if !name.empty() {
        name.must(names::path_segment, errors);
        if labels.set() {
            name.forbidden(both, errors);
        }
    }
    if labels.set() {
        selector::label_selector(labels.json, &labels.path, errors);
        if !name.empty() {
            labels.forbidden(both, errors);
        }
    }
    if name.empty() && !labels.set() {
        reference.missing("one of name or selector must be specified", errors);
    }
    reference.get("parameterNotFoundAction").choice(&["Deny", "Allow"], errors);
}

fn binding(binding: &Json, errors: &mut Vec<Error>) {
    let spec = At::top(binding, "spec");
    begin_binding(&spec, errors);
    let actions = spec.get("validationActions");
    let each = actions.each();
    for (i, action) in each.iter().enumerate() {
        action.one_of(&["Audit", "Deny", "Warn"], errors);
        if each[..i].iter().any(|other| other.json == action.json) {
            action.duplicate(errors);
        }
    }
    let has = |name: &str| each.iter().any(|action| action.str() == name);
    if has("Deny") && has("Warn") {
        actions.invalid("must not contain both Deny and Warn (repeating the same validation failure information in the API response and headers serves no purpose)", errors);
    }
    if each.is_empty() {
        actions.missing("at least one validation action is required", errors);
    }
}

fn mutating_binding(binding: &Json, errors: &mut Vec<Error>) {
    let spec = At::top(binding, "spec");
    begin_binding(&spec, errors);
    operations(&spec.get("matchResources").get("resourceRules"), errors);
}

fn mutating(policy: &Json, old: &Json, errors: &mut Vec<Error>) {
    let spec = At::top(policy, "spec");
    let known = begin(&spec, old, true, errors);
    let mutations = spec.get("mutations");
    if mutations.empty() {
        mutations.missing("mutations must contain at least one item", errors);
    }
    for mutation in mutations.each() {
        self::mutation(&mutation, &known, errors);
    }
    spec.get("reinvocationPolicy").choice(&["IfNeeded", "Never"], errors);
}

fn mutation(mutation: &At, known: &Names, errors: &mut Vec<Error>) {
    let kind = mutation.get("patchType");
    let message = |name: &str| Type::Message(Str::from(name));
    let (own, other, result) = match kind.str() {
        "" => return kind.missing("", errors),
        "JSONPatch" => ("jsonPatch", "applyConfiguration", Type::List(Box::new(message("JSONPatch")))),
        "ApplyConfiguration" => ("applyConfiguration", "jsonPatch", message("Object")),
        _ => return kind.unsupported(&["ApplyConfiguration", "JSONPatch"], errors),
    };
    let said = kind.str();
    let patch = mutation.get(own);
    let expression = patch.get("expression");
    if !patch.set() {
        patch.missing(format!("must be specified when patchType is {said}"), errors);
    } else if expression.str().trim().is_empty() {
        expression.missing("", errors);
    } else {
        let text = Json::from(expression.str().trim());
        let at = At::new(&text, &expression.path);
        expressions::expression(&at, known, &[result], errors);
    }
    if mutation.get(other).set() {
        let detail = format!("must not be specified when patchType is {said}");
        errors.push(Error::invalid(&mutation.path.child(other), format!("{{{other}}}"), detail));
    }
}
