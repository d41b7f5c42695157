//! [`ObjectCache`]: the ConfigMaps and Secrets that the node's pods refer to. Each is watched by itself, from the first
//! time a pod asks for it until that pod is gone: a kubelet may not list them all.
//!
//! An immutable object is read once and not watched; neither is one that nobody has asked for in five minutes.
//!
//! Upstream: `pkg/kubelet/util/manager/watch_based_manager.go` (`configMapAndSecretChangeDetectionStrategy: Watch`).

use crate::api::{EventType, ObjectKey, Resource, base64, kinds};
use crate::client::{Api, Change, Context, Reflector};
use crate::collections::{Map, Set};
use crate::json::{Json, Str};
use crate::sim::Time;
use std::sync::Arc;
use std::time::Duration;

/// After so long without a reader an object is no longer watched (five times the sync frequency).
const MAX_IDLE: Duration = Duration::from_secs(300);

/// A ConfigMap or a Secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `ConfigMap`
    ConfigMap,
    /// `Secret`
    Secret,
}

impl Kind {
    fn resource(self) -> Resource {
        match self {
            Kind::ConfigMap => kinds::CONFIGMAPS.into(),
            Kind::Secret => kinds::SECRETS.into(),
        }
    }

    /// As `kubectl` and errors write it.
    pub fn name(self) -> &'static str {
        match self {
            Kind::ConfigMap => "configmap",
            Kind::Secret => "secret",
        }
    }
}

#[derive(Clone, Debug)]
struct Item {
    kind: Kind,
    key: ObjectKey,
    /// `None`: it is not watched (any more).
    reflector: Option<Reflector>,
    /// `Null`: there is none.
    object: Json,
    /// The pods that refer to it.
    pods: Set<ObjectKey>,
    used: Time,
}

impl Item {
    fn is_immutable(&self) -> bool {
        self.object["immutable"].as_bool() == Some(true)
    }

    fn stop(&mut self, api: &mut dyn Api) {
        if let Some(mut reflector) = self.reflector.take() {
            reflector.reset(api);
        }
    }

    /// One move of its reflector; whether it brought something.
    fn advance(&mut self, cx: &mut Context) -> bool {
        let Some(reflector) = &mut self.reflector else { return false };
        match reflector.advance(cx) {
            Ok(Some(Change::Replaced(objects))) => {
                self.object = objects.into_iter().next().unwrap_or_default()
            }
            Ok(Some(Change::Event(event))) if event.event == EventType::Deleted => self.object = Json::Null,
            Ok(Some(Change::Event(event))) => self.object = event.object,
            Ok(None) | Err(_) => return false,
        }
        if self.is_immutable() {
            self.stop(cx.api);
        }
        true
    }
}

/// What the node's pods refer to.
#[derive(Clone, Debug, Default)]
pub struct ObjectCache(Vec<Arc<Item>>);

impl ObjectCache {
    /// What keeps it up to date.
    pub fn reflectors(&self) -> impl Iterator<Item = &Reflector> {
        self.0.iter().filter_map(|item| item.reflector.as_ref())
    }

    /// The next change of one of its objects of a resource; gives the pods that refer to it.
    pub fn deliver(&mut self, cx: &mut Context, resource: &Resource) -> Vec<ObjectKey> {
        for item in &mut self.0 {
            if item.reflector.is_some()
                && item.kind.resource() == *resource
                && Arc::make_mut(item).advance(cx)
            {
                return item.pods.iter().cloned().collect();
            }
        }
        Vec::new()
    }

    /// The object, for a pod that refers to it. An error is upstream's sentence.
    pub fn get(
        &mut self,
        cx: &mut Context,
        agent: &Str,
        pod: &ObjectKey,
        kind: Kind,
        name: &str,
    ) -> Result<Json, String> {
        let key = ObjectKey::new(pod.namespace.clone(), name);
        let found = self.0.iter().position(|item| item.kind == kind && item.key == key);
        let at = found.unwrap_or_else(|| {
            let (pods, used) = (Set::new(), cx.now);
            let item = Item { kind, key: key.clone(), reflector: None, object: Json::Null, pods, used };
            self.0.push(Arc::new(item));
            self.0.len() - 1
        });
        let item = Arc::make_mut(&mut self.0[at]);
        item.pods.insert(pod.clone());
        item.used = cx.now;
        if item.reflector.is_none() && !item.is_immutable() {
            item.reflector = Some(Reflector::new(kind.resource(), agent).of_one(key.namespace, name));
        }
        // Upstream's reader waits for the first list.
        if item.reflector.as_ref().is_some_and(|r| r.watch().is_none()) && !item.advance(cx) {
            return Err(format!("failed to sync {} cache: timed out waiting for the condition", kind.name()));
        }
        match item.object.is_null() {
            true => Err(format!("{} \"{name}\" not found", kind.name())),
            false => Ok(item.object.clone()),
        }
    }

    /// A pod is gone: what only it referred to is forgotten.
    pub fn release(&mut self, api: &mut dyn Api, pod: &ObjectKey) {
        for item in &mut self.0 {
            if item.pods.contains(pod) {
                Arc::make_mut(item).pods.remove(pod);
            }
        }
        self.0.retain_mut(|item| {
            if item.pods.is_empty() {
                Arc::make_mut(item).stop(api);
            }
            !item.pods.is_empty()
        });
    }

    /// Stops watching what nobody has read for long; a pod that `mounts` would read it each minute.
    pub fn stop_idle(&mut self, cx: &mut Context, mounts: &dyn Fn(&ObjectKey) -> bool) {
        let now = cx.now;
        let idle = |item: &&mut Arc<Item>| {
            item.reflector.is_some() && now.since(item.used) > MAX_IDLE && !item.pods.iter().any(mounts)
        };
        for item in self.0.iter_mut().filter(idle) {
            Arc::make_mut(item).stop(cx.api);
        }
    }

    /// Closes all watches: the node has lost its power.
    pub fn clear(&mut self, api: &mut dyn Api) {
        for item in &mut self.0 {
            Arc::make_mut(item).stop(api);
        }
        self.0.clear();
    }
}

/// Reads for one pod.
pub struct Source<'a, 'b> {
    /// What the kubelet acts with.
    pub cx: &'a mut Context<'b>,
    cache: &'a mut ObjectCache,
    agent: &'a Str,
    pod: ObjectKey,
}

impl<'a, 'b> Source<'a, 'b> {
    /// For a pod.
    pub fn new(
        cx: &'a mut Context<'b>,
        cache: &'a mut ObjectCache,
        agent: &'a Str,
        pod: &Json,
    ) -> Source<'a, 'b> {
        Source { cx, cache, agent, pod: ObjectKey::of(pod) }
    }

    /// The pod's namespace.
    pub fn namespace(&self) -> &str {
        &self.pod.namespace
    }

    /// Who asks.
    pub fn agent(&self) -> &Str {
        self.agent
    }

    /// A Secret or ConfigMap. An error is upstream's sentence.
    pub fn get(&mut self, kind: Kind, name: &str) -> Result<Json, String> {
        self.cache.get(self.cx, self.agent, &self.pod, kind, name)
    }
}

/// The keys and contents of an object, in key order.
pub fn entries(kind: Kind, object: &Json) -> Map<Str, Vec<u8>> {
    let mut all = data(kind, object);
    for (key, value) in object["binaryData"].entries() {
        all.insert(key.clone(), decoded(value));
    }
    all
}

/// What it holds for variables: a ConfigMap's `binaryData` is for files only.
pub fn data(kind: Kind, object: &Json) -> Map<Str, Vec<u8>> {
    let mut all = Map::new();
    for (key, value) in object["data"].entries() {
        let bytes = if kind == Kind::Secret { decoded(value) } else { value.str().as_bytes().to_vec() };
        all.insert(key.clone(), bytes);
    }
    all
}

fn decoded(value: &Json) -> Vec<u8> {
    base64::decode(value.str()).unwrap_or_default()
}
