//! Webhooks and policies of `admissionregistration.k8s.io` (`pkg/apis/admissionregistration`): their defaults and the rules
//! that say whether they are whole.
//!
//! - `webhooks`: configurations of webhooks. `policies`: policies and their bindings. `expressions`: CEL in all of them.
//! - Here: which requests they are about, which all say alike.

mod expressions;
mod policies;
mod webhooks;

pub use policies::{BINDING, MUTATING_BINDING, MUTATING_POLICY, POLICY};
pub use webhooks::{MUTATING, VALIDATING, client as webhook_client};

use crate::api::field::Error;
use crate::apiserver::pod_spec::fill;
use crate::apiserver::validation::at::At;
use crate::apiserver::validation::names;
use crate::json::Json;

const OPERATIONS: &[&str] = &["*", "CONNECT", "CREATE", "DELETE", "UPDATE"];

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

fn rules(rules: &At, errors: &mut Vec<Error>) {
    for rule in rules.each() {
        let named = rule.get("resourceNames").each();
        for (i, name) in named.iter().enumerate() {
            name.must(names::path_segment, errors);
            if named[..i].iter().any(|other| other.json == name.json) {
                name.duplicate(errors);
            }
        }
        for (field, spoken) in
            [("operations", "operations"), ("apiGroups", "API groups"), ("apiVersions", "API versions")]
        {
            let list = rule.get(field);
            list.required(errors);
            let star = list.json.items().iter().any(|one| one.str() == "*");
            if star && list.json.items().len() > 1 {
                list.invalid(format!("if '*' is present, must not specify other {spoken}"), errors);
            }
            for one in list.each() {
                match field {
                    "operations" => one.one_of(OPERATIONS, errors),
                    "apiVersions" => drop(one.required(errors)),
                    _ => {}
                }
            }
        }
        resources(&rule.get("resources"), errors);
        rule.get("scope").one_of(&["*", "Cluster", "Namespaced"], errors);
    }
}

/// Whether what `*` stands for is not said again.
fn resources(list: &At, errors: &mut Vec<Error>) {
    list.required(errors);
    let all = list.each();
    let (mut whole, mut everywhere): (Vec<&str>, Vec<&str>) = (Vec::new(), Vec::new());
    let mut plain = false;
    for one in &all {
        let text = one.str();
        let Some((resource, part)) = text.split_once('/') else {
            match text {
                "" => one.missing("", errors),
                text => plain = text != "*",
            }
            continue;
        };
        if whole.contains(&resource) {
            one.invalid(format!("if '{resource}/*' is present, must not specify {text}"), errors);
        }
        if everywhere.contains(&part) {
            one.invalid(format!("if '*/{part}' is present, must not specify {text}"), errors);
        }
        if part == "*" {
            whole.push(resource);
        }
        if resource == "*" {
            everywhere.push(part);
        }
    }
    let has = |text: &str| all.iter().any(|one| one.str() == text);
    if all.len() > 1 && has("*/*") {
        list.invalid("if '*/*' is present, must not specify other resources", errors);
    }
    if has("*") && plain {
        let detail = "if '*' is present, must not specify other resources without subresources";
        list.invalid(detail, errors);
    }
}
