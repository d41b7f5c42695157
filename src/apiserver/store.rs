//! [`Store`]: every object, every revision, one counter (what etcd is to the real API server).
//!
//! Every write makes one new revision of the whole store; an object's `resourceVersion` is the revision that wrote
//! it. Old revisions stay until they are compacted, so that watches can start in the past and the page can show an
//! object's history. All structures share what they have in common: a clone of the store costs a few reference
//! counts.

use crate::api::{ObjectKey, Resource};
use crate::collections::{List, Map};
use crate::json::{Json, Str};

/// One write, as the log keeps it.
#[derive(Clone, Debug)]
pub struct Change {
    /// The store's revision that it made.
    pub revision: u64,
    /// Of which resource.
    pub resource: Resource,
    /// Of which object.
    pub key: ObjectKey,
    /// The object before; `None` where it was created.
    pub before: Option<Json>,
    /// The object after. For a deletion: its last state, with the deletion's resource version.
    pub after: Json,
    /// Whether it deleted the object.
    pub deleted: bool,
    /// Who asked for it.
    pub agent: Str,
}

/// One revision of one object.
#[derive(Clone, Debug, PartialEq)]
pub struct Revision {
    /// The store's revision.
    pub revision: u64,
    /// The object as that revision left it; `Null` where it deleted it.
    pub object: Json,
    /// Who wrote it.
    pub agent: Str,
}

/// One write, without the objects.
#[derive(Clone, Debug, PartialEq)]
pub struct Write {
    /// To which resource.
    pub resource: Resource,
    /// To which object.
    pub key: ObjectKey,
    /// The store's revision that it made.
    pub revision: u64,
    /// Who asked for it.
    pub agent: Str,
    verb: &'static str,
}

impl Write {
    /// `create`, `update` or `delete`.
    pub fn verb(&self) -> &'static str {
        self.verb
    }
}

/// The objects of one resource.
#[derive(Clone, Debug, Default)]
struct Collection {
    objects: Map<ObjectKey, Json>,
    /// The revisions in the log that wrote each object.
    written: Map<ObjectKey, List<u64>>,
}

/// All objects and their history.
#[derive(Clone, Debug)]
pub struct Store {
    revision: u64,
    collections: Map<Resource, Collection>,
    /// The changes `compacted + 1 ..= revision`, one a revision.
    log: List<Change>,
    compacted: u64,
    keep: usize,
    agent: Str,
}

impl Store {
    /// An empty store that keeps the newest `keep` revisions.
    pub fn new(keep: usize) -> Store {
        Store {
            revision: 0,
            collections: Map::new(),
            log: List::new(),
            compacted: 0,
            keep,
            agent: Str::default(),
        }
    }

    /// The newest revision.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// The newest revision that is no longer kept.
    pub fn compacted(&self) -> u64 {
        self.compacted
    }

    /// How many of the newest revisions are kept; older ones are compacted as new ones come.
    pub fn set_keep(&mut self, keep: usize) {
        self.keep = keep;
        self.trim();
    }

    /// Forgets the history up to and including `revision`. Objects that exist keep their present state.
    pub fn compact(&mut self, revision: u64) {
        while self.compacted < revision.min(self.revision) {
            self.forget_oldest();
        }
    }

    fn trim(&mut self) {
        while self.log.len() > self.keep {
            self.forget_oldest();
        }
    }

    fn forget_oldest(&mut self) {
        let Some(change) = self.log.pop_front() else { return };
        self.compacted = change.revision;
        let Some(collection) = self.collections.get_mut(&change.resource) else { return };
        if let Some(written) = collection.written.get_mut(&change.key) {
            written.pop_front();
            if written.is_empty() {
                collection.written.remove(&change.key);
            }
        }
    }

    /// The object.
    pub fn get(&self, resource: &Resource, key: &ObjectKey) -> Option<&Json> {
        self.collections.get(resource)?.objects.get(key)
    }

    /// The objects of a resource, in key order; of one namespace unless that is `""`.
    pub fn list<'a>(
        &'a self,
        resource: &Resource,
        namespace: &'a str,
    ) -> impl Iterator<Item = (&'a ObjectKey, &'a Json)> + 'a {
        let first = ObjectKey::new(namespace, "");
        let range = self.collections.get(resource).map(|c| c.objects.range(first..));
        let inside = move |key: &ObjectKey| namespace.is_empty() || key.namespace == namespace;
        range.into_iter().flatten().take_while(move |(key, _)| inside(key))
    }

    /// The resources that have objects, with how many.
    pub fn counts(&self) -> impl Iterator<Item = (&Resource, usize)> {
        self.collections.iter().map(|(r, c)| (r, c.objects.len())).filter(|(_, n)| *n > 0)
    }

    /// Who asks for the writes that follow.
    pub fn set_agent(&mut self, agent: &Str) {
        self.agent = agent.clone();
    }

    /// Writes an object, new or changed, and gives the change; the object gets the new resource version.
    pub fn put(&mut self, resource: &Resource, key: &ObjectKey, mut object: Json) -> Change {
        self.stamp(&mut object);
        let collection = self.collections.slot(resource.clone());
        let before = collection.objects.insert(key.clone(), object.clone());
        self.record(resource, key, before, object, false)
    }

    /// Removes an object and gives the change, where it existed.
    pub fn remove(&mut self, resource: &Resource, key: &ObjectKey) -> Option<Change> {
        let before = self.collections.get_mut(resource)?.objects.remove(key)?;
        let mut last = before.clone();
        self.stamp(&mut last);
        Some(self.record(resource, key, Some(before), last, true))
    }

    /// Takes the next revision and writes it into the object's metadata.
    fn stamp(&mut self, object: &mut Json) {
        self.revision += 1;
        let version: Str = self.revision.to_string().into();
        object.set_at(&["metadata", "resourceVersion"], version);
    }

    fn record(
        &mut self,
        resource: &Resource,
        key: &ObjectKey,
        before: Option<Json>,
        after: Json,
        deleted: bool,
    ) -> Change {
        let revision = self.revision;
        if let Some(collection) = self.collections.get_mut(resource) {
            collection.written.slot(key.clone()).push_back(revision);
        }
        let change = Change {
            revision,
            resource: resource.clone(),
            key: key.clone(),
            before,
            after,
            deleted,
            agent: self.agent.clone(),
        };
        self.log.push_back(change.clone());
        self.trim();
        change
    }

    fn change(&self, revision: u64) -> Option<&Change> {
        let index = usize::try_from(revision.checked_sub(self.compacted + 1)?).ok()?;
        self.log.get(index)
    }

    /// The changes after `revision`, oldest first.
    pub fn changes_after(&self, revision: u64) -> impl Iterator<Item = &Change> {
        (revision.max(self.compacted) + 1..=self.revision).filter_map(|r| self.change(r))
    }

    /// All kept revisions of an object, oldest first; also of one that is gone.
    pub fn history(&self, resource: &Resource, key: &ObjectKey) -> Vec<Revision> {
        let written = self.collections.get(resource).and_then(|c| c.written.get(key));
        let one = |revision: &u64| {
            let change = self.change(*revision)?;
            let object = if change.deleted { Json::Null } else { change.after.clone() };
            Some(Revision { revision: *revision, object, agent: change.agent.clone() })
        };
        written.into_iter().flatten().filter_map(one).collect()
    }

    /// The newest `n` writes, newest first.
    pub fn latest_writes(&self, n: usize) -> Vec<Write> {
        let write = |c: &Change| Write {
            resource: c.resource.clone(),
            key: c.key.clone(),
            revision: c.revision,
            agent: c.agent.clone(),
            verb: match (&c.before, c.deleted) {
                (_, true) => "delete",
                (None, false) => "create",
                (Some(_), false) => "update",
            },
        };
        self.log.iter().rev().take(n).map(write).collect()
    }

    /// The objects of a resource as they were at `revision`; `None` where that is compacted.
    pub fn list_at(&self, resource: &Resource, revision: u64) -> Option<Map<ObjectKey, Json>> {
        if revision < self.compacted {
            return None;
        }
        let mut objects = self.collections.get(resource).map(|c| c.objects.clone()).unwrap_or_default();
        for r in (revision + 1..=self.revision).rev() {
            let Some(change) = self.change(r).filter(|c| c.resource == *resource) else { continue };
            match &change.before {
                Some(before) => objects.insert(change.key.clone(), before.clone()),
                None => objects.remove(&change.key),
            };
        }
        Some(objects)
    }
}
