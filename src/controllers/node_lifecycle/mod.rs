//! The node lifecycle controller: notices that a node no longer says that it is well, and keeps pods away from it.
//!
//! ```text
//! monitor (every 5 s) ── lease and status older than 50 s ──▶ conditions Unknown, its pods not ready
//!        │ the node is still not ready at the next pass                │ the node has changed
//!        ▼                                                            ▼
//!   no-execute (one node in 10 s) ──▶ taint NoExecute         node-updates ──▶ taint NoSchedule
//! ```
//!
//! The pods themselves are evicted by the taint eviction controller. A pass of the monitor that can find nothing new is
//! left out: it would be a step every five seconds for ever. The leases are read in the pass, not watched, for the same
//! reason.
//!
//! Upstream: `pkg/controller/nodelifecycle`. Absent: node labels that are kept in step with each other.

mod health;
mod taints;
mod zones;

pub use zones::{Zone, ZoneState};

use super::{Caches, Controller, Queue};
use crate::api::{ObjectKey, Request, Resource, ResourceInfo, Status, kinds};
use crate::client::{Context, Delta, EventKind, Recorder};
use crate::collections::Map;
use crate::json;
use crate::json::{Json, Str};
use crate::sim::Time;
use health::ready_status;
use std::time::Duration;
use taints::{NOT_READY, UNREACHABLE};

const AGENT: &str = "node-lifecycle-controller";
/// How often nodes are looked at (`--node-monitor-period`).
const MONITOR_PERIOD: Duration = Duration::from_secs(5);
/// How long a node may be silent (`--node-monitor-grace-period`; 40 s before v1.32).
const GRACE_PERIOD: Duration = Duration::from_secs(50);
/// How long a node may take to speak at all (`--node-startup-grace-period`).
const STARTUP_GRACE_PERIOD: Duration = Duration::from_secs(60);
const LEASES: &str = "kube-node-lease";

const MONITOR: usize = 0;
const UPDATES: usize = 1;
const NO_EXECUTE: usize = 2;

/// The node lifecycle controller's memory.
#[derive(Clone, Debug)]
pub struct NodeLifecycleController {
    queues: [Queue; 3],
    recorder: Recorder,
    /// The first pass: all others come whole periods later.
    first_pass: Option<Time>,
    /// The nodes that it knows: uid, and not before when they may be missed.
    known: Map<Str, (Str, Time)>,
    zones: Map<Str, Zone>,
}

impl Default for NodeLifecycleController {
    fn default() -> Self {
        NodeLifecycleController {
            queues: [
                Queue { periodic: true, ..Queue::of_all(AGENT, 1) },
                Queue::new("node-lifecycle-controller/node-updates", kinds::NODES, 8),
                Queue::new("node-lifecycle-controller/no-execute", kinds::NODES, 1),
            ],
            recorder: Recorder::new("node-controller", ""),
            first_pass: None,
            known: Map::new(),
            zones: Map::new(),
        }
    }
}

impl NodeLifecycleController {
    /// The zones, for looking into.
    pub fn zones(&self) -> &Map<Str, Zone> {
        &self.zones
    }

    /// The key of the pass over all nodes.
    fn pass() -> ObjectKey {
        ObjectKey::new("", "all-nodes")
    }

    /// The first pass at or after a moment.
    fn tick(&self, at: Time) -> Time {
        let Some(first) = self.first_pass else { return at };
        let periods = at.since(first).as_nanos().div_ceil(MONITOR_PERIOD.as_nanos());
        first + MONITOR_PERIOD * u32::try_from(periods).unwrap_or(u32::MAX)
    }

    /// Something about the nodes has changed: the next pass has work to do; `urgent`: a node's trouble, not its arrival.
    fn pass_soon(&mut self, now: Time, urgent: bool) {
        let at = match self.first_pass {
            None => now,
            Some(_) => self.tick(now + Duration::from_nanos(1)),
        };
        self.first_pass.get_or_insert(now);
        self.queues[MONITOR].periodic &= !urgent;
        self.queues[MONITOR].keys.add_after(NodeLifecycleController::pass(), now, at.since(now));
    }

    /// `monitorNodeHealth`: one pass over all nodes.
    fn monitor(&mut self, cx: &mut Context, caches: &Caches) -> Result<(), Status> {
        self.queues[MONITOR].periodic = true;
        let leases = cx.api.call(Request::list(kinds::LEASES, LEASES).by(AGENT))?.body;
        let nodes: Vec<Json> = caches.of(kinds::NODES).iter().map(|(_, node)| node.clone()).collect();
        self.classify(cx, &nodes);
        let mut current = Vec::new();
        let mut next: Option<Time> = None;
        for node in &nodes {
            let name = node["metadata"]["name"].str();
            let lease = leases["items"].items().iter().find(|lease| lease["metadata"]["name"].str() == name);
            let heard = self.last_heard(node, lease);
            let observed = ready_status(node);
            let grace = if observed.is_empty() { STARTUP_GRACE_PERIOD } else { GRACE_PERIOD };
            let mut node = node.clone();
            if cx.now >= heard + grace {
                health::set_unknown(cx, &mut node)?;
            } else {
                let due = self.tick(heard + grace);
                next = Some(next.map_or(due, |at| at.min(due)));
            }
            self.taint_as_observed(cx, &node, observed)?;
            if ready_status(&node) != "True" && observed == "True" {
                let message = format!("Node {name} status is now: NodeNotReady");
                self.recorder.event_about(reference(&node), EventKind::Normal, "NodeNotReady", message);
                health::mark_pods_not_ready(cx, &mut self.recorder, caches, name)?;
            }
            current.push(node);
        }
        self.handle_disruption(cx, &current)?;
        if let Some(at) = next {
            let wait = at.since(cx.now);
            self.queues[MONITOR].keys.add_after(NodeLifecycleController::pass(), cx.now, wait);
        }
        Ok(())
    }

    /// When a node was last heard of: in the first pass after its lease was renewed, or its status was posted.
    fn last_heard(&self, node: &Json, lease: Option<&Json>) -> Time {
        let renewed = lease.and_then(|lease| Time::parse(lease["spec"]["renewTime"].str()));
        let posted = health::ready_condition(node).map(|c| c["lastHeartbeatTime"].str());
        let posted = posted.unwrap_or(node["metadata"]["creationTimestamp"].str());
        let known = self.known.get(node["metadata"]["name"].str()).map(|(_, since)| *since);
        renewed
            .into_iter()
            .chain(Time::parse(posted))
            .map(|at| self.tick(at))
            .chain(known)
            .max()
            .unwrap_or_default()
    }

    /// Nodes that have come, and nodes that have gone.
    fn classify(&mut self, cx: &mut Context, nodes: &[Json]) {
        // The cluster's own start is long past when a person comes, and its events have expired.
        let starting = self.first_pass.is_none_or(|first| cx.now <= first + MONITOR_PERIOD);
        let mut gone = self.known.clone();
        for node in nodes {
            let name = Str::from(node["metadata"]["name"].str());
            self.zones.slot(zones::zone_of(node));
            if gone.remove(&name).is_none() {
                if !starting {
                    cx.note("node-observed", [("node", (&name).into())]);
                    let message = format!("Node {name} event: Registered Node {name} in Controller");
                    self.recorder.event_about(reference(node), EventKind::Normal, "RegisteredNode", message);
                }
                self.known.insert(name, (node["metadata"]["uid"].str().into(), cx.now));
            }
        }
        for (name, (uid, _)) in gone.iter() {
            cx.note("node-gone", [("node", name.into())]);
            let about = json!({ "apiVersion": "v1", "kind": "Node", "name": name, "uid": uid });
            let message = format!("Node {name} event: Removing Node {name} from Controller");
            self.recorder.event_about(about, EventKind::Normal, "RemovingNode", message);
            self.known.remove(name);
        }
    }

    /// `processTaintBaseEviction`: by what the node said before this pass.
    fn taint_as_observed(&mut self, cx: &mut Context, node: &Json, observed: &str) -> Result<(), Status> {
        let (unreachable, not_ready) = ((UNREACHABLE, "NoExecute"), (NOT_READY, "NoExecute"));
        let (wanted, opposite) = match observed {
            "True" => return self.mark_reachable(cx, node),
            "False" => (not_ready, unreachable),
            _ => (unreachable, not_ready),
        };
        if taints::has(node, opposite) {
            return taints::swap(cx, node, &[wanted], &[opposite]);
        }
        if !taints::has(node, wanted) {
            cx.note("mark-for-tainting", [("node", (&node["metadata"]["name"]).into())]);
            self.queues[NO_EXECUTE].keys.add(ObjectKey::of(node));
        }
        Ok(())
    }

    /// `markNodeAsReachable`: nothing need leave the node.
    fn mark_reachable(&mut self, cx: &mut Context, node: &Json) -> Result<(), Status> {
        self.queues[NO_EXECUTE].keys.cancel(&ObjectKey::of(node));
        taints::swap(cx, node, &[], &[(UNREACHABLE, "NoExecute"), (NOT_READY, "NoExecute")])
    }

    /// `handleDisruption`: whether so much is broken that nothing must be moved.
    fn handle_disruption(&mut self, cx: &mut Context, nodes: &[Json]) -> Result<(), Status> {
        let mut counts: Map<Str, (usize, usize)> = Map::new();
        for node in nodes {
            let count = counts.slot(zones::zone_of(node));
            if ready_status(node) == "True" { count.0 += 1 } else { count.1 += 1 }
        }
        self.zones.retain(|zone, _| counts.contains_key(zone));
        let state = |(ready, not_ready): &(usize, usize)| ZoneState::of(*ready, *not_ready);
        let all_are = counts.values().all(|count| state(count) == ZoneState::FullDisruption);
        let all_were = self.zones.values().all(|zone| zone.state == ZoneState::FullDisruption);
        if counts.is_empty() || (all_are && all_were) {
            return Ok(());
        }
        if all_are {
            cx.note("all-zones-disrupted", [("nodes", nodes.len().into())]);
            self.zones.for_each_mut(|_, zone| zone.stop());
            return nodes.iter().try_for_each(|node| self.mark_reachable(cx, node));
        }
        if all_were {
            let now = cx.now;
            self.known.for_each_mut(|_, (_, since)| *since = now);
        }
        for (name, count) in counts.iter() {
            let zone = self.zones.slot(name.clone());
            let now = state(count);
            if zone.state != now {
                cx.note("zone-state", [("zone", name.into()), ("state", now.name().into())]);
                zone.enter(now, count.0 + count.1);
            }
        }
        Ok(())
    }

    /// `doNoExecuteTaintingPass`, for one node.
    fn taint_no_execute(&mut self, cx: &mut Context, caches: &Caches, key: &ObjectKey) -> Result<(), Status> {
        let Some(node) = caches.of(kinds::NODES).get(key) else { return Ok(()) };
        let (wanted, opposite) = match ready_status(node) {
            "True" | "" => return Ok(()),
            "False" => (NOT_READY, UNREACHABLE),
            _ => (UNREACHABLE, NOT_READY),
        };
        match self.zones.slot(zones::zone_of(node)).try_accept(cx.now) {
            Ok(()) => taints::swap(cx, node, &[(wanted, "NoExecute")], &[(opposite, "NoExecute")]),
            Err(wait) => {
                match wait {
                    Some(wait) => {
                        cx.note("rate-limited", [("seconds", wait.as_secs_f64().into())]);
                        self.queues[NO_EXECUTE].keys.add_after(key.clone(), cx.now, wait);
                    }
                    // The next pass that finds the node not ready will ask again.
                    None => cx.note("evictions-stopped", [("node", (&key.name).into())]),
                }
                Ok(())
            }
        }
    }
}

/// What an event about a node names.
fn reference(node: &Json) -> Json {
    let metadata = &node["metadata"];
    json!({ "apiVersion": "v1", "kind": "Node", "name": &metadata["name"], "uid": &metadata["uid"] })
}

impl Controller for NodeLifecycleController {
    fn name(&self) -> &'static str {
        AGENT
    }

    fn watches(&self) -> Vec<&'static ResourceInfo> {
        vec![kinds::NODES, kinds::PODS]
    }

    fn handle(&mut self, _: &Caches, resource: &Resource, delta: &Delta, now: Time) {
        if *resource != Resource::from(kinds::NODES) {
            return;
        }
        let node = delta.object();
        let news = match delta {
            // A heartbeat is no news, and of taints only those are that a pass looks at.
            Delta::Updated(old, _) => {
                ready_status(old) != ready_status(node)
                    || [NOT_READY, UNREACHABLE].iter().any(|key| {
                        taints::has(old, (*key, "NoExecute")) != taints::has(node, (*key, "NoExecute"))
                    })
            }
            Delta::Added(_) | Delta::Deleted(_) => true,
        };
        if news {
            self.pass_soon(now, !matches!(delta, Delta::Added(_)));
        }
        if !matches!(delta, Delta::Deleted(_)) && taints::no_schedule(node) != (Vec::new(), Vec::new()) {
            self.queues[UPDATES].keys.add(ObjectKey::of(node));
        }
    }

    fn queues(&self) -> &[Queue] {
        &self.queues
    }

    fn queues_mut(&mut self) -> &mut [Queue] {
        &mut self.queues
    }

    fn sync(
        &mut self,
        cx: &mut Context,
        caches: &Caches,
        queue: usize,
        key: &ObjectKey,
    ) -> Result<(), Status> {
        match queue {
            MONITOR => self.monitor(cx, caches),
            UPDATES => {
                let Some(node) = caches.of(kinds::NODES).get(key) else { return Ok(()) };
                let (missing, idle) = taints::no_schedule(node);
                taints::swap(cx, node, &missing, &idle)
            }
            _ => self.taint_no_execute(cx, caches, key),
        }
    }

    fn recorder(&mut self) -> Option<&mut Recorder> {
        Some(&mut self.recorder)
    }
}
