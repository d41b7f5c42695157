//! The world at the current position, as the control-loop view shows it.

use super::model::{
    ApiServerView, ContainerView, ControllerView, DelayedKey, ExpectationView, HandlerView, InformerView,
    KeyView, KindCount, Listed, NodeView, PodView, QueueView, SchedulerView, View, WorkerView, WriteView,
};
use super::{names, objects, steps};
use crate::api::views::core_v1::{ContainerStatus, Node, Pod};
use crate::api::{ObjectKey, Resource, View as _, kinds, meta, quantity::Quantity};
use crate::apiserver::Change;
use crate::apiserver::pod_status_column;
use crate::client::{EXPECTATIONS_TIMEOUT, Expectations, Informer, WorkQueue};
use crate::cluster::World;
use crate::collections::sort_by_key;
use crate::controllers::{Caches, Controller, Queue};
use crate::json::Json;
use crate::playground::{Choice, Playground};
use crate::sim::Time;

/// At most this many choices are listed.
const MOST_CHOICES: usize = 60;
/// At most this many writes are listed.
const MOST_WRITES: u64 = 8;

/// Everything at the current position.
pub fn view(playground: &Playground, limit: usize) -> View {
    let desk = playground.desk();
    let world = desk.world();
    let timeline = playground.timeline();
    let choices: Vec<Choice> = desk.choices();
    let mut view = of_world(world, playground.config().start, limit);
    view.step = timeline.position() as u32;
    view.length = timeline.len() as u32;
    view.idle = desk.is_idle();
    view.enabled = Listed {
        total: choices.len() as u32,
        items: choices
            .iter()
            .take(MOST_CHOICES)
            .enumerate()
            .map(|(i, c)| steps::choice(world, i, c))
            .collect(),
    };
    view
}

/// The world before a step, with its store as after the step's first `calls` calls.
pub fn view_into(playground: &mut Playground, step: usize, calls: usize, limit: usize) -> View {
    let start = playground.config().start;
    let desk = playground.timeline().state_at(step.saturating_sub(1));
    let mut view = match playground.timeline().branch().entries().get(step.saturating_sub(1)) {
        Some((input, _)) => of_world(&desk.midway(input, calls), start, limit),
        None => of_world(desk.world(), start, limit),
    };
    view.step = step as u32;
    view.length = playground.timeline().len() as u32;
    view
}

fn of_world(world: &World, start: Time, limit: usize) -> View {
    let pods = world.server().list(&kinds::PODS.into());
    let mut on_node: Vec<Vec<&Json>> = vec![Vec::new(); world.kubelets().len()];
    let mut unscheduled: Vec<&Json> = Vec::new();
    for pod in &pods {
        let name = pod["spec"]["nodeName"].str();
        match world.kubelets().iter().position(|k| k.node_name() == name) {
            Some(i) => on_node[i].push(pod),
            None if name.is_empty() => unscheduled.push(pod),
            None => {}
        }
    }
    let node = |i: usize| {
        let name = world.kubelets()[i].node_name();
        let object = world.server().peek(&kinds::NODES.into(), &ObjectKey::new("", name));
        node_view(world, i, name, &Node::from(object), &on_node[i], limit)
    };
    let waits_for = world.waits_for();
    View {
        now_ms: names::millis(start, world.now()),
        clock: world.now().rfc3339(),
        revision: world.server().revision(),
        api_server: api_server(world, start, limit),
        controllers: controllers(world, start, limit),
        scheduler: scheduler(world, start, limit),
        nodes: Listed {
            total: world.kubelets().len() as u32,
            items: (0..world.kubelets().len()).take(limit).map(node).collect(),
        },
        unscheduled: names::listed(unscheduled.into_iter().map(pod_view), limit),
        waits_for: names::listed(waits_for.iter().map(|(resource, key)| names::object(resource, key)), limit),
        ..View::default()
    }
}

fn api_server(world: &World, start: Time, limit: usize) -> ApiServerView {
    let server = world.server();
    let count = |(resource, count): (Resource, usize)| KindCount {
        kind: resource.kind.to_string(),
        resource: resource.qualified(),
        count: count as u32,
    };
    let mut counts: Vec<KindCount> = server.counts().into_iter().map(count).collect();
    let first = [
        "Job",
        "CronJob",
        "Pod",
        "ConfigMap",
        "Secret",
        "Deployment",
        "ReplicaSet",
        "Node",
        "Namespace",
        "Event",
    ];
    sort_by_key(&mut counts, |c| first.iter().position(|k| *k == c.kind).unwrap_or(first.len()));
    let workload_kinds = [
        kinds::JOBS,
        kinds::CRONJOBS,
        kinds::DEPLOYMENTS,
        kinds::REPLICASETS,
        kinds::STATEFULSETS,
        kinds::DAEMONSETS,
        kinds::REPLICATIONCONTROLLERS,
    ];
    let mut workloads = Listed::default();
    for info in workload_kinds {
        let found = objects::rows(world, &info.into(), start, limit - workloads.items.len(), |_| true);
        workloads.total += found.total;
        workloads.items.extend(found.items);
    }
    let write = |w: &Change| {
        let (step, agent) = world.writer(w.revision).map_or((0, ""), |(step, agent)| (step, agent.as_str()));
        WriteView {
            verb: if w.deleted {
                "delete"
            } else if w.before.is_none() {
                "create"
            } else {
                "update"
            }
            .into(),
            object: names::object(&w.resource, &w.key),
            subresource: String::new(),
            revision: w.revision,
            actor: names::agent(agent),
            step: step as u32,
        }
    };
    let mut writes: Vec<WriteView> =
        server.changes_after(server.revision().saturating_sub(MOST_WRITES)).map(write).collect();
    writes.reverse();
    let loops = loops(world, start, limit);
    ApiServerView { counts, workloads, writes, pending_events: server.pending_events() as u32, loops }
}

fn informer(world: &World, informer: &Informer) -> InformerView {
    let reflector = informer.reflector();
    InformerView {
        resource: reflector.resource().qualified(),
        synced: informer.has_synced(),
        objects: informer.indexer().len() as u32,
        pending: reflector.watch().map_or(0, |w| world.server().pending(w)) as u32,
        revision: reflector.version().parse().unwrap_or(0),
    }
}

/// The controller that is shown whole.
const MAIN: &str = "job-controller";

fn controllers(world: &World, start: Time, limit: usize) -> Vec<ControllerView> {
    let manager = world.manager();
    // What has no object of its own and nothing to do is left out; but one is always shown, whole.
    let shown = |controller: &&dyn Controller| {
        let queues = controller.queues();
        let busy = |queue: &Queue| queue.keys.processing().next().is_some() || !queue.handled.is_empty();
        controller.name() == MAIN
            || queues.iter().any(|queue| queue.resource.is_none() || busy(queue))
            || queues
                .iter()
                .filter_map(|queue| queue.resource)
                .any(|kind| world.server().has_any(&kind.into()))
    };
    let view = |c: &dyn Controller| controller(world, c, manager.caches(), start, limit);
    manager.controllers().filter(shown).map(view).collect()
}

/// The loops of definitions, once there is one.
fn loops(world: &World, start: Time, limit: usize) -> Vec<ControllerView> {
    let extensions = world.extensions();
    if !world.server().has_any(&kinds::CUSTOMRESOURCEDEFINITIONS.into()) {
        return Vec::new();
    }
    let view = |c: &dyn Controller| controller(world, c, extensions.caches(), start, limit);
    extensions.controllers().into_iter().map(view).collect()
}

fn controller(
    world: &World,
    controller: &dyn Controller,
    caches: &Caches,
    start: Time,
    limit: usize,
) -> ControllerView {
    let watches = controller.watches();
    let heard = |i: &&Informer| watches.iter().any(|w| *i.reflector().resource() == Resource::from(*w));
    let queues = controller.queues();
    ControllerView {
        name: queues.first().map_or("", |q| q.name).split('/').next().unwrap_or("").into(),
        informers: caches.informers().filter(heard).map(|i| informer(world, i)).collect(),
        queues: queues.iter().map(|queue| queue_view(queue, world.now(), start, limit)).collect(),
        expectations: controller.expectations().map(|e| expectations(e, start, limit)).unwrap_or_default(),
    }
}

fn workers(queue: &WorkQueue, count: usize) -> Vec<WorkerView> {
    let mut keys = queue.processing().map(ObjectKey::to_string);
    (0..count).map(|_| WorkerView { key: keys.next().unwrap_or_default() }).collect()
}

fn queue_view(queue: &Queue, now: Time, start: Time, limit: usize) -> QueueView {
    let keys = &queue.keys;
    let named = |k: &ObjectKey| {
        let object =
            queue.object(k).map(|(resource, key)| names::object(&resource, &key)).unwrap_or_default();
        let name = if object.namespace.is_empty() {
            object.name.clone()
        } else {
            format!("{}/{}", object.namespace, object.name)
        };
        (name, object)
    };
    let key = |k: &ObjectKey| {
        let (key, object) = named(k);
        KeyView { key, object, failures: keys.num_requeues(k) }
    };
    let delayed = |(due, k): (Time, &ObjectKey)| {
        let (key, object) = named(k);
        DelayedKey { key, object, due_ms: names::millis(start, due), failures: keys.num_requeues(k) }
    };
    let ready: Vec<&ObjectKey> = keys.ready(now).collect();
    let waiting: Vec<(Time, &ObjectKey)> = keys.waiting().filter(|(due, _)| *due > now).collect();
    let handler = |(name, k): &(String, ObjectKey)| HandlerView { name: name.clone(), key: named(k).0 };
    QueueView {
        name: queue.name.into(),
        workers: workers(keys, queue.workers),
        handlers: queue.handled.iter().map(handler).collect(),
        waiting: names::listed(ready.into_iter().map(key), limit),
        delayed: names::listed(waiting.into_iter().map(delayed), limit),
    }
}

fn expectations(expectations: &Expectations, start: Time, limit: usize) -> Listed<ExpectationView> {
    let all: Vec<ExpectationView> = expectations
        .iter()
        .filter(|(_, e)| e.adds > 0 || e.dels > 0)
        .map(|(key, e)| ExpectationView {
            key: key.to_string(),
            adds: e.adds as i32,
            dels: e.dels as i32,
            expires_ms: names::millis(start, e.since + EXPECTATIONS_TIMEOUT),
        })
        .collect();
    names::listed(all.into_iter(), limit)
}

fn scheduler(world: &World, start: Time, limit: usize) -> SchedulerView {
    let scheduler = world.scheduler();
    let pods = Resource::from(kinds::PODS);
    let own = [pods.clone(), Resource::from(kinds::NODES)];
    let matters = |i: &Informer| !i.indexer().is_empty() || own.contains(i.reflector().resource());
    let key = |k: &ObjectKey| KeyView { key: k.to_string(), object: names::object(&pods, k), failures: 0 };
    let active: Vec<&ObjectKey> = scheduler.active().collect();
    let backoff: Vec<(Time, &ObjectKey)> = scheduler.backoff().collect();
    let stuck: Vec<&ObjectKey> = scheduler.unschedulable().collect();
    SchedulerView {
        // Of storage it has something to know only where there is some.
        informers: scheduler.informers().filter(|i| matters(i)).map(|i| informer(world, i)).collect(),
        active: names::listed(active.into_iter().map(key), limit),
        backoff: names::listed(
            backoff.into_iter().map(|(due, k)| DelayedKey {
                key: k.to_string(),
                object: names::object(&pods, k),
                due_ms: names::millis(start, due),
                failures: 0,
            }),
            limit,
        ),
        unschedulable: names::listed(stuck.into_iter().map(key), limit),
    }
}

fn node_view(world: &World, index: usize, name: &str, node: &Node, pods: &[&Json], limit: usize) -> NodeView {
    let milli = |text: &str| Quantity::parse(text).map_or(0, Quantity::milli).max(0) as u64;
    let requested = |pod: &&Json| -> u64 {
        let ended = matches!(pod["status"]["phase"].str(), "Succeeded" | "Failed");
        let containers = pod["spec"]["containers"].items().iter();
        if ended { 0 } else { containers.map(|c| milli(c.at(&["resources", "requests", "cpu"]).str())).sum() }
    };
    let tainted = node.spec().taints().iter().any(|t| t.effect() == "NoSchedule");
    let pending =
        world.kubelets()[index].reflectors().filter_map(|r| r.watch()).map(|w| world.server().pending(w));
    // Pods that still run come first.
    let ended = |pod: &&&Json| matches!(pod["status"]["phase"].str(), "Succeeded" | "Failed");
    let mut order: Vec<&Json> = pods.iter().filter(|pod| !ended(pod)).copied().collect();
    order.extend(pods.iter().filter(ended));
    NodeView {
        name: name.into(),
        ready: meta::condition_is_true(&node.status(), "Ready"),
        cordoned: node.spec().unschedulable() == Some(true) || tainted,
        pending: pending.sum::<usize>() as u32,
        pods: names::listed(order.into_iter().map(pod_view), limit),
        cpu_requested: pods.iter().map(requested).sum(),
        cpu_allocatable: milli(node.status().allocatable()["cpu"].str()),
    }
}

fn pod_view(object: &Json) -> PodView {
    let pod = Pod::from(object.clone());
    let key = ObjectKey::of(object);
    let status = pod.status();
    let owner = meta::controller_of(object).and_then(|o| {
        let resource = kinds::by_kind(o.api_version(), o.kind())?;
        Some(names::object(&resource.into(), &ObjectKey::new(&key.namespace, o.name())))
    });
    let all = || {
        status.init_container_statuses().iter().chain(status.container_statuses().iter()).collect::<Vec<_>>()
    };
    let inits = status.init_container_statuses().len();
    PodView {
        object: names::object(&kinds::PODS.into(), &key),
        phase: status.phase().into(),
        status: pod_status_column(object),
        ready: status.container_statuses().iter().filter(|c| c.ready() == Some(true)).count() as u32,
        restarts: all().iter().filter_map(ContainerStatus::restart_count).sum::<i32>().max(0) as u32,
        owner,
        containers: all().iter().enumerate().map(|(i, c)| container_view(c, i < inits)).collect(),
    }
}

fn container_view(status: &ContainerStatus, init: bool) -> ContainerView {
    let state = status.state();
    let (name, reason, exit_code) = if state.terminated().exists() {
        ("terminated", state.terminated().reason().to_string(), state.terminated().exit_code())
    } else if state.running().exists() {
        ("running", String::new(), None)
    } else {
        ("waiting", state.waiting().reason().to_string(), None)
    };
    ContainerView { name: status.name().into(), state: name.into(), reason, exit_code, init }
}
