//! The node itself: its Node object, its Lease, its heartbeats, its pods' addresses.
//!
//! Upstream: `pkg/kubelet/kubelet_node_status.go`, `nodestatus/setters.go`, `component-helpers/apimachinery/lease`.

use crate::api::{PatchType, Request, Status, kinds};
use crate::client::{Context, EventKind, Recorder};
use crate::collections::Set;
use crate::json;
use crate::json::{Json, Str};
use crate::sim::Time;
use std::time::Duration;

/// How often the Lease is renewed.
pub const LEASE_RENEWAL: Duration = Duration::from_secs(10);
/// How often the Node's status is reported although it did not change.
/// After so long a registration that failed is tried again.
pub const REGISTER_RETRY: Duration = Duration::from_secs(7);
const STATUS_REPORT: Duration = Duration::from_secs(300);

/// How true to life the containers of a node are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fidelity {
    /// As a real kubelet with a real registry: images must exist and take time to pull, events are recorded.
    Real,
    /// As the hollow kubelet of the recordings: every image is there and starts at once, deletion takes no grace, and
    /// nothing is told but status.
    Hollow,
}

/// What a node is made of.
#[derive(Clone, Debug, PartialEq)]
pub struct NodeConfig {
    /// `node-1`
    pub name: Str,
    /// Its number: `10.0.0.N` is its address, `10.244.N.0/24` its pods' addresses.
    pub number: u8,
    /// Cpus.
    pub cpu: Str,
    /// Memory.
    pub memory: Str,
    /// How many pods it takes.
    pub pods: u32,
    /// How true to life its containers are.
    pub fidelity: Fidelity,
}

impl NodeConfig {
    /// `node-N` with 4 cpu, 8Gi and 110 pods.
    pub fn numbered(number: usize) -> NodeConfig {
        NodeConfig {
            name: format!("node-{number}").into(),
            number: u8::try_from(number).unwrap_or(u8::MAX),
            cpu: Str::fixed("4"),
            memory: Str::fixed("8Gi"),
            pods: 110,
            fidelity: Fidelity::Real,
        }
    }

    /// The same, hollow.
    pub fn hollow(self) -> NodeConfig {
        NodeConfig { fidelity: Fidelity::Hollow, ..self }
    }

    /// The node's own address.
    pub fn address(&self) -> String {
        format!("10.0.0.{}", self.number)
    }

    /// Whether it is hollow.
    pub fn is_hollow(&self) -> bool {
        self.fidelity == Fidelity::Hollow
    }
}

/// The heartbeats of a node.
#[derive(Clone, Debug, Default)]
pub struct Heart {
    /// The machine was switched off before.
    rebooted: bool,
    /// Whether the Node and its Lease exist.
    pub registered: bool,
    reported: Time,
    /// The Lease as last written; it is only asked for when writing it fails.
    lease: Json,
}

impl Heart {
    /// After the power came back.
    pub fn rebooted() -> Heart {
        Heart { rebooted: true, ..Heart::default() }
    }

    /// Creates the Node object (or takes over the one of its name) and the Lease.
    pub fn register(&mut self, cx: &mut Context, config: &NodeConfig, agent: &Str, recorder: &mut Recorder) {
        cx.note("register-node", [("node", (&config.name).into())]);
        if self.rebooted {
            tell(config, recorder, EventKind::Normal, "Starting", "Starting kubelet.".to_owned());
        }
        let node = node_object(cx, config);
        match cx.api.call(Request::create(kinds::NODES, node.clone()).by(agent)) {
            Err(status) if status.is_already_exists() => {
                if take_over(cx, config, agent, &node, recorder).is_err() {
                    return;
                }
            }
            Err(_) => return,
            Ok(_) => {}
        }
        self.registered = true;
        self.reported = cx.now;
        self.renew_lease(cx, config, agent);
    }

    /// Renews the Lease; every five minutes, reports the status as well.
    pub fn beat(&mut self, cx: &mut Context, config: &NodeConfig, agent: &Str) {
        cx.note("renew-lease", [("node", (&config.name).into())]);
        self.renew_lease(cx, config, agent);
        if cx.now.since(self.reported) >= STATUS_REPORT {
            self.reported = cx.now;
            cx.note("report-status", [("node", (&config.name).into())]);
            let beats: Json = CONDITIONS
                .iter()
                .map(|(kind, ..)| json!({ "type": *kind, "lastHeartbeatTime": cx.now.rfc3339() }))
                .collect();
            let body = json!({ "status": { "conditions": beats } });
            let patch = Request::patch(PatchType::Strategic, kinds::NODES, "", &config.name, body);
            let _ = cx.api.call(patch.with_subresource("status").by(agent));
        }
    }

    fn renew_lease(&mut self, cx: &mut Context, config: &NodeConfig, agent: &Str) {
        let renewed = Str::from(cx.now.rfc3339_micro());
        if !self.lease.is_null() {
            self.lease.set_at(&["spec", "renewTime"], &renewed);
            if let Ok(written) = cx.api.call(Request::update(kinds::LEASES, self.lease.clone()).by(agent)) {
                self.lease = written.body;
                return;
            }
        }
        self.lease = ensure_lease(cx, config, agent, &renewed).unwrap_or_default();
    }
}

/// Takes over the Node of its name: says how it is now, and tells of what is other than it was.
fn take_over(
    cx: &mut Context,
    config: &NodeConfig,
    agent: &Str,
    new: &Json,
    recorder: &mut Recorder,
) -> Result<(), Status> {
    let old = cx.api.call(Request::get(kinds::NODES, "", &config.name).by(agent))?.body;
    let boot = &new.at(&["status", "nodeInfo"])["bootID"];
    if old.at(&["status", "nodeInfo"])["bootID"] != *boot {
        let message = format!("Node {} has been rebooted, boot id: {}", config.name, boot.str());
        tell(config, recorder, EventKind::Warning, "Rebooted", message);
    }
    let mut conditions = Vec::new();
    for fresh in new.at(&["status", "conditions"]).items() {
        let mut all = old.at(&["status", "conditions"]).items().iter();
        let known = all.find(|c| c["type"] == fresh["type"]).filter(|c| c["status"] == fresh["status"]);
        let mut condition = fresh.clone();
        match known {
            Some(known) => condition.set("lastTransitionTime", &known["lastTransitionTime"]),
            None => {
                let ready = fresh["type"].str() == "Ready";
                let reason = if ready {
                    Str::fixed("NodeReady")
                } else {
                    Str::from(match fresh["type"].str() {
                        "MemoryPressure" => "NodeHasSufficientMemory",
                        "DiskPressure" => "NodeHasNoDiskPressure",
                        _ => "NodeHasSufficientPID",
                    })
                };
                let message = format!("Node {} status is now: {reason}", config.name);
                tell(config, recorder, EventKind::Normal, reason, message);
            }
        }
        conditions.push(condition);
    }
    let body = json!({ "status": { "conditions": conditions, "nodeInfo": { "bootID": boot } } });
    let patch = Request::patch(PatchType::Strategic, kinds::NODES, "", &config.name, body);
    cx.api.call(patch.with_subresource("status").by(agent)).map(|_| ())
}

/// An event about the node. The kubelet names it by its name where a uid is meant.
fn tell(
    config: &NodeConfig,
    recorder: &mut Recorder,
    kind: EventKind,
    reason: impl Into<Str>,
    message: String,
) {
    let about = json!({ "kind": "Node", "name": &config.name, "uid": &config.name });
    recorder.event_about(about, kind, reason, message);
}

/// Takes over the Lease of the node's name, or creates it.
fn ensure_lease(cx: &mut Context, config: &NodeConfig, agent: &Str, renewed: &Str) -> Result<Json, Status> {
    match cx.api.call(Request::get(kinds::LEASES, LEASES, &config.name).by(agent)) {
        Ok(found) => {
            let mut lease = found.body;
            lease.set_at(&["spec", "renewTime"], renewed);
            cx.api.call(Request::update(kinds::LEASES, lease).by(agent)).map(|r| r.body)
        }
        Err(status) if status.is_not_found() => {
            let node = cx.api.call(Request::get(kinds::NODES, "", &config.name).by(agent))?.body;
            let lease = json!({
                "apiVersion": "coordination.k8s.io/v1", "kind": "Lease",
                "metadata": { "name": &config.name, "namespace": LEASES, "ownerReferences": [{
                    "apiVersion": "v1", "kind": "Node", "name": &config.name, "uid": &node["metadata"]["uid"],
                }] },
                "spec": { "holderIdentity": &config.name, "leaseDurationSeconds": 40, "renewTime": renewed },
            });
            cx.api.call(Request::create(kinds::LEASES, lease).by(agent)).map(|r| r.body)
        }
        Err(status) => Err(status),
    }
}

const LEASES: &str = "kube-node-lease";

/// Type, status, reason, message.
const CONDITIONS: [(&str, &str, &str, &str); 4] = [
    ("MemoryPressure", "False", "KubeletHasSufficientMemory", "kubelet has sufficient memory available"),
    ("DiskPressure", "False", "KubeletHasNoDiskPressure", "kubelet has no disk pressure"),
    ("PIDPressure", "False", "KubeletHasSufficientPID", "kubelet has sufficient PID available"),
    ("Ready", "True", "KubeletReady", "kubelet is posting ready status"),
];

fn node_object(cx: &mut Context, config: &NodeConfig) -> Json {
    let now = Str::from(cx.now.rfc3339());
    let conditions: Json = CONDITIONS
        .iter()
        .map(|(kind, status, reason, message)| {
            json!({
                "type": *kind, "status": *status, "reason": *reason, "message": *message,
                "lastHeartbeatTime": &now, "lastTransitionTime": &now,
            })
        })
        .collect();
    let resources = json!({
        "cpu": &config.cpu, "memory": &config.memory, "pods": config.pods.to_string(),
        "ephemeral-storage": "100Gi", "hugepages-1Gi": "0", "hugepages-2Mi": "0",
    });
    let machine = cx.rng.uuid().replace('-', "");
    let pod_cidr = format!("10.244.{}.0/24", config.number);
    json!({
        "apiVersion": "v1", "kind": "Node",
        "metadata": { "name": &config.name, "labels": {
            "beta.kubernetes.io/arch": "amd64", "beta.kubernetes.io/os": "linux", "kubernetes.io/arch": "amd64",
            "kubernetes.io/hostname": &config.name, "kubernetes.io/os": "linux",
        } },
        "spec": { "podCIDR": &Str::from(pod_cidr.as_str()), "podCIDRs": [pod_cidr] },
        "status": {
            "capacity": &resources, "allocatable": resources,
            "addresses": [
                { "type": "InternalIP", "address": config.address() },
                { "type": "Hostname", "address": &config.name },
            ],
            "conditions": conditions,
            "daemonEndpoints": { "kubeletEndpoint": { "Port": 10250 } },
            "nodeInfo": {
                "machineID": &Str::from(machine.as_str()), "systemUUID": cx.rng.uuid(), "bootID": cx.rng.uuid(),
                "kernelVersion": "6.1.0", "osImage": "Debian GNU/Linux 12 (bookworm)",
                "containerRuntimeVersion": "containerd://2.0.0", "kubeletVersion": "v1.36.2", "kubeProxyVersion": "",
                "operatingSystem": "linux", "architecture": "amd64",
            },
        },
    })
}

/// The addresses of a node's pods: the next free one, as CNI's `host-local` gives them.
#[derive(Clone, Debug, Default)]
pub struct Addresses {
    taken: Set<u8>,
    last: u8,
}

impl Addresses {
    /// A free address's last part; `None` where all are taken.
    pub fn take(&mut self) -> Option<u8> {
        let start = self.last.max(1);
        let free = (start + 1..=254).chain(2..=start).find(|n| !self.taken.contains(n))?;
        self.taken.insert(free);
        self.last = if free == 254 { 0 } else { free };
        Some(free)
    }

    /// Gives an address back.
    pub fn give_back(&mut self, address: u8) {
        self.taken.remove(&address);
    }
}
