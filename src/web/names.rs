//! The engine's names for things, as the page shows them: actors, objects, values.

use super::model::{Actor, Listed, NamedValue, ObjectRef, Role, Value};
use crate::api::{ObjectKey, Resource, kinds};
use crate::cluster::{self, World};
use crate::json::Json;
use crate::sim::Time;

/// An object, as the page names it.
pub fn object(resource: &Resource, key: &ObjectKey) -> ObjectRef {
    ObjectRef {
        kind: resource.kind.to_string(),
        resource: resource.qualified(),
        namespace: key.namespace.to_string(),
        name: key.name.to_string(),
    }
}

/// The resource and key that the page names.
pub fn resolve(world: &World, object: &ObjectRef) -> Option<(Resource, ObjectKey)> {
    let resource = resource(world, &object.resource)?;
    Some((resource, ObjectKey::new(object.namespace.as_str(), object.name.as_str())))
}

/// The resource of a name such as `jobs.batch`.
pub fn resource(world: &World, name: &str) -> Option<Resource> {
    let built_in = kinds::ALL.iter().find(|r| r.qualified() == name).map(|r| Resource::from(*r));
    let custom = world.server().custom_resources();
    built_in.or_else(|| custom.iter().rfind(|r| r.qualified() == name).cloned())
}

/// Who acts; `controller` is the controller's name where one does.
pub fn actor(world: &World, actor: cluster::Actor, controller: &str) -> Actor {
    let (role, name) = match actor {
        cluster::Actor::Controllers if controller.is_empty() => (Role::Controller, "kube-controller-manager"),
        // A queue beside a controller's main one is named after it.
        cluster::Actor::Controllers => (Role::Controller, controller.split('/').next().unwrap_or(controller)),
        cluster::Actor::ApiServer => {
            (Role::ApiServer, if controller.is_empty() { "kube-apiserver" } else { controller })
        }
        cluster::Actor::Scheduler => (Role::Scheduler, "kube-scheduler"),
        cluster::Actor::Kubelet(i) => (Role::Kubelet, world.kubelets().get(i).map_or("", |k| k.node_name())),
        cluster::Actor::User => (Role::Kubectl, "kubectl"),
        cluster::Actor::Clock => (Role::Clock, "clock"),
    };
    Actor { role, name: name.into() }
}

/// Who made an API call, from its agent: `job-controller`, `kubelet/node-1`, `kubectl`.
pub fn agent(agent: &str) -> Actor {
    let (role, name) = match agent.split_once('/') {
        Some(("kubelet", node)) => (Role::Kubelet, node),
        Some(("client", program)) => (Role::Kubectl, program),
        _ if agent.starts_with("kubectl") => (Role::Kubectl, "kubectl"),
        _ if agent.contains("scheduler") => (Role::Scheduler, "kube-scheduler"),
        _ if matches!(agent, "" | "kube-apiserver") => (Role::ApiServer, "kube-apiserver"),
        _ => (Role::Controller, agent),
    };
    Actor { role, name: name.into() }
}

/// A value of a note. Objects are written `{"kind", "namespace", "name"}` by components; durations as `"5s"` text.
pub fn value(json: &Json) -> Value {
    match json {
        Json::Int(i) => Value::Number(*i),
        Json::Bool(b) => Value::Bool(*b),
        Json::Array(items) => {
            let refs: Vec<ObjectRef> = items.iter().filter_map(reference).take(20).collect();
            if refs.is_empty() && !items.is_empty() {
                let texts: Vec<String> = items.iter().map(text).collect();
                return Value::Text(texts.join(", "));
            }
            Value::Objects(Listed { total: items.len() as u32, items: refs })
        }
        other => reference(other).map_or_else(|| Value::Text(text(other)), Value::Object),
    }
}

/// A value with its name.
pub fn named(name: &str, value: Value) -> NamedValue {
    NamedValue { name: name.into(), value }
}

fn text(json: &Json) -> String {
    json.as_str().map_or_else(|| json.to_string(), String::from)
}

fn reference(json: &Json) -> Option<ObjectRef> {
    let kind = json.get("kind")?.as_str()?;
    let resource = kinds::ALL.iter().find(|r| r.kind == kind)?;
    let key = ObjectKey::new(json["namespace"].str(), json.get("name")?.as_str()?);
    Some(object(&Resource::BuiltIn(resource), &key))
}

/// Milliseconds since the run's start.
pub fn millis(start: Time, time: Time) -> u64 {
    time.since(start).as_millis() as u64
}

/// A list cut to its first `most` items.
pub fn listed<T>(items: impl ExactSizeIterator<Item = T>, most: usize) -> Listed<T> {
    Listed { total: items.len() as u32, items: items.take(most).collect() }
}
