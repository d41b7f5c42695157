//! PATCH with an applied configuration: server-side apply.

use super::managers::{self, Entry};
use super::walk::{self, Kind};
use super::{merge, set, typed};
use crate::api::{Cause, ObjectKey, Reason, Request, Response, Status};
use crate::apiserver::{ApiServer, create, update};
use crate::collections::sort_by_key;
use crate::json;
use crate::json::{Json, Str, parse};
use crate::sim::Time;

/// The manager whose applications keep what `kubectl apply` remembers.
const KUBECTL: &str = "kubectl";
const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";

/// Applies a configuration, creating the object where there is none.
pub fn apply(server: &mut ApiServer, now: Time, request: &Request) -> Result<Response, Status> {
    let resource = &request.resource;
    let (kind, config) = (Kind::of_resource(resource), &request.body);
    if matches!(kind, Kind::Leaf) {
        return Err(Status::new(Reason::UnsupportedMediaType, "this resource has no schema to apply by"));
    }
    if !matches!(config, Json::Object(_) | Json::Null) {
        return Err(Status::bad_request(format!(
            "error decoding patch: error unmarshaling JSON: while decoding JSON: json: cannot unmarshal {} into Go value of type map[string]interface {{}}",
            config.go_kind()
        )));
    }
    let (version, kind_said) = (config["apiVersion"].str(), config["kind"].str());
    if version != resource.api_version() || kind_said != resource.kind {
        let (group, version) = version.split_once('/').unwrap_or(("", version));
        return Err(Status::bad_request(format!("invalid object type: {group}/{version}, Kind={kind_said}")));
    }
    if matches!(config["metadata"]["managedFields"], Json::Array(_)) {
        return Err(Status::bad_request("metadata.managedFields must be nil"));
    }
    let key = ObjectKey::new(request.namespace.clone(), request.name.clone());
    let stored = server.object(resource, &key);
    let exists = stored.is_some();
    let live = stored.unwrap_or_else(Json::object);
    if let Err(why) = typed::check(kind, config) {
        let slash = if resource.group.is_empty() { "/" } else { "" };
        let message = format!(
            "failed to create typed patch object ({}/{}; {slash}{}, Kind={}): {why}",
            config["metadata"]["namespace"].str(),
            config["metadata"]["name"].str(),
            resource.api_version(),
            resource.kind
        );
        return Err(Status { reason: None, ..Status::new(Reason::InternalError, message) });
    }

    let mut known = managers::read(&live);
    if exists && known.is_empty() {
        known.push(managers::before_first_apply(kind, request, now, &live));
    }
    let mut outcome = applied(kind, request, (&live, &known), config, request.options.force);
    if let Err(conflicts) = &outcome
        && request.options.field_manager == KUBECTL
    {
        // What `kubectl apply` wrote before, from the client, is taken over without a question.
        let remembered = live.at(&["metadata", "annotations", LAST_APPLIED]).str();
        let allowed = walk::stated(kind, &parse(remembered).unwrap_or_default());
        let left = |(entry, set): &(Entry, Json)| (entry.clone(), set::difference(set, &allowed));
        let left: Conflicts = conflicts.iter().map(left).filter(|(_, set)| !set.is_null()).collect();
        outcome =
            if left.is_empty() { applied(kind, request, (&live, &known), config, true) } else { Err(left) };
    }
    let (mut new, mut entries) = outcome.map_err(|conflicts| refused(&conflicts))?;

    let annotations = &new["metadata"]["annotations"];
    if request.options.field_manager == KUBECTL && annotations.get(LAST_APPLIED).is_some() {
        let mut remembered = request.body.clone();
        if let Some(annotations) = remembered.get_mut("metadata").and_then(|m| m.get_mut("annotations")) {
            annotations.remove(LAST_APPLIED);
        }
        new.set_at(&["metadata", "annotations", LAST_APPLIED], format!("{remembered}\n"));
    }
    let changed = walk::compare(kind, Some(&live), Some(&new));
    let same = changed.added.is_null() && changed.modified.is_null() && changed.removed.is_null();
    let own = managers::entry_of(request, true);
    if !same && let Some(entry) = entries.iter_mut().find(|e| e.is(&own)) {
        entry.time = now.rfc3339().into();
    }
    let entries = managers::write(&entries);
    if !exists {
        let uid = new["metadata"]["uid"].str();
        if !uid.is_empty() {
            let why = format!(
                "uid mismatch: the provided object specified uid {uid}, and no existing object was found"
            );
            return Err(Status::conflict(resource, &request.name, &why));
        }
        update::check_name(request, &mut new)?;
        return create::store(server, now, request, &new, Some(entries));
    }
    update::write(server, now, (request, request), &key, &live, &new, Some(entries))
}

/// The fields that a configuration would take from their owners.
type Conflicts = Vec<(Entry, Json)>;

/// The object under the configuration and who owns its fields then; or the fields that others own, by their owners.
fn applied(
    kind: Kind,
    request: &Request,
    (live, known): (&Json, &[Entry]),
    config: &Json,
    force: bool,
) -> Result<(Json, Vec<Entry>), Conflicts> {
    let mut entries = known.to_vec();
    let mut own = managers::entry_of(request, true);
    let stated = walk::stated(kind, config);
    own.fields = managers::ownable(request, &stated);
    let last = entries.iter().find(|e| e.is(&own)).cloned();
    entries.retain(|e| !e.is(&own));
    own.time = last.as_ref().map(|e| e.time.clone()).unwrap_or_default();

    let mut new = merge::merge(kind, live, config);
    if let Some(last) = last.filter(|l| !l.fields.is_null()) {
        let others = entries.iter().fold(stated, |all, e| set::union(&all, &e.fields));
        new = pruned(kind, &new, &last.fields, &others);
    }
    let changes = walk::compare(kind, Some(live), Some(&new));
    let changed = managers::ownable(request, &set::union(&changes.added, &changes.modified));
    let removed = managers::ownable(request, &changes.removed);
    let mut conflicts = Vec::new();
    for entry in &mut entries {
        let taken = set::intersection(&entry.fields, &changed);
        if !taken.is_null() {
            entry.fields = set::difference(&entry.fields, &taken);
            conflicts.push((entry.clone(), taken));
        }
        entry.fields = set::difference(&entry.fields, &removed);
    }
    if !force && !conflicts.is_empty() {
        return Err(conflicts);
    }
    entries.push(own);
    Ok((new, entries))
}

/// The object without what its manager applied before and nobody owns now (`prune`).
fn pruned(kind: Kind, merged: &Json, last: &Json, owned: &Json) -> Json {
    let full = |set: &Json| walk::with_parents(kind, set);
    let (last, all) = (full(last), full(&walk::stated(kind, merged)));
    let without = walk::without(kind, merged, &last);
    // Back comes what somebody else owns …
    let kept = set::union(&full(&walk::stated(kind, &without)), &full(owned));
    let without = walk::without(kind, merged, &set::difference(&all, &kept));
    // … and what only went with something around it.
    let gone = set::difference(&all, &full(&walk::stated(kind, &without)));
    let rest = walk::without(kind, merged, &set::intersection(&gone, &last));
    if rest.is_null() { json!({}) } else { rest }
}

fn refused(conflicts: &[(Entry, Json)]) -> Status {
    let mut all: Vec<(&Entry, Vec<String>)> =
        conflicts.iter().map(|(entry, fields)| (entry, set::paths(fields))).collect();
    sort_by_key(&mut all, |(entry, _)| entry.identity());
    let count: usize = all.iter().map(|(_, paths)| paths.len()).sum();
    let message = match all.as_slice() {
        [(entry, paths)] if paths.len() == 1 => {
            format!("Apply failed with 1 conflict: conflict with {}: {}", entry.shown(), paths[0])
        }
        _ => {
            let group = |(entry, paths): &(&Entry, Vec<String>)| {
                let lines: String = paths.iter().map(|p| format!("\n- {p}")).collect();
                format!("conflicts with {}:{lines}", entry.shown())
            };
            let groups: Vec<String> = all.iter().map(group).collect();
            format!("Apply failed with {count} conflicts: {}", groups.join("\n"))
        }
    };
    let mut status = Status::new(Reason::Conflict, message);
    let causes = all.iter().flat_map(|(entry, paths)| {
        paths.iter().map(|path| Cause {
            reason: Str::fixed("FieldManagerConflict"),
            message: format!("conflict with {}", entry.shown()).into(),
            field: path.as_str().into(),
        })
    });
    status.details.get_or_insert_default().causes = causes.collect();
    status
}
