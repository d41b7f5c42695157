//! Rules of roles: what they allow, which cover which, and how they are taken apart, put together and shown
//! (`pkg/apis/rbac/v1/evaluation_helpers.go`, `component-helpers/auth/rbac/validation`, `kubectl/pkg/util/rbac`).
//!
//! A rule is the tree of a `PolicyRule`: `{"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}`.

use super::selector::Labels;
use crate::collections::sort_by;
use crate::json;
use crate::json::Json;

/// The group of roles and bindings.
pub const GROUP: &str = "rbac.authorization.k8s.io";

/// What somebody wants to do.
#[derive(Clone, Copy, Debug, Default)]
pub struct Attributes<'a> {
    /// `get`, `list`, …; of a path, the method in lower case.
    pub verb: &'a str,
    /// `""`: in all namespaces, or the resource has none.
    pub namespace: &'a str,
    /// The resource's group.
    pub group: &'a str,
    /// The resource's plural.
    pub resource: &'a str,
    /// `log`, `scale`, …; `""`: the object itself.
    pub subresource: &'a str,
    /// The object; `""`: not one alone.
    pub name: &'a str,
    /// A path that is no resource (`/metrics`); `""`: it is about a resource.
    pub path: &'a str,
}

fn has(list: &Json, word: &str) -> bool {
    list.items().iter().any(|item| item.str() == word)
}

/// Whether a list has a word, or the star that stands for all.
fn matches(list: &Json, word: &str) -> bool {
    list.items().iter().any(|item| item.str() == "*" || item.str() == word)
}

/// `*` at an owner's end stands for all that follows.
fn path_covers(owner: &str, path: &str) -> bool {
    owner == path || owner.ends_with('*') && path.starts_with(owner.trim_end_matches('*'))
}

/// Whether a list of resources has one: `pods/log` also by `*/log`.
fn resource_matches(list: &Json, resource: &str) -> bool {
    let any = resource.split_once('/').map(|(_, subresource)| subresource);
    matches(list, resource)
        || any.is_some_and(|sub| list.items().iter().any(|item| item.str().strip_prefix("*/") == Some(sub)))
}

/// The rules that allow everything.
pub fn everything() -> [Json; 2] {
    [
        json!({ "apiGroups": ["*"], "resources": ["*"], "verbs": ["*"] }),
        json!({ "nonResourceURLs": ["*"], "verbs": ["*"] }),
    ]
}

/// Whether a rule allows it.
pub fn allows(rule: &Json, asked: &Attributes) -> bool {
    if !matches(&rule["verbs"], asked.verb) {
        return false;
    }
    if !asked.path.is_empty() {
        return rule["nonResourceURLs"].items().iter().any(|url| path_covers(url.str(), asked.path));
    }
    let names = &rule["resourceNames"];
    let combined = combined(asked);
    matches(&rule["apiGroups"], asked.group)
        && resource_matches(&rule["resources"], &combined)
        && (names.is_empty() || has(names, asked.name))
}

/// `pods/log`
pub fn combined(asked: &Attributes) -> String {
    match asked.subresource {
        "" => asked.resource.into(),
        subresource => format!("{}/{subresource}", asked.resource),
    }
}

/// The same as rules of one verb, one resource and at most one name each.
pub fn break_down(rule: &Json, out: &mut Vec<Json>) {
    let verbs = || rule["verbs"].items().iter();
    for group in rule["apiGroups"].items() {
        for resource in rule["resources"].items() {
            for verb in verbs() {
                let one = json!({ "apiGroups": [group], "resources": [resource], "verbs": [verb] });
                if rule["resourceNames"].is_empty() {
                    out.push(one);
                    continue;
                }
                out.extend(rule["resourceNames"].items().iter().map(|name| {
                    let mut named = one.clone();
                    named.set("resourceNames", json!([name]));
                    named
                }));
            }
        }
    }
    for url in rule["nonResourceURLs"].items() {
        out.extend(verbs().map(|verb| json!({ "nonResourceURLs": [url], "verbs": [verb] })));
    }
}

/// Whether a rule covers one that was broken down.
fn covers(owner: &Json, one: &Json) -> bool {
    let first = |field: &str| one[field].items().first().map(Json::str);
    let all = |field: &str| first(field).is_none_or(|word| matches(&owner[field], word));
    let own_names = &owner["resourceNames"];
    all("verbs")
        && all("apiGroups")
        && first("resources").is_none_or(|resource| resource_matches(&owner["resources"], resource))
        && first("nonResourceURLs")
            .is_none_or(|url| owner["nonResourceURLs"].items().iter().any(|own| path_covers(own.str(), url)))
        && (own_names.is_empty() || first("resourceNames").is_some_and(|name| has(own_names, name)))
}

/// The parts of rules that none of the owners' rules covers.
pub fn uncovered(owners: &[Json], rules: &[Json]) -> Vec<Json> {
    let mut parts = Vec::new();
    rules.iter().for_each(|rule| break_down(rule, &mut parts));
    parts.retain(|part| !owners.iter().any(|owner| covers(owner, part)));
    parts
}

/// Puts together again what differs by verb only; what is no rule of one resource stands first.
pub fn compact(parts: Vec<Json>) -> Vec<Json> {
    let (mut others, mut simple): (Vec<Json>, Vec<Json>) = (Vec::new(), Vec::new());
    for part in parts {
        if !part["nonResourceURLs"].is_empty() {
            others.push(part);
            continue;
        }
        let same =
            |known: &Json| ["apiGroups", "resources", "resourceNames"].iter().all(|f| known[*f] == part[*f]);
        match simple.iter_mut().find(|known| same(known)) {
            Some(known) => {
                for verb in part["verbs"].items() {
                    if !has(&known["verbs"], verb.str())
                        && let Some(verbs) = known.get_mut("verbs")
                    {
                        verbs.push(verb);
                    }
                }
            }
            None => simple.push(part),
        }
    }
    others.extend(simple);
    others
}

/// Rules as tables show them: taken apart, put together, in the order of their texts.
pub fn shown(rules: &[Json]) -> Vec<Json> {
    let mut parts = Vec::new();
    rules.iter().for_each(|rule| break_down(rule, &mut parts));
    let mut rules = compact(parts);
    sort_by(&mut rules, |a, b| struct_text(a).cmp(&struct_text(b)));
    rules
}

/// A line of such a table: resource, URLs, names, verbs, with tabs between them.
pub fn line(rule: &Json) -> String {
    let first = |field: &str| rule[field].items().first().map_or("", Json::str);
    let (resource, group) = (first("resources"), first("apiGroups"));
    let (plural, subresource) = resource.split_once('/').unwrap_or((resource, ""));
    let dot = if group.is_empty() { "" } else { "." };
    let slash = if subresource.is_empty() { "" } else { "/" };
    let [urls, names, verbs] = ["nonResourceURLs", "resourceNames", "verbs"].map(|f| list_text(&rule[f]));
    format!("{plural}{dot}{group}{slash}{subresource}\t{urls}\t{names}\t{verbs}\n")
}

/// `[get list]`, as Go's `%v` shows a list.
pub fn list_text(list: &Json) -> String {
    let words: Vec<&str> = list.items().iter().map(Json::str).collect();
    format!("[{}]", words.join(" "))
}

/// `["get" "list"]`, as Go's `%q` shows a list.
pub fn quoted<'a>(words: impl Iterator<Item = &'a str>) -> String {
    let words: Vec<String> = words.map(|word| format!("{word:?}")).collect();
    format!("[{}]", words.join(" "))
}

/// The rule as generated Go code prints it; tables are in the order of these.
fn struct_text(rule: &Json) -> String {
    let [verbs, groups, resources, names, urls] =
        ["verbs", "apiGroups", "resources", "resourceNames", "nonResourceURLs"].map(|f| list_text(&rule[f]));
    format!(
        "&PolicyRule{{Verbs:{verbs},APIGroups:{groups},Resources:{resources},ResourceNames:{names},NonResourceURLs:{urls},}}"
    )
}

/// `{APIGroups:[""], Resources:["pods"], Verbs:["get"]}`
pub fn compact_text(rule: &Json) -> String {
    let parts = [
        ("APIGroups", "apiGroups"),
        ("Resources", "resources"),
        ("NonResourceURLs", "nonResourceURLs"),
        ("ResourceNames", "resourceNames"),
        ("Verbs", "verbs"),
    ];
    let said = parts.iter().filter(|(_, field)| !rule[*field].is_empty());
    let said = said.map(|(go, field)| format!("{go}:{}", quoted(rule[*field].items().iter().map(Json::str))));
    format!("{{{}}}", said.collect::<Vec<_>>().join(", "))
}

/// The rules that an aggregating role gathers from others, which are in the order of their names.
pub fn aggregated(role: &Json, roles: &[&Json]) -> Vec<Json> {
    let mut rules: Vec<Json> = Vec::new();
    for selector in role["aggregationRule"]["clusterRoleSelectors"].items() {
        let Some(labels) = Labels::from_object(selector) else { continue };
        let own = &role["metadata"]["name"];
        let selected = roles.iter().filter(|other| other["metadata"]["name"] != *own);
        for other in selected.filter(|other| labels.matches(&other["metadata"]["labels"])) {
            for rule in other["rules"].items() {
                if !rules.contains(rule) {
                    rules.push(rule.clone());
                }
            }
        }
    }
    rules
}
