//! Webhooks and policies of `admissionregistration.k8s.io` (`pkg/apis/admissionregistration`): their defaults and the rules
//! that say whether they are whole.

use super::{PLAIN, Strategy};
use crate::api::field::Error;
use crate::apiserver::pod_spec::fill;
use crate::apiserver::validation::at::At;
use crate::apiserver::validation::{names, selector};
use crate::json;
use crate::json::Json;

/// ValidatingWebhookConfigurations.
pub static VALIDATING: Strategy = Strategy {
    defaults: |configuration| default_webhooks(configuration, false),
    validate: webhooks,
    validate_update: |new, _, errors| webhooks(new, errors),
    prepare_create: |configuration| configuration.set_at(&["metadata", "generation"], 1),
    prepare_update: count_webhooks,
    ..PLAIN
};

/// MutatingWebhookConfigurations.
pub static MUTATING: Strategy =
    Strategy { defaults: |configuration| default_webhooks(configuration, true), ..VALIDATING };

fn count_webhooks(new: &mut Json, old: &Json) {
    if new["webhooks"] != old["webhooks"] {
        let generation = old["metadata"]["generation"].as_i64().unwrap_or(0) + 1;
        new.set_at(&["metadata", "generation"], generation);
    }
}

fn default_webhooks(configuration: &mut Json, mutating: bool) {
    let webhooks = configuration["webhooks"].items().iter().map(|webhook| {
        let mut webhook = webhook.clone();
        fill(&mut webhook, "failurePolicy", "Fail");
        fill(&mut webhook, "matchPolicy", "Equivalent");
        fill(&mut webhook, "namespaceSelector", json!({}));
        fill(&mut webhook, "objectSelector", json!({}));
        fill(&mut webhook, "timeoutSeconds", 10);
        if mutating {
            fill(&mut webhook, "reinvocationPolicy", "Never");
        }
        if let Some(service) = webhook.get_mut("clientConfig").and_then(|c| c.get_mut("service")) {
            fill(service, "port", 443);
        }
        default_rules(&mut webhook, "rules");
        webhook
    });
    let webhooks: Json = webhooks.collect();
    if !webhooks.is_empty() {
        configuration.set("webhooks", webhooks);
    }
}

fn default_rules(object: &mut Json, field: &'static str) {
    let rules = object[field].items().iter().map(|rule| {
        let mut rule = rule.clone();
        fill(&mut rule, "scope", "*");
        rule
    });
    let rules: Json = rules.collect();
    if !rules.is_empty() {
        object.set(field, rules);
    }
}

fn webhooks(configuration: &Json, errors: &mut Vec<Error>) {
    let mut taken: Vec<&str> = Vec::new();
    for webhook in At::top(configuration, "webhooks").each() {
        let name = webhook.get("name");
        if taken.contains(&name.str()) {
            name.duplicate(errors);
        }
        taken.push(name.str());
        name.must(names::subdomain, errors);
        if name.str().split('.').count() < 3 {
            name.invalid("should be a domain with at least three segments separated by dots", errors);
        }
        rules(&webhook.get("rules"), errors);
        webhook.get("failurePolicy").one_of(&["Fail", "Ignore"], errors);
        webhook.get("matchPolicy").one_of(&["Equivalent", "Exact"], errors);
        webhook.get("sideEffects").choice(&["None", "NoneOnDryRun"], errors);
        webhook.get("reinvocationPolicy").one_of(&["IfNeeded", "Never"], errors);
        let seconds = webhook.get("timeoutSeconds");
        if seconds.int().is_some_and(|n| !(1..=30).contains(&n)) {
            seconds.invalid("the timeout value must be between 1 and 30 seconds", errors);
        }
        for labels in ["namespaceSelector", "objectSelector"] {
            let labels = webhook.get(labels);
            selector::label_selector(labels.json, &labels.path, errors);
        }
        client(&webhook.get("clientConfig"), errors);
        let versions = webhook.get("admissionReviewVersions");
        if versions.empty() {
            versions.missing("must specify one of v1, v1beta1", errors);
        } else if !versions.json.items().iter().any(|v| matches!(v.str(), "v1" | "v1beta1")) {
            versions.invalid("must include at least one of v1, v1beta1", errors);
        }
    }
}

fn client(config: &At, errors: &mut Vec<Error>) {
    let (url, service) = (config.get("url"), config.get("service"));
    if url.set() == service.set() {
        config.missing("exactly one of url or service is required", errors);
    }
    if url.set() && !url.str().starts_with("https://") {
        let scheme = url.str().split("://").next().unwrap_or("");
        let detail = if url.str().contains("://") {
            format!(
                "'https' is the only allowed URL scheme; desired format: https://host[/path]. Got {scheme:?}"
            )
        } else {
            "'https' is the only allowed URL scheme; desired format: https://host[/path]".into()
        };
        url.invalid(detail, errors);
    }
    if service.set() {
        if service.get("name").empty() {
            service.get("name").missing("service name is required", errors);
        }
        if service.get("namespace").empty() {
            service.get("namespace").missing("service namespace is required", errors);
        }
        let port = service.get("port");
        if port.int().is_some_and(|n| !(1..=65535).contains(&n)) {
            let detail = "port is not valid: must be between 1 and 65535, inclusive";
            port.invalid(detail, errors);
        }
    }
}

fn rules(rules: &At, errors: &mut Vec<Error>) {
    for rule in rules.each() {
        for field in ["operations", "apiGroups", "apiVersions", "resources"] {
            let list = rule.get(field);
            list.required(errors);
            let star = list.json.items().iter().any(|one| one.str() == "*");
            if star && list.json.items().len() > 1 && field != "resources" {
                list.invalid(format!("if '*' is present, must not specify other {}", spoken(field)), errors);
            }
        }
        for operation in rule.get("operations").each() {
            operation.one_of(&["*", "CONNECT", "CREATE", "DELETE", "UPDATE"], errors);
        }
        for version in rule.get("apiVersions").each() {
            version.required(errors);
        }
        rule.get("scope").one_of(&["*", "Cluster", "Namespaced"], errors);
    }
}

fn spoken(field: &str) -> &str {
    match field {
        "apiGroups" => "API groups",
        "apiVersions" => "API versions",
        _ => "operations",
    }
}

/// ValidatingAdmissionPolicies; their expressions are checked where they are compiled.
pub static POLICY: Strategy = Strategy {
    defaults: |policy| {
        if let Some(spec) = policy.get_mut("spec") {
            fill(spec, "failurePolicy", "Fail");
            default_match(spec, "matchConstraints");
        }
    },
    validate: policy,
    validate_update: |new, _, errors| policy(new, errors),
    generation: true,
    ..PLAIN
};

fn default_match(spec: &mut Json, field: &'static str) {
    if let Some(constraints) = spec.get_mut(field) {
        fill(constraints, "matchPolicy", "Equivalent");
        fill(constraints, "namespaceSelector", json!({}));
        fill(constraints, "objectSelector", json!({}));
        default_rules(constraints, "resourceRules");
        default_rules(constraints, "excludeResourceRules");
    }
}

fn policy(policy: &Json, errors: &mut Vec<Error>) {
    let spec = At::top(policy, "spec");
    spec.get("failurePolicy").choice(&["Fail", "Ignore"], errors);
    let kind = spec.get("paramKind");
    if kind.set() {
        kind.get("apiVersion").required(errors);
        kind.get("kind").required(errors);
    }
    let constraints = spec.get("matchConstraints");
    if constraints.set() {
        rules(&constraints.get("resourceRules"), errors);
        rules(&constraints.get("excludeResourceRules"), errors);
        if constraints.get("resourceRules").empty() {
            constraints.get("resourceRules").missing("", errors);
        }
    } else {
        constraints.missing("", errors);
    }
    let (validations, annotations) = (spec.get("validations"), spec.get("auditAnnotations"));
    if validations.empty() && annotations.empty() && spec.get("mutations").empty() {
        let detail = "validations or auditAnnotations must contain at least one item";
        validations.missing(detail, errors);
        annotations.missing(detail, errors);
    }
    for validation in validations.each() {
        let expression = validation.get("expression");
        if expression.str().trim().is_empty() {
            expression.missing("expression is not specified", errors);
        }
        let reasons = ["Unauthorized", "Forbidden", "Invalid", "RequestEntityTooLarge"];
        validation.get("reason").one_of(&reasons, errors);
    }
}

/// ValidatingAdmissionPolicyBindings.
pub static BINDING: Strategy = Strategy {
    defaults: |binding| {
        if let Some(spec) = binding.get_mut("spec") {
            default_match(spec, "matchResources");
        }
    },
    validate: binding,
    validate_update: |new, _, errors| binding(new, errors),
    prepare_create: |binding| binding.set_at(&["metadata", "generation"], 1),
    generation: true,
    ..PLAIN
};

fn binding(binding: &Json, errors: &mut Vec<Error>) {
    let spec = At::top(binding, "spec");
    spec.get("policyName").required(errors);
    let actions = spec.get("validationActions");
    actions.required(errors);
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
}

/// Policies that change objects, and their bindings.
pub static MUTATING_POLICY: Strategy = Strategy {
    defaults: |policy| {
        if let Some(spec) = policy.get_mut("spec") {
            fill(spec, "failurePolicy", "Fail");
            default_match(spec, "matchConstraints");
        }
    },
    generation: true,
    ..PLAIN
};
