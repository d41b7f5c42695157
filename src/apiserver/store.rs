//! [`Store`]: every object, every revision, one counter (what etcd is to the real API server).
//!
//! Every write makes one new revision of the whole store; an object's `resourceVersion` is the revision that wrote
//! it. A revision is *compacted* after five minutes, as kube-apiserver has etcd do (its `compact.go`), or after 500 more: no
//! watch and no list can start before it any more. The *archive* goes further back than that, so that the page can show an object's
//! history; nothing in the cluster depends on how far, and a checkpoint of a long run goes without. All structures share
//! what they have in common: a clone of the store costs a few reference counts.

use crate::api::{ObjectKey, Resource};
use crate::collections::{List, Map};
use crate::json::{Json, Str};
use crate::sim::Time;
use std::time::Duration;

/// How long a watch or a list can still start at a revision (`--etcd-compaction-interval`).
const COMPACTION: Duration = Duration::from_secs(300);
/// At no more than so many of the newest revisions (upstream's watch caches begin with 100 of each resource): a checkpoint
/// of a long run keeps these.
const WATCHABLE: u64 = 500;
/// So many of the newest revisions are archived.
const ARCHIVE: usize = 10_000;

/// One write, as the log keeps it.
#[derive(Clone, Debug)]
pub struct Change {
    /// The store's revision that it made.
    pub revision: u64,
    /// When.
    pub at: Time,
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

/// All objects and their history.
#[derive(Clone, Debug, Default)]
pub struct Store {
    revision: u64,
    collections: Map<Resource, Map<ObjectKey, Json>>,
    /// The newest changes up to `revision`, one a revision.
    log: List<Change>,
    compacted: u64,
    agent: Str,
}

impl Store {
    /// The newest revision.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// The newest revision at which no watch can start any more.
    pub fn compacted(&self) -> u64 {
        self.compacted
    }

    /// Forgets the history up to and including `revision`. Objects that exist keep their present state.
    pub fn compact(&mut self, revision: u64) {
        self.compacted = self.compacted.max(revision.min(self.revision));
        self.thin();
    }

    /// Forgets of the archive what is compacted.
    pub fn thin(&mut self) {
        self.log.remove_first((self.compacted + 1).saturating_sub(self.archived_from()) as usize);
    }

    /// Takes over the archive of the same store at a later moment.
    pub fn recall(&mut self, later: &Store) {
        let Some(first) = later.log.front().map(|change| change.revision) else { return };
        if first < self.archived_from() && self.revision <= later.revision {
            self.log = later.log.clone();
            self.log.truncate((self.revision + 1).saturating_sub(first) as usize);
        }
    }

    /// The oldest revision in the archive.
    fn archived_from(&self) -> u64 {
        self.revision + 1 - self.log.len() as u64
    }

    /// Compacts what is too old at a moment, and keeps the archive to its size. What is compacted follows from the writes
    /// alone, not from how much of them is archived here.
    fn trim(&mut self, now: Time) {
        self.compacted = self.compacted.max(self.revision.saturating_sub(WATCHABLE));
        while self.change(self.compacted + 1).is_some_and(|next| now.since(next.at) > COMPACTION) {
            self.compacted += 1;
        }
        if self.log.len() > ARCHIVE {
            self.log.pop_front();
        }
    }

    /// The object.
    pub fn get(&self, resource: &Resource, key: &ObjectKey) -> Option<&Json> {
        self.collections.get(resource)?.get(key)
    }

    /// The objects of a resource, in key order; of one namespace unless that is `""`.
    pub fn list<'a>(
        &'a self,
        resource: &Resource,
        namespace: &'a str,
    ) -> impl Iterator<Item = (&'a ObjectKey, &'a Json)> + 'a {
        let first = ObjectKey::new(namespace, "");
        let range = self.collections.get(resource).map(|objects| objects.range(first..));
        let inside = move |key: &ObjectKey| namespace.is_empty() || key.namespace == namespace;
        range.into_iter().flatten().take_while(move |(key, _)| inside(key))
    }

    /// The resources that have objects, with how many.
    pub fn counts(&self) -> impl Iterator<Item = (&Resource, usize)> {
        self.collections.iter().map(|(r, objects)| (r, objects.len())).filter(|(_, n)| *n > 0)
    }

    /// Lets a collection go by the names of this resource, which is equal to the one that it goes by.
    pub fn rename(&mut self, resource: &Resource) {
        if let Some(objects) = self.collections.remove(resource) {
            self.collections.insert(resource.clone(), objects);
        }
    }

    /// Who asks for the writes that follow.
    pub fn set_agent(&mut self, agent: &Str) {
        self.agent = agent.clone();
    }

    /// Writes an object, new or changed, and gives the change; the object gets the new resource version.
    pub fn put(&mut self, now: Time, resource: &Resource, key: &ObjectKey, mut object: Json) -> Change {
        self.stamp(&mut object);
        let before = self.collections.slot(resource.clone()).insert(key.clone(), object.clone());
        self.record(now, resource, key, before, object, false)
    }

    /// Puts an object in that has always been there: no revision, and no change that anybody could hear of.
    pub fn seed(&mut self, resource: &Resource, key: &ObjectKey, object: Json) {
        self.collections.slot(resource.clone()).insert(key.clone(), object);
    }

    /// Removes an object and gives the change, where it existed.
    pub fn remove(&mut self, now: Time, resource: &Resource, key: &ObjectKey) -> Option<Change> {
        let before = self.collections.get_mut(resource)?.remove(key)?;
        let mut last = before.clone();
        self.stamp(&mut last);
        Some(self.record(now, resource, key, Some(before), last, true))
    }

    /// Takes the next revision and writes it into the object's metadata.
    fn stamp(&mut self, object: &mut Json) {
        self.revision += 1;
        let version: Str = self.revision.to_string().into();
        object.set_at(&["metadata", "resourceVersion"], version);
    }

    fn record(
        &mut self,
        now: Time,
        resource: &Resource,
        key: &ObjectKey,
        before: Option<Json>,
        after: Json,
        deleted: bool,
    ) -> Change {
        let change = Change {
            revision: self.revision,
            at: now,
            resource: resource.clone(),
            key: key.clone(),
            before,
            after,
            deleted,
            agent: self.agent.clone(),
        };
        self.log.push_back(change.clone());
        self.trim(now);
        change
    }

    fn change(&self, revision: u64) -> Option<&Change> {
        let index = usize::try_from(revision.checked_sub(self.archived_from())?).ok()?;
        self.log.get(index)
    }

    /// The changes after `revision`, oldest first.
    pub fn changes_after(&self, revision: u64) -> impl Iterator<Item = &Change> {
        let after = (revision + 1).saturating_sub(self.archived_from()) as usize;
        self.log.skip(after.min(self.log.len()))
    }

    /// The archived revisions of an object, oldest first; also of one that is gone.
    pub fn history(&self, resource: &Resource, key: &ObjectKey) -> Vec<Revision> {
        let one = |change: &Change| Revision {
            revision: change.revision,
            object: if change.deleted { Json::Null } else { change.after.clone() },
            agent: change.agent.clone(),
        };
        self.log.iter().filter(|c| c.key == *key && c.resource == *resource).map(one).collect()
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
        let mut objects = self.collections.get(resource).cloned().unwrap_or_default();
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
