//! Watches: streams of changes, cut to what their selectors see.
//!
//! Each watch has its own queue. A write offers its change to the watches of its resource; whether a watch has an
//! event is therefore known at once, and its reader may take the events whenever it likes.

use super::selection::Selection;
use super::store::Change;
use super::{custom, table, versions};
use crate::api::{EventType, Options, Resource, WatchEvent, WatchId};
use crate::collections::{List, Map};
use crate::json;
use crate::json::Json;
use crate::sim::Time;

/// An open watch.
#[derive(Clone, Debug)]
struct Watch {
    resource: Resource,
    selection: Selection,
    /// Rows of a `Table` instead of objects; the first one carries the columns.
    table: Option<TableState>,
    queue: List<Pending>,
    /// The version in which objects are shown, where it is not the stored one.
    shown: Option<Resource>,
}

#[derive(Clone, Debug)]
struct TableState {
    columns_sent: bool,
    /// The rows carry whole objects.
    objects: bool,
}

/// An event that nobody has taken yet, and when it happened.
#[derive(Clone, Debug)]
struct Pending {
    at: Time,
    event: WatchEvent,
}

/// All open watches.
#[derive(Clone, Debug, Default)]
pub struct Watches {
    all: Map<WatchId, Watch>,
    by_resource: Map<Resource, List<WatchId>>,
    last: u32,
    pending: usize,
}

impl Watches {
    /// Opens a watch with its first events.
    pub fn open(
        &mut self,
        now: Time,
        resource: &Resource,
        selection: Selection,
        options: &Options,
        first: Vec<WatchEvent>,
    ) -> WatchId {
        self.last += 1;
        self.pending += first.len();
        let id = WatchId(self.last);
        let watch = Watch {
            resource: resource.clone(),
            selection,
            table: options
                .table
                .then(|| TableState { columns_sent: false, objects: table::wants_objects(options) }),
            queue: first.into_iter().map(|event| Pending { at: now, event }).collect(),
            shown: None,
        };
        self.all.insert(id, watch);
        self.by_resource.slot(resource.clone()).push_back(id);
        id
    }

    /// Shows a watch's objects in another version than the stored one.
    pub fn show_as(&mut self, id: WatchId, resource: Resource) {
        if let Some(watch) = self.all.get_mut(&id) {
            watch.shown = Some(resource);
        }
    }

    /// Closes a watch.
    pub fn stop(&mut self, id: WatchId) {
        let Some(watch) = self.all.remove(&id) else { return };
        self.pending -= watch.queue.len();
        if let Some(ids) = self.by_resource.get_mut(&watch.resource) {
            ids.retain(|i| *i != id);
        }
    }

    /// Whether a watch has an event to take.
    pub fn has_event(&self, id: WatchId) -> bool {
        self.all.get(&id).is_some_and(|w| !w.queue.is_empty())
    }

    /// How many events wait to be taken.
    pub fn pending(&self, id: WatchId) -> usize {
        self.all.get(&id).map_or(0, |w| w.queue.len())
    }

    /// How many events wait in all watches together.
    pub fn all_pending(&self) -> usize {
        self.pending
    }

    /// A watch's next event, left where it is.
    pub fn peek_event(&self, id: WatchId) -> Option<&WatchEvent> {
        self.all.get(&id)?.queue.front().map(|pending| &pending.event)
    }

    /// Takes a watch's next event.
    pub fn next_event(&mut self, id: WatchId) -> Option<WatchEvent> {
        let watch = self.all.get_mut(&id)?;
        let Pending { at, mut event } = watch.queue.pop_front()?;
        self.pending -= 1;
        event.object = match event.event {
            EventType::Error | EventType::Bookmark => event.object,
            _ => custom::read(&watch.resource, &event.object),
        };
        if let Some(table) = &mut watch.table
            && event.event != EventType::Error
        {
            let rendered =
                table::render(&watch.resource, [&event.object], json!({}), at, !table.columns_sent);
            event.object = match table.objects {
                true => table::with_objects(rendered, [&event.object]),
                false => rendered,
            };
            table.columns_sent = true;
        } else if let Some(resource) = &watch.shown
            && event.event != EventType::Error
            && let Some(twin) = versions::twin(resource)
        {
            twin.show(resource, &mut event.object);
        }
        Some(event)
    }

    /// Offers a change to the watches of its resource.
    pub fn offer(&mut self, now: Time, change: &Change) {
        let Some(ids) = self.by_resource.get(&change.resource) else { return };
        for id in ids {
            if let Some(watch) = self.all.get_mut(id)
                && let Some(event) = seen(&watch.selection, change)
            {
                self.pending += 1;
                watch.queue.push_back(Pending { at: now, event });
            }
        }
    }
}

/// What a selection sees of a change: an object that comes to match is added, one that ceases to match is deleted.
pub fn seen(selection: &Selection, change: &Change) -> Option<WatchEvent> {
    let before = change.before.as_ref().is_some_and(|o| selection.matches(&change.key, o));
    let after = !change.deleted && selection.matches(&change.key, &change.after);
    let event = match (before, after) {
        (false, true) if selection.tells(&Json::Null, &change.after) => EventType::Added,
        (true, true) if selection.tells(change.before.as_ref()?, &change.after) => EventType::Modified,
        (true, false) => EventType::Deleted,
        _ => return None,
    };
    let mut object = change.after.clone();
    if event == EventType::Deleted
        && !change.deleted
        && let Some(before) = &change.before
    {
        object = before.clone();
        object.set_at(&["metadata", "resourceVersion"], &change.after["metadata"]["resourceVersion"]);
    }
    Some(WatchEvent { event, object })
}
