//! Which requests a policy, a binding or a webhook is about (`policy/matching`, `webhook/predicates`).

use super::{Attributes, Operation};
use crate::api::selector::Labels;
use crate::api::{ObjectKey, Resource, Status, kinds};
use crate::apiserver::ApiServer;
use crate::apiserver::versions;
use crate::json::Json;

/// The resource by which something is about a request: the request's own, or another version of the same objects.
pub fn matched(
    server: &ApiServer,
    constraints: &Json,
    rules: &str,
    attributes: &Attributes,
) -> Result<Option<Resource>, Status> {
    let namespace = namespace_selected(server, &constraints["namespaceSelector"], attributes);
    if matches!(namespace, Ok(false)) || !object_selected(&constraints["objectSelector"], attributes) {
        return Ok(None);
    }
    let loosely = constraints["matchPolicy"].str() != "Exact";
    let by = |rules: &Json| by_rules(server, rules.items(), loosely, attributes);
    if by(&constraints["excludeResourceRules"]).is_some() {
        return Ok(None);
    }
    let found = match constraints[rules].is_empty() {
        true => Some(attributes.request.resource.clone()),
        false => by(&constraints[rules]),
    };
    // Nobody hears of a missing namespace who has nothing to do with the request.
    match found {
        Some(found) => namespace.map(|_| Some(found)),
        None => Ok(None),
    }
}

fn by_rules(server: &ApiServer, rules: &[Json], loosely: bool, attributes: &Attributes) -> Option<Resource> {
    let own = &attributes.request.resource;
    if rules.iter().any(|rule| covers(rule, own, attributes)) {
        return Some(own.clone());
    }
    let others = if loosely { equivalents(server, own) } else { Vec::new() };
    rules.iter().find_map(|rule| others.iter().find(|other| covers(rule, other, attributes)).cloned())
}

/// The other versions of the same objects.
fn equivalents(server: &ApiServer, resource: &Resource) -> Vec<Resource> {
    let events =
        |resource: &Resource| resource.plural == "events" && matches!(&*resource.group, "" | "events.k8s.io");
    let same = |other: &&Resource| {
        let one = other.group == resource.group && other.plural == resource.plural;
        (one || events(other) && events(resource)) && other.api_version() != resource.api_version()
    };
    let built_in = kinds::ALL.iter().map(|info| Resource::from(*info));
    let all: Vec<Resource> = built_in.chain(server.custom_resources().iter().cloned()).collect();
    all.iter().filter(same).cloned().collect()
}

/// An object as another version of its kind shows it.
pub fn converted(object: &Json, to: &Resource) -> Json {
    if object.is_null() || object["apiVersion"].str() == to.api_version() {
        return object.clone();
    }
    let mut object = object.clone();
    match versions::twin(to) {
        Some(twin) => twin.show(to, &mut object),
        None => object.set("apiVersion", to.api_version()),
    }
    object
}

fn covers(rule: &Json, resource: &Resource, attributes: &Attributes) -> bool {
    let one_of = |key: &str, value: &str| {
        rule[key].items().iter().any(|allowed| matches!(allowed.str(), "*") || allowed.str() == value)
    };
    let what = |pattern: &Json| {
        let (name, part) = pattern.str().split_once('/').unwrap_or((pattern.str(), ""));
        let parts = part == "*" || part == &*attributes.request.subresource;
        (name == "*" || resource.plural == name) && parts
    };
    let cluster_wide = attributes.is_namespace() || attributes.namespace().is_empty();
    let scope = match rule["scope"].str() {
        "Cluster" => cluster_wide,
        "Namespaced" => !cluster_wide,
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

fn selects(selector: &Json, labels: &Json) -> bool {
    selector.is_empty() || Labels::from_object(selector).is_some_and(|selector| selector.matches(labels))
}

fn labels(object: &Json) -> &Json {
    &object["metadata"]["labels"]
}

fn object_selected(selector: &Json, attributes: &Attributes) -> bool {
    let chosen = |object: &Json| !object.is_null() && selects(selector, labels(object));
    selector.is_empty() || chosen(attributes.object) || chosen(attributes.old)
}

/// Whether the labels of the request's namespace are chosen; an error where there is no such namespace.
fn namespace_selected(server: &ApiServer, selector: &Json, attributes: &Attributes) -> Result<bool, Status> {
    let name = attributes.namespace();
    if selector.is_empty() || name.is_empty() && !attributes.is_namespace() {
        return Ok(true);
    }
    if attributes.is_namespace() && attributes.operation != Operation::Delete {
        return Ok(selects(selector, labels(attributes.object)));
    }
    let namespaces: Resource = kinds::NAMESPACES.into();
    match server.store.get(&namespaces, &ObjectKey::new("", name)) {
        Some(namespace) => Ok(selects(selector, labels(namespace))),
        None => Err(Status::not_found(&namespaces, name)),
    }
}
