//! The entries of `metadata.managedFields`.

use super::set;
use super::walk::{self, Kind};
use crate::api::{Request, Verb};
use crate::collections::{Map, sort_by};
use crate::json;
use crate::json::{Json, Str};
use crate::sim::Time;

/// Fields of the metadata that are the server's, or say which object it is; nobody owns them.
const UNOWNED: [&str; 8] = [
    "f:creationTimestamp",
    "f:generation",
    "f:managedFields",
    "f:name",
    "f:namespace",
    "f:resourceVersion",
    "f:selfLink",
    "f:uid",
];

/// One entry.
#[derive(Clone, Debug)]
pub struct Entry {
    pub manager: Str,
    /// Whether it applied; else it wrote.
    pub applied: bool,
    pub api_version: Str,
    pub subresource: Str,
    /// When it last changed something; `""`: it never did.
    pub time: Str,
    pub fields: Json,
}

impl Entry {
    fn read(entry: &Json) -> Entry {
        let text = |key: &str| Str::from(entry[key].str());
        Entry {
            manager: text("manager"),
            applied: entry["operation"].str() == "Apply",
            api_version: text("apiVersion"),
            subresource: text("subresource"),
            time: text("time"),
            fields: entry["fieldsV1"].clone(),
        }
    }

    fn write(&self) -> Json {
        let mut out = json!({
            "apiVersion": &self.api_version, "fieldsType": "FieldsV1", "fieldsV1": &self.fields,
            "manager": &self.manager, "operation": self.operation(),
        });
        if !self.subresource.is_empty() {
            out.set("subresource", &self.subresource);
        }
        if !self.time.is_empty() {
            out.set("time", &self.time);
        }
        out
    }

    fn operation(&self) -> &'static str {
        if self.applied { "Apply" } else { "Update" }
    }

    /// Whether it stands for the same: the version does not matter to those who apply.
    pub fn is(&self, other: &Entry) -> bool {
        self.manager == other.manager
            && self.applied == other.applied
            && self.subresource == other.subresource
            && (self.applied || self.api_version == other.api_version)
    }

    /// As messages call it.
    pub fn shown(&self) -> String {
        let mut out = format!("{:?}", self.manager.as_str());
        if !self.subresource.is_empty() {
            out.push_str(&format!(" with subresource {:?}", self.subresource.as_str()));
        }
        if !self.applied {
            out.push_str(&format!(" using {}", self.api_version));
        }
        out
    }

    /// What upstream sorts messages by: the entry as JSON, with the fields in their order in Go.
    pub fn identity(&self) -> String {
        let (manager, version) = (&self.manager, &self.api_version);
        let version = if self.applied { String::new() } else { format!(",\"apiVersion\":{version:?}") };
        format!(
            "{{\"manager\":{manager:?},\"operation\":{:?}{version},{}",
            self.operation(),
            self.subresource
        )
    }
}

/// An object's entries.
pub fn read(object: &Json) -> Vec<Entry> {
    object.at(&["metadata", "managedFields"]).items().iter().map(Entry::read).collect()
}

/// Entries as they are stored; those of nothing are left out.
pub fn write(entries: &[Entry]) -> Json {
    in_order(entries.iter().filter(|e| !e.fields.is_null()).map(Entry::write).collect())
}

/// Who a request's writes belong to: the manager that it names, or the program that sends it.
pub fn entry_of(request: &Request, applied: bool) -> Entry {
    let agent = request.agent.as_str();
    let named = &request.options.field_manager;
    let manager = match agent {
        _ if !named.is_empty() => named.clone(),
        "" | "kubectl" => Str::fixed("kubectl"),
        "apiserver" | "kube-apiserver" => Str::fixed("kube-apiserver"),
        _ if agent.starts_with("kubelet") => Str::fixed("kubelet"),
        _ if agent.contains("scheduler") => Str::fixed("kube-scheduler"),
        _ => Str::fixed("kube-controller-manager"),
    };
    Entry {
        manager,
        applied,
        api_version: request.resource.api_version().into(),
        subresource: request.subresource.clone(),
        time: Str::default(),
        fields: Json::Null,
    }
}

/// What of a set a request can own at all: not what the system writes, and of the status and the rest only its own side.
pub fn ownable(request: &Request, set: &Json) -> Json {
    let mut set = set.clone();
    set.remove("f:apiVersion");
    set.remove("f:kind");
    if let Some(metadata) = set.remove("f:metadata") {
        let owned = set::children(&metadata).filter(|(key, _)| !UNOWNED.contains(&key.as_str()));
        let owned = set::node(false, owned.map(|(key, child)| (key.clone(), child.clone())).collect());
        if !owned.is_null() {
            set.set("f:metadata", owned);
        }
    }
    let has_status = request.resource.subresources.iter().any(|(name, _)| *name == "status");
    if request.subresource == "status" {
        set.remove("f:spec");
    } else if has_status {
        set.remove("f:status");
    }
    if set.is_empty() { Json::Null } else { set }
}

/// The sets that were written last, so that objects which are alike share theirs: a thousand pods of one Job have one set.
/// It changes nothing but time and memory.
#[derive(Clone, Debug, Default)]
pub struct Seen(Map<Str, (Json, Json)>);

impl Seen {
    fn key(request: &Request, own: &Entry) -> Str {
        let Request { resource, verb, .. } = request;
        let part = if *verb == Verb::Create { "new" } else { own.subresource.as_str() };
        format!("{}/{part}/{}", resource.qualified(), own.manager).into()
    }

    /// The set itself, or an equal one that is there already.
    fn shared(&mut self, request: &Request, own: &Entry, set: Json) -> Json {
        let key = Seen::key(request, own);
        if let Some((_, known)) = self.0.get(&key)
            && *known == set
        {
            return known.clone();
        }
        self.0.insert(key, (Json::Null, set.clone()));
        set
    }
}

/// The entries of a new object: its creator owns what there is.
pub fn create(seen: &mut Seen, kind: Kind, request: &Request, now: Time, object: &Json) -> Json {
    let mut own = entry_of(request, false);
    own.time = now.rfc3339().into();
    let key = Seen::key(request, &own);
    let known = seen.0.get(&key).filter(|(alike, _)| walk::alike(kind, alike, object));
    own.fields = match known {
        Some((_, set)) => set.clone(),
        None => {
            let changes = walk::compare(kind, Some(&walk::blank(kind)), Some(object));
            let set = ownable(request, &set::union(&changes.added, &changes.modified));
            seen.0.insert(key, (object.clone(), set.clone()));
            set
        }
    };
    write(&[own])
}

/// Whose all fields of an object are that somebody applies to whose account there is none (`skipNonAppliedManager`).
pub fn before_first_apply(kind: Kind, request: &Request, now: Time, live: &Json) -> Entry {
    let changes = walk::compare(kind, Some(&walk::blank(kind)), Some(live));
    let mut entry = entry_of(request, false);
    entry.manager = Str::fixed("before-first-apply");
    entry.fields = ownable(request, &set::union(&changes.added, &changes.modified));
    entry.time = now.rfc3339().into();
    entry
}

/// The entries after a write: it owns what it changed, and nobody else does; what is gone is nobody's. A body may say other entries
/// than the stored object has (`said`); an empty list, or an empty entry alone, means none.
pub fn update(
    seen: &mut Seen,
    kind: Kind,
    request: &Request,
    now: Time,
    old: &Json,
    new: &Json,
    said: &Json,
) -> Json {
    let known = &old["metadata"]["managedFields"];
    let known = match said.items() {
        _ if !request.subresource.is_empty() => known,
        [only] if only.is_empty() => &Json::Null,
        [] if matches!(said, Json::Array(_)) => &Json::Null,
        [] => known,
        _ => said,
    };
    // Of an object of whose fields nobody is known as the owner no account is begun, but by applying.
    if known.is_empty() {
        return Json::Null;
    }
    let changes = walk::compare(kind, Some(old), Some(new));
    let changed = ownable(request, &set::union(&changes.added, &changes.modified));
    let removed = ownable(request, &changes.removed);
    if changed.is_null() && removed.is_null() {
        return known.clone();
    }
    let mut own = entry_of(request, false);
    let (mut entries, mut known_already) = (Vec::new(), false);
    for entry in known.items() {
        let before = &entry["fieldsV1"];
        let is_own = !changed.is_null() && own.is(&Entry::read(entry));
        let mut fields = set::difference(before, &removed);
        fields = if is_own { set::union(&fields, &changed) } else { set::difference(&fields, &changed) };
        known_already |= is_own;
        if fields.is_null() {
            continue;
        }
        let mut entry = entry.clone();
        if is_own {
            entry.set("time", now.rfc3339());
        }
        if !fields.same(&entry["fieldsV1"]) {
            entry.set("fieldsV1", if is_own { seen.shared(request, &own, fields) } else { fields });
        }
        entries.push(entry);
    }
    if !changed.is_null() && !known_already {
        (own.fields, own.time) = (seen.shared(request, &own, changed), now.rfc3339().into());
        entries.push(own.write());
    }
    in_order(entries)
}

/// Who applies first, then by time and name.
fn in_order(mut entries: Vec<Json>) -> Json {
    fn place(entry: &Json) -> [&str; 5] {
        ["operation", "time", "manager", "apiVersion", "subresource"].map(|key| entry[key].str())
    }
    if entries.len() > 1 {
        sort_by(&mut entries, |a, b| place(a).cmp(&place(b)));
    }
    entries.into()
}
