//! Roles and bindings (`pkg/apis/rbac/validation`, `pkg/apis/rbac/v1/defaults.go`).

use super::{PLAIN, Strategy};
use crate::api::field::Error;
use crate::apiserver::internal_kinds;
use crate::apiserver::pod_spec::fill;
use crate::apiserver::validation::at::At;
use crate::apiserver::validation::{names, selector};
use crate::json::Json;

const GROUP: &str = "rbac.authorization.k8s.io";

/// The strategy of Roles.
pub static ROLE: Strategy = Strategy {
    name: names::path_segment,
    validate: |role, errors| rules(role, true, errors),
    validate_update: |new, _, errors| rules(new, true, errors),
    create_on_update: true,
    ..PLAIN
};

/// The strategy of ClusterRoles.
pub static CLUSTER_ROLE: Strategy =
    Strategy { validate: cluster_role, validate_update: |new, _, errors| cluster_role(new, errors), ..ROLE };

/// The strategy of RoleBindings.
pub static ROLE_BINDING: Strategy = Strategy {
    defaults: |binding| {
        if let Some(role) = binding.get_mut("roleRef") {
            fill(role, "apiGroup", GROUP);
        }
        let subjects = binding["subjects"].items().iter().map(|subject| {
            let mut subject = subject.clone();
            if matches!(subject["kind"].str(), "User" | "Group") {
                fill(&mut subject, "apiGroup", GROUP);
            }
            subject
        });
        let subjects: Json = subjects.collect();
        if !subjects.is_empty() {
            binding.set("subjects", subjects);
        }
    },
    validate: |object, errors| binding(object, &["Role", "ClusterRole"], errors),
    validate_update: |new, old, errors| {
        binding(new, &["Role", "ClusterRole"], errors);
        role_kept(new, old, errors);
    },
    ..ROLE
};

/// The strategy of ClusterRoleBindings.
pub static CLUSTER_ROLE_BINDING: Strategy = Strategy {
    validate: |object, errors| binding(object, &["ClusterRole"], errors),
    validate_update: |new, old, errors| {
        binding(new, &["ClusterRole"], errors);
        role_kept(new, old, errors);
    },
    ..ROLE_BINDING
};

fn cluster_role(role: &Json, errors: &mut Vec<Error>) {
    rules(role, false, errors);
    let aggregation = At::top(role, "aggregationRule");
    if !aggregation.set() {
        return;
    }
    let selectors = aggregation.get("clusterRoleSelectors");
    if selectors.empty() {
        selectors.missing("at least one clusterRoleSelector required if aggregationRule is non-nil", errors);
    }
    for labels in selectors.each() {
        selector::label_selector(labels.json, &labels.path, errors);
    }
}

fn rules(role: &Json, namespaced: bool, errors: &mut Vec<Error>) {
    for rule in At::top(role, "rules").each() {
        let (urls, groups, resources, own) = (
            rule.get("nonResourceURLs"),
            rule.get("apiGroups"),
            rule.get("resources"),
            rule.get("resourceNames"),
        );
        if rule.get("verbs").empty() {
            rule.get("verbs").missing("verbs must contain at least one value", errors);
        }
        if !urls.empty() {
            if namespaced {
                urls.invalid("namespaced rules cannot apply to non-resource URLs", errors);
            }
            if !groups.empty() || !resources.empty() || !own.empty() {
                urls.invalid("rules cannot apply to both regular resources and non-resource URLs", errors);
            }
            continue;
        }
        if groups.empty() {
            groups.missing("resource rules must supply at least one api group", errors);
        }
        if resources.empty() {
            resources.missing("resource rules must supply at least one resource", errors);
        }
    }
}

fn binding(object: &Json, kinds: &[&str], errors: &mut Vec<Error>) {
    let role = At::top(object, "roleRef");
    if role.get("apiGroup").str() != GROUP {
        role.get("apiGroup").unsupported(&[GROUP], errors);
    }
    if !kinds.contains(&role.get("kind").str()) {
        role.get("kind").unsupported(kinds, errors);
    }
    role.get("name").name(names::path_segment, errors);
    let namespaced = kinds.len() > 1;
    for subject in At::top(object, "subjects").each() {
        let (name, group) = (subject.get("name"), subject.get("apiGroup"));
        name.required(errors);
        match subject.get("kind").str() {
            "ServiceAccount" => {
                name.rule(names::subdomain, errors);
                if !group.empty() {
                    group.unsupported(&[""], errors);
                }
                if subject.get("namespace").empty() && !namespaced {
                    subject.get("namespace").missing("", errors);
                }
            }
            "User" | "Group" if group.str() != GROUP => group.unsupported(&[GROUP], errors),
            "User" | "Group" => {}
            _ => subject.get("kind").unsupported(&["ServiceAccount", "User", "Group"], errors),
        }
    }
}

/// A binding to another role is another binding.
fn role_kept(new: &Json, old: &Json, errors: &mut Vec<Error>) {
    let role = At::top(new, "roleRef");
    if role.json != &old["roleRef"] {
        let shown = internal_kinds::role_ref(role.json);
        errors.push(Error::invalid_shown(&role.path, Some(&shown), "cannot change roleRef"));
    }
}
