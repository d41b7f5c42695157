//! [`Source`]: what can be asked of a world. Whatever it is, it comes as named values, and paths and operators work on all.

use super::compare;
use super::compare::Op;
use crate::api::selector::Labels;
use crate::api::{ObjectKey, Resource, kinds, meta};
use crate::cluster::{Action, Actor, Change, Fault, StepRecord, World};
use crate::json;
use crate::json::{Json, Str};
use crate::kubectl;
use crate::playground::{Desk, Record};
use crate::sim::Time;

/// A thing of the world, or several.
#[derive(Clone, Debug)]
pub struct Source {
    /// Which part of the world.
    pub part: Part,
    /// Only those in this namespace.
    pub namespace: Option<Str>,
    /// Only those with such labels; as it was written, and as it is read.
    pub selector: Option<(Str, Labels)>,
    /// Only those that pass these.
    pub filter: Vec<Test>,
}

/// A part of the world.
#[derive(Clone, Debug, PartialEq)]
pub enum Part {
    /// One object.
    Object(Resource, ObjectKey),
    /// All objects of a resource.
    Objects(Resource),
    /// The controllers' cache of a resource, or one object in it.
    Cache(Resource, Option<ObjectKey>),
    /// A work queue.
    Queue(Str),
    /// What a controller expects for a key.
    Expectations(Str, Str),
    /// What containers wrote: of one pod or of all.
    Logs(Option<ObjectKey>),
    /// A field of everything else.
    World(Str),
    /// The API calls of the last step.
    Calls(Option<Resource>),
    /// The reasons given in the last step.
    Notes(Str),
}

/// A field compared with a value.
#[derive(Clone, Debug)]
pub struct Test {
    /// Which field; `""`: the thing itself.
    pub path: Str,
    /// How.
    pub op: Op,
    /// With what.
    pub value: Json,
}

impl Test {
    /// Whether it holds of a thing.
    pub fn holds(&self, thing: &Json) -> bool {
        self.op.holds(compare::at(thing, &self.path), &self.value)
    }
}

/// How many things there are, and of how many of them a test holds.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Tally {
    /// All.
    pub all: i64,
    /// Of these it holds.
    pub good: i64,
}

impl Tally {
    fn count(&mut self, thing: &Json, test: Option<&Test>, one: i64) {
        self.all += one;
        self.good += if test.is_none_or(|test| test.holds(thing)) { one } else { 0 };
    }
}

/// A moment: what checks look at.
pub struct Moment<'a> {
    /// The cluster and the terminal.
    pub desk: &'a Desk,
    /// The step just made, where it is at hand.
    pub record: Option<&'a Record>,
    /// When the clock started.
    pub start: Time,
}

impl Moment<'_> {
    fn world(&self) -> &World {
        self.desk.world()
    }

    fn step(&self) -> Option<&StepRecord> {
        self.record.map(|record| &record.step)
    }
}

impl Source {
    /// Whether it is always one thing.
    pub fn is_one(&self) -> bool {
        match &self.part {
            Part::Object(..) | Part::Queue(_) | Part::Expectations(..) | Part::World(_) => true,
            Part::Cache(_, key) => key.is_some(),
            Part::Objects(_) | Part::Logs(_) | Part::Calls(_) | Part::Notes(_) => false,
        }
    }

    /// Whether a step, which made these changes in the store, can have changed it.
    pub fn touched_by(&self, step: &StepRecord, changes: &[&Change]) -> bool {
        match &self.part {
            Part::Object(resource, key) => {
                changes.iter().any(|change| change.resource == *resource && change.key == *key)
            }
            Part::Objects(resource) => changes.iter().any(|change| change.resource == *resource),
            Part::Cache(..) | Part::Expectations(..) => {
                matches!(step.actor, Actor::Controllers | Actor::User)
            }
            Part::Queue(_) => matches!(step.actor, Actor::Controllers | Actor::User | Actor::Clock),
            Part::World(path) => {
                let by_person = ["switches", "delivers", "nodes"].contains(&head(path));
                !by_person || step.actor == Actor::User
            }
            Part::Logs(_) | Part::Calls(_) | Part::Notes(_) => true,
        }
    }

    /// The things as they are at a moment. One that is not there is `Null`; of several, it is left out.
    pub fn things(&self, moment: &Moment) -> Vec<Json> {
        let world = moment.world();
        let mut found = match &self.part {
            Part::Object(resource, key) => return vec![world.server().peek(resource, key)],
            Part::Cache(resource, Some(key)) => return vec![cached(world, resource, key)],
            Part::Queue(name) => return vec![queue(world, name)],
            Part::Expectations(controller, key) => return vec![expectations(world, controller, key)],
            Part::World(path) => return vec![compare::at(&everything(moment, path), path).clone()],
            Part::Objects(resource) => world.server().list(resource),
            Part::Cache(resource, None) => indexed(world, resource),
            Part::Logs(pod) => logs(world, pod.as_ref()),
            Part::Calls(resource) => calls(moment.step(), resource.as_ref()),
            Part::Notes(phase) => notes(moment.step(), phase),
        };
        found.retain(|thing| self.admits(thing));
        found
    }

    /// How many things there are, and of how many a test holds.
    pub fn tally(&self, moment: &Moment, test: Option<&Test>) -> Tally {
        let mut tally = Tally::default();
        self.things(moment).iter().for_each(|thing| tally.count(thing, test, 1));
        tally
    }

    /// The same after some changes in the store: nobody has to count thousands of objects in each step. `None` where it
    /// does not follow from them.
    pub fn tally_on(&self, mut tally: Tally, changes: &[&Change], test: Option<&Test>) -> Option<Tally> {
        let Part::Objects(resource) = &self.part else { return None };
        for change in changes.iter().filter(|change| change.resource == *resource) {
            let before = change.before.as_ref().map(|object| (object, -1));
            let after = (!change.deleted).then_some((&change.after, 1));
            for (object, one) in before.into_iter().chain(after).filter(|(object, _)| self.admits(object)) {
                tally.count(object, test, one);
            }
        }
        Some(tally)
    }

    /// What one of its things is called.
    pub fn name(&self, thing: &Json) -> String {
        match &self.part {
            Part::Objects(resource) | Part::Cache(resource, None) => named(resource, &ObjectKey::of(thing)),
            Part::Logs(_) => format!("{}/{}", thing["pod"].str(), thing["container"].str()),
            Part::Calls(_) => {
                let words = ["verb", "resource", "name"].map(|key| thing[key].str());
                words.join(" ").trim_end().into()
            }
            _ => thing["phase"].str().into(),
        }
    }

    fn admits(&self, thing: &Json) -> bool {
        let metadata = &thing["metadata"];
        self.namespace.as_ref().is_none_or(|namespace| metadata["namespace"].str() == namespace.as_str())
            && self.selector.as_ref().is_none_or(|(_, selector)| selector.matches(&metadata["labels"]))
            && self.filter.iter().all(|test| test.holds(thing))
    }
}

/// `job/pi`; with the namespace where it is not `default`.
pub fn named(resource: &Resource, key: &ObjectKey) -> String {
    match key.namespace.as_str() {
        "" | "default" => format!("{}/{}", resource.singular, key.name),
        namespace => format!("{}/{namespace}/{}", resource.singular, key.name),
    }
}

fn indexed(world: &World, resource: &Resource) -> Vec<Json> {
    let mut informers = world.manager().caches().informers();
    let informer = informers.find(|informer| informer.reflector().resource() == resource);
    informer.into_iter().flat_map(|i| i.indexer().iter()).map(|(_, object)| object.clone()).collect()
}

fn cached(world: &World, resource: &Resource, key: &ObjectKey) -> Json {
    let mut informers = world.manager().caches().informers();
    let informer = informers.find(|informer| informer.reflector().resource() == resource);
    informer.and_then(|informer| informer.indexer().get(key)).cloned().unwrap_or_default()
}

fn keys<'a>(keys: impl Iterator<Item = &'a ObjectKey>) -> Json {
    keys.map(|key| Json::from(key.to_string())).collect()
}

fn queue(world: &World, name: &str) -> Json {
    let mut queues = world.manager().queues().chain(world.extensions().queues());
    let Some(queue) = queues.find(|queue| queue.name == name) else { return Json::Null };
    let waiting = queue.keys.waiting().filter(|(due, _)| *due > world.now()).map(|(_, key)| key);
    json!({
        "ready": keys(queue.keys.ready(world.now())), "waiting": keys(waiting),
        "working": keys(queue.keys.processing()), "workers": queue.workers,
    })
}

fn expectations(world: &World, controller: &str, key: &str) -> Json {
    let mut controllers = world.manager().controllers();
    let found = controllers.find(|c| c.name() == controller).and_then(|c| c.expectations());
    let mut kept = found.into_iter().flat_map(|e| e.iter());
    match kept.find(|(kept, _)| kept.to_string() == key) {
        Some((_, e)) => json!({ "adds": e.adds.max(0), "dels": e.dels.max(0) }),
        None => Json::Null,
    }
}

fn logs(world: &World, wanted: Option<&ObjectKey>) -> Vec<Json> {
    let mut found = Vec::new();
    for pod in world.server().list(&kinds::PODS.into()) {
        let key = ObjectKey::of(&pod);
        let node = pod["spec"]["nodeName"].str();
        let kubelet = world.kubelets().iter().find(|k| k.node_name() == node);
        let Some(kubelet) = kubelet.filter(|_| wanted.is_none_or(|wanted| *wanted == key)) else { continue };
        for container in pod["spec"]["containers"].items() {
            let name = container["name"].str();
            let query = [(Str::fixed("container"), Str::from(name))];
            let text = kubelet.logs(&pod, &query).unwrap_or_default();
            let metadata = json!({ "namespace": &key.namespace, "labels": &pod["metadata"]["labels"] });
            let thing = json!({ "pod": &key.name, "container": name, "text": text, "metadata": metadata });
            found.push(thing);
        }
    }
    found
}

fn calls(step: Option<&StepRecord>, resource: Option<&Resource>) -> Vec<Json> {
    let calls = step.into_iter().flat_map(|step| &step.calls);
    let calls = calls.filter(|call| resource.is_none_or(|resource| call.resource == *resource));
    calls
        .map(|call| {
            let (code, reason) = match &call.result {
                Ok(code) => (*code, String::new()),
                Err(status) => (status.code, status.reason.map_or("", |r| r.name()).into()),
            };
            let metadata = json!({ "namespace": &call.key.namespace });
            json!({
                "verb": call.verb.name(), "resource": &call.resource.plural, "name": &call.key.name,
                "subresource": &call.subresource, "agent": &call.agent, "code": i64::from(code),
                "reason": reason, "metadata": metadata,
            })
        })
        .collect()
}

fn notes(step: Option<&StepRecord>, phase: &str) -> Vec<Json> {
    let Some(step) = step else { return Vec::new() };
    let queue = match &step.action {
        Some(Action::Sync { controller, .. }) => controller.as_str(),
        _ => "",
    };
    let notes = step.notes.iter().filter(|note| phase == "any" || note.phase == phase);
    notes
        .map(|note| {
            let mut thing = json!({ "phase": &note.phase, "queue": queue });
            note.values.iter().for_each(|(key, value)| thing.set(key, value));
            thing
        })
        .collect()
}

/// What `world` can be asked for.
pub const WORLD: [&str; 8] =
    ["seconds", "step", "idle", "synced", "switches", "delivers", "nodes", "terminal"];

/// The first name of a path.
pub fn head(path: &str) -> &str {
    path.split(['.', '[']).next().unwrap_or(path)
}

/// The rest of the world as a tree, as far as a path needs it.
fn everything(moment: &Moment, path: &str) -> Json {
    let world = moment.world();
    let caches = world.manager().caches();
    let mut inner = Json::object();
    let part = head(path);
    match part {
        "seconds" => inner = Json::Int(world.now().since(moment.start).as_secs() as i64),
        "step" => inner = Json::Int(world.steps() as i64),
        "idle" => inner = moment.desk.is_idle().into(),
        "synced" => inner = caches.synced().into(),
        "terminal" => inner.set("running", moment.desk.terminal().is_running()),
        "switches" => {
            for name in ["expectations", "cache-sync", "rate-limiter"] {
                // A switch that is on can be turned off, and only then.
                let off = Fault::parse(&format!("{name} off"));
                inner.set(name, off.is_some_and(|off| world.can_suffer(&off)));
            }
        }
        "delivers" => {
            for reflector in caches.reflectors() {
                inner.set(reflector.resource().qualified(), world.delivers(reflector.resource()));
            }
        }
        "nodes" => {
            world.kubelets().iter().for_each(|kubelet| inner.set(kubelet.node_name(), !kubelet.is_down()))
        }
        _ => {}
    }
    let mut tree = Json::object();
    tree.set(part, inner);
    tree
}

/// The objects that belong to one (its pods, or its ReplicaSets' …) and are not done: what a learner should look at.
pub fn unfinished(world: &World, owner: &Json) -> Vec<String> {
    let uid = meta::uid(owner);
    let pods = Resource::from(kinds::PODS);
    let phase = |pod: &Json| matches!(pod["status"]["phase"].str(), "Succeeded" | "Failed");
    let owned = |pod: &Json| {
        let owners = pod.at(&["metadata", "ownerReferences"]).items();
        !uid.is_empty() && owners.iter().any(|o| o["uid"].str() == uid)
    };
    let list = world.server().list(&pods);
    list.iter()
        .filter(|pod| owned(pod) && !phase(pod))
        .map(|pod| pod["metadata"]["name"].str().into())
        .collect()
}

/// The resource that a word names, as kubectl understands it.
pub fn resource(word: &str) -> Option<Resource> {
    kubectl::resource_named(word)
}
