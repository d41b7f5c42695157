//! Configurations of webhooks, and where a webhook is (`validateWebhook`, `apiserver/pkg/util/webhook/validation.go`).

use super::super::{PLAIN, Strategy};
use super::{default_rules, expressions, rules};
use crate::api::field::{Error, Path};
use crate::apiserver::pod_spec::fill;
use crate::apiserver::validation::at::At;
use crate::apiserver::validation::{names, selector};
use crate::json;
use crate::json::Json;

/// ValidatingWebhookConfigurations.
pub static VALIDATING: Strategy = Strategy {
    defaults: |configuration| default_webhooks(configuration, false),
    validate: |new, errors| webhooks(new, &Json::Null, errors),
    validate_update: webhooks,
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

/// A name of at least three parts (`IsFullyQualifiedName`).
fn qualified(name: &At, errors: &mut Vec<Error>) {
    if name.empty() {
        return name.missing("", errors);
    }
    let problems = names::subdomain(name.str());
    if !problems.is_empty() {
        return errors.push(Error::invalid(&name.path, name.str(), problems.join(",")));
    }
    if name.str().split('.').count() < 3 {
        name.invalid("should be a domain with at least three segments separated by dots", errors);
    }
}

fn webhooks(configuration: &Json, old: &Json, errors: &mut Vec<Error>) {
    let mut taken: Vec<&str> = Vec::new();
    for (i, webhook) in At::top(configuration, "webhooks").each().into_iter().enumerate() {
        let name = webhook.get("name");
        qualified(&name, errors);
        rules(&webhook.get("rules"), errors);
        webhook.get("failurePolicy").one_of(&["Fail", "Ignore"], errors);
        webhook.get("matchPolicy").one_of(&["Equivalent", "Exact"], errors);
        let side_effects = webhook.get("sideEffects");
        if side_effects.set() {
            side_effects.one_of(&["None", "NoneOnDryRun"], errors);
        } else {
            side_effects.missing("must specify one of None, NoneOnDryRun", errors);
        }
        let seconds = webhook.get("timeoutSeconds");
        if seconds.int().is_some_and(|n| !(1..=30).contains(&n)) {
            seconds.invalid("the timeout value must be between 1 and 30 seconds", errors);
        }
        for labels in ["namespaceSelector", "objectSelector"] {
            let labels = webhook.get(labels);
            selector::label_selector(labels.json, &labels.path, errors);
        }
        webhook.get("reinvocationPolicy").one_of(&["IfNeeded", "Never"], errors);
        client(
            webhook.json.get("clientConfig").unwrap_or(&Json::Null),
            &webhook.path.child("clientConfig"),
            errors,
        );
        // What is accepted already is not asked again.
        let before = old["webhooks"].items().get(i).map(|old| &old["matchConditions"]);
        let conditions = webhook.get("matchConditions");
        if before != Some(conditions.json) {
            expressions::conditions(&conditions, false, errors);
        }
        review_versions(&webhook.get("admissionReviewVersions"), errors);
        if !name.empty() && taken.contains(&name.str()) {
            name.duplicate(errors);
        }
        taken.push(name.str());
    }
}

fn review_versions(versions: &At, errors: &mut Vec<Error>) {
    if versions.empty() {
        return versions.missing("must specify one of v1, v1beta1", errors);
    }
    let all = versions.each();
    for (i, version) in all.iter().enumerate() {
        match all[..i].iter().any(|other| other.json == version.json) {
            true => version.invalid("duplicate version", errors),
            false => version.must(names::label_1035, errors),
        }
    }
    if !all.iter().any(|version| matches!(version.str(), "v1" | "v1beta1")) {
        versions.invalid("must include at least one of v1, v1beta1", errors);
    }
}

/// Where a webhook is: behind a URL, or a service of the cluster.
pub fn client(config: &Json, path: &Path, errors: &mut Vec<Error>) {
    let (url, service) = (&config["url"], &config["service"]);
    if url.is_null() == service.is_null() {
        return errors.push(Error::required(path, "exactly one of url or service is required"));
    }
    match url.as_str() {
        Some(url) => self::url(url, &path.child("url"), errors),
        None => self::service(&At::new(service, &path.child("service")), errors),
    }
}

fn url(text: &str, path: &Path, errors: &mut Vec<Error>) {
    const FORM: &str = "; desired format: https://host[/path]";
    let (scheme, rest) = text.split_once("://").unwrap_or(("", text));
    let (rest, fragment) = rest.split_once('#').unwrap_or((rest, ""));
    let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
    let authority = if scheme.is_empty() { "" } else { rest.split('/').next().unwrap_or_default() };
    let (user, host) = authority.rsplit_once('@').unwrap_or(("", authority));
    let mut invalid = |value: &str, detail: String| errors.push(Error::invalid(path, value, detail));
    if scheme != "https" {
        invalid(scheme, format!("'https' is the only allowed URL scheme{FORM}"));
    }
    if host.is_empty() {
        invalid(host, format!("host must be specified{FORM}"));
    }
    if !user.is_empty() {
        invalid(user, "user information is not permitted in the URL".into());
    }
    if !fragment.is_empty() {
        invalid(fragment, "fragments are not permitted in the URL".into());
    }
    if !query.is_empty() {
        invalid(query, "query parameters are not permitted in the URL".into());
    }
}

/// Upstream hands the name over as the namespace and the other way round, and its errors say so.
fn service(service: &At, errors: &mut Vec<Error>) {
    if service.json["namespace"].is_empty() {
        service.get("name").missing("", errors);
    }
    if service.json["name"].is_empty() {
        service.get("namespace").missing("", errors);
    }
    let port = service.get("port");
    if port.int().is_some_and(|n| !(1..=65535).contains(&n)) {
        port.invalid("port is not valid: must be between 1 and 65535, inclusive", errors);
    }
    let path = service.get("path");
    let text = path.str();
    if matches!(text, "" | "/") {
        return;
    }
    if text == "//" {
        return path.invalid("segment[0] may not be empty", errors);
    }
    if !text.starts_with('/') {
        path.invalid("must start with a '/'", errors);
    }
    let steps = text.get(1..).unwrap_or_default();
    for (i, step) in steps.strip_suffix('/').unwrap_or(steps).split('/').enumerate() {
        if step.is_empty() {
            path.invalid(format!("segment[{i}] may not be empty"), errors);
            continue;
        }
        for problem in names::subdomain(step) {
            path.invalid(format!("segment[{i}]: {problem}"), errors);
        }
    }
}
