//! `kubectl create role`, `clusterrole`, `rolebinding`, `clusterrolebinding`.

use super::cli::Cli;
use super::failure::Failure;
use super::flags::{Arguments, Flag, Takes};
use super::names;
use crate::api::Resource;
use crate::api::rbac::GROUP;
use crate::collections::sort_by;
use crate::json;
use crate::json::{Json, Str};

pub(super) const ROLE: &[Flag] =
    &[("verb", ' ', Takes::Value), ("resource", ' ', Takes::Value), ("resource-name", ' ', Takes::Value)];
pub(super) const CLUSTER_ROLE: &[Flag] = &[
    ROLE[0],
    ROLE[1],
    ROLE[2],
    ("non-resource-url", ' ', Takes::Value),
    ("aggregation-rule", ' ', Takes::Value),
];
pub(super) const ROLE_BINDING: &[Flag] = &[
    ("clusterrole", ' ', Takes::Value),
    ("role", ' ', Takes::Value),
    ("user", ' ', Takes::Value),
    ("group", ' ', Takes::Value),
    ("serviceaccount", ' ', Takes::Value),
];
pub(super) const CLUSTER_ROLE_BINDING: &[Flag] =
    &[ROLE_BINDING[0], ROLE_BINDING[2], ROLE_BINDING[3], ROLE_BINDING[4]];

const VERBS: &[&str] = &[
    "*",
    "get",
    "delete",
    "list",
    "create",
    "update",
    "patch",
    "watch",
    "proxy",
    "deletecollection",
    "use",
    "bind",
    "escalate",
    "impersonate",
];
const PATH_VERBS: &[&str] = &["*", "get", "post", "put", "delete", "patch", "head", "options"];
/// Verbs that go with a few resources only: the resources, by group and plural.
const SPECIAL: &[(&str, &[(&str, &str)])] = &[
    ("use", &[("policy", "podsecuritypolicies"), ("extensions", "podsecuritypolicies")]),
    ("bind", &[(GROUP, "roles"), (GROUP, "clusterroles")]),
    ("escalate", &[(GROUP, "roles"), (GROUP, "clusterroles")]),
    (
        "impersonate",
        &[("", "users"), ("", "serviceaccounts"), ("", "groups"), ("authentication.k8s.io", "userextras")],
    ),
];

/// A resource as the flag names it.
struct Named {
    plural: String,
    group: String,
    subresource: String,
    /// What discovery finds under this name.
    found: Option<Resource>,
}

impl Named {
    /// Its group and plural, by discovery where that knows it.
    fn place(&self) -> (&str, &str) {
        match &self.found {
            Some(resource) => (&resource.group, &resource.plural),
            None => (&self.group, &self.plural),
        }
    }
}

/// What the flags of a role say, without repetitions.
struct Rule {
    verbs: Vec<String>,
    resources: Vec<Named>,
    names: Vec<String>,
    urls: Vec<String>,
}

fn once(words: Vec<String>) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for word in words {
        if !out.contains(&word) {
            out.push(word);
        }
    }
    out
}

fn rule(cli: &mut Cli, args: &Arguments) -> Rule {
    let mut verbs = once(args.list("verb"));
    if verbs.iter().any(|verb| verb == "*") {
        verbs = vec!["*".into()];
    }
    let mut resources = Vec::new();
    for word in args.list("resource") {
        let (name, subresource) = word.split_once('/').unwrap_or((&word, ""));
        let (plural, group) = name.split_once('.').unwrap_or((name, ""));
        let all = word == "*";
        let found = if plural == "*" { None } else { names::found(cli, name) };
        let named =
            Named { plural: plural.into(), group: group.into(), subresource: subresource.into(), found };
        if all {
            resources = vec![named];
            break;
        }
        resources.push(named);
    }
    Rule {
        verbs,
        resources,
        names: once(args.all("resource-name").to_vec()),
        urls: once(args.list("non-resource-url")),
    }
}

pub(super) fn role(cli: &mut Cli, args: &Arguments, name: &str) -> Result<Json, Failure> {
    let rule = rule(cli, args);
    if rule.verbs.is_empty() {
        return Err(Failure::error("at least one verb must be specified"));
    }
    check_verbs(cli, &rule);
    if rule.resources.is_empty() {
        return Err(Failure::error("at least one resource must be specified"));
    }
    check_resources(&rule)?;
    Ok(json!({ "metadata": { "name": name }, "rules": rules(&rule) }))
}

pub(super) fn cluster_role(cli: &mut Cli, args: &Arguments, name: &str) -> Result<Json, Failure> {
    let rule = rule(cli, args);
    let aggregation = args.list("aggregation-rule");
    if !aggregation.is_empty() {
        if !(rule.urls.is_empty()
            && rule.verbs.is_empty()
            && rule.resources.is_empty()
            && rule.names.is_empty())
        {
            let why = "aggregation rule must be specified without nonResourceURLs, verbs, resources or resourceNames";
            return Err(Failure::error(why));
        }
        let mut labels = Json::object();
        for pair in aggregation {
            let (key, value) = pair.split_once('=').unwrap_or((&pair, ""));
            labels.set(Str::from(key), value);
        }
        return Ok(json!({
            "aggregationRule": { "clusterRoleSelectors": [{ "matchLabels": labels }] },
            "metadata": { "name": name }, "rules": null,
        }));
    }
    if rule.verbs.is_empty() {
        return Err(Failure::error("at least one verb must be specified"));
    }
    if rule.resources.is_empty() && rule.urls.is_empty() {
        return Err(Failure::error("one of resource or nonResourceURL must be specified"));
    }
    if !rule.resources.is_empty() {
        check_verbs(cli, &rule);
        check_resources(&rule)?;
    }
    check_urls(&rule)?;
    Ok(json!({ "metadata": { "name": name }, "rules": rules(&rule) }))
}

fn check_verbs(cli: &mut Cli, rule: &Rule) {
    for verb in rule.verbs.iter().filter(|verb| !VERBS.contains(&verb.as_str())) {
        cli.error_line(format!("Warning: '{verb}' is not a standard resource verb"));
    }
}

fn check_resources(rule: &Rule) -> Result<(), Failure> {
    for named in &rule.resources {
        if named.plural.is_empty() {
            let why = "resource must be specified if apiGroup/subresource specified";
            return Err(Failure::error(why));
        }
        if named.plural == "*" {
            return Ok(());
        }
        let (group, plural) = named.place();
        let mut fits = named.found.is_some();
        for verb in &rule.verbs {
            let Some((_, special)) = SPECIAL.iter().find(|(special, _)| special == verb) else { continue };
            if !special.contains(&(group, plural)) {
                let why = format!("can not perform '{verb}' on '{plural}' in group '{group}'");
                return Err(Failure::error(why));
            }
            fits = true;
        }
        if !fits {
            let of = if group.is_empty() { String::new() } else { format!(" in group {group:?}") };
            return Err(Failure::text(format!("the server doesn't have a resource type {plural:?}{of}")));
        }
    }
    Ok(())
}

fn check_urls(rule: &Rule) -> Result<(), Failure> {
    if rule.urls.is_empty() {
        return Ok(());
    }
    if let Some(verb) = rule.verbs.iter().find(|verb| !PATH_VERBS.contains(&verb.as_str())) {
        return Err(Failure::error(format!("invalid verb: '{verb}' for nonResourceURL")));
    }
    for url in rule.urls.iter().filter(|url| *url != "*") {
        if !url.starts_with('/') {
            return Err(Failure::error("nonResourceURL should start with /"));
        }
        if url.trim_end_matches('*').len() + 1 < url.len() || url[..url.len() - 1].contains('*') {
            let why = "nonResourceURL only supports wildcard matches when '*' is at the end";
            return Err(Failure::error(why));
        }
    }
    Ok(())
}

/// A rule for each group, in the order of their names, and one for the paths.
fn rules(rule: &Rule) -> Vec<Json> {
    let mut groups: Vec<(&str, Vec<String>)> = Vec::new();
    for named in &rule.resources {
        let (group, plural) = named.place();
        let slash = if named.subresource.is_empty() { "" } else { "/" };
        let resource = format!("{plural}{slash}{}", named.subresource);
        let at = groups.iter().position(|(known, _)| *known == group).unwrap_or_else(|| {
            groups.push((group, Vec::new()));
            groups.len() - 1
        });
        if !groups[at].1.contains(&resource) {
            groups[at].1.push(resource);
        }
    }
    sort_by(&mut groups, |a, b| a.0.cmp(b.0));
    let verbs = || rule.verbs.clone();
    let mut out = Vec::new();
    for (group, resources) in groups {
        let mut one = json!({ "apiGroups": [group], "resources": resources, "verbs": verbs() });
        if !rule.names.is_empty() {
            one.set("resourceNames", rule.names.clone());
        }
        out.push(one);
    }
    if !rule.urls.is_empty() {
        out.push(json!({ "nonResourceURLs": rule.urls.clone(), "verbs": verbs() }));
    }
    out
}

pub(super) fn role_binding(_: &mut Cli, args: &Arguments, name: &str) -> Result<Json, Failure> {
    let (role, cluster_role) = (args.get("role"), args.get("clusterrole"));
    if role.is_empty() == cluster_role.is_empty() {
        return Err(Failure::error("exactly one of clusterrole or role must be specified"));
    }
    if role.is_empty() {
        binding(args, name, "ClusterRole", cluster_role)
    } else {
        binding(args, name, "Role", role)
    }
}

pub(super) fn cluster_role_binding(_: &mut Cli, args: &Arguments, name: &str) -> Result<Json, Failure> {
    binding(args, name, "ClusterRole", args.get("clusterrole"))
}

fn binding(args: &Arguments, name: &str, kind: &str, role: &str) -> Result<Json, Failure> {
    let mut subjects = Vec::new();
    for (flag, kind) in [("user", "User"), ("group", "Group")] {
        let named = args.all(flag).iter();
        subjects.extend(named.map(|name| json!({ "apiGroup": GROUP, "kind": kind, "name": name.as_str() })));
    }
    for account in args.all("serviceaccount") {
        let parts: Vec<&str> = account.split(':').collect();
        match parts.as_slice() {
            [namespace, name] if !namespace.is_empty() && !name.is_empty() => {
                subjects.push(json!({ "kind": "ServiceAccount", "name": *name, "namespace": *namespace }));
            }
            _ => return Err(Failure::error("serviceaccount must be <namespace>:<name>")),
        }
    }
    let mut binding = json!({
        "metadata": { "name": name }, "roleRef": { "apiGroup": GROUP, "kind": kind, "name": role },
    });
    if !subjects.is_empty() {
        binding.set("subjects", subjects);
    }
    Ok(binding)
}
