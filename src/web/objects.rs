//! Objects as the inspector shows them.

use super::model::{Cell, EventView, Listed, ObjectRef, ObjectRow, ObjectView, Objects, RevisionView};
use super::{names, steps};
use crate::api::meta::without_managed_fields;
use crate::api::{ObjectKey, Request, Resource, Verb, kinds};
use crate::cluster::World;
use crate::collections::sort_by_key;
use crate::json::{Json, yaml};
use crate::kubectl;
use crate::playground::Playground;
use crate::sim::Time;

/// At most this many revisions are listed.
const MOST_REVISIONS: usize = 100;

/// Which kinds the inspector lists when none is asked for: those that people meet first, and whatever else there is.
fn peoples(world: &World) -> Vec<Resource> {
    let own = [
        kinds::JOBS,
        kinds::CRONJOBS,
        kinds::PODS,
        kinds::DEPLOYMENTS,
        kinds::REPLICASETS,
        kinds::STATEFULSETS,
        kinds::DAEMONSETS,
        kinds::REPLICATIONCONTROLLERS,
        kinds::PERSISTENTVOLUMECLAIMS,
        kinds::PERSISTENTVOLUMES,
        kinds::PODDISRUPTIONBUDGETS,
        kinds::HORIZONTALPODAUTOSCALERS_V2,
        kinds::CONFIGMAPS,
        kinds::SECRETS,
        kinds::SERVICES,
        kinds::SERVICEACCOUNTS,
        kinds::NODES,
        kinds::NAMESPACES,
    ];
    let mut all: Vec<Resource> = own.into_iter().map(Resource::from).collect();
    // Events, leases and endpoints are what the machinery says to itself; a definition's kind may have several versions.
    let quiet = ["Event", "Lease", "Endpoints", "EndpointSlice"];
    for (resource, _) in world.server().counts() {
        if !all.contains(&resource) && !quiet.contains(&&*resource.kind) {
            all.push(resource);
        }
    }
    all
}

fn ask(world: &mut World, request: Request) -> Json {
    world.user(|api| api.call(request)).0.map(|r| r.body).unwrap_or_default()
}

/// The inspector's list: kubectl's own table of each kind.
pub fn list(playground: &Playground, resource: &str, filter: &str, limit: usize) -> Objects {
    let world = playground.desk().world();
    let start = playground.config().start;
    let named = |key: &ObjectKey| key.name.contains(filter);
    if let Some(resource) = names::resource(world, resource) {
        let rows = rows(world, &resource, start, limit, named);
        return Objects { rows, machinery: Listed::default() };
    }
    let mut objects = Objects::default();
    for resource in peoples(world) {
        let add = |list: &mut Listed<ObjectRow>, own: bool| {
            let wanted = |key: &ObjectKey| named(key) && is_machinery(world, &resource, key) != own;
            let left = limit - list.items.len();
            let found = rows(world, &resource, start, left, wanted);
            list.total += found.total;
            list.items.extend(found.items);
        };
        add(&mut objects.rows, true);
        add(&mut objects.machinery, false);
    }
    objects
}

/// Whether every cluster has it and nobody asked for it.
fn is_machinery(world: &World, resource: &Resource, key: &ObjectKey) -> bool {
    let system = |namespace: &str| namespace.starts_with("kube-");
    system(&key.namespace)
        || match &*resource.kind {
            "Node" => true,
            "Namespace" => key.name == "default" || system(&key.name),
            "ConfigMap" => key.name == "kube-root-ca.crt",
            "ServiceAccount" => key.name == "default",
            "Service" => key.name == "kubernetes" && key.namespace == "default",
            _ => world.server().is_seeded(resource, key),
        }
}

/// The table rows of a resource, without its name and age; all that are wanted are counted, and the first ones shown.
pub fn rows(
    world: &World,
    resource: &Resource,
    start: Time,
    limit: usize,
    wanted: impl Fn(&ObjectKey) -> bool,
) -> Listed<ObjectRow> {
    let mut total = 0;
    let table = world.server().table(world.now(), resource, &mut |key| {
        let counts = wanted(key);
        total += u32::from(counts);
        counts && total as usize <= limit
    });
    let columns = table["columnDefinitions"].items();
    let row = |row: &Json| {
        let meta = &row["object"]["metadata"];
        let key = ObjectKey::new(meta["namespace"].str(), meta["name"].str());
        let cells = columns.iter().zip(row["cells"].items());
        let shown = cells.filter(|(c, _)| {
            c["priority"].as_i64() == Some(0) && !matches!(c["name"].str(), "Name" | "Age" | "Created At")
        });
        ObjectRow {
            object: names::object(resource, &key),
            columns: shown
                .map(|(c, cell)| Cell {
                    header: c["name"].str().to_uppercase(),
                    text: cell.as_str().map_or_else(|| cell.to_string(), String::from),
                })
                .collect(),
            created_ms: Time::parse(meta["creationTimestamp"].str()).map_or(0, |t| names::millis(start, t)),
            revision: meta["resourceVersion"].str().parse().unwrap_or(0),
        }
    };
    Listed { total, items: table["rows"].items().iter().map(row).collect() }
}

/// Everything about one object.
pub fn object(playground: &Playground, wanted: &ObjectRef) -> Option<ObjectView> {
    let (resource, key) = names::resolve(playground.desk().world(), wanted)?;
    let mut world = playground.desk().world().clone();
    let start = playground.config().start;
    let history = world.server().history(&resource, &key);
    let now = world.server().peek(&resource, &key);
    let last = history.iter().rev().find(|r| !r.object.is_null()).map(|r| r.object.clone());
    let object = if now.is_null() { last? } else { now.clone() };
    let events = events(&mut world, &object, start);
    let describe = world
        .user(|api| {
            let discovery = &mut kubectl::Discovery::default();
            kubectl::describe(
                &resource,
                &object,
                &mut kubectl::Env {
                    api,
                    files: playground.files(),
                    discovery,
                    raw: |_, _, _, _| Ok(String::new()),
                },
            )
        })
        .0;
    let mut revisions = Vec::new();
    for (i, revision) in history.iter().enumerate().rev().take(MOST_REVISIONS) {
        let before = i.checked_sub(1).map(|i| history[i].clone());
        let before = before.map(|r| r.object).unwrap_or_default();
        let after = revision.object.clone();
        let (step, agent) =
            world.writer(revision.revision).map_or((0, ""), |(step, agent)| (step, agent.as_str()));
        revisions.push(RevisionView {
            revision: revision.revision,
            verb: match (before.is_null(), after.is_null()) {
                (true, _) => "create",
                (_, true) => "delete",
                _ => "update",
            }
            .into(),
            subresource: String::new(),
            actor: names::agent(agent),
            step: step as u32,
            diff: steps::changes(&before, &after),
        });
    }
    Some(ObjectView {
        object: names::object(&resource, &key),
        exists: !now.is_null(),
        yaml: yaml::to_yaml(&without_managed_fields(&object)),
        describe,
        events,
        revisions: Listed { total: history.len() as u32, items: revisions },
    })
}

/// An object's YAML at a revision.
pub fn at(playground: &Playground, wanted: &ObjectRef, revision: u64) -> Option<String> {
    let (resource, key) = names::resolve(playground.desk().world(), wanted)?;
    let history = playground.desk().world().server().history(&resource, &key);
    let found = history.iter().rev().find(|r| r.revision <= revision && !r.object.is_null())?;
    Some(yaml::to_yaml(&without_managed_fields(&found.object)))
}

fn events(world: &mut World, object: &Json, start: Time) -> Vec<EventView> {
    let meta = &object["metadata"];
    let request = Request::new(Verb::List, kinds::EVENTS, meta["namespace"].str(), "");
    let list = ask(world, request);
    let about = |e: &&Json| e.at(&["involvedObject", "uid"]).str() == meta["uid"].str();
    let first = |e: &Json, keys: [&str; 3]| {
        keys.iter().map(|k| e[*k].str()).find(|t| !t.is_empty()).map(String::from)
    };
    let view = |e: &Json| {
        let last = first(e, ["lastTimestamp", "eventTime", "firstTimestamp"]).unwrap_or_default();
        let from = e.at(&["source", "component"]).str();
        EventView {
            kind: e["type"].str().into(),
            reason: e["reason"].str().into(),
            from: if from.is_empty() { e["reportingComponent"].str() } else { from }.into(),
            message: e["message"].str().into(),
            count: e["count"].as_i64().unwrap_or(1).max(1) as u32,
            last_ms: Time::parse(&last).map_or(0, |t| names::millis(start, t)),
        }
    };
    let mut events: Vec<EventView> = list["items"].items().iter().filter(about).map(view).collect();
    sort_by_key(&mut events, |e| e.last_ms);
    events
}
